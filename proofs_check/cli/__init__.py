"""The command line, ``ridgeproof``: a module for each group of subcommands; what is heavy is imported when needed."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
import traceback
import warnings
from collections.abc import Sequence

from ridgeproof import files, limits
from ridgeproof.errors import RidgeproofError
from ridgeproof.words import message

from . import bounds, output, parser, written

INTERRUPTED = 128 + 2  # what a shell reports for SIGINT
DEFECT = 70  # EX_SOFTWARE
PIPE_CLOSED = 128 + 13  # what a shell reports for SIGPIPE
LOST = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG, errno.EBADF)  # what has been printed does not arrive
PATIENT = 50_000  # objects made between two searches for garbage: a tenth of the time in which formulas are read
RANGE = "numbers and ranges from 2.3e-308 to 1.7e308 in size"
LONGEST_INTEGER = 1_000_000  # digits: exact laws have long numerators, and Python refuses to print beyond 4300 digits


def main(argv: Sequence[str] | None = None) -> int:
    """Run one ``ridgeproof`` command.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after the command's name; ``sys.argv[1:]`` when left out.

    Returns
    -------
    int
        The exit status: 0 all asked claims hold, 1 at least one fails, 2 unusable input, 70 a defect of ridgeproof
        itself (with its traceback), 130 interrupted, 141 the reader of standard output went away.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if argv is None:  # in a process of its own
        gc.set_threshold(PATIENT, 20, 50)
        occupy()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller, who then wants none of it
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the letter κ is no reason to stop
    sys.set_int_max_str_digits(LONGEST_INTEGER)
    with (
        contextlib.redirect_stdout(output.Shown(sys.stdout)),
        contextlib.redirect_stderr(output.Shown(sys.stderr)),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's words on overflow: an answer that suffers is refused
        return _supervised(words) if argv is None and any(map(_executed, words)) else _run(words)


def occupy() -> None:
    """Let no file be opened as standard input, output or error: what the caller has closed leads nowhere."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _executed(word: str) -> bool:
    """Whether a word names a file of Python that the command will run."""
    return word.endswith(".py") and os.path.isfile(word)


def _supervised(words: Sequence[str]) -> int:
    """The command in a process of its own: the user's Python may end it, and does not choose the exit status."""
    try:
        status: int = limits.apart(_beside_claims, words, whole=True)
        return status
    except limits.Ended as error:
        return _refuse(f"{words[0]}: the files of claims: {error} (accepted: claims whose code comes to its end)")


def _beside_claims(words: Sequence[str]) -> int:
    """The command where the user's Python has no way to its standard output: that descriptor is standard error here.

    A terminal keeps its own, whose width is asked for.
    """
    shown = sys.stdout
    with contextlib.suppress(OSError, ValueError):  # closed by the caller
        if isinstance(shown, output.Shown) and not shown.raw.isatty():
            shown.flush()
            aside = os.dup(shown.raw.fileno())
            limits.keep_private(aside)
            shown.raw = os.fdopen(aside, "w", encoding=getattr(shown.raw, "encoding", None), errors="backslashreplace")
            os.dup2(2, 1)
    return _run(words)


def _run(words: Sequence[str]) -> int:
    """Parse, run, and turn whatever happens into an exit status and at most one line."""
    try:
        try:
            arguments = parser.build().whole(parser.attach_negative_values(words))
        except SystemExit:  # --help and --version; one from later on is not the command's own
            sys.stdout.flush()
            return 0
        output.fold_prose(arguments)
        with bounds.bounded(words[0]), files.one_run(), output.heard(), written.into(arguments):
            status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except RidgeproofError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        # The interpreter flushes standard output once more on its way out: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        if error.filename is None and error.errno in LOST:
            # The interpreter would try again on its way out, and say so in its own way.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _refuse(f"standard output: {error.strerror or error}")
        return _refuse(f"{error.filename or words[0]}: {error.strerror or error}")
    except MemoryError:
        return _refuse("not enough memory for a problem of this size")
    except RecursionError:
        return _refuse(f"{words[0]}: nested too deeply (accepted: expressions of some hundred levels)")
    except OverflowError as error:
        return _refuse(f"{words[0]}: a number outside the range of double precision ({error}) (accepted: {RANGE})")
    except KeyboardInterrupt:
        print("ridgeproof: interrupted", file=sys.stderr)
        return INTERRUPTED
    except UnicodeEncodeError as error:  # half a character: no name of a file, and nothing that can be written
        return _refuse(f"{words[0]}: {error.object!r:.60} is no text ({error.reason}) (accepted: whole characters)")
    except ValueError as error:
        if "integer string conversion" in str(error):
            return _refuse(f"{words[0]}: a number of more than {LONGEST_INTEGER} digits")
        traceback.print_exc()
        return DEFECT
    except BaseException:
        traceback.print_exc()  # status 1 would say that a claim is false
        return DEFECT


def _refuse(line: str) -> int:
    print(f"ridgeproof: {message(line)}", file=sys.stderr)
    return 2
