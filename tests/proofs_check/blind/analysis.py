"""Limits, orders, sums, integrals, recursions, roots and optima: what proofs of scaling laws use."""

from pairs import pair

from ridgeproof.authoring import *

j = Symbol("j", integer=True, positive=True)
q, p, c, mu, eta = symbols("q p c mu eta", positive=True)
x, y, t = symbols("x y t", positive=True)
xi = Symbol("xi", real=True)
omega = Symbol("omega", positive=True)
a0, a1, a2 = symbols("a0 a1 a2", positive=True)
below = Hypothesis("q < 1", Lt(q, 1))
SIM, ORDER, SMALL = Relation.ASYMPTOTIC, Relation.ORDER, Relation.NEGLIGIBLE
fixed = (omega**2 + (1 - omega) ** 2) / (omega * (2 - omega))
nu, chi = symbols("nu chi", positive=True)
pi_beta = (pi / beta) / sp.sin(pi / beta)
infinite_law = Setting("power-law", "source", (), Fit(T, lam, sigma2), dimension=oo)
bias = k**2 * SpectralSum(s * w2 / (s + k) ** 2)
linear = Sequence(sp.S.Zero, lambda before: q * before + c)
fib = Sequence((sp.S.Zero, sp.S.One), lambda a, b: (b, a + b))
heron = Sequence(1 + x, lambda before: (before + x / before) / 2)
squares = Sequence(sp.S.Zero, lambda before, m: before + 2 * m + 1)
edge_low, edge_high = (1 - sqrt(q)) ** 2, (1 + sqrt(q)) ** 2
law = sqrt((edge_high - x) * (x - edge_low)) / (2 * pi * q * x)
phi_g, psi_g = (1 + sqrt(5)) / 2, (1 - sqrt(5)) / 2
at = (capacity, infinite)
T_oo = {"limit": (T, oo)}

