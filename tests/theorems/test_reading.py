"""Formulas in a line: what they mean in either writing, and that whatever is no formula is refused in one line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sympy as sp

from ridgeproof.errors import InputError
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df, trace
from ridgeproof.theorems.quantities import Argmin, Maximum, Minimum
from ridgeproof.theorems.reading.claims import entries, read_claim
from ridgeproof.theorems.reading.conditions import read_where
from ridgeproof.theorems.relations import Relation
from ridgeproof.theorems.vocabulary import (
    T0,
    R,
    S,
    Sh,
    Sinv,
    T,
    Winv,
    X,
    beta,
    d,
    df2,
    kappa,
    lam,
    n,
    norm2,
    r,
    s,
    sigma02,
    sigma2,
    w2,
)

MEANINGS = [
    ("E_test ~= sigma2*df2/(T - df2)", "equivalent", E_test, sigma2 * df2 / (T - df2)),
    (r"E_{\mathrm{test}} \simeq \sigma^2 \frac{\mathrm{df}_2}{T - \mathrm{df}_2}", "equivalent", E_test,
     sigma2 * df2 / (T - df2)),
    (r"$E_\text{test} = \sigma^{2}\frac{d}{T-d-1} + n\sigma_0^2\frac{d}{T_0-d-1}$", "equality", E_test,
     sigma2 * d / (T - d - 1) + n * sigma02 * d / (T0 - d - 1)),
    (r"\mathbb{E}\left[\operatorname{tr}(\Sigma Winv)\right] = \frac{d}{T-d-1}", "equality", Expect(trace(S * Winv)),
     d / (T - d - 1)),
    (r"E_{test} \asymp T^{-2\beta\min(r, 1)}", "order", E_test, T ** (-2 * beta * sp.Min(r, 1))),
    (r"\kappa(\lambda, T) \le \lambda + 1", "bound", Kappa(lam, T), lam + 1),
    ("lambda + 1 >= kappa(lambda, T)", "bound", Kappa(lam, T), lam + 1),
    (r"\kappa(\lambda, T) \geqslant \lambda", "bound", lam, Kappa(lam, T)),
    ("lambda + 1 > kappa(lambda, T)", "strict", Kappa(lam, T), lam + 1),
    (r"\frac{\kappa^2 \|w_0\|^2}{(1+\kappa)^2} \lesssim 1", "order-at-most",
     kappa**2 * norm2 / (1 + kappa) ** 2, sp.S.One),
    ("sum_j[s w2/(s + kappa)^2] = df_2(kappa)", "equality", SpectralSum(s * w2 / (s + kappa) ** 2), df(2, kappa)),
    ("log(T)/T =o 1", "negligible", sp.log(T) / T, sp.S.One),
    ("-2^2 + 2 3 = 2", "equality", sp.Integer(2), sp.Integer(2)),
    ("2^-1/2 = 1/4", "equality", sp.Rational(1, 4), sp.Rational(1, 4)),
    ("1.5 T/2/3 = T/4", "equality", T / 4, T / 4),
]  # fmt: skip


@pytest.mark.parametrize(("text", "relation", "left", "right"), MEANINGS, ids=lambda x: str(x)[:30])
def test_a_formula_means_what_it_says(text: str, relation: str, left: sp.Basic, right: sp.Basic) -> None:
    """LaTeX and SymPy's manner give the same; powers bind before signs and to the right."""
    claim = read_claim(text)
    assert (claim.relation, claim.equations[0].left, claim.equations[0].right) == (Relation(relation), left, right)


def test_matrices() -> None:
    """Words of letters, transposes, the identity."""
    claim = read_claim("R*(X'X/T + lambda I) = I", ["lambda > 0"])
    assert claim.equations[0].right == sp.Identity(d)
    assert claim.equations[0].left == R * (X.T * X / T + lam * sp.Identity(d))
    assert read_claim("tr(Sh) = tr(X' X)/T").equations[0].left == trace(Sh)


SLOPE = sp.Derivative(Kappa(lam, T), lam)


