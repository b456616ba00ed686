"""Words of matrices and their means: Wishart, inverse Wishart, projections, resolvents, stacked designs, filters."""

from pairs import pair

from ridgeproof.authoring import *

T1 = Symbol("T1", integer=True, positive=True)
mu, rho, t = symbols("mu rho t", positive=True)
x = Symbol("x", real=True)
four = Hypothesis("T >= d + 4", Ge(T, d + 4))
rows = Hypothesis("T >= d", Ge(T, d))

Z = Design("Z", rows=T, covariance=Identity(d))
ZZ = Z.T * Z
Zi = Inverse("Zi", ZZ)
X1 = Design("X1", rows=T1)
E1 = Noise("E1", rows=T1, variance=mu)
C = Constant("C")
u = Vector("u")
Pi = Inverse("Pi", X.T * X + X1.T * X1)
both = Stacked("both", X, X1)
noises = Stacked("noises", E, E1)
R1 = Resolvent("R1", X, mu)
dual = Inverse("dual", X * X.T / T + lam * Identity(T))
updated = Inverse("updated", X.T * X + u * u.T)
flow = Filter("flow", Lambda(x, exp(-t * x)), Sh)
flow2 = Filter("flow2", Lambda(x, exp(-2 * t * x)), Sh)
root = Filter("root", Lambda(x, sqrt(x)), S)
F = Design("F", rows=T0, covariance=Identity(d))
FFi = Inverse("FFi", F * F.T)
noise = trace(E.T * E)

c2 = 1 / ((T - d) * (T - d - 1) * (T - d - 3))


def inverse_words(first, second):
    return (
        (T - d - 2) * c2 * trace(A * Sinv * B * Sinv)
        + c2 * trace(A * Sinv * first * Sinv)
        + second * c2 * trace(A * Sinv) * trace(B * Sinv)
    )


