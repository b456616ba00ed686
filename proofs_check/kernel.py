"""The kernel: reads certificates, which are plain data, and accepts or rejects them.

Standard library only.  Everything the project calls *proved* went through ``check``; the computer algebra that found a
proof is not trusted.  A certificate is {"format": "ridgeproof-certificate/1", "claim": ID, "context": {...}, "lines":
[LINE, ...]}, each line {"rule": NAME, ...} with its conclusion written out.  A line is judged by the context and by
earlier lines only.  The rules are the axioms of the system:

identity    two rational functions agree over Q, modulo equations that are named in the line
spectral    the same, where some scalars are sums over the covariance spectrum, linear in their summands
nonnegative p >= 0 (or p > 0) because p is a sum of products of quantities assumed nonnegative (or positive)
limit       a rational function of one variable has the stated limit at infinity (by degrees)
word        an identity of noncommuting letters: left - right = sum of a (g) b over relations g
trace       E[a polynomial in traces] = 0: a combination of Gaussian integrations by parts (Stein), rotation invariance
            (the loop equation), relations under a trace, and instances of earlier lines
leading     the same to leading order as d and T grow in proportion, as formal power series in 1/lambda
terms       of an equation between positive quantities: a term of one side is at most the other side
power-order the order of a sum over a power-law spectrum (comparison of sums of powers with integrals)
order       M <= C (N_1 + ... + N_k), C a function of fixed scalars: products of powers of such bounds, by cases
suppose     such a bound, taken for granted;  least: a name for the lesser of two quantities
telescope   a word line L(m+1) - L(m) = r(m) holds for all m, hence L(n) - L(0) = sum_{m<n} r(m)

What a reader has to believe besides this file: Stein's identity E[x f(x)] = S E[grad f(x)] for Gaussian x where both
sides exist, invariance of the law of a rotation-invariant letter, and that the context says what the model says
(``ridgeproof.proofs_check.meaning.contexts`` compares the two).  What was assumed is returned with the acceptance and is part of what was
proved: equations, signs, denominators that must not vanish, what names stand for, and which moments must be finite.

Bounds: a certificate is given up after MAX_STEPS elementary steps, however it is made; that is a few seconds and a few
hundred megabytes (measured by ``tests/proofs_check/test_kernel_attack.py``).
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

FORMAT = "ridgeproof-certificate/1"
MAX_BYTES = 16_000_000
MAX_STEPS = 5_000_000
MAX_DEPTH = 60  # of an expression, and of definitions
MAX_EXPONENT = 64
MAX_DIGITS = 400  # of a number that is read
MAX_BITS = 4096  # of a number that is computed
MAX_WORD = 200  # letters
MAX_NAMES = 1000  # of scalars, and of letters
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}(\[(m|m\+1|n|[0-9]{1,4})\])?\Z", re.ASCII)
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?\Z", re.ASCII)
BOUND = ("s", "w2")  # an eigenvalue and a squared coefficient of the target, in the summand of a sum over the spectrum


Number = int | Fraction  # whole numbers are kept as such, for speed


class Rejected(Exception):
    """The certificate does not prove what it says; the message says where it fails."""


class Budget:
    """Counts elementary steps, so that a hostile certificate is given up within a stated bound."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise Rejected(f"gave up: more than {MAX_STEPS} elementary steps")


def need(condition: object, message: str) -> None:
    if not condition:
        raise Rejected(message)


def brief(data: Any) -> str:
    return repr(data[:40]) if isinstance(data, str) else type(data).__name__


def listing(data: Any, width: int, what: str) -> list[Any]:
    """A list of lists of the stated width; anything else is rejected."""
    need(isinstance(data, list) and all(isinstance(x, list) and len(x) == width for x in data), f"bad {what}")
    return list(data)


def pick(items: list[Any], index: Any, what: str) -> Any:
    need(type(index) is int and 0 <= index < len(items), f"no such {what}")
    return items[index]


def earlier(done: list[dict[str, Any]], index: Any, kind: str) -> Any:
    """What an earlier line concluded, if it is a line of that kind."""
    result = pick(done, index, "earlier line")
    need(kind in result, f"line {index} is no {kind} line")
    return result[kind]


def number(text: Any) -> Number:
    """A rational in lowest terms written as "-3/5" or "7"; anything else is rejected."""
    need(isinstance(text, str) and len(text) <= MAX_DIGITS and NUMBER.match(text), f"not a number: {brief(text)}")
    value = Fraction(text)
    need(str(value) == text, f"not in lowest terms: {brief(text)}")
    return value.numerator if value.denominator == 1 else value


# --- rational functions over Q: (numerator, denominator), each a dict {monomial: coefficient} -------------------------

Monomial = tuple[tuple[str, int], ...]
Poly = dict[Monomial, Number]
Ratio = tuple[Poly, Poly]
ONE: Poly = {(): 1}
ZERO: Ratio = ({}, ONE)
UNIT: Ratio = (ONE, ONE)
MINUS: Ratio = ({(): -1}, ONE)


def show(p: Poly) -> str:
    """A polynomial as text, for messages and side conditions."""
    terms = []
    for m, c in sorted(p.items(), key=lambda mc: (-sum(e for _, e in mc[0]), mc[0])):
        body = "*".join(name if e == 1 else f"{name}^{e}" for name, e in m)
        terms.append(f"{c}" if not body else body if c == 1 else f"-{body}" if c == -1 else f"{c}*{body}")
    return " + ".join(terms).replace("+ -", "- ") or "0"


def show_ratio(r: Ratio) -> str:
    return show(r[0]) if r[1] == ONE else f"({show(r[0])})/({show(r[1])})"


def names_in(*ratios: Ratio) -> set[str]:
    return {name for r in ratios for p in r for m in p for name, _ in m}


def variable(name: str) -> Ratio:
    return {((name, 1),): 1}, ONE


