"""Rules of structure and algebra.  Each takes the world and a line, and returns a sequent."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .ratio import NUMBER, Ratio, divide, need, number
from .sequent import Line, Sequent, World
from .sigma import Data


def flat(line: Line, *fields: str) -> list[Any]:
    need(set(line) == {"rule", *fields}, f"fields of {line['rule']}: {', '.join(fields)}")
    return [line[f] for f in fields]


def assume(w: World, line: Line) -> Sequent:
    """phi |- phi, for a relation or a bound; it stands in Γ until a line cuts it."""
    (f,) = flat(line, "formula")
    need(f[0] in ("=", ">", ">=", "!=", "<~"), "only relations are assumed")
    return w.conclude(f, [f], [])


def domain(w: World, line: Line) -> Sequent:
    """The sign of a term by the sorts of its names; a name of sort nat+ is at least 1."""
    name, how = flat(line, "name", "how")
    if how == ">=1":
        need(w.sigma.sorts.get(str(name)) == "nat+", f"{name} is not of sort nat+")
        return w.conclude([">=", ["-", name, "1"], "0"], [], [])
    signed = how in (">", ">=") and w.terms.nonnegative(w.terms.norm(name), how == ">")
    need(signed, f"{name} is of sort {w.sigma.sorts.get(str(name))}")
    return w.conclude([how, name, "0"], [], [])


def cut(w: World, line: Line) -> Sequent:
    """Γ, psi |- phi and Δ |- psi: Γ, Δ |- phi; psi up to normal form, or what follows from it at once (`grants`)."""
    i, by = flat(line, "line", "by")
    s, lines = w.line(i), [w.line(j) for j in by]
    keys = set().union(*map(w.grants, lines))
    rest = [h for h in s.hyps if w.key(h) not in keys]
    need(len(rest) < len(s.hyps), "nothing is cut")
    return w.conclude(s.shows, rest, lines, s.axioms, defined=False)


def integer(w: World, line: Line) -> Sequent:
    """p > 0: p - 1 >= 0, for a polynomial with integer coefficients in natural numbers."""
    (i,) = flat(line, "line")
    s = w.line(i, ">")
    r = w.difference(s.shows)
    need(not r.den and all(c.denominator == 1 for c in r.num.values()), "no integer polynomial")
    need(all(w.sigma.sorts.get(x) in ("nat", "nat+") for x in r.atoms()), "not all are integers")
    return w.conclude([">=", ["-", s.shows[1], s.shows[2], "1"], "0"], [], [s])


def ring(w: World, line: Line) -> Sequent:
    """a = b, because a - b - sum c (a_i - b_i) has normal form 0.

    Sound: each a_i - b_i is 0 where Γ holds, all terms are defined there, and equal normal forms are equal numbers.
    """
    shows, by = flat(line, "shows", "by")
    need(shows[0] == "=", "ring concludes an equation")
    rest, lines, hyps = w.difference(shows), list[Sequent](), list[Data]()
    for c, i in by:
        s = w.line(i, "=")
        rest, lines = rest - w.terms.norm(c) * w.difference(s.shows), [*lines, s]
        hyps += w.terms.defined(c)
    need(rest.zero, "the two sides differ")
    known = {k for s in lines for k in w.asserted(s.shows)}
    need(w.asserted(shows, endless=False) <= known, "an E_test of which no line speaks")
    return w.conclude(shows, hyps, lines)


def split(w: World, line: Line) -> Sequent:
    """spec f = sum c_i spec f_i, because f = sum c_i f_i for every s, w2."""
    f, parts = flat(line, "summand", "parts")
    rest = w.terms.norm(f)
    for c, g in parts:
        need(not {"s", "w2"} & w.terms.free(c), "a coefficient speaks of s or w2")
        rest = rest - w.terms.norm(c) * w.terms.norm(g)
    need(rest.zero, "the summand is not the combination stated")
    left, right = ["spec", f], ["+", "0", *(["*", c, ["spec", g]] for c, g in parts)]
    hyps = [h for h in w.terms.defined(left) if h != ["defined", left]]  # it has a value where the others have
    return w.conclude(["=", left, right], hyps + w.terms.defined(right), [], defined=False)


def count(w: World, line: Line) -> Sequent:
    """spec 1 = d: the spectrum has d eigenvalues."""
    flat(line)
    need(w.sigma.spectrum is not None and not w.terms.endless(), "there is no spectrum, or it has no end")
    return w.conclude(["=", ["spec", "1"], w.sigma.spectrum[1]], [], [])


def isotropic(w: World, line: Line) -> Sequent:
    """spec f = d f(1, norm2/d) for S = I, f affine in w2; norm2 := spec w2."""
    (f,) = flat(line, "summand")
    need(w.sigma.spectrum and w.sigma.spectrum[0] == "isotropic", "the spectrum is not isotropic")
    d, r = w.sigma.spectrum[1], w.terms.norm(f)
    affine = all(dict(m).get("w2", 0) <= 1 for m in r.num) and not w.speaking("w2", Ratio({}, r.den))
    need(affine and w.speaking("w2", r) <= {"w2"}, "not affine in w2")
    at = w.terms.subst(w.terms.subst(f, "s", "1"), "w2", ["/", ["spec", "w2"], d])
    return w.conclude(["=", ["spec", f], ["*", d, at]], [], [])


def positive(w: World, line: Line) -> Sequent:
    """p > 0 or p >= 0: p = sum c prod h^e + sum c (a_i - b_i), c > 0, every h (or its even power) of known sign."""
    shows, terms, by = flat(line, "shows", "sum", "by")
    need(shows[0] in (">", ">="), "positive concludes > or >=")
    total, strict, lines, hyps = number(0), False, list[Sequent](), list[Data]()
    for c, i in by:
        lines.append(w.line(i, "="))
        total, hyps = total + w.terms.norm(c) * w.difference(lines[-1].shows), hyps + w.terms.defined(c)
    for c, factors in terms:
        need(isinstance(c, str) and NUMBER.match(c) and Fraction(c) > 0, "a coefficient is not positive")
        term, sharp = number(c), True
        for what, e in factors:
            need(type(e) is int and e != 0, "bad power")
            if isinstance(what, int):
                s = w.line(what, ">", ">=", "!=")
                lines.append(s)
                h, head = w.difference(s.shows), s.shows[0]
                need(head != "!=" or e % 2 == 0, "an odd power of what has no sign")
            else:
                h, head = w.terms.norm(what), "square"
                hyps += w.terms.defined(what)
                need(e > 0 and e % 2 == 0, "only an even power of a term has a sign")
            need(e > 0 or head in (">", "!="), "division by what may vanish")
            sharp = sharp and head in (">", "!=")
            for _ in range(abs(e)):
                term = term * (h if e > 0 else h.inverse())
        total, strict = total + term, strict or sharp
    need((w.difference(shows) - total).zero, "the sign certificate does not add up")
    need(shows[0] == ">=" or strict, "only >= 0 follows")
    return w.conclude(shows, hyps, lines)


def sum_positive(w: World, line: Line) -> Sequent:
    """spec f > 0 or >= 0, because f is for every s > 0, w2 >= 0, and the spectrum is not empty."""
    (i,) = flat(line, "line")
    s = w.line(i, ">", ">=")
    for x in ("s", "w2"):
        w.without(x, s.hyps)
    return w.conclude([s.shows[0], ["spec", ["-", s.shows[1], s.shows[2]]], "0"], [], [s])


def nonzero(w: World, line: Line) -> Sequent:
    """t != 0, because t = c prod h^e and no h vanishes."""
    t, by = flat(line, "term", "by")
    r, lines = w.terms.norm(t), []
    for i, e in by:
        s = w.line(i, ">", "!=")
        need(type(e) is int and e != 0, "bad power")
        lines.append(s)
        h = w.difference(s.shows)
        for _ in range(abs(e)):
            r = r * (h.inverse() if e > 0 else h)
    whole = not r.num or r.constant() is not None or (lambda q: q.constant() is not None)(reduced(w, r))
    need(r.num and whole, "not the product of what does not vanish")
    return w.conclude(["!=", t, "0"], [], lines)


def reduced(w: World, r: Ratio) -> Ratio:
    """r as a number, if its numerator is a multiple of its denominator."""
    den = number(1)
    for f, e in r.den.items():
        for _ in range(e):
            den = den * Ratio(dict(f))
    m = next(iter(r.num))
    c = divide(r.num[m], den.num.get(m, 1))
    return number(c) if (Ratio(r.num) - number(c) * den).zero else r


def generalise(w: World, line: Line) -> Sequent:
    """phi(x) to phi(t): x a variable, not in Gamma; t of x's sort by the cited lines."""
    i, x, t, by = flat(line, "line", "name", "term", "sort")
    s = w.line(i)
    w.variable(x)
    w.without(x, s.hyps)
    lines = belongs(w, t, w.sigma.sorts[x], by)
    need(s.shows[0] in ("=", ">", ">=", "!="), "not of this kind of formula")
    return w.conclude([s.shows[0], *(w.terms.subst(a, x, t) for a in s.shows[1:])], [], [s, *lines])


