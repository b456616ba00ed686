"""Lines of certificates about laws, and the search for signs of affine functions.  Nothing here is trusted.

What is known are formulas a >= b or a > b of earlier lines.  A goal is a sum of what is known, with multipliers >= 0
(Farkas): the least value of the goal where all that is known holds is a linear program, and its dual solution is the
sum.  The unknowns are monomials of normal forms, every max and min among them: it is known to be above, or below, its
arguments.  Where that is not enough, two of its arguments are compared, by a line or in two cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus.piecewise import Line as Row
from ridgeproof.theorems.exponents.calculus.simplex import minimise

from ...kernel.statements import FORMAT, Rejected
from ...kernel.statements.sequent import World

MOST_LINES = 4000  # of one certificate; the kernel reads 5000
ZERO = Fraction(0)

Formula = list[Any]
Form = dict[Any, Fraction]  # a polynomial: coefficients of monomials, the constant under ()
Atom = tuple[str, list[Any]]  # how a max or min is called in normal forms, and the term


class Known(NamedTuple):
    """A line's conclusion: form >= 0, or > 0; ``used`` are the hypotheses that cases may take away."""

    form: Form
    strict: bool
    line: int


class Lines:
    """The lines of one certificate, as they are written."""

    def __init__(self, declare: Sequence[Any]) -> None:
        self.declare = list(declare)
        self.world = World(self.declare)
        self.lines: list[dict[str, Any]] = []
        self.rests: list[frozenset[int]] = []  # for each line: the lines `assume` on which it rests
        self.written: dict[str, int] = {}
        self.forms: dict[str, Form | None] = {}

    def add(self, rule: str, rests: Iterable[int] = (), /, **fields: Any) -> int:
        """Write a line, or find it written; ``rests``: the lines that it uses."""
        line = {"rule": rule, **fields}
        text = json.dumps(line)
        if text not in self.written:
            if len(self.lines) == MOST_LINES:
                raise NotProved(f"more than {MOST_LINES} lines")
            self.written[text] = len(self.lines)
            own = frozenset([len(self.lines)]) if rule == "assume" else frozenset[int]()
            self.rests.append(own.union(*(self.rests[i] for i in rests)))
            self.lines.append(line)
        return self.written[text]

    def form(self, formula: Sequence[Any]) -> Form | None:
        """Left - right as a polynomial; None where it is none."""
        text = str(formula[1:])
        if text not in self.forms:
            try:
                found = self.world.difference(formula)
            except Rejected as error:
                raise NotProved(str(error)) from None
            self.forms[text] = None if found.den else {m: Fraction(c) for m, c in found.num.items()}
        return self.forms[text]

    def assume(self, formula: Formula) -> Known | None:
        """Take a relation for granted, unless it says nothing or cannot be used."""
        form = self.form(formula)
        if form is None or not set(form) - {()}:
            return None
        return Known(form, formula[0] == ">", self.add("assume", formula=formula))

    def assume_all(self, formulas: Iterable[Formula]) -> list[Known]:
        """The same of several."""
        return [known for known in map(self.assume, formulas) if known is not None]

    def positive(self, shows: Sequence[Any], sum_: Sequence[tuple[Any, Sequence[tuple[int, int]]]]) -> int:
        """A sign as a sum of products of powers of earlier lines."""
        rests = [i for _, factors in sum_ for i, _ in factors]
        plain = [[str(c), [list(factor) for factor in factors]] for c, factors in sum_]
        return self.add("positive", rests, shows=shows, sum=plain, by=[])

    def document(
        self, claim: str, given: Sequence[Formula], shows: Sequence[Any], model: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The certificate; its last line concludes ``shows``."""
        return {
            "format": FORMAT, "claim": claim, "declare": self.declare, "given": list(given), "shows": shows,
            "model": {x: str(v) for x, v in model.items()}, "lines": self.lines,
        }  # fmt: skip

    # signs

    def atoms(self, forms: Iterable[Form]) -> list[Atom]:
        """Every max and min in these forms, those inside others first."""
        found: dict[str, list[Any]] = {}

        def visit(form: Form) -> None:
            for monomial in form:
                for x, _ in monomial:
                    kind, term = self.world.terms.opaque.get(x, ("", None))
                    if kind in ("max", "min") and x not in found:
                        for part in term[1:]:
                            visit(self.form(["=", part, "0"]) or {})
                        found[x] = term

        for form in forms:
            visit(form)
        return list(found.items())

    def _bound(self, term: list[Any], i: int) -> tuple[Form, bool]:
        sides = [term, term[1 + i]]
        return self.form([">=", *(sides if term[0] == "max" else sides[::-1])]) or {}, False

    def prove(self, goal: Sequence[Any], known: Sequence[Known]) -> int:
        """Write lines that end with the goal, from what is known; raises NotProved.

        What is known may also be absurd; then the goal may be any formula in relations.
        """
        relation = goal[0] in (">", ">=")
        form = self.form(goal) if relation else None
        found = self._direct(goal, form, known, ())
        if found is not None:
            return found
        atoms = self.atoms([*([form] if form is not None else []), *(k.form for k in known)])
        return self._decide(goal, form, list(known), atoms, atoms, 0, 1)

    def _direct(
        self,
        goal: Sequence[Any],
        form: Form | None,
        known: Sequence[Known],
        atoms: Sequence[Atom],
        *,
        settle: bool = False,
    ) -> int | None:
        """Write lines that conclude the goal as a sum; or, unless it settles a case only, from what is absurd."""
        extra = [(Known(*self._bound(term, i), -1), term, i) for _, term in atoms for i in range(len(term) - 1)]
        every = [*known, *(k for k, _, _ in extra)]

        def line(i: int) -> int:
            if i < len(known):
                return known[i].line
            _, term, which = extra[i - len(known)]
            return self.add("extreme", term=term, which=which)

        if form is not None:
            found = combination(form, every, goal[0] == ">")
            if found is not None:
                return self.positive(goal, [(c, [(line(i), 1)] if i >= 0 else []) for c, i in found])
        if settle:
            return None
        for wanted, strict, says in (({(): Fraction(-1)}, False, [">=", "-1", "0"]), ({}, True, [">", "0", "0"])):
            found = combination(wanted, every, strict) if not strict or any(k.strict for k in known) else None
            if found is not None:
                wrong = self.positive(says, [(c, [(line(i), 1)] if i >= 0 else []) for c, i in found])
                return self.add("absurd", [wrong], line=wrong, shows=goal)
        return None

    def _decide(
        self,
        goal: Sequence[Any],
        form: Form | None,
        known: list[Known],
        atoms: list[Atom],
        open_: list[Atom],
        best: int,
        i: int,
    ) -> int:
        """Compare the arguments of the first open max or min: of those before the i-th, the best decides it."""
        if i == 1:
            found = self._direct(goal, form, known, atoms)
            if found is not None:
                return found
            if not open_:
                raise NotProved("this does not follow")
        _, term = open_[0]
        arguments = term[1:]
        if i >= len(arguments):
            lines = [self.prove([">=", *self._sides(term, best, j)], known) for j in range(len(arguments))]
            line = self.add("bound", lines, term=term, by=arguments[best], lines=lines)
            sides = [arguments[best], term] if term[0] == "max" else [term, arguments[best]]
            settled = Known(self.form([">=", *sides]) or {}, False, line)
            return self._decide(goal, form, [*known, settled], atoms, open_[1:], 0, 1)
        for j, k in ((best, i), (i, best)):  # j is beyond k
            formula = [">=", *self._sides(term, j, k)]
            difference = self.form(formula)
            if difference is None:
                return self._decide(goal, form, known, atoms, open_[1:], 0, 1)
            found = self._direct(formula, difference, known, [], settle=True)
            if found is not None:
                more = Known(difference, False, found)
                return self._decide(goal, form, [*known, more], atoms, open_, j, i + 1)
        branches = []
        left, right = self._sides(term, best, i)
        for j, formula in ((best, [">=", left, right]), (i, [">=", right, left])):
            assumed = self.assume(formula)
            if assumed is None:
                raise NotProved("this does not follow")
            branch = self._decide(goal, form, [*known, assumed], atoms, open_, j, i + 1)
            if assumed.line not in self.rests[branch]:
                return branch
            branches.append((branch, assumed.line))
        return self.cases(left, right, *branches)

    def cases(self, left: Any, right: Any, first: tuple[int, int], second: tuple[int, int]) -> int:
        """Join two branches, each with the line of its case."""
        line = self.add("cases", (), left=left, right=right, ge=first[0], le=second[0])
        self.rests[line] = frozenset().union(*(self.rests[i] - {case} for i, case in (first, second)))
        return line

    def _sides(self, term: list[Any], j: int, k: int) -> tuple[Any, Any]:
        """The two arguments, that which is greater where the j-th decides first."""
        return (term[1 + j], term[1 + k]) if term[0] == "max" else (term[1 + k], term[1 + j])

    def at_most(self, value: Any, rows: Any, known: Sequence[Known]) -> int:
        """value >= rows, which may be the max of several."""
        if not isinstance(rows, list) or rows[0] != "max":
            return self.prove([">=", value, rows], known)
        lines = [self.prove([">=", value, row], known) for row in rows[1:]]
        return self.add("bound", lines, term=rows, by=value, lines=lines)


def combination(wanted: Form, known: Sequence[Known], strict: bool) -> list[tuple[Fraction, int]] | None:
    """Return ``wanted`` as a sum of what is known with coefficients > 0 (-1 stands for the number 1), None for none.

    ``strict``: something in the sum is > 0.
    """
    constant = wanted.get((), ZERO)
    if not set(wanted) - {()} and (constant > 0 or (constant == 0 and not strict)):
        return [(constant, -1)] if constant else []
    for i, k in enumerate(known):
        if k.form == wanted and (k.strict or not strict):
            return [(Fraction(1), i)]
    names = sorted({m for form in (wanted, *(k.form for k in known)) for m in form} - {()})
    if any(m not in {n for k in known for n in k.form} for m in wanted if m):
        return None

    def row(form: Form, factor: int) -> Row:
        return Row(factor * form.get((), ZERO), tuple(factor * form.get(m, ZERO) for m in names))

    def solve(goal: Form) -> list[tuple[Fraction, int]] | None:
        found = minimise([row(goal, 1)], [row(k.form, -1) for k in known])
        prices, rest = found.prices, found.value
        if found.status == "unbounded":
            return None
        if found.status == "empty":
            if set(goal) - {()}:
                return None  # what is absurd closes the branch
            excess = sum((z * k.form.get((), ZERO) for z, k in zip(prices, known, strict=True)), ZERO)
            prices, rest = tuple(z * goal.get((), ZERO) / excess for z in prices), ZERO
        if rest < 0 or min(prices, default=ZERO) < 0:
            return None
        return [(z, i) for i, z in enumerate(prices) if z] + ([(rest, -1)] if rest else [])

    found = solve(wanted)
    if found is None or not strict or any(i < 0 or known[i].strict for _, i in found):
        return found
    for i, k in enumerate(known):  # wanted - k is a sum of what is >= 0, and k > 0
        if k.strict:
            less = {m: wanted.get(m, ZERO) - k.form.get(m, ZERO) for m in {*wanted, *k.form}}
            more = solve({m: c for m, c in less.items() if c})
            if more is not None:
                return joined([*more, (Fraction(1), i)])
    return None


def joined(sum_: Iterable[tuple[Fraction, int]]) -> list[tuple[Fraction, int]]:
    """A sum with every index once."""
    total: dict[int, Fraction] = {}
    for c, i in sum_:
        total[i] = total.get(i, ZERO) + c
    return [(c, i) for i, c in total.items()]
