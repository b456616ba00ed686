"""The kernel: reads certificates, which are plain data, and accepts or rejects them.

Standard library only.  Everything the project calls *proved* went through ``check``; the computer algebra that
found a proof is not trusted.  A certificate is one JSON document

    {"format": "ridgeproof-certificate/1", "claim": ID, "context": {...}, "lines": [LINE, ...]}

and each line is ``{"rule": NAME, ...}`` with its conclusion written out; ``check`` recomputes the conclusion from the
definitions of the context and from earlier lines only.  The rules are the axioms of the system:

identity    two rational functions agree over Q, modulo equations g = 0 that are named in the line
nonnegative p >= 0 (or p > 0) because p is a sum of products of quantities assumed nonnegative (or positive)
limit       a rational function of one variable has the stated limit at infinity (by degrees)
minimax     min over x of max_i (a_i x + b_i) equals v, by a primal point and dual multipliers (linear programming)
cover       intervals cover a half line without gaps (the pieces of a minimum that is taken piece by piece)
spectral    as identity, where some scalars are sums over the covariance spectrum, linear in their summands
word        an identity of noncommuting letters: left - right = sum of a (g) b over relations g
trace       E[a polynomial in traces] = 0: a combination of Gaussian integrations by parts (Stein), rotation
            invariance (the loop equation), relations under a trace, and instances of earlier lines
telescope   L(m+1) - L(m) = r(m) for all m, hence L(n) - L(0) = sum_{m<n} r(m)

What a reader has to believe besides this file: Stein's identity E[x f(x)] = S E[grad f(x)] for Gaussian x where both
sides exist, invariance of the law of a rotation-invariant letter, and that the context says what the model says (the
court compares it with the vocabulary of ``theorems``).  Side conditions - denominators that must not vanish, signs that
are assumed - are collected and returned; they are part of what was proved.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

FORMAT = "ridgeproof-certificate/1"
MAX_BYTES = 32_000_000
MAX_DEPTH = 60
MAX_EXPONENT = 64
MAX_DIGITS = 400
MAX_WORD = 200
MAX_STEPS = 4_000_000
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}(\[[a-z0-9+]{1,6}\])?\Z", re.ASCII)
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?\Z", re.ASCII)


class Rejected(Exception):
    """The certificate does not prove what it says; the message says where it fails."""


class Budget:
    """Counts elementary operations, so that a hostile certificate is given up within a stated bound."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise Rejected(f"gave up: more than {MAX_STEPS} elementary steps")


# --- rational functions over Q: (numerator, denominator), each a dict {monomial: Fraction} ---------------------------

Monomial = tuple[tuple[str, int], ...]
Poly = dict[Monomial, Fraction]
Ratio = tuple[Poly, Poly]
ONE: Poly = {(): Fraction(1)}


def need(condition: bool, message: str) -> None:
    if not condition:
        raise Rejected(message)


def number(text: object) -> Fraction:
    """A rational in lowest terms written as "-3/5" or "7"; anything else is rejected."""
    need(isinstance(text, str) and len(text) <= MAX_DIGITS and NUMBER.match(text) is not None, f"not a number: {text!r:.60}")
    value = Fraction(str(text))
    need(str(value) == text, f"not in lowest terms: {text!r:.60}")
    return value


class Scalars:
    """Arithmetic of rational functions in declared names; remembers every denominator that must not vanish."""

    def __init__(self, names: list[str], budget: Budget) -> None:
        self.names, self.budget, self.denominators = set(names), budget, {}  # type: ignore[var-annotated]

    def mul(self, p: Poly, q: Poly) -> Poly:
        self.budget.spend(len(p) * len(q) + 1)
        out: Poly = {}
        for m1, c1 in p.items():
            for m2, c2 in q.items():
                exps = dict(m1)
                for name, e in m2:
                    exps[name] = exps.get(name, 0) + e
                need(all(e <= MAX_EXPONENT for e in exps.values()), "exponent too large")
                key = tuple(sorted(exps.items()))
                c = out.get(key, Fraction(0)) + c1 * c2
                need(max(c.numerator.bit_length(), c.denominator.bit_length()) <= 4 * MAX_DIGITS * 4, "number too large")
                if c:
                    out[key] = c
                else:
                    out.pop(key, None)
        return out

    def add(self, p: Poly, q: Poly) -> Poly:
        self.budget.spend(len(q) + 1)
        out = dict(p)
        for m, c in q.items():
            total = out.get(m, Fraction(0)) + c
            if total:
                out[m] = total
            else:
                out.pop(m, None)
        return out

    def power(self, p: Poly, e: int) -> Poly:
        out = ONE
        for _ in range(e):
            out = self.mul(out, p)
        return out

    def plus(self, a: Ratio, b: Ratio) -> Ratio:
        if a[1] == b[1]:
            return self.add(a[0], b[0]), a[1]
        return self.add(self.mul(a[0], b[1]), self.mul(b[0], a[1])), self.mul(a[1], b[1])

    def times(self, a: Ratio, b: Ratio) -> Ratio:
        return self.mul(a[0], b[0]), self.mul(a[1], b[1])

    def minus(self, a: Ratio, b: Ratio) -> Ratio:
        return self.plus(a, self.times(({(): Fraction(-1)}, ONE), b))

    def over(self, a: Ratio, b: Ratio) -> Ratio:
        need(bool(b[0]), "division by zero")
        if set(b[0]) != {()}:
            self.denominators[frozenset(b[0].items())] = b[0]
        return self.mul(a[0], b[1]), self.mul(a[1], b[0])

    def read(self, data: object, depth: int = 0) -> Ratio:
        """An expression: "3/5", a name, or [op, ...] with op one of + - * / ^ (the last with an integer >= 0)."""
        self.budget.spend()
        need(depth < MAX_DEPTH, "expression nested too deeply")
        if isinstance(data, str):
            if NAME.match(data):
                need(data in self.names, f"undeclared scalar {data!r}")
                return {((data, 1),): Fraction(1)}, ONE
            value = number(data)
            return ({(): value} if value else {}), ONE
        need(isinstance(data, list) and len(data) >= 2 and isinstance(data[0], str), f"not an expression: {data!r:.60}")
        assert isinstance(data, list)
        op, rest = data[0], data[1:]
        if op == "^":
            need(len(rest) == 2 and type(rest[1]) is int and 0 <= rest[1] <= MAX_EXPONENT, "bad power")
            base, out = self.read(rest[0], depth + 1), (ONE, ONE)
            for _ in range(rest[1]):
                out = self.times(out, base)
            return out
        args = [self.read(x, depth + 1) for x in rest]
        need(op in ("+", "*", "-", "/") and (op in "+*" or len(args) == 2), f"unknown operation {op!r:.20}")
        combine: Callable[[Ratio, Ratio], Ratio] = {"+": self.plus, "*": self.times, "-": self.minus, "/": self.over}[op]
        out = args[0]
        for arg in args[1:]:
            out = combine(out, arg)
        return out

    def conditions(self) -> list[str]:
        return sorted(f"{show(p)} != 0" for p in self.denominators.values())


