"""The typed errors of the claims: one line each."""

from __future__ import annotations


class ClaimError(ValueError):
    """A claim, or a file of claims, that cannot be used as one; the message is one line."""


class DerivationError(ClaimError):
    """A derivation step that does not go through."""
