"""The vocabulary: one place for every symbol, and numbers agree with what it says about matrices."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ridgeproof.theorems import vocabulary as voc


def test_every_letter_is_explained_and_has_one_nature() -> None:
    """Each matrix has a meaning and LaTeX; it is a constant, or random, or defined, but not two of them."""
    letters = {x for x in vars(voc).values() if isinstance(x, sp.MatrixSymbol)}
    assert letters == set(voc.MATRICES)
    natures = [set(voc.GAUSSIAN), set(voc.INVERSES), set(voc.DEFINITIONS), set(voc.ROTATION_INVARIANT)]
    assert sum(map(len, natures)) == len(set().union(*natures))
    assert len({x.name for x in letters}) == len(letters)
    assert not {x.name for x in letters} & {x.name for x in voc.SCALARS}
    assert all(m.text and m.latex for m in (*voc.MATRICES.values(), *voc.SCALARS.values()))


def test_shapes_agree() -> None:
    """Definitions and inverses have their letter's shape; symmetric letters are square; covariances fit."""
    for letter, meaning in (*voc.DEFINITIONS.items(), *voc.INVERSES.items()):
        assert letter.shape == meaning.shape, letter
    for left, right in voc.EQUATIONS:
        assert left.shape == right.shape
    assert all(x.shape[0] == x.shape[1] for x in voc.SYMMETRIC)
    for letter, (covariance, _) in voc.GAUSSIAN.items():
        assert covariance is None or covariance.shape == (letter.shape[1],) * 2
    assert set(voc.MOMENTS_EXIST) <= set(voc.INVERSES)


def test_symmetry_and_relations_hold_for_matrices() -> None:
    """For drawn designs: Sh, R, W^-1, D, P are symmetric, P P = P, tr P = T0, and P = Y (Y'Y)^-1 Y'."""
    rng = np.random.default_rng(2)
    d, rows, few = 4, 9, 2
    s = np.diag(rng.uniform(0.5, 2, d))
    x = rng.standard_normal((rows, d)) @ np.sqrt(s)
    sh = x.T @ x / rows
    for matrix in (sh, np.linalg.inv(sh + 0.3 * np.eye(d)), np.linalg.inv(x.T @ x), s @ np.linalg.inv(s + np.eye(d))):
        assert np.allclose(matrix, matrix.T)
    y = rng.standard_normal((d, few))
    p = np.linalg.pinv(y.T) @ y.T
    assert np.allclose(p @ p, p) and np.allclose(p, p.T) and np.isclose(np.trace(p), few)
    assert np.allclose(p, y @ np.linalg.inv(y.T @ y) @ y.T)
    assert np.allclose(np.linalg.pinv(y @ y.T), y @ np.linalg.matrix_power(np.linalg.inv(y.T @ y), 2) @ y.T)


def test_latex_names_cover_the_vocabulary() -> None:
    """No symbol is printed under its internal name where LaTeX is made."""
    names = voc.latex_names()
    assert set(voc.SCALARS) | set(voc.MATRICES) <= set(names)
