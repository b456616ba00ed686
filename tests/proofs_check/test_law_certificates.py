"""Certificates of exponent laws: what is true has one that the kernel accepts, what is false has none, and none can be
bent into saying something else."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import pytest

from ridgeproof.errors import NotProved
from ridgeproof.proofs_check import kernel
from ridgeproof.proofs_check.kernel.statements import Rejected, check
from ridgeproof.proofs_check.laws import say
from ridgeproof.proofs_check.laws.proving.formulas import documents as symbolic_documents
from ridgeproof.proofs_check.laws.proving.model_formula import documents as model_formula_documents
from ridgeproof.proofs_check.laws.proving.rows import (
    Answer,
    certify,
    cover,
    diagram_documents,
    law_answer,
    model_row_documents,
    row_document,
    write,
)
from ridgeproof.proofs_check.laws.statements import check_all, main, uncovered
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
    assert check(json.loads(json.dumps(document))).sequent.axioms == frozenset()


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
                bad = answer._replace(rate=answer.rate[0] + wrong, balance=())
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
    assert said[-1].startswith(f"the {len(documents) - 1} regions cover what is given")
    rates = {r.label.rate for r in found.regions}
    statuses = {words.rpartition(": ")[2].partition(" =")[0] for words in said[:-1]}
    if law is LEVELS:
        assert INF in rates and statuses == {"rate", "unbounded", "empty"}
    if law is BUDGET:
        assert statuses == {"rate", "outside"}
    for region in found.as_json()["regions"]:  # the regimes' names are proved with the rates
        names = region["regime"].partition(";")[0].split(" = ")
        if not isinstance(region["rate"], dict) or region["rate"]["coefficients"] is None:
            continue
        corners = tuple((F(x), F(y)) for x, y in region["vertices"])
        sides = [say.inside(corners, axes, how) for how in (">=", ">")]
        mine = [w for d, w in zip(documents, said, strict=True) if d["given"] in sides and ": rate" in w]
        if not mine:
            continue  # a union of cells, on which the optimum is unbounded
        balance = " = ".join(n for n, _ in law.terms if n in names)
        assert mine[0].endswith(f"[{balance}]")


def leaves(data, path=()):
    """Every number, word and truth value in plain data, with the way to it."""
    if isinstance(data, dict | list):
        for name, part in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(part, (*path, name))
    else:
        yield path, data


def changed(document, path, value):
    bad = json.loads(json.dumps(document))  # as it is in its file: no two places are one
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
        return [value + "x", "s_" if value != "s_" else "ell", ">" if value == ">=" else ">="]
    return [str(number + 1), str(-number) if number else "1/3", str(number / 2) if number else "-1"]


def rejected(law, documents):
    try:
        check_all(law, documents)
    except (NotProved, Rejected):
        return True
    return False


SAME = ("lines", "model", "given")  # what may be changed with the same sequent proved: hypotheses that it does not need


def refused(law, documents, bad, text, path):
    """Whether a changed certificate is refused; where its statement is left as it is, or its sequent is proved as well.

    ``documents``: the others of its directory; ``text``: the sequent.
    """
    if path[0] in SAME:
        with contextlib.suppress(Rejected):
            return check(bad).text() == text
        return True
    return rejected(law, [*documents, bad])


@pytest.mark.parametrize(("law", "given"), [(CROSSOVER, {"s": 1}), (COMPUTE, {"a": 5}), (LEVELS, {"u": 0, "w": 0})])
def test_no_changed_row_is_accepted(law, given):
    """Leaves of the document changed in every way: the kernel, or the comparison with the law, refuses it; a proof
    that is changed may still be one, of the same."""
    document = row_document(law, *row(law, **given), "row")
    assert not rejected(law, [document])
    text, rng = check(document).text(), random.Random(4)
    tried = fell = 0
    every = list(leaves(document))
    for path, value in rng.sample(every, min(100, len(every))):
        for other in others(value):
            if path == ("claim",) or other == value:
                continue
            tried += 1
            bad = changed(document, path, other)
            assert refused(law, [], bad, text, path), (path, value, other)
            fell += rejected(law, [bad])
    assert tried > 150 and fell > 0.9 * tried


def test_no_changed_diagram_is_accepted():
    """The same for the certificates of a diagram, the cover among them: the leaves drawn at random."""
    _, documents = region_documents(CROSSOVER, "s", "ell", (0, 3), (0, 3))
    assert not rejected(CROSSOVER, documents)
    rng = random.Random(3)
    for i, document in enumerate(documents):
        text, rest = check(document).text(), documents[:i] + documents[i + 1 :]
        for path, value in rng.sample(list(leaves(document)), 40):
            for other in others(value):
                if path == ("claim",) or other == value:
                    continue
                bad = changed(document, path, other)
                assert refused(CROSSOVER, rest, bad, text, path), (i, path, value, other)
    for i in range(len(documents)):  # a region left out, or the cover
        assert rejected(CROSSOVER, documents[:i] + documents[i + 1 :])


def test_a_wrong_region_has_no_certificate():
    """A region that reaches beyond its border, and a cover with a hole, are not provable."""
    found, _ = region_documents(CROSSOVER, "s", "ell", (0, 3), (0, 3))
    noisy = next(r for r in found.regions if (F(0), F(2, 3)) in r.polygon)
    label, values = noisy.label, {"alpha": F(2), "r": F(1, 2)}
    answer = Answer("optimal", label.rate, (), (), ("noise",))
    certify(CROSSOVER, (values, ("s", "ell"), noisy.polygon), answer, "region")
    wider = tuple((x, y) if (x, y) != (F(0), F(2, 3)) else (x, y - F(1, 100)) for x, y in noisy.polygon)
    with pytest.raises(NotProved):
        certify(CROSSOVER, (values, ("s", "ell"), wider), answer, "region")
    parts = [r.polygon for r in found.regions if r is not noisy]
    with pytest.raises(NotProved, match="nothing covers"):
        cover(parts, ("s", "ell"), found.window)


def put(document, **fields):
    return {**document, **fields}


def test_a_lie_that_the_kernel_cannot_see_is_read():
    """A certificate may take for granted what it likes; that this is not the law's is found by comparing."""
    values, found = row(CROSSOVER, s=1)
    document = row_document(CROSSOVER, values, found, "row")
    _, (one,) = document["shows"]
    least = next(f for f in one if f[0] == "lowest")
    _, controls, pieces, place, value = least
    lines, last = document["lines"], len(document["lines"])
    for granted in ([">=", "1", "ell"], [">=", "ell", "1"]):  # a condition more on the control
        false = ["lowest", controls, [[[*pieces[0][0], granted], pieces[0][1]]], place, value]
        lie = put(document, shows=["some", [[false if f is least else f for f in one]]])
        assert rejected(CROSSOVER, [lie])
    absurd = [{"rule": "assume", "formula": [">=", "0", "1"]}, {"rule": "absurd", "line": 0, "shows": [">=", "0", "2"]}]
    with pytest.raises(Rejected, match="hypothesis that is false"):
        check(put(document, lines=absurd, given=[[">=", "0", "1"]], shows=[">=", "0", "2"]))
    less = ["some", [[f for f in one if f != one[-1]]]]  # one of the balanced terms is not named: another statement
    lines = [*lines[:-1], {**lines[-1], "shows": less, "lines": lines[-1]["lines"][:-1]}]
    assert check_all(CROSSOVER, [put(document, lines=lines, shows=less)])[0].endswith("[bias]")
    more = ["some", [[*one, [">=", "alpha", "1"]]]]
    weak = {"rule": "positive", "shows": [">=", "alpha", "1"], "sum": [["1", []]], "by": []}
    said = {**document["lines"][-1], "shows": more, "lines": [*document["lines"][-1]["lines"], last - 1]}
    true = put(document, lines=[*document["lines"][:-1], weak, said], shows=more)
    assert check(true)  # a true sequent, but no statement of this law
    assert rejected(CROSSOVER, [true])
    with pytest.raises(NotProved, match="does not have"):
        answer = law_answer(CROSSOVER, values, found)
        certify(CROSSOVER, (values, (), ()), answer._replace(balance=("bias", "noise", "more")), "row")
    other = law_from_mapping(
        {"controls": {"ell": {"domain": "ell >= 0"}}, "terms": {"bias": "-ell", "noise": "ell - 2"}}
    )
    with pytest.raises(NotProved, match="other names"):
        check_all(other, [document])


