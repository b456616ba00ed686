"""Refusals say what, where and what is accepted: the poor ones that were found, and others of their kind.

Poor were: "relation 'equality' is not one of equality, ..." (the value that is refused stands among those accepted),
"direct minimisation contradicts" where nothing was minimised, and "contains an element of the set of generators"
(SymPy's word for a polynomial's letters; ours for the models that write labels).
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import sympy as sp

from ridgeproof import limits
from ridgeproof.errors import ClaimError, DerivationError, InputError, RidgeproofError
from ridgeproof.numerics.problem.scenario import scenario_from_mapping
from ridgeproof.proofs_check.cli import main
from ridgeproof.proofs_check.court.admission import admit
from ridgeproof.proofs_check.proving import auto
from ridgeproof.proofs_check.witnesses.effort import effort
from ridgeproof.proofs_check.witnesses.rounds import witnesses
from ridgeproof.theorems.claim import Claim, Equation, Fit, Hypothesis, Relation, Setting
from ridgeproof.theorems.functions import E_test
from ridgeproof.theorems.quantities import Argmin
from ridgeproof.theorems.registry import all_claims
from ridgeproof.theorems.vocabulary import T, d, lam, norm2, sigma2

SETTING = Setting("isotropic", "isotropic", (), Fit(T, lam, sigma2))


def claim(**fields: object) -> Claim:
    """A claim in which one field is not as it should be."""
    right = {"title": "t", "source": "s", "relation": Relation.EQUALITY, "statement": (Equation(T, T),)}
    return Claim("mine", **{**right, **fields})  # type: ignore[arg-type]


WRONG = [  # the field, what is refused, and the words that are accepted in its place
    ({"relation": "equality"}, "'equality'", "Relation.EQUALITY"),
    ({"relation": "equalty"}, "'equalty'", "Relation.EQUALITY"),
    ({"relation": Equation}, "a type", "Relation.EQUALITY"),
    ({"derive": "automatic"}, "'automatic'", '"auto"'),
    ({"expected": "hold"}, "'hold'", "holds, refuted"),
    ({"setting": dataclasses.replace(SETTING, spectrum="powerlaw")}, "'powerlaw'", "power-law"),
    ({"setting": dataclasses.replace(SETTING, target="anything")}, "'anything'", "isotropic"),
    ({"hypotheses": (Hypothesis("T is even", sp.Contains(T, sp.FiniteSet(2, 4))),)}, "Contains(T, {2, 4})", "sympy.Ge"),
    ({"hypotheses": (Hypothesis("T is even", sp.Q.even(T)),)}, "Q.even(T)", "sympy.Ge"),
    (
        {"hypotheses": (Hypothesis("none", sp.Or(sp.Ge(T, 2), sp.Contains(T, sp.FiniteSet(2, 4)))),)},
        "Contains",
        "sympy.Ge",
    ),
]


@pytest.mark.parametrize(("fields", "what", "accepted"), WRONG, ids=lambda x: str(x)[:40])
def test_what_is_refused_does_not_stand_among_what_is_accepted(
    fields: dict[str, object], what: str, accepted: str
) -> None:
    """The message names the claim, the value as it was written, and values that are really accepted."""
    with pytest.raises((ClaimError, InputError)) as caught:
        admit(claim(**fields))
    said = str(caught.value)
    refused, _, taken = said.partition("(accepted: ")
    assert "claim mine" in refused and what in refused and accepted in taken and "\n" not in said
    assert what.strip("'") not in re.split(r"[ ,)]+", taken)


def test_relations_joined_are_conditions() -> None:
    """What is evaluated is admitted: relations, joined or denied, and no condition at all."""
    conditions = (sp.Ge(T, 2), sp.Ne(T, d), sp.And(sp.Ge(T, 2), sp.Or(sp.Lt(d, T), sp.Gt(d, 2 * T))), sp.true, None)
    admit(claim(hypotheses=tuple(Hypothesis("it", c) for c in conditions)))
    for built_in in all_claims():
        admit(built_in)


SCENARIO = {
    "spectrum": {"kind": "isotropic", "dim": 20},
    "target": {"kind": "isotropic", "norm2": 1},
    "downstream": {"samples": 80, "ridge": 0, "noise": 1},
}


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ("spectrum", "kind", "power law"),
        ("target", "kind", "Source"),
        ("downstream", "filter", "ridge-regression"),
        ("chain", "scheme", "accumulated"),
    ],
)
def test_the_same_of_scenarios(place: str, key: str, value: str) -> None:
    """A word that is refused is shown with its key, and is none of those accepted."""
    problem = {**SCENARIO, place: {**SCENARIO.get(place, {}), key: value}}
    with pytest.raises(InputError) as caught:
        scenario_from_mapping(problem)
    refused, _, taken = str(caught.value).partition("(accepted: ")
    assert value in refused and place in refused and key in refused
    assert taken and value not in re.split(r"[ ,()'\"]+", taken)


def test_a_formula_is_contradicted_by_what_was_computed() -> None:
    """Of two sides without a minimiser nothing is minimised, and that is said; with one, the errors are compared."""
    told = {}
    for name, left, right in (
        ("sides", sigma2 * T, d * norm2),
        ("optimum", Argmin(E_test, SETTING.downstream.ridge), 3 * d * sigma2 / (T * norm2)),  # E7 has 1 for the 3
    ):
        stated = claim(relation=Relation.OPTIMUM, statement=(Equation(left, right),), setting=SETTING)
        (judge,) = witnesses(stated, effort("fast", 1))
        evidence = judge(stated.equations[0])
        told[name] = str(evidence[-1].grade), evidence[-1].about
    assert told["sides"][0] == "undecided" and "what is least, and over what, is not said" in told["sides"][1]
    assert told["optimum"][0] == "refuted" and "the error is" in told["optimum"][1]


def test_generators_are_models_not_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """SymPy's words for what is no polynomial reach nobody, from whatever place they come."""
    with pytest.raises(sp.PolynomialError, match="generators") as caught:
        sp.Poly(sp.sqrt(T), T)
    assert "generator" not in limits.described(caught.value) and "rational function" in limits.described(caught.value)

    def fail(*_: object) -> None:
        sp.Poly(sp.sqrt(T), T)

    monkeypatch.setattr(auto, "TACTICS", dict.fromkeys(auto.TACTICS, fail))
    with pytest.raises(DerivationError) as left_over:
        auto.derivation(claim(statement=(Equation(T * d, d * T + 1),), derive="auto"))
    assert "set of generators" not in str(left_over.value) and "rational function" in str(left_over.value)


