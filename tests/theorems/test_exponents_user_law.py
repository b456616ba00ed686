"""A user's own law: published tables, degenerate inputs, certificates, and text that is not a formula."""

from __future__ import annotations

import random
from fractions import Fraction as F
from pathlib import Path

import pytest
import sympy as sp
from scipy.optimize import linprog

from ridgeproof.errors import ScaleError
from ridgeproof.theorems.exponents import INF
from ridgeproof.theorems.exponents.calculus.formulas import evaluate, parse, parse_comparisons
from ridgeproof.theorems.exponents.calculus.piecewise import Line, branches
from ridgeproof.theorems.exponents.calculus.simplex import minimise
from ridgeproof.theorems.exponents.user.law_diagrams import law_diagram
from ridgeproof.theorems.exponents.user.law_file import law_from_mapping, load_law, parameter_values
from ridgeproof.theorems.exponents.user.user_law import EMPTY, NO_TERMS, UNBOUNDED, certificate, optimum
from ridgeproof.theorems.exponents.user.user_symbolic import symbolic_optimum

LAWS = Path(__file__).parents[2] / "examples" / "laws"
CROSSOVER = LAWS / "kernel-ridge-crossover.toml"
COMPUTE = LAWS / "compute-optimal-features.toml"
GRID = [(alpha, r, s) for alpha in (F(5, 4), F(2), F(3)) for r in (F(1, 3), F(1, 2), F(2)) for s in (F(0), F(1), F(7))]


def solve(law, **given):
    return optimum(law, parameter_values(law, {name: F(value) for name, value in given.items()}))


def recheck(document):
    """Re-check a certificate of ``user_law`` from its JSON form alone."""
    bests = []
    for item in document["programs"]:
        rows = [(F(c), [F(m) for m in slopes]) for _, c, slopes in item["rows"]]
        walls = [(F(c), [F(m) for m in slopes]) for _, c, slopes in item["constraints"]]
        size = len(document["controls"])
        point, direction = [F(x) for x in item["point"]], [F(x) for x in item["direction"]]
        weights, prices = [F(y) for y in item["multipliers"]], [F(z) for z in item["prices"]]

        def at(line, x):
            return line[0] + sum(m * v for m, v in zip(line[1], x, strict=True))

        if item["status"] == "empty":
            assert min(prices) >= 0
            assert sum(z * c for z, (c, _) in zip(prices, walls, strict=True)) > 0
            assert all(sum(z * m[k] for z, (_, m) in zip(prices, walls, strict=True)) == 0 for k in range(size))
            continue
        assert all(at(wall, point) <= 0 for wall in walls)
        if item["status"] == "unbounded":
            assert all(at((F(0), m), direction) < 0 for _, m in rows)
            assert all(at((F(0), m), direction) <= 0 for _, m in walls)
            bests.append(-sp.oo)
            continue
        value = F(item["value"])
        assert max(at(row, point) for row in rows) <= value
        both = list(zip([*weights, *prices], [*rows, *walls], strict=True))
        assert min([*weights, *prices]) >= 0 and sum(weights) == 1
        assert all(sum(y * m[k] for y, (_, m) in both) == 0 for k in range(size))
        assert sum(y * c for y, (c, _) in both) == value
        bests.append(value)
    return min(bests, default=None)


def test_certificates_of_the_example_laws_can_be_rechecked():
    """The documented form of a certificate suffices to check an optimum without the package."""
    for path, given in ((CROSSOVER, {"s": F(1)}), (COMPUTE, {"a": F(5)})):
        law = load_law(path)
        values = parameter_values(law, given)
        found = optimum(law, values)
        assert recheck(certificate(law, values, found)) == -found.rate


def one_control(terms, domain="0 <= x", **more):
    return law_from_mapping({"controls": {"x": {"domain": domain} if domain else {}}, "terms": terms, **more})


