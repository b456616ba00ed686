"""What a proof takes for granted besides its steps, and whether the claim's hypotheses grant it.

Denominators that must not vanish, signs that a step assumes and moments that must exist are each derived from the
hypotheses and the domains of the symbols, as a sign certificate that the kernel checks: with T >= d + 2 and d >= 1, for
example, T - d - 1 = 1 + (T - d - 2) is a sum of quantities that are not negative, one of them positive.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
import sympy as sp
from sympy.core.sympify import _sympify  # strict: text is refused, not parsed

from ridgeproof.errors import ClaimError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum

from . import lines as K
from .draft import Builder
from .lines.contexts import moment_conditions
from .tactics import TACTICS
from .words import as_sympy

Fact = tuple[sp.Expr, Literal[">", ">="]]
POINTS = 500  # at which a condition is tried before a proof of it is looked for


@dataclass(frozen=True)
class Facts:
    """What a claim grants: ``stated`` by its hypotheses, and by the domain of each symbol (by name)."""

    claim: C.Claim
    stated: tuple[Fact, ...]
    domains: Mapping[str, Fact]


def facts(claim: C.Claim, steps: Iterable[C.Step] = (), names: Mapping[str, sp.Expr] | None = None) -> Facts:
    """Everything that may be used to prove a side condition of a claim.

    Parameters
    ----------
    claim, steps : the claim, and the derivation whose symbols may occur in a condition.
    names : what the scalar names of a certificate stand for, where that is not a symbol.
    """
    stated = [fact for condition in claim.conditions for fact in _of(condition)]
    symbols: set[sp.Symbol] = {voc.s, voc.w2}
    for expr in _expressions(claim, steps):
        symbols |= {x for x in expr.free_symbols if isinstance(x, sp.Symbol)}
        symbols |= voc.letter_symbols(expr)
    domains = {x.name: fact for x in symbols if (fact := _domain(x)) is not None}
    for step in steps:
        if isinstance(step, C.UniqueRoot):  # the theorem is about its positive root
            domains[step.unknown.name] = (step.unknown, ">")
    setting = claim.setting
    scaled = [e for x, e in claim.scaling if x == voc.lam] + ([] if setting is None else [setting.downstream.ridge])
    if any(e.is_positive for e in scaled):  # T^-ell
        stated.append((voc.lam, ">"))
    if setting is not None and setting.target == "source":
        domains[voc.w2.name] = (voc.w2, ">")
    ridge = any(e == voc.lam and rel == ">" for e, rel in stated)
    if ridge and voc.kappa.name in domains:  # lambda <= kappa: claim kappa-bounds
        domains[voc.kappa.name] = (voc.kappa, ">")
    granted = Facts(claim, tuple(stated), domains)
    extra: list[Fact] = []
    for name, expr in (names or {}).items():
        known = _opaque(name, expr, granted, names or {})
        if known is not None:
            domains[name] = known
        extra += _below_samples(name, expr, granted, names or {})
        if isinstance(expr, sp.Pow) and (expr.base, sp.oo) == claim.limit and implied((-expr.exp, ">"), granted):
            extra.append((1 - sp.Symbol(name), ">"))  # a power that tends to 0, from some point on
    extra += _below_samples_in_parts(names or {}, granted)
    if ridge:
        extra.append((voc.T - voc.df2, ">"))  # claim kappa-monotone
    if claim.setting is not None and claim.setting.spectrum == "isotropic":  # df_2 = d/(1 + kappa)^2 < T
        solved = [(sp.Symbol(n), e) for n, e in (names or {}).items() if isinstance(e, Kappa)]
        extra += [(e.args[1] * (1 + x) ** 2 - voc.d, ">") for x, e in solved if implied((e.args[0], ">"), granted)]
        if ridge:
            extra.append((voc.T * (1 + voc.kappa) ** 2 - voc.d, ">"))
    return Facts(claim, (*stated, *extra), domains)


def _expressions(claim: C.Claim, steps: Iterable[C.Step]) -> Iterable[sp.Basic]:
    for part in claim.equations:
        yield part.left
        yield part.right
    yield from claim.conditions
    for step in steps:
        for value in vars(step).values():
            yield from _nested(value)


def _nested(value: object) -> Iterable[sp.Basic]:
    if isinstance(value, sp.Basic):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _nested(item)


def _of(condition: sp.Basic) -> list[Fact]:
    """A hypothesis as facts e > 0 or e >= 0; integers leave no room between."""
    if isinstance(condition, sp.And):
        return [fact for c in condition.args for fact in _of(c)]
    if isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan | sp.LessThan | sp.GreaterThan):
        e = condition.gts - condition.lts
        if isinstance(condition, sp.LessThan | sp.GreaterThan):
            return [(e, ">=")]
        return [(e - 1, ">=")] if e.is_integer else [(e, ">")]
    return []


def _domain(x: sp.Symbol) -> Fact | None:
    if x.is_positive:
        return (x - 1, ">=") if x.is_integer else (x, ">")
    return (x, ">=") if x.is_nonnegative else None


def _opaque(name: str, expr: sp.Expr, granted: Facts, names: Mapping[str, sp.Expr]) -> Fact | None:
    """The sign of a quantity that the kernel does not look into, by its definition."""
    symbol = sp.Symbol(name)
    if isinstance(expr, Kappa):
        ridge, samples = expr.args
        full = ridge == 0 and implied((voc.d - samples, ">"), granted)
        return (symbol, ">" if full or (ridge != 0 and implied((ridge, ">"), granted)) else ">=")
    if isinstance(expr, SpectralSum):  # a sum of positive terms
        inner = expr.summand.xreplace({e: sp.Symbol(n) for n, e in names.items() if e != expr})
        return (symbol, ">") if implied((inner, ">"), granted) else None
    if expr.is_Symbol and expr.is_positive:  # a variable of the certificate's own
        return (symbol, ">")
    if isinstance(expr, sp.Pow) and implied((expr.base, ">"), granted):
        return (symbol, ">")
    if isinstance(expr, sp.Min) and all(implied((x, ">"), granted) for x in expr.args):
        return (symbol, ">")
    return None


def _below_samples(name: str, expr: sp.Expr, granted: Facts, names: Mapping[str, sp.Expr]) -> list[Fact]:
    """df_2(kappa) < T where kappa solves the fixed point for T samples: claim kappa-monotone."""
    if not isinstance(expr, SpectralSum) or expr.summand.has(voc.w2):
        return []
    where = {n: e for n, e in names.items() if isinstance(e, Kappa)}
    summand = expr.summand.xreplace({x: where[x.name] for x in expr.summand.free_symbols if x.name in where})
    abbreviated = {x: meaning for x, meaning in granted.claim.where if isinstance(meaning, Kappa)}
    for at in [*where.values(), voc.kappa, *abbreviated]:
        meaning = abbreviated.get(at, at)
        ridge, samples = meaning.args if isinstance(meaning, Kappa) else (voc.lam, voc.T)
        full = ridge == 0 and implied((voc.d - samples, ">"), granted)  # df_1 = samples at the root: kappa-min-norm
        if (full or implied((ridge, ">"), granted)) and sp.cancel(summand - (voc.s / (voc.s + at)) ** 2) == 0:
            return [(samples - sp.Symbol(name), ">")]
    return []


def _below_samples_in_parts(names: Mapping[str, sp.Expr], granted: Facts) -> list[Fact]:
    """The same where df_2 is in partial fractions: d - 2 kappa sum 1/(s + kappa) + kappa^2 sum 1/(s + kappa)^2."""
    out: list[Fact] = []
    for kappa_name, at in names.items():
        if not isinstance(at, Kappa) or not implied((at.args[0], ">"), granted):
            continue
        parts: dict[int, sp.Symbol] = {}
        for name, expr in names.items():
            if isinstance(expr, SpectralSum):
                summand = expr.summand.xreplace({x: at for x in expr.summand.free_symbols if x.name == kappa_name})
                parts |= {p: sp.Symbol(name) for p in (1, 2) if sp.cancel(summand - (voc.s + at) ** -p) == 0}
        if len(parts) == 2:
            x = sp.Symbol(kappa_name)
            out.append((at.args[1] - voc.d + 2 * x * parts[1] - x**2 * parts[2], ">"))
    return out


_ANY = C.Claim("side-condition", "", "", C.Relation.EQUALITY, (C.Equation(sp.S.Zero, sp.S.Zero),))  # of no claim's own


# --- proving ---------------------------------------------------------------------------------------------------------


def implied(fact: Fact, granted: Facts) -> bool:
    """Whether e > 0 (or >= 0) follows from what is granted; by a certificate that the kernel accepts."""
    expr, relation = plain(_sympify(fact[0])), fact[1]
    if expr.is_number:
        return bool(expr > 0 if relation == ">" else expr >= 0)
    stated = [(plain(e), rel) for e, rel in granted.stated]
    domains = {n: (plain(e), rel) for n, (e, rel) in granted.domains.items()}
    for e, rel in [*stated, *domains.values()]:  # a hypothesis or a domain itself
        if _expanded(expr) == _expanded(e) and (rel == ">" or relation == ">="):
            return True
    for e, rel in stated:  # less than a hypothesis by a number
        gap = _expanded(expr) - _expanded(e)
        if gap.is_number and (gap > 0 or (gap == 0 and (rel == ">" or relation == ">="))):
            return True
    near = _connected(expr, [f for f in stated if f[0].free_symbols])
    names = {x.name for e in (expr, *(e for e, _ in near)) for x in e.free_symbols}
    if _fails(expr, (*near, *(f for n, f in domains.items() if n in names))):
        return False
    for count in range(min(len(near), 4) + 1):
        for chosen in itertools.combinations(near, count):
            pivots = {p for p in (_pivot(e) for e, _ in chosen) if p is not None}
            symbols = expr.free_symbols.union(*(e.free_symbols for e, _ in chosen))
            simple = [domains[x.name] for x in sorted(symbols - pivots, key=str) if x.name in domains]
            if _certified(expr, relation, (*chosen, *(f for f in simple if f not in chosen))):
                return True
    return False


@cache
def _fails(expr: sp.Expr, within: tuple[Fact, ...]) -> bool:
    """Whether an expression is negative at a point at which all facts hold: no certificate is to be looked for."""
    symbols = sorted(expr.free_symbols.union(*(e.free_symbols for e, _ in within)), key=str)
    said = [expr, *(e for e, _ in within)]
    if not all(e.is_polynomial(*symbols) for e in said):
        return False
    sixteenths = np.round(16 * np.exp(np.random.default_rng(0).uniform(-2.5, 3.5, (len(symbols), POINTS)))) + 1
    values = sp.lambdify(symbols, said, "numpy", dummify=True)(*(sixteenths / 16))
    found = np.all([np.broadcast_to(v, POINTS) > 0 for v in values[1:]] + [np.broadcast_to(values[0], POINTS) < 0], 0)
    if not found.any():
        return False
    at = {x: sp.Rational(int(v), 16) for x, v in zip(symbols, sixteenths[:, found.argmax()], strict=True)}
    return bool(expr.xreplace(at) < 0) and all(bool(e.xreplace(at) > 0) for e, _ in within)  # without rounding


def _connected(expr: sp.Expr, stated: list[Fact]) -> list[Fact]:
    """The facts that speak, directly or through one another, of the symbols of an expression."""
    symbols, near = set(expr.free_symbols), list[Fact]()
    while more := [f for f in stated if f not in near and f[0].free_symbols & symbols]:
        near += more
        symbols = symbols.union(*(e.free_symbols for e, _ in more))
    return [f for f in stated if f in near]


def grants(condition: sp.Basic, granted: Facts) -> bool:
    """Whether a hypothesis follows from what is granted (it may be one of the claim's own)."""
    said = granted.claim.conditions
    if condition in said or any(condition in c.args for c in said if isinstance(c, sp.And)):
        return True
    if isinstance(condition, sp.And):
        return all(grants(c, granted) for c in condition.args)
    if isinstance(condition, sp.Ne):
        e = condition.lhs - condition.rhs
        return implied((e, ">"), granted) or implied((-e, ">"), granted)
    wanted = _of(condition)
    return bool(wanted) and all(implied(f, granted) for f in wanted)


@lru_cache(maxsize=4096)
def _expanded(expr: sp.Expr) -> sp.Expr:
    return sp.expand(expr)


@lru_cache(maxsize=4096)
def plain(expr: sp.Expr) -> sp.Expr:
    """Forget the domains of symbols: conditions that are read back from a certificate know only names."""
    return expr.xreplace({x: sp.Symbol(x.name) for x in expr.free_symbols})


def _pivot(e: sp.Expr) -> sp.Symbol | None:
    return next(
        (
            x
            for x in sorted(e.free_symbols, key=str)
            if e.is_polynomial(x) and sp.degree(e, x) == 1 and sp.Poly(e, x).LC() == 1
        ),
        None,
    )


@cache
def _certified(expr: sp.Expr, relation: Literal[">", ">="], assume: tuple[Fact, ...]) -> bool:
    builder = Builder(_ANY, ())
    builder.thorough = False  # many combinations are tried
    try:
        builder.lines = TACTICS[C.Sign](builder, C.Sign("side condition", expr, relation, assume))
        K.check(builder.document())
    except (ClaimError, K.Rejected, sp.PolynomialError, ValueError):
        return False
    return True


def nonzero(polynomial: sp.Expr, granted: Facts) -> bool:
    """Whether a polynomial vanishes nowhere: each irreducible factor keeps one sign."""
    constant, factors = sp.factor_list(polynomial)
    return constant != 0 and all(
        _unequal(f, granted) or implied((f, ">"), granted) or implied((-f, ">"), granted) for f, _ in factors
    )


def _unequal(factor: sp.Expr, granted: Facts) -> bool:
    """Whether a hypothesis x != y says that a factor does not vanish."""
    parts = [p for c in granted.claim.conditions for p in (c.args if isinstance(c, sp.And) else (c,))]
    gaps = [plain(c.lhs - c.rhs) for c in parts if isinstance(c, sp.Ne)]
    return any(sp.expand(factor - gap) == 0 or sp.expand(factor + gap) == 0 for gap in gaps)


def read(condition: str) -> sp.Expr:
    """The polynomial of a side condition "T^2*s - 2*T + 1 != 0" as the kernel writes it; nothing is evaluated."""
    text, _, _ = condition.partition(" != ")
    total, sign = sp.S.Zero, 1
    for token in text.split(" "):
        if token in ("+", "-"):
            sign = 1 if token == "+" else -1
            continue
        term = sp.Integer(sign)
        for factor in token.split("*"):
            base, _, exponent = factor.partition("^")
            if base.startswith("-"):
                term, base = -term, base[1:]
            number = K.NUMBER.match(base) is not None
            term *= (sp.Rational(base) if number else sp.Symbol(base)) ** int(exponent or 1)
        total, sign = total + term, 1
    return total


def open_conditions(conditions: Iterable[str], granted: Facts) -> list[str]:
    """The side conditions that the hypotheses do not imply."""
    known: dict[sp.Expr, bool] = {}
    out = []
    for condition in conditions:
        for factor, _ in sp.factor_list(read(condition))[1]:
            if factor not in known:
                known[factor] = nonzero(factor, granted)
            text = f"{sp.sstr(factor)} != 0"
            if not known[factor] and text not in out:
                out.append(text)
    return out


def open_quantities(result: dict[str, Any], certificate: Any, granted: Facts) -> list[str]:
    """The quantities of a proof about orders that the hypotheses do not imply to be positive.

    A variance or a number of generators may vanish: the constants do not depend on it and the error is affine in it, so
    that bounds which hold for all its positive values hold at 0.  The least of positive quantities is positive, and so
    is what a step writes as a sum of positive terms.
    """
    least = {line["name"] for line in certificate["lines"] if line["rule"] == "least"}
    logs = {line["log"] for line in certificate["lines"] if line.get("log") is not None}
    affine = {x.name for x in (voc.sigma2, voc.sigma02, voc.n)}
    values, scalars = certificate["context"].get("values", {}), K.Scalars(certificate["context"]["scalars"], K.Budget())
    out = []
    for name in result["quantities"]:
        if name in least | logs | affine | {E_test.name}:
            continue
        expr = as_sympy(scalars.read(values[name])) if name in values else sp.Symbol(name)
        if not implied((expr, ">"), granted):
            out.append(f"{name} > 0")
    return out


def open_assumptions(steps: Iterable[C.Step], granted: Facts) -> list[str]:
    """The signs that steps assume and the hypotheses do not imply."""
    out = []
    for step in steps:
        for expr, relation in step.assumptions():
            text = f"{sp.sstr(expr)} {relation} 0"
            if text not in out and not implied((expr, relation), granted):
                out.append(text)
    return out


def missing_moments(
    moments: dict[str, str], granted: Facts, letters: Mapping[str, sp.MatrixSymbol] | None = None
) -> list[str]:
    """The conditions for inverses and their moments to exist that the hypotheses do not grant.

    ``moments``: the kernel's, inverse letter -> order; 0 asks only that it exists.  ``letters``: declared ones.
    """
    return [f"{name}: {c}" for name, c in moment_conditions(moments, letters).items() if not grants(c, granted)]
