"""The kernel, rule by rule: a true statement is accepted and its near miss is not; its axioms agree with numbers."""

from __future__ import annotations

import ast
import itertools
import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ridgeproof.proofs_check import kernel as K

Document = dict[str, Any]
KERNEL = Path(K.__file__).parent


def certificate(context: Any, *lines: Any) -> Document:
    """Return a document of these lines."""
    return {"format": K.FORMAT, "claim": "test", "context": context, "lines": list(lines)}


def accepted(context: Any, *lines: Any) -> bool:
    """Whether the kernel accepts."""
    try:
        K.check(json.loads(json.dumps(certificate(context, *lines))))
    except K.Rejected:
        return False
    return True


XY = {"scalars": ["x", "y"]}
SUMS = {"scalars": ["d", "T", "norm2", "kappa", "f1", "f2", "g", "s", "w2"], "dims": {"d": "d"}}
MATRICES = {
    "scalars": ["d", "T", "lam", "v"],
    "dims": {"d": "d", "T": "T", "1": "1"},
    "letters": {
        "A": {"rows": "d", "cols": "d"},
        "B": {"rows": "d", "cols": "d"},
        "S": {"rows": "d", "cols": "d", "symmetric": True},
        "X": {"rows": "T", "cols": "d", "gaussian": {"covariance": "S", "variance": "v"}},
        "R": {"rows": "d", "cols": "d", "symmetric": True, "inverse_of": [["1", ["X'", "X"]], ["lam", []]]},
        "P": {"rows": "d", "cols": "d", "symmetric": True, "rotates": True},
        "w[m]": {"rows": "d", "cols": "1"},
        "w[m+1]": {"rows": "d", "cols": "1", "depends": ["X"]},
    },
}
MATRICES["letters"]["w[m]"]["depends"] = ["X"]  # type: ignore[index]


def over(a: Any, b: Any) -> Any:
    """Return a / b as data."""
    return ["/", a, b]


# Every case: (context, true line, the same with one thing changed so that it is false).
CASES: dict[str, tuple[Any, Document, Document]] = {}


def case(name: str, context: Any, line: Document, **change: Any) -> None:
    """Register a true line and its near miss."""
    CASES[name] = (context, line, {**line, **change})


