"""Sources, shared rows, schemes and filters of a scenario: read as documented, spelled out as meant, or refused."""

from fractions import Fraction

import pytest

from ridgeproof.errors import DomainError, InputError, RidgeproofError
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import load_scenario, scenario_from_mapping
from ridgeproof.numerics.problem.spectrum import Spectrum

BASE = {
    "spectrum": {"kind": "power-law", "beta": "3/2", "dim": 40},
    "target": {"kind": "source", "r": "1/2"},
    "downstream": {"samples": 100, "ridge": "1/50", "noise": "1/5"},
}
FIT = {"samples": 60, "ridge": "1/10", "noise": "1/10"}


def scenario(downstream=None, generators=(), **more):
    return scenario_from_mapping(
        BASE | {"generators": list(generators)} | more | ({"downstream": downstream} if downstream else {})
    )


def source(samples=60, labels="truth", noise="1/10", **more):
    return {"samples": samples, "labels": labels, "noise": noise} | more


def test_the_documented_sources_are_read(tmp_path) -> None:
    """The form that the issue of this feature fixes, to the letter."""
    path = tmp_path / "case.toml"
    path.write_text(
        """
[spectrum]
kind = "isotropic"
dim = 30
[target]
kind = "isotropic"
norm2 = 1
[[generators]]
samples = 60
ridge = "1/10"
noise = "1/10"
[downstream]
ridge = "1/50"
[[downstream.sources]]
samples = 120
labels = "truth"
noise = "1/5"
weight = 1
rows = "A"
labels_kept = false
[[downstream.sources]]
samples = 200
labels = 0
noise = "1/10"
weight = "2/5"
"""
    )
    plan = load_scenario(path).plan()
    last = plan.fits[-1]
    assert (last.samples, [use.weight for use in last.uses]) == (320, [1, Fraction(2, 5)])
    assert [plan.labels[use.labels].models for use in last.uses] == [((0, 1),), ((1, 1),)]
    assert [plan.noises[plan.labels[use.labels].noises[0][0]].variance for use in last.uses] == [
        Fraction(1, 5),
        Fraction(1, 10),
    ]
    changed = load_scenario(path, ["downstream.sources.1.weight=3"])
    assert changed.downstream.sources[1].weight == 3


def test_a_plain_file_keeps_its_meaning() -> None:
    plain = scenario(generators=[FIT | {"repeat": 2}])
    assert plain.plain
    assert repr(plain.downstream) == "Downstream(samples=100, ridge=Fraction(1, 50), noise=Fraction(1, 5))"
    plan = plain.plan()
    assert [[(u.rows, plan.labels[u.labels].models) for u in fit.uses] for fit in plan.fits] == [
        [(0, ((0, 1),))],
        [(1, ((1, 1),))],
        [(2, ((2, 1),))],
    ]


def test_the_same_name_is_the_same_design_and_kept_labels_the_same_noise() -> None:
    first = {"ridge": "1/10", "sources": [source(rows="A")]}
    kept = {"ridge": 1, "sources": [{"samples": 60, "rows": "A", "labels_kept": True}]}
    plan = scenario(kept, [first]).plan()
    assert plan.fits[0].uses == plan.fits[1].uses
    mixed = {"ridge": 1, "sources": [{"samples": 60, "rows": "A", "labels": {"kept": "1/4", "previous": "3/4"}}]}
    plan = scenario(mixed, [first]).plan()
    assert plan.labels[plan.fits[1].uses[0].labels].models == ((0, Fraction(1, 4)), (1, Fraction(3, 4)))
    assert plan.labels[plan.fits[1].uses[0].labels].noises == ((0, Fraction(1, 4)),)


def test_short_forms_and_schemes_are_the_long_forms() -> None:
    long = {"ridge": "1/50", "sources": [source(100, 0, rows="B")]}
    short = {"ridge": "1/50", "samples": 100, "noise": "1/10", "labels": 0, "rows": "B"}
    assert scenario(short, [FIT]) == scenario(long, [FIT])

    chain = [FIT | {"repeat": 2}]
    flags = scenario(BASE["downstream"] | {"accumulate": True}, [FIT | {"repeat": 2, "accumulate": True}])
    accumulated = scenario(generators=chain, chain={"scheme": "accumulate"}).plan()
    assert [fit.uses for fit in flags.plan().fits] == [fit.uses for fit in accumulated.fits]
    assert [fit.samples for fit in accumulated.fits] == [60, 120, 220]

    sub = scenario(generators=chain, chain={"scheme": "accumulate-subsample"}).plan()
    assert [(fit.samples, fit.subsample) for fit in sub.fits] == [(60, None), (120, 60), (220, 100)]

    mixed = scenario(generators=chain, chain={"scheme": "mix", "true_share": "1/4"}).plan()
    assert [plan_rows(mixed, fit) for fit in mixed.fits] == [
        [(15, ((0, 1),)), (45, ((0, 1),))],
        [(15, ((0, 1),)), (45, ((1, 1),))],
        [(25, ((0, 1),)), (75, ((2, 1),))],
    ]

    table = {"samples": 60, "ridge": "1/50", "noise": 0}
    distilled = scenario(table, chain, chain={"scheme": "self-distil", "xi": 2}).plan()
    assert {use.rows for fit in distilled.fits for use in fit.uses} == {0}
    last = distilled.labels[distilled.fits[-1].uses[0].labels]
    assert (last.models, last.noises) == (((0, -1), (2, 2)), ((0, -1),))


def plan_rows(plan, fit):
    return [(plan.rows[use.rows].samples, plan.labels[use.labels].models) for use in fit.uses]


