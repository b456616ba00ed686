"""The numbers of a certificate: they satisfy its sorts and hypotheses, which then do not contradict each other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from . import show
from .ratio import NUMBER, need
from .sequent import World
from .sigma import BOUND, strings


def satisfies(w: World, c: Any) -> None:
    """Some numbers satisfy the sorts and every hypothesis: they do not contradict each other."""
    values = {x: rational(v) for x, v in c["model"].items() if x != "spectrum"}
    spectrum = [(rational(s), rational(v)) for s, v in c["model"].get("spectrum", [["1", "1"]])]
    need(spectrum and all(s > 0 and v >= 0 for s, v in spectrum), "the model's spectrum")
    used = {name: strings(what) for name, what in w.sigma.defs.items()}
    summed = any("spec" in strings(h).union(*(used[x] for x in w.free(h) & used.keys())) for h in c["given"])
    if w.sigma.spectrum is not None and ("spectrum" in c["model"] or (summed and w.sigma.spectrum[1])):
        kind, d = w.sigma.spectrum
        need(d is not None, "a model of a power law has no spectrum of its own")
        need(values.get(d) == len(spectrum), "the model's spectrum has another dimension")
        need(kind != "isotropic" or all(s == 1 for s, _ in spectrum), "the model's spectrum is not isotropic")
    for x, v in values.items():
        sort = w.sigma.sorts.get(x)
        need(sort, f"the model speaks of {x}")
        need(not str(sort).startswith("nat") or v.denominator == 1, f"model: {x} is no integer")
        right = (
            v > 0
            if sort in ("nat+", "real>0", "fixed>0")
            else v >= 0
            if sort in ("nat", "real>=0", "fixed>=0")
            else True
        )
        need(right, f"model: {x} = {v} is not of sort {sort}")
    for h in c["given"]:
        need(h[0] in ("=", ">", ">=", "!="), "a hypothesis is a relation")
        loose = {*BOUND, *w.sigma.roots, *w.sigma.series} & w.free(h)
        need(not loose, "a hypothesis on a bound name, a root or a series is not shown to be satisfiable")
        known = all(x in values or x not in w.sigma.sorts for x in w.free(h))
        need(known, f"the model has no value for {show.formula(h)}")
        a, b = (evaluate(w, t, values, spectrum) for t in h[1:])
        holds = {"=": a == b, ">": a > b, ">=": a >= b, "!=": a != b}[h[0]]
        need(holds, f"the model does not satisfy {show.formula(h)}: the hypotheses may contradict each other")


def rational(v: Any) -> Fraction:
    """A number of the model: written as a fraction or an integer, not longer than any other number."""
    need(isinstance(v, str) and NUMBER.match(v), f"model: not a number: {str(v)[:40]}")
    return Fraction(v)


def evaluate(w: World, t: Any, values: dict[str, Fraction], spectrum: Any) -> Fraction:
    """The number that a term is in a model, exactly."""
    if isinstance(t, str):
        if t in w.sigma.defs:
            return evaluate(w, w.sigma.defs[t], values, spectrum)
        return values[t] if t in values else Fraction(t)
    op, args = t[0], t[1:]
    known = op in ("+", "-", "*", "/", "^", "max", "min") or (op == "spec" and not w.terms.endless())
    need(known, f"a hypothesis on {op} is not shown to be satisfiable")
    if op == "spec":
        return sum((evaluate(w, args[0], {**values, "s": x, "w2": y}, spectrum) for x, y in spectrum), Fraction(0))
    if op == "^":
        return evaluate(w, args[0], values, spectrum) ** args[1]
    first, *rest = (evaluate(w, a, values, spectrum) for a in args)
    if op in ("max", "min"):
        return (max if op == "max" else min)(first, *rest) if rest else first
    for r in rest:
        need(op != "/" or r, "the model divides by zero")
        first = first + r if op == "+" else first - r if op == "-" else first * r if op == "*" else first / r
    return first
