"""The steps of derivations: each names its rule, says what it concludes and how strongly, and what it presumes.

Which steps leave a certificate that the kernel can re-check is a property of the rule, not of the author's confidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import sympy as sp

from ridgeproof.errors import ClaimError

from .relations import Equation, Relation

Signs = tuple[tuple[sp.Expr, Literal[">", ">="]], ...]


@dataclass(frozen=True)
class Step:
    """One step of a derivation.  ``says`` is the sentence a reader sees.

    Every kind of step says itself how the sides of its conclusions are related: ``concludes``, without a default and
    not inherited (None for a step that concludes no equation).  A kind that does not say it is refused when its class
    is defined: what is not known to be exact must not pass for it.
    """

    rule: ClassVar[str] = "step"
    certified: ClassVar[bool] = True
    concludes: ClassVar[Relation | None]
    says: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        said = vars(cls).get("concludes", "nothing")
        if not (said is None or isinstance(said, Relation)):
            raise ClaimError(
                f"the step {cls.__name__} does not say what it concludes",
                accepted="a class member, e.g. concludes = Relation.EQUALITY, or None",
            )

    def conclusions(self) -> tuple[Equation, ...]:
        """The equations that this step establishes."""
        return ()

    def assumptions(self) -> Signs:
        """The signs that this step takes for granted; the claim's hypotheses have to imply them."""
        return ()

    def equations(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        """The equations that this step takes for granted: definitions, or premises of the claim."""
        return ()

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        """The letters that this step speaks of, in the order in which it does."""
        return ()

    def believed(self) -> str:
        """What has to be believed where the step leaves no certificate."""
        return "the step's own words"


def _letters(*parts: sp.Basic | None) -> tuple[sp.MatrixSymbol, ...]:
    found: dict[sp.MatrixSymbol, None] = {}
    for part in parts:
        if isinstance(part, sp.Basic):
            found |= dict.fromkeys(sorted(part.atoms(sp.MatrixSymbol), key=lambda x: x.name))
    return tuple(found)


@dataclass(frozen=True)
class Algebra(Step):
    """left = right as rational functions; sums over the spectrum are linear in their summands.

    ``assuming``: equations (left, right) that hold by definition or by a premise of the claim, with the cofactor that
    each is used with: left - right = sum cofactor * (a - b).  ``isotropic`` = (d, norm2): the statement is for S = I.
    ``stands_for``: what ``left`` is the meaning of, by the premises (E_test, through the link).
    """

    rule: ClassVar[str] = "algebra"
    concludes: ClassVar[Relation | None] = Relation.EQUALITY
    left: sp.Expr
    right: sp.Expr
    assuming: tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...] = ()
    isotropic: tuple[sp.Expr, sp.Expr] | None = None
    stands_for: sp.Expr | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        own = Equation(self.left, self.right)
        return (own,) if self.stands_for is None else (own, Equation(self.stands_for, self.right))

    def equations(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        return tuple((x, y) for x, y, _ in self.assuming)

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        return _letters(self.left, self.right)


@dataclass(frozen=True)
class Words(Step):
    """left = right for matrices, by the definitions of their letters (noncommutative algebra)."""

    rule: ClassVar[str] = "noncommutative algebra"
    concludes: ClassVar[Relation | None] = Relation.EQUALITY
    left: sp.MatrixExpr
    right: sp.MatrixExpr

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        return _letters(self.left, self.right)


@dataclass(frozen=True)
class Stein:
    """Gaussian integration by parts of E tr(letter' word) * product of tr(others)."""

    letter: sp.MatrixSymbol
    word: sp.MatrixExpr
    others: tuple[sp.MatrixExpr, ...] = ()

    def parts(self) -> tuple[sp.Basic | None, ...]:
        """The expressions in it, in which letters stand."""
        return (self.word, self.letter, *self.others)


@dataclass(frozen=True)
class Loop:
    """Rotation invariance applied to the matrix ``word`` times the product of tr(others)."""

    word: sp.MatrixExpr
    others: tuple[sp.MatrixExpr, ...] = ()

    def parts(self) -> tuple[sp.Basic | None, ...]:
        """The expressions in it, in which letters stand."""
        return (self.word, *self.others)


@dataclass(frozen=True)
class Lemma:
    """An earlier trace step (by its position in the derivation) with constant letters replaced."""

    step: int
    replace: tuple[tuple[sp.MatrixSymbol, sp.MatrixExpr], ...] = ()
    others: tuple[sp.MatrixExpr, ...] = ()

    def parts(self) -> tuple[sp.Basic | None, ...]:
        """The expressions in it, in which letters stand."""
        return (*self.others, *(x for pair in self.replace for x in pair))


@dataclass(frozen=True)
class Defining:
    """What defines an inverse letter, Y p = I, under a trace with ``word`` (None: nothing more) and tr(others)."""

    letter: sp.MatrixSymbol
    word: sp.MatrixExpr | None = None
    others: tuple[sp.MatrixExpr, ...] = ()

    def parts(self) -> tuple[sp.Basic | None, ...]:
        """The expressions in it, in which letters stand."""
        return (self.word, self.letter, *self.others)


@dataclass(frozen=True)
class Traces(Step):
    """E left = E right, both polynomials in traces, as a combination of the named identities."""

    rule: ClassVar[str] = "Wishart moment"
    concludes: ClassVar[Relation | None] = Relation.EQUALITY
    left: sp.Expr
    right: sp.Expr
    by: tuple[Stein | Loop | Lemma | Defining, ...] = ()

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        return _letters(self.left, self.right, *(x for hint in self.by for x in hint.parts()))


@dataclass(frozen=True)
class LeadingTraces(Traces):
    """L left = L right: to leading order as d and T grow in proportion, at every order of 1/lambda.

    The same identities with only those terms in which a trace splits in two; L is multiplicative.
    """

    rule: ClassVar[str] = "leading-order Wick"
    concludes: ClassVar[Relation | None] = Relation.EQUIVALENT


@dataclass(frozen=True)
class Telescope(Step):
    """From step ``step``, L(m+1) - L(m) = summand(m) for every m: L(n) - L(0) is the sum over m < n."""

    rule: ClassVar[str] = "telescoping sum"
    concludes: ClassVar[Relation | None] = None
    step: int
    term: sp.MatrixExpr
    summand: sp.MatrixExpr

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        return _letters(self.term, self.summand)


@dataclass(frozen=True)
class Sign(Step):
    """expression > 0 (or >= 0) wherever every ``assume`` holds: it is a sum of products of assumed quantities.

    ``assume``: (expression, ">" or ">=").  The decomposition is found by expanding in the assumed quantities.
    """

    rule: ClassVar[str] = "signs"
    concludes: ClassVar[Relation | None] = Relation.BOUND
    expression: sp.Expr
    relation: Literal[">", ">="]
    assume: Signs

    def assumptions(self) -> Signs:
        return self.assume


@dataclass(frozen=True)
class Limit(Step):
    """A rational function tends to ``value`` as ``variable`` grows."""

    rule: ClassVar[str] = "limit"
    concludes: ClassVar[Relation | None] = Relation.EQUALITY
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
    concludes: ClassVar[Relation | None] = None
    affine: tuple[tuple[sp.Expr, sp.Expr], ...]
    interval: tuple[sp.Expr, sp.Expr | None]
    point: sp.Expr
    value: sp.Expr
    assume: Signs = ()

    def assumptions(self) -> Signs:
        return self.assume


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
    concludes: ClassVar[Relation | None] = Relation.EQUALITY
    left: sp.Expr
    right: sp.Expr
    unknown: sp.Symbol
    terms: tuple[sp.Expr, ...]
    assume: Signs
    low: tuple[sp.Expr, sp.Expr]
    high: tuple[sp.Expr, sp.Expr]
    factor: sp.Expr | None = None

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)

    def assumptions(self) -> Signs:
        return self.assume

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        return _letters(self.left, self.right)