def test_repeats_that_share_a_design_accumulate_labels_on_it() -> None:
    """Gerstgrasser et al.: one design for all iterations, new labels at each."""
    plan = scenario(generators=[FIT | {"repeat": 3, "same_design": True}], chain={"scheme": "accumulate"}).plan()
    assert [(use.rows, use.labels) for use in plan.fits[2].uses] == [(0, 0), (0, 1), (0, 2)]


def test_a_covariance_of_a_source() -> None:
    other = {"ridge": "1/50", "sources": [source(covariance={"kind": "power-law", "beta": 2}), source(noise=0)]}
    assert scenario(other).downstream.sources[0].covariance == Spectrum("power-law", 40, beta=Fraction(2))
    listed = {"ridge": "1/50", "sources": [source(covariance=[1] * 40)]}
    assert scenario(listed).downstream.sources[0].covariance.values == (Fraction(1),) * 40


BAD = {
    "negative weight": ({"ridge": 1, "sources": [source(weight=-1)]}, (), "weight"),
    "no weight": ({"ridge": 1, "sources": [source(weight=0), source(weight=0)]}, (), "every weight is 0"),
    "later model": ({"ridge": 1, "sources": [source(labels=1)]}, [FIT], "labels"),
    "own model": ({"ridge": 1, "sources": [source(labels=1)]}, [FIT], "this fit itself"),
    "no such labels": ({"ridge": 1, "sources": [source(labels="teacher")]}, [FIT], "names no labels"),
    "numbers of rows": (
        {"ridge": 1, "sources": [source(61, rows="A")]},
        [{"ridge": 1, "sources": [source(rows="A")]}],
        "the rows 'A' are 61 here and 60 at generators.0.sources.0",
    ),
    "covariance of rows": (
        {"ridge": 1, "sources": [source(rows="A", covariance=[1] * 40)]},
        [{"ridge": 1, "sources": [source(rows="A")]}],
        "another covariance",
    ),
    "covariance of another dimension": ({"ridge": 1, "sources": [source(covariance=[1, 2])]}, (), "2 eigenvalues"),
    "kept before use": (
        {"ridge": 1, "sources": [{"samples": 9, "rows": "A", "labels_kept": True}]},
        (),
        "no labels yet",
    ),
    "kept without rows": ({"ridge": 1, "sources": [{"samples": 9, "labels_kept": True}]}, (), "without a name"),
    "kept and noise": ({"ridge": 1, "sources": [source(labels_kept=True, rows="A")]}, (), "beside labels_kept"),
    "noise missing": ({"ridge": 1, "sources": [{"samples": 9}]}, (), "'noise' is missing"),
    "samples beside": (FIT | {"sources": [source()]}, (), "'samples' beside sources"),
    "noise beside": ({"ridge": 1, "noise": 1, "sources": [source()]}, (), "'noise' beside sources"),
    "no sources": ({"ridge": 1, "sources": []}, (), "not a list"),
    "unknown key": ({"ridge": 1, "sources": [source(colour=1)]}, (), "'colour' is unknown"),
    "ridge missing": ({"sources": [source()]}, (), "'ridge' is missing"),
    "time < 0": (FIT | {"filter": "gradient-flow", "time": -1}, (), "downstream.time: -1 is negative"),
    "no time": (FIT | {"filter": "gradient-flow"}, (), "'time' is missing"),
    "time of ridge": (FIT | {"time": 1}, (), "'time' has no meaning for ridge"),
    "no steps": (FIT | {"filter": "gradient-descent", "steps": 0, "rate": 1}, (), "steps"),
    "no rate": (FIT | {"filter": "gradient-descent", "steps": 3, "rate": 0}, (), "rate"),
    "unknown filter": (FIT | {"filter": "dropout"}, (), "'dropout' is no filter"),
    "features = 0": (FIT | {"features": 0}, (), "downstream.features: 0"),
    "toward a later model": (FIT | {"toward": 1}, [FIT], "toward"),
    "too large a subsample": (FIT | {"subsample": 61}, (), "a subsample of 61 out of 60 rows"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_fits_are_one_line(case) -> None:
    downstream, generators, part = BAD[case]
    with pytest.raises(RidgeproofError) as caught:
        scenario(downstream, generators)
    line = str(caught.value)
    assert part in line and "\n" not in line and "scenario" in line and caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("chain", "part"),
    [
        ({"scheme": "repeat"}, "no scheme"),
        ({"scheme": "mix"}, "'true_share' is missing"),
        ({"scheme": "mix", "true_share": 2}, "above 1"),
        ({"scheme": "accumulate", "xi": 2}, "'xi' has no meaning"),
        ({"plan": 1}, "'plan' is unknown"),
    ],
)
def test_bad_schemes_are_one_line(chain, part) -> None:
    with pytest.raises(InputError, match=part):
        scenario(generators=[FIT], chain=chain)


def test_a_self_distillation_has_one_table() -> None:
    with pytest.raises(InputError, match="the shared rows are 100 here and 60"):
        scenario(FIT | {"samples": 100}, [FIT], chain={"scheme": "self-distil"})


def test_another_noise_on_the_table_of_a_self_distillation_is_refused() -> None:
    with pytest.raises(InputError, match="all fits share the first one's table"):
        scenario(FIT | {"noise": "1/5"}, [FIT], chain={"scheme": "self-distil"})


def test_what_cannot_handle_them_refuses_them() -> None:
    """Never an answer that ignores the sources."""
    mixture = scenario({"ridge": 1, "sources": [source(), source(noise=0)]})
    for ask in (minimise_ridge,):
        with pytest.raises(DomainError, match="sources, schemes, filters or features"):
            ask(mixture)
    with pytest.raises(DomainError, match="no exact law is known for this fit"):
        predict_exact(mixture)
