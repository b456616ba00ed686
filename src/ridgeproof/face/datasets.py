"""Data of one's own in the theory's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..numerics.data.study import DataStudy

_REAL = {"kernel_scale", "ridge", "noise", "generator_ridge", "generator_noise"}
_WHOLE = {"reference", "landmarks", "seed", "degree", "samples", "generations", "generator_samples", "measure"}


def data(source: Any, target: Any = None, **options: Any) -> DataStudy:
    """A data set in the theory's terms, a chain of relabelled fits on it, and how far the theory can be relied on.

    Parameters
    ----------
    source : data frame, mapping of columns, array, pair (X, y), path or name
        pandas, polars or pyarrow; an array of shape (N, p) has its target in the last column; a file that
        ``ridgeproof data`` reads, or the name of one of scikit-learn's bundled sets.
    target : str, int or array of shape (N,), optional
        The column to predict, or its values; the last column when left out.
    **options
        drop, inputs, reference, landmarks, seed; kernel ("linear", "rbf", "polynomial", "laplace"), kernel_scale,
        degree; samples (T), ridge, noise, generations (n), generator_samples, generator_ridge, generator_noise: as the
        options of the command.  ``measure``: True (a quick check), False (none), or a number of runs.  ``distinct``:
        rows of one fit are drawn without replacement.

    Returns
    -------
    DataStudy
        ``spectrum``, ``exponents``, ``prediction``, ``predictions``, ``measurement``, ``applies``, ``reasons``,
        ``expected``, ``uncertainty``, ``recommendation``, ``scenario``, ``notes``, ``to_frame()``.  Errors and noises
        are parts of the target's variance.

    Raises
    ------
    InputError, DomainError
        Text in a column that is used, several targets (named), a constant target, parameters outside their domains.

    Notes
    -----
    Source: docs/theory.md#kernels; docs/data.md says how well it does on public tables.

    Examples
    --------
    >>> import numpy as np
    >>> import ridgeproof as rp
    >>> rng = np.random.default_rng(1)
    >>> frame = {"a": rng.normal(size=200), "b": rng.normal(size=200)}
    >>> frame["price"] = frame["a"] + np.sin(frame["b"])
    >>> found = rp.data(frame, target="price", generations=1)
    >>> found.inputs, found.chain.samples
    (('a', 'b'), 33)
    """
    from ..numerics.data.study import study
    from ..numerics.problem.numbers import read_options

    flags = {"measure"} if isinstance(options.get("measure"), bool) else set()
    read_options(options, whole=_WHOLE - flags, reals=_REAL)
    return study(source, target, **options)
