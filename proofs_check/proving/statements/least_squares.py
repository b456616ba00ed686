"""Statements about test errors of chains of least-squares fits, any number of them, in one setting or several.

Every E_test in a statement is replaced by its closed form, the sum over the fits of times * noise * d/(rows - d - 1):
one fit after the other, by induction where its number of repetitions is a symbol; then the statement is an equation,
or an inequality, between rational functions.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ...kernel.statements.chains import etests
from ...kernel.statements.ratio import Rejected
from . import finite
from .build import Build
from .inequalities import Facts, by_products

Data = Any
MOST = 30  # fits that are written out one by one


def errors(claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of =, >= or > between expressions in test errors of least-squares chains.

    Raises
    ------
    DerivationError
        Where a fit is no least-squares fit, or the two sides do not compare.
    """
    settings: list[list[Data]] = []
    for error in etests(shows):
        settings += [] if error[1]["fits"] in settings else [error[1]["fits"]]
    pairs = {(f["rows"], str(f["noise"])): f for fits in settings for f in fits}
    if any(f["ridge"] != "0" for f in pairs.values()):
        raise DerivationError("not every fit is by least squares")
    positive = dict(declare)["S"].get("positive")
    covariance = "S" if positive else None
    taken = {name for name, _ in declare}
    teacher = _fresh("w", taken)
    letters: list[Data] = [[teacher, {"matrix": ["d", "1"]}]]
    names = {}
    for key, f in pairs.items():
        names[key] = x, e, z = _fresh("X", taken), _fresh("E", taken), _fresh("Z", taken)
        letters += [
            [x, {"matrix": [f["rows"], "d"], "gaussian": [covariance, "1"]}],
            finite.noise(e, f["rows"], f["noise"]),
            finite.wishart(z, x),
        ]
    b = Build(claim, [*declare, *letters], given, shows, model)
    _rows(b, given, {f["rows"] for f in pairs.values()})
    fits = {key: finite.one_least_squares_fit(b, key[0], f["noise"], *names[key], teacher) for key, f in pairs.items()}
    closed = [_closed(b, setting, fits, names, teacher) for setting in settings]
    _compared(b, shows, closed)
    return b.document()


def _fresh(name: str, taken: set[str]) -> str:
    """A name that no declaration has."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _rows(b: Build, given: Data, rows: set[str]) -> None:
    """rows >= d + 2 for every fit, from hypotheses that say so, or more."""
    facts = [b.add("assume", formula=g) for g in given if g[0] in (">", ">=")]
    for g in list(facts):
        if b.w.lines[g].shows[0] == ">":  # T > d + 1 of whole numbers
            with suppress(Rejected):
                facts.append(b.add("integer", line=g))
    for T in sorted(rows):
        shows = finite.at_least(T)
        if not any(b.w.key(b.w.lines[f].shows) == b.w.key(shows) for f in facts):
            b.positive(shows, *b.shift(shows, facts))


def _closed(b: Build, setting: list[Data], fits: Any, names: Any, teacher: str) -> tuple[int, Data]:
    """A line E_test = closed form, for a list of fits."""
    before: list[Data] = []
    total: Data = "0"
    line: int | None = None
    for f in _blocks(b, setting):
        key = f["rows"], str(f["noise"])
        x, e, z = names[key]
        whole, gain, known = fits[key]
        one = {**f, "times": "1"}
        block = [{"fit": one, "design": x, "noise": e, "inverse": z}]
        if f["times"] == "1":
            step = b.add("etest-fit", line=whole, before=before, fits=block, teacher=teacher, a="1", b=gain)
            new = ["+", total, gain]
            ended = [] if line is None else [line]
            by = [["1", step], *(["1", i] for i in ended)]
            line = b.cut(b.add("ring", shows=["=", _etest([*before, one]), new], by=by), *known, *ended)
        else:
            line, new = _repeated(b, before, f, total, line, (whole, gain, known), block, teacher)
        before, total = [*before, f], new
    if line is None:
        raise DerivationError("no fit")
    return line, total


def _blocks(b: Build, setting: list[Data]) -> list[Data]:
    """Fits, each once or a symbol times: a number of times is that many fits, n + 2 times is n times and two more."""
    out = []
    for f in setting:
        times = b.w.terms.natural(f["times"])
        for monomial, c in times.num.items():
            if len(monomial) > 1 or (monomial and (c != 1 or monomial[0][1] != 1)) or c > MOST:
                raise DerivationError("a number of generators that is no sum of a symbol and a number")
            out += [{**f, "times": monomial[0][0]}] if monomial else [{**f, "times": "1"}] * int(c)
    return out


def _repeated(
    b: Build, before: list[Data], f: Data, total: Data, line: int | None, fit: Any, block: Data, teacher: str
) -> tuple[int, Data]:
    """The same fit n times more, by induction over n."""
    (whole, gain, known), n = fit, f["times"]
    shows = ["=", _etest([*before, f]), ["+", total, ["*", n, gain]]]

    def at(t: Data) -> Data:
        return ["=", *(b.w.terms.subst(x, n, t) for x in shows[1:])]

    base = b.cut(b.add("ring", shows=at("0"), by=[["1", line]] if line is not None else []), *known)
    step = b.add("etest-fit", line=whole, before=[*before, f], fits=block, teacher=teacher, a="1", b=gain)
    supposed = b.add("assume", formula=shows)
    step = b.cut(b.add("ring", shows=at(["+", n, "1"]), by=[["1", step], ["1", supposed]]), *known)
    return b.cut(b.add("induction", index=n, shows=shows, base=base, step=step), *known), shows[2]


def _etest(fits: list[Data]) -> Data:
    return ["Etest", {"fits": fits}]


def _compared(b: Build, shows: Data, closed: list[tuple[int, Data]]) -> None:
    """The statement, from the closed forms: the errors are replaced one after the other."""
    w, facts = b.w, Facts(b)
    for line, total in closed:  # errors that stand below a fraction line are not 0
        with suppress(DerivationError, Rejected):
            b.positive(
                [">", w.lines[line].shows[1], "0"], *facts.products(b.sympy(w.terms.norm(total))), by=[["1", line]]
            )
    rest, by = b.sympy(w.difference(shows)), []
    for line, total in closed:
        (x,) = w.terms.norm(w.lines[line].shows[1]).atoms()
        value = b.sympy(w.terms.norm(total))
        after = rest.xreplace({sp.Symbol(x): value})
        factor = sp.cancel((rest - after) / (sp.Symbol(x) - value))
        if factor != 0:
            by.append([b.term(factor), line])
        rest = sp.cancel(after)
    if shows[0] == "=":
        b.last("ring", shows=shows, by=by)
    else:
        by_products(b, shows, facts.products(rest), by)
