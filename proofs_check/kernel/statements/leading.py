"""Leading order (docs/axioms.md, "leading"): a =K b says that two polynomials in traces have one leading part, at every
coefficient in 1/ridge.

Letters admitted: free constants, Gaussians with constant covariance, inverses of c + words (c a ridge or a `series`
scalar) and of one positive constant; vectors, two to a trace.  L is linear and multiplicative over traces, so an
expectation is a product of those of single traces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .back import term_of
from .logic import flat
from .ratio import NUMBER, Monomial, PolyKey, Ratio, atom, need, number
from .sequent import Line, Sequent, World
from .sigma import Data, Word, base
from .traces import hidden, mentions, put

Size = tuple[int, int]  # twice the power of N, the least valuation in 1/ridge


def unit(w: World, c: Data) -> bool:
    """c is a ridge or a series: a scalar of valuation -1."""
    return isinstance(c, str) and (c in w.sigma.series or any(r == c for r, _ in w.sigma.series.values()))


def side(w: World, x: str) -> bool:
    """Whether a scalar counts rows or columns, so that it grows."""
    return any(x in s["matrix"] for s in w.sigma.letters.values())


def admitted(w: World, x: str) -> None:
    """Letters whose traces have a leading part: variances of size 1, inverses of sums of words of size 1."""
    spec = w.sigma.letters[x]
    need(spec["matrix"] != ["1", "1"], f"{x} is a number in the guise of a matrix")
    need("haar" not in spec and "function" not in spec, f"the law of {x} has no expansion")
    if "gaussian" in spec:
        need(plain(w, spec["gaussian"][1], 0), f"the variance of {x} is no number of size 1")
    if "inverse" in spec:
        alone = [w.sigma.letters[base(t)] for _, v in spec["inverse"] for t in v]
        constant = len(spec["inverse"]) == 1 == len(alone) and "positive" in alone[0]
        scalar = [c for c, v in spec["inverse"] if not v]
        need(constant or (len(scalar) == 1 and unit(w, scalar[0])), f"the inverse {x} has no series")
        for c, v in spec["inverse"]:
            for t in v:
                admitted(w, base(t))
            need(not v or plain(w, c, gaussians(w, v)), f"the inverse {x} holds a word that is not of size 1")


def gaussians(w: World, word: Sequence[str]) -> int:
    return sum("gaussian" in w.sigma.letters[base(t)] for t in word)


def plain(w: World, c: Data, letters: int) -> bool:
    """Whether a coefficient, in which no trace, ridge or series stands, and so many Gaussian letters are of size 1."""
    r = w.terms.norm(c)
    if any(x in w.terms.opaque or unit(w, x) for x in r.atoms()):
        return False
    return {total(w, m)[0] + letters - low(w, r.den)[0] for m in r.num} == {0}


def size(w: World, x: str) -> Size:
    """The size of an atom, computed once: declarations do not change."""
    if x not in w.sizes:
        w.sizes[x] = measure(w, x)
    return w.sizes[x]


def measure(w: World, x: str) -> Size:
    """(twice the power of N, the least valuation in 1/ridge) of an atom.

    Sides and traces count 1, traces with vectors 0, Gaussian letters 1/2; an inverse at a ridge has valuation 1.
    """
    kind, data = w.terms.opaque.get(x, ("", None))
    if kind in ("E", "tr"):
        grades, orders = zip(*(_word(w, v) for v in data), strict=True)
        return sum(grades), sum(orders)
    if kind == "spec":
        return _summed(w, data)
    if kind == "Etest":
        return 0, -(10**6)  # of an error only the size is known
    need(kind == "" and x not in w.sigma.roots, f"{kind or x} has no leading part")
    return 2 * side(w, x), -unit(w, x)


def _word(w: World, v: Word) -> Size:
    letters = [w.sigma.letters[base(t)] for t in v]
    for t in v:
        admitted(w, base(t))
    vectors = sum("1" in spec["matrix"] for spec in letters)
    need(vectors in (0, 2), "two products of vectors in one trace")
    inverses = sum(any(not u and unit(w, c) for c, u in spec.get("inverse", ())) for spec in letters)
    return (0 if vectors else 2) + gaussians(w, v), inverses


def _summed(w: World, f: Data) -> Size:
    """A sum over the spectrum is one of traces of powers of S, or of w0' S^i w0."""
    need(not w.terms.endless(), "a sum without end has no leading part")
    r = w.terms.norm(f)
    need(not any("w2" in dict(m) for g in r.den for m, _ in g), "division by w2")
    need(all(dict(m).get("w2", 0) <= 1 for m in r.num), "not affine in w2")
    (g0, v0), parts = low(w, r.den), [(total(w, m), "w2" in dict(m)) for m in r.num]
    sizes = {g + (0 if target else 2) - g0 for (g, _), target in parts}
    need(len(sizes) == 1, "terms of different size")
    return sizes.pop(), min(v for (_, v), _ in parts) - v0