@pytest.mark.parametrize(
    "text",
    ["diff(kappa, lambda)", "d kappa/d lambda", "dkappa/dlambda", "d/dlambda kappa", "d/d lambda (kappa)",
     r"\frac{d\kappa}{d\lambda}", r"\frac{\partial\kappa}{\partial\lambda}", r"\frac{d}{d\lambda} \kappa"],
)  # fmt: skip
def test_a_quotient_of_differentials_is_a_derivative(text: str) -> None:
    """And kappa is then the function of lambda that it is: its derivative is not 0."""
    assert read_claim(f"{text} = 1").equations[0].left == SLOPE


@pytest.mark.parametrize(
    ("text", "value"),
    [("kappa*d/d", kappa), ("d/T", d / T), (r"\frac{d}{T}", d / T), ("d kappa", d * kappa), ("d*kappa/d", kappa),
     ("d (T + 1)/T", d * (T + 1) / T), ("d/(d + 1)", d / (d + 1)), (r"\frac{d - 1}{d}", (d - 1) / d),
     ("d T/d", T), ("d phi/d T", sp.Derivative(d / T, T))],
)  # fmt: skip
def test_the_dimension_stays_the_dimension(text: str, value: sp.Expr) -> None:
    assert sp.simplify(read_claim(f"{text} = x", ["x > 0"]).equations[0].left - value) == 0


def test_inverses_are_letters() -> None:
    """The vocabulary's where it has one, else one of the formula's own; I has the size of what it is added to."""
    left, right = sides("tr((X'X)^-1 S^{-1}) = tr((S + I)^-1 (S + I)^{-1})")
    assert left.has(Winv) and left.has(Sinv) and not left.has(sp.MatPow)
    (letter,) = {x for x in right.atoms(sp.MatrixSymbol) if x.name.startswith("inv")}
    assert letter.inverse_of == S + sp.Identity(d)  # type: ignore[attr-defined]
    left, right = sides("X*(X'X/T + lambda*I)^-1 = (X*X'/T + lambda*I)^-1*X")
    assert left == X * R and right.shape == (T, d)
    assert sides("(X^T X)^{-1} = Winv")[0] == Winv and sides("R^-1 = S")[0] == X.T * X / T + lam * sp.Identity(d)


def sides(text: str) -> tuple[sp.Basic, sp.Basic]:
    (part,) = read_claim(text).equations
    return part.left, part.right


def test_the_setting_follows_from_the_letters() -> None:
    """T0, n or sigma02 speak of generators, lambda or kappa of a ridge, norm2 of S = I."""
    plain, chain, ridge = (read_claim(f"E_test = {x}").setting for x in ("sigma2", "n*sigma02", "norm2*kappa"))
    assert plain is not None and plain.generators == () and plain.downstream.ridge == 0
    assert chain is not None and chain.generators[0].repeat == n
    assert ridge is not None and ridge.downstream.ridge == lam and ridge.spectrum == "isotropic"


def test_conditions_declarations_abbreviations_words() -> None:
    """What stands in --where."""
    told = read_where(["T >= d + 2, 0 < y < 1; x > 0", "mu = lambda/2; q integer; no signal"])
    texts = [str(h.condition) for h in told.hypotheses]
    assert texts == ["T >= d + 2", "y < 1"], texts
    assert told.names["x"] == sp.Symbol("x", positive=True) and told.names["y"] == sp.Symbol("y", positive=True)
    assert list(told.abbreviations.values()) == [lam / 2] and told.setting == {"target": "zero"}


