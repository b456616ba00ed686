"""From SymPy to words of letters and polynomials in traces; believed, and no search.

An expression becomes {word: coefficient} or {words: coefficient}, the definitions of the vocabulary written out.
"""

from __future__ import annotations

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import ClaimError, DerivationError
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.declarations import unstack
from ridgeproof.theorems.functions import Expect
from ridgeproof.theorems.letters import Letter

Word = tuple[str, ...]
# Statements are read given the noise of the earlier generations, of which H[m] consists.
GIVEN = frozenset({voc.H})


class Translation:
    """Translates expressions and remembers which letters they use."""

    def __init__(self) -> None:
        self.letters: dict[sp.MatrixSymbol, None] = {}

    def use(self, letter: sp.MatrixSymbol) -> None:
        """Remember a letter of the vocabulary, or a declared one."""
        if not voc.is_known(letter):
            raise DerivationError(f"the letter {letter.name} is not in the vocabulary (theorems/vocabulary.py)")
        if letter not in self.letters and any(x.name == letter.name for x in self.letters):
            raise DerivationError(f"two letters have the name {letter.name}")
        self.letters[letter] = None

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