def show(p: Poly) -> str:
    """A polynomial as text, for messages and side conditions."""
    terms = []
    for m, c in sorted(p.items(), key=lambda mc: (-sum(e for _, e in mc[0]), mc[0])):
        body = "*".join(name if e == 1 else f"{name}^{e}" for name, e in m)
        terms.append(f"{c}" if not body else body if c == 1 else f"-{body}" if c == -1 else f"{c}*{body}")
    return " + ".join(terms).replace("+ -", "- ") or "0"


# --- the context: letters with shapes, definitions and laws ----------------------------------------------------------

Word = tuple[str, ...]
WordPoly = dict[Word, Ratio]


class Context:
    """Scalars, and letters that stand for matrices.

    ``letters[name]``: ``rows``, ``cols`` (dimension labels), optional ``symmetric``; and at most one of
    ``gaussian`` {"covariance": letter | null, "variance": scalar}: rows iid N(0, covariance * variance);
    ``inverse_of`` [[coefficient, word], ...]; ``rotates`` group name (jointly invariant under conjugation by O(rows));
    ``depends`` [letters]: a further function of random letters, known only through relations.
    ``dims``: label -> scalar expression.  ``relations``: [[left, right], ...] of word polynomials.
    ``trace_relations``: [[word, scalar], ...]: traces that are not random.
    """

    def __init__(self, data: Any, budget: Budget) -> None:
        need(isinstance(data, dict) and set(data) <= {"scalars", "dims", "letters", "relations", "trace_relations"}, "bad context")
        names = data.get("scalars", [])
        need(isinstance(names, list) and all(isinstance(s, str) and NAME.match(s) for s in names), "bad scalar name")
        need(len(set(names)) == len(names), "duplicate scalar")
        self.budget, self.scalars = budget, Scalars(names, budget)
        self.assumed: set[str] = set()  # equations that a line takes for granted
        self.existence: set[str] = set()  # inverses whose moments a Gaussian integration by parts takes for granted
        self.dims = {str(k): self.scalars.read(v) for k, v in dict(data.get("dims", {})).items()}
        self.letters: dict[str, dict[str, Any]] = dict(data.get("letters", {}))
        for name, spec in self.letters.items():
            need(bool(NAME.match(name)) and name not in self.scalars.names, f"bad letter name {name!r:.40}")
            known = {"rows", "cols", "symmetric", "gaussian", "inverse_of", "rotates", "depends"}
            need(isinstance(spec, dict) and set(spec) <= known, f"bad letter {name}")
            need(spec.get("rows") in self.dims and spec.get("cols") in self.dims, f"letter {name} has no shape")
            need(len(set(spec) & {"gaussian", "inverse_of", "rotates", "depends"}) <= 1, f"letter {name} has two natures")
            need(not (spec.get("symmetric") and "gaussian" in spec), f"letter {name}: rows cannot be iid and the matrix symmetric")
            if spec.get("symmetric") or "inverse_of" in spec or "rotates" in spec:
                need(spec["rows"] == spec["cols"], f"letter {name} is not square")
        self.sources = {name: self._sources(name, ()) for name in self.letters}
        self.inverses = {n: self.word_poly(s["inverse_of"], s["rows"], s["cols"]) for n, s in self.letters.items() if "inverse_of" in s}
        for name, poly in self.inverses.items():
            if self.letters[name].get("symmetric"):  # the inverse of a symmetric matrix is symmetric
                need(self.same_words(poly, {self.transpose(w): c for w, c in poly.items()}), f"{name} is not symmetric")
        self.relations = [self._relation(r) for r in data.get("relations", [])]
        for name, poly in self.inverses.items():
            for product in ({(*w, name): c for w, c in poly.items()}, {(name, *w): c for w, c in poly.items()}):
                self.relations.append((self.minus_words(product, {(): (ONE, ONE)}), self.letters[name]["rows"], self.letters[name]["rows"]))
        self.trace_relations = []
        for item in data.get("trace_relations", []):
            need(isinstance(item, list) and len(item) == 2, "bad trace relation")
            word = self.word(item[0])
            need(bool(word) and self.shape(word)[0] == self.shape(word)[1], "trace of a word that is not square")
            self.trace_relations.append((word, self.scalars.read(item[1])))

    def _sources(self, name: str, path: tuple[str, ...]) -> frozenset[str]:
        """The independent random letters that a letter is a function of; cyclic definitions are rejected."""
        need(name not in path and len(path) < MAX_DEPTH, f"cyclic definition of {name}")
        spec = self.letters.get(name)
        if spec is None:
            raise Rejected(f"undeclared letter {name!r:.40}")
        if "gaussian" in spec:
            return frozenset([name])
        if "rotates" in spec:
            return frozenset([f"rotation {spec['rotates']}"])
        inner = spec.get("depends", [])
        need(isinstance(inner, list), "bad depends")
        if "inverse_of" in spec:
            need(isinstance(spec["inverse_of"], list), "bad inverse_of")
            inner = [base(t) for item in spec["inverse_of"] for t in (item[1] if isinstance(item, list) and len(item) == 2 else [])]
        return frozenset().union(*(self._sources(str(t), (*path, name)) for t in inner)) if inner else frozenset()

    def _relation(self, data: object) -> tuple[WordPoly, str, str]:
        need(isinstance(data, list) and len(data) == 3, "bad relation")
        assert isinstance(data, list)
        shape = data[2]
        need(isinstance(shape, list) and len(shape) == 2 and all(x in self.dims for x in shape), "bad relation shape")
        rows, cols = str(shape[0]), str(shape[1])
        return self.minus_words(self.word_poly(data[0], rows, cols), self.word_poly(data[1], rows, cols)), rows, cols

    def word(self, data: object) -> Word:
        need(isinstance(data, list) and len(data) <= MAX_WORD, f"not a word: {data!r:.60}")
        assert isinstance(data, list)
        out = []
        for token in data:
            need(isinstance(token, str) and base(token) in self.letters, f"undeclared letter {token!r:.40}")
            out.append(base(token) if self.letters[base(token)].get("symmetric") else token)
        for left, right in zip(out, out[1:], strict=False):
            need(self.cols(left) == self.rows(right), f"shapes do not match: {left} {right}")
        return tuple(out)

    def rows(self, token: str) -> str:
        return str(self.letters[base(token)]["cols" if token.endswith("'") else "rows"])

    def cols(self, token: str) -> str:
        return str(self.letters[base(token)]["rows" if token.endswith("'") else "cols"])

    def shape(self, word: Word) -> tuple[str, str]:
        return self.rows(word[0]), self.cols(word[-1])

    def flip(self, token: str) -> str:
        if self.letters[base(token)].get("symmetric"):
            return token
        return token[:-1] if token.endswith("'") else token + "'"

    def transpose(self, word: Word) -> Word:
        return tuple(self.flip(t) for t in reversed(word))

    def word_poly(self, data: object, rows: str, cols: str) -> WordPoly:
        """[[coefficient, word], ...], every word of the stated shape (the empty word is the identity)."""
        need(isinstance(data, list), "not a polynomial of words")
        out: WordPoly = {}
        assert isinstance(data, list)
        for item in data:
            need(isinstance(item, list) and len(item) == 2, "not a term of words")
            word = self.word(item[1])
            need(self.shape(word) == (rows, cols) if word else rows == cols, "a word has another shape than its sum")
            self.accumulate(out, word, self.scalars.read(item[0]))
        return out

    def accumulate(self, poly: dict[Any, Ratio], key: Any, coefficient: Ratio) -> None:
        total = self.scalars.plus(poly[key], coefficient) if key in poly else coefficient
        if total[0]:
            poly[key] = total
        else:
            poly.pop(key, None)

    def minus_words(self, p: WordPoly, q: WordPoly) -> WordPoly:
        out = dict(p)
        for word, c in q.items():
            self.accumulate(out, word, self.scalars.minus(({}, ONE), c))
        return out

    def same_words(self, p: WordPoly, q: WordPoly) -> bool:
        return not self.minus_words(p, q)

    # traces: a monomial is a sorted tuple of cyclic words, each in its least form under rotation and transposition

    def cyclic(self, word: Word) -> Word:
        self.budget.spend(len(word) * 2 + 1)
        forms = (w[i:] + w[:i] for w in (word, self.transpose(word)) for i in range(len(word)))
        return min(forms)

    def trace_term(self, coefficient: Ratio, words: list[tuple[Word, str]]) -> tuple[tuple[Word, ...], Ratio]:
        """coefficient * product of tr(word); ``str`` is the dimension label, used where the word is empty."""
        kept = []
        for word, dim in words:
            if word:
                need(self.shape(word) == (dim, dim), "trace of a word that is not square")
                kept.append(self.cyclic(word))
            else:
                coefficient = self.scalars.times(coefficient, self.dims[dim])
        return tuple(sorted(kept)), coefficient

    def traces(self, data: object) -> list[tuple[Word, str]]:
        need(isinstance(data, list) and len(data) <= 20, "not a list of traces")
        assert isinstance(data, list)
        words = [self.word(w) for w in data]
        need(all(words), "empty trace: write the dimension as a scalar")
        return [(w, self.rows(w[0])) for w in words]

    def trace_poly(self, data: object) -> dict[tuple[Word, ...], Ratio]:
        need(isinstance(data, list), "not a polynomial of traces")
        out: dict[tuple[Word, ...], Ratio] = {}
        assert isinstance(data, list)
        for item in data:
            need(isinstance(item, list) and len(item) == 2, "not a term of traces")
            key, c = self.trace_term(self.scalars.read(item[0]), self.traces(item[1]))
            self.accumulate(out, key, c)
        return out

    def random_letters(self, poly: dict[tuple[Word, ...], Ratio]) -> frozenset[str]:
        return frozenset().union(*(self.sources[base(t)] for key in poly for word in key for t in word))

    def occurrences(self, word: Word, x: str, depth: int = 0) -> Iterator[tuple[Ratio, Word, bool, Word]]:
        """d(word)/dX as a sum of c * (left) dX (right); the flag says that it is dX transposed."""
        need(depth < 8, "definitions nested too deeply to differentiate")
        for i, token in enumerate(word):
            name = base(token)
            if x not in self.sources[name]:
                continue
            left, right = word[:i], word[i + 1 :]
            if name == x:
                yield (ONE, ONE), left, token.endswith("'"), right
            elif name in self.inverses:  # d(Y) = -Y d(p) Y
                self.existence.add(name)
                for inner, c in self.inverses[name].items():
                    piece = self.transpose(inner) if token.endswith("'") else inner
                    for c2, l2, flag, r2 in self.occurrences(piece, x, depth + 1):
                        self.budget.spend(len(word) + len(piece))
                        minus = self.scalars.times(({(): Fraction(-1)}, ONE), self.scalars.times(c, c2))
                        yield minus, (*left, token, *l2), flag, (*r2, token, *right)
            else:
                raise Rejected(f"no derivative is known of the letter {name}")


