"""From SymPy to the context of a draft in lines: scalars, words, traces, and what its letters are."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import vocabulary as voc

from ...meaning.translation import Translation, Word

Data = Any  # JSON-able


class Exporter(Translation):
    """Translates the expressions of one derivation and remembers which scalars and letters they use."""

    def __init__(self) -> None:
        super().__init__()
        self.opaque: dict[sp.Expr, sp.Symbol] = {}  # atoms that lines do not look into -> their names
        self.symbols: dict[str, sp.Symbol] = {}  # name -> the one symbol that has it
        self.scalars: dict[str, None] = {}
        self.leading = False  # whether a step argues to leading order
        self.values: dict[str, Data] = {}  # names of rational expressions
        self.lesser: dict[str, sp.Min] = {}  # names of minima of two fixed symbols
        self.law: dict[str, Data] | None = None  # the power law that sums run over
        self.large: str | None = None  # the symbol that may be taken as large as need be

    # scalars

    def name(self, atom: sp.Expr, prefix: str = "f") -> sp.Symbol:
        """A scalar name for an atom that has no meaning to the kernel (a sum over the spectrum, an expectation)."""
        if atom not in self.opaque:
            self.opaque[atom] = sp.Dummy(f"{prefix}{len(self.opaque) + 1}")  # no symbol of a claim equals it
        return self.opaque[atom]

    def scalar(self, expr: sp.Expr) -> Data:
        """A rational expression as nested lists ["+", ...]; whatever is not rational becomes a named scalar."""
        if isinstance(expr, int):
            expr = sp.Integer(expr)
        if isinstance(expr, sp.Rational):
            return str(expr)
        if isinstance(expr, sp.Symbol):
            if self.symbols.setdefault(expr.name, expr) != expr:
                raise DerivationError(f"two different symbols have the name {expr.name}")
            self.scalars[expr.name] = None
            return expr.name
        if isinstance(expr, sp.Add | sp.Mul):
            return ["+" if isinstance(expr, sp.Add) else "*", *(self.scalar(a) for a in expr.args)]
        if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
            if expr.exp > 0:
                return ["^", self.scalar(expr.base), int(expr.exp)]
            return ["/", "1", ["^", self.scalar(expr.base), int(-expr.exp)]]
        name = self.scalar(self.name(expr))
        if isinstance(expr, sp.Min) and len(expr.args) == 2:
            self.lesser[name] = expr
            for x in expr.args:
                self.scalar(x)
        return name

    def power_law(self, dimension: sp.Expr | None, saturated: bool) -> None:
        """Let sums run over s_j = j^-beta, s_j w0_j^2 = j^-(1 + 2 beta r), j <= d (or without end)."""
        source = 1 + 2 * voc.beta * (sp.S.One if saturated else voc.r)
        self.law = {
            "beta": self.scalar(voc.beta),
            "source": self.scalar(source),
            "dimension": None if dimension == sp.oo else self.scalar(voc.d),
        }

    # words and traces

    def word_data(self, poly: dict[Word, sp.Expr]) -> Data:
        return [[self.scalar(c), list(w)] for w, c in poly.items()]

    def trace_data(self, poly: dict[tuple[Word, ...], sp.Expr]) -> Data:
        return [[self.scalar(c), [list(w) for w in ws]] for ws, c in poly.items()]

    # context

    def use(self, letter: sp.MatrixSymbol) -> None:
        """Declare a letter, and whatever its law and definition speak of."""
        if letter in self.letters:
            return
        if not voc.is_known(letter):
            raise DerivationError(f"the letter {letter.name} is not in the vocabulary (theorems/vocabulary.py)")
        for dim in letter.shape:
            self.scalar(dim)
        if letter in voc.GAUSSIAN:
            covariance, variance = voc.GAUSSIAN[letter]
            self.scalar(variance)
            if covariance is not None:
                self.use(covariance)
        formula = voc.INVERSES.get(letter, voc.definition(letter))
        if formula is not None:
            self.word_data(self.words(formula))
        for other in voc.depends(letter):
            self.use(other)
        self.letters[letter] = None  # after what it is made of

    def context(self) -> Data:
        """The kernel's context of every scalar and letter used so far (relations of the vocabulary included)."""
        relations = []
        for left, right in voc.EQUATIONS:
            if left not in voc.MATRICES and all(x in self.letters for x in left.atoms(sp.MatrixSymbol)):
                relations.append(
                    [
                        self.word_data(self.words(left)),
                        self.word_data(self.words(right)),
                        [self._label(x) for x in left.shape],
                    ]
                )
        trace_relations = []
        for matrix, value in voc.TRACES:
            if all(x in self.letters for x in matrix.atoms(sp.MatrixSymbol)):
                ((word, _),) = self.words(matrix).items()
                trace_relations.append([list(word), self.scalar(value)])
        leading_traces = []
        for matrix, value in voc.LEADING_TRACES if self.leading else ():
            ((word, c),) = self.words(matrix).items()
            leading_traces.append([list(word), self.scalar(value / c)])
        letters = {x.name: self._letter(x) for x in self.letters}
        dims = {self._label(x): self.scalar(x) for letter in self.letters for x in letter.shape}
        laws = {
            "values": self.values,
            "lesser": {name: [self.scalar(x) for x in e.args] for name, e in self.lesser.items()},
            "power_law": self.law,
            "large": self.large if self.large in self.scalars else None,
        }
        return {
            "scalars": sorted(self.scalars),
            "dims": dims,
            "letters": letters,
            "relations": relations,
            "trace_relations": trace_relations,
            "leading_traces": leading_traces,
        } | {kind: said for kind, said in laws.items() if said}

    def _label(self, dim: sp.Expr) -> str:
        return str(dim)

    def _letter(self, letter: sp.MatrixSymbol) -> Data:
        spec: dict[str, Data] = {"rows": self._label(letter.shape[0]), "cols": self._label(letter.shape[1])}
        if letter in voc.SYMMETRIC:
            spec["symmetric"] = True
        if letter in voc.GAUSSIAN:
            covariance, variance = voc.GAUSSIAN[letter]
            spec["gaussian"] = {
                "covariance": covariance.name if covariance is not None else None,
                "variance": self.scalar(variance),
            }
        elif letter in voc.INVERSES:
            spec["inverse_of"] = self.word_data(self.words(voc.INVERSES[letter]))
        elif (formula := voc.definition(letter)) is not None:
            spec["equals"] = self.word_data(self.words(formula))
        elif letter in voc.ROTATION_INVARIANT:
            spec["rotates"] = True
        elif voc.depends(letter):
            spec["depends"] = [x.name for x in voc.depends(letter)]
        return spec
