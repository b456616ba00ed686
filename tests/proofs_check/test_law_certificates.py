"""Certificates of exponent laws: what is true has one that the kernel accepts, what is false has none, and none can be
bent into saying something else."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import pytest

from ridgeproof.errors import NotProved
from ridgeproof.proofs_check import kernel
from ridgeproof.proofs_check.laws.law_programs import law_program
from ridgeproof.proofs_check.laws.programs import Answer, form, read
from ridgeproof.proofs_check.laws.proving.formulas import documents as symbolic_documents
from ridgeproof.proofs_check.laws.proving.model_formula import documents as model_formula_documents
from ridgeproof.proofs_check.laws.proving.programs import prove
from ridgeproof.proofs_check.laws.proving.rows import (
    certify,
    cover,
    diagram_documents,
    law_answer,
    model_row_documents,
    row_document,
    write,
)
from ridgeproof.proofs_check.laws.statements import check_all, main, statement, uncovered
from ridgeproof.theorems.exponents import INF, exponent_row
from ridgeproof.theorems.exponents.model.diagrams import diagram
from ridgeproof.theorems.exponents.user.law_diagrams import law_diagram
from ridgeproof.theorems.exponents.user.law_file import law_from_mapping, load_law, parameter_values
from ridgeproof.theorems.exponents.user.user_law import optimum

LAWS = Path(__file__).parents[2] / "examples" / "laws"
CROSSOVER = load_law(LAWS / "kernel-ridge-crossover.toml")
COMPUTE = load_law(LAWS / "compute-optimal-features.toml")
BUDGET = law_from_mapping(  # a term that is not convex, two controls under a budget, a domain
    {
        "title": "budget",
        "parameters": {"u": {"domain": "u >= 0"}, "v": {}},
        "controls": {"x": {"domain": "0 <= x"}, "y": {"domain": "0 <= y"}},
        "terms": {"p": "-2*x + min(v, y)", "q": "-y + u - 1", "w": "-1 - v/2"},
        "constraints": {"budget": "x + y <= 1 + u"},
    }
)
LEVELS = law_from_mapping(  # unbounded for u <= 1, bounded beyond, empty for u + w > 2
    {
        "title": "levels",
        "parameters": {"u": {}, "w": {}},
        "controls": {"x": {"domain": "w <= x <= 2 - u"}, "z": {"domain": "z >= x"}},
        "terms": {"p": "-z", "q": "-2*z + x"},
        "constraints": {"cap": "min(z - 5, u - 1) <= 0"},
    }
)


def row(law, **given):
    values = parameter_values(law, {name: F(value) for name, value in given.items()})
    return values, optimum(law, values)


def region_documents(law, x, y, x_range, y_range, **given):
    ranges = [tuple(map(F, ends)) for ends in (x_range, y_range)]
    found = law_diagram(law, x, y, *ranges, {name: F(value) for name, value in given.items()})
    values = parameter_values(law, {**given, x: 0, y: 0})
    return found, diagram_documents(law, found, {n: v for n, v in values.items() if n not in (x, y)})


@pytest.mark.parametrize(
    ("law", "given", "said"),
    [
        (CROSSOVER, {"s": 1}, "alpha = 2, r = 1/2, s = 1: rate = 4/3, ell = 4/3 [bias = noise]"),
        (CROSSOVER, {"s": 1, "ell": 3}, "alpha = 2, r = 1/2, s = 1, ell = 3: rate = 1 [noise]"),
        (COMPUTE, {"a": 5}, "a = 5, b = 5/4, data = 1: rate = 80/57, steps = 25/57, features = 32/57 [time = width]"),
        (BUDGET, {"u": 1, "v": 1}, "u = 1, v = 1: rate = 1, x = 1, y = 1 [p = q]"),
        (LEVELS, {"u": 0, "w": 0}, "u = 0, w = 0: unbounded"),
        (LEVELS, {"u": 3, "w": 1}, "u = 3, w = 1: empty"),
        (law_from_mapping({"controls": {"x": {}}, "terms": {}}), {}, "unbounded"),
        (law_from_mapping({"terms": {"p": "-2", "q": "-3"}}), {}, "rate = 2 [p]"),
    ],
)  # fmt: skip
def test_rows_are_proved(law, given, said):
    """One, several, and held controls; an unbounded and an impossible program: the statement is the table's row."""
    document = row_document(law, *row(law, **given), "row")
    assert check_all(law, [document]) == [said]
    assert kernel.check(json.loads(json.dumps(document)))["rules"] == ["nonnegative"]


