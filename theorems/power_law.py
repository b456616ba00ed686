"""Power-law spectra and targets: degrees of freedom, kappa, and the scaling laws (docs/theory.md#P1 to #P4).

Capacity beta > 1: s_j = j^-beta.  Source r >= 0: s_j w0_j^2 = j^-(1 + 2 beta r).  Saturation: rb = min(r, 1).
"""

from __future__ import annotations

import sympy as sp

from . import power_law_bounds as chain
from .claim import Cited, Claim, Equation, Fit, Hypothesis, Premise, Relation, Setting, Step
from .exponents.model.sharp import BETA, constants
from .exponents.model.sharp import R as SHARP_R
from .functions import E_test, Kappa, SpectralSum, df
from .leading_order import positive as ridge_positive
from .order_steps import Assumed, Balance, Negligible, Order, PowerOrder, Quantity, Scales
from .sources import THEORY, V1, V2
from .vocabulary import T0, T, a, b, beta, d, ell, k, kappa, lam, n, r, s, sigma02, sigma2, w2

oo, zero = sp.oo, sp.S.Zero
u, p, q = sp.symbols("u p q", positive=True)

capacity = Hypothesis("beta > 1", sp.Gt(beta, 1))
infinite = Hypothesis("d = infinity, s_j = j^-beta, s_j w0_j^2 = j^-(1 + 2 beta r)")
saturation = sp.Min(r, 1)

# The constants of the leading terms, in the symbols of the vocabulary.
A, V, B = (value.xreplace({BETA: beta, SHARP_R: r}) for value in constants().values())
no_generators = Setting("power-law", "source", (), Fit(T, lam, sigma2), dimension=oo)


# --- P1 --------------------------------------------------------------------------------------------------------------

beta_integral = Claim(
    id="beta-integral",
    title="Euler's Beta integral, where the constants of the power laws come from",
    source=f"classical (DLMF 5.12.3); {THEORY}#P1",
    relation=Relation.EQUALITY,
    statement=(
        Equation(
            sp.Integral(u ** (p - 1) / (1 + u) ** (p + q), (u, 0, oo)), sp.gamma(p) * sp.gamma(q) / sp.gamma(p + q)
        ),
    ),
    hypotheses=(Hypothesis("p > 0", sp.Gt(p, 0)), Hypothesis("q > 0", sp.Gt(q, 0))),
    derive=lambda: (
        Cited(
            "Euler's integral, and his reflection formula, by which its values are simplified",
            "classical: DLMF 5.12.3 and 5.5.3",
        ),
    ),
)

_euler = Premise("the integral over x, with u = x^beta, is a Beta integral", "beta-integral")
_gap = sp.Symbol("R", positive=True)  # between a sum and its leading term


def _degrees(order: int, constant: sp.Expr) -> tuple[Step, ...]:
    compared = PowerOrder(
        "the summand (1 + k y)^-m, y = j^beta, falls in j, so that the sum is within a constant of the integral",
        df(order, k), chain.capacity, k, leading=constant, gap=_gap,
    )  # fmt: skip
    return (
        Scales("k is bounded"),
        _euler,
        compared,
        Order("df_m is of the order of k^(-1/beta)", df(order, k), k ** (-1 / beta), chain.capacity),
        Negligible(
            "which is larger than any constant as k -> 0",
            df(order, k), constant * k ** (-1 / beta), _gap, k ** (1 / beta), chain.capacity, compared=compared,
        ),
    )  # fmt: skip


df1_power_law = Claim(
    id="df1-power-law",
    title="First degrees of freedom of a power law: df_1(k) ~ A k^(-1/beta), and never more than 1 below it",
    source=f"own derivation; {THEORY}#P1",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(df(1, k), A * k ** (-1 / beta)),),
    hypotheses=(capacity, infinite),
    derive=lambda: _degrees(1, A),
    setting=no_generators,
    limit=(k, zero),
)

df2_power_law = Claim(
    id="df2-power-law",
    title="Second degrees of freedom of a power law: df_2(k) ~ V k^(-1/beta), V = (1 - 1/beta) A",
    source=f"own derivation; {THEORY}#P1",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(df(2, k), (1 - 1 / beta) * A * k ** (-1 / beta)),),
    hypotheses=(capacity, infinite),
    derive=lambda: _degrees(2, (1 - 1 / beta) * A),
    setting=no_generators,
    limit=(k, zero),
)

