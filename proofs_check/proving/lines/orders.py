"""Rules about orders of magnitude: M <= C (N_1 + ... + N_k), with C a function of the fixed scalars only."""

from __future__ import annotations

from typing import Any

from .context import Context, Line
from .rational import MINUS, ONE, UNIT, ZERO, Ratio, names_in, show_ratio, variable
from .reading import BOUND, MAX_DEPTH, earlier, listing, need, pick
from .signs import positive_sum, read_assumptions, read_sums

Power = dict[str, Ratio]  # a product of powers of positive scalars; the exponents are functions of fixed scalars
Bound = tuple[Power, list[Power]]


def read_power(ctx: Context, data: Any) -> Power:
    ctx.budget.spend(8)
    need(isinstance(data, dict) and len(data) <= 40, "not a product of powers")
    need(set(data) <= ctx.scalars.names and not set(data) & set(BOUND), "a power of an undeclared scalar")
    out = {name: ctx.scalars.read(exponent) for name, exponent in data.items()}
    ctx.quantities |= set(out)
    ctx.parameters |= names_in(*out.values())
    return {name: e for name, e in out.items() if e[0]}


def read_bound(ctx: Context, data: Any) -> Bound:
    low, high = listing([data], 2, "order")[0]
    need(isinstance(high, list) and 0 < len(high) <= 40, "bad order")
    return read_power(ctx, low), [read_power(ctx, x) for x in high]


def multiply(ctx: Context, out: Power, power: Power, weight: Ratio = UNIT) -> Power:
    """out * power^weight."""
    for name, e in power.items():
        ctx.accumulate(out, name, ctx.scalars.times(weight, e))
    return out


def names_of(power: Power) -> set[str]:
    return set(power) | names_in(*power.values())


def show_power(power: Power) -> str:
    return "*".join(n if e == UNIT else f"{n}^({show_ratio(e)})" for n, e in sorted(power.items())) or "1"


def rule_suppose(ctx: Context, line: Line, done: list[Line]) -> Line:
    bounds = [read_bound(ctx, b) for b in listing(line.get("orders"), 2, "order")]
    ctx.orders |= {f"{show_power(low)} <~ {' + '.join(map(show_power, high))}" for low, high in bounds}
    return {"orders": bounds}


def rule_least(ctx: Context, line: Line, done: list[Line]) -> Line:
    """``name`` is the lesser of two quantities; one of them is at most that name."""
    name, of = line.get("name"), [read_power(ctx, x) for x in listing([line.get("of")], 2, "least")[0]]
    ctx.define(name, "least", tuple(of), set().union(*map(names_of, of)))
    m = read_power(ctx, {name: "1"})
    return {"orders": [(m, [of[0]]), (m, [of[1]]), ({}, [multiply(ctx, dict(m), x, MINUS) for x in of])]}


def rule_terms(ctx: Context, line: Line, done: list[Line]) -> Line:
    """From an earlier line p = 0 or p >= 0 between positive quantities.

    In sum_i c_i M_i = sum_j c_j N_j each M_i is at most a constant times the sum of the N_j, and conversely.
    """
    index = line.get("line")
    sign = "sign" if "sign" in pick(done, index, "earlier line") else "zero"
    num, den = earlier(done, index, "sign")[0][0] if sign == "sign" else earlier(done, index, "zero")
    ctx.budget.spend(4 * len(den))
    need(sign == "zero" or min(den.values()) > 0, "the denominator has no sign")
    need(not names_in((num, den)) & set(BOUND), "a bound variable is loose")
    ctx.quantities |= names_in((num, den))
    parts: list[list[Power]] = [[], []]
    for m, c in num.items():
        ctx.budget.spend(8 + 4 * len(m))
        parts[c < 0].append({name: ({(): e}, ONE) for name, e in m})
    plus, minus = parts
    need(plus and (minus or sign == "sign"), "the terms have one sign")
    return {"orders": [(x, plus) for x in minus] + [(x, minus) for x in plus if sign == "zero"]}


def read_power_sum(ctx: Context, line: Line) -> tuple[str, str | None, tuple[int, int, int], Ratio]:
    """The sum F over a power law that a line is about: its name, the name of k, the powers [a, b, n], and t source."""
    name, at, law, s = line.get("sum"), line.get("at"), ctx.power_law, variable("s")
    (a, b, n), target = line.get("powers", ()), line.get("target") is True
    need(law is not None and all(type(x) is int and abs(x) <= 8 for x in (a, b, n)) and n >= 0, "bad power-order")
    before, ctx.scalars.denominators = ctx.scalars.denominators, {}
    sums = read_sums(ctx, line)
    need(name in sums and (at is None or at in ctx.scalars.names - set(BOUND)), "no such sum over a power law")
    k = UNIT if at is None else variable(at)
    above = [*[k] * a, *[s] * b, *[s, variable("w2")][: 2 * target]]
    below = [*[k] * -a, *[s] * -b, *[ctx.scalars.plus(s, k)] * n]
    form = ctx.scalars.over(ctx.scalars.times(*above), ctx.scalars.times(*below))
    need(not ctx.scalars.minus(sums[name], form)[0], "the summand is of another form")
    for key, poly in ctx.scalars.denominators.items():
        names, one_sign = names_in((poly, ONE)), min(poly.values()) > 0 or max(poly.values()) < 0
        need("s" not in names or (names <= {"s", at} and one_sign), "the summand may have a pole")
        if "s" not in names:
            before[key] = poly
    ctx.scalars.denominators = before
    return name, at, (a, b, n), ctx.source if target else ZERO


