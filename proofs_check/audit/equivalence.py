"""Mutants that are no faults, recognised by proof: the kernel, or a symbolic limit, shows that they say something true.

Numbers never decide here: a mutant that merely agrees with the witnesses is not equivalent, it has escaped.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import ClaimError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import Expect, Kappa, SpectralSum, open_degrees

from ..proving import conditions
from ..proving import lines as K
from ..proving.carrying import Carried, carry_out
from ..proving.draft import Builder
from ..proving.gaps import same
from ..proving.tactics import TACTICS, innermost, partial_fractions
from ..witnesses.formulas import agree, evaluate, somewhere

FACTORS = tuple(sp.Rational(x) for x in ("1", "-1", "2", "-2", "1/2", "-1/2"))


def reason(claim: Claim, mutant: Claim, carried: Carried) -> str:
    """Why a mutated statement is no fault, or "" where no proof of that was found."""
    changed = [(x, y) for x, y in zip(claim.equations, mutant.equations, strict=True) if x != y]
    reasons = [_equation(claim, x, y, carried) for x, y in changed]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def _equation(claim: Claim, original: Equation, mutant: Equation, carried: Carried) -> str:
    if _derived(claim, original, mutant, carried):
        return "the kernel proves the mutant by the same step"
    if original.left != mutant.left and _tautology(claim, mutant):
        return "the kernel proves that the two sides of the mutant are one"
    if _same_equation(claim, original, mutant):
        return "the kernel proves that the two statements are one"
    if original.left.has(Trace) and _same_traces(claim, original, mutant):
        return "the kernel proves that the two statements are one"
    if original.right == mutant.right and _by_powers(claim, mutant):
        return "every power of k in the sum has a convergent sum over the spectrum, and the lowest has the order stated"
    if original.right == mutant.right and _dominated(claim, original.left, mutant.left):
        return "the kernel proves that the terms of the two sums agree in the limit, and that one dominates the other"
    if isinstance(original.left, sp.MatrixExpr):
        return ""
    if original.right == mutant.right and claim.limit is not None and claim.relation == Relation.ASYMPTOTIC:
        return _along_the_limit(claim, original.left, mutant.left)
    if original.left != mutant.left:
        return ""
    if claim.relation == Relation.EQUIVALENT:
        return _same_limit(claim, original.right, mutant.right)
    if claim.limit is not None and claim.relation in (Relation.ORDER, Relation.ASYMPTOTIC):
        return _along_the_limit(claim, original.right, mutant.right)
    return ""


def _derived(claim: Claim, original: Equation, mutant: Equation, carried: Carried) -> bool:
    for i, step in enumerate(carried.steps):
        concluded = step.conclusions() if step.certified else ()
        if any(same(e.left, original.left) and same(e.right, original.right) for e in concluded):
            if isinstance(step, C.Limit) or not dataclasses.is_dataclass(step):
                continue
            sides: dict[str, Any] = {"left": mutant.left, "right": mutant.right}
            if isinstance(step, C.Algebra) and step.stands_for == original.left == mutant.left:
                sides["left"] = step.left
            new = dataclasses.replace(step, **sides)
            done = carry_out(claim, (*carried.steps[:i], new, *carried.steps[i + 1 :]))
            return done.sound and done.result is not None
    return False


def _tautology(claim: Claim, mutant: Equation) -> bool:
    scalar = not any(isinstance(x, sp.MatrixExpr) or x.has(Expect, sp.Derivative) for x in (mutant.left, mutant.right))
    return scalar and _identity(claim, mutant.left, mutant.right)


def _same_equation(claim: Claim, original: Equation, mutant: Equation) -> bool:
    """mutant = factor * original, as a difference of sides; where a side is zero or only an order is stated, too."""
    if any(
        isinstance(e, sp.MatrixExpr) or e.has(Expect, sp.Derivative)
        for p in (original, mutant)
        for e in (p.left, p.right)
    ):
        return False
    if claim.relation in (Relation.EQUALITY, Relation.OPTIMUM):
        pairs = [(mutant.left - mutant.right, c * (original.left - original.right)) for c in FACTORS]
    elif claim.relation == Relation.ORDER and original.left == mutant.left:
        was, now = (set(sp.Add.make_args(e.right)) for e in (original, mutant))
        left, right = sp.Add(*(now - was)), sp.Add(*(was - now))  # the terms that differ; the others are positive
        pairs = [(left, c * right) for c in FACTORS if c > 0 and len(now) == len(was)]
    elif original.left == mutant.left:
        pairs = [(mutant.right, original.right)]
    else:
        return False
    return any(_identity(claim, x, y) for x, y in pairs)


def _same_traces(claim: Claim, original: Equation, mutant: Equation) -> bool:
    """Both sides agree as polynomials in traces, modulo the definitions of the letters."""
    pairs = ((mutant.left, original.left), (mutant.right, original.right))
    return accepted(claim, *(C.Traces("the same", x, y) for x, y in pairs if x != y))


def _identity(claim: Claim, left: sp.Expr, right: sp.Expr) -> bool:
    return bool(agree(left, right)) and accepted(claim, C.Algebra("the same", left, right))


def accepted(claim: Claim, *steps: C.Step) -> bool:
    builder = Builder(claim, steps)
    try:
        for step in steps:
            builder.add(0, step, TACTICS[type(step)](builder, step))
        K.check(builder.document())
    except (ClaimError, K.Rejected, sp.PolynomialError, ValueError, TypeError):
        return False
    return True


# --- equivalents -----------------------------------------------------------------------------------------------------


def _same_limit(claim: Claim, original: sp.Expr, mutant: sp.Expr) -> str:
    """Why the ratio tends to 1 as d and every T grow by a common factor t, kappa and the spectrum's law fixed."""
    try:  # cheap: where the ratio is not near 1 at a large size, no proof need be looked for
        at = somewhere(original.free_symbols | mutant.free_symbols, size=1e8)
        if abs(evaluate(mutant, at) / evaluate(original, at) - 1) > 1e-3:
            return ""
    except (ClaimError, ZeroDivisionError):
        pass  # traces have no value here
    if any(x.summand.has(SpectralSum) for x in (original - mutant).atoms(SpectralSum)):
        was, now = _leading(open_degrees(original)), _leading(open_degrees(mutant))
        return "a symbolic limit proves that the ratio of the two equivalents tends to 1" if was and was == now else ""
    t = sp.Symbol("t")
    names: dict[sp.Expr, sp.Symbol] = {}
    top, bottom = (_grown(open_degrees(e), t, names) for e in (mutant, original))
    if top is None or bottom is None or bottom == 0:
        return ""
    ratio = sp.cancel(sp.together(top / bottom))
    proved = accepted(claim, C.Limit("the ratio of the two", ratio, t, sp.S.One))
    return "the kernel proves that the ratio of the two equivalents tends to 1" if proved else ""


