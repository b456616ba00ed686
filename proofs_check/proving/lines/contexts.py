"""The context of a draft: what the vocabulary says about each letter, and whether a draft says the same."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

import sympy as sp

from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.letters import Letter

from ...meaning.translation import GIVEN
from .translation import Exporter


def context_problems(document: Any, declared: Mapping[str, sp.MatrixSymbol] | None = None) -> list[str]:
    """What a certificate assumes about its letters that the vocabulary does not say; empty if nothing.

    Parameters
    ----------
    document : a certificate that the kernel accepts (its context is then well formed).
    declared : the letters that the claim's file declares, by name.

    Returns
    -------
    list of str
        One line for every letter, relation or trace that differs, and for every scalar that a line gives a meaning of
        its own although the vocabulary has one.
    """
    context = document["context"]
    known = dict(declared or {}) | {x.name: x for x in voc.MATRICES}
    out = Exporter()
    out.leading = bool(context.get("leading_traces"))
    problems = [f"the letter {x} is not in the vocabulary" for x in context.get("letters", {}) if x not in known]
    for name in context.get("letters", {}):
        if name in known:
            out.use(known[name])
    model = out.context()
    for name, spec in context.get("letters", {}).items():
        if name in known and not _same_letter(spec, model["letters"][name]):
            problems.append(f"the letter {name} is not the vocabulary's: {spec}")
    for label, value in context.get("dims", {}).items():
        if model["dims"].get(label) != value:
            problems.append(f"the dimension {label} is not {value}")
    for kind in ("relations", "trace_relations", "leading_traces"):
        problems += [f"not an equation of the vocabulary: {r}" for r in context.get(kind, []) if r not in model[kind]]
    scalars = {x.name for x in voc.SCALARS} | set(model["scalars"])
    meanings = {voc.d.name: "1", voc.norm2.name: voc.w2.name}
    for line in document["lines"]:
        for name in line.get("expectations", {}):
            if name in scalars:
                problems.append(f"{name} is used as the name of an expectation")
        for name, summand in line.get("sums", {}).items():
            if name in scalars and meanings.get(name) != summand:
                problems.append(f"{name} is used as the name of a sum of {summand}")
    return problems


def _same_letter(spec: Any, model: Any) -> bool:
    return all(spec.get(k) == model.get(k) for k in {*spec, *model})


def moment_conditions(
    moments: dict[str, str], declared: Mapping[str, sp.MatrixSymbol] | None = None
) -> dict[str, sp.Basic]:
    """The condition under which each moment that a proof needs is finite.

    Parameters
    ----------
    moments : the kernel's ``moments``: inverse letter -> order p of E |Z|^p; 0 asks only that the inverse exists.
    declared : the letters that the claim's file declares, by name.

    Returns
    -------
    dict
        Letter -> condition.  For an inverse Wishart matrix (X'X)^-1 of T rows in dimension d the order p is finite if
        and only if T >= d + 2 p, 2 p rounded up (its least eigenvalue has a density of order x^((T-d-1)/2) at 0); for
        p <= 1/2 that includes T >= d.  For (X X')^-1 the two sides change places.  For the other random inverses it is
        the vocabulary's condition, whatever p.  Inverses of constants exist because the covariance is positive
        definite.
    """
    known = {n: x for n, x in (declared or {}).items() if x in voc.INVERSES} | {x.name: x for x in voc.INVERSES}
    out: dict[str, sp.Basic] = {}
    for name, order in moments.items():
        letter = known.get(name)
        if letter is None or not voc.is_random(letter, GIVEN):
            continue
        formula = voc.INVERSES[letter]
        gaussian = [x for x in formula.atoms(sp.MatrixSymbol) if x in voc.GAUSSIAN]
        grams = [x.T * x for x in gaussian] + [x * x.T for x in gaussian]
        if len(gaussian) == 1 and formula in grams:
            rows, cols = gaussian[0].shape if formula == grams[0] else reversed(gaussian[0].shape)
            twice = ceil(2 * Fraction(order))
            # T0 <= d - 2 and T >= d + 2 are written as the hypotheses write them.
            out[name] = sp.Le(cols, rows - twice) if rows == voc.d else sp.Ge(rows, cols + twice)
        elif (rows := _pooled(formula)) is not None:
            out[name] = sp.Ge(rows, voc.d + ceil(2 * Fraction(order)))
        elif letter in voc.MOMENTS_EXIST:
            out[name] = voc.MOMENTS_EXIST[letter]
        elif isinstance(letter, Letter):  # no condition is known
            out[name] = sp.false
    return out


def _pooled(formula: sp.MatrixExpr) -> sp.Expr | None:
    """The rows of all designs in X'X + X1'X1 + ..., different designs with one covariance: a Wishart matrix again."""
    terms = formula.args if isinstance(formula, sp.MatAdd) else ()
    designs = [x for x in formula.atoms(sp.MatrixSymbol) if x in voc.GAUSSIAN]
    if len(terms) != len(designs) or {x.T * x for x in designs} != set(terms):
        return None
    same = len({voc.GAUSSIAN[x] for x in designs}) == 1 and all(x.shape[1] == voc.d for x in designs)
    return sp.Add(*(x.shape[0] for x in designs)) if same else None