@dataclass(frozen=True)
class Form:
    """A polynomial in ``x`` after a change of its symbols, in which the signs of its coefficients are known.

    ``change``: symbol -> expression in x and in symbols of the form's own, about which ``assume`` speaks.  ``ratios``:
    r_1, ..., r_(n-2) >= 0 with r_i c_(i+1) > c_i, so that the coefficients after a nonnegative one are positive.
    """

    x: sp.Symbol
    change: tuple[tuple[sp.Symbol, sp.Expr], ...]
    assume: Signs
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
    concludes: ClassVar[Relation | None] = Relation.OPTIMUM
    error: sp.Expr
    at: sp.Symbol
    polynomial: sp.Expr
    factor: sp.Expr
    assume: Signs
    forms: tuple[Form, ...]
    star: sp.Expr
    ridge: tuple[sp.Expr, sp.Expr, sp.Expr] | None = None
    value: sp.Expr | None = None  # what ``star`` is, where it is a function of the root

    def conclusions(self) -> tuple[Equation, ...]:
        if self.ridge is not None:
            return (Equation(self.star, self.ridge[0]),)
        if self.value is not None:
            return (Equation(self.star, self.value),)
        return (Equation(self.polynomial.xreplace({self.at: self.star}), sp.S.Zero),)

    def assumptions(self) -> Signs:
        return self.assume


@dataclass(frozen=True)
class Induction(Step):
    """left = right for every n >= 0: right(0) = start, and recursion(right(n)) = right(n + 1).

    ``recursion`` is a SymPy ``Lambda`` of one argument, the value at n; that it is the recursion of ``left`` is what
    the earlier steps establish.  Powers c^n of a fixed c may stand in ``right``.
    """

    rule: ClassVar[str] = "induction"
    concludes: ClassVar[Relation | None] = Relation.EQUALITY
    left: sp.Expr
    right: sp.Expr
    index: sp.Symbol
    start: sp.Expr
    recursion: sp.Lambda

    def conclusions(self) -> tuple[Equation, ...]:
        return (Equation(self.left, self.right),)

    def letters(self) -> tuple[sp.MatrixSymbol, ...]:
        return _letters(self.left, self.right)


@dataclass(frozen=True)
class Premise(Step):
    """Rests on another claim of the ledger; is worth what that claim is worth."""

    rule: ClassVar[str] = "premise"
    concludes: ClassVar[Relation | None] = None
    claim: str


@dataclass(frozen=True)
class Cited(Step):
    """Taken from the literature or from a classical argument; not checked."""

    rule: ClassVar[str] = "cited"
    concludes: ClassVar[Relation | None] = None
    certified: ClassVar[bool] = False
    reference: str

    def believed(self) -> str:
        return self.reference
