"""What a certificate of a formula for the optimum of a law has to say, and whether it says it.

The normal form of a law (``calculus.piecewise``) is a choice among programs: v is above every row, and every
wall is <= 0; the optimum of the law is the least of theirs.  A certificate speaks of one program and one region.  It
takes for granted the domain of the parameters, the signs of the min and max of parameters, which have names of their
own, the region's conditions, and what the formula divides by; and it concludes

- at the region's controls every row is at most the region's v, and every wall is <= 0, a line for each;
- from v >= every row and every wall <= 0, that v is at least the region's.

A program has one certificate more, its *cover*: wherever what its formulas divide by is positive, one of its regions
holds (``ridgeproof.proofs_check.laws.cover``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sympy as sp

from ridgeproof.errors import NotProved
from ridgeproof.theorems.exponents.calculus.piecewise import Line
from ridgeproof.theorems.exponents.user.law_file import UserLaw
from ridgeproof.theorems.exponents.user.user_symbolic import Excesses, SymbolicProgram, symbolic_programs

from .. import kernel
from .cover import read_tree

Expression = Any
Atoms = Mapping[sp.Expr, str]  # a min or max of parameters, and its name in certificates


class Grounds(NamedTuple):
    """What holds of the parameters: expressions with their signs, and the symbols whose signs those are."""

    assumed: list[list[Expression]]
    symbols: list[sp.Expr | None]  # the excess or atom that an assumption says is >= 0


def atoms_of(law: UserLaw, program: SymbolicProgram) -> dict[sp.Expr, str]:
    """Return the min and max in a program's slopes and constants, named m1, m2, ... as far as the law leaves free."""
    entries = [entry for line, _ in (*program.rows, *program.walls) for entry in (line.constant, *line.slopes)]
    found = sorted({atom for entry in entries for atom in entry.atoms(sp.Min, sp.Max)}, key=sp.default_sort_key)
    names = (f"m{i}" for i in range(1, 10_000) if f"m{i}" not in law.names)
    return dict(zip(found, names, strict=False))


def free_name(law: UserLaw) -> str:
    """Return the name of v."""
    return next(name for name in ("v", *(f"v{i}" for i in range(len(law.names)))) if name not in law.names)


def export(expression: sp.Expr, excesses: Excesses, atoms: Atoms) -> Expression:
    """Return an expression in the parameters themselves as the kernel reads it.

    Raises
    ------
    NotProved
        For what is no rational function of parameters and atoms.
    """
    if expression in atoms:
        return atoms[expression]
    if expression.is_Rational:
        return str(expression)
    if expression.is_Symbol:
        shown = excesses.back.get(expression, expression)
        return shown.name if shown.is_Symbol else export(shown, Excesses({}, {}), atoms)
    parts = [export(part, excesses, atoms) for part in expression.args] if not expression.is_Pow else []
    if expression.is_Add:
        return ["+", *parts]
    if expression.is_Mul:
        return ["*", *parts]
    if expression.is_Pow and expression.exp.is_Integer:
        power = ["^", export(expression.base, excesses, atoms), abs(int(expression.exp))]
        return power if expression.exp > 0 else ["/", "1", power]
    raise NotProved(f"no rational function: {sp.sstr(expression):.60}")


def grounds(law: UserLaw, excesses: Excesses, atoms: Atoms) -> Grounds:
    """Return the assumptions about parameters: their lower bounds, and the signs of atoms that follow from these."""
    assumed, symbols = [], []
    for excess in excesses.back:
        assumed.append([export(excess, excesses, {}), ">" if excess.is_positive else ">="])
        symbols.append(excess)
    for atom, name in atoms.items():
        if atom.is_nonnegative:
            assumed.append([name, ">" if atom.is_positive else ">="])
            symbols.append(atom)
    return Grounds(assumed, symbols)


def row(line: Line, at: Sequence[Expression], excesses: Excesses, atoms: Atoms) -> Expression:
    """Return a row or wall at controls that are given as expressions."""
    constant, *slopes = (export(entry, excesses, atoms) for entry in (line.constant, *line.slopes))
    return ["+", constant, *(["*", slope, x] for slope, x in zip(slopes, at, strict=True))]


def conclusions(
    law: UserLaw, program: SymbolicProgram, excesses: Excesses, answer: Mapping[str, Any]
) -> list[tuple[list[list[Expression]], Expression]]:
    """Return what the lines have to be: (assumptions, expression >= 0), in order.

    ``answer`` has ``conditions``, ``positive`` (what is divided by and might be 0), ``controls`` and ``rate``.
    """
    atoms = atoms_of(law, program)
    conditions = [*([c, ">="] for c in answer["conditions"]), *([c, ">"] for c in answer["positive"])]
    known = [*grounds(law, excesses, atoms).assumed, *conditions]
    least = ["-", "0", answer["rate"]]
    chosen = answer["controls"]
    if len(chosen) != len(law.controls):
        raise NotProved("the controls of the answer are not those of the law")
    lines = [(known, ["-", least, row(line, chosen, excesses, atoms)]) for line, _ in program.rows]
    lines += [(known, ["-", "0", row(line, chosen, excesses, atoms)]) for line, _ in program.walls]
    v, free = free_name(law), list(law.controls)
    above = [[["-", v, row(line, free, excesses, atoms)], ">="] for line, _ in program.rows]
    inside = [[["-", "0", row(line, free, excesses, atoms)], ">="] for line, _ in program.walls]
    return [*lines, ([*known, *above, *inside], ["-", v, least])]


