"""Everything that a file of claims uses: ``from ridgeproof.authoring import *``.

Claims and their parts, the steps of derivations, the vocabulary, the functions of the theory, the hypotheses that the
ledger shares, the declarations (designs, noises, inverses, roots, sequences, optima), ``claims()``, ``sp`` for SymPy
and those of its names that the vocabulary does not use for itself.
"""

from __future__ import annotations

import types

import sympy as sp

from .theorems import (
    chain,
    claim,
    declarations,
    equivalents,
    finite_sample,
    functions,
    leading_order,
    optimal_ridge,
    order_steps,
    power_law,
    quantities,
    relations,
    sequences,
    settings,
    steps,
    vocabulary,
)
from .theorems.claim import Claim, Hypothesis
from .theorems.registry import claims

_SYMPY = [
    "Abs",
    "Add",
    "And",
    "Derivative",
    "Eq",
    "Ge",
    "Gt",
    "Identity",
    "Integer",
    "Integral",
    "Lambda",
    "Le",
    "Lt",
    "Max",
    "Min",
    "Mul",
    "Ne",
    "Not",
    "Or",
    "Piecewise",
    "Pow",
    "Product",
    "Rational",
    "Sum",
    "Symbol",
    "binomial",
    "erf",
    "exp",
    "expand",
    "factorial",
    "floor",
    "gamma",
    "loggamma",
    "log",
    "oo",
    "pi",
    "sqrt",
    "simplify",
    "symbols",
    "together",
    "zeta",
]


def _own(module: types.ModuleType) -> dict[str, object]:
    """What a module defines itself and shows: no claims (they are found in ``claims()``), no modules, no imports."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not isinstance(value, types.ModuleType | Claim)
        and getattr(value, "__module__", module.__name__) == module.__name__
        and name != "annotations"
    }


def _shared(module: types.ModuleType) -> dict[str, object]:
    """The hypotheses that a topic of the ledger shares with claim files."""
    return {name: value for name, value in vars(module).items() if isinstance(value, Hypothesis) and name[0] != "_"}


_names: dict[str, object] = {"sp": sp, "claims": claims}
_names |= {name: getattr(sp, name) for name in _SYMPY}
for _topic in (finite_sample, leading_order, equivalents, power_law, chain, optimal_ridge):
    _names |= _shared(_topic)
for _module in (relations, settings, steps, claim, functions, quantities, sequences, order_steps, declarations):
    _names |= _own(_module)
_names |= {n: v for n, v in vars(vocabulary).items() if not n.startswith("_") and isinstance(v, sp.Basic)}

globals().update(_names)
__all__ = sorted(_names)
