"""What a claim is: an id, a source, hypotheses, a relation between two sides, a derivation.

A claim is one frozen value in a topic file of this package, or in a user's own file; nothing else has to be touched.
Derivations are tuples of steps; each step names its rule and says what it concludes, in SymPy.  Which steps leave a
certificate that the kernel can re-check is a property of the rule, not of the author's confidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

from ridgeproof.errors import ClaimError, DerivationError, RidgeproofError
from ridgeproof.limits import GaveUp, described, once

from .relations import SIGN as SIGN
from .relations import Equation as Equation
from .relations import Relation as Relation
from .settings import Fit as Fit
from .settings import Setting as Setting
from .steps import Algebra as Algebra
from .steps import Cited as Cited
from .steps import Crossing as Crossing
from .steps import Defining as Defining
from .steps import Form as Form
from .steps import Induction as Induction
from .steps import LeadingTraces as LeadingTraces
from .steps import Lemma as Lemma
from .steps import Limit as Limit
from .steps import Loop as Loop
from .steps import Minimax as Minimax
from .steps import Premise as Premise
from .steps import Sign as Sign
from .steps import Stein as Stein
from .steps import Step as Step
from .steps import Telescope as Telescope
from .steps import Traces as Traces
from .steps import UniqueRoot as UniqueRoot
from .steps import Words as Words

# --- hypotheses and claims -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hypothesis:
    """A condition: a SymPy relation that can be evaluated, or words where it cannot.

    Parameters
    ----------
    text : as a reader sees it.
    condition : the relation, among symbols and numbers; None where words have to do.

    Notes
    -----
    Source: docs/adding-a-claim.md.

    Examples
    --------
    >>> from ridgeproof.theorems.vocabulary import T, d
    >>> Hypothesis("T > d + 1", T > d + 1).condition
    T > d + 1
    """

    text: str
    condition: sp.Basic | None = None


@dataclass(frozen=True)
class Claim:
    """One statement of the theory.

    Parameters
    ----------
    id : lower-case words joined by hyphens, unique.
    title : one line.
    source : where the statement comes from, e.g. "arXiv 2402.07712, Theorem 2".
    relation : how the sides are related.
    statement : one or several equations.
    hypotheses : everything the statement needs.
    derive : builds the derivation; called when somebody asks for it, because SymPy may work for a while.  "auto": the
        court looks for one, and without one the claim is undecided; "attempt": it looks for a short one, and without
        one numbers alone judge.
    setting : the scenario of ``E_test``, where the statement speaks of it.
    where : abbreviations that the statement uses, in the order in which they are defined.
    limit : the symbol that tends, and where to, for an asymptotic or an order.
    scaling : what the other symbols are as the limit is taken, e.g. (lambda, T**-ell).
    finding : what the confrontation with the paper or the theory document brought to light, if anything.
    expected : "holds", or "refuted" for a statement kept with its counterexample.

    Raises
    ------
    ClaimError
        In one line: what is wrong with which field, and what is accepted.

    Notes
    -----
    Source: docs/adding-a-claim.md; what a verdict is worth, docs/grades-of-evidence.md.

    Examples
    --------
    >>> from ridgeproof.theorems.vocabulary import T, d, phi
    >>> mine = Claim("my-ratio", "phi is d/T", "my notebook", Relation.EQUALITY, (Equation(phi * T / d, 1),))
    >>> import ridgeproof as rp
    >>> rp.verify(mine, workers=1).rows[0].verdict.value
    'confronted'
    """

    id: str
    title: str
    source: str
    relation: Relation
    statement: tuple[Equation, ...]
    hypotheses: tuple[Hypothesis, ...] = ()
    derive: Callable[[], tuple[Step, ...]] | Literal["auto", "attempt"] = field(default=tuple, compare=False)
    setting: Setting | None = None
    where: tuple[tuple[sp.Symbol | sp.MatrixSymbol, sp.Basic], ...] = ()
    limit: tuple[sp.Symbol, sp.Expr] | None = None
    scaling: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    finding: str = ""
    expected: Literal["holds", "refuted"] = "holds"

    def __post_init__(self) -> None:
        if not isinstance(self.id, str):
            raise ClaimError(f"claim id {self.id!r:.60} is not text (accepted: lower-case words joined by hyphens)")
        for name in ("title", "source", "finding"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise ClaimError(f"claim {self.id}: {name} is not text (accepted: a string)")
            object.__setattr__(self, name, str.__str__(value))  # of a subclass the text alone
        if not isinstance(self.statement, tuple):
            raise ClaimError(f"claim {self.id}: the statement is no tuple (accepted: a tuple of Equation(left, right))")
        words = self.id.split("-")
        if not self.id or not all(w.isalnum() and w == w.lower() for w in words):
            raise ClaimError(f"claim id {self.id!r} is not lower-case words joined by hyphens")
        if not self.statement:
            raise ClaimError(f"claim {self.id}: states nothing")
        if not isinstance(self.relation, Relation):
            kind = (
                f"text, {self.relation!r:.40}"
                if isinstance(self.relation, str)
                else f"a {type(self.relation).__name__}"
            )
            raise ClaimError(
                f"claim {self.id}: the relation is {kind}", accepted=", ".join(f"Relation.{r.name}" for r in Relation)
            )
        for part in self.statement:
            if not (
                isinstance(part, Equation) and isinstance(part.left, sp.Basic) and isinstance(part.right, sp.Basic)
            ):
                raise ClaimError(
                    f"claim {self.id}: a statement is a tuple of Equation(left, right) of SymPy expressions"
                )

    def derivation(self) -> tuple[Step, ...]:
        """The author's own steps, carried out now; none where the search for them is left to the court.

        Raises
        ------
        DerivationError
            Whatever the author's code does instead of returning steps.
        """
        if isinstance(self.derive, str):
            return ()
        try:
            steps: tuple[Step, ...] = once(tuple, once(self.derive))  # a fork in it does not come back twice
        except (RidgeproofError, KeyboardInterrupt, GaveUp):
            raise
        except BaseException as error:  # exit() must not decide the exit status, and with it the verdict
            raise DerivationError(f"{described(error)}", where=f"claim {self.id}: derivation") from error
        if not all(isinstance(s, Step) for s in steps):
            raise DerivationError("a derivation is a tuple of steps", where=f"claim {self.id}")
        return steps

    def written_out(self, side: sp.Basic) -> sp.Basic:
        """An expression with every abbreviation of the statement written out."""
        for symbol, meaning in reversed(self.where):
            side = side.xreplace({symbol: meaning})
        return side

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The statement with every abbreviation written out."""
        return tuple(Equation(self.written_out(e.left), self.written_out(e.right)) for e in self.statement)

    @property
    def conditions(self) -> tuple[sp.Basic, ...]:
        """The hypotheses that can be evaluated."""
        return tuple(h.condition for h in self.hypotheses if h.condition is not None)

    def statement_text(self) -> str:
        """The statement in plain text, one equation a line."""
        sign = SIGN[self.relation][0]
        lines = [f"{sp.sstr(e.left)} {sign} {sp.sstr(e.right)}" for e in self.statement]
        return "\n".join([*lines, *(f"where {x} = {sp.sstr(meaning)}" for x, meaning in self.where)])

    def statement_latex(self) -> str:
        """The statement in LaTeX, one equation a line joined by ``\\\\``."""
        from .vocabulary import latex_names

        sign, names = SIGN[self.relation][1], latex_names()
        return " \\\\\n".join(
            f"{sp.latex(e.left, symbol_names=names)} &{sign} {sp.latex(e.right, symbol_names=names)}"
            for e in self.statement
        )

    def _repr_latex_(self) -> str:
        """How a notebook shows the claim: its statement as display mathematics."""
        return f"$$\\begin{{aligned}}\n{self.statement_latex()}\n\\end{{aligned}}$$"

    def _repr_markdown_(self) -> str:
        """How a notebook without the extension shows the claim: it stands alone, with its setting and definitions."""
        from .wording import definitions, setting

        found = setting(self)
        parts = [f"**{self.title}** ({self.id}; {self.source}; {self.relation})"]
        parts += ["**Kept as refuted.**"] if self.expected == "refuted" else []
        parts += [f"Setting: {found}."] if found else []
        parts += ["\n".join(f"- {h.text}" for h in self.hypotheses)] if self.hypotheses else []
        parts.append(self._repr_latex_())
        parts += [f"where ${sp.latex(x)} = {sp.latex(meaning)}$" for x, meaning in self.where]
        parts.append("\n".join(f"- {line}" for line in definitions(self)))
        return "\n\n".join(part for part in parts if part)