def total(w: World, m: Monomial) -> Size:
    """The size of a monomial."""
    sizes = [(size(w, x), e) for x, e in m]
    return sum(g * e for (g, _), e in sizes), sum(v * e for (_, v), e in sizes)


def low(w: World, den: dict[PolyKey, int]) -> Size:
    """The size of a denominator: it does not vanish, as its part of least valuation holds no trace and one unit."""
    grade = valuation = 0
    for f, e in den.items():
        sizes = {m: total(w, m) for m, _ in f}
        need(len({g for g, _ in sizes.values()}) == 1, "a denominator with terms of different size")
        least = min(v for _, v in sizes.values())
        lowest = [m for m, (_, v) in sizes.items() if v == least]
        plain = all(w.terms.opaque.get(x, ("",))[0] == "" for m in lowest for x, _ in m)
        one = len({tuple((x, k) for x, k in m if x == "s" or unit(w, x)) for m in lowest}) == 1
        need(plain and one, "a denominator that may vanish as a series")
        grade, valuation = grade + e * next(iter(sizes.values()))[0], valuation + e * least
    return grade, valuation


def split(w: World, r: Ratio) -> Ratio:
    """A normal form with every expectation a product of those of single traces; all that stands in it is admitted."""
    out = number(0)
    for m, c in r.num.items():
        term = number(c)
        total(w, m)
        for x, e in m:
            kind, data = w.terms.opaque.get(x, ("", None))
            for v in data * e if kind == "E" else ():
                term = term * w.terms.trace_key([(v, "")])
            term = term if kind == "E" else term * atom(x).power(e)
        out = out + term
    low(w, r.den)
    return out * over(r.den)


def over(den: dict[PolyKey, int]) -> Ratio:
    return Ratio(number(1).num, den)


def homogeneous(w: World, r: Ratio) -> None:
    need(len({total(w, m)[0] for m in r.num}) <= 1, "terms of different size")


def clear(w: World, hyps: Iterable[Data]) -> None:
    """Only ridge > 0 and rows - d >= c may be supposed (one d): the sizes left are dense, the constants free."""
    bound = set()
    for h in hyps:
        if h[0] == ">" and unit(w, h[1]) and h[2] == "0":
            continue
        t: Data = h[1] if h[0] == ">=" and h[2] == "0" else None
        rows = isinstance(t, list) and t[0] == "-" and len(t) == 4 and NUMBER.match(str(t[3])) is not None
        need(rows and all(isinstance(x, str) and side(w, x) for x in t[1:3]), "a hypothesis binds sizes or constants")
        bound.add((t[2], t[1] == t[2]))
    need(len({d for d, _ in bound}) <= 1 and not any(same for _, same in bound), "hypotheses bind the sizes both ways")


def top(w: World, line: Line) -> Sequent:
    """The terms of largest size of an exact equation; an E_test in it is bounded, and is what the equation says."""
    (i,) = flat(line, "line")
    s = w.line(i, "=")
    clear(w, s.hyps)
    r = split(w, w.difference(s.shows))
    sizes = {m: total(w, m)[0] for m in r.num}
    high = max(sizes.values(), default=0)
    kept = {m: c for m, c in r.num.items() if sizes[m] == high}
    tests = {x for m in r.num for x, _ in m if w.terms.opaque.get(x, ("",))[0] == "Etest"}
    need(len(tests) <= 1, "two errors in one equation")
    for x in tests:
        beside = [[(y, e) for y, e in m if y != x or e != 1] for m in r.num if x in dict(m)]
        plain = all(w.terms.opaque.get(y, ("",))[0] == "" for rest in beside for y, _ in rest)
        need(plain and any(x in dict(m) for m in kept), "the equation does not say how large the error is")
    return w.conclude(["=K", term_of(w.terms, Ratio(kept, r.den)), "0"], [], [s], ["leading"], defined=False)


