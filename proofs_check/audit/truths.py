"""Why a changed claim is true after all: by a proof of it, or of another claim, never because numbers agree.

itself       its own derivation, carried out anew under its own hypotheses, is certified
its sides    the terms that differ are equal: a claim that is derived by the machine and certified by the kernel
a claim      it is, word for word, another claim of the ledger that is proved, and its hypotheses grant that one's
weaker       an inequality a <= b, changed to a' <= b' with (b' - a') - (b - a) >= 0, or with (b - a)/f for b - a where
             f > 0, by a certificate of signs: a consequence of the claim
constants    f = o(c g) says what f = o(g) says
hypotheses   the changed hypotheses imply the original ones, or admit the same proportions of the sizes
fits         S = I, neither noise nor ridge: isotropic-forgetting, proved for T_m <= d, gives the error fit by fit
kappa        at lambda = 0, kappa is 0 (T >= d) or solves df_1(kappa) = T (T < d; kappa = d/T - 1 for S = I): put in
letters      only what an abbreviation stands for is changed, and the kernel proves the claim for every number there
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import RidgeproofError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Equation, Hypothesis, Relation
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.steps import Signs

from ..court.certify import conclude, derived
from ..proving import conditions
from ..proving import lines as K
from ..proving.carrying import Carried, carry_out
from ..proving.gaps import same
from ..witnesses.scope import domains_of_letters, kinds
from . import equivalence

TROUBLE = (RidgeproofError, K.Rejected, ArithmeticError, ValueError, TypeError, sp.PolynomialError)
ONE_SIDED = (Relation.BOUND, Relation.AT_MOST, Relation.ORDER_AT_MOST, Relation.NEGLIGIBLE)
SIZES = (voc.T, voc.T0, voc.Tm, voc.d)


def reason(claim: Claim, mutant: Claim, carried: Carried | None = None) -> str:
    """Why a changed claim is no fault, or "" where no proof of that was found.

    Parameters
    ----------
    claim, mutant : the claim as it stands, and as it was changed: its statement, or its hypotheses.
    carried : the claim's own derivation, where it has been carried out already.
    """
    if (claim.setting, claim.relation, claim.limit) != (mutant.setting, mutant.relation, mutant.limit):
        return "the kernel proves the changed claim itself" if _proved(mutant) else ""
    tried = _hypotheses if mutant.equations == claim.equations else _statement
    why = ""
    with suppress(*TROUBLE):
        why = tried(claim, mutant)
    if not why and _proved(mutant):
        return "the kernel proves the changed claim itself"
    if not why and mutant.conditions == claim.conditions:
        with suppress(*TROUBLE):
            carried = carry_out(claim, claim.derivation()) if carried is None else carried
            why = equivalence.reason(claim, mutant, carried)
    return why


def _proved(claim: Claim) -> bool:
    claim = _with_plain_sizes(claim)
    try:
        return conclude(claim, carry_out(claim, derived(claim))).complete
    except TROUBLE:
        return False


def _plain(condition: sp.Basic | None) -> sp.Basic | None:
    """x - 1 < y between integers as x <= y: what a hypothesis with one sample less to spare says."""
    strict = isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan)
    if condition is None or not strict or not (condition.gts - condition.lts).is_integer:
        return condition
    gap = sp.expand(condition.gts - condition.lts)
    left = sp.Add(*(-t for t in sp.Add.make_args(gap - 1) if t.could_extract_minus_sign()))
    return sp.Le(left, sp.expand(gap - 1 + left))


# --- statements ------------------------------------------------------------------------------------------------------


def _statement(claim: Claim, mutant: Claim) -> str:
    if _whatever(claim, mutant):
        return "the kernel proves it whatever the changed abbreviation stands for"
    changed = [(x, y) for x, y in zip(claim.equations, mutant.equations, strict=True) if x != y]
    if claim.relation in ONE_SIDED and all(_weaker(claim, *pair) for pair in changed):
        return "the changed inequality follows from the claim"
    if claim.relation == Relation.NEGLIGIBLE and all(_constant(*pair) for pair in changed):
        return "a constant is of no account in o(.)"
    if all(_equal_sides(claim, *pair) for pair in changed):
        return "the kernel proves that the terms that differ are equal"
    if any(_says(other, mutant) for other in all_claims() if other.expected == "holds"):
        return "another proved claim of the ledger says so"
    return ""


def _whatever(claim: Claim, mutant: Claim) -> bool:
    """Whether claims differ in what letters stand for, and the one without that is proved: of any real numbers."""
    if claim.statement != mutant.statement or [x for x, _ in claim.where] != [x for x, _ in mutant.where]:
        return False
    changed = {x: sp.Symbol(x.name, real=True) for x, e in claim.where if (x, e) not in mutant.where}
    sums = {x: e for meanings in (claim.where, mutant.where) for x, e in meanings if x in changed and _varies(e)}
    steps = claim.derivation() if changed and not sums else ()
    if not steps or any(type(step) is not C.Algebra or step.assuming for step in steps):
        return False
    renamed = [
        dataclasses.replace(step, left=step.left.xreplace(changed), right=step.right.xreplace(changed))
        for step in steps
        if isinstance(step, C.Algebra)
    ]
    parts = tuple(Equation(*(s.xreplace(changed) for s in (e.left, e.right))) for e in claim.statement)
    meanings = tuple((x, e.xreplace(changed)) for x, e in claim.where if x not in changed)
    free = dataclasses.replace(claim, statement=parts, where=meanings, derive=lambda: tuple(renamed))
    return _proved(free)


def _varies(e: sp.Expr) -> bool:
    """Whether a meaning depends on the direction in a sum over the spectrum: it is then no number."""
    inside = e.replace(lambda f: isinstance(f, SpectralSum | df | Kappa), lambda f: sp.S.One)
    return bool({voc.s, voc.w2} & inside.free_symbols)


def _weaker(claim: Claim, was: Equation, now: Equation) -> bool:
    """Whether a claim implies an inequality: one side is less, the other more, or their gap is at least a part of it.

    A part of a gap f g >= 0 with f > 0 is g.  Up to constants or lower orders it is one side that has to be more.
    """
    if any(isinstance(x, sp.MatrixExpr) for x in (was.left, was.right, now.left, now.right)):
        return False
    if claim.relation != Relation.BOUND:
        more = sp.expand(now.right - was.right)
        return now.left == was.left and nonnegative(claim, was.right) and nonnegative(claim, more)
    gap, known = now.right - now.left, was.right - was.left
    if nonnegative(claim, sp.expand(gap - known)):
        return True
    if known.has(Trace, Expect, E_test):
        return False
    factors = [f for f in sp.factor_list(sp.together(known))[1] if _positive(claim, f[0])]
    return any(nonnegative(claim, sp.expand(gap - sp.cancel(known / f))) for f, _ in factors)


def nonnegative(claim: Claim, e: sp.Expr) -> bool:
    """Whether e >= 0: by its form, by traces of G G', or by a certificate of signs under the hypotheses of a claim."""
    if e.is_nonnegative or all(_no_less(term) for term in sp.Add.make_args(opened_traces(e))):
        return True
    return equivalence.accepted(claim, C.Sign("what is not negative", e, ">=", _signs(claim)))


