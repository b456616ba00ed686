"""Files of claims whose code does anything but return: each claim costs itself alone, in a line, and nothing hangs."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Piecewise, Symbol

from ridgeproof import limits
from ridgeproof.errors import DerivationError, InputError
from ridgeproof.proofs_check.court.admission import admit
from ridgeproof.proofs_check.court.certify import derived
from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.vocabulary import T

HEAD = "import os, sys, time\nfrom sympy import *\nfrom ridgeproof.authoring import *\n"
TRUE = "Claim('{0}', title='t', source='s', relation=Relation.EQUALITY, statement=(Equation(T, T),){1})\n"
DERIVATIONS = {
    "raises": "raise ValueError('x' * 1000 + chr(27))",
    "none": "return None",
    "number": "return 5",
    "exits": "sys.exit(0)",
    "leaves": "os._exit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "generator": "raise GeneratorExit",
    "memory": "return [0] * 10**12",
    "recursion": "return bad()",
    "killed": "os.kill(os.getpid(), 9)",
    "loop": "\n  while True: pass",
    "power": "return 10**10**10",
}
EXPRESSIONS = {
    "deep": "e = T\nfor _ in range(3000): e = Function('f')(e)\n",
    "huge": "e = T**(10**9) + Integer(10)**2_000_000\n",
}


def claim(derive: object) -> Claim:
    """A claim with this derivation."""
    return Claim("mine", "t", "s", Relation.EQUALITY, (Equation(T, T),), derive=derive)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", DERIVATIONS)
def test_a_derivation_that_does_not_return_costs_itself_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raises, returns nothing, exits, kills its process, takes all time: a typed error, and this process lives."""
    monkeypatch.setenv("RIDGEPROOF_SECONDS", "1")
    space: dict[str, object] = {"os": os, "sys": sys}
    exec(f"def bad():\n  {DERIVATIONS[name]}\n", space)
    begun = time.monotonic()
    with pytest.raises(DerivationError) as error:
        derived(claim(space["bad"]))
    assert time.monotonic() - begun < 20
    assert "\n" not in str(error.value) and len(str(error.value)) <= 300


def test_one_bad_claim_of_a_file_leaves_the_others(ridgeproof, tmp_path: Path) -> None:
    """A derivation that ends the process, one that returns None, an expression 3000 levels deep, a title that is no
    text, lone surrogates; and a true claim, which is accepted beside them."""
    lines = [HEAD, "good = " + TRUE.format("good", "")]
    for number, body in enumerate(("os._exit(0)", "return None")):
        lines.append(f"def f{number}():\n  {body}\n")
        lines.append(f"c{number} = " + TRUE.format(f"bad{number}", f", derive=f{number}"))
    lines.append(EXPRESSIONS["deep"] + "deep = " + TRUE.format("deep", "").replace("(T, T)", "(e, T)"))
    lines.append("title = " + TRUE.format("title", "").replace("title='t'", "title=[1]"))
    lines.append("odd = " + TRUE.format("odd", "").replace("'t'", "'\\ud800'").replace("'s'", "'\\udfff'"))
    (tmp_path / "c.py").write_text("".join(lines))
    done = ridgeproof("verify", "c.py", "--json")
    assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
    found = {c["id"]: c["verdict"] for c in json.loads(done.stdout)["claims"]}
    assert found["good"] == found["odd"] == "confronted"
    assert [found[x] for x in ("bad0", "bad1", "deep")] == ["undecided"] * 3
    assert any(x.startswith("c.py:") and verdict == "undecided" for x, verdict in found.items())


def test_a_fork_does_not_come_back_twice(ridgeproof, tmp_path: Path) -> None:
    """A file that forks, and a derivation that does: the copies go no further than the code that made them."""
    fork = "def forks():\n  os.fork()\n  yield from ()\n"
    text = HEAD + "os.fork()\n" + fork + "a = " + TRUE.format("a", ", derive=forks") + "b = " + TRUE.format("b", "")
    (tmp_path / "c.py").write_text(text)
    done = ridgeproof("verify", "c.py", "--json", "--fresh")
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert [c["verdict"] for c in json.loads(done.stdout)["claims"]] == ["confronted"] * 2


CHANGES = {  # what a derivation may do to the process in which it runs
    "equality": "import sympy\n  sympy.Basic.__eq__ = lambda a, b: True",
    "length": "import builtins\n  builtins.len = lambda x: 0",
    "limits": "import resource\n  resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    "place": "os.mkdir('away'); os.chdir('away'); os.rmdir('../away')",
    "output": "os.dup2(os.open(os.devnull, os.O_WRONLY), 1)",
    "words": "os.write(1, b'no JSON'); os.system('echo neither')",
    "pipes": "\n  for fd in range(3, 60):\n    try: os.write(fd, bytes(7) + b'\\x05AAAAA')\n    except OSError: pass",
    "group": "os.killpg(0, 9)",
    "program": "os.execv('/bin/echo', ['echo', 'program'])",
}


