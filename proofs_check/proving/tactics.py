"""From the steps of a derivation to lines of a certificate: one function for each rule.

Untrusted, like the search: the kernel judges the result.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import Expect, Kappa, SpectralSum, open_degrees

from . import lines as K
from .draft import Builder, Line
from .order_tactics import ORDER_TACTICS
from .signs import Signs, sign
from .words import as_sympy, prove_traces, reduce_words

# --- rules -----------------------------------------------------------------------------------------------------------


def algebra(b: Builder, step: C.Algebra) -> list[Line]:
    left, right = open_degrees(step.left), open_degrees(step.right)
    if left.has(Expect) or right.has(Expect):
        return [_expectations(b, step, left, right)]
    if not left.has(SpectralSum) and not right.has(SpectralSum) and step.isotropic is None:
        line: Line = {"rule": "identity", "left": b.out.scalar(left), "right": b.out.scalar(right)}
        if step.assuming:
            line["modulo"] = [[b.out.scalar(c), b.out.scalar(x - y)] for x, y, c in step.assuming]
        return [line]
    sums: dict[str, Any] = {}
    linear: dict[str, Any] = {}
    named, split = {sp.S.One: voc.d}, partial_fractions
    if step.isotropic is not None:
        named, split = dict(zip((sp.S.One, voc.w2), step.isotropic, strict=True)), at_one
        sums |= {b.out.scalar(x): b.out.scalar(f) for f, x in named.items()}

    def name(expr: sp.Expr, split: Split | None = split) -> sp.Expr:
        return _name_sums(b, open_degrees(expr), sums, linear, split, named)

    plain = left == right and step.isotropic is None  # sums that agree as they stand are not taken apart
    left, right = (name(e, None) if plain else name(e) for e in (left, right))
    modulo = [tuple(map(name, item)) for item in step.assuming]
    b.out.scalar(voc.s)
    b.out.scalar(voc.w2)
    line = {"rule": "spectral", "left": b.out.scalar(left), "right": b.out.scalar(right)}
    line |= {"sums": sums, "linear": linear}
    if modulo:
        line["modulo"] = [[b.out.scalar(c), b.out.scalar(x - y)] for x, y, c in modulo]
    if step.isotropic is not None:
        line["isotropic"] = True
    return [line]


Split = Callable[[sp.Expr], list[tuple[sp.Expr, sp.Expr]]]  # a summand as a sum of coefficient * simpler summand


def _name_sums(
    b: Builder,
    expr: sp.Expr,
    sums: dict[str, Any],
    linear: dict[str, Any],
    split: Split | None,
    named: dict[sp.Expr, sp.Expr],
) -> sp.Expr:
    """Replace every sum over the spectrum by a name, and say of which simpler sums each is a combination.

    ``named``: the names that sums of some summands have already.
    """
    expr = expr.replace(lambda e: isinstance(e, Kappa), lambda e: b.out.name(e))
    while expr.has(SpectralSum):
        inner = innermost(expr)
        name = b.out.name(inner)
        expr = expr.xreplace({inner: name})
        if name.name in sums:
            continue
        sums[name.name] = b.out.scalar(inner.summand)
        b.out.scalars[name.name] = None
        if split is not None:
            combination = []
            for c, basis in split(inner.summand):
                known = b.out.scalar(named[basis] if basis in named else b.out.name(SpectralSum(basis), "g"))
                sums.setdefault(known, b.out.scalar(basis))
                combination.append([b.out.scalar(c), known])
            if combination != [["1", name.name]]:
                linear[name.name] = combination
    return expr


def innermost(expr: sp.Expr) -> SpectralSum:
    """A sum over the spectrum with no other inside it."""
    return next(x for x in sp.preorder_traversal(expr) if isinstance(x, SpectralSum) and not x.summand.has(SpectralSum))


def at_one(f: sp.Expr) -> list[tuple[sp.Expr, sp.Expr]]:
    """f(1, w2) as a combination of 1 and w2."""
    top, bottom = sp.fraction(sp.together(f.xreplace({voc.s: sp.S.One})))
    if bottom.has(voc.w2) or not top.is_polynomial(voc.w2) or sp.degree(top, voc.w2) > 1:
        raise DerivationError(f"at s = 1 no combination of 1 and the squared coefficients: {sp.sstr(f):.80}")
    return [(sp.factor(c / bottom), voc.w2**a) for (a,), c in sp.Poly(top, voc.w2).terms()]


def partial_fractions(f: sp.Expr) -> list[tuple[sp.Expr, sp.Expr]]:
    """f as a sum of (coefficient free of s and w2) * (w2^a s^b / (s + c)^e)."""
    s, w2, out = voc.s, voc.w2, []
    numerator, denominator = sp.fraction(sp.together(f))
    for (power,), part in sp.Poly(numerator, w2).terms():
        for term in sp.Add.make_args(sp.apart(part / denominator, s)):
            top, bottom = sp.fraction(sp.factor(term))
            constant, poles = sp.S.One, sp.S.One
            for factor in sp.Mul.make_args(bottom):
                base, e = factor.as_base_exp()
                lead = sp.Poly(base, s).LC() if base.has(s) else base
                constant *= lead**e
                poles *= sp.expand(base / lead) ** e
            out += [(sp.factor(c / constant), w2**power * s**a / poles) for (a,), c in sp.Poly(top, s).terms()]
    return out


def _expectations(b: Builder, step: C.Algebra, left: sp.Expr, right: sp.Expr) -> Line:
    """left - right is a combination of earlier trace lines; expectations of single products of traces get names."""
    ctx, done = b.context(), b.done()
    names: dict[tuple[tuple[str, ...], ...], sp.Symbol] = {}

    def name(key: tuple[tuple[str, ...], ...]) -> sp.Expr:
        if not key:
            return sp.S.One
        return names.setdefault(key, b.out.name(Expect(sp.Symbol(str(key))), "e"))

    def named(expr: sp.Expr) -> sp.Expr:
        def one(e: Expect) -> sp.Expr:
            return sp.Add(*(c * name(canonical(ctx, words)) for words, c in b.out.traces(e).items()))

        return expr.replace(lambda e: isinstance(e, Expect), one)

    left, right = named(left), named(right)
    back = {sp.Symbol(x.name): x for x in (left - right).free_symbols}
    equations = [
        (i, sp.Add(*(as_sympy(c).xreplace(back) * name(key) for key, c in result["trace"].items())))
        for i, result in enumerate(done)
        if "trace" in result
    ]
    unknowns = sp.symbols(f"_c0:{len(equations)}")
    rest = left - right - sum(c * e for c, (_, e) in zip(unknowns, equations, strict=True))
    coefficients = sp.Poly(sp.expand(sp.together(rest).as_numer_denom()[0]), *names.values()).coeffs()
    solution = sp.linsolve(coefficients, *unknowns)
    if solution == sp.S.EmptySet:
        raise DerivationError("the earlier steps do not add up to the statement")
    values = [sp.cancel(x.subs(dict.fromkeys(unknowns, 0))) for x in next(iter(solution))]
    line = {"rule": "identity", "left": b.out.scalar(left), "right": b.out.scalar(right)}
    line["expectations"] = {b.out.scalar(x): [list(w) for w in key] for key, x in names.items()}
    line["lines"] = [[b.out.scalar(v), i] for v, (i, _) in zip(values, equations, strict=True) if v != 0]
    return line


def canonical(ctx: K.Context, words: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(ctx.cyclic(w) for w in words))


def words(b: Builder, step: C.Words) -> list[Line]:
    left, right = b.out.word_data(b.out.words(step.left)), b.out.word_data(b.out.words(step.right))
    shape = [str(x) for x in step.left.shape]
    ctx = b.context()
    difference = ctx.equation(left, right, shape)[0]
    rest, cofactors = reduce_words(ctx, difference)
    if rest:
        raise DerivationError(
            "the relations do not prove the identity; left over: " + " + ".join(" ".join(w) or "1" for w in rest)
        )
    return [{"rule": "word", "left": left, "right": right, "shape": shape, "cofactors": cofactors}]


def traces(b: Builder, step: C.Traces) -> list[Line]:
    data = b.out.trace_data(b.out.traces(step.left - step.right))
    hints = [_hint(b, h) for h in step.by]
    ctx, done, leading = b.context(), b.done(), isinstance(step, C.LeadingTraces)
    nulls = prove_traces(ctx, ctx.trace_poly(data), hints, done, leading)
    return [{"rule": "leading" if leading else "trace", "expectation": data, "nulls": nulls}]


def _single(b: Builder, expr: sp.MatrixExpr) -> list[str]:
    """The word of a hint; its scalar factor does not matter, since the search finds the coefficient."""
    (word, _), *rest = b.out.words(expr).items()
    if rest:
        raise DerivationError(f"a hint needs a single word: {sp.sstr(expr)}")
    return list(word)


def _hint(b: Builder, hint: C.Stein | C.Loop | C.Lemma | C.Defining) -> dict[str, Any]:
    others = [_single(b, o) for o in hint.others]
    if isinstance(hint, C.Stein):
        return {"kind": "stein", "letter": hint.letter.name, "word": _single(b, hint.word), "others": others}
    if isinstance(hint, C.Loop):
        return {"kind": "loop", "word": _single(b, hint.word), "others": others}
    if isinstance(hint, C.Defining):
        ctx = b.context()
        name = hint.letter.name
        product = {(name, *word) for word in ctx.inverses[name]}  # Y p = 1
        index = next(i for i, (poly, _, _) in enumerate(ctx.relations) if product < set(poly))
        right = [] if hint.word is None else _single(b, hint.word)
        return {
            "kind": "relation",
            "relation": index,
            "right": right,
            "others": others,
        }
    return {
        "kind": "lemma",
        "lemma": b.positions[hint.step],
        "replace": {a.name: _single(b, e) for a, e in hint.replace},
        "others": others,
    }


def telescope(b: Builder, step: C.Telescope) -> list[Line]:
    term, summand = (b.out.word_data(b.out.words(e)) for e in (step.term, step.summand))
    return [{"rule": "telescope", "step": b.positions[step.step], "term": term, "summand": summand}]


def limit(b: Builder, step: C.Limit) -> list[Line]:
    if not step.expression.is_rational_function(step.variable):  # a name would hold it fixed
        raise DerivationError(f"not a rational function of {step.variable}: {sp.sstr(step.expression):.80}")
    parts = {"expression": step.expression, "variable": step.variable, "value": step.value}
    return [{"rule": "limit"} | {key: b.out.scalar(e) for key, e in parts.items()}]


def minimax(b: Builder, step: C.Minimax) -> list[Line]:
    """The point attains at most the value (primal), and v >= value follows from v >= a x + b for all rows (dual).

    Dual multipliers come from the rows that are active at the point: one flat one, or two of opposite slope.
    """
    lo, hi = step.interval
    zero = sp.S.Zero
    active = [i for i, (a, c) in enumerate(step.affine) if sp.cancel(sp.together(step.value - a * step.point - c)) == 0]
    at_lo, at_hi = sp.cancel(step.point - lo) == 0, hi is not None and sp.cancel(step.point - hi) == 0
    candidates: list[tuple[list[sp.Expr], sp.Expr, sp.Expr]] = []
    for i in active:
        y = [zero] * len(step.affine)
        y[i] = sp.S.One
        slope = step.affine[i][0]
        if sp.cancel(slope) == 0:
            candidates.append((y, zero, zero))
        if at_lo:
            candidates.append((y, slope, zero))
        if at_hi:
            candidates.append((y, zero, -slope))
        for j in active:
            gap = sp.cancel(step.affine[j][0] - slope)
            if j > i and gap != 0:
                y = [zero] * len(step.affine)
                y[i], y[j] = sp.factor(step.affine[j][0] / gap), sp.factor(-slope / gap)
                candidates.append((y, zero, zero))
    ends = [step.point - lo] + ([] if hi is None else [hi - step.point])
    primal = [C.Sign(step.says, step.value - a * step.point - c, ">=", step.assume) for a, c in step.affine]
    primal += [C.Sign(step.says, e, ">=", step.assume) for e in ends]
    x, v = (b.out.name(sp.Symbol(f"{name} of the program"), name) for name in ("x", "v"))
    rows = [v - a * x - c for a, c in step.affine] + [x - lo] + ([] if hi is None else [hi - x])
    everything = (*step.assume, *((e, ">=") for e in rows))
    start = len(b.lines)
    for y, y_lo, y_hi in candidates:
        with suppress(DerivationError), b.scratch() as lines:
            for claim in primal:
                lines += sign(b, claim)
            signs = Signs(b, everything, [[b.out.scalar(e), rel] for e, rel in everything])
            total = []
            for i, multiplier in enumerate([*y, y_lo, *([] if hi is None else [y_hi])], len(step.assume)):
                total += [[c, [*factors, [i, 1]]] for c, factors in signs.decompose(multiplier)]
            dual = {"rule": "nonnegative", "expression": b.out.scalar(v - step.value), "relation": ">=",
                    "assume": signs.assumed(), "sum": total}  # fmt: skip
            return [*lines[start:], *signs.lines, dual]
    raise DerivationError("no multipliers prove that the point is optimal")


def unique_root(b: Builder, step: C.UniqueRoot) -> list[Line]:
    """The rearrangement, every term at two points, and the values of their sum on both sides of 1."""
    x, factor = step.unknown, step.unknown if step.factor is None else step.factor
    given = set().union(*(e.free_symbols for e in (*(e for e, _ in step.assume), *step.low, *step.high)))
    if given & {x, voc.s, voc.w2}:
        raise DerivationError("a point, or what is assumed, depends on the unknown or on an eigenvalue")
    beyond = b.out.name(sp.Symbol("the distance to a larger unknown", positive=True), "t")
    start, assume = len(b.lines), (*step.assume, (x, ">"))

    def add(tactic: Callable[[Builder, Any], list[Line]], part: C.Step) -> None:
        b.lines += tactic(b, part)  # lines of signs refer to others by position

    def positive(expr: sp.Expr) -> None:
        """A sign of an expression in sums over the spectrum, each of which is positive because its summand is."""
        known = step.assume
        while expr.has(SpectralSum):
            inner = innermost(expr)
            add(sign, C.Sign(step.says, inner.summand, ">", (*known, (voc.s, ">"))))
            known, expr = (*known, (b.out.name(inner), ">")), expr.xreplace({inner: b.out.name(inner)})
        add(sign, C.Sign(step.says, expr, ">", known))

    with b.scratch():
        add(algebra, C.Algebra(step.says, step.left - step.right, factor * (1 - sum(step.terms))))
        add(sign, C.Sign(step.says, factor, ">", assume))
        for term in map(open_degrees, step.terms):
            weight, total = term.as_independent(SpectralSum, as_Add=False)
            summand = weight * (total.summand if isinstance(total, SpectralSum) else total)
            if summand.has(SpectralSum):  # a sum falls if each summand does; of products of sums that is not so
                raise DerivationError(f"not a multiple of one sum over the spectrum: {sp.sstr(term):.80}")
            fall = summand - summand.xreplace({x: x + beyond})
            add(sign, C.Sign(step.says, fall, ">", (*assume, (beyond, ">"), (voc.s, ">"))))
        for (point, gap), side in ((step.low, 1), (step.high, -1)):
            excess = sum(term.xreplace({x: point}) for term in step.terms) - 1
            add(algebra, C.Algebra(step.says, side * excess, gap))
            positive(open_degrees(point))
            positive(open_degrees(gap))
        return b.lines[start:]


def crossing(b: Builder, step: C.Crossing) -> list[Line]:
    """The slope and its sign; the signs of the coefficients in each form; one lemma for each place of the change."""
    lines = algebra(b, C.Algebra(step.says, sp.diff(step.error, step.at), step.factor * step.polynomial))

    def add(e: sp.Expr, assume: Any, relation: Literal[">", ">="] = ">") -> None:
        with b.scratch(lines):  # lines of signs refer to others by position
            new = sign(b, C.Sign(step.says, sp.expand(e) if e.is_polynomial() else e, relation, assume))
        lines.extend(new)

    add(step.factor, step.assume)
    degrees = set()
    for form in step.forms:
        changed = sp.cancel(sp.together(step.polynomial.subs(dict(form.change), simultaneous=True)))
        if sp.denom(changed).has(form.x):
            raise DerivationError(f"no polynomial in {form.x}")
        *c, last = reversed(sp.Poly(changed, form.x).all_coeffs())
        degrees.add(len(c))
        add(-c[0], form.assume)
        add(last, form.assume)
        for ratio, here, after in zip(form.ratios, c[1:-1], c[2:], strict=True):
            add(ratio * after - here, form.assume)
            add(ratio, form.assume, ">=")
    x = b.out.name(sp.Symbol("x of the lemma"), "x")
    for degree in sorted(degrees):
        k = [b.out.name(sp.Symbol(f"coefficient {i}"), "c") for i in range(degree + 1)]
        for i in range(degree):
            before = [(-k[j], ">") for j in range(i + 1)]
            after = [(k[j], ">=" if j < degree else ">") for j in range(i + 1, degree + 1)]
            add(sp.Add(*((j - i) * k[j] * x**j for j in range(degree + 1))), (*before, *after, (x, ">")))
    if step.ridge is not None:
        value, ridge, scale = step.ridge
        lines += algebra(b, C.Algebra(step.says, step.polynomial, scale * (ridge - value)))
    return lines


def induction(b: Builder, step: C.Induction) -> list[Line]:
    """Two identities: the start, and the step, in which c^n is a name of its own."""
    n = step.index

    def named(expr: sp.Expr) -> sp.Expr:
        expr = sp.expand_power_exp(sp.expand(expr))
        return expr.replace(lambda e: isinstance(e, sp.Pow) and e.exp == n, lambda e: b.out.name(e, "p"))

    start, after = step.right.subs(n, 0), step.right.subs(n, n + 1)
    return [
        {"rule": "identity", "left": b.out.scalar(start), "right": b.out.scalar(step.start)},
        {
            "rule": "identity",
            "left": b.out.scalar(named(step.recursion(step.right))),
            "right": b.out.scalar(named(after)),
        },
    ]


TACTICS: dict[type[C.Step], Callable[[Builder, Any], list[Line]]] = {
    C.Algebra: algebra,
    C.Words: words,
    C.Traces: traces,
    C.LeadingTraces: traces,
    C.Telescope: telescope,
    C.Crossing: crossing,
    C.Induction: induction,
    C.UniqueRoot: unique_root,
    C.Sign: sign,
    C.Limit: limit,
    C.Minimax: minimax,
    **ORDER_TACTICS,
}
