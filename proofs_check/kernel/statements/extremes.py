"""Least and greatest of several numbers, alternatives, and the least value of a function with its place.

``["max", a, ...]``, ``["min", a, ...]`` are terms.  ``["some", [[φ, ...], ...]]``: all formulas of one list hold.
``["lowest", [x, ...], [[[ψ, ...], f], ...], [p, ...], v]``: wherever the real numbers x satisfy a list ψ, its f is at
least v; and x = p satisfy one of the lists, and its f is v there.
"""

from __future__ import annotations

from typing import Any

from .logic import flat
from .ratio import need
from .sequent import Line, Sequent, World

RELATIONS = ("=", ">", ">=", "!=")


def extreme(w: World, line: Line) -> Sequent:
    """max(a, ...) >= a_i, and a_i >= min(a, ...): by what these words mean."""
    term, i = flat(line, "term", "which")
    up, a = parts(w, term, i)
    return w.conclude([">=", term, a] if up else [">=", a, term], [], [])


def parts(w: World, term: Any, i: Any) -> tuple[bool, Any]:
    """Whether a term is a max rather than a min, and its i-th argument."""
    need(term[0] in ("max", "min"), "neither a max nor a min")
    need(type(i) is int and 0 <= i < len(term) - 1, "no such argument")
    w.terms.norm(term)  # it is a term
    return term[0] == "max", term[1 + i]


def bound(w: World, line: Line) -> Sequent:
    """From c >= a_i for every i: c >= max(a, ...); from a_i >= c for every i: min(a, ...) >= c."""
    term, c, lines = flat(line, "term", "by", "lines")
    up, _ = parts(w, term, 0)
    need(len(lines) == len(term) - 1, "a line for every argument")
    cited = [w.says(i, [">=", c, a] if up else [">=", a, c]) for i, a in zip(lines, term[1:], strict=True)]
    return w.conclude([">=", c, term] if up else [">=", term, c], [], cited)


def some(w: World, line: Line) -> Sequent:
    """All formulas of one list hold: one of the lists holds; the others are relations between terms with values."""
    shows, which, lines = flat(line, "shows", "which", "lines")
    lists = shows[1]
    need(shows[0] == "some" and len(shows) == 2, "some concludes alternatives")
    need(type(which) is int and 0 <= which < len(lists), "no such alternative")
    for i, one in enumerate(lists):
        good = RELATIONS if i != which else (*RELATIONS, "lowest")
        need(all(f[0] in good for f in one), "an alternative that is no relation")
    need(len(lines) == len(lists[which]), "a line for every formula of the alternative")
    return w.conclude(shows, [], [w.says(i, f) for i, f in zip(lines, lists[which], strict=True)])


def absurd(w: World, line: Line) -> Sequent:
    """From 0 > 0: whatever is said in relations, as no numbers satisfy Γ."""
    i, shows = flat(line, "line", "shows")
    s = w.line(i, ">", ">=")
    need(w.key(s.shows)[1] is False, "the line is not absurd")
    flatly = [f for one in shows[1] for f in one] if shows[0] == "some" else [shows]
    need(all(f[0] in RELATIONS for f in flatly), "only relations follow from what is absurd")
    return w.conclude(shows, [], [s])


def lowest(w: World, line: Line) -> Sequent:
    """Γ, ψ |- f >= v for each list ψ and its f; for one of them Γ |- ψ and v >= f, both at p: v is the least, at p.

    Sound: the x do not stand in Γ, so that the first lines hold for all real x; at p they give f >= v.
    """
    shows, least, home, there, reached = flat(line, "shows", "least", "home", "there", "reached")
    need(shows[0] == "lowest" and len(shows) == 5, "lowest concludes a least value")
    _, names, pieces, place, v = shows
    need(len(set(names)) == len(names) == len(place), "a place for every variable, each of them once")
    bad = w.terms.free(v).union(*map(w.terms.free, place))
    for x in names:
        w.variable(x, "real")
        need(x not in bad, f"the place or the value speaks of {x}")
    need(type(home) is int and 0 <= home < len(pieces), "no such piece")
    need(len(least) == len(pieces) and len(there) == len(pieces[home][0]), "lines are missing")
    hyps: list[Any] = []
    below = []
    for i, (conditions, f) in zip(least, pieces, strict=True):
        need(all(h[0] in RELATIONS for h in conditions), "a condition is a relation")
        below.append(w.says(i, [">=", f, v]))
        keys = set(map(w.key, conditions))
        rest = [h for h in below[-1].hyps if w.key(h) not in keys]
        for x in names:
            w.without(x, rest)
        hyps += rest

    def at(t: Any) -> Any:
        for x, p in zip(names, place, strict=True):
            t = w.terms.subst(t, x, p)
        return t

    conditions, f = pieces[home]
    cited = [w.says(i, [h[0], *map(at, h[1:])]) for i, h in zip(there, conditions, strict=True)]
    cited.append(w.says(reached, [">=", v, at(f)]))
    axioms = frozenset[str]().union(*(s.axioms for s in below))
    return w.conclude(shows, hyps, cited, axioms)


RULES = {"extreme": extreme, "bound": bound, "some": some, "absurd": absurd, "lowest": lowest}