def opened_traces(e: sp.Expr) -> sp.Expr:
    """A sum with the numbers in front of its traces."""
    return sp.expand(e.replace(lambda f: isinstance(f, Trace), lambda f: f.doit()))


def _no_less(term: sp.Expr) -> bool:
    """Whether a product is of factors that are not negative, traces tr(M M') and tr(S M M') = tr(S^1/2 M M' S^1/2)."""
    return all(f.is_nonnegative or (isinstance(f, Trace) and _gram(f.arg)) for f in sp.Mul.make_args(term))


def _gram(word: sp.MatrixExpr) -> bool:
    """Whether a word is, up to a turn of the trace, M N M' with N = I or a covariance."""
    letters = list(word.args) if isinstance(word, sp.MatMul) else [word]
    turned = (letters[i:] + letters[:i] for i in range(len(letters)))
    return any(_palindrome(w) for w in turned)


def _palindrome(letters: list[sp.MatrixExpr]) -> bool:
    half, middle = divmod(len(letters), 2)
    mirrored = (
        all(same(x, y.T) for x, y in zip(letters[:half], reversed(letters[-half:]), strict=True)) if half else True
    )
    return mirrored and (not middle or letters[half] in (voc.S, voc.Sh))


def _signs(claim: Claim) -> Signs:
    """What the hypotheses and the domains of the symbols say of signs."""
    facts = conditions.facts(claim)
    return (*facts.stated, *facts.domains.values())


def _constant(was: Equation, now: Equation) -> bool:
    ratios = [sp.cancel(a / b) if b != 0 else sp.nan for a, b in ((now.left, was.left), (now.right, was.right))]
    return all(x.is_number and x.is_real and x != 0 for x in ratios)


def _equal_sides(claim: Claim, was: Equation, now: Equation) -> bool:
    return all(_equal(claim, *_differing(getattr(was, side), getattr(now, side))) for side in ("left", "right"))


