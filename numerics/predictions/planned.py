"""The deterministic equivalent of a scenario with sources, shared rows, schemes, filters or features.

Every fit of the plan becomes elementary models of `causal`: one for ridge; one for every step of gradient descent;
one for
every point of the contour for gradient flow.  Rows that only some fits of a subsampling draw are split by who draws
them.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError, RidgeproofError

from ..problem.numbers import as_float
from ..problem.plan import PlannedFit
from ..problem.scenario import Scenario
from ..sums.digits import check_digits, to_digits
from ..sums.measure import Measure, as_objects, compress
from ..sums.power_sums import double_power_law
from .causal import Chain, GroupOfRows, Row, Space
from .features import solve_features
from .filters import flow_nodes
from .fixed_point import FixedPoint, Group, largest_eigenvalue, solve
from .prediction import Prediction

LISTED = 2_000_000
COMPRESSED_FROM = 4096
MAX_GROUPS = 5_000
MAX_STATE = 60_000_000  # entries of d x L x L
MAX_PRECISE = 3_000_000  # L^3 (d + L) at many digits, where every operation is a call

Number = Any


@dataclass(frozen=True)
class FitErrors:
    """One fit: its test error, and what its own rows say, by source in the plan's order.

    ``left_out``: mean squared residual of a row left out of every fit (its label's noise included); ``training``: of
    the
    rows themselves; ``gcv``: sum of squared residuals over N (1 - degrees of freedom/N)^2.  None for gradient filters.
    """

    test_error: Any
    kappa: Any
    left_out: tuple[Any, ...] | None
    training: tuple[Any, ...] | None
    gcv: Any


@dataclass(frozen=True)
class PlanPrediction:
    """`Prediction`, and: ``forgetting``, the part of the noise-free error that is the bias of the mean (the rest is
    due to
    the random rows); ``noise_by_source``, for every fit the noise of each of its sources; ``fits``."""

    prediction: Prediction
    forgetting: Any
    noise_by_source: tuple[tuple[Any, ...], ...]
    fits: tuple[FitErrors, ...]


def predict_plan(scenario: Scenario, digits: int | None = None) -> PlanPrediction:
    """The deterministic equivalent of a scenario, fit by fit.

    Parameters
    ----------
    scenario : Scenario
        Any that `causal` can carry, plain ones included.
    digits : int, optional
        None: double precision.  1..1000: computed at two precisions.

    Returns
    -------
    PlanPrediction

    Raises
    ------
    DomainError
        Where no equivalent is known, or the problem is too large.
    NotConverged
    """
    if digits is None:
        return _Assembly(scenario, False).run()
    check_digits(digits)
    found: PlanPrediction = to_digits(lambda: _Assembly(scenario, True).run(), digits, _figures)
    return found


def _figures(found: PlanPrediction) -> list[Any]:
    p = found.prediction
    return [p.test_error, p.noise_free, p.downstream_noise, *(p.noise_by_generation or ())]


@dataclass
class _Output:
    """A fit's model as a combination of elementary ones: w = sum_q c_q w_q (the truth has none: c of w0)."""

    truth: Number
    parts: dict[int, Number]


class _Assembly:
    """Turns a plan into a causal chain and reads the answer off it."""

    def __init__(self, scenario: Scenario, precise: bool) -> None:
        self.scenario, self.plan, self.precise = scenario, scenario.plan(), precise
        covariances = list(dict.fromkeys(rows.covariance for rows in self.plan.rows))
        covariances = [c for c in covariances if c is not None and c != scenario.spectrum]
        self.covariances = [None, *covariances]
        self.complex = any(fit.fit.filter == "gradient-flow" and fit.fit.time != 0 for fit in self.plan.fits)
        self.members, groups = self._split_rows()
        self.models = sum(self._size(fit) for fit in self.plan.fits)
        self.space = self._space()
        if self.space.s.shape[1] * self.models**2 > MAX_STATE:
            raise DomainError(
                f"{self.models} elementary fits in {self.space.s.shape[1]} directions need too much memory",
                where="generators",
                accepted=f"directions x fits^2 up to {MAX_STATE}",
            )
        if precise and self.models**3 * (self.space.s.shape[1] + self.models) > MAX_PRECISE:
            raise DomainError(
                f"{self.models} elementary fits in {self.space.s.shape[1]} directions at many digits",
                where="digits",
                accepted=f"fits^3 (directions + fits) up to {MAX_PRECISE}, or no digits",
            )
        self.unit = self._number(1, "")
        variances = [self._number(n.variance, "noise") for n in self.plan.noises]
        kind = object if precise else complex if self.complex else float
        self.variances = variances
        self.chain = Chain(self.space, groups, variances, self.models, kind)
        self.outputs: list[_Output] = [_Output(self.unit, {})]
        self.points: list[FixedPoint] = []
        self.first: list[int] = []

    def _number(self, value: Fraction | int, where: str) -> Number:
        if self.precise:
            from mpmath import mpf

            return mpf(Fraction(value).numerator) / Fraction(value).denominator
        return as_float(Fraction(value), where=where) if value >= 0 else -as_float(-Fraction(value), where=where)

    def _size(self, fit: PlannedFit) -> int:
        if fit.fit.filter == "gradient-descent":
            return int(fit.fit.steps or 0)
        if fit.fit.filter == "gradient-flow":
            if fit.fit.time == 0:
                return 0
            return len(flow_nodes(self._number(1, ""), self._number(0, "")))
        return 1

    # rows

    def _split_rows(self) -> tuple[list[list[tuple[int, frozenset[int]]]], list[GroupOfRows]]:
        """For every design the groups it is split into, each with the fits that draw it, and all groups."""
        plan = self.plan
        groups: list[GroupOfRows] = []
        members: list[list[tuple[int, frozenset[int]]]] = []
        for r, rows in enumerate(plan.rows):
            using = [i for i, fit in enumerate(plan.fits) if any(use.rows == r for use in fit.uses)]
            sometimes = []
            for i in using:
                fit = plan.fits[i]
                if fit.subsample is not None:
                    if sum(use.rows == r for use in fit.uses) > 1:
                        raise DomainError(
                            "no equivalent is known for a subsample of rows with several labels",
                            where=fit.where,
                            accepted="a subsample of distinct rows",
                        )
                    sometimes.append((i, Fraction(fit.subsample, fit.samples)))
            if len(groups) + 2 ** len(sometimes) > MAX_GROUPS:
                raise DomainError(
                    f"{len(sometimes)} subsamples of one table have too many ways to overlap",
                    where="chain.scheme",
                    accepted="at most 11 fits with subsamples",
                )
            always = frozenset(using) - {i for i, _ in sometimes}
            covariance = 0
            if rows.covariance is not None and rows.covariance in self.covariances:
                covariance = self.covariances.index(rows.covariance)
            own = []
            for drawn in itertools.product((True, False), repeat=len(sometimes)):
                share = Fraction(1)
                for (_, p), inside in zip(sometimes, drawn, strict=True):
                    share *= p if inside else 1 - p
                fits = always | {i for (i, _), inside in zip(sometimes, drawn, strict=True) if inside}
                if fits and share:
                    own.append((len(groups), fits))
                    groups.append(GroupOfRows(self._number(share * rows.samples, "samples"), covariance))
            members.append(own)
        return members, groups

    # directions

    def _space(self) -> Space:
        scenario = self.scenario
        spectrum, target = scenario.spectrum, scenario.target
        several = len(self.covariances) > 1
        if spectrum.kind == "isotropic" and not several and (target.norm2 is not None or not self.precise):
            norm2 = self._number(target.norm2, "target") if target.norm2 is not None else None
            if norm2 is None:
                norm2 = float((target.coefficients(spectrum) ** 2).sum())
            one = np.array([[self._number(1, "")]])
            return Space(
                one, np.array([self._number(int(spectrum.dim), "")]), one, np.array([[norm2]]), int(spectrum.dim)
            )
        if spectrum.dim == math.inf or spectrum.dim > LISTED:
            return self._long()
        if self.precise:
            s = np.stack([as_objects((c or spectrum).mp_eigenvalues()) for c in self.covariances])
            w = as_objects(target.mp_coefficients(spectrum))
        else:
            s = np.stack([(c or spectrum).eigenvalues() for c in self.covariances])
            w = target.coefficients(spectrum)
        power = s * w**2
        plain = s.shape[0] == 1 and not self.precise and not self.complex
        if plain and (s.shape[1] > COMPRESSED_FROM or s.shape[1] * self.models**2 > MAX_STATE // 4):
            order = np.argsort(-s[0], kind="stable")
            nodes = s[0][order]
            made = compress(Measure(nodes, np.stack([np.ones(nodes.size), power[0][order]], axis=1)), 0.5)
            assert made.weights is not None
            return Space(
                made.nodes[None],
                made.weights[:, 0].copy(),
                made.nodes[None],
                made.weights[:, 1][None].copy(),
                spectrum.dim,
            )
        return Space(s, None, s, power, int(spectrum.dim))

    def _long(self) -> Space:
        """A power law of very many or infinitely many eigenvalues, by few nodes."""
        spectrum, target = self.scenario.spectrum, self.scenario.target
        if len(self.covariances) > 1 or self.precise or self.complex or spectrum.kind != "power-law":
            raise DomainError(
                f"dim = {spectrum.dim} with digits, gradient flow or several covariances",
                where="spectrum.dim",
                accepted=f"at most {LISTED} eigenvalues, or ridge fits in double precision on a power law",
            )
        power, scale = target.power(spectrum), 1.0
        if target.norm2 is not None:
            power, scale = Fraction(0), float(target.norm2 / int(spectrum.dim))
        if power is None:
            raise DomainError(
                f"a target of kind {target.kind!r} with dim = {spectrum.dim}",
                where="target.kind",
                accepted="source, power or isotropic",
            )
        assert spectrum.beta is not None
        pairs = []
        for fit in self.plan.fits:
            rows = fit.subsample or fit.samples
            if fit.fit.features is not None:
                rows = min(rows, fit.fit.features)
            top = max(float(use.weight) for use in fit.uses)
            own = 1 / float(fit.fit.rate) if fit.fit.rate else float(fit.fit.ridge)
            pairs.append((rows, own / top))
            pairs.append((min(self.plan.rows[use.rows].samples for use in fit.uses), own / top))
        sums = double_power_law(spectrum.beta, spectrum.dim, spectrum.beta - 2 * power, pairs)
        trace, signal = compress(sums.trace, 0.5), compress(sums.signal, 0.5)
        assert signal.weights is not None
        return Space(trace.nodes[None], trace.weights, signal.nodes[None], scale * signal.weights[None], spectrum.dim)

    # fits

    def run(self) -> PlanPrediction:
        """Append every fit and read the answer off."""
        for i, fit in enumerate(self.plan.fits):
            try:
                self._append(i, fit)
            except RidgeproofError as error:
                where = f"{fit.where}: {error.where}" if error.where else fit.where
                raise type(error)(error.what, where=where, accepted=error.accepted) from None
        return self._answer()

    def _uses(self, i: int, fit: PlannedFit) -> tuple[list[Group], list[int]]:
        """The groups of rows that a fit sees, weights of one design's several uses added."""
        weights: dict[int, Fraction] = {}
        for use in fit.uses:
            weights[use.rows] = weights.get(use.rows, Fraction(0)) + use.weight
        groups, index = [], []
        for rows, weight in weights.items():
            for k, fits in self.members[rows]:
                if i in fits:
                    own = self.chain.groups[k]
                    groups.append(Group(own.samples, self._number(weight, "weight"), own.covariance))
                    index.append(k)
        return groups, index

    def _append(self, i: int, fit: PlannedFit) -> None:
        groups, index = self._uses(i, fit)
        total = fit.subsample or fit.samples
        ridge, shift = self._number(fit.fit.ridge, "ridge"), fit.toward
        base = self.outputs[shift] if shift is not None else _Output(self.unit * 0, {})
        target = 0 if shift is not None else 1
        self.first.append(self.chain.n)
        if fit.fit.filter == "gradient-flow":
            parts = self._flow(i, fit, groups, index, total, ridge, base, target)
        elif fit.fit.filter == "gradient-descent":
            parts = self._descent(i, fit, groups, index, total, ridge, base, target)
        else:
            point = self._point(groups, total, ridge, fit.fit.features)
            rows = self._rows(fit, index, base)
            parts = {self.chain.append(point, rows, target, features=fit.fit.features): self.unit}
            self.points.append(point)
        for m, c in base.parts.items():
            parts[m] = parts.get(m, self.unit * 0) + c
        self.outputs.append(_Output(base.truth, parts))

    def _point(self, groups: list[Group], total: int, ridge: Number, features: int | None = None) -> FixedPoint:
        space = self.space
        if features is not None:
            if len(self.covariances) > 1:
                raise DomainError(
                    "random features with rows of several covariances", accepted="one covariance, or no features"
                )
            return solve_features(space.s, space.weights, space.dim, groups, total, ridge, features)
        return solve(space.s, space.weights, space.dim, groups, total, ridge)

    def _flow(
        self,
        i: int,
        fit: PlannedFit,
        groups: list[Group],
        index: list[int],
        total: int,
        ridge: Number,
        base: _Output,
        target: int,
    ) -> dict[int, Number]:
        self.points.append(FixedPoint(None, np.zeros(0), [], []))
        if fit.fit.time == 0:
            return {}
        assert fit.fit.time is not None
        parts = {}
        rows = self._rows(fit, index, base)
        for node, coefficient in flow_nodes(self._number(fit.fit.time, "time"), ridge):
            parts[self.chain.append(self._point(groups, total, node), rows, target)] = coefficient
        return parts

    def _descent(
        self,
        i: int,
        fit: PlannedFit,
        groups: list[Group],
        index: list[int],
        total: int,
        ridge: Number,
        base: _Output,
        target: int,
    ) -> dict[int, Number]:
        """Steps w_n = w_{n-1} + rate (X'A(y - X w_{n-1})/N - ridge w_{n-1}): Lm[n,n] = 1/rate, Lm[n,n-1] = ridge -
        1/rate,
        with the residual of w_{n-1}, which enters as a label of weight -1."""
        rate, one = self._number(fit.fit.rate or 0, "rate"), self.unit
        weights = [g.weight / total for g in groups]
        top = sum(self._edge(groups, total, c) for c in range(len(self.covariances)))
        if not rate * top < 2:
            raise DomainError(
                f"rate {fit.fit.rate} is not below 2/(top eigenvalue of X'AX/N) = {float(2 / top):.4g}: steps diverge",
                where="rate",
                accepted="a smaller rate",
            )
        h = np.array([one * 0] * len(self.covariances))
        slacks = [one] * len(groups)
        previous: int | None = None
        for _ in range(fit.fit.steps or 0):
            point = FixedPoint(1 / rate, h, weights, slacks)
            rows = self._rows(fit, index, base)
            memory = []
            if previous is not None:
                rows = [replace(row, labels=(*row.labels, (previous, -one))) for row in rows]
                memory = [(previous, ridge - 1 / rate)]
            previous = self.chain.append(point, rows, target, memory, explicit=True)
        self.points.append(FixedPoint(None, h, [], []))
        return {} if previous is None else {previous: one}

    def _edge(self, groups: list[Group], total: int, covariance: int) -> Any:
        """The largest eigenvalue of X'AX/N in the limit, of the rows of one covariance."""
        own = [g for g in groups if g.covariance == covariance and g.weight != 0]
        if not own:
            return 0
        weights = self.space.weights
        return largest_eigenvalue(
            self.space.s[covariance].astype(float),
            None if weights is None else weights.astype(float),
            [(float(g.samples), float(g.weight)) for g in own],
            total,
        )

    def _rows(self, fit: PlannedFit, index: list[int], base: _Output) -> list[Row]:
        """The labels of every group in elementary models, the base model's predictions taken off."""
        made = []
        for k in index:
            design = next(r for r, own in enumerate(self.members) if any(k == g for g, _ in own))
            uses = [use for use in fit.uses if use.rows == design]
            weight = sum((use.weight for use in uses), Fraction(0))
            truth, labels, noises = self.unit * 0, dict[int, Number](), dict[int, Number]()
            for use in uses:
                share = use.weight / weight if weight else Fraction(1, len(uses))
                own = self.plan.labels[use.labels]
                for m, c in own.models:
                    factor = self._number(share * c, "labels")
                    truth = truth + factor * self.outputs[m].truth
                    for q, part in self.outputs[m].parts.items():
                        labels[q] = labels.get(q, self.unit * 0) + factor * part
                for channel, c in own.noises:
                    noises[channel] = noises.get(channel, self.unit * 0) + self._number(share * c, "labels")
            truth = truth - base.truth
            for q, part in base.parts.items():
                labels[q] = labels.get(q, self.unit * 0) - part
            made.append(Row(k, tuple(labels.items()), truth, tuple(noises.items())))
        return made

    # answers

    def _vector(self, output: _Output) -> np.ndarray:
        """The error w0 - w of a model on (w0, e_1, ...)."""
        vector = self.chain.zeros(self.models + 1)
        vector[0] = self.unit - output.truth
        for q, c in output.parts.items():
            vector[q + 1] = vector[q + 1] + c
            vector[0] = vector[0] - c * self.chain.target[q]
        return vector

    def _real(self, value: Any) -> Any:
        return value.real if not self.precise or hasattr(value, "_mpc_") else value

    def _quadratic(self, vector: np.ndarray) -> list[Any]:
        """The noise-free error of a combination, and the noises' parts (variances included)."""
        parts = [self._real(vector @ gram[0] @ vector) for gram in self.chain.gram]
        return [parts[0], *(v * x for v, x in zip(self.variances, parts[1:], strict=True))]

    def _answer(self) -> PlanPrediction:
        plan = self.plan
        final = self._vector(self.outputs[-1])
        noise_free, *noises = self._quadratic(final)
        loss = final @ self.chain.lost
        forgetting = self._real((self.space.power[0] * loss**2).sum())
        by_fit: list[list[Any]] = [[] for _ in plan.fits]
        for noise, part in zip(plan.noises, noises, strict=True):
            by_fit[noise.fit].append(part)
        zero = self._real(self.unit * 0)
        sums = [sum(parts, zero) for parts in by_fit]
        total = math.fsum([noise_free, *noises]) if not self.precise else sum(noises, noise_free)
        if not self.precise:
            sums, noise_free, forgetting = [float(x) for x in sums], float(noise_free), float(forgetting)
        kappas = tuple(point.kappa for point in self.points)
        prediction = Prediction(total, noise_free, sums[-1], tuple(sums[:-1]), kappas)
        fits = tuple(self._fit(i, fit) for i, fit in enumerate(plan.fits))
        return PlanPrediction(prediction, forgetting, tuple(tuple(p) for p in by_fit), fits)

    def _fit(self, i: int, fit: PlannedFit) -> FitErrors:
        error = sum(self._quadratic(self._vector(self.outputs[i + 1])))
        point = self.points[i]
        if fit.fit.filter != "ridge":
            return FitErrors(error, None, None, None, None)
        groups, index = self._uses(i, fit)
        n = self.first[i]
        left, training, squares, missing = [], [], self.unit * 0, self.unit * 0
        for g, k, pull, slack in zip(groups, index, point.pulls, point.slacks, strict=True):
            residual = self._total(self.chain.residual[k][:, n, n])
            row = self.chain.pull[k][n, : n + 1]
            inside = [row @ part[: n + 1, : n + 1] @ row for part in self.chain.residual[k]]
            actual = self._total(np.array(inside)) / pull**2 if pull != 0 else residual
            left.append((k, g.samples, residual))
            training.append((k, g.samples, actual * slack**2))
            ratio = pull / g.weight if g.weight != 0 else self.unit
            squares, missing = squares + g.samples * actual * ratio**2, missing + g.samples * ratio
        total = fit.subsample or fit.samples
        gcv = squares * total / missing**2
        return FitErrors(error, point.kappa, self._by_use(fit, left), self._by_use(fit, training), self._real(gcv))

    def _total(self, parts: np.ndarray) -> Any:
        return self._real(parts[0] + sum(v * x for v, x in zip(self.variances, parts[1:], strict=True)))

    def _by_use(self, fit: PlannedFit, found: list[tuple[int, Any, Any]]) -> tuple[Any, ...]:
        """Averages over the groups that a source's rows are split into."""
        out = []
        for use in fit.uses:
            own = {k for k, _ in self.members[use.rows]}
            parts = [(t, value) for k, t, value in found if k in own]
            out.append(sum(t * v for t, v in parts) / sum(t for t, _ in parts))
        return tuple(out)
