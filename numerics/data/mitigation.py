"""Which ridge limits the damage of relabelling, what it gains, what cross-validation would choose, and what fresh real
data would buy (docs/theory.md#E4; Corollary 1 in numbers, without any scaling law).

Cross-validation on fake labels measures |w_hat - w_n|_S^2, the distance to the *teacher*, which is blind to all that
the teacher has already lost.  Given the teacher it is the error of clean data whose truth is w_n; averaged over the
teacher it depends on the second moments of w_n alone.  So it is the deterministic equivalent of a clean scenario with
the target (M_n)_jj^(1/2).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ridgeproof.errors import DomainError

from ..predictions.equivalents import link, predict
from ..predictions.optimum import minimise_ridge
from ..problem.scenario import Scenario
from ..problem.steps import steps
from ..problem.target import Target

MOST_REAL_ROWS = 10**9


@dataclass(frozen=True)
class Choice:
    """A downstream ridge, the test error it has under the chain, and the error that its chooser believes it has."""

    ridge: float
    test_error: float
    believed: float


@dataclass(frozen=True)
class Advice:
    """What to do about a chain.

    Parameters
    ----------
    adapted : Choice
        lambda(n, T0), the minimiser of the test error against the truth.
    clean : Choice
        The minimiser on T rows of true labels, kept on the relabelled ones.
    cross_validated : Choice
        The ridge that perfect cross-validation on the fake labels chooses; ``believed`` is what it reports, the label
        noise of the rows left out taken off.
    none : float
        The test error of predicting the mean: |w0|_S^2.
    real_rows : int or None
        The least number of rows with true labels whose best ridge fit is as good as the adapted one; None above 10^9.
    """

    adapted: Choice
    clean: Choice
    cross_validated: Choice
    none: float
    real_rows: int | None

    @property
    def gain_over_clean(self) -> float:
        """Part of the error that adapting saves, 0 to 1, over keeping the clean ridge."""
        return 1 - self.adapted.test_error / self.clean.test_error

    @property
    def gain_over_cross_validation(self) -> float:
        """Part of the error that adapting saves, 0 to 1, over cross-validating on the fake labels."""
        return 1 - self.adapted.test_error / self.cross_validated.test_error


def advise(scenario: Scenario, *, outside: float = 0.0) -> Advice:
    """Recommend a downstream ridge for a chain.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension, at least one generator without a shared design; its own downstream ridge plays no role.
    outside : float
        Noise of true labels, >= 0: what the clean choice and the real rows have to cope with besides the downstream
        noise.

    Raises
    ------
    DomainError
        No generator, a zero target, or as `ridgeproof.numerics.predictions.optimum.minimise_ridge`.
    """
    if not scenario.generators:
        raise DomainError("no generator", where="advice", accepted="a chain with at least one generator")
    best = minimise_ridge(scenario)
    if math.isinf(best.ridge):
        raise DomainError("the target is zero", where="target", accepted="a target with a nonzero coefficient")
    downstream = scenario.downstream
    true_labels = dataclasses.replace(
        scenario,
        generators=(),
        downstream=dataclasses.replace(downstream, noise=downstream.noise + Fraction(outside)),
    )
    fake_labels = dataclasses.replace(scenario, generators=(), target=_teacher(scenario))
    signal = scenario.spectrum.eigenvalues() * scenario.target.coefficients(scenario.spectrum) ** 2
    return Advice(
        adapted=Choice(best.ridge, best.test_error, best.test_error),
        clean=_chosen(true_labels, scenario),
        cross_validated=_chosen(fake_labels, scenario),
        none=float(signal.sum()),
        real_rows=_rows_worth(true_labels, best.test_error),
    )


def _chosen(seen: Scenario, scenario: Scenario) -> Choice:
    """The ridge that minimises the error of the scenario that its chooser sees, and its error in the true one."""
    best = minimise_ridge(seen)
    return Choice(best.ridge, _error_at(scenario, best.ridge), best.test_error)


def _error_at(scenario: Scenario, ridge: float) -> float:
    downstream = dataclasses.replace(scenario.downstream, ridge=Fraction(ridge))
    return float(predict(dataclasses.replace(scenario, downstream=downstream)).test_error)


def _teacher(scenario: Scenario) -> Target:
    """Root of the diagonal of M_n = E w_n w_n^T, by the links of the chain (E4)."""
    eigenvalues = scenario.spectrum.eigenvalues()
    mean = scenario.target.coefficients(scenario.spectrum)
    second = mean**2
    for step in steps(scenario)[:-1]:
        for _ in range(step.times):
            mean, second = link(mean, second, eigenvalues, step.samples, float(step.ridge), float(step.noise))
    return Target("coefficients", values=tuple(Fraction(x) for x in np.sqrt(second).tolist()))


def _rows_worth(true_labels: Scenario, error: float) -> int | None:
    """The least T at which true labels, at their best ridge, reach an error; the best error falls as T grows."""

    def best(rows: int) -> float:
        # T = d excludes ridge 0, which is never best there with noise; T + 1 is as good for counting rows.
        rows += rows == true_labels.spectrum.dim
        downstream = dataclasses.replace(true_labels.downstream, samples=rows)
        return float(minimise_ridge(dataclasses.replace(true_labels, downstream=downstream)).test_error)

    low, high = 0, 1
    while best(high) > error:
        low, high = high, 2 * high
        if high > MOST_REAL_ROWS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if best(middle) > error else (low, middle)
    return high
