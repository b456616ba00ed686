"""The answer of every law: a test error and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ridgeproof.frames import Framed, cells


@dataclass(frozen=True)
class Block:
    """``count`` equal generations from number ``first`` on: the noise of all of them together, and their kappa."""

    first: int
    count: int
    noise: float
    kappa: float


@dataclass(frozen=True)
class Prediction(Framed):
    """The test error E |w_hat - w0|_S^2 (noise floor left out) and where it comes from.

    Parameters
    ----------
    test_error : float or mpf or Fraction
        noise_free + downstream_noise + sum(noise_by_generation).
    noise_free : float or mpf or Fraction
        What remains when every label noise is zero.
    downstream_noise : float or mpf or Fraction
        The part proportional to the downstream noise sigma^2.
    noise_by_generation : tuple, optional
        The part proportional to sigma_m^2, one per generation, repeats expanded; None where ``blocks`` stand in.
    kappa : tuple, optional
        The effective ridge of every fit, generations first, the downstream fit last; empty for exact finite-size laws,
        None where ``blocks`` stand in.
    radius : mpf, optional
        A proven bound on the absolute error of every figure rounded to the digits asked for; None when there is none.
    blocks : tuple of Block, optional
        Above 10 000 generations: the equal generations of one entry together.
    """

    test_error: Any
    noise_free: Any
    downstream_noise: Any
    noise_by_generation: tuple[Any, ...] | None
    kappa: tuple[Any, ...] | None
    radius: Any = None
    blocks: tuple[Block, ...] | None = None

    def records(self) -> list[dict[str, Any]]:
        """A row for each part of the error: where it comes from, how much, its share, and kappa of the fit.

        ``part`` is test error, noise-free part, downstream noise or generation noise; ``generation`` and ``count`` say
        of which generations (None for the others).
        """
        kappas = self.kappa or ()
        last = kappas[-1] if kappas else None
        parts: list[tuple[str, int | None, int | None, Any, Any]] = [
            ("test error", None, None, self.test_error, last),
            ("noise-free part", None, None, self.noise_free, None),
            ("downstream noise", None, None, self.downstream_noise, last),
        ]
        for m, noise in enumerate(self.noise_by_generation or ()):
            parts.append(("generation noise", m, 1, noise, kappas[m] if m < len(kappas) else None))
        parts += [("generation noise", b.first, b.count, b.noise, b.kappa) for b in self.blocks or ()]
        whole = float(self.test_error)
        return [
            cells(
                [
                    ("part", part), ("generation", first), ("count", count), ("value", value),
                    ("share", float(value) / whole if whole else None), ("kappa", kappa),
                ]
            )
            for part, first, count, value, kappa in parts
        ]  # fmt: skip
