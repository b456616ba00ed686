"""Exact Gaussian moments of trace words by the Stein recursion (docs/theory.md#F6).

``moment`` integrates by parts until no design is left.  It returns the polynomial in traces and 1/T, and the
integrations that it used, which are what a certificate needs.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from .claim import Stein
from .functions import trace
from .vocabulary import SYMMETRIC, S, T, X

Letter = tuple[sp.MatrixSymbol, bool]  # a letter, and whether it is transposed
Word = tuple[Letter, ...]
Monomial = tuple[Word, ...]


def letters(*matrices: sp.MatrixSymbol) -> Word:
    """A word of letters that are not transposed; the sample covariance X'X (times T) is written with ``gram``."""
    return tuple((m, False) for m in matrices)


gram: Word = ((X, True), (X, False))


def _flip(letter: Letter) -> Letter:
    return letter if letter[0] in SYMMETRIC else (letter[0], not letter[1])


def _transpose(word: Word) -> Word:
    return tuple(_flip(x) for x in reversed(word))


def _cyclic(word: Word) -> Word:
    forms = [w[i:] + w[:i] for w in (word, _transpose(word)) for i in range(len(w))]
    return min(forms, key=lambda w: [(m.name, flag) for m, flag in w])


def _key(words: Sequence[Word]) -> Monomial:
    return tuple(sorted((_cyclic(w) for w in words), key=lambda w: [(m.name, flag) for m, flag in w]))


def _matrix(word: Word) -> sp.MatrixExpr:
    factors = [m.T if flag else m for m, flag in word]
    return factors[0] if len(factors) == 1 else sp.MatMul(*factors, evaluate=False)


def _degree(key: Monomial) -> int:
    return sum(m == X for word in key for m, _ in word)


def _size(word: Word, dimension: sp.Expr) -> tuple[list[Word], sp.Expr]:
    return ([word], sp.S.One) if word else ([], dimension)


def _parts(word: Word, others: tuple[Word, ...]) -> list[tuple[sp.Expr, list[Word]]]:
    """E tr(X' word) prod tr(others), X not yet integrated: the terms d/dX of word and of the others."""
    out: list[tuple[sp.Expr, list[Word]]] = []
    for i, (m, transposed) in enumerate(word):
        if m != X:
            continue
        left, right = word[:i], word[i + 1 :]
        if transposed:
            out.append((sp.S.One, [(*left, (S, False), *_transpose(right)), *others]))
        else:
            lefts, scale = _size(left, T)
            out.append((scale, [*lefts, (*right, (S, False)), *others]))
    for k, other in enumerate(others):
        rest = [*others[:k], *others[k + 1 :]]
        for i, (m, transposed) in enumerate(other):
            if m == X:
                turn = other[i + 1 :] + other[:i]
                out.append((sp.S.One, [(*word, (S, False), *(_transpose(turn) if transposed else turn)), *rest]))
    return out


def moment(word: Word) -> tuple[sp.Expr, tuple[Stein, ...]]:
    """E tr(word) / T^(number of X'X in it), for a word of constants and X'X.

    Returns
    -------
    (expression, integrations) : a polynomial in traces of constants and 1/T, and the integrations by parts used.
    """
    grams = sum(m == X for m, _ in word) // 2
    work: dict[Monomial, sp.Expr] = {_key([word]): sp.Integer(1)}
    final, used = sp.S.Zero, []
    while work:
        key = max(work, key=_degree)
        coefficient = sp.expand(work.pop(key))
        if coefficient == 0:
            continue
        if not _degree(key):
            final += coefficient * sp.Mul(*(trace(_matrix(w)) for w in key))
            continue
        which = next(i for i, w in enumerate(key) if (X, True) in w)
        others = (*key[:which], *key[which + 1 :])
        at = key[which].index((X, True))
        rest = key[which][at + 1 :] + key[which][:at]
        used.append(Stein(X, _matrix(rest), tuple(_matrix(o) for o in others)))
        for scale, words in _parts(rest, others):
            new = _key(words)
            work[new] = work.get(new, sp.S.Zero) + coefficient * scale
    return sp.expand(final / T**grams), tuple(used)
