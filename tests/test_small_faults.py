"""Small things that hostile runs found, each with its kind: rounding is no discrepancy, infinite is not exact."""

from __future__ import annotations

import json
import math
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from fractions import Fraction as F
from pathlib import Path

import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.draws.simulation import Simulation, simulate, z_score
from ridgeproof.numerics.finite.exact import predict_exact
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum
from ridgeproof.proofs_check.cli import main as cli
from ridgeproof.proofs_check.witnesses.averages import unskewed

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ISOTROPIC, UNIT = Spectrum("isotropic", 12), Target("isotropic", norm2=F(1))
PASSES = Generator(12, F(0), F(0), 2)  # samples = dim, ridge 0, no noise: the model before, exactly


def test_rounding_is_no_discrepancy() -> None:
    """Predicted 0 against 1e-31 is no z = 13; a discrepancy of 3 error bars stays one, to the last bit."""
    scenario = Scenario(ISOTROPIC, UNIT, (), Downstream(40, F(0), F(0)))
    assert abs(z_score(Simulation(1e-31, 1e-32, 200, 0), 0.0, scenario) or 0) < 1e-2
    assert z_score(Simulation(1.3, 0.1, 200, 0), 1.0, scenario) == (1.3 - 1.0) / 0.1
    assert z_score(Simulation(1.3, 0.0, 200, 0), 1.0, scenario) is None
    found = simulate(scenario, replicates=20)
    assert found.mean < 1e-25 and abs(z_score(found, 0.0, scenario) or 0) < 1


def test_samples_as_many_as_dimensions_without_noise_are_exact() -> None:
    """X is invertible: each such fit returns the model before it.  With noise the error is infinite, and refused."""
    clean = Scenario(ISOTROPIC, UNIT, (PASSES,), Downstream(12, F(0), F(0)))
    assert predict(clean).test_error == 0 and predict(clean, 20).test_error == 0
    assert simulate(clean, replicates=9).mean < 1e-12 and simulate(clean, replicates=9, method="averaged").mean == 0
    noisy = Generator(40, F(1, 10), F(1, 10))
    through = Scenario(ISOTROPIC, UNIT, (PASSES, noisy, PASSES), Downstream(12, F(0), F(0)))
    without = Scenario(ISOTROPIC, UNIT, (noisy,), Downstream(40, F(0), F(0)))
    assert predict(through).test_error == pytest.approx(predict(without).test_error, rel=1e-14)
    exact = predict_exact(without, 15).test_error
    drawn = simulate(through, replicates=60, method="averaged")
    assert abs(z_score(drawn, float(exact), through) or 0) < 4  # false alarm 6e-5, seed fixed
    with pytest.raises(ValueError, match="infinite"):
        Scenario(ISOTROPIC, UNIT, (), Downstream(12, F(0), F(1)))


