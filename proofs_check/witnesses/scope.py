"""What a claim speaks of: settings, symbols, the vocabulary's meanings put in, and letters that nothing declares."""

from __future__ import annotations

import dataclasses
import functools

import sympy as sp

from ridgeproof.theorems import quantities as Q
from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Equation, Relation
from ridgeproof.theorems.functions import E_test, Kappa, SpectralSum, TestErrorOf, df, meant
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.quantities import Quantity
from ridgeproof.theorems.settings import Setting

from .menus import Kinds

KNOWN = set(V.SCALARS) | {V.Tm, V.sigma2m, V.kappa0}
LINKS = {V.phi: V.d / V.T, V.phi0: V.d / V.T0}  # what a letter of the vocabulary is, in others
KAPPAS = {V.df2: df(2, Kappa(V.lam, V.T)), V.kappa: Kappa(V.lam, V.T), V.kappa0: Kappa(sp.S.Zero, V.T0)}


def settled(claim: Claim) -> Claim:
    """The claim written out, with E_test under a minimum, a rate or a root as the error of the claim's setting."""
    parts = claim.equations
    inside = any(s.atoms(Quantity) and s.has(E_test) for p in parts for s in (p.left, p.right))
    if claim.setting is not None and inside:
        parts = tuple(Equation(*(Q.settled(s, claim.setting) for s in (p.left, p.right))) for p in parts)
    return dataclasses.replace(claim, statement=parts, where=())


@functools.lru_cache(1000)
def _errors(side: sp.Basic) -> frozenset[TestErrorOf]:
    return frozenset(side.atoms(TestErrorOf))


def settings(claim: Claim) -> tuple[Setting, ...]:
    """Every setting that a claim speaks of: its own, and those of the errors in its statement."""
    errors = {x for p in claim.equations for s in (p.left, p.right) for x in _errors(s)}
    own = () if claim.setting is None else (claim.setting,)
    return (*own, *(e.setting for e in sorted(errors, key=str)))


def kinds(claim: Claim) -> Kinds:
    """Spectrum and target that suit every setting of a claim: the most special of each."""
    found = settings(claim)
    words = " ".join(h.text for h in claim.hypotheses)
    spectrum = "isotropic" if "S = I" in words or any(s.spectrum == "isotropic" for s in found) else "any"
    targets = {s.target for s in found}
    return Kinds(spectrum, "zero" if "zero" in targets else "isotropic" if "isotropic" in targets else "any")


def exponents(claim: Claim) -> set[sp.Symbol]:
    """Exponents of the power laws that a claim speaks of."""
    found = [s for s in settings(claim) if s.spectrum == "power-law"]
    out = {V.beta} if found else set()
    return out | ({V.r} if any(s.target == "source" for s in found) else set())


def _is_slope(e: sp.Basic) -> bool:
    return isinstance(e, sp.Derivative)


def linked(e: sp.Basic) -> sp.Basic:
    """A formula with the vocabulary's meanings put in (phi is d/T, kappa is kappa(lambda, T), ...)."""
    if e.has(sp.Derivative):
        e = e.replace(_is_slope, lambda x: sp.Derivative(meant(x.expr, x.variables), *x.variable_count))
    e = e.xreplace(LINKS)
    if e.has(sp.Derivative):
        e = e.replace(_is_slope, lambda x: x.doit())
    return e.xreplace(KAPPAS).xreplace(LINKS)


