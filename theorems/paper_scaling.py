"""Section 5 of the paper in its own case: n sigma_0^2 = T^alpha, with and without label noise, T0 = T^b, d = T0/2.

docs/theory.md#X5 to #X7: Corollary 5.3 and Section 5.2, as published where they do not hold, and what holds instead.
The paper's exponent a of n sigma_0^2 is alpha here, since a is the exponent of d in the rest of the theory.
"""

from __future__ import annotations

import sympy as sp

from .claim import Claim, Equation, Fit, Hypothesis, Minimax, Premise, Relation, Setting, Sign, Step
from .functions import E_test
from .optimal_ridge import ell_star, fake_noise, rate_star, some_generator
from .power_law import capacity, no_tie
from .sources import THEORY, V2
from .steps import Signs
from .vocabulary import T, b, beta, ell, lam, n, r, sigma02, sigma2

zero, one = sp.S.Zero, sp.S.One
alpha = sp.Symbol("alpha", real=True)  # n sigma_0^2 = T^alpha
saturated = sp.Min(r, 1)
denominator = 1 + 2 * beta * saturated
clean_ell = beta / denominator  # the best ridge of noisy clean data, T^-clean_ell
clean_rate = 2 * beta * saturated / denominator  # its rate: the paper's c


def _setting(noise: sp.Expr, ridge: sp.Expr) -> Setting:
    """One generator whose noise stands for those of n: only n sigma_0^2 enters where T0 >= d + 2."""
    return Setting("power-law", "source", (Fit(T**b, zero, T**alpha),), Fit(T, ridge, noise), dimension=T**b / 2)


noisy = Hypothesis("sigma^2 > 0, fixed", sp.Gt(sigma2, 0))
together = Hypothesis("alpha stands for the exponent of n sigma_0^2 = T^alpha; phi0 = 1/2")
fewer = Hypothesis("b < 1: T0 << T", sp.Lt(b, 1))
usable = Hypothesis("alpha < b", sp.Lt(alpha, b))
names = Hypothesis("ell_crit = beta/(1 + 2 beta rb) and c = 2 beta rb/(1 + 2 beta rb), rb = min(r, 1)")

_above = (capacity, no_tie, together, names, fewer, usable)  # few generator rows, and a ridge where the law speaks

law = Premise(
    "the law with fake data: bias T^(-2 rb ell), and n sigma_0^2 max(T/T0, phi0) T^-(1 - ell/beta) for the generators",
    "modified-law",
)


def _least(level: sp.Expr, assume: Signs, noise: bool = False) -> tuple[Step, ...]:
    """The least of max(-2 rb ell, level + ell/beta) over ell, as exponents of T."""
    r1 = sp.Symbol("rb", positive=True)
    slope, point = 1 / beta, -level * beta / (1 + 2 * beta * r1)
    return (
        law,
        Minimax(
            "the least over ell of the larger exponent: where the two are equal",
            ((-2 * r1, zero), (slope, level)),
            (zero, None),
            point,
            -2 * r1 * point,
            ((r1, ">"), (beta - 1, ">"), *assume),
        ),
    )


# --- X5: Corollary 5.3 -----------------------------------------------------------------------------------------------

corollary = Claim(
    id="noiseless-corollary",
    title="Corollary 5.3 for b < 1, no label noise: ell* = (b - alpha) ell_crit, with the rate (b - alpha) c",
    source=f"{V2}, Corollary 5.3 (there for every b); {THEORY}#X5",
    relation=Relation.OPTIMUM,
    statement=(Equation(ell_star, (b - alpha) * clean_ell), Equation(rate_star, (b - alpha) * clean_rate)),
    hypotheses=(
        *_above,
        Hypothesis("the optimum lies above the cut-off: -alpha < 2 beta rb b", sp.Lt(-alpha, 2 * beta * saturated * b)),
    ),
    derive=lambda: _least(alpha - b, ((b - alpha, ">"),)),
    setting=_setting(zero, lam),
    limit=(T, sp.oo),
    finding=(
        "Known: the corollary.  New: its range, b < 1 and -alpha < 2 beta rb b.  Beyond the second, least squares, "
        "which has no bias, has the rate -alpha."
    ),
)