def founded(w: World, name: str) -> None:
    """e of kappa := ridge/(1 - L(e)): of positive valuation, a number; it may speak of kappa itself.

    Then kappa -> ridge/(1 - L(e)) contracts the series ridge (1 + O(1/ridge)): there is exactly one.
    """
    _, e = w.sigma.series[name]
    r = split(w, w.terms.norm(e))
    g0, v0 = low(w, r.den)
    need(all(total(w, m)[0] == g0 for m in r.num), f"{name}: L(e) is no number")
    need(all(total(w, m)[1] > v0 for m in r.num), f"{name}: 1 - L(e) may vanish")


def series(w: World, line: Line) -> Sequent:
    """kappa = ridge/(1 - L(e)), so L(e) = 1 - ridge/kappa."""
    (name,) = flat(line, "name")
    need(name in w.sigma.series, f"{name} is no series")
    founded(w, name)
    ridge, e = w.sigma.series[name]
    return w.conclude(["=K", e, ["-", "1", ["/", ridge, name]]], [], [], ["leading"], defined=False)


def ring_k(w: World, line: Line) -> Sequent:
    """a =K b, because L(a) - L(b) - sum c (L(a_i) - L(b_i)) is 0 in a domain; no denominator is."""
    shows, by = flat(line, "shows", "by")
    need(shows[0] == "=K" and len(shows) == 3, "ringK concludes =K")
    sides, lines = [split(w, w.terms.norm(t)) for t in shows[1:]], []
    rest = sides[0] - sides[1]
    for r in (*sides, rest):
        homogeneous(w, r)
    for c, i in by:
        s = w.line(i, "=K")
        lines.append(s)
        rest = rest - split(w, w.terms.norm(c)) * split(w, w.difference(s.shows))
    need(rest.zero, "the two sides differ")
    return w.conclude(shows, [], lines, ["leading"], defined=False)


def spread(w: World, line: Line) -> Sequent:
    """spec f =K sum c spec f_i, because f = sum c f_i as rational functions; no denominator vanishes as a series."""
    f, parts = flat(line, "summand", "parts")
    shows = ["=K", ["spec", f], ["+", "0", *(["*", c, ["spec", g]] for c, g in parts)]]
    rest = w.terms.norm(f)
    for c, g in parts:
        need(not {"s", "w2"} & w.terms.free(c), "a coefficient speaks of s or w2")
        rest = rest - w.terms.norm(c) * w.terms.norm(g)
    need(rest.zero, "the summand is not the combination stated")
    for t in shows[1:]:
        homogeneous(w, split(w, w.terms.norm(t)))
    return w.conclude(shows, [], [], ["leading"], defined=False)


def free(w: World, line: Line) -> Sequent:
    """A free constant stands for any matrix: a constant, or one that is independent of what is averaged with it."""
    i, a, data = flat(line, "line", "letter", "word")
    s = w.line(i, "=K")
    need(w.sigma.free_constant(a), f"{a} is not a free constant")
    new = w.sigma.word(data, *w.sigma.letters[a]["matrix"])
    need(not w.sigma.symmetric(a) or new == w.sigma.transpose(new), f"{a} stands for symmetric matrices")
    r, out = split(w, w.difference(s.shows)), number(0)
    need(not any(hidden(w.terms, x, a) for x in r.atoms()), f"{a} stands in what is no trace")
    need(not any(mentions(w.terms, x, a) for f in r.den for m, _ in f for x, _ in m), f"{a} stands in a denominator")
    for m, c in r.num.items():
        term = number(c)
        for x, e in m:
            _, known = w.terms.opaque.get(x, ("", None))
            if not mentions(w.terms, x, a):
                term = term * atom(x).power(e)
                continue
            need(not w.sigma.random([new]) & w.sigma.random(known), "the replacement is not independent")
            term = term * w.terms.product([put(w.sigma, v, a, new) for v in known]).power(e)
        out = out + term
    out = split(w, out * over(r.den))
    homogeneous(w, out)
    return w.conclude(["=K", term_of(w.terms, out), "0"], [], [s], ["leading"], defined=False)


RULES = {"top": top, "series": series, "ringK": ring_k, "spread": spread, "free": free}
