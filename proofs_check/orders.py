"""From steps about orders of magnitude to lines of a certificate (untrusted; the kernel judges the result)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sympy as sp

from proofs_check.builder import Builder, Line
from proofs_check.export import Data
from proofs_check.order_search import Power, Search, facts, forget, times
from proofs_check.signs import Signs, sign
from theorems import claim as C
from theorems import orders as O
from theorems import vocabulary as voc
from theorems.errors import DerivationError
from theorems.functions import SpectralSum, open_degrees

# --- reading products of powers --------------------------------------------------------------------------------------


def products(b: Builder, expr: sp.Expr) -> list[Power]:
    """The terms of a sum (or maximum) of products of powers, without their numerical factors."""
    expr = _quantities(b, open_degrees(expr))
    if isinstance(expr, sp.Add | sp.Max):
        return [p for a in expr.args for p in products(b, a)]
    if isinstance(expr, sp.Mul):
        out: list[Power] = [{}]
        for factor in expr.args:
            out = [times(x, y) for x in out for y in products(b, factor)]
        return out
    if expr.is_number:
        if not expr.is_positive:
            raise DerivationError(f"not a sum of positive terms: {expr}")
        return [{}]
    base, exponent = (expr.base, expr.exp) if isinstance(expr, sp.Pow) else (expr, sp.S.One)
    if expr in b.laws.logs:
        return [{b.laws.logs[expr]: sp.S.One}]
    if isinstance(base, sp.Symbol | SpectralSum):
        return [{b.out.scalar(base): exponent}]
    inner = products(b, base)
    if len(inner) != 1:
        raise DerivationError(f"not a sum of products of powers: {sp.sstr(expr):.80}")
    return [{name: e * exponent for name, e in inner[0].items()}]


def _quantities(b: Builder, expr: sp.Expr) -> sp.Expr:
    """The names of quantities in the place of their values: also d/T0 and T0 in the place of 1 - d/T0."""
    if expr in b.laws.values.values():
        return next(x for x, v in b.laws.values.items() if v == expr)
    negative = isinstance(expr, sp.Add) and any(a.could_extract_minus_sign() for a in expr.args)
    if negative:
        top, bottom = sp.fraction(sp.together(expr))
        for x, v in b.laws.values.items():
            if sp.expand(top - v) == 0:
                return x / bottom
        raise DerivationError(f"a difference that is no named quantity: {sp.sstr(expr):.80}")
    return expr


def data(b: Builder, power: Power) -> Data:
    return {name: b.out.scalar(sp.together(e)) for name, e in power.items()}


# --- steps that give bounds ------------------------------------------------------------------------------------------


def scales(b: Builder, step: O.Scales) -> list[Line]:
    """x =<>= its scale in the setting; x <~ y from hypotheses; integers are at least 1."""
    claim, setting = b.claim, b.claim.setting
    if step.free is not None and sp.Le(step.free, 1) not in claim.conditions:
        raise DerivationError(f"no hypothesis says that {step.free} <= 1")
    pairs: list[tuple[sp.Expr, sp.Expr]] = []  # low <~ high

    def same(x: sp.Expr, y: sp.Expr) -> None:
        if x == step.free:
            pairs.append((x, sp.S.One))
        elif x != y:
            pairs.extend(((x, y), (y, x)))

    for x, expr in claim.scaling:
        same(x, expr)
    symbols = {voc.T} if claim.limit is None or claim.limit[0] == voc.T else set()
    if setting is not None:
        same(voc.lam, setting.downstream.ridge)
        if setting.dimension not in (None, sp.oo):
            same(voc.d, setting.dimension)
            symbols.add(voc.d)
        for fit in setting.generators:
            same(voc.T0, fit.samples)
            symbols.add(voc.T0)
    pairs += [(sp.S.One, x) for x in sorted(symbols, key=str)]
    if claim.limit is not None and claim.limit[1] == 0:
        pairs.append((claim.limit[0], sp.S.One))
    pairs += [(c.lts, c.gts) for c in _conditions(claim) if _of_sizes(c.lts) and _of_sizes(c.gts)]
    if claim.limit is not None and claim.limit[0] == voc.T and setting is not None:
        said = set().union(*(e.right.free_symbols for e in claim.equations))
        for fit in (*setting.generators, setting.downstream):  # what does not move with T is fixed
            for x in (fit.repeat, fit.noise):
                if isinstance(x, sp.Symbol) and x not in said:
                    pairs.append((x, sp.S.One))
                    if any(c in claim.conditions for c in (sp.Gt(x, 0), sp.Ge(x, 1))):
                        pairs.append((sp.S.One, x))
    orders = []
    for low, high in dict.fromkeys(pairs):
        (left,) = products(b, low)
        orders.append([data(b, left), [data(b, p) for p in products(b, high)]])
    return [{"rule": "suppose", "orders": orders}]


def _conditions(claim: C.Claim) -> Iterator[sp.core.relational.GreaterThan]:
    """The hypotheses that are inequalities."""
    for c in claim.conditions:
        for part in c.args if isinstance(c, sp.And) else (c,):
            if isinstance(part, sp.LessThan | sp.GreaterThan | sp.StrictLessThan | sp.StrictGreaterThan):
                yield part


def _of_sizes(expr: sp.Expr) -> bool:
    """Whether one of the model's sizes, or 1."""
    return expr == 1 or expr in (voc.T, voc.T0, voc.d, voc.n, voc.lam, voc.sigma2, voc.sigma02)


