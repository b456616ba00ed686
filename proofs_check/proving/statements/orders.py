"""Lines about orders of magnitude as certificates of statements: every bound and every case a rule of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError

from ...kernel.statements.orders import power_of
from .. import lines as L
from .spectral import start

Data = Any


class Orders:
    """One line certificate, and the statement that its last lines are to show."""

    def __init__(self, certificate: Data, claim: str, declare: Data, given: Data, shows: Data, model: Data) -> None:
        self.b, self.roots = start(claim, declare, given, shows, model, below=False)
        self.lines, self.shows = certificate["lines"], shows
        self.facts = [i for i, s in enumerate(self.b.w.lines) if s.shows[0] in (">", ">=")]
        self.names: dict[str, Data] = {}
        for line in self.lines:
            self.names |= {n: ["spec", f] for n, f in line.get("sums", {}).items()}
        for line in self.lines:
            if line.get("log"):
                self.names[line["log"]] = ["log", ["/", "1", line["at"]]]
        self.bounds: dict[tuple[int, int], int] = {}
        ctx, self.done = L.Context(certificate["context"], L.Budget()), []  # type: ignore[var-annotated]
        for line in self.lines:
            self.done.append(L.RULES[line["rule"]](ctx, line, self.done))
        for line in self.lines:
            if line.get("log"):  # log(1/k) > 0, as 1/k - 1 = 2 (1/2 - k)/k + 1
                k = line["at"]
                small = self.small(line)
                above = [["2", [small, 1], [self.b.add("domain", name=k, how=">"), -1]], ["1"]]
                self.b.add("log", line=self.b.positive([">", ["/", "1", k], "1"], *above))
        for name in self.names:  # every sum has a value
            line = next((x for x in self.lines if x["rule"] == "power-order" and x["sum"] == name), None)
            if line is not None:
                self.b.add("converges", of=self.law_sum(line), tail=self.tail(line))

    # terms

    def term(self, data: Data) -> Data:
        if isinstance(data, list):
            return [self.term(x) for x in data]
        return self.names.get(data, data) if isinstance(data, str) else data

    def exponent(self, r: Any) -> Data:
        return self.b.term(self.b.spoly(r[0]) / self.b.spoly(r[1]))

    def product(self, power: dict[str, Data]) -> Data:
        """A product of powers as a term, exponents as terms."""
        parts = []
        for name, e in power.items():
            base = self.names.get(name, name)
            n = self.b.w.terms.norm(e).constant()
            if n == 1:
                parts.append(base)
            elif n is not None and n.denominator == 1:
                parts.append(["^", base, int(n)] if n > 0 else ["/", "1", ["^", base, int(-n)]])
            else:
                parts.append(["pow", base, e])
        return parts[0] if len(parts) == 1 else ["*", "1", *parts] if parts else "1"

    def of(self, place: tuple[int, int]) -> Data:
        """The bound at a place of the line certificate, as a formula."""
        low, high = self.done[place[0]]["orders"][place[1]]
        data = [{n: self.exponent(e) for n, e in p.items()} for p in (low, *high)]
        return ["<~", self.product(data[0]), [self.product(p) for p in data[1:]]]

    # signs

    def sign(self, term: Data, certificate: Data, assume: list[Data], strict: bool | None = None) -> tuple[Data, int]:
        """A line that says that a term is >= 0 (or > 0), by a sum of products of what is assumed."""
        b = self.b
        known = [self.assumed(a) for a in assume]
        strictly = any(all(b.w.lines[known[i]].shows[0] == ">" for i, _ in fs) for _, fs in certificate)
        head = ">" if (strictly if strict is None else strict) else ">="
        return term, b.positive([head, term, "0"], *([c, *([known[i], e] for i, e in fs)] for c, fs in certificate))

    def assumed(self, a: Data) -> int:
        if a[0] == "line":
            line = self.lines[a[1]]
            return self.sign(line["expression"], line["sum"], line.get("assume", []), line["relation"] == ">")[1]
        shows = [a[1], a[0], "0"]
        for i, s in enumerate(self.b.w.lines):
            if s.shows == shows:
                return i
        return self.b.positive(shows, *self.b.shift(shows, self.facts))

    def weight(self, item: Data, assume: list[Data]) -> list[Data]:
        term, certificate = item
        if self.b.w.terms.norm(term).constant() is not None:
            return [term, None]
        return list(self.sign(term, certificate, assume))

    def falls(self, bound: Data, left: Data, x: str, to: str) -> int | None:
        """That a rate tends to 0: a line that its exponent has the right sign."""
        power = self.b.w.terms.product_of_powers
        rest = dict(power(bound))
        for y, e in power(left).items():
            rest[y] = rest[y] - e if y in rest else -e
        ((y, e),) = ((y, e) for y, e in rest.items() if not e.zero)
        if e.constant() is not None:
            return None
        e = self.b.sympy(e)
        falls = sp.factor(e if y == x and to == "0" else -e)
        return self.quotient(falls, self.lines[-1]["assume"])

    def under(self, low: Data, high: list[Data]) -> int:
        """A line low <~ high, by one of the bounds of the old certificate, or by none, and one term of high."""
        orders = [(i, j) for i, known in enumerate(self.done) for j in range(len(known.get("orders", ())))]
        for place in (None, *orders):
            for which in range(len(high)):
                mix = [["1" if i == which else "0", None] for i in range(len(high))]
                with suppress(Exception):
                    use = [] if place is None else [[self.bound(place), "1", None]]
                    return self.b.add("multiply", shows=["<~", low, high], use=use, mix=mix)
        raise DerivationError(f"no bound of {low}")

    def quotient(self, e: sp.Expr, assume: Data, term: Data = None) -> int:
        """A line that says that a quotient is > 0, by the signs of its factors."""
        top, bottom = sp.fraction(e)
        parts = [(p, k) for q, s in ((top, 1), (bottom, -1)) for p, k in ((f, n * s) for f, n in sp.factor_list(q)[1])]
        number, powers = sp.factor_list(top)[0] / sp.factor_list(bottom)[0], []
        for p, k in parts:
            for sign in (1, -1):
                with suppress(DerivationError):
                    powers.append([self._positive(self.b.term(sp.expand(sign * p)), assume), k])
                    number *= sign**k
                    break
        shows = [">", self.b.term(e) if term is None else term, "0"]
        return self.b.positive(shows, [str(sp.Rational(number)), *powers])

    def value(self, total: Data) -> int:
        """A value of the zeta function."""
        norm = self.b.w.terms.norm
        sums = [x for x in self.lines if x["rule"] == "power-order"]
        line = next(x for x in sums if (norm(["spec", x["sums"][x["sum"]]]) - norm(total)).zero)
        tail = self.tail(line)
        return self.b.add("zeta", of=self.law_sum(line), tail=tail)

    def cofactors(self, rest: sp.Expr, by: list[int]) -> list[sp.Expr]:
        """What multiples of equations add up to a difference: the last ones take sums out for their values."""
        b, gap = self.b, self.b.sympy(self.b.w.difference(self.b.w.lines[by[0]].shows))
        shared = sorted(gap.free_symbols & rest.free_symbols, key=str)
        slopes = {sp.cancel(sp.diff(rest, y) / sp.diff(gap, y)) for y in shared}
        for slope in sorted(slopes, key=lambda c: (not c.is_number, sp.count_ops(c), str(c))):
            out = [slope]
            left = sp.cancel(rest - out[0] * gap)
            for j in by[1:]:
                x = sp.Symbol(next(iter(b.w.terms.norm(b.w.lines[j].shows[1]).atoms())))
                out.append(sp.cancel(sp.diff(left, x)))
                left = sp.cancel(left - out[-1] * b.sympy(b.w.difference(b.w.lines[j].shows)))
            if left == 0:
                return out
        raise DerivationError("the equations do not give the difference")

    # the lines

    def bound(self, place: tuple[int, int]) -> int:
        """The line of the new certificate that concludes a bound of the old one."""
        if place not in self.bounds:
            write = {"suppose": self.size, "terms": self.terms, "power-order": self.power, "order": self.order}
            self.bounds[place] = write[self.lines[place[0]]["rule"]](place[0], place)
        return self.bounds[place]

    def size(self, i: int, place: tuple[int, int]) -> int:
        """x <~ 1 from a hypothesis x <= c, 1 <~ x for a natural number, or a name written out."""
        b, shows = self.b, self.of(place)
        gaps = [j for j in self.facts if b.w.lines[j].shows[0] == ">="]
        for x in b.w.terms.product_of_powers(shows[2][0]):
            if b.w.sigma.sorts.get(x) == "nat+":
                gaps = [*gaps, b.add("domain", name=x, how=">=1")]
        for j in gaps:
            try:
                return b.add("terms", shows=shows, line=j)
            except Exception:
                continue
        return b.add("multiply", shows=shows, use=[], mix=[["1", None]])

    def equation(self, i: int) -> int:
        """An equation by the roots' own and one sum that is a combination of others."""
        b, line, by = self.b, self.lines[i], []
        shows = ["=", self.term(line["left"]), self.term(line["right"])]
        rest = b.sympy(b.w.difference(shows))
        for (c, _), j in zip(line.get("modulo", []), self.roots, strict=False):
            factor = b.sympy(b.w.terms.norm(self.term(c)))
            rest -= factor * b.sympy(b.w.difference(b.w.lines[j].shows))
            by.append([b.term(factor), j])
        for name, parts in line.get("linear", {}).items():
            j = b.add("split", summand=line["sums"][name], parts=[[self.term(c), line["sums"][f]] for c, f in parts])
            x = sp.Symbol(next(iter(b.w.terms.norm(self.names[name]).atoms())))
            by.append([b.term(sp.cancel(sp.diff(rest, x))), j])
        return b.add("ring", shows=shows, by=by)

    def terms(self, i: int, place: tuple[int, int]) -> int:
        return self.b.add(
            "terms", shows=self.of(place), line=self.once(("equation", i), lambda: self.equation(self.lines[i]["line"]))
        )

    def once(self, key: Any, write: Any) -> int:
        if key not in self.bounds:
            self.bounds[key] = write()
        return self.bounds[key]

    def law_sum(self, line: Data) -> Data:
        k, (a, n, m) = line.get("at", "1"), line["powers"]
        return {"summand": line["sums"][line["sum"]], "at": k, "powers": [a, n, m], "target": line["target"]}

    def tail(self, line: Data) -> int:
        beta, e = self.b.w.sigma.law
        e = e if line["target"] else "0"
        wanted = ["-", ["+", e, ["*", beta, str(line["powers"][1])]], "1"]
        return self.sign(wanted, line["tail_converges"], line["assume"], True)[1]

    def small(self, line: Data) -> int:
        if line.get("log"):
            return next(i for i, s in enumerate(self.b.w.lines) if s.shows == [">=", ["-", "1/2", line["at"]], "0"])
        return self.bound(tuple(line["small"]))

    def power(self, i: int, place: tuple[int, int]) -> int:
        b, line = self.b, self.lines[i]
        data, tail, k = self.law_sum(line), self.tail(line), line.get("at", "1")
        small = None if k == "1" else self.small(line)
        slack = None
        _, (a, m, n), total = k, data["powers"], ["spec", data["summand"]]
        beta, e = b.w.sigma.law[0], (b.w.sigma.law[1] if line["target"] else "0")
        top = ["+", "1", ["-", ["*", beta, str(n - m)], e]]
        if "slack" in line:
            x, certificate = line["slack"]
            slack, top = [*self.sign(x, certificate, line["assume"])], ["+", top, x]
        head = power_of(k, a)
        main = ["*", head, ["pow", k, ["/", ["-", "0", top], beta]]]
        log = ["*", head, ["log", ["/", "1", k]]]
        known = (
            [["<~", total, ["1"]], ["<~", "1", [total]]]
            if k == "1"
            else (
                [["<~", total, [log]], ["<~", log, [total]]]
                if line.get("log")
                else [["<~", total, [main, head]], ["<~", main, [total]], ["<~", head, [total]]]
            )
        )
        wanted = self.b.w.key(self.of(place))
        shows = next(f for f in known if b.w.key(f) == wanted)
        if not line.get("log") and k != "1":
            self._unequal(top, line["assume"])
        return b.add("power-order", shows=shows, of=data, tail=tail, small=small, slack=slack)

    def _positive(self, term: Data, assume: Data) -> int:
        from ..signs import as_products

        b = self.b
        known = [(b.sympy(b.w.terms.norm(a[0])), a[1]) for a in assume if a[0] != "line"]
        certificate = as_products(b.sympy(b.w.terms.norm(term)), known, True)
        if certificate is None:
            raise DerivationError(f"the sign of {term} is not known")
        return self.sign(term, certificate, [a for a in assume if a[0] != "line"], True)[1]

    def _unequal(self, term: Data, assume: Data) -> None:
        """That a term does not vanish, by the signs of its numerator and denominator."""
        by = []
        for e, p in zip((1, -1), sp.fraction(sp.factor(self.b.sympy(self.b.w.terms.norm(term)))), strict=True):
            for sign in () if p.is_number else (p, -p):
                with suppress(DerivationError):
                    by.append([self._positive(self.b.term(sp.expand(sign)), assume), e])
                    break
        self.b.add("nonzero", term=term, by=by)

    def order(self, i: int, place: tuple[int, int]) -> int:
        line = self.lines[i]
        return self.tree(line["tree"], self.of(place), [], line.get("assume", []))

    def tree(self, node: Data, goal: Data, cases: list[int], assume: Data) -> int:
        b = self.b
        if "split" in node:
            place = node["split"]
            i = cases[place[1]] if place[0] == "case" else self.bound(tuple(place))
            s, branches = b.w.lines[i], []
            for n, branch in zip(s.shows[2], node["cases"], strict=True):
                case = b.add("assume", formula=["<~", s.shows[1], [n]])
                branches.append(self.tree(branch, goal, [*cases, case], assume))
            return b.add("either", line=i, cases=branches)
        if "mix" not in node:
            raise DerivationError("a case that is void for large sizes has no rule")
        use = []
        for where, *item in node["use"]:
            i = cases[where[1]] if where[0] == "case" else self.bound(tuple(where))
            y, sign = self.weight(item, assume)
            use.append([i, y, sign])
        return b.add("multiply", shows=goal, use=use, mix=[self.weight(z, assume) for z in node["mix"]])