def _grown(expr: sp.Expr, t: sp.Symbol, names: dict[sp.Expr, sp.Symbol]) -> sp.Expr | None:
    def name(atom: sp.Expr) -> sp.Symbol:
        return names.setdefault(atom, sp.Symbol(f"x{len(names)}"))

    expr = expr.replace(lambda e: isinstance(e, Kappa), name)
    expr = expr.replace(lambda e: isinstance(e, Trace), lambda e: t * name(e))
    sizes = {x: t * x for x in (voc.T, voc.T0, voc.d)}
    expr = expr.xreplace(sizes)
    while expr.has(SpectralSum):
        inner = innermost(expr)
        try:
            parts = partial_fractions(inner.summand)
        except (sp.PolynomialError, ClaimError, ValueError):
            return None
        total = sp.S.Zero
        for c, basis in parts:  # sums with w0_j^2 stay bounded, the others grow like the dimension
            if basis.has(t):
                return None
            total += c * (t * voc.d if basis == 1 else name(SpectralSum(basis)) * (1 if basis.has(voc.w2) else t))
        expr = expr.xreplace({inner: total})
    return expr


def _leading(expr: sp.Expr) -> tuple[sp.Expr, int] | None:
    """(c, p) where the expression goes like c t^p as in :func:`_same_limit`; None where leading terms may cancel.

    For sums within sums, which the kernel's polynomials are too many for.
    """
    if expr in (voc.T, voc.T0, voc.d):
        return expr, 1
    if isinstance(expr, Trace):
        return expr, 1
    if isinstance(expr, sp.Symbol | sp.Number | Kappa):
        return expr, 0
    if isinstance(expr, SpectralSum):
        f = expr.summand  # sums with w0_j^2 stay bounded, the others grow like the dimension
        if sp.diff(f, voc.w2, 2) != 0:
            return None
        parts = [(_leading(f.subs(voc.w2, 0)), sp.S.One, 1), (_leading(sp.diff(f, voc.w2)), voc.w2, 0)]
        grown = [(SpectralSum(found[0] * by), found[1] + more) for found, by, more in parts if found and found[0] != 0]
        return _largest(grown) if all(found for found, _, _ in parts) and grown else None
    inner = [_leading(x) for x in expr.args]
    if isinstance(expr, sp.Add):
        return _largest([x for x in inner if x]) if all(inner) else None
    if isinstance(expr, sp.Mul) and all(inner):
        return sp.Mul(*(c for c, _ in filter(None, inner))), sum(p for _, p in filter(None, inner))
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer and inner[0]:
        return inner[0][0] ** expr.exp, inner[0][1] * int(expr.exp)
    return None


