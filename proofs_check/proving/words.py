"""The search for certificates: rewriting of words, and linear algebra over trace identities.

Nothing here is trusted.  What it finds is written into a certificate, which the kernel expands again from scratch; a
defect in this file can lose a proof, never make a false one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from . import lines as K

MAX_REWRITES = 5000
UNIT: K.Ratio = (K.ONE, K.ONE)


def as_sympy(ratio: K.Ratio) -> sp.Expr:
    """A kernel ratio as a SymPy expression in symbols of the same names."""

    def poly(p: K.Poly) -> sp.Expr:
        return sp.Add(
            *(
                sp.Rational(c.numerator, c.denominator) * sp.Mul(*(sp.Symbol(x) ** e for x, e in mono))
                for mono, c in p.items()
            )
        )

    return poly(ratio[0]) / poly(ratio[1])


def reduced(ctx: K.Context, ratio: K.Ratio) -> K.Ratio:
    """The same ratio in lowest terms (the kernel itself never cancels)."""
    if len(ratio[1]) == 1 and set(ratio[1]) == {()}:
        return {m: Fraction(c) / ratio[1][()] for m, c in ratio[0].items()}, K.ONE
    num, den = sp.fraction(sp.cancel(as_sympy(ratio)))
    return from_sympy(num), from_sympy(den)


def from_sympy(expr: sp.Expr) -> K.Poly:
    out: K.Poly = {}
    for term in sp.Add.make_args(sp.expand(expr)):
        c, rest = term.as_coeff_Mul()
        mono: dict[str, int] = {}
        for f in sp.Mul.make_args(rest):
            base, e = f.as_base_exp()
            if base != 1:
                mono[base.name] = mono.get(base.name, 0) + int(e)
        out[tuple(sorted(mono.items()))] = Fraction(int(c.p), int(c.q))
    return {m: c for m, c in out.items() if c}


def ratio_data(ratio: K.Ratio) -> Any:
    """A kernel ratio as certificate data."""

    def poly(p: K.Poly) -> Any:
        terms: list[Any] = []
        for mono, c in p.items():
            factors = [x if e == 1 else ["^", x, e] for x, e in mono]
            terms.append(str(c) if not factors else ["*", str(c), *factors])
        return "0" if not terms else terms[0] if len(terms) == 1 else ["+", *terms]

    return poly(ratio[0]) if ratio[1] == K.ONE else ["/", poly(ratio[0]), poly(ratio[1])]


def leading(poly: K.WordPoly) -> K.Word:
    """The word that a relation rewrites: its longest (ties: the letter defined by the relation stands alone, first)."""
    return max(poly, key=lambda w: (len(w), w))


# A relation that defines a letter (w[m+1] = ...) rewrites the letter although the other side is longer.
def oriented(ctx: K.Context) -> list[tuple[int, K.Word, bool]]:
    """(relation index, word to replace, transposed) for every usable direction."""
    rules = []
    for index, (poly, _, _) in enumerate(ctx.relations):
        single = [w for w in poly if len(w) == 1 and not any(w[0] in v for v in poly if v != w)]
        long = leading(poly)
        left = single[0] if single and len(long) > 1 and _defines(ctx, single[0][0]) else long
        if poly and set(poly) == {()}:
            continue
        if len(poly) > 1 and not left:
            continue
        if single and left == long and len(long) == 1:  # w[n] = w0 + N: replace the one that is defined
            left = max(poly, key=lambda w: _defines(ctx, w[0]) if len(w) == 1 else False)
        rules.append((index, left, False))
        flipped = ctx.transpose(left)
        if flipped != left:
            rules.append((index, flipped, True))
    return rules


def _defines(ctx: K.Context, token: str) -> bool:
    return "equals" in ctx.letters[K.base(token)]


# --- words -----------------------------------------------------------------------------------------------------------


Cofactor = tuple[K.Ratio, K.Word, K.Word, int]  # coefficient, what stands left of a relation and right, which one
Rule = tuple[K.Word, K.WordPoly, list[Cofactor]]  # a word to replace, a polynomial that is 0, and why it is


def reduce_words(ctx: K.Context, poly: K.WordPoly) -> tuple[K.WordPoly, list[Any]]:
    """Normal form, and the cofactors [coefficient, left, right, relation] of everything that was subtracted.

    Where the relations alone leave something over, what follows from two of them at once is tried too: two inverses of
    one design, R X'X = T - T lambda R and X'X R1 = T - T mu R1, meet in R X'X R1, which gives R - R1 (the first round
    of Knuth and Bendix' completion).
    """
    rules: list[Rule] = [
        (left, ctx.relations[i][0], [(UNIT, (), (), i)]) for i, left, flipped in oriented(ctx) if not flipped
    ]
    rest, cofactors = _rewritten(ctx, poly, rules)
    if rest:
        letters = {t for word in poly for t in word}
        near = [rule for rule in rules if {t for word in rule[1] for t in word} & letters]
        rest, more = _rewritten(ctx, rest, [*rules, *_critical(ctx, near, rules)])
        cofactors += more
    return rest, [[ratio_data(c), list(left), list(right), i] for c, left, right, i in cofactors]


def _rewritten(ctx: K.Context, poly: K.WordPoly, rules: list[Rule]) -> tuple[K.WordPoly, list[Cofactor]]:
    work, done = dict(poly), {}  # type: ignore[var-annotated]
    cofactors: list[Cofactor] = []
    for _ in range(MAX_REWRITES):
        if not work:
            return done, cofactors
        word, c = work.popitem()
        for left, relation, reasons in rules:
            at = next((i for i in range(len(word) - len(left) + 1) if word[i : i + len(left)] == left), None)
            if at is None:
                continue
            before, after = word[:at], word[at + len(left) :]
            factor = reduced(ctx, ctx.scalars.over(c, relation[left]))
            for c2, first, last, index in reasons:
                cofactors.append((reduced(ctx, ctx.scalars.times(factor, c2)), before + first, last + after, index))
            for other, c2 in relation.items():
                if other != left:
                    ctx.accumulate(
                        work, before + other + after, ctx.scalars.times(K.MINUS, ctx.scalars.times(factor, c2))
                    )
            break
        else:
            ctx.accumulate(done, word, c)
    raise DerivationError("rewriting does not end")


def _critical(ctx: K.Context, near: list[Rule], rules: list[Rule]) -> list[Rule]:
    """What two relations say of a word that ends as the first begins and begins as the second ends."""
    found: list[Rule] = []
    for one in near:
        for two in near:
            for k in range(1, min(len(one[0]), len(two[0]))):
                if one[0][-k:] != two[0][:k]:
                    continue
                null: K.WordPoly = {}
                reasons: list[Cofactor] = []
                for sign, (left, relation, why), before, after in (
                    (UNIT, one, (), two[0][k:]),
                    (K.MINUS, two, one[0][:-k], ()),
                ):
                    scale = ctx.scalars.times(sign, ctx.scalars.over(UNIT, relation[left]))
                    for word, c in relation.items():
                        ctx.accumulate(null, before + word + after, reduced(ctx, ctx.scalars.times(scale, c)))
                    reasons += [
                        (reduced(ctx, ctx.scalars.times(scale, c)), before + first, last + after, i)
                        for c, first, last, i in why
                    ]
                rest, used = _rewritten(ctx, null, rules)
                if rest and (left := leading(rest)):
                    minus = [(ctx.scalars.times(K.MINUS, c), first, last, i) for c, first, last, i in used]
                    found.append((left, rest, [*reasons, *minus]))
    return found


# --- traces ----------------------------------------------------------------------------------------------------------


def _matches(
    ctx: K.Context, key: tuple[K.Word, ...], rules: list[tuple[int, K.Word, bool]], leading: bool
) -> Iterator[dict[str, Any]]:
    """Relation nulls whose leading monomial is ``key``."""
    for which, word in enumerate(key):
        others = [list(w) for i, w in enumerate(key) if i != which]
        for i, (known, _) in enumerate(ctx.trace_relations + (ctx.leading_traces if leading else [])):
            if ctx.cyclic(known) == word:
                yield {"kind": "trace-relation", "trace_relation": i, "others": others}
        for index, left, flipped in rules:
            doubled = word + word
            for at in range(len(word)):
                if len(left) <= len(word) and doubled[at : at + len(left)] == left:
                    rest = doubled[at + len(left) : at + len(word)]
                    rest = ctx.transpose(rest) if flipped else rest  # tr(g' b) = tr(g b')
                    yield {
                        "kind": "relation",
                        "relation": index,
                        "right": list(rest),
                        "others": others,
                    }


def reduce_traces(
    ctx: K.Context, poly: K.TracePoly, leading: bool = False
) -> tuple[K.TracePoly, list[tuple[K.Ratio, dict[str, Any]]]]:
    """Normal form under the context's relations, and the nulls that were subtracted."""
    rules = oriented(ctx)
    work, done, used = dict(poly), {}, []  # type: ignore[var-annotated]
    for _ in range(MAX_REWRITES):
        if not work:
            return done, used
        key, c = work.popitem()
        for data in _matches(ctx, key, rules, leading):
            relation = K.null(ctx, data, [], leading)
            if key not in relation:
                continue
            factor = reduced(ctx, ctx.scalars.over(c, relation.pop(key)))
            used.append((factor, data))
            for other, c2 in relation.items():
                ctx.accumulate(work, other, reduced(ctx, ctx.scalars.times(K.MINUS, ctx.scalars.times(factor, c2))))
            break
        else:
            ctx.accumulate(done, key, c)
    raise DerivationError("rewriting of traces does not end")