@pytest.mark.parametrize(
    ("law", "rate", "regime", "optima", "x"),
    [
        (one_control({"p": "-x", "q": "x - 1"}, "1 <= x, x <= 0"), None, EMPTY, "none", None),
        (one_control({"p": "-x"}), INF, UNBOUNDED, "none", INF),
        (one_control({"p": "x"}, ""), INF, UNBOUNDED, "none", -INF),
        (one_control({}), INF, NO_TERMS, "all", None),
        (one_control({}, "1 <= x, x <= 0"), None, EMPTY, "none", None),
        (one_control({"p": "-x", "q": "-x"}, "0 <= x <= 2"), F(2), "p = q (equal terms)", "unique", F(2)),
        (one_control({"p": "max(-x, -1)"}), F(1), "p", "a face: 1 <= x <= inf", F(1)),
        (one_control({"p": "0*x - 3"}, ""), F(3), "p", "a face: -inf <= x <= inf", F(0)),
        (one_control({"p": "min(x, 4 - x)"}, "0 <= x <= 4"), F(0), "p", "several: x = 0 or x = 4", F(0)),
        (one_control({"p": "1/3"}, "x = 2"), F(-1, 3), "p", "unique", F(2)),
        (law_from_mapping({"terms": {"p": "-2", "q": "-3"}}), F(2), "p", "unique", None),
    ],
)  # fmt: skip
def test_degenerate_laws_are_answered_and_named(law, rate, regime, optima, x):
    """Issue 5, item 6: empty set, unbounded optimum, faces, equal terms, no terms, no control, nonconvex terms."""
    found = solve(law)
    assert (found.rate, found.regime, found.optima) == (rate, regime, optima)
    assert [value for _, value in found.controls] == ([x] if law.controls else [])
    recheck(certificate(law, {}, found))


def test_a_face_of_two_controls_is_described():
    """The budget x + y <= 1 with one term in x alone leaves y free: its whole range is named."""
    law = law_from_mapping(
        {
            "controls": {"x": {"domain": "0 <= x <= 1/2"}, "y": {"domain": "0 <= y"}},
            "terms": {"p": "-x"},
            "constraints": {"budget": "x + y <= 1"},
        }
    )
    found = solve(law)
    assert (found.rate, found.optima) == (F(1, 2), "a face: 0 <= y <= 1/2")
    assert dict(found.controls) == {"x": F(1, 2), "y": F(0)}


def test_random_programs_against_another_solver():
    """Protects the simplex method: status, value and certificate, against scipy's HiGHS, degenerate ones included."""
    rng = random.Random(5)
    seen = set()
    for _ in range(250):
        size = rng.choice([1, 1, 2, 3])

        def line(size=size):
            return Line(F(rng.randint(-3, 3), rng.choice([1, 2])), tuple(F(rng.randint(-2, 2)) for _ in range(size)))

        rows = [line() for _ in range(rng.randint(1, 5))]
        walls = [line() for _ in range(rng.randint(0, 5))]
        mine = minimise(rows, walls)
        seen.add(mine.status)
        matrix = [[*map(float, row.slopes), -1.0] for row in rows] + [[*map(float, w.slopes), 0.0] for w in walls]
        other = linprog(
            [0.0] * size + [1.0], A_ub=matrix, b_ub=[-float(x.constant) for x in (*rows, *walls)],
            bounds=[(None, None)] * (size + 1),
        )  # fmt: skip
        if mine.status == "optimal":
            assert other.status == 0
            assert abs(other.fun - float(mine.value)) < 1e-7
        else:
            assert other.status == 2 if mine.status == "empty" else other.status in (2, 3, 4)
        document = {
            "controls": [""] * size,
            "programs": [
                {
                    "rows": [["", row.constant, row.slopes] for row in rows],
                    "constraints": [["", wall.constant, wall.slopes] for wall in walls],
                    "status": mine.status, "value": mine.value, "point": mine.point, "direction": mine.direction,
                    "multipliers": mine.multipliers, "prices": mine.prices,
                }
            ],
        }  # fmt: skip
        recheck(document)
    assert seen == {"optimal", "empty", "unbounded"}


