"""What has to be said of a formula for the optimum of a law: of a user's law, and of the optimal ridge of the theory.

The normal form of a user's law (``calculus.piecewise``) is a choice among programs: the greatest of rows, where walls
are <= 0; the optimum of the law is the least of theirs.  A certificate is about one program and one region: from the
domain of the parameters, the region's conditions, and that what the formula divides by is positive, it says the least
value and where.  The theory's formula (``exponents.model.symbolic``) has rows on two or three stretches of ell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import sympy as sp
from sympy.core.sympify import _sympify  # strict: text is refused, not parsed

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus.piecewise import Line
from ridgeproof.theorems.exponents.model import symbolic as S
from ridgeproof.theorems.exponents.user.law_file import UserLaw
from ridgeproof.theorems.exponents.user.user_symbolic import Excesses, SymbolicProgram, symbolic_programs

from ..kernel.statements import show
from . import say
from .say import Relation, Term
from .statements import Document, Said, _covering

ELL = sp.Symbol("ell", real=True)


def export(expression: sp.Expr) -> Term:
    """Return an expression as a term; NotProved for what is none."""
    if expression.is_Rational:
        return str(expression)
    if expression.is_Symbol:
        return say.name(expression.name)
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return ["^", export(expression.base), int(expression.exp)]
    if expression.is_Mul or expression.is_Pow:
        below = [part for part in sp.Mul.make_args(expression) if part.is_Pow and part.exp.is_negative]
        above = [part for part in expression.args if part not in below] if expression.is_Mul else []
        top, bottom = (_joined("*", [export(x) for x in xs]) for xs in (above, [1 / x for x in below]))
        return ["/", top, bottom] if below else top
    for kind, word in ((sp.Add, "+"), (sp.Max, "max"), (sp.Min, "min")):
        if isinstance(expression, kind):
            parts = expression.args if word == "+" else sorted(expression.args, key=sp.default_sort_key)
            return _joined(word, [export(part) for part in parts])
    raise NotProved(f"no rational function: {sp.sstr(expression):.60}")


def shown(expression: sp.Expr, excesses: Excesses) -> Term:
    """Return an expression in the parameters themselves as a term."""
    return export(sp.factor(_sympify(expression).xreplace(excesses.back)))


def _joined(word: str, parts: Sequence[Term]) -> Term:
    return "1" if not parts else parts[0] if len(parts) == 1 else [word, *parts]


@lru_cache(maxsize=8)
def programs(law: UserLaw) -> tuple[list[SymbolicProgram], Excesses]:
    """Return the programs of a law, and its parameters through what they exceed their bounds by."""
    return symbolic_programs(law)


def domain(excesses: Excesses) -> list[Relation]:
    """What holds of the parameters: their lower bounds."""
    return [bound(x, excesses) for x in excesses.back]


def bound(excess: sp.Symbol, excesses: Excesses) -> Relation:
    """The lower bound of a parameter."""
    (parameter,) = excesses.back[excess].free_symbols
    return [">" if excess.is_positive else ">=", export(parameter), export(parameter - excesses.back[excess])]


def divisors(program: SymbolicProgram, excesses: Excesses) -> list[Relation]:
    """What a formula may divide by: parameters, and a min or max of them, that are >= 0 and might be 0."""
    entries = [x for line, _ in (*program.rows, *program.walls) for x in (line.constant, *line.slopes)]
    atoms = sorted({atom for x in entries for atom in x.atoms(sp.Min, sp.Max)}, key=sp.default_sort_key)
    return [[">", shown(x, excesses), "0"] for x in (*excesses.back, *atoms) if x.is_nonnegative]


def row(line: Line, law: UserLaw, excesses: Excesses) -> Term:
    """Return a row or wall."""
    slopes = zip(line.slopes, law.controls, strict=True)
    moving = (say.times(shown(m, excesses), say.name(x)) for m, x in slopes)
    return say.total([shown(line.constant, excesses), *moving])


def piece(law: UserLaw, program: SymbolicProgram, excesses: Excesses) -> tuple[list[Relation], list[Term]]:
    """Return the conditions and rows of a program."""
    walls = [[">=", "0", row(line, law, excesses)] for line, _ in program.walls]
    return walls, [row(line, law, excesses) for line, _ in program.rows]


def names(law: UserLaw) -> list[Any]:
    """Declare parameters and controls: any real numbers."""
    return say.declared({}, law.names)


@lru_cache(maxsize=8)
def _pieces(law: UserLaw) -> list[Any]:
    found, excesses = programs(law)
    return [piece(law, program, excesses) for program in found]


def program_of(law: UserLaw, document: Document) -> int | None:
    """Return which program of a law a certificate is about, from 1; None for a cover; NotProved for another law's."""
    shows = document["shows"]
    if shows[0] != "lowest":
        return None
    controls = [say.name(x) for x in law.controls]
    for i, one in enumerate(_pieces(law), start=1):
        if shows == say.lowest([one], controls, shows[3], say.minus(shows[4])) and document["declare"] == names(law):
            return i
    raise NotProved(f"{document['claim']}: no program of this law")