def quantity(b: Builder, step: O.Quantity) -> list[Line]:
    """The value goes into the context; a power with a symbolic exponent is a quantity with that order."""
    value, orders = open_degrees(step.value), []
    for power in sorted(value.atoms(sp.Pow), key=str):
        if power.base.is_Symbol and not power.exp.is_number:
            name = b.laws.powers.setdefault(power, b.out.name(power, "q"))
            here, there = data(b, {b.out.scalar(name): sp.S.One}), data(b, products(b, power)[0])
            orders += [[here, [there]], [there, [here]]]
            value = value.xreplace({power: name})
    b.laws.values[step.name] = open_degrees(step.value)
    b.out.values[b.out.scalar(step.name)] = b.out.scalar(value)
    return [{"rule": "suppose", "orders": orders}] if orders else []


def balance(b: Builder, step: O.Balance) -> list[Line]:
    """The equation, with one sum over the spectrum as a combination of the others, and its terms."""
    powers = dict(b.laws.powers)
    left, right, *rest = (
        open_degrees(e).xreplace(powers)
        for e in (step.left, step.right, *itertools.chain.from_iterable(step.assuming))
    )
    assuming = [tuple(rest[i : i + 3]) for i in range(0, len(rest), 3)]
    opened = {x: v.xreplace(powers) for x, v in b.laws.values.items()}

    def written(e: sp.Expr) -> sp.Expr:
        for x, v in reversed(opened.items()):
            e = e.xreplace({x: v})
        return e

    raw = written(left) - written(right) - sum(written(c) * written(x - y) for x, y, c in assuming)
    sums = sorted(raw.atoms(SpectralSum), key=str)
    names = [b.out.name(f) for f in sums]
    gap = sp.cancel(sp.together(raw.xreplace(dict(zip(sums, names, strict=True)))))
    line: Line = {"rule": "identity", "left": b.out.scalar(left), "right": b.out.scalar(right)}
    if assuming:
        line["modulo"] = [[b.out.scalar(c), b.out.scalar(x - y)] for x, y, c in assuming]
    if gap != 0:  # linear in the sums: one is a combination of the others
        b.out.scalar(voc.s)
        b.out.scalar(voc.w2)
        slopes = [sp.cancel(sp.diff(gap, x)) for x in names]
        which = next((i for i, c in enumerate(slopes) if c.is_number and c != 0), None)
        which = next(i for i, c in enumerate(slopes) if c != 0) if which is None else which
        combination = [
            [b.out.scalar(sp.cancel(-c / slopes[which])), b.out.scalar(f)]
            for i, (c, f) in enumerate(zip(slopes, sums, strict=True))
            if c != 0 and i != which
        ]
        rest_ = sp.cancel(gap - sum(c * x for c, x in zip(slopes, names, strict=True)))
        if rest_ != 0:  # what is left is a multiple of d, the sum of ones
            combination.append([b.out.scalar(sp.cancel(-rest_ / slopes[which] / voc.d)), b.out.scalar(voc.d)])
        every = {b.out.scalar(f): b.out.scalar(f.summand) for f in sums}
        if rest_ != 0:
            every[b.out.scalar(voc.d)] = "1"
        line |= {"rule": "spectral", "sums": every, "linear": {b.out.scalar(sums[which]): combination}}
    at = len(b.lines)
    return [line, {"rule": "terms", "line": at}]


def least(b: Builder, step: O.Least) -> list[Line]:
    return [{"rule": "least", "name": b.out.scalar(step.name), "of": [data(b, products(b, x)[0]) for x in step.of]}]


