"""The kernel of statements: certificates whose last line is a sequent Γ ⊢ φ, and everything taken for granted stands in Γ.

Believed, all of it; standard library only, so that the folder can be copied out and run alone (``python -I -S FOLDER DIR``).
A *sequent* is a value that only rules make.  A certificate is a list of rule applications; no line states its own
conclusion unless the rule computes the same.  What is no term of the language cannot be concluded, and what a rule needs
lands in Γ.

Public names::

    check(certificate) -> Proved        raises Rejected; Proved has the sequent and its text
    grade(proved)                       "proved", or what else it rests on
    same_statement(certificate, other)  whether two say the same: declarations, hypotheses, conclusion
    load(text)                          strict JSON: no floats, no key twice
    Rejected, FORMAT, LISTED            the refusal; the format's name; the axioms that docs/axioms.md proves or cites

The files, from the bottom: ``ratio`` (rational functions), ``sigma`` (declarations, words, moments), ``terms`` (normal
forms, what makes a term defined), ``sequent`` (sequents), the rules ``logic`` (structure, algebra, signs), ``words``
(noncommuting letters), ``traces`` (integration by parts, lemmas), ``chains`` (E_test, induction), ``leading`` (leading
order), ``optima`` (roots, optima), then ``show`` (printing) and ``certificates``.
"""

from .certificates import FORMAT, Proved, check, grade, load, same_statement
from .ratio import Rejected
from .sequent import LISTED

__all__ = ["FORMAT", "LISTED", "Proved", "Rejected", "check", "grade", "load", "same_statement"]
