"""``ridgeproof optimal-ridge`` end to end: the table of sharp constants, and answers where no closed form applies."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

# docs/theory.md#P6: noise of a generation, T0 - d; lambda* full, lambda* sharp, E* full, E* sharp, as printed there
SHARP = {
    "sharp-1": (Fraction(1, 10), 20000, "0.0053555", "0.0053602", "0.0088525", "0.008969"),
    "sharp-2": (Fraction(1, 10), 300000, "0.0010867", "0.0010881", "0.0018093", "0.0018176"),
    "sharp-3": (Fraction(1, 2), 20000, "0.0011679", "0.001169", "0.024995", "0.025305"),
}


def as_printed(value: float, printed: str) -> str:
    """Return a value with as many decimals as the table prints."""
    return f"{value:.{len(printed.partition('.')[2])}f}"


@pytest.mark.parametrize("name", SHARP)
def test_table_of_sharp_constants(ridgeproof_json, examples: Path, name: str) -> None:
    """P6: the full minimum and the closed form, to every printed digit.

    The table has the exact moment of the generators (F3), sigma_0^2/(T0 - d - 1), and so has ``numerical``; the
    deterministic equivalent has sigma_0^2/(T0 - d).
    """
    noise, excess, full_ridge, sharp_ridge, full_error, sharp_error = SHARP[name]
    file = examples / f"{name}.toml"
    result = ridgeproof_json("optimal-ridge", file)
    assert set(result) == {"numerical", "equivalent", "sharp", "exponent", "clean", "notes"}
    numerical, equivalent, sharp = result["numerical"], result["equivalent"], result["sharp"]
    assert set(numerical) == set(equivalent) == {"lambda", "test_error", "kappa"}
    assert as_printed(numerical["lambda"], full_ridge) == full_ridge
    assert as_printed(numerical["test_error"], full_error) == full_error
    assert as_printed(sharp["lambda"], sharp_ridge) == sharp_ridge
    assert as_printed(sharp["test_error"], sharp_error) == sharp_error
    # What E4 calls the noise of the generators is smaller by (T0 - d - 1)/(T0 - d).
    smaller = noise * Fraction(excess - 1, excess)
    scaled = ridgeproof_json("optimal-ridge", file, "--set", f"generators.noise={smaller}")["numerical"]
    assert scaled == pytest.approx(equivalent, rel=1e-9)


def test_exponent_of_corollary_one(ridgeproof_json, examples: Path) -> None:
    """P5: lambda* ≍ (N/T)^(beta/(1 + 2 beta r)) with N = sigma^2 + n sigma_0^2 (T + d)/(T0 - d), exactly."""
    exponent = ridgeproof_json("optimal-ridge", examples / "sharp-1.toml")["exponent"]
    noise = Fraction(1, 10) + 20 * Fraction(1, 10) * Fraction(20000 + 20000, 40000 - 20000)
    assert Fraction(exponent["effective_noise"]) == noise
    assert (exponent["ell"], exponent["rate"]) == ("3/5", "3/5")  # beta/(1 + 2 beta r), 2 beta r/(1 + 2 beta r)
    assert exponent["lambda"] == pytest.approx(float(noise / 20000) ** 0.6, rel=1e-12)


def test_the_optimum_is_one(ridgeproof_json, examples: Path) -> None:
    """No ridge near the numerical optimum has a smaller error, and keeping the clean one costs what predict says.

    reference-4 has ridge generators, for which the numerical answer is the deterministic equivalent's.
    """
    file = examples / "reference-4.toml"
    result = ridgeproof_json("optimal-ridge", file)
    best = result["numerical"]
    assert best == result["equivalent"]

    def error(ridge: float) -> float:
        return ridgeproof_json("predict", file, "--set", f"downstream.ridge={ridge!r}")["test_error"]

    assert error(best["lambda"]) == pytest.approx(best["test_error"], rel=1e-12)
    assert min(error(best["lambda"] * factor) for factor in (0.5, 0.9, 1.1, 2)) > best["test_error"]
    assert error(result["clean"]["lambda"]) == pytest.approx(result["clean"]["test_error_kept"], rel=1e-12)
    assert result["clean"]["test_error"] < best["test_error"] <= result["clean"]["test_error_kept"]


def test_isotropic_clean_optimum(ridgeproof_json, examples: Path) -> None:
    """E7: on clean isotropic data lambda* = phi sigma^2/|w0|^2 = (300/450) (1/4); without a power law that is all."""
    result = ridgeproof_json("optimal-ridge", examples / "isotropic-clean.toml")
    assert result["numerical"]["lambda"] == pytest.approx(300 / 450 / 4, rel=1e-8)
    assert result["sharp"] is None and result["exponent"] is None and result["clean"] is None
    assert any("power" in line for line in result["notes"])


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ("target.r=1", "r"),  # the logarithm of P1
        ("generators.samples=500", "generator"),  # min-norm
        ("generators.ridge=1/100", "generator"),
    ],
)
def test_no_sharp_form_where_its_hypotheses_fail(ridgeproof_json, examples: Path, setting: str, word: str) -> None:
    """P6 asks for 0 < r < 1 and least-squares generators with T0 >= d + 2: elsewhere null, with the reason."""
    result = ridgeproof_json("optimal-ridge", examples / "power-law.toml", "--set", setting)
    assert result["sharp"] is None
    assert any(word in line for line in result["notes"])


def test_digits(ridgeproof_json, examples: Path) -> None:
    """``--digits`` gives the numerical optimum as text that agrees with double precision."""
    file = examples / "reference-3.toml"
    plain, fine = ridgeproof_json("optimal-ridge", file), ridgeproof_json("optimal-ridge", file, "--digits", 25)
    assert isinstance(fine["numerical"]["lambda"], str)
    assert float(fine["numerical"]["test_error"]) == pytest.approx(plain["numerical"]["test_error"], rel=1e-12)
    assert float(fine["numerical"]["lambda"]) == pytest.approx(plain["numerical"]["lambda"], rel=1e-8)


def test_text(ridgeproof, examples: Path) -> None:
    """The text compares with the ridge that is best on true labels: what a practitioner would otherwise use."""
    done = ridgeproof("optimal-ridge", examples / "sharp-1.toml")
    assert done.returncode == 0
    assert re.search(r"numerical +0\.005355\d+ +0\.00885\d+", done.stdout)
    assert "best on true labels" in done.stdout
    assert "more error than adapting it" in done.stdout
