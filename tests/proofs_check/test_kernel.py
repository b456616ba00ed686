"""The kernel as a folder: what it imports, reads and prints; its axioms against numbers; one certificate by hand."""

from __future__ import annotations

import ast
import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ridgeproof.proofs_check import kernel as K
from ridgeproof.proofs_check.kernel.statements.certificates import RULES
from ridgeproof.proofs_check.kernel.statements.ratio import MAX_STEPS, Budget
from ridgeproof.proofs_check.kernel.statements.sequent import World

KERNEL = Path(K.__file__).parent
SHOWS = ["=", ["^", ["+", "x", "y"], 2], ["+", ["^", "x", 2], ["*", "2", "x", "y"], ["^", "y", 2]]]
GOOD = {
    "format": K.FORMAT, "claim": "a-square", "declare": [["x", "real"], ["y", "real"]], "given": [], "shows": SHOWS,
    "model": {"x": "1", "y": "2"}, "lines": [{"rule": "ring", "shows": SHOWS, "by": []}],
}  # fmt: skip


def spoilt(change: Callable[[Any], Any]) -> Any:
    """The certificate with something done to it."""
    bad = copy.deepcopy(GOOD)
    change(bad)
    return bad


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": 1.5}', '{"a": 12345678}', "[" * 100_000,
        '"\\ud800"', "1e999", "-Infinity",
    ],
)  # fmt: skip
def test_text_that_is_no_certificate_is_rejected(text: str) -> None:
    """Malformed JSON, duplicate keys, inexact numbers and deep nesting end in ``Rejected`` and nothing else."""
    with pytest.raises(K.Rejected):
        K.check(K.load(text))


@pytest.mark.parametrize("text", ["01", "1/0", "+1", "1.5", "1e3", " 1", "٣", "9" * 500, "", "x'"])
def test_a_number_is_a_fraction_of_plain_digits(text: str) -> None:
    """Anything else is rejected, so that what a reader sees is what was checked."""
    shows = ["=", ["*", text, "x"], ["*", "x", text]]
    with pytest.raises(K.Rejected):
        K.check({**GOOD, "shows": shows, "lines": [{"rule": "ring", "shows": shows, "by": []}]})


def test_a_certificate_by_hand_and_false_ones() -> None:
    """(x + y)^2 without 2 x y, a rule that is none, a line more, an undeclared name: refused."""
    assert K.check(GOOD).text() == "x real; y real ⊢ (x + y)^2 = x^2 + 2*x*y + y^2"
    assert K.grade(K.check(GOOD)) == "proved"
    less = ["=", SHOWS[1], ["+", ["^", "x", 2], ["^", "y", 2]]]
    for bad in (
        {**GOOD, "shows": less, "lines": [{"rule": "ring", "shows": less, "by": []}]},
        {**GOOD, "lines": [{**GOOD["lines"][0], "rule": "believe"}]},  # type: ignore[index]
        {**GOOD, "lines": []},
        {**GOOD, "declare": [["x", "real"]]},
        spoilt(lambda c: c.pop("model")),
    ):
        with pytest.raises(K.Rejected):
            K.check(bad)


# --- alone -----------------------------------------------------------------------------------------------------------


