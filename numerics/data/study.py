"""The study of one data set: what ``ridgeproof data`` prints and ``ridgeproof.data`` returns, as one frozen value.

From the bottom up: the rows are read and the kernel decomposed; theory predicts; a quick check runs a few real chains
on rows set aside; from both follow whether the theory applies, the error to expect, and the range it lies in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg

from ridgeproof.errors import DomainError, InputError
from ridgeproof.frames import Framed

from ..predictions.equivalents import predict
from ..problem.scenario import Scenario
from .check import Measurement, check
from .diagnosis import Diagnosis, diagnose
from .experiment import Population
from .frames import table_of
from .kernels import Kernel, kernel_for
from .mitigation import Advice, advise
from .power_laws import PowerLaws, fit_power_laws
from .recommendation import Recommendation, recommend
from .reliance import Range, verdict
from .sample import Sample, read_sample
from .scenarios import Chain, scenario_of, scenarios_of
from .spectra import Empirical, decomposed, of_sample

REFERENCE = 3000  # rows whose kernel matrix is decomposed when the user names no number
MATRIX = 20_000  # rows beyond which Nystrom features are streamed instead
LANDMARKS = 2000
MEASURED = 2000  # reference rows that real chains draw from, where the table itself is streamed
PART = 6  # the default T is this part of the reference rows
GENERATIONS = (0, 1, 2, 5, 10)
OFFSET = 1e3  # deviations: a column this far from zero is centred before a polynomial kernel loses its digits

Patience = Callable[[str], object]


@dataclass(frozen=True)
class Predicted:
    """The theory's test error after n generations."""

    generations: int
    test_error: float


@dataclass(frozen=True)
class DataStudy(Framed):
    """A data set in the theory's terms, a chain on it, and how far the theory can be relied on.

    Parameters
    ----------
    source, target : str
    rows : int
        Complete rows of the whole table.
    inputs : tuple of str
        The columns that are inputs.
    kernel : Kernel
    spectrum : Empirical
        Eigenvalues and the target's coefficients.
    exponents : PowerLaws
    chain : Chain
    prediction : float
        The deterministic equivalent of the chain's test error, in units of the target's variance.
    predictions : tuple of Predicted
        For growing n.
    measurement : Measurement or None
        Real chains on rows set aside; None when none was wanted.
    applies : bool
        Whether the theory may be relied on here.
    reasons : tuple of str
        Why not, one line each.
    expected : float
        The error to believe: measured where something was measured.
    uncertainty : Range
        About it.
    diagnosis : Diagnosis
    notes : tuple of str
        What was assumed and left out.

    Examples
    --------
    >>> import numpy as np
    >>> import ridgeproof as rp
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(300, 2))
    >>> found = rp.data((x, np.sin(x[:, 0]) + 0.1 * rng.normal(size=300)), generations=2)
    >>> found.uncertainty.low < found.expected < found.uncertainty.high
    True
    """

    source: str
    target: str
    rows: int
    inputs: tuple[str, ...]
    kernel: Kernel
    spectrum: Empirical
    exponents: PowerLaws
    chain: Chain
    prediction: float
    predictions: tuple[Predicted, ...]
    measurement: Measurement | None
    applies: bool
    reasons: tuple[str, ...]
    expected: float
    uncertainty: Range
    diagnosis: Diagnosis
    notes: tuple[str, ...]
    seed: int = 0
    distinct: bool = False
    sample: Sample = field(repr=False, compare=False, kw_only=True)
    known: tuple[Population, Empirical] | None = field(default=None, repr=False, compare=False, kw_only=True)

    @cached_property
    def _law(self) -> tuple[Population, Empirical]:
        return self.known or law_of(self.sample, self.kernel)

    @property
    def law(self) -> Population:
        """The reference rows, which real chains draw from."""
        return self._law[0]

    @property
    def law_spectrum(self) -> Empirical:
        """Their own spectrum; `spectrum` is that of all rows, where these are streamed."""
        return self._law[1]

    @cached_property
    def scenario(self) -> Scenario:
        """The chain as a scenario that `ridgeproof.predict` and its kin take."""
        return scenario_of(self.spectrum, self.chain, name=f"{self.source}, {self.kernel.name} kernel")

    @cached_property
    def advice(self) -> Advice:
        """The theory's own choices of a ridge.  Raises DomainError without a generation."""
        return advise(self.scenario, outside=self.spectrum.outside)

    @cached_property
    def recommendation(self) -> Recommendation:
        """Which ridge, and the other answers, when first asked for.  Raises DomainError without generations."""
        return self.recommend()

    def recommend(self, *, runs: int | None = None, patience: Patience | None = None) -> Recommendation:
        """`recommendation` from a number of runs of one's own."""
        if not self.chain.generations:
            raise DomainError("nothing to adapt to without generations", where="recommendation", accepted="1 or more")
        return recommend(
            self.law,
            self.law_spectrum,
            _fitting(self.chain, len(self.law.targets)),
            applies=self.applies,
            seed=self.seed,
            distinct=self.distinct,
            advice=self.advice,
            patience=patience,
            **({} if runs is None else {"runs": runs}),
        )

    def records(self) -> list[dict[str, Any]]:
        """One row for each n: theory, measurement, standard error, range, and whether they agree."""
        if self.measurement is None:
            return [dataclasses.asdict(one) for one in self.predictions]
        return [
            {**dataclasses.asdict(point), "gap": point.gap, "agrees": point.agrees} for point in self.measurement.points
        ]


