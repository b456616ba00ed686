"""Rules about rational functions and signs: identity, spectral, nonnegative, limit."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from .context import Context, Line
from .rational import ONE, UNIT, ZERO, Ratio, names_in, proportional, show_ratio, variable
from .reading import BOUND, MAX_EXPONENT, earlier, listing, need, number, pick


def sides(ctx: Context, line: Line, value: Callable[[str], Ratio] = variable) -> Ratio:
    """left - right."""
    return ctx.scalars.minus(*(ctx.scalars.read(line.get(k), value) for k in ("left", "right")))


def difference(ctx: Context, line: Line, value: Callable[[str], Ratio]) -> Ratio:
    """left - right - sum of cofactor * (equation that the line takes for granted)."""
    rest = sides(ctx, line, value)
    for cofactor, equation in listing(line.get("modulo", []), 2, "cofactor"):
        c, g = (ctx.scalars.read(x, value) for x in (cofactor, equation))
        need(set(g[0]) != {()}, "an equation that cannot hold is taken for granted")
        ctx.assumed.append((ctx.scalars.read(equation)[0], g[0]))
        rest = ctx.scalars.minus(rest, ctx.scalars.times(c, g))
    return rest


def tokens(data: Any) -> set[str]:
    """The names and numbers of an expression."""
    found, todo = set(), [data]
    while todo:
        inner = todo.pop()
        todo += inner if isinstance(inner, list) else []
        found |= {inner} if isinstance(inner, str) else set()
    return found


def rule_identity(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left = right; ``expectations`` {name: [word, ...]}: the scalar is E of that product of traces; ``lines``."""
    rest, names = difference(ctx, line, ctx.written_out()), {}
    for name, words in line.get("expectations", {}).items():
        key = ctx.trace_term(UNIT, ctx.traces(words))[0]
        ctx.define(name, "expectation", key, None)
        names[key] = name
    for cofactor, index in listing(line.get("lines", []), 2, "cofactor of a line"):
        for key, c in earlier(done, index, "trace").items():
            need(not key or key in names, "an expectation of the earlier line has no name")
            value = variable(names[key]) if key else UNIT
            rest = ctx.scalars.minus(rest, ctx.scalars.times(ctx.scalars.read(cofactor), c, value))
    need(not rest[0], "the two sides differ")
    return {"zero": sides(ctx, line)}


def read_sums(ctx: Context, line: Line, value: Callable[[str], Ratio] = variable) -> dict[str, Ratio]:
    """``sums`` {name: f}: the scalar is sum_j f(s_j, w2_j), with f a rational function of s, w2 and fixed scalars."""
    sums = line.get("sums", {})
    need(isinstance(sums, dict) and (not sums or set(BOUND) <= ctx.scalars.names), "bad sums over the spectrum")
    for name, f in sums.items():
        ctx.define_sum(name, ctx.scalars.read(f))
    return {name: ctx.scalars.read(f, value) for name, f in sums.items()}