def test_a_statement_of_less_is_refused():
    """A ray that ends (t is bounded in Γ), and a cover for one value of a scale: true sequents that say less."""
    ray = row_document(LEVELS, *row(LEVELS, u=0, w=0), "row")
    assert not rejected(LEVELS, [ray])
    short = put(ray, given=[[">=", "5", "t"]], model={"t": "1"})
    assert check(short) and rejected(LEVELS, [short])
    law = law_from_mapping({"parameters": {"u": {}, "w": {}}, "controls": {}, "terms": {"p": "u - w"}})
    _, (part, whole) = region_documents(law, "u", "w", (0, 1), (0, 1))
    assert not rejected(law, [part, whole])
    lines = [{"rule": "positive", "shows": h, "sum": [["1/2", []]], "by": []} for h in whole["shows"][1][0]]
    some = {"rule": "some", "shows": whole["shows"], "which": 0, "lines": list(range(len(lines)))}
    half = {**whole, "declare": [["u", {"is": "1/2"}], ["w", {"is": "1/2"}]], "given": [], "model": {}}
    half["lines"] = [*lines, some]
    assert check(half) and rejected(law, [part, half])


def wrong(law, given, **changes):
    """The certificate of a wrong answer, as far as one can be written: the right one with the answer changed."""
    values, found = row(law, **given)
    return certify(law, (values, (), ()), law_answer(law, values, found)._replace(**changes), "row")


