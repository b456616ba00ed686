"""Test errors of settings: least squares, chains, min-norm, ridge, equivalents, optima, gradient flow, GCV."""

from pairs import pair

from ridgeproof.authoring import *

zero = sp.S.Zero
T1 = Symbol("T1", integer=True, positive=True)
mu = Symbol("mu", positive=True)
nu = Symbol("nu", positive=True)
noisy = Hypothesis("sigma2 > 0", Gt(sigma2, 0))
signal = Hypothesis("norm2 > 0", Gt(norm2, 0))
clean = Setting("any", "any", (), Fit(T, zero, sigma2))
more = Setting("any", "any", (), Fit(T + 1, zero, sigma2))
chain_ = Setting("any", "any", (Fit(T, zero, sigma2, repeat=n),), Fit(T, zero, sigma2))
two = Setting("any", "any", (Fit(T0, zero, sigma02, repeat=n),), Fit(T, zero, sigma2))
same = Setting("any", "any", (Fit(T0, zero, sigma02, repeat=n, same_design=True),), Fit(T, zero, sigma2))
few = Setting("isotropic", "isotropic", (), Fit(T, zero, sigma2))
few_noise = Setting("isotropic", "zero", (), Fit(T, zero, sigma2))
few_more = Setting("isotropic", "zero", (), Fit(T + 1, zero, sigma2))
narrow_chain = Setting("isotropic", "isotropic", (Fit(T0, zero, zero, repeat=n),), Fit(T, zero, zero))
ridge_one = Setting("any", "any", (), Fit(T, lam, sigma2))
ridge_iso = Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2))
ridge_zero = Setting("any", "zero", (), Fit(T, lam, sigma2))
power = Setting("power-law", "source", (), Fit(T, lam, sigma2), dimension=oo)
kap = Kappa(lam, T)
grows = (fresh, centred, proportionate, ridge)
bias = lam**2 * trace(w0.T * R * S * R * w0)
resid = X * w0 + E - X * R * X.T * (X * w0 + E) / T
gcv = Expect(trace(resid.T * resid)) / T
EQ, SIM = Relation.EQUIVALENT, Relation.ASYMPTOTIC

