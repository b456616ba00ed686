"""From the steps of a derivation to lines of a certificate: one function for each rule.

Untrusted, like the search: the kernel judges the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from proofs_check import kernel as K
from proofs_check.export import Exporter
from proofs_check.search import as_sympy, prove_traces, reduce_words
from theorems import claim as C
from theorems import vocabulary as voc
from theorems.errors import DerivationError
from theorems.functions import Expect, Kappa, SpectralSum, open_degrees

Line = dict[str, Any]


class Builder:
    """Collects the lines of one claim's certificate; ``positions`` maps a step to its line."""

    def __init__(self, claim: C.Claim, steps: tuple[C.Step, ...]) -> None:
        self.claim, self.steps, self.out = claim, steps, Exporter()
        self.lines: list[Line] = []
        self.positions: dict[int, int] = {}
        self.out.leading = any(isinstance(s, C.LeadingTraces) for s in steps)
        for step in steps:  # one context for all lines: declare every letter before the first is proved
            self._declare(step)

    def _declare(self, step: C.Step) -> None:
        for name in ("left", "right", "term", "summand"):
            self._letters(getattr(step, name, None))
        for hint in getattr(step, "by", ()):
            for part in (getattr(hint, "word", None), getattr(hint, "letter", None), *hint.others):
                self._letters(part)
            for a, b in getattr(hint, "replace", ()):
                self._letters(a)
                self._letters(b)
        if isinstance(step, C.Telescope):
            term = shifted(step.term) if isinstance(step.term, sp.Basic) else step.term
            self._letters(term)

    def _letters(self, expr: Any) -> None:
        if isinstance(expr, sp.Basic):
            for x in sorted(expr.atoms(sp.MatrixSymbol), key=lambda x: x.name):
                if x in voc.DEFINITIONS:
                    self._letters(voc.DEFINITIONS[x])
                else:
                    self.out.use(x)

    def context(self) -> K.Context:
        return K.Context(self.out.context(), K.Budget())

    def document(self) -> Any:
        return {"format": K.FORMAT, "claim": self.claim.id, "context": self.out.context(), "lines": self.lines}

    def done(self) -> list[dict[str, Any]]:
        """What the lines so far conclude, as the kernel sees it."""
        ctx, done = self.context(), []  # type: ignore[var-annotated]
        for line in self.lines:
            done.append(K.RULES[line["rule"]](ctx, line, done))
        return done


def shifted(expr: sp.Basic) -> sp.Basic:
    """L(m) -> L(m+1): every letter and scalar with the index m moves on."""
    change = {}
    for x in expr.atoms(sp.MatrixSymbol):
        if "[m]" in x.name:
            change[x] = sp.MatrixSymbol(x.name.replace("[m]", "[m+1]"), *x.shape)
    return expr.xreplace(change)


# --- rules -----------------------------------------------------------------------------------------------------------


def algebra(b: Builder, step: C.Algebra) -> list[Line]:
    left, right = open_degrees(step.left), open_degrees(step.right)
    if left.has(Expect) or right.has(Expect):
        return [_expectations(b, step, left, right)]
    sums: dict[str, Any] = {}
    linear: dict[str, Any] = {}
    if left.has(SpectralSum) or right.has(SpectralSum):
        whole = step.isotropic is not None or left == right  # sums that agree as they stand are not taken apart
        left, right = (_name_sums(b, e, sums, linear, whole) for e in (left, right))
        modulo = [tuple(_name_sums(b, open_degrees(e), sums, linear, False) for e in item) for item in step.assuming]
        b.out.scalar(voc.s)
        b.out.scalar(voc.w2)
        line: Line = {
            "rule": "spectral",
            "left": b.out.scalar(left),
            "right": b.out.scalar(right),
            "sums": sums,
            "linear": linear,
        }
        if modulo:
            line["modulo"] = [[b.out.scalar(c), b.out.scalar(x - y)] for x, y, c in modulo]
        if step.isotropic is not None:
            line["isotropic"] = [b.out.scalar(x) for x in step.isotropic]
            line["linear"] = {}
        return [line]
    line = {"rule": "identity", "left": b.out.scalar(left), "right": b.out.scalar(right)}
    if step.assuming:
        line["modulo"] = [[b.out.scalar(c), b.out.scalar(x - y)] for x, y, c in step.assuming]
    return [line]