def prove_traces(
    ctx: K.Context, target: K.TracePoly, hints: list[dict[str, Any]], done: list[dict[str, Any]], leading: bool = False
) -> list[Any]:
    """Nulls [[coefficient, data], ...] that add up to ``target``; the hints' coefficients by linear algebra."""
    rest, used = reduce_traces(ctx, target, leading)
    reduced_hints = [reduce_traces(ctx, K.null(ctx, h, done, leading), leading) for h in hints]
    keys = sorted(set(rest).union(*(set(p) for p, _ in reduced_hints)))
    unknowns = sp.symbols(f"_x0:{len(hints)}")
    equations = [
        as_sympy(rest.get(key, ({}, K.ONE)))
        - sum(x * as_sympy(p.get(key, ({}, K.ONE))) for x, (p, _) in zip(unknowns, reduced_hints, strict=True))
        for key in keys
    ]
    equations = [e for e in (sp.together(e) for e in equations) if e != 0]
    solutions = (
        sp.linsolve(equations, *unknowns)
        if equations and hints
        else (sp.FiniteSet(sp.Tuple()) if not equations else sp.S.EmptySet)
    )
    if solutions == sp.S.EmptySet:
        missing = "; ".join(" ".join("tr(" + " ".join(w) + ")" for w in key) or "1" for key in list(rest)[:4])
        raise DerivationError(f"the identities named do not prove the statement (left over: {missing})")
    values = [sp.cancel(x.subs(dict.fromkeys(unknowns, 0))) for x in next(iter(solutions))] if hints else []
    total: list[tuple[K.Ratio, dict[str, Any]]] = list(used)
    for value, hint, (_, relations) in zip(values, hints, reduced_hints, strict=True):
        if value == 0:
            continue
        num, den = sp.fraction(value)
        ratio = (from_sympy(num), from_sympy(den))
        total.append((ratio, hint))
        total += [
            (reduced(ctx, ctx.scalars.times(K.MINUS, ctx.scalars.times(ratio, c))), data) for c, data in relations
        ]
    return [[ratio_data(c), data] for c, data in total]
