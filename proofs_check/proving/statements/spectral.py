"""Equations between rational functions and sums over the spectrum: one sum is a combination of the others, or S = I."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from .build import Build
from .roots import fixed_point, min_norm

Data = Any


def start(
    claim: str, declare: Data, given: Data, shows: Data, model: Data, below: bool = True
) -> tuple[Build, list[int]]:
    """A certificate begun: hypotheses, the roots that are spoken of, and their equations' lines."""
    roots = {n: what["root"] for n, what in declare if isinstance(what, dict) and "root" in what}
    b = Build(claim, [*declare, *([["t", "real>0"]] if roots else [])], given, shows, model)
    facts = [b.add("assume", formula=g) for g in given]
    equations = []
    for name, (_, _, (_, left, right)) in roots.items():
        if isinstance(left, list):
            ridge, samples = left[2], right[2]
            positive = b.positive([">", ridge, "0"], *b.shift([">", ridge, "0"], facts))
            if b.w.terms.endless():
                _converging(b, ridge, samples, facts)
            one = fixed_point(b, ridge, positive, T=samples)
            equations.append(b.add("choose", name=name, line=one))
            if below:
                below_samples(b, name, samples, equations[-1], ridge)
        else:
            d = b.w.sigma.spectrum[1]
            wide = b.positive([">", d, left], *b.shift([">", d, left], facts))
            one = min_norm(b, wide, left)
            equations.append(b.add("choose", name=name, line=one))
            below_samples(b, name, left, equations[-1], None)
    return b, equations


def _converging(b: Build, ridge: Data, samples: str, facts: list[int]) -> None:
    """The sums in the equation of kappa have values: at x, x + t and the two points between which the root lies."""
    beta, high = b.w.sigma.law[0], ["+", ridge, ["/", ["spec", "s"], samples]]
    for i, (summand, at, n) in enumerate((("s", "1", 0), *((["/", "s", ["+", "s", k]], k, 1) for k in (
            "x", ["+", "x", "t"], ridge, high)), (["/", ["^", "s", 2], ["+", "s", high]], high, 1))):  # fmt: skip
        p = 2 if i == 5 else 1
        shows = [">", ["-", ["+", "0", ["*", beta, str(p)]], "1"], "0"]
        (fact,) = [f for f in facts if b.w.key(b.w.lines[f].shows) == b.w.key([">", ["-", beta, "1"], "0"])]
        tail = b.positive(
            shows, ["1", [fact, 1]], *([["1", [b.add("domain", name=beta, how=">"), 1]]] if p == 2 else [])
        )
        of = {"summand": summand, "at": at, "powers": [0, p, n], "target": False}
        b.add("converges", of=of, tail=tail)


def below_samples(b: Build, k: str, T: str, root: int, ridge: Data) -> int:
    """df_2(k) < T: T - df_2 = sum k s/(s + k)^2 + T ridge/k, by the equation of k."""
    ds, dk, dT = (b.add("domain", name=y, how=">") for y in ("s", k, T))
    sk = b.positive([">", ["+", "s", k], "0"], ["1", [ds, 1]], ["1", [dk, 1]])
    first, second = ["/", "s", ["+", "s", k]], ["/", ["^", "s", 2], ["^", ["+", "s", k], 2]]
    rest = ["-", ["/", ["*", k, "s"], ["^", ["+", "s", k], 2]], "0"]
    gap = b.add("sum-positive", line=b.positive([">", rest[1], "0"], ["1", [dk, 1], [ds, 1], [sk, -2]]))
    parts = b.add("split", summand=rest, parts=[["1", first], ["-1", second]])
    shows = [">", ["-", T, ["spec", second]], "0"]
    terms = [["1", [gap, 1]]]
    if ridge is None:
        return b.positive(shows, *terms, by=[["1", root], ["-1", parts]])
    lam = next(i for i, s in enumerate(b.w.lines) if s.shows == [">", ridge, "0"])
    terms.append(["1", [dT, 1], [lam, 1], [dk, -1]])
    return b.positive(shows, *terms, by=[[["/", T, k], root], ["-1", parts]])


def spectral(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of an equation.

    Raises
    ------
    DerivationError
        Where the two sides differ, or a denominator may vanish.
    """
    b, equations = start(claim, declare, given, shows, model)
    w = b.w
    by: list[list[Data]] = []
    rest = b.sympy(w.difference(shows))
    sums = {sp.Symbol(x): data for x, (kind, data) in w.terms.opaque.items() if kind == "spec"}
    kind, d = w.sigma.spectrum or ("any", "d")
    if kind == "isotropic":
        lines = _isotropic(b, [x for x in sums if sums[x] not in ("w2", "1")], sums)
        closed = {x: b.sympy(w.terms.norm(w.lines[i].shows[2])) for x, i in lines.items()}
        left = sp.cancel(rest.xreplace(closed))
        for i in equations:
            root = b.sympy(w.difference(w.lines[i].shows))
            factor = sp.cancel(left / root.xreplace(closed))
            rest, left = rest - factor * root, sp.S.Zero
            by.append([b.term(factor), i])
        for x, i in lines.items():
            after = rest.xreplace({x: closed[x]})
            factor = sp.cancel((rest - after) / (x - closed[x]))
            if factor != 0:
                by.append([b.term(factor), i])
            rest = after
    else:
        by += _combination(b, rest, sums, d)
    b.last("ring", shows=shows, by=by)
    return b.document()


def _isotropic(b: Build, sums: list[sp.Symbol], data: dict[sp.Symbol, Data]) -> dict[sp.Symbol, int]:
    return {x: b.add("isotropic", summand=data[x]) for x in sums}


def _combination(b: Build, rest: sp.Expr, sums: dict[sp.Symbol, Data], d: str) -> list[list[Data]]:
    """One sum of those in which the difference is linear, as a combination of the others (and of d)."""
    rest = sp.cancel(sp.together(rest))
    below = sp.denom(rest).free_symbols
    linear = [x for x in sums if rest.has(x) and x not in below and sp.degree(sp.numer(rest), x) == 1]
    linear = [x for x in linear if not any(sp.diff(rest, x).has(y) for y in linear)]
    if not linear:
        if rest != 0:
            raise DerivationError("the two sides differ")
        return []
    slopes = {x: sp.cancel(sp.diff(rest, x)) for x in linear}
    left = sp.cancel(rest - sum(c * x for x, c in slopes.items()))
    pivot = min(linear, key=lambda x: (not slopes[x].is_number, sp.count_ops(slopes[x])))
    parts = [[b.term(sp.cancel(-c / slopes[pivot])), sums[x]] for x, c in slopes.items() if x != pivot]
    by = []
    if left != 0:
        parts.append([b.term(sp.cancel(-left / slopes[pivot] / sp.Symbol(d))), "1"])
        by.append([b.term(sp.cancel(-left / sp.Symbol(d))), b.add("count")])
    by.append([b.term(slopes[pivot]), b.add("split", summand=sums[pivot], parts=parts)])
    return by
