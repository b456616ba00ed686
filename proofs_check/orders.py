"""From steps about orders of magnitude to lines of a certificate (untrusted; the kernel judges the result).

A bound M <~ N_1 + ... + N_k between products of powers is linear in logarithms, so that whether it follows from others
is a question of linear programming.  Which bounds to multiply is found in double precision at sample values of the
fixed symbols; the powers themselves are then solved for symbolically, and their signs proved.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from proofs_check.builder import Builder, Line
from proofs_check.export import Data
from proofs_check.search import as_sympy
from proofs_check.signs import Signs, as_products, sign
from theorems import claim as C
from theorems import orders as O
from theorems import vocabulary as voc
from theorems.errors import DerivationError
from theorems.functions import SpectralSum, open_degrees

Power = dict[str, sp.Expr]  # name -> exponent
Known = list[tuple[sp.Expr, str]]
TRIES = 4000  # draws of the fixed symbols until the assumed signs hold
COSTS = 8  # vertices of a linear program that are looked at
SPLITS = 5  # nested cases


@dataclass(frozen=True)
class Fact:
    """low <= C sum(high): bound ``place`` of the certificate, or of the cases that a proof is in."""

    place: list[Any]
    low: Power
    high: tuple[Power, ...]


# --- reading products of powers --------------------------------------------------------------------------------------


def products(b: Builder, expr: sp.Expr) -> list[Power]:
    """The terms of a sum (or maximum) of products of powers, without their numerical factors."""
    expr = _quantities(b, open_degrees(expr))
    if isinstance(expr, sp.Add | sp.Max):
        return [p for a in expr.args for p in products(b, a)]
    if isinstance(expr, sp.Mul):
        out: list[Power] = [{}]
        for factor in expr.args:
            out = [_times(x, y) for x in out for y in products(b, factor)]
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


def _times(x: Power, y: Power, weight: sp.Expr = sp.S.One) -> Power:
    out = dict(x)
    for name, e in y.items():
        out[name] = sp.expand(out.get(name, sp.S.Zero) + weight * e) if name in out else weight * e
        if out[name] == 0:
            del out[name]
    return out


def data(b: Builder, power: Power) -> Data:
    return {name: b.out.scalar(sp.together(e)) for name, e in power.items()}


def facts(b: Builder, lines: Sequence[Line] = ()) -> list[Fact]:
    """All bounds that the certificate's lines (and those about to be added) conclude."""
    b.lines += lines
    done = b.done()
    del b.lines[len(b.lines) - len(lines) :]
    return [
        Fact([i, j], _plain(low), tuple(map(_plain, high)))
        for i, result in enumerate(done)
        for j, (low, high) in enumerate(result.get("orders", ()))
    ]


def _plain(power: dict[str, Any]) -> Power:
    return {name: as_sympy(e) for name, e in power.items()}


def forget(expr: sp.Expr, lesser: dict[str, sp.Expr]) -> sp.Expr:
    """An expression in symbols that have names only; the minima that have a name are such symbols too."""
    expr = expr.xreplace({m: sp.Symbol(name) for name, m in lesser.items()})
    return expr.xreplace({x: sp.Symbol(x.name) for x in expr.free_symbols})


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
    b.lines += prove_all(b, [(rest, [_times(left, rate) for rate in rates])], step.assume, step.cases)
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
    above = [_times(base, x, p) for p in step.powers]
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


def _symbols(fact: Fact) -> set[sp.Symbol]:
    return set().union(*(e.free_symbols for p in (fact.low, *fact.high) for e in p.values()))


