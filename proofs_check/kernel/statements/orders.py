"""Orders of magnitude: M <~ N_1 + N_2 + ..., products of powers of positive terms.

``["<~", M, [N, ...]]`` holds if M <= C (N_1 + ...) with C a function of the *fixed* scalars alone (sorts ``fixed``),
one for all models of Σ and Γ with these; in Γ it stands for each C in turn.  Exponents are terms of fixed scalars, so
that what varies never stands in one.  ``["=<>=", M, [N, ...]]``: M <~ N_1 + ..., and N_i <~ M for each.
``["near", a, b, [N, ...]]``: |a - b| <= C (N_1 + ...).  ``["~", a, b, x, "0" or "oo"]``: a/b -> 1 as x -> 0 (oo),
uniformly in all that is not fixed.

Numbers and positive factors of fixed size are not told apart.  Every base of a power is > 0, or Γ says so.
"""

from __future__ import annotations

from math import factorial

from .back import atom_term
from .logic import flat
from .ratio import Monomial, Ratio, need, number
from .sequent import Line, Sequent, World
from .sigma import BOUND, Data

UP, DOWN = number(1), number(-1)
Power = dict[str, Ratio]  # a product of powers: atom -> exponent


def times(*powers: tuple[Power, Ratio]) -> Power:
    """Products of powers {atom: exponent} multiplied, each to a weight."""
    out: Power = {}
    for power, weight in powers:
        for x, e in power.items():
            out[x] = out[x] + e * weight if x in out else e * weight
    return out


def one_power(bound: Data) -> Data:
    """The only N of M <~ N."""
    need(len(bound[2]) == 1, "a bound by a sum is used without its cases")
    return bound[2][0]


def atoms(w: World, *powers: Power) -> list[Data]:
    """What says that the bases are positive."""
    return [[">", atom_term(w.terms, x), "0"] for p in powers for x in p]


def monomial(w: World, m: Monomial) -> Power:
    return times(*((w.terms.product_of_powers(atom_term(w.terms, x)), number(e)) for x, e in m))


def terms(w: World, line: Line) -> Sequent:
    """From p = 0 or p >= 0: where sum c M = sum c' N, c, c' > 0, each M is at most a constant times the sum of N."""
    shows, i = flat(line, "shows", "line")
    s = w.line(i, "=", ">=", ">")
    r = w.difference(s.shows)
    below = [(x, -e) for f, e in r.den.items() for m, _ in f[:1] for x, _ in m if len(f) == 1]
    powers = [(x, e) for x, e in below if w.terms.opaque.get(x, ("",))[0] == "pow"]  # these are positive: divided by
    need(shows[0] == "<~" and (s.shows[0] == "=" or len(powers) == len(r.den)),
         "terms concludes <~; from a sign without denominators")  # fmt: skip
    plus, minus = (
        [monomial(w, (*m, *powers)) for m, c in r.num.items() if (c > 0) == positive] for positive in (True, False)
    )
    low, high = w.terms.product_of_powers(shows[1]), [w.terms.product_of_powers(t) for t in shows[2]]
    sides = [(minus, plus), *([(plus, minus)] if s.shows[0] == "=" else [])]
    good = any(any(same(low, x) for x in a) and b and all(any(same(x, y) for y in high) for x in b) for a, b in sides)
    need(good, "not what the signs of the terms say")
    return w.conclude(shows, atoms(w, *plus, *minus), [s])


def same(x: Power, y: Power) -> bool:
    return all(e.zero for e in times((x, UP), (y, DOWN)).values())


