"""The kernel: reads certificates, which are plain data, and accepts or rejects them.

Standard library only.  Everything the project calls *proved* went through ``check``; the computer algebra that found a
proof is not trusted.  A certificate is {"format": "ridgeproof-certificate/1", "claim": ID, "context": {...}, "lines":
[LINE, ...]}, each line {"rule": NAME, ...} with its conclusion written out.  A line is judged by the context and by
earlier lines only.  The rules are the axioms of the system:

identity    two rational functions agree over Q, modulo equations that are named in the line
spectral    the same, where some scalars are sums over the covariance spectrum, linear in their summands
nonnegative p >= 0 (or p > 0) because p is a sum of products of quantities assumed nonnegative (or positive)
limit       a rational function of one variable has the stated limit at infinity (by degrees)
word        an identity of noncommuting letters: left - right = sum of a (g) b over relations g
trace       E[a polynomial in traces] = 0: a combination of Gaussian integrations by parts (Stein), rotation invariance
            (the loop equation), relations under a trace, and instances of earlier lines
leading     the same to leading order as d and T grow in proportion, as formal power series in 1/lambda
terms       of an equation between positive quantities: a term of one side is at most the other side
power-order the order of a sum over a power-law spectrum (comparison of sums of powers with integrals)
order       M <= C (N_1 + ... + N_k), C a function of fixed scalars: products of powers of such bounds, by cases
suppose     such a bound, taken for granted;  least: a name for the lesser of two quantities
telescope   a word line L(m+1) - L(m) = r(m) holds for all m, hence L(n) - L(0) = sum_{m<n} r(m)

What a reader has to believe besides this file: Stein's identity E[x f(x)] = S E[grad f(x)] for Gaussian x where both
sides exist, invariance of the law of a rotation-invariant letter, and that the context says what the model says
(``meaning.contexts`` compares the two).  What was assumed is returned with the acceptance and is part of what was
proved: equations, signs, denominators that must not vanish, what names stand for, and which moments must be finite.

Bounds: a certificate is given up after MAX_STEPS elementary steps, however it is made; that is a few seconds and a few
hundred megabytes (measured by ``tests/proofs_check/test_kernel_attack.py``).
"""

from __future__ import annotations

# The public names.  The door is `check`: it returns what was proved and what that rests on, or raises `Rejected`.
from .checker import RULES, check, load
from .context import Context, TracePoly, Word, WordPoly, base
from .nulls import null
from .orders import Power
from .rational import MINUS, ONE, Poly, Ratio, Scalars, names_in, show, show_ratio
from .reading import FORMAT, MAX_WORD, NAME, NUMBER, Budget, Rejected, number
from .report import main

__all__ = [
    "FORMAT", "MAX_WORD", "MINUS", "NAME", "NUMBER", "ONE", "RULES",
    "Budget", "Context", "Poly", "Power", "Ratio", "Rejected", "Scalars", "TracePoly", "Word", "WordPoly",
    "base", "check", "load", "main", "names_in", "null", "number", "show", "show_ratio",
]  # fmt: skip
