"""Searches for sequents of statements that an author may write: test errors of several settings, inequalities.

Each true statement is proved with nothing but its hypotheses in Γ; each false one, and each with a hypothesis less, is
not.  Sources: E_test of least squares is Theorem 1 with Eq. (1) of arXiv 2402.07712v2 at lambda = 0; the others are
algebra, or summand by summand over the spectrum.
"""

from __future__ import annotations

import pytest
import sympy as sp

from ridgeproof.authoring import (
    T0,
    Claim,
    E_test,
    Equation,
    Fit,
    Hypothesis,
    Relation,
    S,
    Setting,
    SpectralSum,
    T,
    centred,
    d,
    df,
    fresh,
    kappa,
    lam,
    moments_downstream,
    moments_generator,
    n,
    positive,
    s,
    sigma02,
    sigma2,
    trace,
    w2,
)
from ridgeproof.proofs_check import kernel as K
from ridgeproof.proofs_check.court.certify import certify

mu, rho = sp.symbols("mu rho", positive=True)
y, z = sp.symbols("y z", real=True)
BOUND, STRICT, EQUAL = Relation.BOUND, Relation.STRICT, Relation.EQUALITY
NOISY = Hypothesis("sigma^2 > 0", sp.Gt(sigma2, 0))
ROWS = (fresh, centred, moments_downstream, moments_generator)
LAST = Fit(T, sp.S.Zero, sigma2)


def chain(times: sp.Expr | int, spectrum: str = "any") -> Setting:
    """Generators of T0 rows by least squares, relabelling in turn, then the student."""
    generators = (Fit(T0, sp.S.Zero, sigma02, repeat=sp.sympify(times)),) if times != 0 else ()
    return Setting(spectrum, "any" if spectrum == "any" else "isotropic", generators, LAST)  # type: ignore[arg-type]


def claim(relation: Relation, left: sp.Expr, right: sp.Expr, *hypotheses: Hypothesis) -> Claim:
    """A claim whose derivation is left to the machine."""
    return Claim("one", "t", "s", relation, (Equation(left, right),), hypotheses, derive="auto")


GAIN = sigma02 * d / (T0 - d - 1)
CLEAN = sigma2 * d / (T - d - 1)
TRUE = {
    "difference": claim(EQUAL, E_test(chain(n)) - E_test(chain(0)), n * GAIN, *ROWS),
    "of two numbers of generators": claim(EQUAL, E_test(chain(n + 2)) - E_test(chain(n)), 2 * GAIN, *ROWS),
    "isotropic": claim(EQUAL, E_test(chain(3, "isotropic")), CLEAN + 3 * GAIN, *ROWS),
    "ratio": claim(EQUAL, E_test(chain(n)) / E_test(chain(0)), 1 + n * GAIN / CLEAN, *ROWS, NOISY),
    "fake data do not help": claim(BOUND, E_test(chain(0)), E_test(chain(1)), *ROWS),
    "convex in n": claim(BOUND, 2 * E_test(chain(1)), E_test(chain(0)) + E_test(chain(3)), *ROWS),
    "small sizes are worse": claim(BOUND, d / T, d / (T - d - 1), moments_downstream),
    "and strictly": claim(STRICT, d / T, d / (T - d - 1), moments_downstream),
    "df2 <= df1": claim(BOUND, df(2, kappa), df(1, kappa), positive),
    "df2 < df1": claim(STRICT, df(2, mu), df(1, mu)),
    "lambda <= kappa": claim(BOUND, lam, kappa, positive),
    "kappa <= lambda + tr S/T": claim(BOUND, kappa, lam + SpectralSum(s) / T, positive),
    "by the trace": claim(BOUND, kappa, lam + trace(S) / T, positive),
    "df1 < T": claim(STRICT, df(1, kappa), T, positive),
    "df1 < d": claim(STRICT, df(1, kappa), d, positive),
    "a square": claim(BOUND, y * z, (y**2 + z**2) / 2),
    "a square at every eigenvalue": claim(BOUND, SpectralSum(s * w2 / (s + mu) ** 2), SpectralSum(w2) / (4 * mu)),
    "one variable": claim(STRICT, mu / (mu + rho), sp.S.One),
}
FALSE = {
    "n - 1 for n": claim(EQUAL, E_test(chain(n)) - E_test(chain(0)), (n - 1) * GAIN, *ROWS),
    "T0 - d": claim(EQUAL, E_test(chain(n)) - E_test(chain(0)), n * sigma02 * d / (T0 - d), *ROWS),
    "no moments": claim(EQUAL, E_test(chain(n)) - E_test(chain(0)), n * GAIN, *ROWS[:3]),
    "0/0 at sigma = 0": claim(EQUAL, E_test(chain(n)) / E_test(chain(0)), 1 + n * GAIN / CLEAN, *ROWS),
    "fake data help": claim(BOUND, E_test(chain(1)), E_test(chain(0)), *ROWS),
    "strictly, without noise": claim(STRICT, E_test(chain(0)), E_test(chain(1)), *ROWS),
    "concave in n": claim(BOUND, E_test(chain(0)) + E_test(chain(3)), 2 * E_test(chain(1)), *ROWS),
    "two covariances": claim(BOUND, E_test(chain(0)), E_test(chain(1, "isotropic")), *ROWS),
    "T >= d + 2 left out": claim(BOUND, d / T, d / (T - d - 1)),
    "df1 <= df2": claim(BOUND, df(1, kappa), df(2, kappa), positive),
    "tr S/(2 T)": claim(BOUND, kappa, lam + SpectralSum(s) / (2 * T), positive),
    "without lambda > 0": claim(STRICT, df(1, kappa), T),  # at lambda = 0 and T < d they are equal
    "df1 < T - 1": claim(STRICT, df(1, kappa), T - 1, positive),
    "d < df1": claim(STRICT, d, df(1, kappa), positive),
    "a square, strictly": claim(STRICT, y * z, (y**2 + z**2) / 2),
    "less than a square": claim(BOUND, 3 * y * z, y**2 + z**2),
    "5 for 4": claim(BOUND, SpectralSum(s * w2 / (s + mu) ** 2), SpectralSum(w2) / (5 * mu)),
    "strictly, w0 = 0": claim(STRICT, SpectralSum(w2 * s), SpectralSum(w2 * (s + mu))),
}


@pytest.mark.parametrize("which", TRUE)
def test_true_statements_have_sequents(which: str) -> None:
    """Γ holds the claim's hypotheses and axioms that docs list, and the kernel accepts."""
    proof = certify(TRUE[which])
    assert proof.complete, [str(e.about) for e in proof.evidence]
    for certificate in proof.certificates:
        assert K.grade(K.check(certificate)) == "proved"


@pytest.mark.parametrize("which", FALSE)
def test_false_statements_have_none(which: str) -> None:
    """A factor, a threshold, a condition or an = for a <: no certificate, and a line that says what was tried."""
    proof = certify(FALSE[which])
    assert not proof.certificates and proof.evidence