def test_random_laws_are_proved():
    """Laws of random terms with min and max, up to three controls and random walls: every answer has a certificate."""
    rng = random.Random(17)
    seen = set()

    def line(names):
        return " + ".join(f"({F(rng.randint(-3, 3), rng.choice([1, 2]))})*{n}" for n in [*names, "1"])

    def term(names):
        word = rng.choice(["", "min", "max"])
        inner = f"{word}({line(names)}, {line(names)})" if word else line(names)
        return f"{rng.choice(['', '-'])}{inner}".replace("-(", "0 - (")

    for _ in range(60):
        names = ["x", "y", "z"][: rng.choice([1, 1, 2, 3])]
        data = {
            "controls": {
                name: {"domain": f"{name} >= {rng.randint(-2, 1)}"} if rng.random() < 0.8 else {} for name in names
            },
            "terms": {f"t{i}": term(names) for i in range(rng.randint(1, 3))},
            "constraints": {f"c{i}": f"{line(names)} <= {term(names)}" for i in range(rng.randint(0, 2))},
        }
        law = law_from_mapping(data)
        found = optimum(law, {})
        answer = law_answer(law, {}, found)
        seen.add(answer.status)
        check_all(law, [certify(law, ({}, (), ()), answer, "row")])
        if answer.status == "optimal":
            for wrong in (F(1, 50), F(-1, 50)):
                bad = answer._replace(value={**answer.value, "": answer.value.get("", F(0)) + wrong}, balance=())
                with pytest.raises(NotProved):
                    certify(law, ({}, (), ()), bad, "row")
    assert seen == {"optimal", "unbounded", "empty"}


@pytest.mark.parametrize(
    ("law", "axes", "ranges"),
    [
        (CROSSOVER, ("s", "ell"), ((0, 3), (0, 3))),
        (BUDGET, ("u", "v"), ((F(-1, 2), 3), (-2, 2))),
        (LEVELS, ("u", "w"), ((0, 3), (-1, 1))),
        (COMPUTE, ("data", "features"), ((0, 1), (0, 1))),
    ],
)
def test_diagrams_are_proved(law, axes, ranges):
    """Every region of every diagram, also where the optimum is unbounded, nothing is allowed, or the law ends; and the
    polygons of the certificates are those that cover the window."""
    found, documents = region_documents(law, *axes, *ranges)
    said = check_all(law, documents)
    assert said[-1] == f"({', '.join(axes)}): {len(documents) - 1} polygons cover the window"
    rates = {r.label.rate for r in found.regions}
    statuses = {d["note"]["answer"]["status"] for d in documents[:-1]}
    if law is LEVELS:
        assert INF in rates and statuses == {"optimal", "unbounded", "empty"}
    if law is BUDGET:
        assert statuses == {"optimal", "outside"}
    for region in found.as_json()["regions"]:  # the regimes' names are proved with the rates
        names = region["regime"].partition(";")[0].split(" = ")
        if not isinstance(region["rate"], dict) or region["rate"]["coefficients"] is None:
            continue
        mine = next(d for d in documents if d["note"].get("polygon") == region["vertices"])
        assert mine["note"]["answer"]["balance"] == [n for n, _ in law.terms if n in names]


def leaves(data, path=()):
    """Every number, word and truth value in plain data, with the way to it."""
    if isinstance(data, dict | list):
        for name, part in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(part, (*path, name))
    else:
        yield path, data


def changed(document, path, value):
    bad = copy.deepcopy(document)
    place = bad
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return bad


