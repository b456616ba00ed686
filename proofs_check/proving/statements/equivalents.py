"""Certificates of equivalents, to leading order: one resolvent, two, and errors of ridge fits made of them.

A word in which the resolvent R of a fresh design stands once or twice is replaced by its equivalent, for matrices A, B
that are free constants, and therefore for all that is independent of the design; what is left are traces of functions
of S, which are sums over the spectrum, and those are compared over a common denominator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ...kernel.statements.back import term_of
from ...kernel.statements.leading import split
from ...kernel.statements.ratio import MAX_STEPS, Ratio
from ...kernel.statements.sigma import base
from .build import Build
from .lowest import lowest

Data = Any


def E(*word: str) -> Data:
    return ["E", [["1", [list(word)]]]]


def tr(*word: str) -> Data:
    return ["tr", list(word)]


@dataclass
class Fit:
    """A ridge fit: its letters, and the lines that say what its resolvent is equivalent to.

    ``own``: the series that the trace of the resolvent defines; ``kappa``: the root of the equation.
    """

    x: str
    r: str
    rows: str
    ridge: str
    kappa: str
    k: str
    own: str
    one: int = -1
    two: int = -1
    q1: int = -1
    q2: int = -1
    q3: int = -1

    def declare(self, cov: str | None = "S") -> list[Data]:
        """The design, the resolvent, its own series, and the resolvents of S at both series."""
        gram, t = [self.x + "'", self.x], self.rows
        square: Data = {"matrix": ["d", "d"], "symmetric": True}
        out: list[Data] = [
            [self.x, {"matrix": [t, "d"], "gaussian": [cov, "1"]}],
            [self.r, {**square, "inverse": [[self.ridge, []], [["/", "1", t], gram]]}],
            [self.own, {"series": [self.ridge, ["E", [[["/", "1", ["^", t, 2]], [[*gram, self.r]]]]]]}],
        ]
        at = {"K" + self.own: self.own, self.k: self.kappa}
        return [*out, *([k, {**square, "inverse": [[c, []], ["1", ["S"]]]}] for k, c in at.items())]


Simple = tuple[int, int, dict[str, int]]  # s^i w2^j over powers of the poles s + kappa
Parts = list[tuple[Data, Simple]]


@dataclass
class Leading:
    """Lines about leading parts, each written once, and the replacement of what they say."""

    b: Build
    fits: list[Fit]
    powers: dict[str, int] = field(default_factory=dict)  # of the poles of sums over the spectrum
    noises: tuple[str, ...] = ("E",)
    known: dict[str, int] = field(default_factory=dict)
    basis: set[str] = field(default_factory=set)

    @property
    def isotropic(self) -> bool:
        """Whether S = I."""
        return "is" in self.b.w.sigma.letters["S"]

    def once(self, rule: str, **fields: Data) -> int:
        """A line, or the same one if it has been written."""
        said = f"{rule} {fields}"
        if said not in self.known:
            self.known[said] = self.b.add(rule, **fields)
        return self.known[said]

    def inverse(self, z: str, where: str, *after: str) -> int:
        """The leading part of the equation that defines an inverse."""
        return self.once("top", line=self.once("inverse", letter=z, side=where, after=list(after), others=[]))

    def free(self, line: int, **words: Any) -> int:
        """A line with free constants replaced."""
        for letter, word in words.items():
            said = list(word) or (["S"] if self.isotropic else [])  # the identity has a name where S = I
            line = self.once("free", line=line, letter=letter, word=said)
        return line

    def ring(self, shows: Data, by: list[Data]) -> int:
        return self.b.add("ringK", shows=shows, by=by)

    def split(self, i: int) -> Ratio:
        """left - right of a line."""
        return split(self.b.w, self.b.w.difference(self.b.w.lines[i].shows))

    def solved(self, shows: Data, find: Callable[[str], int | None]) -> int:
        """``ringK``: atoms are replaced, one after the other, by what the line that is found says of them."""
        rest, by = split(self.b.w, self.b.w.difference(shows)), []
        for _ in range(3000):
            inside = sorted({x for m in rest.num for x, _ in m})
            i, x = next(((i, x) for x in inside if (i := find(x)) is not None), (None, ""))
            if i is None:
                break
            said = self.split(i)
            c = lowest(coefficient(rest, x) * coefficient(said, x).inverse())
            rest = lowest(rest - c * said)
            by.append([term_of(self.b.w.terms, c), i])
        if not rest.zero:
            raise DerivationError(f"left over: {rest.text():.300}")
        return self.ring(shows, by)

    def table(self, *known: tuple[Data, int]) -> Callable[[str], int | None]:
        """Finds the line that is given for a trace."""
        names = {x: i for t, i in known for x in split(self.b.w, self.b.w.terms.norm(t)).atoms()}
        return names.get

    # one resolvent

    def one_resolvent(self, f: Fit) -> None:
        """L tr(R A) = kappa/lambda tr(A K), kappa the root of its equation."""
        r, t, lam, q, kq, k = f.r, f.rows, f.ridge, f.own, "K" + f.own, f.k
        stein = self.once("top", line=self.b.add("stein", letter=f.x, word=[f.x, r, "A1", kq], others=[]))
        own, gain = self.once("series", name=q), ["/", q, lam]
        by = [
            [["/", ["*", "-1", q], ["*", t, lam]], stein],
            [["*", ["/", q, ["*", ["^", t, 2], lam]], E(r, f.x + "'", f.x)], self.inverse(kq, "right", "A1'", r)],
            [["*", gain, E("A1", r)], own],
            [["/", ["*", "-1", ["^", q, 2], E("A1", kq, r)], lam], own],
            [["*", "-1", gain], self.inverse(kq, "right", "A1'", r)],
            [gain, self.inverse(r, "right", "A1", kq)],
        ]
        first = self.ring(["=K", E(r, "A1"), ["*", gain, tr("A1", kq)]], by)
        by = [
            [q, self.inverse(r, "left")],
            [["*", "-1", q], self.inverse(kq, "left")],
            [["*", "-1", t, q], own],
            [["*", "-1", ["^", q, 2], lam], self.free(first, A1=[kq])],
            [["*", "-1", q, lam], self.free(first, A1=["S", kq])],
            [["*", q, lam], self.inverse(kq, "right", r)],
            [["*", "-1", ["^", q, 2]], self.inverse(kq, "right", kq)],
        ]
        fixed = self.ring(["=K", ["*", t, ["-", q, lam]], ["*", q, tr("S", kq)]], by)
        same, kappa = self.same(f, fixed), f.kappa
        by = [
            ["1", first],
            [["/", ["-", tr("A1", kq), ["*", kappa, tr(kq, k, "A1")]], lam], same],
            [["/", kappa, lam], self.inverse(kq, "left", k, "A1")],
            [["/", ["*", "-1", kappa], lam], self.inverse(k, "right", "A1", kq)],
        ]
        f.one = self.ring(["=K", E(r, "A1"), ["*", ["/", kappa, lam], tr("A1", k)]], by)

    def same(self, f: Fit, fixed: int) -> int:
        """The resolvent's own series is kappa: both solve one equation, and (own - kappa)(T - tr SKSK) = 0."""
        q, kq, k, kappa, t = f.own, "K" + f.own, f.k, f.kappa, f.rows
        factor = ["-", t, tr(kq, "S", k, "S")]
        by = [
            ["1", fixed],
            [kappa, self.diagonal("S", k)],
            [["*", t, kappa], self.once("series", name=kappa)],
            ["1", self.inverse(kq, "left", "S")],
            ["-1", self.inverse(k, "left", "S")],
            ["-1", self.inverse(kq, "left", "S", k, "S")],
            ["1", self.inverse(k, "left", "S", kq, "S")],
        ]
        i = self.ring(["=K", ["*", ["-", q, kappa], factor], "0"], by)
        return self.ring(["=K", q, kappa], [[["/", "1", factor], i]])

    def diagonal(self, *word: str) -> int:
        return self.once("top", line=self.once("diagonal", word=list(word)))

    # two resolvents

    def two_resolvents(self, f: Fit) -> None:
        """L tr(B R A R) = (kappa/lambda)^2 (tr KBKA + tr KBKS tr KSKA/(T - df_2)), by one integration by parts."""
        x, r, t, k, kappa = f.x, f.r, f.rows, f.k, f.kappa
        gain2 = ["^", ["/", kappa, f.ridge], 2]
        df2 = ["spec", ["/", ["^", "s", 2], ["^", ["+", "s", kappa], 2]]]
        stein = self.once("top", line=self.b.add("stein", letter=x, word=[x, k, "B1", r, "A1", r], others=[]))
        gram, gain = (x + "'", x), ["/", kappa, f.ridge]
        both, w = E(*gram, k, "B1", r, "A1", r), ["/", E("S", r, "A1", r), t]
        by = [
            [["/", "-1", t], stein],
            [["/", both, ["^", t, 2]], self.free(f.one, A1=["S"])],
            [["/", ["*", gain, both], ["^", t, 2]], self.diagonal("S", k)],
            [["/", ["*", gain, both], t], self.once("series", name=kappa)],
            [gain, self.inverse(r, "left", k, "B1", r, "A1")],
            [gain, self.free(f.one, A1=["A1", k, "B1"])],
            ["-1", self.inverse(k, "right", "B1", r, "A1", r)],
            [w, self.inverse(r, "left", k, "B1")],
            [["*", "-1", f.ridge, w], self.free(f.one, A1=[k, "B1"])],
            [["*", "-1", w], self.inverse(k, "left", k, "B1")],
        ]
        first = ["+", ["*", gain2, tr(k, "B1", k, "A1")], ["*", tr(k, "B1", k, "S"), w]]
        line = self.ring(["=K", E("B1", r, "A1", r), first], by)
        at_s, square, pole = self.free(line, B1=["S"]), self.diagonal(k, "S", k, "S"), ["/", "s", ["+", "s", kappa]]
        if self.isotropic:
            df2 = ["/", ["/", "d", ["+", "1", kappa]], ["+", "1", kappa]]
            spread = self.at_one(["*", pole, pole])
        else:
            spread = self.once("spread", summand=df2[1], parts=[["1", ["*", pole, pole]]])
        ratio, inner = ["/", t, ["-", t, df2]], ["/", ["*", t, gain2, tr(k, "S", k, "A1")], ["-", t, df2]]
        y = ["*", ratio, ["/", E("S", r, "A1", r), t]]
        by = [[ratio, at_s], [y, square], [y if self.isotropic else ["*", "-1", y], spread]]
        second = self.ring(["=K", E("S", r, "A1", r), inner], by)
        product = ["/", ["*", gain2, tr(k, "B1", k, "S"), tr(k, "S", k, "A1")], ["-", t, df2]]
        shows = ["=K", E("B1", r, "A1", r), ["+", ["*", gain2, tr(k, "B1", k, "A1")], product]]
        f.two = self.ring(shows, [["1", line], [["/", tr(k, "B1", k, "S"), t], second]])

    # the fit Q = R X'X/T and its noise, in which no ridge is left

    def fit(self, f: Fit) -> None:
        """L tr(Q A), L tr(Q A Q' B) and L tr(R X'X R B), each for all A, B."""
        x, r, t, k, kappa = f.x, f.r, f.rows, f.k, f.kappa
        gram, df2 = [x + "'", x], ["spec", ["/", ["^", "s", 2], ["^", ["+", "s", kappa], 2]]]
        if self.isotropic:
            df2 = ["/", ["/", "d", ["+", "1", kappa]], ["+", "1", kappa]]
        f.q1 = self.solved(["=K", E(r, *gram, "A2"), ["*", t, tr(k, "S", "A2")]], self.word)
        both = ["/", ["*", ["^", kappa, 2], tr("A2", k, "S", k), tr("B2", k, "S", k)], ["-", t, df2]]
        q2 = ["*", ["^", t, 2], ["+", tr(k, "S", "A2", "S", k, "B2"), both]]
        f.q2 = self.solved(["=K", E(r, *gram, "A2", *gram, r, "B2"), q2], self.word)
        q3 = ["/", ["*", ["^", t, 2], tr("B2", k, "S", k)], ["-", t, df2]]
        sums = self.identity(f) if self.isotropic else self.first_degrees(f)
        f.q3 = self.solved(["=K", E(r, *gram, r, "B2"), q3], lambda y: self.word(y) or sums(y))

    def identity(self, f: Fit) -> Callable[[str], int | None]:
        """S = I: the ridge by kappa - lambda = kappa d/(T (1 + kappa)), and sums over the spectrum."""
        degrees = ["/", "d", ["+", "1", f.kappa]]
        root = self.ring(
            ["=K", f.ridge, ["-", f.kappa, ["/", ["*", f.kappa, degrees], f.rows]]],
            [
                [f.kappa, self.once("series", name=f.kappa)],
                [["/", ["*", "-1", f.kappa], f.rows], self.at_one(["/", "s", ["+", "s", f.kappa]])],
            ],
        )
        return lambda y: root if y == f.ridge else self.spectral(y)

    def at_one(self, summand: Data) -> int:
        """Sums over the spectrum of S = I."""
        return self.once("top", line=self.once("isotropic", summand=summand))

    def first_degrees(self, f: Fit) -> Callable[[str], int | None]:
        """df_1 = T (1 - lambda/kappa), as sums of s and s^2 over (s + kappa)^2."""
        t, kappa, pole = f.rows, f.kappa, ["/", "1", ["^", ["+", "s", f.kappa], 2]]
        basis = [["spec", ["*", ["^", "s", i], pole]] for i in range(3)]
        df1 = ["/", "s", ["+", "s", kappa]]
        one = self.once("spread", summand=df1, parts=[["1", basis[2][1]], [kappa, basis[1][1]]])
        root = self.ring(
            ["=K", basis[1], ["/", ["-", ["*", t, ["-", "1", ["/", f.ridge, kappa]]], basis[2]], kappa]],
            [[["/", "-1", kappa], one], [["/", t, kappa], self.once("series", name=kappa)]],
        )
        half = ["*", ["/", "1", ["+", "s", kappa]], df1]
        near = self.once("spread", summand=half, parts=[["1", basis[1][1]]])
        square = self.once("spread", summand=["*", df1, df1], parts=[["1", basis[2][1]]])
        return self.table((basis[1], root), (["spec", half], near), (["spec", ["*", df1, df1]], square))

    def whole(self, f: Fit, v: tuple[str, ...]) -> int | None:
        """A line for a word in which the fit stands as Q."""
        gram = (f.x + "'", f.x)
        if f.q3 < 0 or v[:3] != (f.r, *gram):
            return None
        own = [i for i, t in enumerate(v) if base(t) in (f.x, f.r)]
        if own == [0, 1, 2]:
            return self.free(f.q1, A2=v[3:])
        if own == [0, 1, 2, 3] and v[3] == f.r:
            return self.free(f.q3, B2=v[4:])
        i = own[3] if len(own) == 6 else 0
        whole = bool(i) and own[3:] == [i, i + 1, i + 2] and v[i : i + 3] == (*gram, f.r)
        return self.free(f.q2, A2=v[3:i], B2=v[i + 3 :]) if whole else None

    # words

    def word(self, x: str) -> int | None:
        """A line that replaces an expectation or a trace by simpler ones; None where there is none."""
        kind, data = self.b.w.terms.opaque.get(x, ("", None))
        if kind not in ("E", "tr") or len(data) != 1:
            return None
        (word,) = data
        turns = [v[i:] + v[:i] for v in (word, self.b.w.sigma.transpose(word)) for i in range(len(word))]
        for v in turns:
            if v[0].removesuffix("'") in self.noises and v[0].endswith("'"):
                return self.once("top", line=self.once("stein", letter=base(v[0]), word=list(v[1:]), others=[]))
        for f in self.fits:
            for v in turns:
                if (i := self.whole(f, v)) is not None:
                    return i
            for v in turns:
                if v[:3] == (f.r, f.x + "'", f.x):
                    return self.inverse(f.r, "left", *v[3:])
            at = [v for v in turns if v[0] == f.r]
            rest = at[0][1:] if at else ()
            if at and f.x not in map(base, rest) and rest.count(f.r) == 0:
                return self.free(f.one, A1=rest)
            if at and f.x not in map(base, rest) and rest.count(f.r) == 1 and f.two >= 0:
                i = rest.index(f.r)
                return self.free(f.two, A1=rest[i + 1 :], B1=rest[:i])
        return self.constant(turns) if kind == "tr" else None

    def constant(self, turns: list[tuple[str, ...]]) -> int | None:
        """A trace of functions of S as a sum over the spectrum; otherwise S K = 1 - kappa K, wherever it stands."""
        inside = {"S", "Sinv", *(f.k for f in self.fits)}
        if self.isotropic:
            at = [v for v in turns if v[0] in inside]
            return self.inverse(at[0][0], "left", *at[0][1:]) if at else None
        for v in turns:
            body = v[1:-1] if (v[0], v[-1]) == ("w0'", "w0") else v
            if set(body) <= inside:
                return self.diagonal(*v)
        for v in turns:
            for f in self.fits:
                if v[:2] == (f.k, "S"):
                    return self.inverse(f.k, "left", *v[2:])
        return None

    def spectral(self, x: str) -> int | None:
        """A sum over the spectrum as a combination of simple ones: w2^a s^b over powers of the poles s + kappa."""
        kind, data = self.b.w.terms.opaque.get(x, ("", None))
        if kind != "spec" or x in self.basis:
            return None
        if self.isotropic:
            return None if data == "w2" else self.at_one(data)
        told = [[c, simple(*g)] for c, g in (self.common(data) if self.powers else self.expanded(data))]
        for _, g in told:
            self.basis |= self.b.w.terms.norm(["spec", g]).atoms()
        return None if x in self.basis else self.once("spread", summand=data, parts=told)

    def common(self, data: Data) -> Parts:
        """Over one denominator."""
        s, w2 = sp.symbols("s w2")
        product = sp.Mul(*((s + sp.Symbol(k)) ** p for k, p in self.powers.items()))
        top, rest = sp.fraction(sp.cancel(self.b.sympy(self.b.w.terms.norm(data)) * product))
        if rest.has(s):
            raise DerivationError("another pole")
        return [(self.b.term(c / rest), (i, j, self.powers)) for (i, j), c in sp.Poly(top, s, w2).terms()]

    def expanded(self, t: Data, below: int = 1) -> Parts:
        """As it is written, products of sums multiplied out."""
        if not {"s", "w2"} & self.b.w.terms.free(t):
            return [(t if below == 1 else ["/", "1", t], (0, 0, {}))]
        if t in ("s", "w2"):
            return [("1", (below, 0, {}) if t == "s" else (0, below, {}))]
        if t[0] == "^":
            return self.expanded(["*", *[t[1]] * t[2]], below)
        if t[0] in ("*", "/"):
            out: Parts = [("1", (0, 0, {}))]
            for i, factor in enumerate(t[1:]):
                more = self.expanded(factor, -below if t[0] == "/" and i else below)
                out = [(["*", c, k], times(g, h)) for c, g in out for k, h in more]
            return out
        if t[0] == "+" and below == 1:
            return [part for a in t[1:] for part in self.expanded(a)]
        for k in {f.kappa for f in self.fits} if below == -1 else ():
            if self.b.w.terms.norm(["-", t, "s", k]).zero:
                return [("1", (0, 0, {k: 1}))]
        raise DerivationError(f"no simple sums: {t}")


