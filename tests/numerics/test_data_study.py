"""`ridgeproof.data`: frames and arrays in, a frozen value out, honest numbers, and warnings where theory fails."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import ridgeproof as rp
from ridgeproof.errors import DomainError, InputError
from ridgeproof.numerics.data.check import SPREADS, Point, interval
from ridgeproof.numerics.data.cross_validation import climb
from ridgeproof.numerics.data.experiment import fit_values, measure, measured_runs, population, split_rows
from ridgeproof.numerics.data.finite_rows import solve, weights
from ridgeproof.numerics.data.kernels import Kernel, kernel_for
from ridgeproof.numerics.data.power_laws import fit_power_laws
from ridgeproof.numerics.data.scenarios import Chain
from ridgeproof.numerics.data.spectra import Empirical


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Return 240 rows of a smooth function of three inputs, with noise."""
    rng = np.random.default_rng(21)
    x = rng.normal(size=(240, 3))
    return x, np.sin(x[:, 0]) + x[:, 1] * x[:, 2] / 2 + 0.3 * rng.normal(size=240)


def test_every_holder_gives_the_same_study(rows) -> None:
    """A pair, one array, a mapping, pandas, pyarrow, a table with text that is dropped: the same prediction."""
    x, y = rows
    columns = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y}
    reference = rp.data((x, y), generations=1, measure=False)
    holders = [np.column_stack([x, y]), columns]
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    frame = pandas.DataFrame(columns)
    holders += [frame, pyarrow.table(columns)]
    for holder in holders:
        found = rp.data(holder, generations=1, measure=False)
        assert found.prediction == pytest.approx(reference.prediction, rel=1e-12)
    named = frame.assign(name="x", other=1.0)[["y", "name", "a", "b", "c", "other"]]
    found = rp.data(named, target="y", drop=["name", "other"], generations=1, measure=False)
    assert found.target == "y" and found.inputs == ("a", "b", "c")
    assert found.prediction == pytest.approx(reference.prediction, rel=1e-12)
    given = rp.data(frame[["a", "b", "c"]], frame["y"], generations=1, measure=False)
    assert given.prediction == pytest.approx(reference.prediction, rel=1e-12)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ({"a": [1.0, 2, 3], "u": [1.0, 2, 4], "v": [2.0, 1, 0]}, ["u", "v"], "2 targets: u, v"),
        ({"a": [1.0, 2, 3], "t": ["x", "y", "x"], "y": [2.0, 1, 0]}, None, "'t' holds the text 'x'"),
        ({"a": [1.0, 2, 3], "y": [2.0, 1, 0]}, "cost", "'cost'"),
        ({"a": [1.0, 2], "y": [2.0, 1, 0]}, "y", "columns of 2 to 3 rows"),
        (3, None, "a data frame"),
        (np.ones((3, 2, 2)), None, "shape"),
        ((np.ones((3, 2)), np.ones(4)), None, "4 targets for 3 rows"),
    ],
)
def test_refused(source, target, message: str) -> None:
    """One line that names what is wrong; several targets by their names."""
    with pytest.raises(InputError) as caught:
        rp.data(source, target)
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"kernel": "polynomial", "degree": 2.5}, {"noise": math.inf}, {"ridge": math.nan},
                                     {"samples": 2.5}, {"generations": -1}, {"generator_noise": -1.0}])  # fmt: skip
def test_parameters_are_checked(rows, options) -> None:
    """A parameter outside its domain is refused by name."""
    with pytest.raises(InputError):
        rp.data(rows, **options)


def test_the_study_is_a_value(rows) -> None:
    """Frozen, repeatable, with everything a notebook asks for."""
    found = rp.data(rows, generations=2, measure=8)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.prediction = 0.0
    again = rp.data(rows, generations=2, measure=8)
    assert again.measurement == found.measurement and again.uncertainty == found.uncertainty
    assert [one.generations for one in found.predictions] == [0, 1, 2]
    assert found.predictions[-1].test_error == found.prediction
    assert rp.predict(found.scenario).test_error == pytest.approx(found.prediction, rel=1e-12)
    frame = found.to_frame()
    assert list(frame.generations) == [0, 1, 2] and frame.held_out.iloc[-1] == found.expected


