"""Explicit constants: every bound of the certificates about orders, against numbers, with its own constant.

Nothing is fitted: M <= C (N_1 + ... + N_k), and M <= max(g_j N_j), are evaluated at many sizes, small ones too, with
sums over power laws and a bisected kappa.  Constants that are best possible are shown to be so.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripts import load

from ridgeproof.errors import DomainError, InputError
from ridgeproof.proofs_check.constants import power_constants as P
from ridgeproof.proofs_check.constants.magnitudes import Constant, interval
from ridgeproof.proofs_check.constants.values import Bound, constants, needed
from ridgeproof.proofs_check.proving import lines as K

drafts = load(Path(__file__).with_name("drafts.py"))

Env = dict[str, float]
ROUNDING = 1 + 1e-9
F = Fraction


def document_of(claim_id: str) -> Any:
    return json.loads(drafts.certificate_of(claim_id))


def size(power: dict[str, Fraction], env: Env) -> float:
    return math.prod(env[n] ** float(e) for n, e in power.items())


def number(x: Constant | None) -> float:
    return 0.0 if x is None else float(x.rounded_up(17))


def check(bounds: list[Bound], env: Env) -> int:
    """Hold every bound against numbers, with its constant; return how many there were."""
    held = 0
    for bound in bounds:
        if bound.known.start is not None and env[bound.large or ""] <= number(bound.known.start):
            continue
        held += 1
        low, high = size(bound.low, env), [size(p, env) for p in bound.high]
        each = [number(c) * x for c, x in zip(bound.known.sum, high, strict=True)]
        most = max(number(g) * x for g, x in zip(bound.known.most, high, strict=True))
        context = (bound.line, bound.number, bound.text, low, each, most)
        assert low <= number(bound.constant) * sum(high) * ROUNDING, context
        assert low <= sum(each) * ROUNDING, context
        assert low <= most * ROUNDING, context
    return held


# --- certificates ----------------------------------------------------------------------------------------------------

NEAR_ZERO = {
    "df1-order": (F(1), F(1, 2)),
    "df2-order": (F(1),),
    "bias-order-below-saturation": (F(3, 10), F(1, 2), F(19, 20)),
    "bias-order-at-saturation": (F(1),),
    "bias-order-above-saturation": (F(5, 4), F(3, 2), F(5, 2)),
    "df1-power-law": (F(1),),
    "df2-power-law": (F(1),),
    "bias-sum-below-saturation": (F(1, 5), F(1, 2), F(3, 4), F(19, 20)),
    "bias-sum-at-saturation": (F(1),),
    "bias-sum-above-saturation": (F(5, 4), F(3, 2), F(5, 2)),
}


@pytest.mark.parametrize("claim_id", NEAR_ZERO)
def test_sums_over_an_infinite_power_law(claim_id: str) -> None:
    """P1: k from 1, where the constants are needed most, to 1e-6; also just above 2^-beta and 3^-beta."""
    document = document_of(claim_id)
    for r, beta in itertools.product(NEAR_ZERO[claim_id], (F(5, 4), F(2), F(7, 2))):
        bounds = constants(document, {"beta": beta, "r": r})
        assert len({b.line for b in bounds}) == sum("orders" in x for x in done(document))
        close = [1.0001 * j ** -float(beta) for j in (2, 3)]
        for k in (1.0, 0.7, 0.2, *close, 1e-2, 1e-4, 1e-6):
            held = check(bounds, drafts.near_zero(document, {"beta": float(beta), "r": float(r)}, k))
            assert held == len(bounds)


def done(document: Any) -> list[Any]:
    ctx, lines = K.Context(document["context"], K.Budget()), []  # type: ignore[var-annotated]
    for line in document["lines"]:
        lines.append(K.RULES[line["rule"]](ctx, line, lines))
    return lines


def values(*rows: str) -> list[dict[str, Fraction]]:
    return [{n: F(x) for n, x in zip(("beta", "r", "a", "b", "ell"), row.split(), strict=True)} for row in rows]


INSIDE = values("3/2 2/5 3/5 4/5 7/10", "2 8/5 1/2 9/10 9/10", "2 1/2 3/4 1 1", "2 1/2 3/2 2 2", "5/4 3 1/2 3/4 1/4")
BEYOND = values("3/2 2/5 3/5 4/5 7/5", "2 8/5 1/2 9/10 7/5", "2 1/2 1/2 1 3/2", "5/4 3 3/10 1 1/2")
INFINITE = values("2 1/2 1 1 1", "3/2 1 1 1 3/2", "5/4 1 1 1 0", "3 1 1 1 4", "2 1 1 1 2")


def scenes(document: Any, at: dict[str, Fraction]) -> Iterator[Env]:
    """Certificates' scalars at growing T; in finite dimension T is such that T^a is a whole number."""
    fixed = {n: float(x) for n, x in at.items()}
    finite = document["context"]["power_law"]["dimension"] is not None
    sizes = [d ** (1 / fixed["a"]) for d in (1, 2, 3, 8, 40, 400, 5000)] if finite else [1.0, 1.5, 3.0, 30.0, 1e3, 1e5]
    for T in sizes:
        if T > 1e9 or ("v" in document["context"]["scalars"] and T ** fixed["b"] < round(T ** fixed["a"]) + 2):
            continue
        yield drafts.scene(document, fixed, T, 3e5)


