"""A formula of a paper as a claim: read by the whitelist grammar, its setting from the numbers of a scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import sympy as sp

from ridgeproof.errors import InputError
from ridgeproof.numerics.problem.fits import Downstream, Generator
from ridgeproof.numerics.problem.scenario import Scenario, load_scenario
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Fit, Hypothesis
from ridgeproof.theorems.reading.claims import entries, read_claims
from ridgeproof.theorems.registry import QUESTIONS
from ridgeproof.theorems.settings import Setting


def questions(
    formula: str,
    where: Sequence[str] = (),
    setting: str | None = None,
    unread: list[tuple[str, str]] | None = None,
) -> tuple[Claim, ...]:
    """The claims that a formula makes (a chain: one for each kind of relation), or those of a TOML or Markdown file.

    Parameters
    ----------
    formula : str
        A formula in LaTeX or in SymPy's manner, or the path of a file (.toml, .md) of such formulas.
    where : sequence of str
        Conditions, "; " between several.
    setting : str, optional
        The path of a scenario file: the setting of ``E_test``, in numbers.
    unread : list, optional
        Where (id, why) goes for what a file could not be read for; without it that is an error.

    Raises
    ------
    InputError
        What cannot be read, where, and what is accepted.  No text is ever evaluated.
    """
    claims = _read(formula, where, setting, unread)
    again = f"questions({formula!r}, {list(where)!r}{f', {setting!r}' if setting else ''})"
    QUESTIONS.update({claim.id: f"{again}[{i}]" for i, claim in enumerate(claims)})
    return claims


def _read(
    formula: str, where: Sequence[str], setting: str | None, unread: list[tuple[str, str]] | None
) -> tuple[Claim, ...]:
    own, given = scenario_setting(setting) if setting else (None, [])
    if not formula.endswith((".toml", ".md")):
        return read_claims(formula, where, own, given)
    claims: list[Claim] = []
    for entry in entries(formula):
        of_entry, numbers = own, given
        texts = {key: entry[key] for key in ("id", "title", "source") if key in entry}
        place = f"{formula}, claim {entry['id']}"
        try:
            if "setting" in entry:
                of_entry, numbers = scenario_setting(str(Path(formula).parent / entry["setting"]))
            claims += read_claims(entry["formula"], [*entry["where"], *where], of_entry, numbers, place=place, **texts)
        except InputError as error:  # costs that claim alone
            if unread is None:
                raise
            unread.append((entry["id"], str(error)))
    if unread and not claims:
        raise InputError(unread[0][1])
    return tuple(claims)


def scenario_setting(file: str) -> tuple[Setting, list[Hypothesis]]:
    """The setting of a scenario file, and its numbers as hypotheses: sizes in proportion to the dimension.

    A first generator has the letters T0, sigma_0^2 and n; further ones have no letters, and stand in numbers.
    """
    scenario = load_scenario(file)
    kind = scenario.spectrum.kind
    if kind not in ("isotropic", "power-law"):
        raise InputError(
            f"spectrum.kind = {kind}", where=file, accepted="isotropic, power-law; without --setting: any spectrum"
        )
    if any(getattr(fit, "sources", ()) for fit in (*scenario.generators, scenario.downstream)):
        raise InputError("a fit on several sources", where=file, accepted="fits on the labels of the fit before")
    size = None if scenario.spectrum.dim == float("inf") else _number(scenario.spectrum.dim)

    def samples(fit: Generator | Downstream) -> sp.Expr:
        return _number(fit.samples) if size is None else voc.d * _number(fit.samples) / size

    last = scenario.downstream
    known: list[tuple[sp.Expr, sp.Expr]] = [(voc.lam, _number(last.ridge)), (voc.sigma2, _number(last.noise))]
    known += [] if size is None else [(voc.T, samples(last))]
    fits = []
    for index, g in enumerate(scenario.generators):
        noise, repeat = _number(g.noise), _number(g.repeat)
        if index:
            fits.append(Fit(samples(g), _number(g.ridge), noise, repeat, g.same_design))
            continue
        fits.append(Fit(voc.T0, _number(g.ridge), voc.sigma02, voc.n, g.same_design))
        known += [(voc.sigma02, noise), (voc.n, repeat)]
        known += [] if size is None else [(voc.T0, samples(g))]
    goal, numbers = _target(scenario, file)
    fit = Fit(voc.T, voc.lam, voc.sigma2)
    setting = Setting(kind, goal, tuple(fits), fit, sp.oo if size is None else None)
    return setting, [Hypothesis(f"{x} = {value} ({file})", sp.Eq(x, value)) for x, value in [*known, *numbers]]


Target = Literal["any", "isotropic", "source"]


def _target(scenario: Scenario, file: str) -> tuple[Target, list[tuple[sp.Expr, sp.Expr]]]:
    """The kind of the target, and the numbers of spectrum and target."""
    target = scenario.target
    if scenario.spectrum.kind == "power-law":
        if target.kind != "source":
            raise InputError(f"target.kind = {target.kind}", where=file, accepted="source, for a power law")
        return "source", [(voc.beta, _number(scenario.spectrum.beta)), (voc.r, _number(target.r))]
    if target.kind == "isotropic":
        return "isotropic", [(voc.norm2, _number(target.norm2))]
    return "any", []


def _number(x: object) -> sp.Expr:
    return sp.Rational(str(x))
