"""What a claim is: an id, a source, hypotheses, a relation between two sides, a derivation.

A claim is one frozen value in a topic file of this package, or in a user's own file; nothing else has to be touched.
Derivations are tuples of steps; each step names its rule and says what it concludes, in SymPy.  Which steps leave a
certificate that the kernel can re-check is a property of the rule, not of the author's confidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

import sympy as sp

from ridgeproof.errors import ClaimError


class Relation(StrEnum):
    """How the two sides of a statement are related (design, "Words")."""

    EQUALITY = "equality"
    EQUIVALENT = "equivalent"
    ASYMPTOTIC = "asymptotic"
    ORDER = "order"
    OPTIMUM = "optimum"


SIGN: dict[Relation, tuple[str, str]] = {
    Relation.EQUALITY: ("=", "="),
    Relation.EQUIVALENT: ("~=", r"\simeq"),
    Relation.ASYMPTOTIC: ("~", r"\sim"),
    Relation.ORDER: ("=<>=", r"\asymp"),
    Relation.OPTIMUM: ("=", "="),
}


@dataclass(frozen=True)
class Equation:
    """left (relation) right; ``conclusion`` of a step, or one part of a claim's statement."""

    left: sp.Basic
    right: sp.Basic


# --- steps -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of a derivation.  ``says`` is the sentence a reader sees."""

    rule: ClassVar[str] = "step"
    certified: ClassVar[bool] = True
    says: str

    def conclusions(self) -> tuple[Equation, ...]:
        """The equations that this step establishes."""
        return ()


@dataclass(frozen=True)
class Algebra(Step):
    """left = right as rational functions; sums over the spectrum are linear in their summands.

    ``assuming``: equations (left, right) that hold by definition or by a premise of the claim, with the cofactor that
    each is used with: left - right = sum cofactor * (a - b).  ``isotropic`` = (d, norm2): the statement is for S = I.
    ``stands_for``: what ``left`` is the meaning of, by the premises (E_test, through the link).
    """

    rule: ClassVar[str] = "algebra"
    left: sp.Expr
    right: sp.Expr
    assuming: tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...] = ()
    isotropic: tuple[sp.Expr, sp.Expr] | None = None
    stands_for: sp.Expr | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        own = Equation(self.left, self.right)
        return (own,) if self.stands_for is None else (own, Equation(self.stands_for, self.right))


@dataclass(frozen=True)
class Words(Step):
    """left = right for matrices, by the definitions of their letters (noncommutative algebra)."""

    rule: ClassVar[str] = "noncommutative algebra"
    left: sp.MatrixExpr
    right: sp.MatrixExpr

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)


@dataclass(frozen=True)
class Stein:
    """Gaussian integration by parts of E tr(letter' word) * product of tr(others)."""

    letter: sp.MatrixSymbol
    word: sp.MatrixExpr
    others: tuple[sp.MatrixExpr, ...] = ()


@dataclass(frozen=True)
class Loop:
    """Rotation invariance applied to the matrix ``word`` times the product of tr(others)."""

    word: sp.MatrixExpr
    others: tuple[sp.MatrixExpr, ...] = ()


@dataclass(frozen=True)
class Lemma:
    """An earlier trace step (by its position in the derivation) with constant letters replaced."""

    step: int
    replace: tuple[tuple[sp.MatrixSymbol, sp.MatrixExpr], ...] = ()
    others: tuple[sp.MatrixExpr, ...] = ()


@dataclass(frozen=True)
class Defining:
    """What defines an inverse letter, Y p = I, under a trace with ``word`` (None: nothing more) and tr(others)."""

    letter: sp.MatrixSymbol
    word: sp.MatrixExpr | None = None
    others: tuple[sp.MatrixExpr, ...] = ()


@dataclass(frozen=True)
class Traces(Step):
    """E left = E right, both polynomials in traces, as a combination of the named identities."""

    rule: ClassVar[str] = "Wishart moment"
    left: sp.Expr
    right: sp.Expr
    by: tuple[Stein | Loop | Lemma | Defining, ...] = ()

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)


@dataclass(frozen=True)
class LeadingTraces(Traces):
    """L left = L right: to leading order as d and T grow in proportion, at every order of 1/lambda.

    The same identities with only those terms in which a trace splits in two; L is multiplicative.
    """

    rule: ClassVar[str] = "leading-order Wick"