@pytest.mark.parametrize(
    ("claim_id", "points"),
    [
        ("kappa-order", INFINITE),
        ("kappa-large-ridge", INFINITE[:1]),
        ("clean-law", INSIDE),
        ("clean-law-cut-off", BEYOND),
        ("modified-law", INSIDE),
        ("modified-law-cut-off", BEYOND),
    ],
)
def test_laws(claim_id: str, points: list[dict[str, Fraction]]) -> None:
    """P2 to P4: every bound on the way to a law holds with its constant, from the size on that it is stated for."""
    document = document_of(claim_id)
    for at in points:
        bounds = constants(document, at)
        held = [check(bounds, env) for env in scenes(document, at)]
        assert held and min(held) > len(bounds) / 2
        reached = number(bounds[-1].known.start) < 1e8
        assert max(held) == len(bounds) or not reached, (at, held, len(bounds))


def test_lower_orders_are_the_statement_of_the_document() -> None:
    """The exponents that constants come with are those of the certificate."""
    document, at = document_of("clean-law"), INSIDE[0]
    env = {n: float(x) for n, x in at.items()} | {"f7": float(min(at["r"], F(1)))}
    said = [line["order"] for line in document["lines"] if line["rule"] == "order"]
    found = [b for b in constants(document, at) if document["lines"][b.line]["rule"] == "order"]
    for (low, high), bound in zip(said, found, strict=True):
        for power, exact in zip((low, *high), (bound.low, *bound.high), strict=True):
            assert {n: drafts.number(e, env) for n, e in power.items()} == pytest.approx(
                {n: float(exact.get(n, 0)) for n in power}
            )


def test_half_of_a_constant_is_too_little() -> None:
    """df_1 k^(1/2) tends to pi/2 at beta = 2, more than half of the constant; lambda <= kappa cannot be halved."""
    document = document_of("df1-order")
    at = {"beta": F(2)}
    upper = next(b for b in constants(document, at) if b.line == 2)
    env = drafts.near_zero(document, {"beta": 2.0, "r": 1.0}, 1e-6)
    assert size(upper.low, env) > number(upper.constant) / 2 * size(upper.high[0], env)
    document = document_of("kappa-order")
    bounds = constants(document, at)
    env = drafts.scene(document, {"beta": 2.0, "r": 0.5, "a": 1.0, "b": 1.0, "ell": 0.0}, 1e4, 1e5)
    (below,) = (b for b in bounds if b.low == {"lambda": 1} and b.high == ({"kappa": 1},))
    assert number(below.constant) == 1 and env["lambda"] > env["kappa"] / 2
    trace = next(b for b in bounds if b.low == {"f2": 1})
    assert size(trace.low, env) > number(trace.constant) / 2


# --- rules -----------------------------------------------------------------------------------------------------------

ONE, B_POSITIVE = ["1", [["1", []]]], [["b", ">"]]


