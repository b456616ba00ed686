"""The fits of a scenario as its file writes them: what a fit is trained on (`Source`) and how.

A fit minimises (1/N) sum_k a_k |X_k w - y_k|^2 + lambda |w|^2 over its sources k, N the sum of their rows, or follows
the gradient of that for a while.  `problem.plan` says which rows and which labels are the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, fields
from fractions import Fraction
from typing import Any, Literal

from ridgeproof.errors import InputError

from .numbers import count, exact, nonnegative, positive
from .spectrum import Spectrum

Labels = str | int | tuple[tuple[str | int, Fraction], ...]
LABELS = '"truth", "previous", the index of an earlier fit, or a table of those (and "kept") with coefficients'
FILTERS = ("ridge", "gradient-flow", "gradient-descent")
_OF_FILTER = {"ridge": (), "gradient-flow": ("time",), "gradient-descent": ("steps", "rate")}


@dataclass(frozen=True)
class Source:
    """Some of the rows of a fit, and who labelled them.

    Parameters
    ----------
    samples : int
        T_k >= 1.
    labels : "truth", "previous", int, or a combination
        y = X u + noise, u the truth w0, the model fitted just before, or the output of fit i, fits counted from 0 with
        repeats expanded.  A combination is a mapping, or pairs, of these and ``"kept"`` (the labels of the rows'
        first use, noise and all) to coefficients.
    noise : Fraction, optional
        Variance of the noise drawn for these labels; needed unless labels are kept, where it is 0 when left out.
    weight : Fraction
        a_k >= 0.
    rows : str
        A name: the same name is the same design wherever it stands.  Empty: fresh rows.
    labels_kept : bool
        The labels of these rows' first use; ``labels`` and ``noise`` are then not given.
    covariance : Spectrum, optional
        Of these rows, in the eigenbasis of the scenario's spectrum and in its order; None is that spectrum.

    Raises
    ------
    InputError
        An entry outside its domain, or one that has no meaning beside another.

    Notes
    -----
    Source: docs/scenario-files.md.

    Examples
    --------
    >>> Source(100, labels="truth", noise="1/10", weight="0.5").weight
    Fraction(1, 2)
    """

    samples: int
    labels: Labels = "previous"
    noise: Fraction | None = None
    weight: Fraction = Fraction(1)
    rows: str = ""
    labels_kept: bool = False
    covariance: Spectrum | None = None

    def __post_init__(self) -> None:
        _set(self, samples=count(self.samples, where="samples"), weight=nonnegative(self.weight, where="weight"))
        if not isinstance(self.rows, str) or (self.rows != "" and not self.rows.strip()):
            raise InputError(f"{self.rows!r} is not a name", where="rows", accepted='a text such as "A"')
        if not isinstance(self.labels_kept, bool):
            raise InputError(f"{self.labels_kept!r} is neither true nor false", where="labels_kept")
        _set(self, labels=_labels(self.labels))
        if self.labels_kept:
            if self.noise is not None or self.labels != "previous":
                what = "'noise'" if self.noise is not None else "'labels'"
                raise InputError(f"{what} beside labels_kept", where=what[1:-1], accepted="labels_kept alone")
            _set(self, labels=(("kept", Fraction(1)),))
        if self.keeps and not self.rows:
            raise InputError("kept labels of rows without a name", where="rows", accepted='rows = "A" used before')
        if self.noise is None and not self.keeps:
            raise InputError("the key 'noise' is missing", where="", accepted="a number >= 0")
        _set(self, noise=nonnegative(self.noise if self.noise is not None else 0, where="noise"))

    @property
    def keeps(self) -> bool:
        """Whether labels of an earlier use enter."""
        return isinstance(self.labels, tuple) and any(name == "kept" for name, _ in self.labels)


def _set(thing: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(thing, name, value)


def _label(value: Any, where: str, more: tuple[str, ...] = ()) -> str | int:
    if isinstance(value, str) and value.isascii() and value.strip().isdecimal() and len(value) < 16:
        value = int(value)
    if isinstance(value, str) and value in ("truth", "previous", *more):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise InputError(f"{value!r} names no labels", where=where, accepted=LABELS)


def _labels(value: Any) -> Labels:
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if not isinstance(value, tuple | list):
        return _label(value, "labels")
    if not value:
        raise InputError("no labels", where="labels", accepted=LABELS)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in value):
        raise InputError(f"{value!r} names no labels", where="labels", accepted=LABELS)
    return tuple((_label(name, "labels", ("kept",)), exact(c, where=f"labels.{name}")) for name, c in value)


@dataclass(frozen=True, repr=False)
class _Fit:
    """What generators and the downstream fit have in common; see `Generator`."""

    samples: int = 0
    ridge: Fraction = Fraction(0)
    noise: Fraction = Fraction(0)
    _: KW_ONLY
    sources: tuple[Source, ...] = ()
    filter: Literal["ridge", "gradient-flow", "gradient-descent"] = "ridge"
    time: Fraction | None = None
    steps: int | None = None
    rate: Fraction | None = None
    features: int | None = None
    toward: str | int | None = None
    accumulate: bool = False
    subsample: int | None = None

    @property
    def plain(self) -> bool:
        """Whether this is one ridge fit on fresh rows labelled by the model before it."""
        beyond = self.sources or self.accumulate or self.features or self.subsample
        return not beyond and self.filter == "ridge" and self.toward is None

    def __repr__(self) -> str:
        """As a dataclass's, without the entries that a plain fit does not have (stores of runs compare this text)."""
        defaults = {f.name: f.default for f in fields(self)}
        first = [name for name in ("samples", "ridge", "noise", "repeat", "same_design") if name in defaults]
        more = [name for name in defaults if name not in first and getattr(self, name) != defaults[name]]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in first + more)})"

    def _check(self, where: str) -> None:
        _set(self, sources=tuple(self.sources), ridge=nonnegative(self.ridge, where=f"{where}.ridge"))
        if self.sources:
            for key in ("samples", "noise"):
                if getattr(self, key) != 0:
                    raise InputError(
                        f"'{key}' beside sources", where=f"{where}.{key}", accepted=f"the sources' own {key} alone"
                    )
            if all(source.weight == 0 for source in self.sources):
                raise InputError("every weight is 0", where=f"{where}.sources", accepted="at least one weight > 0")
            _set(self, samples=0, noise=Fraction(0))
        else:
            _set(self, samples=count(self.samples, where=f"{where}.samples"))
            _set(self, noise=nonnegative(self.noise, where=f"{where}.noise"))
        if self.filter not in FILTERS:
            raise InputError(f"{self.filter!r} is no filter", where=f"{where}.filter", accepted=", ".join(FILTERS))
        for key, read in (("time", nonnegative), ("steps", count), ("rate", positive)):
            value, wanted = getattr(self, key), key in _OF_FILTER[self.filter]
            if wanted and value is None:
                raise InputError(f"the key '{key}' is missing", where=where, accepted=f"{self.filter} takes '{key}'")
            if not wanted and value is not None:
                raise InputError(
                    f"'{key}' has no meaning for {self.filter}", where=f"{where}.{key}", accepted="a gradient filter"
                )
            if value is not None:
                _set(self, **{key: read(value, where=f"{where}.{key}")})
        for key in ("features", "subsample"):
            if getattr(self, key) is not None:
                _set(self, **{key: count(getattr(self, key), where=f"{where}.{key}")})
        if self.features is not None and (
            self.filter != "ridge" or self.toward is not None or self.subsample is not None
        ):
            raise InputError(
                "random features with a gradient filter, toward or subsample",
                where=f"{where}.features",
                accepted="features with ridge on fresh rows",
            )
        if self.toward is not None:
            _set(self, toward=_label(self.toward, f"{where}.toward"))
        if not isinstance(self.accumulate, bool):
            raise InputError(f"{self.accumulate!r} is neither true nor false", where=f"{where}.accumulate")


