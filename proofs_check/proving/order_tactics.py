"""From steps about orders of magnitude to lines of a certificate (untrusted; the kernel judges the result)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import order_steps as O
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import SpectralSum, open_degrees

from .draft import Builder, Line
from .lines.translation import Data
from .order_search import Power, Search, facts, forget, times
from .signs import Signs, sign

# --- reading products of powers --------------------------------------------------------------------------------------


def products(b: Builder, expr: sp.Expr) -> list[Power]:
    """The terms of a sum (or maximum) of products of powers, without their numerical factors."""
    expr = _quantities(b, open_degrees(expr.xreplace(b.laws.sums)))
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
    if base in b.laws.logs:
        return [{b.laws.logs[base]: exponent}]
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
    powers = {**b.laws.powers, **b.laws.sums}
    left, right, *rest = (
        open_degrees(e).xreplace(powers) for e in (step.left, step.right, *itertools.chain.from_iterable(step.assuming))
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
        usable = sorted((not c.is_number, i) for i, c in enumerate(slopes) if c != 0)  # best with a plain number
        if not usable:
            raise DerivationError("the two sides differ")
        which = usable[0][1]
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
    """Write the summand as (s w2)^t k^a s^b (s + k)^-n, and show the signs of the exponents that matter."""
    form = _form(b, step)
    total = open_degrees(step.left)
    assert b.claim.setting is not None
    b.out.power_law(b.claim.setting.dimension, _saturated(b))
    b.out.scalar(voc.s)
    b.out.scalar(voc.w2)
    name = b.out.scalar(total)
    assume = [[b.out.scalar(x), rel] for x, rel in step.assume]
    signs = Signs(b, step.assume, assume)
    line: Line = {
        "rule": "power-order",
        "sums": {name: b.out.scalar(total.summand)},
        "sum": name,
        "powers": [form.a, form.b, form.n],
        "target": form.target,
        "beta_positive": signs.decompose(voc.beta),
        "tail_converges": signs.decompose(sp.expand(form.e + voc.beta * form.b - 1)),
    }
    if step.at is not None:
        line["at"] = b.out.scalar(step.at)
        line["small"] = next((x.place for x in facts(b) if x.low == {line["at"]: 1} and x.high == ({},)), None)
        if line["small"] is None:
            raise DerivationError(f"that {step.at} is bounded is not shown")
    if step.count is not None:
        line["count"] = b.out.scalar(step.count)
    if step.gap is not None:
        line["gap"] = b.out.scalar(step.gap)
        if form.theta1 != 0:
            line["head_converges"] = signs.decompose(form.theta1)
            line["integral"] = b.out.scalar(b.out.name(step.leading, "int"))
    if step.log is not None:
        b.laws.logs[step.log] = line["log"] = b.out.scalar(b.out.name(step.log, "log"))
    if step.slack is not None:
        line["slack"] = [b.out.scalar(step.slack), signs.decompose(step.slack)]
    if step.value is not None:
        if step.at is not None or form.n or sp.expand(step.value - sp.zeta(form.e + voc.beta * form.b)) != 0:
            raise DerivationError(f"the sum is not {sp.sstr(step.value)}")
        b.laws.sums[step.value] = total
    return [*signs.lines, line | {"assume": signs.assumed()}]


@dataclass(frozen=True)
class _Form:
    """(s w2)^t k^a s^b (s + k)^-n over a power law: s w2 = j^-e where t = 1, else e = 0."""

    a: int
    b: int
    n: int
    target: bool
    e: sp.Expr

    @property
    def theta1(self) -> sp.Expr:
        """theta + 1: the term at j <= k^(-1/beta) goes like j^theta."""
        return sp.expand(voc.beta * (self.n - self.b) - self.e + 1)


def _saturated(b: Builder) -> bool:
    return sp.Eq(voc.r, 1) in b.claim.conditions


def _form(b: Builder, step: O.PowerOrder) -> _Form:
    """Raises DerivationError where the left side is no such sum."""
    total, s = open_degrees(step.left), voc.s
    k = sp.S.One if step.at is None else step.at
    if not isinstance(total, SpectralSum):
        raise DerivationError("the left side is not one sum over the spectrum")
    target = total.summand.has(voc.w2)
    e = 1 + 2 * voc.beta * (sp.S.One if _saturated(b) else voc.r) if target else sp.S.Zero
    part = sp.factor(total.summand / (s * voc.w2) if target else total.summand)
    powers = {k: 0, s: 0, s + k: 0}
    for factor in sp.Mul.make_args(part):
        base, exponent = factor.as_base_exp()
        if base == 1:
            continue
        if base not in powers or not exponent.is_Integer:
            raise DerivationError(f"the summand is no product of powers of s, {k} and s + {k}: {total.summand}")
        powers[base] += int(exponent)
    if powers[s + k] > 0:
        raise DerivationError(f"s + {k} stands in no denominator: {total.summand}")
    form = _Form(powers[k], powers[s], -powers[s + k], target, e)
    if step.log is not None and form.theta1 != 0:
        raise DerivationError("a logarithm where theta is not -1 by the hypotheses of the claim")
    return form


def _leading_term(b: Builder, step: O.PowerOrder) -> sp.Expr:
    """What the sum is compared with: ``log``/beta, or an integral whose value the claim beta-integral gives."""
    form = _form(b, step)
    assert step.at is not None
    if form.theta1 == 0:
        if step.log != sp.log(1 / step.at):
            raise DerivationError(f"the leading term is log(1/{step.at})/{voc.beta}")
        return step.log * step.at**form.a / voc.beta
    if not any(isinstance(s, C.Premise) and s.claim == "beta-integral" for s in b.steps):
        raise DerivationError("the value of an integral rests on beta-integral, which is no premise")
    p = form.theta1 / voc.beta  # with u = x^beta: int x^theta (1 + x^beta)^-n dx
    value = sp.gamma(p) * sp.gamma(form.n - p) / sp.gamma(form.n) / voc.beta
    if sp.simplify(sp.gammasimp(value / step.leading)) != 1:
        raise DerivationError(f"the integral is {sp.sstr(value)}, and not {sp.sstr(step.leading)}")
    return step.leading * step.at ** sp.expand(form.a - p)


# --- steps that combine them -----------------------------------------------------------------------------------------


def order(b: Builder, step: O.Order) -> list[Line]:
    """left <~ right, and for ``=<>=`` each term of right <~ left."""
    (left,) = products(b, step.left)
    right = products(b, step.right)
    goals = [(left, right)] + ([(x, [left]) for x in right] if step.relation == "=<>=" else [])
    return prove_all(b, goals, step.assume, step.cases)


def negligible(b: Builder, step: O.Negligible) -> list[Line]:
    """The difference as an identity, its order, and that the rate tends to 0."""
    assert b.claim.limit is not None
    variable, target = b.claim.limit
    if step.solved is not None:
        x, y, p = step.solved
        if not _same_product(x / y, (step.left / step.right) ** p):
            raise DerivationError("the two sides solved for are no power of those compared")
    larger, smaller, extra = step.left, step.right, step.remainder
    if step.below:
        larger, smaller = smaller, larger
    if step.compared is not None:
        main, gap = _leading_term(b, step.compared), step.compared.gap
        factor = sp.expand(step.remainder).coeff(gap)
        if not _same_product(step.right, factor * main):
            raise DerivationError("the right side is not the leading term that the sum was compared with")
        smaller, extra = factor * step.compared.left, sp.expand(step.remainder - factor * gap)
    start = len(b.lines)
    with b.scratch(balance(b, O.Balance(step.says, larger, smaller + extra, step.assuming))[:1]):
        (left,), rests, rates = (products(b, e) for e in (step.left, step.remainder, step.rate))
        for rate in rates:
            if len(rate) != 1 or not set(rate) <= {variable.name, *b.laws.logs.values()}:
                raise DerivationError(f"the rate is no power of {variable}")
            ((name, exponent),) = rate.items()
            grows = target == sp.oo or name != variable.name  # a logarithm grows
            falling = sp.numer(sp.together(-exponent if grows else exponent))  # over beta, say, which is positive
            b.lines += sign(b, C.Sign(step.says, falling, ">", step.assume))
        goals = [(rest, [times(left, rate) for rate in rates]) for rest in rests]
        b.lines += prove_all(b, goals, step.assume, step.cases)
        return b.lines[start:]


def _same_product(x: sp.Expr, y: sp.Expr) -> bool:
    """Whether two products of powers of positive quantities are one."""
    ratio = open_degrees(x) / open_degrees(y)
    ratio = ratio.xreplace({a: sp.Dummy(positive=True) for a in ratio.atoms(SpectralSum, sp.sin, sp.log, sp.gamma)})
    return bool(sp.simplify(sp.powsimp(sp.expand_power_base(sp.expand(ratio), force=True), force=True)) == 1)


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
        split += [i for i, known in sums if {known["sum"], known.get("gap")} & set(low)]
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
