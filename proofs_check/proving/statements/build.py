"""Writes certificates of statements (not believed: what it writes is checked).  SymPy finds the cofactors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ...kernel.statements import certificates, ratio
from ...kernel.statements.back import term_of
from ...kernel.statements.sequent import World

Data = Any


class Build:
    def __init__(self, claim: str, declare: Data, given: Data, shows: Data, model: Data) -> None:
        self.c = {
            "format": certificates.FORMAT,
            "claim": claim,
            "declare": declare,
            "given": given,
            "shows": shows,
            "model": model,
            "lines": [],
        }
        ratio.Budget.left = 10**9
        self.w = World(declare)
        self.given = {self.w.key(g) for g in given}
        self.keys: list[tuple[set[Any], bool, set[Any]]] = []

    def add(self, rule: str, **fields: Any) -> int:
        line = {"rule": rule, **fields}
        self.w.lines.append(certificates.RULES[rule](self.w, line))
        self.c["lines"].append(line)
        i = len(self.w.lines) - 1
        return self.tidy(i) if rule not in ("cut", "assume", "domain", "unique-root") else i

    def tidy(self, i: int) -> int:
        """Cut what earlier lines show, those first that rest on the hypotheses alone."""
        w, hyps, by = self.w, {self.w.key(h) for h in self.w.lines[i].hyps}, []
        given = self.given
        for s in w.lines[len(self.keys) :]:
            own = {w.key(h) for h in s.hyps}
            supposed = w.key(s.shows) in own if s.shows[0] in ("=", ">", ">=", "!=") else False
            self.keys.append((own, supposed, w.grants(s)))
        for sure in (True, False):
            for j, (own, supposed, granted) in enumerate(self.keys):
                if j == i or j in by or sure != (own <= given) or (supposed and not sure):
                    continue
                if keys := (granted - own) & hyps:
                    by.append(j)
                    hyps -= keys
        return self.add("cut", line=i, by=by) if by else i

    def document(self) -> Any:
        """The certificate, as plain data."""
        return json.loads(json.dumps(self.c))

    # helpers

    def sympy(self, r: ratio.Ratio) -> sp.Expr:
        return self.spoly(r.num) / sp.Mul(*(self.spoly(dict(f)) ** e for f, e in r.den.items()))

    def spoly(self, p: Any) -> sp.Expr:
        return sp.Add(
            *(
                sp.Rational(c.numerator, c.denominator) * sp.Mul(*(sp.Symbol(x) ** e for x, e in m))
                for m, c in ((m, sp.Rational(str(c))) for m, c in p.items())
            )
        )

    def term(self, e: sp.Expr) -> Data:
        """A SymPy expression in atoms as a term."""
        n, d = sp.fraction(sp.together(e))
        out = []
        for q in (n, d):
            q = sp.Poly(q, *sorted(q.free_symbols, key=str)) if q.free_symbols else q
            out.append(
                str(q)
                if not isinstance(q, sp.Poly)
                else [
                    "+",
                    "0",
                    *(
                        ["*", str(k), "1", *(["^", self.back(str(g)), i] for g, i in zip(q.gens, m, strict=False) if i)]
                        for m, k in q.terms()
                    ),
                ]
            )
        return ["/", *out] if d != 1 else out[0]

    def back(self, x: str) -> Data:
        return term_of(self.w.terms, ratio.atom(x)) if x in self.w.terms.opaque else x

    def ring(self, shows: Data, lines: Sequence[int] = (), cofactors: Sequence[Any] | None = None) -> int:
        """By a linear system over the field of scalars: which multiples of the lines add up."""
        if cofactors is None:
            w = self.w
            rows = [self.sympy(w.difference(shows))] + [self.sympy(w.difference(w.lines[i].shows)) for i in lines]
            atoms = sorted(
                {
                    a
                    for r in rows
                    for a in r.free_symbols
                    if str(a) in w.terms.opaque and w.terms.opaque[str(a)][0] in ("E", "tr", "Etest")
                },
                key=str,
            )
            polys = [sp.Poly(sp.expand(sp.together(r)), *atoms) for r in rows] if atoms else []
            xs = sp.symbols(f"x0:{len(lines)}")
            eqs = [
                polys[0].coeff_monomial(m) - sum(x * p.coeff_monomial(m) for x, p in zip(xs, polys[1:], strict=True))
                for m in {m for p in polys for m in p.monoms()}
            ]
            (sol,) = sp.linsolve(eqs, xs) if xs else ((),)
            cofactors = [sp.cancel(s.subs(dict.fromkeys(xs, 0))) for s in sol]
        by = [
            [self.term(c) if isinstance(c, sp.Expr) else c, i] for c, i in zip(cofactors, lines, strict=False) if c != 0
        ]
        return self.add("ring", shows=shows, by=by)

    def reduced(self, shows: Data, lines: Iterable[int]) -> int:
        """``ring`` by these lines and the defining equations of inverses of one word, wherever they apply."""
        w, known, lines = self.w, set(), list(lines)
        for _ in range(6):
            keys = {x for f in (shows, *(w.lines[i].shows for i in lines)) for x in w.difference(f).atoms()}
            new = []
            for x in sorted(keys):
                kind, data = w.terms.opaque.get(x, ("", None))
                new += [step for step in self._steps(data if kind == "E" else ()) if str(step) not in known]
            if not new:
                break
            for step in new:
                if str(step) not in known:
                    known.add(str(step))
                    z, side, after, others = step
                    lines.append(self.add("inverse", letter=z, side=side, after=after, others=others))
        return self.ring(shows, lines)

    def _steps(self, words: Any) -> Iterator[Any]:
        for i, v in enumerate(words):
            others = [list(o) for j, o in enumerate(words) if j != i]
            for r in (v, self.w.sigma.transpose(v)):
                for k in range(len(r)):
                    turned = r[k:] + r[:k]
                    spec = self.w.sigma.letters.get(turned[0], {})
                    if "inverse" in spec and len(spec["inverse"]) == 1:
                        p = tuple(spec["inverse"][0][1])
                        if turned[1 : 1 + len(p)] == p:
                            yield turned[0], "left", list(turned[1 + len(p) :]), others

    def shift(self, wanted: Data, facts: Iterable[int]) -> list[Any]:
        """Terms that show a sign: a hypothesis, and a number >= 0 more; or the sorts of the names."""
        gap = self.w.difference(wanted)
        below = [(f[0][0][0][0], e) for f, e in gap.den.items() if len(f) == 1]
        if self.w.terms.nonnegative(gap, wanted[0] == ">") and len(below) == len(gap.den):
            under = [[self.sort(x), -e] for x, e in below]
            return [[str(c), *([self.sort(x), e] for x, e in m), *under] for m, c in gap.num.items()]
        for f in facts:
            s = self.w.lines[f].shows
            more = (gap - self.w.difference(s)).constant() if s[0] in (">", ">=") else None
            if more is not None and (more > 0 or (more == 0 and s[0] == ">")):
                return [["1", [f, 1]], *([[str(more)]] if more else [])]
        raise DerivationError(f"no hypothesis gives {wanted}")

    def sort(self, x: str) -> int:
        """The line for what its sort says of an atom."""
        strict = self.w.terms.monomial_sign(((x, 1),)) == 2
        return self.add("domain", name=self.back(x), how=">" if strict else ">=")

    def implied(self, i: int) -> None:
        """Lines for what hypotheses imply by a shift: signs, and that denominators do not vanish, factor by factor."""
        facts = [j for j, s in enumerate(self.w.lines) if s.shows[0] in (">", ">=")]
        for h in self.w.lines[i].hyps:
            if h[0] in (">", ">="):
                with suppress(DerivationError, ratio.Rejected):
                    self.positive([">", *h[1:]], *self.shift([">", *h[1:]], facts))
                    continue
            if h[0] in (">", "!=") and h[2] == "0":
                by = []
                top, below = sp.fraction(sp.cancel(self.sympy(self.w.difference(h))))
                (constant, factors), (c, under) = sp.factor_list(top), sp.factor_list(below)
                constant, factors = constant / c, [*factors, *((f, -e) for f, e in under)]
                for factor, e in factors:
                    for sign in (1, -1):
                        shows = [">", self.term(sp.expand(sign * factor)), "0"]
                        with suppress(DerivationError, ratio.Rejected):
                            by.append([self.positive(shows, *self.shift(shows, facts)), e])
                            constant *= sign ** abs(e)
                            break
                with suppress(ratio.Rejected):
                    if h[0] == "!=":
                        self.add("nonzero", term=h[1], by=by)
                    else:
                        self.positive(h, [str(constant), *by])

    def last(self, rule: str, **fields: Any) -> int:
        """The conclusion as the last line; what hypotheses imply, and what earlier lines show, is cut."""
        i = self.add(rule, **fields)
        count = len(self.w.lines)
        self.implied(i)
        return self.add(rule, **fields) if len(self.w.lines) != count else i

    def positive(self, shows: Data, *terms: Any, by: Iterable[Any] = ()) -> int:
        return self.add(
            "positive", shows=shows, sum=[[c, [list(f) for f in fs]] for c, *fs in terms], by=[list(b) for b in by]
        )

    def cut(self, i: int, *by: int) -> int:
        if not any(
            self.w.key(h) in {k for j in by for k in self.w.grants(self.w.lines[j])} for h in self.w.lines[i].hyps
        ):
            return i
        return self.add("cut", line=i, by=list(by))
