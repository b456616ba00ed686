"""Faults in the instruments themselves: a witness that computes something else, a translation that says something else.

A wrong witness is noticed where it contradicts a claim that the kernel proves, or no longer contradicts one that is
kept as refuted.  A wrong translation is noticed where a proof breaks, or where a false claim becomes proved.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import sympy as sp
from flint import arb, fmpq

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import claims

from ..meaning.say import Speaker
from ..meaning.translation import Translation
from ..witnesses import balls, bartlett, laws, quadrature, realisations, sampling, size_errors
from ..witnesses.judge import judge
from . import instruments

SIZES = {"1 %": 1.01, "2 %": 1.02, "5 %": 1.05, "twice": 2.0}
WITNESSES: tuple[tuple[Any, str], ...] = (
    (balls, "kappa"),
    (bartlett, "exact_mean"),
    (quadrature, "mean"),
    (sampling, "mean"),
    (realisations, "haar"),
    (laws, "test_error"),
    (laws, "links"),
    (size_errors, "test_error_at"),
)
PROBES = (  # proved claims that between them ask every witness
    "kappa-fixed-point", "least-squares-limit", "least-squares-chain", "inverse-wishart", "isotropic-min-norm-chain",
    "haar-projection-mean", "haar-projection-second-moment", "bias-variance", "fake-data-term", "clean-ridge",
)  # fmt: skip
SAID = (
    "inverse-wishart",
    "haar-projection-mean",
    "haar-projection-second-moment",
    "chain-decomposition",
    "least-squares-chain",
)


@dataclasses.dataclass(frozen=True)
class Sabotage:
    """One fault in an instrument: ``place`` is witness or translation."""

    place: str
    what: str
    planted: Callable[[], contextlib.AbstractContextManager[Any]]


def _scaled(module: Any, name: str, by: float) -> Callable[[], contextlib.AbstractContextManager[Any]]:
    was = getattr(module, name)
    exact = fmpq(round(by * 100), 100)

    def wrong(*args: Any, **kwargs: Any) -> Any:
        value = was(*args, **kwargs)
        return value * exact if isinstance(value, fmpq | arb) else value * by

    return lambda: mock.patch.object(module, name, wrong)


def _swapped(self: Speaker, expr: sp.Expr) -> Any:
    return _scalar(self, sp.sympify(expr, strict=True).xreplace({voc.T: voc.T0, voc.T0: voc.T}))


def _doubled(self: Translation, expr: sp.MatrixExpr) -> Any:
    return {word: 2 * c for word, c in _words(self, expr).items()}


def _without_order(self: Translation, expr: sp.MatrixExpr) -> Any:
    return {tuple(sorted(word)): c for word, c in _words(self, expr).items()}


def _first_only(self: Translation, expr: sp.Expr) -> Any:
    return dict(list(_traces(self, expr).items())[:1])


def _unturned(self: Translation, token: str) -> str:
    return token


_scalar, _words, _traces = Speaker.scalar, Translation.words, Translation.traces


def translations() -> Iterator[Sabotage]:
    """Faults in what the kernel is told."""
    for what, where, name, wrong in (
        ("T and T0 change places", Speaker, "scalar", _swapped),
        ("a word counts twice", Translation, "words", _doubled),
        ("letters of a word in another order", Translation, "words", _without_order),
        ("all traces but the first are lost", Translation, "traces", _first_only),
        ("a transposed letter is the letter itself", Translation, "_flip", _unturned),
    ):
        yield Sabotage("translation", what, functools.partial(mock.patch.object, where, name, wrong))


def witnesses() -> Iterator[Sabotage]:
    """Faults in what the court's numbers are made of."""
    for module, name in WITNESSES:
        for size, by in SIZES.items():
            what = f"{module.__name__.rsplit('.', 1)[-1]}.{name}: {size if size == 'twice' else size + ' more'}"
            yield Sabotage("witness", what, _scaled(module, name, by))


def noticed(fault: Sabotage, known: dict[str, Any] | None = None) -> tuple[str, ...]:
    """Which instruments notice a fault in another one; ``known``: what is found without faults, to be kept."""
    known = {} if known is None else known
    every = claims()
    if fault.place == "witness":
        for name in PROBES:
            claim = every[name]
            if name not in known:
                known[name] = judge(claim).outcome, instruments.certified(claim).complete
            before, proved = known[name]
            with fault.planted():
                after = judge(claim).outcome
            if before == "holds" and after == "fails":
                return ("kernel",) if proved else ("exact",)
        return ()
    for name in SAID:
        for claim, true in _said(every[name]):
            key = str(claim.equations)
            if key not in known:
                known[key] = instruments.certified(claim).complete
            with fault.planted():
                accepted = instruments.certified(claim).complete
            if known[key] and true and not accepted:
                return ("kernel",)
            if accepted and not true and not known[key]:
                return ("exact",)  # proved, and numbers refute it
    return ()


def _said(claim: Claim) -> Iterator[tuple[Claim, bool]]:
    """A claim, and false versions of it: every right side half as large again."""
    yield claim, True
    yield (
        dataclasses.replace(claim, statement=tuple(dataclasses.replace(e, right=2 * e.right) for e in claim.statement)),
        False,
    )
