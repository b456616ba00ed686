"""Derivations without hints: what an author may leave to the machine, ``derive="auto"``.

For each equation of a statement one step is tried by what its sides are: words of letters by rewriting, expectations
of traces by integration by parts (the identities are collected from the words themselves, in rounds, until linear
algebra closes the statement), scalars by algebra, an inequality as a sum of products of what the hypotheses say is
positive.  Untrusted: what is found is an ordinary derivation, which is certified like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import sympy as sp
from sympy.matrices.expressions.trace import Trace
from sympy.polys.polyerrors import BasePolynomialError

from ridgeproof import limits
from ridgeproof.errors import DerivationError, RidgeproofError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import Expect
from ridgeproof.theorems.steps import Signs

from . import lines as K
from .draft import Builder
from .tactics import TACTICS, _hint
from .words import reduce_traces

ROUNDS = 3
MOST_HINTS = 40
EXACT = (C.Relation.EQUALITY, C.Relation.BOUND, C.Relation.ASYMPTOTIC, C.Relation.EQUIVALENT, C.Relation.ORDER)
Monomial = tuple[K.Word, ...]


def derivation(claim: C.Claim) -> tuple[C.Step, ...]:
    """A derivation of a claim that goes through.

    Raises
    ------
    DerivationError
        None was found; the message is the open goal: the equation, and what was left over of it.
    """
    steps: list[C.Step] = []
    for part in claim.equations:
        steps.append(_step(claim, part, tuple(steps)))
    return tuple(steps)


def _step(claim: C.Claim, part: C.Equation, earlier: tuple[C.Step, ...]) -> C.Step:
    left_over = []
    for step in _candidates(claim, part):
        try:
            builder = Builder(claim, (*earlier, step))
            builder.lines = TACTICS[type(step)](builder, step)
            K.check(builder.document())
        except (RidgeproofError, K.Rejected, BasePolynomialError, ValueError, TypeError) as error:
            ours = isinstance(error, RidgeproofError | K.Rejected)
            said = " ".join(str(error).split()) if ours else limits.described(error)
            left_over.append(f"{step.rule}: {said:.200}")
            continue
        return step
    goal = f"open goal: {sp.sstr(part.left):.200} {C.SIGN[claim.relation][0]} {sp.sstr(part.right):.200}"
    raise DerivationError(f"{goal}; {'; '.join(left_over) or 'no rule speaks of such a statement'}")


def _candidates(claim: C.Claim, part: C.Equation) -> Iterator[C.Step]:
    left, right = part.left, part.right
    if isinstance(left, sp.MatrixExpr):
        if claim.relation in EXACT:
            yield C.Words("by what the letters are", left, right)
        return
    if claim.relation == C.Relation.BOUND:
        yield C.Sign("a sum of products of what is not negative", right - left, ">=", _signs(claim))
    if claim.relation not in EXACT:
        return
    if any(side.has(Expect, Trace) for side in (left, right)):
        yield from _by_parts(claim, left, right, C.Traces)
        if claim.relation == C.Relation.EQUIVALENT:
            yield from _by_parts(claim, left, right, C.LeadingTraces)
        return
    if any(side.has(sp.Derivative) for side in (left, right)):
        left, right = left.doit(), right.doit()
    yield C.Algebra("algebra", left, right)
    if claim.setting is not None and claim.setting.spectrum == "isotropic":
        yield C.Algebra("for S = I", left, right, isotropic=(voc.d, voc.norm2))


def _signs(claim: C.Claim) -> Signs:
    """What the hypotheses and the domains of the symbols say of signs."""
    out: list[tuple[sp.Expr, Literal[">", ">="]]] = []
    for condition in claim.conditions:
        for c in condition.args if isinstance(condition, sp.And) else (condition,):
            if isinstance(c, sp.StrictLessThan | sp.StrictGreaterThan):
                out.append((c.gts - c.lts, ">"))
            elif isinstance(c, sp.LessThan | sp.GreaterThan):
                out.append((c.gts - c.lts, ">="))
    symbols = {x for e in claim.equations for x in (e.right - e.left).free_symbols}
    for x in sorted(symbols, key=str):
        if x.is_positive or x.is_nonnegative:
            out.append((x, ">" if x.is_positive else ">="))
    return tuple(out)


# --- integration by parts --------------------------------------------------------------------------------------------


def _by_parts(claim: C.Claim, left: sp.Expr, right: sp.Expr, kind: type[C.Traces]) -> Iterator[C.Step]:
    """Steps with the identities of one round, of two, and so on."""
    says = "integrate by parts" if kind is C.Traces else "integrate by parts, to leading order"
    yield kind(says, left, right)
    builder = Builder(claim, (kind(says, left, right),))
    leading = kind is C.LeadingTraces
    data = builder.out.trace_data(builder.out.traces(left - right))
    ctx = builder.context()
    letters = {x.name: x for x in builder.out.letters}
    seen: set[Monomial] = set()
    front = {(), *reduce_traces(ctx, ctx.trace_poly(data), leading)[0]}
    hints: list[C.Stein] = []
    for _ in range(ROUNDS):
        new: set[Monomial] = set()
        for key in sorted(front - seen, key=lambda k: (sum(map(len, k)), k)):
            seen.add(key)
            for hint in _steins(ctx, key, letters):
                if hint in hints or len(hints) == MOST_HINTS:
                    continue
                try:
                    identity = K.null(ctx, _hint(builder, hint), [], leading)
                    new |= set(reduce_traces(ctx, identity, leading)[0])
                except (K.Rejected, DerivationError):
                    continue
                hints.append(hint)
        if not hints:
            return
        depths = {hint: _depth(ctx, hint) for hint in hints}  # fewer inverses need fewer moments
        for depth in sorted(set(depths.values())):
            yield kind(says, left, right, by=tuple(h for h in hints if depths[h] <= depth))
        longest = max((sum(map(len, k)) for k in front), default=0) + 2
        front = {k for k in new if sum(map(len, k)) <= longest}


def _steins(ctx: K.Context, key: Monomial, letters: dict[str, sp.MatrixSymbol]) -> Iterator[C.Stein]:
    """Integrations by parts that begin with a product of traces: at a design in it, or at X'X of an inverse put in."""
    gaussian = {n for n, spec in ctx.letters.items() if "gaussian" in spec}
    inverses = [(n, x) for n, x in _inverses(ctx) if x in gaussian]
    for which, word in enumerate(key or ((),)):
        others = tuple(_matrix(w, letters) for i, w in enumerate(key) if i != which)
        forms = {w[i:] + w[:i] for w in (word, ctx.transpose(word)) for i in range(len(w) or 1)}
        for form in sorted(forms, key=lambda w: (len(w), w)):
            first = form[0] if form else ""
            if first.endswith("'") and first[:-1] in gaussian and len(form) > 1:
                yield C.Stein(letters[first[:-1]], _matrix(form[1:], letters), others)
            for inverse, design in inverses:
                if not form or letters[inverse].shape[0] == _rows(form[0], letters):
                    yield C.Stein(letters[design], _matrix((design, inverse, *form), letters), others)
    for inverse, design in inverses if key else ():  # beside what is there
        yield C.Stein(letters[design], _matrix((design, inverse), letters), tuple(_matrix(w, letters) for w in key))


def _depth(ctx: K.Context, hint: C.Stein) -> int:
    """How many inverse letters stand in a hint."""
    return sum(f.name in ctx.inverses for word in (hint.word, *hint.others) for f in _factors(word))


def _factors(word: sp.MatrixExpr) -> list[sp.MatrixSymbol]:
    parts = word.args if isinstance(word, sp.MatMul) else (word,)
    return [p.arg if isinstance(p, sp.Transpose) else p for p in parts]


def _inverses(ctx: K.Context) -> Iterator[tuple[str, str]]:
    """(inverse letter, design) for every inverse of an expression that holds X'X."""
    for name, poly in ctx.inverses.items():
        for word in poly:
            if len(word) == 2 and word[0] == word[1] + "'":
                yield name, word[1]


def _rows(token: str, letters: dict[str, sp.MatrixSymbol]) -> sp.Expr:
    return letters[token[:-1]].shape[1] if token.endswith("'") else letters[token].shape[0]


def _matrix(word: K.Word, letters: dict[str, sp.MatrixSymbol]) -> sp.MatrixExpr:
    factors = [letters[t[:-1]].T if t.endswith("'") else letters[t] for t in word]
    return factors[0] if len(factors) == 1 else sp.MatMul(*factors, evaluate=False)