def read(law: UserLaw, document: Mapping[str, Any]) -> str:
    """Return in words what an accepted document proves; raises NotProved where it is not the formula in its note.

    Lines before the last ones may prove further signs from the assumptions about the parameters.
    """
    note = document["note"]
    programs, excesses = _programs(law)
    if type(note["program"]) is not int or not 1 <= note["program"] <= len(programs):
        raise NotProved("no such program")
    program = programs[note["program"] - 1]
    atoms = atoms_of(law, program)
    free = scalars(law, atoms)
    if document["context"] != {"scalars": free} or note["atoms"] != words(atoms, excesses):
        raise NotProved("another context")
    if "regions" in note:
        return _read_cover(law, document, excesses, atoms)
    assumed = grounds(law, excesses, atoms).assumed
    if any([positive, ">="] not in assumed for positive in note["answer"]["positive"]):
        raise NotProved("more is taken for positive than divisors of known sign")
    read_lines(document["lines"], assumed, conclusions(law, program, excesses, note["answer"]))
    return _statement(law, note, free)


def read_lines(
    lines: Sequence[Any], domain: list[list[Expression]], wanted: Sequence[tuple[list[list[Expression]], Expression]]
) -> None:
    """Check that the last lines of a certificate are those wanted, (assumptions, expression >= 0).

    Lines before them may prove further signs, from the domain alone.  Raises NotProved.
    """
    helpers = len(lines) - len(wanted)
    if helpers < 0:
        raise NotProved("a line is missing")
    for one in lines[:helpers]:
        if one["rule"] != "nonnegative" or one["assume"] != domain:
            raise NotProved("a sign is proved from something else")
    for one, (known, goal) in zip(lines[helpers:], wanted, strict=True):
        plain = [a for a in one["assume"] if a[0] != "line"]
        earlier = [a for a in one["assume"] if a[0] == "line"]
        if one["rule"] != "nonnegative" or one["relation"] != ">=" or plain != known:
            raise NotProved("a line assumes something else")
        if one["expression"] != goal or any(type(i) is not int or i >= helpers for _, i in earlier):
            raise NotProved("a line concludes something else")


def scalars(law: UserLaw, atoms: Atoms) -> list[str]:
    """Return the names in the certificates of a program."""
    return sorted({*(p.name for p in law.parameters), *law.controls, free_name(law), *atoms.values()})


def _read_cover(law: UserLaw, document: Mapping[str, Any], excesses: Excesses, atoms: Atoms) -> str:
    note = document["note"]
    regions, positive = note["regions"], note["positive"]
    assumed = grounds(law, excesses, atoms).assumed
    if any([divisor, ">="] not in assumed for divisor in positive):
        raise NotProved("more is taken for positive than divisors of known sign")
    read_tree(note["proof"], regions, [*assumed, *([divisor, ">"] for divisor in positive)], document["lines"])
    shown = _shower(scalars(law, atoms))
    listed = [" and ".join(f"{shown(c)} >= 0" for c in region) or "always" for region in regions]
    where = "".join(f", where {shown(divisor)} > 0" for divisor in positive)
    meanings = "".join(f"; {name} = {meaning}" for name, meaning in note["atoms"].items())
    return f"program {note['program']}: the regions cover the domain{where}: {', or '.join(listed)}{meanings}"


def _shower(names: list[str]) -> Callable[[Expression], str]:
    numbers = kernel.Scalars(names, kernel.Budget())
    return lambda expression: kernel.show_ratio(numbers.read(expression))


@lru_cache(maxsize=8)
def _programs(law: UserLaw) -> tuple[list[SymbolicProgram], Excesses]:
    return symbolic_programs(law)


def _statement(law: UserLaw, note: Mapping[str, Any], names: list[str]) -> str:
    shown = _shower(names)
    answer = note["answer"]
    given = [f"{shown(c)} >= 0" for c in answer["conditions"]] + [f"{shown(c)} > 0" for c in answer["positive"]]
    chosen = [f"{name} = {shown(x)}" for name, x in zip(law.controls, answer["controls"], strict=True)]
    where = [f"{name} = {meaning}" for name, meaning in note["atoms"].items()]
    said = ", ".join([*chosen, f"rate = {shown(answer['rate'])}"])
    return f"program {note['program']}, if {' and '.join(given) or 'always'}: {'; '.join([said, *where])}"


def words(atoms: Atoms, excesses: Excesses) -> dict[str, str]:
    return {name: sp.sstr(atom.subs(excesses.back)) for atom, name in atoms.items()}