@dataclass(frozen=True)
class Telescope(Step):
    """From step ``step``, L(m+1) - L(m) = summand(m) for every m: L(n) - L(0) is the sum over m < n."""

    rule: ClassVar[str] = "telescoping sum"
    step: int
    term: sp.MatrixExpr
    summand: sp.MatrixExpr


@dataclass(frozen=True)
class Sign(Step):
    """expression > 0 (or >= 0) wherever every ``assume`` holds: it is a sum of products of assumed quantities.

    ``assume``: (expression, ">" or ">=").  The decomposition is found by expanding in the assumed quantities.
    """

    rule: ClassVar[str] = "signs"
    expression: sp.Expr
    relation: Literal[">", ">="]
    assume: tuple[tuple[sp.Expr, Literal[">", ">="]], ...]


@dataclass(frozen=True)
class Limit(Step):
    """A rational function tends to ``value`` as ``variable`` grows."""

    rule: ClassVar[str] = "limit"
    expression: sp.Expr
    variable: sp.Symbol
    value: sp.Expr

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(sp.Limit(self.expression, self.variable, sp.oo), self.value),)


@dataclass(frozen=True)
class Minimax(Step):
    """min over x in [lo, hi] of max_i (slope_i x + level_i) = value, attained at ``point`` (linear programming).

    Data may be symbolic: ``assume`` then lists the quantities whose sign is known.
    """

    rule: ClassVar[str] = "parametric linear program"
    affine: tuple[tuple[sp.Expr, sp.Expr], ...]
    interval: tuple[sp.Expr, sp.Expr | None]
    point: sp.Expr
    value: sp.Expr
    assume: tuple[tuple[sp.Expr, Literal[">", ">="]], ...] = ()


@dataclass(frozen=True)
class UniqueRoot(Step):
    """left = right has exactly one root ``unknown`` > 0.

    left - right = factor * (1 - h), h the sum of ``terms``.  Certified: factor > 0, the ``unknown`` itself by default;
    every term, or the summand of a multiple of a sum, is larger at x than at x + t, for all x, t > 0.  ``low`` =
    (point, gap) and ``high``: the points are positive, h(low) - 1 and 1 - h(high) are the gaps, and these are positive
    too (sums over the spectrum are, if their summands are).  So h falls strictly, and by the intermediate value theorem
    there is one root, between the points.
    """

    rule: ClassVar[str] = "fixed point"
    left: sp.Expr
    right: sp.Expr
    unknown: sp.Symbol
    terms: tuple[sp.Expr, ...]
    assume: tuple[tuple[sp.Expr, Literal[">", ">="]], ...]
    low: tuple[sp.Expr, sp.Expr]
    high: tuple[sp.Expr, sp.Expr]
    factor: sp.Expr | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)


@dataclass(frozen=True)
class Form:
    """A polynomial in ``x`` after a change of its symbols, in which the signs of its coefficients are known.

    ``change``: symbol -> expression in x and in symbols of the form's own, about which ``assume`` speaks.  ``ratios``:
    r_1, ..., r_(n-2) >= 0 with r_i c_(i+1) > c_i, so that the coefficients after a nonnegative one are positive.
    """

    x: sp.Symbol
    change: tuple[tuple[sp.Symbol, sp.Expr], ...]
    assume: tuple[tuple[sp.Expr, Literal[">", ">="]], ...]
    ratios: tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Crossing(Step):
    """``error`` is least where ``polynomial`` vanishes, and that is at one value of ``at``.

    Certified: d error/d at = factor * polynomial with factor > 0; in each form c_0 < 0 < c_n and the coefficients
    change sign once; with the change between c_i and c_(i+1), x p'(x) - i p(x) > 0 for x > 0, so that p rises wherever
    it is not negative.  The forms have to cover the domain; that is for the reader to see.  ``ridge`` = (value,
    function of ``at``, scale): polynomial = scale * (function - value), so that the error is least where the function,
    the ridge, has that value.
    """

    rule: ClassVar[str] = "one change of sign"
    error: sp.Expr
    at: sp.Symbol
    polynomial: sp.Expr
    factor: sp.Expr
    assume: tuple[tuple[sp.Expr, Literal[">", ">="]], ...]
    forms: tuple[Form, ...]
    star: sp.Symbol
    ridge: tuple[sp.Expr, sp.Expr, sp.Expr] | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        if self.ridge is not None:
            return (Equation(self.star, self.ridge[0]),)
        return (Equation(self.polynomial.xreplace({self.at: self.star}), sp.S.Zero),)


