"""A scenario spelled out: every fit by itself, which rows and labels are the same ones, what labels are made of.

Models are numbered from 0, the truth; fit i makes model i + 1.  Labels are a combination of X u over models u and of
noise vectors, each drawn once: labels that are kept have the same noise, entry by entry.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ridgeproof.errors import InputError

from .fits import LABELS, REPLACE, Chain, Downstream, Generator, Source
from .spectrum import Spectrum

MAX_FITS = 1_000  # of a scenario that is more than a plain chain of ridge fits

Coefficients = tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class Rows:
    """One design: ``samples`` iid rows N(0, S), or of the ``covariance`` given."""

    samples: int
    covariance: Spectrum | None


@dataclass(frozen=True)
class Noise:
    """One noise vector, iid N(0, variance), an entry for every row of the design ``rows``; drawn for fit ``fit``."""

    variance: Fraction
    rows: int
    fit: int


@dataclass(frozen=True)
class LabelSet:
    """y = sum of c X w_model over ``models`` and of c e_noise over ``noises``; (index, c) pairs."""

    models: Coefficients
    noises: Coefficients


@dataclass(frozen=True)
class Use:
    """The use of a design and of labels in a fit: indices into the plan, and the weight a_k of each row."""

    rows: int
    labels: int
    weight: Fraction


@dataclass(frozen=True)
class PlannedFit:
    """One fit.  ``samples`` is N; ``subsample`` of N rows are used where it is given, and stand in its place."""

    uses: tuple[Use, ...]
    samples: int
    subsample: int | None
    toward: int | None
    fit: Generator | Downstream
    where: str


@dataclass(frozen=True)
class Plan:
    """The whole scenario; `fits` end with the downstream fit."""

    rows: tuple[Rows, ...]
    noises: tuple[Noise, ...]
    labels: tuple[LabelSet, ...]
    fits: tuple[PlannedFit, ...]


@dataclass
class _Draft:
    """A plan in the making."""

    rows: list[Rows] = field(default_factory=list)
    noises: list[Noise] = field(default_factory=list)
    labels: list[LabelSet] = field(default_factory=list)
    fits: list[PlannedFit] = field(default_factory=list)
    brought: list[list[Use]] = field(default_factory=list)  # what every fit brought of its own
    named: dict[str, tuple[int, str]] = field(default_factory=dict)  # name of rows: index, where first used
    first: dict[int, int] = field(default_factory=dict)  # rows: the labels of their first use


def plan(generators: Sequence[Generator], downstream: Downstream, chain: Chain = REPLACE) -> Plan:
    """Spell out the fits of a scenario.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        A source that refers to a later model, rows of different numbers under one name, kept labels that do not
        exist, a scheme with sources of its own, or more than 1000 fits.

    Examples
    --------
    >>> fit = Downstream(50, Fraction(1, 10), Fraction(1))
    >>> found = plan([Generator(100, 0, 1, repeat=2)], fit, Chain("accumulate"))
    >>> [(use.rows, use.labels) for use in found.fits[-1].uses]
    [(0, 0), (1, 1), (2, 2)]
    """
    total = sum(g.repeat for g in generators) + 1
    if total > MAX_FITS:
        raise InputError(f"{total} fits", where="generators", accepted=f"at most {MAX_FITS} with sources or schemes")
    draft = _Draft()
    for number, (where, design, fit) in enumerate(_expanded(generators, downstream)):
        sources = _sources(fit, chain, number, where, design)
        if chain.scheme == "self-distil" and number and fit.noise not in (0, draft.noises[0].variance):
            raise InputError(
                f"noise {fit.noise}, where all fits share the first one's table",
                where=f"{where}.noise",
                accepted=f"0 or the first fit's, {draft.noises[0].variance}",
            )
        uses = [_use(draft, source, number, f"{where}{place}") for place, source in sources]
        gathers = fit.accumulate or chain.scheme in ("accumulate", "accumulate-subsample")
        if gathers and any(source.keeps for _, source in sources):
            raise InputError("kept labels would count twice", where=where, accepted="accumulate without labels_kept")
        earlier = [use for own in draft.brought for use in own] if gathers else []
        draft.brought.append(uses)
        everything = (*earlier, *uses)
        samples = sum(draft.rows[use.rows].samples for use in everything)
        subsample = fit.samples if chain.scheme == "accumulate-subsample" else fit.subsample
        if subsample is not None and subsample > samples:
            raise InputError(
                f"a subsample of {subsample} out of {samples} rows", where=where, accepted=f"at most {samples}"
            )
        toward = None if fit.toward is None else _model(fit.toward, number, f"{where}.toward")
        draft.fits.append(
            PlannedFit(everything, samples, None if subsample == samples else subsample, toward, fit, where)
        )
    return Plan(tuple(draft.rows), tuple(draft.noises), tuple(draft.labels), tuple(draft.fits))


def _expanded(
    generators: Sequence[Generator], downstream: Downstream
) -> Iterator[tuple[str, str, Generator | Downstream]]:
    """(where, the name of the design its repeats share, fit), repeats expanded."""
    for i, generator in enumerate(generators):
        design = f"\0generators.{i}" if generator.same_design else ""
        yield from itertools.repeat((f"generators.{i}", design, generator), generator.repeat)
    yield "downstream", "", downstream


def _sources(
    fit: Generator | Downstream, chain: Chain, number: int, where: str, design: str
) -> list[tuple[str, Source]]:
    """The sources that a fit brings of its own, and where they stand in it."""
    if fit.sources:
        if chain.scheme in ("mix", "self-distil", "accumulate-subsample"):
            raise InputError(
                f"sources under the scheme {chain.scheme!r}", where=f"{where}.sources", accepted="samples and noise"
            )
        return [(f".sources.{i}", source) for i, source in enumerate(fit.sources)]
    if chain.scheme == "mix":
        assert chain.true_share is not None
        true = round(chain.true_share * fit.samples)
        parts = ((true, "truth"), (fit.samples - true, "previous"))
        return [("", Source(rows, labels, fit.noise)) for rows, labels in parts if rows]
    if chain.scheme == "self-distil":
        assert chain.xi is not None
        labels: object = "previous" if number == 0 else (("kept", 1 - chain.xi), ("previous", chain.xi))
        noise = fit.noise if number == 0 else None
        return [("", Source(fit.samples, labels, noise, rows="\0self-distil"))]  # type: ignore[arg-type]
    return [("", Source(fit.samples, "previous", fit.noise, rows=design))]


def _use(draft: _Draft, source: Source, number: int, where: str) -> Use:
    rows = _rows(draft, source, where)
    models: dict[int, Fraction] = {}
    noises: dict[int, Fraction] = {}
    parts = source.labels if isinstance(source.labels, tuple) else ((source.labels, Fraction(1)),)
    for name, coefficient in parts:
        if name == "kept":
            if rows not in draft.first:
                raise InputError(
                    f"the rows {source.rows!r} have no labels yet", where=where, accepted="labels at their first use"
                )
            kept = draft.labels[draft.first[rows]]
            for into, pairs in ((models, kept.models), (noises, kept.noises)):
                for index, c in pairs:
                    into[index] = into.get(index, Fraction(0)) + coefficient * c
        else:
            model = _model(name, number, f"{where}.labels")
            models[model] = models.get(model, Fraction(0)) + coefficient
    assert source.noise is not None
    if source.noise or not source.keeps:
        noises[len(draft.noises)] = Fraction(1)
        draft.noises.append(Noise(source.noise, rows, number))
    made = LabelSet(_pairs(models), _pairs(noises))
    if source.labels_kept:
        return Use(rows, draft.first[rows], source.weight)
    draft.labels.append(made)
    draft.first.setdefault(rows, len(draft.labels) - 1)
    return Use(rows, len(draft.labels) - 1, source.weight)


def _pairs(coefficients: dict[int, Fraction]) -> Coefficients:
    return tuple((index, c) for index, c in sorted(coefficients.items()) if c)


def _rows(draft: _Draft, source: Source, where: str) -> int:
    if source.rows in draft.named:
        index, before = draft.named[source.rows]
        known = draft.rows[index]
        if known.samples != source.samples or known.covariance != source.covariance:
            name = "the shared rows" if source.rows.startswith("\0") else f"the rows {source.rows!r}"
            what = (
                f"{name} are {source.samples} here and {known.samples} at {before}"
                if known.samples != source.samples
                else f"{name} have another covariance than at {before}"
            )
            raise InputError(what, where=f"{where}.rows", accepted="the same rows under one name")
        return index
    draft.rows.append(Rows(source.samples, source.covariance))
    if source.rows:
        draft.named[source.rows] = len(draft.rows) - 1, where
    return len(draft.rows) - 1


def _model(name: str | int, number: int, where: str) -> int:
    """The model that a label names, in fit ``number``."""
    if name == "truth":
        return 0
    if name == "previous":
        return number
    assert isinstance(name, int)
    if name >= number:
        raise InputError(
            f"{name} is {'this fit itself' if name == number else 'a later fit'} (this is fit {number})",
            where=where,
            accepted=LABELS,
        )
    return name + 1
