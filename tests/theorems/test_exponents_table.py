"""The exponent table: the laws of theory.md (P3 to P5), the exact optimum and its certificate, the domain's edges."""

from __future__ import annotations

import random
from fractions import Fraction as F

import pytest

from ridgeproof.theorems.exponents import (
    INF,
    Piece,
    ScaleError,
    certificate,
    exponent_row,
    minimise,
    row_certificate,
    table,
)
from ridgeproof.theorems.exponents.calculus.minimax import values_at
from ridgeproof.theorems.exponents.model.law import BIAS, DOWNSTREAM, FAKE
from ridgeproof.theorems.exponents.model.rows import Point, law_at, why_outside


def between(rng: random.Random, low: int, high: int, parts: int = 60) -> F:
    return F(rng.randint(low * parts, high * parts), parts)


def random_point(rng: random.Random) -> Point:
    """A point of the whole domain, infinities, ties and both kinds of generators included."""
    beta, r = 1 + between(rng, 0, 2) + F(1, 60), rng.choice([between(rng, 0, 2), F(1), F(1, 2), F(0)])
    a = rng.choice([between(rng, 0, 2), F(1), F(1, 2), F(0), INF])
    b = rng.choice([between(rng, 0, 2), F(1), a if isinstance(a, F) else F(1)])
    g = rng.choice([between(rng, 0, 2), F(0), -INF])
    s, s0 = (rng.choice([between(rng, 0, 4), between(rng, -1, 1), INF]) for _ in range(2))
    h = b * F(rng.randint(0, 4), 4) if a == b else b
    return Point(beta, r, a, b, g, s, s0, h)


def terms_by_formula(p: Point, ell: F) -> dict[str, object]:
    """The exponents of the terms as docs/theory.md#P4 and the law's docstring have them, min and max as they stand."""
    rb = min(p.r, F(1))
    k = ell if p.a < 1 else min(ell, p.beta)
    effective = k / p.beta if p.a == INF else min(k / p.beta, p.a)
    out: dict[str, object] = {}
    clean = p.g == -INF
    if clean or p.a <= p.b:
        cut_off = p.a != INF and k > p.a * p.beta
        out[BIAS] = -2 * k + 2 * p.a * p.beta * (1 - rb) if cut_off else -2 * rb * k
        if not clean and p.s0 != INF:
            # kappa^2 tr(S + kappa)^-2, which the law drops below the cut-off
            tau = min(p.a, p.a * (1 + 2 * p.beta) - 2 * k) if cut_off else p.a
            out[FAKE] = p.g - p.s0 - p.h + effective + max(F(0), tau - 1)
    else:
        forgotten = max(F(0), p.b * p.beta - p.g)  # n kappa_0 = T^-forgotten
        kk = min(k, forgotten)
        out[BIAS] = -2 * rb * kk
        if p.s0 != INF:
            unlearnt = forgotten / p.beta - 1 if k <= forgotten else F(0)
            out[FAKE] = min(p.g, p.b * p.beta) - p.s0 - p.b + kk / p.beta + max(F(0), unlearnt)
    if p.s != INF:
        out[DOWNSTREAM] = -p.s + effective - 1
    return out


def test_pieces_are_the_formulas() -> None:
    """The rows that are minimised are the min-max formulas of the law, everywhere in the domain and at every ell."""
    rng = random.Random(1)
    for _ in range(400):
        p = random_point(rng)
        if why_outside(p):
            continue
        law = law_at(p)
        starts = [piece.lo for piece in law.pieces]
        for ell in [*starts, *(between(rng, 0, 5) for _ in range(6))]:
            assert dict(zip(law.terms, values_at(law.pieces, ell), strict=True)) == terms_by_formula(p, ell)


