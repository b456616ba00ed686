"""Exact finite-sample results: no limit is taken (docs/theory.md#F1 to #F5)."""

from __future__ import annotations

import sympy as sp

from .claim import (
    Algebra,
    Claim,
    Equation,
    Fit,
    Hypothesis,
    Induction,
    Lemma,
    Limit,
    Loop,
    Premise,
    Relation,
    Setting,
    Stein,
    Step,
    Telescope,
    Traces,
    Words,
)
from .functions import E_test, Expect, trace
from .sources import THEORY, V1, V2
from .vocabulary import (
    T0,
    X0,
    A,
    B,
    E,
    Em,
    Ginv,
    N,
    P,
    R,
    S,
    Sh,
    Sinv,
    T,
    Tm,
    W0inv,
    Winv,
    Wminv,
    X,
    Xm,
    Y,
    d,
    lam,
    n,
    norm2,
    sigma02,
    sigma2,
    sigma2m,
    v,
    v0,
    v1,
    w0,
    wm,
    wm1,
    wn,
    wP,
)

fresh = Hypothesis("the designs of all fits are independent, rows iid N(0, S), S positive definite")
centred = Hypothesis(
    "the label noises are independent of each other and of the designs, centred, with the stated variances"
)
full_generators = Hypothesis("T_m >= d: each generator is determined by least squares", sp.Ge(Tm, d))
moments_generator = Hypothesis("T0 >= d + 2: the inverse Wishart matrix has a mean", sp.Ge(T0, d + 2))
moments_downstream = Hypothesis("T >= d + 2: the inverse Wishart matrix has a mean", sp.Ge(T, d + 2))
ridge = Hypothesis("lambda > 0", sp.Gt(lam, 0))

label_noise = R * X.T * E / T


# --- F1 --------------------------------------------------------------------------------------------------------------


def _decomposition() -> tuple[Step, ...]:
    return (
        Words("one generation adds its own noise: X_m^+ X_m = I for T_m >= d", wm1 - wm, Wminv * Xm.T * Em),
        Telescope("summed over the generations, w_n = w_0 + N with N = sum of X_m^+ E_m", 0, wm, Wminv * Xm.T * Em),
        Words(
            "put y = X w_n + E into the ridge estimator and use R Sh = I - lambda R",
            R * X.T * (X * wn + E) / T - w0,
            -lam * R * w0 + R * Sh * N + label_noise,
        ),
    )


chain_decomposition = Claim(
    id="chain-decomposition",
    title="Error of ridge regression on labels of the n-th generation",
    source=f"{V1}, proof of Theorem 1 (v2: Lemma A.2 for T_m >= d); {THEORY}#F1",
    relation=Relation.EQUALITY,
    statement=(Equation(R * X.T * (X * wn + E) / T - w0, -lam * R * w0 + R * Sh * N + label_noise),),
    hypotheses=(full_generators, ridge),
    derive=_decomposition,
)


# --- F2 --------------------------------------------------------------------------------------------------------------

_next = v + R * Sh * Wminv * Xm.T * Em
_base = -lam * R * w0 + label_noise
_rho_m = trace(S * R * Sh * Wminv * Sh * R)
_clean_bias = lam**2 * trace(w0.T * R * S * R * w0)
_clean_variance = sigma2 * trace(S * R * Sh * R) / T


def _bias_variance() -> tuple[Step, ...]:
    return (
        Traces(
            "average over the noise of generation m, which v_m does not contain: cross terms vanish",
            Expect(trace(S * _next * _next.T)) - Expect(trace(S * v * v.T)),
            sigma2m * Expect(_rho_m),
            by=(
                Stein(Em, Xm * Wminv * Sh * R * S * v),
                Stein(Em, Xm * Wminv * Sh * R * S * R * Sh * Wminv * Xm.T * Em),
            ),
        ),
        Traces(
            "without generations: average over the downstream noise",
            Expect(trace(S * _base * _base.T)),
            Expect(_clean_bias + _clean_variance),
            by=(Stein(E, X * R * S * R * w0), Stein(E, X * R * S * R * X.T * E)),
        ),
    )


bias_variance = Claim(
    id="bias-variance",
    title="Theorem 1: clean error plus one term for the noise of each generation",
    source=f"{V1}, Theorem 1 and Eq. (1) (v2: Eqs. (9)-(11), (13)); {THEORY}#F2",
    relation=Relation.EQUALITY,
    statement=(
        Equation(Expect(trace(S * v1 * v1.T)) - Expect(trace(S * v * v.T)), sigma2m * Expect(_rho_m)),
        Equation(Expect(trace(S * v0 * v0.T)), Expect(_clean_bias + _clean_variance)),
    ),
    where=((v1, _next), (v0, _base)),
    hypotheses=(full_generators, fresh, centred, ridge, Hypothesis("T_m >= d + 2", sp.Ge(Tm, d + 2))),
    derive=_bias_variance,
    finding=(
        "Known: the sum over the generations.  New: only second moments of the noises enter, so that it holds for any "
        "independent centred noise, not only Gaussian, and for generators of different sizes and noise levels."
    ),
)


