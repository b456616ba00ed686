"""The context of a certificate: letters with shapes, definitions and laws; what scalars stand for; what is assumed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from .rational import MINUS, UNIT, Poly, Ratio, Scalars, names_in, variable
from .reading import BOUND, MAX_DEPTH, MAX_NAMES, MAX_WORD, NAME, Budget, brief, listing, need

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
