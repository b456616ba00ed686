"""Normal forms in lowest terms: the kernel neither factors nor cancels polynomials, but keeps what it is given."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import Any

from sympy import QQ
from sympy.polys.rings import PolyRing

from ...kernel.statements.ratio import Poly, Ratio, exact


def lowest(r: Ratio) -> Ratio:
    """The same ratio, numerator and denominator without a common factor, the denominator in irreducible factors."""
    names = sorted(r.atoms())
    if not names or not r.den:
        return r
    ring = PolyRing([f"x{i}" for i in range(len(names))], QQ)
    place = {x: i for i, x in enumerate(names)}

    def poly(p: Poly) -> Any:
        out = {}
        for m, c in p.items():
            powers = [0] * len(names)
            for x, e in m:
                powers[place[x]] = e
            out[tuple(powers)] = QQ(c.numerator, c.denominator)
        return ring.from_dict(out)

    def back(p: Any) -> Ratio:
        terms: Poly = {}
        for m, c in p.items():
            named = tuple((x, e) for x, e in zip(names, m, strict=True) if e)
            terms[named] = exact(Fraction(int(c.numerator), int(c.denominator)))
        return Ratio(terms)

    top, below = poly(r.num), dict[Any, int]()
    for f, e in r.den.items():
        constant, factors = poly(dict(f)).factor_list()
        top = top.quo_ground(constant**e)
        for g, k in factors:
            below[g] = below.get(g, 0) + k * e
    for g in below:
        while below[g]:
            quotient, rest = divmod(top, g)
            if rest:
                break
            top, below[g] = quotient, below[g] - 1
    return reduce(lambda out, part: out * back(part[0]).inverse().power(part[1]), below.items(), back(top))
