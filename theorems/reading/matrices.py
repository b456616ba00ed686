r"""Numbers made of matrices: traces, determinants, norms, eigenvalues, expectations, variances, inner products.

::

    norm    = "\|" sum "\|" ["_F" | "_op" | "_2" | "_*" | "_{matrix}"]
    mean    = ("E" | "\mathbb{E}") "[" sum "]" | "\mathbb{E}" power
    number  = ("tr" | "det" | "\lambda_{\max}" | "\lambda_{\min}" | "\sigma_{\max}") ("(" sum ")" | power)
    inner   = "\langle" sum "," sum "\rangle"
    spread  = "Var" "(" sum ")" | "Cov" "(" sum "," sum ")"

Of a column, \|u\| is the Euclidean norm and \|u\|_S^2 is u'Su; of any other matrix \|A\| is the largest singular value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..functions import Expect
from ..matrix_numbers import Eigenvalue, Mean, norm, traced

if TYPE_CHECKING:
    from .grammar import Reader

NAMES = {"tr": "trace", "trace": "trace", "Tr": "trace", "det": "determinant", "Det": "determinant"}
NAMES |= {"lambda_max": "max", "lambda_min": "min", "sigma_max": "op", "Expect_": "mean", "Var": "Var", "Cov": "Cov"}
NORMS = {"": "", "F": "F", "HS": "F", "op": "op", "2": "2", "*": "*", "tr": "*", "nuc": "*"}
BRACKETS = {"(": ")", "[": "]", "{": "}"}


def number(value: Any) -> Any:
    """A 1 x 1 matrix as the number that it is: w0' S w0."""
    one = isinstance(value, sp.MatrixExpr) and value.shape == (sp.S.One, sp.S.One)
    return traced(value) if one else value


def number_of(reader: Reader, word: str) -> sp.Basic | None:
    """What a word that makes a number of a matrix stands for; None if it is no such word here."""
    bracket = reader.now.text if reader.now.kind == "sign" else ""
    if word == "E" and bracket == "[":
        word = "Expect_"
    kind = NAMES.get(word)
    if kind is None or (word in reader.names and word != "Expect_"):
        return None
    exponent = _exponent(reader)
    if kind in ("Var", "Cov"):
        value = _spread(reader, kind)
    else:
        inside = _argument(reader, word)
        value = _mean(reader, inside) if kind == "mean" else _of_matrix(reader, kind, inside)
    return value if exponent is None else reader.made(lambda: value**exponent, "the power")


def _exponent(reader: Reader) -> sp.Integer | None:
    r"""The 2 of \operatorname{tr}^2(A): the square of the trace."""
    if reader.now.text not in ("^", "**") or reader.now.kind != "sign":
        return None
    reader.at += 1
    value = reader.braced() if reader.now.text == "{" else reader.atom()
    if not (isinstance(value, sp.Integer) and 1 <= value <= 9):
        raise reader.refusal("a power of a function's name", "tr(A)^2, or tr^2(A)")
    return value


def _argument(reader: Reader, word: str) -> Any:
    """In brackets, or the power that follows; what would go on after that needs brackets."""
    if reader.now.kind == "sign" and reader.now.text in BRACKETS:
        closing = BRACKETS[reader.now.text]
        reader.at += 1
        value = reader.sum()
        reader.need(closing)
        return value
    value = reader.power()
    reader.closed({"Expect_": "E"}.get(word, word), strict=True)
    return value


def _mean(reader: Reader, inside: Any) -> sp.Basic:
    inside = number(inside)
    if isinstance(inside, sp.MatrixExpr):
        return reader.made(lambda: Mean(inside), "the expectation")
    return reader.made(lambda: Expect(inside), "the expectation")


def _of_matrix(reader: Reader, kind: str, matrix: Any) -> sp.Basic:
    if kind != "op" and (not isinstance(matrix, sp.MatrixExpr) or matrix.shape[0] != matrix.shape[1]):
        raise reader.refusal(f"a {kind} of what is no square matrix", "tr(S*Winv), det(X'X)")
    if kind == "trace":
        return reader.made(lambda: traced(matrix), "the trace")
    plain(reader, matrix)
    if kind == "determinant":
        return reader.made(lambda: sp.Determinant(matrix), "the determinant")
    if kind == "op":
        return reader.made(lambda: norm(matrix, "op"), "the singular value")
    return reader.made(lambda: Eigenvalue(kind, matrix), "the eigenvalue")


def plain(reader: Reader, matrix: Any) -> None:
    """Refuse what is no matrix, and the expectation of a matrix where only a trace may be taken."""
    if not isinstance(matrix, sp.MatrixExpr):
        raise reader.refusal(f"{sp.sstr(matrix):.40} is no matrix", r"\|A\|, \|u\|; |x| for a number")
    if matrix.has(Mean):
        raise reader.refusal("a number of E[matrix] that is no trace", "tr(A E[M]), E[M] = N entry by entry")


def _spread(reader: Reader, kind: str) -> sp.Basic:
    opening = reader.now.text
    if opening not in BRACKETS:
        raise reader.refusal(f"{kind} without its bracket", "Var(tr(W)), Cov(f, g)")
    parts = [number(p) for p in reader.arguments(opening, BRACKETS[opening])]
    first, last = parts[0], parts[-1]
    if len(parts) != (1 if kind == "Var" else 2) or any(isinstance(p, sp.MatrixExpr) for p in parts):
        raise reader.refusal(f"{kind} of {len(parts)} arguments, or of a matrix", "Var(f), Cov(f, g) of numbers")
    return reader.made(lambda: Expect(sp.expand(first * last)) - Expect(first) * Expect(last), kind)


def norm_of(reader: Reader) -> sp.Basic:
    r"""\|A\|_kind; the opening sign has been passed."""
    inside = reader.sum()
    closing = reader.now
    if closing.kind != "sign" or not closing.text.startswith("‖"):
        raise reader.missing(closing, "'\\|'")
    reader.at += 1
    plain(reader, inside)
    kind = re.sub(r"[‖_{}\s]", "", closing.text)
    if kind in NORMS:
        return reader.made(lambda: norm(inside, NORMS[kind]), "the norm")
    weight = reader.names.get(kind)
    if isinstance(weight, sp.MatrixSymbol) and inside.shape[1] == 1 and weight.shape == (inside.shape[0],) * 2:
        return reader.made(lambda: sp.sqrt(traced(inside.T * weight * inside)), "the norm")
    raise reader.refusal(f"the norm with index {kind!r:.20}", r"\|A\|, \|A\|_F, \|A\|_{op}, \|A\|_*, \|u\|_S")


def inner(reader: Reader) -> sp.Basic:
    r"""\langle A, B \rangle = tr(A'B); the opening sign has been passed."""
    left = reader.sum()
    reader.need(",")
    right = reader.sum()
    reader.need("⟩")
    if not all(isinstance(x, sp.MatrixExpr) for x in (left, right)) or left.shape != right.shape:
        raise reader.refusal("an inner product of what is not of one shape", "two matrices or two columns")
    return reader.made(lambda: traced(left.T * right), "the inner product")