_square = ["^", ["+", "x", "y"], 2]
case(
    "identity",
    XY,
    {"rule": "identity", "left": _square, "right": ["+", ["^", "x", 2], ["*", "2", "x", "y"], ["^", "y", 2]]},
    right=["+", ["^", "x", 2], ["^", "y", 2]],
)
case(
    "identity with denominators",
    XY,
    {
        "rule": "identity",
        "left": ["-", over("1", "x"), over("1", "y")],
        "right": over(["-", "y", "x"], ["*", "x", "y"]),
    },
    right=over(["-", "x", "y"], ["*", "x", "y"]),
)
case(
    "identity modulo",
    XY,
    {"rule": "identity", "left": ["^", "x", 2], "right": ["^", "y", 2], "modulo": [[["+", "x", "y"], ["-", "x", "y"]]]},
    modulo=[["x", ["-", "x", "y"]]],
)
_df = over("s", ["+", "s", "kappa"])
_linear = {
    "rule": "spectral",
    "left": "f1",
    "right": ["-", "d", ["*", "kappa", "g"]],
    "sums": {"f1": _df, "d": "1", "g": over("1", ["+", "s", "kappa"])},
    "linear": {"f1": [["1", "d"], [["*", "-1", "kappa"], "g"]]},
}
case(
    "spectral: df_1 = d - kappa tr(S + kappa)^-1",
    SUMS,
    _linear,
    linear={"f1": [["1", "d"], ["kappa", "g"]]},
    right=["+", "d", ["*", "kappa", "g"]],
)
case("spectral: the conclusion, not only the summands", SUMS, _linear, right=["+", "d", ["*", "kappa", "g"]])
case(
    "spectral: a coefficient that holds the eigenvalue",
    SUMS,
    {
        **_linear,
        "left": "f1",
        "right": ["*", "kappa", "g"],
        "linear": {"f1": [["1", "d"], [["*", "-1", "kappa"], "g"]]},
        "modulo": [["1", ["-", "d", ["*", "2", "kappa", "g"]]]],
    },
    linear={"f1": [["s", "g"]]},
)
_iso = {
    "rule": "spectral",
    "left": "f1",
    "right": over("norm2", ["^", ["+", "1", "kappa"], 2]),
    "sums": {"f1": over(["*", "s", "w2"], ["^", ["+", "s", "kappa"], 2]), "norm2": "w2"},
    "linear": {"f1": [[over("1", ["^", ["+", "1", "kappa"], 2]), "norm2"]]},
    "isotropic": True,
}
case("spectral: isotropic", SUMS, _iso, right=over("norm2", ["+", "1", "kappa"]))
case("spectral: isotropic or not", SUMS, _iso, isotropic=False)
_at_two = over("2", ["^", ["+", "2", "kappa"], 2])
case(
    "spectral: a combination that holds at s = 2",
    SUMS,
    _iso,
    linear={"f1": [[_at_two, "norm2"]]},
    right=["*", _at_two, "norm2"],
)
case(
    "spectral: isotropic needs what is affine in w2",
    SUMS,
    _iso,
    sums={"f1": over(["*", "s", ["^", "w2", 2]], ["^", ["+", "s", "kappa"], 2]), "norm2": "w2"},
)
_gap = ["-", "s", "1"]
case(
    "spectral: isotropic, and no pole at s = 1",
    SUMS,
    {**_iso, "right": "norm2", "sums": {"f1": ["*", "s", "w2"], "norm2": "w2"}, "linear": {"f1": [["1", "norm2"]]}},
    sums={"f1": over(["*", _gap, "s", "w2"], _gap), "norm2": "w2"},
)
case(
    "spectral: isotropic, a sum inside another",
    SUMS,
    {
        "rule": "spectral",
        "left": "f2",
        "right": ["*", "d", "norm2"],
        "sums": {"d": "1", "norm2": "w2", "f1": ["^", "s", 2], "f2": ["*", "w2", "f1"]},
        "linear": {"f1": [["1", "d"]], "f2": [["f1", "norm2"]]},
        "isotropic": True,
    },
    right=["*", "norm2", "norm2"],
)
_sign = {
    "rule": "nonnegative",
    "expression": ["-", over("x", "y"), "1"],
    "relation": ">",
    "assume": [[["-", "x", "y"], ">"], ["y", ">"]],
    "sum": [["1", [[0, 1], [1, -1]]]],
}
case("nonnegative", XY, _sign, assume=[["x", ">"], ["y", ">"]])
case("nonnegative: strict needs a strict term", XY, _sign, assume=[[["-", "x", "y"], ">="], ["y", ">"]])
case(
    "nonnegative: no division by what may vanish",
    XY,
    {**_sign, "relation": ">="},
    assume=[[["-", "x", "y"], ">"], ["y", ">="]],
)
case(
    "nonnegative: positive coefficients",
    XY,
    {"rule": "nonnegative", "expression": "x", "relation": ">=", "assume": [["x", ">="]], "sum": [["1", [[0, 1]]]]},
    sum=[["-1", [[0, 1]]]],
    expression=["*", "-1", "x"],
)
case(
    "limit",
    XY,
    {"rule": "limit", "expression": over(["+", ["*", "2", "x"], "y"], ["+", "x", "1"]), "variable": "x", "value": "2"},
    value="1",
)
case(
    "limit of a growing function",
    XY,
    {"rule": "limit", "expression": over("1", "x"), "variable": "x", "value": "0"},
    expression="x",
)
_resolvent = {
    "rule": "word",
    "left": [["1", ["R", "X'", "X"]]],
    "right": [["1", []], [["*", "-1", "lam"], ["R"]]],
    "shape": ["d", "d"],
    "cofactors": [["1", [], [], 1]],
}
case("word: the resolvent identity", MATRICES, _resolvent, right=[["1", []], ["lam", ["R"]]])
case(
    "word: letters do not commute",
    MATRICES,
    {"rule": "word", "left": [["1", ["A", "B"]]], "right": [["1", ["A", "B"]]], "shape": ["d", "d"]},
    right=[["1", ["B", "A"]]],
)
_stein = {
    "rule": "trace",
    "expectation": [["1", [["A", "X'", "X"]]], [["*", "-1", "T", "v"], [["A", "S"]]]],
    "nulls": [["1", {"kind": "stein", "letter": "X", "word": ["X", "A"]}]],
}
case(
    "trace: E X'X = T v S",
    MATRICES,
    _stein,
    expectation=[["1", [["A", "X'", "X"]]], [["*", "-1", "d", "v"], [["A", "S"]]]],
)
_loop = {
    "rule": "trace",
    "expectation": [["d", [["A", "P"]]], ["-1", [["A"], ["P"]]]],
    "nulls": [["-1", {"kind": "loop", "word": ["A", "P"]}]],
}
case("trace: d E tr(A P) = tr A E tr P", MATRICES, _loop, expectation=[["T", [["A", "P"]]], ["-1", [["A"], ["P"]]]])
case(
    "trace: invariance under rotation only",
    MATRICES,
    _loop,
    nulls=[
        ["-1", {"kind": "loop", "word": ["A", "P"]}],
        ["1", {"kind": "loop", "word": ["X", "X'"]}],
    ],
)
case(
    "trace: transposes are not the letter",
    MATRICES,
    {"rule": "trace", "expectation": [["1", [["A", "B"]]], ["-1", [["B'", "A'"]]]], "nulls": []},
    expectation=[["1", [["A", "B"]]], ["-1", [["A", "B'"]]]],
)