@pytest.mark.parametrize(
    "changes",
    [
        {"rate": F(1)},  # a wrong exponent: too small a rate, and too great a one
        {"rate": F(3, 2), "balance": ()},
        {"controls": (("ell", F(1)),)},  # a wrong place, on either side of the threshold
        {"controls": (("ell", F(2)),)},
        {"controls": (("ell", F(-1)),)},  # a place that is not allowed
        {"status": "unbounded", "direction": (("ell", F(1)),)},
        {"status": "empty"},
        {"status": "outside"},
    ],
)
def test_no_wrong_answer_is_proved(changes):
    """kernel-ridge-crossover at s = 1: ell = rate = 4/3 (test_published_laws.py); every other answer has no proof, and
    put into the right certificate it is refused by the kernel."""
    with pytest.raises(NotProved):
        wrong(CROSSOVER, {"s": 1}, **changes)
    document = row_document(CROSSOVER, *row(CROSSOVER, s=1), "row")
    text = json.dumps(document)
    for right, other in (('"-4/3"', '"-3/2"'), ('"-4/3"', '"-1"'), ('"4/3"', '"1"'), ('"4/3"', '"2"')):
        assert rejected(CROSSOVER, [json.loads(text.replace(right, other))])


def test_a_dropped_condition_is_refused():
    """Without one side of its polygon no region is proved, where the side is needed."""
    _, documents = region_documents(CROSSOVER, "s", "ell", (0, 3), (0, 3))
    needed = 0
    for document in documents[:-1]:
        for i in range(len(document["given"])):
            less = put(document, given=[h for j, h in enumerate(document["given"]) if j != i])
            try:
                check(less)
            except Rejected as error:
                needed += "not among the hypotheses" in str(error)
    assert needed >= len(documents)


def test_names_that_the_code_uses_are_free_for_laws():
    """A control may be called v, t or constant: it stays a control."""
    law = law_from_mapping({"controls": {name: {"domain": f"0 <= {name} <= 1"} for name in ("v", "t", "constant")},
                            "terms": {"p": "-v - 2*t - 4*constant"}})  # fmt: skip
    document = row_document(law, {}, optimum(law, {}), "row")
    assert check_all(law, [document]) == ["rate = 7, v = 1, t = 1, constant = 1 [p]"]