def others(value):
    """Other things to put in a place."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    try:
        number = F(value)
    except ValueError:
        return [value + "x", "s" if value != "s" else "ell", ">" if value == ">=" else ">="]
    return [str(number + 1), str(-number) if number else "1/3", str(number / 2) if number else "-1"]


def rejected(law, documents):
    try:
        check_all(law, documents)
    except (NotProved, kernel.Rejected):
        return True
    return False


@pytest.mark.parametrize(("law", "given"), [(CROSSOVER, {"s": 1}), (COMPUTE, {"a": 5}), (LEVELS, {"u": 0, "w": 0})])
def test_no_changed_row_is_accepted(law, given):
    """Every leaf of the document changed in every way: the kernel, or the comparison with the law, refuses it."""
    document = row_document(law, *row(law, **given), "row")
    assert not rejected(law, [document])
    tried = 0
    for path, value in leaves(document):
        for other in others(value):
            if path == ("claim",) or other == value:
                continue
            tried += 1
            assert rejected(law, [changed(document, path, other)]), (path, value, other)
    assert tried > 100


def test_no_changed_diagram_is_accepted():
    """The same for the certificates of a diagram, the cover among them: the leaves drawn at random."""
    _, documents = region_documents(CROSSOVER, "s", "ell", (0, 3), (0, 3))
    rng = random.Random(3)
    for i, document in enumerate(documents):
        for path, value in rng.sample(list(leaves(document)), 60):
            for other in others(value):
                if path == ("claim",) or other == value:
                    continue
                bad = [*documents[:i], changed(document, path, other), *documents[i + 1 :]]
                assert rejected(CROSSOVER, bad), (i, path, value, other)
    for i in range(len(documents) - 1):  # a region left out
        assert rejected(CROSSOVER, documents[:i] + documents[i + 1 :])


def test_a_wrong_region_has_no_certificate():
    """A region that reaches beyond its border, and a cover with a hole, are not provable."""
    found, _ = region_documents(CROSSOVER, "s", "ell", (0, 3), (0, 3))
    noisy = next(r for r in found.regions if (F(0), F(2, 3)) in r.polygon)
    label, values = noisy.label, {"alpha": F(2), "r": F(1, 2)}
    value = {name: -c for name, c in form(*label.rate[:1], s=label.rate[1], ell=label.rate[2]).items()}
    answer = Answer("optimal", value, (), (), ("noise",))
    certify(CROSSOVER, (values, ("s", "ell"), noisy.polygon), answer, "region")
    wider = tuple((x, y) if (x, y) != (F(0), F(2, 3)) else (x, y - F(1, 100)) for x, y in noisy.polygon)
    with pytest.raises(NotProved):
        certify(CROSSOVER, (values, ("s", "ell"), wider), answer, "region")
    parts = [r.polygon for r in found.regions if r is not noisy]
    with pytest.raises(NotProved, match="nothing covers"):
        cover(parts, [True] * len(parts), found, "")


def test_a_lie_that_the_kernel_cannot_see_is_read():
    """A line may assume what it likes and the kernel will accept it; that it is not the law's is found by reading."""
    values, found = row(CROSSOVER, s=1)
    program = law_program(CROSSOVER, (values, (), ()))
    answer = law_answer(CROSSOVER, values, found)
    document = prove(program, answer, "row", {})
    read(program, answer, document)
    lie = copy.deepcopy(document)
    better = answer._replace(value=form(-2), balance=("bias", "noise"))
    lie["lines"] = [
        {
            "rule": "nonnegative", "expression": one["expression"], "relation": ">=",
            "assume": [[one["expression"], ">="]], "sum": [["1", [[0, 1]]]],
        }
        for one in lie["lines"]
    ]  # fmt: skip
    kernel.check(lie)
    for claimed in (answer, better):
        with pytest.raises(NotProved, match="something else"):
            read(program, claimed, lie)
    with pytest.raises(NotProved, match="does not have"):
        read(program, answer._replace(balance=("bias", "noise", "more")), document)
    other = law_from_mapping(
        {"controls": {"ell": {"domain": "ell >= 0"}}, "terms": {"bias": "-ell", "noise": "ell - 2"}}
    )
    with pytest.raises(NotProved, match="another law"):
        statement(other, row_document(CROSSOVER, values, found, "row"))


def test_names_that_the_code_uses_are_free_for_laws():
    """A control may be called v, t or constant: it stays a control."""
    law = law_from_mapping({"controls": {name: {"domain": f"0 <= {name} <= 1"} for name in ("v", "t", "constant")},
                            "terms": {"p": "-v - 2*t - 4*constant"}})  # fmt: skip
    document = row_document(law, {}, optimum(law, {}), "row")
    assert check_all(law, [document]) == ["rate = 7, v = 1, t = 1, constant = 1 [p]"]