Cov = Constant("Cov", positive=True)
XC = Design("XC", rows=T1, covariance=Cov)
CLAIMS = [
    pair(
        "covariate-shift",
        "textbook",
        (Expect(trace(XC.T * XC * Winv)), T1 * trace(Cov * Sinv) / (T - d - 1)),
        (Expect(trace(XC.T * XC * Winv)), T1 * d / (T - d - 1)),
        moments_downstream,
    ),
    pair(
        "cube",
        "Letac and Massam 2004",
        (Expect(trace(ZZ * ZZ * ZZ)), d * T * (T**2 + d**2 + 3 * T * d + 3 * T + 3 * d + 4)),
        (Expect(trace(ZZ * ZZ * ZZ)), d * T * (T**2 + d**2 + 3 * T * d + 3 * T + 3 * d + 3)),
    ),
    pair(
        "variance-of-a-trace",
        "textbook",
        (Expect(trace(W) ** 2) - Expect(trace(W)) ** 2, 2 * T * trace(S * S)),
        (Expect(trace(W) ** 2) - Expect(trace(W)) ** 2, T * trace(S * S)),
    ),
    pair(
        "ratio-of-means",
        "textbook",
        (Expect(trace(ZZ * ZZ)) / Expect(trace(ZZ)), T + d + 1),
        (Expect(trace(ZZ * ZZ)) / Expect(trace(ZZ)), T + d),
    ),
    pair(
        "trace-times-inverse-trace",
        "homogeneity of the Wishart law",
        (Expect(trace(ZZ) * trace(Zi)), (d * T - 2) * d / (T - d - 1)),
        (Expect(trace(ZZ) * trace(Zi)), T * d**2 / (T - d - 1)),
        moments_downstream,
    ),
    pair(
        "inverse-second",
        "von Rosen 1988",
        (Expect(trace(A * Winv * B * Winv)), inverse_words(B.T, 1)),
        (Expect(trace(A * Winv * B * Winv)), inverse_words(B, 1)),
        four,
    ),
    pair(
        "inverse-square",
        "von Rosen 1988",
        (Expect(trace(Zi * Zi)), d * (T - 1) * c2),
        (Expect(trace(Zi * Zi)), d * T * c2),
        four,
    ),
    pair(
        "haar-linear",
        "textbook",
        (Expect(trace(A * P)), T0 * trace(A) / d),
        (Expect(trace(A * P)), T0 * trace(A) / (d + 1)),
        Lt(T0, d),
    ),
    pair(
        "haar-quadratic",
        "Weingarten calculus",
        (
            Expect(trace(A * P * B * P)),
            T0
            * ((T0 * (d + 1) - 2) * trace(A * B) + (d - T0) * (trace(A * B.T) + trace(A) * trace(B)))
            / (d * (d - 1) * (d + 2)),
        ),
        (
            Expect(trace(A * P * B * P)),
            T0
            * ((T0 * (d + 1) - 2) * trace(A * B) + (d - T0) * (trace(A * B) + trace(A) * trace(B)))
            / (d * (d - 1) * (d + 2)),
        ),
        Lt(T0, d),
    ),
    pair(
        "random-features",
        "textbook",
        (Expect(trace(A * F.T * FFi * F)), T0 * trace(A) / d),
        (Expect(trace(A * F.T * FFi * F)), (1 - T0 / d) * trace(A)),
        Le(T0, d),
    ),
    pair(
        "training-error",
        "textbook",
        (Expect(noise - trace(E.T * X * Winv * X.T * E)), sigma2 * (T - d)),
        (Expect(noise - trace(E.T * X * Winv * X.T * E)), sigma2 * (T - d - 1)),
        rows,
    ),
    pair(
        "fixed-design-variance",
        "Hsu, Kakade and Zhang 2012",
        (Expect(trace(E.T * X * R * R * X.T * E) / T**2, E), sigma2 * trace(R * Sh * R) / T),
        (Expect(trace(E.T * X * R * R * X.T * E) / T**2, E), sigma2 * trace(Sh * R) / T),
        ridge,
    ),
    pair(
        "fixed-design-risk",
        "Hoerl and Kennard 1970",
        (
            Expect(trace((R * Sh * w0 - w0 + R * X.T * E / T).T * Sh * (R * Sh * w0 - w0 + R * X.T * E / T)), E),
            lam**2 * trace(w0.T * R * Sh * R * w0) + sigma2 * trace(Sh * R * Sh * R) / T,
        ),
        (
            Expect(trace((R * Sh * w0 - w0 + R * X.T * E / T).T * Sh * (R * Sh * w0 - w0 + R * X.T * E / T)), E),
            lam * trace(w0.T * R * Sh * R * w0) + sigma2 * trace(Sh * R * Sh * R) / T,
        ),
        ridge,
    ),
    pair(
        "rank-one-update",
        "Sherman and Morrison 1950",
        ((1 + trace(u.T * Winv * u)) * updated * u, Winv * u),
        ((1 - trace(u.T * Winv * u)) * updated * u, Winv * u),
        rows,
    ),
    pair(
        "two-ridges",
        "resolvent identity",
        (R - R1, (mu - lam) * R * R1),
        (R - R1, (lam - mu) * R * R1),
        ridge,
    ),
    pair(
        "push-through",
        "textbook",
        (X * R * X.T / T, Identity(T) - lam * dual),
        (X * R * X.T / T, Identity(T) - dual),
        ridge,
    ),
    pair("cyclic", "textbook", (trace(A * B * C), trace(B * C * A)), (trace(A * B * C), trace(B * A * C))),
    pair("transposed", "textbook", ((A * B).T, B.T * A.T), ((A * B).T, A.T * B.T)),
    pair(
        "stacked-moment",
        "textbook",
        (Expect(trace(A * both.T * both)), (T + T1) * trace(A * S)),
        (Expect(trace(A * both.T * both)), T * T1 * trace(A * S)),
    ),
    pair(
        "stacked-noise",
        "Kazdan et al. 2024",
        (
            Expect(trace(S * Pi * both.T * noises * noises.T * both * Pi)),
            (T * sigma2 + T1 * mu) / (T + T1) * d / (T + T1 - d - 1),
        ),
        (
            Expect(trace(S * Pi * both.T * noises * noises.T * both * Pi)),
            (T1 * sigma2 + T * mu) / (T + T1) * d / (T + T1 - d - 1),
        ),
        Ge(T + T1, d + 4),
    ),
    pair(
        "share-of-the-rows",
        "matrix beta law",
        (Expect(trace(Pi * X.T * X)), d * T / (T + T1)),
        (Expect(trace(Pi * X.T * X)), d * T / (T + T1 - 1)),
        Ge(T + T1, d),
    ),
    pair(
        "noise-through-a-design",
        "textbook",
        (Expect(trace(X1.T * E1 * E1.T * X1)), mu * T1 * trace(S)),
        (Expect(trace(X1.T * E1 * E1.T * X1)), mu * trace(S)),
    ),
    pair("flow-doubles", "textbook", (flow * flow, flow2), (flow * flow, flow)),
    pair("flow-commutes", "textbook", (flow * X.T * X, X.T * X * flow), (flow * S, S * flow)),
    pair("root-of-the-covariance", "textbook", (root * root, S), (root * root * root, S)),
    pair(
        "two-fits-of-one-design",
        "self-distillation: the filter is applied twice",
        (R * Sh * R * Sh, Identity(d) - 2 * lam * R + lam**2 * R * R),
        (R * Sh * R * Sh, Identity(d) - lam * R + lam**2 * R * R),
        ridge,
    ),
    pair(
        "resolvent-in-one-dimension",
        "chi-squared law",
        (
            Expect(trace(Resolvent("RZ", Z, mu))),
            Integral(
                T * rho ** (T / 2 - 1) * exp(-rho / 2) / (2 ** (T / 2) * gamma(T / 2) * (rho + mu * T)), (rho, 0, oo)
            ),
        ),
        (
            Expect(trace(Resolvent("RZ", Z, mu))),
            Integral(T * rho ** (T / 2) * exp(-rho / 2) / (2 ** (T / 2) * gamma(T / 2) * (rho + mu * T)), (rho, 0, oo)),
        ),
        Eq(d, 1),
    ),
    pair(
        "resolvent-and-its-share",
        "textbook, under the mean",
        (Expect(trace(R * Sh)), d - lam * Expect(trace(R))),
        (Expect(trace(R * Sh)), d - lam * Expect(trace(R * R))),
        ridge,
    ),
    pair(
        "convexity",
        "Jensen",
        (trace(S) * d, Expect(trace(Sh)) * d),
        (d / T, Expect(trace(S * Winv))),
        moments_downstream,
    ),
]
for true, false in CLAIMS:
    globals()[true.id], globals()[false.id] = true, false
