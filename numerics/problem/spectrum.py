"""The covariance spectrum: power law, isotropic, or given explicitly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ridgeproof.errors import DomainError, InputError

from .numbers import as_float, count, exact, exponent, positive, read_values

if TYPE_CHECKING:
    from mpmath import mpf

KINDS = ("power-law", "isotropic", "explicit")
MAX_ARRAY = 20_000_000  # eigenvalues held at once: 160 MB of doubles, in about ten arrays


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues s_j of the input covariance S.

    Parameters
    ----------
    kind : {"power-law", "isotropic", "explicit"}
        ``power-law``: s_j = j^-beta, j = 1..dim (capacity condition); ``isotropic``: s_j = 1;
        ``explicit``: ``values``.
    dim : int or math.inf
        Number d of eigenvalues; ``math.inf`` for a power law only.
    beta : Fraction, optional
        Capacity exponent, > 1; power law only.
    values : tuple of Fraction, optional
        The eigenvalues, > 0, in the user's order; explicit only.

    Raises
    ------
    InputError
        When a parameter is missing, superfluous or outside its domain.

    Notes
    -----
    Source: docs/theory.md#setup, and for power laws docs/theory.md#P1.

    Examples
    --------
    >>> Spectrum("power-law", 200, beta="1.5").beta
    Fraction(3, 2)
    >>> Spectrum("explicit", 3, values=(2, "1/2", "0.25")).values
    (Fraction(2, 1), Fraction(1, 2), Fraction(1, 4))
    """

    kind: Literal["power-law", "isotropic", "explicit"]
    dim: int | float
    beta: Fraction | None = None
    values: tuple[Fraction, ...] | None = None

    def __post_init__(self) -> None:
        where = "spectrum"
        if self.kind not in KINDS:
            raise InputError(f"kind {self.kind!r} is unknown", where=f"{where}.kind", accepted=", ".join(KINDS))
        if self.kind != "power-law" and self.beta is not None:
            raise InputError(
                f"beta has no meaning for kind {self.kind!r}",
                where=f"{where}.beta",
                accepted='beta with kind "power-law" only',
            )
        if self.kind != "explicit" and self.values is not None:
            raise InputError(
                f"values have no meaning for kind {self.kind!r}",
                where=f"{where}.values",
                accepted='values with kind "explicit" only',
            )
        if self.dim != math.inf:
            object.__setattr__(self, "dim", count(self.dim, where=f"{where}.dim"))
        elif self.kind != "power-law":
            raise InputError(
                "an infinite dimension needs a power law", where=f"{where}.dim", accepted="an integer >= 1"
            )
        if self.kind == "power-law":
            if self.beta is None:
                raise InputError("beta is missing", where=where, accepted="a number > 1")
            beta = exponent(self.beta, where=f"{where}.beta")
            if beta <= 1:
                raise InputError(f"beta = {beta} is not above 1", where=f"{where}.beta", accepted="a number > 1")
            object.__setattr__(self, "beta", beta)
        if self.kind == "explicit":
            if self.values is None:
                raise InputError("the eigenvalues are missing", where=where, accepted="values = [...] or file = ...")
            values = tuple(positive(v, where=f"{where}.values[{i}]") for i, v in enumerate(self.values))
            if len(values) != self.dim:
                raise InputError(
                    f"{len(values)} values for dim = {self.dim}",
                    where=f"{where}.values",
                    accepted="dim values, all > 0",
                )
            object.__setattr__(self, "values", values)

    def eigenvalues(self) -> np.ndarray:
        """The eigenvalues as doubles, shape (d,), in the given order.

        Raises
        ------
        DomainError
            Infinite or very large dimension, or an eigenvalue outside the range of double precision.
        """
        dim = self.finite_dim()
        if self.kind == "explicit":
            assert self.values is not None
            return np.array([as_float(v, where=f"spectrum.values[{i}]") for i, v in enumerate(self.values)])
        if self.kind == "isotropic":
            return np.ones(dim)
        assert self.beta is not None
        if float(self.beta) * math.log(dim) > 708:  # below the smallest normal double
            raise DomainError(
                f"the last eigenvalue {dim}^-{float(self.beta):g} is outside the range of double precision",
                where="spectrum",
                accepted="a smaller beta or dim, or digits (predict --digits N)",
            )
        return np.arange(1, dim + 1, dtype=float) ** -float(self.beta)

    def mp_eigenvalues(self) -> list[mpf]:
        """The eigenvalues, a list of d ``mpf`` at the current mpmath precision, in the given order."""
        from mpmath import mpf

        dim = self.finite_dim()
        if self.kind == "explicit":
            assert self.values is not None
            return [mpf(v.numerator) / v.denominator for v in self.values]
        if self.kind == "isotropic":
            return [mpf(1)] * dim
        assert self.beta is not None
        return powers(dim, -self.beta)

    def finite_dim(self) -> int:
        """The dimension when the eigenvalues can be listed.  Raises DomainError when infinite or above 2e7."""
        if self.dim > MAX_ARRAY:
            raise DomainError(
                f"dim = {self.dim} eigenvalues cannot be listed",
                where="spectrum.dim",
                accepted=f"an integer between 1 and {MAX_ARRAY}",
            )
        return int(self.dim)


