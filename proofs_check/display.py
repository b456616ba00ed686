"""Claims, verdicts, scenarios and predictions in a notebook: `%load_ext ridgeproof.proofs_check.display`; and pictures.

IPython asks this module how to show the project's values, so that the values themselves know nothing of notebooks.
Plotting functions take and return matplotlib axes; matplotlib is an optional dependency (extra ``pictures``).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from ridgeproof.errors import InputError
from ridgeproof.numerics.draws.simulation import Simulation
from ridgeproof.numerics.predictions.equivalents import predict
from ridgeproof.numerics.predictions.optimum import OptimalRidge
from ridgeproof.numerics.predictions.prediction import Prediction
from ridgeproof.numerics.problem.scenario import Scenario
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.exponents import ExponentRow

from .court.ledger import Ledger
from .pictures.style import colour
from .report import claims as ledger_claims
from .verdicts import Evidence, Row
from .writing import mathml
from .writing.html import table, tag, text
from .writing.html_prose import prose
from .writing.setting import definitions, setting


def claim_html(claim: Claim) -> str:
    """Title, source, setting, statement as MathML, definitions, and hypotheses."""
    hypotheses = tag("ul", *(tag("li", prose(h.text)) for h in claim.hypotheses)) if claim.hypotheses else ""
    head = tag("p", tag("strong", prose(claim.title)), text(f" ({claim.id}; {claim.source}; {claim.relation})"))
    found, means = setting(claim), definitions(claim)
    where = tag("p", text("Setting: "), prose(found)) if found else ""
    meaning = tag("ul", *(tag("li", prose(line)) for line in means)) if means else ""
    return head + where + mathml.statement(claim) + meaning + hypotheses


def ledger_html(ledger: Ledger) -> str:
    """The verdicts as a table, with the findings."""
    rows = [[text(row.id), text(str(row.verdict)), prose(row.title), prose(row.finding)] for row in ledger.rows]
    return table(
        ["claim", "verdict", "what it says", "finding"], rows, f"{ledger.accepted} accepted, {ledger.failed} failed"
    )


def row_html(row: Row) -> str:
    """One claim's verdict and its evidence."""
    return table(
        ["grade", "evidence"], [[text(str(e.grade)), prose(e.about)] for e in row.evidence], f"{row.id}: {row.verdict}"
    )


def evidence_html(evidence: Evidence) -> str:
    """One piece of evidence in a sentence."""
    return tag("p", text(f"{ledger_claims.MARKS[evidence.grade]} {evidence.grade}: "), prose(evidence.about))


def scenario_html(scenario: Scenario) -> str:
    """The fits of a scenario, generators first."""
    fits: list[tuple[str, Any]] = [(f"{g.repeat} x generator", g) for g in scenario.generators] + [
        ("downstream", scenario.downstream)
    ]
    rows = [[name, str(fit.samples), str(fit.ridge), str(fit.noise)] for name, fit in fits]
    spectrum = scenario.spectrum
    caption = (
        f"{scenario.name or 'scenario'}: {spectrum.kind} spectrum, d = {spectrum.dim}, {scenario.target.kind} target"
    )
    return table(["fit", "T", prose("lambda"), prose("sigma^2")], rows, text(caption), numbers=frozenset({1, 2, 3}))


def prediction_html(prediction: Prediction) -> str:
    """The test error and its parts."""
    parts = [
        ("test error", prediction.test_error),
        ("noise-free part", prediction.noise_free),
        ("downstream noise", prediction.downstream_noise),
    ]
    parts += [(f"noise of generation {m}", value) for m, value in enumerate(prediction.noise_by_generation or ())]
    parts += [(f"noise of {b.count} generations from {b.first} on", b.noise) for b in prediction.blocks or ()]
    return table(
        ["part", "value"], [[name, _number(value)] for name, value in parts], "Prediction", numbers=frozenset({1})
    )


def simulation_html(simulation: Simulation) -> str:
    """Mean and standard error."""
    said = f"{simulation.mean:.6g} ± {simulation.standard_error:.2g}"
    said += f" ({simulation.replicates} replicates, seed {simulation.seed})"
    return tag("p", text(said))


def optimum_html(optimum: OptimalRidge) -> str:
    """The best ridge and its error."""
    return tag("p", prose(f"lambda* = {_number(optimum.ridge)}, test error {_number(optimum.test_error)}"))


def exponents_html(row: ExponentRow) -> str:
    """One row of exact exponents."""
    plain = row.as_json()
    return table([text(key) for key in plain], [[text(str(value)) for value in plain.values()]], "Exact exponents")


def _number(value: Any) -> str:
    return str(value) if isinstance(value, Fraction) else f"{float(value):.6g}"


HTML: dict[type, Callable[[Any], str]] = {
    Claim: claim_html, Ledger: ledger_html, Row: row_html, Evidence: evidence_html, Scenario: scenario_html,
    Prediction: prediction_html, Simulation: simulation_html, OptimalRidge: optimum_html, ExponentRow: exponents_html,
}  # fmt: skip


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext ridgeproof.proofs_check.display` calls."""
    formatter = shell.display_formatter.formatters["text/html"]
    for kind, show in HTML.items():
        formatter.for_type(kind, show)
    shell.display_formatter.formatters["image/png"].for_type_by_name("matplotlib.figure", "Figure", _png)


def _png(figure: Any) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    return stream.getvalue()


def plot_ridge(scenario: Scenario, generations: Sequence[int], ridges: Sequence[float], axes: Any = None) -> Any:
    """Test error against the downstream ridge, one curve for each number of generations.

    Parameters
    ----------
    scenario : with exactly one entry of generators, whose ``repeat`` is varied.
    generations : the numbers n >= 0; 0 leaves the generator out.
    ridges : downstream ridges, > 0.
    axes : matplotlib axes to draw into; new ones when left out.

    Returns
    -------
    matplotlib axes, both of them logarithmic; a dot marks the least error of each curve.

    Raises
    ------
    InputError
        Another number of generator entries, or matplotlib is missing.
    """
    if len(scenario.generators) != 1:
        raise InputError(
            f"{len(scenario.generators)} entries of generators", where="plot_ridge", accepted="exactly one"
        )
    if axes is None:
        axes = _new_axes()
    for n in generations:
        chain = (replace(scenario.generators[0], repeat=n),) if n else ()
        fits = [replace(scenario.downstream, ridge=Fraction(ridge)) for ridge in ridges]
        errors = np.array([predict(replace(scenario, generators=chain, downstream=fit)).test_error for fit in fits])
        best = int(errors.argmin())
        axes.plot(ridges, errors, color=colour(n), label=f"n = {n}")
        axes.plot(ridges[best], errors[best], "o", color=colour(n))
    axes.set(xscale="log", yscale="log", xlabel=r"ridge $\lambda$", ylabel="test error")
    axes.legend(frameon=False)
    return axes


def _new_axes() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            "drawing needs matplotlib", where="plot_ridge", accepted="pip install 'ridgeproof[pictures]'"
        ) from None
    return Figure(figsize=(6, 4), layout="constrained").add_subplot()