def test_a_missing_case_is_read():
    """Without one of the branches of a min, the rest proves nothing."""
    document = row_document(CROSSOVER, *row(CROSSOVER, s=1), "row")
    tree = document["note"]["proof"][-1]
    assert tree[0] == "split"
    bad = copy.deepcopy(document)
    bad["note"]["proof"][-1] = tree[1]
    assert rejected(CROSSOVER, [bad])
    bad["note"]["proof"][-1] = ["split", tree[1], tree[1]]
    assert rejected(CROSSOVER, [bad])


def test_the_built_in_law_is_proved():
    """Rows of the model-collapse table at random scales, with clean data beside them; and diagrams."""
    rng = random.Random(8)

    def draw(low, high):
        return F(rng.randint(low * 12, high * 12), 12)

    proved = 0
    while proved < 60:
        b = draw(0, 4)
        found = exponent_row(
            1 + draw(0, 4) + F(1, 12), draw(0, 3), a=rng.choice((INF, draw(0, 4), draw(0, 4), b)), b=b,
            g=rng.choice((-INF, draw(0, 3))), s=rng.choice((INF, draw(-2, 3))), s0=rng.choice((INF, draw(-2, 3))),
        )  # fmt: skip
        if found.rate is None:
            continue
        documents = model_row_documents(found, "row")
        said = check_all(None, documents)
        words = ": unbounded" if found.rate == INF else f": rate = {found.rate}, ell = {found.ell} ["
        assert words in said[0]
        assert found.rate_clean == INF or f": rate = {found.rate_clean}, ell = {found.ell_clean}" in said[1]
        proved += 1
    fixed = {"beta": F(3, 2), "r": F(1, 2), "a": F(1), "s": F(0), "s0": F(0)}
    window = (F(0), F(2))
    documents = diagram_documents(None, diagram("b", "g", window, window, fixed), fixed)
    assert any("rate = 3/5*b - 3/5*g" in words for words in check_all(None, documents))


def test_files_are_accepted_by_both_commands(tmp_path, capsys):
    """The kernel runs alone, without any installed package; statements are printed for a law, refused for another."""
    _, documents = region_documents(COMPUTE, "data", "features", (0, 1), (0, 1))
    write(tmp_path / "deep" / "down", COMPUTE, documents)
    alone = [sys.executable, "-I", "-S", str(Path(kernel.__file__).parent), str(tmp_path / "deep" / "down")]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and f"{len(documents)} accepted, 0 rejected" in done.stdout
    law = str(LAWS / "compute-optimal-features.toml")
    assert main([str(tmp_path / "deep" / "down"), law]) == 0
    assert "polygons cover the window" in capsys.readouterr().out
    assert main([str(tmp_path / "deep" / "down"), str(LAWS / "kernel-ridge-crossover.toml")]) == 1
    assert main([str(tmp_path / "deep" / "down"), "no-such-law.toml"]) == 2
    assert main([str(tmp_path)]) == 1


def test_formulas_are_proved():
    """Every region of the symbolic answers, for one control and for two: the statement has the published rates."""
    said = check_all(CROSSOVER, symbolic_documents(CROSSOVER))
    assert said[0] == "program 1, if -2*alpha*m1 + s >= 0: ell = alpha, rate = 2*alpha*m1; m1 = Min(1, r)"
    assert len(said) == 6
    assert said[-1].startswith("program 2: the regions cover the domain, where m1 > 0: -2*alpha*m1 + s >= 0, or ")
    said = check_all(COMPUTE, symbolic_documents(COMPUTE))
    assert "rate = (a*m1 - m1)/(b*m1 + a - 1); m1 = Min(2*b, a - 1)" in said[1]


@pytest.mark.parametrize("law", [CROSSOVER, COMPUTE])
def test_no_changed_formula_is_accepted(law):
    """Leaves of the certificates of formulas, drawn at random and changed: every change is refused."""
    rng = random.Random(5)
    for document in symbolic_documents(law):
        tried = 0
        for path, value in rng.sample(list(leaves(document)), 40):
            if path[:1] == ("claim",) or path[:2] in (("note", "name"), ("note", "region")):
                continue
            for other in others(value):
                if other == value:
                    continue
                tried += 1
                assert rejected(law, [changed(document, path, other)]), (path, value, other)
        assert tried > 60