CLAIMS = [
    pair(
        "marchenko-pastur-mass",
        "1967",
        (Integral(law, (x, edge_low, edge_high)), Integer(1)),
        (Integral(law, (x, edge_low, edge_high)), 1 + q),
        below,
    ),
    pair(
        "marchenko-pastur-second",
        "1967",
        (Integral(x**2 * law, (x, edge_low, edge_high)), 1 + q),
        (Integral(x**2 * law, (x, edge_low, edge_high)), 1 + 2 * q),
        below,
    ),
    pair(
        "marchenko-pastur-inverse",
        "1967",
        (Integral(law / x, (x, edge_low, edge_high)), 1 / (1 - q)),
        (Integral(law / x, (x, edge_low, edge_high)), 1 / (1 - q) ** 2),
        below,
    ),
    pair(
        "reflection",
        "Euler",
        (Integral(x ** (p - 1) / (1 + x), (x, 0, oo)), pi / sp.sin(pi * p)),
        (Integral(x ** (p - 1) / (1 + x), (x, 0, oo)), pi / sp.tan(pi * p)),
        Lt(p, 1),
    ),
    pair(
        "arcsine",
        "textbook",
        (Integral(1 / sqrt(x * (1 - x)), (x, 0, 1)), pi),
        (Integral(1 / sqrt(x * (1 - x)), (x, 0, 1)), pi / 2),
    ),
    pair(
        "gaussian-integral",
        "textbook",
        (Integral(exp(-c * x**2), (x, 0, oo)), sqrt(pi / c) / 2),
        (Integral(exp(-c * x**2), (x, 0, oo)), sqrt(pi / c)),
    ),
    pair(
        "integral-of-a-root",
        "textbook",
        (Integral(sqrt(x) / (1 + x) ** 2, (x, 0, oo)), pi / 2),
        (Integral(sqrt(x) / (1 + x) ** 2, (x, 0, oo)), pi / 3),
    ),
    pair(
        "stirling",
        "de Moivre 1730",
        (factorial(T), sqrt(2 * pi * T) * (T / sp.E) ** T),
        (factorial(T), sqrt(pi * T) * (T / sp.E) ** T),
        relation=SIM,
        **T_oo,
    ),
    pair(
        "wallis",
        "1656",
        (binomial(2 * T, T), 4**T / sqrt(pi * T)),
        (binomial(2 * T, T), 4**T / sqrt(2 * pi * T)),
        relation=SIM,
        **T_oo,
    ),
    pair(
        "harmonic",
        "Euler",
        (Sum(1 / j, (j, 1, T)), log(T)),
        (Sum(1 / j, (j, 1, T)), log(2 * T) / log(2)),
        relation=SIM,
        **T_oo,
    ),
    pair(
        "tail-of-zeta",
        "Euler",
        (Sum(1 / j**2, (j, T, oo)), 1 / T),
        (Sum(1 / j**2, (j, T, oo)), 1 / (2 * T)),
        relation=SIM,
        **T_oo,
    ),
    pair(
        "tail-of-a-power",
        "integral test",
        (Sum(j**-beta, (j, T, oo)), T ** (1 - beta) / (beta - 1)),
        (Sum(j**-beta, (j, T, oo)), T ** (1 - beta) / beta),
        capacity,
        relation=SIM,
        **T_oo,
    ),
    pair("zeta-value", "Euler", (Sum(1 / j**4, (j, 1, oo)), pi**4 / 90), (Sum(1 / j**4, (j, 1, oo)), pi**4 / 91)),
    pair(
        "zeta-function",
        "Riemann",
        (Sum(j**-beta, (j, 1, oo)), zeta(beta)),
        (Sum(j**-beta, (j, 1, oo)), zeta(beta + 1)),
        capacity,
    ),
    pair(
        "slow-sum",
        "zeta(6/5)",
        (Sum(j ** Rational(-6, 5), (j, 1, oo)), zeta(Rational(6, 5))),
        (Sum(j ** Rational(-6, 5), (j, 1, oo)), Rational(559, 100)),
    ),
    pair(
        "sum-of-logs",
        "Stirling",
        (Sum(log(j), (j, 1, T)), T * log(T)),
        (Sum(log(j), (j, 1, T)), T * log(T) / 2),
        relation=SIM,
        **T_oo,
    ),
    pair(
        "accumulating-bounded",
        "Gerstgrasser et al. 2024",
        (Sum(1 / j**2, (j, 1, n)), pi**2 / 6),
        (Sum(1 / j**2, (j, 1, n)), Rational(8, 5)),
        relation=Relation.BOUND,
    ),
    pair("arithmetic-sum", "Gauss", (Sum(j, (j, 1, n)), n * (n + 1) / 2), (Sum(j, (j, 1, n)), n * (n - 1) / 2)),
    pair(
        "geometric-sum",
        "textbook",
        (Sum(q**m, (m, 0, n)), (1 - q ** (n + 1)) / (1 - q)),
        (Sum(q**m, (m, 0, n)), (1 - q**n) / (1 - q)),
        below,
    ),
    pair(
        "telescoped",
        "textbook",
        (Sum(1 / (j * (j + 1)), (j, 1, n)), n / (n + 1)),
        (Sum(1 / (j * (j + 1)), (j, 1, n)), n / (n + 2)),
    ),
    pair("product", "textbook", (Product(1 + 1 / j, (j, 1, n)), n + 1), (Product(1 + 1 / j, (j, 1, n)), n + 2)),
    pair(
        "linear-recursion",
        "textbook",
        (linear(n), c * (1 - q**n) / (1 - q)),
        (linear(n), c * (1 - q ** (n + 1)) / (1 - q)),
        below,
    ),
    pair(
        "linear-recursion-limit",
        "textbook",
        (linear(n), c / (1 - q)),
        (linear(n), c / (1 + q)),
        below,
        relation=SIM,
        limit=(n, oo),
    ),
    pair("binet", "1843", (fib[0](n), (phi_g**n - psi_g**n) / sqrt(5)), (fib[0](n), (phi_g**n + psi_g**n) / sqrt(5))),
    pair(
        "fibonacci-growth",
        "textbook",
        (fib[0](n), phi_g**n),
        (fib[0](n), Rational(8, 5) ** n),
        relation=ORDER,
        limit=(n, oo),
    ),
    pair("heron-from-above", "textbook", (sqrt(x), heron(n)), (heron(n), sqrt(x) + 2**-n), relation=Relation.BOUND),
    pair("odd-numbers", "textbook", (squares(n), n**2), (squares(n), n * (n + 1))),
    pair(
        "coupled-roots",
        "textbook",
        (Roots((nu, chi), (nu - chi - 1, nu * chi - mu))[0], (1 + sqrt(1 + 4 * mu)) / 2),
        (Roots((nu, chi), (nu - chi - 1, nu * chi - mu))[0], (1 + sqrt(1 + 2 * mu)) / 2),
    ),
    pair(
        "cubic-root",
        "textbook",
        (Root(nu, Eq(nu**3 + nu, mu**3 + mu)), mu),
        (Root(nu, Eq(nu**3 + nu, mu**3 + 2 * mu)), mu),
    ),
    pair(
        "transcendental-root",
        "Lambert",
        (Root(nu, Eq(nu * exp(nu), 2 * exp(2))), Integer(2)),
        (Root(nu, Eq(nu * exp(nu), 2 * exp(2))), Rational(201, 100)),
    ),
    pair(
        "best-weight",
        "Dang, Patil and Rinaldo",
        (Argmin(a0 - 2 * xi * a1 + xi**2 * a2, xi), a1 / a2),
        (Argmin(a0 - 2 * xi * a1 + xi**2 * a2, xi), a1 / (2 * a2)),
    ),
    pair(
        "golden-argmin",
        "He, Xu and Cheng 2025",
        (Argmin(fixed, omega, within=(0, 1)), (sqrt(5) - 1) / 2),
        (Argmin(fixed, omega, within=(0, 1)), Rational(3, 5)),
    ),
    pair(
        "shrinkage",
        "Wiener",
        (Minimum(p * x**2 + c * (1 - x) ** 2, x, within=(0, 1)), p * c / (p + c)),
        (Minimum(p * x**2 + c * (1 - x) ** 2, x, within=(0, 1)), Min(p, c) / 2),
    ),
    pair(
        "best-ridge-of-a-direction",
        "Bayes",
        (Minimum((x**2 * p + c * q) / (q + x) ** 2, x), p * c / (q * p + c)),
        (Minimum((x**2 * p + c * q) / (q + x) ** 2, x), p * c / (p + c)),
    ),
    pair("log-rate", "definition", (Rate(T * log(T), T), Integer(-1)), (Rate(T * log(T), T), Integer(-2))),
    pair("log-is-small", "textbook", (log(T) ** 5, sqrt(T)), (T / (1 + 1 / log(T)), T), relation=SMALL, **T_oo),
    pair(
        "harmonic-at-most",
        "textbook",
        (Sum(1 / j, (j, 1, T)), log(T)),
        (Sum(1 / j, (j, 1, T)), log(T) / 2),
        relation=Relation.AT_MOST,
        **T_oo,
    ),
    pair("log-order", "textbook", (T * log(T**2 + 1), T * log(T)), (T * log(T**2 + 1), T), relation=ORDER, **T_oo),
    pair(
        "degrees-of-a-power-law",
        "Caponnetto and De Vito 2007",
        (df(1, k), pi_beta * k ** (-1 / beta)),
        (df(1, k), pi_beta / 2 * k ** (-1 / beta)),
        *at,
        relation=SIM,
        setting=infinite_law,
        limit=(k, 0),
    ),
    pair(
        "ratio-of-degrees",
        "textbook",
        (df(2, k) / df(1, k), 1 - 1 / beta),
        (df(2, k) / df(1, k), 1 / beta),
        *at,
        Gt(beta, 1),
        relation=SIM,
        setting=infinite_law,
        limit=(k, 0),
    ),
    pair(
        "bias-at-saturation",
        "Li, Zhang and Lin 2023",
        (bias, k**2 * log(1 / k)),
        (bias, k**2),
        *at,
        Eq(r, 1),
        relation=ORDER,
        setting=infinite_law,
        limit=(k, 0),
    ),
    pair(
        "bias-below-saturation",
        "Caponnetto and De Vito 2007",
        (bias, k ** (2 * r)),
        (bias, k**r),
        *at,
        Gt(r, 0),
        Lt(r, 1),
        relation=ORDER,
        setting=infinite_law,
        limit=(k, 0),
    ),
    pair(
        "min-norm-kappa",
        "Simon et al. 2023",
        (Kappa(0, T), (pi_beta / T) ** beta),
        (Kappa(0, T), (1 / T) ** beta),
        *at,
        relation=SIM,
        setting=infinite_law,
        **T_oo,
    ),
    pair(
        "variance-of-a-power-law",
        "Cui et al. 2021",
        (df(2, Kappa(lam, T)) / T, T ** (ell / beta - 1)),
        (df(2, Kappa(lam, T)) / T, T ** (ell - 1)),
        *at,
        Gt(ell, 0),
        Lt(ell, beta),
        relation=ORDER,
        setting=infinite_law,
        scaling=((lam, T**-ell),),
        **T_oo,
    ),
    pair(
        "max-of-exponents",
        "textbook",
        (T**-p + T**-q, Max(T**-p, T**-q)),
        (T**-p + T**-q, T ** -Max(p, q)),
        relation=ORDER,
        **T_oo,
    ),
    pair("exponential-limit", "Euler", ((1 + c / T) ** T, exp(c)), ((1 + c / T) ** T, 1 + c), relation=SIM, **T_oo),
    pair(
        "small-argument",
        "textbook",
        (1 - exp(-eta * t), eta * t),
        (1 - exp(-eta * t), eta * t / (1 - eta)),
        Lt(eta, 1),
        relation=SIM,
        limit=(t, 0),
    ),
    pair(
        "descent-becomes-flow",
        "textbook",
        ((1 - t / T) ** T, exp(-t)),
        ((1 - t / T) ** T, exp(-t / 2)),
        relation=SIM,
        **T_oo,
    ),
]
for true, false in CLAIMS:
    globals()[true.id], globals()[false.id] = true, false