def times(g: Simple, h: Simple) -> Simple:
    return g[0] + h[0], g[1] + h[1], {k: g[2].get(k, 0) + h[2].get(k, 0) for k in {**g[2], **h[2]}}


def simple(i: int, j: int, poles: dict[str, int]) -> Data:
    """s^i w2^j over powers of the poles."""
    below = [["/", "1", ["^", ["+", "s", k], p]] for k, p in sorted(poles.items())]
    return ["*", ["^", "s", i], ["^", "w2", j], *below]


def coefficient(r: Ratio, x: str) -> Ratio:
    """What is left of the terms that hold an atom when it is taken out once."""
    num = {tuple((y, e - (y == x)) for y, e in m if e > (y == x)): c for m, c in r.num.items() if x in dict(m)}
    return Ratio(num, r.den)


def declared(statement: list[Data], more: list[Data]) -> list[Data]:
    """Declarations of a statement and what a proof needs besides, each once."""
    return [[name, what] for name, what in dict(reversed([*statement, *more])).items()][::-1]


MOST = 4 * MAX_STEPS  # elementary steps of a search: what takes more is not checked in time either
FREE: list[Data] = [
    ["A1", {"matrix": ["d", "d"]}],
    ["B1", {"matrix": ["d", "d"]}],
    ["A2", {"matrix": ["d", "d"]}],
    ["B2", {"matrix": ["d", "d"]}],
]  # for matrices of all kinds