def study(
    source: Any,
    target: Any = None,
    *,
    drop: Sequence[str] = (),
    inputs: Any = "standardise",
    reference: int | None = None,
    landmarks: int | None = None,
    seed: int = 0,
    kernel: str = "rbf",
    kernel_scale: float | None = None,
    degree: int = 3,
    samples: int | None = None,
    ridge: float = 1e-3,
    noise: float = 0.0,
    generations: int = 3,
    generator_samples: int | None = None,
    generator_ridge: float = 1e-3,
    generator_noise: float = 0.0,
    measure: int | bool = True,
    distinct: bool = False,
    adapted: bool = False,
    patience: Patience | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    announce: Callable[[float, int], None] | None = None,
) -> DataStudy:
    """Study a data set; see `ridgeproof.data`.

    Parameters beyond those of `ridgeproof.data`: ``adapted`` measures at the theory's best ridge, too; ``patience`` is
    told what is being done, ``progress`` how many runs are, and ``announce`` how long they will take.
    """
    say: Patience = patience or (lambda what: None)
    if reference and landmarks and landmarks > reference:
        raise InputError("more landmarks than reference rows", where="--landmarks", accepted="at most --reference")
    say("reading the data")
    table, named = table_of(source, target)
    sample = read_sample(
        table,
        size=reference or max(REFERENCE, landmarks or 0),
        target=named,
        drop=tuple(drop),
        inputs=inputs,
        seed=seed,
    )
    sample = centred(sample, kernel, inputs)
    of_kind = kernel_for(kernel, sample.inputs, kernel_scale, degree)
    if landmarks is None and sample.rows > MATRIX and not reference:
        landmarks = min(LANDMARKS, len(sample.inputs))
    size = max(1, len(sample.inputs) // PART)
    chain = Chain(
        samples or size,
        ridge,
        noise,
        generations,
        generator_samples or samples or size,
        generator_ridge,
        generator_noise,
    )
    say("decomposing the kernel")
    wanted = measure is not False and measure != 0
    streamed = landmarks is not None or (of_kind.name == "linear" and sample.rows > len(sample.inputs))
    drawn_from = _thinned(sample, MEASURED, seed) if landmarks is not None else sample
    known = law_of(drawn_from, of_kind) if wanted or not streamed else None
    spectrum = of_sample(sample, of_kind, landmarks=landmarks, seed=seed) if streamed or known is None else known[1]
    exponents = fit_power_laws(spectrum)
    scenario = scenario_of(spectrum, chain)
    prediction = float(predict(scenario).test_error)
    diagnosis = diagnose(spectrum, sample.inputs, of_kind, chain)
    counts = sorted({n for n in GENERATIONS if n < generations} | {generations})
    growing = [dataclasses.replace(chain, generations=n) for n in counts]
    measurement = None
    most = max(chain.samples, chain.generator_samples if generations else 0)
    if distinct and most > len(drawn_from.inputs):
        raise DomainError(
            f"{most} of {len(drawn_from.inputs)} rows without replacement",
            where="samples",
            accepted=f"at most {len(drawn_from.inputs)}",
        )
    if wanted and known is not None:
        fitting = _fitting(chain, len(drawn_from.inputs))
        ridges = [chain.ridge]
        if adapted and generations:
            say("minimising over the ridge")
            ridges.append(advise(scenario, outside=spectrum.outside).adapted.ridge)
        say("measuring")
        measurement = check(
            *known,
            [dataclasses.replace(fitting, generations=n, ridge=r) for n in counts for r in ridges],
            runs=None if measure is True else int(measure),
            seed=seed,
            distinct=distinct,
            progress=progress,
            announce=announce,
        )
    applies, reasons, expected, uncertainty = verdict(prediction, measurement, diagnosis, chain, spectrum)
    return DataStudy(
        table.name,
        table.columns[sample.cleaning.target],
        sample.rows,
        tuple(table.columns[i] for i in sample.cleaning.kept),
        of_kind,
        spectrum,
        exponents,
        chain,
        prediction,
        tuple(
            Predicted(one.generations, float(predict(s).test_error))
            for one, s in zip(growing, scenarios_of(spectrum, growing), strict=True)
        ),
        measurement,
        applies,
        reasons,
        expected,
        uncertainty,
        diagnosis,
        _notes(sample, exponents, spectrum),
        seed,
        distinct,
        sample=drawn_from,
        known=known,
    )


def _thinned(sample: Sample, rows: int, seed: int) -> Sample:
    """A uniform part of a sample."""
    if len(sample.inputs) <= rows:
        return sample
    chosen = np.sort(np.random.default_rng(seed).choice(len(sample.inputs), rows, replace=False))
    return dataclasses.replace(sample, inputs=sample.inputs[chosen], targets=sample.targets[chosen])


def law_of(sample: Sample, kernel: Kernel) -> tuple[Population, Empirical]:
    """The reference rows as the law of the experiment, and their spectrum."""
    rows, width = sample.inputs.shape
    gram = kernel.gram(sample.inputs, sample.inputs)
    if kernel.name != "linear" or width >= rows:
        spectrum, truth = decomposed(gram, sample.targets)
        return Population(gram, sample.targets, truth), spectrum
    whole = dataclasses.replace(sample, rows=rows)
    span = linalg.orth(sample.inputs, rcond=1e-12)  # what rounding leaves of a dependent column spans nothing
    return Population(gram, sample.targets, span @ (span.T @ sample.targets)), of_sample(whole, kernel)


def centred(sample: Sample, kernel: str, inputs: Any) -> Sample:
    """Move the origin of inputs that are not standardised to their mean, where that is an intercept or saves digits.

    For a linear kernel it is the intercept; kernels of differences do not feel it; a polynomial kernel does, so that it
    is done only where an offset of a thousand deviations would leave no digits.
    """
    if inputs == "standardise":
        return sample
    middle, spread = sample.inputs.mean(axis=0), sample.inputs.std(axis=0)
    far = bool(np.any(np.abs(middle) > OFFSET * spread))
    if kernel != "linear" and not (kernel == "polynomial" and far):
        return sample
    cleaning = sample.cleaning
    moved = dataclasses.replace(cleaning, shift=cleaning.shift + middle * cleaning.divisor)
    note = "inputs are centred: for a linear kernel that is the intercept" if kernel == "linear" else (
        "inputs are centred: under so large an offset a polynomial kernel has no digits left"
    )  # fmt: skip
    return dataclasses.replace(sample, inputs=sample.inputs - middle, cleaning=moved, notes=(*sample.notes, note))


def _notes(sample: Sample, exponents: PowerLaws, spectrum: Empirical) -> tuple[str, ...]:
    notes = [*sample.notes, *exponents.warnings]
    if spectrum.missing > 0.01:
        notes.append(f"the landmarks miss {spectrum.missing:.1%} of the kernel's trace: more --landmarks see more")
    return tuple(notes)


def _fitting(chain: Chain, rows: int) -> Chain:
    """The chain with its sizes in proportion, small enough to be drawn from three quarters of the reference rows."""
    most, room = max(chain.samples, chain.generator_samples if chain.generations else 0), rows * 3 // 4
    if most <= room:
        return chain
    scale = room / most
    return dataclasses.replace(
        chain,
        samples=max(1, int(chain.samples * scale)),
        generator_samples=max(1, int(chain.generator_samples * scale)),
    )
