"""Protects: a replicate that would take longer than the time to decide is refused before it is drawn."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from ridgeproof.errors import DomainError
from ridgeproof.numerics.draws.effort import PER_SECOND, STEP, check_effort, operations
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.draws.workers import Job
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum


def job(dim: int, samples: int, method: str, *, generators: tuple[Generator, ...] = (), **fit: object) -> Job:
    """A job in so many dimensions."""
    downstream = Downstream(samples, F(1, 10), F(1, 10), **fit)  # type: ignore[arg-type]
    scenario = Scenario(Spectrum("isotropic", dim), Target("isotropic", norm2=F(1)), generators, downstream)
    return Job(scenario, (F(1, 10),), method, 0)


def descent(dim: int, samples: int, method: str, steps: int) -> Job:
    """Gradient descent."""
    return job(dim, samples, method, filter="gradient-descent", steps=steps, rate=F(1, 100))


@pytest.mark.parametrize("method", ["direct", "averaged"])
def test_what_never_ends_is_refused_at_once(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """10^12 steps; ten thousand generations in 5,000 dimensions; RIDGEPROOF_SECONDS=0 is no bound."""
    many = (Generator(10_000, F(1, 10), F(1, 10), repeat=10_000),)
    for asked in (descent(3, 6, method, 10**12), job(5_000, 10_000, method, generators=many)):
        with pytest.raises(DomainError, match="one replicate would take about"):
            simulate(asked.scenario, replicates=2, method=asked.method)  # type: ignore[arg-type]
        monkeypatch.setenv("RIDGEPROOF_SECONDS", "0")
        check_effort([asked])
        monkeypatch.delenv("RIDGEPROOF_SECONDS")


def test_the_way_out_is_enough() -> None:
    """The seconds that a refusal names are enough for the same job, and ten fewer are not."""
    asked = descent(3, 6, "direct", 10**8)
    needed = operations(asked) / PER_SECOND
    with pytest.raises(DomainError) as refusal:
        check_effort([asked])
    named = int(str(refusal.value.accepted).rsplit("=", 1)[1])
    assert named - 10 <= needed < named


def test_operations_are_those_of_matrix_products() -> None:
    """Leading orders by hand: T d^2 + d^3/3 for a direct fit of T > d rows, T^2 d + T^3/3 for T < d; steps linearly."""
    assert operations(job(400, 800, "direct")) == pytest.approx(800 * 400**2 + 400**3 / 3, rel=0.02)
    assert operations(job(800, 400, "direct")) == pytest.approx(400**2 * 800 + 400**3 / 3, rel=0.02)
    one, three = (operations(descent(300, 600, "direct", steps)) for steps in (10_000, 30_000))
    assert three == pytest.approx(3 * one, rel=1e-3) and one == pytest.approx(10_000 * (2 * 600 * 300 + STEP), rel=0.02)
    small, large = (operations(job(n, 2 * n, "averaged")) for n in (500, 1000))
    assert large == pytest.approx(8 * small, rel=0.01)


def test_ordinary_problems_are_drawn() -> None:
    """What takes seconds is not refused: five generations in 2,000 dimensions, two million steps of three weights."""
    five = (Generator(4_000, F(1, 10), F(1, 10), repeat=5),)
    check_effort([job(2_000, 4_000, method, generators=five) for method in ("direct", "averaged")])
    check_effort([descent(3, 6, "direct", 2_000_000)])
