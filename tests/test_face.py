"""The front door: ``import ridgeproof`` is cheap, TAB shows what a user needs, the examples run."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from fractions import Fraction

import pytest

import ridgeproof
from ridgeproof import errors
from ridgeproof.errors import InputError, ScaleError
from ridgeproof.face import datasets, ledger, problems, scaling

CHAIN = {
    "spectrum": {"kind": "isotropic", "dim": 20},
    "target": {"kind": "isotropic", "norm2": 1},
    "generators": [{"samples": 60, "ridge": 0, "noise": "1/10"}],
    "downstream": {"samples": 80, "ridge": "1/20", "noise": "1/10"},
}


@pytest.mark.parametrize("module", [ridgeproof, datasets, ledger, problems, scaling, errors], ids=lambda m: m.__name__)
def test_examples_in_docstrings_run(module: object) -> None:
    """What the docstrings show is what happens."""
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted and not result.failed


def test_every_public_function_has_an_example() -> None:
    """help() on each function of the face says parameters, what is returned, and shows an example."""
    for name in ridgeproof.__all__:
        thing = getattr(ridgeproof, name)
        assert inspect.getdoc(thing) or name == "__version__", name
        if inspect.isfunction(thing) and thing.__module__.startswith("ridgeproof.face"):
            assert ">>>" in thing.__doc__ and "Returns\n" in thing.__doc__, name


def test_tab_shows_the_public_names_and_nothing_else() -> None:
    """dir() is what TAB completes; an unknown name is an AttributeError, as everywhere."""
    assert dir(ridgeproof) == sorted(ridgeproof.__all__) and len(ridgeproof.__all__) <= 35
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ridgeproof.no_such_name


def test_importing_loads_nothing_heavy() -> None:
    """``import ridgeproof`` loads no other module of ours and none of NumPy, SciPy, SymPy, mpmath."""
    code = "import sys, ridgeproof; print(*(m for m in sys.modules if m.split('.')[0] in {WANTED}))".replace(
        "{WANTED}", "('numpy', 'scipy', 'sympy', 'mpmath', 'ridgeproof', 'importlib_metadata')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ridgeproof"]


@pytest.mark.parametrize("tenth", [Fraction(1, 10), "1/10", "0.1", 0.1], ids=repr)
def test_numbers_are_accepted_alike(tenth: object) -> None:
    """A fraction, its text, a decimal and a float that reads as that decimal are one number."""
    fit = {"samples": 80, "ridge": "1/20", "noise": tenth}
    assert ridgeproof.predict({**CHAIN, "downstream": fit}).test_error == ridgeproof.predict(CHAIN).test_error


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