CLAIMS = [
    pair(
        "prediction-error",
        "Breiman and Freedman 1983",
        (E_test + sigma2, sigma2 * (T - 1) / (T - d - 1)),
        (E_test + sigma2, sigma2 * T / (T - d - 1)),
        fresh,
        moments_downstream,
        setting=clean,
    ),
    pair(
        "ratio-of-chains",
        "Gerstgrasser et al. 2024",
        (E_test(chain_) / E_test(clean), n + 1),
        (E_test(chain_) / E_test(clean), Max(n, 1)),
        fresh,
        moments_downstream,
        noisy,
    ),
    pair(
        "difference-of-settings",
        "arXiv 2402.07712, (34)",
        (E_test(two) - E_test(clean), n * sigma02 * d / (T0 - d - 1)),
        (E_test(two) - E_test(clean), n * sigma02 * d / (T0 - d + 1)),
        fresh,
        moments_downstream,
        moments_generator,
    ),
    pair(
        "one-design-for-all",
        "docs/theory.md",
        (E_test, n * sigma02 * d / (T0 - d - 1) + sigma2 * d / (T - d - 1)),
        (E_test, n**2 * sigma02 * d / (T0 - d - 1) + sigma2 * d / (T - d - 1)),
        fresh,
        moments_downstream,
        moments_generator,
        setting=same,
    ),
    pair(
        "sum-over-generations",
        "arXiv 2402.07712, (34)",
        (E_test, sigma2 * d / (T - d - 1) + Sum(sigma02 * d / (T0 - d - 1), (m, 1, n))),
        (E_test, sigma2 * d / (T - d - 1) + Sum(sigma02 * d / (T0 - d - 1), (m, 0, n))),
        fresh,
        moments_downstream,
        moments_generator,
        setting=two,
    ),
    pair(
        "more-rows-are-better",
        "textbook",
        (E_test(more), E_test(clean)),
        (E_test(clean), E_test(more)),
        fresh,
        moments_downstream,
        noisy,
        relation=Relation.BOUND,
    ),
    pair(
        "double-descent",
        "Nakkiran 2019",
        (E_test(few_noise), E_test(few_more)),
        (E_test(few_more), E_test(few_noise)),
        fresh,
        Le(T, d - 3),
        noisy,
        relation=Relation.BOUND,
    ),
    pair(
        "at-the-threshold",
        "Belkin, Hsu and Xu 2020",
        (E_test, oo),
        (E_test, sigma2 * d),
        fresh,
        Eq(T, d + 1),
        noisy,
        setting=clean,
    ),
    pair(
        "both-regimes",
        "Belkin, Hsu and Xu 2020",
        (E_test, sigma2 * Piecewise((d / (T - d - 1), d + 2 <= T), (T / (d - T - 1), True))),
        (E_test, sigma2 * Piecewise((d / (T - d - 1), d + 2 <= T), (d / (d - T - 1), True))),
        fresh,
        Or(Ge(T, d + 2), Le(T, d - 2)),
        setting=few_noise,
    ),
    pair(
        "min-norm",
        "Hastie et al. 2022",
        (E_test, norm2 * (1 - T / d) + sigma2 * T / (d - T - 1)),
        (E_test, norm2 * (1 - T / d) ** 2 + sigma2 * T / (d - T - 1)),
        fresh,
        Le(T, d - 2),
        setting=few,
    ),
    pair(
        "narrow-generators",
        "arXiv 2402.07712",
        (E_test, norm2 * (1 - (T0 / d) ** n)),
        (E_test, norm2 * (1 - (T0 / d) ** (2 * n))),
        fresh,
        Lt(T0, d),
        moments_downstream,
        setting=narrow_chain,
    ),
    pair(
        "noise-bounded-below",
        "Mourtada 2022: least squares is minimax",
        (sigma2 * d / T, E_test),
        (E_test, sigma2 * d / (T - d)),
        fresh,
        moments_downstream,
        noisy,
        relation=Relation.BOUND,
        setting=clean,
    ),
    pair(
        "best-ridge-finite",
        "Bayes",
        (lam, d * sigma2 / (T * norm2)),
        (lam, d * sigma2 / ((T - 1) * norm2)),
        isotropic_inputs,
        fresh,
        signal,
        noisy,
        Ge(T, 2),
        relation=Relation.OPTIMUM,
        setting=ridge_iso,
    ),
    pair(
        "best-ridge-as-argmin",
        "Dobriban and Wager 2018",
        (Argmin(E_test, lam), d * sigma2 / (T * norm2)),
        (Argmin(E_test, lam), sigma2 / (T * norm2)),
        isotropic_inputs,
        fresh,
        signal,
        noisy,
        Ge(d, 2),
        setting=ridge_iso,
    ),
    pair(
        "ridge-beats-least-squares",
        "Hoerl and Kennard 1970",
        (Minimum(E_test(ridge_iso), lam), E_test(few)),
        (E_test(few), Minimum(E_test(ridge_iso), lam)),
        isotropic_inputs,
        fresh,
        moments_downstream,
        noisy,
        relation=Relation.BOUND,
    ),
    pair(
        "variance-equivalent",
        "Dobriban and Wager 2018",
        (E_test, sigma2 * df(2, kap) / (T - df(2, kap))),
        (E_test, sigma2 * df(2, kap) / (T - df(1, kap))),
        *grows,
        noisy,
        relation=EQ,
        setting=ridge_zero,
    ),
    pair(
        "gcv",
        "Golub, Heath and Wahba 1979; Patil et al. 2021",
        (gcv / (1 - Expect(trace(R * Sh)) / T) ** 2, E_test + sigma2),
        (gcv / (1 - Expect(trace(R * Sh)) / T), E_test + sigma2),
        *grows,
        noisy,
        relation=EQ,
        setting=ridge_one,
    ),
    pair(
        "gcv-least-squares",
        "Mallows 1973",
        (E_test + sigma2, sigma2 / (1 - d / T)),
        (E_test + sigma2, sigma2 / (1 - d / T) ** 2),
        fresh,
        centred,
        proportionate,
        moments_downstream,
        Ge(T, 2 * d),
        noisy,
        relation=EQ,
        setting=clean,
    ),
    pair(
        "errors-of-two-settings",
        "Hastie et al. 2022",
        (E_test(Setting("any", "zero", (), Fit(T, lam, 2 * sigma2))), 2 * sigma2 * df(2, kap) / (T - df(2, kap))),
        (E_test(Setting("any", "zero", (), Fit(T, lam, 2 * sigma2))), sigma2 * df(2, kap) / (T - df(2, kap))),
        *grows,
        relation=EQ,
    ),
    pair(
        "resolvent-equivalent",
        "Marchenko and Pastur 1967",
        (lam * Expect(trace(R)), kap * SpectralSum(1 / (s + kap))),
        (lam * Expect(trace(R)), lam * SpectralSum(1 / (s + kap))),
        *grows,
        relation=EQ,
    ),
    pair(
        "two-resolvents",
        "Bach 2023",
        (lam**2 * Expect(trace(S * R * S * R)), kap**2 * df(2, kap) / (1 - df(2, kap) / T)),
        (lam**2 * Expect(trace(S * R * S * R)), kap**2 * df(2, kap) / (1 - df(2, kap) / T) ** 2),
        *grows,
        relation=EQ,
    ),
    pair(
        "stieltjes",
        "Marchenko and Pastur 1967",
        (
            Expect(trace(Resolvent("RI", Design("ZI", covariance=Identity(d)), mu))) / d,
            (sqrt((1 - d / T + mu) ** 2 + 4 * mu * d / T) - (1 - d / T + mu)) / (2 * mu * d / T),
        ),
        (
            Expect(trace(Resolvent("RI", Design("ZI", covariance=Identity(d)), mu))) / d,
            (sqrt((1 - d / T + mu) ** 2 + 4 * mu * d / T) - (1 - d / T - mu)) / (2 * mu * d / T),
        ),
        proportionate,
        relation=EQ,
    ),
    pair(
        "kappa-as-a-root",
        "definition",
        (Root(nu, Eq(nu, lam + nu * df(1, nu) / T)), kap),
        (Root(nu, Eq(nu, lam + nu * df(2, nu) / T)), kap),
        ridge,
    ),
    pair(
        "slope-of-kappa",
        "implicit differentiation",
        (Derivative(kap, lam), 1 / (1 - df(2, kap) / T)),
        (Derivative(kap, lam), 1 / (1 - df(1, kap) / T)),
        ridge,
    ),
    pair(
        "kappa-bounded",
        "textbook",
        (kap, lam + SpectralSum(s) / T),
        (kap, lam + SpectralSum(s) / (2 * T)),
        ridge,
        relation=Relation.BOUND,
    ),
    pair(
        "kappa-isotropic",
        "quadratic equation",
        (kap, (lam + d / T - 1 + sqrt((lam + d / T - 1) ** 2 + 4 * lam)) / 2),
        (kap, (lam + d / T - 1 + sqrt((lam + d / T + 1) ** 2 + 4 * lam)) / 2),
        ridge,
        isotropic_inputs,
        setting=ridge_iso,
    ),
    pair(
        "ridgeless-kappa",
        "textbook",
        (kap, lam * T / (T - d)),
        (kap, lam * T / (T - d - 1)),
        Ge(T, d + 2),
        relation=SIM,
        limit=(lam, 0),
    ),
    pair(
        "heavy-ridge-kappa",
        "textbook",
        (kap - lam, SpectralSum(s) / T),
        (kap - lam, d / T),
        relation=SIM,
        limit=(lam, oo),
    ),
    pair(
        "cauchy-schwarz",
        "textbook",
        (df(1, k) ** 2, d * df(2, k)),
        (d * df(2, k), df(1, k) ** 2),
        relation=Relation.BOUND,
    ),
    pair(
        "difference-of-degrees",
        "textbook",
        (df(1, k) - df(2, k), k * SpectralSum(s / (s + k) ** 2)),
        (df(1, k) - df(2, k), k * SpectralSum(s / (s + k))),
    ),
    pair(
        "gradient-flow-bias",
        "Ali, Kolter and Tibshirani 2019",
        (SpectralSum(s * w2 * exp(-2 * mu * s)), norm2 / (2 * sp.E * mu)),
        (SpectralSum(s * w2 * exp(-2 * mu * s)), norm2 / (4 * sp.E * mu)),
        relation=Relation.BOUND,
    ),
    pair(
        "flow-against-ridge",
        "Ali, Kolter and Tibshirani 2019: relative risk at most 1.6862",
        (SpectralSum(w2 * exp(-2 * mu * s)), SpectralSum(w2 / (1 + mu * s) ** 2)),
        (SpectralSum(w2 / (1 + mu * s) ** 2), SpectralSum(w2 * exp(-2 * mu * s))),
        signal,
        relation=Relation.BOUND,
    ),
    pair(
        "clean-rate",
        "Cui et al. 2021",
        (Rate(Minimum(E_test, lam), T), 2 * beta * Min(r, 1) / (1 + 2 * beta * Min(r, 1))),
        (Rate(Minimum(E_test, lam), T), 2 * beta * r / (1 + 2 * beta * r)),
        fresh,
        centred,
        capacity,
        infinite,
        Gt(r, 0),
        noisy,
        setting=power,
    ),
    pair(
        "best-ridge-exponent",
        "Cui et al. 2021",
        (Rate(Argmin(E_test, lam), T), beta / (1 + 2 * beta * Min(r, 1))),
        (Rate(Argmin(E_test, lam), T), beta / (1 + beta * Min(r, 1))),
        fresh,
        centred,
        capacity,
        infinite,
        Gt(r, 0),
        noisy,
        setting=power,
    ),
]
for true, false in CLAIMS:
    globals()[true.id], globals()[false.id] = true, false