def certificate(*lines: Any, **context: Any) -> Any:
    scalars = ["x", "y", "z", "T", "b", "c", "p"]
    return {"format": K.FORMAT, "claim": "a", "context": {"scalars": scalars, **context}, "lines": list(lines)}


def test_a_void_case_says_from_where_on() -> None:
    """x <= y + z and z <= x T^-b: x <= 2y, or 1 <= 2 T^-b, which is false for T > 2^(1/b)."""
    given = {
        "rule": "suppose",
        "orders": [[{"x": "1"}, [{"y": "1"}, {"z": "1"}]], [{"z": "1"}, [{"x": "1", "T": ["-", "0", "b"]}]]],
    }
    void = {"use": [[["case", 0], *ONE], [[0, 1], *ONE]], "strict": ["b", [["1", [[0, 1]]]]]}
    tree = {"split": [0, 0], "cases": [{"use": [[["case", 0], *ONE]], "mix": [ONE]}, void]}
    line = {"rule": "order", "order": [{"x": "1"}, [{"y": "1"}]], "assume": B_POSITIVE, "tree": tree}
    document = certificate(given, line, large="T")
    assert needed(document) == ("b",)
    last = constants(document, {"b": F(1, 2)})[-1]
    assert (last.constant, last.known.start, last.large) == (Constant(F(2)), Constant(F(4)), "T")
    assert last.known.rests == {(0, 0), (0, 1)}
    with pytest.raises(DomainError, match="b is 0"):
        constants(document, {"b": F(0)})
    with pytest.raises(InputError, match="no value of b"):
        constants(document, {})


def test_terms_and_a_geometric_mean() -> None:
    """2x = 3y + z: y <= (2/3) x and x <= (3/2) y + z/2; from x <= y and x <= z, x <= (y + z)/2."""
    right = ["+", ["*", "3", "y"], "z"]
    equation = {
        "rule": "identity",
        "left": ["*", "2", "x"],
        "right": right,
        "modulo": [["1", ["-", ["*", "2", "x"], right]]],
    }
    found = constants(certificate(equation, {"rule": "terms", "line": 0}), {})
    said = {(min(b.low), *sorted(map(min, b.high))): [number(c) for c in b.known.sum] for b in found}
    assert said[("y", "x")] == [pytest.approx(2 / 3)] and said[("z", "x")] == [2]
    assert sorted(said[("x", "y", "z")]) == [0.5, 1.5]
    both = {"rule": "suppose", "orders": [[{"x": "1"}, [{"y": "1"}]], [{"x": "1"}, [{"z": "1"}]]]}
    half = ["1/2", [["1/2", []]]]
    tree = {"use": [[[0, 0], *ONE], [[0, 1], *ONE]], "mix": [half, half]}
    mean = {"rule": "order", "order": [{"x": "2"}, [{"y": "2"}, {"z": "2"}]], "tree": tree}
    last = constants(certificate(both, mean), {})[-1]
    assert last.known.sum == (Constant(F(1, 2)),) * 2 and last.known.most == (Constant(),) * 2


def test_cases_are_added_up_where_each_is_used_once() -> None:
    """x <= y + z, y <= x1 and z <= x1: x <= 2 x1 either way; into two terms x <= y + z again, not 2y + 2z."""
    given = {"rule": "suppose", "orders": [[{"x": "1"}, [{"y": "1"}, {"z": "1"}]]]}
    zero: list[Any] = ["0", []]

    def line(power: str) -> Any:
        weight = [power, [[power, []]]]
        use = [[["case", 0], *weight]]
        tree = {"split": [0, 0], "cases": [{"use": use, "mix": [ONE, zero]}, {"use": use, "mix": [zero, ONE]}]}
        return {"rule": "order", "order": [{"x": power}, [{"y": power}, {"z": power}]], "tree": tree}

    once, twice = (constants(certificate(given, line(p)), {})[-1].known for p in ("1", "2"))
    assert once.sum == (Constant(),) * 2 and once.most == (Constant(F(2)),) * 2
    assert (
        twice.sum == twice.most == (Constant(F(4)),) * 2
    )  # (y + z)^2 is no more than 2 y^2 + 2 z^2, which is not seen


