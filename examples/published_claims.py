"""Thirty published statements, written from docs/adding-a-claim.md alone. Run ``ridgeproof verify FILE`` on this file.

Exact means of Wishart matrices, least squares, chains of generators, accumulated data, self-distillation, weights of
synthetic data.  Where ``derive="auto"`` stands the court looks for the proof itself.
"""

from ridgeproof.authoring import *

zero = sp.S.Zero
T1 = Symbol("T1", integer=True, positive=True)
rho, xi = Symbol("rho", positive=True), Symbol("xi", real=True)
four = Hypothesis("T >= d + 4", Ge(T, d + 4))


def exact(id, source, left, right, *hypotheses, title="", relation=Relation.EQUALITY, derive="auto", setting=None):
    """A claim that holds at every admissible size."""
    statement = (Equation(left, right),)
    told = (fresh, centred, *hypotheses)
    return Claim(id, title or id, source, relation, statement, told, derive=derive, setting=setting)


# --- means of Wishart matrices (von Rosen 1988) ----------------------------------------------------------------------

VON_ROSEN = "von Rosen, Scand. J. Statist. 15 (1988)"
wishart_mean = exact("wishart-mean", VON_ROSEN, Expect(trace(A * W)), T * trace(A * S))
wishart_second = exact(
    "wishart-second-moment",
    VON_ROSEN,
    Expect(trace(A * W * B * W)),
    T**2 * trace(A * S * B * S) + T * trace(A * S) * trace(B * S) + T * trace(A * S * B.T * S),
)
wishart_traces = exact(
    "wishart-product-of-traces",
    VON_ROSEN,
    Expect(trace(S * W) * trace(S * W)),
    T**2 * trace(S * S) ** 2 + 2 * T * trace(S * S * S * S),
)
inverse_mean = exact(
    "inverse-wishart-mean", VON_ROSEN, Expect(trace(A * S * Winv)), trace(A) / (T - d - 1), moments_downstream
)
inverse_trace = exact("inverse-wishart-trace", VON_ROSEN, Expect(trace(S * Winv)), d / (T - d - 1), moments_downstream)
inverse_square = exact(
    "inverse-wishart-square",
    VON_ROSEN,
    Expect(trace(S * Winv * S * Winv)),
    d * (T - 1) / ((T - d) * (T - d - 1) * (T - d - 3)),
    four,
)
inverse_trace_square = exact(
    "inverse-wishart-trace-squared",
    VON_ROSEN,
    Expect(trace(S * Winv) ** 2),
    d * (d * (T - d - 2) + 2) / ((T - d) * (T - d - 1) * (T - d - 3)),
    four,
)

# --- least squares ---------------------------------------------------------------------------------------------------

BREIMAN = "Breiman and Freedman, JASA 78 (1983)"
one_fit = Setting("any", "any", (), Fit(T, zero, sigma2))
least_squares = exact(
    "least-squares-error", BREIMAN, E_test, sigma2 * d / (T - d - 1), moments_downstream, setting=one_fit, derive=tuple
)
least_squares_noise = exact(
    "least-squares-noise",
    BREIMAN,
    Expect(trace(S * Winv * X.T * E * E.T * X * Winv)),
    sigma2 * d / (T - d - 1),
    moments_downstream,
)
in_sample = exact(
    "in-sample-noise",
    "Mallows 1973",
    Expect(trace(X * Winv * X.T * E * E.T)),
    sigma2 * d,
    Hypothesis("T >= d", Ge(T, d)),
)
hat_matrix = exact(
    "hat-matrix-is-a-projection",
    "textbook",
    X * Winv * X.T * X * Winv * X.T,
    X * Winv * X.T,
    Hypothesis("T >= d", Ge(T, d)),
)
normal_equations = exact(
    "normal-equations", "textbook", Winv * X.T * (X * w0 + E), w0 + Winv * X.T * E, Hypothesis("T >= d", Ge(T, d))
)
ridge_bias = exact("ridge-bias", "Hoerl and Kennard 1970", R * Sh * w0 - w0, -lam * R * w0, ridge)
ridge_identity = exact("resolvent-identity", "textbook", R * Sh, Identity(d) - lam * R, ridge)

# --- chains of generators --------------------------------------------------------------------------------------------

GERSTGRASSER = "Gerstgrasser et al., arXiv 2404.01413"
chain_of_n = Setting("any", "any", (Fit(T, zero, sigma2, repeat=n),), Fit(T, zero, sigma2))
replacing = exact(
    "replace-grows-linearly",
    GERSTGRASSER,
    E_test,
    (n + 1) * sigma2 * d / (T - d - 1),
    moments_downstream,
    setting=chain_of_n,
    derive=tuple,
)
two_sizes = exact(
    "chain-of-two-sizes",
    "arXiv 2402.07712, (34)",
    E_test,
    sigma2 * d / (T - d - 1) + n * sigma02 * d / (T0 - d - 1),
    moments_downstream,
    moments_generator,
    setting=Setting("any", "any", (Fit(T0, zero, sigma02, repeat=n),), Fit(T, zero, sigma2)),
    derive=tuple,
)