def multiply(w: World, line: Line) -> Sequent:
    """M <~ N_1 + ..: prod (N'/M')^y prod_j (M/N_j)^z_j = 1 for bounds M' <~ N' and y, z >= 0, not all z = 0.

    Sound: M^(sum z) <= C prod N_j^z_j, so that M is at most a constant times the largest N_j.
    """
    shows, use, mix = flat(line, "shows", "use", "mix")
    need(shows[0] == "<~" and len(mix) == len(shows[2]), "multiply concludes <~, a weight for each term")
    lines, strict, total = list[Sequent](), False, Power()
    for i, y, sign in use:
        s = w.line(i, "<~")
        k, _ = weight(w, y, sign, lines)
        parts = [w.terms.product_of_powers(t) for t in (one_power(s.shows), s.shows[1])]
        total, lines = times((total, UP), (parts[0], k), (parts[1], -k)), [*lines, s]
    low = w.terms.product_of_powers(shows[1])
    for t, (z, sign) in zip(shows[2], mix, strict=True):
        k, positive = weight(w, z, sign, lines)
        strict, total = strict or positive, times((total, UP), (low, k), (w.terms.product_of_powers(t), -k))
    need(strict, "the weights of the mix may all vanish")
    need(same(total, {}), "the bounds do not multiply to what is stated")
    return w.conclude(shows, [], lines)


def weight(w: World, y: Data, sign: Data, lines: list[Sequent]) -> tuple[Ratio, bool]:
    """A weight >= 0 of fixed scalars, and whether it is > 0; the line that says so joins ``lines``."""
    r = w.terms.exponent(y)
    if (c := r.constant()) is not None:
        need(c >= 0, "a weight is negative")
        return r, c > 0
    s = w.line(sign, ">", ">=")
    need((w.difference(s.shows) - r).zero, f"line {sign} does not give the sign of the weight")
    lines.append(s)
    return r, s.shows[0] == ">"


def either(w: World, line: Line) -> Sequent:
    """M <~ N_1 + ... + N_k, and phi from each of M <~ N_j: phi.

    Sound: where M <= C sum N_j, one of the M <= k C N_j holds.
    """
    i, branches = flat(line, "line", "cases")
    s, lines = w.line(i, "<~"), [w.line(j) for j in branches]
    need(len(lines) == len(s.shows[2]) and all(x.shows == lines[0].shows for x in lines), "a case is missing")
    hyps, axioms = [], frozenset().union(*(x.axioms for x in lines))
    for x, n in zip(lines, s.shows[2], strict=True):
        case = w.key(["<~", s.shows[1], [n]])
        hyps += [h for h in x.hyps if w.key(h) != case]
    return w.conclude(lines[0].shows, hyps, [s], axioms, defined=False)


def both(w: World, line: Line) -> Sequent:
    """M <~ N_1 + .., and each N_i <~ M."""
    shows, lines = flat(line, "shows", "lines")
    need(
        shows[0] == "=<>=" and len(lines) == len(shows[2]) + 1, "both concludes =<>=, a line for each term and one more"
    )
    wanted = [["<~", shows[1], shows[2]], *(["<~", n, [shows[1]]] for n in shows[2])]
    return w.conclude(shows, [], [w.says(i, f) for i, f in zip(lines, wanted, strict=True)])


# --- sums over a power law --------------------------------------------------------------------------------------------


def law_sum(w: World, data: Data) -> tuple[Data, Data, int, int, int, Data]:
    """(summand, k, a, b, n, e): the summand is (s w2)^t k^a s^b (s + k)^-n over s_j = j^-beta, s_j w2_j = j^-e."""
    f, k, (a, b, n), target = data["summand"], data["at"], data["powers"], data["target"]
    need(set(data) == {"summand", "at", "powers", "target"}, "a sum over a power law: summand, at, powers, target")
    need(w.sigma.law is not None, "no power law")
    need(all(type(x) is int and abs(x) <= 8 for x in (a, b, n)) and n >= 0 and type(target) is bool, "bad powers")
    need(w.terms.nonnegative(w.terms.norm(w.sigma.law[0]), True), "beta is not seen to be > 0")
    need(not set(BOUND) & w.terms.free(k), "k speaks of s or w2")
    form = [
        "*",
        power_of(k, a),
        power_of("s", b),
        ["/", "1", ["^", ["+", "s", k], n]],
        *(["s", "w2"] if target else []),
    ]
    need((w.terms.norm(f) - w.terms.norm(form)).zero, "the summand is of another form")
    return ["spec", f], k, a, b, n, (w.sigma.law[1] if target else "0")


