"""Sequents in readable mathematics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .sequent import Sequent, World
from .sigma import Data, Sigma, strings


def term(t: Data, level: int = 0) -> str:
    if isinstance(t, str):
        return f"({t})" if level > 2 and t[0] in "-0123456789" and not t.isdigit() else t
    op, a = t[0], t[1:]
    if op in ("+", "-"):
        items = [x for x in a if x != "0"] if op == "+" else a
        if len(items) == 1:
            return term(items[0], level)
        out = (" + " if op == "+" else " - ").join(
            term(x, 1 if op == "+" or i == 0 else 2) for i, x in enumerate(items)
        ) or "0"
        return f"({out})" if level > 1 else out.replace("+ -1*", "- ").replace("+ -", "- ")
    if op == "*":
        items = [x for x in a if x != "1"]
        if len(items) == 1:
            return term(items[0], level)
        out = "*".join(term(x, 2) for x in items) or "1"
        return f"({out})" if level > 2 else out
    if op == "/":
        out = f"{term(a[0], 2)}/{term(a[1], 3)}"
        return f"({out})" if level > 2 else out
    if op == "^":
        return term(a[0], level) if a[1] == 1 else raised(a[0], str(a[1]), level)
    if op == "^^":
        return raised(a[0], term(a[1], 4), level)
    if op == "tr":
        return f"tr({' '.join(a[0])})"
    if op == "E":
        parts = []
        for c, words in a[0]:
            body = " ".join(f"tr({' '.join(v)})" for v in words)
            k = term(c, 2)
            parts.append(body if k == "1" else f"{k}*{body}" if body else k)
        return f"E[{' + '.join(parts)}]"
    if op == "spec":
        return f"sum_j[{term(a[0])}]"
    if op == "pow":
        return raised(a[0], f"({term(a[1])})", level)
    if op in ("log", "zeta", "gamma"):
        return f"{op}({term(a[0])})"
    if op in ("sinpi", "pi"):
        return f"sin(pi*{term(a[0], 2)})" if a else "pi"
    if op in ("max", "min"):
        return f"{op}({', '.join(map(term, a))})"
    if op == "d":
        return f"(d/d{a[0]}({term(a[1])}))" if level > 2 else f"d/d{a[0]}({term(a[1])})"
    return (
        "E_test("
        + "; ".join(
            f"{f['rows']} rows, ridge {term(f['ridge'])}, noise {term(f['noise'])}"
            + ("" if f["times"] == "1" else f", {term(f['times'])} times")
            for f in a[0]["fits"]
        )
        + ")"
    )


def raised(below: Data, power: str, level: int) -> str:
    """A power; in brackets where it is the base or the exponent of another."""
    out = f"{term(below, 4)}^{power}"
    return f"({out})" if level > 3 else out


def formula(f: Data) -> str:
    if f[0] == "one":
        return f"exactly one {f[1]} > 0 with {formula(f[2])}"
    if f[0] == "least":
        dom = "".join(f", {formula(h)}" for h in f[2])
        return f"among all {f[1]} > 0{dom}, the least of {term(f[3])} is at {f[1]} = {term(f[4])}, and there only"
    if f[0] == "some":
        lists = [" and ".join(map(formula, one)) or "true" for one in f[1]]
        return "one of these holds: " + "; ".join(lists) if len(lists) != 1 else lists[0]
    if f[0] == "lowest":
        pieces = [term(t) + "".join(f", {formula(h)}" for h in hs) for hs, t in f[2]]
        at = ", ".join(f"{x} = {term(p)}" for x, p in zip(f[1], f[3], strict=True))
        over = f" over {', '.join(f[1])}" if f[1] else ""
        return f"the least value{over} of [{'; '.join(pieces)}] is {term(f[4])}" + (f", at {at}" if at else "")
    if f[0] == "mat=":
        return f"{words(f[1])} = {words(f[2])}"
    if f[0] in ("<~", "=<>="):
        return f"{term(f[1])} {f[0]} {' + '.join(map(term, f[2]))}"
    if f[0] == "near":
        return f"|{term(f[1])} - {term(f[2], 2)}| <~ {' + '.join(map(term, f[3]))}"
    if f[0] == "~":
        return f"{term(f[1])} ~ {term(f[2])} as {f[3]} -> {f[4]}"
    if f[0] == "all":
        return f"{formula(f[1])} for every s > 0, w2 >= 0"
    if f[0] == "defined":
        return f"{term(f[1])} has a value"
    return f"{term(f[1])} {f[0]} {term(f[2])}" + (
        " (to leading order, every coefficient in 1/ridge)" if f[0] == "=K" else ""
    )


SORT = {"nat": "= 0, 1, 2, ...", "nat+": "= 1, 2, ...", "real": "real", "real>=0": ">= 0", "real>0": "> 0",
        "fixed": "fixed", "fixed>=0": ">= 0, fixed", "fixed>0": "> 0, fixed"}  # fmt: skip


def words(poly: Data) -> str:
    said = [(" ".join(v) or "I") if c == "1" else f"{term(c, 2)} {' '.join(v) or 'I'}" for c, v in poly]
    return " + ".join(said) or "0"


def declaration(sigma: Sigma, x: str) -> str:
    if x in sigma.defs:
        return f"{x} := {term(sigma.defs[x])}"
    if x in sigma.roots:
        return f"{x} := the root, {formula(sigma.roots[x])}"
    if x in sigma.series:
        ridge, e = sigma.series[x]
        return f"{x} {'=' if x in strings(e) else ':='} {ridge}/(1 - L({term(e)})), a series in 1/{ridge}"
    if x in sigma.sorts:
        return f"{x} {SORT[sigma.sorts[x]]}"
    s = sigma.letters[x]
    shape = " x ".join(s["matrix"])
    if "gaussian" in s:
        cov, var = s["gaussian"]
        return f"{x} {shape}, rows iid N(0, {'' if var == '1' else term(var, 2) + ' '}{cov or 'I'})"
    if "inverse" in s:
        return f"{x} := ({words(s['inverse'])})^-1"
    if "is" in s:
        return f"{x} := {words(s['is'])}"
    if "haar" in s:
        return f"{x} {shape}, uniform projection of rank {term(s['haar'])}"
    if "function" in s:
        return f"{x} {shape}, any function of {', '.join(s['function'])} all moments finite"
    return f"{x} {shape}, constant" + (
        ", positive definite" if s.get("positive") else ", symmetric" if s.get("symmetric") else ""
    )


def names_inside(sigma: Sigma, todo: Iterable[str]) -> set[str]:
    """Names, with what their declarations speak of."""
    names, todo = set(), set(todo)

    def inside(data: Data) -> set[str]:
        found = {x.rstrip("'") for x in strings(data)}
        return found | strings(sigma.law) if "spec" in found else found

    while todo:
        x = todo.pop()
        if x in names or x not in (*sigma.letters, *sigma.sorts, *sigma.defs) or x in ("s", "w2"):
            continue
        names.add(x)
        todo |= (
            inside(sigma.letters.get(x, {}))
            | inside(sigma.defs.get(x, ""))
            | inside(sigma.roots.get(x, []))
            | inside(sigma.series.get(x, []))
        )
    return names


def closure(w: World, formulas: Iterable[Data]) -> list[str]:
    """What formulas speak of, in the order of declaration."""
    names = names_inside(w.sigma, set().union(*map(w.free, formulas)))
    return [x for x in w.sigma.order if x in names]


def spectrum_of(sigma: Sigma) -> str:
    kind, d = sigma.spectrum
    if sigma.law is None:
        return f"spectrum: {kind}, {d} eigenvalues s_j > 0, w2_j >= 0"
    return f"spectrum: s_j = j^-({term(sigma.law[0])}), s_j w2_j = j^-({term(sigma.law[1])}), j = 1, 2, ... without end"


def sequent(w: World, s: Sequent) -> dict[str, Any]:
    names = closure(w, [*s.hyps, s.shows])
    declared = [declaration(w.sigma, x) for x in names]
    spectrum = (
        [spectrum_of(w.sigma)]
        if w.sigma.spectrum and "sum_j" in "".join([*map(formula, [*s.hyps, s.shows]), *declared])
        else []
    )
    return {
        "declared": declared + spectrum,
        "given": [formula(h) for h in s.hyps],
        "axioms": sorted(s.axioms),
        "conclusion": formula(s.shows),
    }