@pytest.mark.parametrize("name", CASES)
def test_a_rule_accepts_the_true_and_rejects_the_near_miss(name: str) -> None:
    """Each rule proves what its docstring says and nothing beside it."""
    context, true, false = CASES[name]
    assert accepted(context, true)
    assert not accepted(context, false)


def test_every_rule_has_a_case() -> None:
    """No rule goes without a true statement and a near miss.

    Telescope and lemma: below; leading: test_kernel_leading.py; orders: test_kernel_orders.py.
    """
    elsewhere = {"telescope", "leading", "power-order", "order", "suppose", "least", "terms"}
    assert {line["rule"] for _, line, _ in CASES.values()} | elsewhere == set(K.RULES)


def test_lines_that_rest_on_earlier_lines() -> None:
    """Signs, lemmas, expectations and telescoping sums use what was proved, and only that."""
    first = {
        "rule": "nonnegative",
        "expression": ["+", "x", "y"],
        "relation": ">",
        "assume": [["x", ">"], ["y", ">"]],
        "sum": [["1", [[0, 1]]], ["1", [[1, 1]]]],
    }
    second = {
        "rule": "nonnegative",
        "expression": over("x", ["+", "x", "y"]),
        "relation": ">",
        "assume": [["x", ">"], ["y", ">"], ["line", 0]],
        "sum": [["1", [[0, 1], [2, -1]]]],
    }
    assert accepted(XY, first, second)
    assert not accepted(XY, first, {**second, "assume": [["x", ">"], ["x", ">"], ["line", 0]]})  # y > 0 was needed
    assert not accepted(XY, second, first)
    lemma = {
        "rule": "trace",
        "expectation": [["1", [["P", "B", "X'", "X"]]], [["*", "-1", "T", "v"], [["P", "B", "S"]]]],
        "nulls": [["1", {"kind": "lemma", "lemma": 0, "replace": {"A": ["P", "B"]}}]],
    }
    assert accepted(MATRICES, _stein, lemma)  # P is independent of X
    named = {**MATRICES, "scalars": [*MATRICES["scalars"], "e"]}
    value = {
        "rule": "identity",
        "left": "e",
        "right": ["*", "d", "T", "v"],
        "expectations": {"e": [["A", "X'", "X"]], "a": [["A", "S"]]},
        "lines": [["1", 0]],
        "modulo": [[["*", "T", "v"], ["-", "a", "d"]]],
    }
    assert accepted({**named, "scalars": [*named["scalars"], "a"]}, _stein, value)
    assert not accepted({**named, "scalars": [*named["scalars"], "a"]}, _stein, {**value, "right": ["*", "T", "v"]})


def test_telescoping() -> None:
    """If w[m+1] - w[m] = A w[m] for all m then w[n] - w[0] is the sum; another summand, or a constant term, is not."""
    context = {**MATRICES, "letters": {k: v for k, v in MATRICES["letters"].items() if k != "w[m+1]"}}
    context["letters"] = {
        **context["letters"],
        "w[m]": {"rows": "d", "cols": "1"},
        "w[m+1]": {"rows": "d", "cols": "1"},
    }
    context["relations"] = [[[["1", ["w[m+1]"]]], [["1", ["w[m]"]], ["1", ["A", "w[m]"]]], ["d", "1"]]]
    step = {
        "rule": "word",
        "left": [["1", ["w[m+1]"]], ["-1", ["w[m]"]]],
        "right": [["1", ["A", "w[m]"]]],
        "shape": ["d", "1"],
        "cofactors": [["1", [], [], 0]],
    }
    summed = {"rule": "telescope", "step": 0, "term": [["1", ["w[m]"]]], "summand": [["1", ["A", "w[m]"]]]}
    assert accepted(context, step, summed)
    assert not accepted(context, step, {**summed, "summand": [["1", ["w[m]"]]]})
    assert not accepted(context, step, {**summed, "term": [["1", ["w[m+1]"]]]})
    assert not accepted(
        {**context, "scalars": [*context["scalars"], "c[m]"]}, step, {**summed, "term": [["c[m]", ["w[m]"]]]}
    )
    trace = {"rule": "trace", "expectation": [], "nulls": []}  # a trace line is about one m
    assert not accepted(context, trace, {"rule": "telescope", "step": 0, "term": [], "summand": []})
    assert accepted(context, {**step, "left": [], "right": [], "cofactors": []}, {**summed, "term": [], "summand": []})


