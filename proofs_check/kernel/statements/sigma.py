"""Declarations Σ: scalars with sorts, letters with laws; words; when an expectation of a product of traces exists.

There are no relations between letters: what a letter satisfies follows from its declaration, so that every Σ has a
model (by induction: each declaration is a law that exists or an explicit definition; that inverses exist is a
hypothesis which the kernel itself puts into Γ).  Each declaration may speak only of names above it.

    "nat" "nat+" "real" "real>=0" "real>0"            a number
    "fixed" "fixed>=0" "fixed>0"                      a number on which constants may depend; it may stand in exponents
    {"is": term}                                      a name for a term; always written out
    {"matrix": [rows, cols], ...}                     sides are names of sort nat+, or "1"; and at most one of
        "gaussian": [covariance | null, variance]     rows iid N(0, variance * covariance), independent
        "haar": rank                                  a uniform orthogonal projection of that rank
        "function": [letters]                         a function of these letters, all moments finite
        "inverse": [[c, word], ...]                   the inverse of that sum
        "is": [[c, word], ...]                        a name for that sum; always written out
      without one of these the letter is any constant;  "symmetric": true, "positive": true (definite)
    spectrum: {"any" | "isotropic": d}                eigenvalues s_j > 0 of S, squares w2_j of w0
    spectrum: {"power-law": [beta, e]}                s_j = j^-beta, s_j w2_j = j^-e, j = 1, 2, ... without end
    {"root": ["one", x, ["=", a, b]]}                 the x > 0 with a = b (of a line that shows that there is one)
    {"series": [ridge, e]}                            c = ridge/(1 - L(e)), a formal series in 1/ridge; e may speak
                                                      of c (leading)
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from .ratio import Ratio, Rejected, need, number, spend

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}(\[(m|m\+1|n|[0-9]{1,3})\])?\Z", re.ASCII)
SORTS = ("nat", "nat+", "real", "real>=0", "real>0", "fixed", "fixed>=0", "fixed>0")
BOUND = ("s", "w2")  # an eigenvalue and a squared coefficient, in the summand of a sum over the spectrum
NATURES = {"gaussian", "haar", "function", "inverse", "is"}
MAX_WORD = 200

Word = tuple[str, ...]
Data = Any  # plain data of a certificate


def base(t: str) -> str:
    return t[:-1] if t.endswith("'") else t


def strings(data: Data) -> set[str]:
    """Every string inside plain data."""
    if isinstance(data, str):
        return {data}
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, (list, dict, tuple)) else ()
    return set().union(*map(strings, parts))


class Sigma:
    """The declarations of one certificate."""

    def __init__(self, data: Data) -> None:
        from .terms import Terms  # here: terms speak of declarations, declarations of terms above them

        self.sorts: dict[str, str] = {"s": "real>0", "w2": "real>=0"}
        self.defs: dict[str, Data] = {}
        self.letters: dict[str, Data] = {}
        self.shapes: dict[str, tuple[str, str]] = {}  # of letters and their transposes
        self.words: dict[Word, Word] = {}  # those whose shapes match, and how they are written
        self.roots: dict[str, Data] = {}
        self.series: dict[str, Data] = {}
        self.spectrum: Data = None  # (kind, dimension)
        self.spectrum_is: Data = None  # as declared
        self.law: Data = None  # the exponents of a power law
        self.order: list[str] = []
        self.sources: dict[str, frozenset[str]] = {}  # letter -> the laws that it is made of
        self.noted: set[str] = set()  # axioms that were used since they were last taken
        self.terms = Terms(self)
        need(isinstance(data, list) and len(data) <= 500, "declare is a list of declarations")
        for item in data:
            need(
                isinstance(item, list) and len(item) == 2 and isinstance(item[0], str), "a declaration is [name, what]"
            )
            self.declare(*item)
        self.spoken = strings((self.letters, self.roots, self.series, self.defs))  # what declarations speak of

    def declare(self, name: str, what: Data) -> None:
        if name == "spectrum":
            need(self.spectrum is None, "spectrum is declared twice")
            need(isinstance(what, dict) and len(what) == 1, "a spectrum is {kind: dimension}")
            ((kind, d),), self.spectrum_is = what.items(), what
            if kind == "power-law":
                need(isinstance(d, list) and len(d) == 2, "a power law is [beta, e]")
                need(
                    all(self.fixed(x) for t in d for x in self.terms.norm(t).atoms()),
                    "a power law's exponents are fixed",
                )
                self.valued("the spectrum", d)
                self.spectrum, self.law, self.sorts["w2"] = (kind, None), d, "real>0"
                return
            need(kind in ("any", "isotropic"), f"unknown spectrum {kind!r}")
            need(isinstance(d, str) and self.sorts.get(d) == "nat+", "the spectrum's dimension is a name of sort nat+")
            self.spectrum = (kind, d)
            return
        need(NAME.match(name) and name not in (*BOUND, "I", "pi"), f"bad name {name!r}")
        need(name not in self.sorts and name not in self.letters and name not in self.defs, f"{name} is declared twice")
        if isinstance(what, str):
            need(what in SORTS, f"unknown sort {what!r}")
            self.sorts[name] = what
        elif isinstance(what, dict) and set(what) == {"is"}:
            self.terms.norm(what["is"])
            need(not set(BOUND) & self.terms.free(what["is"]), f"{name}: a bound name is loose")
            self.defs[name] = what["is"]
        elif isinstance(what, dict) and set(what) == {"root"}:
            self.root(name, what["root"])
        elif isinstance(what, dict) and set(what) == {"series"}:
            need(isinstance(what["series"], list) and len(what["series"]) == 2, "a series is [ridge, term]")
            need(self.sorts.get(what["series"][0]) in ("real>0", "real>=0"), "a series' ridge is a number >= 0")
            self.series[name], self.sorts[name] = what["series"], "real>0"  # in exact lines any number > 0
            self.terms.norm(what["series"][1])  # which may speak of the series itself
        else:
            self.letter(name, what)
        self.order.append(name)

    def root(self, name: str, what: Data) -> None:
        need(isinstance(what, list) and len(what) == 3 and what[0] == "one", "a root is of a statement `one`")
        need(what[1] in self.sorts and what[1] not in BOUND, "the root's variable is declared above")
        need(isinstance(what[2], list) and len(what[2]) == 3 and what[2][0] == "=", "a root is of an equation")
        for side in what[2][1:]:
            self.terms.norm(side)
            need(not set(BOUND) & self.terms.free(side), f"{name}: a bound name is loose")
        self.roots[name], self.sorts[name] = what, "real>0"

    def letter(self, name: str, spec: Data) -> None:
        need(isinstance(spec, dict) and "matrix" in spec, f"{name}: neither a sort nor a matrix")
        need(set(spec) <= {"matrix", "symmetric", "positive"} | NATURES, f"{name}: unknown field")
        need(len(set(spec) & NATURES) <= 1, f"{name} has two natures")
        need(all(spec[x] is True for x in {"symmetric", "positive"} & set(spec)), f"{name}: symmetric, positive: true")
        need(not set(BOUND) & strings(spec), f"{name}: a bound name is loose")
        rows, cols = spec["matrix"]
        for side in (rows, cols):
            need(side == "1" or self.sorts.get(side) == "nat+", f"{name}: a side is 1 or of sort nat+")
        square = {"symmetric", "positive", "inverse", "haar"} & set(spec)
        need(not square or rows == cols, f"{name} is not square")
        need("positive" not in spec or not set(spec) & NATURES, f"{name}: only a constant is declared positive")
        self.letters[name], self.shapes[name], self.shapes[name + "'"] = spec, (rows, cols), (cols, rows)
        own: set[str] = set()
        made_of: set[str] = set()
        if "gaussian" in spec:
            need(not square, f"{name}: rows cannot be iid and the matrix symmetric")
            cov, var = spec["gaussian"]
            need(self.terms.nonnegative(self.terms.norm(var)), f"{name}: the variance is not seen to be >= 0")
            self.valued(name, [var])
            known = self.letters.get(cov, {})
            need(
                cov is None or (known.get("positive") and known["matrix"] == [cols, cols]),
                f"{name}: a covariance is a letter declared positive",
            )
            own = {name}
        if "haar" in spec:
            self.terms.natural(spec["haar"])
            self.valued(name, [spec["haar"]])
            own = {name}
        if "function" in spec:
            made_of = set(spec["function"])
        for _, word in spec.get("inverse", spec.get("is", [])):
            made_of |= {base(t) for t in word}
        need(made_of <= set(self.letters) - {name}, f"{name} is made of undeclared letters")
        self.sources[name] = frozenset(own).union(*(self.sources[x] for x in made_of))
        if "inverse" in spec or "is" in spec:
            poly = self.poly(spec.get("inverse", spec.get("is")), rows, cols)
            self.valued(name, [c for c, _ in spec.get("inverse", spec.get("is"))])
            if self.symmetric(name):
                flipped = [(self.transpose(w), c) for w, c in poly]
                need(self.terms.same_words(poly, flipped), f"{name} is not symmetric")

    def valued(self, name: str, numbers: list[Data]) -> None:
        """The numbers of a declaration have values: of a word that is written out, nothing in Γ would say so."""
        need(not any(map(self.terms.defined, numbers)), f"{name}: a number that may have no value")

    def fixed(self, x: str) -> bool:
        """Whether a name is that of a fixed scalar."""
        return self.sorts.get(x, "").startswith("fixed")

    # words

    def symmetric(self, x: str) -> bool:
        spec = self.letters[x]
        return bool(spec.get("symmetric") or spec.get("positive") or "haar" in spec)

    def side(self, t: str, k: int) -> str:
        if not isinstance(t, str) or t not in self.shapes:
            raise Rejected(f"undeclared letter {t!r}")
        return self.shapes[t][k]

    def flip(self, t: str) -> str:
        return t if self.symmetric(base(t)) else t[:-1] if t.endswith("'") else t + "'"

    def transpose(self, word: Word) -> Word:
        return tuple(self.flip(t) for t in reversed(word))

    def word(self, data: Data, rows: str | None = None, cols: str | None = None) -> Word:
        """A word whose shapes match, of the shape stated."""
        need(isinstance(data, (list, tuple)) and len(data) <= MAX_WORD, "not a word")
        letters = tuple(t for t in data if self.side(t, 0))
        if letters not in self.words:
            for x, y in itertools.pairwise(letters):
                need(self.side(x, 1) == self.side(y, 0), f"shapes do not match: {x} {y}")
            self.words[letters] = tuple(base(t) if self.symmetric(base(t)) else t for t in letters)
        word = self.words[letters]
        if rows is not None:
            fits = (self.side(word[0], 0), self.side(word[-1], 1)) == (rows, cols) if word else rows == cols
            need(fits, "a word of another shape")
        return word

    def poly(self, data: Data, rows: str, cols: str) -> list[tuple[Word, Ratio]]:
        """[[c, word], ...] as [(word, Ratio)]; letters with `is` written out."""
        out = []
        for c, w in data:
            for word, k in self.written(self.word(w, rows, cols)):
                out.append((word, self.terms.norm(c) * k))
        return out

    def written(self, word: Word) -> list[tuple[Word, Ratio]]:
        """A word with every letter that is a name for a sum written out."""
        if not any("is" in self.letters[base(t)] for t in word):
            return [(word, number(1))]
        out: list[tuple[Word, Ratio]] = [((), number(1))]
        for t in word:
            spec = self.letters[base(t)]
            if "is" in spec:
                parts = self.poly(spec["is"], *spec["matrix"])
                parts = [(self.transpose(w), c) for w, c in parts] if t.endswith("'") else parts
            else:
                parts = [((t,), number(1))]
            spend(len(out) * len(parts))
            out = [(a + b, c * k) for a, c in out for b, k in parts]
        return out

    def cyclic(self, word: Word) -> Word:
        """One of the words that have the same trace: up to rotation and transposition."""
        spend(len(word) ** 2)
        return min(w[i:] + w[:i] for w in (word, self.transpose(word)) for i in range(len(word)))

    def random(self, words: Any) -> frozenset[str]:
        """The laws that these words are made of."""
        return frozenset[str]().union(*(self.sources[base(t)] for w in words for t in w))

    def free_constant(self, a: str) -> bool:
        """Whether nothing is known of a letter but its shape (and symmetry): no declaration speaks of it.

        w0 is never free: E_test and the sums over the spectrum speak of it without naming it.
        """
        spec = self.letters.get(a, {})
        if not spec or a == "w0" or set(spec) & (NATURES | {"positive"}):
            return False
        return not {a, a + "'"} & self.spoken

    # existence

    def exists(self, z: str, power: Fraction = Fraction(0)) -> list[Data]:
        """Formulas under which the inverse letter z exists and |z|^power has a mean [wishart-moments]."""
        poly, (d, _) = self.letters[z]["inverse"], self.letters[z]["matrix"]
        words: list[Word] = [tuple(w) for _, w in poly]
        parts = self.poly(poly, d, d)
        scalar, others = ([c for c, w in poly if bool(w) == letters] for letters in (False, True))
        gram = [w for w in words if len(w) == 2 and w[0] == self.flip(w[1]) and "gaussian" in self.letters[base(w[0])]]
        definite = [w for w in words if len(w) == 1 and self.letters[base(w[0])].get("positive")]
        shifted = len(scalar) == len(others) == 1
        good, needed = False, list[Data]()
        if gram and self.stacked(poly, gram):
            self.noted.add("wishart-moments")
            sides = [self.side(w[0], 1) for w in gram]  # X' X: the rows of X, each of them N(0, S)
            good = True
            needed = [[">=", ["-", sides[0] if len(gram) == 1 else ["+", *sides], d, str(ceil(2 * power))], "0"]]
        elif not any(w for w, _ in parts):  # a multiple of the identity
            good = self.terms.nonnegative(sum((c for _, c in parts), number(0)), strictly=True)
        elif len(poly) == 1 and definite:
            good = (self.terms.norm(others[0]).constant() or 0) > 0
        elif shifted and gram:
            good, needed = self.terms.nonnegative(self.terms.norm(others[0])), [[">", scalar[0], "0"]]
        elif shifted and definite:
            weak = self.terms.nonnegative(self.terms.norm(scalar[0]))
            good = weak and self.terms.norm(others[0]).constant() == 1
        need(good, f"{z}: no rule says that this inverse exists")
        return needed

    def stacked(self, poly: Data, gram: Sequence[Word]) -> bool:
        """Whether a sum is X' X (or X X'), or that of several independent X with one law of rows.

        Those below each other (or side by side) are one such letter, with the rows (columns) of all.
        """
        names = [base(w[0]) for w in gram]
        first = self.letters[names[0]]["gaussian"]
        return (
            len(gram) == len(poly) == len(set(names))
            and first[1] == "1"
            and all(self.letters[x]["gaussian"] == first for x in names)
            and len({w[0].endswith("'") for w in gram}) == 1
            and all(self.terms.norm(c).constant() == 1 for c, _ in poly)
        )

    def moments(self, key: tuple[Word, ...]) -> list[Data]:
        """Formulas under which E of the product of traces `key` exists.

        Each Z = (X'X)^-1 counts 1, each X or X' beside it takes 1/2 off (|X Z X'| <= 1); what is left adds up
        over the product, inverses made of the same laws together [wishart-moments; docs/axioms.md].
        """
        out: list[Data] = []
        letters = {base(t) for w in key for t in w}
        for z in sorted(x for x in letters if "inverse" in self.letters[x]):
            words = [tuple(w) for _, w in self.letters[z]["inverse"]]
            mates = {z}
            kin = {x for x in letters if "inverse" in self.letters[x] and self.sources[x] & self.sources[z]}
            alike = all(self.sources[x] == self.sources[z] for x in kin)  # functions of one X: they commute past it
            if len(words) == 1 and len(words[0]) == 2 and alike:
                mates |= {base(words[0][0])}
            order = Fraction(0)
            for w in key:
                names = [base(t) for t in w]
                start = next((i for i, x in enumerate(names) if x not in mates), 0)
                for _, run in itertools.groupby(names[start:] + names[:start], (mates | kin).__contains__):
                    here = list(run)
                    left = sum(Fraction(1) if x in kin else Fraction(-1, 2) if x in mates else 0 for x in here)
                    order += max(Fraction(left), Fraction(0))
            out += self.exists(z, order)
        return out + self.projections(letters)

    def exist(self, words: tuple[Word, ...]) -> list[Data]:
        """Formulas under which every letter of these words exists."""
        letters = {base(t) for w in words for t in w}
        return [h for z in sorted(letters) if "inverse" in self.letters[z] for h in self.exists(z)] + self.projections(
            letters
        )

    def projections(self, letters: set[str]) -> list[Data]:
        """Formulas under which projections of the ranks declared exist."""
        out: list[Data] = []
        for p in sorted(x for x in letters if "haar" in self.letters[x]):
            r = self.letters[p]["haar"]
            out += [[">=", r, "0"], [">=", ["-", self.letters[p]["matrix"][0], r], "0"]]
        return out