def test_the_kernel_imports_the_standard_library_only() -> None:
    """What has to be trusted is this folder and Python: all imports are the standard library's or its own."""
    imported = set()
    for file in KERNEL.rglob("*.py"):
        depth = len(file.relative_to(KERNEL).parts)
        for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(n, ast.ImportFrom):
                assert n.level <= depth, f"{file.name} leaves the kernel's folder"
                imported |= {(n.module or "").split(".")[0]} if n.level == 0 else set()
            elif isinstance(n, ast.Import):
                imported |= {a.name.split(".")[0] for a in n.names}
    assert imported <= set(sys.stdlib_module_names)


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the kernel in an interpreter that sees no installed package (-S: no site, -I: no environment)."""
    copied = cwd / "copied" / "under-another-name"
    if not copied.exists():
        shutil.copytree(KERNEL, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return subprocess.run(
        [sys.executable, "-I", "-S", copied, *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", cwd=cwd, timeout=120, check=False,
    )  # fmt: skip


def test_certificates_are_checked_without_sympy(tmp_path: Path) -> None:
    """``python -m ridgeproof.proofs_check.kernel DIR`` needs nothing installed; its exit status is the verdict."""
    (tmp_path / "good.certificate.json").write_text(json.dumps(GOOD), encoding="utf-8")
    done = run(tmp_path, cwd=tmp_path)
    assert done.returncode == 0 and "1 accepted, 0 rejected" in done.stdout and not done.stderr
    bad = spoilt(lambda c: c["lines"].clear())
    (tmp_path / "bad.certificate.json").write_text(json.dumps(bad), encoding="utf-8")
    (tmp_path / "broken.certificate.json").write_bytes(b"\xff\xfe{")
    done = run(tmp_path, cwd=tmp_path)
    assert done.returncode == 1 and "1 accepted, 2 rejected" in done.stdout and not done.stderr
    for nothing in ((), (tmp_path / "missing",)):
        done = run(*nothing, cwd=tmp_path)
        assert done.returncode == 1 and not done.stderr


def test_drafts_in_lines_are_no_certificates() -> None:
    """What searches write for themselves proves nothing."""
    with pytest.raises(K.Rejected, match="the fields are"):
        K.check({"format": "ridgeproof-certificate/1", "claim": "one", "context": {}, "lines": []})


# --- the axioms against numbers --------------------------------------------------------------------------------------

D, ROWS, RANK, VARIANCE = 3, 5, 2, 1.7
SCALARS = {"d": float(D), "T": float(ROWS), "T0": float(RANK), "lam": 0.9, "v": VARIANCE}
SQUARE = {"matrix": ["d", "d"]}
DECLARE = [
    ["d", "nat+"], ["T", "nat+"], ["T0", "nat+"], ["lam", "real>0"], ["v", "real>0"], ["A", SQUARE], ["B", SQUARE],
    ["S", {**SQUARE, "positive": True}], ["X", {"matrix": ["T", "d"], "gaussian": ["S", "v"]}],
    ["R", {**SQUARE, "symmetric": True, "inverse": [["lam", []], ["1", ["X'", "X"]]]}],
    ["P", {**SQUARE, "haar": "T0"}],
]  # fmt: skip
STEIN = [
    {"rule": "stein", "letter": "X", "word": ["X", "A"], "others": []},
    {"rule": "stein", "letter": "X", "word": ["X", "A", "X'", "X", "B"], "others": []},
    {"rule": "stein", "letter": "X", "word": ["X", "R", "A"], "others": [["R", "B"]]},
    {"rule": "stein", "letter": "X", "word": ["X", "R", "X'", "X", "A"], "others": [["A", "X'", "X"], ["R"]]},
]
ROTATION = [
    {"rule": "loop", "letter": "P", "word": ["A", "P"], "others": []},
    {"rule": "loop", "letter": "P", "word": ["B", "P", "A", "P"], "others": []},
    {"rule": "loop", "letter": "P", "word": ["B", "P"], "others": [["A", "P"]]},
    {"rule": "loop", "letter": "P", "word": ["A'", "P", "B"], "others": [["A", "P", "B", "P"], ["P"]]},
    {"rule": "haar", "letter": "P", "after": ["A"], "others": [["B", "P"]]},
]


def scalar(term: Any) -> float:
    """A scalar term at SCALARS: a reading of the data of its own."""
    if isinstance(term, str):
        return SCALARS[term] if term in SCALARS else float(term)
    op, *args = term
    if op == "^":
        return scalar(args[0]) ** int(args[1])
    values = [scalar(a) for a in args]
    out = values[0]
    for x in values[1:]:
        out = out + x if op == "+" else out - x if op == "-" else out * x if op == "*" else out / x
    return out


def traced(term: Any, letters: dict[str, np.ndarray]) -> float:
    """What stands under an expectation, for one draw."""
    if term == "0":
        return 0.0
    total = 0.0
    for c, words in term[1]:
        product = scalar(c)
        for word in words:
            factors = [letters[t.rstrip("'")].T if t.endswith("'") else letters[t] for t in word]
            product *= float(np.trace(np.linalg.multi_dot(factors) if len(factors) > 1 else factors[0]))
        total += product
    return total


def draw(rng: np.random.Generator, fixed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """One draw of the random letters, by numpy alone."""
    x = np.sqrt(VARIANCE) * rng.standard_normal((ROWS, D)) @ np.linalg.cholesky(fixed["S"]).T
    q, upper = np.linalg.qr(rng.standard_normal((D, D)))
    q = (q * np.sign(np.diag(upper)))[:, :RANK]
    return {**fixed, "X": x, "R": np.linalg.inv(x.T @ x + SCALARS["lam"] * np.eye(D)), "P": q @ q.T}


@pytest.mark.parametrize("line", [*STEIN, *ROTATION], ids=str)
def test_axioms_hold_in_the_mean(line: Any) -> None:
    """Integration by parts and rotations as the kernel writes them: sampled means agree within 5 standard errors.

    A missing or doubled term would show: each side alone is many standard errors from 0.  False alarm below 1e-5.
    """
    Budget.left = MAX_STEPS
    _, left, right = RULES[line["rule"]](World(DECLARE), line).shows
    rng = np.random.default_rng(5)
    a = rng.standard_normal((D, D))
    fixed = {"A": rng.standard_normal((D, D)), "B": rng.standard_normal((D, D)), "S": a @ a.T + np.eye(D)}
    draws = [draw(rng, fixed) for _ in range(2500)]
    gaps = np.array([traced(left, letters) - traced(right, letters) for letters in draws])
    error = gaps.std(ddof=1) / np.sqrt(len(gaps))
    assert abs(gaps.mean()) <= 5 * error + 1e-12
    parts = [traced(["E", [part]], letters) for letters in draws[:300] for part in left[1]]
    assert max(map(abs, parts)) > 10 * error
