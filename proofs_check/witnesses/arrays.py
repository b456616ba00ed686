"""A formula at arrays of numbers: sums, products, powers, least and greatest, and the functions of one argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from . import balls as B

FUNCTIONS: dict[type[sp.Basic], Callable[[Any], Any]] = {
    sp.exp: np.exp,
    sp.log: np.log,
    sp.sin: np.sin,
    sp.cos: np.cos,
    sp.tanh: np.tanh,
    sp.Abs: np.abs,
}


def over(e: sp.Expr, values: Mapping[sp.Symbol, Any], number: Callable[[Any], Any], what: str) -> Any:
    """The value of a formula, entry by entry.

    Parameters
    ----------
    values : arrays for its letters, of shapes that broadcast.
    number : what a part is in which none of them stands.
    what : the formula in words, for the message.

    Raises
    ------
    Limit
        A function that is not in ``FUNCTIONS``.
    """
    if e in values:
        return values[e]
    if not e.free_symbols & set(values):
        return number(e)
    parts = [over(a, values, number, what) for a in e.args]
    if isinstance(e, sp.Add):
        return sum(parts[1:], parts[0])
    if isinstance(e, sp.Mul):
        out = parts[0]
        for p in parts[1:]:
            out = out * p
        return out
    if isinstance(e, sp.Pow):
        return parts[0] ** (int(e.exp) if e.exp.is_Integer else parts[1])
    if isinstance(e, sp.Max | sp.Min):
        out = parts[0]
        for p in parts[1:]:
            out = np.maximum(out, p) if isinstance(e, sp.Max) else np.minimum(out, p)
        return out
    if type(e) in FUNCTIONS:
        return FUNCTIONS[type(e)](parts[0])
    raise B.Limit(f"{what} with {type(e).__name__}")