class Search:
    """A tree of cases for one goal, each closed by linear programming."""

    def __init__(self, b: Builder, known: list[Fact], assume: O.Assumed, split: list[int]) -> None:
        self.b = b
        self.assume: Known = [(forget(e, b.out.lesser), rel) for e, rel in assume]
        self.single = [f for f in known if len(f.high) == 1]
        self.several = [f for f in known if len(f.high) > 1 and f.place[0] in split]
        self.large = b.out.large
        self.lesser = {n: (forget(m.args[0], {}), forget(m.args[1], {})) for n, m in b.out.lesser.items()}

    def prove(self, low: Power, high: list[Power]) -> Data:
        used = {x.name for p in (low, *high) for e in p.values() for x in e.free_symbols} & set(self.lesser)
        used |= {x.name for e, _ in self.assume for x in e.free_symbols} & set(self.lesser)
        undecided = {sp.Symbol(name) for name in set(self.lesser) - used}
        self.single = [f for f in self.single if not _symbols(f) & undecided]
        self.several = [f for f in self.several if not _symbols(f) & undecided]
        return self._lesser(sorted(used), low, high, self.assume, {})

    def _lesser(self, left: list[str], low: Power, high: list[Power], signs: Known, value: dict[Any, Any]) -> Data:
        if not left:
            return Branch(self, low, high, signs, value).prove()
        name, *others = left
        x, y = self.lesser[name]
        branches = []
        for one, other in ((x, y), (y, x)):
            here = {sp.Symbol(name): one}
            known = [*((e.xreplace(here), rel) for e, rel in signs), (other - one, ">=")]
            branches.append(self._lesser(others, low, high, known, value | here))
        return {"lesser": name, "cases": branches}