def _differing(x: sp.Basic, y: sp.Basic) -> tuple[sp.Basic, sp.Basic]:
    """The terms of two sums that the other one does not have."""
    if isinstance(x, sp.MatrixExpr) or isinstance(y, sp.MatrixExpr):
        return x, y
    mine, other = (list(sp.Add.make_args(_opened(e))) for e in (x, y))
    return sp.Add(*(t for t in mine if t not in other)), sp.Add(*(t for t in other if t not in mine))


def _opened(e: sp.Expr) -> sp.Expr:
    """An expectation of a sum as a sum of expectations."""
    return e.replace(
        lambda f: isinstance(f, Expect) and isinstance(f.argument, sp.Add),
        lambda f: sp.Add(*(Expect(t, *f.args[1:]) for t in f.argument.args)),
    )


def _equal(claim: Claim, x: sp.Basic, y: sp.Basic) -> bool:
    """Whether two expressions are equal: a claim of its own, derived by the machine."""
    if x == y:
        return True
    aim = dataclasses.replace(
        claim, relation=Relation.EQUALITY, statement=(Equation(x, y),), where=(), limit=None, derive="auto"
    )
    return _proved(aim)


def _says(other: Claim, mutant: Claim) -> bool:
    alike = (other.relation, other.limit, len(other.equations)) == (
        mutant.relation,
        mutant.limit,
        len(mutant.equations),
    )
    if not alike or other.setting not in (None, mutant.setting):
        return False
    pairs = zip(other.equations, mutant.equations, strict=True)
    if not all(same(x.left, y.left) and same(x.right, y.right) for x, y in pairs):
        return False
    granted = conditions.facts(mutant)
    return all(conditions.grants(c, granted) for c in other.conditions) and _proved(other)


# --- hypotheses ------------------------------------------------------------------------------------------------------


def _hypotheses(claim: Claim, mutant: Claim) -> str:
    gone = [c for c in claim.conditions if c not in mutant.conditions]
    granted = conditions.facts(mutant)
    if all(conditions.grants(c, granted) or _follows(mutant, c) for c in gone):
        return "the changed hypotheses imply the original ones"
    presupposed = tuple(Hypothesis("an inverse exists", c) for c in domains_of_letters(mutant))
    granted = conditions.facts(dataclasses.replace(mutant, hypotheses=(*mutant.hypotheses, *presupposed)))
    if all(conditions.grants(c, granted) for c in gone):
        return "what the letters presuppose, that an inverse exists, implies the original hypotheses"
    came = [c for c in mutant.conditions if c not in claim.conditions]
    growing = claim.relation == Relation.EQUIVALENT or (claim.relation == Relation.OPTIMUM and claim.limit is None)
    if growing and len(gone) == len(came) == 1 and _same_proportions(*gone, *came):
        return "the sizes grow in proportion, and the changed hypothesis admits the same proportions"
    if claim.relation == Relation.EQUALITY and all(_at_no_ridge(mutant, part, gone) for part in claim.equations):
        return "what is admitted besides is true by the definition of kappa at lambda = 0"
    if _fit_by_fit(mutant):
        return "a proved claim, isotropic-forgetting, says it fit by fit"
    return ""


def _fit_by_fit(mutant: Claim) -> bool:
    """Whether a formula for the error of least squares fits without noise, S = I, is |w0|^2 (1 - prod T_m/d).

    A fit of T_m <= d samples multiplies |w0|^2 - error by T_m/d (isotropic-forgetting, T_m = d included); one of more
    reproduces its teacher, since X has full rank; so do further fits on one design, P P = P.
    """
    setting = mutant.setting
    if setting is None or (setting.spectrum, setting.target) != ("isotropic", "isotropic"):
        return False
    if mutant.relation != Relation.EQUALITY or [e.left for e in mutant.equations] != [E_test]:
        return False
    granted = conditions.facts(_with_plain_sizes(mutant))
    kept: sp.Expr = sp.S.One
    for fit in (*setting.generators, setting.downstream):
        once = fit.repeat == 1 or (fit.same_design and conditions.grants(sp.Ge(fit.repeat, 1), granted))
        if fit.ridge != 0 or fit.noise != 0 or not once:
            return False
        if conditions.grants(sp.Le(fit.samples, voc.d), granted):
            kept *= fit.samples / voc.d
        elif not conditions.grants(sp.Ge(fit.samples, voc.d), granted):
            return False
    step = next(c for c in all_claims() if c.id == "isotropic-forgetting")
    full = tuple(Hypothesis(h.text, sp.Le(voc.T0, voc.d) if h.condition is not None else None) for h in step.hypotheses)
    same_error = sp.expand(mutant.equations[0].right - voc.norm2 * (1 - kept)) == 0
    return bool(same_error) and _proved(dataclasses.replace(step, hypotheses=full))


