"""Certificates of left ~ right: a difference, its order, and that the rate tends to 0."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ridgeproof.theorems.functions import SpectralSum, open_degrees

from ...kernel.statements import ratio
from ...kernel.statements.back import term_of
from .orders import Data, Orders, single


def asymptotic(
    certificate: Data, step: Any, say: Any, claim: str, declare: Data, given: Data, shows: Data, model: Data
) -> Data:
    """A certificate of left ~ right: the difference, its order, and that the rate tends to 0.

    Parameters
    ----------
    step : the step ``Negligible`` of the derivation; ``say`` : a SymPy expression as a term.
    """
    o = Orders(certificate, claim, declare, given, shows, model)
    b, (_, left, right, x, _) = o.b, shows
    rates = [say(e) for e in sp.Add.make_args(step.rate)]
    if step.solved is not None:
        left, right = say(step.left), say(step.right)
    bounds = [["*", left, rate] for rate in rates]
    near, by, modulo = ["near", left, right, bounds], [], []
    opened = open_degrees(step.remainder)
    if step.compared is not None:
        gap = step.compared.gap
        i, factor = compared(o, say(open_degrees(step.compared.left))), opened.coeff(gap)
        opened = sp.expand(opened - factor * gap)
        below = [o.under(["*", say(factor), n], bounds) for n in b.w.lines[i].shows[3]]
        own = ["near", ["*", say(factor), b.w.lines[i].shows[1]], right, bounds]
        i = b.add("scale", shows=near if opened == 0 else own, line=i, factor=say(factor), by=below)
        by.append([1, i])
    if opened != 0:
        frozen = {f: sp.Dummy() for f in opened.atoms(SpectralSum)}
        back = {x: f for f, x in frozen.items()}
        rests = [say(e.xreplace(back)) for e in sp.Add.make_args(sp.expand(opened.xreplace(frozen)))]
        sign = -1 if step.below else 1
        by += [[sign, single(b.w, ["<~", r, bounds], o)] for r in rests]
        last = max(i for i, known in enumerate(o.lines) if known["rule"] in ("identity", "spectral"))
        equations = [o.once(("equation", last), lambda: o.equation(last))]
        equations += [o.value(e) for e in certificate["values"]]
        rest = b.w.difference(near)
        for m, j in by:
            s = b.w.lines[j].shows
            gone = b.w.difference(s) if s[0] == "near" else b.w.terms.norm(s[1])
            rest = rest - ratio.number(m) * gone
        modulo = [
            [b.term(c), j] for c, j in zip(o.cofactors(b.sympy(rest), equations), equations, strict=True) if c != 0
        ]
        i = b.add("near", shows=near, by=by, modulo=modulo)
    signs = [o.falls(bound, left, x, shows[4]) for bound in bounds]
    if step.solved is None:
        b.last("negligible", shows=shows, line=i, by=signs)
        return b.document()
    i = b.add("negligible", shows=["~", left, right, *shows[3:]], line=i, by=signs)
    b.last("solve", shows=shows, line=i, power=say(step.solved[2]))
    return b.document()


def compared(o: Orders, total: Data) -> int:
    """The line that compares a sum with its leading term, the constant as Euler's equations simplify it."""
    b, norm = o.b, o.b.w.terms.norm
    line = next(x for x in o.lines if x.get("gap") and (norm(["spec", x["sums"][x["sum"]]]) - norm(total)).zero)
    data, tail, small = o.law_sum(line), o.tail(line), o.small(line)
    if line.get("log"):
        return b.add("power-gap", of=data, tail=tail, small=small, head=None)
    beta, e = b.w.sigma.law[0], (b.w.sigma.law[1] if line["target"] else "0")
    n, m = data["powers"][2], data["powers"][1]
    top = ["+", "1", ["-", ["*", beta, str(n - m)], e]]
    p = ["/", top, beta]
    one_less = ["-", "1", p]
    head = o.quotient(b.sympy(norm(top)), line["assume"], top)
    for x in (p, ["-", str(n), p], *([one_less] if e == "0" else ())):
        o.quotient(b.sympy(norm(x)), line["assume"], x)
    i = b.add("power-gap", of=data, tail=tail, small=small, head=head)
    if e != "0":
        return i
    # gamma(n - p) = (n - 1 - p) .. (1 - p) gamma(1 - p), and gamma(p) gamma(1 - p) = pi/sin(pi p)
    _, _, lead, bounds = b.w.lines[i].shows
    lines = [b.add("gamma", kind="reflection", at=p)]
    sine = ["sinpi", p]
    both = ["*", ["gamma", p], ["gamma", one_less]]
    b.add("domain", name=["gamma", p], how=">"), b.add("domain", name=["gamma", one_less], how=">")
    known = [
        j for j, s in enumerate(b.w.lines) if s.shows in ([">", ["gamma", p], "0"], [">", ["gamma", one_less], "0"])
    ]
    pi = b.add("domain", name=["pi"], how=">")
    b.positive([">", sine, "0"], ["1", [pi, 1], *([j, -1] for j in known)], by=[[["/", "1", both], lines[0]]])
    c = norm(["/", lead, ["gamma", ["-", str(n), p]]])
    modulo = []
    shift: Data = "1"
    for j in range(n - 1, 0, -1):  # gamma(x + 1) = x gamma(x) at x = j - p
        at = ["-", str(j), p]
        k = b.add("gamma", kind="next", at=at)
        modulo.append([term_of(b.w.terms, c * norm(shift)), k])
        shift = ["*", shift, at]
    c = c * norm(shift) * norm(["/", ["gamma", one_less], both])
    modulo.append([term_of(b.w.terms, c * norm(sine).inverse()), lines[0]])
    told = term_of(b.w.terms, c * norm(["/", ["pi"], sine]))
    return b.add("near", shows=["near", total, told, bounds], by=[[1, i]], modulo=modulo)