corollary_many = Claim(
    id="noiseless-corollary-many-rows",
    title="Corollary 5.3 for b > 1, corrected: ell* = (1 - alpha) ell_crit, with the rate (1 - alpha) c",
    source=f"own derivation (corrects {V2}, Corollary 5.3); {THEORY}#X5",
    relation=Relation.OPTIMUM,
    statement=(Equation(ell_star, (1 - alpha) * clean_ell), Equation(rate_star, (1 - alpha) * clean_rate)),
    hypotheses=(
        capacity,
        no_tie,
        together,
        names,
        Hypothesis("b > 1: T0 >> T", sp.Gt(b, 1)),
        Hypothesis("alpha < 1", sp.Lt(alpha, 1)),
        Hypothesis("the optimum is not least squares: -alpha < 2 beta rb", sp.Lt(-alpha, 2 * beta * saturated)),
    ),
    derive=lambda: _least(alpha - 1, ((1 - alpha, ">"),)),
    setting=_setting(zero, lam),
    limit=(T, sp.oo),
    finding="New: b drops out, since max(T/T0, phi0) is phi0 as soon as T0 >> T.",
)

_best = sp.Min(one, sp.Min(b, 1) - alpha)
_rest = sp.Symbol("g", positive=True)  # its value

noisy_corollary = Claim(
    id="noisy-corollary",
    title="Section 5.2 with label noise, any alpha and b: ell* = min(1, min(b, 1) - alpha) ell_crit",
    source=f"own derivation (extends {V2}, Section 5.2, noisy); {THEORY}#X7",
    relation=Relation.OPTIMUM,
    statement=(Equation(ell_star, _best * clean_ell), Equation(rate_star, _best * clean_rate)),
    hypotheses=(
        capacity,
        no_tie,
        noisy,
        together,
        names,
        Hypothesis("alpha < min(b, 1)", sp.Lt(alpha, sp.Min(b, 1))),
        Hypothesis("the optimum lies above the cut-off: ell* < b beta", sp.Lt(_best, b * denominator)),
    ),
    derive=lambda: _least(-_rest, ((_rest, ">"),)),
    setting=_setting(sigma2, lam),
    limit=(T, sp.oo),
    finding=(
        "Known: for b < 1 the optimum is the smaller of l* and l_crit.  New: what takes the place of b - alpha for "
        "b > 1, where generators cost nothing in the exponent unless alpha > 0."
    ),
)

corollary_published = Claim(
    id="noiseless-corollary-as-published",
    title="Corollary 5.3 read at b > 1 with n fixed (a = 0): the best rate is b c, c = 2 beta rb/(1 + 2 beta rb)",
    source=f"{V2}, Corollary 5.3; {THEORY}#X5",
    relation=Relation.OPTIMUM,
    statement=(Equation(rate_star, b * clean_rate),),
    hypotheses=(capacity, no_tie, some_generator, fake_noise, names, Hypothesis("b > 1", sp.Gt(b, 1))),
    setting=Setting(
        "power-law",
        "source",
        (Fit(T**b, zero, sigma02, repeat=n),),
        Fit(T, lam, zero),
        dimension=T**b / 2,
    ),
    limit=(T, sp.oo),
    finding=(
        "Refuted, as we read it: with phi0 fixed and T0 >> T the larger of T/T0 and phi0 is phi0, so that the rate no "
        "longer grows with b: see noiseless-corollary-many-rows.  It is c itself: `ridgeproof exponents --beta 2 --r "
        "3/8 --a 3/2 --b 3/2 --s inf` proves 3/5 where the corollary has 9/10."
    ),
    expected="refuted",
)

# --- X6: Section 5.2, the clean ridge kept ---------------------------------------------------------------------------

_kept = _setting(zero, T**-clean_ell)

