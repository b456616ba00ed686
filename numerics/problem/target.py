"""The target: the truth w0 through its coefficients in the eigenbasis of the covariance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ridgeproof.errors import DomainError, InputError

from .numbers import as_float, exact, exponent, nonnegative
from .spectrum import Spectrum, powers, values_of

if TYPE_CHECKING:
    from mpmath import mpf

_TARGET_PARAMETER = {"source": "r", "power": "exponent", "isotropic": "norm2", "coefficients": "values"}


@dataclass(frozen=True)
class Target:
    """The truth w0 through its coefficients in the eigenbasis of S.

    Parameters
    ----------
    kind : {"source", "power", "isotropic", "coefficients"}
        ``source``: s_j w0_j^2 = j^-(1 + 2 beta r), power-law spectrum only (source condition); ``power``: w0_j =
        j^-exponent; ``isotropic``: w0_j = sqrt(norm2/d); ``coefficients``: ``values``.
    r, exponent, norm2, values : Fraction or tuple of Fraction, optional
        The one parameter of the kind; r >= 0, norm2 >= 0.

    Raises
    ------
    InputError
        A parameter that is missing, superfluous or outside its domain.

    Notes
    -----
    Source: docs/theory.md#setup, and for ``source`` docs/theory.md#P1.  A number may be an int, a Fraction, or text: a
    decimal or a fraction.

    Examples
    --------
    >>> Target("source", r="1/2") == Target("source", r="0.5")
    True
    """

    kind: Literal["source", "power", "isotropic", "coefficients"]
    r: Fraction | None = None
    exponent: Fraction | None = None
    norm2: Fraction | None = None
    values: tuple[Fraction, ...] | None = None

    def __post_init__(self) -> None:
        if self.kind not in tuple(_TARGET_PARAMETER):  # a tuple, as the value may be unhashable
            raise InputError(
                f"kind {self.kind!r} is unknown", where="target.kind", accepted=", ".join(_TARGET_PARAMETER)
            )
        wanted = _TARGET_PARAMETER[self.kind]
        for key in _TARGET_PARAMETER.values():
            value = getattr(self, key)
            if key != wanted and value is not None:
                raise InputError(
                    f"{key!r} has no meaning for kind {self.kind!r}", where="target", accepted=f"the key '{wanted}'"
                )
            if key == wanted and value is None:
                raise InputError(
                    f"the key '{key}' is missing", where="target", accepted=f"kind {self.kind!r} takes '{key}'"
                )
        if wanted == "values":
            assert self.values is not None
            object.__setattr__(
                self, "values", tuple(exact(v, where=f"target.values[{i}]") for i, v in enumerate(self.values))
            )
        else:
            value = getattr(self, wanted)
            if wanted != "norm2":
                exponent(value, where=f"target.{wanted}")
            read = exact if wanted == "exponent" else nonnegative
            object.__setattr__(self, wanted, read(value, where=f"target.{wanted}"))

    def power(self, spectrum: Spectrum) -> Fraction | None:
        """The exponent p of w0_j = j^p when the target is a power of j, else None."""
        if self.kind == "power":
            assert self.exponent is not None
            return -self.exponent
        if self.kind == "source":
            assert self.r is not None and spectrum.beta is not None
            return (spectrum.beta - 1 - 2 * spectrum.beta * self.r) / 2
        return None

    def coefficients(self, spectrum: Spectrum) -> np.ndarray:
        """The coefficients w0_j as doubles, shape (d,).  Raises DomainError outside the range of double precision."""
        dim = spectrum.finite_dim()
        power = self.power(spectrum)
        if power is not None:
            if abs(float(power)) * math.log(dim) > 708:
                raise DomainError(
                    f"the last coefficient {dim}^{float(power):g} is outside the range of double precision",
                    where="target",
                    accepted="a smaller exponent, or digits (predict --digits N)",
                )
            return np.arange(1, dim + 1, dtype=float) ** float(power)
        if self.kind == "isotropic":
            assert self.norm2 is not None
            return np.full(dim, math.sqrt(as_float(self.norm2 / dim, where="target.norm2")))
        assert self.values is not None
        return np.array([as_float(v, where=f"target.values[{i}]") for i, v in enumerate(self.values)])

    def mp_coefficients(self, spectrum: Spectrum) -> list[mpf]:
        """The coefficients w0_j, a list of d ``mpf`` at the current mpmath precision."""
        from mpmath import mpf, sqrt

        dim = spectrum.finite_dim()
        power = self.power(spectrum)
        if power is not None:
            return powers(dim, power)
        if self.kind == "isotropic":
            assert self.norm2 is not None
            return [sqrt(mpf(self.norm2.numerator) / (self.norm2.denominator * dim))] * dim
        assert self.values is not None
        return [mpf(v.numerator) / v.denominator for v in self.values]


def target_from_mapping(table: Mapping[str, Any], *, where: str, base_dir: Path) -> Target:
    """Read the ``[target]`` table of a scenario file, keys already known; see `Target`.  Raises InputError."""
    kind = table["kind"]
    if kind not in tuple(_TARGET_PARAMETER):  # a tuple, as the value may be unhashable
        raise InputError(f"kind {kind!r} is unknown", where="target.kind", accepted=", ".join(_TARGET_PARAMETER))
    values = values_of(table, kind == "coefficients", where=f"{where}: target", base_dir=base_dir)
    return Target(kind, values=values, **{key: table[key] for key in ("r", "exponent", "norm2") if key in table})
