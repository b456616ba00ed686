"""Typed errors of the whole project: what was wrong, where, and what is accepted, in one line."""

from __future__ import annotations


class RidgeproofError(ValueError):
    """Base of every error that a user's input can cause.

    Parameters
    ----------
    what : str
        The offending value and what is wrong with it, e.g. ``"beta = 1/2 is not above 1"``.
    where : str
        The place the user knows: a file and key, an option, a claim's id.  May be empty.
    accepted : str
        What would have been accepted, e.g. ``"a number > 1"``.  May be empty.

    The message is one line, ``where: what (accepted: ...)``; the command prints it on stderr and exits with status 2.
    """

    def __init__(self, what: str, *, where: str = "", accepted: str = "") -> None:
        self.what, self.where, self.accepted = what, where, accepted
        line = f"{where}: {what}" if where else what
        if accepted:
            line += f" (accepted: {accepted})"
        super().__init__(" ".join(line.split()))


class InputError(RidgeproofError):
    """A scenario, option or file that cannot be read as what it should be."""


class DomainError(RidgeproofError):
    """Well-formed input outside the domain of a law, e.g. an infinite moment at ``samples = dim``."""


class NoExactLaw(DomainError):
    """No exact finite-size law is known for a scenario (``predict --exact``)."""


class NotConverged(RidgeproofError):
    """A numerical method could not reach the accuracy it promises."""