def test_only_the_case_that_holds_counts() -> None:
    """p = min(b, c): the branch of the lesser one."""
    small = {"rule": "suppose", "orders": [[{"x": "1"}, [{}]]]}
    use = [[[0, 0], ["-", "b", "c"], [["1", [[0, 1]]]]]]
    tree = {"lesser": "p", "cases": [{"use": [], "mix": [ONE]}, {"use": use, "mix": [ONE]}]}
    line = {"rule": "order", "order": [{"x": "b"}, [{"x": "p"}]], "tree": tree}
    document = certificate(small, line, lesser={"p": ["b", "c"]})
    assert needed(document) == ("b", "c")
    for b, c, rests in ((1, 2, set()), (2, 1, {(0, 0)})):
        last = constants(document, {"b": F(b), "c": F(c)})[-1]
        assert last.low == {"x": b} and last.high == ({"x": min(b, c)},) and last.known.rests == rests


def test_what_the_kernel_rejects_has_no_constants() -> None:
    """A certificate is checked before it is read."""
    document = document_of("df1-order")
    document["lines"][1]["powers"] = [0, 1, 2]
    with pytest.raises(K.Rejected):
        constants(document, {"beta": F(2)})


# --- sums of powers --------------------------------------------------------------------------------------------------


def upper(x: Any) -> float:
    return 0.0 if x is None else number(Constant.of(x))


def test_sums_of_powers() -> None:
    """m^p against sum j^(p - 1), for random p and m of every size; both constants are nearly attained somewhere."""
    rng = random.Random(0)
    for _ in range(300):
        p = F(rng.randint(-400, 500), 100)
        if p == 0:
            continue
        above, below = upper(P.head_above(p)), upper(P.head_below(p))
        tight = []
        for m in (1, 1.5, 2 - 1e-9, 2, 3 - 1e-9, rng.uniform(1, 10), rng.uniform(10, 1e4), 1e5):
            total = float(np.sum(np.arange(1, int(m) + 1) ** (float(p) - 1)))
            assert total <= above * (m ** float(p) if p > 0 else 1) * ROUNDING
            assert m ** float(p) <= below * total * ROUNDING
            tight.append(m ** float(p) / total / below)
        assert max(tight) > 0.999999 or p < 0
    m = np.array([2 - 1e-12, 2.5, 3 - 1e-12, 1e3])
    harmonic = np.array([np.sum(1 / np.arange(1, int(x) + 1)) for x in m])
    assert np.all(np.log1p(m) <= math.log(3) * harmonic * ROUNDING) and np.log1p(m[0]) > 0.999999 * math.log(3)


def test_sums_over_power_laws() -> None:
    """Random exponents, finite and infinite dimension (as many terms as matter), and k above 1 as well as below."""
    rng = random.Random(1)
    for _ in range(400):
        a, b, n = rng.randint(-2, 2), rng.randint(-1, 3), rng.randint(0, 3)
        beta, e = F(rng.randint(50, 400), 100), F(rng.choice([0, rng.randint(0, 600)]), 100)
        most = F(rng.choice([1, 1, 4, 100]))
        f = P.PowerSum(beta, e, b, n, interval(most))
        if f.q <= 1:
            continue
        for _ in range(4):
            k = float(most) * rng.choice([1.0, 10 ** rng.uniform(-4, 0), 2.0 ** -float(beta) / float(most) * 1.000001])
            d = rng.choice([1, 2, 3, 50, 20000])
            j = np.arange(1.0, d + 1)
            s = j ** -float(beta)
            total = float(np.sum(j ** -float(e) * k**a * s**b * (s + k) ** -n))
            J = k ** (-1 / float(beta))
            m, p = min(J, d), float(f.p)
            context = (f, k, d)
            if f.p != 0:
                for slack in (F(0), F(1, 3)):
                    if f.p + slack == 0:
                        continue
                    A, B = map(upper, P.above(f, slack))
                    assert total <= max(A * k**a * m ** (p + float(slack)), B * k**a) * ROUNDING, context
                A, B = map(upper, P.below(f))
                assert k**a * m**p <= A * total * ROUNDING and k**a <= B * total * ROUNDING, context
            else:
                over, under, one = map(upper, P.logarithmic(f))
                L = math.log1p(m)
                assert total <= over * k**a * L * ROUNDING and k**a * L <= under * total * ROUNDING, context
                assert one * L * ROUNDING >= 1, context