def test_what_a_derivation_does_to_its_process_is_done_to_nothing_else(ridgeproof, tmp_path: Path) -> None:
    """Changed libraries, limits, folders and descriptors, words to every descriptor, a kill of its whole group: the
    claims beside it are judged as without it, and standard output is one JSON document."""
    text = [
        HEAD,
        "good = " + TRUE.format("good", ""),
        "false = " + TRUE.format("false", "").replace("(T, T)", "(T, 1)"),
    ]
    for name, body in CHANGES.items():
        text.append(f"def f_{name}():\n  {body}\n  return ()\n")
        text.append(f"c_{name} = " + TRUE.format(name, f", derive=f_{name}"))
    (tmp_path / "c.py").write_text("".join(text))
    done = ridgeproof("verify", "c.py", "--json", "--fresh")
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    found = {c["id"]: c["verdict"] for c in json.loads(done.stdout)["claims"]}
    killed = dict.fromkeys(("pipes", "group", "program"), "undecided")
    assert found == {"good": "confronted", "false": "refuted", **dict.fromkeys(CHANGES, "confronted"), **killed}


def test_a_file_does_not_choose_the_exit_status_nor_the_time(
    ridgeproof, environment, monkeypatch, tmp_path: Path
) -> None:
    """`os._exit(0)` at the top is no success; a loop, and a power that no signal interrupts, end after the bound."""
    (tmp_path / "exit.py").write_text("import os\nos._exit(0)\n")
    (tmp_path / "loop.py").write_text("while True:\n  try: pass\n  except BaseException: pass\n")
    (tmp_path / "power.py").write_text("x = 10**10**10\n")
    monkeypatch.setitem(environment, "RIDGEPROOF_SECONDS", "2")
    for words, said in (
        (["verify", "exit.py"], "ended the process with status 0"),
        (["latex", "loop.py"], "gave up after 2 s"),
        (["report", "power.py", "-o", "out"], "the process was killed"),
    ):
        done = ridgeproof(*words, timeout=60)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and len(done.stderr) < 330, done.stderr
        assert said in done.stderr or "gave up" in done.stderr


@pytest.mark.parametrize("name", [*EXPRESSIONS, "raises", "none"])
def test_documents_of_hostile_claims_are_refused_in_a_line(ridgeproof, tmp_path: Path, name: str) -> None:
    """`latex` of an expression 3000 levels deep, of a number of two million digits, of a derivation that raises."""
    if name in EXPRESSIONS:
        text = EXPRESSIONS[name] + "c = " + TRUE.format("mine", "").replace("(T, T)", "(e, T)")
    else:
        text = f"def bad():\n  {DERIVATIONS[name]}\nc = " + TRUE.format("mine", ", derive=bad")
    (tmp_path / "c.py").write_text(HEAD + text)
    done = ridgeproof("latex", "c.py", timeout=120)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and len(done.stderr) < 330, done.stderr


@pytest.mark.parametrize(
    ("field", "value"),
    [("where", lambda: 0), ("where", ((T,),)), ("where", ((T, 1),)), ("where", [(T, T)]), ("derive", ()),
     ("derive", "all"), ("hypotheses", ("T > 1",)), ("hypotheses", (Hypothesis(1),)),  # type: ignore[arg-type]
     ("hypotheses", (Hypothesis("", True),)), ("hypotheses", lambda: ()), ("setting", 1),  # type: ignore[arg-type]
     ("limit", T), ("limit", (T, 1)), ("scaling", None), ("expected", ["holds"])],
)  # fmt: skip
def test_fields_of_another_shape_are_refused_before_anything_reads_them(field: str, value: object) -> None:
    """A function for ``where``, words for a hypothesis, a number for a setting: no document fails on them later."""
    with pytest.raises(InputError, match=r"^claim mine: .*\(accepted: ") as error:
        admit(replace(claim(tuple), **{field: value}))
    assert len(str(error.value)) <= 300