def test_a_missing_case_is_refused():
    """Without one of the two cases in which the arguments of a min compete, the rest proves nothing."""
    law = law_from_mapping({"controls": {"x": {"domain": "0 <= x <= 1"}}, "terms": {"p": "min(x, 1 - x)"}})
    document = row_document(law, *row(law), "row")  # nothing is better than 0, in either case
    i = next(i for i, line in enumerate(document["lines"]) if line["rule"] == "cases")
    case = document["lines"][i]
    for one in ("ge", "le"):
        lines = [*document["lines"]]
        lines[i] = {**case, "ge": case[one], "le": case[one]}
        with pytest.raises(Rejected, match="not arbitrary"):
            check(put(document, lines=lines))


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
        assert "⊢" in check(documents[0]).text()
        assert words in said[0]
        assert found.rate_clean == INF or f": rate = {found.rate_clean}, ell = {found.ell_clean}" in said[1]
        proved += 1
    fixed = {"beta": F(3, 2), "r": F(1, 2), "a": F(1), "s": F(0), "s0": F(0)}
    window = (F(0), F(2))
    documents = diagram_documents(None, diagram("b", "g", window, window, fixed), fixed)
    said = check_all(None, documents)
    assert any("rate = 3/5*b - 3/5*g" in words for words in said)
    for i in range(len(documents)):
        assert rejected(None, documents[:i] + documents[i + 1 :])
    fixed = {"beta": F(3, 2), "r": F(1, 2), "a": F(1), "b": F(1), "g": F(0), "s0": F(0)}
    documents = diagram_documents(None, diagram("h", "s", window, window, fixed), fixed)
    said = check_all(None, documents)
    assert "1 of them without a law" in said[-1]  # T0 - d cannot exceed T0
    assert rejected(None, documents[1:])


def test_files_are_accepted_by_both_commands(tmp_path, capsys):
    """The kernel runs alone, without any installed package; statements are printed for a law, refused for another."""
    _, documents = region_documents(COMPUTE, "data", "features", (0, 1), (0, 1))
    write(tmp_path / "deep" / "down", COMPUTE, documents)
    alone = [sys.executable, "-I", "-S", str(Path(kernel.__file__).parent), str(tmp_path / "deep" / "down")]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and f"{len(documents)} accepted, 0 rejected" in done.stdout
    law = str(LAWS / "compute-optimal-features.toml")
    assert main([str(tmp_path / "deep" / "down"), law]) == 0
    assert "3 regions cover what is given: features >= 0 and 1 - data >= 0" in capsys.readouterr().out
    assert main([str(tmp_path / "deep" / "down"), str(LAWS / "kernel-ridge-crossover.toml")]) == 1
    assert main([str(tmp_path / "deep" / "down"), "no-such-law.toml"]) == 2
    assert main([str(tmp_path)]) == 1


def test_formulas_are_proved():
    """Every region of the symbolic answers, for one control and for two: the statement has the published rates."""
    said = check_all(CROSSOVER, symbolic_documents(CROSSOVER))
    assert said[0] == "program 1, if s - 2*alpha*min(1, r) >= 0: ell = alpha, rate = 2*alpha*min(1, r)"
    assert len(said) == 6
    assert said[-1] == "the 2 regions cover what is given: alpha > 1 and r >= 0 and s >= 0 and min(1, r) > 0"
    said = check_all(COMPUTE, symbolic_documents(COMPUTE))
    assert said[1].endswith("rate = (-1 + a)*min(2*b, -1 + a)/(-1 + a + b*min(2*b, -1 + a))")


@pytest.mark.parametrize("law", [CROSSOVER, COMPUTE])
def test_no_changed_formula_is_accepted(law):
    """Leaves of the certificates of formulas, drawn at random and changed: every change of a statement is refused."""
    rng = random.Random(5)
    documents = symbolic_documents(law)
    for i, document in enumerate(documents):
        rest = documents[:i] + documents[i + 1 :] if document["shows"][0] == "some" else []  # a cover, and its regions
        text, tried = check(document).text(), 0
        for path, value in rng.sample(list(leaves(document)), 30):
            if path[:1] == ("claim",):
                continue
            for other in others(value):
                if other == value:
                    continue
                tried += 1
                bad = changed(document, path, other)
                assert refused(law, rest, bad, text, path), (path, value, other)
        assert tried > 45


@pytest.fixture(scope="module")
def model_documents():
    return model_formula_documents()


