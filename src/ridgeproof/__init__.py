"""The theory of ridge regression under model collapse, checked by machine.

Everything that most users need stands here; it is loaded when it is first used, so that importing the package costs
nothing.  ``help(ridgeproof.predict)`` and its kin say shapes, units, errors and sources, each with an example.

>>> import ridgeproof as rp
>>> chain = {
...     "spectrum": {"kind": "isotropic", "dim": 20},
...     "target": {"kind": "isotropic", "norm2": 1},
...     "generators": [{"samples": 60, "ridge": 0, "noise": "1/10", "repeat": 3}],
...     "downstream": {"samples": 80, "ridge": "0.05", "noise": "1/10"},
... }
>>> round(rp.predict(chain).test_error, 6)
0.1654
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers read it; importing typing for it would take longer than all the rest
if TYPE_CHECKING:
    from .errors import RidgeproofError
    from .face.datasets import data
    from .face.ledger import check, claims, show, verify
    from .face.problems import explore, kappa, optimal_ridge, predict, predict_exact, scenario, simulate
    from .face.scaling import exponents, phase_diagram
    from .numerics.problem.fits import Downstream as Downstream
    from .numerics.problem.fits import Generator as Generator
    from .numerics.problem.fits import Source as Source
    from .numerics.problem.scenario import Scenario, load_scenario
    from .numerics.problem.spectrum import Spectrum as Spectrum
    from .numerics.problem.target import Target as Target
    from .theorems.claim import Claim, Equation, Hypothesis, Relation
    from .theorems.claim import Fit as Fit
    from .theorems.claim import Setting as Setting

__version__: str

# name -> the module that has it
_HOME = {
    "check": "face.ledger",
    "claims": "face.ledger",
    "data": "face.datasets",
    "explore": "face.problems",
    "exponents": "face.scaling",
    "kappa": "face.problems",
    "optimal_ridge": "face.problems",
    "phase_diagram": "face.scaling",
    "predict": "face.problems",
    "predict_exact": "face.problems",
    "scenario": "face.problems",
    "show": "face.ledger",
    "simulate": "face.problems",
    "verify": "face.ledger",
    "Downstream": "numerics.problem.fits",
    "Generator": "numerics.problem.fits",
    "Source": "numerics.problem.fits",
    "Scenario": "numerics.problem.scenario",
    "load_scenario": "numerics.problem.scenario",
    "Spectrum": "numerics.problem.spectrum",
    "Target": "numerics.problem.target",
    "Claim": "theorems.claim",
    "Equation": "theorems.claim",
    "Fit": "theorems.claim",
    "Hypothesis": "theorems.claim",
    "Relation": "theorems.claim",
    "Setting": "theorems.claim",
    "RidgeproofError": "errors",
}

# What TAB shows.  The parts of a Scenario (Spectrum, Target, Generator, Downstream, Source) and of a Claim (Fit,
# Setting) are names of this module too; most people write a mapping or a file.
__all__ = [
    "Claim",
    "Equation",
    "Hypothesis",
    "Relation",
    "RidgeproofError",
    "Scenario",
    "__version__",
    "check",
    "claims",
    "data",
    "explore",
    "exponents",
    "kappa",
    "load_scenario",
    "optimal_ridge",
    "phase_diagram",
    "predict",
    "predict_exact",
    "scenario",
    "show",
    "simulate",
    "verify",
]


def __getattr__(name: str) -> object:
    """Load what is asked for, once (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("ridgeproof")
    elif name in _HOME:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What TAB shows: the public names."""
    return __all__