# --- the axioms against numbers --------------------------------------------------------------------------------------

D, ROWS, VARIANCE = 3, 5, 1.7
RNG = np.random.default_rng(11)
SCALARS = {"d": float(D), "T": float(ROWS), "lam": 0.9, "v": VARIANCE}


def value_of(poly: K.TracePoly, letters: dict[str, np.ndarray]) -> float:
    """Return the number that a polynomial in traces is for given matrices: a reading of the data of its own."""

    def scalar(p: K.Poly) -> float:
        return float(sum(float(c) * np.prod([SCALARS[n] ** e for n, e in m]) for m, c in p.items()))

    total = 0.0
    for key, (num, den) in poly.items():
        product = scalar(num) / scalar(den)
        for word in key:
            matrix: Any = np.eye(1)
            for i, token in enumerate(word):
                factor = letters[token.rstrip("'")]
                factor = factor.T if token.endswith("'") else factor
                matrix = factor if i == 0 else matrix @ factor
            product *= float(np.trace(matrix))
        total += product
    return total


def draw(rng: np.random.Generator, constants: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return one draw of the random letters of ``MATRICES`` by numpy alone."""
    root = np.linalg.cholesky(constants["S"])
    x = np.sqrt(VARIANCE) * rng.standard_normal((ROWS, D)) @ root.T
    q, upper = np.linalg.qr(rng.standard_normal((D, D)))
    q = q * np.sign(np.diag(upper))
    return {
        **constants,
        "X": x,
        "R": np.linalg.inv(x.T @ x + SCALARS["lam"] * np.eye(D)),
        "P": q @ np.diag([2.0, -1.0, 0.5]) @ q.T,
    }


def constants() -> dict[str, np.ndarray]:
    """Return fixed values of the constant letters."""
    rng = np.random.default_rng(5)
    a = rng.standard_normal((D, D))
    return {"A": rng.standard_normal((D, D)), "B": rng.standard_normal((D, D)), "S": a @ a.T + np.eye(D)}


STEIN = [
    {"kind": "stein", "letter": "X", "word": ["X", "A"]},
    {"kind": "stein", "letter": "X", "word": ["X", "A", "X'", "X", "B"], "others": []},
    {"kind": "stein", "letter": "X", "word": ["X", "R", "A"], "others": [["R", "B"]]},
    {"kind": "stein", "letter": "X", "word": ["X", "R", "X'", "X", "A"], "others": [["A", "X'", "X"], ["R"]]},
]
LOOPS = [
    {"kind": "loop", "word": ["A", "P"]},
    {"kind": "loop", "word": ["B", "P", "A", "P"]},
    {"kind": "loop", "word": ["B", "P"], "others": [["A", "P"]]},
    {"kind": "loop", "word": ["A'", "P", "B"], "others": [["A", "P", "B", "P"], ["P"]]},
]


@pytest.mark.parametrize("data", [*STEIN, *LOOPS], ids=str)
def test_nulls_have_mean_zero(data: Document) -> None:
    """Stein's identity and the loop equation as the kernel expands them: sampled means are 0 within 5 standard errors.

    A missing or doubled term would show: each monomial alone is many standard errors from 0.
    """
    ctx = K.Context(json.loads(json.dumps(MATRICES)), K.Budget())
    null = K.null(ctx, data, [], False)
    fixed, rng = constants(), np.random.default_rng(17)
    draws = [draw(rng, fixed) for _ in range(2500)]
    values = np.array([value_of(null, letters) for letters in draws])
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean()) < 5 * error
    parts = [np.mean([value_of({key: c}, letters) for letters in draws[:300]]) for key, c in null.items()]
    assert max(map(abs, parts)) > 10 * error


@pytest.mark.parametrize("word", [["X", "A", "X'", "X", "B"], ["X", "A", "X'", "X", "B", "X'", "X", "A"]], ids=str)
def test_stein_nulls_are_exactly_zero_by_wick(word: list[str]) -> None:
    """Isserlis' theorem for one row and one column (T = d = 1, S = s, x ~ N(0, v s)): E x^(2k) = (2k - 1)!! (v s)^k."""
    ctx = K.Context(json.loads(json.dumps(MATRICES)), K.Budget())
    null = K.null(ctx, {"kind": "stein", "letter": "X", "word": word, "others": [["A", "X'", "X"]]}, [], False)
    at = {"d": Fraction(1), "T": Fraction(1), "v": Fraction(3, 2), "lam": Fraction(1)}
    numbers = {"A": Fraction(2, 3), "B": Fraction(-5, 7), "S": Fraction(4, 9)}
    total = Fraction(0)
    for key, (num, den) in null.items():
        assert den == K.ONE
        letters = [t.rstrip("'") for w in key for t in w]
        k = letters.count("X")
        moment = Fraction(0) if k % 2 else (at["v"] * numbers["S"]) ** (k // 2) * int(np.prod(range(k - 1, 0, -2)))
        for x in letters:
            moment *= numbers.get(x, Fraction(1))
        for m, c in num.items():
            term = c
            for name, e in m:
                term *= at[name] ** e
            total += term * moment
    assert null and total == 0


def test_a_two_by_two_rotation_exactly() -> None:
    """The loop equation for P = Q diag(1, 0) Q', Q uniform on O(2): the mean over 8 angles is exact to degree 3."""
    ctx = K.Context(json.loads(json.dumps(MATRICES)), K.Budget())
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 2)), rng.standard_normal((2, 2))
    for data in LOOPS:
        null = K.null(ctx, data, [], False)
        values = []
        for angle, mirror in itertools.product(np.arange(8) * np.pi / 8, (1.0, -1.0)):
            q = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1.0, mirror])
            SCALARS["d"] = 2.0
            values.append(value_of(null, {"A": a, "B": b, "P": q @ np.diag([1.0, 0.0]) @ q.T}))
            SCALARS["d"] = float(D)
        assert abs(np.mean(values)) < 1e-12


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1.5}',
        '{"a": 12345678}',
        "[" * 100_000,
        '"\\ud800"',
        "1e999",
        "-Infinity",
    ],
)
def test_text_that_is_no_certificate_is_rejected(text: str) -> None:
    """Malformed JSON, duplicate keys, inexact numbers and deep nesting end in ``Rejected`` and nothing else."""
    with pytest.raises(K.Rejected):
        K.check(K.load(text))


