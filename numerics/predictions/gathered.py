"""Least-squares generators that gather rows, as one generator: what they do to a teacher (docs/theory.md#F11).

Generation i is fitted to N_i = T_1 + ... + T_i rows, those of all generations with their labels.  Its error is that of
the generation before plus A_i^-1 X_i' e_i, of covariance sigma_i^2 T_i/(N_i (N_i - d - 1)) S^-1 (to leading order
1/(N_i - d)), so that the last one's error is c S^-1 in covariance: as that of one least-squares generator of its own
rows T_1 and noise c (T_1 - d).  c stays bounded as the generations go on.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from ..problem.fits import REPLACE
from ..problem.scenario import Scenario


def one_generator(scenario: Scenario, *, exact: bool = False) -> Scenario | None:
    """The scenario with one generator of fresh rows in place of those that gather theirs.

    Parameters
    ----------
    scenario : Scenario
        Downstream a ridge on fresh rows.
    exact : bool
        c with the exact 1/(N_i - d - 1), to be used with the exact 1/(T_1 - d - 1) of a generator.

    Returns
    -------
    Scenario or None
        None where the generators are not of this kind: least squares, fresh rows labelled by the model before,
        ``accumulate`` from the second on, T_1 >= d + 2.
    """
    fits = [generator for generator in scenario.generators for _ in range(generator.repeat)]
    if scenario.chain != REPLACE or not scenario.downstream.plain or not any(fit.accumulate for fit in fits):
        return None
    dim, rows, cost = scenario.spectrum.dim, 0, Fraction(0)
    if fits[0].samples < dim + 2:
        return None
    for i, fit in enumerate(fits):
        alone = dataclasses.replace(fit, accumulate=False)
        if not alone.plain or fit.ridge != 0 or fit.same_design or (i and not fit.accumulate):
            return None
        rows += fit.samples
        cost += fit.noise * Fraction(fit.samples, rows * (rows - int(dim) - exact))
    first = fits[0]
    noise = cost * (first.samples - int(dim) - exact)
    alone = dataclasses.replace(first, accumulate=False, repeat=1, noise=noise)
    return dataclasses.replace(scenario, generators=(alone,))