def rule_power_order(ctx: Context, line: Line, done: list[Line]) -> Line:
    """The order of F = sum_{j <= d} (s_j w2_j)^t k^a s_j^b (s_j + k)^-n, t = 0 or 1, over a power law, for bounded k.

    ``powers`` [a, b, n], n >= 0; s_j w2_j = j^-source.  Let e = t source, J = k^(-1/beta), m = min(J, d) ("count"),
    theta = beta (n - b) - e.  Because (s + k)^-n lies between constant multiples of max(s, k)^-n, a term with j <= J,
    where s >= k, is between constants times k^a j^theta, and a term with j >= J between constants times k^(a - n)
    j^-(e + beta b), whose sum must converge.  If J >= 1 the head, j <= m, is between two constants times k^a (m^(theta
    + 1) + 1), or k^a log(1 + m) where theta = -1 ("log"), and the tail, which is there only if m = J, is at most a
    constant times k^a J^(theta + 1).  If J < 1 then k, m and F are each between two positive constants ("small").

    ``slack`` x >= 0: the bound from above alone, with theta + x for theta, because sum_{j <= m} j^theta grows with it.
    ``gap`` (d infinite): a name for the distance of F from its leading term.  Where theta = -1 that is k^a log J, at
    most a constant times k^a away, as H_m - log m is bounded and 1 - (1 + k/s)^-n <= n k/s for s >= k.  Where theta >
    -1 it is the integral over x > 0 of the summand at j = x, which is ``integral`` times k^(a - (theta + 1)/beta): the
    slope of its logarithm, by log x, is (theta s - (e + beta b) k)/(s + k), so that it falls or rises to one maximum
    and falls; the two differ by at most the integral over x < 1 and twice the largest term with x >= 1.
    """
    assumed, _ = read_assumptions(ctx, line, done)
    read, plus, minus, times = ctx.scalars.read, ctx.scalars.plus, ctx.scalars.minus, ctx.scalars.times
    name, at, (a, b, n), e = read_power_sum(ctx, line)
    law, beta, over = ctx.power_law, ctx.beta, ctx.scalars.over

    def positive(x: Ratio, field: str) -> None:
        need(positive_sum(ctx, x, line.get(field), assumed), f"{field}: not shown to be positive")

    theta1 = plus(minus(times(read(str(n - b)), beta), e), UNIT)  # theta + 1
    positive(beta, "beta_positive")
    positive(minus(plus(e, times(read(str(b)), beta)), UNIT), "tail_converges")
    ctx.converging.add(name)
    k: Power = {} if at is None else read_power(ctx, {at: "1"})  # without ``at``: k = 1
    m = multiply(ctx, {}, k, over(MINUS, beta))
    need(at is None or bound_at(ctx, line.get("small"), done) == (k, [{}]), "that k is bounded is not shown")
    if law["dimension"] is not None:
        ctx.signs.add(f"{law['dimension']} - 1 >= 0")  # an empty sum has no order
        if at is not None:
            kind, of = ctx.meanings.get(line.get("count"), ("", ((), ())))
            d = read_power(ctx, {law["dimension"]: "1"})
            same = kind == "least" and not multiply(ctx, dict(of[0]), m, MINUS) and of[1] == d
            need(same, "the count is not min(k^(-1/beta), d)")
            m = read_power(ctx, {line["count"]: "1"})
    head, total = multiply(ctx, {}, k, read(str(a))), read_power(ctx, {name: "1"})
    more: list[Bound] = []
    if "gap" in line:
        need(at is not None and law["dimension"] is None, "no leading term")
        leading, power, distance = f"log(1/{at})/beta", read(str(a)), [head]
        if theta1[0]:
            positive(theta1, "head_converges")
            leading, power = line.get("integral"), minus(power, over(theta1, beta))
            ctx.define(leading, "integral", (n, theta1, beta), names_in(theta1, beta))
            ctx.parameters.add(leading)
            distance.append(multiply(ctx, dict(head), m, minus(theta1, UNIT)))
        ctx.define(line["gap"], "gap", (name, leading, at, power), {name, str(at), leading})
        more = [(read_power(ctx, {line["gap"]: "1"}), distance)]
    if line.get("log") is not None:
        need(not theta1[0], "theta is not -1")
        ctx.define(line["log"], "log", m, names_of(m))
        logarithm = read_power(ctx, {line["log"]: "1"})
        both = multiply(ctx, dict(head), logarithm)
        return {"orders": [(total, [both]), (both, [total]), ({}, [logarithm]), *more]}
    if "slack" in line:
        extra, certificate = listing([line["slack"]], 2, "slack")[0]
        positive_sum(ctx, read(extra), certificate, assumed)
        theta1 = plus(theta1, read(extra))
        ctx.parameters |= names_in(theta1)
    over(UNIT, theta1)  # theta differs from -1
    first = multiply(ctx, dict(head), m, theta1)
    terms = [head] if first == head else [first, head]
    return {"orders": [(total, terms), *((x, [total]) for x in terms if "slack" not in line), *more]}


