"""Lines: drafts of derivations, each line a rule with its conclusion written out.  They search; nothing is believed.

A draft is {"format": "ridgeproof-certificate/1", "claim": ID, "context": {...}, "lines": [LINE, ...]}, each line
{"rule": NAME, ...}.  Tactics write the lines of a step, ``check`` computes each conclusion again, which tells a step
that does not go through, and the searches for sequents (``proving.statements``) read what was found: identities,
cofactors, trees of cases, explicit constants.  What a claim is *proved* by is a sequent that the kernel accepts, and no
line of these.

identity, spectral    rational functions over Q agree, also sums over the spectrum
nonnegative, limit    a sum of products of what is not negative; a limit at infinity by degrees
word, telescope       identities of letters; L(m+1) - L(m) = r(m) summed
trace, leading        combinations of integrations by parts, rotations and relations, also to leading order
terms, power-order, order, suppose, least    orders of magnitude

``check`` returns what was taken for granted: equations, signs, denominators, moments, what names stand for.
"""

from __future__ import annotations

from .checker import RULES, check
from .context import Context, TracePoly, Word, WordPoly, base
from .nulls import null
from .orders import Power
from .rational import MINUS, ONE, Poly, Ratio, Scalars, names_in, show, show_ratio
from .reading import FORMAT, MAX_WORD, NAME, NUMBER, Budget, Rejected, number

__all__ = [
    "FORMAT", "MAX_WORD", "MINUS", "NAME", "NUMBER", "ONE", "RULES",
    "Budget", "Context", "Poly", "Power", "Ratio", "Rejected", "Scalars", "TracePoly", "Word", "WordPoly",
    "base", "check", "names_in", "null", "number", "show", "show_ratio",
]  # fmt: skip