@dataclass(frozen=True, repr=False)
class Generator(_Fit):
    """One generator of the chain, or ``repeat`` equal ones: ``samples`` rows T_m, ridge lambda_m >= 0, label noise
    variance sigma_m^2 >= 0; or ``sources`` in place of samples and noise.

    Parameters
    ----------
    samples, ridge, noise : int, Fraction, Fraction
        ``ridge = 0`` is (min-norm) least squares.
    repeat, same_design : int, bool
        So many of them; sharing one design X_m (docs/theory.md#E5).
    sources : tuple of Source
        What the fit is trained on; then ``samples`` and ``noise`` are 0.
    filter, time, steps, rate
        ``"gradient-flow"`` follows dw/dt = X'A(y - Xw)/N - lambda w from 0 until ``time`` >= 0; ``"gradient-descent"``
        makes ``steps`` steps of length ``rate`` along it.
    features : int, optional
        m random features: the fit sees F x, F of iid entries N(0, 1/m), drawn afresh.
    toward : "truth", "previous" or int, optional
        The fit is of w - u, u that model: the penalty is lambda |w - u|^2, and gradients start at u.
    accumulate : bool
        The rows and labels of all earlier fits are added to this one's own.
    subsample : int, optional
        Only so many of all these rows, drawn without replacement, are used.

    Raises
    ------
    InputError
        An entry outside its domain, or one that has no meaning beside another.

    Notes
    -----
    Source: docs/theory.md#setup, docs/scenario-files.md.  Ridges have the unit of the eigenvalues s_j, noises the
    square of the labels' unit.

    Examples
    --------
    >>> Generator(60, ridge=0, noise="1/10", repeat=3)
    Generator(samples=60, ridge=Fraction(0, 1), noise=Fraction(1, 10), repeat=3, same_design=False)
    """

    repeat: int = 1
    same_design: bool = False

    def __post_init__(self) -> None:
        self._check("generator")
        _set(self, repeat=count(self.repeat, where="generator.repeat"))
        if not isinstance(self.same_design, bool):
            raise InputError(
                f"{self.same_design!r} is neither true nor false",
                where="generator.same_design",
                accepted="true or false",
            )
        if self.same_design and self.sources:
            raise InputError(
                "same_design beside sources", where="generator.same_design", accepted="a name for the sources' rows"
            )


