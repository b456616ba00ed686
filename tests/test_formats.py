"""Formulas to paste elsewhere: what is pasted means what the claim says."""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from ridgeproof.errors import InputError
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.kappa import kappa
from ridgeproof.numerics.problem.scenario import Generator, load_scenario
from ridgeproof.proofs_check.witnesses.formulas import Nodes, Point, evaluate
from ridgeproof.proofs_check.writing import formats
from ridgeproof.theorems.quantities import Quantity
from ridgeproof.theorems.registry import all_claims

CLAIMS = {claim.id: claim for claim in all_claims()}


@pytest.mark.parametrize("name", CLAIMS)
def test_sympy_code_builds_the_statement(name: str) -> None:
    """Running the code gives the claim's two sides back, abbreviations written out."""
    names: dict = {}
    exec(formats.sympy(CLAIMS[name]), names)
    for (left, right), part in zip(names["statement"], CLAIMS[name].equations, strict=True):
        assert (left.doit(), right.doit()) == (part.left.doit(), part.right.doit())


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_has_mathml_and_markdown(name: str) -> None:
    """MathML is well-formed XML, one element for each equation; Markdown has a display for each, dollars in pairs."""
    claim = CLAIMS[name]
    elements = formats.mathml(claim).splitlines()
    assert len(elements) == len(claim.statement) + len(claim.where)
    for element in elements:
        assert ET.fromstring(element).tag.endswith("math")
    text = formats.markdown(claim)
    assert text.count("$$") == 2 * len(claim.statement) and text.count("$") % 2 == 0


def function(name: str):
    """The NumPy function of a claim."""
    names: dict = {}
    exec(formats.python(CLAIMS[name]), names)
    return names[name.replace("-", "_")]


def test_numpy_function_of_the_link_is_the_prediction(examples: Path) -> None:
    """Two ridge generators and a fit: the pasted function gives what the independent chain of numerics gives."""
    scenario = load_scenario(examples / "power-law.toml", ["spectrum.dim=60"])
    generator = Generator(samples=80, ridge=Fraction(1, 50), noise=Fraction(1, 10), repeat=2)
    scenario = replace(scenario, generators=(generator,))
    s = scenario.spectrum.eigenvalues()
    w2 = scenario.target.coefficients(scenario.spectrum) ** 2
    down = scenario.downstream
    value = function("link")(
        s, w2, T=down.samples, T0=80, lam=float(down.ridge), lambda0=0.02, sigma02=0.1, sigma2=float(down.noise)
    )
    assert value == pytest.approx(predict(scenario).test_error, rel=1e-12)


def test_numpy_functions_take_integers() -> None:
    """Eigenvalues, sizes and ridges as integers, arrays of them included, give what floats give."""
    s, w2 = np.array([8, 4, 2, 1]), np.array([1, 1, 2, 2])
    given = {"T0": 9, "lam": 1, "lambda0": 1, "sigma02": 1, "sigma2": 1}
    for samples in (6, 7):
        one = {**given, "T": samples}
        floats = {key: float(value) for key, value in one.items()}
        whole = function("link")(s, w2, **one)
        assert whole == pytest.approx(function("link")(s.astype(float), w2.astype(float), **floats), rel=1e-12)


def test_numpy_function_of_theorem_2_is_the_noise_of_a_generation(examples: Path) -> None:
    """rho from the pasted function is the part of the error that a unit of a generator's noise causes."""
    scenario = load_scenario(
        examples / "power-law.toml",
        ["spectrum.dim=60", "generators.samples=100", "generators.noise=1", "generators.repeat=1"],
    )
    s = scenario.spectrum.eigenvalues()
    down = scenario.downstream
    rho = function("fake-data-term")(s, T=down.samples, T0=100, d=60, lam=float(down.ridge))
    assert rho == pytest.approx(predict(scenario).noise_by_generation[0], rel=1e-9)


def test_numpy_function_of_kappa_bounds_is_its_gap() -> None:
    """Sums over the spectrum run over all of it: the gap to the upper bound on kappa, from kappa itself."""
    s = np.array([1.0, 0.5, 0.1])
    value = kappa(s, 5, 0.2)
    gap = function("kappa-bounds")(s, T=5, kappa_value=value)
    assert gap == pytest.approx(0.2 + s.sum() / 5 - value, rel=1e-12)


@pytest.mark.parametrize("name", CLAIMS)
def test_numpy_functions_compile_or_are_refused(name: str) -> None:
    """Every formula in numbers becomes Python; statements about random matrices are refused in one line."""
    claim = CLAIMS[name]
    matrices = any(
        side.has(sp.MatrixExpr) or isinstance(side, sp.MatrixExpr)
        for e in claim.equations
        for side in (e.left, e.right)
    )
    try:
        compile(formats.python(claim), name, "exec")
    except InputError as error:
        number = any(e.left.is_number or e.right.is_number for e in claim.equations)  # E_test against 1
        defined = any((e.left if e.right.is_number else e.right).has(Quantity) for e in claim.equations)  # by a root
        assert (matrices or number or defined) and "\n" not in str(error)
    else:
        assert not matrices or not claim.equations[0].right.has(sp.MatrixExpr)


VALUES = {"T": 43, "T0": 57, "d": 20, "n": 3, "beta": 1.7, "r": 0.6, "a": 0.5, "b": 0.8, "ell": 0.7, "k": 0.01}


@pytest.mark.parametrize("name", CLAIMS)
def test_numpy_functions_agree_with_the_courts_reading(name: str) -> None:
    """Where a claim has a function, it runs and gives what the court's own evaluation of the formula gives.

    At integer sizes, the other symbols somewhere in (0, 1); 20 eigenvalues, none of them equal.
    """
    claim = CLAIMS[name]
    try:
        code = formats.python(claim)
    except InputError:
        return  # checked above: the statement is about random matrices
    names: dict = {}
    exec(code, names)
    s = np.exp(-np.arange(20) / 5)
    w2 = 1 / (1.0 + np.arange(20))
    for i, e in enumerate(claim.statement, 1):
        function = names[name.replace("-", "_") + (f"_{i}" if len(claim.statement) > 1 else "")]
        side = claim.written_out(e.left if e.right.is_number else e.right)
        free = {formats._name(x): x for x in side.free_symbols if isinstance(x, sp.Symbol)}
        wanted = inspect.signature(function).parameters
        given = {x: VALUES.get(x, 0.2 + len(x) % 7 / 10) for x in wanted if x not in ("s", "w2")}
        point = Point({free[x]: value for x, value in given.items() if x in free}, Nodes(s, np.ones(20), w2))
        arrays = {x: value for x, value in (("s", s), ("w2", w2)) if x in wanted}
        assert function(**arrays, **given) == pytest.approx(evaluate(side, point), rel=1e-9)


def test_show_command_prints_the_formats(ridgeproof) -> None:
    """`show --format` reaches all of them; a refusal is status 2."""
    for form, begins in (("markdown", "**"), ("mathml", "<math"), ("sympy", "from sympy"), ("python", "def ")):
        assert ridgeproof("show", "least-squares-chain", "--format", form).stdout.startswith(begins)
    refused = ridgeproof("show", "inverse-wishart", "--format", "python")
    assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 1
