"""The constants behind a certificate about orders of magnitude, at values of the fixed scalars.

The kernel proves M <= C (N_1 + ... + N_k) for some C that depends on the fixed scalars only.  This module goes through
a certificate once more and computes such a C, line by line.  A bound is kept in two forms,

    M <= c_1 N_1 + ... + c_k N_k   and   M <= max(g_1 N_1, ..., g_k N_k),

of which the first gives C = max c_j, and the second says what the cases of a ``split`` are: M <= g_j N_j in case j.

suppose      1 throughout: lambda = T^-ell, d = T^a, T0 = T^b exactly, lambda <= 1, T >= 1, d >= 1, and so on.  These
             are the scales of the claim's setting (``proving.order_tactics.scales``) and the names of powers
             (``proving.order_tactics.quantity``).  Where a noise level is fixed, sigma2 <= 1 is what is supposed.  Each
             result lists those that it rests on.
terms        of sum_i a_i M_i = sum_j b_j N_j, all a_i, b_j > 0: c_j = b_j/a_i, g_j = k c_j, as one of k terms is at
             least the k-th part of their sum.
least        1.
power-order  ``ridgeproof.proofs_check.constants.power_constants``.
order        A leaf says M^Z <= prod C_i^(y_i) prod N_j^(z_j), Z = sum z_j > 0.  With w_j = z_j/Z and C = prod
             C_i^(y_i/Z) that is M <= C prod N_j^(w_j): at most C sum w_j N_j, and at most C max N_j over the j with
             w_j > 0.  A case with g_j = 0 does not occur; of a ``lesser`` scalar's cases only the one that holds at the
             values counts; c_j and g_j are the largest over the cases.  A leaf that is a contradiction says 1 <= C
             T^-e, which is false for T > C^(1/e): that is from where on the bound holds.
             Where every leaf below a split of M' <= sum c_i N'_i uses its case once, y = Z, the cases may be added up
             instead: M <= sum c_i (M/M') N'_i, and the leaf of case i, without its case, is a bound of (M/M') N'_i.

Exponents and weights are exact; constants are rounded upwards (``ridgeproof.proofs_check.constants.magnitudes``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ridgeproof.errors import DomainError, InputError

from ..proving import lines as K
from . import power_constants as P
from .magnitudes import Constant, Interval, most

Power = dict[str, Fraction]  # name -> exponent
ONE = Constant()


@dataclass(frozen=True)
class Known:
    """What is known of one bound; None stands for 0.

    ``sum``: the c_j; ``most``: the g_j; ``start``: the bound holds where T exceeds this; ``rests``: the supposed bounds
    that it rests on, as (line, number).
    """

    sum: tuple[Constant | None, ...]
    most: tuple[Constant | None, ...]
    start: Constant | None = None
    rests: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Bound:
    """low <= C (high_1 + ... + high_k), where ``large`` exceeds ``known.start``."""

    line: int
    number: int
    low: Power
    high: tuple[Power, ...]
    known: Known
    large: str | None

    @property
    def constant(self) -> Constant:
        """C."""
        return _certain(most(*self.known.sum))

    @property
    def text(self) -> str:
        return f"{product(self.low)} <= C*({' + '.join(map(product, self.high))})"


def product(power: Power) -> str:
    """A product of powers as text."""

    def factor(name: str, e: Fraction) -> str:
        return name if e == 1 else f"{name}^{e}" if e.denominator == 1 and e > 0 else f"{name}^({e})"

    return "*".join(factor(n, e) for n, e in sorted(power.items()) if e) or "1"


def constants(document: Any, values: dict[str, Fraction]) -> list[Bound]:
    """A constant for every bound that a certificate's lines conclude, at values of the fixed scalars.

    Parameters
    ----------
    document : a certificate that the kernel accepts.
    values : the fixed scalars by name; those that no bound depends on may be left out.

    Raises
    ------
    InputError
        For a fixed scalar without a value.
    DomainError
        For values at which a sign that the proof assumes does not hold.
    kernel.Rejected
        For a certificate that the kernel does not accept.
    """
    K.check(document)
    return Reading(document, values).bounds()


def needed(document: Any) -> tuple[str, ...]:
    """The fixed scalars on which the constants of a certificate depend."""
    reading = Reading(document, {})
    return tuple(sorted(reading.parameters()))


def fixed(document: Any) -> set[str]:
    """All fixed scalars of a certificate, those on which no constant depends included."""
    return set(Reading(document, {}).ctx.parameters)


@dataclass
class Reading:
    """One pass through a certificate: what each line concludes, by the kernel, and with what constants."""

    document: Any
    given: dict[str, Fraction]
    known: list[list[Known]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ctx, self.done = K.Context(self.document["context"], K.Budget()), []  # type: ignore[var-annotated]
        self.lines = self.document["lines"]
        for line in self.lines:
            self.done.append(K.RULES[line["rule"]](self.ctx, line, self.done))

    # --- values ------------------------------------------------------------------------------------------------------

    def parameters(self) -> set[str]:
        """What exponents, weights and assumptions are made of; the source only if a sum has the target in it."""
        lines = [x for x in self.lines if x["rule"] in ("power-order", "order")]
        read = [self.ctx.scalars.read(e) for x in lines for e, _ in x.get("assume", ()) if e != "line"]
        read += [e for x in self.done for low, high in x.get("orders", ()) for p in (low, *high) for e in p.values()]
        read += [self.ctx.scalars.read(w) for x in lines if "tree" in x for w in _weights(x["tree"])]
        if any(x["rule"] == "power-order" for x in lines):
            read.append(self.ctx.beta)
        if any(x.get("target") is True for x in lines):
            read.append(self.ctx.source)
        names = K.names_in(*read)
        for p in names & set(self.ctx.lesser):
            names = names - {p} | K.names_in(*self.ctx.meanings[p][1])
        return names - self.ctx.quantities

    def number(self, name: str) -> Fraction:
        if name in self.ctx.lesser:
            return min(map(self.value, self.ctx.meanings[name][1]))
        if name not in self.given:
            raise InputError(f"no value of {name}", where="constants", accepted=f"{name}=NUMBER")
        return self.given[name]

    def value(self, ratio: K.Ratio) -> Fraction:
        """A rational function at the values."""
        top, bottom = (
            sum((Fraction(c) * _product(self.number(n) ** e for n, e in m) for m, c in p.items()), Fraction(0))
            for p in ratio
        )
        if bottom == 0:
            raise DomainError(f"{K.show(ratio[1])} vanishes", where="constants", accepted="values where it does not")
        return top / bottom

    def powers(self, power: K.Power) -> Power:
        return {n: self.value(e) for n, e in power.items()}

    def weight(self, item: Any) -> Fraction:
        w = self.value(self.ctx.scalars.read(item[0]))
        if w < 0:
            raise DomainError(f"a weight of the proof is {w}", where="constants", accepted="values that it allows")
        return w

    def hold(self, line: Any) -> None:
        """The signs that a line assumes of the fixed scalars."""
        for e, how in line.get("assume", ()):
            if e == "line":
                continue
            ratio = self.ctx.scalars.read(e)
            if K.names_in(ratio) & self.ctx.quantities:
                continue
            x = self.value(ratio)
            if x < 0 or (x == 0 and how == ">"):
                said = f"{K.show_ratio(ratio)} {how} 0"
                raise DomainError(f"{K.show_ratio(ratio)} is {x}", where="constants", accepted=said)

    # --- lines -------------------------------------------------------------------------------------------------------

    def bounds(self) -> list[Bound]:
        out, rules = [], {"suppose": self.suppose, "terms": self.terms, "least": self.least,
                          "power-order": self.power_order, "order": self.order}  # fmt: skip
        for i, (line, result) in enumerate(zip(self.lines, self.done, strict=True)):
            here = list(rules[line["rule"]](i)) if line["rule"] in rules else []
            self.known.append(here)
            for j, ((low, high), known) in enumerate(zip(result.get("orders", ()), here, strict=True)):
                bound = self.powers(low), tuple(map(self.powers, high))
                out.append(Bound(i, j, *bound, known, self.ctx.large))
        return out

    def suppose(self, i: int) -> Iterator[Known]:
        for j, (_, high) in enumerate(self.done[i]["orders"]):
            ones = (ONE,) * len(high)
            yield Known(ones, _cases(ones), rests=frozenset({(i, j)}))

    def least(self, i: int) -> Iterator[Known]:
        for _, high in self.done[i]["orders"]:
            yield Known((ONE,) * len(high), (ONE,) * len(high))

    def terms(self, i: int) -> Iterator[Known]:
        source = self.done[self.lines[i]["line"]]
        num = source["sign"][0][0][0] if "sign" in source else source["zero"][0]
        plus, minus = [c for c in num.values() if c > 0], [-c for c in num.values() if c < 0]
        goals = [(c, plus) for c in minus] + [(c, minus) for c in plus if "sign" not in source]
        for c, others in goals:
            sums = tuple(Constant.of(Fraction(x) / c) for x in others)
            yield Known(sums, _cases(sums))

    def power_order(self, i: int) -> Iterator[Known]:
        line = self.lines[i]
        self.hold(line)
        e = self.value(self.ctx.source) if line.get("target") is True else Fraction(0)
        small = self.known[line["small"][0]][line["small"][1]] if line.get("at") is not None else None
        bound = ONE if small is None else _certain(small.most[0])
        _, b, n = line["powers"]
        f = P.PowerSum(self.value(self.ctx.beta), e, b, n, bound.value)
        if f.q <= 1:
            raise DomainError(f"the exponent {f.q} of a tail", where="constants", accepted="above 1")
        slack = self.value(self.ctx.scalars.read(line["slack"][0])) if "slack" in line else Fraction(0)
        if f.p + slack == 0 and small is not None and line.get("log") is None:
            raise DomainError("a sum has a logarithm here", where="constants", accepted="other values")

        def made(*each: Interval | None) -> Known:
            all_ = tuple(None if x is None else Constant.of(x) for x in each)
            return Known(all_, all_, *(() if small is None else (small.start, small.rests)))

        if line.get("log") is not None:
            yield from map(made, P.logarithmic(f))
        elif small is None:
            yield from map(made, P.at_one(f))
        else:
            yield made(*P.above(f, slack))
            if "slack" not in line:
                yield from map(made, P.below(f))
        if "gap" in line:
            if line.get("log") is not None:
                yield made(P.gap_logarithmic(f))
            else:
                known = made(*P.gap(f))
                yield known if known.sum[1] is None else replace(known, most=_cases(known.sum))

    def order(self, i: int) -> Iterator[Known]:
        line = self.lines[i]
        self.hold(line)
        high = self.done[i]["orders"][0][1]
        yield Proof(self, len(high)).of(line["tree"])

    def at(self, where: Any, cases: list[Known]) -> Known:
        """What is known of a bound, by its place in the certificate."""
        return cases[where[1]] if where[0] == "case" else self.known[where[0]][where[1]]


class Proof:
    """The constants of one ``order`` line: the largest over its cases."""

    def __init__(self, reading: Reading, terms: int) -> None:
        self.reading = reading
        self.sum: list[Constant | None] = [None] * terms
        self.most: list[Constant | None] = [None] * terms
        self.start: Constant | None = None
        self.rests: frozenset[tuple[int, int]] = frozenset()

    def of(self, tree: Any) -> Known:
        self._case(tree, [])
        added = self._added(tree, [])
        if added is not None and _certain(most(*self.sum)) > _certain(most(*added)):
            self.sum = added
        return Known(tuple(self.sum), tuple(self.most), self.start, self.rests)

    def _use(self, known: Known) -> None:
        self.start = most(self.start, known.start)
        self.rests |= known.rests

    def _case(self, node: Any, cases: list[Known]) -> None:
        read = self.reading
        if "lesser" in node:
            x, y = map(read.value, read.ctx.meanings[node["lesser"]][1])
            self._case(node["cases"][0 if x <= y else 1], cases)
            return
        if "split" in node:
            known = read.at(node["split"], cases)
            self._use(known)
            for g, branch in zip(known.most, node["cases"], strict=True):
                if g is not None:
                    self._case(branch, [*cases, Known((g,), (g,), known.start, known.rests)])
            return
        total = ONE
        for where, w in self._used(node):
            known = read.at(where, cases)
            self._use(known)
            total *= _certain(known.most[0]) ** w
        if "mix" not in node:
            self.start = most(self.start, total ** (1 / read.weight(node["strict"])))
            return
        shares, whole = self._mix(node)
        total **= 1 / whole
        for j, w in enumerate(shares):
            if w:
                self.sum[j] = most(self.sum[j], total * Constant.of(w))
                self.most[j] = most(self.most[j], total)

    def _used(self, leaf: Any) -> list[tuple[Any, Fraction]]:
        """The bounds that a leaf uses, with their powers."""
        each = [(where, self.reading.weight(item)) for where, *item in leaf["use"]]
        return [(where, w) for where, w in each if w]

    def _mix(self, leaf: Any) -> tuple[list[Fraction], Fraction]:
        """The shares w_j of the terms, and Z."""
        weights = list(map(self.reading.weight, leaf["mix"]))
        whole = sum(weights, Fraction(0))
        return [z / whole for z in weights], whole

    def _added(self, node: Any, cases: list[Known]) -> list[Constant | None] | None:
        """The c_j when the cases of every split are added up; None where that is not possible."""
        read = self.reading
        if "lesser" in node:
            x, y = map(read.value, read.ctx.meanings[node["lesser"]][1])
            return self._added(node["cases"][0 if x <= y else 1], cases)
        out: list[Constant | None] = [None] * len(self.sum)
        if "split" in node:
            for c, branch in zip(read.at(node["split"], cases).sum, node["cases"], strict=True):
                part = None if c is None else self._added(branch, [*cases, Known((c,), (c,))])
                if c is not None and part is None:
                    return None
                if part is not None:
                    out = [_plus(x, y) for x, y in zip(out, part, strict=True)]
            return out
        if "mix" not in node:
            return None
        used, (shares, whole) = self._used(node), self._mix(node)
        if any(sum(w for where, w in used if where == ["case", i]) != whole for i in range(len(cases))):
            return None
        total = ONE
        for where, w in used:
            total *= _certain(read.at(where, cases).most[0]) ** (w / whole)
        return [total * Constant.of(w) if w else None for w in shares]


def _plus(x: Constant | None, y: Constant | None) -> Constant | None:
    return x if y is None else y if x is None else x + y


def _weights(node: Any) -> Iterator[Any]:
    """The weights of a tree of cases."""
    for branch in node.get("cases", ()):
        yield from _weights(branch)
    yield from (w for _, w, _ in node.get("use", ()))
    yield from (w for w, _ in (*node.get("mix", ()), *([node["strict"]] if "strict" in node else ())))


def _cases(sums: tuple[Constant | None, ...]) -> tuple[Constant | None, ...]:
    """M <= sum c_j N_j: one of the terms is at least the sum divided by how many there are."""
    count = Constant.of(sum(x is not None for x in sums))
    return tuple(None if x is None else x * count for x in sums)


def _certain(x: Constant | None) -> Constant:
    assert x is not None  # the one term of a bound is needed
    return x


def _product(factors: Iterator[Fraction]) -> Fraction:
    out = Fraction(1)
    for x in factors:
        out *= x
    return out
