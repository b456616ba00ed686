"""Certificates of the formula for the optimal ridge under model collapse.  Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.model.symbolic import Region

from ...kernel import FORMAT
from ...proving.signs import as_products
from ..model_formula import Formula, Sign, formulas, goals, known, plain, scalars, signs
from ..statements import MODEL
from .cover import find_tree

Document = dict[str, Any]


def documents() -> list[Document]:
    """Return a certificate for every region of both formulas, and for their covers; raises NotProved."""
    found = []
    for i, formula in enumerate(formulas()):
        for j, region in enumerate(formula.law.regions, start=1):
            found.append(_document(formula, region, f"formula-{i + 1}-{j:02}", {"formula": i, "region": j}))
        conditions = [[(plain(c), c) for c in region.conditions] for region in formula.law.regions]
        domain = [(known, e, how) for known, (e, how) in zip(signs(formula.domain), formula.domain, strict=True)]
        proof, lines = find_tree(conditions, domain)
        found.append(_written(formula, f"formula-{i + 1}-cover", lines, {"formula": i, "proof": proof}))
    return found


def _written(formula: Formula, claim: str, lines: list[dict[str, Any]], note: dict[str, Any]) -> Document:
    context = {"scalars": scalars(formula)}
    return {"format": FORMAT, "claim": claim, "context": context, "lines": lines, "note": {"law": MODEL, **note}}


def _document(formula: Formula, region: Region, claim: str, note: dict[str, Any]) -> Document:
    for home in range(len(formula.law.sides[region.side].stretches)):
        lines = _Lines(formula.domain, known(formula, region))
        try:
            for more, goal in goals(formula, region, home):
                lines.prove(goal, more)
        except NotProved as error:
            last = error
            continue
        return _written(formula, claim, lines.finished(), note | {"stretch": home})
    raise NotProved(f"{formula.title}, {region.name}: {last}")


class _Lines:
    """Proves goals one after the other; divisors first, from the domain."""

    def __init__(self, domain: Sequence[Sign], given: Sequence[Sign]) -> None:
        self.domain, self.given = tuple(domain), tuple(given)
        self.helpers: list[dict[str, Any]] = []
        self.divisors: dict[sp.Expr, int] = {}  # positive -> the helper that says so
        self.proofs: list[tuple[sp.Expr, tuple[Sign, ...], list[Any], dict[int, int]]] = []

    def prove(self, goal: sp.Expr, more: tuple[Sign, ...]) -> None:
        """Multiply by all divisors, which are positive, and write what is left as a sum of products."""
        everything = (*self.given, *more)
        top, bottom = sp.fraction(sp.factor(sp.together(goal)))
        common = sp.S.One
        for e, _ in more:
            common = sp.lcm(common, _denominator(e))
        top, bottom = top * common, bottom * common
        number, powers = sp.S.One, dict[int, int]()
        for factor in sp.Mul.make_args(bottom):
            base, power = factor.as_base_exp()
            if base.is_number:
                number *= base**power
            else:
                index = self._divisor(base)
                powers[index] = powers.get(index, 0) + int(power)
        cleared = [(sp.expand(sp.together(e) * _denominator(e)), how) for e, how in everything]
        total = as_products(sp.expand(top / number), cleared)
        if total is None:
            raise NotProved(f"the sign of {sp.sstr(goal):.80} does not follow")
        for _, factors in total:  # what was multiplied out of an assumption is put back
            for i, power in list(factors):
                for factor in sp.Mul.make_args(_denominator(everything[i][0])):
                    base, e = factor.as_base_exp()
                    if not base.is_number:
                        factors.append([("divisor", self._divisor(base)), int(e) * power])
        self.proofs.append((goal, more, total, powers))

    def _divisor(self, base: sp.Expr) -> int:
        if base not in self.divisors:
            total = as_products(sp.expand(base), self.domain, strict=True)
            if total is None:
                raise NotProved(f"the divisor {sp.sstr(base):.80} may not be positive")
            self.divisors[base] = len(self.helpers)
            self.helpers.append(
                {"rule": "nonnegative", "expression": plain(base), "relation": ">", "assume": signs(self.domain),
                 "sum": total}
            )  # fmt: skip
        return self.divisors[base]

    def finished(self) -> list[dict[str, Any]]:
        """Return the lines: the divisors, then the goals in their order."""
        lines = list(self.helpers)
        for goal, more, total, powers in self.proofs:
            assume: list[Any] = [*signs((*self.given, *more)), *(["line", i] for i in range(len(self.helpers)))]
            start = len(self.given) + len(more)
            terms = []
            for c, factors in total:
                exponents: dict[int, int] = {start + i: -e for i, e in powers.items()}
                for i, e in factors:
                    place = start + i[1] if isinstance(i, tuple) else i
                    exponents[place] = exponents.get(place, 0) + e
                terms.append([c, [[i, e] for i, e in sorted(exponents.items()) if e]])
            lines.append({"rule": "nonnegative", "expression": plain(goal), "relation": ">=", "assume": assume,
                          "sum": terms})  # fmt: skip
        return lines


def _denominator(e: sp.Expr) -> sp.Expr:
    return sp.denom(sp.factor(sp.together(e)))