def undeclared(claim: Claim) -> list[sp.Symbol]:
    """Symbols of which nothing says anything, and of which the statement speaks as if something did.

    Such are starred names, and a letter that is a whole side of an equation and not in the other: what it is would be
    the statement's own business.  Of an order of growth, or a bound, such a side is a letter like any other: it is
    arbitrary, or a hypothesis speaks of it.
    """
    out = set()
    defines = claim.relation in (Relation.EQUALITY, Relation.EQUIVALENT, Relation.OPTIMUM, Relation.ASYMPTOTIC)
    spoken = set().union(*(c.free_symbols for c in claim.conditions), {x for x, _ in claim.scaling})
    spoken |= {claim.limit[0]} if claim.limit is not None else set()
    for p in claim.equations:
        for side, other in ((p.left, p.right), (p.right, p.left)):
            for x in side.free_symbols:
                if not isinstance(x, sp.Symbol) or x in KNOWN or x == E_test:
                    continue
                bare = side == x and x not in other.free_symbols and defines and x not in spoken
                if bare or x.name.endswith(("_star", "_n", "*")):
                    out.add(x)
    return sorted(out, key=str)


def namesakes(claim: Claim) -> list[str]:
    """Different symbols that share one name: a condition on one says nothing of the other."""
    seen: dict[str, set[sp.Symbol]] = {}
    for e in [*(s for p in claim.equations for s in (p.left, p.right)), *claim.conditions]:
        for x in e.free_symbols:
            if isinstance(x, sp.Symbol):
                seen.setdefault(x.name, set()).add(x)
    for x in KNOWN:
        if x.name in seen:
            seen[x.name].add(x)
    return sorted(k for k, v in seen.items() if len(v) > 1)


def scope(claim: Claim) -> set[sp.Symbol]:
    """Free symbols of statement, hypotheses, setting, and of the letters' definitions, after the links."""
    sides = [linked(s) for p in claim.equations for s in (p.left, p.right)]
    todo: list[sp.Basic] = sides + [linked(c) for c in claim.conditions]
    speaks = str(claim.relation) == "optimum" or any(s.has(E_test, df, Kappa, SpectralSum) for s in sides)
    if claim.setting is not None and speaks:
        for f in (*claim.setting.generators, claim.setting.downstream):
            todo += [f.samples, f.ridge, f.noise, f.repeat]
        if claim.setting.dimension is not None:
            todo.append(claim.setting.dimension)
    out: set[sp.Symbol] = set()
    seen: set[sp.MatrixSymbol] = set()
    while todo:
        e = todo.pop()
        out |= {x for x in e.free_symbols if isinstance(x, sp.Symbol) and x != E_test}
        for x in e.atoms(sp.MatrixSymbol) - seen:
            seen.add(x)
            todo += [linked(t[x]) for t in (V.DEFINITIONS, V.INVERSES) if x in t]
            if x in V.GAUSSIAN:
                todo.append(V.GAUSSIAN[x][1])
            if isinstance(x, Letter) and x.filter is not None:
                todo += x.filter
            out |= _parameters(x)
    plain = {y for y in out if isinstance(y, sp.Symbol) and not isinstance(y, sp.Dummy)}
    loose = set().union(*(s.free_symbols for s in sides))  # s outside every sum is a number like any other
    return (plain - {V.w2, V.norm2} - ({V.s} - loose)) | {V.d}


def _parameters(x: sp.MatrixSymbol) -> set[sp.Symbol]:
    """The sizes of a letter, and what its law depends on."""
    out: set[sp.Symbol] = set().union(*(s.free_symbols for s in x.shape))
    if x in V.ROTATION_INVARIANT:
        out |= {V.T0}
    if x in (V.H, V.H1):
        out |= {V.m, V.sigma02}
    return out


def domains_of_letters(claim: Claim) -> list[sp.Basic]:
    """Conditions that come with a letter: an inverse of X'X needs T >= d."""
    letters = set().union(*(s.atoms(sp.MatrixSymbol) for p in claim.equations for s in (p.left, p.right)))
    needed = (
        (V.Winv, sp.Ge(V.T, V.d)),
        (V.W0inv, sp.Ge(V.T0, V.d)),
        (V.Wminv, sp.Ge(V.Tm, V.d)),
        (V.Ginv, sp.Le(V.T0, V.d)),
        (V.C0inv, sp.Le(V.T0, V.d)),
    )
    return [c for x, c in needed if x in letters]
