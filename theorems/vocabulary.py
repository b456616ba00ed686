"""The symbols of the theory: one place, with domains and LaTeX names.

Scalars are SymPy symbols; matrices are ``MatrixSymbol``s with their shapes.  A matrix is one of

* a *constant* (``S``, ``w0``, the test matrices ``A`` and ``B``),
* a *random letter* with a law (designs ``X``, noises ``E``: Gaussian rows; ``P``: a rotation-invariant projection),
* *derived*: defined through the others, either by a formula (``DEFINITIONS``: Sh = X'X/T) or as an inverse
  (``INVERSES``).

Everything a proof may use about a letter is said here, or by the declaration of a letter of an author's own
(:mod:`ridgeproof.theorems.declarations`), for which the tables below answer as well; derivations cannot add to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp
from sympy import MatrixSymbol, Symbol

from .letters import Letter, Members, Table

# --- scalars ---------------------------------------------------------------------------------------------------------

d = Symbol("d", integer=True, positive=True)
T = Symbol("T", integer=True, positive=True)
T0 = Symbol("T0", integer=True, positive=True)
n = Symbol("n", integer=True, nonnegative=True)
m = Symbol("m", integer=True, nonnegative=True)
lam = Symbol("lambda", nonnegative=True)
sigma2 = Symbol("sigma2", nonnegative=True)
sigma02 = Symbol("sigma02", nonnegative=True)
norm2 = Symbol("norm2", nonnegative=True)
phi = Symbol("phi", positive=True)
phi0 = Symbol("phi0", positive=True)
beta = Symbol("beta", positive=True)
r = Symbol("r", nonnegative=True)
k = Symbol("k", positive=True)
ell = Symbol("ell", nonnegative=True)
# Scales: d = T^a, T0 = T^b, n = T^g, lambda = T^-ell.
a = Symbol("a", positive=True)
b = Symbol("b", positive=True)
# One eigendirection of the covariance: its eigenvalue and the square of the target's coefficient.
s = Symbol("s", positive=True)
w2 = Symbol("w2", nonnegative=True)
# A kappa that is not written out as a function of (lambda, T).
kappa = Symbol("kappa", nonnegative=True)
kappa0 = Symbol("kappa0", nonnegative=True)
df2 = Symbol("df2", nonnegative=True)


@dataclass(frozen=True)
class Meaning:
    """What a symbol stands for: words for the reader, and its LaTeX."""

    text: str
    latex: str


SCALARS: dict[Symbol, Meaning] = {
    d: Meaning("input dimension, d >= 1", "d"),
    T: Meaning("samples of the downstream fit, T >= 1", "T"),
    T0: Meaning("samples of each generator, T0 >= 1", "T_0"),
    n: Meaning("number of generations of fake labels, n >= 0", "n"),
    m: Meaning("index of a generation, 0 <= m < n", "m"),
    lam: Meaning("ridge of the downstream fit, lambda >= 0", r"\lambda"),
    sigma2: Meaning("label noise variance of the downstream fit, >= 0", r"\sigma^2"),
    sigma02: Meaning("label noise variance of each generator, >= 0", r"\sigma_0^2"),
    norm2: Meaning("squared norm of the target, |w0|^2", r"\|w_0\|^2"),
    phi: Meaning("d/T", r"\phi"),
    phi0: Meaning("d/T0", r"\phi_0"),
    beta: Meaning("capacity exponent: s_j = j^-beta, beta > 1", r"\beta"),
    r: Meaning("source exponent: s_j w0_j^2 = j^-(1 + 2 beta r), r >= 0", "r"),
    k: Meaning("argument of the degrees of freedom, k > 0", "k"),
    ell: Meaning("ridge exponent: lambda = T^-ell", r"\ell"),
    a: Meaning("dimension exponent: d = T^a", "a"),
    b: Meaning("generator exponent: T0 = T^b", "b"),
    s: Meaning("an eigenvalue of the covariance", "s"),
    w2: Meaning("squared coefficient of the target in an eigendirection", "w^2"),
    kappa: Meaning("effective ridge of the downstream fit", r"\kappa"),
    kappa0: Meaning("effective ridge of a generator", r"\kappa_0"),
    df2: Meaning("second degrees of freedom at kappa, tr S^2 (S + kappa)^-2", r"\mathrm{df}_2"),
}


# --- matrices --------------------------------------------------------------------------------------------------------

one = sp.Integer(1)
S = MatrixSymbol("S", d, d)
Sinv = MatrixSymbol("Sinv", d, d)
A = MatrixSymbol("A", d, d)
B = MatrixSymbol("B", d, d)
w0 = MatrixSymbol("w0", d, one)
X = MatrixSymbol("X", T, d)
E = MatrixSymbol("E", T, one)
Sh = MatrixSymbol("Sh", d, d)
R = MatrixSymbol("R", d, d)
W = MatrixSymbol("W", d, d)
Winv = MatrixSymbol("Winv", d, d)
# Deterministic resolvent at kappa, and what the fit shrinks the truth by: D = S (S + kappa)^-1.
K = MatrixSymbol("K", d, d)
D = MatrixSymbol("D", d, d)
# A generator's design: its sample size is T0.
X0 = MatrixSymbol("X0", T0, d)
W0 = MatrixSymbol("W0", d, d)
W0inv = MatrixSymbol("W0inv", d, d)
# Generation m of a chain (the bracket is an index: a statement about X[m] holds for every m).
Tm = Symbol("T[m]", integer=True, positive=True)
sigma2m = Symbol("sigma2[m]", nonnegative=True)
Xm = MatrixSymbol("X[m]", Tm, d)
Em = MatrixSymbol("E[m]", Tm, one)
Wminv = MatrixSymbol("Winv[m]", d, d)
wm = MatrixSymbol("w[m]", d, one)
wm1 = MatrixSymbol("w[m+1]", d, one)
wn = MatrixSymbol("w[n]", d, one)
N = MatrixSymbol("N", d, one)
v = MatrixSymbol("v[m]", d, one)
v1 = MatrixSymbol("v[m+1]", d, one)
v0 = MatrixSymbol("v[0]", d, one)
# The row space of an isotropic design with T0 < d: P = X+ X and the pseudo-inverse (X'X)^+.
P = MatrixSymbol("P", d, d)
Gp = MatrixSymbol("Gp", d, d)
# The dual of such a design: its columns, X X' = G, seen as T0 x T0.
Y = MatrixSymbol("Y", d, T0)
Ginv = MatrixSymbol("Ginv", T0, T0)
wP = MatrixSymbol("wP", d, one)
# One design X0 in every generator, T0 < d: its pseudo-inverse X0+ = X0' (X0 X0')^-1 and the projection X0+ X0.  The
# labels that generation m is fitted to hold the noise H[m] of the generations before it.
C0inv = MatrixSymbol("C0inv", T0, T0)
X0p = MatrixSymbol("X0p", d, T0)
P0 = MatrixSymbol("P0", d, d)
M0 = MatrixSymbol("M0", T0, T0)
Fm = MatrixSymbol("F[m]", T0, one)
um = MatrixSymbol("u[m]", d, one)
um1 = MatrixSymbol("u[m+1]", d, one)
H = MatrixSymbol("H[m]", T0, one)
H1 = MatrixSymbol("H[m+1]", T0, one)
teacher = MatrixSymbol("w", d, one)
student = MatrixSymbol("ws", d, one)

MATRICES: dict[MatrixSymbol, Meaning] = {
    S: Meaning("covariance of the inputs, symmetric positive definite", r"\Sigma"),
    Sinv: Meaning("the inverse of S", r"\Sigma^{-1}"),
    A: Meaning("an arbitrary constant d x d matrix", "A"),
    B: Meaning("an arbitrary constant d x d matrix", "B"),
    w0: Meaning("the truth", "w_0"),
    X: Meaning("downstream design, rows iid N(0, S)", "X"),
    E: Meaning("downstream label noise, entries iid N(0, sigma^2)", "E"),
    Sh: Meaning("sample covariance X'X/T", r"\widehat\Sigma"),
    R: Meaning("resolvent (Sh + lambda)^-1", "R"),
    W: Meaning("Wishart matrix X'X", "W"),
    Winv: Meaning("the inverse of the Wishart matrix X'X, T >= d", "W^{-1}"),
    K: Meaning("deterministic resolvent (S + kappa)^-1", r"(\Sigma+\kappa)^{-1}"),
    D: Meaning("shrinkage S (S + kappa)^-1", "D"),
    X0: Meaning("a generator's design, rows iid N(0, S)", "X_0"),
    W0: Meaning("Wishart matrix X0'X0 of a generator's design", "W_0"),
    W0inv: Meaning("the inverse of X0'X0, T0 >= d", "W_0^{-1}"),
    Xm: Meaning("design of generation m, rows iid N(0, S)", "X_m"),
    Em: Meaning("label noise of generation m, entries iid N(0, sigma_m^2)", "E_m"),
    Wminv: Meaning("(X_m' X_m)^-1, T_m >= d", r"(X_m^\top X_m)^{-1}"),
    wm: Meaning("the generator of generation m", "w_m"),
    wm1: Meaning("the generator of generation m + 1", "w_{m+1}"),
    wn: Meaning("the last generator, which labels the downstream data", "w_n"),
    N: Meaning("accumulated noise, the sum of X_m^+ E_m over m < n", r"\textstyle\sum_{m<n}X_m^{+}E_m"),
    v: Meaning("downstream error w_hat - w_0 with the noise of the first m generations", "v_m"),
    v1: Meaning("the same with the noise of the first m + 1", "v_{m+1}"),
    v0: Meaning("the same with no generator's noise", "v_0"),
    P: Meaning("Haar projection of rank T0 in R^d (row space of an isotropic design)", "P"),
    Gp: Meaning("pseudo-inverse (X'X)^+ of an isotropic design with T0 < d", r"(X^\top X)^{+}"),
    Y: Meaning("transpose of an isotropic design with T0 < d: its rows are iid N(0, I) in R^T0", r"X^\top"),
    Ginv: Meaning("(X X')^-1, T0 <= d", r"(XX^\top)^{-1}"),
    C0inv: Meaning("(X0 X0')^-1, T0 <= d", r"(X_0X_0^\top)^{-1}"),
    X0p: Meaning("pseudo-inverse of a generator's design with T0 < d", r"X_0^{+}"),
    P0: Meaning("projection on the row space of that design", r"X_0^{+}X_0"),
    M0: Meaning("an arbitrary constant T0 x T0 matrix", "M"),
    Fm: Meaning("label noise of generation m where all share one design, entries iid N(0, sigma_0^2)", "E_m"),
    um: Meaning("the generator of generation m where all share one design", "w_m"),
    um1: Meaning("the generator of generation m + 1 where all share one design", "w_{m+1}"),
    H: Meaning("noise of the generations before m where all share one design, E_0 + ... + E_{m-1}", "H_m"),
    H1: Meaning("noise of the generations before m + 1, E_0 + ... + E_m", "H_{m+1}"),
    teacher: Meaning("the teacher of one fit, independent of it", "w"),
    student: Meaning("the student of one fit, R Sh w + R X'E/T", r"\widehat w"),
    wP: Meaning("a teacher that is independent of the projection P", "w"),
}

# Formulas: a name for an expression in other letters.
DEFINITIONS: dict[MatrixSymbol, sp.MatrixExpr] = Table(
    "formula",
    {
        Sh: X.T * X / T,
        W: X.T * X,
        D: S * K,
        W0: X0.T * X0,
        X0p: X0.T * C0inv,
        P0: X0.T * C0inv * X0,
    },
)

# Inverses: letter -> the expression whose two-sided inverse it is.
INVERSES: dict[MatrixSymbol, sp.MatrixExpr] = Table(
    "inverse_of",
    {
        Sinv: S,
        R: X.T * X / T + lam * sp.Identity(d),
        Winv: X.T * X,
        K: S + kappa * sp.Identity(d),
        W0inv: X0.T * X0,
        Wminv: Xm.T * Xm,
        Ginv: Y.T * Y,
        C0inv: X0 * X0.T,
    },
)

# Laws of the random letters: covariance of a row (None: identity) and a variance that multiplies it.
GAUSSIAN: dict[MatrixSymbol, tuple[MatrixSymbol | None, sp.Expr]] = Table(
    "gaussian",
    {
        X: (S, one),
        X0: (S, one),
        Xm: (S, one),
        Y: (None, one),
        E: (None, sigma2),
        Em: (None, sigma2m),
        Fm: (None, sigma02),
    },
)

# Letters whose joint law is invariant under conjugation by rotations of R^d.
ROTATION_INVARIANT: tuple[MatrixSymbol, ...] = (P, Gp)

SYMMETRIC: frozenset[MatrixSymbol] = Members(
    "symmetric", {S, Sinv, Sh, R, K, D, W, Winv, W0, W0inv, Wminv, P, Gp, Ginv, C0inv, P0}
)

# What defines a letter besides: left = right (words of letters), used by derivations as the model's own equations.
EQUATIONS: tuple[tuple[sp.MatrixExpr, sp.MatrixExpr], ...] = (
    (P * P, P),
    (wm1, Wminv * Xm.T * (Xm * wm + Em)),  # least squares on labels made by generation m
    (wn, w0 + N),  # the definition of the accumulated noise N
    (um1, X0.T * C0inv * (X0 * um + Fm)),  # min-norm least squares, the same design in every generation
    (H1, H + Fm),
)
# What letters are functions of that no formula gives: the error v[m] of the downstream fit holds that fit's data, the
# accumulated noise N the data of the generators, u[m] the design that all generators share. Steps argue given H[m], the
# noise before m: it is random, and a function of no letter.
DEPENDS: dict[MatrixSymbol, tuple[MatrixSymbol, ...]] = {
    v: (X, E),
    v1: (X, E, Xm, Em),
    v0: (X, E),
    N: (Xm, Em),
    um: (X0,),
    H: (),
}
# Traces that are not random.
TRACES: tuple[tuple[sp.MatrixExpr, sp.Expr], ...] = ((P, T0), (S * K * S * K, df2))

# Traces that are a scalar to leading order: this one defines kappa, as a formal power series in 1/lambda.
LEADING_TRACES: tuple[tuple[sp.MatrixExpr, sp.Expr], ...] = ((X.T * X * R / T, T * (1 - lam / kappa)),)

# Conditions under which the first moments of an inverse exist; a proof that integrates by parts against it needs them.
MOMENTS_EXIST: dict[MatrixSymbol, sp.Basic] = Table(
    "exists",
    {
        Winv: sp.Ge(T, d + 2),
        W0inv: sp.Ge(T0, d + 2),
        Wminv: sp.Ge(Tm, d + 2),
        Ginv: sp.Le(T0, d - 2),
        R: sp.Gt(lam, 0),
    },
)


def definition(letter: MatrixSymbol) -> sp.MatrixExpr | None:
    """The right-hand side of the equation that defines a letter, if there is one."""
    return next((right for left, right in EQUATIONS if left == letter), None)


def depends(letter: MatrixSymbol) -> tuple[MatrixSymbol, ...]:
    """The letters that a letter is a function of, if no formula gives it."""
    if isinstance(letter, Letter):
        parts = (*letter.blocks, *(letter.filter[1:] if letter.filter else ()))
        return tuple(x for part in parts for x in sorted(part.atoms(MatrixSymbol), key=lambda x: str(x.name)))
    return DEPENDS.get(letter, ())


@lru_cache(maxsize=4096)
def is_random(letter: MatrixSymbol, given: frozenset[MatrixSymbol] = frozenset()) -> bool:
    """Whether a letter is a function of random letters.

    Parameters
    ----------
    letter : of the vocabulary, or declared.
    given : letters that are held fixed; what depends on them alone is then not random.

    Examples
    --------
    >>> is_random(R), is_random(S), is_random(v), is_random(H), is_random(H, frozenset({H}))
    (True, False, True, True, False)
    """
    if letter in given:
        return False
    if letter in GAUSSIAN or letter in ROTATION_INVARIANT or letter == H:
        return True
    formula = DEFINITIONS.get(letter, INVERSES.get(letter, definition(letter)))
    inner = depends(letter) if formula is None else formula.atoms(MatrixSymbol)
    return any(is_random(x, given) for x in inner if x != letter)


def is_known(letter: MatrixSymbol) -> bool:
    """Whether the vocabulary or a declaration says what a letter is."""
    return letter in MATRICES or isinstance(letter, Letter)


def latex_names() -> dict[sp.Basic, str]:
    """Symbol -> LaTeX, for ``sympy.latex(expr, symbol_names=...)``."""
    names: dict[sp.Basic, str] = {symbol: meaning.latex for symbol, meaning in SCALARS.items()}
    names |= {matrix: meaning.latex for matrix, meaning in MATRICES.items()}
    names |= {Tm: "T_m", sigma2m: r"\sigma_m^2"}
    return names


def letter_symbols(expr: sp.Basic, seen: frozenset[sp.MatrixSymbol] = frozenset()) -> set[sp.Symbol]:
    """The sizes, ridges and variances that the matrices of an expression depend on."""
    out: set[sp.Symbol] = set()
    for x in expr.atoms(sp.MatrixSymbol) - seen:
        out |= set().union(*(size.free_symbols for size in x.shape))
        if x in GAUSSIAN:
            out |= GAUSSIAN[x][1].free_symbols
        if x in ROTATION_INVARIANT:
            out |= {T0}
        for table in (DEFINITIONS, INVERSES):
            if x in table:
                out |= {y for y in table[x].free_symbols if isinstance(y, sp.Symbol)}
                out |= letter_symbols(table[x], seen | {x})
    return out
