"""What a notebook shows of the project's values, and the pictures: the right numbers, and no markup but its own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ridgeproof.errors import InputError
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.problem.scenario import load_scenario
from ridgeproof.proofs_check import display
from ridgeproof.proofs_check.pictures import style as pictures
from ridgeproof.proofs_check.verdicts import Evidence, Grade, Row
from ridgeproof.theorems.exponents import exponent_row
from ridgeproof.theorems.registry import all_claims

pytest.importorskip("latex2mathml")


def test_claims_show_themselves_as_latex() -> None:
    """Every claim is display mathematics in a notebook without any extension, its braces in balance."""
    for claim in all_claims():
        shown = claim._repr_latex_()
        assert shown.startswith("$$\\begin{aligned}") and shown.endswith("\\end{aligned}$$")
        assert shown.count("{") == shown.count("}")


def test_values_show_their_numbers(examples: Path) -> None:
    """A prediction shows its test error, a scenario its fits, a row of exponents its exact rate."""
    scenario = load_scenario(examples / "power-law.toml")
    assert "0.0198534" in display.prediction_html(predict(scenario))  # the README's figure for this file
    shown = display.scenario_html(scenario)
    assert ">5 x generator<" in shown and ">2000<" in shown and ">1/100<" in shown
    assert ">3/5<" in display.exponents_html(exponent_row(beta=Fraction(3, 2), r=Fraction(1, 2), a=Fraction(1, 2)))


def test_shown_text_is_escaped() -> None:
    """Evidence is words, whatever an author of claims writes into it."""
    evidence = Evidence(Grade.ASSUMED, "<script>1</script>")
    row = Row("a", "a", "a", "equality", Grade.ASSUMED, (evidence,), 0.0)
    assert "<script" not in display.row_html(row) + display.evidence_html(evidence)


def test_every_kind_is_registered_with_ipython() -> None:
    """`%load_ext ridgeproof.proofs_check.display` tells IPython about every kind, and about pictures."""
    core = pytest.importorskip("IPython.core.interactiveshell")
    shell = core.InteractiveShell()
    display.load_ipython_extension(shell)
    html = shell.display_formatter.formatters["text/html"]
    assert all(html.lookup_by_type(kind) is show for kind, show in display.HTML.items())
    (data, _) = shell.display_formatter.format(all_claims()[0])
    assert "<math" in data["text/html"]


def test_curves_show_the_predictions_and_their_minimum(examples: Path) -> None:
    """The plotted curve is the prediction at every ridge, its dot the least of them, its colour that of n."""
    pytest.importorskip("matplotlib")
    scenario = load_scenario(examples / "isotropic.toml")
    ridges = (0.01, 0.3, 3.0)
    axes = display.plot_ridge(scenario, (0, 5), ridges)
    curves = [line for line in axes.lines if len(line.get_xdata()) == len(ridges)]
    dots = [line for line in axes.lines if len(line.get_xdata()) == 1]
    expected = [
        predict(load_scenario(examples / "isotropic.toml", ["generators.repeat=5", f"downstream.ridge={x}"])).test_error
        for x in ridges
    ]
    assert list(curves[1].get_ydata()) == pytest.approx(expected, rel=1e-12)
    assert dots[1].get_ydata()[0] == pytest.approx(min(expected), rel=1e-12)
    assert [c.get_color() for c in curves] == [display.colour(0), display.colour(5)]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_plot_needs_one_generator(examples: Path) -> None:
    """A scenario without generators has no n to vary: refused in one line."""
    with pytest.raises(InputError, match="exactly one"):
        display.plot_ridge(load_scenario(examples / "isotropic-clean.toml"), (1,), (0.1,))


def test_colours_of_n_differ() -> None:
    """The numbers of generations of the paper's pictures have colours of their own."""
    assert len({display.colour(n) for n in pictures.STEPS}) == len(pictures.STEPS)