def rule_spectral(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left = right, where some scalars are sums over the spectrum.

    ``linear`` {name: [[c, name'], ...]}: f = sum c f' with c free of s and w2, so F = sum c F'.
    ``isotropic`` true: for S = I, so that f = sum c f' need hold at s = 1 only, and no summand has a pole there.
    """
    linear, isotropic, scalars = line.get("linear", {}), line.get("isotropic"), ctx.scalars
    need(isotropic is None or (isotropic is True and ctx.power_law is None), "isotropic: true or absent; no power law")
    terms = read_sums(ctx, line, lambda x: UNIT if isotropic and x == "s" else variable(x))
    need(isinstance(linear, dict) and set(linear) <= set(terms), "bad linear combination")
    known: dict[str, Ratio] = {}
    value = ctx.written_out(lambda x: known.get(x) or variable(x))  # in terms of the sums that are no combination
    for name, parts in linear.items():
        rest, total = terms[name], ZERO
        for c, other in listing(parts, 2, "linear combination"):
            need(other in terms and not tokens(c) & set(BOUND), "bad linear combination")
            rest = scalars.minus(rest, scalars.times(scalars.read(c), terms[other]))
            total = scalars.plus(total, scalars.times(scalars.read(c, value), value(other)))
        need(not rest[0], f"the summand of {name} is not the combination stated")
        need(not names_in(total) & set(linear), "a combination of what is only later written as one")
        known[name] = total
    need(not tokens([line.get(k) for k in ("left", "right", "modulo")]) & set(BOUND), "a bound variable is loose")
    zero = sides(ctx, line)
    for x in itertools.chain(*line.get("modulo", [])):
        scalars.read(x)
    count = len(scalars.denominators)
    need(not difference(ctx, line, value)[0], "the two sides differ")
    while len(scalars.denominators) > count:  # the last ones are the same numbers in other words
        scalars.denominators.popitem()
    return {} if isotropic else {"zero": zero}


Signs = list[tuple[Ratio, bool]]  # p > 0, or only p >= 0


def positive_sum(ctx: Context, p: Ratio, certificate: Any, assumed: Signs) -> bool:
    """p = sum c_k prod h_i^e_i with c_k > 0 and every h_i assumed; returns whether p > 0 follows (not only p >= 0)."""
    total, strict, scalars = ZERO, False, ctx.scalars
    for coefficient, factors in listing(certificate, 2, "certificate of sign"):
        c, term_strict = number(coefficient), True
        need(c > 0, "a coefficient of a sign certificate is not positive")
        term: Ratio = ({(): c}, ONE)
        for index, power in listing(factors, 2, "product of assumed quantities"):
            h, positive = pick(assumed, index, "assumption")
            need(type(power) is int and abs(power) <= MAX_EXPONENT, "bad power")
            need(power >= 0 or positive, "division by a quantity that may vanish")
            term_strict = term_strict and (positive or power == 0)
            factor = h if power > 0 else scalars.over(UNIT, h)
            term = scalars.times(term, *[factor] * abs(power))
        total, strict = scalars.plus(total, term), strict or term_strict
    need(not scalars.minus(p, total)[0], "the sign certificate does not add up")
    return strict


def may_hold(p: Ratio, strictly: bool) -> bool:
    """Whether p >= 0, or p > 0, which is false for some numbers and possible for anything else."""
    num, den = p
    m = next(iter(den))
    return (not proportional(den, num) or num[m] * den[m] > 0) if num else not strictly


def read_assumptions(ctx: Context, line: Line, done: list[Line], void: bool = False) -> tuple[Signs, set[str]]:
    """[[expression, ">" or ">="], ...]; ["line", i] is what an earlier line concluded from no further assumptions.

    ``void``: the line says that its assumptions cannot all hold, so that one of them may be a false number.
    """
    data, out = listing(line.get("assume", []), 2, "assumption"), []
    plain = {json.dumps(a) for a in data if a[0] != "line"}
    for what, how in data:
        if what == "line":
            sign, from_what = earlier(done, how, "sign")
            ctx.budget.spend(4 + len(from_what))
            need(from_what <= plain, "an earlier line of signs assumed more")
            out.append(sign)
        else:
            need(how in (">", ">="), "bad assumption")
            ctx.budget.spend(40)
            out.append((ctx.scalars.read(what), how == ">"))
            need(void or may_hold(*out[-1]), "a sign that cannot hold is taken for granted")
            ctx.signs.add(f"{show_ratio(out[-1][0])} {how} 0")
    return out, plain


def rule_nonnegative(ctx: Context, line: Line, done: list[Line]) -> Line:
    p, how = ctx.scalars.read(line.get("expression")), line.get("relation")
    assumed, plain = read_assumptions(ctx, line, done, void=how == ">=" and not may_hold(p, False))
    strict = positive_sum(ctx, p, line.get("sum"), assumed)
    need(how == ">=" or (how == ">" and strict), "only >= 0 follows")
    return {"sign": ((p, how == ">"), plain)}


def rule_limit(ctx: Context, line: Line, done: list[Line]) -> Line:
    """expression -> value as ``variable`` -> infinity, for any fixed others; none of them stands for anything."""
    x, f, value = line.get("variable"), ctx.scalars.read(line.get("expression")), ctx.scalars.read(line.get("value"))
    need(x in ctx.scalars.names and x not in names_in(value), "the limit depends on the variable")
    num, den = ctx.scalars.minus(f, value)
    low, high = (max((dict(m).get(x, 0) for m in p), default=-1) for p in (num, den))
    need(low < high, "does not tend to the value")
    # The leading coefficient of the denominator must not vanish for the degree to be what it says.
    lead = {tuple((n, e) for n, e in m if n != x): c for m, c in den.items() if dict(m).get(x, 0) == high}
    ctx.scalars.over(UNIT, (lead, ONE))
    ctx.free |= names_in(f, value) | {x}
    return {}
