"""The bounds of a claim about orders, with explicit constants at given values of its fixed scalars, for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from ridgeproof.errors import DerivationError, DomainError, InputError
from ridgeproof.frames import Framed
from ridgeproof.numerics.problem.numbers import exact
from ridgeproof.theorems.claim import Claim, Step

from ..court.certify import derived
from ..proving.carrying import carry_out
from .magnitudes import Constant
from .values import Bound, constants, fixed, needed, product

WHERE = "--constants"


def read_values(text: str) -> dict[str, Fraction]:
    """Read ``beta=2,r=1/2``.

    Raises
    ------
    InputError
        For anything else, and for a name that is given twice.
    """
    out: dict[str, Fraction] = {}
    for part in text.split(","):
        name, sign, value = (x.strip() for x in part.partition("="))
        if not sign or not name.isidentifier():
            raise InputError(f"{part.strip()!r:.60} is no NAME=NUMBER", where=WHERE, accepted="such as beta=2,r=1/2")
        if name in out:
            raise InputError(f"{name} is given twice", where=WHERE, accepted="one value each")
        out[name] = exact(value, where=f"{WHERE} {name}")
    return out


@dataclass(frozen=True)
class Explicit(Framed):
    """A claim's bounds at ``values``.

    ``steps``: (number, step, its bounds) of the steps that conclude some.  ``supposed``: what they rest on, of the
    scales of the setting.  ``under``: the hypotheses that the values leave open.  ``names``: what names stand for.
    """

    claim: Claim
    values: dict[str, Fraction]
    steps: tuple[tuple[int, Step, tuple[Bound, ...]], ...]
    supposed: tuple[str, ...]
    under: tuple[str, ...]
    names: tuple[str, ...]

    def records(self) -> list[dict[str, Any]]:
        """A row for each bound: the step that concludes it, the bound, and its constant, rounded up."""
        return [
            {"step": step["step"], "bound": bound["text"], "constant": bound["constant"]}
            | {"above": bound["from"] and f"{bound['from']['name']} = {bound['from']['above']}"}
            for step in as_json(self)["steps"]
            for bound in step["bounds"]
        ]


def explicit(claim: Claim, values: dict[str, Fraction]) -> Explicit:
    """Prove a claim, and compute the constants of its bounds.

    Raises
    ------
    InputError
        For a claim without such bounds, a scalar without a value and a value without a scalar.
    DomainError
        For values that the claim's hypotheses exclude.
    """
    try:
        carried = carry_out(claim, derived(claim))
    except DerivationError as error:
        raise InputError(str(error), where=claim.id, accepted="a claim whose derivation goes through") from error
    document = carried.draft
    if document is None or not any(line["rule"] == "order" for line in document["lines"]):
        raise InputError(
            "no bounds: nothing of it is proved up to a constant",
            where=claim.id,
            accepted="a claim about orders of magnitude, such as kappa-order",
        )
    wanted, symbols = needed(document), _fixed(claim)
    for name in values:
        if name not in {*wanted, *symbols, *fixed(document)}:
            raise InputError(f"{claim.id} has no fixed scalar {name}", where=WHERE, accepted=", ".join(wanted))
    missing = [name for name in wanted if name not in values]
    if missing:
        raise InputError(f"no value of {', '.join(missing)}", where=WHERE, accepted=f"{missing[0]}=NUMBER")
    under = tuple(
        _left_open(claim, {symbols[n]: sp.Rational(*v.as_integer_ratio()) for n, v in values.items() if n in symbols})
    )
    bounds = constants(document, values)
    rests: set[tuple[int, int]] = set()
    steps = []
    for number, lines in carried.spans:
        own = [b for b in bounds if b.line in lines and document["lines"][b.line]["rule"] == "order"]
        if own:
            steps.append((number, carried.steps[number - 1], tuple(own)))
            rests = rests.union(*(b.known.rests for b in own))
    supposed = _equations([b for b in bounds if (b.line, b.number) in rests])
    return Explicit(claim, values, tuple(steps), tuple(supposed), under, tuple(_names(document, steps)))


def _fixed(claim: Claim) -> dict[str, sp.Symbol]:
    """The symbols of the hypotheses and of the scales, by name."""
    said = [*claim.conditions, *(e for _, e in claim.scaling)]
    return {x.name: x for e in said for x in e.free_symbols}


def _left_open(claim: Claim, at: dict[sp.Symbol, sp.Rational]) -> Iterator[str]:
    """The hypotheses that the values do not decide.  Raises DomainError where they decide against one."""
    for h in claim.hypotheses:
        if h.condition is None:
            yield h.text
            continue
        said = h.condition.subs(at)
        if said in (False, sp.false):
            given = ", ".join(f"{x.name} = {v}" for x, v in at.items() if h.condition.has(x))
            raise DomainError(f"{given} violates a hypothesis of {claim.id}", where=WHERE, accepted=h.text)
        if said not in (True, sp.true):
            yield h.text


def _equations(bounds: list[Bound]) -> Iterator[str]:
    """Supposed bounds as text, two of them as an equation."""
    sides = [(product(b.low), " + ".join(map(product, b.high))) for b in bounds]
    for left, right in sides:
        if (right, left) not in sides:
            yield f"{left} <= {right}"
        elif sides.index((left, right)) < sides.index((right, left)):
            yield f"{left} = {right}"


def _names(document: Any, steps: list[tuple[int, Step, tuple[Bound, ...]]]) -> Iterator[str]:
    """What the names in the bounds stand for, where they are the certificate's own."""
    context = document["context"]
    used = {n for _, _, bounds in steps for b in bounds for p in (b.low, *b.high) for n in p}
    for line in document["lines"]:
        for name, summand in line.get("sums", {}).items():
            if name in used and name != "d":
                yield f"{name} = sum over j of {written(summand)}"
                used.discard(name)
        if line["rule"] == "least" and line["name"] in used:
            yield f"{line['name']} = min({_count(document, line['name'])}^(-1/beta), d)"
        if line["rule"] == "power-order":
            for field, meaning in (
                ("log", f"log(1 + {line.get('at')}^(-1/beta))" if "count" not in line else f"log(1 + {line['count']})"),
                ("gap", f"|{line['sum']} - its leading term|"),
            ):
                if line.get(field) in used:
                    yield f"{line[field]} = {meaning}"
    for name, value in context.get("values", {}).items():
        if name in used:
            yield f"{name} = {written(value)}"
    law = context["power_law"]
    yield f"s = j^-beta, s*w2 = j^-({written(law['source'])})"


