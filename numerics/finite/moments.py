"""Exact Gaussian moments E prod tr(A Sh B Sh ...) for any covariance, by the Stein recursion (docs/theory.md#F6).

Sh = X^T X/T with rows x_t ~ N(0, S), so tr(Sh B) = (1/T) sum_t x_t^T B x_t.  Integrating the left x_t by parts
(E x F = S E grad F) strikes out one Sh: it meets the right x_t, or an Sh elsewhere in its word or in another one,

    tr(Sh B)       ->  tr(S B)
    B = C Sh D     ->  + (1/T) [tr(C S) tr(Sh D) + tr(Sh C^T S D)]     for every Sh in B,
    tr(Sh E)       ->  + (1/T) tr(Sh B^T S (E + E^T))                  for every Sh in the other words,

until none is left.  The result is a polynomial in 1/T, whose coefficients are the exact finite-size corrections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ridgeproof.errors import InputError

from .rational_algebra import Matrix, identity, product, trace, transpose

SAMPLE = "Sh"
COVARIANCE = "S"
MAX_DEGREE = 8  # the number of pairings grows like (2k - 1)!!

Letter = tuple[str, bool]  # name, transposed
Word = tuple[Letter, ...]
Polynomial = tuple[Fraction, ...]


def moment_coefficients(
    words: Sequence[Sequence[str]], matrices: Mapping[str, Matrix], covariance: Matrix
) -> Polynomial:
    """The c_k in E prod_w tr(w) = sum_k c_k T^-k, exactly.

    Parameters
    ----------
    words : sequence of words
        Each a sequence of the names of fixed matrices, "Sh" for the sample covariance and "S" for the covariance; at
        most ``MAX_DEGREE`` letters "Sh" in all.
    matrices : mapping
        The fixed matrices, (d, d) fractions, not necessarily symmetric.
    covariance : Matrix
        S, (d, d), symmetric and positive semidefinite.

    Raises
    ------
    InputError
        An unknown letter, too many letters "Sh", or matrices of other sizes.
    """
    known = {**matrices, COVARIANCE: covariance}
    if SAMPLE in matrices or COVARIANCE in matrices:
        raise InputError("Sh and S are not for fixed matrices", where="moment", accepted="other names")
    for name, value in known.items():
        if len(value) != len(covariance) or any(len(row) != len(covariance) for row in value):
            raise InputError(f"{name} has another size than S", where="moment", accepted="square matrices of one size")
    for name in (letter for word in words for letter in word):
        if name != SAMPLE and name not in known:
            raise InputError(f"the letter {name!r} is unknown", where="moment", accepted=", ".join([SAMPLE, *known]))
    degree = sum(list(word).count(SAMPLE) for word in words)
    if degree > MAX_DEGREE:
        raise InputError(f"{degree} letters Sh", where="moment", accepted=f"at most {MAX_DEGREE}")
    start = tuple(tuple((name, False) for name in word) for word in words)
    return _Recursion(known).mean(start)


def moment(
    words: Sequence[Sequence[str]], matrices: Mapping[str, Matrix], covariance: Matrix, samples: int
) -> Fraction:
    """E prod_w tr(w) at T = ``samples`` >= 1, exactly; parameters and errors as for `moment_coefficients`."""
    if samples < 1:
        raise InputError(f"{samples} samples", where="moment", accepted="an integer >= 1")
    coefficients = moment_coefficients(words, matrices, covariance)
    return sum((c / Fraction(samples) ** k for k, c in enumerate(coefficients)), Fraction(0))


class _Recursion:
    def __init__(self, matrices: Mapping[str, Matrix]) -> None:
        self._matrices = {(name, False): value for name, value in matrices.items()}
        self._matrices |= {(name, True): transpose(value) for name, value in matrices.items()}
        self._means: dict[tuple[Word, ...], Polynomial] = {}
        self._traces: dict[Word, Fraction] = {}

    def mean(self, words: tuple[Word, ...]) -> Polynomial:
        words = tuple(sorted(map(_canonical, words)))
        if words not in self._means:
            self._means[words] = self._reduced(words)
        return self._means[words]

    def _reduced(self, words: tuple[Word, ...]) -> Polynomial:
        fixed = [word for word in words if all(name != SAMPLE for name, _ in word)]
        factor = Fraction(1)
        for word in fixed:
            factor *= self._trace(word)
        random = [word for word in words if word not in fixed]
        if not random:
            return (factor,)
        first, *others = random
        b = _after(first, _samples(first)[0])
        sh, s = ((SAMPLE, False),), ((COVARIANCE, False),)
        rest = tuple(others)
        plain = self.mean((s + b, *rest))
        corrections = []
        for i in _samples(b):
            c, d = b[:i], b[i + 1 :]
            corrections += [(c + s, sh + d, *rest), (sh + _transposed(c) + s + d, *rest)]
        for which, other in enumerate(others):
            remaining = tuple(others[:which] + others[which + 1 :])
            for i in _samples(other):
                e = _after(other, i)
                corrections += [(sh + _transposed(b) + s + x, *remaining) for x in (e, _transposed(e))]
        total = list(plain)
        for correction in corrections:
            for power, value in enumerate(self.mean(correction), start=1):
                total += [Fraction(0)] * (power + 1 - len(total))
                total[power] += value
        return tuple(factor * value for value in total)

    def _trace(self, word: Word) -> Fraction:
        if word not in self._traces:
            matrices = [self._matrices[letter] for letter in word]
            size = len(self._matrices[COVARIANCE, False])
            self._traces[word] = trace(product(*matrices) if matrices else identity(size))
        return self._traces[word]


def _samples(word: Word) -> list[int]:
    """Where the letters Sh stand."""
    return [i for i, (name, _) in enumerate(word) if name == SAMPLE]


def _after(word: Word, i: int) -> Word:
    """B in tr(word) = tr(letter_i B)."""
    return word[i + 1 :] + word[:i]


def _transposed(word: Word) -> Word:
    return tuple((name, not flipped and name not in (SAMPLE, COVARIANCE)) for name, flipped in reversed(word))


def _canonical(word: Word) -> Word:
    """One representative of all words with the same trace under rotation and transposition."""
    both = (word, _transposed(word))
    return min((w[i:] + w[:i] for w in both for i in range(len(w))), default=word)