BAD = [
    "", "T", "E_test ~=", "E_test = foo", "__import__('os').system('x') = 1", "1/0 = T", "9**9**9 = 1", "(" * 99,
    "T = T =", r"\input{/etc/passwd} = 1", "E_test = X", "tr(X) = 1", "T' = 1", "a.b = 1", "lambda x: 1",
    "1/(T - T) = 1", "T != d", "X*E = E", "X + S = X", "exp(S) = S", "df(1) = T", "kappa() = 1", "E[] = 1", "T = 1e5",
    "9" * 99 + " = T", "S^(1/2) = S", "X^-1 = X",
    "S^lambda = S", "eval = 1", "T @ d = 1", "T = \u2160", "frac{1} = 1", "x" * 5000,
    "exp(exp(exp(9^999))) = ", "(0)^(-1) = 1", "zeta(1) = 1", "gamma(0) = 1", "[ = ]", "T = 'a'", "T;d = 1",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=lambda x: x[:20])
def test_what_is_no_formula_is_refused_in_one_line(text: str) -> None:
    """One line; nothing is evaluated."""
    with pytest.raises(InputError) as caught:
        read_claim(text)
    assert "\n" not in str(caught.value) and str(caught.value).startswith("FORMULA: ")


@pytest.mark.parametrize(
    "text",
    ["T >= ", "T", "T is large", "T = 3 = 4 = 5 = 6", "S > 0", "1 > 2", "T positive", "x > y > ", "mu = X", "T ~ d"],
)
def test_what_is_no_condition_is_refused_in_one_line(text: str) -> None:
    """Also where a name has its meaning already, or nothing satisfies the condition."""
    with pytest.raises(InputError) as caught:
        read_where([text])
    assert "\n" not in str(caught.value)


def test_noise_never_gets_through() -> None:
    """3000 random strings of the grammar's own pieces: a claim, or one InputError, and never anything else."""
    rng = random.Random(14)
    letters = "T d n lambda kappa sigma2 S X E R w0 E_test df( exp( log( min( oo tr( E[ x"
    signs = "( ) [ ] { } + - * / ^ ' , = ~= <= 1 2.5 0 \\frac \\sigma \\ _ ; . é"
    pieces = f"{letters} {signs}".split()
    accepted = 0
    for _ in range(3000):
        text = " ".join(rng.choice(pieces) for _ in range(rng.randint(1, 12)))
        try:
            read_claim(text)
            accepted += 1
        except InputError as error:
            assert "\n" not in str(error)
    assert accepted < 300  # most of it is no formula


def test_files(tmp_path: Path) -> None:
    """The same claim in TOML and in Markdown."""
    toml, md = tmp_path / "a.toml", tmp_path / "a.md"
    toml.write_text('[[claim]]\nid = "ls"\nformula = "E_test = sigma2*d/(T-d-1)"\nwhere = "T >= d + 2"\n')
    md.write_text(
        "# Ls\n\ntext\n\n$$\nE_{test} = \\sigma^2 \\frac{d}{T-d-1}\n$$\n\n- where: $T \\ge d + 2$\n- source: me\n"
    )
    (one,), (two,) = entries(toml), entries(md)
    assert (one["id"], two["id"]) == ("ls", "ls")
    a, b = (read_claim(e["formula"], e["where"]) for e in (one, two))
    assert a.equations == b.equations and a.conditions == b.conditions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1",
        "[",
        "[[claim]]\nid = 3\nformula = 'T = T'",
        "[[claim]]\nid = 'a'",
        "[[claim]]\nformula='T=T'\nrule='x'",
        "[[claim]]\nformula='T=T'\nwhere=[1]",
        "[[claim]]\nid='a'\nformula='T=T'\n[[claim]]\nid='a'\nformula='T=T'",
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """In one line with the file's name."""
    file = tmp_path / "a.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=r"a\.toml"):
        entries(file)


def _k(**sign: bool) -> sp.Symbol:
    return sp.Symbol("k", integer=True, **sign)


def _x(**sign: bool) -> sp.Symbol:
    return sp.Symbol("x", real=True, **sign)


def _y() -> sp.Symbol:
    return sp.Symbol("y", real=True)