REFUSED = [  # words of the command, and what the one line says: what, where, accepted
    (["exponents", "--format", "xml"], "--format: 'xml' is unknown (accepted: text, csv, json, latex, markdown)"),
    (["show", "link", "--format", "pyton"], "--format: 'pyton' is unknown; did you mean python? (accepted: text,"),
    (["completion", "tcsh"], "shell: 'tcsh' is unknown (accepted: bash, zsh, fish)"),
    (["report"], "report: -o is missing (accepted: what `ridgeproof report --help` lists)"),
    (["predict", "--digits"], "--digits: expected one argument (accepted: what `ridgeproof predict --help` lists)"),
    (["exponents", "-o", "x.pdf"], "-o x.pdf: no .pdf form of this (accepted: a name that ends in .csv, .json, .md,"),
    (["list", "--json", "-o", "x.txt.parquet"], "no .parquet form of this (accepted: a name that ends in .json, .txt)"),
    (["exponents", "--format", "json", "-o", "x.csv"], "json was asked for (accepted: a name that ends in .json)"),
    (["check", "phi = "], "FORMULA: the end stands where a number or a name is missing, behind 'phi='"),
    (["check", "phi = d//T"], "FORMULA: '/' stands where a number or a name is missing, behind 'phi=d/'"),
    (["check", r"\frac{d}{T = phi"], "stands where '}' is missing, behind"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=lambda x: str(x)[:40])
def test_refusals_of_the_command(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A choice, an option without its value, an ending, a formula that breaks off: nothing is printed or written."""
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err.splitlines()[-1] and not list(tmp_path.iterdir())


def test_every_message_is_one_line() -> None:
    """Whatever stands in it."""
    said = str(RidgeproofError("a\nb\x1b[31m", where="x\ny", accepted="p\rq"))
    assert "\n" not in said and "\r" not in said and "\x1b" not in said