class Scalars:
    """Arithmetic of rational functions in declared names; remembers every denominator that must not vanish."""

    def __init__(self, names: list[str], budget: Budget) -> None:
        self.names, self.budget = set(names), budget
        self.denominators: dict[frozenset[Any], Poly] = {}

    def sum(self, pairs: Iterator[tuple[Monomial, Number]]) -> Poly:
        """Collect monomials; every number and exponent that is computed passes here."""
        out: Poly = {}
        for m, c in pairs:
            total = out[m] + c if m in out else c
            bits = max(total.numerator.bit_length(), total.denominator.bit_length())
            need(bits <= MAX_BITS, "number too large")
            need(len(m) <= MAX_EXPONENT and all(e <= MAX_EXPONENT for _, e in m), "exponent too large")
            self.budget.spend(8 + 2 * len(m) + bits // 64)
            out[m] = total
        return {m: c for m, c in out.items() if c}

    def mul(self, p: Poly, q: Poly) -> Poly:
        def products() -> Iterator[tuple[Monomial, Number]]:
            for m1, c1 in p.items():
                for m2, c2 in q.items():
                    exps = dict(m1)
                    for name, e in m2:
                        exps[name] = exps.get(name, 0) + e
                    yield tuple(sorted(exps.items())), c1 * c2

        self.budget.spend()
        return p if q == ONE else q if p == ONE else self.sum(products())

    def add(self, p: Poly, q: Poly) -> Poly:
        return self.sum(mc for r in (p, q) for mc in r.items())

    def plus(self, a: Ratio, b: Ratio) -> Ratio:
        self.budget.spend(len(a[1]))
        if a[1] == b[1]:
            return self.add(a[0], b[0]), a[1]
        return self.add(self.mul(a[0], b[1]), self.mul(b[0], a[1])), self.mul(a[1], b[1])

    def times(self, *factors: Ratio) -> Ratio:
        num, den = UNIT
        for f in factors:
            num, den = self.mul(num, f[0]), self.mul(den, f[1])
        return num, den

    def minus(self, a: Ratio, b: Ratio) -> Ratio:
        return self.plus(a, self.times(MINUS, b))

    def over(self, a: Ratio, b: Ratio) -> Ratio:
        need(b[0], "division by zero")
        self.budget.spend(2 * len(b[0]))
        if set(b[0]) != {()}:
            self.denominators[frozenset(b[0].items())] = b[0]
        return self.mul(a[0], b[1]), self.mul(a[1], b[0])

    def read(self, data: Any, value: Callable[[str], Ratio] = variable, depth: int = 0) -> Ratio:
        """An expression: "3/5", a name, or [op, ...] with op one of + - * / ^ (the last with an integer >= 0).

        ``value`` says what a name stands for; by default for itself.
        """
        self.budget.spend(4)
        need(depth < MAX_DEPTH, "expression nested too deeply")
        if isinstance(data, str):
            if NAME.match(data):
                need(data in self.names, f"undeclared scalar {data!r}")
                return value(data)
            c = number(data)
            return ({(): c} if c else {}), ONE
        need(isinstance(data, list) and len(data) >= 2, f"not an expression: {brief(data)}")
        op, *rest = data
        if op == "^":
            need(len(rest) == 2 and type(rest[1]) is int and 0 <= rest[1] <= MAX_EXPONENT, "bad power")
            return self.times(*[self.read(rest[0], value, depth + 1)] * rest[1])
        need(op in ("+", "*") or (op in ("-", "/") and len(rest) == 2), f"unknown operation {brief(op)}")
        combine: Any = {"+": self.plus, "*": self.times, "-": self.minus, "/": self.over}[op]
        out = self.read(rest[0], value, depth + 1)
        for arg in rest[1:]:
            out = combine(out, self.read(arg, value, depth + 1))
        return out

    def evaluate(self, p: Poly, value: Callable[[str], Ratio]) -> Ratio:
        """A polynomial with its names replaced by what they stand for."""
        total = ZERO
        for m, c in p.items():
            total = self.plus(total, self.times(({(): c}, ONE), *(value(n) for n, e in m for _ in range(e))))
        return total


# --- the context: letters with shapes, definitions and laws ----------------------------------------------------------

Word = tuple[str, ...]
WordPoly = dict[Word, Ratio]
Relation = tuple[WordPoly, str, str]  # a sum of words that is zero, and its shape
Line = Any  # a line of a certificate, or what it concluded: a JSON object
Key = tuple[Word, ...]  # a product of traces of cyclic words; () is the constant 1
TracePoly = dict[Key, Ratio]
Turns = Iterator[tuple[Ratio, Word, bool, Word]]
Traces = list[tuple[Word, str]]  # traces as they are written; the label of the side, for the empty word
NATURES = {"gaussian", "rotates", "inverse_of", "equals", "depends"}


def base(token: Any) -> str:
    need(isinstance(token, str), "not a letter")
    return token[:-1] if token.endswith("'") else token


def letters_in(words: Iterable[Word]) -> set[str]:
    return {base(token) for word in words for token in word}


def letters_traced(poly: TracePoly) -> set[str]:
    return letters_in(word for key in poly for word in key)


class Context:
    """Scalars, and letters that stand for matrices.

    ``dims``: label -> number or scalar.  ``letters[name]``: ``rows``, ``cols`` (labels), optional ``symmetric``, and
    at most one nature; a letter without one is an arbitrary constant.  Letters are made of letters declared above them.
    ``gaussian`` {"covariance": letter | null, "variance": scalar}: rows iid N(0, covariance * variance), independent of
    all else; ``rotates`` true: random, these letters jointly invariant under conjugation by rotations and independent
    of all else; ``inverse_of`` [[coefficient, word], ...]: the two-sided inverse of that sum; ``equals`` (the same): a
    name for it; ``depends`` [letters]: a function of these, and nothing else is known of it.
    ``leading_traces`` [word, scalar]: the definition of a scalar as a formal power series, for ``leading`` lines only.
    ``values`` {scalar: expression}: a name for a rational function of scalars that are not below it in the list.
    ``power_law`` {"beta", "source", "dimension"}: s_j = j^-beta, s_j w2_j = j^-source for j = 1, ..., dimension (the
    name of a scalar, null: without end); only lines ``power-order`` use it.  ``large``: a scalar that may be taken as
    large as the fixed scalars require.  ``lesser`` {p: [x, y]}: the fixed scalar p is the lesser of two expressions.
    ``relations`` [left, right, shape] and ``trace_relations`` [word, scalar]: between constants, or between letters
    that rotate; they restrict no law.
    A name without an index is the same for every m, and what is said of x[m], x[m+1] is said for every m, except laws:
    in a line with expectations these are two letters, independent or not as they are declared.
    """

    def __init__(self, data: Any, budget: Budget) -> None:
        known = {"scalars", "dims", "letters", "relations", "trace_relations", "leading_traces"}
        known |= {"values", "power_law", "large", "lesser"}
        need(isinstance(data, dict) and set(data) <= known, "bad context")
        names, dims, letters = data.get("scalars", []), data.get("dims", {}), data.get("letters", {})
        need(isinstance(names, list) and isinstance(dims, dict) and isinstance(letters, dict), "bad context")
        need(all(isinstance(s, str) and NAME.match(s) for s in names), "bad scalar name")
        need(len(set(names)) == len(names), "duplicate scalar")
        need(len(names) <= MAX_NAMES and len(letters) <= MAX_NAMES, "too many names")
        self.budget, self.scalars = budget, Scalars(names, budget)
        self.assumed: list[tuple[Poly, Poly]] = []  # equations p = 0 that a line takes for granted: as written, as used
        self.signs: set[str] = set()  # signs that a line takes for granted
        self.moments: dict[str, Fraction] = {}  # inverse letter -> the order of its norm's moment that must be finite
        self.meanings: dict[str, tuple[str, Any]] = {}  # what scalars stand for: sums over the spectrum, expectations
        self.inside: dict[str, set[str] | None] = {}  # and which scalars that is made of
        self.free: set[str] = set()  # scalars of limits: one varies, the others are fixed, so none stands for anything
        self.quantities: set[str] = set()  # scalars whose order of magnitude is spoken of: positive, and they vary
        self.parameters: set[str] = set()  # scalars on which the constants of such orders may depend: they do not
        self.orders: set[str] = set()  # orders that a line takes for granted
        self.converging: set[str] = set()  # sums over the power law that were shown to converge
        need(all(isinstance(v, str) for v in dims.values()), "a dimension is a number or a scalar")  # and not d/d
        self.dims = {k: self.scalars.read(v) for k, v in dims.items()}
        self.letters: dict[str, Line] = {}
        self.mentioned: set[str] = set()  # letters that a relation or a law speaks of: they are not arbitrary
        self.taken = names_in(*self.dims.values())  # scalars that the context itself uses
        self.sources: dict[str, frozenset[str]] = {}  # letter -> the independent random letters that it is made of
        self.inverses: dict[str, WordPoly] = {}  # letter -> what it is the inverse of
        self.opaque: set[str] = set()  # random letters whose law is not known, and what is made of them
        self.singular: set[str] = set()  # random inverses, but for those of c + words that vanish with the Gaussians
        self.hiding: set[str] = set()  # letters that are names for sums with random inverses in them
        self.vectors: set[str] = set()  # letters with a side of fixed length, and what is made of them
        definitions: list[Relation] = []  # what the natures of letters say
        for name, spec in letters.items():
            definitions += self._declare(name, spec)
        self.relations = [self.equation(*r) for r in listing(data.get("relations", []), 3, "relation")]
        need(all(self._one_world(letters_in(poly)) for poly, _, _ in self.relations), "a relation of random letters")
        self.relations += definitions
        traces: list[list[tuple[Word, Ratio]]] = [
            [(self.traces([word])[0][0], self.scalars.read(v)) for word, v in listing(data.get(kind, []), 2, kind)]
            for kind in ("trace_relations", "leading_traces")
        ]
        self.trace_relations, self.leading_traces = traces
        free = all(self._one_world(letters_in([word])) for word, _ in self.trace_relations)
        need(free, "a trace relation of a letter whose law is given")
        unknown = letters_in(word for word, _ in self.leading_traces) & self.opaque
        need(not unknown, "a leading trace of a letter whose law is not known")  # it may be another number every time
        for word, c in itertools.chain(*traces, *(poly.items() for poly, _, _ in self.relations)):
            self.mentioned |= letters_in([word])
            self.taken |= names_in(c)
        self._read_laws(data)

    def _read_laws(self, data: Line) -> None:
        self.values, self.large, self.lesser = data.get("values", {}), data.get("large"), data.get("lesser", {})
        need(isinstance(self.values, dict) and isinstance(self.lesser, dict), "bad context")
        law = data.get("power_law")
        need(law is None or (isinstance(law, dict) and set(law) == {"beta", "source", "dimension"}), "bad power law")
        if law is not None:
            self.beta, self.source = (self.scalars.read(law[x]) for x in ("beta", "source"))
            self.parameters |= names_in(self.beta, self.source)
            need(law["dimension"] is None or law["dimension"] in self.scalars.names, "bad power law")
            self.inside["s"] = names_in(self.beta, self.source) | {law["dimension"]} - {None}
            self.taken |= {law["dimension"]}
        self.power_law = law
        later = set(self.values)
        for name, value in self.values.items():
            later.discard(name)
            meaning = self.scalars.read(value)
            need(not names_in(meaning) & later, f"{name} is defined through later names")
            need(not names_in(meaning) & set(BOUND), f"{name} is defined through a bound variable")
            self.define(name, "value", meaning, names_in(meaning))
        for name, pair in self.lesser.items():
            x, y = (self.scalars.read(e) for e in listing([pair], 2, "lesser")[0])
            need(self.lesser.keys().isdisjoint(names_in(x, y)), "bad lesser")
            self.define(name, "lesser", (x, y), names_in(x, y))
            self.parameters |= {name} | names_in(x, y)
        need(self.large is None or self.large in self.scalars.names, "bad large scalar")

    def written_out(self, value: Callable[[str], Ratio] = variable) -> Callable[[str], Ratio]:
        """What names stand for, where those of ``values`` are written out."""

        def written(name: str) -> Ratio:
            return self.scalars.read(self.values[name], written) if name in self.values else value(name)

        return written

    def _declare(self, name: str, spec: Any) -> list[Relation]:
        """Read a letter, made of letters above it; what its nature says as relations."""
        need(NAME.match(name) and name not in self.scalars.names, f"bad letter name {brief(name)}")
        need(isinstance(spec, dict) and set(spec) <= NATURES | {"rows", "cols", "symmetric"}, f"bad letter {name}")
        need(len(set(spec) & NATURES) <= 1, f"letter {name} has two natures")
        need(spec.get("symmetric") in (None, True), f"letter {name}: symmetric is true or absent")
        rows, cols = self.read_shape([spec.get("rows"), spec.get("cols")])
        square = spec.get("symmetric") or "inverse_of" in spec or "rotates" in spec
        need(not square or rows == cols, f"letter {name} is not square")
        poly = self.word_poly(spec.get("inverse_of", spec.get("equals", [])), rows, cols)
        own = {name} if "gaussian" in spec else {"the rotation"} if "rotates" in spec else set()
        if "gaussian" in spec:
            law = spec["gaussian"]
            need(isinstance(law, dict) and set(law) == {"covariance", "variance"}, f"letter {name} has no law")
            need(not spec.get("symmetric"), f"letter {name}: rows cannot be iid and the matrix symmetric")
            self.taken |= names_in(self.scalars.read(law["variance"]))
            c = law["covariance"]
            self.mentioned |= {c} - {None}
            constant = c in self.letters and self.symmetric(c) and not self.sources[c] and self.rows(c) == cols
            need(c is None or constant, f"the covariance of {name} is not a constant symmetric matrix")
        need(spec.get("rotates", True) is True and isinstance(spec.get("depends", []), list), f"bad letter {name}")
        made_of = letters_in(poly) | set(spec.get("depends", []))
        need(made_of <= self.letters.keys(), f"{name} depends on an undeclared letter")
        self.budget.spend(sum(len(self.sources[x]) for x in made_of))
        self.letters[name], self.sources[name] = spec, frozenset(own).union(*(self.sources[x] for x in made_of))
        short = any(not names_in(self.dims[side]) for side in (rows, cols))
        if made_of & self.opaque or "rotates" in spec or ("depends" in spec and self.sources[name]):
            self.opaque.add(name)
        if short or made_of & self.vectors:
            self.vectors.add(name)
        if "equals" in spec and any(x in self.hiding or (self.sources[x] and x in self.inverses) for x in made_of):
            self.hiding.add(name)
        flipped = {self.transpose(w): c for w, c in poly.items()}
        need(not self.symmetric(name) or not self.subtract(dict(poly), flipped), f"{name} is not symmetric")
        if "inverse_of" in spec:
            need(poly, f"{name} is the inverse of zero")
            self.inverses[name] = poly
            vanish = all(any("gaussian" in self.letters[x] for x in letters_in([w])) for w in poly if w)
            if self.sources[name] and not (() in poly and vanish):
                self.singular.add(name)
            products = ({(*w, name): c for w, c in poly.items()}, {(name, *w): c for w, c in poly.items()})
            return [(self.subtract(p, {(): UNIT}), rows, cols) for p in products]
        return [(self.subtract({(name,): UNIT}, poly), rows, cols)] if "equals" in spec else []

    def _one_world(self, letters: set[str]) -> bool:
        """Whether all are constants, or all rotate: then a relation between them restricts no law."""
        return not any(self.sources[x] for x in letters) or all("rotates" in self.letters[x] for x in letters)

    def define(self, name: Any, kind: str, meaning: Any, inside: set[str] | None = None) -> None:
        """Let a scalar stand for something: one meaning in all lines, and none that the context uses.

        ``inside``: the scalars that it is a function of; None: any.
        """
        need(isinstance(name, str) and name in self.scalars.names and name not in BOUND, f"bad {kind} {brief(name)}")
        need(self.meanings.setdefault(name, (kind, meaning)) == (kind, meaning), f"{name} has two meanings")
        self.budget.spend(len(self.meanings))
        counts = [x for x, what in self.meanings.items() if x in self.taken and what == ("sum", UNIT)]
        need(name not in self.taken or counts == [name], f"{name} has a meaning in the context")
        self.inside[name] = inside
        self.depends_on(name, "")  # rejects definitions in a circle

    def define_sum(self, name: Any, f: Ratio) -> None:
        """A sum depends on the spectrum, and that on its law; the number of terms is what the law says it is."""
        count = self.power_law is not None and name == self.power_law["dimension"]
        self.define(name, "sum", f, set() if count else names_in(f) | {"s"})

    def depends_on(self, name: str, x: str, path: tuple[str, ...] = ()) -> bool:
        """Whether a scalar is defined through another; an expectation may depend on anything."""
        need(name not in path and len(path) < MAX_DEPTH, f"{name} is defined through itself")
        self.budget.spend(8)
        inside = self.inside.get(name, set())
        return name == x or inside is None or any(self.depends_on(inner, x, (*path, name)) for inner in inside)

    # words

    def word(self, data: Any, *shape: str) -> Word:
        """A product of letters, or of their transposes; if ``shape`` is given, a matrix of that shape."""
        need(isinstance(data, list) and len(data) <= MAX_WORD, f"not a word: {brief(data)}")
        self.budget.spend(4 * len(data) + 1)
        need(all(base(token) in self.letters for token in data), "undeclared letter")
        word = tuple(base(token) if self.symmetric(base(token)) else token for token in data)
        for name in letters_in([word]):
            if name in self.inverses:
                self.moments.setdefault(name, Fraction(0))
        for left, right in itertools.pairwise(word):
            need(self.cols(left) == self.rows(right), f"shapes do not match: {left} {right}")
        need(not shape or self.fits(word, *shape), "a word of another shape")
        return word

    def symmetric(self, name: str) -> bool:
        return bool(self.letters[name].get("symmetric"))

    def rows(self, token: str) -> str:
        return str(self.letters[base(token)]["cols" if token.endswith("'") else "rows"])

    def cols(self, token: str) -> str:
        return str(self.letters[base(token)]["rows" if token.endswith("'") else "cols"])

    def flip(self, token: str) -> str:
        return token if self.symmetric(base(token)) else token[:-1] if token.endswith("'") else token + "'"

    def transpose(self, word: Word) -> Word:
        return tuple(self.flip(t) for t in reversed(word))

    def read_shape(self, data: Any) -> tuple[str, str]:
        need(isinstance(data, list) and len(data) == 2 and all(x in self.dims for x in data), "bad shape")
        return data[0], data[1]

    def fits(self, word: Word, rows: str, cols: str) -> bool:
        """Whether a word has the shape; the empty word is the identity."""
        return (self.rows(word[0]), self.cols(word[-1])) == (rows, cols) if word else rows == cols

    def word_poly(self, data: Any, *shape: str) -> WordPoly:
        """[[coefficient, word], ...], every word of the stated shape."""
        return self.collect((self.word(w, *shape), self.scalars.read(c)) for c, w in listing(data, 2, "sum of words"))

    def equation(self, left: Any, right: Any, shape: Any) -> Relation:
        """left - right."""
        rows, cols = self.read_shape(shape)
        return self.subtract(self.word_poly(left, rows, cols), self.word_poly(right, rows, cols)), rows, cols

    def accumulate(self, poly: dict[Any, Ratio], key: Any, coefficient: Ratio) -> None:
        total = self.scalars.plus(poly[key], coefficient) if key in poly else coefficient
        poly[key] = total
        if not total[0]:
            del poly[key]

    def collect(self, terms: Iterable[tuple[Any, Ratio]]) -> dict[Any, Ratio]:
        out: dict[Any, Ratio] = {}
        for key, coefficient in terms:
            self.accumulate(out, key, coefficient)
        return out

    def subtract(self, poly: dict[Any, Ratio], other: dict[Any, Ratio], factor: Ratio = UNIT) -> dict[Any, Ratio]:
        """poly - factor * other, in place."""
        for key, c in other.items():
            self.accumulate(poly, key, self.scalars.times(MINUS, factor, c))
        return poly

    # traces

    def cyclic(self, word: Word) -> Word:
        """The least form of a word under rotation and transposition, which do not change its trace."""
        need(len(word) <= 2 * MAX_WORD, "word too long")
        self.budget.spend(len(word) * (4 + len(word) // 8) + 1)
        return min(w[i:] + w[:i] for w in (word, self.transpose(word)) for i in range(len(word)))

    def traces(self, data: Any) -> Traces:
        need(isinstance(data, list) and len(data) <= 20, "not a list of traces")
        words = [self.word(w) for w in data]
        need(all(words), "empty trace: write the dimension as a scalar")
        return [(w, self.rows(w[0])) for w in words]

    def trace_poly(self, data: Any) -> TracePoly:
        """[[coefficient, [word, ...]], ...]: a sum of products of traces."""
        terms = listing(data, 2, "sum of traces")
        return self.collect(self.trace_term(self.scalars.read(c), self.traces(words)) for c, words in terms)

    def trace_term(self, coefficient: Ratio, words: Traces) -> tuple[Key, Ratio]:
        """coefficient * product of tr(word)."""
        need(all(self.fits(word, side, side) for word, side in words), "trace of a word that is not square")
        key = tuple(sorted(self.cyclic(word) for word, _ in words if word))
        self._note_moments(key)
        return key, self.scalars.times(coefficient, *(self.dims[side] for word, side in words if not word))

    def _note_moments(self, key: Key) -> None:
        """How large a moment of |Z| a product of traces needs, for each inverse letter Z.

        Each Z counts one, and so does each inverse letter that is not independent of it.  If Z = (X'X)^-1, a run of
        letters X, X', Z is a function of the singular values of X, so that in the run each X or X' makes up for half a
        Z.
        """
        random = {x for x in letters_in(key) if x in self.inverses and self.sources[x]}
        for z in random:
            kin = {x for x in random if self.sources[x] & self.sources[z]}
            only = next(iter(self.inverses[z])) if len(self.inverses[z]) == 1 else ()
            gram = len(only) == 2 and only[0] == only[1] + "'" and self.rows(only[1]) != self.cols(only[1])
            mates = {z, base(only[1])} if gram and "gaussian" in self.letters[base(only[1])] else {z}
            order = Fraction(0)
            for word in key:
                self.budget.spend(len(random) + 4 * len(word))
                names = [base(t) for t in word]
                start = next((i for i, x in enumerate(names) if x not in mates), 0)
                for _, run in itertools.groupby(names[start:] + names[:start], mates.__contains__):
                    count = sum(Fraction(1) if x in kin else Fraction(-1, 2) if x in mates else 0 for x in run)
                    order += max(count, Fraction(0))
            self.moments[z] = max(self.moments.get(z, Fraction(0)), order)

    def occurrences(self, word: Word, x: str, depth: int = 0) -> Turns:
        """d(word)/dX as a sum of c * (left) dX (right); the flag says that it is dX transposed."""
        need(depth < 8, "definitions nested too deeply to differentiate")
        for i, token in enumerate(word):
            name, left, right = base(token), word[:i], word[i + 1 :]
            self.budget.spend(2 + len(word) // 8)
            if x not in self.sources[name]:
                continue
            if name == x:
                yield UNIT, left, token.endswith("'"), right
                continue
            need(name in self.inverses, f"no derivative is known of the letter {name}")
            for inner, c in self.inverses[name].items():  # d(Y) = -Y d(p) Y
                piece = self.transpose(inner) if token.endswith("'") else inner
                for c2, l2, flag, r2 in self.occurrences(piece, x, depth + 1):
                    yield self.scalars.times(MINUS, c, c2), (*left, token, *l2), flag, (*r2, token, *right)


# --- rules about rational functions and signs; each returns what later lines may use ---------------------------------


def sides(ctx: Context, line: Line, value: Callable[[str], Ratio] = variable) -> Ratio:
    """left - right."""
    return ctx.scalars.minus(*(ctx.scalars.read(line.get(k), value) for k in ("left", "right")))


def difference(ctx: Context, line: Line, value: Callable[[str], Ratio]) -> Ratio:
    """left - right - sum of cofactor * (equation that the line takes for granted)."""
    rest = sides(ctx, line, value)
    for cofactor, equation in listing(line.get("modulo", []), 2, "cofactor"):
        c, g = (ctx.scalars.read(x, value) for x in (cofactor, equation))
        need(set(g[0]) != {()}, "an equation that cannot hold is taken for granted")
        ctx.assumed.append((ctx.scalars.read(equation)[0], g[0]))
        rest = ctx.scalars.minus(rest, ctx.scalars.times(c, g))
    return rest


def tokens(data: Any) -> set[str]:
    """The names and numbers of an expression."""
    found, todo = set(), [data]
    while todo:
        inner = todo.pop()
        todo += inner if isinstance(inner, list) else []
        found |= {inner} if isinstance(inner, str) else set()
    return found


def rule_identity(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left = right; ``expectations`` {name: [word, ...]}: the scalar is E of that product of traces; ``lines``."""
    rest, names = difference(ctx, line, ctx.written_out()), {}
    for name, words in line.get("expectations", {}).items():
        key = ctx.trace_term(UNIT, ctx.traces(words))[0]
        ctx.define(name, "expectation", key, None)
        names[key] = name
    for cofactor, index in listing(line.get("lines", []), 2, "cofactor of a line"):
        for key, c in earlier(done, index, "trace").items():
            need(not key or key in names, "an expectation of the earlier line has no name")
            value = variable(names[key]) if key else UNIT
            rest = ctx.scalars.minus(rest, ctx.scalars.times(ctx.scalars.read(cofactor), c, value))
    need(not rest[0], "the two sides differ")
    return {"zero": sides(ctx, line)}


def read_sums(ctx: Context, line: Line, value: Callable[[str], Ratio] = variable) -> dict[str, Ratio]:
    """``sums`` {name: f}: the scalar is sum_j f(s_j, w2_j), with f a rational function of s, w2 and fixed scalars."""
    sums = line.get("sums", {})
    need(isinstance(sums, dict) and (not sums or set(BOUND) <= ctx.scalars.names), "bad sums over the spectrum")
    for name, f in sums.items():
        ctx.define_sum(name, ctx.scalars.read(f))
    return {name: ctx.scalars.read(f, value) for name, f in sums.items()}


def rule_spectral(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left = right, where some scalars are sums over the spectrum.

    ``linear`` {name: [[c, name'], ...]}: f = sum c f' with c free of s and w2, so F = sum c F'.
    ``isotropic`` true: for S = I, so that f = sum c f' need hold at s = 1 only, and no summand has a pole there.
    """
    linear, isotropic, scalars = line.get("linear", {}), line.get("isotropic"), ctx.scalars
    need(isotropic is None or (isotropic is True and ctx.power_law is None), "isotropic: true or absent; no power law")
    terms = read_sums(ctx, line, lambda x: UNIT if isotropic and x == "s" else variable(x))
    need(isinstance(linear, dict) and set(linear) <= set(terms), "bad linear combination")
    known: dict[str, Ratio] = {}
    value = ctx.written_out(lambda x: known.get(x) or variable(x))  # in terms of the sums that are no combination
    for name, parts in linear.items():
        rest, total = terms[name], ZERO
        for c, other in listing(parts, 2, "linear combination"):
            need(other in terms and not tokens(c) & set(BOUND), "bad linear combination")
            rest = scalars.minus(rest, scalars.times(scalars.read(c), terms[other]))
            total = scalars.plus(total, scalars.times(scalars.read(c, value), value(other)))
        need(not rest[0], f"the summand of {name} is not the combination stated")
        need(not names_in(total) & set(linear), "a combination of what is only later written as one")
        known[name] = total
    need(not tokens([line.get(k) for k in ("left", "right", "modulo")]) & set(BOUND), "a bound variable is loose")
    zero = sides(ctx, line)
    for x in itertools.chain(*line.get("modulo", [])):
        scalars.read(x)
    count = len(scalars.denominators)
    need(not difference(ctx, line, value)[0], "the two sides differ")
    while len(scalars.denominators) > count:  # the last ones are the same numbers in other words
        scalars.denominators.popitem()
    return {} if isotropic else {"zero": zero}


Signs = list[tuple[Ratio, bool]]  # p > 0, or only p >= 0


def positive_sum(ctx: Context, p: Ratio, certificate: Any, assumed: Signs) -> bool:
    """p = sum c_k prod h_i^e_i with c_k > 0 and every h_i assumed; returns whether p > 0 follows (not only p >= 0)."""
    total, strict, scalars = ZERO, False, ctx.scalars
    for coefficient, factors in listing(certificate, 2, "certificate of sign"):
        c, term_strict = number(coefficient), True
        need(c > 0, "a coefficient of a sign certificate is not positive")
        term: Ratio = ({(): c}, ONE)
        for index, power in listing(factors, 2, "product of assumed quantities"):
            h, positive = pick(assumed, index, "assumption")
            need(type(power) is int and abs(power) <= MAX_EXPONENT, "bad power")
            need(power >= 0 or positive, "division by a quantity that may vanish")
            term_strict = term_strict and (positive or power == 0)
            factor = h if power > 0 else scalars.over(UNIT, h)
            term = scalars.times(term, *[factor] * abs(power))
        total, strict = scalars.plus(total, term), strict or term_strict
    need(not scalars.minus(p, total)[0], "the sign certificate does not add up")
    return strict


def may_hold(p: Ratio, strictly: bool) -> bool:
    """Whether p >= 0, or p > 0, which is false for some numbers and possible for anything else."""
    num, den = p
    m = next(iter(den))
    return (not proportional(den, num) or num[m] * den[m] > 0) if num else not strictly


def read_assumptions(ctx: Context, line: Line, done: list[Line], void: bool = False) -> tuple[Signs, set[str]]:
    """[[expression, ">" or ">="], ...]; ["line", i] is what an earlier line concluded from no further assumptions.

    ``void``: the line says that its assumptions cannot all hold, so that one of them may be a false number.
    """
    data, out = listing(line.get("assume", []), 2, "assumption"), []
    plain = {json.dumps(a) for a in data if a[0] != "line"}
    for what, how in data:
        if what == "line":
            sign, from_what = earlier(done, how, "sign")
            ctx.budget.spend(4 + len(from_what))
            need(from_what <= plain, "an earlier line of signs assumed more")
            out.append(sign)
        else:
            need(how in (">", ">="), "bad assumption")
            ctx.budget.spend(40)
            out.append((ctx.scalars.read(what), how == ">"))
            need(void or may_hold(*out[-1]), "a sign that cannot hold is taken for granted")
            ctx.signs.add(f"{show_ratio(out[-1][0])} {how} 0")
    return out, plain


def rule_nonnegative(ctx: Context, line: Line, done: list[Line]) -> Line:
    p, how = ctx.scalars.read(line.get("expression")), line.get("relation")
    assumed, plain = read_assumptions(ctx, line, done, void=how == ">=" and not may_hold(p, False))
    strict = positive_sum(ctx, p, line.get("sum"), assumed)
    need(how == ">=" or (how == ">" and strict), "only >= 0 follows")
    return {"sign": ((p, how == ">"), plain)}


def rule_limit(ctx: Context, line: Line, done: list[Line]) -> Line:
    """expression -> value as ``variable`` -> infinity, for any fixed others; none of them stands for anything."""
    x, f, value = line.get("variable"), ctx.scalars.read(line.get("expression")), ctx.scalars.read(line.get("value"))
    need(x in ctx.scalars.names and x not in names_in(value), "the limit depends on the variable")
    num, den = ctx.scalars.minus(f, value)
    low, high = (max((dict(m).get(x, 0) for m in p), default=-1) for p in (num, den))
    need(low < high, "does not tend to the value")
    # The leading coefficient of the denominator must not vanish for the degree to be what it says.
    lead = {tuple((n, e) for n, e in m if n != x): c for m, c in den.items() if dict(m).get(x, 0) == high}
    ctx.scalars.over(UNIT, (lead, ONE))
    ctx.free |= names_in(f, value) | {x}
    return {}


# --- nulls: trace polynomials whose expectation is zero --------------------------------------------------------------

Terms = Iterator[tuple[Ratio, Traces]]


def by_parts(
    ctx: Context, word: Word, others: Traces, cov: Word, turns: Callable[[Word], Turns], leading: bool
) -> Terms:
    """sum_ia sum_b C_ab d_ib (F_ia prod tr(G)), where ``turns`` says what d_ib makes of a word.

    A pair (left, right) stands for left e_i e_b' right, or left e_b e_i' right if flagged; ``leading``: only the terms
    in which a trace splits in two (see ``rule_trace``).
    """
    rows, cols = ctx.rows(word[0]), ctx.cols(word[-1])
    for c, left, flipped, right in turns(word):
        if not flipped:
            yield c, [(left, rows), (right + cov, cols), *others]
        elif not leading:
            yield c, [(left + cov + ctx.transpose(right), rows), *others]
    for i, (other, _) in enumerate(() if leading else others):
        for c, left, flipped, right in turns(other):
            turn = right + left  # tr(left e_i e_b' right) = e_b' right left e_i
            turn = ctx.transpose(turn) if flipped else turn
            yield c, [(word + cov + turn, rows), *others[:i], *others[i + 1 :]]


def null_stein(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """E tr(X'F) prod tr(G) = v E sum_ia sum_b C_ab d/dX_ib (F_ia prod tr(G)), X with rows N(0, v C)."""
    x = data.get("letter")
    need(isinstance(x, str) and "gaussian" in ctx.letters.get(x, {}), "stein: not a Gaussian letter")
    law, word = ctx.letters[x]["gaussian"], ctx.word(data.get("word"), ctx.rows(x), ctx.cols(x))
    need(word, "stein: no word")
    weight = ctx.scalars.times(MINUS, ctx.scalars.read(law["variance"]))
    cov = () if law["covariance"] is None else ctx.word([law["covariance"]])
    yield UNIT, [((ctx.flip(x), *word), ctx.cols(x)), *others]
    for c, words in by_parts(ctx, word, others, cov, lambda w: ctx.occurrences(w, x), leading and x not in ctx.vectors):
        yield ctx.scalars.times(weight, c), words


def null_loop(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """E sum_ab d/dK_ab (F_ab prod tr(G)) = 0 for K_ab = e_a e_b' - e_b e_a', dP = K P - P K: rotation invariance."""
    ctx.budget.spend(len(ctx.letters))
    word, members = ctx.word(data.get("word")), {x for x, spec in ctx.letters.items() if "rotates" in spec}
    sides = {(ctx.rows(x), ctx.cols(x)) for x in members}
    need(word and sides == {(ctx.rows(word[0]), ctx.cols(word[-1]))}, "loop: nothing of this dimension rotates")
    need(not leading, "no loop to leading order")

    def turns(w: Word) -> Turns:
        for i, token in enumerate(w):
            if base(token) in members:
                for c, at in ((UNIT, i), (MINUS, i + 1)):
                    yield c, w[:at], False, w[at:]
                    yield ctx.scalars.times(MINUS, c), w[:at], True, w[at:]
            else:
                need("the rotation" not in ctx.sources[base(token)], f"loop: no derivative is known of {token}")

    yield from by_parts(ctx, word, others, (), turns, False)


def null_relation(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """tr(g b) prod tr(G) = 0 for a relation g of the context."""
    poly, rows, cols = pick(ctx.relations, data.get("relation"), "relation")
    right = ctx.word(data.get("right", []), cols, rows)
    for word, c in poly.items():
        yield c, [(word + right, rows), *others]


def null_trace_relation(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """(tr(word) - value) prod tr(G) = 0; to leading order also for the context's ``leading_traces``."""
    known = ctx.trace_relations + (ctx.leading_traces if leading else [])
    word, value = pick(known, data.get("trace_relation"), "trace relation")
    yield UNIT, [(word, ctx.rows(word[0])), *others]
    yield ctx.scalars.times(MINUS, value), others


def null_lemma(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """An earlier trace line with constant letters replaced by words that are independent of what it averages over.

    ``leading``: an earlier leading line; constants replace constants, and the other traces may be anything, because the
    leading part is multiplicative.
    """
    poly: TracePoly = earlier(done, data.get("lemma"), "leading" if leading else "trace")
    replace, new = data.get("replace", {}), dict[str, Word]()
    for name, data_word in replace.items():
        need(name in ctx.letters and not ctx.sources[name], "lemma: only constant letters may be replaced")
        need(name not in ctx.mentioned, f"lemma: the letter {name} is not arbitrary")
        new[name] = word = ctx.word(data_word, ctx.rows(name), ctx.cols(name))
        need(not ctx.symmetric(name) or word == ctx.transpose(word), f"lemma: {name} stands for symmetric matrices")
    fresh = letters_in([*new.values(), *(w for w, _ in others if not leading)])
    averaged = frozenset().union(*(ctx.sources[x] for x in letters_traced(poly)))
    need(not leading or not any(ctx.sources[x] for x in fresh), "lemma: to leading order constants replace constants")
    need(not any(ctx.sources[x] & averaged for x in fresh), "lemma: replacement depends on what is averaged")

    def image(token: str) -> Word:
        piece = new.get(base(token), (base(token),))
        return ctx.transpose(piece) if token.endswith("'") else piece

    for key, c in poly.items():
        yield c, [(tuple(t for token in word for t in image(token)), ctx.rows(word[0])) for word in key] + others


NULLS: dict[str, Callable[[Context, Line, Traces, list[Line], bool], Terms]] = {
    "stein": null_stein, "loop": null_loop, "relation": null_relation, "trace-relation": null_trace_relation,
    "lemma": null_lemma,
}  # fmt: skip


def null(ctx: Context, data: Line, done: list[Line], leading: bool) -> TracePoly:
    """An identity of the stated ``kind``, multiplied by ``others``, a product of traces."""
    kind, others = data.get("kind"), ctx.traces(data.get("others", []))
    need(kind in NULLS, f"unknown null {brief(kind)}")
    out = ctx.collect(ctx.trace_term(*term) for term in NULLS[kind](ctx, data, others, done, leading))
    if leading:  # vectors are held short (see ``rule_trace``)
        here = letters_traced(out)
        need(not here & ctx.singular, "an inverse has no series")
        apart = any(ctx.sources[x] for x in letters_in(w for w, _ in others))
        exact = data["letter"] in ctx.vectors if kind == "stein" else kind == "relation" or not apart
        constant = {x for x in here & ctx.vectors if not ctx.sources[x]}
        need(exact or constant >= here & ctx.vectors, "a random vector is integrated out first")
        once = all(sum(base(t) in constant for w in key for t in w) <= 2 for key in out)
        need(once, "more than one w w' in a product of traces")
    return out


# --- rules about words and traces ------------------------------------------------------------------------------------


def rule_word(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left - right = sum of coefficient * a (g) b, where g is a relation of the context."""
    conclusion, rows, cols = ctx.equation(line.get("left"), line.get("right"), line.get("shape"))
    rest = dict(conclusion)
    for coefficient, a, b, index in listing(line.get("cofactors", []), 4, "cofactor"):
        poly, r, k = pick(ctx.relations, index, "relation")
        left, right = ctx.word(a, rows, r), ctx.word(b, k, cols)
        ctx.budget.spend(len(poly) * (len(left) + len(right)))
        ctx.subtract(rest, {left + word + right: c for word, c in poly.items()}, ctx.scalars.read(coefficient))
    need(not rest, "the cofactors do not add up to the difference")
    return {"word": (conclusion, rows, cols)}


def rule_trace(ctx: Context, line: Line, done: list[Line]) -> Line:
    """E[polynomial in traces] = 0, or (rule ``leading``) the same to leading order as d and T grow in proportion.

    To leading order a trace over d or T dimensions, d and T count as size T^1.  Expand a resolvent (X'X/T + lambda)^-1
    in powers of 1/lambda: by Stein's identity each expectation of a product of traces is a polynomial in traces and
    1/T, and exactly the terms in which a trace splits in two keep the size - one that does not split, or in which two
    traces merge, is smaller by 1/T.  By induction on the degree the leading part L is multiplicative over traces and
    satisfies the truncated identity, at every power of 1/lambda.  So ``leading`` lines are identities between formal
    power series in 1/lambda, in which a scalar may be defined by a trace (``leading_traces``).  Other random inverses
    than that of a multiple of the identity and words that hold Gaussian letters have no such series.

    Letters with a side of fixed length (vectors) break the count of sizes, so they are held short: a random vector is
    integrated out exactly, and while one stands in a product of traces no other letter is, nor is the product taken
    apart, as its leading part is not multiplicative; constant vectors enter a product of traces once, as w w', in which
    both sides are linear.
    """
    leading = line["rule"] == "leading"
    conclusion = ctx.trace_poly(line.get("expectation"))
    need(not letters_traced(conclusion) & ctx.hiding, "an inverse hides in a name: write out which moment is needed")
    rest = dict(conclusion)
    for coefficient, data in listing(line.get("nulls"), 2, "null"):
        ctx.subtract(rest, null(ctx, data, done, leading), ctx.scalars.read(coefficient))
    need(not rest, "the nulls do not add up to the expectation")
    return {line["rule"]: conclusion}


def rule_telescope(ctx: Context, line: Line, done: list[Line]) -> Line:
    """From an earlier word line L[m+1] - L[m] = r[m]: L[n] - L[0] = sum_{m<n} r[m].

    A word line holds for all matrices that satisfy the relations of the context, whatever their law, and the relations
    hold for every m; so does the line, and the sum over m is a sum of true equations.  L[m+1] has to be L[m] with every
    m moved on: coefficients are numbers, and the shape and the letters without an index, which stay, are not made of
    anything that could move.
    """
    poly, *shape = earlier(done, line.get("step"), "word")
    term, summand = (listing(line.get(k), 2, k) for k in ("term", "summand"))
    for coefficient, _ in term + summand:
        number(coefficient)
    need("[m+1]" not in json.dumps(term), "telescope: the term is not a function of m")
    for x in letters_in(ctx.word_poly(term, *shape)):
        need("[m]" in x or not set(ctx.letters[x]) & {"inverse_of", "equals", "depends"}, f"telescope: {x} may move")
    need("[m" not in "".join(names_in(*(ctx.dims[side] for side in shape))), "telescope: the shape moves with m")
    rest = ctx.word_poly(json.loads(json.dumps(term).replace("[m]", "[m+1]")), *shape)
    for part in (ctx.word_poly(term, *shape), ctx.word_poly(summand, *shape), poly):
        ctx.subtract(rest, part)
    need(not rest, "telescope: the line is not L[m+1] - L[m] - r[m]")
    return {}


# --- orders of magnitude: M <= C (N_1 + ... + N_k), with C a function of the fixed scalars only ----------------------

Power = dict[str, Ratio]  # a product of powers of positive scalars; the exponents are functions of fixed scalars
Bound = tuple[Power, list[Power]]


def read_power(ctx: Context, data: Any) -> Power:
    ctx.budget.spend(8)
    need(isinstance(data, dict) and len(data) <= 40, "not a product of powers")
    need(set(data) <= ctx.scalars.names and not set(data) & set(BOUND), "a power of an undeclared scalar")
    out = {name: ctx.scalars.read(exponent) for name, exponent in data.items()}
    ctx.quantities |= set(out)
    ctx.parameters |= names_in(*out.values())
    return {name: e for name, e in out.items() if e[0]}


def read_bound(ctx: Context, data: Any) -> Bound:
    low, high = listing([data], 2, "order")[0]
    need(isinstance(high, list) and 0 < len(high) <= 40, "bad order")
    return read_power(ctx, low), [read_power(ctx, x) for x in high]


def multiply(ctx: Context, out: Power, power: Power, weight: Ratio = UNIT) -> Power:
    """out * power^weight."""
    for name, e in power.items():
        ctx.accumulate(out, name, ctx.scalars.times(weight, e))
    return out


def names_of(power: Power) -> set[str]:
    return set(power) | names_in(*power.values())


def show_power(power: Power) -> str:
    return "*".join(n if e == UNIT else f"{n}^({show_ratio(e)})" for n, e in sorted(power.items())) or "1"


def rule_suppose(ctx: Context, line: Line, done: list[Line]) -> Line:
    bounds = [read_bound(ctx, b) for b in listing(line.get("orders"), 2, "order")]
    ctx.orders |= {f"{show_power(low)} <~ {' + '.join(map(show_power, high))}" for low, high in bounds}
    return {"orders": bounds}


def rule_least(ctx: Context, line: Line, done: list[Line]) -> Line:
    """``name`` is the lesser of two quantities; one of them is at most that name."""
    name, of = line.get("name"), [read_power(ctx, x) for x in listing([line.get("of")], 2, "least")[0]]
    ctx.define(name, "least", tuple(of), set().union(*map(names_of, of)))
    m = read_power(ctx, {name: "1"})
    return {"orders": [(m, [of[0]]), (m, [of[1]]), ({}, [multiply(ctx, dict(m), x, MINUS) for x in of])]}


def rule_terms(ctx: Context, line: Line, done: list[Line]) -> Line:
    """From an earlier line p = 0 or p >= 0 between positive quantities.

    In sum_i c_i M_i = sum_j c_j N_j each M_i is at most a constant times the sum of the N_j, and conversely.
    """
    index = line.get("line")
    sign = "sign" if "sign" in pick(done, index, "earlier line") else "zero"
    num, den = earlier(done, index, "sign")[0][0] if sign == "sign" else earlier(done, index, "zero")
    ctx.budget.spend(4 * len(den))
    need(sign == "zero" or min(den.values()) > 0, "the denominator has no sign")
    need(not names_in((num, den)) & set(BOUND), "a bound variable is loose")
    ctx.quantities |= names_in((num, den))
    parts: list[list[Power]] = [[], []]
    for m, c in num.items():
        ctx.budget.spend(8 + 4 * len(m))
        parts[c < 0].append({name: ({(): e}, ONE) for name, e in m})
    plus, minus = parts
    need(plus and (minus or sign == "sign"), "the terms have one sign")
    return {"orders": [(x, plus) for x in minus] + [(x, minus) for x in plus if sign == "zero"]}


def read_power_sum(ctx: Context, line: Line) -> tuple[str, str | None, tuple[int, int, int], Ratio]:
    """The sum F over a power law that a line is about: its name, the name of k, the powers [a, b, n], and t source."""
    name, at, law, s = line.get("sum"), line.get("at"), ctx.power_law, variable("s")
    (a, b, n), target = line.get("powers", ()), line.get("target") is True
    need(law is not None and all(type(x) is int and abs(x) <= 8 for x in (a, b, n)) and n >= 0, "bad power-order")
    before, ctx.scalars.denominators = ctx.scalars.denominators, {}
    sums = read_sums(ctx, line)
    need(name in sums and (at is None or at in ctx.scalars.names - set(BOUND)), "no such sum over a power law")
    k = UNIT if at is None else variable(at)
    above = [*[k] * a, *[s] * b, *[s, variable("w2")][: 2 * target]]
    below = [*[k] * -a, *[s] * -b, *[ctx.scalars.plus(s, k)] * n]
    form = ctx.scalars.over(ctx.scalars.times(*above), ctx.scalars.times(*below))
    need(not ctx.scalars.minus(sums[name], form)[0], "the summand is of another form")
    for key, poly in ctx.scalars.denominators.items():
        names, one_sign = names_in((poly, ONE)), min(poly.values()) > 0 or max(poly.values()) < 0
        need("s" not in names or (names <= {"s", at} and one_sign), "the summand may have a pole")
        if "s" not in names:
            before[key] = poly
    ctx.scalars.denominators = before
    return name, at, (a, b, n), ctx.source if target else ZERO


def rule_power_order(ctx: Context, line: Line, done: list[Line]) -> Line:
    """The order of F = sum_{j <= d} (s_j w2_j)^t k^a s_j^b (s_j + k)^-n, t = 0 or 1, over a power law, for bounded k.

    ``powers`` [a, b, n], n >= 0; s_j w2_j = j^-source.  Let e = t source, J = k^(-1/beta), m = min(J, d) ("count"),
    theta = beta (n - b) - e.  Because (s + k)^-n lies between constant multiples of max(s, k)^-n, a term with j <= J,
    where s >= k, is between constants times k^a j^theta, and a term with j >= J between constants times k^(a - n)
    j^-(e + beta b), whose sum must converge.  If J >= 1 the head, j <= m, is between two constants times k^a (m^(theta
    + 1) + 1), or k^a log(1 + m) where theta = -1 ("log"), and the tail, which is there only if m = J, is at most a
    constant times k^a J^(theta + 1).  If J < 1 then k, m and F are each between two positive constants ("small").

    ``slack`` x >= 0: the bound from above alone, with theta + x for theta, because sum_{j <= m} j^theta grows with it.
    ``gap`` (d infinite): a name for the distance of F from its leading term.  Where theta = -1 that is k^a log J, at
    most a constant times k^a away, as H_m - log m is bounded and 1 - (1 + k/s)^-n <= n k/s for s >= k.  Where theta >
    -1 it is the integral over x > 0 of the summand at j = x, which is ``integral`` times k^(a - (theta + 1)/beta): the
    slope of its logarithm, by log x, is (theta s - (e + beta b) k)/(s + k), so that it falls or rises to one maximum
    and falls; the two differ by at most the integral over x < 1 and twice the largest term with x >= 1.
    """
    assumed, _ = read_assumptions(ctx, line, done)
    read, plus, minus, times = ctx.scalars.read, ctx.scalars.plus, ctx.scalars.minus, ctx.scalars.times
    name, at, (a, b, n), e = read_power_sum(ctx, line)
    law, beta, over = ctx.power_law, ctx.beta, ctx.scalars.over

    def positive(x: Ratio, field: str) -> None:
        need(positive_sum(ctx, x, line.get(field), assumed), f"{field}: not shown to be positive")

    theta1 = plus(minus(times(read(str(n - b)), beta), e), UNIT)  # theta + 1
    positive(beta, "beta_positive")
    positive(minus(plus(e, times(read(str(b)), beta)), UNIT), "tail_converges")
    ctx.converging.add(name)
    k: Power = {} if at is None else read_power(ctx, {at: "1"})  # without ``at``: k = 1
    m = multiply(ctx, {}, k, over(MINUS, beta))
    need(at is None or bound_at(ctx, line.get("small"), done) == (k, [{}]), "that k is bounded is not shown")
    if law["dimension"] is not None:
        ctx.signs.add(f"{law['dimension']} - 1 >= 0")  # an empty sum has no order
        if at is not None:
            kind, of = ctx.meanings.get(line.get("count"), ("", ((), ())))
            d = read_power(ctx, {law["dimension"]: "1"})
            same = kind == "least" and not multiply(ctx, dict(of[0]), m, MINUS) and of[1] == d
            need(same, "the count is not min(k^(-1/beta), d)")
            m = read_power(ctx, {line["count"]: "1"})
    head, total = multiply(ctx, {}, k, read(str(a))), read_power(ctx, {name: "1"})
    more: list[Bound] = []
    if "gap" in line:
        need(at is not None and law["dimension"] is None, "no leading term")
        leading, power, distance = f"log(1/{at})/beta", read(str(a)), [head]
        if theta1[0]:
            positive(theta1, "head_converges")
            leading, power = line.get("integral"), minus(power, over(theta1, beta))
            ctx.define(leading, "integral", (n, theta1, beta), names_in(theta1, beta))
            ctx.parameters.add(leading)
            distance.append(multiply(ctx, dict(head), m, minus(theta1, UNIT)))
        ctx.define(line["gap"], "gap", (name, leading, at, power), {name, str(at), leading})
        more = [(read_power(ctx, {line["gap"]: "1"}), distance)]
    if line.get("log") is not None:
        need(not theta1[0], "theta is not -1")
        ctx.define(line["log"], "log", m, names_of(m))
        logarithm = read_power(ctx, {line["log"]: "1"})
        both = multiply(ctx, dict(head), logarithm)
        return {"orders": [(total, [both]), (both, [total]), ({}, [logarithm]), *more]}
    if "slack" in line:
        extra, certificate = listing([line["slack"]], 2, "slack")[0]
        positive_sum(ctx, read(extra), certificate, assumed)
        theta1 = plus(theta1, read(extra))
        ctx.parameters |= names_in(theta1)
    over(UNIT, theta1)  # theta differs from -1
    first = multiply(ctx, dict(head), m, theta1)
    terms = [head] if first == head else [first, head]
    return {"orders": [(total, terms), *((x, [total]) for x in terms if "slack" not in line), *more]}


def bound_at(ctx: Context, where: Any, done: list[Line], cases: list[Bound] | None = None) -> Bound:
    """A bound by its place: [line, number], or ["case", number]."""
    need(isinstance(where, list) and len(where) == 2, "no such order")
    bound: Bound = pick(cases or [] if where[0] == "case" else earlier(done, where[0], "orders"), where[1], "order")
    return bound


def rule_order(ctx: Context, line: Line, done: list[Line]) -> Line:
    """M <= C (N_1 + ... + N_k) from earlier bounds, by a tree of cases.

    {"split": bound, "cases": [...]}: where M' <= C sum N'_j, one of the M' <= k C N'_j holds;
    {"lesser": p, "cases": [x, y]}: p = x <= y, or p = y <= x;
    {"use": [[bound, y, sign], ...], "mix": [[z, sign], ...]}: the product of the bounds to the powers y >= 0 says that
    M^(sum z_j) <= C prod N_j^z_j with z >= 0, not all 0: M is at most a weighted geometric mean; without ``mix`` that 1
    <= C T^-e, e = ``strict`` > 0, which cannot be where T is ``large``.
    """
    goal, scalars = read_bound(ctx, line.get("order")), ctx.scalars
    Known = list[tuple[Ratio, bool]]
    Values = dict[str, Ratio]

    def put(r: Ratio, value: Values) -> Ratio:
        """With the values of lesser scalars in their place."""
        ctx.budget.spend(4 * (len(r[0]) + len(r[1])))
        here = names_in(r) & set(value)
        return scalars.over(*(scalars.evaluate(p, lambda n: value.get(n, variable(n))) for p in r)) if here else r

    def prove(node: Line, cases: list[Bound], known: Known, value: Values, depth: int) -> None:
        need(isinstance(node, dict) and depth < MAX_DEPTH, "bad tree of cases")
        ctx.budget.spend(20)

        def weight(item: Any) -> tuple[Ratio, bool]:
            """A weight >= 0, and whether it is positive."""
            w, certificate = listing([item], 2, "weight")[0]
            r = scalars.read(w)
            ctx.parameters.update(names_in(r))
            return r, positive_sum(ctx, r, certificate, known)

        if "split" in node or "lesser" in node:
            options: list[tuple[list[Bound], Known, Values]] = []
            if "split" in node:
                low, high = bound_at(ctx, node["split"], done, cases)
                options = [([*cases, (low, [x])], known, value) for x in high]
            else:
                p = node["lesser"]
                need(p in ctx.lesser, "no such lesser scalar")
                for v, other in (ctx.meanings[p][1], ctx.meanings[p][1][::-1]):
                    here = [(put(h, {p: v}), strict) for h, strict in known]
                    options.append((cases, [*here, (scalars.minus(other, v), False)], value | {p: v}))
            branches = node.get("cases")
            need(isinstance(branches, list) and len(branches) == len(options), "a case is missing")
            for branch, option in zip(branches, options, strict=True):
                prove(branch, *option, depth + 1)
            return
        total: Power = {}
        for where, *item in listing(node.get("use"), 3, "use of an order"):
            low, high = bound_at(ctx, where, done, cases)
            need(len(high) == 1, "a bound by a sum is used without its cases")
            w, _ = weight(item)
            multiply(ctx, multiply(ctx, total, high[0], w), low, scalars.times(MINUS, w))
        if "mix" in node:
            weights = [weight(item) for item in node["mix"]]
            need(len(weights) == len(goal[1]), "bad mix")
            need(any(positive for _, positive in weights), "the weights of the mix may all vanish")
            for (w, _), power in zip(weights, goal[1], strict=True):
                multiply(ctx, multiply(ctx, total, goal[0], w), power, scalars.times(MINUS, w))
        else:
            e, positive = weight(node.get("strict"))
            need(positive and ctx.large is not None, "no contradiction")
            multiply(ctx, total, read_power(ctx, {ctx.large: "1"}), e)
        need(not any(put(e, value)[0] for e in total.values()), "the bounds do not multiply to the order stated")

    prove(line.get("tree"), [], read_assumptions(ctx, line, done)[0], {}, 0)
    return {"orders": [goal]}


# --- checking a certificate ------------------------------------------------------------------------------------------

RULES: dict[str, Callable[[Context, Line, list[Line]], Line]] = {
    "identity": rule_identity, "spectral": rule_spectral, "limit": rule_limit,
    "nonnegative": rule_nonnegative, "word": rule_word,
    "power-order": rule_power_order, "order": rule_order, "suppose": rule_suppose, "least": rule_least,
    "terms": rule_terms, "trace": rule_trace, "leading": rule_trace, "telescope": rule_telescope,
}  # fmt: skip


def check(certificate: Any) -> dict[str, Any]:
    """Accept a certificate, or raise ``Rejected`` (and nothing else).

    Returns
    -------
    dict with ``claim``, ``lines`` (how many), ``rules``, and what the conclusions rest on: ``side_conditions``
    (denominators that must not vanish), ``assumed`` (equations taken for granted), ``signs`` (inequalities taken for
    granted), ``definitions`` (what names stand for), ``moments`` {inverse letter: order of the moment of its norm that
    must be finite; "0": only that the inverse exists} and ``moments_of`` (those of positive order).
    """
    try:
        return _check(certificate)
    except Rejected:
        raise
    except (Exception, RecursionError) as error:  # malformed data, of whatever kind: no certificate
        raise Rejected(f"malformed: {type(error).__name__}") from None


def _check(certificate: Any) -> dict[str, Any]:
    need(isinstance(certificate, dict) and certificate.get("format") == FORMAT, f"not a {FORMAT} document")
    need(set(certificate) <= {"format", "claim", "context", "lines", "note"}, "unknown field")
    claim, lines, done = certificate.get("claim"), certificate.get("lines"), []  # type: ignore[var-annotated]
    need(isinstance(claim, str) and isinstance(lines, list) and 0 < len(lines) <= 5000, "no claim or no lines")
    ctx = Context(certificate.get("context"), Budget())
    for i, line in enumerate(lines):
        need(isinstance(line, dict) and line.get("rule") in RULES, f"line {i}: unknown rule")
        try:
            done.append(RULES[line["rule"]](ctx, line, done))
        except Rejected as error:
            raise Rejected(f"line {i} ({line['rule']}): {error}") from None
    need(not ctx.free & {*BOUND, *ctx.meanings, *ctx.taken}, "a limit speaks of what stands for something")
    for p in ctx.scalars.denominators.values():
        ctx.budget.spend(len(ctx.assumed) * (4 + len(p) // 2))
        need(not any(proportional(p, g) for gs in ctx.assumed for g in gs), f"{show(p)} is taken for 0 and divided by")
    if ctx.power_law is not None and ctx.power_law["dimension"] is None:
        loose = [name for name, (kind, _) in ctx.meanings.items() if kind == "sum" and name not in ctx.converging]
        need(not loose, f"a sum over an infinite spectrum that may diverge: {', '.join(loose)}")
    written = ctx.written_out()
    for p in list(ctx.scalars.denominators.values()):
        need(ctx.scalars.evaluate(p, written)[0], f"{show(p)} vanishes and is divided by")
    for name in ctx.quantities:
        kind, f = ctx.meanings.get(name, ("", UNIT))
        num, den = (ctx.scalars.evaluate(p, written) for p in (f if kind in ("value", "sum") else UNIT))
        need(may_hold(ctx.scalars.times(num, den[::-1]), True), f"{name} is a quantity and not positive")
    need(ctx.large not in ctx.meanings, "what may be as large as need be stands for something")
    need(not ctx.quantities & ctx.parameters, "a scalar is both fixed and a quantity that varies")
    varying = ctx.quantities | set(BOUND)
    need(not any(ctx.depends_on(p, q) for p in ctx.parameters for q in varying), "a fixed scalar varies")
    return {
        "claim": claim,
        "lines": len(done),
        "rules": sorted({line["rule"] for line in lines}),
        "side_conditions": sorted({f"{show(p)} != 0" for p in ctx.scalars.denominators.values()}),
        "assumed": sorted({f"{show(g)} = 0" for g, _ in ctx.assumed}),
        "signs": sorted(ctx.signs),
        "definitions": sorted(f"{n} = {meaning(kind, m)}" for n, (kind, m) in ctx.meanings.items()),
        "quantities": sorted(ctx.quantities),
        "parameters": sorted(ctx.parameters),
        "orders": sorted(ctx.orders),
        "large": ctx.large,
        "moments": {z: str(order) for z, order in sorted(ctx.moments.items())},
        "moments_of": sorted(z for z, order in ctx.moments.items() if order > 0),
    }


def proportional(p: Poly, q: Poly) -> bool:
    m = next(iter(p))
    return p.keys() == q.keys() and all(p[m] * q[k] == q[m] * p[k] for k in p)


def meaning(kind: str, data: Any) -> str:
    """What a name stands for, as text."""
    if kind == "expectation":
        return f"E[{' '.join(f'tr({chr(32).join(word)})' for word in data)}]"
    if kind == "least":
        return f"min({', '.join(map(show_power, data))})"
    if kind == "lesser":
        return f"min({', '.join(map(show_ratio, data))})"
    if kind == "integral":
        n, power, beta = data
        return f"int_0^oo x^({show_ratio(power)} - 1) (1 + x^({show_ratio(beta)}))^-{n} dx"
    if kind == "gap":
        name, constant, at, power = data
        return f"|{name} - {constant}*{at}^({show_ratio(power)})|"
    return f"log(1 + {show_power(data)})" if kind == "log" else f"{'sum_j' * (kind == 'sum')}[{show_ratio(data)}]"


def load(text: str) -> Any:
    """Parse JSON strictly: no duplicate keys, no NaN or floats, bounded size and depth."""
    need(len(text) <= MAX_BYTES, "certificate too large")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len({k for k, _ in items}) == len(items), "duplicate key")
        return dict(items)

    def refuse(token: str) -> Any:
        raise Rejected(f"not an exact number: {token:.40}")

    def integer(token: str) -> int:
        need(len(token) <= 6, "integer too large")
        return int(token)

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"not JSON: {type(error).__name__}") from None


def main(argv: list[str]) -> int:
    """``python -m ridgeproof.proofs_check.kernel DIR|FILE ...``: re-check certificates (DIR: all *.certificate.json in it).

    Exit status 0 if there is at least one and every one is accepted, else 1.
    """
    files = [f for a in argv for f in (sorted(Path(a).glob("*.certificate.json")) if Path(a).is_dir() else [Path(a)])]
    rejected = 0
    for path in files:
        try:
            need(path.stat().st_size <= MAX_BYTES, "certificate too large")
            result = check(load(path.read_text(encoding="utf-8")))
            said = f"accepted  {path.name}  {result['lines']} lines"
        except (Rejected, OSError, UnicodeDecodeError) as error:
            rejected += 1
            said = f"REJECTED  {path.name}  {error}"
        print(ascii(said)[1:-1])
    print(f"{len(files) - rejected} accepted, {rejected} rejected")
    return 0 if files and not rejected else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