def converges(w: World, line: Line) -> Sequent:
    """The sum has a value: beta b + e > 1 for its tail, k^(a - n) j^-(e + beta b).  For every k > 0."""
    data, i = flat(line, "of", "tail")
    total, k, _, b, _, e = law_sum(w, data)
    s = tail(w, i, b, e)
    return w.conclude(["defined", total], [[">", k, "0"], *w.terms.defined(k)], [s])


def tail(w: World, i: Data, b: int, e: Data) -> Sequent:
    s = w.line(i, ">")
    wanted = ["-", ["+", e, ["*", w.sigma.law[0], str(b)]], "1"]
    need((w.difference(s.shows) - w.terms.norm(wanted)).zero, "that the tail converges is not shown")
    return s


def power_order(w: World, line: Line) -> Sequent:
    """The order of a sum F over a power law, for k <~ 1 [power-order; docs/axioms.md].

    With J = k^(-1/beta), theta = beta (n - b) - e: F =<>= k^a (J^(theta + 1) + 1), and k^a log(1/k) where theta = -1
    and k <= 1/2.  ``slack`` x >= 0: F <~ k^a (J^(theta + 1 + x) + 1), as sum_{j <= J} j^theta grows with theta.
    """
    shows, data, i, small, slack = flat(line, "shows", "of", "tail", "small", "slack")
    total, k, a, b, n, e = law_sum(w, data)
    lines, hyps, known = [tail(w, i, b, e)], [], [["<~", total, ["1"]], ["<~", "1", [total]]]
    top, head = theta1(w, b, n, e), power_of(k, a)
    if k != "1" and w.terms.norm(top).zero:
        lines.append(w.says(small, [">=", ["-", "1/2", k], "0"]))
        log = ["*", head, ["log", ["/", "1", k]]]
        known = [["<~", total, [log]], ["<~", log, [total]]]
    elif k != "1":
        lines.append(w.says(small, ["<~", k, ["1"]]))
        if slack is not None:
            weight(w, slack[0], slack[1], lines)
            top = ["+", top, slack[0]]
        main, hyps = ["*", head, ["pow", k, ["/", ["-", "0", top], w.sigma.law[0]]]], [["!=", top, "0"]]
        known = [["<~", total, [main, head]], *([["<~", x, [total]] for x in (main, head)] if slack is None else [])]
    need(shows in known, "the order of the sum is another")
    return w.conclude(shows, hyps, lines, ["power-order"])


def theta1(w: World, b: int, n: int, e: Data) -> Data:
    """theta + 1: the term at j <= k^(-1/beta) goes like k^a j^theta."""
    return ["+", "1", ["-", ["*", w.sigma.law[0], str(n - b)], e]]


def power_of(k: Data, a: int) -> Data:
    return "1" if a == 0 else ["^", k, a] if a > 0 else ["/", "1", ["^", k, -a]]


