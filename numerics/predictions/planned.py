"""The deterministic equivalent of a scenario with sources, shared rows, schemes, filters or features.

Every fit of the plan becomes elementary models of `causal`: one for ridge; one for every step of gradient descent; one
for every point of the contour for gradient flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ridgeproof.errors import DomainError, RidgeproofError

from ..problem.numbers import as_float
from ..problem.plan import Plan, PlannedFit
from ..problem.scenario import Scenario
from .arithmetic import ball_of
from .causal import Chain
from .edge import largest_eigenvalue
from .features import solve_features
from .filters import flow_nodes
from .fixed_point import FixedPoint, Group, solve
from .plan_rows import SplitRows, split_rows
from .plan_space import MAX_STATE, plan_space
from .space import Row, Space

MAX_PRECISE = 30_000_000  # operations at many digits, where every operation is a call

Number = Any


@dataclass
class Output:
    """A fit's model as a combination of elementary ones: w = sum_q c_q w_q (the truth has none: c of w0)."""

    truth: Number
    parts: dict[int, Number]


@dataclass(frozen=True)
class Appended:
    """A fit in the chain: its fixed point (without kappa for gradient filters), its groups and their numbers, how their
    rows enter, its elementary models, and the probe of a gradient filter, whose residual is that of the whole fit."""

    point: FixedPoint
    groups: list[Group]
    index: list[int]
    rows: list[Row]
    models: range
    probe: int | None