@pytest.mark.parametrize("text", ["01", "2/4", "1/0", "-0", "+1", "1.5", "1e3", " 1", "1/1", "٣", "9" * 500, "", "x'"])
def test_a_number_has_one_form(text: str) -> None:
    """Non-canonical numbers are rejected, so that what a reader sees is what was checked."""
    assert not accepted({}, {"rule": "identity", "left": text, "right": text})


def test_the_kernel_imports_the_standard_library_only() -> None:
    """What has to be trusted is this folder and Python: all imports are the standard library's or its own."""
    imported = set()
    for file in KERNEL.glob("*.py"):
        for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(n, ast.ImportFrom):
                assert n.level <= 1, f"{file.name} leaves the kernel's folder"
                imported |= {(n.module or "").split(".")[0]} if n.level == 0 else set()
            elif isinstance(n, ast.Import):
                imported |= {a.name.split(".")[0] for a in n.names}
    assert imported <= set(sys.stdlib_module_names)


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the kernel in an interpreter that sees no installed package (-S: no site, -I: no environment)."""
    copy = cwd / "copied" / "under-another-name"
    if not copy.exists():
        shutil.copytree(KERNEL, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return subprocess.run(
        [sys.executable, "-I", "-S", copy, *arguments], capture_output=True, text=True, cwd=cwd, timeout=120
    )


def test_certificates_are_checked_without_sympy(tmp_path: Path) -> None:
    """``python -m ridgeproof.proofs_check.kernel DIR`` needs nothing installed; its exit status is the verdict."""
    (tmp_path / "good.certificate.json").write_text(json.dumps(certificate(XY, CASES["identity"][1])), encoding="utf-8")
    done = run(tmp_path, cwd=tmp_path)
    assert done.returncode == 0 and "1 accepted, 0 rejected" in done.stdout and not done.stderr
    (tmp_path / "bad.certificate.json").write_text(json.dumps(certificate(XY, CASES["identity"][2])), encoding="utf-8")
    (tmp_path / "broken.certificate.json").write_bytes(b"\xff\xfe{")
    done = run(tmp_path, cwd=tmp_path)
    assert done.returncode == 1 and "1 accepted, 2 rejected" in done.stdout and not done.stderr
    for nothing in ((), (tmp_path / "missing",)):
        done = run(*nothing, cwd=tmp_path)
        assert done.returncode == 1 and not done.stderr