class Branch:
    """The same where every minimum of fixed symbols has been decided."""

    def __init__(self, search: Search, low: Power, high: list[Power], signs: Known, value: dict[Any, Any]) -> None:
        def here(power: Power) -> Power:
            return {n: e.xreplace(value) for n, e in power.items()}

        self.search, self.signs = search, signs
        self.low, self.high = here(low), [here(p) for p in high]
        self.single = [Fact(f.place, here(f.low), tuple(map(here, f.high))) for f in search.single]
        self.several = [Fact(f.place, here(f.low), tuple(map(here, f.high))) for f in search.several]
        symbols = set().union(*map(_symbols, (*self.single, *self.several, Fact([], self.low, tuple(self.high)))))
        self.symbols = sorted(symbols.union(*(e.free_symbols for e, _ in signs)), key=str)
        self.points = list(self._points())
        self.exponents: dict[sp.Expr, list[float]] = {}
        self.proofs: dict[tuple[sp.Expr, bool], list[Any] | None] = {}

    def _points(self) -> Iterator[dict[sp.Symbol, sp.Rational]]:
        """Values of the fixed symbols where the assumed signs hold, with room to spare where they are strict."""
        rng, found = random.Random(0), 0
        tests = [sp.lambdify(self.symbols, e, "math") for e, _ in self.signs]
        for _ in range(TRIES):
            values = [sp.Rational(rng.randint(1, 60), 16) for _ in self.symbols]
            if all(t(*map(float, values)) > 0.01 for t in tests):
                found += 1
                yield dict(zip(self.symbols, values, strict=True))
                if found == 3:
                    return
        raise DerivationError("no values of the fixed symbols satisfy what is assumed")

    def at(self, e: sp.Expr, which: int) -> float:
        if e not in self.exponents:
            self.exponents[e] = [float(e.xreplace(p)) for p in self.points]
        return self.exponents[e][which]

    def prove(self) -> Data:
        for depth in range(SPLITS + 1):
            tree = self._close([], self.several, depth)
            if tree is not None:
                return tree
        goal = " + ".join(map(str, self.high))
        raise DerivationError(f"the bounds so far do not give {self.low} <~ {goal}")

    def _close(self, cases: list[Fact], open_: list[Fact], depth: int) -> Data | None:
        leaf = self._leaf(cases)
        if leaf is not None or depth == 0:
            return leaf
        for fact in open_:
            branches = []
            for term in fact.high:
                case = Fact(["case", len(cases)], fact.low, (term,))
                branch = self._close([*cases, case], [f for f in open_ if f is not fact], depth - 1)
                if branch is None:
                    break
                branches.append(branch)
            else:
                return {"split": fact.place, "cases": branches}
        return None

    def _leaf(self, cases: list[Fact]) -> Data | None:
        use = [*cases, *self.single]
        columns = [_times(f.high[0], f.low, -sp.S.One) for f in use]
        aims = [_times(self.low, p, -sp.S.One) for p in self.high]
        found = self._weights([*columns, *aims], len(columns), None)
        if found is not None:
            y, z = found[: len(columns)], found[len(columns) :]
            return {"use": self._used(use, y), "mix": [self._strictly(x) or self._weight(x) for x in z]}
        if self.search.large is None:
            return None
        found = self._weights(columns, len(columns), self.search.large)
        if found is None:
            return None
        e = -sum(w * c.get(self.search.large, sp.S.Zero) for w, c in zip(found, columns, strict=True))
        strict = self._strictly(sp.factor(e))
        return None if strict is None else {"use": self._used(use, found), "strict": strict}

    def _used(self, use: list[Fact], weights: list[sp.Expr]) -> Data:
        return [[f.place, *self._weight(w)] for f, w in zip(use, weights, strict=True) if w != 0]

    def _weights(self, columns: list[Power], count: int, large: str | None) -> list[sp.Expr] | None:
        """Nonnegative weights for which the columns cancel; those of the aims (or -T's exponent) sum to 1."""
        from scipy.optimize import linprog

        names = sorted({n for c in columns for n in c})
        if large is not None and large not in names:
            return None
        rng, tried = np.random.default_rng(0), set()
        for which in range(len(self.points)):
            matrix = np.array([[self.at(c[n], which) if n in c else 0.0 for c in columns] for n in names])
            rhs = np.array([-1.0 if n == large else 0.0 for n in names])
            if large is None:
                matrix = np.vstack([matrix, [float(i >= count) for i in range(len(columns))]])
                rhs = np.append(rhs, 1.0)
            for _ in range(COSTS):  # different vertices: not every support serves all values of the fixed symbols
                cost = rng.uniform(1.0, 2.0, len(columns)) ** 3
                found = linprog(cost, A_eq=matrix, b_eq=rhs, method="highs")
                if not found.success:
                    return None
                support = tuple(i for i, w in enumerate(found.x) if w > 1e-9)
                if support not in tried:
                    tried.add(support)
                    weights = self._solve(columns, list(support), names, count, large)
                    if weights is not None:
                        return weights
        return None

    def _solve(
        self, columns: list[Power], support: list[int], names: list[str], count: int, large: str | None
    ) -> list[sp.Expr] | None:
        """The weights on a support, as polynomials of the fixed symbols of known sign."""
        unknown = {i: sp.Dummy() for i in support}
        equations = [
            sum(unknown[i] * columns[i].get(n, sp.S.Zero) for i in support) + (1 if n == large else 0) for n in names
        ]
        if large is None:
            equations.append(sum(unknown[i] for i in support if i >= count) - 1)
        solution = sp.linsolve([e for e in equations if e != 0], *unknown.values())
        if solution == sp.S.EmptySet:
            return None
        values = [sp.factor(v) for v in next(iter(solution))]
        if any(v.free_symbols & set(unknown.values()) for v in values):
            return None
        if any(v.xreplace(p) < 0 for v in values for p in self.points):
            return None
        common = sp.S.One
        for v in values:
            common = sp.lcm(common, sp.denom(v))
        if self.at(common, 0) < 0:
            common = -common
        out = [sp.S.Zero] * len(columns)
        for i, v in zip(support, values, strict=True):
            out[i] = sp.factor(sp.cancel(v * common))
            try:
                self._weight(out[i])
            except DerivationError:
                return None
        if large is None and not any(self._strictly(w) for w in out[count:]):
            return None
        return out

    def _strictly(self, w: sp.Expr) -> list[Any] | None:
        try:
            return self._weight(w, strict=True)
        except DerivationError:
            return None

    def _weight(self, w: sp.Expr, strict: bool = False) -> list[Any]:
        """A weight and the certificate that it is not negative."""
        if w.is_number:
            if w < 0 or (strict and w == 0):
                raise DerivationError("a weight is negative")
            return [str(w), None]
        key = (sp.expand(w), strict)
        if key not in self.proofs:
            self.proofs[key] = as_products(key[0], self.signs, strict)
        certificate = self.proofs[key]
        if certificate is None:
            raise DerivationError(f"the sign of a weight is not known: {w}")
        back = {sp.Symbol(x.name): x for x in self.search.b.out.symbols.values()}
        return [self.search.b.out.scalar(w.xreplace(back)), certificate]


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
