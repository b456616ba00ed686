"""Bad input gives one clear line on standard error, exit status 2, nothing on standard output, and no traceback.

The cases are those that the contract of the command names, and those that a hasty hand types.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
[spectrum]
kind = "power-law"
beta = "3/2"
dim = 20

[target]
kind = "source"
r = "1/2"

[[generators]]
samples = 40
ridge = "0"
noise = "1/10"

[downstream]
samples = 30
ridge = "1/20"
noise = "1/10"
"""
EXPLICIT = GOOD.replace('kind = "power-law"\nbeta = "3/2"\ndim = 20', 'kind = "explicit"\nvalues = [1, 0.5]').replace(
    'kind = "source"\nr = "1/2"', 'kind = "coefficients"\nvalues = [1, 1]'
)


def check_refused(done, *fragments: str) -> None:
    """One line, status 2, empty standard output."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.endswith("\n"), done.stderr
    assert done.stderr.startswith("ridgeproof: ")
    assert "Traceback" not in done.stderr
    for fragment in fragments:
        assert fragment in done.stderr, done.stderr


def test_the_unchanged_scenario_is_accepted(ridgeproof, tmp_path: Path) -> None:
    """The scenario that the refused ones below differ from is itself good: what is refused is the difference."""
    for name, text in (("good.toml", GOOD), ("explicit.toml", EXPLICIT)):
        (tmp_path / name).write_text(text)
        assert ridgeproof("predict", name).returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ('noise = "1/10"\n\n[downstream]', "\n[downstream]", ["noise", "missing"]),
        ("dim = 20\n", "", ["dim", "missing"]),
        ('beta = "3/2"\n', "", ["beta", "missing"]),
        ('[downstream]\nsamples = 30\nridge = "1/20"\nnoise = "1/10"\n', "", ["downstream", "missing"]),
        ('kind = "power-law"', 'kind = "marchenko"', ["marchenko", "isotropic"]),
        ('kind = "source"', 'kind = "sauce"', ["sauce", "coefficients"]),
        ('kind = "power-law"', "kind = [1]", ["spectrum.kind"]),
        ('kind = "source"', "kind = {}", ["target.kind"]),
        ('noise = "1/10"\n\n[downstream]', 'noise = "-1/10"\n\n[downstream]', ["generators.0.noise", "-1/10"]),
        ('ridge = "1/20"', "ridge = -0.05", ["downstream.ridge", "-0.05"]),
        ('beta = "3/2"', "beta = 1", ["beta", "> 1"]),
        ('beta = "3/2"', 'beta = "1/2"', ["beta", "> 1"]),
        ("samples = 40", "samples = 20", ["generators.0", "samples = dim", "ridge"]),
        ('samples = 30\nridge = "1/20"', "samples = 20\nridge = 0", ["downstream", "samples = dim"]),
        ("dim = 20", "dim = 0", ["dim", "0"]),
        ("dim = 20", "dim = -3", ["dim", "-3"]),
        ("dim = 20", "dim = 2.5", ["dim", "2.5"]),
        ("dim = 20", "dim = true", ["dim"]),
        ("samples = 30", 'samples = "many"', ["downstream.samples", "many"]),
        ('ridge = "1/20"', 'ridge = "a little"', ["downstream.ridge", "a little"]),
        ('ridge = "1/20"', 'ridge = "1/0"', ["downstream.ridge", "1/0"]),
        ('ridge = "1/20"', "ridge = nan", ["downstream.ridge", "nan"]),
        ('ridge = "1/20"', 'ridge = "NaN"', ["downstream.ridge", "NaN"]),
        ('ridge = "1/20"', "ridge = inf", ["downstream.ridge", "inf"]),
        ('ridge = "1/20"', 'ridge = "1e99999999999"', ["downstream.ridge", "exponent"]),
        ('ridge = "1/20"', "ridge = [1]", ["downstream.ridge"]),
        ('ridge = "1/20"', "ridge = \"__import__('os').getpid()\"", ["downstream.ridge", "not a number"]),
        ('ridge = "1/20"', 'ridge = "1/20"\nalpha = 3', ["alpha", "unknown"]),
        ("samples = 40", "samples = 40\nrepeat = 0", ["repeat"]),
        ("samples = 40", "samples = 40\nsame_design = 1", ["same_design"]),
        ("[[generators]]", "[generators]", ["generators"]),
        ("[target]", "[target", ["TOML"]),
        ("[target]", "x = " + "[" * 5000 + "]" * 5000 + "\n[target]", ["TOML", "recursion"]),
        ('r = "1/2"', 'r = "-1/2"', ["r", "-1/2"]),
        ('kind = "power-law"\nbeta = "3/2"', 'kind = "isotropic"', ["source"]),
        ('kind = "power-law"', 'kind = "isotropic"', ["beta"]),
    ],
)
def test_bad_scenario(ridgeproof, tmp_path: Path, old: str, new: str, fragments: list[str]) -> None:
    """Every unusable scenario is refused with its file and the key that is wrong."""
    assert old in GOOD
    (tmp_path / "bad.toml").write_text(GOOD.replace(old, new))
    check_refused(ridgeproof("predict", "bad.toml", "--json"), "bad.toml", *fragments)


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ("values = [1, 0.5]", "values = [1, -0.5]", ["spectrum.values[1]"]),
        ("values = [1, 0.5]", "values = [1, 0]", ["spectrum.values[1]"]),
        ("values = [1, 0.5]", "values = [1, nan]", ["spectrum.values[1]"]),
        ("values = [1, 0.5]", "values = []", ["spectrum"]),
        ("values = [1, 1]", "values = [1, 1, 1]", ["target.values", "3"]),
        ("values = [1, 0.5]", 'file = "nowhere.npy"', ["nowhere.npy", "no such file"]),
        ("values = [1, 0.5]", 'file = "nowhere.csv"', ["nowhere.csv", "no such file"]),
        ("values = [1, 0.5]", 'file = "explicit.toml"', ["explicit.toml"]),
        ("values = [1, 0.5]", 'file = "words.csv"', ["words.csv, line 2", "one"]),
        ("values = [1, 0.5]", 'file = "words.npy"', ["words.npy"]),
        ("values = [1, 0.5]", 'values = [1, 0.5]\nfile = "words.csv"', ["values", "file"]),
    ],
)
def test_bad_explicit_spectrum(ridgeproof, tmp_path: Path, old: str, new: str, fragments: list[str]) -> None:
    """Eigenvalues that are not positive numbers, lists that do not match and files that cannot be read are refused."""
    assert old in EXPLICIT
    (tmp_path / "words.csv").write_text("1\none,two\n")
    (tmp_path / "words.npy").write_text("one,two\n")
    (tmp_path / "explicit.toml").write_text(EXPLICIT.replace(old, new))
    check_refused(ridgeproof("predict", "explicit.toml"), *fragments)


@pytest.mark.parametrize("samples", [19, 20, 21])
@pytest.mark.parametrize("place", ["generators.samples", "downstream.samples"])
def test_exact_law_where_its_moment_is_infinite(ridgeproof, tmp_path: Path, samples: int, place: str) -> None:
    """With |samples - dim| <= 1 at ridge 0 the inverse Wishart moment is infinite (F3): no number is printed."""
    (tmp_path / "s.toml").write_text(GOOD)
    settings = ["--set", "downstream.ridge=0", "--set", f"{place}={samples}"]
    check_refused(ridgeproof("predict", "s.toml", "--exact", *settings), "samples")


@pytest.mark.parametrize("command", ["predict", "simulate", "optimal-ridge"])
def test_file_that_is_not_there(ridgeproof, tmp_path: Path, command: str) -> None:
    """A scenario that does not exist, is a directory, or is no text is named in the one line."""
    check_refused(ridgeproof(command, "nowhere.toml"), "nowhere.toml")
    check_refused(ridgeproof(command, tmp_path), str(tmp_path))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    check_refused(ridgeproof(command, "binary.toml"), "binary.toml")


@pytest.mark.parametrize(
    ("words", "fragments"),
    [
        ([], ["COMMAND"]),
        (["predcit"], ["predcit", "predict"]),
        (["predict"], ["SCENARIO"]),
        (["predict", "good.toml", "--digits", "0"], ["--digits", "1 to 1000"]),
        (["predict", "good.toml", "--digits", "1001"], ["--digits", "1 to 1000"]),
        (["predict", "good.toml", "--digits", "ten"], ["--digits", "ten"]),
        (["predict", "good.toml", "--digits", "nan"], ["--digits", "nan"]),
        (["predict", "good.toml", "--digit", "3"], ["--digit"]),
        (["predict", "good.toml", "--set", "downstream.ridge"], ["--set", "KEY=VALUE"]),
        (["predict", "good.toml", "--set", "upstream.ridge=1"], ["upstream"]),
        (["predict", "good.toml", "--set", "downstream.rigde=1"], ["rigde"]),
        (["predict", "good.toml", "--set", "generators.7.samples=1"], ["generators.7"]),
        (["predict", "good.toml", "--set", "downstream.ridge=-1"], ["downstream.ridge"]),
        (["predict", "good.toml", "--set", "downstream.ridge=NaN"], ["downstream.ridge", "NaN"]),
        (["predict", "good.toml", "--set", "spectrum.dim=0"], ["spectrum.dim"]),
        (["simulate", "good.toml", "--replicates", "0"], ["--replicates"]),
        (["simulate", "good.toml", "--replicates", "2.5"], ["--replicates"]),
        (["simulate", "good.toml", "--relative-error", "0"], ["--relative-error"]),
        (["simulate", "good.toml", "--relative-error", "nan"], ["--relative-error"]),
        (["simulate", "good.toml", "--relative-error", "0.1", "--replicates", "10"], ["not allowed with"]),
        (["simulate", "good.toml", "--seed", "-1"], ["--seed"]),
        (["simulate", "good.toml", "--workers", "0"], ["--workers"]),
        (["simulate", "good.toml", "--store", ""], ["store"]),
        (["simulate", "good.toml", "-o", ""], [".csv"]),
        (["simulate", "good.toml", "--set", "generators.samples=21"], ["generators.0", "mean is infinite"]),
        (["phase-diagram", "--x", "b", "--y", "g", "-o", "nowhere/x.png"], ["nowhere/x.png", "directory"]),
        (["exponents", "--beta", "1"], ["beta"]),
        (["exponents", "--beta", "nan"], ["--beta", "nan"]),
        (["exponents", "--r", "-1"], ["r", "-1"]),
        (["exponents", "--b", "1:2"], ["--b", "START:STOP:STEP"]),
        (["exponents", "--b", "1:2:0"], ["--b", "step"]),
        (["exponents", "--b", "1:2:-1/4"], ["--b", "step"]),
        (["exponents", "--b", "1/2,"], ["--b"]),
        (["exponents", "--b", "0:1:1e-9"], ["--b", "at most"]),
        (["exponents", "--b", "0:1:1/999", "--s", "0:1:1/999"], ["1000000 rows", "at most"]),
        (["exponents", "--b", "2**3"], ["--b", "2**3"]),
        (["exponents", "--format", "yaml"], ["--format", "markdown"]),
        (["show", "no-such-claim"], ["no-such-claim"]),
        (["verify", "no-such-claim"], ["no-such-claim"]),
        (["verify", "nowhere.py"], ["nowhere.py"]),
        (["latex", "no-such-claim"], ["no-such-claim"]),
    ],
)
def test_bad_words(ridgeproof, tmp_path: Path, words: list[str], fragments: list[str]) -> None:
    """A mistyped command, option or value is named, with what is accepted."""
    (tmp_path / "good.toml").write_text(GOOD)
    check_refused(ridgeproof(*words), *fragments)


def test_a_closed_pipe_is_no_error_of_ours(environment: dict[str, str], tmp_path: Path) -> None:
    """`ridgeproof exponents | head -1` ends quietly, with the status that a shell gives a closed pipe."""
    words = [sys.executable, "-m", "ridgeproof.proofs_check.cli", "exponents", "--b", "0:1:1/999", "--format", "csv"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


def test_a_byte_order_mark_is_no_part_of_the_scenario(ridgeproof, tmp_path: Path) -> None:
    """Editors that begin a text with a byte order mark write usable scenarios."""
    (tmp_path / "marked.toml").write_text(GOOD, encoding="utf-8-sig")
    assert ridgeproof("predict", "marked.toml").returncode == 0


def test_closed_standard_streams_are_no_error_of_ours(environment: dict[str, str], tmp_path: Path) -> None:
    """`ridgeproof list >&-` has nowhere to print and says nothing; with `2>&-` no note strays into the document."""
    (tmp_path / "s.toml").write_text(GOOD.replace("samples = 40", "samples = 22"))
    command = f"{sys.executable} -m ridgeproof.proofs_check.cli simulate s.toml --replicates 2 --json"
    for closed, printed in ((">&-", False), ("2>&-", True)):
        done = subprocess.run(
            f"{command} {closed}", shell=True, capture_output=True, text=True, env=environment, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert bool(done.stdout) == printed
        if printed:
            assert json.loads(done.stdout)["replicates"] == 2


def test_json_wins_over_a_format(ridgeproof) -> None:
    """With --json there is one JSON document, whatever --format says beside it and wherever it stands."""
    for words in (["exponents", "--format", "csv"], ["show", "link", "--format", "latex"]):
        for order in ([*words, "--json"], [words[0], "--json", *words[1:]]):
            json.loads(ridgeproof(*order).stdout)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["exponents", "--treshold"], ("exponents: ", "'--treshold' is no option; did you mean --thresholds?")),
        (["list", "--bytes=3"], ("list: ", "'--bytes' is no option")),
        (["exponents", "3"], ("exponents: ", "'3' is one word too many", "`ridgeproof exponents --help`")),
        (["predict"], ("ridgeproof: predict: SCENARIO.toml is missing", "`ridgeproof predict --help`")),
    ],
)
def test_an_option_that_does_not_exist(ridgeproof, words: list[str], parts: tuple[str, ...]) -> None:
    """What a command does not know is told with the command, the nearest option and where all are listed."""
    check_refused(ridgeproof(*words), *parts)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("predcit", "did you mean predict?"), ("Verify", "verify?"), ("xyzzy", None), ("pre'dict", "predict?")],
)
def test_a_command_that_does_not_exist(ridgeproof, word: str, meant: str | None) -> None:
    """A mistyped command is one line, status 2, with the nearest command where one is near."""
    done = ridgeproof(word)
    check_refused(done, repr(word).strip("'\""), "is no command", "accepted: list, show, verify", "completion")
    assert ("did you mean" in done.stderr) == (meant is not None) and (meant or "") in done.stderr
