"""Many digits: computing at growing precision, and from balls to printed figures with their radius."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ridgeproof.errors import DomainError, NotConverged

if TYPE_CHECKING:
    from mpmath import mpf

MAX_DIGITS = 1000


def check_digits(digits: int) -> None:
    """Raises DomainError outside 1..1000."""
    if not 1 <= digits <= MAX_DIGITS:
        raise DomainError(f"digits = {digits}", where="digits", accepted=f"an integer between 1 and {MAX_DIGITS}")


def to_digits(compute: Callable[[], Any], digits: int, numbers: Callable[[Any], list[Any]]) -> Any:
    """Run ``compute`` with guard digits at two precisions until all its numbers agree to ``digits`` digits.

    Raises
    ------
    DomainError
        digits outside 1..1000.
    NotConverged
        No agreement with 960 guard digits.
    """
    from mpmath import mp

    check_digits(digits)
    guards = (15, 30, 60, 120, 240, 480, 960)  # a ridge of 1e-300 takes 300 of them
    coarse = None
    for guard in guards:
        with mp.workdps(digits + guard):
            try:
                fine = compute()
            except (ZeroDivisionError, NotConverged):  # nothing is left at this precision
                continue
            pairs = zip(numbers(coarse), numbers(fine), strict=True) if coarse is not None else ()
            if coarse is not None and all(
                a == b or abs(a - b) <= abs(b) * mp.mpf(10) ** (-digits - 5) for a, b in pairs
            ):
                return fine
        coarse = fine
    raise NotConverged(
        f"no {digits} digits with {guards[-1]} guard digits", where="digits", accepted="more digits, or more ridge"
    )


def centre(ball: Any) -> mpf:
    """The exact centre of a ball as an ``mpf``.  Raises NotConverged for one without bound."""
    if not ball.is_finite():
        raise NotConverged("a number without bound", where="digits", accepted="more digits, or more ridge")
    from mpmath import mp
    from mpmath.libmp import from_man_exp

    mantissa, exponent = ball.mid().man_exp()
    return mp.make_mpf(from_man_exp(int(mantissa), int(exponent)))


def radius(balls: Sequence[Any], digits: int) -> mpf:
    """The largest error of a centre rounded to ``digits`` digits, rounded up to one digit.

    Rounding adds half a unit of the last digit, here 0.51 for rounding that is done in two stages.
    """
    from mpmath import mp, mpf

    with mp.workdps(20):
        worst = mpf(0)
        for ball in balls:
            size = abs(centre(ball))
            # at a power of ten the logarithm may fall on either side: take the larger unit
            unit = mpf(10) ** (mp.floor(mp.log10(size) + mpf("1e-9")) - digits + 1) if size else 0
            worst = max(worst, centre(ball.rad()) * (1 + mpf(2) ** -20) + unit * mpf("0.51"))
        if not worst:
            return worst
        exponent = int(mp.floor(mp.log10(worst)))
        digit = int(mp.ceil(worst / mpf(10) ** exponent))
    with mp.workdps(digits + 10):
        return digit * mpf(10) ** exponent