_sum = SpectralSum(s * w2 / (s + k) ** 2)
bias_sum = k**2 * _sum


_beta_function = sp.gamma(2 - 2 * r) * sp.gamma(2 * r) / beta


def _bias_below() -> tuple[Step, ...]:
    assume: Assumed = (*chain.source, (1 - r, ">"))
    compared = PowerOrder(
        "the summand has one maximum at most, of relative size k^(1/beta), and its integral over j < 1 is small",
        _sum, assume, k, leading=_beta_function, gap=_gap,
    )  # fmt: skip
    return (
        Scales("k is bounded"),
        _euler,
        compared,
        Order("the sum is of the order of k^(2r - 2)", _sum, k ** (2 * r - 2), assume),
        Negligible(
            "so that the difference is relatively of the order of k^(2 - 2r) and k^(1/beta)",
            bias_sum, _beta_function * k ** (2 * r), _gap * k**2, k ** (2 - 2 * r) + k ** (1 / beta), assume,
            compared=compared,
        ),
    )  # fmt: skip


bias_below_saturation = Claim(
    id="bias-sum-below-saturation",
    title="Bias sum for 0 < r < 1: B k^(2r), B = Gamma(2 - 2r) Gamma(2r)/beta",
    source=f"own derivation (compare {V2}, Lemma C.1); {THEORY}#P1",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(bias_sum, _beta_function * k ** (2 * r)),),
    hypotheses=(capacity, infinite, Hypothesis("0 < r", sp.Gt(r, 0)), Hypothesis("r < 1", sp.Lt(r, 1))),
    derive=_bias_below,
    setting=no_generators,
    limit=(k, zero),
)

_zeta = sp.zeta(1 + 2 * beta * (r - 1))
_above: Assumed = (*chain.capacity, (r - 1, ">"))


def _bias_above() -> tuple[Step, ...]:
    """w2/s - s w2/(s + k)^2 = k w2/(s (s + k)) + k w2/(s + k)^2, and both sums vanish with k.

    With x = 2(r - 1) they are of the order of k^x + k, at x = 1 with a logarithm; k^(x/(1 + x)) + k bounds them always.
    """
    first, second = SpectralSum(k * w2 / (s * (s + k))), SpectralSum(k * w2 / (s + k) ** 2)
    power = 2 * (r - 1) / (2 * r - 1)
    slack = 4 * beta * (r - 1) ** 2 / (2 * r - 1)
    return (
        Scales("k is bounded"),
        PowerOrder("sum w0_j^2/s_j is a value of the zeta function", SpectralSum(w2 / s), _above, value=_zeta),
        PowerOrder("the sum is at least of the order of 1", _sum, _above, k),
        PowerOrder("what is missing", first, _above, k, slack=slack),
        PowerOrder("and the rest of it", second, _above, k, slack=slack),
        Negligible(
            "what is missing is of the order of a power of k",
            bias_sum, _zeta * k**2, k**2 * (first + second), k**power + k, _above, below=True,
        ),
    )  # fmt: skip


bias_above_saturation = Claim(
    id="bias-sum-above-saturation",
    title="Bias sum for r > 1: zeta(1 + 2 beta (r - 1)) k^2",
    source=f"own derivation (compare {V2}, Lemma C.1); {THEORY}#P1",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(bias_sum, _zeta * k**2),),
    hypotheses=(capacity, infinite, Hypothesis("r > 1", sp.Gt(r, 1))),
    derive=_bias_above,
    setting=no_generators,
    limit=(k, zero),
)

_log = sp.log(1 / k)
_at_one = bias_sum.subs(r, 1)


def _bias_at() -> tuple[Step, ...]:
    compared = PowerOrder(
        "1/j below j = k^(-1/beta), up to a relative error k j^beta; what lies beyond is bounded",
        _sum, chain.capacity, k, log=_log, gap=_gap,
    )  # fmt: skip
    return (
        Scales("k is bounded"),
        compared,
        Order("the sum is of the order of the logarithm", _sum, _log, chain.capacity),
        Negligible(
            "from which it differs by a constant at most",
            _at_one, k**2 * _log / beta, k**2 * _gap, 1 / _log, chain.capacity, compared=compared,
        ),
    )  # fmt: skip


