"""A certificate speaks of the model's letters, or the court is told where it does not."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from ridgeproof.proofs_check.proving import lines as K
from ridgeproof.proofs_check.proving.lines.contexts import context_problems, moment_conditions
from ridgeproof.proofs_check.proving.lines.translation import Exporter
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.vocabulary import depends, is_random


def document(*letters: sp.MatrixSymbol, lines: Any = ()) -> Any:
    """Return a document with the vocabulary's own context of these letters."""
    out = Exporter()
    for x in letters:
        out.use(x)
    return {"context": out.context(), "lines": list(lines)}


def test_the_vocabularys_own_context_has_no_problems() -> None:
    """Every letter of the vocabulary, as the exporter writes it, is what the comparison expects."""
    assert context_problems(document(*voc.MATRICES)) == []


@pytest.mark.parametrize(
    ("place", "new"),
    [
        (("letters", "X", "gaussian", "variance"), "2"),
        (("letters", "X", "gaussian", "covariance"), None),
        (("letters", "S", "symmetric"), None),
        (("letters", "Winv", "inverse_of"), [["1", ["S"]]]),
        (("letters", "w[m+1]", "equals"), [["1", ["w[m]"]]]),
        (("letters", "u[m]", "depends"), []),
        (("letters", "N", "depends"), ["X[m]"]),
        (("letters", "P"), {"rows": "d", "cols": "d", "symmetric": True}),
        (("dims", "T"), "d"),
        (("relations", 0, 1), [["2", ["P"]]]),
        (("trace_relations", 0, 1), "d"),
    ],
)
def test_another_context_is_a_problem(place: tuple[Any, ...], new: Any) -> None:
    """A law, a shape or an equation that is not the model's would make a true proof a proof of something else."""
    bad = document(*voc.MATRICES)
    inner = bad["context"]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = new
    assert context_problems(bad)


def test_names_of_the_vocabulary_keep_their_meaning() -> None:
    """T is the sample size: a line may not let it stand for a sum or an expectation."""
    good = {"rule": "spectral", "sums": {"d": "1", "norm2": "w2", "f1": "s"}, "isotropic": True}
    assert context_problems(document(lines=[good])) == []
    sums = ({"sums": {"T": "s"}}, {"sums": {"d": "s"}}, {"sums": {"T": "1"}}, {"sums": {"norm2": ["*", "s", "w2"]}})
    for bad in (*sums, {"expectations": {"T": [["A"]]}}):
        assert context_problems(document(lines=[{"rule": "spectral", **bad}]))


def test_what_is_made_of_data_is_random() -> None:
    """The student w[m+1], the accumulated noise and the error v are no constants: they depend on the data."""
    for x in (
        voc.X,
        voc.Sh,
        voc.R,
        voc.Winv,
        voc.P,
        voc.wm1,
        voc.wn,
        voc.N,
        voc.v,
        voc.Ginv,
        voc.um,
        voc.um1,
        voc.H1,
        voc.P0,
    ):
        assert is_random(x), x
    for x in (voc.um, voc.um1, voc.H1, voc.P0):  # one design for all generators
        assert is_random(x), x
    for x in (voc.S, voc.Sinv, voc.K, voc.D, voc.A, voc.w0, voc.wm):
        assert not is_random(x), x
    assert set(depends(voc.v)) == {voc.X, voc.E}


def test_letters_of_two_generations_share_what_does_not_move() -> None:
    """A chain with one design is not a chain with fresh designs: the kernel reads x[m] and x[m+1] as two letters.

    So the vocabulary has to say that u[m] is made of X0 if u[m+1] is, and that a sum over generations is made of all.
    """
    sources = K.Context(document(*voc.MATRICES)["context"], K.Budget()).sources
    pairs = [(x, x.replace("[m]", "[m+1]")) for x in sources if x.replace("[m]", "[m+1]") in sources and "[m]" in x]
    assert {x for x, _ in pairs} >= {"w[m]", "u[m]", "H[m]", "v[m]"}
    for x, later in pairs:
        assert {y for y in sources[x] if "[m" not in y} == {y for y in sources[later] if "[m" not in y}, x
    for x in sources:
        if "[m" not in x:
            assert {y.replace("[m]", "[m+1]") for y in sources[x]} & set(sources) <= sources[x], x


def test_moments_of_inverse_wishart_matrices() -> None:
    """E |W^-1|^p is finite if and only if T >= d + 2p: p = 1 is F3's T >= d + 2; p = 0 asks for T >= d."""
    found = moment_conditions({"Winv": "1", "Sinv": "0", "R": "2"})
    assert found == {"Winv": sp.Ge(voc.T, voc.d + 2), "R": sp.Gt(voc.lam, 0)}
    assert moment_conditions({"Winv": "2"}) == {"Winv": sp.Ge(voc.T, voc.d + 4)}
    assert moment_conditions({"Winv[m]": "0"}) == {"Winv[m]": sp.Ge(voc.Tm, voc.d)}
    assert moment_conditions({"Ginv": "1"}) == {"Ginv": sp.Le(voc.T0, voc.d - 2)}
    assert moment_conditions({"C0inv": "1"}) == {"C0inv": sp.Le(voc.T0, voc.d - 2)}  # X X' in place of X'X
