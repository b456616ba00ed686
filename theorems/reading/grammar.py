r"""From tokens to SymPy: a recursive descent over a whitelist of names; shapes and powers are checked on the way.

::

    statement  = side relation side {relation side}
    side       = sum | "\lim_{" letter "\to" sum "}" product
    sum        = product {("+" | "-") product}
    product    = signed {("*" | "/" | nothing) signed}
    signed     = {"-" | "+"} power
    power      = atom {"'" | "!"} ["^" signed]
    atom       = number | name | function "(" sum {"," sum} ")" | function power | "(" sum ")" | "|" sum "|"
               | "frac" {sum} {sum} | "binom" {sum} {sum} | bound (binders.py) | norm, mean, trace, ... (matrices.py)
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from ridgeproof.errors import ClaimError, InputError

from ..declarations import Constant, Inverse
from ..functions import SpectralSum
from ..matrix_numbers import Mean, traced
from ..relations import Relation
from ..vocabulary import INVERSES, d
from .binders import Limit, binder, side
from .derivatives import slope
from .matrices import NAMES, inner, norm_of, number, number_of
from .names import BARE, FUNCTIONS, VOCABULARY
from .optima import optimum
from .tokens import RELATIONS, Token, tokens

DEEPEST = 60  # brackets inside brackets
LARGEST_POWER = 1000


def _size(matrix: Any) -> str:
    return f"{matrix.shape[0]} x {matrix.shape[1]}"


def _fitted(part: sp.Basic, other: sp.Basic) -> sp.Basic:
    """A multiple of the identity I has the size of what it meets: X*X' + lambda*I, E[X*A*X'] = tr(A*S)*I."""
    square = isinstance(other, sp.MatrixExpr) and other.shape[0] == other.shape[1]
    if not square or not isinstance(part, sp.MatrixExpr):
        return part
    fitting = sp.Identity(other.shape[0])
    if not part.atoms(sp.MatrixSymbol):
        return part.xreplace({sp.Identity(d): fitting})
    multiple = isinstance(part, sp.MatMul) and part.as_coeff_matrices()[1] == [sp.Identity(d)]
    return part.as_coeff_matrices()[0] * fitting if multiple else part


class Reader:
    """One formula being read: ``names`` are those of the vocabulary and of the claim's own declarations."""

    def __init__(
        self, text: str, names: Mapping[str, sp.Basic], where: str, meanings: Mapping[sp.Symbol, sp.Basic] | None = None
    ) -> None:
        self.tokens, self.names, self.where = tokens(text, where), names, where
        self.at, self.depth = 0, 0
        self.inside = {"‖": 0, "|": 0}  # norms and absolute values that are not closed yet
        self.meanings = dict(meanings or {})  # of abbreviations, which a derivative has to see through
        self.varied: set[sp.Symbol] = set()  # letters of minima
        self.inverses: list[Inverse] = []  # letters for what is written as (...)^-1

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> bool:
        """Whether the next token is one of these signs; it is then passed."""
        if self.now.kind == "sign" and self.now.text in texts:
            self.at += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.take(text):
            raise self.missing(self.now, repr(text))

    def missing(self, token: Token, what: str, accepted: str = "") -> InputError:
        """The refusal of a token that stands where something else does, with what it stands behind."""
        before = "".join(t.text for t in self.tokens[: self.tokens.index(token)])[-20:]
        behind = f", behind {before!r}" if before else ""
        stands = repr(token.text) if token.text else "the end"
        return self.refusal(f"{stands} stands where {what} is missing{behind}", accepted)

    def refusal(self, what: str, accepted: str = "") -> InputError:
        return InputError(what, where=self.where, accepted=accepted)

    def made(self, make: Callable[[], Any], what: str) -> Any:
        """Build an expression; what SymPy objects to is said in a line."""
        try:
            value = make()
        except InputError:
            raise
        except (
            ClaimError,
            TypeError,
            ValueError,
            AttributeError,
            ArithmeticError,
            RecursionError,
            NotImplementedError,
        ) as error:
            raise self.refusal(f"{what}: {' '.join(str(error).split()):.120}") from error
        if value is sp.nan or value is sp.zoo or (isinstance(value, sp.Expr) and value.has(sp.nan, sp.zoo)):
            raise self.refusal(f"{what} has no value")
        return value

    # the rules

    def statement(self) -> tuple[Relation, sp.Basic, sp.Basic]:
        """left, relation, right, and nothing after them."""
        links, limits = self.links()
        if len(links) != 1 or limits:
            raise self.refusal("a chain of relations, or a limit", "one relation, left and right")
        return links[0]

    def links(self) -> tuple[list[tuple[Relation, sp.Basic, sp.Basic]], list[Limit]]:
        """Every relation of a chain a <= b <= c with its two sides; and the limits that are sides."""
        limits: list[Limit] = []
        left, out = side(self, limits), []
        while True:
            sign = self.now
            if sign.kind != "sign" or sign.text not in RELATIONS:
                break
            self.at += 1
            right = side(self, limits)
            name = RELATIONS[sign.text]
            if name.endswith("reversed"):
                out.append(self.paired(Relation(name.split()[0]), right, left))
            else:
                out.append(self.paired(Relation(name), left, right))
            left = right
        if not out:
            raise self.missing(sign, "a relation", " ".join(RELATIONS))
        self.end()
        return out, limits

    def paired(self, relation: Relation, left: Any, right: Any) -> tuple[Relation, sp.Basic, sp.Basic]:
        """Two sides of one shape; of means of matrices E[M] = N, E tr(Q M) = tr(Q N) for an arbitrary constant Q."""
        if isinstance(left, sp.MatrixExpr) != isinstance(right, sp.MatrixExpr):
            left, right = number(left), number(right)
        if isinstance(left, sp.MatrixExpr) and right == 0:
            right = sp.ZeroMatrix(*left.shape)
        if isinstance(right, sp.MatrixExpr) and left == 0:
            left = sp.ZeroMatrix(*right.shape)
        left, right = _fitted(left, right), _fitted(right, left)
        matrices = isinstance(left, sp.MatrixExpr)
        if matrices != isinstance(right, sp.MatrixExpr) or (matrices and left.shape != right.shape):
            raise self.refusal("the two sides are not of one shape", "two scalars, or two matrices of one shape")
        if matrices and relation != Relation.EQUALITY:
            raise self.refusal(f"{relation} of matrices", "= between matrices, every relation between numbers")
        if not matrices or not (left.has(Mean) or right.has(Mean)):
            return relation, left, right
        name = next(x for x in ("Q", "Q1", "Q2", "Q3") if x not in self.names)
        probe = Constant(name, left.shape[1], left.shape[0])
        first = self.made(lambda: traced(probe * left), "the expectation")
        return relation, first, self.made(lambda: traced(probe * right), "the expectation")

    def end(self) -> None:
        if self.now.kind != "end":
            raise self.refusal(f"{self.now.text!r} stands where the formula should end", "one relation, left and right")

    def sum(self) -> sp.Basic:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refusal(f"brackets deeper than {DEEPEST}")
        total = self.product()
        while self.now.text in ("+", "-") and self.now.kind == "sign":
            minus = self.now.text == "-"
            self.at += 1
            total = self.add(total, self.product(), minus)
        self.depth -= 1
        return total

    def add(self, left: sp.Basic, right: sp.Basic, minus: bool) -> sp.Basic:
        if isinstance(left, sp.MatrixExpr) != isinstance(right, sp.MatrixExpr):
            left, right = number(left), number(right)
        if isinstance(left, sp.MatrixExpr) != isinstance(right, sp.MatrixExpr):
            raise self.refusal("a matrix and a number cannot be added", "lambda*I for a multiple of the identity")
        left, right = _fitted(left, right), _fitted(right, left)
        if isinstance(left, sp.MatrixExpr) and any(x != y for x, y in zip(left.shape, right.shape, strict=True)):
            raise self.refusal(f"{_size(left)} and {_size(right)} matrices cannot be added", "matrices of one shape")
        return self.made(lambda: left - right if minus else left + right, "the sum")

    def product(self) -> sp.Basic:
        value = self.signed()
        while True:
            if self.take("*"):
                value = self.times(value, self.signed())
            elif self.take("/"):
                value = self.over(value, self.signed())
            elif self.begins():
                value = self.times(value, self.power())
            else:
                return value

    def begins(self) -> bool:
        """Whether a factor begins here; a norm or an absolute value does not where it would be the end of another."""
        kind, text = self.now.kind, self.now.text
        return kind in ("number", "name") or (kind == "sign" and (text in "({⟨" or self.inside.get(text) == 0))

    def times(self, left: sp.Basic, right: sp.Basic) -> sp.Basic:
        matrices = isinstance(left, sp.MatrixExpr) and isinstance(right, sp.MatrixExpr)
        if matrices and left.shape[1] != right.shape[0]:
            left, right = number(left), number(right)
            matrices = isinstance(left, sp.MatrixExpr) and isinstance(right, sp.MatrixExpr)
        if matrices and left.shape[1] != right.shape[0]:
            raise self.refusal(f"{_size(left)} times {_size(right)}", "matrices that fit together; X' is a transpose")
        return self.made(lambda: left * right, "the product")

    def over(self, left: sp.Basic, right: sp.Basic) -> sp.Basic:
        right = number(right)
        if isinstance(right, sp.MatrixExpr):
            raise self.refusal("a division by a matrix", "its inverse as a factor, e.g. S^-1, (X'X)^-1")
        if right.is_zero:
            raise self.refusal("a division by zero")
        return self.made(lambda: left / right, "the quotient")

    def signed(self) -> sp.Basic:
        minus = False
        while self.now.kind == "sign" and self.now.text in ("+", "-"):
            minus ^= self.now.text == "-"
            self.at += 1
        value = self.power()
        return self.made(lambda: -value, "the negative") if minus else value

    def power(self) -> sp.Basic:
        drawn = slope(self)
        base = self.atom() if drawn is None else drawn
        while self.now.kind == "sign" and self.now.text in ("'", "!"):
            base = self.factorial(base) if self.take("!") else self.transpose(base)
        if not self.take("^", "**"):
            return base
        if isinstance(base, sp.MatrixExpr) and self.now.text in ("T", "top") and self.now.kind == "name":  # X^T
            self.at += 1
            return self.made(base.transpose, "the transpose")
        if self.take("{"):
            exponent = self.sum()
            self.need("}")
        else:
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.refusal(f"powers deeper than {DEEPEST}")
            exponent = self.signed()
            self.depth -= 1
        if isinstance(base, sp.MatrixExpr) and isinstance(exponent, sp.Integer) and -9 <= exponent < 0:
            base, exponent = self.inverse(base), -exponent
        exponent = number(exponent)
        base = number(base) if self.now.text != "'" else base
        whole = isinstance(exponent, sp.Integer)
        if isinstance(exponent, sp.MatrixExpr) or (isinstance(base, sp.MatrixExpr) and not (whole and exponent >= 1)):
            raise self.refusal("a power of matrices", "whole powers, e.g. (X'X)^2, (X'X)^-1")
        if exponent.is_number and not (abs(exponent) <= LARGEST_POWER) and base.is_number:
            raise self.refusal("a power of numbers that is too large", f"exponents up to {LARGEST_POWER}")
        return self.made(lambda: base**exponent, "the power")

    def transpose(self, base: Any) -> sp.Basic:
        self.need("'")
        if not isinstance(base, sp.MatrixExpr):
            raise self.refusal("a transpose of a number", "X' for a matrix")
        return self.made(base.transpose, "the transpose")

    def inverse(self, base: sp.MatrixExpr) -> sp.MatrixExpr:
        """The letter for the inverse of a square matrix: the vocabulary's, or one of the formula's own (inv1, inv2)."""
        if base.shape[0] != base.shape[1]:
            raise self.refusal(f"the inverse of a {_size(base)} matrix", "the inverse of a square matrix")
        if isinstance(base, sp.MatrixSymbol) and base in INVERSES:
            return INVERSES[base]
        for letter in (*INVERSES, *self.inverses):
            if INVERSES[letter].doit() == base.doit():
                return letter
        name = f"inv{len(self.inverses) + 1}"
        if name in self.names:
            raise self.refusal(f"{name} has a meaning already", "(...)^-1 beside names that do not begin with inv")
        self.inverses.append(self.made(lambda: Inverse(name, base), "the inverse"))
        return self.inverses[-1]

    def factorial(self, base: sp.Basic) -> sp.Basic:
        if isinstance(base, sp.MatrixExpr):
            raise self.refusal("the factorial of a matrix", "the factorial of a number")
        if base.is_number and not (abs(base) <= LARGEST_POWER):
            raise self.refusal("a factorial that is too large", f"up to {LARGEST_POWER}!")
        return self.made(lambda: sp.factorial(base), "the factorial")

    def atom(self) -> sp.Basic:
        token = self.now
        self.at += 1
        if token.kind == "number":
            return sp.Rational(token.text)
        if token.kind == "name":
            return self.name(token.text)
        if token.kind == "sign" and token.text in ("(", "[", "{"):
            value = self.sum()
            self.need({"(": ")", "[": "]", "{": "}"}[token.text])
            return value
        if token.kind == "sign" and token.text == "‖":
            self.inside["‖"] += 1
            value = norm_of(self)
            self.inside["‖"] -= 1
            return value
        if token.kind == "sign" and token.text == "⟨":
            return inner(self)
        if token.kind == "sign" and token.text == "|":
            self.inside["|"] += 1
            value = number(self.sum())
            self.inside["|"] -= 1
            self.need("|")
            if isinstance(value, sp.MatrixExpr):
                raise self.refusal("the absolute value of a matrix", "of a number")
            return self.made(lambda: sp.Abs(value), "the absolute value")
        raise self.missing(token, "a number or a name")

    def name(self, word: str) -> sp.Basic:
        bracket = self.now.text if self.now.kind == "sign" else ""
        bound = (binder(word, bracket) or optimum(word, bracket)) if word not in self.names else None
        if bound is not None:
            return bound(self)
        if word == "binom" and bracket == "{":
            upper, lower = self.braced(), self.braced()
            return self.made(lambda: sp.binomial(upper, lower), "the binomial")
        if word == "frac":
            above, below = self.braced(), self.braced()
            return self.over(above, below)
        if word == "sqrt" and bracket == "{":
            inside = number(self.braced())
            return self.made(lambda: sp.sqrt(inside), "the root")
        made = number_of(self, word)
        if made is not None:
            return made
        if word == "df" and self.now.kind == "name":  # df_2 written apart
            raise self.refusal("'df' without its order", "df(2, kappa), df2, df_2(kappa)")
        word = {"df_1": "df1", "df_2": "df2"}.get(word, word)
        if word == "sum_j" and bracket == "[":
            (inside,) = self.arguments("[", "]")
            return self.made(lambda: SpectralSum(number(inside)), "the sum")
        if word in BARE and word not in self.names and bracket != "(":
            return self.bare(word)
        if bracket == "(" and word in FUNCTIONS:
            make, counts = FUNCTIONS[word]
            parts = tuple(number(p) for p in self.arguments("(", ")"))
            if any(isinstance(p, sp.MatrixExpr) for p in parts):
                raise self.refusal(f"{word} of a matrix", "functions of numbers")
            own = word in self.names and (1 not in counts or self.names[word] != VOCABULARY.get(word))
            if own and len(parts) == 1:  # kappa (1 + x), or an author's gamma (1 - x): a product
                return self.times(self.names[word], parts[0])
            if len(parts) not in counts:
                raise self.refusal(f"{word} of {len(parts)} arguments", " or ".join(map(str, counts)))
            return self.made(lambda: make(*parts), word)
        if word in self.names:
            return self.names[word]
        near = difflib.get_close_matches(word, [*self.names, *FUNCTIONS], n=3, cutoff=0.6)
        told = f"{', '.join(near)}; " if near else ""
        raise self.refusal(
            f"nothing says what {word} is",
            f"{told}letters of the vocabulary, or --where '{word} > 0', '{word} = formula'",
        )

    def bare(self, word: str) -> sp.Basic:
        r"""log T, \log\det(X'X), \log^2 T: one power as the argument, and nothing that could belong to it after it."""
        exponent: sp.Basic = sp.S.One
        if self.take("^", "**"):
            exponent = self.braced() if self.now.text == "{" else self.atom()
            if not (isinstance(exponent, sp.Integer) and exponent >= 1):
                raise self.refusal(f"a power of the name {word}", f"{word}(x)^2, {word}^2(x)")
        grouped = self.now.kind == "sign" and self.now.text == "("
        inside = number(self.atom() if grouped else self.power())
        if not grouped:
            self.closed(word)
        if isinstance(inside, sp.MatrixExpr):
            raise self.refusal(f"{word} of a matrix", "functions of numbers")
        return self.made(lambda: FUNCTIONS[word][0](inside) ** exponent, word)

    def closed(self, word: str, strict: bool = False) -> None:
        """Refuse log 2 x: whether x belongs to the argument only brackets say; strict: whatever x is."""
        now = self.now
        apart = not strict and now.text in (*BARE, *NAMES, "sqrt", "frac")
        more = now.kind == "number" or (now.kind == "name" and not apart)
        if more or (now.kind == "sign" and (now.text in "({[⟨" or (strict and now.text in ("‖", "|")))):
            raise self.refusal(f"{now.text!r} after {word} and its argument", f"brackets, {word}(...)")

    def braced(self) -> sp.Basic:
        self.need("{")
        value = self.sum()
        self.need("}")
        return value

    def arguments(self, opening: str, closing: str) -> tuple[sp.Basic, ...]:
        self.need(opening)
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        self.need(closing)
        return tuple(parts)