def statement(law: UserLaw | None, document: Document) -> Said:
    """Return what an accepted document says of a formula; raises NotProved where it says something else."""
    if law is not None and document["shows"][0] == "some":
        return Said("", None, cover=True)
    if law is None:
        key = _key(document["declare"], document["given"], document["shows"])
        if key not in _theory():
            raise NotProved(f"{document['claim']}: no formula of the theory")
        return Said(_theory()[key], None, cover=document["shows"][0] == "some")
    number, shows = program_of(law, document), document["shows"]
    known = domain(programs(law)[1])
    where = " and ".join(_text(h) for h in document["given"] if h not in known) or "always"
    place = [f"{x} = {show.term(say.unnamed(p))}" for x, p in zip(law.controls, shows[3], strict=True)]
    answer = ", ".join([*place, f"rate = {show.term(say.unnamed(say.minus(shows[4])))}"])
    return Said(f"program {number}, if {where}: {answer}", number)


def _text(relation: Relation) -> str:
    return show.formula(say.unnamed(relation))


def uncovered(law: UserLaw, documents: Sequence[Document]) -> list[int]:
    """Return the programs of which no cover is among the documents, for all parameters but zeros of divisors."""
    found, excesses = programs(law)
    left = []
    for i, program in enumerate(found, start=1):
        parts = [d for d in documents if program_of(law, d) == i]
        granted = [*domain(excesses), *divisors(program, excesses)]
        covers = [d for d in documents if program_of(law, d) is None and all(h in granted for h in d["given"])]
        whole = {"given": granted, "shows": ["some", [[]]]}  # a region without conditions
        if parts and not any(all(_covering(cover, parts)) for cover in (*covers, whole)):
            left.append(i)
    return left


# The formula for the optimal ridge under model collapse


def plain(sign: tuple[sp.Expr, str]) -> Relation:
    """Return a sign as a relation."""
    return [sign[1], export(sign[0]), "0"]


def formulas() -> tuple[tuple[str, S.SymbolicLaw, list[tuple[sp.Expr, str]]], ...]:
    """Return the formulas for T0 >= d + 2 and for T0 < d, each with the domain in which it is meant."""
    common = [(S.BETA - 1, ">"), (S.RB, ">")]
    narrow = [*common, (S.B, ">="), (S.G, ">="), (S.END, ">")]
    return (
        ("T0 >= d + 2", S.symbolic_law(), [*common, (S.A, ">=")]),
        ("T0 < d", S.symbolic_min_norm_law(), narrow),
    )


def known(law: S.SymbolicLaw, region: S.Region) -> list[tuple[sp.Expr, str]]:
    """Return what holds of the scales in a region besides the domain."""
    return [(c, ">=") for c in (*region.conditions, *law.sides[region.side].granted)]


def stretches(side: S.Side) -> list[tuple[list[Relation], list[Term]]]:
    """Return the pieces of a side."""
    found: list[tuple[list[Relation], list[Term]]] = []
    for part in side.stretches:
        ends = [ELL - part.lo, *([] if part.hi is None else [part.hi - ELL])]
        rows = [export(slope * ELL + level) for slope, level in part.rows]
        found.append(([plain((e, ">=")) for e in ends], rows))
    return found


def theory() -> list[tuple[str, str, list[Any], list[Relation], list[Any]]]:
    """Return (claim, words, declare, given, shows) for every region of both formulas, and for their covers."""
    found = []
    for i, (title, law, granted) in enumerate(formulas(), start=1):
        base = [plain(sign) for sign in granted]
        symbols = {e for e, _ in granted} | {e for r in law.regions for e, _ in known(law, r)} | {ELL}
        symbols |= {x for side in law.sides for part in side.stretches for line in part.rows for x in line}
        declare = say.declared({}, sorted(x.name for x in set().union(*(e.free_symbols for e in symbols))))
        lists = []
        for j, region in enumerate(law.regions, start=1):
            given = [plain(sign) for sign in known(law, region)]
            lists.append(given[: len(region.conditions)])
            ell, rate = export(region.ell), export(region.rate)
            where = " and ".join(map(show.formula, lists[-1]))
            words = f"{title}, if {where}: ell = {show.term(ell)}, rate = {show.term(rate)}  [{region.name}]"
            shows = say.lowest(stretches(law.sides[region.side]), ["ell"], [ell], rate)
            found.append((f"formula-{i}-{j:02}", words, declare, [*base, *given], shows))
        words = f"{title}: the {len(lists)} regions of the formula cover the domain"
        found.append((f"formula-{i}-cover", words, declare, base, ["some", lists]))
    return found


def _key(declare: Any, given: Any, shows: Any) -> str:
    return json.dumps([declare, given, shows])


@cache
def _theory() -> Mapping[str, str]:
    return {_key(*rest): words for _, words, *rest in theory()}