def test_skewed_draws_have_a_threshold_of_their_own() -> None:
    """Means of 100 exponential draws (skewness 2): beyond +-2.58 lie 0.49 % on each side of a normal variable.

    Without the correction the left tail has more than 1.2 %; with it both have 0.2 to 0.8 % (seed fixed, 4000 means:
    standard errors 0.11 %).
    """
    import numpy as np

    draws = np.random.default_rng(3).exponential(size=(4000, 100)) - 1
    spread = draws.std(axis=1, ddof=1)
    z = draws.mean(axis=1) / spread * math.sqrt(100)
    skewness = ((draws - draws.mean(axis=1, keepdims=True)) ** 3).mean(axis=1) / spread**3
    mended = np.array([unskewed(*pair, 100) for pair in zip(z, skewness, strict=True)])
    assert (z < -2.58).mean() > 0.012
    assert 0.002 < (mended < -2.58).mean() < 0.008 and 0.002 < (mended > 2.58).mean() < 0.008


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_store_of_what_no_run_has_drawn_is_refused(tmp_path: Path, value: float) -> None:
    """inf and NaN among the replicates of a store: one line, before anything is drawn or averaged."""
    path = tmp_path / "runs.db"
    scenario = Scenario(ISOTROPIC, UNIT, (), Downstream(40, F(1, 10), F(1)))
    simulate(scenario, replicates=3, store=path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE replicate SET numbers = ? WHERE number = 1", (struct.pack("<d", value),))
    with pytest.raises(InputError, match="replicate 1 holds"):
        simulate(scenario, replicates=5, store=path)


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "s.toml", "--set", "downstream.ridge=٣"],
        ["predict", "s.toml", "--set", "spectrum.dim=１２"],
        ["predict", "s.toml", "--digits", "٣"],
        ["exponents", "--b", "0:²:1"],
        ["exponents", "--law", "law.toml"],
        ["check", "E_test = ٣*sigma2"],
        ["check", "E_test = sigma2", "--where", "T >= d + ２"],
        ["data", "t.csv"],
        ["show", "kappa-order", "--constants", "beta=٣"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_digits_of_other_scripts_are_refused_alike(capsys, monkeypatch, tmp_path: Path, words: list[str]) -> None:
    """Python's int and float read them; no number of ours does: options, scenarios, laws, formulas, tables."""

    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.toml").write_text((EXAMPLES / "isotropic.toml").read_text())
    (tmp_path / "law.toml").write_text("[parameters.x]\ndefault='1'\n[controls.c]\ndomain='0<=c'\n[terms]\na='-٣*c'\n")
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{i},٣{i}\n" for i in range(40)))
    assert cli(words) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and len(err) < 330


def test_standard_error_that_cannot_be_written_changes_no_status(environment: dict[str, str]) -> None:
    """On a full disk a refusal is status 2 and an answer is 0, not 1: that would say that a claim is false."""
    for words, status in ((["list"], 0), (["predict", "nowhere.toml"], 2), (["nonsense"], 2)):
        with open("/dev/full", "w") as nowhere:
            done = subprocess.run(
                [sys.executable, "-m", "ridgeproof.proofs_check.cli", *words],
                stderr=nowhere, stdout=subprocess.PIPE, env=environment,
            )  # fmt: skip
        assert done.returncode == status, words


def test_the_diagram_of_an_empty_law_fits_its_schema(ridgeproof_json, tmp_path: Path) -> None:
    """A law without terms: the error is 0, its rate infinite, and the document says so within its schema."""
    jsonschema = pytest.importorskip("jsonschema")
    from importlib import resources

    (tmp_path / "law.toml").write_text(
        "[parameters.x]\ndefault='1'\ndomain='x >= 0'\n[parameters.y]\ndefault='1'\ndomain='y >= 0'\n"
        "[controls.c]\ndomain='0 <= c'\n[terms]\n"
    )
    window = ["--x", "x", "--y", "y", "--x-range", "0:2", "--y-range", "0:2"]
    document = ridgeproof_json("phase-diagram", "--law", "law.toml", *window)
    schema = resources.files("ridgeproof.proofs_check") / "schemas" / "phase-diagram-1.json"
    jsonschema.validate(document, json.loads(schema.read_text("utf-8")))
    assert [region["rate"]["text"] for region in document["regions"]] == ["inf"]


def test_relative_errors_below_rounding_are_refused() -> None:
    """No mean is known to 1e-17: said at once, not after a million replicates."""
    scenario = Scenario(ISOTROPIC, UNIT, (), Downstream(40, F(1, 10), F(1)))
    with pytest.raises(InputError, match="relative error"):
        simulate(scenario, relative_error=1e-17)


def test_schedulers_that_are_none() -> None:
    """tls, ucx, inproc, garbage, silence: one line each, within 10 seconds."""
    pytest.importorskip("distributed")
    scenario = Scenario(ISOTROPIC, UNIT, (), Downstream(40, F(1, 10), F(1)))
    stop = threading.Event()

    def stranger(answer: bytes) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        kept = []

        def serve() -> None:
            while not stop.is_set():
                kept.append(server.accept()[0])
                kept[-1].sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"

    for address in (
        "tls://127.0.0.1:1",
        "ucx://x:1",
        "inproc://x",
        "garbage",
        stranger(os.urandom(5000)),
        stranger(b""),
    ):
        begun = time.monotonic()
        with pytest.raises(InputError, match="no scheduler") as error:
            simulate(scenario, replicates=2, scheduler=address)
        assert time.monotonic() - begun < 10
        assert len(str(error.value)) <= 300 and "\n" not in str(error.value)
    stop.set()


@pytest.mark.slow
def test_a_scheduler_without_workers() -> None:
    """A real scheduler that nobody works for: one line within 10 seconds, not a wait without end."""
    distributed = pytest.importorskip("distributed")
    scenario = Scenario(ISOTROPIC, UNIT, (), Downstream(40, F(1, 10), F(1)))
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster:
        begun = time.monotonic()
        with pytest.raises(InputError, match="no workers"):
            simulate(scenario, replicates=2, scheduler=cluster.scheduler_address)
        assert time.monotonic() - begun < 10


def test_what_libraries_say_of_overflow_does_not_reach_the_reader(ridgeproof, monkeypatch, environment) -> None:
    """Noise of 1e308 at twenty digits: NumPy's warnings, with paths and lines of code, are no part of a refusal."""
    scenario = Path(__file__).resolve().parent.parent / "examples" / "reference-2.toml"
    monkeypatch.setitem(environment, "RIDGEPROOF_SECONDS", "2")
    done = ridgeproof("optimal-ridge", scenario, "--digits", "20", "--set", "downstream.noise=1e308")
    assert "Warning" not in done.stderr and "optimum.py" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("words", "where"),
    [(["--over", f"downstream.samples=1:{'9' * 400}"], "--over downstream.samples=1:999"),
     (["--over", f"downstream.ridge={'9' * 400}:1"], "--over downstream.ridge=999"),
     (["--over", "downstream.ridge=1e-400:1"], "--over downstream.ridge=1e-400:1"),
     (["--over", "downstream.samples=1/3:1/2"], "--over downstream.samples=1/3:1/2"),
     (["--over", "downstream.ridge", "--over", "downstream.ridge=1:2"], "--over downstream.ridge"),
     (["--doubling", "1e5000"], "--doubling"), (["--true-rows", "1e5000"], "--true-rows")],
)  # fmt: skip
def test_numbers_that_no_double_holds_name_their_place_and_what_is_accepted(
    capsys, words: list[str], where: str
) -> None:
    """A range, a factor, an error of 400 digits: refused where they are read, not where they overflow."""
    assert cli(["optimal", str(EXAMPLES / "reference-1.toml"), *words]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"ridgeproof: {where}") and "(accepted: " in said and said.count("\n") == 1