def power_order(b: Builder, step: O.PowerOrder) -> list[Line]:
    """Write the summand as (s w2)^t k^c f(y) with y = k/s = k j^beta, and bound f on both sides of y = 1."""
    total = open_degrees(step.left)
    if not isinstance(total, SpectralSum):
        raise DerivationError("the left side is not one sum over the spectrum")
    y, s, target = sp.Symbol("y"), voc.s, total.summand.has(voc.w2)
    scale, f = _of_ratio(total, step.at)
    e = 1 + 2 * voc.beta * voc.r if target else sp.S.Zero
    theta = voc.beta * step.head - e + 1
    if step.log is not None:
        if sp.Eq(voc.r, 1) not in b.claim.conditions:
            raise DerivationError("the logarithm is that of r = 1, which is no hypothesis of the claim")
        e, theta = e.subs(voc.r, 1), theta.subs(voc.r, 1)
    assert b.claim.setting is not None
    b.out.power_law(b.claim.setting.dimension, step.log is not None)
    for x in (y, s, voc.w2):
        b.out.scalar(x)
    name = b.out.scalar(total)
    line: Line = {
        "rule": "power-order",
        "sums": {name: b.out.scalar(total.summand)},
        "sum": name,
        "scale": scale,
        "target": target,
        "f": b.out.scalar(f),
        "assume": [[b.out.scalar(x), rel] for x, rel in step.assume],
    }
    if step.at is not None:
        line["at"] = b.out.scalar(step.at)
        line["small"] = next(
            (x.place for x in facts(b) if x.low == {line["at"]: 1} and x.high == ({},)), None
        )
        if line["small"] is None:
            raise DerivationError(f"that {step.at} is bounded is not shown")
    if step.count is not None:
        line["count"] = b.out.scalar(step.count)
    for part, power, inside in (("head", -step.head, 1 - y), ("tail", step.tail, y - 1)):
        scaled = sp.cancel(f * y**power)
        ends = [sp.limit(scaled, y, 0 if part == "head" else sp.oo), scaled.subs(y, 1)]
        low, high = min(ends), max(ends)
        signs = Signs(b, ((y, ">"), (inside, ">="), (1 + y, ">"), *step.assume), [])
        line[part] = {
            "power": step.head if part == "head" else step.tail,
            "lower": str(low),
            "upper": str(high),
            "above": signs.decompose(scaled - low),
            "below": signs.decompose(high - scaled),
        }
        if signs.lines:
            raise DerivationError("bounds need auxiliary signs")
    signs = Signs(b, step.assume, line["assume"])
    line["beta_positive"] = signs.decompose(voc.beta)
    line["tail_converges"] = signs.decompose(sp.expand(e + voc.beta * step.tail - 1))
    if step.integral is not None:
        line["integral"] = _integral(b, step, f, e, theta)
    if step.log is not None:
        b.laws.logs[step.log] = line["log"] = b.out.scalar(b.out.name(step.log, "log"))
    return [*signs.lines, line]


def _of_ratio(total: SpectralSum, k: sp.Symbol | None) -> tuple[int, sp.Expr]:
    """The summand, without its factor s w2, as k^scale f(y), y = k/s (k = 1 where there is none)."""
    part = sp.diff(total.summand, voc.w2) / voc.s if total.summand.has(voc.w2) else total.summand
    inner = sp.cancel(part.subs(voc.s, (sp.S.One if k is None else k) / sp.Symbol("y")))
    scale = 0
    if k is not None and inner.has(k):
        scale = int(sp.degree(sp.numer(inner), k) - sp.degree(sp.denom(inner), k))
        inner = sp.cancel(inner / k**scale)
    if inner.free_symbols - {sp.Symbol("y")}:
        raise DerivationError(f"the summand is no power of k times a function of k/s: {total.summand}")
    return scale, inner


def _integral(b: Builder, step: O.PowerOrder, f: sp.Expr, e: sp.Expr, theta: sp.Expr) -> Line:
    """The slope of x^-e f(k x^beta) as factor * (u - v y): it changes sign once at most, from + to -."""
    y = sp.Symbol("y")
    slope = sp.factor(sp.cancel(voc.beta * y * sp.diff(f, y) - e * f))
    factors = [g for g, _ in sp.factor_list(sp.numer(slope), y)[1] if sp.degree(g, y) == 1 and g.has(voc.beta)]
    crossing = factors[0] if factors else -y
    if sp.Poly(crossing, y).LC().subs({voc.beta: 2, voc.r: sp.Rational(1, 2)}) > 0:
        crossing = -crossing
    u, v = crossing.subs(y, 0), -sp.diff(crossing, y)
    factor = sp.factor(slope / crossing)
    around: O.Assumed = ((y, ">"), (1 + y, ">"), *step.assume)
    return {
        "name": b.out.scalar(b.out.name(step.integral, "int")),
        "difference": b.out.scalar(step.gap),
        "u": b.out.scalar(u),
        "v": b.out.scalar(v),
        "factor": b.out.scalar(factor),
        "positive": Signs(b, around, []).decompose(factor),
        "falls": Signs(b, step.assume, []).decompose(v),
        "head_converges": Signs(b, step.assume, []).decompose(sp.expand(theta)),
    }