def test_no_ell_does_better_and_none_smaller_does_as_well() -> None:
    """`ell` is the smallest optimal one: exact values elsewhere and next to it never beat it, smaller ones lose."""
    rng = random.Random(2)
    for _ in range(200):
        p = random_point(rng)
        row = exponent_row(*p)
        if row.rate is None:
            assert row.regime.startswith("outside: ") and row.ell is None
            continue
        if row.rate == INF:
            assert row.ell == INF and p.a < 1 and p.s == INF
            continue
        at = [max(terms_by_formula(p, row.ell).values())]
        assert at == [-row.rate]
        for ell in [row.ell + F(1, 10**6), *(between(rng, 0, 6) for _ in range(25))]:
            value = max(terms_by_formula(p, ell).values())
            assert value > -row.rate if ell < row.ell else value >= -row.rate
        if row.ell > 0:
            assert max(terms_by_formula(p, row.ell - min(row.ell, F(1, 10**6))).values()) > -row.rate
        clean = exponent_row(*p._replace(g=-INF))
        assert (row.ell_clean, row.rate_clean) == (clean.ell, clean.rate)
        if row.ell_clean != INF:
            assert row.rate_with_clean_ell == -max(terms_by_formula(p, row.ell_clean).values())
        assert row.rate_with_clean_ell <= row.rate <= row.rate_clean


@pytest.mark.parametrize("r", [F(1, 4), F(1, 2), F(1), F(2)])
def test_clean_law(r: F) -> None:
    """P3: clean data, one exponent for every noise level, and the noiseless limit T^(-2 beta rb)."""
    beta, rb = F(3, 2), min(r, F(1))
    for s in (F(0), F(1, 2), 2 * beta * rb, 2 * beta * rb + 1, INF):
        row = exponent_row(beta, r, a=2, g=-INF, s=s)
        # Bias T^(-2 rb l) against sigma^2 T^-(1 - l/beta); beyond l = beta nothing moves (P5, "almost no noise").
        expected = beta if s == INF else min(beta, beta * (1 + s) / (1 + 2 * beta * rb))
        assert (row.ell, row.rate) == (expected, 2 * rb * expected)
        assert row.logarithm is (r == 1)
        assert row.regime == (
            "min-norm (noise negligible)" if s == INF or s > 2 * beta * rb else "bias = downstream noise"
        )


@pytest.mark.parametrize("a", [F(1, 2), F(9, 10), F(1), F(5, 4)])
def test_corollary_one(a: F) -> None:
    """P5: lambda* ≍ (N/T)^(beta/(1 + 2 beta rb)) with N = sigma^2 + n sigma_0^2 (T + d)/(T0 - d), on its range."""
    rng = random.Random(5)
    seen = 0
    for _ in range(200):
        beta, r, b = 1 + between(rng, 0, 2) + F(1, 60), between(rng, 0, 2) + F(1, 60), a + between(rng, 0, 1)
        g, s, s0 = between(rng, 0, 1), between(rng, 0, 2), between(rng, 0, 2)
        h = b * F(rng.randint(1, 4), 4) if a == b else b
        rb = min(r, F(1))
        noise_over_samples = max(-s, g - s0 + max(F(1), a) - h) - 1
        row = exponent_row(beta, r, a, b, g, s, s0, h)
        ell = -noise_over_samples * beta / (1 + 2 * beta * rb)
        if not 0 <= ell <= beta * min(a, 1):  # kappa* below T^-beta or below s_d, or above 1: not the corollary's range
            continue
        seen += 1
        assert (row.ell, row.rate) == (ell, 2 * rb * ell)
    assert seen > 40


@pytest.mark.parametrize(("beta", "r"), [(F(3, 2), F(1, 2)), (F(2), F(3, 10)), (F(3), F(3, 2))])
def test_crossover_and_collapse(beta: F, r: F) -> None:
    """The paper's comparison, n and noises fixed, d ≍ T0: adapted rate, kept clean ell, collapse, recovery."""
    rb = min(r, F(1))
    clean = beta / (1 + 2 * beta * rb)
    for b in (F(i, 20) for i in range(1, 31)):
        row = exponent_row(beta, r, a=min(b, F(1)), b=b)
        assert (row.ell, row.rate) == (min(b, 1) * clean, 2 * rb * min(b, 1) * clean)
        # Keeping the clean ridge: the fake noise kappa^(-1/beta)/T0 at kappa = T^-clean, if d allows that kappa.
        if b >= clean / beta:
            assert row.rate_clean == 2 * rb * clean
            assert row.rate_with_clean_ell == min(row.rate_clean, b - clean / beta)
    collapse = exponent_row(beta, r, a=clean / beta, b=clean / beta)
    assert collapse.rate_with_clean_ell == 0 < collapse.rate
    # More generations than the data can carry: g = h makes even the best error stand still.
    assert exponent_row(beta, r, a=F(1, 2), b=1, g=1).regime.startswith("collapse: error does not fall")
    assert exponent_row(beta, r, a=F(1, 2), b=1, g=F(5, 4)).rate == F(-1, 4)


