"""``ridgeproof optimal``: controls, their ranges, and agreement with what is known about the best ones."""

import dataclasses
import json
import math
import tomllib

import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.predictions.controls import Control, minimise
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.optimum import minimise_ridge
from ridgeproof.numerics.problem.scenario import load_scenario, scenario_from_mapping
from ridgeproof.proofs_check.cli import main
from ridgeproof.proofs_check.cli.controls import read_control

MIXTURE = """
[spectrum]
kind = "isotropic"
dim = 10
[target]
kind = "isotropic"
norm2 = 1000000
[[generators]]
samples = 100000
ridge = 0
noise = 1
[downstream]
ridge = 0
[[downstream.sources]]
samples = 100000
labels = "truth"
noise = 1
[[downstream.sources]]
samples = 100000
labels = 0
noise = 1
weight = 1
"""


def answer(capsys, *words):
    assert main(["optimal", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_ridge_is_that_of_optimal_ridge(capsys) -> None:
    path = "examples/reference-1.toml"
    found = answer(capsys, path, "--over", "downstream.ridge=1e-4:10")
    best = minimise_ridge(load_scenario(path))
    assert found["test_error"] == pytest.approx(best.test_error, rel=1e-12)
    assert found["controls"]["downstream.ridge"] == pytest.approx(best.ridge, rel=1e-5)


def test_the_weight_of_labels_whose_noise_is_doubled_is_one_half(capsys, tmp_path) -> None:
    """d << T: a teacher fitted on as many rows adds as much error again, and with weights p and 1 - p of the two
    halves the
    variance is p^2 + 2 (1-p)^2 (own noise and teacher's): p = 2/3, weight 1/2."""
    path = tmp_path / "mixture.toml"
    path.write_text(MIXTURE)
    found = answer(capsys, str(path), "--over", "downstream.sources.1.weight=1/100:100")
    assert found["controls"]["downstream.sources.1.weight"] == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize(
    "text", ["downstream.colour", "downstream.ridge=1", "downstream.ridge=2:1", "downstream.ridge=a:b"]
)
def test_bad_controls_are_one_line(text) -> None:
    with pytest.raises(InputError, match="--over"):
        read_control(text)


LAW = """
[spectrum]
kind = "power-law"
beta = "3/2"
dim = 400
[target]
kind = "source"
r = "3/2"
[[generators]]
samples = 900
ridge = 0
noise = "1/10"
[downstream]
samples = 600
ridge = "1/100"
noise = "1/10"
"""


@pytest.fixture
def law(tmp_path) -> str:
    path = tmp_path / "law.toml"
    path.write_text(LAW)
    return str(path)


def test_generations_until_the_error_doubles(capsys, law) -> None:
    """By definition: the error at that many repeats is at least twice that on true labels, and with one less it is
    not; the noises add up, so that the number is known from two predictions."""
    found = answer(capsys, law, "--doubling")["doubling"]
    count = found["generations"]
    clean = load_scenario(law).downstream
    at = [
        predict(load_scenario(law, [f"generators.0.repeat={n}"])).test_error for n in (1, 2, max(count - 1, 1), count)
    ]
    alone = predict(dataclasses.replace(load_scenario(law), generators=(), downstream=clean)).test_error
    assert found["on_true_labels"] == pytest.approx(alone, rel=1e-12)
    assert at[3] >= 2 * alone and (count == 1 or at[2] < 2 * alone)
    assert count == math.ceil((2 * alone - at[0]) / (at[1] - at[0]) + 1 - 1e-9)
    never = answer(capsys, law, "--doubling", "--set", "generators.0.noise=0")["doubling"]
    assert never["generations"] is None and never["tried"] == 1_000_000


def test_true_rows_to_add_for_a_stated_error(capsys, law) -> None:
    """That many rows reach the error, one less does not; d << T: rows add up as 1/T."""
    now = predict(load_scenario(law)).test_error
    found = answer(capsys, law, "--true-rows", repr(now / 2))["true_rows"]

    def at(rows: int) -> float:
        sources = [
            {"samples": 600, "labels": "previous", "noise": "1/10"},
            {"samples": rows, "labels": "truth", "noise": "1/10"},
        ]
        mapping = tomllib.loads(LAW) | {"downstream": {"ridge": "1/100", "sources": sources}}
        return float(predict(scenario_from_mapping(mapping)).test_error)

    assert at(found["rows"]) <= now / 2 < at(found["rows"] - 1)
    assert found["test_error"] == pytest.approx(at(found["rows"]), rel=1e-12)
    assert answer(capsys, law, "--true-rows", "10")["true_rows"]["rows"] == 0
    floor = answer(capsys, law, "--true-rows", "1e-12")["true_rows"]  # the bias of the ridge stays
    assert floor["rows"] is None and floor["test_error"] > 1e-12
    adapted = answer(capsys, law, "--true-rows", repr(now / 2), "--over", "downstream.ridge=1e-4:1")["true_rows"]
    assert adapted["rows"] < found["rows"]


def test_early_stopping_beats_the_ridge_where_it_saturates(capsys, law) -> None:
    """r = 3/2 > 1: 2 beta r/(1 + 2 beta r) against 2 beta/(1 + 2 beta); at r = 1/4 the two are close."""
    both = answer(capsys, law, "--early-stopping")["early_stopping"]
    assert both["better"] == "early stopping"
    assert both["time"]["test_error"] < 0.8 * both["ridge"]["test_error"]
    changed = ["--set", f"downstream.ridge={both['ridge']['downstream.ridge']!r}"]
    assert main(["predict", law, "--json", *changed]) == 0
    assert json.loads(capsys.readouterr().out)["test_error"] == pytest.approx(both["ridge"]["test_error"], rel=1e-12)
    rough = answer(capsys, law, "--early-stopping", "--set", "target.r=1/4")["early_stopping"]
    assert rough["time"]["test_error"] == pytest.approx(rough["ridge"]["test_error"], rel=0.05)


def test_the_sharp_stopping_time(capsys, law) -> None:
    """t* and E* of docs/theory.md#U3 beside the numerical ones: within a tenth here, and the bias and noise constants
    themselves to 0.5 % at T = 10^6 (r = 1/2)."""
    words = ["--set", "downstream.filter=gradient-flow", "--set", "downstream.ridge=0", "--set", "downstream.time=1"]
    words += ["--set", "target.r=1/2", "--set", "spectrum.dim=20000"]
    large = ["--set", "generators.0.samples=100000", "--set", "downstream.samples=60000"]
    found = answer(capsys, law, *words, *large, "--over", "downstream.time=1:1e6")
    assert found["sharp"]["test_error"] == pytest.approx(found["test_error"], rel=0.02)
    assert found["sharp"]["time"] == pytest.approx(found["controls"]["downstream.time"], rel=0.1)
    none = answer(capsys, law, *words, "--set", "generators.0.ridge=1/10", "--over", "downstream.time")
    assert none["sharp"] is None and "least-squares generators" in " ".join(none["notes"])


def test_predict_at_the_best_controls(capsys, law) -> None:
    best = answer(capsys, law, "--over", "downstream.ridge")
    assert main(["predict", law, "--over", "downstream.ridge", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["test_error"] == pytest.approx(best["test_error"], rel=1e-12)
    assert found["controls"] == best["controls"]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "nothing asked"),
        (["--doubling", "1"], "the factor 1"),
        (["--doubling", "x"], "--doubling"),
        (["--true-rows", "-1"], "--true-rows"),
        (["--over", "downstream.features.samples"], "--over"),
        (["--over", "generators.3.ridge"], "generators"),
        (["--over", "downstream.time"], "no meaning for ridge"),
    ],
)
def test_bad_questions_are_one_line(ridgeproof, law, words, part) -> None:
    done = ridgeproof("optimal", law, *words)
    assert done.returncode == 2 and part in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_whole_controls_are_found_exactly() -> None:
    """A parabola over whole numbers, its least value off the grid; and of two dips the deeper one."""
    best = minimise(lambda v: (v[0] - 777) ** 2, [Control("x.samples", 1, 10**6, whole=True)])
    assert best.values == (777.0,)
    wave = minimise(lambda v: math.cos(v[0]) + v[0] / 100, [Control("x.xi", 0, 20, linear=True)])
    assert wave.values[0] == pytest.approx(math.pi - math.asin(0.01), abs=1e-6)


def test_accumulating_rows_never_double_the_error(capsys, tmp_path) -> None:
    """d = 20, T = 30: 2.2222 on true labels, 2.7860 for ever more generations (exactly), pi^2/6 2/3 for d << T.  The
    equivalent has T/(i (i T - d)) for T/(i (i T - d - 1))."""
    path = tmp_path / "accumulate.toml"
    path.write_text(
        '[spectrum]\nkind = "isotropic"\ndim = 20\n[target]\nkind = "isotropic"\nnorm2 = 1\n'
        '[chain]\nscheme = "accumulate"\n[[generators]]\nsamples = 30\nridge = 0\nnoise = 1\n'
        "[downstream]\nsamples = 30\nridge = 0\nnoise = 1\n"
    )
    found = answer(capsys, str(path), "--doubling")["doubling"]
    assert found["generations"] is None and found["tried"] == 64
    assert found["limit"]["test_error"] == pytest.approx(2.7860, abs=5e-5)
    assert found["limit"]["leading"] == pytest.approx(math.pi**2 / 6 * 20 / 30, rel=1e-12)
    phi = 2 / 3
    assert found["test_error"] == pytest.approx(
        sum(phi / (i * (i - phi)) for i in range(1, found["tried"] + 2)), rel=1e-9
    )
