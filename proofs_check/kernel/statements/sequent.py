"""Sequents Gamma |- phi.  Only rules make them (through World.conclude); equality of formulas is by normal form."""

from dataclasses import dataclass

from .ratio import monic, need, spend
from .sigma import BOUND, Sigma, strings
from .terms import RELATIONS

# The axioms of docs/axioms.md, each with its proof or reference there.
LISTED = {
    "stein": "integration by parts of Gaussian letters",
    "wishart-moments": "E |(X'X)^-1|^p is finite iff rows >= d + 2p, rounded up",
    "fubini": "independent letters may be averaged one after the other",
    "reals": "intermediate value and mean value theorems",
    "leading": "the leading part of E of traces is multiplicative, coefficient by coefficient in 1/ridge",
}


@dataclass(frozen=True)
class Sequent:
    hyps: tuple
    axioms: frozenset
    shows: list
    token: object


class World:
    def __init__(self, declare):
        self.sigma = Sigma(declare)
        self.terms, self.lines, self._token = self.sigma.terms, [], object()

    # formulas

    def key(self, f):
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
        if head == "defined":
            return (head, self.terms.norm(f[1]).text())
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

    def difference(self, f):
        return self.terms.norm(f[1]) - self.terms.norm(f[2])

    def wd(self, f):
        """What makes the terms of a formula defined."""
        if f[0] == "one":
            need(False, "`one` is concluded by its rule only")
        if f[0] == "all":
            return [["all", h] if set(BOUND) & self.free(h) else h for h in self.wd(f[1])]
        if f[0] in ("least", "defined"):
            return []
        return self.terms.defined(f[1]) + self.terms.defined(f[2])

    def free(self, f):
        if f[0] == "one":
            return self.free(f[2]) - {f[1]}
        if f[0] == "all":
            return self.free(f[1]) - set(BOUND)
        if f[0] == "least":
            return set().union(*map(self.free, f[2]), self.terms.free(f[3])) - {f[1]} | self.terms.free(f[4])
        return set().union(*map(self.terms.free, f[1:]))

    def gather(self, *groups):
        """Hypotheses, each once, with what makes them defined; true numbers dropped, false ones refused."""
        out, todo = {}, [h for g in groups for h in g]
        while todo:
            h = todo.pop(0)
            k = self.key(h)
            spend(5)
            if k in out or k[1] is True:
                continue
            need(k[1] is not False, f"a hypothesis that is false: {h}")
            out[k] = h
            if h[0] != "defined":
                todo += [g for g in self.wd(h) if self.key(g) != k]
        return out

    def conclude(self, shows, hyps, lines, axioms=(), defined=True):
        """A new sequent: hypotheses of the lines and of the rule join; so does what makes the conclusion defined."""
        self.sigma.noted.clear()
        wd = self.wd(shows) if defined else []
        known = {k for s in lines for k in self.asserted(s.shows)}
        wd = [h for h in wd if not (h[0] == "defined" and self.key(h) in known)]
        used = frozenset(axioms).union(self.sigma.noted, *(s.axioms for s in lines))
        s = Sequent(tuple(self.gather(*[s.hyps for s in lines], hyps, wd).values()), used, shows, self._token)
        return s

    def asserted(self, f):
        """Keys of `defined a` for every E_test that stands in a formula that holds."""
        out = set()

        def walk(t):
            if isinstance(t, list):
                if t and t[0] == "Etest" and self.terms.fits(t[1])[0]:
                    out.add(self.key(["defined", t]))
                for a in t:
                    walk(a)

        walk(f)
        return out

    def grants(self, s):
        """Keys of the formulas that follow at once from what a sequent shows."""
        keys = {self.key(s.shows)} | self.asserted(s.shows)
        if s.shows[0] == ">":
            keys |= {self.key(["!=", *s.shows[1:]]), self.key([">=", *s.shows[1:]])}
        if not any(set(BOUND) & self.free(h) for h in s.hyps):
            keys |= {("all", k) for k in keys}
        return keys

    def line(self, i, *heads):
        need(type(i) is int and 0 <= i < len(self.lines), "no such earlier line")
        s = self.lines[i]
        need(s.token is self._token, "a sequent of another certificate")
        need(not heads or s.shows[0] in heads, f"line {i} concludes {s.shows[0]}, not {' or '.join(heads)}")
        return s

    def says(self, i, formula):
        """Line i concludes this formula, as data: then all that is written in it is defined."""
        s = self.line(i)
        need(s.shows == formula, f"line {i} does not conclude {formula}")
        return s

    def used(self, name):
        """Whether a declaration of a letter or a root speaks of a scalar."""
        return (
            any(name in strings(spec) for spec in self.sigma.letters.values())
            or any(name in self.free(r) for r in self.sigma.roots.values())
            or any(name in strings(e) for e in self.sigma.series.values())
            or (self.sigma.spectrum or ("", ""))[1] == name
        )

    def variable(self, x, *sorts):
        """x is a scalar variable: of a sort, not defined, no declaration speaks of it."""
        need(
            self.sigma.sorts.get(x) in (sorts or self.sigma.sorts.values()) and x not in ("s", "w2"),
            f"{x} is no variable of sort {sorts}",
        )
        need(x not in self.sigma.roots and not self.used(x), f"{x} is no variable: a declaration speaks of it")

    def without(self, x, hyps, allowed=()):
        """Hypotheses, none of which (but those allowed) speaks of x."""
        keys = {self.key(a) for a in allowed}
        rest = [h for h in hyps if self.key(h) not in keys]
        loose = [h for h in rest if x in self.free(h)]
        need(not loose, f"{x} is not arbitrary: {loose[:1]}")
        return rest