def power_gap(w: World, line: Line) -> Sequent:
    """|F - L| <~ k^a where theta = -1, L = k^a log(1/k)/beta, and k <= 1/2; elsewhere |F - L| <~ k^a + k^a J^theta with
    L = k^a J^(theta + 1) B(p, n - p)/beta, p = (theta + 1)/beta > 0, and k <~ 1 [power-order, euler].
    """
    data, i, small, head = flat(line, "of", "tail", "small", "head")
    total, k, a, b, n, e = law_sum(w, data)
    top, beta, front = theta1(w, b, n, e), w.sigma.law[0], power_of(k, a)
    if w.terms.norm(top).zero:
        lines = [tail(w, i, b, e), w.says(small, [">=", ["-", "1/2", k], "0"])]
        lead = ["/", ["*", front, ["log", ["/", "1", k]]], beta]
        return w.conclude(["near", total, lead, [front]], [], lines, ["power-order"])
    s, p = w.line(head, ">"), ["/", top, beta]
    need((w.difference(s.shows) - w.terms.norm(top)).zero, "that theta > -1 is not shown")
    lines = [tail(w, i, b, e), w.says(small, ["<~", k, ["1"]]), s]
    value = ["/", ["*", ["gamma", p], ["gamma", ["-", str(n), p]]], ["*", beta, str(factorial(n - 1))]]
    lead = ["*", front, ["pow", k, ["-", "0", p]], value]
    bounds = [front, ["*", front, ["pow", k, ["/", ["-", "1", top], beta]]]]
    return w.conclude(["near", total, lead, bounds], [], lines, ["power-order", "euler"])


def gamma(w: World, line: Line) -> Sequent:
    """gamma(x + 1) = x gamma(x) for x > 0; gamma(x) gamma(1 - x) sin(pi x) = pi for 0 < x < 1 [euler]."""
    kind, x = flat(line, "kind", "at")
    g, _ = ["gamma", x], w.terms.exponent(x)
    known = {
        "next": ["=", ["gamma", ["+", x, "1"]], ["*", x, g]],
        "reflection": ["=", ["*", g, ["gamma", ["-", "1", x]], ["sinpi", x]], ["pi"]],
    }
    need(kind in known, "no such equation")
    return w.conclude(known[kind], [], [], ["euler"])


def zeta(w: World, line: Line) -> Sequent:
    """sum_j j^-x = zeta(x): a sum over a power law in which no k stands."""
    data, i = flat(line, "of", "tail")
    total, k, _, b, n, e = law_sum(w, data)
    need(k == "1" and n == 0, "not a value of the zeta function")
    value = ["zeta", ["+", e, ["*", w.sigma.law[0], str(b)]]]
    return w.conclude(["=", total, value], [], [tail(w, i, b, e)], [])


# --- differences ------------------------------------------------------------------------------------------------------


def near(w: World, line: Line) -> Sequent:
    """a - b = sum m r_i + sum m (c_j - d_j), by equations, m whole numbers; r_i <~ N_1 + .., |c_j - d_j| <~ N_1 + ..:
    |a - b| <~ N_1 + ...
    """
    shows, by, modulo = flat(line, "shows", "by", "modulo")
    need(shows[0] == "near", "near concludes near")
    rest, lines, hyps = w.difference(shows), list[Sequent](), list[Data]()
    for m, i in by:
        s = w.line(i, "<~", "near")
        need(type(m) is int and s.shows[-1] == shows[3], "the bounds are by other terms")
        part = w.terms.norm(s.shows[1]) if s.shows[0] == "<~" else w.difference(s.shows)
        rest, lines = rest - number(m) * part, [*lines, s]
    for c, i in modulo:
        s = w.line(i, "=")
        rest, lines, hyps = rest - w.terms.norm(c) * w.difference(s.shows), [*lines, s], hyps + w.terms.defined(c)
    need(rest.zero, "not the difference")
    return w.conclude(shows, hyps, lines)