def test_finite_dimension_below_the_source_rate() -> None:
    """A fixed dimension (a = 0) learns at the parametric rate 1/T, and exactly when there is no noise."""
    row = exponent_row(F(3, 2), F(1, 2))
    assert (row.rate, row.logarithm) == (1, False)
    assert row.regime.startswith("finite dimension")
    exact = exponent_row(F(3, 2), F(1, 2), a=F(1, 2), s=INF, s0=INF)
    assert (exact.ell, exact.rate) == (INF, INF)
    # Clean ell = inf kept under fake data: only the noise n sigma_0^2 d/(T0 - d) is left.
    assert exponent_row(F(3, 2), F(1, 2), a=F(1, 2), s=INF).rate_with_clean_ell == F(1, 2)


def test_min_norm_generators() -> None:
    """Noiseless min-norm generators hold the error at (n kappa_0)^(2 rb); enough of them leave nothing (E4)."""
    beta, r, b = F(3, 2), F(1, 2), F(1, 2)
    for g in (F(0), F(1, 4)):
        row = exponent_row(beta, r, a=INF, b=b, g=g, s0=INF, s=INF)
        assert (row.ell, row.rate) == (b * beta - g, 2 * r * (b * beta - g))
        assert row.regime == "bias of the min-norm generators"
    gone = exponent_row(beta, r, a=INF, b=b, g=b * beta, s0=INF)
    assert gone.rate == 0 and gone.regime.startswith("collapse")
    # Stationary fake noise sigma_0^2/(T0 kappa_0) = T0^(beta - 1) sigma_0^2: it grows with T0, and n matters no more.
    assert {exponent_row(beta, r, a=INF, b=b, g=g).rate for g in (F(1), F(3))} == {-b * (beta - 1)}


def test_a_equal_one_is_flagged() -> None:
    """d ≍ T with negligible noise depends on the constant d/T, and the row says which reading it takes."""
    note = "d/T -> phi > 1"
    assert note in exponent_row(F(3, 2), F(1, 2), a=1, s=3, s0=3).regime
    assert note in exponent_row(F(3, 2), F(1, 2), a=1, s=3).regime  # the clean optimum rests on it
    assert note not in exponent_row(F(3, 2), F(1, 2), a=1).regime
    assert note not in exponent_row(F(3, 2), F(1, 2), a=F(11, 10), b=2, s=3, s0=3).regime


def test_logarithms() -> None:
    """r = 1 leaves a logarithm wherever the bias binds, except where a larger ell is free; r = 0 leaves log(d/J)."""
    assert exponent_row(2, 1, a=1).logarithm
    assert exponent_row(2, 1, a=2, b=1).logarithm
    assert not exponent_row(2, 1, a=F(1, 10), b=1).logarithm  # finite dimension: the noise is flat beyond s_d
    assert not exponent_row(2, 1, a=0).logarithm
    assert not exponent_row(2, F(99, 100), a=1).logarithm and not exponent_row(2, F(101, 100), a=1).logarithm
    assert not exponent_row(2, 1, a=INF, b=F(1, 4), g=1, s0=INF).logarithm  # everything forgotten: K = 1
    assert exponent_row(2, 0, a=2).logarithm and not exponent_row(2, 0, a=1).logarithm


def test_rows_that_say_outside() -> None:
    """Scales that fit no law give a row that says so, with no number in it."""
    for bad in ({"a": 1, "b": 2, "h": 1}, {"a": 2, "b": 1, "h": F(1, 2)}, {"a": 1, "b": 1, "h": 2}, {"a": INF, "r": 0}):
        row = exponent_row(**{"beta": 2, "r": F(1, 2), **bad})
        assert row.regime.startswith("outside: ")
        assert {row.as_json()[k] for k in ("ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell")} == {None}
        with pytest.raises(ValueError, match="outside"):
            row_certificate(row)