def base(token: Any) -> str:
    need(isinstance(token, str), "not a letter")
    return token[:-1] if token.endswith("'") else token


# --- nulls: trace polynomials whose expectation is zero --------------------------------------------------------------

TracePoly = dict[tuple[Word, ...], Ratio]
UNIT: Ratio = (ONE, ONE)
MINUS: Ratio = ({(): Fraction(-1)}, ONE)


def null_stein(ctx: Context, data: dict[str, Any]) -> TracePoly:
    """E tr(X'F) prod tr(G) = v E sum_ia sum_b C_ab d/dX_ib (F_ia prod tr(G)), X with rows N(0, v C)."""
    x, word, others = data.get("letter"), ctx.word(data.get("word")), ctx.traces(data.get("others", []))
    spec = ctx.letters.get(x, {}).get("gaussian") if isinstance(x, str) else None
    if not isinstance(spec, dict) or not isinstance(x, str):
        raise Rejected("stein: not a Gaussian letter")
    t, d = ctx.rows(x), ctx.cols(x)
    need(bool(word) and ctx.shape(word) == (t, d), "stein: the word must have the shape of its letter")
    cov = ctx.word([spec["covariance"]]) if spec.get("covariance") is not None else ()
    need(not cov or (ctx.shape(cov) == (d, d) and not ctx.sources[cov[0]] and bool(ctx.letters[cov[0]].get("symmetric"))), "stein: bad covariance")
    weight = ctx.scalars.times(MINUS, ctx.scalars.read(spec.get("variance", "1")))
    out: TracePoly = {}

    def emit(coefficient: Ratio, words: list[tuple[Word, str]], rest: list[tuple[Word, str]]) -> None:
        key, c = ctx.trace_term(coefficient, words + rest)
        ctx.accumulate(out, key, c)

    emit(UNIT, [((ctx.flip(x), *word), d)], others)
    for c, left, flipped, right in ctx.occurrences(word, x):
        c = ctx.scalars.times(weight, c)
        if flipped:
            emit(c, [((*left, *cov, *ctx.transpose(right)), t)], others)
        else:
            emit(c, [(left, t), ((*right, *cov), d)], others)
    for i, (other, _) in enumerate(others):
        rest = others[:i] + others[i + 1 :]
        for c, left, flipped, right in ctx.occurrences(other, x):
            turn = right + left  # tr(left dX right) = tr(right left dX)
            c = ctx.scalars.times(weight, c)
            emit(c, [((*word, *cov, *(ctx.transpose(turn) if flipped else turn)), t)], rest)
    return out