def test_the_normal_form_is_the_formula():
    """Protects min of maxima: at random points it has the value of the formula, negated minima included."""
    rng = random.Random(3)
    texts = [
        "-min(x, 2*y - 1, 3) + max(x, y)/2", "max(min(x, y), -(max(x, 1) - min(y, 2)))",
        "p*(min(x, y) - max(0, y)) - x",
        "-2*max(min(x, 1), min(y, -1))*min(p, 1)", "x - x + 0*min(x, y)", "min(max(p, 2), x/p) - -x",
    ]  # fmt: skip
    for text in texts:
        tree = parse(text, "xyp", "t")
        for p in (F(-3, 2), F(2, 3)):
            form = branches(tree, {"p": p}, ["x", "y"], "t")
            for _ in range(6):
                x, y = F(rng.randint(-9, 9), 3), F(rng.randint(-9, 9), 2)
                expected = evaluate(tree, {"x": x, "y": y, "p": p}, "t")
                assert min(max(row.at((x, y)) for row in rows) for rows in form) == expected


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "(1", "1)", "2 ** 3", "x.y", "f(1)", "x'", "__import__('os')", "min()", "min 1", "1 2", "q", "1e3",
     "x[0]", "lambda: 1", "(" * 100 + "1" + ")" * 100, "1" * 3000, "max(1,)", "∞"],
)  # fmt: skip
def test_what_is_not_a_formula_is_refused(text):
    """User text is never evaluated as a program: everything outside the small language is one typed error."""
    with pytest.raises(ScaleError):
        parse(text, ["x"], "here")


def test_formulas_mean_what_arithmetic_says():
    for text, value in [("1 - 2 - 3", -4), ("2/3/4", F(1, 6)), ("-2*-3", 6), ("0.1 + .2", F(3, 10)), ("--x", 5),
                        ("2*(x - 1)/4", 2), ("max(min(1, x), -x)", 1)]:  # fmt: skip
        assert evaluate(parse(text, ["x"], "t"), {"x": F(5)}, "t") == value
    chain = parse_comparisons("0 <= x < 1, 2 >= x", ["x"], "t")
    assert [c.relation for c in chain] == ["<=", "<", "<="]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "terms"),
        ({"terms": {"p": "x"}}, "not declared"),
        ({"terms": {"p": True}}, "not a formula"),
        ({"terms": []}, "not a table"),
        ({"terms": {}, "extra": 1}, "unknown key"),
        ({"controls": {"x": {"min": 0}}, "terms": {}}, "unknown key"),
        ({"controls": {"x": {"domain": "0 < x"}}, "terms": {}}, "strict"),
        ({"controls": {"min": {}}, "terms": {}}, "cannot be a name"),
        ({"controls": {"x": {}}, "parameters": {"x": {}}, "terms": {}}, "twice"),
        ({"controls": {"x": {}}, "parameters": {"p": {"domain": "p < x"}}, "terms": {}}, "control"),
        ({"parameters": {"p": {"default": "1/0"}}, "terms": {}}, "zero"),
        ({"parameters": {"p": {"domain": "p"}}, "terms": {}}, "comparison"),
    ],
)
def test_files_that_are_not_laws_are_refused(data, word):
    with pytest.raises(ScaleError, match=word):
        law_from_mapping(data)


@pytest.mark.parametrize(
    ("term", "word"), [("x*y", "two controls"), ("1/x", "by a control"), ("x/(p - 1)", "zero"), ("(p-1)/(p-1)", "zero")]
)
def test_terms_that_are_not_linear_are_refused(term, word):
    law = law_from_mapping({"parameters": {"p": {}}, "controls": {"x": {}, "y": {}}, "terms": {"t": term}})
    with pytest.raises(ScaleError, match=word):
        solve(law, p=1)


def test_large_formulas_end_in_one_error():
    """Long sums, and definitions that double at every step, are refused before they cost time or the stack."""
    with pytest.raises(ScaleError, match="operations"):
        parse("+".join(["x"] * 400), ["x"], "t")
    doubling = {"d0": "x + 1"} | {f"d{i}": f"d{i - 1} + d{i - 1}" for i in range(1, 60)}
    chain = {"d0": "x"} | {f"d{i}": f"d{i - 1}" + " + 1" * 90 for i in range(1, 10)}
    for definitions in (doubling, chain):
        with pytest.raises(ScaleError, match="too large"):
            law_from_mapping({"controls": {"x": {}}, "definitions": definitions, "terms": {"p": "x"}})
    law = law_from_mapping({"controls": {"x": {"domain": "x >= 1"}}, "terms": {"p": " + ".join(["x"] * 150)}})
    assert solve(law).rate == -150