def _largest(terms: list[tuple[sp.Expr, int]]) -> tuple[sp.Expr, int] | None:
    power = max(p for _, p in terms)
    total = sp.Add(*(c for c, p in terms if p == power))
    return None if agree(total, sp.S.Zero) in (True, None) else (total, power)


# --- orders and asymptotics ------------------------------------------------------------------------------------------


def _along_the_limit(claim: Claim, original: sp.Expr, mutant: sp.Expr) -> str:
    """A ratio that SymPy's limit shows to be 1 (a positive constant, for an order), in every case of Min and Max.

    An order of a sum of terms that are not negative is kept by a change of one term that keeps the order of that.
    """
    why = _limit_of_ratio(claim, original, mutant)
    if why or claim.relation != Relation.ORDER:
        return why
    was, now = (set(sp.Add.make_args(e)) for e in (original, mutant))
    if len(was - now) == len(now - was) == 1 and all(_eventually_nonnegative(claim, e) for e in was):
        return _limit_of_ratio(claim, *(was - now), *(now - was))
    return ""


def _eventually_nonnegative(claim: Claim, term: sp.Expr) -> bool:
    """A product of factors that are not negative, or tend to 1."""
    assert claim.limit is not None
    variable, target = claim.limit
    rest = (f.xreplace(_room(claim)) for f in sp.Mul.make_args(term) if not f.is_nonnegative)
    return all(sp.limit(f, variable, target, "+") == 1 for f in rest)


def _limit_of_ratio(claim: Claim, original: sp.Expr, mutant: sp.Expr) -> str:
    assert claim.limit is not None
    variable, target = claim.limit
    was, now = (set(sp.Mul.make_args(e)) for e in (original, mutant))
    (x, e), (y, f) = (sp.Mul(*factors).as_base_exp() for factors in (was - now, now - was))
    if isinstance(x, sp.Max | sp.Min) and x.func == y.func and e == f == 1:  # lies between 1 and the arguments' ratio
        before, after = set(x.args) - set(y.args), set(y.args) - set(x.args)
        if len(before) == len(after) == 1 and all(z.is_nonnegative for z in x.args):
            return _limit_of_ratio(claim, *before, *after)
    try:
        if e == f and not e.has(variable) and sp.limit((y / x).xreplace(_room(claim)), variable, target, "+") == 1:
            ratio = sp.S.One  # y^e/x^e tends to 1 where y/x does
        else:
            ratio = sp.simplify((mutant / original).xreplace(_room(claim)))
            ratio = sp.powsimp(sp.expand_power_base(ratio, force=True), force=True)
        value = sp.limit(ratio, variable, target, "+") if ratio.has(variable) else ratio
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        return ""
    if claim.relation == Relation.ASYMPTOTIC:
        return "a symbolic limit proves that the ratio tends to 1" if value == 1 else ""
    parameters = {voc.n, voc.sigma2, voc.sigma02}  # constants must not depend on these
    fixed = value.is_positive and value.is_finite and not value.free_symbols & parameters
    return "a symbolic limit proves that the ratio is bounded" if fixed else ""