@dataclass(frozen=True, repr=False)
class Downstream(_Fit):
    """The downstream fit: ``samples`` rows T labelled by the last generator, ridge lambda >= 0, label noise variance
    sigma^2 >= 0; or ``sources``.  The other entries are those of `Generator`.

    Raises
    ------
    InputError
        An entry outside its domain, or one that has no meaning beside another.

    Notes
    -----
    Source: docs/theory.md#setup.

    Examples
    --------
    >>> Downstream(80, ridge="1/20", noise="0.1")
    Downstream(samples=80, ridge=Fraction(1, 20), noise=Fraction(1, 10))
    """

    def __post_init__(self) -> None:
        self._check("downstream")


SCHEMES = ("replace", "accumulate", "accumulate-subsample", "mix", "self-distil")


@dataclass(frozen=True)
class Chain:
    """A word of the literature for where the labels and rows of every fit come from.

    ``replace``: fresh rows labelled by the model before (the default).  ``accumulate``: and all earlier rows with their
    labels.  ``accumulate-subsample``: so many rows as the fit says, drawn from all of these.  ``mix``: the share
    ``true_share`` of each fit's rows has labels of the truth.  ``self-distil``: one table for all fits, labels
    (1 - xi) times its own and xi times the predictions of the model before.
    """

    scheme: Literal["replace", "accumulate", "accumulate-subsample", "mix", "self-distil"] = "replace"
    true_share: Fraction | None = None
    xi: Fraction | None = None

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise InputError(f"{self.scheme!r} is no scheme", where="chain.scheme", accepted=", ".join(SCHEMES))
        for key, scheme in (("true_share", "mix"), ("xi", "self-distil")):
            value = getattr(self, key)
            if value is not None and self.scheme != scheme:
                raise InputError(
                    f"'{key}' has no meaning for scheme {self.scheme!r}", where=f"chain.{key}", accepted=scheme
                )
        if self.scheme == "mix":
            if self.true_share is None:
                raise InputError("the key 'true_share' is missing", where="chain", accepted="a number from 0 to 1")
            _set(self, true_share=nonnegative(self.true_share, where="chain.true_share"))
            if self.true_share > 1:
                raise InputError(
                    f"{self.true_share} is above 1", where="chain.true_share", accepted="a number from 0 to 1"
                )
        if self.scheme == "self-distil":
            _set(self, xi=exact(1 if self.xi is None else self.xi, where="chain.xi"))


REPLACE = Chain()