def test_parameters_are_checked():
    law = load_law(CROSSOVER)
    for given, word in [({"alpha": F(1)}, "alpha > 1"), ({"q": F(1)}, "no 'q'")]:
        with pytest.raises(ScaleError, match=word):
            optimum(law, parameter_values(law, given))
    with pytest.raises(ScaleError, match="no value"):
        parameter_values(law_from_mapping({"parameters": {"p": {}}, "terms": {}}), {})


@pytest.mark.parametrize(("alpha", "r", "s"), GRID)
def test_the_formula_gives_the_exact_rows(alpha, r, s):
    """Protects ``--symbolic --law``: at rational points every region that holds has the value of its program, and the
    largest is the exact rate; equality of the first matching region and the table, for all points of the grid."""
    law = load_law(CROSSOVER)
    found = symbolic_optimum(law)
    exact = solve(law, alpha=alpha, r=r, s=s)
    symbols = {symbol.name: symbol for regions in found.programs for g in regions for symbol in g.rate.free_symbols}
    point = {symbols[n]: sp.Rational(v.numerator, v.denominator) for n, v in (("alpha", alpha), ("r", r), ("s", s))}
    rates = []
    for regions in found.programs:
        here = {g.rate.subs(point) for g in regions if all(c.subs(point) >= 0 for c in g.conditions)}
        assert len(here) == 1
        rates.append(here.pop())
    assert max(rates) == sp.Rational(exact.rate.numerator, exact.rate.denominator)
    assert "begin{align*}" in found.as_latex() and found.as_text().count("rate =") == sum(map(len, found.programs))


def at_point(found, values):
    """The regions of every program that hold at a point, with their controls and rate there."""
    programs = []
    for regions in found.programs:
        here = []
        for region in regions:
            point = {
                s: sp.Rational(str(values[s.name])) for e in region[1:] for x in sp.flatten([e]) for s in x.free_symbols
            }
            if all(c.subs(point) >= 0 for c in region.conditions):
                here.append(([x.subs(point) for x in region.controls], region.rate.subs(point)))
        programs.append(here)
    return programs


def test_the_formula_of_two_controls_is_the_published_one():
    """Bordelon et al. (see test_published_laws): C^-(m (a - 1)/(b m + a - 1)), m = min{a - 1, 2b}, now as a formula,
    while the data suffice; beyond, the rate of the data."""
    found = symbolic_optimum(load_law(COMPUTE))
    (regions,) = found.programs
    symbols = {s.name: s for region in regions for s in region.rate.free_symbols}
    a, b, data = symbols["a"], symbols["b"], symbols["data"]
    m = sp.Min(a - 1, 2 * b)
    rates = {region.name: region.rate for region in regions}
    assert sp.simplify(rates["time = width, at budget"] - m * (a - 1) / (b * m + a - 1)) == 0
    assert sp.simplify(rates["data"] - data * m) == 0
    assert r"\mathrm{data}" in found.as_latex() and "features = " in found.as_text()


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (one_control({"p": "-x"}, "1 <= x, x <= 0"), "empty feasible set"),
        (one_control({"p": "-x"}), "x = oo, rate = oo  if always  [unbounded: every term falls for ever]"),
        (one_control({"p": "-x", "q": "-x"}, "0 <= x <= 2"), "x = 2, rate = 2  if always  [p, at 0 <= x <= 2]"),
        (law_from_mapping({"terms": {"p": "-2", "q": "-3"}}), "rate = 2  if always  [p]"),
    ],
)
def test_degenerate_formulas_are_answered_and_named(law, text):
    """Issue 5, item 6, for the symbolic answers: empty set, unbounded optimum, equal terms, no control."""
    found = symbolic_optimum(law)
    assert found.as_text().splitlines()[0] == text
    assert "begin{align*}" in found.as_latex()