@pytest.mark.parametrize(
    "bad",
    [
        {"beta": 1}, {"beta": F(1, 2)}, {"beta": INF}, {"r": -1}, {"r": INF}, {"a": -1}, {"a": -INF}, {"b": -1},
        {"b": INF}, {"g": -1}, {"g": INF}, {"s": -INF}, {"s0": "-inf"}, {"h": -1}, {"beta": 1.5},
        {"s": "1/2 "}, {"s": "0.5e1"},
        {"g": True}, {"r": None},
    ],
)  # fmt: skip
def test_bad_scales(bad: dict[str, object]) -> None:
    """Inexact or meaningless scales are refused with the scale's name."""
    with pytest.raises(ScaleError) as caught:
        exponent_row(**{"beta": 2, "r": F(1, 2), **bad})
    assert caught.value.where in bad and "accepted" in str(caught.value)


def test_json_and_table() -> None:
    """A row is exact strings; a table is the product of its lists."""
    rows = list(table({"beta": [F(3, 2), 2], "r": [F(1, 2)], "a": [1, INF], "s": ["inf"]}))
    assert [(row.beta, row.a) for row in rows] == [(F(3, 2), 1), (F(3, 2), INF), (2, 1), (2, INF)]
    assert rows[1].as_json()["a"] == rows[1].as_json()["s"] == "inf"
    assert rows[0].as_json()["ell"] == "3/5"


def check_certificate(document: dict) -> None:
    """The conditions of the module docstring of ``minimax``, written again from the text alone."""
    reach, values = F(0), []
    for piece in document["pieces"]:
        lo, hi = F(piece["interval"][0]), piece["interval"][1] and F(piece["interval"][1])
        rows = [(F(m), F(c)) for m, c in piece["affine"]]
        assert lo == reach and len(rows) == len(document["terms"])
        reach = hi
        if piece["value"] == "-inf":
            assert hi is None and all(m < 0 for m, _ in rows)
            values.append(None)
            continue
        x, v = F(piece["ell"]), F(piece["value"])
        assert lo <= x and (hi is None or x <= hi) and all(m * x + c <= v for m, c in rows)
        y, (u, w) = list(map(F, piece["multipliers"])), map(F, piece["bounds"])
        assert min(*y, u, w) >= 0 and sum(y) == 1 and (hi is not None or w == 0)
        assert sum(q * m for q, (m, _) in zip(y, rows, strict=True)) == u - w
        assert sum(q * c for q, (_, c) in zip(y, rows, strict=True)) + u * lo - w * (hi or 0) == v
        values.append(v)
    assert reach is None
    assert document["value"] == ("-inf" if None in values else str(min(values)))


def test_certificates_prove_the_rows() -> None:
    """Every row carries data from which a reader with a pencil can check that no ell does better."""
    rng = random.Random(7)
    for _ in range(300):
        row = exponent_row(*random_point(rng))
        if row.rate is None:
            continue
        document = row_certificate(row)
        check_certificate(document)
        assert document["value"] == str(-row.rate) and document["ell"] == str(row.ell)
        clean = row_certificate(row, with_fake_data=False)
        check_certificate(clean)
        assert clean["value"] == str(-row.rate_clean)


def test_certificates_of_any_convex_pieces() -> None:
    """The engine is no special case of the law: random pieces, optima at either end, inside, flat, falling for ever."""
    rng = random.Random(8)
    for _ in range(300):
        ends = sorted({F(0), *(between(rng, 0, 5, 4) for _ in range(rng.randint(0, 3)))})
        count = rng.randint(1, 4)
        pieces = [
            Piece(lo, hi, tuple((between(rng, -2, 2, 3), between(rng, -3, 3, 3)) for _ in range(count)))
            for lo, hi in zip(ends, [*ends[1:], None], strict=True)
        ]
        document = certificate(pieces, [str(i) for i in range(count)])
        check_certificate(document)
        x, value = minimise(pieces)
        assert (str(x), str(value)) == (document["ell"], document["value"])