def _name_sums(b: Builder, expr: sp.Expr, sums: dict[str, Any], linear: dict[str, Any], whole: bool) -> sp.Expr:
    """Replace every sum over the spectrum by a name; unless ``whole``, write each in partial fractions."""
    expr = expr.replace(lambda e: isinstance(e, Kappa), lambda e: b.out.name(e))
    while expr.has(SpectralSum):
        inner = next(
            x for x in sp.preorder_traversal(expr) if isinstance(x, SpectralSum) and not x.summand.has(SpectralSum)
        )
        name = b.out.name(inner)
        expr = expr.xreplace({inner: name})
        if name.name in sums:
            continue
        sums[name.name] = b.out.scalar(inner.summand)
        b.out.scalars[name.name] = None
        if not whole:
            combination = []
            for c, basis in partial_fractions(inner.summand):
                known = voc.d if basis == 1 else b.out.name(SpectralSum(basis), "g")
                known_name = b.out.scalar(known)
                sums.setdefault(known_name, b.out.scalar(basis))
                combination.append([b.out.scalar(c), known_name])
            if combination != [["1", name.name]]:
                linear[name.name] = combination
    return expr


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
    difference = ctx.minus_words(ctx.word_poly(left, *shape), ctx.word_poly(right, *shape))
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
        return {"kind": "loop", "group": "rotation", "word": _single(b, hint.word), "others": others}
    if isinstance(hint, C.Defining):
        ctx = b.context()
        listed = len(ctx.relations) - 2 * len(ctx.inverses)  # each inverse adds p Y = 1 and Y p = 1, in this order
        index = listed + 2 * list(ctx.inverses).index(hint.letter.name) + 1
        right = [] if hint.word is None else _single(b, hint.word)
        return {
            "kind": "relation",
            "relation": index,
            "transposed": False,
            "left": [],
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
    if isinstance(step.term, sp.MatrixExpr):
        term, summand = (b.out.word_data(b.out.words(e)) for e in (step.term, step.summand))
    else:
        term, summand = (b.out.trace_data(b.out.traces(e)) for e in (step.term, step.summand))
    return [{"rule": "telescope", "step": b.positions[step.step], "term": term, "summand": summand}]


def sign(b: Builder, step: C.Sign) -> list[Line]:
    assume = [[b.out.scalar(e), rel] for e, rel in step.assume]
    helpers = Signs(b, step.assume, assume)
    data = helpers.decompose(step.expression)
    return [
        *helpers.lines,
        {
            "rule": "nonnegative",
            "expression": b.out.scalar(step.expression),
            "relation": step.relation,
            "assume": helpers.assumed(),
            "sum": data,
        },
    ]


class Signs:
    """Writes a rational function as a sum of products of assumed quantities (Handelman's form, by substitution)."""

    def __init__(self, b: Builder, assume: tuple[tuple[sp.Expr, str], ...], data: list[Any]) -> None:
        self.b, self.lines = b, []  # type: ignore[var-annotated]
        self.facts: list[tuple[sp.Expr, str]] = list(assume)
        self.plain, self.extra = data, []  # type: ignore[var-annotated]
        # x - c >= 0 with its own symbol x: substitute x = h + c, one after the other; simplest assumptions first.
        self.change: dict[sp.Symbol, sp.Expr] = {}
        self.slack: dict[sp.Symbol, int] = {}
        self.pairs: list[tuple[sp.Symbol, sp.Symbol, sp.Expr]] = []  # slacks of lo <= x <= hi and the length hi - lo
        order = sorted(
            range(len(assume)),
            key=lambda i: (
                len(assume[i][0].free_symbols),
                assume[i][0].subs(dict.fromkeys(assume[i][0].free_symbols, 0)),
            ),
        )
        for sign_ in (1, -1):
            for i in order:
                if i not in self.slack.values():
                    self._pivot(i, assume[i][0], sign_)

    def _pivot(self, i: int, e: sp.Expr, sign_: int) -> None:
        h = sp.Symbol(f"_h{i}", positive=True)
        for x in sorted(e.free_symbols, key=str):
            if not e.is_polynomial(x) or sp.Poly(e, x).degree() != 1 or sp.Poly(e, x).LC() != sign_:
                continue
            c = sp.Poly(e, x).nth(0)
            if x not in self.change:
                self.change[x] = (h - c) / sign_
                self.slack[h] = i
                return
            other = next((g for g in self.slack if sp.expand(self.change[x] - g).is_number), None)
            if sign_ < 0 and c.is_number and other is not None:  # hi - x >= 0 beside x - lo >= 0
                self.pairs.append((other, h, c - sp.expand(self.change[x] - other)))
                self.slack[h] = i
                return

    def assumed(self) -> list[Any]:
        return self.plain + self.extra

    def in_slacks(self, expr: sp.Expr) -> sp.Expr:
        for _ in range(len(self.change) + 1):
            expr = expr.subs(self.change)
        return expr

    def decompose(self, expr: sp.Expr) -> list[Any]:
        num, den = sp.fraction(sp.factor(sp.together(expr)))
        factors: list[tuple[int, int]] = []
        scale = sp.S.One
        for factor in sp.Mul.make_args(den):
            base, e = factor.as_base_exp()
            if base.is_number:
                scale /= base**e
                continue
            content, base = base.as_content_primitive()
            scale /= content**e
            negative, index = self._fact(base)
            scale *= (-1) ** int(e) if negative else 1
            factors.append((index, -int(e)))
        out = []
        if sp.expand(num) == 0:
            return []
        value = sp.expand(self.in_slacks(num) * scale)
        for extra in range(4):  # Bernstein form of rising degree where a symbol is confined to an interval
            form = value
            for low, high, length in self.pairs:
                terms = sp.Poly(form, low).terms()
                top = max(e for (e,), _ in terms) + extra
                form = sp.expand(sum(c * low**e * ((low + high) / length) ** (top - e) for (e,), c in terms))
            free = sorted(form.free_symbols, key=str)
            poly = sp.Poly(form, *free) if free else None
            if poly is None or all(c > 0 for c in poly.coeffs()) or not self.pairs:
                break
        for mono, c in poly.terms() if poly is not None else [((), sp.expand(num * scale))]:
            if not c.is_Rational or c <= 0:
                raise DerivationError(f"no sum of products of the assumed quantities: {sp.sstr(expr):.100}")
            powers = dict(factors)
            for x, e in zip(free, mono, strict=True):
                if e:
                    if x not in self.slack:
                        raise DerivationError(f"the sign of {x} is not assumed")
                    powers[self.slack[x]] = powers.get(self.slack[x], 0) + e
            out.append([str(c), [[i, e] for i, e in sorted(powers.items())]])
        return out

    def _fact(self, base: sp.Expr) -> tuple[bool, int]:
        """The index of base > 0 among the facts (or of -base), proving it first if it is not there."""
        for sign_, e in ((1, base), (-1, -base)):
            for i, (known, rel) in enumerate(self.facts):
                if rel == ">" and sp.expand(known - e) == 0:
                    return sign_ < 0, i
        for sign_, e in ((1, base), (-1, -base)):
            try:
                data = self.decompose(e)
            except DerivationError:
                continue
            line = {
                "rule": "nonnegative",
                "expression": self.b.out.scalar(e),
                "relation": ">",
                "assume": list(self.plain),
                "sum": data,
            }
            self.lines.append(line)
            self.facts.append((e, ">"))
            self.extra.append(["line", len(self.b.lines) + len(self.lines) - 1])
            return sign_ < 0, len(self.facts) - 1
        raise DerivationError(f"the sign of {sp.sstr(base)} is not known")


def limit(b: Builder, step: C.Limit) -> list[Line]:
    if not step.expression.is_rational_function(
        step.variable
    ):  # what the kernel does not look into would be held fixed
        raise DerivationError(f"not a rational function of {step.variable}: {sp.sstr(step.expression):.80}")
    return [
        {
            "rule": "limit",
            "expression": b.out.scalar(step.expression),
            "variable": b.out.scalar(step.variable),
            "value": b.out.scalar(step.value),
        }
    ]


def minimax(b: Builder, step: C.Minimax) -> list[Line]:
    """Dual multipliers from the functions that are active at the point: one flat one, or two of opposite slope."""
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
    for y, y_lo, y_hi in candidates:
        signs = Signs(b, step.assume, [[b.out.scalar(e), rel] for e, rel in step.assume])
        checks = [sp.together(step.value - a * step.point - c) for a, c in step.affine]
        checks += (
            [sp.together(step.point - lo)]
            + ([sp.together(hi - step.point)] if hi is not None else [])
            + [*y, y_lo, y_hi]
        )
        try:
            certificates = []
            for e in checks:
                e = sp.cancel(e)
                if e.is_number:
                    if e < 0:
                        raise DerivationError("a sign is wrong")
                else:
                    certificates.append(signs.decompose(e))
        except DerivationError:
            continue
        b_lines = signs.lines
        return [
            *b_lines,
            {
                "rule": "minimax",
                "affine": [[b.out.scalar(a), b.out.scalar(c)] for a, c in step.affine],
                "interval": [b.out.scalar(lo), None if hi is None else b.out.scalar(hi)],
                "x": b.out.scalar(step.point),
                "value": b.out.scalar(step.value),
                "multipliers": [b.out.scalar(x) for x in y],
                "bounds": [b.out.scalar(y_lo), b.out.scalar(y_hi)],
                "assume": signs.assumed(),
                "signs": certificates,
            },
        ]
    raise DerivationError("no multipliers prove that the point is optimal")


def _one_sum(expr: sp.Expr) -> sp.Expr:
    """The summand of a constant times one sum over the spectrum, the constant included."""
    opened, x = open_degrees(expr), sp.Dummy()
    sums = opened.atoms(SpectralSum)
    if len(sums) != 1:
        raise DerivationError("the left side is not one sum over the spectrum")
    (total,) = sums
    form = opened.xreplace({total: x})
    constant = sp.diff(form, x)
    if constant.has(x, voc.s, voc.w2) or sp.expand(form - constant * x) != 0:
        raise DerivationError("the left side is not a constant times a sum over the spectrum")
    return constant * total.summand


def power_order(b: Builder, step: C.PowerOrder) -> list[Line]:
    """Write the summand as j^-e f(y) with y = k/s = k j^beta, and bound f on both sides of y = 1."""
    y, k, s = sp.Symbol("y"), voc.k, voc.s
    if step.summand.has(voc.w2):  # w2 = j^-(1 + 2 beta r)/s
        e, f = 1 + 2 * voc.beta * voc.r, sp.cancel((sp.diff(step.summand, voc.w2) / s).subs(s, k / y))
    else:
        e, f = sp.S.Zero, sp.cancel(step.summand.subs(s, k / y))
    if sp.cancel(_one_sum(step.left) - step.summand) != 0:
        raise DerivationError("the summand is not that of the left side")
    if step.case == "log":
        if sp.Eq(voc.r, 1) not in b.claim.conditions:
            raise DerivationError("the logarithm is that of r = 1, which is no hypothesis of the claim")
        e = e.subs(voc.r, 1)
    if f.free_symbols - {y}:
        raise DerivationError(f"the summand does not depend on k/s alone: {f}")
    assume = [[b.out.scalar(x), rel] for x, rel in step.assume]
    b.out.scalar(y)
    line: Line = {
        "rule": "power-order",
        "e": b.out.scalar(e),
        "beta": b.out.scalar(voc.beta),
        "f": b.out.scalar(f),
        "case": step.case,
        "assume": assume,
    }
    for name, power, inside in (("head", -step.head, 1 - y), ("tail", step.tail, y - 1)):
        scaled = sp.cancel(f * y**power)
        ends = [sp.limit(scaled, y, 0 if name == "head" else sp.oo), scaled.subs(y, 1)]
        low, high = min(ends), max(ends)
        region = ((y, ">"), (inside, ">="), (1 + y, ">"))
        signs = Signs(b, (*region, *step.assume), [])
        line[name] = {
            "power": abs(power),
            "lower": str(low),
            "upper": str(high),
            "above": signs.decompose(scaled - low),
            "below": signs.decompose(high - scaled),
        }
        if signs.lines:
            raise DerivationError("bounds need auxiliary signs")
    signs = Signs(b, step.assume, assume)
    theta = voc.beta * step.head - e + 1
    line["beta_positive"] = signs.decompose(voc.beta)
    line["tail_converges"] = signs.decompose(sp.expand(e + voc.beta * step.tail - 1))
    if step.case != "log":
        line["head_sign"] = signs.decompose(sp.expand(theta if step.case == "power" else -theta))
    order = (e - 1) / voc.beta if step.case == "power" else sp.Integer(step.head)
    expected = k**order * (sp.log(1 / k) if step.case == "log" else 1)
    if sp.powsimp(sp.expand_log(step.right / expected, force=True)) != 1 and sp.simplify(step.right / expected) != 1:
        raise DerivationError(f"the order that follows is {expected}")
    line |= {"order": b.out.scalar(sp.together(order)), "logarithm": step.case == "log"}
    return [*signs.lines, line]


def unique_root(b: Builder, step: C.UniqueRoot) -> list[Line]:
    """The rearrangement, the monotonicity of every term, and its limits at infinity and at 0 (u = 1/unknown)."""
    x, u = step.unknown, sp.Symbol("u", positive=True)
    factor = x if step.factor is None else step.factor
    lines = algebra(b, C.Algebra(step.says, step.left - step.right, factor * (1 - sum(step.terms))))
    assume = (*step.assume, (x, ">"), (voc.s, ">"))
    strict, above = False, []
    for term in step.terms:
        summand = term.replace(
            lambda e: isinstance(e, SpectralSum), lambda e: e.summand
        )  # a sum falls if each summand does
        slope = sp.factor(sp.diff(summand, x))
        lines.append(
            {
                "rule": "derivative",
                "expression": b.out.scalar(summand),
                "variable": b.out.scalar(x),
                "value": b.out.scalar(slope),
            }
        )
        b.lines += lines  # Signs refers to lines by position
        new = sign(b, C.Sign(step.says, -slope, ">", assume))
        del b.lines[len(b.lines) - len(lines) :]
        lines += new
        strict = True
        lines += limit(b, C.Limit(step.says, summand, x, sp.S.Zero))
        at_zero = sp.limit(summand.subs(x, 1 / u), u, sp.oo)
        if at_zero.has(sp.oo):
            lines += limit(b, C.Limit(step.says, sp.cancel(1 / summand.subs(x, 1 / u)), u, sp.S.Zero))
            above.append(sp.oo)
        else:
            lines += limit(b, C.Limit(step.says, summand.subs(x, 1 / u), u, at_zero))
            above.append(at_zero * (voc.d if term.has(SpectralSum) else 1))
    if not strict:
        raise DerivationError("no term falls strictly")
    if sp.oo not in above:  # h(0+) > 1
        b.lines += lines
        new = sign(b, C.Sign(step.says, sp.together(sum(above) - 1), ">", step.assume))
        del b.lines[len(b.lines) - len(lines) :]
        lines += new
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
    C.Induction: induction,
    C.UniqueRoot: unique_root,
    C.PowerOrder: power_order,
    C.Sign: sign,
    C.Limit: limit,
    C.Minimax: minimax,
}