# --- accumulating data -----------------------------------------------------------------------------------------------

X1 = Design("X1", rows=T1)
pooled = Inverse("Pinv", X.T * X + X1.T * X1)
# True from T + T1 >= d + 2 on; integration by parts, as it is certified, asks for more moments.
pooled_rows = Hypothesis("T + T1 >= d + 6", Ge(T + T1, d + 6))
accumulated = exact(
    "accumulated-designs",
    "Kazdan et al., arXiv 2410.16713",
    Expect(trace(S * pooled)),
    d / (T + T1 - d - 1),
    pooled_rows,
)
accumulated_step = exact(
    "accumulated-noise-of-the-new-rows",
    "docs/theory.md",
    Expect(trace(S * pooled * X1.T * X1 * pooled)),
    T1 * d / ((T + T1) * (T + T1 - d - 1)),
    pooled_rows,
)

# --- self-distillation and weights -----------------------------------------------------------------------------------

DISTILL = "Dang, Patil and Rinaldo, arXiv 2602.17565"
a0, a1, a2 = symbols("a0 a1 a2", positive=True)
distilled_best = exact(
    "self-distillation-best-weight",  # so that the best weight is xi = a1/a2, and no other
    DISTILL,
    a0 - 2 * xi * a1 + xi**2 * a2,
    a0 - a1**2 / a2 + a2 * (xi - a1 / a2) ** 2,
)
distilled_bound = exact("self-distillation-never-worse", DISTILL, a0 - a1**2 / a2, a0, relation=Relation.BOUND)
filtered = exact(
    "self-distillation-filter",
    "Das and Sanghavi 2023",
    1 - rho / (s + rho) - xi * rho / (s + rho) * s / (s + rho),
    s / (s + rho) * (1 - xi * rho / (s + rho)),
)
GOLDEN = "He, Xu and Cheng, arXiv 2502.18049"
w, v = symbols("omega v", positive=True)
below = Hypothesis("omega < 1", Lt(w, 1))
fixed = v * (w**2 + (1 - w) ** 2) / (w * (2 - w))
stationary = exact("golden-fixed-point", GOLDEN, w**2 * v + (1 - w) ** 2 * (fixed + v), fixed, below)
slope = exact("golden-slope", GOLDEN, diff(fixed, w), 2 * v * (w**2 + w - 1) / (w**2 * (2 - w) ** 2), below)
golden = exact("golden-ratio", GOLDEN, ((sqrt(5) - 1) / 2) ** 2 + (sqrt(5) - 1) / 2, Integer(1), derive=tuple)

# --- ridge, isotropic inputs -----------------------------------------------------------------------------------------

degrees = exact(
    "degrees-of-freedom-fall",
    "textbook",
    SpectralSum(s**2 / (s + k) ** 2),
    SpectralSum(s / (s + k)) - k * SpectralSum(s / (s + k) ** 2),
)
slope_of_degrees = exact(
    "slope-of-the-degrees",
    "textbook",
    Derivative(SpectralSum(s / (s + k)), k),
    -SpectralSum(s / (s + k) ** 2),
    derive=tuple,
)
wishart_square = exact(
    "wishart-square",
    VON_ROSEN,
    Expect(trace(A * W * W)),
    T * (T + 1) * trace(A * S * S) + T * trace(S) * trace(A * S),
)
kap = Kappa(lam, T)
isotropic_variance = Claim(
    "isotropic-ridge-variance",
    "Variance of ridge regression with S = I",
    "Dobriban and Wager, Ann. Statist. 46 (2018)",
    Relation.EQUIVALENT,
    (Equation(E_test, sigma2 * d / (T * (1 + kap) ** 2 - d)),),
    (isotropic_inputs, fresh, centred, ridge_positive),
    setting=Setting("isotropic", "zero", (), Fit(T, lam, sigma2)),
)
isotropic_error = Claim(
    "isotropic-ridge-error",
    "Error of ridge regression with S = I",
    "arXiv 2402.07712v2, Proposition 4.5",
    Relation.EQUIVALENT,
    (Equation(E_test, (kap**2 * norm2 + sigma2 * d / T) / ((1 + kap) ** 2 - d / T)),),
    (isotropic_inputs, fresh, centred, ridge_positive),
    setting=Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2)),
)
general_variance = Claim(
    "ridge-variance",
    "Variance of ridge regression: sigma^2 df_2/(T - df_2)",
    "arXiv 2402.07712v2, Proposition 4.5",
    Relation.EQUIVALENT,
    (Equation(E_test, sigma2 * df(2, kap) / (T - df(2, kap))),),
    (fresh, centred, proportionate, ridge_positive),
    setting=Setting("any", "zero", (), Fit(T, lam, sigma2)),
)