# --- F3 --------------------------------------------------------------------------------------------------------------


def _inverse_wishart() -> tuple[Step, ...]:
    return (
        Traces(
            "integrate X'(X W^-1) by parts: I = S (T - d - 1) E W^-1",
            Expect(trace(A * Winv)),
            trace(A * Sinv) / (T - d - 1),
            by=(Stein(X, X * Winv * A * Sinv),),
        ),
    )


inverse_wishart = Claim(
    id="inverse-wishart",
    title="Mean of the inverse Wishart matrix",
    source=f"classical (used for {V2}, Theorem 4.1); {THEORY}#F3",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(A * Winv)), trace(A * Sinv) / (T - d - 1)),),
    hypotheses=(fresh, moments_downstream),
    derive=_inverse_wishart,
)


def _fake_data_factor() -> tuple[Step, ...]:
    return (
        Traces(
            "mean of the generator's inverse Wishart matrix, by parts",
            Expect(trace(A * W0inv)),
            trace(A * Sinv) / (T0 - d - 1),
            by=(Stein(X0, X0 * W0inv * A * Sinv),),
        ),
        Traces(
            "put A = Sh R S R Sh, which does not depend on the generator's design",
            Expect(trace(S * R * Sh * W0inv * Sh * R)),
            Expect(trace(Sinv * Sh * R * S * R * Sh)) / (T0 - d - 1),
            by=(Lemma(0, ((A, X.T * X * R * S * R * X.T * X),)),),
        ),
    )


fake_data_factor = Claim(
    id="fake-data-factor",
    title="The fake-data factor rho through the inverse Wishart mean",
    source=f"{V1}, Theorem 1 (v2: Eq. (13)); {THEORY}#F3",
    relation=Relation.EQUALITY,
    statement=(
        Equation(Expect(trace(S * R * Sh * W0inv * Sh * R)), Expect(trace(Sinv * Sh * R * S * R * Sh)) / (T0 - d - 1)),
    ),
    hypotheses=(fresh, moments_generator, ridge),
    derive=_fake_data_factor,
)


# --- F4 --------------------------------------------------------------------------------------------------------------

_ls_downstream = sigma2 * d / (T - d - 1)
_ls_generator = sigma02 * d / (T0 - d - 1)
_x = sp.Symbol("x")


def _least_squares_chain() -> tuple[Step, ...]:
    step = Winv * X.T * E  # the downstream fit's own error at lambda = 0
    own = W0inv * X0.T  # a generator adds W0^-1 X0' E_m
    return (
        Words("at lambda = 0 the error is the sum of the fits' own errors", Winv * X.T * (X * wn + E) - w0, N + step),
        Traces(
            "the downstream fit: average over E",
            Expect(trace(S * step * step.T)),
            sigma2 * Expect(trace(S * Winv)),
            by=(Stein(E, X * Winv * S * Winv * X.T * E),),
        ),
        Traces(
            "mean of the inverse Wishart matrix, by parts",
            Expect(trace(S * Winv)),
            d / (T - d - 1),
            by=(Stein(X, X * Winv),),
        ),
        Traces(
            "a generator: average over E_m and its design (cross terms vanish as in Theorem 1)",
            Expect(trace(S * (own * own.T))),
            d / (T0 - d - 1),
            by=(Stein(X0, X0 * W0inv),),
        ),
        Induction(
            "start from the downstream fit alone; each generation adds sigma_0^2 d/(T0 - d - 1)",
            E_test,
            _ls_downstream + n * _ls_generator,
            n,
            _ls_downstream,
            sp.Lambda(_x, _x + _ls_generator),
        ),
    )


least_squares = Setting("any", "any", (Fit(T0, sp.S.Zero, sigma02, repeat=n),), Fit(T, sp.S.Zero, sigma2))

least_squares_chain = Claim(
    id="least-squares-chain",
    title="Eq. (1), exactly: the error of least squares grows linearly in the number of generations",
    source=f"{V1}, Eq. (1) (v2: Theorem 4.1, (34)); {THEORY}#F4",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, _ls_downstream + n * _ls_generator),),
    hypotheses=(fresh, centred, moments_downstream, moments_generator),
    derive=_least_squares_chain,
    setting=least_squares,
)


