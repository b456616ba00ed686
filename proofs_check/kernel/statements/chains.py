"""E_test of a setting: unfolded, one fit taken out of a chain, and induction over generations."""

from __future__ import annotations

from .logic import flat
from .ratio import need, number
from .sequent import Line, Sequent, World
from .sigma import Data, Word


def student(w: World, block: Data, teacher: list[tuple[Data, Word]]) -> list[tuple[Data, Word]]:
    """What a fit makes of a teacher, [(c, word), ...], from the letters that are its design, noise and inverse."""
    need(isinstance(block, dict) and set(block) == {"fit", "design", "noise", "inverse"}, "a fit with its letters")
    fit, x, e, z = (block[k] for k in ("fit", "design", "noise", "inverse"))
    sigma, terms = w.sigma, w.terms
    d, rows = sigma.letters["S"]["matrix"][0], fit["rows"]
    need(fit.get("times") == "1", "one fit at a time")
    covariance = "S" if sigma.letters["S"].get("positive") else None
    need(
        sigma.letters.get(x) == {"matrix": [rows, d], "gaussian": [covariance, "1"]},
        f"{x} is not the design of this fit",
    )
    noise = sigma.letters.get(e, {})
    need(
        noise.get("matrix") == [rows, "1"] and noise.get("gaussian", [0])[0] is None,
        f"{e} is no label noise of this fit",
    )
    need((terms.norm(noise["gaussian"][1]) - terms.norm(fit["noise"])).zero, f"{e} has another variance")
    spec, xt = sigma.letters.get(z, {}), x + "'"
    need("inverse" in spec, f"{z} is no inverse")
    poly = {tuple(v): terms.norm(c) for c, v in spec["inverse"]}
    one, ridge = number(1), terms.norm(fit["ridge"])
    c: Data
    if ridge.zero and set(poly) == {(xt, x)} and (poly[(xt, x)] - one).zero:
        c, head = "1", (z, xt)  # rows >= d, by the inverse
    elif ridge.zero and set(poly) == {(x, xt)} and (poly[(x, xt)] - one).zero:
        c, head = "1", (xt, z)  # rows <= d
    else:
        need(
            set(poly) == {(), (xt, x)} and (poly[()] - ridge).zero and (poly[(xt, x)] * terms.norm(rows) - one).zero,
            f"{z} is not the inverse of this fit",
        )
        c, head = ["/", "1", rows], (z, xt)
    return [(["*", c, k], (*head, x, *v)) for k, v in teacher] + [(c, (*head, e))]


def error(w: World, blocks: list[Data], teacher: str) -> tuple[Data, list[Data]]:
    """E tr S u u', u = what the fits make of a teacher, less w0; and formulas under which the fits exist."""
    shape = w.sigma.letters.get("S", {}).get("matrix", [None])
    laws = ({"matrix": shape, "positive": True}, {"matrix": shape, "symmetric": True, "is": [["1", []]]})
    need(w.sigma.letters.get("S") in laws, "S is the setting's covariance: any constant, or the identity")
    truth = {"matrix": [shape[0], "1"]}
    need(w.sigma.letters.get("w0") in (truth, {**truth, "is": []}), "w0 is the setting's truth, a constant, or 0")
    letters = [b[k] for b in blocks for k in ("design", "noise")]
    need(len(set(letters)) == len(letters), "two fits share data")
    u: list[tuple[Data, Word]] = [("1", (teacher,))]
    for b in blocks:
        u = student(w, b, u)
    u = [*u, ("-1", ("w0",))]
    hyps = [h for b in blocks for h in w.sigma.exists(b["inverse"])]
    return ["E", [[["*", c1, c2], [["S", *v1, *w.sigma.transpose(v2)]]] for c1, v1 in u for c2, v2 in u]], hyps


def etest(fits: list[Data]) -> Data:
    return ["Etest", {"fits": fits}]


def unfold(w: World, line: Line) -> Sequent:
    """E_test(fits) = E tr S u u' for a list of single fits, whose first teacher is the truth."""
    (blocks,) = flat(line, "fits")
    value, hyps = error(w, blocks, "w0")
    fits = [b["fit"] for b in blocks]
    hyps = [*hyps, *w.terms.defined(value), *w.terms.settled(fits)]
    return w.conclude(["=", etest(fits), value], hyps, [], defined=False)


def etest_fit(w: World, line: Line) -> Sequent:
    """From E err(D after f)(w) = a E err(D)(w) + b for every w to E_test(before, f, D) = a E_test(before, D) + b.

    Sound: w_k, what the fits before make of the truth, is independent of the data of f, D (fresh): the line holds at
    w = w_k; both sides are >= 0 up to the constant b; average (Tonelli): the right side is finite by `defined`.
    """
    i, before, blocks, teacher, a, b = flat(line, "line", "before", "fits", "teacher", "a", "b")
    s, sigma, terms = w.line(i, "="), w.sigma, w.terms
    need(isinstance(blocks, list) and blocks, "no fit")
    (first, hyps), (rest, _) = error(w, blocks, teacher), error(w, blocks[1:], teacher)
    need(
        sigma.free_constant(teacher)
        and teacher != "w0"
        and sigma.letters[teacher]["matrix"] == sigma.letters["w0"]["matrix"],
        f"{teacher} is no arbitrary teacher",
    )
    w.without(teacher, s.hyps)
    need(teacher not in terms.free(a) | terms.free(b), "a, b speak of the teacher")
    need(
        (w.difference(s.shows) - terms.norm(first) + terms.norm(a) * terms.norm(rest) + terms.norm(b)).zero,
        "the line is not the error of these fits",
    )
    later = [x["fit"] for x in blocks[1:]]
    old, new = etest([*before, *later]), etest([*before, blocks[0]["fit"], *later])
    granted = [["defined", old]] if terms.fits(old[1])[0] else []
    return w.conclude(
        ["=", new, ["+", ["*", a, old], b]],
        granted + hyps + terms.defined(a) + terms.defined(b) + terms.settled(new[1]["fits"]),
        [s],
        ["fubini"],
        defined=False,
    )


def induction(w: World, line: Line) -> Sequent:
    """phi(0); Gamma, phi(m) |- phi(m + 1): phi(m) for every natural m."""
    m, shows, i, j = flat(line, "index", "shows", "base", "step")
    w.variable(m, "nat")
    need(shows[0] in ("=", ">", ">="), "not of this kind of formula")

    def at(t: Data) -> Data:
        return [shows[0], *(w.terms.subst(a, m, t) for a in shows[1:])]

    start, step = w.says(i, at("0")), w.says(j, at(["+", m, "1"]))
    granted = [shows, *(["defined", t] for t in etests(shows))]
    w.without(m, start.hyps)
    rest = w.without(m, step.hyps, granted)
    return w.conclude(shows, rest + [h for h in w.wd(shows) if h[0] != "defined"], [start], step.axioms, defined=False)


def etests(t: Data) -> list[Data]:
    if not isinstance(t, list):
        return []
    return [t] if t and t[0] == "Etest" else [x for a in t for x in etests(a)]


RULES = {"etest-unfold": unfold, "etest-fit": etest_fit, "induction": induction}
