"""Rules about words and traces: word, trace, leading, telescope."""

from __future__ import annotations

import json

from .context import Context, Line, letters_in, letters_traced
from .nulls import null
from .rational import names_in
from .reading import earlier, listing, need, number, pick


def rule_word(ctx: Context, line: Line, done: list[Line]) -> Line:
    """left - right = sum of coefficient * a (g) b, where g is a relation of the context."""
    conclusion, rows, cols = ctx.equation(line.get("left"), line.get("right"), line.get("shape"))
    rest = dict(conclusion)
    for coefficient, a, b, index in listing(line.get("cofactors", []), 4, "cofactor"):
        poly, r, k = pick(ctx.relations, index, "relation")
        left, right = ctx.word(a, rows, r), ctx.word(b, k, cols)
        ctx.budget.spend(len(poly) * (len(left) + len(right)))
        ctx.subtract(rest, {left + word + right: c for word, c in poly.items()}, ctx.scalars.read(coefficient))
    need(not rest, "the cofactors do not add up to the difference")
    return {"word": (conclusion, rows, cols)}


def rule_trace(ctx: Context, line: Line, done: list[Line]) -> Line:
    """E[polynomial in traces] = 0, or (rule ``leading``) the same to leading order as d and T grow in proportion.

    To leading order a trace over d or T dimensions, d and T count as size T^1.  Expand a resolvent (X'X/T + lambda)^-1
    in powers of 1/lambda: by Stein's identity each expectation of a product of traces is a polynomial in traces and
    1/T, and exactly the terms in which a trace splits in two keep the size - one that does not split, or in which two
    traces merge, is smaller by 1/T.  By induction on the degree the leading part L is multiplicative over traces and
    satisfies the truncated identity, at every power of 1/lambda.  So ``leading`` lines are identities between formal
    power series in 1/lambda, in which a scalar may be defined by a trace (``leading_traces``).  Other random inverses
    than that of a multiple of the identity and words that hold Gaussian letters have no such series.

    Letters with a side of fixed length (vectors) break the count of sizes, so they are held short: a random vector is
    integrated out exactly, and while one stands in a product of traces no other letter is, nor is the product taken
    apart, as its leading part is not multiplicative; constant vectors enter a product of traces once, as w w', in which
    both sides are linear.
    """
    leading = line["rule"] == "leading"
    conclusion = ctx.trace_poly(line.get("expectation"))
    need(not letters_traced(conclusion) & ctx.hiding, "an inverse hides in a name: write out which moment is needed")
    rest = dict(conclusion)
    for coefficient, data in listing(line.get("nulls"), 2, "null"):
        ctx.subtract(rest, null(ctx, data, done, leading), ctx.scalars.read(coefficient))
    need(not rest, "the nulls do not add up to the expectation")
    return {line["rule"]: conclusion}


def rule_telescope(ctx: Context, line: Line, done: list[Line]) -> Line:
    """From an earlier word line L[m+1] - L[m] = r[m]: L[n] - L[0] = sum_{m<n} r[m].

    A word line holds for all matrices that satisfy the relations of the context, whatever their law, and the relations
    hold for every m; so does the line, and the sum over m is a sum of true equations.  L[m+1] has to be L[m] with every
    m moved on: coefficients are numbers, and the shape and the letters without an index, which stay, are not made of
    anything that could move.
    """
    poly, *shape = earlier(done, line.get("step"), "word")
    term, summand = (listing(line.get(k), 2, k) for k in ("term", "summand"))
    for coefficient, _ in term + summand:
        number(coefficient)
    need("[m+1]" not in json.dumps(term), "telescope: the term is not a function of m")
    for x in letters_in(ctx.word_poly(term, *shape)):
        need("[m]" in x or not set(ctx.letters[x]) & {"inverse_of", "equals", "depends"}, f"telescope: {x} may move")
    need("[m" not in "".join(names_in(*(ctx.dims[side] for side in shape))), "telescope: the shape moves with m")
    rest = ctx.word_poly(json.loads(json.dumps(term).replace("[m]", "[m+1]")), *shape)
    for part in (ctx.word_poly(term, *shape), ctx.word_poly(summand, *shape), poly):
        ctx.subtract(rest, part)
    need(not rest, "telescope: the line is not L[m+1] - L[m] - r[m]")
    return {}