def _least_squares_gap() -> tuple[Step, ...]:
    exact, proportionate = d / (T - d - 1), (d / T) / (1 - d / T)
    beyond = sp.Symbol("t", nonnegative=True)  # T - d - 2
    return (
        Algebra("the ratio of a term to its asymptotic form", exact / proportionate, 1 + 1 / (T - d - 1)),
        Algebra("with T = d + 2 + t the gap is 1/(1 + t)", 1 / ((d + 2 + beyond) - d - 1), 1 / (1 + beyond)),
        Limit("which vanishes as T - d grows", 1 / (1 + beyond), beyond, sp.S.Zero),
    )


least_squares_limit = Claim(
    id="least-squares-limit",
    title="The asymptotic form of Eq. (1) is its limit, with relative gap exactly 1/(T - d - 1)",
    source=f"{V1}, Eq. (1) (v2: Theorem 4.1); {THEORY}#F4",
    relation=Relation.EQUALITY,
    statement=(Equation((d / (T - d - 1)) / ((d / T) / (1 - d / T)), 1 + 1 / (T - d - 1)),),
    hypotheses=(moments_downstream,),
    derive=_least_squares_gap,
    finding=(
        "Known: the exact d/(T - d - 1) stands in the paper's appendix (v2, (34)).  New: by how much its "
        "asymptotic form understates the error, the factor 1 + 1/(T - d - 1) in each term, which is 2 at T = d + 2."
    ),
)


_plateau = n * sigma02 * d / (T0 - d - 1)


def _to_plateau() -> tuple[Step, ...]:
    beyond = sp.Symbol("t", nonnegative=True)  # T - d - 1
    return (
        Premise("the error of least squares", "least-squares-chain"),
        Limit(
            "the downstream term vanishes as T = d + 1 + t grows",
            sigma2 * d / (_plateau * beyond) + 1,
            beyond,
            sp.S.One,
        ),
    )


plateau = Claim(
    id="least-squares-plateau",
    title="As T grows the error of least squares has a plateau, n sigma_0^2 d/(T0 - d - 1)",
    source=f"{V2}, Section 4.1, plateau (there n sigma_0^2 d/T0, for d << T0); {THEORY}#F4",
    relation=Relation.ASYMPTOTIC,
    statement=(Equation(_ls_downstream + _plateau, _plateau),),
    hypotheses=(
        moments_generator,
        Hypothesis("n >= 1: there is a generator", sp.Ge(n, 1)),
        Hypothesis("sigma_0^2 > 0", sp.Gt(sigma02, 0)),
        Hypothesis("the left side is the error of least squares everywhere: least-squares-chain"),
    ),
    derive=_to_plateau,
    limit=(T, sp.oo),
)

# --- F5: isotropic covariance, generators with fewer samples than dimensions ------------------------------------------

isotropic_inputs = Hypothesis("isotropic covariance S = I")
haar = Hypothesis(
    "P is the orthogonal projection on the row space of X (T0 x d, S = I, T0 < d): a Haar projection of rank T0"
)
few_samples = Hypothesis("T0 <= d - 2: the pseudo-inverse has a mean", sp.Le(T0, d - 2))
rank = Hypothesis("T0 < d", sp.Lt(T0, d))
two_dimensions = Hypothesis("d >= 2", sp.Ge(d, 2))

_beta = T0 * (d - T0) / (d * (d - 1) * (d + 2))
_alpha = T0 / d - (d + 1) * _beta


def _haar_mean() -> tuple[Step, ...]:
    return (Traces("rotate P: E tr(AP) = tr A E tr P / d", Expect(trace(A * P)), T0 * trace(A) / d, by=(Loop(A * P),)),)


haar_mean = Claim(
    id="haar-projection-mean",
    title="Mean of a Haar projection",
    source=f"classical; {THEORY}#F5",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(A * P)), T0 * trace(A) / d),),
    hypotheses=(haar, rank),
    derive=_haar_mean,
)

_second_moment = _alpha * trace(B * A) + _beta * (trace(A) * trace(B) + trace(B * A.T))


def _haar_second_moment() -> tuple[Step, ...]:
    return (
        Traces(
            "rotate P in words with two P, and use P P = P and tr P = T0",
            Expect(trace(B * P * A * P)),
            _second_moment,
            by=(
                Loop(B * P * A * P),
                Loop(B * P * A.T * P),
                Loop(B * P, (A * P,)),
                Loop(B * A * P),
                Loop(B * A.T * P),
                Loop(A * P, (B,)),
                Loop(B * P, (A,)),
                Loop(A * B * P),
                Loop(A.T * B * P),
            ),
        ),
    )


