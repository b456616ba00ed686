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
telescope   L(m+1) - L(m) = r(m) for all m, hence L(n) - L(0) = sum_{m<n} r(m)

What a reader has to believe besides this file: Stein's identity E[x f(x)] = S E[grad f(x)] for Gaussian x where both
sides exist, invariance of the law of a rotation-invariant letter, and that the context says what the model says
(``proofs_check.context`` compares the two).  What was assumed is returned with the acceptance and is part of what was
proved: equations, signs, denominators that must not vanish, what names stand for, and which moments must be finite.

Bounds: a certificate is given up after MAX_STEPS elementary steps, however it is made; that is a few seconds and a few
hundred megabytes (measured by ``tests/proofs_check/test_kernel_attack.py``).
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator
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

    def derive(self, r: Ratio, name: str) -> Ratio:
        """The partial derivative in a name, by the quotient rule."""

        def d(p: Poly) -> Poly:
            parts = ((tuple((n, e - (n == name)) for n, e in m if n != name or e > 1), c * dict(m).get(name, 0))
                     for m, c in p.items())  # fmt: skip
            return self.sum(mc for mc in parts if mc[1])

        top = self.minus((self.mul(d(r[0]), r[1]), ONE), (self.mul(r[0], d(r[1])), ONE))
        return top[0], self.mul(r[1], r[1])


# --- the context: letters with shapes, definitions and laws ----------------------------------------------------------

Word = tuple[str, ...]
WordPoly = dict[Word, Ratio]
Line = Any  # a line of a certificate, or what it concluded: a JSON object
TracePoly = dict[tuple[Word, ...], Ratio]  # the key: a product of traces of cyclic words; () is the constant 1


def base(token: Any) -> str:
    need(isinstance(token, str), "not a letter")
    return token[:-1] if token.endswith("'") else token


