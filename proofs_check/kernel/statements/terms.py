"""Terms: normal forms (rational functions in atoms by content), what makes a term defined, substitution, derivative."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .back import poly_term
from .ratio import NUMBER, Monomial, Poly, Ratio, atom, key, need, number, spend
from .sigma import BOUND, Data, Word, base

if TYPE_CHECKING:
    from .sigma import Sigma

OPS = {"+", "*", "-", "/", "^", "^^", "spec", "tr", "E", "Etest", "d", "pow", "log", "zeta", "gamma", "sinpi",
       "pi", "max", "min"}  # fmt: skip


class Terms:
    def __init__(self, sigma: Sigma) -> None:
        self.sigma, self.extremes = sigma, False
        self.opaque: dict[str, tuple[str, Data]] = {}  # what an atom that is no name stands for
        self.known: dict[str | int, tuple[Data, Ratio]] = {}  # by the name or the id of a term, which it keeps alive

    def norm(self, t: Data, depth: int = 0) -> Ratio:
        """The normal form of a term; that of each piece of data is computed once, as nothing changes data."""
        spend(2)
        need(depth < 80, "nested too deeply")
        key = t if isinstance(t, str) else id(t)
        if key not in self.known:
            self.known[key] = (t, self.normal(t, depth))
        return self.known[key][1]

    def normal(self, t: Data, depth: int) -> Ratio:
        if isinstance(t, str):
            if t in self.sigma.defs:
                return self.norm(self.sigma.defs[t], depth + 1)
            if t in self.sigma.sorts:
                return atom(t)
            need(NUMBER.match(t), f"undeclared scalar {t!r}")
            return number(Fraction(t))
        need(isinstance(t, list) and t and t[0] in OPS, f"not a term: {str(t)[:40]}")
        op, args = t[0], t[1:]
        if op == "^":
            need(len(args) == 2 and type(args[1]) is int and 0 <= args[1] <= 64, "bad power")
            return self.norm(args[0], depth + 1).power(args[1])
        if op == "^^":
            need(len(args) == 2, "bad power")
            return self.power(args[0], args[1], depth + 1)
        if op in ("+", "-", "*", "/"):
            need(len(args) >= 2 and (op != "/" or len(args) == 2), f"bad {op}")
            first, *rest = (self.norm(a, depth + 1) for a in args)
            for r in rest:
                if op in ("*", "/"):
                    first = first * (r if op == "*" else r.inverse())
                else:
                    first = first + r if op == "+" else first - r
            return first
        if op == "pow":
            need(len(args) == 2, "bad power")
            return self.raised(self.norm(args[0], depth + 1), t)
        if op in ("log", "zeta", "gamma", "sinpi"):  # sinpi(x) is sin(pi x)
            need(len(args) == 1, f"bad {op}")
            value = self.norm(args[0], depth + 1) if op == "log" else self.exponent(args[0])
            return self.named(f"{op} {value.text()}", op, t)
        if op == "pi":
            need(not args, "bad pi")
            return self.named("pi []", "pi", t)
        if op in ("max", "min"):
            return self.extreme(t, depth + 1)
        if op == "spec":
            need(len(args) == 1 and self.sigma.spectrum is not None, "a sum over no spectrum")
            f = self.norm(args[0], depth + 1)
            return self.named(f"spec {f.text()}", "spec", args[0]) if f.num else number(0)
        if op == "tr":
            need(not self.sigma.random([self.sigma.word(args[0])]), "tr is of what is constant: write E")
            return self.trace_poly([["1", [args[0]]]])
        if op == "E":
            return self.trace_poly(args[0])
        if op == "d":
            number_line = self.sigma.sorts.get(str(args[0]), "nat").startswith(("real", "fixed"))
            need(number_line and args[0] not in {*self.sigma.roots, *self.sigma.series}, f"{args[0]} is no variable")
            return self.derivative(self.norm(args[1], depth + 1), args[0])
        fits = self.fits(args[0])
        return self.named(f"Etest {fits[1]}", "Etest", ["Etest", {"fits": fits[0]}]) if fits[0] else number(0)

    def extreme(self, t: Data, depth: int) -> Ratio:
        """The greatest or least of several numbers: an atom.  Where one stands, only rules that look inside apply."""
        values = [self.norm(a, depth) for a in t[1:]]
        need(values and not set(BOUND) & self.free(t), "a max or min of scalars")
        self.extremes = True
        numbers = [c for v in values if (c := v.constant()) is not None]
        if len(numbers) == len(values):
            return number(max(numbers) if t[0] == "max" else min(numbers))
        return self.named(f"{t[0]} {sorted({v.text() for v in values})}", t[0], t)

    def raised(self, below: Ratio, t: Data) -> Ratio:
        """below^x for t = [pow, _, x]: a whole number that is added in x apart, of what is left one of two signs."""
        x = self.exponent(t[2])
        c = Fraction(0 if x.den else x.num.get((), 0))
        whole = int(c) if c.denominator == 1 and abs(c) <= 64 else 0
        out = below.power(whole) if whole >= 0 else below.inverse().power(-whole)
        rest = x - number(whole)
        if rest.zero:
            return out
        if rest.num[min(rest.num)] < 0:
            data = ["pow", t[1], ["-", str(whole), t[2]]]
            return out * self.named(f"pow {below.text()} {(-rest).text()}", "pow", data).inverse()
        data = ["pow", t[1], ["-", t[2], str(whole)]] if whole else t
        return out * self.named(f"pow {below.text()} {rest.text()}", "pow", data)

    def exponent(self, t: Data) -> Ratio:
        """The normal form of a term of fixed scalars."""
        r = self.norm(t)
        need(all(map(self.sigma.fixed, r.atoms())), "what is not fixed stands in an exponent")
        return r

    def product_of_powers(self, t: Data, exact: bool = False) -> dict[str, Ratio]:
        """A term as {atom: exponent}, up to a factor of fixed size: a product of powers; without one if ``exact``."""
        if isinstance(t, str) and t in self.sigma.defs:
            return self.product_of_powers(self.sigma.defs[t], exact)
        parts, op = [], t[0] if isinstance(t, list) else ""
        if op in ("*", "/"):
            parts = [(a, number(-1 if op == "/" and i else 1)) for i, a in enumerate(t[1:])]
        elif op in ("^", "pow"):
            parts = [(t[1], number(t[2]) if op == "^" else self.exponent(t[2]))]
        if parts:
            out: dict[str, Ratio] = {}
            for a, k in parts:
                for x, e in self.product_of_powers(a, exact).items():
                    out[x] = out[x] + k * e if x in out else k * e
            return out  # with exponent 0 where bases cancel: (y^2)^(1/2)/y = 1 for y > 0 only
        r = self.norm(t)
        if (factor := r.constant()) is not None:
            need(factor > 0, "a factor is not positive")
            need(not exact or factor == 1, "a factor that is not 1")
            return {}
        need(len(r.num) == 1, "not a product of powers")
        ((m, c),) = r.num.items()
        need(len(m) == 1 and m[0][1] == 1 and c > 0 and not r.den, "not a product of powers")
        need(not exact or c == 1, "a factor that is not 1")
        need(exact or not self.sigma.fixed(m[0][0]), "a fixed scalar is no quantity")
        return {m[0][0]: number(1)}

    def power(self, a: Data, n: Data, depth: int = 0) -> Ratio:
        """a^^n for a natural number n: a^^(m + n) = a^^m a^^n, (a b)^^n = a^^n b^^n; an atom for each base and n."""
        below, out = self.norm(a, depth), number(1)
        for m, c in self.natural(n).num.items():
            need(c <= 64, "bad power")
            need(not m or (len(m) == 1 and m[0][1] == 1), "an exponent is a sum of names and numbers")
            out = out * (below.power(int(c)) if not m else self.symbolic(below, m[0][0]).power(int(c)))
        return out

    def symbolic(self, below: Ratio, n: str) -> Ratio:
        """A rational function to the power of a symbol, factor by factor."""

        def one(p: Poly) -> Ratio:
            if len(p) > 1 or not p:
                return self.named(f"power {key(p)} {n}", "power", ["^^", poly_term(self, p), n])
            ((m, c),) = p.items()
            out = number(1) if c == 1 else self.named(f"power {c} {n}", "power", ["^^", str(c), n])
            for x, e in m:
                base_term = ["^^", poly_term(self, {((x, 1),): 1}), n]
                out = out * self.named(f"power {x} {n}", "power", base_term).power(e)
            return out

        out = one(below.num)
        for f, e in below.den.items():
            out = out * one(dict(f)).power(e).inverse()
        return out

    def natural(self, t: Data) -> Ratio:
        """The normal form of a term that is a natural number: a polynomial with natural coefficients in names."""
        r = self.norm(t)
        whole = not r.den and all(c > 0 and c.denominator == 1 for c in r.num.values())
        need(whole and all(self.sigma.sorts.get(x) in ("nat", "nat+") for x in r.atoms()), f"no natural number: {t}")
        return r

    def named(self, text: str, kind: str, data: Data) -> Ratio:
        self.opaque.setdefault(text, (kind, data))
        return atom(text)

    # traces

    def trace_poly(self, data: Data) -> Ratio:
        total = number(0)
        for c, words in data:
            need(len(words) <= 20, "too many traces")
            total = total + self.norm(c) * self.product(words)
        return total

    def product(self, words: Iterable[Any]) -> Ratio:
        """E of prod tr(word): letters with `is` written out, constant traces outside, the rest one atom."""
        parts: list[tuple[Ratio, tuple[tuple[Word, str], ...]]] = [(number(1), ())]
        for w in words:
            word = self.sigma.word(w)
            need(word, "an empty trace: write the dimension")
            need(self.sigma.side(word[0], 0) == self.sigma.side(word[-1], 1), "trace of a word that is not square")
            rows = self.sigma.side(word[0], 0)
            parts = [(k * c, (*done, (v, rows))) for k, done in parts for v, c in self.sigma.written(word)]
        total = number(0)
        for c, words_ in parts:
            total = total + c * self.trace_key(words_)
        return total

    def trace_key(self, key: Iterable[tuple[Word, str]]) -> Ratio:
        out, averaged = number(1), []
        for w, rows in key:
            if not w:
                out = out * (number(1) if rows == "1" else atom(rows))
            elif self.sigma.random([w]):
                averaged.append(self.sigma.cyclic(w))
            else:
                w = self.sigma.cyclic(w)
                out = out * self.named("tr " + " ".join(w), "tr", [w])
        if averaged:
            averaged.sort()
            out = out * self.named("E " + " | ".join(" ".join(w) for w in averaged), "E", averaged)
        return out

    def same_words(self, p: Iterable[tuple[Word, Ratio]], q: Iterable[tuple[Word, Ratio]]) -> bool:
        total: dict[Word, Ratio] = {}
        for sign, poly in ((1, p), (-1, q)):
            for w, c in poly:
                total[w] = total.get(w, number(0)) + (c if sign == 1 else -c)
        return all(c.zero for c in total.values())

    # E_test

    def fits(self, setting: Data) -> tuple[list[Data], str]:
        """Blocks of equal fits in turn, neighbours joined, empty ones gone: ([fit, ...], text)."""
        need(isinstance(setting, dict) and set(setting) == {"fits"}, "bad setting")
        blocks: list[Any] = []
        for f in setting["fits"]:
            need(set(f) == {"rows", "ridge", "noise", "times"}, "bad fit")
            need(self.sigma.sorts.get(f["rows"]) == "nat+", "rows: a name of sort nat+")
            ridge, noise, times = self.norm(f["ridge"]), self.norm(f["noise"]), self.natural(f["times"])
            need(self.nonnegative(ridge) and self.nonnegative(noise), "ridge, noise: not seen to be >= 0")
            k = (f["rows"], ridge.text(), noise.text())
            if times.zero:
                continue
            if blocks and blocks[-1][0] == k:
                blocks[-1] = (k, {**f, "times": ["+", blocks[-1][1]["times"], f["times"]]}, blocks[-1][2] + times)
            else:
                blocks.append((k, f, times))
        return [b[1] for b in blocks], str([(b[0], b[2].text()) for b in blocks])

    # signs by sorts, definedness

    def monomial_sign(self, m: Monomial) -> int:
        """2: > 0, 1: >= 0, 0: unknown."""
        signs = []
        for x, e in m:
            sort = self.sigma.sorts.get(x) or self.sum_sort(x)
            strict, weak = sort in ("nat+", "real>0", "fixed>0"), sort in ("nat", "real>=0", "fixed>=0")
            signs.append(2 if strict else 1 if e % 2 == 0 or weak else 0)
        return min(signs, default=2)

    def sum_sort(self, x: str) -> str | None:
        """The sort of a sum over the spectrum whose summand has a sign."""
        kind, data = self.opaque.get(x, ("", None))
        if kind in ("pow", "zeta", "gamma", "pi"):
            return "real>0"
        if kind != "spec":
            return None
        f = self.norm(data)
        return ("real>0" if self.positive_poly(f.num) else "real>=0") if self.nonnegative(f) else None

    def signed(self, p: Poly) -> bool:
        return bool(p) and all(c > 0 for c in p.values()) and all(map(self.monomial_sign, p))

    def positive_poly(self, p: Poly) -> bool:
        return self.signed(p) and any(self.monomial_sign(m) == 2 for m in p)

    def nonnegative(self, r: Ratio, strictly: bool = False) -> bool:
        """Whether a normal form is >= 0, or > 0, by the sorts of its names."""
        top = self.signed(r.num) and (not strictly or self.positive_poly(r.num))
        return (r.zero and not strictly) or bool(top and all(self.positive_poly(dict(f)) for f in r.den))

    def defined(self, t: Data) -> list[Data]:
        """Formulas that make every subterm of t defined."""
        if isinstance(t, str):
            return self.defined(self.sigma.defs.get(t, ["pi"]))
        op, args = t[0], t[1:]
        self.extremes = self.extremes or op in ("max", "min")
        if op in ("+", "-", "*", "/", "^^", "max", "min", "sinpi", "pi"):
            out = [h for a in args for h in self.defined(a)]
            if op == "/":
                r = self.norm(args[1])
                need(not r.zero, "division by zero")
                p = r.num
                if not (r.constant() or self.positive_poly(p) or self.positive_poly({m: -c for m, c in p.items()})):
                    out.append(["!=", args[1], "0"])
            return out
        if op == "spec":  # no pole at any s, and a sum without end has a value
            inside = [["all", h] if set(BOUND) & self.free(h[1]) else h for h in self.defined(args[0])]
            return [*inside, ["defined", t]] if self.endless() else inside
        if op in ("pow", "log", "gamma", "zeta"):
            below = ["-", args[0], "1"] if op == "zeta" else args[0]
            return [*(h for a in args for h in self.defined(a)), [">", below, "0"]]
        if op in ("^", "d"):
            return self.defined(args[op == "d"])
        if op in ("tr", "E"):
            data = [["1", [args[0]]]] if op == "tr" else args[0]
            out = []
            for c, words in data:
                out += [*self.defined(c), *(h for key in self.keys(words) for h in self.sigma.moments(key))]
            return out
        return [["defined", t]] * bool(self.fits(args[0])[0]) + self.settled(args[0]["fits"])

    def settled(self, fits: list[Data]) -> list[Data]:
        """Formulas that make the numbers of fits defined."""
        return [h for f in fits for k in ("ridge", "noise", "times") for h in self.defined(f[k])]

    def endless(self) -> bool:
        """Whether the spectrum has no end, so that a sum over it may have no value."""
        return self.sigma.spectrum is not None and self.sigma.spectrum[1] is None

    def keys(self, words: Iterable[Any]) -> list[tuple[Word, ...]]:
        keys: list[tuple[Word, ...]] = [()]
        for w in words:
            word = self.sigma.word(w)  # one that is 0 when written out speaks of its letters all the same
            keys = [(*k, v) if v else k for k in keys for v, _ in self.sigma.written(word) or [(word, number(0))]]
        return keys

    # variables

    def free(self, t: Data) -> set[str]:
        """Names (scalars and letters) that a term speaks of, definitions included."""
        if isinstance(t, str):
            return {t} | (self.free(self.sigma.defs[t]) if t in self.sigma.defs else set())
        if isinstance(t, dict):
            return {x for f in t["fits"] for v in f.values() for x in self.free(v)} | {"S", "w0"}
        op = t[0]
        if op == "tr":
            return {base(x) for x in t[1]}
        if op == "E":
            return {y for c, words in t[1] for y in self.free(c) | {base(x) for v in words for x in v}}
        if op == "spec":
            law = set().union(*map(self.free, self.sigma.law or []))
            return self.free(t[1]) - set(BOUND) | law
        return {y for a in t[1:] if not isinstance(a, int) for y in self.free(a)}

    def subst(self, t: Data, x: str, by: Data) -> Data:
        """t with a scalar that no declaration uses replaced."""
        if isinstance(t, str):
            if t in self.sigma.defs and x in self.free(t):
                return self.subst(self.sigma.defs[t], x, by)
            return by if t == x else t
        if isinstance(t, dict):
            need(all(f["rows"] != x for f in t["fits"]), f"{x} counts the rows of a fit")
            return {"fits": [{k: self.subst(v, x, by) for k, v in f.items()} for f in t["fits"]]}
        if isinstance(t, list):
            if t and (t[0] == "tr" or (t[0] == "spec" and x in BOUND)):
                return t
            if t and t[0] == "spec":
                need(not set(BOUND) & self.free(by), "a bound name is caught")
            if t and t[0] == "E":
                return ["E", [[self.subst(c, x, by), ws] for c, ws in t[1]]]
            if t and t[0] == "d":
                need(t[1] != x and t[1] not in self.free(by), "a variable of differentiation is bound")
            return [t[0], *(self.subst(a, x, by) for a in t[1:])]
        return t

    def sides(self, names: Iterable[str]) -> set[str]:
        """Every name that the declarations of these speak of."""
        from .show import names_inside

        return names_inside(self.sigma, names)

    def derivative(self, r: Ratio, x: str) -> Ratio:
        """d/dx of a normal form: quotient rule; inside sums over the spectrum."""

        def dpoly(p: Poly) -> Ratio:
            out = number(0)
            for m, c in p.items():
                for i, (y, e) in enumerate(m):
                    dy = self.datom(y, x)
                    if not dy.zero:
                        rest = tuple((z, k - (j == i)) for j, (z, k) in enumerate(m) if k - (j == i))
                        out = out + Ratio({rest: c * e}) * dy
            return out

        total, low = dpoly(r.num) * Ratio({(): 1}, r.den), r
        for f, e in r.den.items():
            total = total - number(e) * low * dpoly(dict(f)) * Ratio({(): 1}, {f: 1})
        return total

    def datom(self, y: str, x: str) -> Ratio:
        if y == x:
            return number(1)
        kind, data = self.opaque.get(y, ("", None))
        if kind == "spec":
            need(not self.endless(), "no derivative is known of a sum without end")
            return self.norm(["spec", ["d", x, data]]) if x in self.sides(self.free(data)) else number(0)
        names = {base(t) for v in data for t in v} if kind in ("tr", "E") else self.free(data) if kind else {y}
        need(x not in self.sides(names), f"no derivative is known of {kind or y}")
        return number(0)
