"""From SymPy to the plain data that the kernel reads: scalars, words of letters, traces, and the context of a claim."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import ClaimError, DerivationError
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.declarations import unstack
from ridgeproof.theorems.functions import Expect
from ridgeproof.theorems.letters import Letter

from .contexts import GIVEN

Word = tuple[str, ...]
Data = Any  # JSON-able


class Exporter:
    """Translates the expressions of one derivation and remembers which scalars and letters they use."""

    def __init__(self) -> None:
        self.opaque: dict[sp.Expr, sp.Symbol] = {}  # atoms the kernel does not look into -> their names
        self.symbols: dict[str, sp.Symbol] = {}  # name -> the one symbol that has it
        self.scalars: dict[str, None] = {}
        self.letters: dict[sp.MatrixSymbol, None] = {}
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

    # words

    def words(self, expr: sp.MatrixExpr) -> dict[Word, sp.Expr]:
        """A matrix expression as {word: coefficient}, definitions written out."""
        out: dict[Word, sp.Expr] = {}
        for coefficient, word in self._expand(expr):
            out[word] = out.get(word, sp.S.Zero) + coefficient
        return {w: c for w, c in out.items() if c != 0}

    def _expand(self, expr: sp.MatrixExpr) -> list[tuple[sp.Expr, Word]]:
        if isinstance(expr, sp.MatAdd):
            return [t for a in expr.args for t in self._expand(a)]
        if isinstance(expr, sp.MatMul) and any(x.blocks for x in expr.atoms(Letter)):
            try:
                return self._expand(unstack(expr).doit())
            except ClaimError as error:
                raise DerivationError(str(error)) from error
        if isinstance(expr, Letter) and expr.blocks:
            raise DerivationError(f"the stacked rows {expr} do not stand in a product over rows")
        if isinstance(expr, sp.MatMul):
            terms: list[tuple[sp.Expr, Word]] = [(sp.S.One, ())]
            for a in expr.args:
                if isinstance(a, sp.MatrixExpr):
                    terms = [(c * c2, w + w2) for c, w in terms for c2, w2 in self._expand(a)]
                else:
                    terms = [(c * a, w) for c, w in terms]
            return terms
        if isinstance(expr, sp.MatPow) and expr.exp.is_Integer and expr.exp > 0:
            return self._expand(sp.MatMul(*[expr.base] * int(expr.exp), evaluate=False))
        if isinstance(expr, sp.Transpose):
            return [(c, tuple(self._flip(t) for t in reversed(w))) for c, w in self._expand(expr.arg)]
        if isinstance(expr, sp.Identity):
            return [(sp.S.One, ())]
        if isinstance(expr, sp.ZeroMatrix):
            return []
        if expr in voc.DEFINITIONS:
            return self._expand(voc.DEFINITIONS[expr])
        if isinstance(expr, sp.MatrixSymbol):
            self.use(expr)
            return [(sp.S.One, (expr.name,))]
        raise DerivationError(f"no words for {type(expr).__name__}: {sp.sstr(expr):.80}")

    def _flip(self, token: str) -> str:
        if token.endswith("'"):
            return token[:-1]
        return token if any(x.name == token and x in voc.SYMMETRIC for x in self.letters) else token + "'"

    def word_data(self, poly: dict[Word, sp.Expr]) -> Data:
        return [[self.scalar(c), list(w)] for w, c in poly.items()]

    # traces

    def traces(self, expr: sp.Expr) -> dict[tuple[Word, ...], sp.Expr]:
        """A polynomial in traces as {words: coefficient}: E of it, where every random term stands in one ``Expect``."""
        out: dict[tuple[Word, ...], sp.Expr] = {}
        for term in sp.Add.make_args(sp.expand(expr)):
            coefficient, inside = self._expectation(term)
            for words, c in self._products(inside):
                out[words] = out.get(words, sp.S.Zero) + coefficient * c
        return {ws: c for ws, c in out.items() if sp.cancel(c) != 0}

    def _expectation(self, term: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """A term as (constant, what is averaged): products of expectations are no expectation of a product."""
        averaged, outside = sp.S.One, []
        for factor in sp.Mul.make_args(term):
            if isinstance(factor, Expect) and factor.over:
                fixed = [
                    x
                    for x in factor.argument.atoms(sp.MatrixSymbol)
                    if voc.is_random(x, GIVEN) and x not in factor.over
                ]
                if fixed:
                    raise DerivationError(f"an expectation over some letters only: {fixed[0]} is random and kept fixed")
            if isinstance(factor, Expect) and averaged == 1 and not factor.argument.has(Expect):
                averaged = factor.argument
            elif factor.has(Expect):
                raise DerivationError(f"not linear in expectations: {sp.sstr(term):.80}")
            else:
                outside.append(factor)
        if any(voc.is_random(x, GIVEN) for factor in outside for x in factor.atoms(sp.MatrixSymbol)):
            raise DerivationError(f"random letters outside an expectation: {sp.sstr(term):.80}")
        constant = sp.Mul(*(f for f in outside if not f.has(Trace)))
        traces = sp.Mul(*(f for f in outside if f.has(Trace)))
        return constant, sp.expand(traces * averaged)

    def _products(self, expr: sp.Expr) -> list[tuple[tuple[Word, ...], sp.Expr]]:
        out: list[tuple[tuple[Word, ...], sp.Expr]] = []
        for term in sp.Add.make_args(expr):
            pieces: list[tuple[sp.Expr, tuple[Word, ...]]] = [(sp.S.One, ())]
            for factor in sp.Mul.make_args(term):
                base, power = factor.as_base_exp()
                if isinstance(base, Trace) and power.is_Integer and power > 0:
                    for _ in range(int(power)):
                        pieces = [p for q in pieces for p in self._times_trace(q, base.arg)]
                elif factor.has(Trace):
                    raise DerivationError(f"not a polynomial in traces: {sp.sstr(factor):.80}")
                else:
                    pieces = [(c * factor, ws) for c, ws in pieces]
            out += [(ws, c) for c, ws in pieces]
        return out

    def _times_trace(
        self, piece: tuple[sp.Expr, tuple[Word, ...]], arg: sp.MatrixExpr
    ) -> list[tuple[sp.Expr, tuple[Word, ...]]]:
        c, ws = piece
        return [(c * c2 * (1 if w else arg.shape[0]), (*ws, w) if w else ws) for c2, w in self._expand(arg)]

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
