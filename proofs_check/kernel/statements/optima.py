"""Unique roots, the names of roots, derivatives, and optima with their place."""

from __future__ import annotations

from .back import term_of
from .chains import etests
from .logic import belongs, flat
from .ratio import Ratio, need
from .sequent import Line, Sequent, World
from .sigma import Data


def unique_root(w: World, line: Line) -> Sequent:
    """a(x) - b(x) = g (1 - h), g > 0, h falls strictly, h(lo) > 1 > h(hi): exactly one x > 0 with a = b."""
    x, t, a, b, g, h, lo, hi, lines, member = flat(
        line, "var", "step", "a", "b", "g", "h", "low", "high", "lines", "member"
    )
    sub = w.terms.subst
    for y in (x, t):
        w.variable(y, "real>0")
    need(
        x != t and not {x, t} & (w.terms.free(lo) | w.terms.free(hi)) and t not in w.terms.free([a, b, g, h]),
        "the points speak of x or t",
    )
    wanted = [["=", ["-", a, b], ["*", g, ["-", "1", h]]], [">", g, "0"], [">", ["-", h, sub(h, x, ["+", x, t])], "0"],
              [">", ["-", sub(h, x, lo), "1"], "0"], [">", ["-", "1", sub(h, x, hi)], "0"]]  # fmt: skip
    need(not any(x in w.terms.free(y) for y in etests([g, h])), "continuity of E_test is not known")
    need(not w.terms.endless() or falling(w, h, x), "continuity of a sum without end is not known")
    need(len(lines) == 5 and len(member) == 2, "five lines, and two for the points")
    cited = [w.says(i, f) for i, f in zip(lines, wanted, strict=True)]
    cited += [*belongs(w, lo, "real>0", member[:1]), *belongs(w, hi, "real>0", member[1:])]
    hyps = [h for s in cited for h in s.hyps]
    for y in (x, t):
        w.without(y, hyps)
    return w.conclude(["one", x, ["=", a, b]], [], cited, ["reals"], defined=False)


def falling(w: World, h: Data, x: str) -> bool:
    """Whether every sum in h is of terms >= 0 that do not rise with x: then it is continuous where it has a value,
    because its value at any smaller x dominates it."""
    found = [w.terms.opaque[y] for y in w.terms.norm(h).atoms() & set(w.terms.opaque)]
    sums = [w.terms.norm(data) for kind, data in found if kind == "spec"]
    return all(w.speaking(x, f) <= {x} - Ratio(f.num).atoms() and w.terms.nonnegative(f) for f in sums)


def choose(w: World, line: Line) -> Sequent:
    """The declared root of a line `one`: it satisfies its equation."""
    name, i = flat(line, "name", "line")
    s = w.line(i, "one")
    need(name in w.sigma.roots and w.sigma.roots[name] == s.shows, f"{name} is not declared as this root")
    x, (_, a, b) = s.shows[1], s.shows[2]
    return w.conclude(["=", w.terms.subst(a, x, name), w.terms.subst(b, x, name)], [], [s], defined=False)


def root_is(w: World, line: Line) -> Sequent:
    """c > 0 satisfies the equation of the declared root: it is the root."""
    name, i, j, c, by = flat(line, "name", "line", "equation", "term", "member")
    s, t = w.line(i, "one"), w.line(j, "=")
    need(name in w.sigma.roots and w.sigma.roots[name] == s.shows, f"{name} is not declared as this root")
    x, (_, a, b) = s.shows[1], s.shows[2]
    w.says(j, ["=", w.terms.subst(a, x, c), w.terms.subst(b, x, c)])
    return w.conclude(["=", name, c], [], [s, t, *belongs(w, c, "real>0", by)])


def optimum(w: World, line: Line) -> Sequent:
    """f(x) > f(x0) for every x != x0 of the domain, and x0 is in it: value and place."""
    x, dom, f, at, i, member = flat(line, "var", "domain", "f", "at", "worse", "member")
    w.variable(x)
    need(x not in w.terms.free(at), "the place speaks of x")
    need(
        w.sigma.sorts[x] == "real>0" and all(h[0] in (">", "!=") for h in dom),
        "a domain is given by strict signs, x > 0",  # it is open: x0 is not alone in it, so that f has a value at x0
    )
    s = w.says(i, [">", ["-", f, w.terms.subst(f, x, at)], "0"])
    rest = w.without(x, s.hyps, [*dom, ["!=", ["-", x, at], "0"]])
    need(len(member) == len(dom) + 1, "a line for the sort of the place, one for each condition")
    cited = [*belongs(w, at, "real>0", member[:1])]
    for j, h in zip(member[1:], dom, strict=True):
        cited.append(w.says(j, [h[0], *(w.terms.subst(a, x, at) for a in h[1:])]))
    shows = ["least", x, dom, f, at]
    return w.conclude(shows, rest, cited, s.axioms, defined=False)


def derivative(w: World, line: Line) -> Sequent:
    """d/dx of a term, by the quotient rule."""
    x, f = flat(line, "var", "f")
    w.variable(x)
    need(all(not set(w.free(h)) & {x} for h in w.terms.defined(f)), "f is not defined for every x")
    return w.conclude(["=", ["d", x, f], term_of(w.terms, w.terms.derivative(w.terms.norm(f), x))], [], [])


def sign_change(w: World, line: Line) -> Sequent:
    """f' = g p, g > 0 for x > 0, p > 0 beyond x0, p < 0 before: f(x) > f(x0) for every other x > 0."""
    x, f, at, g, p, lines, member = flat(line, "var", "f", "at", "g", "p", "lines", "member")
    w.variable(x, "real>0")
    need(x not in w.terms.free(at) and len(lines) == 4, "the place speaks of x, or lines are missing")
    wanted = [["=", ["d", x, f], ["*", g, p]], [">", g, "0"], [">", p, "0"], [">", ["-", "0", p], "0"]]
    cited = [w.says(i, q) for i, q in zip(lines, wanted, strict=True)]
    hyps = []
    for s, granted in zip(cited, ([], [], [[">", ["-", x, at], "0"]], [[">", ["-", at, x], "0"]]), strict=True):
        hyps += w.without(x, s.hyps, granted)
    axioms = frozenset({"reals"}).union(*(s.axioms for s in cited))
    return w.conclude(["least", x, [], f, at], hyps, belongs(w, at, "real>0", member), axioms, defined=False)


RULES = {
    "unique-root": unique_root,
    "choose": choose,
    "root-is": root_is,
    "optimum": optimum,
    "derivative": derivative,
    "sign-change": sign_change,
}
