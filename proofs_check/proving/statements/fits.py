"""Certificates of E_test to leading order: ridge fits, and generators by least squares before one."""

from __future__ import annotations

import sympy as sp

from ridgeproof.errors import DerivationError

from ...kernel.statements.ratio import Budget
from . import finite
from .build import Build
from .equivalents import FREE, MOST, Data, Fit, Leading, declared

DOWN = ("X", "R", "T", "lambda", "kappa", "K", "q")


def equivalent(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of a statement with =K.

    Raises
    ------
    DerivationError
        Where none is found.
    """
    try:
        return found(claim, declare, given, shows, model)
    except (KeyError, IndexError, StopIteration, ValueError, TypeError, sp.PolynomialError) as error:
        raise DerivationError(f"no search for this equivalent: {type(error).__name__}") from error


def found(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    left = shows[1]
    if left[0] != "Etest":
        return words(claim, declare, given, shows, model)
    if all(f["ridge"] != "0" and f["times"].isdecimal() for f in left[1]["fits"]):
        return errors(claim, declare, given, shows, model)
    return fake_data(claim, declare, given, shows, model)


def fake_data(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """Generators by least squares, then a ridge fit: the error exactly, then its leading part.

    One generator of noise alone is unfolded; of a symbolic number theorem 1 knows the error.
    """
    fits = shows[1][1]["fits"]
    one = "is" in dict(declare)["S"]
    several = fits[0]["times"] == "n"
    if len(fits) != 2 or fits[0]["ridge"] != "0" or (fits[0]["times"] != "1" and not several):
        raise DerivationError("no search for these fits")
    gen, down = fits
    cov = None if one else "S"
    kappa = next(name for name, what in declare if isinstance(what, dict) and "series" in what)
    f = Fit("X", "R", "T", "lambda", kappa, "K", "q")
    more: list[Data] = [
        *FREE, *f.declare(cov), ["w", {"matrix": ["d", "1"]}],
        ["E", {"matrix": ["T", "1"], "gaussian": [None, down["noise"]]}],
        ["X0", {"matrix": ["T0", "d"], "gaussian": [cov, "1"]}],
        ["E0", {"matrix": ["T0", "1"], "gaussian": [None, gen["noise"]]}], finite.wishart("W0inv", "X0"),
        *([] if one else [finite.Sinv]),
    ]  # fmt: skip
    b = Build(claim, declared(declare, more), given, shows, model)
    Budget.left = MOST
    lead = Leading(b, [f], {f.kappa: 2})
    inverse, known = finite.mean(b, "X0", "W0inv", "T0", ["A1"])
    _ = known
    seen = b.add("lemma", line=inverse, letter="A1", word=["X'", "X", "R", "S", "R", "X'", "X"])
    own = [] if one else ["Sinv"]
    passed = ["E", [[["/", "1", ["^", "T", 2]], [["X'", "X", "R", "S", "R", "X'", "X", *own]]]]]
    rho = ["E", [[["/", "1", ["^", "T", 2]], [["S", "R", "X'", "X", "W0inv", "X'", "X", "R"]]]]]
    c = ["-", "T0", "d", "1"]
    share = ["/", c, ["^", "T", 2]]
    if several:
        exact = finite.theorem_lines(b)
        clean = b.w.lines[exact].shows[2][1]
        total = ["+", ["*", c, clean], ["*", "n", gen["noise"], passed]]
        by = [[c, exact], [["*", "n", gen["noise"], share], seen]]
    else:
        blocks = [
            {"fit": gen, "design": "X0", "noise": "E0", "inverse": "W0inv"},
            {"fit": down, "design": "X", "noise": "E", "inverse": "R"},
        ]
        unfolded = b.add("etest-unfold", fits=blocks)
        q, p = ["R", "X'", "X"], ["X'", "X", "R"]
        lines = [
            b.add("inverse", letter="W0inv", side="left", after=["W0inv", *p, "S", *q], others=[]),
            b.add("stein", letter="E0", word=["X0", "W0inv", *p, "S", *q, "W0inv", "X0'", "E0"], others=[]),
            b.add("stein", letter="E0", word=["X0", "W0inv", *p, "S", "R", "X'", "E"], others=[]),
            b.add("stein", letter="E", word=["X", "R", "S", "R", "X'", "E"], others=[]),
        ]
        averaged = b.ring(["=", b.w.lines[unfolded].shows[2], rho], lines)
        total, by = passed, [[c, unfolded], [c, averaged], [share, seen]]
    error = lead.once("top", line=b.add("ring", shows=["=", ["*", c, shows[1]], total], by=by))
    lead.one_resolvent(f)
    lead.two_resolvents(f)
    lead.fit(f)
    (test,) = b.w.terms.norm(shows[1]).atoms()
    lead.solved(shows, lambda x: error if x == test else lead.word(x) or lead.spectral(x))
    return b.document()


def errors(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """E_test of ridge fits, one after the other: unfolded, and every fit replaced by its equivalent."""
    kappas = {what["series"][0]: name for name, what in declare if isinstance(what, dict) and "series" in what}
    fits: list[Fit] = []
    blocks: list[Data] = []
    noises: list[Data] = []
    for data in shows[1][1]["fits"]:
        for _ in range(int(data["times"])):
            i, kappa = str(len(fits) + 1), kappas[data["ridge"]]
            fits.append(Fit("X" + i, "R" + i, data["rows"], data["ridge"], kappa, "K" + kappa, "q" + i))
            noises.append(["E" + i, {"matrix": [data["rows"], "1"], "gaussian": [None, data["noise"]]}])
            letters = {"design": "X" + i, "noise": "E" + i, "inverse": "R" + i}
            blocks.append({"fit": {**data, "times": "1"}, **letters})
    cov = None if "is" in dict(declare)["S"] else "S"
    more = [*FREE, *(item for f in fits for item in f.declare(cov)), *noises]
    b = Build(claim, declared(declare, more), given, shows, model)
    lead = Leading(b, fits, {fits[0].kappa: 2} if len(fits) == 1 else {})  # sums within sums stay as they are written
    Budget.left = MOST
    lead.noises = tuple(name for name, _ in noises)
    for f in fits:
        lead.one_resolvent(f)
        lead.two_resolvents(f)
        lead.fit(f)
    error = lead.once("top", line=b.add("etest-unfold", fits=blocks))
    (test,) = b.w.terms.norm(shows[1]).atoms()
    lead.solved(shows, lambda x: error if x == test else lead.word(x) or lead.spectral(x))
    return b.document()


def words(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """An equivalent of words of one design: kappa-from-resolvent, two-resolvents, projection-mean, one-fit."""
    f = Fit(*DOWN)
    b = Build(claim, declared(declare, [*FREE, *f.declare()]), given, shows, model)
    Budget.left = MOST
    lead = Leading(b, [f], {f.kappa: 2})
    lead.one_resolvent(f)
    lead.two_resolvents(f)
    lead.fit(f)
    lead.solved(shows, lambda x: lead.word(x) or lead.spectral(x))
    return b.document()