def scale(w: World, line: Line) -> Sequent:
    """|a - b| <~ N_1 + ..: |c a - c b| <~ M_1 + .., for a product of powers c, if each c N_i <~ M_1 + ..."""
    shows, i, c, by = flat(line, "shows", "line", "factor", "by")
    s = w.line(i, "near")
    need(shows[0] == "near" and len(by) == len(s.shows[3]), "scale concludes near, a bound for each term")
    k, power = w.terms.norm(c), w.terms.product_of_powers(c)
    need(all((w.terms.norm(x) - k * w.terms.norm(y)).zero for x, y in zip(shows[1:3], s.shows[1:3], strict=True)),
         "not a multiple of the two sides")  # fmt: skip
    lines = [s]
    for j, n in zip(by, s.shows[3], strict=True):
        t = w.line(j, "<~")
        need(same(w.terms.product_of_powers(t.shows[1]), times((power, UP), (w.terms.product_of_powers(n), UP))),
             "a bound of another term")  # fmt: skip
        need(t.shows[2] == shows[3], "a bound by other terms")
        lines.append(t)
    return w.conclude(shows, [], lines)


def solve(w: World, line: Line) -> Sequent:
    """a ~ b: c ~ e, where c/e = (a/b)^p as products of powers of what is positive, p fixed."""
    shows, i, p = flat(line, "shows", "line", "power")
    s, k = w.line(i, "~"), w.terms.exponent(p)
    need(shows[0] == "~" and shows[3:] == s.shows[3:], "solve concludes ~, as the same tends")
    a, b, c, e = powers = [w.terms.product_of_powers(t, exact=True) for t in (*s.shows[1:3], *shows[1:3])]
    need(same(times((a, k), (b, -k)), times((c, UP), (e, DOWN))), "not a power of the two sides")
    return w.conclude(shows, atoms(w, *powers) + w.terms.defined(p), [s])


def negligible(w: World, line: Line) -> Sequent:
    """|a - b| <~ sum a rho_i, every rho_i a power of x (or of log(1/x)) that tends to 0: a ~ b."""
    shows, i, by = flat(line, "shows", "line", "by")
    s = w.line(i, "near")
    need(shows[0] == "~" and shows[1:3] == s.shows[1:3] and len(by) == len(s.shows[3]), "negligible concludes ~")
    need(by, "no rate: the sides may both be 0")  # where there is one, it holds the bases of a, which are > 0
    x, lines = shows[3], [s]
    w.tends(x, shows[4])
    a = w.terms.product_of_powers(shows[1])
    logarithm = next(iter(w.terms.product_of_powers(["log", ["/", "1", x]]))) if shows[4] == "0" else None
    for n, j in zip(s.shows[3], by, strict=True):
        rate = times((w.terms.product_of_powers(n), UP), (a, DOWN))
        ((y, e),) = [(y, e) for y, e in rate.items() if not e.zero]
        need(y in (x, logarithm), "the rate is no power of what tends")
        t = w.line(j, ">") if e.constant() is None else None
        falls = e if y == x and shows[4] == "0" else -e
        need(
            (w.difference(t.shows) - falls).zero if t is not None else (falls.constant() or 0) > 0,
            "the rate does not tend to 0",
        )
        lines += [] if t is None else [t]
    return w.conclude(shows, [], lines)


def finally_true(w: World, h: Data, x: str, to: str) -> None:
    """Whether a hypothesis in which only x varies holds as x tends: by its leading (for 0 its lowest) coefficient."""
    r = w.difference(h)
    need(not r.den and r.atoms() <= {x}, f"a hypothesis binds what tends: {h}")
    powers = {sum(e for _, e in m): c for m, c in r.num.items()}
    need(h[0] in (">", ">=") and powers[max(powers) if to == "oo" else min(powers)] > 0, "not true in the limit")


def logarithm(w: World, line: Line) -> Sequent:
    """log a > 0 where a > 1."""
    (i,) = flat(line, "line")
    s = w.line(i, ">")
    return w.conclude([">", ["log", ["+", "1", ["-", *s.shows[1:]]]], "0"], [], [s])


RULES = {
    "terms": terms, "multiply": multiply, "either": either, "both": both, "converges": converges,
    "power-order": power_order, "power-gap": power_gap, "zeta": zeta, "near": near, "scale": scale,
    "negligible": negligible, "log": logarithm, "solve": solve, "gamma": gamma,
}  # fmt: skip