bias_at_saturation = Claim(
    id="bias-sum-at-saturation",
    title="Bias sum at r = 1: (1/beta) k^2 log(1/k), a logarithm that the order k^(2 rb) misses",
    source=f"own derivation (compare {V2}, Lemma C.1); {THEORY}#P1",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(_at_one, k**2 * _log / beta),),
    hypotheses=(capacity, infinite, Hypothesis("r = 1", sp.Eq(r, 1))),
    derive=_bias_at,
    setting=no_generators,
    limit=(k, zero),
    finding=(
        "Known: the logarithm at r = 1 stands in the paper's Lemma C.1 (v2).  New: its constant, 1/beta, and that the "
        "order of Theorem 5.2 (v1: Theorem 3), which drops it, is not attained there."
    ),
)

bias_order_uncorrected = Claim(
    id="bias-sum-order-at-saturation",
    title="The order k^(2 rb) for the bias sum, used at r = 1",
    source=f"{V1}, Theorem 3 read at r = 1 (v2: Eq. (60)); {THEORY}#P1",
    relation=Relation.ORDER,
    statement=(Equation(_at_one, k**2),),
    hypotheses=(capacity, infinite, Hypothesis("r = 1", sp.Eq(r, 1))),
    setting=no_generators,
    limit=(k, zero),
    finding="Refuted: the ratio grows like log(1/k); see bias-sum-at-saturation.",
    expected="refuted",
)

# --- P2 --------------------------------------------------------------------------------------------------------------

_all = chain.Number(finite=False)
bounded_ridge = Hypothesis("lambda <= 1", sp.Le(lam, 1))
_named = ((kappa, Kappa(lam, T)),)

kappa_order = Claim(
    id="kappa-order",
    title="kappa is of the order of the larger of lambda and T^-beta, uniformly in both",
    source=f"own derivation; {THEORY}#P2",
    relation=Relation.ORDER,
    statement=(Equation(kappa, sp.Max(lam, T**-beta)),),
    hypotheses=(capacity, infinite, bounded_ridge, ridge_positive),
    derive=lambda: (
        Scales("lambda is bounded", lam),
        chain.kappa_defined,
        *chain.kappa_bounded(chain.capacity),
        *chain.degrees(_all),
        Order(
            "kappa is of the order of lambda, or df_1(kappa), of the order of kappa^(-1/beta), of that of T",
            kappa,
            sp.Max(lam, T**-beta),
            chain.capacity,
            (chain.kappa_defined,),
        ),
    ),
    setting=no_generators,
    limit=(T, oo),
    scaling=((lam, T**-ell),),
    where=_named,
)

_large: Assumed = (*chain.capacity, (ell, ">="), (beta - ell, ">"))

kappa_large_ridge = Claim(
    id="kappa-large-ridge",
    title="kappa ~ lambda while lambda >> T^-beta",
    source=f"own derivation; {THEORY}#P2",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(kappa, lam),),
    hypotheses=(capacity, infinite, Hypothesis("0 <= ell", sp.Ge(ell, 0)), Hypothesis("ell < beta", sp.Lt(ell, beta))),
    derive=lambda: (
        Scales("lambda = T^-ell"),
        chain.kappa_defined,
        *chain.kappa_bounded(_large),
        *chain.degrees(_all),
        Negligible(
            "kappa - lambda = kappa df_1(kappa)/T, and df_1(kappa)/T is at most of the order of T^(ell/beta - 1)",
            kappa,
            lam,
            kappa * df(1, kappa) / T,
            T ** (ell / beta - 1),
            _large,
            ((kappa - lam, kappa * df(1, kappa) / T, sp.S.One),),
        ),
    ),
    setting=no_generators,
    limit=(T, oo),
    scaling=((lam, T**-ell),),
    where=_named,
)

_small: Assumed = (*chain.capacity, (ell - beta, ">"))