def test_a_remark_does_not_cost_the_answer(capsys) -> None:
    """What no double holds is computed with digits; what it would be on true labels, in doubles, is left out then."""
    for option in (["--digits", "20"], ["--exact"]):
        words = ["predict", str(EXAMPLES / "isotropic.toml"), "--set", f"downstream.noise={'9' * 400}", *option]
        assert cli(words) == 0
        assert "e+399" in capsys.readouterr().out


def test_what_rounding_would_eat_is_computed_without_differences_or_refused(capsys, tmp_path: Path) -> None:
    """As many rows as dimensions at a ridge of 1e-300, where 1 - df2/T is 1e-150: as a sum of positive terms it keeps
    its digits in doubles, as balls show; rows of two covariances have no such sum, and are refused.

    Isotropic, T = d: kappa^2 = lambda, and the noise leaves s2/(2 kappa).
    """
    text = (EXAMPLES / "reference-2.toml").read_text()
    head = text[: text.index("[downstream]")]

    def predicted(ridge: str, covariance: str, *options: str) -> int:
        sources = "".join(
            f'[[downstream.sources]]\nsamples = {count}\nlabels = "{labels}"\nnoise = "1/10"\n'
            for count, labels in ((150, "previous"), (50, "truth"))
        )
        (tmp_path / "s.toml").write_text(f"{head}[downstream]\nridge = {ridge}\n{sources}{covariance}")
        return cli(["predict", str(tmp_path / "s.toml"), "--json", *options])

    for ridge, root in (("1e-300", 1e-150), ("1e-26", 1e-13), ("1e-32", 1e-16)):
        for options in ((), ("--digits", "20")):
            assert predicted(ridge, "", *options) == 0
            found = json.loads(capsys.readouterr().out)["downstream_noise"]
            assert float(found) == pytest.approx(0.1 / (2 * root), rel=1e-12)
    two = 'covariance = { kind = "power-law", beta = "3/2", dim = 200 }\n'
    assert predicted("1e-300", two) == 2
    said = capsys.readouterr().err
    assert "test error" in said and "(accepted: predict --digits N" in said and said.count("\n") == 1
