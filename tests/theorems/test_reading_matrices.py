"""Chains, limits, and numbers of matrices in a formula: what they mean, and what is refused as ambiguous."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import InputError
from ridgeproof.theorems.functions import Expect, SpectralSum, trace
from ridgeproof.theorems.matrix_numbers import Eigenvalue, Nuclear, slope
from ridgeproof.theorems.reading.claims import read_claim, read_claims
from ridgeproof.theorems.relations import Relation
from ridgeproof.theorems.vocabulary import A, B, R, S, T, Winv, X, d, kappa, lam, s, w0, w2


def left(text: str) -> sp.Expr:
    return read_claim(f"{text} = 1").equations[0].left


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\|A\|_F", sp.sqrt(trace(A.T * A))),
        (r"\lVert A \rVert_{\mathrm{F}}^2", trace(A.T * A)),
        (r"\|A\|", sp.sqrt(Eigenvalue("max", A.T * A))),
        (r"\|A\|_{op} \|B\|_*", sp.sqrt(Eigenvalue("max", A.T * A)) * Nuclear(B)),
        (r"\|S w_0\|^2", trace(w0.T * S.T * S * w0)),
        (r"\|w_0\|_\Sigma^2", trace(w0.T * S * w0)),
        (r"w_0^\top \Sigma w_0", trace(w0.T * S * w0)),
        (r"1 + w_0^\top w_0", 1 + trace(w0.T * w0)),
        (r"\langle A, B \rangle", trace(A.T * B)),
        (r"\log\det\Sigma", sp.log(sp.Determinant(S))),
        (r"\operatorname{tr}^2(A)", Trace(A) ** 2),
        (r"|\mathrm{tr}(A)| |\mathrm{tr}(B)|", sp.Abs(Trace(A)) * sp.Abs(Trace(B))),
        (r"\lambda_{\max}(S) + \lambda_{\min}(S)", Eigenvalue("max", S) + Eigenvalue("min", S)),
        (r"\mathbb{E}\|X\|_F^2", Expect(trace(X.T * X))),
        (r"\mathrm{Var}(tr(X'X))", Expect(trace(X.T * X) ** 2) - Expect(trace(X.T * X)) ** 2),
        (r"tr(A \mathbb{E}[Winv] B)", Expect(trace(A * Winv * B))),
        (r"\frac{d}{d\lambda} tr(R)", -Trace(R * R)),
        (r"\sum_{j=1}^{d} \frac{s_j w_{0,j}^2}{s_j + \kappa}", SpectralSum(s * w2 / (s + kappa))),
        (r"\sum_j s_j^2", SpectralSum(s**2)),
        ("Sum(s_j*w2_j/(s_j + kappa), j)", SpectralSum(s * w2 / (s + kappa))),
        ("sum(s_j/(s_j + kappa), (j, 1, d))", SpectralSum(s / (s + kappa))),
        ("sum(s_j**2, j, 1, d)", SpectralSum(s**2)),
        (r"\log T / T", sp.log(T) / T),
        (r"T\operatorname{tr}(A) d\operatorname{tr}A", T * d * Trace(A) ** 2),
        (r"2 \log T \log d", 2 * sp.log(T) * sp.log(d)),
    ],
)
def test_what_is_written_is_meant(text: str, value: sp.Expr) -> None:
    """Norms, 1 x 1 matrices as numbers, means of matrices under a trace, sums over the spectrum."""
    assert sp.expand(left(text) - value) == 0, left(text)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        (r"\log 2 x = 1", "brackets"),
        (r"\log T (1 + x) = 1", "brackets"),
        ("sum(s_j, (j, 1, T)) = 1", "part of the spectrum"),
        ("product(s_j, (j, 1, d)) = 1", "part of the spectrum"),
        ("sum(s) = 1", "sum of 1 argument "),
        (r"\mathbb{E} tr(A) tr(W) = 1", "brackets"),
        (r"tr A B = 1", "brackets"),
        (r"\|A = 1", "missing"),
        (r"\|A\|_7 = 1", "index"),
        (r"\|x\| = 1", "no matrix"),
        (r"\|E[Winv]\| = 1", "no trace"),
        (r"E[Winv] E[Winv] = S", "beside"),
        (r"tr(X E[Winv]) = 1", "beside|square|times"),
        (r"S <= A", "of matrices"),
        (r"\det(X) = 1", "square"),
        (r"\lim_{x \to \infty} 1/x + d = 1", "whole side"),
        (r"\lim_{x \to 3} x = 3", "not negative"),
        (r"\lim_{x \to \infty} x = x", "other side"),
        (r"\lim_{x \to \infty} 1/x <= 1", "beside"),
        (r"\sum_{j=2}^{d} s_j = 1", "part of the spectrum"),
        (r"\frac{d}{dT} tr(X'X) = 1", "derivative"),
        (r"\frac{d}{d\lambda} E_{test} = 1", "derivative"),
        (r"T = d <", "missing"),
    ],
)
def test_what_could_mean_two_things_is_refused(text: str, fragment: str) -> None:
    """In one line, which says how to write it."""
    with pytest.raises(InputError, match=fragment) as told:
        read_claims(text, ["x > 0"])
    assert "\n" not in str(told.value)


def test_a_chain_is_one_claim_for_each_kind_of_relation() -> None:
    """a <= b <= c has two equations; a < b <= c makes two claims; >= is read from the right."""
    claim = read_claim(r"\lambda \le \kappa \le \lambda + T")
    assert [(e.left, e.right) for e in claim.equations] == [(lam, kappa), (kappa, lam + T)]
    strict, bound = read_claims("d < T <= 2 T", ["T >= d + 1"])
    assert (strict.relation, bound.relation, strict.id) == (Relation.STRICT, Relation.BOUND, "formula-strict")
    assert [(e.left, e.right) for e in read_claim("2 T >= T >= 1").equations] == [(T, 2 * T), (1, T)]


def test_a_limit_is_a_relation_in_the_limit() -> None:
    """f ~ c; f - c =o 1 where c may be 0; 1 =o f for an infinite limit."""
    one = read_claim(r"\lim_{x \to 0} \frac{\sin(x)}{x} = 1")
    assert (one.relation, one.limit) == (Relation.ASYMPTOTIC, (sp.Symbol("x", positive=True), 0))
    assert read_claim(r"\lim_{T \to \infty} d/T = 0").relation == Relation.NEGLIGIBLE
    assert read_claim(r"\lim_{T \to \infty} T = \infty").equations[0].left == 1


def test_an_author_s_letter_is_no_function() -> None:
    """gamma (1 - x) with a gamma of one's own is a product, and not Gamma(1 - x)."""
    x = sp.Symbol("x", positive=True)
    own = read_claim(r"\gamma (1 - x) = 1", ["gamma = d/T", "x > 0"]).equations[0].left
    assert sp.expand(own - d / T * (1 - x)) == 0
    assert read_claim(r"\gamma(1 + x) = 1", ["x > 0"]).equations[0].left == sp.gamma(1 + x)


def test_a_derivative_sees_through_abbreviations_and_letters() -> None:
    """d/dT of gamma = d/T, and of the resolvent, of which SymPy's own derivative is 0."""
    assert read_claim("diff(gamma, T) = -d/T^2", ["gamma = d/T"]).equations[0].left == sp.Derivative(d / T, T)
    assert slope(trace(R * S), lam) == -Trace(R * S * R) or slope(trace(R * S), lam) == -Trace(R**2 * S)
    assert slope(lam * trace(S), lam) is None


def test_letters_are_declared_as_they_are_written() -> None:
    r"""\\alpha_1 > 0 declares alpha_1; "as n grows" makes an asymptotic relation of ~=, which speaks of d and T."""
    claim = read_claim(r"\alpha_1 \le 2 \alpha_1", [r"\alpha_1 > 0"])
    assert claim.equations[0].left == sp.Symbol("alpha_1", positive=True)
    assert read_claim("n + 1 ~= n", ["as n grows"]).relation == Relation.ASYMPTOTIC