def test_a_claim_of_another_form_costs_a_document_one_line(ridgeproof, tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(
        HEAD + "mine = Claim('mine', '', 'x', Relation.EQUALITY, (Equation(T, T),), hypotheses=('T > 1',))\n"
    )
    done = ridgeproof("latex", file)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "claim mine: the hypothesis 'T > 1'" in done.stderr


def test_claims_of_the_right_form_are_admitted() -> None:
    fine = replace(
        claim("auto"), where=((Symbol("x"), T + 1),), hypotheses=(Hypothesis("T > 1", T > 1),), limit=(T, T), scaling=()
    )
    admit(fine)
    assert fine.conditions == (T > 1,)


def test_cases_in_a_statement_are_drawn(tmp_path: Path) -> None:
    """Piecewise in `report`: a formula that MathML cannot be made of is shown as its LaTeX."""
    from ridgeproof.proofs_check.writing.mathml import equation, mathml

    whole = equation(Equation(Piecewise((T, T > 1), (1, True)), T))
    assert whole.count("<mtable") == 1 and "begin" not in whole
    cases = r"\begin{cases} T & \text{for}\: T > 1 \\ 1 & \text{otherwise} \end{cases}"
    assert "<mtable>" in mathml(cases)
    assert "begin" in mathml(r"\begin{cases} T") and "<math" in mathml(r"\begin{cases} T")


def test_apart_says_what_became_of_the_work() -> None:
    """Answers, typed errors, ends, kills, and answers that cannot be carried over."""
    assert limits.apart(sorted, [3, 1]) == [1, 3]
    with pytest.raises(InputError, match="what"):
        limits.apart(_refuses)
    for function, arguments, said in (
        (os._exit, (7,), "status 7"),
        (eval, ("lambda: 0",), "cannot be read"),
        (time.sleep, (60,), "gave up after 1 s"),
    ):
        with pytest.raises(limits.Ended, match=said):
            limits.apart(function, *arguments, seconds=1)


def test_apart_ends_what_it_has_started(tmp_path: Path) -> None:
    """A copy of the process that sleeps, one that has closed its way out and goes on, an answer that is none."""

    def forks() -> int:
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
        return pid

    left = limits.apart(forks, seconds=20)
    end = time.monotonic() + 5
    while Path(f"/proc/{left}/stat").exists() and " Z " not in Path(f"/proc/{left}/stat").read_text():
        assert time.monotonic() < end
    begun = time.monotonic()
    with pytest.raises(limits.Ended, match="gave up after 1 s"):
        limits.apart(lambda: (os.closerange(3, 99), time.sleep(60)), seconds=1)
    assert time.monotonic() - begun < 20
    before = os.listdir("/proc/self/fd")
    with pytest.raises(limits.Ended, match="cannot be read"):
        limits.apart(lambda: [os.write(fd, bytes(7) + b"\x05AAAAA") for fd in _pipes(before)])


def test_apart_hears_how_a_child_ended_also_where_that_is_ignored() -> None:
    """SIGCHLD ignored by who has started this process: then the system keeps no word of children."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert limits.apart(pow, 2, 10) == 1024
        with pytest.raises(limits.Ended, match="status 7"):
            limits.apart(os._exit, 7)
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_no_file_is_opened_as_standard_output() -> None:
    """Descriptors 0 and 1 closed by the caller: the next file would be printed into."""
    code = "import os; os.close(0); os.close(1)\nfrom ridgeproof.proofs_check.cli import occupy; occupy()\n"
    code += "assert os.open(os.devnull, os.O_RDONLY) > 2 and os.write(1, b'x')"
    assert subprocess.run([sys.executable, "-P", "-c", code], capture_output=True).stderr == b""


def _pipes(but: list[str]) -> list[int]:
    new = [f"/proc/self/fd/{x}" for x in os.listdir("/proc/self/fd") if x not in but]
    return [int(Path(x).name) for x in new if os.path.exists(x) and stat.S_ISFIFO(os.stat(x).st_mode)]


def _refuses() -> None:
    raise InputError("what", where="here")


def test_a_bound_inside_a_bound_leaves_the_outer_one() -> None:
    """`within` twice: the inner one ends its block, the outer one still ends the rest."""
    begun = time.monotonic()
    with pytest.raises(limits.GaveUp), limits.within(1.0):
        with pytest.raises(limits.GaveUp), limits.within(0.2):
            while True:
                pass
        while True:
            pass
    assert 0.9 < time.monotonic() - begun < 5


def test_a_bound_that_python_swallows_ends_the_block_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    """In a destructor, or in what runs around a fork, Python prints what is raised and goes on."""

    class Slow:
        def __del__(self) -> None:
            while time.monotonic() < begun + 0.4:
                pass
            raise KeyError("told as before")

    begun = time.monotonic()
    hook = sys.unraisablehook
    with pytest.raises(limits.GaveUp), limits.within(0.1):
        Slow()
        while True:
            pass
    assert time.monotonic() - begun < 3 and sys.unraisablehook is hook
    assert "GaveUp" not in capfd.readouterr().err
    told: list[object] = []
    sys.unraisablehook = told.append
    try:
        with limits.within(60.0):
            Slow()
    finally:
        sys.unraisablehook = hook
    assert len(told) == 1


def test_files_beside_claims_are_theirs_alone(ridgeproof, tmp_path: Path) -> None:
    """`import helper` of a claim file finds the file beside it; what the packages import does not look there.

    gmpy2 is asked for by SymPy and mpmath where it is installed, and is not: the planted one must not be run.
    """
    (tmp_path / "helper.py").write_text("import helper2\nfrom helper2 import *\n")
    (tmp_path / "helper2.py").write_text("from ridgeproof.authoring import *\n")
    trap = "import pathlib; (pathlib.Path(__file__).parent / 'executed').touch()\n"
    for name in ("gmpy2", "numpy", "scipy", "pickle", "IPython", "matplotlib", "pyarrow", "numerics", "tomllib"):
        (tmp_path / f"{name}.py").write_text(trap)
    (tmp_path / "stranger.py").write_text(trap)
    (tmp_path / "c.py").write_text("import importlib\nfrom helper import *\nc = " + TRUE.format("mine", ""))
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import sys; sys.modules.pop('gmpy2', None)\n"
         "from ridgeproof.theorems.registry import read_file\nassert read_file('c.py').claims\n"
                  "import importlib.util\nassert importlib.util.find_spec('stranger') is None\n"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "executed").exists()
