"""How much a run computes, and how its statistical comparisons share one false-alarm level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy.special import ndtr, ndtri  # scipy.stats takes half a second to load

from ..verdicts import Evidence, Grade
from .instances import Instance

POWER = 2.0  # a discrepancy of (z + POWER) error bars is seen with probability 0.977


@dataclass(frozen=True)
class Effort:
    """How much is computed at a level, and the significance of one comparison.

    points : random points of an exact comparison.  replicates : draws of one simulation at dimension 16 or 48.
    sizes : dimensions of a growing comparison.  families : scenarios of a statistical comparison.
    exponents : choices of exponents of a limit.  decades : powers of ten along which a limit is taken.
    z : error bars beyond which one comparison counts as a contradiction.
    """

    points: int
    replicates: int
    sizes: tuple[int, ...]
    families: int
    exponents: int
    decades: tuple[int, ...]
    z: float


def effort(level: str, comparisons: int, false_alarm: float = 1e-3) -> Effort:
    """The effort of a level, the run's false-alarm level shared equally by its statistical comparisons (Bonferroni)."""
    z = float(-ndtri(false_alarm / (2 * max(1, comparisons))))
    if level == "full":
        return Effort(30, 1500, (24, 48, 96, 192), 2, 12, (4, 6, 8, 10, 12, 14), z)
    return Effort(8, 500, (24, 48, 96), 2, 6, (4, 6, 8, 10, 12, 14), z)


def statistics(tests: list[dict[str, Any]], work: Effort) -> dict[str, Any]:
    """What a statistical comparison has to say about itself besides its outcome."""
    return {
        "tests": tests,
        "threshold_z": work.z,
        "false_alarm": float(2 * ndtr(-work.z)),
        "would_have_seen": max((work.z + POWER) * t["standard_error"] for t in tests),
    }


def shown(instance: Instance) -> dict[str, str]:
    """An instance as plain data."""
    pairs = sorted(instance.values.items(), key=lambda kv: str(kv[0]))
    return {str(x): str(v) if v.denominator < 10**6 else f"{float(v):.6g}" for x, v in pairs}


def undecided(why: str) -> Evidence:
    """Nothing could be tested; said plainly."""
    return Evidence(Grade.ASSUMED, f"not confronted: {why}")


def inadmissible(what: str) -> Evidence:
    """Nothing satisfies the hypotheses, as far as the search went."""
    return Evidence(Grade.ASSUMED, f"not confronted: no {what} satisfies the hypotheses", {"admissible": False})


def undefined(at: dict[str, str], why: str) -> Evidence:
    """The hypotheses admit a point at which the statement has no meaning."""
    return Evidence(
        Grade.REFUTED, f"the statement has no finite value at an admissible point: {why}", {"counterexample": at}
    )