def _count(document: Any, name: str) -> str:
    """The k of min(k^(-1/beta), d)."""
    return next((x["at"] for x in document["lines"] if x.get("count") == name), "k")


def written(e: Any, inside: bool = False) -> str:
    """An expression of a certificate as text; ``inside`` a product, where a sum needs brackets."""
    if isinstance(e, str):
        return e
    op, *rest = e
    if op == "^":
        return written(rest[0], True) + ("" if rest[1] == 1 else f"^{rest[1]}")
    if op in "+-":
        text = f" {op} ".join(written(x, op == "-") for x in rest).replace("+ -", "- ")
        return f"({text})" if inside else text
    above, below = _factors(e)
    sign = "-" if "-1" in above else ""
    tops = [written(x, True) for x in above if x not in ("1", "-1")] or ["1"]
    bottoms = [written(x, True) for x in below]
    text = sign + "*".join(tops)
    if bottoms:
        text += "/" + (bottoms[0] if len(bottoms) == 1 else f"({'*'.join(bottoms)})")
    return text


def _factors(e: Any) -> tuple[list[Any], list[Any]]:
    """The factors of a product, above and below its line."""
    if isinstance(e, str) or e[0] not in "*/":
        return [e], []
    parts = [_factors(x) for x in e[1:]]
    if e[0] == "/":
        (a, b), (c, d) = parts
        return a + d, b + c
    return [x for top, _ in parts for x in top], [x for _, bottom in parts for x in bottom]


# --- output ----------------------------------------------------------------------------------------------------------


def inequality(bound: Bound) -> str:
    """The sharper of the two forms: the largest of the terms where their constants are those of the sum."""
    known = bound.known
    each = known.most if known.most == known.sum else known.sum
    terms = [_times(c, product(p)) for c, p in zip(each, bound.high, strict=True) if c is not None]
    joined = terms[0] if len(terms) == 1 else f"max({', '.join(terms)})" if each is known.most else " + ".join(terms)
    return f"{product(bound.low)} <= {joined}"


def _times(c: Constant, power: str) -> str:
    return c.rounded_up() if power == "1" else power if c == Constant() else f"{c.rounded_up()}*{power}"


def _from(bound: Bound) -> str:
    """Where the bound holds, if not everywhere."""
    start = bound.known.start
    return "" if start is None or not start > Constant() else f"{bound.large} > {start.rounded_up()}"


def as_text(result: Explicit) -> str:
    """The bounds as plain text, the last step's at the end."""
    claim = result.claim
    lines = [
        claim.id,
        "  " + claim.title,
        "  at " + (", ".join(f"{n} = {v}" for n, v in result.values.items()) or "no values"),
        "",
        "Supposed",
        *(f"  {x}" for x in dict.fromkeys((*result.supposed, *result.under))),
        "",
        "Names",
        *(f"  {x}" for x in result.names),
        "",
        "Bounds, with constants rounded up",
    ]
    for number, step, bounds in result.steps:
        lines.append(f"  {number}. {step.says}")
        for bound in bounds:
            where = _from(bound)
            lines.append(f"       {inequality(bound)}" + (f"    for every {where}" if where else ""))
    return "\n".join(lines)


def as_json(result: Explicit) -> dict[str, Any]:
    """The same as plain data; constants are decimals, as text because they may be beyond a float."""

    def data(bound: Bound) -> dict[str, Any]:
        def constant(c: Constant | None) -> str:
            return "0" if c is None else c.rounded_up()

        return {
            "text": inequality(bound),
            "left": product(bound.low),
            "right": [product(p) for p in bound.high],
            "constant": bound.constant.rounded_up(),
            "coefficients_of_sum": [constant(c) for c in bound.known.sum],
            "coefficients_of_maximum": [constant(c) for c in bound.known.most],
            "from": {"name": bound.large, "above": constant(bound.known.start)} if _from(bound) else None,
        }

    return {
        "id": result.claim.id,
        "values": {n: str(v) for n, v in result.values.items()},
        "supposed": list(result.supposed),
        "hypotheses": list(result.under),
        "names": list(result.names),
        "steps": [
            {"step": number, "says": step.says, "bounds": [data(b) for b in bounds]}
            for number, step, bounds in result.steps
        ],
    }