@dataclass(frozen=True)
class Induction(Step):
    """left = right for every n >= 0: right(0) = start, and recursion(right(n)) = right(n + 1).

    ``recursion`` is a SymPy ``Lambda`` of one argument, the value at n; that it is the recursion of ``left`` is what
    the earlier steps establish.  Powers c^n of a fixed c may stand in ``right``.
    """

    rule: ClassVar[str] = "induction"
    left: sp.Expr
    right: sp.Expr
    index: sp.Symbol
    start: sp.Expr
    recursion: sp.Lambda

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)


@dataclass(frozen=True)
class Premise(Step):
    """Rests on another claim of the ledger; is worth what that claim is worth."""

    rule: ClassVar[str] = "premise"
    claim: str


@dataclass(frozen=True)
class Cited(Step):
    """Taken from the literature or from a classical argument; not checked."""

    rule: ClassVar[str] = "cited"
    certified: ClassVar[bool] = False
    reference: str


# --- settings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """One ridge fit: samples, ridge, label-noise variance (symbols or rationals); ``repeat`` times in a row."""

    samples: sp.Expr
    ridge: sp.Expr
    noise: sp.Expr
    repeat: sp.Expr = sp.S.One
    same_design: bool = False


@dataclass(frozen=True)
class Setting:
    """The model-collapse problem that ``E_test`` refers to, in symbols.

    spectrum : "any" | "isotropic" | "power-law"
    target : "any" | "isotropic" | "source" | "zero" (only noise is seen)
    generators : fits that relabel, in order
    downstream : the last fit
    dimension : d, where it is not free: an expression in T, or oo
    """

    spectrum: Literal["any", "isotropic", "power-law"]
    target: Literal["any", "isotropic", "source", "zero"]
    generators: tuple[Fit, ...]
    downstream: Fit
    dimension: sp.Expr | None = None


# --- hypotheses and claims -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hypothesis:
    """A condition: a SymPy relation that can be evaluated, or words where it cannot."""

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
    derive : builds the derivation; called when somebody asks for it, because SymPy may work for a while.
    setting : the scenario of ``E_test``, where the statement speaks of it.
    where : abbreviations that the statement uses, in the order in which they are defined.
    limit : the symbol that tends, and where to, for an asymptotic or an order.
    scaling : what the other symbols are as the limit is taken, e.g. (lambda, T**-ell).
    finding : what the confrontation with the paper or the theory document brought to light, if anything.
    expected : "holds", or "refuted" for a statement kept with its counterexample.
    """

    id: str
    title: str
    source: str
    relation: Relation
    statement: tuple[Equation, ...]
    hypotheses: tuple[Hypothesis, ...] = ()
    derive: Callable[[], tuple[Step, ...]] = field(default=tuple, compare=False)
    setting: Setting | None = None
    where: tuple[tuple[sp.Symbol | sp.MatrixSymbol, sp.Basic], ...] = ()
    limit: tuple[sp.Symbol, sp.Expr] | None = None
    scaling: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    finding: str = ""
    expected: Literal["holds", "refuted"] = "holds"

    def __post_init__(self) -> None:
        if not isinstance(self.id, str):
            raise ClaimError(f"claim id {self.id!r:.60} is not text (accepted: lower-case words joined by hyphens)")
        if not isinstance(self.statement, tuple):
            raise ClaimError(f"claim {self.id}: the statement is no tuple (accepted: a tuple of Equation(left, right))")
        words = self.id.split("-")
        if not self.id or not all(w.isalnum() and w == w.lower() for w in words):
            raise ClaimError(f"claim id {self.id!r} is not lower-case words joined by hyphens")
        if not self.statement:
            raise ClaimError(f"claim {self.id}: states nothing")
        if not isinstance(self.relation, Relation):
            raise ClaimError(f"claim {self.id}: relation {self.relation!r} is not one of {', '.join(Relation)}")
        for part in self.statement:
            if not (
                isinstance(part, Equation) and isinstance(part.left, sp.Basic) and isinstance(part.right, sp.Basic)
            ):
                raise ClaimError(
                    f"claim {self.id}: a statement is a tuple of Equation(left, right) of SymPy expressions"
                )

    def derivation(self) -> tuple[Step, ...]:
        """The steps, carried out now."""
        return tuple(self.derive())

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