haar_second_moment = Claim(
    id="haar-projection-second-moment",
    title="E P A P for a Haar projection, any matrix A",
    source=f"classical (Weingarten calculus); {THEORY}#F5",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(B * P * A * P)), _second_moment),),
    hypotheses=(haar, rank, two_dimensions),
    derive=_haar_second_moment,
)


def _pseudo_inverse() -> tuple[Step, ...]:
    projection = Y * Ginv * Y.T
    return (
        Traces(
            "integrate by parts over the columns of the design, X' = Y and (X'X)^+ = Y G^-2 Y'",
            Expect(trace(A * Y * Ginv * Ginv * Y.T)),
            T0 * trace(A) / (d * (d - T0 - 1)),
            by=(
                Stein(Y, A * Y * Ginv),
                Stein(Y, Y * Ginv * Y.T * A * Y * Ginv),
                Stein(Y, Y * Ginv, (A * projection,)),
                Stein(Y, Y * Ginv, (A,)),
            ),
        ),
    )


pseudo_inverse = Claim(
    id="haar-pseudo-inverse",
    title="Mean of the pseudo-inverse of an isotropic Wishart matrix with T0 < d",
    source=f"classical; {THEORY}#F5",
    relation=Relation.EQUALITY,
    statement=(Equation(Expect(trace(A * Y * Ginv * Ginv * Y.T)), T0 * trace(A) / (d * (d - T0 - 1))),),
    hypotheses=(isotropic_inputs, few_samples),
    derive=_pseudo_inverse,
)

_rho = T0 / d
_shrunk = _rho ** (n + 1)
_noise_gain = sigma02 * T0 / (d - T0 - 1)


def _isotropic_chain() -> tuple[Step, ...]:
    start = norm2 * (1 - _rho) + _noise_gain
    second, mixed = sp.symbols("t c")  # E|w_m|^2 and E w_m.w_0
    return (
        Traces(
            "a fit keeps E|P w|^2 = (T0/d) |w|^2",
            Expect(trace(P * wP * wP.T * P)),
            T0 * trace(wP * wP.T) / d,
            by=(Loop(wP * wP.T * P),),
        ),
        Traces(
            "and E w0.(P w) = (T0/d) w0.w",
            Expect(trace(P * wP * w0.T)),
            T0 * trace(wP * w0.T) / d,
            by=(Loop(wP * w0.T * P),),
        ),
        Traces(
            "and adds the noise sigma_0^2 E tr (X'X)^+",
            Expect(trace(Y * Ginv * Ginv * Y.T)),
            T0 / (d - T0 - 1),
            by=(Stein(Y, Y * Ginv),),
        ),
        Algebra(
            "the error t - 2 c + |w0|^2 after a fit of a teacher with E|w|^2 = t and E w.w0 = c",
            (_rho * second + _noise_gain) - 2 * _rho * mixed + norm2,
            _rho * (second - 2 * mixed + norm2) + (1 - _rho) * norm2 + _noise_gain,
        ),
        Induction(
            "so each fit maps the error e to (T0/d) e + (1 - T0/d) |w0|^2 + noise",
            E_test,
            (norm2 + _noise_gain / (1 - _rho)) * (1 - _shrunk),
            n,
            start,
            sp.Lambda(_x, _rho * _x + (1 - _rho) * norm2 + _noise_gain),
        ),
    )


isotropic_chain = Claim(
    id="isotropic-min-norm-chain",
    title="Exact law of min-norm generators with S = I: exponentially fast collapse, with or without noise",
    source=f"{V2}, Theorem 4.9 (there without noise, sizes T_m, in the limit); {THEORY}#F5",
    relation=Relation.EQUALITY,
    statement=(Equation(E_test, (norm2 + _noise_gain / (1 - _rho)) * (1 - _shrunk)),),
    hypotheses=(
        isotropic_inputs,
        fresh,
        centred,
        few_samples,
        Hypothesis("all n + 1 fits, the downstream one included, have T0 samples and noise sigma_0^2"),
    ),
    derive=_isotropic_chain,
    setting=Setting("isotropic", "isotropic", (Fit(T0, sp.S.Zero, sigma02, repeat=n),), Fit(T0, sp.S.Zero, sigma02)),
    finding=(
        "Known: without noise collapse is exponentially fast in n when generators have fewer samples than dimensions "
        "(the paper, v2, Theorem 4.9 and Fig. 3 (b)).  New: the law is exact at every size, |w0|^2 (1 - (T0/d)^(n+1)) "
        "for n + 1 fits, and with noise the error tends to |w0|^2 + sigma_0^2 T0 d/((d - T0)(d - T0 - 1))."
    ),
)