def _kappa_small() -> tuple[Step, ...]:
    compared = PowerOrder(
        "df_1 is within a constant of its integral", df(1, kappa), chain.capacity, kappa, leading=A, gap=_gap
    )
    return (
        Scales("lambda = T^-ell"),
        _euler,
        chain.kappa_defined,
        *chain.kappa_bounded(_small),
        *chain.degrees(_all),
        compared,
        Order("kappa is at least of the order of T^-beta", T**-beta, kappa, _small, (chain.kappa_defined,), "<~"),
        Negligible(
            "T = df_1(kappa) + T lambda/kappa, and T lambda/kappa is at most of the order of T^(1 + beta - ell)",
            T, A * kappa ** (-1 / beta), _gap + T * lam / kappa, T ** (beta - ell) + 1 / T, _small,
            ((kappa - lam, kappa * df(1, kappa) / T, T / kappa),),
            compared=compared,
            solved=(kappa, (A / T) ** beta, beta),
        ),
    )  # fmt: skip


kappa_small_ridge = Claim(
    id="kappa-small-ridge",
    title="kappa ~ (A/T)^beta while lambda << T^-beta (infinite dimension)",
    source=f"own derivation; {THEORY}#P2",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(kappa, (A / T) ** beta),),
    hypotheses=(capacity, infinite, Hypothesis("ell > beta", sp.Gt(ell, beta))),
    derive=_kappa_small,
    setting=no_generators,
    limit=(T, oo),
    scaling=((lam, T**-ell),),
    where=_named,
)

# --- P3, P4: the laws ------------------------------------------------------------------------------------------------

_bias_term = T ** (-2 * saturation * ell)
_clean_term = sp.Max(sigma2, T ** (1 - 2 * saturation * ell - ell / beta)) * T ** (-(1 - ell / beta))

no_tie = Hypothesis("r differs from 0 and 1, where a logarithm enters", sp.And(sp.Ne(r, 1), sp.Gt(r, 0)))
in_range = Hypothesis("ell/beta <= log d/log T = a: kappa stays above the last eigenvalue", sp.Le(ell, a * beta))
ridge_range = Hypothesis("0 <= ell <= beta", sp.And(sp.Ge(ell, 0), sp.Le(ell, beta)))
narrow = Hypothesis("d << T: a < 1", sp.Lt(a, 1))
wide_or_narrow = Hypothesis("a > 0", sp.Gt(a, 0))

clean_power = Setting("power-law", "source", (), Fit(T, T**-ell, sigma2), dimension=T**a)
fake_power = Setting(
    "power-law", "source", (Fit(T**b, zero, sigma02, repeat=n),), Fit(T, T**-ell, sigma2), dimension=T**a
)

_finite = chain.Number(finite=True)
_inside: Assumed = (*chain.source, (ell, ">="), (beta - ell, ">="), (a * beta - ell, ">="), (a, ">"))
_beyond: Assumed = (*chain.source, (ell, ">="), (ell - a * beta, ">"), (a, ">"), (1 - a, ">"))
_wide: Assumed = ((b - a, ">"),)


def _law(
    assume: Assumed,
    number: sp.Expr,
    bias: sp.Expr,
    error: tuple[Step, ...],
    cases: tuple[Step, ...],
    law: sp.Expr,
) -> tuple[Step, ...]:
    """kappa, the effective number of eigenvalues above it and the bias as powers of T; then the law."""
    return (
        *chain.start(_finite, assume),
        Order("kappa is of the order of lambda", kappa, lam, assume, (chain.kappa_defined, *_finite.steps)),
        Order("the number of eigenvalues above it", chain.count, number, assume, _finite.steps),
        *chain.bias_order(_finite),
        Order("the bias", kappa**2 * chain.bias, bias, assume),
        *error,
        Order("bias, noise and what the generators add", E_test, law, assume, cases),
    )


clean_law = Claim(
    id="clean-law",
    title="Clean scaling law under lambda = T^-ell",
    source=f"{V1}, Section 4 (v2: Eq. (32)); {THEORY}#P3",
    relation=Relation.ORDER,
    statement=(Equation(E_test, _clean_term),),
    hypotheses=(capacity, no_tie, ridge_range, in_range, wide_or_narrow),
    derive=lambda: _law(_inside, T ** (ell / beta), _bias_term, chain.clean_error, (chain.clean_terms,), _clean_term),
    setting=clean_power,
    limit=(T, oo),
)

_cut_bias = T ** (-2 * ell + 2 * a * beta * (1 - saturation))
_clean_cut = _cut_bias + sigma2 * T ** (a - 1)

