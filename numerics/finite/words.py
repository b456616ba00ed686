"""Sample means of traces of words in the letters of one design: witnesses for claims about random matrices.

A word such as ``("S", "R", "Sh", "R")`` stands for the matrix product S R Sh R; its trace is averaged over designs
X with rows N(0, S).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ridgeproof.errors import DomainError, InputError

#: The letters and what they mean for a design X of T rows; those with an inverse need the rank for it.
LETTERS = {
    "I": "the identity",
    "S": "the covariance",
    "Sinv": "S^-1",
    "X": "the design, T x d",
    "Xt": "X^T",
    "Xp": "the pseudo-inverse X^+",
    "W": "X^T X",
    "Winv": "(X^T X)^-1, T >= d",
    "Pinv2": "(X^T X)^+",
    "Sh": "X^T X/T",
    "R": "(Sh + ridge)^-1, ridge > 0 or T >= d",
    "P": "X^+ X",
}


def design_letters(
    X: np.ndarray, S: np.ndarray, ridge: float, names: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """The matrices that the letters stand for.

    Parameters
    ----------
    X : ndarray (T, d)
    S : ndarray (d, d) or (d,)
        Covariance, or its eigenvalues when it is diagonal.
    ridge : float
        >= 0.
    names : sequence of str, optional
        The letters wanted; by default all that exist for this shape and ridge (see `LETTERS`).

    Raises
    ------
    InputError
        A letter that is not in `LETTERS`.
    DomainError
        A letter that does not exist for this shape and ridge.
    """
    rows, dim = X.shape
    covariance = np.diag(S) if S.ndim == 1 else S
    gram = X.T @ X
    makers: dict[str, Callable[[], np.ndarray]] = {
        "I": lambda: np.eye(dim),
        "S": lambda: covariance,
        "Sinv": lambda: np.linalg.inv(covariance),
        "X": lambda: X,
        "Xt": lambda: X.T,
        "Xp": lambda: np.linalg.pinv(X),
        "W": lambda: gram,
        "Winv": lambda: np.linalg.inv(gram),
        "Pinv2": lambda: np.linalg.pinv(X) @ np.linalg.pinv(X).T,
        "Sh": lambda: gram / rows,
        "R": lambda: np.linalg.inv(gram / rows + ridge * np.eye(dim)),
        "P": lambda: np.linalg.pinv(X) @ X,
    }
    missing = set()
    if rows < dim:
        missing = {"Winv"} | ({"R"} if ridge == 0 else set())
    if names is None:
        names = [name for name in makers if name not in missing]
    for name in names:
        if name not in makers:
            raise InputError(f"the letter {name!r} is unknown", where="trace word", accepted=", ".join(LETTERS))
        if name in missing:
            raise DomainError(
                f"{name} does not exist for {rows} rows in dimension {dim}", where="trace word", accepted=LETTERS[name]
            )
    return {name: makers[name]() for name in names}


def word_product(letters: Mapping[str, np.ndarray], word: Sequence[str]) -> np.ndarray:
    """The product of the letters of a word, from left to right; the empty word needs the letter I.

    Raises
    ------
    InputError
        A letter without a matrix.
    """
    matrices = []
    for name in word or ("I",):
        if name not in letters:
            raise InputError(f"the letter {name!r} is unknown", where="trace word", accepted=", ".join(sorted(letters)))
        matrices.append(letters[name])
    result = matrices[0]
    for matrix in matrices[1:]:
        result = result @ matrix
    return result


def sample_word_traces(
    words: Sequence[Sequence[str]],
    spectrum_eigenvalues: np.ndarray,
    T: int,
    ridge: float,
    replicates: int,
    seed: int,
    extra: Mapping[str, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Sample means of E tr(word) over designs of T rows N(0, diag(eigenvalues)), and their standard errors.

    Parameters
    ----------
    words : sequence of words
        All are evaluated on the same designs, so differences of their means are sharper than the errors suggest.
    spectrum_eigenvalues : ndarray (d,)
    T : int
        >= 1.
    ridge : float
        Of the letter R.
    replicates : int
        >= 2.
    seed : int
    extra : mapping from names to ndarray (d, d), optional
        Fixed matrices for further letters, such as A and B.

    Returns
    -------
    means, standard_errors : ndarray (len(words),)

    Raises
    ------
    InputError
        Unknown letters, fewer than 2 replicates, T < 1.
    DomainError
        Letters that do not exist at this shape and ridge.
    """
    if replicates < 2 or T < 1:
        raise InputError(
            f"{replicates} replicates of {T} rows", where="trace word", accepted=">= 2 replicates of >= 1 row"
        )
    fixed = dict(extra or {})
    wanted = sorted({name for word in words for name in (word or ("I",))} - set(fixed))
    rng = np.random.default_rng(seed)
    root = np.sqrt(spectrum_eigenvalues)
    samples = np.empty((replicates, len(words)))
    for i in range(replicates):
        design = rng.standard_normal((T, root.size)) * root
        letters = design_letters(design, np.asarray(spectrum_eigenvalues), ridge, wanted) | fixed
        samples[i] = [np.trace(word_product(letters, word)) for word in words]
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / math.sqrt(replicates)