class Assembly:
    """Turns a plan into a causal chain; `fit_errors` reads the answer off it.

    ``like``, one in doubles of the same spectrum and target that has run: in a scan over ridges, what they do not
    change is taken from there, and its kappas are where the new ones are looked for.
    """

    def __init__(self, scenario: Scenario, precise: bool, probes: bool, like: Assembly | None = None) -> None:
        self.scenario, self.plan, self.precise, self.probes = scenario, scenario.plan(), precise, probes
        covariances = list(dict.fromkeys(rows.covariance for rows in self.plan.rows))
        covariances = [c for c in covariances if c is not None and c != scenario.spectrum]
        self.covariances = [None, *covariances]
        flow = any(fit.fit.filter == "gradient-flow" and fit.fit.time != 0 for fit in self.plan.fits)
        self.like = like if like is not None and _shape(like.plan) == _shape(self.plan) else None
        self.rows: SplitRows = self.like.rows if self.like else split_rows(self.plan, self.covariances, self._number)
        self.models = sum(self._size(fit) for fit in self.plan.fits)
        self.space = plan_space(
            scenario,
            self.plan,
            self.covariances,
            self.models,
            precise=precise,
            flow=flow,
            kappas=lambda: Assembly(scenario, False, False).run().scales,
        )
        size = self.space.s.shape[1]
        if size * self.models**2 > MAX_STATE:
            raise DomainError(
                f"{self.models} elementary fits in {size} directions need too much memory",
                where="generators",
                accepted=f"directions x fits^2 up to {MAX_STATE}",
            )
        if precise:
            self._refuse_long(size)
        self.into = ball_of if precise else lambda x: x  # the chain's arithmetic
        self.unit = self.into(self._number(1, ""))
        self.variances: list[Number] = (
            self.like.variances if self.like else [self._number(n.variance, "noise") for n in self.plan.noises]
        )
        kind = object if precise else complex if flow else float
        groups = [replace(group, samples=self.into(group.samples)) for group in self.rows.groups]
        self.chain = Chain(self._in_chain(self.space), groups, len(self.variances), self.models, kind)
        self.outputs: list[Output] = [Output(self.unit, {})]
        self.appended: list[Appended] = []
        self.scales: list[float] = []  # of every elementary model: |kappa|, 1/rate for a step

    def _refuse_long(self, size: int) -> None:
        """What would take minutes at many digits.  The points of a flow do not see each other: they count squared."""
        points = max(self._size(fit) if fit.fit.filter == "gradient-flow" else 1 for fit in self.plan.fits)
        work = self.models**3 // points * (size + self.models)
        if work > MAX_PRECISE:
            raise DomainError(
                f"{self.models} elementary fits in {size} directions at many digits",
                where="digits",
                accepted=f"fits^2 x fits that see each other x (directions + fits) up to {MAX_PRECISE}, or no digits",
            )

    def _number(self, value: Fraction | int, where: str) -> Number:
        if self.precise:
            from mpmath import mpf

            return mpf(Fraction(value).numerator) / Fraction(value).denominator
        return as_float(Fraction(value), where=where) if value >= 0 else -as_float(-Fraction(value), where=where)

    def _in_chain(self, space: Space) -> Space:
        """The directions in the chain's arithmetic."""
        if not self.precise:
            return space
        weights = None if space.weights is None else ball_of(space.weights)
        return Space(ball_of(space.s), weights, ball_of(space.signal), ball_of(space.power), space.dim)

    def _coefficient(self, value: Fraction) -> Number:
        return self.into(self._number(value, "labels"))

    def _add(
        self,
        point: FixedPoint,
        rows: list[Row],
        target: int,
        memory: Sequence[tuple[int, Number]] = (),
        features: int | None = None,
        explicit: bool = False,
    ) -> int:
        """`Chain.append`, of numbers in the arithmetic of fixed points."""
        if self.precise:
            pulls, slacks = [ball_of(x) for x in point.pulls], [ball_of(x) for x in point.slacks]
            point = FixedPoint(ball_of(point.kappa), ball_of(point.h), pulls, slacks)
            memory = [(m, ball_of(x)) for m, x in memory]
        return self.chain.append(point, rows, target, memory, features, explicit)

    def _size(self, fit: PlannedFit) -> int:
        """How many elementary models a fit takes, its probe included."""
        if fit.fit.filter == "ridge":
            return 1
        steps = fit.fit.steps or 0
        if fit.fit.time:
            steps = len(flow_nodes(self._number(1, ""), self._number(0, "")))
        return steps + self.probes

    def run(self) -> Assembly:
        """Append every fit."""
        for i, fit in enumerate(self.plan.fits):
            try:
                self._append(i, fit)
            except RidgeproofError as error:
                where = f"{fit.where}: {error.where}" if error.where else fit.where
                raise type(error)(error.what, where=where, accepted=error.accepted) from None
        return self

    def _uses(self, i: int, fit: PlannedFit) -> tuple[list[Group], list[int]]:
        """The groups of rows that a fit sees, weights of one design's several uses added."""
        weights: dict[int, Fraction] = {}
        for use in fit.uses:
            weights[use.rows] = weights.get(use.rows, Fraction(0)) + use.weight
        groups, index = [], []
        for rows, weight in weights.items():
            for k, fits in self.rows.members[rows]:
                if i in fits:
                    own = self.rows.groups[k]
                    groups.append(Group(own.samples, self._number(weight, "weight"), own.covariance))
                    index.append(k)
        return groups, index

    def _append(self, i: int, fit: PlannedFit) -> None:
        before = self.like.appended[i] if self.like else None
        groups, index = (before.groups, before.index) if before else self._uses(i, fit)
        total = fit.subsample or fit.samples
        ridge, shift = self._number(fit.fit.ridge, "ridge"), fit.toward
        base = self.outputs[shift] if shift is not None else Output(self.unit * 0, {})
        target = 0 if shift is not None else 1
        rows = before.rows if before else self._rows(fit, index, base)
        first, probe = self.chain.n, None
        if fit.fit.filter == "ridge":
            near = before.point.kappa if before else None
            point = self._point(groups, total, ridge, fit.fit.features, near)
            parts = {self._add(point, rows, target, features=fit.fit.features): self.unit}
        else:
            point = FixedPoint(None, np.zeros(0), [], [])
            follow = self._flow if fit.fit.filter == "gradient-flow" else self._descent
            parts = follow(fit, groups, total, ridge, rows, target)
            if self.probes:
                probe = self._probe(groups, rows, parts, target)
        self.appended.append(Appended(point, groups, index, rows, range(first, self.chain.n), probe))
        for m, c in base.parts.items():
            parts[m] = parts.get(m, self.unit * 0) + c
        self.outputs.append(Output(base.truth, parts))

    def _probe(self, groups: list[Group], rows: list[Row], parts: dict[int, Number], target: int) -> int:
        """A step after the last one, which nothing uses: what it steps along is the residual of the fit itself."""
        one = self._number(1, "")
        none = np.array([one * 0] * len(self.covariances))
        point = FixedPoint(one, none, [one] * len(groups), [one] * len(groups))
        minus = tuple((m, -c) for m, c in parts.items())
        return self._add(point, [replace(row, labels=row.labels + minus) for row in rows], target, explicit=True)

    def _point(
        self, groups: list[Group], total: int, ridge: Number, features: int | None = None, near: Number = None
    ) -> FixedPoint:
        space = self.space
        if features is not None:
            if len(self.covariances) > 1:
                raise DomainError(
                    "random features with rows of several covariances", accepted="one covariance, or no features"
                )
            found = solve_features(space.s, space.weights, space.dim, groups, total, ridge, features)
        else:
            found = solve(space.s, space.weights, space.dim, groups, total, ridge, near=near)
        self.scales.append(float(abs(found.kappa)))
        return found

    def _flow(
        self, fit: PlannedFit, groups: list[Group], total: int, ridge: Number, rows: list[Row], target: int
    ) -> dict[int, Number]:
        if not fit.fit.time:
            return {}
        nodes = flow_nodes(self._number(fit.fit.time, "time"), ridge)
        points: dict[Number, FixedPoint] = {}
        parts: dict[int, Number] = {}
        for node, c in nodes:
            mirrored = points.get(node.conjugate())
            point = self._point(groups, total, node) if mirrored is None else _conjugate(mirrored)
            points[node] = point
            parts[self._add(point, rows, target)] = self.into(c)
        return parts

    def _descent(
        self, fit: PlannedFit, groups: list[Group], total: int, ridge: Number, rows: list[Row], target: int
    ) -> dict[int, Number]:
        """Steps w_n = w_{n-1} + rate (X'A(y - X w_{n-1})/N - ridge w_{n-1}): Lm[n,n] = 1/rate, Lm[n,n-1] = ridge -
        1/rate, with the residual of w_{n-1}, which enters as a label of weight -1."""
        rate, one = self._number(fit.fit.rate or 0, "rate"), self._number(1, "")
        top = sum(self._edge(groups, total, c) for c in range(len(self.covariances)))
        if not rate * top < 2:
            raise DomainError(
                f"rate {fit.fit.rate} is not below 2/(top eigenvalue of X'AX/N) = {float(2 / top):.4g}: steps diverge",
                where="rate",
                accepted="a smaller rate",
            )
        none = np.array([one * 0] * len(self.covariances))
        point = FixedPoint(1 / rate, none, [g.weight / total for g in groups], [one] * len(groups))
        self.scales.append(float(1 / rate))
        previous: int | None = None
        for _ in range(fit.fit.steps or 0):
            step, memory = rows, []
            if previous is not None:
                step = [replace(row, labels=(*row.labels, (previous, -self.unit))) for row in rows]
                memory = [(previous, ridge - 1 / rate)]
            previous = self._add(point, step, target, memory, explicit=True)
        return {} if previous is None else {previous: self.unit}

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

    def _rows(self, fit: PlannedFit, index: list[int], base: Output) -> list[Row]:
        """The labels of every group in elementary models, the base model's predictions taken off."""
        made = []
        for k in index:
            design = self.rows.design[k]
            uses = [use for use in fit.uses if use.rows == design]
            weight = sum((use.weight for use in uses), Fraction(0))
            truth, labels, noises = self.unit * 0, dict[int, Number](), dict[int, Number]()
            for use in uses:
                share = use.weight / weight if weight else Fraction(1, len(uses))
                own = self.plan.labels[use.labels]
                for m, c in own.models:
                    factor = self._coefficient(share * c)
                    truth = truth + factor * self.outputs[m].truth
                    for q, part in self.outputs[m].parts.items():
                        labels[q] = labels.get(q, self.unit * 0) + factor * part
                for channel, c in own.noises:
                    noises[channel] = noises.get(channel, self.unit * 0) + self._coefficient(share * c)
            truth = truth - base.truth
            for q, part in base.parts.items():
                labels[q] = labels.get(q, self.unit * 0) - part
            made.append(Row(k, tuple(labels.items()), truth, tuple(noises.items())))
        return made


def _shape(plan: Plan) -> tuple[Any, ...]:
    """All but the ridges, where every fit is a ridge; else all."""
    if any(fit.fit.filter != "ridge" for fit in plan.fits):
        return (plan,)
    fits = tuple((fit.uses, fit.samples, fit.subsample, fit.toward, fit.fit.features) for fit in plan.fits)
    return plan.rows, plan.noises, plan.labels, fits


def _conjugate(point: FixedPoint) -> FixedPoint:
    """The fixed point at the conjugate ridge."""
    pulls, slacks = ([x.conjugate() for x in xs] for xs in (point.pulls, point.slacks))
    h = np.array([x.conjugate() for x in point.h], dtype=point.h.dtype)
    return FixedPoint(point.kappa.conjugate(), h, pulls, slacks)