def null_loop(ctx: Context, data: dict[str, Any]) -> TracePoly:
    """E sum_ab d/dK_ab (F_ab prod tr(G)) = 0 for K_ab = e_a e_b' - e_b e_a', dP = K P - P K: rotation invariance."""
    group, word, others = data.get("group"), ctx.word(data.get("word")), ctx.traces(data.get("others", []))
    need(bool(word) and ctx.rows(word[0]) == ctx.cols(word[-1]), "loop: the word must be square")
    dim, source = ctx.rows(word[0]), f"rotation {group}"
    members = {n for n, s in ctx.letters.items() if s.get("rotates") == group}
    need(bool(members) and all(ctx.rows(n) == dim for n in members), "loop: no such group of this dimension")
    out: TracePoly = {}

    def turns(w: Word) -> Iterator[tuple[Ratio, Word, Word]]:
        for i, token in enumerate(w):
            if base(token) in members:
                yield UNIT, w[:i], w[i:]
                yield MINUS, w[: i + 1], w[i + 1 :]
            else:
                need(source not in ctx.sources[base(token)], f"loop: no derivative is known of the letter {base(token)}")

    def emit(c: Ratio, words: list[tuple[Word, str]], rest: list[tuple[Word, str]]) -> None:
        key, c = ctx.trace_term(c, words + rest)
        ctx.accumulate(out, key, c)

    for c, left, right in turns(word):
        emit(c, [(left, dim), (right, dim)], others)
        emit(ctx.scalars.times(MINUS, c), [(left + ctx.transpose(right), dim)], others)
    for i, (other, _) in enumerate(others):
        rest = others[:i] + others[i + 1 :]
        for c, left, right in turns(other):
            turn = right + left
            emit(c, [(word + turn, dim)], rest)
            emit(ctx.scalars.times(MINUS, c), [(word + ctx.transpose(turn), dim)], rest)
    return out


def null_relation(ctx: Context, data: dict[str, Any]) -> TracePoly:
    """tr(a g b) prod tr(G) = 0 for a relation g of the context (or its transpose)."""
    index, others = data.get("relation"), ctx.traces(data.get("others", []))
    need(type(index) is int and 0 <= index < len(ctx.relations), "no such relation")
    poly, rows, cols = ctx.relations[index]  # type: ignore[index]
    if data.get("transposed") is True:
        poly, rows, cols = {ctx.transpose(w): c for w, c in poly.items()}, cols, rows
    left, right = ctx.word(data.get("left", [])), ctx.word(data.get("right", []))
    need(not left or ctx.cols(left[-1]) == rows, "relation: shapes do not match")
    need(not right or ctx.rows(right[0]) == cols, "relation: shapes do not match")
    outer = ctx.rows(left[0]) if left else rows
    need(outer == (ctx.cols(right[-1]) if right else cols), "relation: not square")
    out: TracePoly = {}
    for word, c in poly.items():
        key, c = ctx.trace_term(c, [(left + word + right, outer), *others])
        ctx.accumulate(out, key, c)
    return out


