"""Certificates of statements: the last line is a sequent Γ ⊢ φ, and everything taken for granted stands in Γ.

Believed, all of it; standard library only.  A *sequent* is a value that only rules make.  A certificate is a list of
rule applications; no line states its own conclusion unless the rule computes the same.  What is no term of the language
cannot be concluded, and what a rule needs lands in Γ.

Public names::

    check(certificate) -> Proved               raises Rejected; Proved has the sequent and its text
    grade(proved)                              "proved", "proved to order K", or what else it rests on
    same_statement(proved, declare, given, shows)   whether a sequent proves a claim's statement
    Rejected, FORMAT, LISTED                   the refusal; the format's name; the axioms of docs/axioms.md

The files, from the bottom: ``ratio`` (rational functions), ``sigma`` (declarations, words, moments), ``terms`` (normal
forms, what makes a term defined), ``back`` (normal forms as terms), ``sequent`` (sequents), the rules ``logic``
(structure, algebra, signs), ``traces`` (integration by parts, lemmas), ``chains`` (E_test, induction), ``leading``
(leading order), ``optima`` (roots, optima), ``orders`` (orders of magnitude), ``extremes`` (least values), then
``show`` (printing), ``models`` and ``certificates``.
"""

from .certificates import FORMAT, Proved, check, grade, same_statement
from .ratio import Rejected
from .sequent import LISTED
from .sigma import NAME, strings

__all__ = ["FORMAT", "LISTED", "NAME", "Proved", "Rejected", "check", "grade", "same_statement", "strings"]