kept = Claim(
    id="clean-ridge-kept",
    title="The clean ridge kept under fake data: T^-(c + b - alpha - 1) for b > 1 - c, which falls where b is large",
    source=f"{V2}, Section 5.2 (the formula); {THEORY}#X6",
    relation=Relation.ORDER,
    statement=(Equation(E_test, T ** -(clean_rate + b - alpha - 1)),),
    hypotheses=(
        *_above,
        Hypothesis("b > 1 - c: the ridge is above the cut-off", sp.Gt(b, 1 - clean_rate)),
        Hypothesis("b < 1 + alpha: the generators' noise is what remains", sp.Lt(b, 1 + alpha)),
    ),
    derive=lambda: (
        law,
        Sign(
            "at ell = ell_crit the bias has the exponent -c, the generators' noise 1 - b + alpha - c, which is larger",
            (1 - b + alpha - clean_rate) - (-clean_rate),
            ">",
            ((1 + alpha - b, ">"),),
        ),
    ),
    setting=_kept,
    limit=(T, sp.oo),
    finding=(
        "Known: the formula.  New: what it says.  The error grows without bound if and only if b < alpha + 1 - c "
        "(the paper has b >= alpha + 1 - c, as we read it)."
    ),
)

kept_published = Claim(
    id="clean-ridge-kept-as-published",
    title="The clean ridge kept: for b >= alpha + 1 - c the error does not tend to 0 (published: it diverges)",
    source=f"{V2}, Section 5.2; {THEORY}#X6",
    relation=Relation.ORDER_AT_MOST,
    statement=(Equation(one, E_test),),
    hypotheses=(
        *_above,
        Hypothesis("b >= alpha + 1 - c", sp.Ge(b, alpha + 1 - clean_rate)),
    ),
    setting=_kept,
    limit=(T, sp.oo),
    finding=(
        "Refuted, as we read it, already in this weaker form: for b > alpha + 1 - c the error tends to 0.  The "
        "inequality is reversed; see clean-ridge-kept."
    ),
    expected="refuted",
)

# --- X7: Section 5.2, with label noise -------------------------------------------------------------------------------

_noisy = _setting(sigma2, T**-ell)

consistent = Claim(
    id="consistency-under-noise",
    title="With label noise and b <= 1 the error tends to 0 for every 0 < ell < (b - alpha) beta, ell < beta",
    source=f"own derivation (corrects {V2}, Section 5.2, noisy); {THEORY}#X7",
    relation=Relation.NEGLIGIBLE,
    statement=(Equation(E_test, one),),
    hypotheses=(
        capacity,
        no_tie,
        together,
        names,
        usable,
        Hypothesis("b <= 1", sp.Le(b, 1)),
        Hypothesis("0 < ell", sp.Gt(ell, 0)),
        Hypothesis("ell < (b - alpha) beta", sp.Lt(ell, (b - alpha) * beta)),
        Hypothesis("ell < beta", sp.Lt(ell, beta)),
    ),
    derive=lambda: (
        law,
        Sign("the exponent of the variance is negative", beta - ell, ">", ((beta - ell, ">"),)),
        Sign(
            "and so is that of the generators' noise, alpha - b + ell/beta; the bias falls for every ell > 0",
            (b - alpha) * beta - ell,
            ">",
            (((b - alpha) * beta - ell, ">"),),
        ),
    ),
    setting=_noisy,
    limit=(T, sp.oo),
)

consistent_published = Claim(
    id="consistency-under-noise-as-published",
    title="With label noise the error does not tend to 0 for any ell > ell* = (b - alpha) ell_crit",
    source=f"{V2}, Section 5.2, noisy; {THEORY}#X7",
    relation=Relation.ORDER_AT_MOST,
    statement=(Equation(one, E_test),),
    hypotheses=(
        capacity,
        no_tie,
        noisy,
        together,
        names,
        fewer,
        usable,
        Hypothesis("ell > (b - alpha) ell_crit", sp.Gt(ell, (b - alpha) * clean_ell)),
        Hypothesis("ell <= beta", sp.Le(ell, beta)),
    ),
    setting=_noisy,
    limit=(T, sp.oo),
    finding=(
        "Refuted, as we read it: beyond ell* the rate is worse, and still one; see consistency-under-noise.  The "
        "published words are that consistency needs ell <= ell*."
    ),
    expected="refuted",
)