def powers(last: int, exponent: Fraction) -> list[mpf]:
    """``[j**exponent for j in 1..last]`` at the current mpmath precision, a list of ``last`` numbers.

    Only primes are raised to the power; composites are products, j = p m giving p^e m^e, at most log2(last) roundings.
    """
    from mpmath import mp, mpf

    with mp.extraprec(2 * last.bit_length() + 10):
        power = mpf(exponent.numerator) / exponent.denominator
        factor = list(range(last + 1))  # the least prime factor
        for p in range(2, math.isqrt(last) + 1):
            if factor[p] == p:
                for m in range(p * p, last + 1, p):
                    if factor[m] == m:
                        factor[m] = p
        out = [mpf(1)] * (last + 1)
        for j in range(2, last + 1):
            p = factor[j]
            out[j] = mpf(j) ** power if p == j else out[p] * out[j // p]
    return [+x for x in out[1:]]


def spectrum_from_mapping(table: Mapping[str, Any], *, where: str, base_dir: Path) -> Spectrum:
    """Read the ``[spectrum]`` table of a scenario file (docs/scenario-files.md).

    Parameters
    ----------
    table : mapping
        The table, keys already known to be among kind, dim, beta, values, file.
    where : str
        The scenario's name, for messages.
    base_dir : Path
        Directory that ``file`` is relative to.

    Raises
    ------
    InputError
    """
    place = f"{where}: spectrum"
    if "kind" not in table:
        raise InputError("the key 'kind' is missing", where=place, accepted=", ".join(KINDS))
    kind = table["kind"]
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is unknown", where=f"{place}.kind", accepted=", ".join(KINDS))
    needed = {"power-law": ("beta", "dim"), "isotropic": ("dim",), "explicit": ()}[kind]
    for key in needed:
        if key not in table:
            raise InputError(
                f"the key '{key}' is missing",
                where=place,
                accepted="a number > 1" if key == "beta" else "an integer >= 1",
            )
    values = values_of(table, kind == "explicit", where=place, base_dir=base_dir)
    dim: object = table.get("dim", len(values) if values is not None else None)
    if dim == math.inf or (isinstance(dim, str) and dim.strip().lower() in ("inf", "+inf")):
        dim = math.inf
    else:
        dim = count(dim, where=f"{place}.dim")
    try:
        return Spectrum(kind, dim, table.get("beta"), values)
    except InputError as error:
        raise InputError(error.what, where=f"{where}: {error.where}", accepted=error.accepted) from None


def values_of(table: Mapping[str, Any], wanted: bool, *, where: str, base_dir: Path) -> tuple[Fraction, ...] | None:
    """The numbers of ``values = [...]`` or ``file = "..."`` in a table; None when they are not wanted.

    Raises
    ------
    InputError
        Neither or both given when wanted, any given when not, or a value that is no number.
    """
    given = [key for key in ("values", "file") if key in table]
    if not wanted:
        if given:
            raise InputError(
                f"{given[0]!r} has no meaning for kind {table['kind']!r}",
                where=where,
                accepted="only the keys of this kind",
            )
        return None
    if len(given) != 1:
        raise InputError(
            "both 'values' and 'file' are given" if given else "the numbers are missing",
            where=where,
            accepted='values = [...] or file = "x.npy" or "x.csv"',
        )
    if given == ["file"]:
        if not isinstance(table["file"], str):
            raise InputError(
                f"{table['file']!r} is not a file name", where=f"{where}.file", accepted='"x.npy" or "x.csv"'
            )
        return read_values(base_dir / table["file"], where=f"{where}.file")
    if not isinstance(table["values"], list | tuple) or not table["values"]:
        raise InputError(
            f"{table['values']!r} is not a list of numbers", where=f"{where}.values", accepted="values = [1, 0.5, ...]"
        )
    return tuple(exact(v, where=f"{where}.values[{i}]") for i, v in enumerate(table["values"]))