BOUND = [
    ("sum(1/k^2, k, 1, oo) = pi^2/6", sp.Sum(_k(positive=True) ** -2, (_k(positive=True), 1, sp.oo))),
    ("Sum(1/k^2, (k, 1, oo)) = pi^2/6", sp.Sum(_k(positive=True) ** -2, (_k(positive=True), 1, sp.oo))),
    (r"\sum_{k=1}^\infty \frac{1}{k^2} = \frac{\pi^2}{6}",
     sp.Sum(_k(positive=True) ** -2, (_k(positive=True), 1, sp.oo))),
    (r"\sum_{k=0}^{n} \binom{n}{k} = 2^n",
     sp.Sum(sp.binomial(n, _k(nonnegative=True)), (_k(nonnegative=True), 0, n))),
    (r"\prod_{k=1}^{n} k = n!", sp.Product(_k(positive=True), (_k(positive=True), 1, n))),
    (r"\int_0^\infty e^{-x} \, \mathrm{d}x = 1",
     sp.Integral(sp.exp(-_x(positive=True)), (_x(positive=True), 0, sp.oo))),
    (r"\int_{-1}^{1} x^2 dx = 2/3", sp.Integral(_x() ** 2, (_x(), -1, 1))),
    ("Integral(x^2, (x, -1, 1)) = 2/3", sp.Integral(_x() ** 2, (_x(), -1, 1))),
    ("diff(df1, kappa) = 0", sp.Derivative(df(1, kappa), kappa)),
    ("Piecewise((T, T > 1), (1, otherwise)) = T", sp.Piecewise((T, T > 1), (1, True))),
    (r"|\lambda - 1| = 1", sp.Abs(lam - 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), BOUND, ids=lambda x: str(x)[:30])
def test_a_bound_letter_is_its_formula_s_own(text: str, left: sp.Expr) -> None:
    """The letter is whole in sums and real in integrals, with the sign of its range."""
    assert read_claim(text).equations[0].left == left


def test_a_bound_letter_shadows_the_vocabulary_inside_only() -> None:
    """sum over n of n, times n: the n outside is the number of generations."""
    left = read_claim(r"n \sum_{n=1}^{3} n = 6 n").equations[0].left
    assert left == n * sp.Sum(
        sp.Symbol("n", integer=True, positive=True), (sp.Symbol("n", integer=True, positive=True), 1, 3)
    )
    assert read_claim("sum(T, T, 1, T) = T").equations[0].left.limits[0][2] == T


def test_nested_integrals_end_at_their_own_differentials() -> None:
    """The inner integral takes the first differential."""
    left = read_claim(r"\int_0^1 \int_0^2 x y^2 dx dy = 4/3").equations[0].left
    assert [str(limit[0]) for limit in left.limits] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        (r"\sum_{k=1} k = 1", "'^' is missing"),
        (r"\sum_{1=k}^2 k = 1", "bound letter"),
        (r"\int_0^1 x = 1", "differential"),
        ("Sum(k, k) = 1", "without its range"),
        ("Sum(S, (k, 1, 2)) = 1", "of matrices"),
        ("diff(T, 2) = 1", "diff(f, x)"),
        ("Piecewise((1, 2)) = 1", "comparison"),
        ("2000! = 1", "too large"),
        ("|T = 1", "'|' is missing"),
        ("Sum(k, (k, 1, 2) = 1", "not closed"),
    ],
)
def test_broken_binders_are_one_line(text: str, fragment: str) -> None:
    """What is missing is named."""
    with pytest.raises(InputError) as told:
        read_claim(text)
    assert fragment in str(told.value).lower() or fragment in str(told.value)


def test_limits_in_words() -> None:
    """A letter that grows or tends to a number; one only."""
    assert read_claim("log(n) =o n", ["as n grows"]).limit == (n, sp.oo)
    x = sp.Symbol("x", positive=True)
    assert read_claim("sin(x) ~ x", ["x -> 0"]).limit == (x, 0)
    assert read_claim(r"\sin(x) \sim x", [r"as x \to 0; x > 0"]).limit == (x, 0)
    assert read_claim("kappa ~ lambda", [r"\lambda \to \infty"]).limit == (lam, sp.oo)
    for words in (["x -> 0", "as T grows"], ["x -> T"], ["S -> 0"]):
        with pytest.raises(InputError):
            read_claim("x ~ x", words)