class Context:
    """Scalars, and letters that stand for matrices.

    ``dims``: label -> scalar expression.  ``letters[name]``: ``rows``, ``cols`` (labels), optional ``symmetric``, and
    at most one nature; a letter without one is an arbitrary constant.
    ``gaussian`` {"covariance": letter | null, "variance": scalar}: rows iid N(0, covariance * variance), independent of
    all else; ``rotates`` group: random, the letters of a group jointly invariant under conjugation by rotations and
    independent of all else; ``inverse_of`` [[coefficient, word], ...]: the two-sided inverse; ``depends`` [letters]: a
    function of these, known only through relations.
    ``leading_traces`` [word, scalar]: the definition of a scalar as a formal power series, for ``leading`` lines only.
    ``values`` {scalar: expression}: a name for a rational function of scalars that are not below it in the list.
    ``power_law`` {"beta", "source", "dimension"}: s_j = j^-beta, s_j w2_j = j^-source for j = 1, ..., dimension (the
    name of a scalar, null: without end); only lines ``power-order`` use it.  ``large``: a scalar that may be taken as
    large as the fixed scalars require.  ``lesser`` {p: [x, y]}: the fixed scalar p is the lesser of two expressions.
    ``relations`` [left, right, shape]: between constants, or between letters of one group, or the definition of a
    ``depends`` letter.  ``trace_relations`` [word, scalar]: traces of constants or of letters of a group.
    An index [m] means: for every m.  The letter with [m+1] is the one with [m] moved on, so their natures agree.
    """

    def __init__(self, data: Any, budget: Budget) -> None:
        known = {"scalars", "dims", "letters", "relations", "trace_relations", "leading_traces"}
        known |= {"values", "power_law", "large", "lesser"}
        need(isinstance(data, dict) and set(data) <= known, "bad context")
        names, dims, self.letters = data.get("scalars", []), data.get("dims", {}), data.get("letters", {})
        need(isinstance(names, list) and isinstance(dims, dict) and isinstance(self.letters, dict), "bad context")
        need(all(isinstance(s, str) and NAME.match(s) for s in names), "bad scalar name")
        need(len(set(names)) == len(names), "duplicate scalar")
        need(len(names) <= MAX_NAMES and len(self.letters) <= MAX_NAMES, "too many names")
        self.budget, self.scalars = budget, Scalars(names, budget)
        self.assumed: list[tuple[Poly, Poly]] = []  # equations p = 0 that a line takes for granted: as written, as used
        self.signs: set[str] = set()  # signs that a line takes for granted
        self.moments: dict[str, Fraction] = {}  # inverse letter -> the order of its norm's moment that must be finite
        self.meanings: dict[str, tuple[str, Any]] = {}  # what scalars stand for: sums over the spectrum, expectations
        self.inside: dict[str, set[str] | None] = {}  # and which scalars that is made of
        self.free: set[str] = set()  # scalars of limits: one varies, the others are fixed, so none stands for anything
        self.steady: set[str] = set()  # scalars that a line takes to be the same for every index m
        self.quantities: set[str] = set()  # scalars whose order of magnitude is spoken of: positive, and they vary
        self.parameters: set[str] = set()  # scalars on which the constants of such orders may depend: they do not
        self.orders: set[str] = set()  # orders that a line takes for granted
        self.converging: set[str] = set()  # sums over the power law that were shown to converge
        self.dims = {k: self.scalars.read(v) for k, v in dims.items()}
        for name, spec in self.letters.items():
            self._check_letter(name, spec)
        self.sources: dict[str, frozenset[str]] = {}
        for name in self.letters:
            self._find_sources(name, 0)
        self.inverses = {n: self.word_poly(s["inverse_of"], s["rows"], s["cols"])
                         for n, s in self.letters.items() if "inverse_of" in s}  # fmt: skip
        for name, poly in self.inverses.items():
            need(poly, f"{name} is the inverse of zero")
            flipped = {self.transpose(w): c for w, c in poly.items()}
            need(not self.symmetric(name) or not self.minus_words(poly, flipped), f"{name} is not symmetric")
        self.defined: set[str] = set()
        self.mentioned: set[str] = set()  # letters that a relation or a law speaks of: they are not arbitrary
        self.relations = [self._relation(*r) for r in listing(data.get("relations", []), 3, "relation")]
        for name, poly in self.inverses.items():
            side = self.letters[name]["rows"]
            for product in ({(*w, name): c for w, c in poly.items()}, {(name, *w): c for w, c in poly.items()}):
                self.relations.append((self.minus_words(product, {(): UNIT}), side, side))
        self.trace_relations = []
        for item, value in listing(data.get("trace_relations", []), 2, "trace relation"):
            word = self.traces([item])[0][0]
            need(self._one_world({base(t) for t in word}), "a trace relation of a letter whose law is given")
            self.trace_relations.append((word, self.scalars.read(value)))
        self.leading_traces = []
        for item, value in listing(data.get("leading_traces", []), 2, "leading trace"):
            self.leading_traces.append((self.traces([item])[0][0], self.scalars.read(value)))
        self.mentioned |= {base(t) for poly, _, _ in self.relations for w in poly for t in w}
        self.mentioned |= {base(t) for word, _ in (*self.trace_relations, *self.leading_traces) for t in word}
        laws = [s["gaussian"] for s in self.letters.values() if "gaussian" in s]
        self.mentioned |= {g["covariance"] for g in laws if g["covariance"] is not None}
        used = [*self.dims.values(), *(self.scalars.read(g["variance"]) for g in laws)]
        used += [v for _, v in (*self.trace_relations, *self.leading_traces)]
        used += [c for p, _, _ in self.relations for c in p.values()]
        self.taken = names_in(*used)  # scalars that the context itself uses
        for name in self.letters:
            self._check_family(name)
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
            need(not names_in(meaning) & {*later, *BOUND}, f"{name} is defined through later names")
            self.define(name, "value", meaning, names_in(meaning))
        for name, pair in self.lesser.items():
            x, y = (self.scalars.read(e) for e in listing([pair], 2, "lesser")[0])
            need(not names_in(x, y) & set(self.lesser), "bad lesser")
            self.define(name, "lesser", (x, y), names_in(x, y))
            self.parameters |= {name} | names_in(x, y)
        need(self.large is None or self.large in self.scalars.names, "bad large scalar")

    def written_out(self, value: Callable[[str], Ratio] = variable) -> Callable[[str], Ratio]:
        """What names stand for, where those of ``values`` are written out."""
        def written(name: str) -> Ratio:
            return self.scalars.read(self.values[name], written) if name in self.values else value(name)

        return written

    def _check_letter(self, name: str, spec: Any) -> None:
        need(NAME.match(name) and name not in self.scalars.names, f"bad letter name {brief(name)}")
        natures = {"gaussian", "inverse_of", "rotates", "depends"}
        need(isinstance(spec, dict) and set(spec) <= natures | {"rows", "cols", "symmetric"}, f"bad letter {name}")
        need(spec.get("rows") in self.dims and spec.get("cols") in self.dims, f"letter {name} has no shape")
        need(len(set(spec) & natures) <= 1, f"letter {name} has two natures")
        need(spec.get("symmetric") in (None, True), f"letter {name}: symmetric is true or absent")
        square = spec.get("symmetric") or "inverse_of" in spec or "rotates" in spec
        need(not square or spec["rows"] == spec["cols"], f"letter {name} is not square")
        if "gaussian" in spec:
            law = spec["gaussian"]
            need(isinstance(law, dict) and set(law) == {"covariance", "variance"}, f"letter {name} has no law")
            need("symmetric" not in spec, f"letter {name}: rows cannot be iid and the matrix symmetric")
        need("rotates" not in spec or (isinstance(spec["rotates"], str) and NAME.match(spec["rotates"])), "bad group")

    def _find_sources(self, name: Any, depth: int) -> frozenset[str]:
        """The independent random letters that a letter is a function of; cyclic definitions are rejected."""
        need(isinstance(name, str) and name in self.letters, f"undeclared letter {brief(name)}")
        need(depth < MAX_DEPTH, f"cyclic definition of {name}")
        if name not in self.sources:
            spec, inner = self.letters[name], self.letters[name].get("depends", [])
            need(isinstance(inner, list), "bad depends")
            if "inverse_of" in spec:
                inner = [base(t) for _, word in listing(spec["inverse_of"], 2, "inverse_of") for t in word]
            self.budget.spend(len(inner) + 1)
            own = [name] if "gaussian" in spec else [f"rotation {spec['rotates']}"] if "rotates" in spec else []
            self.sources[name] = frozenset(own).union(*(self._find_sources(x, depth + 1) for x in inner))
        return self.sources[name]

    def _one_world(self, letters: set[str]) -> bool:
        """Whether all are constants, or all are members of one group: then a relation between them restricts no law."""
        groups = {self.letters[x].get("rotates") for x in letters}
        return not any(self.sources[x] for x in letters) or (len(groups) == 1 and None not in groups)

    def _relation(self, left: Any, right: Any, shape: Any) -> tuple[WordPoly, str, str]:
        rows, cols = self.read_shape(shape)
        parts = self.word_poly(left, rows, cols), self.word_poly(right, rows, cols)
        letters = [{base(t) for w in p for t in w} for p in parts]
        if not self._one_world(letters[0] | letters[1]):
            need(len(parts[0]) == 1 and list(parts[0].values()) == [UNIT], "a relation between random letters")
            (word,) = parts[0]
            y = word[0] if len(word) == 1 else ""
            need("depends" in self.letters.get(y, {}) and not self.symmetric(y), "a relation between random letters")
            need(y not in self.mentioned | letters[1] | self.defined, f"{y} is defined twice or through itself")
            need(all(self.sources[x] <= self.sources[y] for x in letters[1]), f"{y} depends on more than it says")
            self.defined.add(y)
        self.mentioned |= letters[0] | letters[1]
        return self.minus_words(*parts), rows, cols

    def _check_family(self, name: str) -> None:
        """y[m+1] is y[m] moved on: same shape and law; what does not move with m is shared by both or by neither."""
        later = name.replace("[m]", "[m+1]")
        if "[m" not in name:  # made of X[m] for one m and so for every m
            more = {x.replace("[m]", "[m+1]") for x in self.sources[name]} & set(self.letters)
            need(more <= self.sources[name], f"{name} depends on every generation or on none")
            made_of = [self.letters[name].get(x) for x in ("inverse_of", "gaussian")]
            need("[m" not in json.dumps(made_of), f"{name} moves with m and does not say so")
        if later == name or later not in self.letters:
            return
        one, two = ({k: v for k, v in self.letters[x].items() if k != "depends"} for x in (name, later))
        need(json.loads(json.dumps(one).replace("[m]", "[m+1]")) == two, f"{later} is not {name} moved on")
        here, there = self.sources[name], self.sources[later]
        need({x for x in here if "[m" not in x} == {x for x in there if "[m" not in x}, f"{later} shares more")
        moved = {x.replace("[m]", "[m+1]") for x in here if "[m]" in x}
        need(moved == {x for x in there if "[m+1]" in x}, f"{later} is not {name} moved on")

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

    def vectors(self) -> set[str]:
        """Letters with a side whose length is a number, such as 1."""
        fixed = {label for label, length in self.dims.items() if not names_in(length)}
        return {x for x, spec in self.letters.items() if {spec["rows"], spec["cols"]} & fixed}

    # words

    def word(self, data: Any) -> Word:
        need(isinstance(data, list) and len(data) <= MAX_WORD, f"not a word: {brief(data)}")
        self.budget.spend(4 * len(data) + 1)
        out = []
        for token in data:
            need(base(token) in self.letters, f"undeclared letter {brief(token)}")
            out.append(base(token) if self.symmetric(base(token)) else token)
            if "inverse_of" in self.letters[base(token)]:
                self.moments.setdefault(base(token), Fraction(0))
        for left, right in itertools.pairwise(out):
            need(self.cols(left) == self.rows(right), f"shapes do not match: {left} {right}")
        return tuple(out)

    def symmetric(self, name: str) -> bool:
        return "symmetric" in self.letters[name] and bool(self.letters[name]["symmetric"])

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

    def word_poly(self, data: Any, rows: str, cols: str) -> WordPoly:
        """[[coefficient, word], ...], every word of the stated shape."""
        out: WordPoly = {}
        for coefficient, letters in listing(data, 2, "sum of words"):
            word = self.word(letters)
            need(self.fits(word, rows, cols), "a word has another shape than its sum")
            self.accumulate(out, word, self.scalars.read(coefficient))
        return out

    def accumulate(self, poly: dict[Any, Ratio], key: Any, coefficient: Ratio) -> None:
        total = self.scalars.plus(poly[key], coefficient) if key in poly else coefficient
        poly[key] = total
        if not total[0]:
            del poly[key]

    def subtract(self, poly: dict[Any, Ratio], factor: Ratio, other: dict[Any, Ratio]) -> None:
        for key, c in other.items():
            self.accumulate(poly, key, self.scalars.times(MINUS, factor, c))

    def minus_words(self, p: WordPoly, q: WordPoly) -> WordPoly:
        out = dict(p)
        self.subtract(out, UNIT, q)
        return out

    # traces

    def cyclic(self, word: Word) -> Word:
        """The least form of a word under rotation and transposition, which do not change its trace."""
        need(len(word) <= 2 * MAX_WORD, "word too long")
        self.budget.spend(len(word) * (4 + len(word) // 8) + 1)
        return min(w[i:] + w[:i] for w in (word, self.transpose(word)) for i in range(len(word)))

    def trace_term(self, coefficient: Ratio, words: list[tuple[Word, str]]) -> tuple[tuple[Word, ...], Ratio]:
        """coefficient * product of tr(word); ``str`` is the dimension label, used where the word is empty."""
        need(all(self.fits(word, dim, dim) for word, dim in words), "trace of a word that is not square")
        key = tuple(sorted(self.cyclic(word) for word, _ in words if word))
        self._note_moments(key)
        return key, self.scalars.times(coefficient, *(self.dims[dim] for word, dim in words if not word))

    def _note_moments(self, key: tuple[Word, ...]) -> None:
        """How large a moment of |Z| a product of traces needs, for each inverse letter Z.

        Each Z counts one.  If Z = (X'X)^-1, a run of letters X, X', Z is a function of the singular values of X, so
        that in the run each X or X' makes up for half a Z.
        """
        tokens = {base(t) for w in key for t in w}
        for z in (z for z in self.inverses if z in tokens and self.sources[z]):
            only = next(iter(self.inverses[z])) if len(self.inverses[z]) == 1 else ()
            gram = len(only) == 2 and only[0] == only[1] + "'" and self.rows(only[1]) != self.cols(only[1])
            mates = {z, base(only[1])} if gram and "gaussian" in self.letters[base(only[1])] else {z}
            order = Fraction(0)
            for word in key:
                self.budget.spend(len(word))
                names = [base(t) for t in word]
                start = next((i for i, name in enumerate(names) if name not in mates), 0)
                run = Fraction(0)
                for name in (*names[start:], *names[:start], ""):
                    if name in mates:
                        run += 1 if name == z else Fraction(-1, 2)
                    else:
                        order, run = order + max(run, Fraction(0)), Fraction(0)
            self.moments[z] = max(self.moments.get(z, Fraction(0)), order)

    def traces(self, data: Any) -> list[tuple[Word, str]]:
        need(isinstance(data, list) and len(data) <= 20, "not a list of traces")
        words = [self.word(w) for w in data]
        need(all(words), "empty trace: write the dimension as a scalar")
        need(all(self.fits(w, self.rows(w[0]), self.rows(w[0])) for w in words), "trace of a word that is not square")
        return [(w, self.rows(w[0])) for w in words]

    def trace_poly(self, data: Any) -> TracePoly:
        out: TracePoly = {}
        for coefficient, words in listing(data, 2, "sum of traces"):
            self.accumulate(out, *self.trace_term(self.scalars.read(coefficient), self.traces(words)))
        return out

    def occurrences(self, word: Word, x: str, depth: int = 0) -> Iterator[tuple[Ratio, Word, bool, Word]]:
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


# --- nulls: trace polynomials whose expectation is zero --------------------------------------------------------------


def null_stein(ctx: Context, data: Line, leading: bool = False) -> TracePoly:
    """E tr(X'F) prod tr(G) = v E sum_ia sum_b C_ab d/dX_ib (F_ia prod tr(G)), X with rows N(0, v C).

    ``leading``: only the terms in which a trace splits in two (see ``rule_trace``).
    """
    x, word, others = data.get("letter"), ctx.word(data.get("word")), ctx.traces(data.get("others", []))
    need(isinstance(x, str) and "gaussian" in ctx.letters.get(x, {}), "stein: not a Gaussian letter")
    law, t, d, out = ctx.letters[x]["gaussian"], ctx.rows(x), ctx.cols(x), TracePoly()
    need(word and ctx.fits(word, t, d), "stein: the word must have the shape of its letter")
    cov = ctx.word([law["covariance"]]) if law["covariance"] is not None else ()
    constant = not cov or (ctx.symmetric(cov[0]) and not ctx.sources[cov[0]])
    need(constant and ctx.fits(cov, d, d), "stein: the covariance is not a constant symmetric matrix")
    weight = ctx.scalars.times(MINUS, ctx.scalars.read(law["variance"]))

    def emit(coefficient: Ratio, *words: tuple[Word, str]) -> None:
        ctx.accumulate(out, *ctx.trace_term(coefficient, list(words)))

    emit(UNIT, ((ctx.flip(x), *word), d), *others)
    for c, left, flipped, right in ctx.occurrences(word, x):
        c = ctx.scalars.times(weight, c)
        if not flipped:
            emit(c, (left, t), ((*right, *cov), d), *others)
        elif not leading:
            emit(c, ((*left, *cov, *ctx.transpose(right)), t), *others)
    for i, (other, _) in enumerate(() if leading else others):
        for c, left, flipped, right in ctx.occurrences(other, x):
            turn = right + left  # tr(left dX right) = tr(right left dX)
            c, turn = ctx.scalars.times(weight, c), ctx.transpose(turn) if flipped else turn
            emit(c, ((*word, *cov, *turn), t), *others[:i], *others[i + 1 :])
    return out


def null_loop(ctx: Context, data: Line) -> TracePoly:
    """E sum_ab d/dK_ab (F_ab prod tr(G)) = 0 for K_ab = e_a e_b' - e_b e_a', dP = K P - P K: rotation invariance."""
    group, word, others = data.get("group"), ctx.word(data.get("word")), ctx.traces(data.get("others", []))
    need(isinstance(group, str) and word and ctx.rows(word[0]) == ctx.cols(word[-1]), "loop: the word must be square")
    dim, source, out = ctx.rows(word[0]), f"rotation {group}", TracePoly()
    members = {n for n, s in ctx.letters.items() if s.get("rotates") == group}
    need(members and all(ctx.rows(n) == dim for n in members), "loop: no such group of this dimension")

    def turns(w: Word) -> Iterator[tuple[Ratio, Word, Word]]:
        for i, token in enumerate(w):
            if base(token) in members:
                yield UNIT, w[:i], w[i:]
                yield MINUS, w[: i + 1], w[i + 1 :]
            else:
                need(source not in ctx.sources[base(token)], f"loop: no derivative is known of {base(token)}")

    def emit(c: Ratio, *words: tuple[Word, str]) -> None:
        ctx.accumulate(out, *ctx.trace_term(c, list(words)))

    for c, left, right in turns(word):
        emit(c, (left, dim), (right, dim), *others)
        emit(ctx.scalars.times(MINUS, c), (left + ctx.transpose(right), dim), *others)
    for i, (other, _) in enumerate(others):
        rest = (*others[:i], *others[i + 1 :])
        for c, left, right in turns(other):
            emit(c, (word + right + left, dim), *rest)
            emit(ctx.scalars.times(MINUS, c), (word + ctx.transpose(right + left), dim), *rest)
    return out


def null_relation(ctx: Context, data: Line) -> TracePoly:
    """tr(a g b) prod tr(G) = 0 for a relation g of the context (or its transpose)."""
    poly, rows, cols = pick(ctx.relations, data.get("relation"), "relation")
    if data.get("transposed") is True:
        poly, rows, cols = {ctx.transpose(w): c for w, c in poly.items()}, cols, rows
    left, right = ctx.word(data.get("left", [])), ctx.word(data.get("right", []))
    outer = ctx.rows(left[0]) if left else rows
    need(ctx.fits(left, outer, rows) and ctx.fits(right, cols, outer), "relation: shapes do not match")
    others, out = ctx.traces(data.get("others", [])), TracePoly()
    for word, c in poly.items():
        ctx.accumulate(out, *ctx.trace_term(c, [(left + word + right, outer), *others]))
    return out


def null_trace_relation(ctx: Context, data: Line, leading: bool = False) -> TracePoly:
    """(tr(word) - value) prod tr(G) = 0; to leading order also for the context's ``leading_traces``."""
    known = ctx.trace_relations + (ctx.leading_traces if leading else [])
    word, value = pick(known, data.get("trace_relation"), "trace relation")
    others, out = ctx.traces(data.get("others", [])), TracePoly()
    ctx.accumulate(out, *ctx.trace_term(UNIT, [(word, ctx.rows(word[0])), *others]))
    ctx.accumulate(out, *ctx.trace_term(ctx.scalars.times(MINUS, value), others))
    return out


def null_lemma(ctx: Context, data: Line, done: list[Line], leading: bool = False) -> TracePoly:
    """An earlier trace line with constant letters replaced by words that are independent of what it averages over.

    ``leading``: an earlier leading line; constants replace constants, and the other traces may be anything, because the
    leading part is multiplicative.
    """
    poly: TracePoly = earlier(done, data.get("lemma"), "leading" if leading else "trace")
    others, replace = ctx.traces(data.get("others", [])), data.get("replace", {})
    need(isinstance(replace, dict), "lemma: bad replacement")
    new = {name: ctx.word(word) for name, word in replace.items()}
    for name, word in new.items():
        need(name in ctx.letters and not ctx.sources[name], "lemma: only constant letters may be replaced")
        need(name not in ctx.mentioned, f"lemma: the letter {name} is not arbitrary")
        need(word and ctx.fits(word, ctx.rows(name), ctx.cols(name)), "lemma: replacement of another shape")
        need(not ctx.symmetric(name) or word == ctx.transpose(word), f"lemma: {name} stands for symmetric matrices")
    averaged = frozenset().union(*(ctx.sources[base(t)] for key in poly for w in key for t in w))
    fresh = {base(t) for w in (*new.values(), *(w for w, _ in ([] if leading else others))) for t in w}
    need(not leading or not any(ctx.sources[x] for x in fresh), "lemma: to leading order constants replace constants")
    need(not any(ctx.sources[x] & averaged for x in fresh), "lemma: replacement depends on what is averaged")
    out: TracePoly = {}
    for key, c in poly.items():
        words = []
        for word in key:
            image: Word = ()
            for token in word:
                piece = new.get(base(token), (base(token),))
                image += ctx.transpose(piece) if token.endswith("'") else piece
                need(len(image) <= 2 * MAX_WORD, "word too long")
            words.append((image, ctx.rows(word[0])))
        ctx.accumulate(out, *ctx.trace_term(c, words + others))
    return out


# --- rules: each returns what later lines may use --------------------------------------------------------------------

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
    return (bool(names_in(p)) or p[0][()] * p[1][()] > 0) if p[0] else not strictly


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


def rule_power_order(ctx: Context, line: Line, done: list[Line]) -> Line:
    """The order of F = sum_{j <= d} (s_j w2_j)^t k^c f(k/s_j), t = 0 or 1, over a power law, for bounded k ("small").

    s_j w2_j = j^-source; let e = t source, J = k^(-1/beta), m = min(J, d) ("count").  For y = k j^beta <= 1 (j <= J)
    f(y) lies between two positive multiples of y^p, for y >= 1 of y^-q.  If J >= 1 the head is between two constants
    times k^p sum_{j <= m} j^theta, theta = beta p - e, and the tail, which is there only if m = J, at most a constant
    times k^-q sum_{j > J} j^-(e + beta q), which must converge.  Sums of powers against integrals: the head is between
    constants times k^p (m^(theta + 1) + 1), or k^p log(1 + m) if theta = -1 ("log"), and the tail at most a constant
    times k^p J^(theta + 1).  If J < 1 then k, m and F/k^c are each between two positive constants.

    ``integral`` (d infinite, theta > -1): x^-e f(k x^beta) rises to one maximum at most and falls after it, because its
    logarithmic slope in x times f is factor * (u - v y) with factor > 0 and v >= 0.  Then the sum differs from the
    integral over x > 0, which is ``name`` times k^(c + (e - 1)/beta), by at most the integral over x < 1 and twice the
    largest term: ``difference``, the absolute value, is at most a constant times k^(c + p) (1 + J^theta).
    """
    assumed, _ = read_assumptions(ctx, line, done)
    before, ctx.scalars.denominators = ctx.scalars.denominators, {}
    read, minus, times, over = ctx.scalars.read, ctx.scalars.minus, ctx.scalars.times, ctx.scalars.over
    name, at, count, y = line.get("sum"), line.get("at"), line.get("count"), variable("y")
    need(ctx.power_law is not None and name in read_sums(ctx, line), "no such sum over a power law")
    if ctx.power_law["dimension"] is not None:  # an empty sum has no order
        ctx.signs.add(f"{ctx.power_law['dimension']} - 1 >= 0")
    need(at != "y" and "y" not in names_in(read(line["sums"][name])), "y is loose")
    k: Power = {} if at is None else read_power(ctx, {at: "1"})  # without ``at``: k = 1
    one, f, e = UNIT if at is None else variable(at), read(line.get("f")), ctx.source if line.get("target") else ZERO
    scale = line.get("scale")
    need(type(scale) is int and abs(scale) <= 8, "bad scale")
    factor = times(f, *[one if scale > 0 else over(UNIT, one)] * abs(scale))
    if line.get("target"):
        factor = times(factor, over(one, y), variable("w2"))
    summand = read(line["sums"][name], lambda x: over(one, y) if x == "s" else variable(x))
    need(not minus(summand, factor)[0], "the summand is not of the form stated")
    need(names_in(f) <= {"y"} and "y" not in names_in(ctx.beta, e, *(h for h, _ in assumed)), "y is loose")
    powers: list[Ratio] = []
    for part_name, inside, sign_ in (("head", minus(UNIT, y), -1), ("tail", minus(y, UNIT), 1)):
        part = line.get(part_name)
        need(isinstance(part, dict) and type(part.get("power")) is int and abs(part["power"]) <= 8, f"bad {part_name}")
        low, high = number(part.get("lower")), number(part.get("upper"))
        need(0 < low <= high, "the constants must be positive")
        region, scaled = [(y, True), (inside, False), (ctx.scalars.plus(UNIT, y), True)], f
        for _ in range(abs(part["power"])):
            scaled = times(scaled, y) if sign_ * part["power"] > 0 else over(scaled, y)
        least, most = (times(UNIT, ({(): c}, ONE)) for c in (low, high))
        positive_sum(ctx, minus(scaled, least), part.get("above"), region + assumed)
        positive_sum(ctx, minus(most, scaled), part.get("below"), region + assumed)
        powers.append(read(str(part["power"])))
    p, q = powers
    need(positive_sum(ctx, ctx.beta, line.get("beta_positive"), assumed), "beta must be positive")
    tail = minus(ctx.scalars.plus(e, times(ctx.beta, q)), UNIT)
    need(positive_sum(ctx, tail, line.get("tail_converges"), assumed), "the tail does not converge")
    ctx.converging.add(name)
    m = multiply(ctx, {}, k, over(read("-1"), ctx.beta))
    if at is not None:
        need(bound_at(ctx, line.get("small"), done) == (k, [{}]), "that k is bounded is not shown")
        if ctx.power_law["dimension"] is not None:
            kind, of = ctx.meanings.get(count, ("", ()))
            limits = (m, read_power(ctx, {ctx.power_law["dimension"]: "1"}))
            need(kind == "least", "the count is no minimum")
            same = not any(multiply(ctx, dict(x), y, MINUS) for x, y in zip(of, limits, strict=True))
            need(same, "the count is not min(k^(-1/beta), d)")
            m = read_power(ctx, {count: "1"})
    head = multiply(ctx, {}, k, ctx.scalars.plus(p, read(str(scale))))
    theta, total = ctx.scalars.plus(minus(times(ctx.beta, p), e), UNIT), read_power(ctx, {name: "1"})  # theta + 1
    more: list[Bound] = []
    if "integral" in line:
        part, positive = line["integral"], [(y, True), (ctx.scalars.plus(UNIT, y), True), *assumed]
        need(isinstance(part, dict) and at is not None and ctx.power_law["dimension"] is None, "bad integral")
        u, v, rise = (read(part.get(x)) for x in ("u", "v", "factor"))
        need(not names_in(u, v) & {"y", at, *BOUND} and names_in(rise) <= {"y"} | names_in(ctx.beta, e), "bad integral")
        slope = minus(times(ctx.beta, y, ctx.scalars.derive(f, "y")), times(e, f))
        need(not minus(slope, times(rise, minus(u, times(v, y))))[0], "not the slope of the summand")
        need(positive_sum(ctx, rise, part.get("positive"), positive), "the factor is not positive")
        positive_sum(ctx, v, part.get("falls"), assumed)
        need(positive_sum(ctx, theta, part.get("head_converges"), assumed), "the integral does not converge")
        ctx.parameters |= names_in(u, v)
        ctx.define(part.get("name"), "integral", (f, e), names_in(e, ctx.beta))
        ctx.define(part.get("difference"), "difference", (name, part["name"], k), {name, part["name"], *k})
        gap = read_power(ctx, {part["difference"]: "1"})
        more = [(gap, [head, multiply(ctx, dict(head), m, minus(theta, UNIT))])]
        ctx.parameters.add(part["name"])
    for key, poly in ctx.scalars.denominators.items():
        names, one_sign = names_in((poly, ONE)), min(poly.values()) > 0 or max(poly.values()) < 0
        need(not names & {"s", "y"} or (names <= {"s", "y", at} and one_sign), "the summand may have a pole")
        if "y" not in names:
            before[key] = poly
    ctx.scalars.denominators = before
    if line.get("log") is not None:
        need(not theta[0], "theta is not -1")
        ctx.define(line["log"], "log", m, names_of(m))
        logarithm = read_power(ctx, {line["log"]: "1"})
        both = multiply(ctx, dict(head), logarithm)
        return {"orders": [(total, [both]), (both, [total]), ({}, [logarithm])]}
    over(UNIT, theta)  # theta differs from -1
    first = multiply(ctx, dict(head), m, theta)
    terms = [head] if first == head else [first, head]
    return {"orders": [(total, terms), *((x, [total]) for x in terms), *more]}


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
    goal = read_bound(ctx, line.get("order"))
    assumed, _ = read_assumptions(ctx, line, done)
    scalars = ctx.scalars
    Pairs = list[tuple[Ratio, bool]]

    def prove(node: Line, cases: list[Bound], known: Pairs, value: Callable[[str], Ratio], depth: int) -> None:
        need(isinstance(node, dict) and depth < MAX_DEPTH, "bad tree of cases")
        ctx.budget.spend(20)

        def at(r: Ratio) -> Ratio:
            return scalars.over(*(scalars.evaluate(p, value) for p in r)) if names_in(r) & set(ctx.lesser) else r

        def weight(data: Any, certificate: Any) -> tuple[Ratio, bool]:
            w = scalars.read(data)
            ctx.parameters.update(names_in(w))
            if not names_in(w):
                c = Fraction(w[0].get((), 0)) / w[1][()]
                need(c >= 0, "a weight is negative")
                return w, c > 0
            return w, positive_sum(ctx, w, certificate, known)

        if "split" in node or "lesser" in node:
            branches, options = node.get("cases"), []
            if "split" in node:
                low, high = bound_at(ctx, node["split"], done, cases)
                options = [([*cases, (low, [x])], known, value) for x in high]
            else:
                p = node["lesser"]
                need(p in ctx.lesser, "no such lesser scalar")
                x, y = ctx.meanings[p][1]
                for v, o in ((x, y), (y, x)):
                    here = [(at_(h, p, v), strict) for h, strict in known]
                    options.append((cases, [*here, (scalars.minus(o, v), False)], chosen(p, v, value)))
            need(isinstance(branches, list) and len(branches) == len(options), "a case is missing")
            for branch, option in zip(branches, options, strict=True):
                prove(branch, *option, depth + 1)
            return
        total: Power = {}
        for where, y, certificate in listing(node.get("use"), 3, "use of an order"):
            low, high = bound_at(ctx, where, done, cases)
            need(len(high) == 1, "a bound by a sum is used without its cases")
            w, _ = weight(y, certificate)
            multiply(ctx, multiply(ctx, total, high[0], w), low, scalars.times(MINUS, w))
        if "mix" in node:
            mix = listing(node["mix"], 2, "mix")
            need(len(mix) == len(goal[1]), "bad mix")
            weights = [weight(*z) for z in mix]
            need(any(positive for _, positive in weights), "the weights of the mix may all vanish")
            for (w, _), power in zip(weights, goal[1], strict=True):
                multiply(ctx, multiply(ctx, total, goal[0], w), power, scalars.times(MINUS, w))
        else:
            e, positive = weight(*listing([node.get("strict")], 2, "strict")[0])
            need(positive and ctx.large is not None, "no contradiction")
            multiply(ctx, total, read_power(ctx, {ctx.large: "1"}), e)
        need(not any(at(e)[0] for e in total.values()), "the bounds do not multiply to the order stated")

    def chosen(p: str, v: Ratio, value: Callable[[str], Ratio]) -> Callable[[str], Ratio]:
        return lambda n: v if n == p else value(n)

    def at_(h: Ratio, p: str, v: Ratio) -> Ratio:
        return scalars.over(*(scalars.evaluate(q, chosen(p, v, variable)) for q in h))

    prove(line.get("tree"), [], assumed, variable, 0)
    return {"orders": [goal]}


def rule_word(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left - right = sum of coefficient * a (g) b; g is a relation of the context, or ["line", i], a word line."""
    rows, cols = ctx.read_shape(line.get("shape"))
    conclusion = ctx.minus_words(*(ctx.word_poly(line.get(k), rows, cols) for k in ("left", "right")))
    rest = dict(conclusion)
    for coefficient, a, b, which in listing(line.get("cofactors", []), 4, "cofactor"):
        c, left, right = ctx.scalars.read(coefficient), ctx.word(a), ctx.word(b)
        if isinstance(which, list):
            poly, r, k = earlier(done, which[1] if len(which) == 2 and which[0] == "line" else None, "word")
        else:
            poly, r, k = pick(ctx.relations, which, "relation")
        need(ctx.fits(left, rows, r) and ctx.fits(right, k, cols), "cofactor: shapes do not match")
        ctx.budget.spend(len(poly) * (len(left) + len(right)))
        ctx.subtract(rest, c, {left + word + right: c2 for word, c2 in poly.items()})
    need(not rest, "the cofactors do not add up to the difference")
    return {"word": (conclusion, rows, cols)}


NULLS = {"stein": null_stein, "loop": null_loop, "relation": null_relation, "trace-relation": null_trace_relation}


def in_traces(poly: TracePoly) -> set[str]:
    """The letters of a polynomial in traces."""
    return {base(t) for key in poly for word in key for t in word}


def hold_vectors_short(ctx: Context, poly: TracePoly) -> None:
    """To leading order a product of traces may hold constant vectors once, as w w'."""
    constant = {x for x in ctx.vectors() if not ctx.sources[x]}
    for key in poly:
        need(sum(base(t) in constant for w in key for t in w) <= 2, "more than one w w' in a product of traces")


def rule_trace(ctx: Context, line: Line, done: list[Line]) -> Line:
    """E[polynomial in traces] = 0, or (rule ``leading``) the same to leading order as d and T grow in proportion.

    To leading order a trace over d or T dimensions, d and T count as size T^1.  Expand a resolvent (X'X/T + lambda)^-1
    in powers of 1/lambda: by Stein's identity each expectation of a product of traces is a polynomial in traces and
    1/T, and exactly the terms in which a trace splits in two keep the size - one that does not split, or in which two
    traces merge, is smaller by 1/T.  By induction on the degree the leading part L is multiplicative over traces and
    satisfies the truncated identity, at every power of 1/lambda.  So ``leading`` lines are identities between formal
    power series in 1/lambda, in which a scalar may be defined by a trace (``leading_traces``).

    Letters with a side of fixed length (vectors) break the count of sizes, so they are held short: a random vector is
    integrated out exactly, and while one stands in a product of traces no other letter is; constant vectors enter a
    product of traces once, as w w', in which both sides are linear.
    """
    leading = line["rule"] == "leading"
    conclusion = ctx.trace_poly(line.get("expectation"))
    rest = dict(conclusion)
    if leading:
        hold_vectors_short(ctx, conclusion)
    for coefficient, data in listing(line.get("nulls"), 2, "null"):
        kind = data.get("kind")
        need(kind == "lemma" or kind in NULLS, f"unknown null {brief(kind)}")
        if kind == "lemma":
            null = null_lemma(ctx, data, done, leading)
        elif kind == "stein":
            exactly = data.get("letter") in ctx.vectors()
            null = null_stein(ctx, data, leading and not exactly)
            mixed = leading and not exactly and any(ctx.sources[x] for x in in_traces(null) & ctx.vectors())
            need(not mixed, "to leading order a random vector is integrated out first")
        elif kind == "trace-relation":
            null = null_trace_relation(ctx, data, leading)
        else:
            need(kind == "relation" or not leading, f"no {kind} to leading order")
            null = NULLS[kind](ctx, data)
        if leading:
            hold_vectors_short(ctx, null)
        ctx.subtract(rest, ctx.scalars.read(coefficient), null)
    need(not rest, "the nulls do not add up to the expectation")
    return {line["rule"]: conclusion}


def rule_telescope(ctx: Context, line: Line, done: list[Line]) -> Line:
    """From an earlier line L[m+1] - L[m] - r[m] = 0, for every m: L[n] - L[0] = sum_{m<n} r[m]."""
    index, term, summand = line.get("step"), line.get("term"), line.get("summand")
    kind = "word" if "word" in pick(done, index, "earlier line") else "trace"
    poly, *shape = earlier(done, index, kind) if kind == "word" else (earlier(done, index, kind),)
    read = ctx.word_poly if kind == "word" else ctx.trace_poly
    coefficients, letters = (json.dumps([item[k] for item in listing(term, 2, "term")]) for k in (0, 1))
    need("[m+1]" not in json.dumps([term, summand]), "telescope: the term is not a function of m")
    need("[m]" not in coefficients, "telescope: a coefficient of the term depends on m")
    ctx.steady |= tokens([c for c, _ in term]) & ctx.scalars.names
    moved = json.loads(letters.replace("[m]", "[m+1]"))
    rest = read([[c, w] for (c, _), w in zip(term, moved, strict=True)], *shape)
    for part in (read(term, *shape), read(summand, *shape), poly):
        ctx.subtract(rest, UNIT, part)
    need(not rest, "telescope: the line is not L[m+1] - L[m] - r[m]")
    return {}


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
    moving = {x for x in ctx.scalars.names if "[m]" in x} | {"[m]"}  # an expectation may depend on m by itself
    need(not any(ctx.depends_on(name, x) for name in ctx.steady for x in moving), "a coefficient moves with m")
    for p in ctx.scalars.denominators.values():
        ctx.budget.spend(len(ctx.assumed) * (4 + len(p) // 2))
        need(not any(proportional(p, g) for gs in ctx.assumed for g in gs), f"{show(p)} is taken for 0 and divided by")
    if ctx.power_law is not None and ctx.power_law["dimension"] is None:
        loose = [name for name, (kind, _) in ctx.meanings.items() if kind == "sum" and name not in ctx.converging]
        need(not loose, f"a sum over an infinite spectrum that may diverge: {', '.join(loose)}")
    written = ctx.written_out()
    for p in list(ctx.scalars.denominators.values()):
        need(ctx.scalars.evaluate(p, written)[0], f"{show(p)} vanishes and is divided by")
    for name in ctx.quantities & set(ctx.values):
        need(may_hold(written(name), True), f"{name} is a quantity and not positive")
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
        return f"int_0^oo x^-e f(x^beta) dx, e = {show_ratio(data[1])}, f = {show_ratio(data[0])}"
    if kind == "difference":
        return f"|{data[0]} - {data[1]}*{show_power(data[2])}^(c + (e - 1)/beta)|"
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
    """``python -m proofs_check.kernel DIR|FILE ...``: re-check certificates (DIR: all *.certificate.json in it).

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
