"""Typed errors of the whole project: what was wrong, where, and what is accepted, in one line.

::

    ValueError
    └── RidgeproofError           everything that a user's input can cause; the command exits with ``exit_status``
        ├── InputError            a scenario, option or file that cannot be read as what it should be
        │   └── ScaleError        an exponent, scale or law of the exponent calculus that cannot be read or used
        ├── DomainError           well-formed input outside the domain of a law
        │   └── NoExactLaw        no exact finite-size law is known for a scenario
        ├── NotConverged          a numerical method could not reach the accuracy that it promises
        ├── NotProved             a certificate that was asked for could not be found or does not say what it should
        └── ClaimError            a claim, or a file of claims, that cannot be used as one
            ├── DerivationError   a derivation step that does not go through
            └── Undefined         a formula that has no value at an instance

This module imports nothing of ours but how a message is written, and every other module may import it.
"""

from __future__ import annotations

from .words import message


class RidgeproofError(ValueError):
    """Base of every error that a user's input can cause.

    The message is one line of at most 300 characters, ``where: what (accepted: ...)``; the command prints it on stderr
    and exits with ``exit_status``.

    Parameters
    ----------
    what : str
        The offending value and what is wrong with it, e.g. ``"beta = 1/2 is not above 1"``.
    where : str
        The place the user knows: a file and key, an option, a claim's id.  May be empty.
    accepted : str
        What would have been accepted, e.g. ``"a number > 1"``.  May be empty.

    Notes
    -----
    Source: the tree of its kinds stands at the head of `ridgeproof.errors`; exit statuses in docs/reliability.md.

    Examples
    --------
    >>> str(RidgeproofError("beta = 1/2 is not above 1", where="spectrum.beta", accepted="a number > 1"))
    'spectrum.beta: beta = 1/2 is not above 1 (accepted: a number > 1)'
    """

    exit_status = 2

    def __init__(self, what: str, *, where: str = "", accepted: str = "") -> None:
        self.what, self.where, self.accepted = what, where, accepted
        super().__init__(message(what, where, accepted))


class InputError(RidgeproofError):
    """A scenario, option or file that cannot be read as what it should be."""


class ScaleError(InputError):
    """An exponent, scale or law of the exponent calculus that cannot be read or used."""


class DomainError(RidgeproofError):
    """Well-formed input outside the domain of a law, e.g. an infinite moment at ``samples = dim``."""


class NoExactLaw(DomainError):
    """No exact finite-size law is known for a scenario (``predict --exact``)."""


class NotConverged(RidgeproofError):
    """A numerical method could not reach the accuracy it promises."""


class NotProved(RidgeproofError):
    """A certificate that was asked for could not be found, or does not say what it should."""


class ClaimError(RidgeproofError):
    """A claim, or a file of claims, that cannot be used as one; the message is one line."""


class DerivationError(ClaimError):
    """A derivation step that does not go through."""


class Undefined(ClaimError):
    """A formula that has no value at an instance."""