def test_the_formulas_of_the_theory_are_proved(model_documents):
    """Every region of both formulas and their covers; the paper's exponent in the statement (Corollary 1)."""
    said = check_all(None, model_documents)
    assert len(said) == 6 + 13 + 2
    assert any("rate = 2*beta*rbar*(1 + nu)/(1 + 2*beta*rbar)  [bias = noise]" in words for words in said)
    assert "T0 < d: the 13 regions of the formula cover the domain" in said


def test_no_changed_formula_of_the_theory_is_accepted(model_documents):
    """Leaves of these certificates, drawn at random and changed: refused, or the same statement by another proof."""
    rng = random.Random(8)
    tried = 0
    for document in model_documents:
        text = check(document).text()
        for path, value in rng.sample(list(leaves(document)), 7):
            for other in others(value):
                if path[:1] == ("claim",) or other == value:
                    continue
                tried += 1
                bad = changed(document, path, other)
                assert refused(None, [], bad, text, path), (path, value, other)
    assert tried > 300


def test_a_formula_with_another_exponent_place_or_condition_is_refused(model_documents):
    """The regions of the theory's formula with an exponent, a place or a condition of another region: no proof."""
    regions = [d for d in model_documents if not d["claim"].endswith("cover")]
    tried = 0
    for document in regions:
        _, controls, pieces, place, value = document["shows"]
        for other in regions[:3]:
            _, _, other_pieces, other_place, other_value = other["shows"]
            for shows in (
                ["lowest", controls, pieces, other_place, value],
                ["lowest", controls, pieces, place, other_value],
                ["lowest", controls, other_pieces, place, value],
                ["lowest", controls, pieces[1:], place, value],
            ):
                if shows != document["shows"]:
                    tried += 1
                    text = json.dumps(document["lines"]).replace(json.dumps(document["shows"]), json.dumps(shows))
                    with pytest.raises(Rejected):
                        check({**document, "lines": json.loads(text), "shows": shows})
        for i in range(len(document["given"])):
            less = put(document, given=[h for j, h in enumerate(document["given"]) if j != i])
            assert rejected(None, [less])  # another statement, even where it holds
    assert tried > 100


def test_a_cover_needs_every_branch(model_documents):
    """A case that is used for both, a case of another condition, or a region without one of its conditions: refused."""
    cover = next(d for d in model_documents if d["claim"] == "formula-2-cover")
    cases = [i for i, line in enumerate(cover["lines"]) if line["rule"] == "cases"]
    text, fell, tried = check(cover).text(), 0, 0
    for i in cases[::24]:
        line = cover["lines"][i]
        for bad in ({"le": line["ge"]}, {"ge": line["le"]}, {"left": cover["lines"][cases[i == cases[0]]]["left"]}):
            document, tried = changed(cover, ("lines", i), {**line, **bad}), tried + 1
            fell += rejected(None, [document])
            assert refused(None, [], document, text, ("lines",))  # what was known before needs no case
    assert fell > 0.4 * tried
    for i, line in enumerate(cover["lines"]):
        if line["rule"] == "some" and i % 6 == 0:
            less = {**line, "lines": line["lines"][1:]}
            assert rejected(None, [changed(cover, ("lines", i), less)])


def test_a_cover_without_a_region_is_refused(model_documents):
    """A cover with a hole: where a region is left out, nothing is covered."""
    proved = symbolic_documents(CROSSOVER)
    cover = next(d for d in proved if d["claim"] == "formula-1-cover")
    assert rejected(CROSSOVER, [d for d in proved if d["claim"] != "formula-1-1"])
    for document in (cover, *(d for d in model_documents if d["claim"].endswith("cover"))):
        full = document["shows"]
        for i in range(len(full[1])):
            hole = ["some", full[1][:i] + full[1][i + 1 :]]
            text = json.dumps(document["lines"]).replace(json.dumps(full), json.dumps(hole))
            with pytest.raises(Rejected):
                check({**document, "lines": json.loads(text), "shows": hole})


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
        covers += sum(document["shows"][0] == "some" for document in documents)
        left += len(uncovered(law, documents))
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
    assert uncovered(law, documents) == [1] and not any(d["shows"][0] == "some" for d in documents)
