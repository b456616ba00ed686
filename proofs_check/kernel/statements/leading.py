"""Leading order (docs/axioms.md, "leading"): a =K b says that two trace polynomials have one leading
part, at every coefficient in 1/ridge.

Letters admitted: free constants, Gaussians with constant covariance, inverses of c + words (c a ridge or a `series`
scalar) and of one positive constant.  L is linear and multiplicative over traces, so an expectation is a product of
those of single traces.
"""

from fractions import Fraction

from .logic import flat
from .ratio import Ratio, atom, need, number
from .sigma import base
from .traces import mentions, put, term_of


def unit(w, c):
    """c is a ridge or a series: a scalar of valuation -1."""
    return isinstance(c, str) and (c in w.sigma.series or any(r == c for r, _ in w.sigma.series.values()))


def admitted(w, x):
    """Letters whose traces have a leading part: variances of size 1, inverses of sums of words of size 1."""
    spec = w.sigma.letters[x]
    need("1" not in spec["matrix"], f"{x} is a vector: it does not stand in a leading line")
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


def gaussians(w, word):
    return sum("gaussian" in w.sigma.letters[base(t)] for t in word)


def plain(w, c, letters):
    """Whether a coefficient, in which no trace, ridge or series stands, and so many Gaussian letters are of size 1."""
    r = w.terms.norm(c)
    if any(x in w.terms.opaque or unit(w, x) for x in r.atoms()):
        return False
    sizes = [{grade(w, m) for m in p} for p in (r.num, *map(dict, r.den))]
    return all(len(s) == 1 for s in sizes) and grade_of(w, r) + letters == 0


def grade_of(w, r):
    """2 * the power of N of a normal form all of whose terms are of one size."""
    return grade(w, next(iter(r.num))) - sum(e * grade(w, f[0][0]) for f, e in r.den.items())


def split(w, r):
    """A normal form with every expectation a product of those of single traces; letters admitted."""

    def one(p):
        out = number(0)
        for m, c in p.items():
            term = number(c)
            for x, e in m:
                kind, data = w.terms.opaque.get(x, ("", None))
                need(kind in ("", "E", "tr"), f"{kind} has no leading part")
                for v in data or ():
                    for t in v:
                        admitted(w, base(t))
                for _ in range(e):
                    for v in data if kind == "E" else ():
                        term = term * w.terms.trace_key([(v, "")])
                    term = term if kind == "E" else term * atom(x)
            out = out + term
        return out

    out = one(r.num)
    for f, e in r.den.items():
        need(all(w.terms.opaque.get(x, ("",))[0] == "" for m, _ in f for x, _ in m), "division by a trace")
        out = out * Ratio({(): Fraction(1)}, {f: e})
    return out


def grade(w, m):
    """2 * the power of N: sides and traces count 1, Gaussian letters 1/2."""
    total = 0
    for x, e in m:
        kind, data = w.terms.opaque.get(x, ("", None))
        if kind:
            total += e * sum(2 + gaussians(w, v) for v in data)
        else:
            total += 2 * e * any(x in s["matrix"] for s in w.sigma.letters.values())
    return total


def units(w, r):
    return all(
        len(f) == 1 and all(unit(w, x) or w.sigma.sorts.get(x) == "nat+" for m, _ in f for x, _ in m) for f in r.den
    )


def homogeneous(w, r):
    need(
        len({grade(w, m) for m in r.num}) <= 1 and all(len({grade(w, m) for m, _ in f}) == 1 for f in r.den),
        "terms of different size",
    )


def clear(w, hyps):
    """Only ridge > 0 may be supposed: the identity holds at all sizes."""
    need(
        all(h[0] == ">" and unit(w, h[1]) and h[2] == "0" for h in hyps),
        "a hypothesis binds the sizes or the constants",
    )


def top(w, line):
    """The terms of largest size of an exact equation."""
    (i,) = flat(line, "line")
    s = w.line(i, "=")
    clear(w, s.hyps)
    r = split(w, w.difference(s.shows))
    homogeneous(w, Ratio({}, r.den) if not r.num else Ratio({next(iter(r.num)): Fraction(1)}, r.den))
    high = max((grade(w, m) for m in r.num), default=0)
    kept = Ratio({m: c for m, c in r.num.items() if grade(w, m) == high}, r.den)
    return w.conclude(["=K", term_of(w.terms, kept), "0"], [], [s], ["leading"], defined=False)


def series(w, line):
    """kappa := ridge/(1 - L(e)), so L(e) = 1 - ridge/kappa."""
    (name,) = flat(line, "name")
    need(name in w.sigma.series, f"{name} is no series")
    ridge, e = w.sigma.series[name]
    r = split(w, w.terms.norm(e))
    plain = {x for x in r.atoms() if w.terms.opaque.get(x, ("",))[0] == ""}
    need(not any(unit(w, x) for x in plain), f"{name}: 1 - L(e) may vanish")
    for m in r.num:
        here = [base(t) for x, _ in m for v in (w.terms.opaque.get(x, ("", None))[1] or ()) for t in v]
        need(
            any(c == ridge for z in here for c, v in w.sigma.letters[z].get("inverse", []) if not v),
            f"{name}: 1 - L(e) may vanish",
        )
        need(name not in w.terms.free(e), f"{name} is defined through itself")
    homogeneous(w, r)
    need(
        all(grade(w, m) == sum(k * grade(w, f[0][0]) for f, k in r.den.items()) for m in r.num),
        f"{name}: L(e) is no number",
    )
    return w.conclude(["=K", e, ["-", "1", ["/", ridge, name]]], [], [], ["leading"], defined=False)


def ring_k(w, line):
    shows, by = flat(line, "shows", "by")
    need(shows[0] == "=K", "ringK concludes =K")
    rest, lines = split(w, w.difference(shows)), []
    for c, i in by:
        s = w.line(i, "=K")
        lines.append(s)
        k = split(w, w.terms.norm(c))
        need(units(w, k), "a denominator that may vanish as a series")
        rest = rest - k * split(w, w.difference(s.shows))
    need(split(w, rest).zero, "the two sides differ")
    r = split(w, w.difference(shows))
    homogeneous(w, r)
    need(units(w, r), "a denominator that may vanish as a series")
    return w.conclude(shows, [], lines, ["leading"], defined=False)


def free(w, line):
    """A free constant stands for any constant matrix."""
    i, a, data = flat(line, "line", "letter", "word")
    s = w.line(i, "=K")
    need(w.sigma.free_constant(a), f"{a} is not a free constant")
    new = w.sigma.word(data, *w.sigma.letters[a]["matrix"])
    need(not w.sigma.random([new]), "a constant stands for constants")
    need(not w.sigma.symmetric(a) or new == w.sigma.transpose(new), f"{a} stands for symmetric matrices")
    r, out = split(w, w.difference(s.shows)), number(0)
    for m, c in r.num.items():
        term = number(c)
        for x, e in m:
            for _ in range(e):
                _, known = w.terms.opaque.get(x, ("", None))
                term = term * (
                    w.terms.product([put(w.sigma, v, a, new) for v in known]) if mentions(w.terms, x, a) else atom(x)
                )
        out = out + term
    split(w, out)
    return w.conclude(
        ["=K", term_of(w.terms, out * Ratio({(): Fraction(1)}, r.den)), "0"], [], [s], ["leading"], defined=False
    )


RULES = {"top": top, "series": series, "ringK": ring_k, "free": free}