def bound_at(ctx: Context, where: Any, done: list[Line], cases: list[Bound] | None = None) -> Bound:
    """A bound by its place: [line, number], or ["case", number]."""
    need(isinstance(where, list) and len(where) == 2, "no such order")
    bound: Bound = pick(cases or [] if where[0] == "case" else earlier(done, where[0], "orders"), where[1], "order")
    return bound


def rule_order(ctx: Context, line: Line, done: list[Line]) -> Line:
    """M <= C (N_1 + ... + N_k) from earlier bounds, by a tree of cases.

    {"split": bound, "cases": [...]}: where M' <= C sum N'_j, one of the M' <= k C N'_j holds;
    {"lesser": p, "cases": [x, y]}: p = x <= y, or p = y <= x;
    {"use": [[bound, y, sign], ...], "mix": [[z, sign], ...]}: the product of the bounds to the powers y >= 0 says that
    M^(sum z_j) <= C prod N_j^z_j with z >= 0, not all 0: M is at most a weighted geometric mean; without ``mix`` that 1
    <= C T^-e, e = ``strict`` > 0, which cannot be where T is ``large``.
    """
    goal, scalars = read_bound(ctx, line.get("order")), ctx.scalars
    Known = list[tuple[Ratio, bool]]
    Values = dict[str, Ratio]

    def put(r: Ratio, value: Values) -> Ratio:
        """With the values of lesser scalars in their place."""
        ctx.budget.spend(4 * (len(r[0]) + len(r[1])))
        here = names_in(r) & set(value)
        return scalars.over(*(scalars.evaluate(p, lambda n: value.get(n, variable(n))) for p in r)) if here else r

    def prove(node: Line, cases: list[Bound], known: Known, value: Values, depth: int) -> None:
        need(isinstance(node, dict) and depth < MAX_DEPTH, "bad tree of cases")
        ctx.budget.spend(20)

        def weight(item: Any) -> tuple[Ratio, bool]:
            """A weight >= 0, and whether it is positive."""
            w, certificate = listing([item], 2, "weight")[0]
            r = scalars.read(w)
            ctx.parameters.update(names_in(r))
            return r, positive_sum(ctx, r, certificate, known)

        if "split" in node or "lesser" in node:
            options: list[tuple[list[Bound], Known, Values]] = []
            if "split" in node:
                low, high = bound_at(ctx, node["split"], done, cases)
                options = [([*cases, (low, [x])], known, value) for x in high]
            else:
                p = node["lesser"]
                need(p in ctx.lesser, "no such lesser scalar")
                for v, other in (ctx.meanings[p][1], ctx.meanings[p][1][::-1]):
                    here = [(put(h, {p: v}), strict) for h, strict in known]
                    options.append((cases, [*here, (scalars.minus(other, v), False)], value | {p: v}))
            branches = node.get("cases")
            need(isinstance(branches, list) and len(branches) == len(options), "a case is missing")
            for branch, option in zip(branches, options, strict=True):
                prove(branch, *option, depth + 1)
            return
        total: Power = {}
        for where, *item in listing(node.get("use"), 3, "use of an order"):
            low, high = bound_at(ctx, where, done, cases)
            need(len(high) == 1, "a bound by a sum is used without its cases")
            w, _ = weight(item)
            multiply(ctx, multiply(ctx, total, high[0], w), low, scalars.times(MINUS, w))
        if "mix" in node:
            weights = [weight(item) for item in node["mix"]]
            need(len(weights) == len(goal[1]), "bad mix")
            need(any(positive for _, positive in weights), "the weights of the mix may all vanish")
            for (w, _), power in zip(weights, goal[1], strict=True):
                multiply(ctx, multiply(ctx, total, goal[0], w), power, scalars.times(MINUS, w))
        else:
            e, positive = weight(node.get("strict"))
            need(positive and ctx.large is not None, "no contradiction")
            multiply(ctx, total, read_power(ctx, {ctx.large: "1"}), e)
        need(not any(put(e, value)[0] for e in total.values()), "the bounds do not multiply to the order stated")

    prove(line.get("tree"), [], read_assumptions(ctx, line, done)[0], {}, 0)
    return {"orders": [goal]}