def test_logarithmic_sums() -> None:
    """theta = -1: e = beta (n - b) + 1, at k from far below 1 to 100."""
    for beta, n, k, most in itertools.product((F(1, 2), F(2)), (1, 2, 3), (1e-4, 0.3, 1.0, 3.0, 100.0), (1, 100)):
        if k > most:
            continue
        f = P.PowerSum(beta, beta * n + 1, 0, n, interval(most))
        assert f.p == 0
        j = np.arange(1.0, 2e5)
        s = j ** -float(beta)
        total = float(np.sum(j ** -float(f.e) * (s + k) ** -n))
        J = k ** (-1 / float(beta))
        if len(j) < J:
            continue
        over, under, one = map(upper, P.logarithmic(f))
        L = math.log1p(J)
        assert total <= over * L and under * total >= L and one * L * ROUNDING >= 1
        assert abs(total - math.log(J)) <= upper(P.gap_logarithmic(f)), (f, k)


def test_distances_from_integrals() -> None:
    """|F - I|, theta from -1 to 4, k up to 50: the sum to convergence, the integral by quadrature."""
    rng = random.Random(2)
    for _ in range(60):
        beta, n, b = F(rng.randint(100, 300), 100), rng.randint(1, 3), rng.randint(0, 2)
        e = F(rng.randint(0, 300), 100)
        most = rng.choice([1, 50])
        f = P.PowerSum(beta, e, b, n, interval(most))
        if f.q < F(5, 2) or f.p <= 0:
            continue
        k = most * 10 ** rng.uniform(-3, 0)
        j = np.arange(1.0, 1e6)
        s = j ** -float(beta)
        total = float(np.sum(j ** -float(e) * s**b * (s + k) ** -n))
        J, p = k ** (-1 / float(beta)), float(f.p)
        main = drafts.beta_integral(p - 1, float(beta), n) * J**p
        near, far = map(upper, P.gap(f))
        assert abs(total - main) <= (near + far * J ** (p - 1)) * (1 + 1e-6), (f, k)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constant", "text"),
    [
        (Constant(), "1"),
        (Constant(F(4)) ** F(1, 2), "2"),
        (Constant(F(8, 27)) ** F(-2, 3), "2.25"),
        (Constant(F(1, 3)), "0.333334"),
        (Constant(F(2)) ** F(1, 2), "1.41422"),
        (Constant(F(999999999)), "1e+9"),
        (Constant(F(10**6)), "1e+6"),
        (Constant(F(123456)), "123456"),
        (Constant(F(1234567)), "1.23457e+6"),
        (Constant(F(1, 10**4)), "0.0001"),
        (Constant(F(1, 10**5)), "1e-5"),
        (Constant(F(2)) ** F(10**6) * Constant(F(3, 2)), "1.4851e+301030"),
    ],
)
def test_constants_are_rounded_up(constant: Constant, text: str) -> None:
    """Roots that are rational stay exact; nothing is rounded down, nothing overflows."""
    assert constant.rounded_up() == text
    assert float(constant.rounded_up(3)) >= float(text) * (1 - 1e-5)


def test_order_of_constants() -> None:
    """Products and powers of random rationals, by logarithms."""
    rng = random.Random(3)
    for _ in range(200):
        x, y = (Constant(F(rng.randint(1, 99), rng.randint(1, 99))) for _ in range(2))
        e = F(rng.randint(-20, 20), rng.randint(1, 7))
        power = x**e * y
        assert number(power + y) == pytest.approx(number(power) + number(y), rel=1e-12)
        exact = float(x.rational) ** float(e) * float(y.rational)
        assert number(power) == pytest.approx(exact, rel=1e-12) and number(power) >= exact * (1 - 1e-12)
        assert float(power.rounded_up()) >= exact * (1 - 1e-12) and (power > y) == (exact > float(y.rational))