def test_held_out_rows_are_never_drawn() -> None:
    """Labels of the rows set aside do not reach the fits: with a kernel that knows no neighbours their error is f0^2.

    K = identity: a fit is zero wherever no row was drawn, so that the error on rows set aside is the mean of y^2 there.
    """
    y = np.arange(1.0, 41.0)
    law = population(np.eye(40), y)
    errors = measured_runs(law, [Chain(500, 1e-9)], runs=range(200), held_out=0.25)[:, 0]
    assert errors[:, 0].mean() == pytest.approx(np.mean(y**2), rel=1e-12)  # by turns each row counts alike
    for run in range(4):
        split = split_rows(41, 0.25, 5, run)
        assert sorted([*split.pool, *split.judged]) == list(range(41)) and len(split.judged) in (10, 11)
    assert sorted(np.concatenate([split_rows(41, 0.25, 5, run).judged for run in range(4, 8)])) == list(range(41))
    assert np.all(errors[:, 1] < errors[:, 0].mean())
    # and without rows set aside nothing changes
    (one,) = measure(law, [Chain(20, 0.1)], runs=3, seed=5)
    assert one.mean == pytest.approx(measured_runs(law, [Chain(20, 0.1)], runs=range(3), seed=5).mean(), rel=1e-12)


def test_theory_that_fails_is_called_so() -> None:
    """Heavy tails: theory is a factor below what fresh rows measure; the range covers another seed's measurement."""
    rng = np.random.default_rng(4)
    x = rng.standard_t(3, size=(240, 2))
    found = rp.data((x, x[:, 0] ** 2 + x[:, 1]), kernel="polynomial", degree=2, generations=1, measure=40)
    assert not found.applies and "believe" in found.reasons[0]
    other = measured_runs(found.law, [found.chain], runs=range(60), seed=9, held_out=0.25)[:, 0, 0].mean()
    assert found.uncertainty.low < other < found.uncertainty.high
    assert not found.uncertainty.low < found.prediction < found.uncertainty.high


def test_theory_that_holds_is_not_warned_about(rows) -> None:
    """A sound ridge on ordinary rows: no warning, a range of less than a quarter, and a covered second seed."""
    found = rp.data(rows, ridge=0.1, generator_ridge=0.1, generations=1)
    assert found.applies and not found.reasons
    low, high = found.uncertainty.low, found.uncertainty.high
    assert (high - low) / (high + low) < 0.25
    other = measured_runs(found.law, [found.chain], runs=range(60), seed=9, held_out=0.25)[:, 0].mean(axis=0)
    assert np.all((low < other) & (other < high))


def test_ranges() -> None:
    """The range of a mean: 15 %, or three standard errors where these are more; unsteady means agree with none."""
    errors = np.column_stack([np.full(16, 2.0), np.full(16, 1.5)])
    assert interval(errors) == pytest.approx((1.5 / 1.15, 2.0 * 1.15))
    spread = np.column_stack([np.tile([1.0, 3.0], 8)] * 2)
    width = SPREADS * spread[:, 0].std(ddof=1) / 4 / 2  # fewer than eight rounds: run by run
    assert interval(spread) == pytest.approx((2 / (1 + width), 2 * (1 + width)))
    sound = Point(0, 0.1, 1.0, None, 1.0, 0.01, 1.05, 0.02, 0.8, 1.2)
    assert sound.agrees and not dataclasses.replace(sound, held_out_error=0.3).agrees
    assert not dataclasses.replace(sound, held_out=1.4).agrees


def test_rank_decided_by_rounding_is_named() -> None:
    """Least norm on a smooth kernel of one input: the fit divides by eigenvalues of 1e-16."""
    x = np.linspace(-1, 1, 200)[:, None]
    found = rp.data((x, np.abs(x[:, 0])), kernel_scale=2.0, ridge=0.0, generations=0, samples=100, measure=8)
    assert not found.applies and any("rounding" in reason for reason in found.reasons)


