"""The front door: ``import ridgeproof`` is cheap, TAB shows what a user needs, the examples run."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import ridgeproof
from ridgeproof import errors
from ridgeproof.errors import InputError, ScaleError
from ridgeproof.face import datasets, ledger, problems, scaling
from ridgeproof.numerics.problem import fits, spectrum, target
from ridgeproof.numerics.problem import scenario as scenarios
from ridgeproof.theorems import claim, plain_numbers, relations, settings

ROOT = Path(__file__).resolve().parent.parent
CHAIN = {
    "spectrum": {"kind": "isotropic", "dim": 20},
    "target": {"kind": "isotropic", "norm2": 1},
    "generators": [{"samples": 60, "ridge": 0, "noise": "1/10"}],
    "downstream": {"samples": 80, "ridge": "1/20", "noise": "1/10"},
}


MODULES = [ridgeproof, datasets, ledger, problems, scaling, errors]  # where the public names live
MODULES += [fits, scenarios, spectrum, target, claim, relations, settings]


@pytest.mark.parametrize("module", [*MODULES, plain_numbers], ids=lambda m: m.__name__)
def test_examples_in_docstrings_run(module: object) -> None:
    """What the docstrings show is what happens."""
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted and not result.failed


def test_every_public_name_has_an_example_its_source_and_its_errors() -> None:
    """help() on whatever TAB shows: an example that the test above runs, a source, what is taken, given and raised."""
    tested = {module.__name__ for module in MODULES}
    for name in ridgeproof._HOME:
        thing = getattr(ridgeproof, name)
        text = inspect.getdoc(thing) or ""
        assert thing.__module__ in tested and ">>>" in text, name
        assert re.search(r"Source: (.*docs/|the tree)", text), name
        if inspect.isfunction(thing):
            assert "Returns\n" in text and ("Raises\n" in text or not inspect.signature(thing).parameters), name
            assert "Parameters\n" in text or not inspect.signature(thing).parameters, name
        for page, anchor in re.findall(r"(docs/[a-z-]+\.md)(?:#([A-Za-z0-9]+))?", text):
            assert (ROOT / page).is_file(), (name, page)
            assert not anchor or f'<a id="{anchor}">' in (ROOT / page).read_text(encoding="utf-8"), (name, anchor)


def test_tab_shows_the_public_names_and_nothing_else() -> None:
    """dir() is what TAB completes; an unknown name is an AttributeError, as everywhere."""
    assert dir(ridgeproof) == sorted(ridgeproof.__all__) and 20 <= len(ridgeproof.__all__) <= 25
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ridgeproof.no_such_name


def test_importing_loads_nothing_heavy() -> None:
    """``import ridgeproof`` loads no other module of ours and none of NumPy, SciPy, SymPy, mpmath."""
    code = "import sys, ridgeproof; print(*(m for m in sys.modules if m.split('.')[0] in {WANTED}))".replace(
        "{WANTED}", "('numpy', 'scipy', 'sympy', 'mpmath', 'ridgeproof', 'importlib_metadata')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ridgeproof"]


@pytest.mark.parametrize("tenth", [Fraction(1, 10), Decimal("0.1"), "1/10", "0.1", 0.1], ids=repr)
def test_numbers_are_accepted_alike(tenth: object) -> None:
    """A fraction, its text, a decimal and a float that reads as that decimal are one number."""
    fit = {"samples": 80, "ridge": "1/20", "noise": tenth}
    assert ridgeproof.predict({**CHAIN, "downstream": fit}).test_error == ridgeproof.predict(CHAIN).test_error


@pytest.mark.parametrize(("ten", "tenth"), [("10", "1/10"), (Fraction(10), Fraction(1, 10)), ("20/2", "0.1")], ids=repr)
def test_options_are_numbers_alike_too(ten: object, tenth: object) -> None:
    """Digits, replicates, seeds, errors, eigenvalues and what data takes: int, Fraction or text, the result is one."""
    rp = ridgeproof
    assert rp.predict(CHAIN, digits=ten).test_error == rp.predict(CHAIN, digits=10).test_error
    assert rp.predict_exact(CHAIN | {"downstream": CHAIN["generators"][0]}, digits=ten)
    assert rp.optimal_ridge(CHAIN, digits=ten).ridge == rp.optimal_ridge(CHAIN, digits=10).ridge
    assert rp.simulate(CHAIN, replicates=ten, seed=ten) == rp.simulate(CHAIN, replicates=10, seed=10)
    assert rp.simulate(CHAIN, relative_error=tenth) == rp.simulate(CHAIN, relative_error=0.1)
    assert rp.kappa([tenth] * 5, samples=ten, ridge=tenth) == rp.kappa([0.1] * 5, samples=10, ridge=0.1)
    x = np.random.default_rng(3).normal(size=(60, 2))
    drawn = rp.data((x, x[:, 0]), samples=ten, ridge=tenth, generations=1, noise=tenth, measure=False, seed=ten)
    assert (
        drawn.prediction
        == rp.data((x, x[:, 0]), samples=10, ridge=0.1, generations=1, noise=0.1, measure=False).prediction
    )
    fit = rp.Fit("10", tenth, tenth)
    assert (
        (fit.samples, fit.ridge)
        == (10, settings.sp.Rational(1, 10))
        == (rp.Equation(ten, tenth).left, rp.Equation(1, tenth).right)
    )


def test_the_command_takes_whole_numbers_in_every_form(ridgeproof) -> None:
    """As Python does: 20, 20.0 and 40/2 digits are one number; a half is refused in one line."""
    words = ("predict", str(ROOT / "examples" / "isotropic.toml"), "--json", "--digits")
    assert ridgeproof(*words, "20").stdout == ridgeproof(*words, "40/2").stdout == ridgeproof(*words, "20.0").stdout
    refused = ridgeproof(*words, "41/2")
    assert refused.returncode == 2 and "whole number" in refused.stderr and len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("half", [Fraction(1, 2), "1/2", "0.5"], ids=repr)
def test_exponents_are_exact_from_text_too(half: object) -> None:
    """Exact numbers in every form; a float is refused, since an exponent table is exact or nothing."""
    (row,) = ridgeproof.exponents("3/2", half, a=half)
    assert row == ridgeproof.exponents(Fraction(3, 2), Fraction(1, 2), a=Fraction(1, 2))[0]
    for wrong in (0.1, "0.1e3", "x", "1/0", "\u0663", True, None):
        with pytest.raises(ScaleError, match="accepted"):
            ridgeproof.exponents("3/2", wrong)


@pytest.mark.parametrize("wrong", [3, None, [], b"x"])
def test_what_is_no_scenario_is_refused_in_one_line(wrong: object) -> None:
    """The message says what is accepted."""
    with pytest.raises(InputError, match="accepted: a Scenario, a mapping"):
        ridgeproof.predict(wrong)  # type: ignore[arg-type]
