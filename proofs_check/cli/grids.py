"""The grids of the exponent tables: the scales, their values as options give them, and what a whole table says."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ridgeproof.errors import InputError

MOST_ROWS = 100_000
SCALES = {
    "beta": ("3/2", "capacity: s_j = j^-beta"),
    "r": ("1/2", "source: s_j w0_j^2 = j^-(1 + 2 beta r)"),
    "a": ("1", "d = T^a; 0 is a fixed dimension, inf infinitely many"),
    "b": ("1", "T0 = T^b"),
    "g": ("0", "n = T^g; -inf for clean data"),
    "s": ("0", "sigma^2 = T^-s; inf for none"),
    "s0": ("0", "sigma_0^2 = T^-s0; inf for none"),
    "h": (None, "T0 - d = T^h (default b)"),
}
ACCEPTED = "a rational such as 3/2 or 0.1, inf, a comma list, or START:STOP:STEP"


def points(lists: Mapping[str, Sequence[Any]]) -> tuple[int, Iterator[dict[str, Any]]]:
    """How many points the product of the lists has, and the points, the last name varying fastest.

    Raises
    ------
    InputError
        There are more than MOST_ROWS.
    """
    size = math.prod(map(len, lists.values()))
    if size > MOST_ROWS:
        raise InputError(f"the table would have {size} rows", where="exponents", accepted=f"at most {MOST_ROWS}")
    return size, (dict(zip(lists, point, strict=True)) for point in itertools.product(*lists.values()))


def notes(rows: Sequence[Mapping[str, Any]], *, own: bool = False) -> list[str]:
    """What a reader of a table should know where it is degenerate; its rows are plain data, as in --json.

    ``own``: of a law of the user's own, whose letters mean what it says.
    """
    said = []
    if not own and any(row["a"] == "0" for row in rows):
        said.append(
            "a = 0 is a fixed dimension, where no exponent depends on beta or r; the paper's setting, ever more "
            "dimensions, is a = 1 (in proportion to T) or a = inf"
        )
    if any(row["rate"] is None for row in rows):
        said.append("a rate that is not given: the law does not hold there; the regime says why")
    elif rows and all(row["rate"] != "inf" and Fraction(row["rate"]) <= 0 for row in rows):
        said.append("no rate is above 0: at these scales the error does not fall as T grows")
    return said


def values(text: str, option: str) -> list[Any]:
    """Return the values of one scale: rationals or infinities."""
    return list(itertools.chain.from_iterable(_item(item.strip(), option) for item in text.split(",")))


def _item(text: str, option: str) -> Iterable[Any]:
    from ridgeproof.numerics.problem.numbers import exact

    if ":" not in text:
        return [_scalar(text, option)]
    ends = text.split(":")
    if len(ends) != 3:
        raise InputError(f"{text!r} is not a range", where=option, accepted=ACCEPTED)
    start, stop, step = (exact(end.strip(), where=option) for end in ends)
    if step == 0 or (stop - start) / step < 0:
        raise InputError(
            f"{text!r} never reaches its end", where=option, accepted="START:STOP:STEP with a step towards STOP"
        )
    count = (stop - start) // step + 1
    if count > MOST_ROWS:
        raise InputError(f"{text!r} has {count} values", where=option, accepted=f"at most {MOST_ROWS}")
    return [start + i * step for i in range(count)]


def _scalar(text: str, option: str) -> Any:
    from ridgeproof.numerics.problem.numbers import exact
    from ridgeproof.theorems.exponents import INF

    if text.lower() in ("inf", "+inf"):
        return INF
    if text.lower() == "-inf":
        return -INF
    try:
        return exact(text, where=option)
    except InputError as error:
        raise InputError(error.what, where=option, accepted=ACCEPTED) from None