def belongs(w: World, t: Data, sort: str, by: list[int]) -> list[Sequent]:
    """The lines that show that a term is of a sort."""
    r = w.terms.norm(t)
    if sort.startswith("nat"):
        whole = (
            not r.den
            and all(c.denominator == 1 and c > 0 for c in r.num.values())
            and all(w.sigma.sorts.get(x) in ("nat", "nat+") for x in r.atoms())
        )
        need(whole and (sort == "nat" or w.terms.positive_poly(r.num)), f"not of sort {sort}")
        return []
    if sort in ("real", "fixed"):
        return []
    need(by, f"not shown to be {sort}")
    return [w.says(j, [sort.removeprefix("real").removeprefix("fixed").removesuffix("0"), t, "0"]) for j in by]


def cases(w: World, line: Line) -> Sequent:
    """phi where a >= b, and phi where b >= a (or b > a): phi, as one of them holds wherever both have values."""
    a, b, i, j = flat(line, "left", "right", "ge", "le")
    s, t = w.line(i), w.line(j)
    need(s.shows == t.shows, "the cases conclude different things")
    first, second = w.key([">=", a, b]), (w.key([">=", b, a]), w.key([">", b, a]))
    hyps = [h for h in s.hyps if w.key(h) != first] + [h for h in t.hyps if w.key(h) not in second]
    return w.conclude(s.shows, hyps + w.terms.defined(a) + w.terms.defined(b), [], s.axioms | t.axioms, defined=False)


RULES = {
    "assume": assume,
    "domain": domain,
    "cut": cut,
    "integer": integer,
    "ring": ring,
    "split": split,
    "isotropic": isotropic,
    "count": count,
    "positive": positive,
    "sum-positive": sum_positive,
    "nonzero": nonzero,
    "generalise": generalise,
    "cases": cases,
}