def unnamed(o: Orders, i: int) -> bool:
    """Whether a line of the old certificate speaks of what has no name in the new one: a distance."""
    low, high = o.done[i]["orders"][0]
    gaps = {line["gap"] for line in o.lines if line.get("gap")}
    return bool(gaps & set().union(low, *high))


def single(w: Any, wanted: Data, o: Orders) -> int:
    """The line that concludes a bound up to how its powers are written."""
    key = w.key(wanted)
    for i, line in enumerate(o.lines):
        if line["rule"] != "order" or unnamed(o, i):
            continue
        if w.key(o.of((i, 0))) == key:
            j = o.bound((i, 0))
            return (
                o.b.add("multiply", shows=wanted, use=[[j, "1", None]], mix=[["1", None]])
                if len(wanted[2]) == 1
                else (o.tree(line["tree"], wanted, [], line.get("assume", [])))
            )
    raise DerivationError(f"no line concludes {wanted}")


def order(certificate: Data, claim: str, declare: Data, given: Data, shows: Data, model: Data) -> Data:
    """A certificate of left =<>= right."""
    o = Orders(certificate, claim, declare, given, shows, model)
    b, (_, left, right) = o.b, shows
    lines = [single(b.w, ["<~", left, right], o), *(single(b.w, ["<~", n, [left]], o) for n in right)]
    b.last("both", shows=shows, lines=lines)
    return b.document()