@pytest.fixture(scope="module")
def model_documents():
    return model_formula_documents()


def test_the_formulas_of_the_theory_are_proved(model_documents):
    """Every region of both formulas and their covers; the paper's exponent in the statement (Corollary 1)."""
    said = check_all(None, model_documents)
    assert len(said) == 6 + 13 + 2
    assert any("rate = (2*beta*nu*rbar + 2*beta*rbar)/(2*beta*rbar + 1)  [bias = noise]" in words for words in said)
    assert "T0 < d: the 13 regions of the formula cover the domain" in said


def test_no_changed_formula_of_the_theory_is_accepted(model_documents):
    """Leaves of these certificates, drawn at random and changed: refused, or the same statement by another proof."""
    rng = random.Random(8)
    tried = 0
    for document in model_documents:
        said = check_all(None, [document])
        for path, value in rng.sample(list(leaves(document)), 12):
            for other in others(value):
                if path[:1] == ("claim",) or other == value:
                    continue
                tried += 1
                bad = changed(document, path, other)
                assert rejected(None, [bad]) or check_all(None, [bad]) == said, (path, value, other)
    assert tried > 500


def test_a_cover_needs_every_branch(model_documents):
    """A sign with one branch, a region with a branch too few, or a leaf that another branch used: refused."""
    cover = next(d for d in model_documents if d["claim"] == "formula-2-cover")
    kind, sign, *branches = cover["note"]["proof"]
    assert kind == "sign"
    for tree in ([kind, sign, branches[0]], [kind, sign, branches[0], branches[0]], branches[0], ["region", 0]):
        assert rejected(None, [changed(cover, ("note", "proof"), tree)])


def test_a_cover_without_a_region_is_refused():
    """Where a region is left out, or a branch is closed without its contradiction, nothing is covered."""
    proved = symbolic_documents(CROSSOVER)
    cover = next(d for d in proved if d["claim"] == "formula-1-cover")
    assert rejected(CROSSOVER, [d for d in proved if d["claim"] != "formula-1-1"])
    short = copy.deepcopy(cover)
    short["note"]["regions"] = short["note"]["regions"][:1]
    assert rejected(CROSSOVER, [short])
    for tree in (["region", 0], ["line", 0], ["region", 0, ["line", 0], ["line", 0]]):
        other = copy.deepcopy(cover)
        other["note"]["proof"] = tree
        assert rejected(CROSSOVER, [other])


def test_random_formulas_are_proved():
    """Laws of one to three controls and two parameters: every formula that is found has certificates."""
    rng = random.Random(29)
    proved = covers = left = 0
    for _ in range(12):
        names = ["x", "y", "z"][: rng.choice([1, 1, 2, 3])]

        def line(extra, names=names):
            return " + ".join(f"({rng.randint(-3, 3)})*{n}" for n in [*names, *extra, "1"])

        law = law_from_mapping(
            {
                "parameters": {"p": {"domain": "p >= 0"}, "q": {"domain": "q > 1"}},
                "controls": {name: {"domain": f"0 <= {name} <= 1 + q"} for name in names},
                "terms": {f"t{i}": line(["p", "q"]) for i in range(2)},
                "constraints": {"c": f"{line(['q'])} <= 4*q"},
            }
        )
        documents = symbolic_documents(law)
        check_all(law, documents)
        proved += len(documents)
        covers += sum("regions" in document["note"] for document in documents)
        left += len(uncovered(documents))
    assert proved > 20 and covers > 2 >= left


def test_regions_that_leave_something_out_are_said_to():
    """Where no control is allowed for some parameters, no cover is found, and the programs are named."""
    law = law_from_mapping(
        {
            "parameters": {"p": {"domain": "p >= 0"}},
            "controls": {"x": {"domain": "0 <= x <= 1"}},
            "terms": {"t": "-x - p"},
            "constraints": {"c": "p - 2 <= x"},
        }
    )
    documents = symbolic_documents(law)
    assert uncovered(documents) == [1] and not any("regions" in d["note"] for d in documents)
