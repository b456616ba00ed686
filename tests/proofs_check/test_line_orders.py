"""The kernel's rules about orders of magnitude: true bounds are accepted, near misses are not.

``terms``, ``suppose``, ``least``, ``power-order`` and ``order`` are behind the scaling laws (docs/theory.md#P1 to #P5).
What drafts of the ledger's derivations conclude is also compared with numbers: sums over power laws, kappa by
bisection.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from scripts import load

from ridgeproof.errors import DerivationError
from ridgeproof.proofs_check.proving import lines as K
from ridgeproof.proofs_check.proving.draft import Builder
from ridgeproof.proofs_check.proving.tactics import TACTICS
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import power_law_bounds as chain
from ridgeproof.theorems.functions import df
from ridgeproof.theorems.order_steps import Negligible, Order, PowerOrder, Scales
from ridgeproof.theorems.power_law import no_generators
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import T, beta, k, lam, r

drafts = load(Path(__file__).with_name("drafts.py"))

bounds, near_zero, number, scene = (getattr(drafts, name) for name in ("bounds", "near_zero", "number", "scene"))

CLAIMS = {c.id: c for c in all_claims()}
Line = dict[str, Any]


def accepted(context: Line, *lines: Line) -> bool:
    document = {"format": K.FORMAT, "claim": "a", "context": context, "lines": list(lines)}
    try:
        K.check(document)
    except K.Rejected:
        return False
    return True


# --- bounds from bounds ----------------------------------------------------------------------------------------------

SCALARS = {"scalars": ["x", "y", "z", "m", "T", "b", "c", "p"]}
B_POSITIVE = [["b", ">"]]
use_b: list[Any] = ["b", [["1", [[0, 1]]]]]


def suppose(*orders: Any) -> Line:
    return {"rule": "suppose", "orders": list(orders)}


def order(low: Line, high: list[Line], tree: Line, assume: Any = ()) -> Line:
    return {"rule": "order", "order": [low, high], "assume": list(assume), "tree": tree}


def leaf(use: list[Any], mix: list[Any]) -> Line:
    return {"use": use, "mix": mix}


ONE: list[Any] = ["1", [["1", []]]]
NONE: list[Any] = ["0", []]
HALF, TWO = ([x, [[x, []]]] for x in ("1/2", "2"))
x_below_y = suppose([{"x": "1"}, [{"y": "1"}]])
x_below_both = suppose([{"x": "1"}, [{"y": "1"}, {"z": "1"}]])


def test_a_power_of_a_bound() -> None:
    """x <~ y gives x^b <~ y^b for b > 0, and not for b of unknown sign, nor with another exponent."""
    tree = leaf([[[0, 0], *use_b]], [ONE])
    assert accepted(SCALARS, x_below_y, order({"x": "b"}, [{"y": "b"}], tree, B_POSITIVE))
    assert not accepted(SCALARS, x_below_y, order({"x": "b"}, [{"y": "b"}], tree))
    assert not accepted(SCALARS, x_below_y, order({"x": "b"}, [{"y": "c"}], tree, B_POSITIVE))
    assert not accepted(SCALARS, x_below_y, order({"y": "b"}, [{"x": "b"}], tree, B_POSITIVE))
    inverse = leaf([[[0, 0], "-1", [["-1", []]]]], [ONE])
    assert not accepted(SCALARS, x_below_y, order({"x": "-1"}, [{"y": "-1"}], inverse))


def test_a_weighted_geometric_mean() -> None:
    """x <~ y and x <~ z give x^2 <~ y z <~ y^2 + z^2; weights that all vanish prove nothing."""
    both = suppose([{"x": "1"}, [{"y": "1"}]], [{"x": "1"}, [{"z": "1"}]])
    mean = leaf([[[0, 0], *ONE], [[0, 1], *ONE]], [HALF, HALF])
    assert accepted(SCALARS, both, order({"x": "2"}, [{"y": "2"}, {"z": "2"}], mean))
    assert accepted(SCALARS, both, order({"x": "4"}, [{"y": "4"}, {"z": "4"}], leaf(
        [[[0, 0], *TWO], [[0, 1], *TWO]], [HALF, HALF])))  # fmt: skip
    assert not accepted(SCALARS, both, order({"x": "3"}, [{"y": "2"}, {"z": "2"}], mean))
    assert not accepted(SCALARS, order({"y": "1"}, [{"x": "1"}], leaf([], [NONE])))
    assert not accepted(SCALARS, order({"y": "1"}, [{"x": "1"}], leaf([], [["b", [["1", [[0, 1]]]]]]), [["b", ">="]]))


def test_a_sum_is_used_by_cases() -> None:
    """x <~ y + z: one of them; a missing case, or the sum taken for one of its terms, proves nothing."""
    split = {"split": [0, 0], "cases": [
        leaf([[["case", 0], *ONE]], [ONE, NONE]), leaf([[["case", 0], *ONE]], [NONE, ONE])]}  # fmt: skip
    assert accepted(SCALARS, x_below_both, order({"x": "1"}, [{"y": "1"}, {"z": "1"}], split))
    short = {**split, "cases": split["cases"][:1]}
    assert not accepted(SCALARS, x_below_both, order({"x": "1"}, [{"y": "1"}, {"z": "1"}], short))
    assert not accepted(SCALARS, x_below_both, order({"x": "1"}, [{"y": "1"}], leaf([[[0, 0], *ONE]], [ONE])))


def test_a_contradiction_needs_a_large_scalar_and_a_strict_sign() -> None:
    """x <~ y + z with z <~ x T^-b, b > 0: for large T the second case is void."""
    given = suppose([{"x": "1"}, [{"y": "1"}, {"z": "1"}]], [{"z": "1"}, [{"x": "1", "T": ["-", "0", "b"]}]])
    void = {"use": [[["case", 0], *ONE], [[0, 1], *ONE]], "strict": use_b}
    tree = {"split": [0, 0], "cases": [leaf([[["case", 0], *ONE]], [ONE]), void]}
    large = {**SCALARS, "large": "T"}
    assert accepted(large, given, order({"x": "1"}, [{"y": "1"}], tree, B_POSITIVE))
    assert not accepted(SCALARS, given, order({"x": "1"}, [{"y": "1"}], tree, B_POSITIVE))
    assert not accepted(large, given, order({"x": "1"}, [{"y": "1"}], tree, [["b", ">="]]))


def test_the_lesser_of_two_fixed_scalars() -> None:
    """With p = min(b, c) and x <~ 1: x^b <~ x^p and x^c <~ x^p, but neither the other way round."""
    context = {**SCALARS, "lesser": {"p": ["b", "c"]}}
    small = suppose([{"x": "1"}, [{}]])

    def by_case(power: str) -> Line:
        gaps = {"b": ["c", "b"], "c": ["b", "c"]}

        def one(value: str) -> Line:
            if value == power:
                return leaf([], [ONE])
            return leaf([[[0, 0], ["-", power, value], [["1", [[0, 1]]]]]], [ONE])

        return {"lesser": "p", "cases": [one(v) for v in gaps]}

    assert accepted(context, small, order({"x": "b"}, [{"x": "p"}], by_case("b")))
    assert accepted(context, small, order({"x": "c"}, [{"x": "p"}], by_case("c")))
    assert not accepted(context, small, order({"x": "p"}, [{"x": "b"}], by_case("b")))


def test_the_least_of_two_quantities() -> None:
    """m = min(x, y) is at most both, and one of them is at most m; not the larger one."""
    name = {"rule": "least", "name": "m", "of": [{"x": "1"}, {"y": "1"}]}
    assert accepted(SCALARS, name, order({"m": "1"}, [{"x": "1"}], leaf([[[0, 0], *ONE]], [ONE])))
    assert not accepted(SCALARS, name, order({"x": "1"}, [{"m": "1"}], leaf([[[0, 0], *ONE]], [ONE])))
    assert not accepted(SCALARS, {**name, "of": [{"m": "1"}, {"y": "1"}]})
    assert not accepted({**SCALARS, "lesser": {"m": ["b", "c"]}}, name)


def test_terms_of_an_equation() -> None:
    """x + y = z between positive quantities bounds x by z and z by both; a difference is bounded by nothing."""
    both = ["+", "x", "y"]
    equation = {"rule": "identity", "left": "z", "right": both, "modulo": [["1", ["-", "z", both]]]}
    terms = {"rule": "terms", "line": 0}
    assert accepted(SCALARS, equation, terms, order({"x": "1"}, [{"z": "1"}], leaf([[[1, 0], *ONE]], [ONE])))
    reversed_ = order({"z": "1"}, [{"x": "1"}], leaf([[[1, 2], *ONE]], [ONE]))
    assert not accepted(SCALARS, equation, terms, reversed_)
    sign = {"rule": "nonnegative", "expression": ["+", "x", "y"], "relation": ">=", "assume": [["x", ">"], ["y", ">"]],
            "sum": [["1", [[0, 1]]], ["1", [[1, 1]]]]}  # fmt: skip
    assert K.check({"format": K.FORMAT, "claim": "a", "context": SCALARS, "lines": [sign, terms]})["quantities"]


def test_fixed_scalars_do_not_vary() -> None:
    """A constant may depend on the exponents only: a name that is both, directly or through its meaning, is refused."""
    tree = leaf([[[0, 0], *use_b]], [ONE])
    assert not accepted(SCALARS, suppose([{"b": "1"}, [{"y": "1"}]]), order({"b": "b"}, [{"y": "b"}], tree, B_POSITIVE))
    through = {**SCALARS, "values": {"b": ["+", "y", "1"]}}
    assert not accepted(through, x_below_y, order({"x": "b"}, [{"y": "b"}], tree, B_POSITIVE))


def test_values_stand_for_their_expressions() -> None:
    """A named value is written out in identities; circles and second meanings are refused."""
    context = {**SCALARS, "values": {"z": ["+", "x", "y"]}}
    line = {"rule": "identity", "left": "z", "right": ["+", "x", "y"]}
    assert accepted(context, line)
    assert not accepted(context, {**line, "right": ["-", "x", "y"]})
    assert not accepted({**SCALARS, "values": {"z": ["+", "x", "z"]}}, line)
    assert not accepted({**SCALARS, "values": {"z": ["+", "x", "m"], "m": ["-", "z", "x"]}}, line)


# --- sums over a power law -------------------------------------------------------------------------------------------


def document_of(claim_id: str) -> Line:
    return json.loads(drafts.certificate_of(claim_id))


def power_line(document: Line, last: bool = False) -> Line:
    lines = [line for line in document["lines"] if line["rule"] == "power-order"]
    return lines[-1 if last else 0]


@pytest.mark.parametrize(
    ("claim_id", "field", "value"),
    [
        ("df1-order", "powers", [1, 1, 1]),
        ("df1-order", "powers", [0, 1, 2]),
        ("df1-order", "powers", [0, True, 1]),
        ("df1-order", "target", True),
        ("df1-order", "small", [0, 5]),
        ("df1-order", "beta_positive", []),
        ("bias-order-below-saturation", "tail_converges", []),
        ("bias-order-below-saturation", "powers", [0, 1, 2]),
        ("bias-sum-above-saturation", "slack", ["1", []]),
        ("df1-power-law", "head_converges", []),
        ("df1-power-law", "integral", "beta"),
        ("df1-power-law", "gap", "f1"),
        ("bias-order-at-saturation", "log", None),
        ("bias-order-below-saturation", "log", "log3"),
        ("kappa-order", "at", "T"),
        ("clean-law", "count", "d"),
    ],
)
def test_another_sum_or_another_case_is_rejected(claim_id: str, field: str, value: Any) -> None:
    """The summand, the scale and the case are tied to the sum that the line speaks of."""
    document = document_of(claim_id)
    K.check(document)
    line = power_line(document, last=claim_id in ("kappa-order", "clean-law"))
    line[field] = value
    with pytest.raises(K.Rejected):
        K.check(document)


def test_a_sum_that_may_diverge_is_refused() -> None:
    """tr(S - kappa df_1) stands in a proof about infinite dimension, so it has to be shown to converge."""
    document = document_of("kappa-order")
    (line,) = [x for x in document["lines"] if x["rule"] == "power-order" and x["powers"] == [0, 2, 1]]
    line.update({"rule": "suppose", "orders": []})
    with pytest.raises(K.Rejected, match="diverge"):
        K.check(document)


def law(*steps: C.Step) -> None:
    """Have the kernel check steps about sums over an infinite power law with k -> 0."""
    carried(CLAIMS["df1-order"], *steps)


def test_the_order_at_saturation_needs_its_logarithm() -> None:
    """At r = 1 the derivation of k^2 without the logarithm does not go through (docs/theory.md#P1)."""
    claim = CLAIMS["bias-order-at-saturation"]
    scales, power, last = claim.derivation()
    assert isinstance(last, Order)
    with pytest.raises(DerivationError):
        law(scales, power, replace(last, right=k**2))
    with pytest.raises(DerivationError, match="by the hypotheses"):  # df1-order does not say r = 1
        law(scales, power, last)


LEADING = ("df1-power-law", "df2-power-law", "bias-sum-below-saturation", "bias-sum-at-saturation", "kappa-small-ridge")


@pytest.mark.parametrize("claim_id", LEADING)
def test_a_leading_term_is_that_of_its_sum(claim_id: str) -> None:
    """Twice the term, another power, a faster rate, no remainder, no premise for the integral: none goes through."""
    claim = CLAIMS[claim_id]
    *steps, last = claim.derivation()
    assert isinstance(last, Negligible) and last.compared is not None
    variable = T if claim_id.startswith("kappa") else k
    worse = [
        replace(last, right=2 * last.right),
        replace(last, right=last.right * variable),
        replace(last, rate=last.rate * variable ** (-1 if variable == T else 1)),
        replace(last, rate=sp.S.One),
        replace(last, remainder=last.remainder / 2),
        replace(last, remainder=last.remainder - last.compared.gap),
        replace(last, left=last.left + 1),
    ]
    if last.solved is not None:
        worse += [replace(last, solved=(*last.solved[:2], x)) for x in (sp.S.One, -beta)]
        worse += [replace(last, solved=(last.solved[0], 2 * last.solved[1], beta))]
    carried(claim, *steps, last)
    for step in worse:
        with pytest.raises((DerivationError, K.Rejected)):
            carried(claim, *steps, step)
    if last.compared.leading is not None:
        with pytest.raises(DerivationError, match="beta-integral"):
            carried(claim, *(s for s in steps if not isinstance(s, C.Premise)), last)
        compared = replace(last.compared, leading=2 * last.compared.leading)
        others = [compared if s == last.compared else s for s in steps]
        with pytest.raises(DerivationError, match="the integral is"):
            carried(claim, *others, replace(last, compared=compared, right=2 * last.right, solved=None))


def test_a_sum_that_is_a_value_of_the_zeta_function() -> None:
    """sum w0_j^2/s_j is zeta(1 + 2 beta (r - 1)), and the bias sum is below it by what the remainder says."""
    claim = CLAIMS["bias-sum-above-saturation"]
    steps = claim.derivation()
    zeta, last = steps[1], steps[-1]
    assert isinstance(zeta, PowerOrder) and isinstance(last, Negligible) and zeta.value is not None
    carried(claim, *steps)
    with pytest.raises(DerivationError, match="is not zeta"):
        carried(claim, steps[0], replace(zeta, value=sp.zeta(2 * beta * r)), *steps[2:])
    for wrong in (replace(last, below=False), replace(last, remainder=last.remainder / 2), replace(last, rate=k**2)):
        with pytest.raises((DerivationError, K.Rejected)):
            carried(claim, *steps[:-1], wrong)


def carried(claim: C.Claim, *steps: C.Step) -> None:
    """Have the kernel check other steps in the place of a claim's derivation."""
    builder = Builder(claim, steps)
    for i, step in enumerate(steps):
        if not isinstance(step, C.Premise):
            builder.add(i, step, TACTICS[type(step)](builder, step))
    K.check(builder.document())


def test_an_order_is_that_of_its_sum() -> None:
    """df_2 is not bounded by what is known of df_1, and no exponent but -1/beta follows."""
    scales, power, last = CLAIMS["df1-order"].derivation()
    assert isinstance(last, Order) and isinstance(power, PowerOrder)
    law(scales, power, last)
    for wrong in (replace(last, left=df(2, k)), replace(last, right=k ** (-2 / beta)), replace(last, right=sp.S.One)):
        with pytest.raises(DerivationError):
            law(scales, power, wrong)
    with pytest.raises(DerivationError):  # beta > 1 is needed for the tail
        law(scales, replace(power, assume=((beta, ">"), (r, ">"))), last)
    with pytest.raises(DerivationError, match="bounded"):
        law(power, last)


def test_kappa_needs_a_bounded_ridge() -> None:
    """Without lambda <= 1 nothing bounds kappa, and no order is concluded."""
    steps = (
        Scales("nothing of lambda"),
        chain.kappa_defined,
        *chain.kappa_bounded(chain.capacity),
    )
    claim = C.Claim("a", "t", "s", C.Relation.ORDER, (C.Equation(lam, T),), setting=no_generators, limit=(T, sp.oo))
    builder = Builder(claim, steps)
    with pytest.raises(DerivationError):
        for i, step in enumerate(steps):
            builder.add(i, step, TACTICS[type(step)](builder, step))


# --- what certificates conclude, against numbers ---------------------------------------------------------------------

POINTS = [
    {"beta": 1.5, "r": 0.4, "a": 0.6, "b": 0.8, "ell": 0.7},
    {"beta": 2.0, "r": 1.6, "a": 0.5, "b": 0.9, "ell": 0.9},
]
BEYOND = {"clean-law-cut-off": 1.4, "modified-law-cut-off": 1.4}  # ell, beyond a beta


LAWS = ("kappa-order", "clean-law", "clean-law-cut-off", "modified-law", "modified-law-cut-off")


@pytest.mark.parametrize("claim_id", LAWS)
def test_concluded_bounds_hold_in_numbers(claim_id: str) -> None:
    """Every bound M <~ sum N of a certificate: M/sum N does not grow by a power over four decades of T."""
    document = document_of(claim_id)
    for fixed in POINTS:
        here = fixed | ({"ell": BEYOND[claim_id]} if claim_id in BEYOND else {})
        scenes = [scene(document, here, size) for size in (1e4, 1e8)]
        for low, high in bounds(document):
            ratios = [
                np.prod([e[n] ** number(x, e) for n, x in low.items()])
                / sum(np.prod([e[n] ** number(x, e) for n, x in p.items()]) for p in high)
                for e in scenes
            ]
            assert ratios[1] <= 3 * ratios[0] + 1e-9, (low, high, ratios)


@pytest.mark.parametrize("claim_id", [*LEADING[:4], "bias-sum-above-saturation"])
def test_concluded_distances_hold_in_numbers(claim_id: str) -> None:
    """The same for the distance of a sum from its leading term, and for what is missing from a zeta value."""
    document = document_of(claim_id)
    for r_ in (1.25, 1.5, 2.5) if "above" in claim_id else (0.3, 0.75):
        for beta_ in (1.5, 3.0):
            scenes = [near_zero(document, {"beta": beta_, "r": r_}, x) for x in (1e-2, 1e-6)]
            assert all(holds(bound, scenes) for bound in bounds(document))


MUTANTS = 150  # of each certificate
ORDERS = ("df1-order", "bias-order-below-saturation", "bias-order-at-saturation", "kappa-order")


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", ORDERS)
def test_changed_certificates_prove_nothing_else(claim_id: str) -> None:
    """A change anywhere is rejected, leaves what is concluded as it was, or concludes what the numbers bear out."""
    text = drafts.certificate_of(claim_id)
    original, accepted_, judged = conclusions(json.loads(text)), 0, 0
    step = len(text) // (3 * MUTANTS) + 1  # about one mutant for 3 characters
    for place, new, document in drafts.mutants(text, step):
        try:
            K.check(document)
        except K.Rejected:
            continue
        accepted_ += 1
        if conclusions(document) == original:
            continue
        for fixed in POINTS:
            here = fixed | ({"ell": BEYOND[claim_id]} if claim_id in BEYOND else {})
            try:
                scenes = [scene(document, here, size, 2e5) for size in (1e3, 1e5)]
                signs = [number(e, scenes[0]) for x in document["lines"] for e, _ in x.get("assume", ()) if e != "line"]
            except (KeyError, ZeroDivisionError, ValueError):
                continue  # a name without a meaning: nothing is said of the model
            granted = [b for line in document["lines"] if line["rule"] == "suppose" for b in line["orders"]]
            if all(x > 0 for x in signs) and all(holds(b, scenes) for b in granted):  # else it supposes what is not so
                judged += 1
                assert all(holds(b, scenes) for b in bounds(document)), (place, new)
    assert accepted_ >= judged / len(POINTS)


def holds(bound: Any, scenes: list[dict[str, float]]) -> bool:
    low, high = bound
    first, last = (
        np.prod([e[n] ** number(x, e) for n, x in low.items()])
        / sum(np.prod([e[n] ** number(x, e) for n, x in p.items()]) for p in high)
        for e in scenes
    )
    return bool(last <= 3 * first + 1e-9)


def conclusions(document: Line) -> Any:
    lines = [[x["rule"], *(x.get(f) for f in drafts.STATEMENT[x["rule"]])] for x in document["lines"]]
    return [document["context"], lines]