def test_formulas_that_cannot_be_given_are_refused():
    """No terms, no corner, or too many corners: one typed error, at once."""
    many = {f"p{i}": "max(min(x, y), min(x - 1, 2*y), min(2 - x, y - 3))" for i in range(4)}
    for controls, terms, word in [({"x": {}}, {}, "no terms"), ({"x": {}}, {"p": "1"}, "no corner"),
                                  ({"x": {"domain": "x >= 0"}, "y": {}}, many, "too many corners")]:  # fmt: skip
        with pytest.raises(ScaleError, match=word):
            symbolic_optimum(law_from_mapping({"controls": controls, "terms": terms}))


def test_formulas_of_random_laws_give_the_exact_rows():
    """Up to three controls, min and max, walls: at random parameters the regions of a program that hold agree, the
    largest is the exact rate, a unique optimum has the exact controls, and no region holds only where all is empty."""
    rng = random.Random(23)
    seen = set()

    def line(names):
        return " + ".join(f"({rng.randint(-3, 3)})*{n}" for n in [*names, "p", "1"])

    for _ in range(25):
        names = ["x", "y", "z"][: rng.choice([1, 1, 2, 2, 3])]
        terms = [f"min({line(names)}, {line(names)})" if rng.random() < 0.3 else line(names) for _ in range(2)]
        law = law_from_mapping(
            {
                "parameters": {"p": {"domain": "p >= 0"}},
                "controls": {
                    name: {"domain": f"{rng.randint(-2, 0)} <= {name} <= {rng.randint(0, 2)} + p"} for name in names
                },
                "terms": {f"t{i}": term for i, term in enumerate(terms)},
                "constraints": {"c": f"{line(names)} <= 4"},
            }
        )
        found = symbolic_optimum(law)
        for p in (F(0), F(1, 3), F(5, 2)):
            exact = solve(law, p=p)
            programs = at_point(found, {"p": p})
            assert all(len({rate for _, rate in here}) <= 1 for here in programs)
            rates = [here[0] for here in programs if here]
            seen.add(exact.regime == EMPTY)
            if exact.rate is None:
                assert not rates
                continue
            best = max(rate for _, rate in rates)
            assert best == sp.Rational(str(exact.rate))
            if exact.optima == "unique":
                assert [sp.Rational(str(x)) for _, x in exact.controls] in [c for c, rate in rates if rate == best]
    assert seen == {True, False}


def test_diagrams_of_laws_agree_with_the_exact_rows():
    """A law with a nonconvex term and two controls under a budget, over two parameters: regions against rows."""
    law = law_from_mapping(
        {
            "parameters": {"u": {"domain": "u >= 0"}, "v": {}},
            "controls": {"x": {"domain": "0 <= x"}, "y": {"domain": "0 <= y"}},
            "terms": {"p": "-2*x + min(v, y)", "q": "-y + u - 1", "w": "-1 - v/2"},
            "constraints": {"budget": "x + y <= 1 + u"},
        }
    )
    found = law_diagram(law, "u", "v", (F(-1, 2), F(3)), (F(-2), F(2)), {}).as_json()
    rng = random.Random(11)
    outside = 0
    for _ in range(120):
        u, v = F(rng.randrange(-480, 2990), 997), F(rng.randrange(-1980, 1980), 991)
        here = []
        for region in found["regions"]:
            points = [(F(a), F(b)) for a, b in region["vertices"]]
            turns = zip(points, [*points[1:], points[0]], strict=True)
            if all((c - a) * (v - b) - (d - b) * (u - a) > 0 for (a, b), (c, d) in turns):
                here.append(region)
        assert len(here) <= 1
        for region in here:
            if u < 0:
                assert region["regime"] == "outside the domain: u >= 0"
                outside += 1
                continue
            exact = solve(law, u=u, v=v)
            c, p, q = map(F, region["rate"]["coefficients"].values())
            assert c + p * u + q * v == exact.rate
            assert region["regime"].removesuffix("; not the only choice") == exact.regime
            if exact.optima == "unique":
                for name, value in exact.controls:
                    c, p, q = map(F, region[name]["coefficients"].values())
                    assert c + p * u + q * v == value
    assert outside > 5


def test_a_product_of_two_axes_is_refused():
    with pytest.raises(ScaleError, match="not linear"):
        law_diagram(load_law(CROSSOVER), "s", "alpha", (F(0), F(1)), (F(2), F(3)), {})