clean_law_cut_off = Claim(
    id="clean-law-cut-off",
    title="Clean law beyond the finite-d cut-off, ell/beta > a, d << T",
    source=f"own derivation (the range that {V2}, Theorem 5.2, leaves out); {THEORY}#P4",
    relation=Relation.ORDER,
    statement=(Equation(E_test, _clean_cut),),
    hypotheses=(capacity, no_tie, narrow, wide_or_narrow, Hypothesis("ell > a beta", sp.Gt(ell, a * beta))),
    derive=lambda: _law(_beyond, T**a, _cut_bias, chain.clean_error, (chain.clean_terms,), _clean_cut),
    setting=clean_power,
    limit=(T, oo),
    finding=(
        "New: for ell/beta > log d/log T the ridge is below every eigenvalue: the variance stops growing at "
        "sigma^2 d/T and the bias "
        "falls like lambda^2, faster than the law inside the range says."
    ),
)

_fake_term = n * sigma02 / (1 - T ** (a - b)) * sp.Max(T ** (1 - b), T ** (a - b)) * T ** (-(1 - ell / beta))
enough_rows = Hypothesis("T0 >= d + 2", sp.Ge(T0, d + 2))
_generators = Hypothesis("d/T0 bounded below 1: b > a", sp.Gt(b, a))
_ratio = sp.Symbol("v", positive=True)  # 1 - d/T0
_apart = Balance("1 = (1 - d/T0) + d/T0", sp.S.One, _ratio + T ** (a - b))


def _fake_law(assume: Assumed, number: sp.Expr, bias: sp.Expr, law: sp.Expr) -> tuple[Step, ...]:
    wide = (*assume, *_wide)
    apart = (
        Quantity("1 - d/T0", _ratio, 1 - T ** (a - b)),
        _apart,
        Order("which is of the order of 1", _ratio, sp.S.One, wide, (_apart,)),
    )
    return _law(wide, number, bias, (*apart, *chain.fake_error(wide)), (chain.fake_terms, chain.shared), law)


theorem_3 = Claim(
    id="modified-law",
    title="Theorem 3: the scaling law with fake data",
    source=f"{V1}, Theorem 3 (v2: Theorem 5.2); {THEORY}#P4",
    relation=Relation.ORDER,
    statement=(Equation(E_test, _clean_term + _fake_term),),
    hypotheses=(capacity, no_tie, ridge_range, in_range, wide_or_narrow, enough_rows, _generators),
    derive=lambda: _fake_law(_inside, T ** (ell / beta), _bias_term, _clean_term + _fake_term),
    setting=fake_power,
    limit=(T, oo),
    finding=(
        "Known: the law.  New: it needs ell/beta <= log d/log T (kappa above the last eigenvalue), which the paper "
        "does not state; outside that range modified-law-cut-off holds, and at r = 1 the bias carries a logarithm."
    ),
)

theorem_3_cut_off = Claim(
    id="modified-law-cut-off",
    title="The law with fake data beyond the cut-off, ell/beta > a, d << T",
    source=f"own derivation (the range that {V2}, Theorem 5.2, leaves out); {THEORY}#P4",
    relation=Relation.ORDER,
    statement=(Equation(E_test, _clean_cut + n * sigma02 * T ** (a - b)),),
    hypotheses=(
        capacity,
        no_tie,
        narrow,
        wide_or_narrow,
        enough_rows,
        _generators,
        Hypothesis("ell > a beta", sp.Gt(ell, a * beta)),
    ),
    derive=lambda: _fake_law(_beyond, T**a, _cut_bias, _clean_cut + n * sigma02 * T ** (a - b)),
    setting=fake_power,
    limit=(T, oo),
)

theorem_3_everywhere = Claim(
    id="modified-law-without-range",
    title="Theorem 3's formula used for every ell <= beta, whatever d",
    source=f"{V1}, Theorem 3 as stated (v2: Theorem 5.2); {THEORY}#P4",
    relation=Relation.ORDER,
    statement=(Equation(E_test, _clean_term + _fake_term),),
    hypotheses=(
        capacity,
        no_tie,
        narrow,
        wide_or_narrow,
        enough_rows,
        _generators,
        Hypothesis("a beta < ell", sp.Gt(ell, a * beta)),
        ridge_range,
    ),
    setting=fake_power,
    limit=(T, oo),
    finding="Refuted: beyond ell/beta = log d/log T the formula overstates the variance by a power of T.",
    expected="refuted",
)
