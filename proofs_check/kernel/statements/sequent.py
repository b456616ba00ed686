"""Sequents Gamma |- phi.  Only rules make them (through World.conclude); equality of formulas is by normal form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .back import atom_term
from .ratio import Ratio, monic, need, spend
from .sigma import BOUND, Data, Sigma, Word, base, strings

RELATIONS = {"=", ">", ">=", "!=", "one", "least", "defined", "all", "=K", "mat=", "<~", "=<>=", "near", "~"}
RELATIONS |= {"some", "lowest"}
Line = dict[str, Any]  # of a certificate
ORDERS = ("<~", "=<>=", "near")

# The axioms of docs/axioms.md, each with its proof or reference there.
LISTED = {
    "stein": "integration by parts of Gaussian letters",
    "wishart-moments": "E |(X'X)^-1|^p is finite iff rows >= d + 2p, rounded up",
    "rotation": "the law of a uniform projection is invariant under conjugation by rotations",
    "fubini": "independent letters may be averaged one after the other",
    "reals": "intermediate value and mean value theorems",
    "power-order": "the order of a sum over a power law, by comparison with an integral",
    "euler": "Euler's integral of the first kind in values of gamma, and his equations of gamma",
    "leading": "the leading part of E of traces is multiplicative, coefficient by coefficient in 1/ridge",
}


@dataclass(frozen=True)
class Sequent:
    hyps: tuple[Data, ...]
    axioms: frozenset[str]
    shows: Data
    token: object


class World:
    def __init__(self, declare: Data) -> None:
        self.sigma = Sigma(declare)
        self.terms, self._token = self.sigma.terms, object()
        self.lines: list[Sequent] = []
        self.sizes: dict[str, tuple[int, int]] = {}  # of atoms, for leading order

    # formulas

    def key(self, f: Data) -> tuple[Any, ...]:
        need(isinstance(f, list) and f and f[0] in RELATIONS, f"not a formula: {str(f)[:60]}")
        head = f[0]
        if head == "one":
            return (head, f[1], self.key(f[2]))
        if head == "least":
            return (
                head,
                f[1],
                frozenset(map(self.key, f[2])),
                self.terms.norm(f[3]).text(),
                self.terms.norm(f[4]).text(),
            )
        if head == "all":
            return (head, self.key(f[1]))
        if head == "some":
            return (head, tuple(tuple(map(self.key, one)) for one in f[1]))
        if head == "lowest":
            pieces = tuple((tuple(map(self.key, hs)), self.terms.norm(t).text()) for hs, t in f[2])
            return (head, tuple(f[1]), pieces, *(self.terms.norm(t).text() for t in (*f[3], f[4])))
        if head == "defined":
            return (head, self.terms.norm(f[1]).text())
        if head == "mat=":
            return (head, tuple(sorted((v, c.text()) for v, c in self.collected(f))))
        if head in ORDERS:

            def power(t: Data) -> Any:
                return tuple(sorted((x, e.text()) for x, e in self.terms.product_of_powers(t).items() if not e.zero))

            first = [self.terms.norm(t).text() for t in f[1:3]] if head == "near" else [power(f[1])]
            return (head, tuple(first), tuple(sorted(set(map(power, f[-1])))))
        if head == "~":
            return (head, *(self.terms.norm(t).text() for t in f[1:3]), *f[3:])
        need(len(f) == 3, "a relation has two sides")
        r = self.terms.norm(f[1]) - self.terms.norm(f[2])
        c = r.constant()
        if c is not None:
            return (
                head,
                (c == 0) if head == "=" else (c > 0) if head == ">" else (c >= 0) if head == ">=" else (c != 0),
            )
        p, k = monic(r.num)
        sign = 1 if head in ("=", "!=") or k > 0 else -1
        return (head, tuple(sorted((m, sign * a) for m, a in p.items())), tuple(sorted(r.den.items())))

    def words(self, f: Data) -> list[tuple[Word, Ratio]]:
        """left - right of an equation of matrices, as a sum of words."""
        need(len(f) == 4 and len(f[3]) == 2, "an equation of matrices: left, right, shape")
        return [*self.sigma.poly(f[1], *f[3]), *((v, -c) for v, c in self.sigma.poly(f[2], *f[3]))]

    def collected(self, f: Data) -> list[tuple[Word, Ratio]]:
        """The same, each word once."""
        total: dict[Word, Ratio] = {}
        for v, c in self.words(f):
            total[v] = total[v] + c if v in total else c
        return [(v, c) for v, c in total.items() if not c.zero]

    def difference(self, f: Data) -> Ratio:
        return self.terms.norm(f[1]) - self.terms.norm(f[2])

    def wd(self, f: Data) -> list[Data]:
        """What makes the terms of a formula defined."""
        if f[0] == "one":
            need(False, "`one` is concluded by its rule only")
        if f[0] == "all":
            return [["all", h] if set(BOUND) & self.free(h) else h for h in self.wd(f[1])]
        if f[0] in ("least", "defined"):
            return []
        if f[0] == "some":
            return [h for one in f[1] for g in one for h in self.wd(g)]
        if f[0] == "lowest":  # that its conditions and functions have values is in the Γ of the lines
            return [h for t in (*f[3], f[4]) for h in self.terms.defined(t)]
        if f[0] == "mat=":
            parts = [*f[1], *f[2]]
            out = [h for c, _ in parts for h in self.terms.defined(c)]
            return out + [h for _, v in parts for u in self.terms.keys([v]) for h in self.sigma.exist(u)]
        if f[0] in ORDERS:
            products = f[-1] if f[0] == "near" else [f[1], *f[-1]]
            bases = {x for t in products for x in self.terms.product_of_powers(t)}
            positive = [[">", atom_term(self.terms, x), "0"] for x in sorted(bases)]
            return [h for t in (*f[1:-1], *f[-1]) for h in self.terms.defined(t)] + positive
        return self.terms.defined(f[1]) + self.terms.defined(f[2])

    def free(self, f: Data) -> set[str]:
        if f[0] == "one":
            return self.free(f[2]) - {f[1]}
        if f[0] == "all":
            return self.free(f[1]) - set(BOUND)
        if f[0] == "least":
            return set().union(*map(self.free, f[2]), self.terms.free(f[3])) - {f[1]} | self.terms.free(f[4])
        if f[0] == "some":
            return set().union(*(self.free(g) for one in f[1] for g in one))
        if f[0] == "lowest":
            inner = set().union(*(self.terms.free(t).union(*map(self.free, hs)) for hs, t in f[2]))
            return (inner - set(f[1])).union(*map(self.terms.free, (*f[3], f[4])))
        if f[0] == "mat=":
            return set().union(*(self.terms.free(c) | {base(t) for t in v} for c, v in (*f[1], *f[2])))
        if f[0] in ORDERS:
            return set().union(*map(self.terms.free, (*f[1:-1], *f[-1])))
        if f[0] == "~":
            return set().union(*map(self.terms.free, f[1:4]))
        return set().union(*map(self.terms.free, f[1:]))

    def gather(self, *groups: Iterable[Data]) -> dict[Any, Data]:
        """Hypotheses, each once, with what makes them defined; true numbers dropped, false ones refused."""
        out, todo = {}, [h for g in groups for h in g]
        while todo:
            h = todo.pop(0)
            k = self.key(h)
            spend(5)
            if k in out or k[1] is True or self.by_sorts(h):
                continue
            need(k[1] is not False, f"a hypothesis that is false: {h}")
            out[k] = h
            if h[0] != "defined":
                todo += [g for g in self.wd(h) if self.key(g) != k]
        return out

    def by_sorts(self, h: Data) -> bool:
        """Whether the sorts say that an inequality holds."""
        return h[0] in (">", ">=") and self.terms.nonnegative(self.difference(h), h[0] == ">")

    def conclude(
        self,
        shows: Data,
        hyps: Iterable[Data],
        lines: Sequence[Sequent],
        axioms: Iterable[str] = (),
        defined: bool = True,
    ) -> Sequent:
        """A new sequent: hypotheses of the lines and of the rule join; so does what makes the conclusion defined."""
        wd = self.wd(shows) if defined else []
        known = {k for s in lines for k in self.asserted(s.shows)}
        wd = [h for h in wd if not (h[0] == "defined" and self.key(h) in known)]
        used = frozenset(axioms).union(self.sigma.noted, *(s.axioms for s in lines))
        self.sigma.noted.clear()
        return Sequent(tuple(self.gather(*[s.hyps for s in lines], hyps, wd).values()), used, shows, self._token)

    def asserted(self, f: Data, endless: bool = True) -> set[Any]:
        """Keys of `defined a` for every E_test (and sum without end) that stands in a relation that holds."""
        out = set[Any]()
        if f[0] in ("=K", "least", "lowest", "some", "one", "all", "mat="):  # a bound name, or no relation
            return out

        def walk(t: Data) -> None:
            if isinstance(t, list):
                without_end = endless and t and t[0] == "spec" and self.terms.endless()
                if without_end or (t and t[0] == "Etest" and self.terms.fits(t[1])[0]):
                    out.add(self.key(["defined", t]))
                for a in t:
                    walk(a)

        walk(f)
        return out

    def grants(self, s: Sequent) -> set[Any]:
        """Keys of the formulas that follow at once from what a sequent shows."""
        keys = {self.key(s.shows)} | self.asserted(s.shows)
        if s.shows[0] == ">":
            keys |= {self.key(["!=", *s.shows[1:]]), self.key([">=", *s.shows[1:]])}
        if not any(set(BOUND) & self.free(h) for h in s.hyps):
            keys |= {("all", k) for k in keys}
        return keys

    def line(self, i: Any, *heads: str) -> Sequent:
        need(type(i) is int and 0 <= i < len(self.lines), "no such earlier line")
        s = self.lines[i]
        need(s.token is self._token, "a sequent of another certificate")
        need(not heads or s.shows[0] in heads, f"line {i} concludes {s.shows[0]}, not {' or '.join(heads)}")
        return s

    def says(self, i: Any, formula: Data) -> Sequent:
        """Line i concludes this formula, as data: then all that is written in it is defined."""
        s = self.line(i)
        need(s.shows == formula, f"line {i} does not conclude {formula}")
        return s

    def speaking(self, x: str, r: Ratio) -> set[str]:
        """The atoms of a normal form that speak of a name: itself, and what a power, a trace ... of it stands for."""
        return {a for a in r.atoms() if x in self.terms.free(atom_term(self.terms, a))}

    def used(self, name: str) -> bool:
        """Whether a declaration of a letter or a root speaks of a scalar."""
        s = self.sigma
        told = strings((s.letters, s.series, s.spectrum, s.law))
        return name in told or any(name in self.free(r) for r in s.roots.values())

    def variable(self, x: str, *sorts: str) -> None:
        """x is a scalar variable: of a sort, not defined, no declaration speaks of it."""
        need(
            self.sigma.sorts.get(x) in (sorts or self.sigma.sorts.values()) and x not in ("s", "w2"),
            f"{x} is no variable of sort {sorts}",
        )
        need(x not in self.sigma.roots and not self.used(x), f"{x} is no variable: a declaration speaks of it")

    def tends(self, x: str, to: str) -> None:
        """x is a number that may tend to 0, or to infinity."""
        sorts = {"0": ("real>0",), "oo": ("real>0", "nat+")}.get(to, ())
        good = self.sigma.sorts.get(x) in sorts and x not in {*self.sigma.roots, *self.sigma.series}
        need(good, f"{x} is no number that tends to {to}")

    def without(self, x: str, hyps: Iterable[Data], allowed: Iterable[Data] = ()) -> list[Data]:
        """Hypotheses, none of which (but those allowed) speaks of x."""
        keys = {self.key(a) for a in allowed}
        rest = [h for h in hyps if self.key(h) not in keys]
        loose = [h for h in rest if x in self.free(h)]
        need(not loose, f"{x} is not arbitrary: {loose[:1]}")
        return rest