SAME = [  # what different people write for one thing
    (r"E_{test} = \frac{\sigma^2 d}{T - d - 1} + \frac{n \sigma_0^2 d}{T_0 - d - 1}", "T_0 >= d + 2"),
    (r"E_{test} = \frac{\sigma^{2} d}{T - d - 1} + \frac{n \sigma^2_0 d}{T_{0} - d - 1}", r"T_0 \ge d + 2"),
    ("E_test = sigma^2*d/(T - d - 1) + n*sigma_0^2*d/(T_0 - d - 1)", "T0 >= d + 2"),
    ("E_test = sigma2*d/(T - d - 1) + n*sigma02*d/(T0 - d - 1)", "T_{0} >= d + 2"),
]


@pytest.mark.parametrize(("formula", "where"), SAME)
def test_an_index_is_written_in_many_ways(formula: str, where: str) -> None:
    """T_0 is T0 in conditions too, and sigma the root of the variance wherever it stands."""
    claim = read_claim(formula, [where])
    assert claim.equations[0].right == sigma2 * d / (T - d - 1) + n * sigma02 * d / (T0 - d - 1)
    assert claim.conditions == (sp.Ge(T0, d + 2),)


def test_sigma_is_one_letter() -> None:
    r"""In \sigma/(1 + \sigma^2) both are the same, and a condition on it is one on the variance."""
    claim = read_claim(r"\frac{\sigma}{1 + \sigma^2} \le 1/2", [r"\sigma > 0"])
    assert claim.equations[0].left == sp.sqrt(sigma2) / (1 + sigma2)
    assert claim.conditions == (sp.Gt(sigma2, 0),)
    assert read_claim("sigma ~ sigma", ["sigma -> 0"]).limit == (sigma2, 0)


def test_integrals_with_the_differential_above() -> None:
    r"""\int \frac{x dx}{1 + x^2} is the integral of one factor."""
    x = _x(positive=True)
    assert read_claim(r"\int_0^1 \frac{dx}{1 + x} = 1").equations[0].left == sp.Integral(1 / (1 + x), (x, 0, 1))
    left = read_claim(r"\int_0^1 \frac{x\,dx}{1 + x^2} + 1 = 1").equations[0].left
    assert left == sp.Integral(x / (1 + x**2), (x, 0, 1)) + 1


OPTIMA = [
    (r"\arg\min_\lambda E_{test} = 1", Argmin(E_test, lam)),
    (r"\operatorname{argmin}_{0 < y < 1} (y - T)^2 = 1", Argmin((_y() - T) ** 2, _y(), within=(0, 1))),
    (r"\min_{y} (y^2 + T) = 1", Minimum(_y() ** 2 + T, _y())),
    ("Minimum(y^2 + T, y, 0, 1) = 1", Minimum(_y() ** 2 + T, _y(), within=(0, 1))),
    ("max_{y > 1} (T/y) = 1", Maximum(T / _y(), _y(), within=(1, sp.oo))),
]


@pytest.mark.parametrize(("text", "left"), OPTIMA, ids=lambda x: str(x)[:30])
def test_optima(text: str, left: sp.Expr) -> None:
    """Minima and where they are taken; their letter is bound."""
    assert read_claim(text).equations[0].left == left


def test_conditions_on_the_letter_of_a_minimum_are_refused() -> None:
    """They would reach nothing."""
    with pytest.raises(InputError, match="below the sign"):
        read_claim(r"\min_{y} (y^2) = 0", ["0 < y < 1"])


def test_a_column_compared_with_a_number_is_a_number() -> None:
    """A weight w of one's own; the covariance S stays a matrix."""
    assert read_claim("w <= 1", ["0 < w < 1"]).equations[0].left == sp.Symbol("w", positive=True)
    with pytest.raises(InputError, match="compares matrices"):
        read_claim("S <= 1", ["0 < S < 1"])
