"""Formulas of the literature as they are printed, each beside a false version: the first holds, the second falls.

Sources: Tulino and Verdu (2004), Hastie et al. (2022), Bartlett et al. (2020), von Rosen (1988), Horn and Johnson.
"""

from __future__ import annotations

import pytest

from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.reading.claims import read_claims

RANK_ONE = r"(\Sigma + w_0 w_0^\top)^{-1} = \Sigma^{-1} - \frac{\Sigma^{-1} w_0 w_0^\top \Sigma^{-1}}"
WX = r"\mathbb{E}[X^\top X A X^\top X] = "
PAIRS = [
    (r"\mathbb{E}[X A X^\top] = tr(A \Sigma) I", r"\mathbb{E}[X A X^\top] = tr(A) I", ""),
    (
        r"\mathbb{E}[w_0^\top X^\top X w_0 w_0^\top X^\top X w_0] = (T^2 + 2 T) (w_0^\top \Sigma w_0)^2",
        r"\mathbb{E}[w_0^\top X^\top X w_0 w_0^\top X^\top X w_0] = (T^2 + T) (w_0^\top \Sigma w_0)^2",
        "",
    ),
    (
        r"\frac{tr(\Sigma)}{\|\Sigma\|} \le \frac{tr(\Sigma)^2}{tr(\Sigma^2)} \le (\frac{tr(\Sigma)}{\|\Sigma\|})^2",
        r"\frac{tr(\Sigma)^2}{tr(\Sigma^2)} \le \frac{tr(\Sigma)}{\|\Sigma\|}",
        "",
    ),
    (
        r"E_{test} \simeq \|w_0\|^2 (1 - \frac{T}{d}) + \sigma^2 \frac{T}{d - T}",
        r"E_{test} \simeq \|w_0\|^2 (1 - \frac{T}{d}) + \sigma^2 \frac{d}{d - T}",
        "isotropic; d > T",
    ),
    (
        r"\mathbb{E}[(X^\top X)^{-1}] = \frac{\Sigma^{-1}}{T-d-1}",
        r"\mathbb{E}[(X^\top X)^{-1}] = \frac{\Sigma^{-1}}{T-d}",
        "T >= d + 2",
    ),
    (
        WX + r"T^2 \Sigma A \Sigma + T (\Sigma A^\top \Sigma + tr(A \Sigma) \Sigma)",
        WX + r"T^2 \Sigma A \Sigma + T (\Sigma A \Sigma + tr(A \Sigma) \Sigma)",
        "",
    ),
    (
        r"\mathbb{E}[\log\det(X^\top X)] = \sum_{i=1}^{d} \psi(\frac{T - i + 1}{2}) + d \log 2 + \log\det\Sigma",
        r"\mathbb{E}[\log\det(X^\top X)] = \sum_{i=1}^{d} \psi(\frac{T - i}{2}) + d \log 2 + \log\det\Sigma",
        "T >= d + 1",
    ),
    (
        r"\mathbb{E}[\det(X^\top X)] = \det(\Sigma) \frac{T!}{(T-d)!}",
        r"\mathbb{E}[\det(X^\top X)] = \det(\Sigma) \frac{T!}{(T-d+1)!}",
        "T >= d",
    ),
    (RANK_ONE + r"{1 + w_0^\top \Sigma^{-1} w_0}", RANK_ONE + r"{1 - w_0^\top \Sigma^{-1} w_0}", ""),
    (
        r"\det(\Sigma + w_0 w_0^\top) = \det(\Sigma) (1 + w_0^\top \Sigma^{-1} w_0)",
        r"\det(\Sigma + w_0 w_0^\top) = \det(\Sigma) (1 + w_0^\top \Sigma w_0)",
        "",
    ),
    (
        r"\int_x^\infty e^{-t^2/2} dt \le \frac{e^{-x^2/2}}{x}",  # Gordon 1941; of e^(-10^18) a double sees no slope
        r"\int_x^\infty e^{-t^2/2} dt \ge \frac{e^{-x^2/2}}{x}",
        "x > 0",
    ),
    (
        r"\arg\min_{0<w<1} \frac{w^2 + (1-w)^2}{w(2-w)} = \frac{\sqrt{5} - 1}{2}",
        r"\arg\min_{0<w<1} \frac{w^2 + (1-w)^2}{w(2-w)} = \frac{2}{3}",
        "",
    ),
    (  # Isserlis: two noises that stand in two numbers
        r"\mathbb{E}[(w_0^\top X^\top E)^2] = T \sigma^2 w_0^\top \Sigma w_0",
        r"\mathbb{E}[(w_0^\top X^\top E)^2] = d \sigma^2 w_0^\top \Sigma w_0",
        "",
    ),
    (
        r"\mathbb{E}[(w_0^\top X^\top E) tr(A X^\top E w_0^\top)] = T \sigma^2 w_0^\top A \Sigma w_0",
        r"\mathbb{E}[(w_0^\top X^\top E) tr(A X^\top E w_0^\top)] = 0",
        "",
    ),
    (r"\binom{n}{2} \le \frac{n^2}{2}", r"\binom{n}{2} \ge \frac{n^2}{4}", ""),  # n < 2: 0, no pole
    (r"\sum_{j=1}^{T} j^{-1/2} \sim 2 \sqrt{T}", r"\sum_{j=1}^{T} j^{-1/2} \sim \sqrt{T}", "as T grows"),
    (  # a pure power law of the variance: without a signal no bias is left
        r"E_{test} \asymp T^{\ell/\beta - 1}",
        r"E_{test} \asymp T^{\ell/\beta}",
        r"power-law; infinite dimension; no signal; \lambda = T^{-\ell}; 0 < \ell; \ell < \beta; \sigma^2 > 0",
    ),
    (  # the limit may be 0, and is where there is no noise
        r"\lim_{n \to \infty} E_{test}/n = \frac{\sigma_0^2 d}{T_0 - d - 1}",
        r"\lim_{n \to \infty} E_{test}/n = \frac{\sigma_0^2 d}{T_0 - d}",
        r"T \ge d + 2; T_0 \ge d + 2",
    ),
    (r"|tr(A B)| \le \|A\|_F \|B\|_F", r"|tr(A B)| \le \|A\| \|B\|", ""),
    (r"\|A\| \le \|A\|_F \le \|A\|_* \le \sqrt{d} \|A\|_F", r"\|A\|_* \le \|A\|_F", ""),
    (r"\|A B\| \le \|A\| \|B\|", r"\|A\| \|B\| \le \|A B\|", ""),
    (
        r"\frac{d}{d\lambda} \log\det(\Sigma + \lambda I) = tr((\Sigma + \lambda I)^{-1})",
        r"\frac{d}{d\lambda} tr((\Sigma + \lambda I)^{-1}) = tr((\Sigma + \lambda I)^{-2})",
        "lambda > 0",
    ),
    (
        r"\mathbb{E}\|X\|_F^4 = T^2 tr(\Sigma)^2 + 2 T tr(\Sigma^2)",
        r"\mathbb{E}\|X\|_F^4 = T^2 tr(\Sigma)^2 + T tr(\Sigma^2)",
        "",
    ),
    (
        r"\lambda \le \kappa \le \lambda + \frac{tr(\Sigma)}{T}",
        r"\lambda \le \kappa \le \lambda + \frac{tr(\Sigma)}{T + 1}",
        "lambda > 0",
    ),
    (r"df_2 \le df_1 \le \min(d, T)", r"df_1 \le df_2 + 1", "lambda > 0"),
    (r"\lim_{n \to \infty} (1 - \frac{1}{T})^n = 0", r"\lim_{T \to \infty} (1 - \frac{1}{T})^T = e", "T >= 2"),
    (r"E[tr((X X')^{-1})] = \frac{T}{d - T - 1}", r"E[tr((X X')^{-1})] = \frac{T}{d - T}", "isotropic; d >= T + 2"),
    (
        r"E[tr((X X')^{-2})] = \frac{T (d - 1)}{(d-T) (d-T-1) (d-T-3)}",
        r"E[tr((X X')^{-2})] = \frac{T (d - 1)}{(d-T) (d-T-1) (d-T-2)}",
        "isotropic; d >= T + 4",
    ),
]


def outcome(formula: str, where: str) -> set[str]:
    return {judge(claim).outcome for claim in read_claims(formula, [where])}


@pytest.mark.parametrize(("true", "false", "where"), PAIRS, ids=[p[0][:40] for p in PAIRS])
def test_the_formula_holds_and_its_false_version_falls(true: str, false: str, where: str) -> None:
    """df_1 <= df_2 + 1 holds for d <= 4 and not beyond; |tr AB| <= |A| |B| needs A and B near the identity to fail."""
    assert outcome(true, where) == {"holds"}
    assert outcome(false, where) == {"fails"}


def test_a_random_quantity_has_no_equivalent_but_in_the_mean() -> None:
    """tr(R S) ~= kappa df_1/lambda is said of the mean: without E[...] it is undecided, and the reason says so."""
    (claim,) = read_claims("tr(R*S) ~= kappa*df1/lambda", ["lambda > 0"])
    found = judge(claim)
    assert found.outcome == "undecided"
    assert "R is random" in found.reason
