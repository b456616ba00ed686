"""The same equivalent as clean-ridge (honestly: proved to order K), without its premises: plain 'proved'."""

import dataclasses

import sympy as sp

from ridgeproof.theorems.claim import Premise
from ridgeproof.theorems.equivalents import clean_ridge

better = dataclasses.replace(
    clean_ridge,
    id="clean-ridge-without-premises",
    source="attack",
    derive=lambda: tuple(s for s in clean_ridge.derivation() if not isinstance(s, Premise)),
)
