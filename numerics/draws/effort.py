"""What one replicate costs, said before it is drawn: it cannot be interrupted and resumed, so that it is bounded.

Counted are multiplications with additions, of matrix products and factorisations, to the leading order.
"""

from __future__ import annotations

from collections.abc import Sequence

from ridgeproof.errors import DomainError
from ridgeproof.limits import seconds

from ..problem.scenario import Scenario
from .sampling import links
from .workers import Job

PER_SECOND = 1.5e10  # operations of one thread in matrix products; most machines of the last ten years do more
LONGEST = 1e6  # seconds for which one may ask
STEP = 1e5  # operations in the time of one step of a loop, whatever is computed in it


def check_effort(jobs: Sequence[Job]) -> None:
    """Raise DomainError where one replicate would take more than the time to decide (RIDGEPROOF_SECONDS, 0 for none).

    Examples
    --------
    >>> from fractions import Fraction
    >>> from ridgeproof.numerics.problem.scenario import Downstream, Target
    >>> from ridgeproof.numerics.problem.spectrum import Spectrum
    >>> scenario = Scenario(Spectrum("isotropic", 10), Target("isotropic", norm2=Fraction(1)), (),
    ...                     Downstream(20, Fraction(1), Fraction(1)))
    >>> check_effort([Job(scenario, (Fraction(1),), "averaged", 0)])
    """
    bound = seconds()
    for job in jobs:
        needed = operations(job) / PER_SECOND
        if bound and needed > bound:
            ways = ["a smaller problem"]
            ways += ["--method direct"] if job.method == "averaged" else []
            ways += [f"RIDGEPROOF_SECONDS={10 * (needed // 10 + 1):.0f}"] if needed < LONGEST else []
            raise DomainError(
                f"one replicate would take about {needed:.2g} s", where="simulate", accepted=" or ".join(ways)
            )


def operations(job: Job) -> float:
    """Operations of one replicate of a job, all its ridges together."""
    scenario = job.scenario
    if not scenario.plain:
        return len(job.ridges) * _planned(scenario, job.method == "averaged")
    dim, total = scenario.spectrum.finite_dim(), 0.0
    for link in links(scenario, square=job.method == "averaged"):
        if job.method == "averaged":  # through d x d matrices: Bartlett's, or those of a thin design
            total += 2.0 * min(link.samples, dim) * dim**2 + 4.0 * link.fits * dim**3 + STEP
        else:
            few = min(link.samples, dim)
            total += 1.0 * link.samples * dim * few + few**3 / 3 + link.fits * (4.0 * link.samples * dim + STEP)
    return total if job.method == "averaged" else total * len(job.ridges)


def _planned(scenario: Scenario, averaged: bool) -> float:
    """As `draws.definition` does it: every fit solved by itself, for each column of its labels."""
    plan, dim = scenario.plan(), scenario.spectrum.finite_dim()
    columns = 1
    if averaged:
        columns = dim + sum(plan.rows[noise.rows].samples for noise in plan.noises if noise.variance)
    total = 0.0
    for planned in plan.fits:
        rows, fit = sum(plan.rows[use.rows].samples for use in planned.uses), planned.fit
        width = dim if fit.features is None else fit.features
        few = min(rows, width)
        total += 1.0 * rows * dim * columns + STEP  # its labels
        if fit.features is not None:
            total += 1.0 * width * dim * (rows + columns)
        if fit.filter == "gradient-descent":
            total += min(fit.steps or 0, 10**18) * (2.0 * rows * dim * columns + STEP)
        else:
            factor = 4.0 if fit.filter == "gradient-flow" else 1.0  # singular values
            total += factor * (rows * width * few + few**3) + 2.0 * few * max(rows, width) * columns
    return total