def null_trace_relation(ctx: Context, data: dict[str, Any]) -> TracePoly:
    index, others = data.get("trace_relation"), ctx.traces(data.get("others", []))
    need(type(index) is int and 0 <= index < len(ctx.trace_relations), "no such trace relation")
    word, value = ctx.trace_relations[index]  # type: ignore[index]
    out: TracePoly = {}
    for c, words in ((UNIT, [(word, ctx.rows(word[0])), *others]), (ctx.scalars.times(MINUS, value), others)):
        key, total = ctx.trace_term(c, words)
        ctx.accumulate(out, key, total)
    return out


def null_lemma(ctx: Context, data: dict[str, Any], done: list[dict[str, Any]]) -> TracePoly:
    """An earlier trace line with constant letters replaced by words that are independent of what it averages over."""
    index, others = data.get("lemma"), ctx.traces(data.get("others", []))
    need(type(index) is int and 0 <= index < len(done) and "trace" in done[index], "lemma: no such earlier trace line")
    poly: TracePoly = done[index]["trace"]  # type: ignore[index]
    averaged = ctx.random_letters(poly)
    substitution = data.get("replace", {})
    need(isinstance(substitution, dict), "lemma: bad replacement")
    new: dict[str, Word] = {}
    for name, word_data in substitution.items():
        word = ctx.word(word_data)
        need(name in ctx.letters and not ctx.sources[name], "lemma: only constant letters may be replaced")
        # A letter that a definition, a law or a relation mentions is not arbitrary.
        need(name not in defined_letters(ctx), f"lemma: the letter {name} is not arbitrary")
        need(not ctx.letters[name].get("symmetric") or word == ctx.transpose(word), f"lemma: {name} stands for symmetric matrices")
        need(bool(word) and ctx.shape(word) == (ctx.rows(name), ctx.cols(name)), "lemma: replacement of another shape")
        new[name] = word
    fresh = [*new.values(), *(w for w, _ in others)]
    need(all(not (ctx.sources[base(t)] & averaged) for w in fresh for t in w), "lemma: replacement depends on what is averaged")
    out: TracePoly = {}
    for key, c in poly.items():
        words = []
        for word in key:
            dim = ctx.rows(word[0])
            image: Word = ()
            for token in word:
                piece = new.get(base(token), (base(token),))
                image += ctx.transpose(piece) if token.endswith("'") else piece
            words.append((image, dim))
        k, c2 = ctx.trace_term(c, words + others)
        ctx.accumulate(out, k, c2)
    return out


def defined_letters(ctx: Context) -> set[str]:
    """Letters that some definition, covariance or relation of the context speaks of: they are not arbitrary."""
    used = {base(t) for poly, _, _ in ctx.relations for w in poly for t in w}
    used |= {base(t) for word, _ in ctx.trace_relations for t in word}
    used |= {s["gaussian"]["covariance"] for s in ctx.letters.values() if "gaussian" in s and s["gaussian"].get("covariance")}
    return used


# --- rules -----------------------------------------------------------------------------------------------------------


