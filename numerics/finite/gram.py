"""Exact second moments of chains on shared rows, mixtures and accumulating tables: by least squares or by rotations.

The error w_m - w0 of every model is written as a combination of *roots*: w0 itself and random vectors whose inner
products E <rho, sigma>_S are known numbers, kept apart by where they come from (the signal, or the noise of fit i).  A
fit makes new roots by one of five rules, and is refused where none applies.

1. Least squares on one design, T >= d, any weights, any labels, any number of times: X^+ X = I, so the error is the
   weighted mean of the labels' errors, plus X^+ e, E |X^+ e|_S^2 = sigma^2 tr(S S_r^-1)/(T - d - 1) (inverse Wishart).
2. Least squares on a table of fresh rows of several sources, N >= d + 2: with A = sum A_k, A_k = X_k' X_k, the error is
   sum_k A^-1 A_k (u_k - w0) + A^-1 X' E.  Given A, the matrices A^-1/2 A_k A^-1/2 are matrix Beta, independent of A;
   E A M A^-1 = ((N - 1) M - tr M)/(N - d - 1) for symmetric M, so E (A_k A^-1 S A^-1 A_l) is theta_kl S (`theta`).
3. The same rows and labels as an earlier fit p and fresh ones labelled by w_p: w = w_p + A^-1 X_new' E_new; rows are
   exchangeable in A, so the noise counts with the share T_new/N of tr E A^-1 S = d/(N - d - 1).
4. S = c I, least squares on T < d rows: P = X^+ X is a Haar projection, E P = (T/d) I, P X^+ = X^+; for all fits on
   these rows that follow one another.
5. S = c I, a ridge or gradient flow on fresh rows of one design: G = f(X'X) and U = I - G enter through
   E tr G/d, E tr G^2/d, E tr G U/d, E tr U^2/d, E tr G^2 (X'X)^+ (`ridgeproof.numerics.finite.laguerre`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ridgeproof.errors import DomainError, NoExactLaw

from ..problem.plan import LabelSet, Plan, PlannedFit, Use
from ..problem.scenario import Scenario
from ..problem.spectrum import Spectrum
from .isotropic_correction import common_eigenvalue

SIGNAL = -1
LAWS = (
    "fits at ridge 0: of any labels on one design with samples >= dim + 2; of fresh rows of equal weight; or of "
    "an earlier fit's rows and fresh ones labelled by it; with equal eigenvalues also ridge, gradient flow or samples "
    "< dim on one design"
)

Number = Any  # Fraction, or mpf
Split = dict[int, Number]  # SIGNAL, or the index of the fit that drew the noise
Vector = dict[int, Fraction]  # root -> coefficient


def theta(dim: int, samples: int, part: int) -> Fraction:
    """E tr(A_1 A^-2 A_1)/d for A = A_1 + A_2 Wishart (S = I) of ``samples`` rows, ``part`` of them in A_1.

    With x = E tr B^2 and y = E (tr B)^2 of B = A^-1/2 A_1 A^-1/2, which solve N (N + 1) x + N y = E tr A_1^2 and
    2 N x + N^2 y = E (tr A_1)^2.

    Parameters
    ----------
    dim, samples, part : int
        d >= 1, N >= d + 2, 0 <= part <= N.

    Examples
    --------
    >>> theta(10, 24, 18) == Fraction(1273, 1800), theta(5, 9, 9)
    (False, Fraction(1, 1))
    """
    first, second = part * dim * (part + dim + 1), part * dim * (part * dim + 2)
    determinant = samples * (samples + 1) * samples**2 - 2 * samples**2
    x = Fraction(first * samples**2 - second * samples, determinant)
    y = Fraction(samples * (samples + 1) * second - 2 * samples * first, determinant)
    return ((samples - 1) * x - y) / (dim * (samples - dim - 1))


@dataclass(frozen=True)
class _Operator:
    """G or U (rule 5), P or I - P (rule 4) of a design: ``first`` is E tr/d; ``fit`` tells filters of fits apart."""

    rows: int
    fit: int
    name: str
    first: Number


@dataclass(frozen=True)
class _Root:
    """``made`` is (operator, root) for what an operator of a design makes of an earlier root; ``noise_of`` is the
    design r of a root X_r^+ e; ``designs`` are those that the root depends on."""

    designs: frozenset[int]
    made: tuple[_Operator, int] | None = None
    noise_of: int | None = None


class Moments:
    """The errors of the models of a plan, and their inner products.

    Parameters
    ----------
    scenario : Scenario
        Finite dimension.
    number : callable
        From Fraction to the arithmetic that is wanted.
    signal : number
        |w0|_S^2.
    filtered : callable
        (fit, rows) -> E tr G/d, E tr U/d, E tr G^2/d, E tr G U/d, E tr U^2/d, E tr G^2 (X'X)^+ of rule 5, the last for
        S = I.
    """

    def __init__(
        self,
        scenario: Scenario,
        number: Callable[[Fraction], Number],
        signal: Number,
        filtered: Callable[[PlannedFit, int], list[Number]],
    ) -> None:
        self.plan: Plan = scenario.plan()
        self.dim = scenario.spectrum.finite_dim()
        self.spectrum, self.common = scenario.spectrum, common_eigenvalue(scenario.spectrum)
        self.number, self.filtered = number, filtered
        self.roots = [_Root(frozenset())]
        self.gram: dict[tuple[int, int], Split] = {(0, 0): {SIGNAL: signal}}
        self.errors: list[Vector] = [{}]  # of the models; the truth has none
        self.used: set[int] = set()  # designs
        self.alone: set[int] = set()  # noises that entered by rules 1 and 4, as roots X_r^+ e
        self.atoms: dict[int, int] = {}  # those noises' roots
        self.pairs: dict[tuple[int, str, str], Number] = {}  # E tr of products of two operators, over d
        self.solved: dict[int, frozenset[Use]] = {}  # model -> the rows and labels whose normal equations it solves

    # -- linear algebra of roots -------------------------------------------------------------------------------------

    def product(self, a: Vector, b: Vector) -> Split:
        """E <a, b>_S, split."""
        out: Split = {}
        for i, x in a.items():
            for j, y in b.items():
                for source, value in self.gram.get((min(i, j), max(i, j)), {}).items():
                    out[source] = out.get(source, self.number(Fraction(0))) + self.number(x * y) * value
        return out

    def _root(self, root: _Root, products: dict[int, Split]) -> int:
        self.roots.append(root)
        new = len(self.roots) - 1
        for other, split in products.items():
            if split:
                self.gram[other, new] = split
        return new

    def _labels(self, labels: LabelSet) -> tuple[Vector, Vector]:
        """Labels as X u + noise: u - w0 over the roots, and the noises' coefficients."""
        error = _combined([(c, self.errors[model]) for model, c in labels.models])
        missing = sum((c for _, c in labels.models), Fraction(-1))
        return _combined([(Fraction(1), error), (missing, {0: Fraction(1)})]), dict(labels.noises)

    def _trace(self, covariance: Spectrum | None) -> Number:
        """tr S S_r^-1."""
        if covariance is None or covariance == self.spectrum:
            return self.number(Fraction(self.dim))
        if self.common is not None and (other := common_eigenvalue(covariance)) is not None:
            return self.number(self.dim * self.common / other)
        if self.spectrum.values is not None and covariance.values is not None:
            return self.number(sum(map(Fraction.__truediv__, self.spectrum.values, covariance.values), Fraction(0)))
        raise NoExactLaw("covariances that are not both fractions", where="covariance", accepted=LAWS)

    # -- fits --------------------------------------------------------------------------------------------------------

    def fit(self, index: int) -> Vector:
        """The error of fit ``index``'s model, from those before it.  Raises NoExactLaw, DomainError."""
        planned = self.plan.fits[index]
        fit, where = planned.fit, planned.where
        if planned.subsample is not None:
            raise NoExactLaw(
                "a subsample overlaps with earlier ones at random: no exact law is known", where=where, accepted=LAWS
            )
        if fit.features is not None or fit.filter == "gradient-descent":
            raise NoExactLaw("no exact law is known for this filter", where=where, accepted=LAWS)
        uses = [use for use in planned.uses if use.weight]
        designs = {use.rows for use in uses}
        least_squares = fit.filter == "ridge" and fit.ridge == 0
        single = self.plan.rows[uses[0].rows] if len(designs) == 1 else None
        if single is not None and least_squares and single.samples >= self.dim:
            error = self._one_design(uses, where)
        elif single is not None and self.common is not None and self._isotropic(single.covariance):
            error = self._projected(planned, uses) if least_squares else self._filtered(planned, uses, index)
        elif least_squares and len({use.weight for use in uses}) == 1:
            error = self._table(uses, index, where)
        else:
            raise NoExactLaw("no exact law is known for this fit", where=where, accepted=LAWS)
        whole = sum(self.plan.rows[r].samples for r in designs)
        if least_squares and len(designs) == len(uses) and len({u.weight for u in uses}) == 1 and whole >= self.dim:
            self.solved[index + 1] = frozenset(uses)
        self.used |= designs
        self.errors.append(error)
        return error

    def _isotropic(self, covariance: Spectrum | None) -> bool:
        return covariance is None or covariance == self.spectrum

    def _noise(self, noise: int, amount: Number, gap: int, where: str) -> Number:
        """sigma^2 times ``amount``/(gap - 1), ``gap`` the distance of rows and dimension."""
        variance = self.plan.noises[noise].variance
        if variance and gap <= 1:
            raise DomainError(
                f"|samples - dim| = {gap} at ridge 0 with noise: the error is infinite",
                where=where,
                accepted="|samples - dim| >= 2, or ridge > 0, or noise 0",
            )
        return self.number(variance / max(gap - 1, 1)) * amount

    def _atom(self, noise: int, rows: int, where: str) -> int | None:
        """The root X_r^+ e of a noise; None without noise."""
        if not self.plan.noises[noise].variance:
            return None
        if noise not in self.atoms:
            if rows in self.used and noise not in self.alone and self.plan.noises[noise].fit < len(self.errors) - 1:
                raise NoExactLaw("kept labels of rows used together with others", where=where, accepted=LAWS)
            table = self.plan.rows[rows]
            amount = (
                self._trace(table.covariance) if table.samples >= self.dim else self.number(Fraction(table.samples))
            )
            value = self._noise(noise, amount, abs(table.samples - self.dim), where)
            new = self._root(_Root(frozenset({rows}), noise_of=rows), {})
            self.gram[new, new] = {self.plan.noises[noise].fit: value}
            self.atoms[noise] = new
            self.alone.add(noise)
        return self.atoms[noise]

    def _mean_labels(self, uses: Sequence[Use], where: str) -> tuple[Vector, Vector]:
        """What the labels on one design amount to: (u - w0, noise roots), weighted means."""
        total = sum((use.weight for use in uses), Fraction(0))
        error: list[tuple[Fraction, Vector]] = []
        noise: Vector = {}
        for use in uses:
            part, noises = self._labels(self.plan.labels[use.labels])
            error.append((use.weight / total, part))
            for name, c in noises.items():
                noise[name] = noise.get(name, Fraction(0)) + c * use.weight / total
        return _combined(error), noise

    def _one_design(self, uses: Sequence[Use], where: str) -> Vector:
        """Rule 1."""
        error, noise = self._mean_labels(uses, where)
        atoms = {name: self._atom(name, uses[0].rows, where) for name in noise}
        return _combined([(Fraction(1), error), *((c, {a: Fraction(1)}) for n, c in noise.items() if (a := atoms[n]))])

    def _table(self, uses: Sequence[Use], index: int, where: str) -> Vector:
        """Rules 2 and 3."""
        rows = [self.plan.rows[use.rows] for use in uses]
        if len({use.rows for use in uses}) < len(uses) or len({table.covariance for table in rows}) > 1:
            raise NoExactLaw("no exact law is known for this table of rows", where=where, accepted=LAWS)
        total = sum(table.samples for table in rows)
        old = self._grown(uses)
        known = self.solved[old] if old is not None else frozenset()
        fresh = [use for use in uses if use not in known]
        if total < self.dim or any(use.rows in self.used for use in fresh):
            raise NoExactLaw("rows used before, or too few, in a table of several", where=where, accepted=LAWS)
        errors: list[Vector] = []
        noise: Split = {}
        for use in fresh:
            part, noises = self._labels(self.plan.labels[use.labels])
            errors.append(part)
            share = Fraction(self.plan.rows[use.rows].samples, total)
            for name, c in noises.items():
                if self.plan.noises[name].fit != index:
                    raise NoExactLaw("kept labels in a table of several", where=where, accepted=LAWS)
                value = self._noise(name, self._trace(rows[0].covariance), total - self.dim, where)
                noise[index] = noise.get(index, self.number(Fraction(0))) + self.number(share * c**2) * value
        designs = frozenset(use.rows for use in uses)
        if old is not None or all(part == errors[0] for part in errors):  # A^-1 sum_k A_k = I
            error = self.errors[old] if old is not None else errors[0]
            new = self._root(_Root(designs), {})
            self.gram[new, new] = noise
            return _combined([(Fraction(1), error), (Fraction(1), {new: Fraction(1)})])
        if not self._isotropic(rows[0].covariance):
            raise NoExactLaw("a mixture of another covariance", where=where, accepted=LAWS)
        if total < self.dim + 2:
            raise DomainError("the mean error is infinite", where=where, accepted="samples >= dim + 2")
        parts = [self.plan.rows[use.rows].samples for use in fresh]
        mean = _combined([(Fraction(t, total), e) for t, e in zip(parts, errors, strict=True)])
        products = {other: self.product(mean, {other: Fraction(1)}) for other in range(len(self.roots))}
        second = dict(noise)
        single = [theta(self.dim, total, t) for t in parts]
        for k, a in enumerate(errors):
            for l, b in enumerate(errors):
                both = (
                    single[k] if k == l else (theta(self.dim, total, parts[k] + parts[l]) - single[k] - single[l]) / 2
                )
                for source, value in self.product(a, b).items():
                    second[source] = second.get(source, self.number(Fraction(0))) + self.number(both) * value
        new = self._root(_Root(designs | self._designs(mean)), products)
        self.gram[new, new] = second
        return {new: Fraction(1)}

    def _grown(self, uses: Sequence[Use]) -> int | None:
        """The model w_p of rule 3: its fit's uses are among these, and it labels all the others with a noise."""
        here = set(uses)
        for model, inside in reversed(self.solved.items()):
            rest = here - inside
            grown = rest and inside <= here and len(inside) + len(rest) == len(uses)
            if grown and all(self.plan.labels[use.labels].models == ((model, Fraction(1)),) for use in rest):
                return model
        return None

    def _designs(self, vector: Vector) -> frozenset[int]:
        return frozenset().union(*(self.roots[i].designs for i in vector))

    def _start(self, planned: PlannedFit) -> Vector:
        """The error of the model that the fit starts from: 0 - w0, or that of ``toward``."""
        return {0: Fraction(-1)} if planned.toward is None else self.errors[planned.toward]

    def _projected(self, planned: PlannedFit, uses: Sequence[Use]) -> Vector:
        """Rule 4: w - w0 = P (u - w0) + (I - P)(start - w0) + X^+ e."""
        rows, where = uses[0].rows, planned.where
        share = self.number(Fraction(self.plan.rows[rows].samples, self.dim))
        zero = self.number(Fraction(0))
        inside = _Operator(rows, 0, "P", share)
        outside = _Operator(rows, 0, "Q", 1 - share)
        self.pairs |= {
            (rows, "PP", ""): share,
            (rows, "PQ", ""): zero,
            (rows, "QP", ""): zero,
            (rows, "QQ", ""): 1 - share,
        }
        error, noise = self._mean_labels(uses, where)
        kept, lost = self._apply(inside, error, where), self._apply(outside, self._start(planned), where)
        atoms = [(c, {a: Fraction(1)}) for n, c in noise.items() if (a := self._atom(n, rows, where)) is not None]
        return _combined([(Fraction(1), kept), (Fraction(1), lost), *atoms])

    def _filtered(self, planned: PlannedFit, uses: Sequence[Use], index: int) -> Vector:
        """Rule 5: w - w0 = G (u - w0) + U (start - w0) + noise."""
        rows, where = uses[0].rows, planned.where
        if rows in self.used:
            raise NoExactLaw("several fits with ridge or time on one design", where=where, accepted=LAWS)
        g, u, gg, gu, uu, noisy = self.filtered(planned, self.plan.rows[rows].samples)
        keep, lose = _Operator(rows, index, "G", g), _Operator(rows, index, "U", u)
        self.pairs |= {(rows, "GG", ""): gg, (rows, "GU", ""): gu, (rows, "UG", ""): gu, (rows, "UU", ""): uu}
        error, noise = self._mean_labels(uses, where)
        parts = [self._apply(keep, error, where), self._apply(lose, self._start(planned), where)]
        variance = sum((c**2 * self.plan.noises[name].variance for name, c in noise.items()), Fraction(0))
        if variance:
            new = self._root(_Root(frozenset({rows})), {})
            self.gram[new, new] = {index: self.number(variance) * noisy}
            parts.append({new: Fraction(1)})
        return _combined([(Fraction(1), part) for part in parts])

    def _apply(self, operator: _Operator, vector: Vector, where: str) -> Vector:
        """The operator of a design on a combination of roots, with new roots where they are new."""
        return _combined([(c, self._applied(operator, root, where)) for root, c in vector.items()])

    def _applied(self, operator: _Operator, root: int, where: str) -> Vector:
        about, rows = self.roots[root], operator.rows
        if about.noise_of == rows:  # P X^+ = X^+
            return {root: Fraction(1)} if operator.name == "P" else {}
        if about.made is not None and about.made[0].rows == rows:  # P P = P, P (I - P) = 0
            return {root: Fraction(1)} if about.made[0].name == operator.name else {}
        for known, other in enumerate(self.roots):
            if other.made == (operator, root):
                return {known: Fraction(1)}
        if rows in about.designs:
            raise NoExactLaw("the design comes back after others", where=where, accepted=LAWS)
        products: dict[int, Split] = {}
        for j, other in enumerate(self.roots):
            if other.noise_of == rows:
                continue  # linear in a noise that the root does not have
            if other.made is not None and other.made[0].rows == rows:
                factor, partner = self.pairs[rows, operator.name + other.made[0].name, ""], other.made[1]
            elif rows not in other.designs:
                factor, partner = operator.first, j
            else:
                raise NoExactLaw("the design comes back after others", where=where, accepted=LAWS)
            found = self.product({root: Fraction(1)}, {partner: Fraction(1)})
            products[j] = {source: factor * value for source, value in found.items()}
        new = self._root(_Root(about.designs | {rows}, made=(operator, root)), products)
        square = self.pairs[rows, operator.name * 2, ""]
        own = self.product({root: Fraction(1)}, {root: Fraction(1)})
        self.gram[new, new] = {source: square * value for source, value in own.items()}
        return {new: Fraction(1)}


def _combined(parts: Sequence[tuple[Fraction, Vector]]) -> Vector:
    """sum of c v; entries that cancel are left out."""
    out: Vector = {}
    for c, vector in parts:
        for root, x in vector.items():
            out[root] = out.get(root, Fraction(0)) + c * x
    return {root: x for root, x in out.items() if x}


def errors(
    scenario: Scenario,
    number: Callable[[Fraction], Number],
    signal: Number,
    filtered: Callable[[PlannedFit, int], list[Number]],
) -> Split:
    """E |w - w0|_S^2 of the downstream fit, split: SIGNAL, and the fits whose noise it is; see `Moments`."""
    moments = Moments(scenario, number, signal, filtered)
    error: Vector = {}
    for index in range(len(moments.plan.fits)):
        error = moments.fit(index)
    return moments.product(error, error)
