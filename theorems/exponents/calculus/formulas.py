"""A small language for exponents: numbers, names, + - * /, min, max and parentheses, read by recursive descent.

    comparison := sum (("<" | "<=" | ">" | ">=" | "=") sum)+
    sum        := product (("+" | "-") product)*
    product    := sign (("*" | "/") sign)*
    sign       := ("+" | "-") sign | atom
    atom       := number | name | ("min" | "max") "(" sum ("," sum)* ")" | "(" sum ")"

Text is never evaluated as a program: it becomes a tree of the tuples below, and ``evaluate`` knows four operations.
Numbers are decimals or, with /, fractions, and are exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ridgeproof.errors import ScaleError

LONGEST = 2_000  # characters of one formula
DEEPEST = 60  # parentheses inside one another
MOST_OPERATIONS = 150  # in the text of one formula
LARGEST, TALLEST = 2_000, 200  # operations in a formula, and inside one another, once definitions are put in
ACCEPTED = "numbers, declared names, + - * /, min(...), max(...) and parentheses"
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)|([A-Za-z][A-Za-z0-9_]*)|(<=|>=|==|[-+*/(),<>=]))")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


class Formula(NamedTuple):
    """A node: ``kind`` is number, name, +, -, *, /, min or max; ``value`` a Fraction or a name; ``parts`` the rest."""

    kind: str
    value: Any
    parts: tuple[Formula, ...]


class Comparison(NamedTuple):
    """``left relation right`` with relation one of <, <=, =."""

    left: Formula
    relation: str
    right: Formula
    source: str


class _Reader:
    """The tokens of one formula, read once from left to right."""

    def __init__(self, source: str, names: Iterable[str], where: str) -> None:
        self.where = where
        self.names = frozenset(names)
        self.depth = 0
        self.operations = 0
        if len(source) > LONGEST:
            raise self.error(f"a formula of {len(source)} characters", f"at most {LONGEST}")
        self.tokens = list(self._split(source))
        self.next = 0

    def _split(self, source: str) -> Iterator[tuple[str, str]]:
        place = 0
        source = source.rstrip()
        while place < len(source):
            match = _TOKEN.match(source, place)
            if match is None:
                raise self.error(f"{source[place:].strip()[:20]!r} is not understood")
            place = match.end()
            number, name, sign = match.groups()
            yield ("number", number) if number else ("name", name) if name else ("sign", "=" if sign == "==" else sign)

    def error(self, what: str, accepted: str = ACCEPTED) -> ScaleError:
        return ScaleError(what, where=self.where, accepted=accepted)

    def node(self, kind: str, *parts: Formula) -> Formula:
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise self.error("too many operations", f"at most {MOST_OPERATIONS} in one formula ([definitions] help)")
        return Formula(kind, None, parts)

    def peek(self) -> str:
        return self.tokens[self.next][1] if self.next < len(self.tokens) else ""

    def take(self, *wanted: str) -> str | None:
        if self.next < len(self.tokens) and self.tokens[self.next] in {("sign", w) for w in wanted}:
            self.next += 1
            return self.tokens[self.next - 1][1]
        return None

    def expect(self, sign: str) -> None:
        if self.take(sign) is None:
            raise self.error(f"{self.peek()!r} where {sign!r} is wanted" if self.peek() else f"{sign!r} is missing")

    def sum(self) -> Formula:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("parentheses too deep", f"at most {DEEPEST} inside one another")
        left = self.product()
        while sign := self.take("+", "-"):
            left = self.node(sign, left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Formula:
        left = self.sign()
        while sign := self.take("*", "/"):
            left = self.node(sign, left, self.sign())
        return left

    def sign(self) -> Formula:
        negative = False
        while found := self.take("+", "-"):
            negative ^= found == "-"
        atom = self.atom()
        return self.node("-", Formula("number", Fraction(0), ()), atom) if negative else atom

    def atom(self) -> Formula:
        if self.next >= len(self.tokens):
            raise self.error("the formula ends too early")
        kind, word = self.tokens[self.next]
        if self.take("("):
            inner = self.sum()
            self.expect(")")
            return inner
        self.next += 1
        if kind == "number":
            return Formula("number", Fraction(word), ())
        if kind == "name" and word in ("min", "max"):
            self.expect("(")
            parts = [self.sum()]
            while self.take(","):
                parts.append(self.sum())
            self.expect(")")
            return self.node(word, *parts)
        if kind == "name":
            if word not in self.names:
                known = ", ".join(sorted(self.names)) or "none"
                raise self.error(f"the name {word!r} is not declared", f"min, max and the names {known}")
            return Formula("name", word, ())
        raise self.error(f"{word!r} where a number or a name is wanted")


def parse(source: str, names: Iterable[str], where: str) -> Formula:
    """Return the tree of a formula; raises ScaleError for text outside the language or a name not in ``names``."""
    reader = _Reader(source, names, where)
    tree = reader.sum()
    if reader.peek():
        raise reader.error(f"{reader.peek()!r} after the end of the formula")
    return tree


def parse_comparisons(source: str, names: Iterable[str], where: str) -> list[Comparison]:
    """Return the comparisons of a list such as ``0 <= x < 1, x + y = 2``; raises ScaleError like ``parse``."""
    reader = _Reader(source, names, where)
    found: list[Comparison] = []
    while True:
        left, relations = reader.sum(), 0
        while relation := reader.take("<", "<=", ">", ">=", "="):
            right = reader.sum()
            ends = (left, relation, right) if relation in ("<", "<=", "=") else (right, _TURNED[relation], left)
            found.append(Comparison(*ends, source))
            left, relations = right, relations + 1
        if not relations:
            raise reader.error(f"{source!r} is not a comparison", "for example 0 <= x < 1, x + y = 2")
        if not reader.take(","):
            break
    if reader.peek():
        raise reader.error(f"{reader.peek()!r} after the end of a comparison", "for example 0 <= x < 1, x + y = 2")
    return found


def expanded(tree: Formula, definitions: Mapping[str, Formula], where: str) -> Formula:
    """Return a formula with definitions put in; raises ScaleError where that becomes too large."""

    def put_in(node: Formula) -> Formula:
        if node.kind == "name" and node.value in definitions:
            return definitions[node.value]
        return node._replace(parts=tuple(put_in(part) for part in node.parts)) if node.parts else node

    found = put_in(tree)
    size, height, level = 0, 0, [found]
    while level:
        level = [part for node in level for part in node.parts]
        size, height = size + len(level), height + 1
        if size > LARGEST or height > TALLEST:
            accepted = f"at most {LARGEST} operations, {TALLEST} inside one another"
            raise ScaleError("too large with its definitions put in", where=where, accepted=accepted)
    return found


def names_in(formula: Formula) -> set[str]:
    """Return the names that a formula mentions."""
    if formula.kind == "name":
        return {formula.value}
    return set().union(*map(names_in, formula.parts)) if formula.parts else set()


def evaluate(
    formula: Formula,
    values: Mapping[str, Any],
    where: str,
    smallest: Callable[..., Any] = min,
    largest: Callable[..., Any] = max,
) -> Any:
    """Return the value of a formula; the numbers may be rationals, affine functions or symbols.

    Raises
    ------
    ScaleError
        For a division by zero.
    """
    if formula.kind == "number":
        return formula.value
    if formula.kind == "name":
        return values[formula.value]
    parts = [evaluate(part, values, where, smallest, largest) for part in formula.parts]
    if formula.kind == "min":
        return parts[0] if len(parts) == 1 else smallest(*parts)
    if formula.kind == "max":
        return parts[0] if len(parts) == 1 else largest(*parts)
    left, right = parts
    if formula.kind == "+":
        return left + right
    if formula.kind == "-":
        return left - right
    if formula.kind == "*":
        return left * right
    if right == 0:
        raise ScaleError("division by zero", where=where, accepted="a divisor that is not 0 for these parameters")
    return left / right