# --- steps that combine them -----------------------------------------------------------------------------------------


def order(b: Builder, step: O.Order) -> list[Line]:
    """left <~ right, and for ``=<>=`` each term of right <~ left."""
    (left,) = products(b, step.left)
    right = products(b, step.right)
    goals = [(left, right)] + ([(x, [left]) for x in right] if step.relation == "=<>=" else [])
    return prove_all(b, goals, step.assume, step.cases)


def negligible(b: Builder, step: O.Negligible) -> list[Line]:
    """The difference as an identity, its order, and the sign of the power of the rate."""
    assert b.claim.limit is not None
    variable, target = b.claim.limit
    lines: list[Line] = []
    if step.compared is None:
        lines = balance(b, O.Balance(step.says, step.left, step.right + step.remainder, step.assuming))[:1]
    elif step.compared.at != variable or not _is_compared(step):
        raise DerivationError("the right side is not the integral that the left side was compared with")
    start = len(b.lines)
    b.lines += lines
    (left,), (rest,), rates = (products(b, e) for e in (step.left, step.remainder, step.rate))
    for rate in rates:
        if set(rate) != {variable.name}:
            raise DerivationError(f"the rate is no power of {variable}")
        exponent = rate[variable.name]
        falling = sp.numer(sp.together(-exponent if target == sp.oo else exponent))  # over beta, say, which is positive
        b.lines += sign(b, C.Sign(step.says, falling, ">", step.assume))
    b.lines += prove_all(b, [(rest, [times(left, rate) for rate in rates])], step.assume, step.cases)
    lines = b.lines[start:]
    del b.lines[start:]
    return lines


def _is_compared(step: O.Negligible) -> bool:
    """Whether left/right is that of the sum and the integral it was compared with, up to a power of k."""
    done = step.compared
    assert done is not None and done.integral is not None and done.at is not None
    total, k = open_degrees(done.left), done.at
    assert isinstance(total, SpectralSum)
    e = 1 + 2 * voc.beta * voc.r if total.summand.has(voc.w2) else sp.S.Zero
    scale, _ = _of_ratio(total, k)
    ratio = open_degrees(step.left) / total / (step.right / (done.integral * k ** (scale + (e - 1) / voc.beta)))
    return bool(sp.simplify(sp.powsimp(sp.expand_power_exp(sp.expand(ratio)), force=True)) == 1)


def best(b: Builder, step: O.Best) -> list[Line]:
    """T^-rate <~ error, and error <~ T^-rate times the sum of the powers of control T^point."""
    (error,), (base,) = products(b, step.error), products(b, voc.T**-step.rate)
    (x,) = products(b, step.control * voc.T**step.point)
    above = [times(base, x, p) for p in step.powers]
    return prove_all(b, [(base, [error]), (error, above)], step.assume, step.cases)


def prove_all(
    b: Builder, goals: Sequence[tuple[Power, list[Power]]], assume: O.Assumed, cases: Sequence[C.Step]
) -> list[Line]:
    lines: list[Line] = []
    for low, high in goals:
        line: Line = {
            "rule": "order",
            "order": [data(b, low), [data(b, p) for p in high]],
            "assume": [[b.out.scalar(e), rel] for e, rel in assume],
        }
        split = [p for s in cases for p in b.spans[s]]
        sums = [(i, known) for i, known in enumerate(b.lines) if known["rule"] == "power-order"]
        split += [i for i, known in sums if {known["sum"], known.get("integral", {}).get("difference")} & set(low)]
        search = Search(b, facts(b, lines), assume, split)
        lesser = b.out.lesser
        line["tree"] = search.prove(
            {n: forget(e, lesser) for n, e in low.items()}, [{n: forget(e, lesser) for n, e in p.items()} for p in high]
        )
        lines.append(line)
    return lines


ORDER_TACTICS: dict[type[C.Step], Callable[[Builder, Any], list[Line]]] = {
    O.Scales: scales,
    O.Quantity: quantity,
    O.Balance: balance,
    O.Least: least,
    O.PowerOrder: power_order,
    O.Order: order,
    O.Negligible: negligible,
    O.Best: best,
}
