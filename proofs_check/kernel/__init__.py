"""The kernel: reads certificates, which are plain data, and accepts or refuses them.

Standard library only.  A certificate ends in a sequent Γ ⊢ φ: φ is what is proved, and Γ is everything that is taken
for granted.  What the project calls *proved* went through ``check``; the searches and the computer algebra that found a
proof are not believed.  The rules are in :mod:`.statements`; docs/kernel.md tells the language, docs/axioms.md the
axioms, and ``python -m ridgeproof.proofs_check.kernel DIR`` prints what a folder of certificates proves.
"""

from .report import load, main
from .statements import FORMAT, LISTED, NAME, Proved, Rejected, check, grade, same_statement, strings

__all__ = [
    "FORMAT", "LISTED", "NAME", "Proved", "Rejected",
    "check", "grade", "load", "main", "same_statement", "strings",
]  # fmt: skip