def rule_identity(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    difference = ctx.scalars.minus(ctx.scalars.read(line.get("left")), ctx.scalars.read(line.get("right")))
    for item in line.get("modulo", []):
        need(isinstance(item, list) and len(item) == 2, "bad cofactor")
        difference = ctx.scalars.minus(difference, ctx.scalars.times(ctx.scalars.read(item[0]), ctx.scalars.read(item[1])))
        ctx.assumed.add(show(ctx.scalars.read(item[1])[0]) + " = 0")
    # ``expectations`` {name: [word, ...]}: the scalar is E of that product of traces; ``lines``: what was proved of them.
    names = {ctx.trace_term(UNIT, ctx.traces(words))[0]: name for name, words in line.get("expectations", {}).items()}
    need(set(names.values()) <= ctx.scalars.names, "undeclared expectation")
    for item in line.get("lines", []):
        need(isinstance(item, list) and len(item) == 2 and type(item[1]) is int and 0 <= item[1] < len(done) and "trace" in done[item[1]], "no such earlier trace line")
        cofactor = ctx.scalars.read(item[0])
        for key, c in done[item[1]]["trace"].items():
            need(not key or key in names, "an expectation of the earlier line has no name")
            value: Ratio = ({((names[key], 1),): Fraction(1)}, ONE) if key else UNIT
            difference = ctx.scalars.minus(difference, ctx.scalars.times(cofactor, ctx.scalars.times(c, value)))
    need(not difference[0], "the two sides differ")
    return {}


def rule_spectral(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    """left = right, where some scalars are names of sums over the spectrum, F = sum_j f(s_j, w2_j), linear in f.

    ``sums`` {name: f}; ``linear`` {name: [[c, name], ...]}: f = sum c f' with c free of s and w2, so F = sum c F';
    ``isotropic`` [d, norm2]: all s_j = 1, so F = d f(1, norm2/d) for every f affine in w2.
    """
    sums, linear, iso = line.get("sums"), line.get("linear", {}), line.get("isotropic")
    need(isinstance(sums, dict) and isinstance(linear, dict) and {"s", "w2"} <= ctx.scalars.names, "bad spectral line")
    assert isinstance(sums, dict)
    need(all(n in ctx.scalars.names and n not in ("s", "w2") for n in sums), "undeclared sum")
    terms = {name: ctx.scalars.read(f) for name, f in sums.items()}
    values: dict[str, Ratio] = {}

    def free_of_bound(r: Ratio) -> bool:
        return not any(n in ("s", "w2") for p in r for m in p for n, _ in m)

    for name, combination in linear.items():
        need(name in terms and name not in values, "bad linear combination")
        rest, value = terms[name], ({}, ONE)
        for c_data, other in combination:
            c = ctx.scalars.read(c_data)
            need(other in terms and other not in linear and free_of_bound(c), "bad linear combination")
            rest = ctx.scalars.minus(rest, ctx.scalars.times(c, terms[other]))
            value = ctx.scalars.plus(value, ctx.scalars.times(c, ({((other, 1),): Fraction(1)}, ONE)))
        need(not rest[0], f"the summand of {name} is not the combination stated")
        values[name] = value
    if iso is not None:
        need(not linear and isinstance(iso, list) and len(iso) == 2, "bad isotropic line")
        d, norm2 = ctx.scalars.read(iso[0]), ctx.scalars.read(iso[1])
        for name, f in terms.items():
            need(all(dict(m).get("w2", 0) <= 1 for m in f[0]) and not any(dict(m).get("w2", 0) for m in f[1]), "a summand is not affine in w2")
            at_one = {"s": UNIT, "w2": ctx.scalars.over(norm2, d)}
            values[name] = ctx.scalars.times(d, substitute(ctx, f, at_one))
    difference = ctx.scalars.minus(ctx.scalars.read(line.get("left")), ctx.scalars.read(line.get("right")))
    for item in line.get("modulo", []):
        need(isinstance(item, list) and len(item) == 2, "bad cofactor")
        difference = ctx.scalars.minus(difference, ctx.scalars.times(ctx.scalars.read(item[0]), ctx.scalars.read(item[1])))
        ctx.assumed.add(show(ctx.scalars.read(item[1])[0]) + " = 0")
    need(free_of_bound(difference), "a bound variable is loose")
    for _ in terms:  # a summand may hold another sum as a constant, so once may not be enough
        if any(n in values for m in difference[0] for n, _ in m):
            difference = substitute(ctx, (difference[0], ONE), values)
    need(not difference[0], "the two sides differ")
    return {}


def substitute(ctx: Context, r: Ratio, values: dict[str, Ratio]) -> Ratio:
    """r with names replaced by ratios, over one common denominator: prod (denominator of the value)^degree."""

    def image(p: Poly) -> tuple[Poly, Poly]:
        degree = {name: max((dict(m).get(name, 0) for m in p), default=0) for name in values}
        total, common = {}, ONE  # type: ignore[var-annotated]
        for name, e in degree.items():
            common = ctx.scalars.mul(common, ctx.scalars.power(values[name][1], e))
        for m, c in p.items():
            term: Poly = {tuple((n, e) for n, e in m if n not in values): c}
            for name, top in degree.items():
                e = dict(m).get(name, 0)
                for factor in (ctx.scalars.power(values[name][0], e), ctx.scalars.power(values[name][1], top - e)):
                    term = ctx.scalars.mul(term, factor)
            total = ctx.scalars.add(total, term)
        return total, common

    return ctx.scalars.over(image(r[0]), image(r[1]))


def positive_sum(ctx: Context, p: Ratio, certificate: object, assumed: list[tuple[Ratio, bool]]) -> bool:
    """p = sum c_k prod h_i^e_i with c_k > 0 and every h_i assumed; returns whether p > 0 follows (not only p >= 0)."""
    need(isinstance(certificate, list), "no certificate of sign")
    total, strict = ({}, ONE), False
    assert isinstance(certificate, list)
    for item in certificate:
        need(isinstance(item, list) and len(item) == 2 and isinstance(item[1], list), "bad term of a sign certificate")
        c = number(item[0])
        need(c > 0, "a coefficient of a sign certificate is not positive")
        term: Ratio = ({(): c}, ONE)
        term_strict = True
        for index, power in item[1]:
            need(type(index) is int and 0 <= index < len(assumed) and type(power) is int and -MAX_EXPONENT <= power <= MAX_EXPONENT, "bad factor")
            h, positive = assumed[index]
            need(power >= 0 or positive, "division by a quantity that may vanish")
            term_strict = term_strict and (positive or power == 0)
            for _ in range(abs(power)):
                term = ctx.scalars.times(term, h) if power > 0 else ctx.scalars.over(term, h)
        total, strict = ctx.scalars.plus(total, term), strict or term_strict
    need(not ctx.scalars.minus(p, total)[0], "the sign certificate does not add up")
    return strict


def read_assumptions(ctx: Context, data: object, done: list[dict[str, Any]]) -> list[tuple[Ratio, bool]]:
    """[[expression, ">" or ">="], ...]; ["line", i] is what an earlier line concluded from no further assumptions."""
    need(isinstance(data, list) and all(isinstance(a, list) and len(a) == 2 for a in data), "bad assumptions")
    assert isinstance(data, list)
    plain, out = [a for a in data if a[0] != "line"], []
    for a in data:
        if a[0] == "line":
            need(type(a[1]) is int and 0 <= a[1] < len(done) and "sign" in done[a[1]], "no such earlier line of signs")
            sign, from_what = done[a[1]]["sign"]
            need(all(x in plain for x in from_what), "an earlier line of signs assumed more")
            out.append(sign)
        else:
            need(a[1] in (">", ">="), "bad assumptions")
            out.append((ctx.scalars.read(a[0]), a[1] == ">"))
    return out


def rule_nonnegative(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    assumed, p = read_assumptions(ctx, line.get("assume", []), done), ctx.scalars.read(line.get("expression"))
    strict = positive_sum(ctx, p, line.get("sum"), assumed)
    need(line.get("relation") in (">", ">=") and (strict or line["relation"] == ">="), "only >= 0 follows")
    return {"sign": ((p, line["relation"] == ">"), [a for a in line.get("assume", []) if a[0] != "line"])}


def rule_limit(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    """numerator/denominator -> value as ``variable`` -> infinity, all other scalars fixed."""
    x, value = line.get("variable"), ctx.scalars.read(line.get("value"))
    num, den = ctx.scalars.minus(ctx.scalars.read(line.get("expression")), value)
    need(isinstance(x, str) and all(dict(m).get(x, 0) == 0 for p in value for m in p), "the limit depends on the variable")

    def degree(p: Poly) -> int:
        return max((dict(m).get(str(x), 0) for m in p), default=-1)

    need(degree(num) < degree(den), "does not tend to the value")
    # The leading coefficient of the denominator must not vanish for the degree to be what it says.
    lead = {tuple((n, e) for n, e in m if n != x): c for m, c in den.items() if dict(m).get(str(x), 0) == degree(den)}
    if set(lead) != {()}:
        ctx.scalars.denominators[frozenset(lead.items())] = lead
    return {}


def rule_minimax(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    """min over x in [lo, hi] of max_i (a_i x + b_i) = v.  Data may hold scalars; signs then need certificates."""
    read, assumed = ctx.scalars.read, read_assumptions(ctx, line.get("assume", []), done)
    need(isinstance(line.get("affine"), list) and len(line["affine"]) >= 1, "no affine functions")
    need(all(isinstance(f, list) and len(f) == 2 for f in line["affine"]), "bad affine function")
    affine = [(read(a), read(b)) for a, b in line["affine"]]
    interval = line.get("interval")
    need(isinstance(interval, list) and len(interval) == 2, "bad interval")
    lo, hi = (None if e is None else read(e) for e in interval)
    x, value = read(line.get("x")), read(line.get("value"))
    signs, used = line.get("signs", []), 0
    need(isinstance(signs, list), "bad signs")

    def nonnegative(p: Ratio) -> None:
        nonlocal used
        if not p[0]:
            return
        if set(p[0]) == {()} and set(p[1]) == {()}:
            need(p[0][()] / p[1][()] >= 0, "a sign is wrong")
            return
        need(used < len(signs), "a sign has no certificate")
        positive_sum(ctx, p, signs[used], assumed)
        used += 1

    for a, b in affine:  # primal feasibility: the point attains at most v
        nonnegative(ctx.scalars.minus(value, ctx.scalars.plus(ctx.scalars.times(a, x), b)))
    if lo is not None:
        nonnegative(ctx.scalars.minus(x, lo))
    if hi is not None:
        nonnegative(ctx.scalars.minus(hi, x))
    need(isinstance(line.get("multipliers"), list) and isinstance(line.get("bounds"), list) and len(line["bounds"]) == 2, "bad multipliers")
    y = [read(m) for m in line["multipliers"]]
    y_lo, y_hi = (read(m) for m in line["bounds"])
    need(len(y) == len(affine), "one multiplier for each affine function")
    need((lo is not None or not y_lo[0]) and (hi is not None or not y_hi[0]), "a multiplier for a bound that is not there")
    for m in (*y, y_lo, y_hi):
        nonnegative(m)
    # v = sum y_i (a_i x + b_i) + y_lo (lo - x) + y_hi (x - hi) for every x bounds max_i from below on [lo, hi].
    total: Ratio = ({}, ONE)
    slope, level = ctx.scalars.minus(y_hi, y_lo), ({}, ONE)
    for m, (a, b) in zip(y, affine, strict=True):
        total = ctx.scalars.plus(total, m)
        slope = ctx.scalars.plus(slope, ctx.scalars.times(m, a))
        level = ctx.scalars.plus(level, ctx.scalars.times(m, b))
    if lo is not None:
        level = ctx.scalars.plus(level, ctx.scalars.times(y_lo, lo))
    if hi is not None:
        level = ctx.scalars.minus(level, ctx.scalars.times(y_hi, hi))
    need(not ctx.scalars.minus(total, UNIT)[0], "the multipliers do not sum to one")
    need(not slope[0], "the multipliers do not balance the slopes")
    need(not ctx.scalars.minus(level, value)[0], "the dual value is not the value stated")
    return {"interval": interval, "value": line.get("value")}


def rule_cover(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    """The intervals of earlier minimax lines cover [lo, hi]; the minimum over it is the least of their values."""
    pieces, whole = line.get("pieces"), line.get("interval")
    need(isinstance(pieces, list) and bool(pieces) and isinstance(whole, list) and len(whole) == 2, "bad cover")
    assert isinstance(pieces, list)
    values, reach = [], number(whole[0])  # type: ignore[index]
    for position, index in enumerate(pieces):
        need(type(index) is int and 0 <= index < len(done) and "interval" in done[index], "cover: no such minimax line")
        lo, hi = done[index]["interval"]
        need(number(lo) <= reach, "cover: a gap between the pieces")
        values.append(number(done[index]["value"]))
        if hi is None:
            need(position == len(pieces) - 1 and whole[1] is None, "cover: an unbounded piece must be the last")  # type: ignore[index]
        else:
            reach = max(reach, number(hi))
    if whole[1] is None:  # type: ignore[index]
        need(done[pieces[-1]]["interval"][1] is None, "cover: the last piece is bounded")
    else:
        need(reach == number(whole[1]), "cover: the pieces end elsewhere")  # type: ignore[index]
    need(min(values) == number(line.get("value")), "cover: not the least of the values")
    return {}


def rule_word(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    shape = line.get("shape")
    need(isinstance(shape, list) and len(shape) == 2 and all(s in ctx.dims for s in shape), "bad shape")
    rows, cols = shape  # type: ignore[misc]
    difference = ctx.minus_words(ctx.word_poly(line.get("left"), rows, cols), ctx.word_poly(line.get("right"), rows, cols))
    conclusion = dict(difference)
    for item in line.get("cofactors", []):
        need(isinstance(item, list) and len(item) == 4, "bad cofactor")
        c, left, right, which = ctx.scalars.read(item[0]), ctx.word(item[1]), ctx.word(item[2]), item[3]
        if isinstance(which, list):  # ["line", i]: an earlier word line
            need(len(which) == 2 and which[0] == "line" and type(which[1]) is int and 0 <= which[1] < len(done) and "word" in done[which[1]], "no such earlier word line")
            poly, r, k = done[which[1]]["word"]
        else:
            need(type(which) is int and 0 <= which < len(ctx.relations), "no such relation")
            poly, r, k = ctx.relations[which]
        need((ctx.cols(left[-1]) if left else rows) == r and (ctx.rows(right[0]) if right else cols) == k, "cofactor: shapes do not match")
        need((ctx.rows(left[0]) if left else r) == rows and (ctx.cols(right[-1]) if right else k) == cols, "cofactor: shapes do not match")
        for word, c2 in poly.items():
            ctx.budget.spend(len(word) + len(left) + len(right))
            ctx.accumulate(difference, left + word + right, ctx.scalars.times(MINUS, ctx.scalars.times(c, c2)))
    need(not difference, "the cofactors do not add up to the difference")
    return {"word": (conclusion, rows, cols)}


def rule_trace(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    difference = ctx.trace_poly(line.get("expectation"))
    conclusion = dict(difference)
    need(isinstance(line.get("nulls"), list), "no nulls")
    for item in line["nulls"]:
        need(isinstance(item, list) and len(item) == 2 and isinstance(item[1], dict), "bad null")
        c, data = ctx.scalars.read(item[0]), item[1]
        kinds = {"stein": null_stein, "loop": null_loop, "relation": null_relation, "trace-relation": null_trace_relation}
        kind = data.get("kind")
        need(kind == "lemma" or kind in kinds, f"unknown null {kind!r:.40}")
        null = null_lemma(ctx, data, done) if kind == "lemma" else kinds[str(kind)](ctx, data)
        for key, c2 in null.items():
            ctx.accumulate(difference, key, ctx.scalars.times(MINUS, ctx.scalars.times(c, c2)))
    need(not difference, "the nulls do not add up to the expectation")
    return {"trace": conclusion}


def rule_telescope(ctx: Context, line: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, Any]:
    """From an earlier line L[m+1] - L[m] - r = 0, for every m: L[n] - L[0] = sum_{m<n} r[m]."""
    index = line.get("step")
    need(type(index) is int and 0 <= index < len(done), "telescope: no such line")
    kind = "word" if "word" in done[index] else "trace"  # type: ignore[index]
    need(kind in done[index], "telescope: not a line that can be summed")  # type: ignore[index]

    def shift(token: str) -> str:
        return token.replace("[m]", "[m+1]")

    expected: dict[Any, Ratio]
    if kind == "word":
        poly, rows, cols = done[index]["word"]  # type: ignore[index]
        term, summand = (ctx.word_poly(line.get(k), rows, cols) for k in ("term", "summand"))
        shifted = ctx.word_poly([[c, [shift(t) for t in w]] for c, w in line["term"]], rows, cols)
    else:
        poly = done[index]["trace"]  # type: ignore[index]
        term, summand = (ctx.trace_poly(line.get(k)) for k in ("term", "summand"))  # type: ignore[assignment]
        shifted = ctx.trace_poly([[c, [[shift(t) for t in w] for w in ws]] for c, ws in line["term"]])  # type: ignore[assignment]
    need(all("[m+1]" not in json.dumps(line.get(k)) for k in ("term", "summand")), "telescope: the term is not a function of m")
    need(all("[m]" not in json.dumps(item[0]) for item in line["term"]), "telescope: a coefficient of the term depends on m")
    expected = dict(shifted)
    for part in (term, summand):
        for key, c in part.items():  # type: ignore[attr-defined]
            ctx.accumulate(expected, key, ctx.scalars.times(MINUS, c))
    for key, c in poly.items():
        ctx.accumulate(expected, key, ctx.scalars.times(MINUS, c))
    need(not expected, "telescope: the line is not L[m+1] - L[m] - r[m]")
    return {}


RULES: dict[str, Callable[[Context, dict[str, Any], list[dict[str, Any]]], dict[str, Any]]] = {
    "identity": rule_identity, "nonnegative": rule_nonnegative, "limit": rule_limit, "minimax": rule_minimax,
    "cover": rule_cover, "spectral": rule_spectral, "word": rule_word, "trace": rule_trace, "telescope": rule_telescope,
}  # fmt: skip


def check(certificate: object) -> dict[str, Any]:
    """Accept a certificate or raise ``Rejected``.

    Parameters
    ----------
    certificate : the parsed JSON document (see the module's docstring).

    Returns
    -------
    dict with ``claim``, ``lines`` (how many were checked), ``rules`` and ``side_conditions``
    (the denominators that must not vanish for the conclusions to have a meaning).
    """
    need(isinstance(certificate, dict) and certificate.get("format") == FORMAT, f"not a {FORMAT} document")
    assert isinstance(certificate, dict)
    need(set(certificate) <= {"format", "claim", "context", "lines", "note"}, "unknown field")
    need(isinstance(certificate.get("claim"), str), "no claim")
    lines, budget, done = certificate.get("lines"), Budget(), []
    need(isinstance(lines, list) and bool(lines) and len(lines) <= 5000, "no lines")
    try:
        ctx = Context(certificate.get("context"), budget)
        for i, line in enumerate(lines):  # type: ignore[arg-type]
            need(isinstance(line, dict) and isinstance(line.get("rule"), str) and line["rule"] in RULES, f"line {i}: unknown rule")
            try:
                done.append(RULES[line["rule"]](ctx, line, done))
            except Rejected as error:
                raise Rejected(f"line {i} ({line['rule']}): {error}") from None
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise Rejected(f"malformed: {type(error).__name__}") from None
    return {"claim": certificate["claim"], "lines": len(done), "rules": sorted({line["rule"] for line in lines}), "side_conditions": ctx.scalars.conditions(), "moments_of": sorted(ctx.existence), "assumed": sorted(ctx.assumed)}  # type: ignore[union-attr]


def load(text: str) -> object:
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
    except (json.JSONDecodeError, RecursionError) as error:
        raise Rejected(f"not JSON: {type(error).__name__}") from None


def main(argv: list[str]) -> int:
    """``python -m proofs_check.kernel DIR|FILE ...``: re-check certificates (DIR: all *.certificate.json in it).

    Exit status 0 if there is at least one and every one is accepted, else 1.
    """
    files = [f for a in argv for f in (sorted(Path(a).glob("*.certificate.json")) if Path(a).is_dir() else [Path(a)])]
    rejected = 0
    for path in files:
        try:
            result = check(load(path.read_text(encoding="utf-8")))
            print(f"accepted  {path.name}  {result['lines']} lines")
        except (Rejected, OSError, UnicodeDecodeError) as error:
            rejected += 1
            print(f"REJECTED  {path.name}  {error}")
    print(f"{len(files) - rejected} accepted, {rejected} rejected")
    return 0 if files and not rejected else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