def _over_power_law(claim: Claim) -> bool:
    """Whether sums are over an infinite power law, as k tends to 0."""
    infinite = claim.setting is not None and claim.setting.dimension == sp.oo
    return infinite and claim.limit == (voc.k, 0)


def _by_powers(claim: Claim, part: Equation) -> bool:
    """k^a sum_j p(k, s) w2 is of the order of c k^b: p a polynomial with coefficients >= 0 whose sums all converge."""
    sums = list(part.left.atoms(SpectralSum))
    if not _over_power_law(claim) or claim.relation != Relation.ORDER or len(sums) != 1:
        return False
    outside, summand = part.left / sums[0], sp.expand(sums[0].summand / voc.w2)
    ratio = sp.cancel(outside / part.right)
    if not summand.is_polynomial(voc.k, voc.s) or ratio.has(SpectralSum) or summand.free_symbols - {voc.k, voc.s}:
        return False
    granted = conditions.facts(claim)
    terms = sp.Poly(summand, voc.k, voc.s).terms()
    converge = all(c > 0 and conditions.implied((2 * voc.r + p - 1, ">"), granted) for (_, p), c in terms)
    constant = sp.cancel(ratio * voc.k ** min(i for (i, _), _ in terms))
    return bool(converge and constant.is_number and constant.is_positive)


def _dominated(claim: Claim, original: sp.Expr, mutant: sp.Expr) -> bool:
    """Two sums over an infinite power law with one limit as k -> 0: terms f/g -> 1, f <= g, and sum g converges."""
    if not _over_power_law(claim) or claim.relation not in (Relation.ORDER, Relation.ASYMPTOTIC):
        return False
    sums = [list(e.atoms(SpectralSum)) for e in (original, mutant)]
    if [len(x) for x in sums] != [1, 1]:
        return False
    (x,), (y,) = sums
    if sp.cancel(original / x - mutant / y) != 0 or sp.cancel(original / x).has(SpectralSum):
        return False
    small, big = (y.summand, x.summand) if not x.summand.has(voc.k) else (x.summand, y.summand)
    power = sp.cancel(voc.s * sp.diff(big, voc.s) / big)  # p where big = s^p w2, up to a constant
    if big.has(voc.k) or not power.is_Rational or sp.cancel(big / voc.w2).has(voc.w2):
        return False
    granted = conditions.facts(claim)
    converges = conditions.implied((2 * voc.r + power - 1, ">"), granted)  # j^-(1 + beta (2 r + p - 1))
    ratio, t, eigenvalue = sp.cancel(small / big), sp.Symbol("t"), sp.Symbol("x")
    return converges and accepted(
        claim,
        C.Limit("f/g", sp.cancel(ratio.subs({voc.k: 1 / t, voc.s: eigenvalue})), t, sp.S.One),
        C.Sign("f <= g", sp.together(1 - ratio), ">=", ((voc.s, ">"), (voc.k, ">"))),
    )


def _room(claim: Claim) -> dict[sp.Symbol, sp.Expr]:
    """b = a + h with h > 0 where the hypotheses say b > a: what SymPy's limit needs to know."""
    above = any(sp.expand(e - (voc.b - voc.a)) == 0 for e, _ in conditions.facts(claim).stated)
    return {voc.b: voc.a + sp.Symbol("h", positive=True)} if above else {}