def _with_plain_sizes(claim: Claim) -> Claim:
    """The claim with x - 1 < y said as x <= y."""
    plain = tuple(dataclasses.replace(h, condition=_plain(h.condition)) for h in claim.hypotheses)
    return dataclasses.replace(claim, hypotheses=plain)


def _follows(mutant: Claim, condition: sp.Basic) -> bool:
    """Whether a hypothesis is a consequence of others, up to a positive factor, or of lambda = T^-ell."""
    if condition == sp.Le(voc.lam, 1):
        return mutant.limit == (voc.T, sp.oo) and voc.lam not in dict(mutant.where)
    if not isinstance(condition, sp.StrictLessThan | sp.StrictGreaterThan):
        return False
    gap = condition.gts - condition.lts
    return any(_positive(mutant, sp.expand(by * gap)) for by in (sp.S.One, *_positive_symbols(mutant)))


def _positive_symbols(claim: Claim) -> Iterator[sp.Symbol]:
    symbols = {x for c in claim.conditions for x in c.free_symbols}
    yield from sorted((x for x in symbols if x.is_positive), key=str)


def _positive(claim: Claim, e: sp.Expr) -> bool:
    return equivalence.accepted(claim, C.Sign("what is positive", e, ">", _signs(claim)))


def _same_proportions(was: sp.Basic, now: sp.Basic) -> bool:
    """Two inequalities between sizes whose difference tends to the same multiple of the dimension.

    Where that multiple is not zero both hold, or both fail, from some size on; where it is, the constants decide.
    """
    kinds = sp.StrictLessThan | sp.StrictGreaterThan | sp.LessThan | sp.GreaterThan
    if not (isinstance(was, kinds) and isinstance(now, kinds)):
        return False
    parts = []
    for c in (was, now):
        e = sp.expand(c.gts - c.lts)
        constant = e.subs(dict.fromkeys(SIZES, 0))
        strict = isinstance(c, sp.StrictLessThan | sp.StrictGreaterThan)
        parts.append((e - constant, constant > 0 if strict else constant >= 0))
    (slope, on), (other, still) = parts
    linear = slope.free_symbols <= set(SIZES) and all(sp.degree(slope, x) <= 1 for x in slope.free_symbols)
    return bool(linear and slope == other and on == still)


def _isotropic(e: sp.Expr, large: bool) -> sp.Expr:
    """An expression for S = I and no ridge: kappa solves d/(1 + kappa) = T, or is 0 where T >= d."""
    e = e.replace(
        lambda f: isinstance(f, Kappa) and f.args[0] == 0,
        lambda f: sp.S.Zero if large else voc.d / f.args[1] - 1,
    )
    return e.replace(lambda f: isinstance(f, df), lambda f: voc.d / (1 + f.args[1]) ** f.args[0])


def _at_no_ridge(mutant: Claim, part: Equation, gone: list[sp.Basic]) -> bool:
    """Whether an equation holds at lambda = 0 by the definition of kappa, for T >= d (or T = d) and for T < d."""
    if isinstance(part.left, sp.MatrixExpr) or any(x.has(Expect) for x in (part.left, part.right)):
        return False
    gap = (part.left - part.right).xreplace({voc.kappa: Kappa(voc.lam, voc.T)})
    if gone == [sp.Gt(voc.lam, 0)]:
        cases: tuple[bool, ...] = (True, False)
    elif gone == [sp.Lt(voc.T, voc.d)] and sp.Eq(voc.lam, 0) in mutant.conditions:
        came = [c for c in mutant.conditions if c not in (sp.Eq(voc.lam, 0),)]
        if came != [sp.Lt(voc.T - 1, voc.d)] and came != [sp.Le(voc.T, voc.d)]:
            return False
        gap, cases = gap.xreplace({voc.T: voc.d}), (True,)
    else:
        return False
    gap = gap.xreplace({voc.lam: sp.S.Zero})
    atoms = {a for a in gap.atoms(Kappa) if a.args[0] == 0}
    if {a.args[1] for a in atoms} - {voc.T, voc.d}:
        return False
    if kinds(mutant).spectrum == "isotropic":
        return all(sp.simplify(_isotropic(gap, large)) == 0 for large in cases)
    solved = []
    for large in cases:
        if large:
            e = gap.replace(lambda f: isinstance(f, df) and f.args[1] in atoms, lambda f: voc.d)
            e = e.xreplace(dict.fromkeys(atoms, sp.S.Zero))
        else:
            e = gap.replace(
                lambda f: isinstance(f, df) and f.args[0] == 1 and f.args[1] in atoms, lambda f: f.args[1].args[1]
            )
        solved.append(sp.simplify(e) == 0)
    return all(solved)