def test_recommendation_answers(rows) -> None:
    """Which ridge, when to stop, how many true rows, when the error doubles, what cross-validation believes.

    The ridge is the best of the ladder to 2 %, and the true rows do what is said of them, by the mixture's link.
    """
    found = rp.data(rows, generations=3, generator_noise=0.3, generator_ridge=1e-2, measure=16)
    answer = found.recommendation
    assert found.recommendation is answer
    assert answer.low < answer.error < answer.high
    assert answer.error <= answer.cross_validated.test_error * 1.05 or answer.label
    assert answer.cross_validated.reported < answer.cross_validated.test_error
    assert answer.stopping_time > 0 and answer.stopping_error > 0
    doubling = answer.doubling
    assert doubling is not None
    clean, before, after = (
        rp.data(rows, generations=n, generator_noise=0.3, generator_ridge=1e-2, measure=False).prediction
        for n in (0, doubling - 1, doubling)
    )
    assert before < 2 * clean <= after
    assert answer.true_rows and answer.true_rows > 0
    with pytest.raises(DomainError, match="without generations"):
        rp.data(rows, generations=0, measure=False).recommend()


def test_the_ladder_is_what_single_fits_give() -> None:
    """Every rung is a fit at that ridge; a long gradient flow is the fit without ridge."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 2))
    law = population(Kernel("laplace", 1.0).gram(x, x), x[:, 0])
    found = climb(law, Chain(30, 1.0, 0.1), [1e-9, 0.1], [1e12], runs=2, held_out=0.25, seed=3)
    assert found.by_time[:, 0] == pytest.approx(found.by_ridge[:, 0], rel=1e-4)
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=3, spawn_key=(0,))))
    split = split_rows(40, 0.25, 3, 0)
    drawn = split.pool[stream.integers(0, 30, 30)]
    labels = law.targets[drawn] + np.sqrt(0.1) * stream.standard_normal(30)
    values = fit_values(law.gram, drawn, labels, 0.1)
    assert found.by_ridge[0, 1] == pytest.approx(np.mean((values - law.truth)[split.judged] ** 2), rel=1e-9)


def test_order_of_rows_and_offsets() -> None:
    """The scale does not depend on the order of the rows, nor distances on an offset of 1e8."""
    rng = np.random.default_rng(0)
    x = np.sort(rng.normal(size=(4000, 2)), axis=0)
    for name in ("rbf", "laplace", "linear"):
        assert kernel_for(name, x).scale == pytest.approx(kernel_for(name, x[rng.permutation(4000)]).scale, rel=1e-12)
    near, far = Kernel("rbf", 1.0), x[:50] + 2.0**27
    np.testing.assert_allclose(near.gram(far, far), near.gram(far - 2.0**27, far - 2.0**27), atol=1e-9)


def test_landmarks_are_measured_on_all_rows(rows) -> None:
    """The measured points' theory is that of the reference rows, landmarks or not."""
    few = rp.data(rows, kernel="laplace", generations=1, landmarks=30, measure=8)
    whole = rp.data(rows, kernel="laplace", generations=1, measure=8)
    assert few.measurement == whole.measurement
    assert few.prediction != whole.prediction and not few.applies


@pytest.mark.parametrize(("size", "samples", "kappa"), [(60, 10, 0.00110928866969279), (50, 50, 0.00101998689128874)])
def test_one_eigenvalue_is_bracketed(size: int, samples: int, kappa: float) -> None:
    """A spectrum of one eigenvalue, s = 1, lambda = 1e-3: kappa solves E[w/(w + mu)] = df_1/N, computed apart."""
    found = solve(np.array([1.0]), size, samples, 1e-3, weights(size, samples, replacement=True))
    assert found.kappa == pytest.approx(kappa, rel=1e-9)


def test_label_noise_is_no_more_than_the_variance() -> None:
    """Coefficients that rise to a floor above the mean: the estimate is cut at the variance of the labels."""
    s = np.arange(1, 401.0) ** -2
    signal = np.full(400, 1 / 400)
    found = fit_power_laws(Empirical(s, np.sqrt(signal / s), 0.0, 3000, "kernel matrix"))
    assert math.isnan(found.noise) or found.noise <= 1 + 1e-12
