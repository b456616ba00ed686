"""Results as tables of pandas: ``to_frame()``; pandas is optional and imported when it is asked for.

An exact column NAME holds the number as text ("3/10"), so that nothing is lost; NAME_decimal beside it holds the
nearest double, to plot and to calculate with.  Standard library only; every other module may import it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from .errors import InputError

Item = TypeVar("Item", bound="Framed")


class Framed:
    """A result that is a table: ``records()`` are its rows, ``to_frame()`` the same as a ``pandas.DataFrame``."""

    __slots__ = ()

    def records(self) -> list[dict[str, Any]]:
        """The rows of the table, each a mapping of the columns to plain values; here one row: the fields."""
        names: Iterable[str] = getattr(type(self), "__dataclass_fields__", ())
        return [cells((name, getattr(self, name)) for name in names)]

    def to_frame(self) -> Any:
        """A ``pandas.DataFrame`` of the rows.

        Raises
        ------
        InputError
            pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise InputError("pandas is not installed", where="to_frame", accepted="pip install pandas") from None
        return pandas.DataFrame.from_records(self.records())


class Table(list[Item], Framed):
    """A list of results whose tables stand below each other.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.exponents("3/2", "1/2", b=["1/2", 1]).records()[0]["rate"]
    '3/10'
    """

    __slots__ = ()

    def records(self) -> list[dict[str, Any]]:
        """The rows of all of them."""
        return [row for result in self for row in result.records()]


class Rows(list[dict[str, Any]], Framed):
    """A list of rows that are mappings already."""

    __slots__ = ()

    def records(self) -> list[dict[str, Any]]:
        """The rows themselves."""
        return [dict(row) for row in self]


def cells(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """One row: exact and high-precision numbers as text, with NAME_decimal beside them; anything else as it is.

    Examples
    --------
    >>> cells([("rate", Fraction(3, 10)), ("regime", "bias")])
    {'rate': '3/10', 'rate_decimal': 0.3, 'regime': 'bias'}
    """
    row: dict[str, Any] = {}
    for name, value in pairs:
        if value is None or isinstance(value, bool | int | float | str):
            row[name] = value
        elif isinstance(value, tuple | list):  # a few words or numbers
            row[name] = ", ".join(map(str, value))
        else:  # Fraction, an infinite scale, an mpmath number
            row[name] = str(value)
            row[f"{name}_decimal"] = decimal(value)
    return row


def decimal(value: Any) -> float:
    """The nearest double."""
    try:
        return float(value)
    except OverflowError:
        return float("-inf" if value < 0 else "inf")
    except TypeError:  # an infinite scale
        return float(str(value))
