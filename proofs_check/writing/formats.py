"""A claim's statement in the forms that one pastes elsewhere: Markdown, MathML, SymPy code, NumPy functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy as sp
from sympy.printing.numpy import SciPyPrinter

from ridgeproof.errors import InputError
from ridgeproof.theorems.claim import SIGN, Claim, Equation
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, df
from ridgeproof.theorems.functions import TestError as ErrorSymbol
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.quantities import Argmin, Minimum, Quantity, Rate, Root
from ridgeproof.theorems.vocabulary import SCALARS, s, w2

RESERVED = {"lambda": "lam"}
ARRAYS = {"s": "eigenvalues of the covariance", "w2": "squared coefficients of the target"}


def markdown(claim: Claim) -> str:
    """Title, source, setting, hypotheses, the statement as display formulas between dollar signs, and definitions."""
    from .setting import definitions, setting
    from .tex import tex

    sign = SIGN[claim.relation][1]
    lines = [f"**{claim.title}** ({claim.source}; {claim.relation})", ""]
    if found := setting(claim):
        lines += [f"Setting: {found}.", ""]
    lines += [f"- {h.text}" for h in claim.hypotheses]
    for e in claim.statement:
        lines += ["", "$$", f"{tex(e.left)} {sign} {tex(e.right)}", "$$"]
    for x, meaning in claim.where:
        lines += ["", f"where ${tex(x)} = {tex(meaning)}$"]
    if means := definitions(claim):
        lines += ["", *(f"- {line}" for line in means)]
    return "\n".join(lines)


def mathml(claim: Claim) -> str:
    """One ``<math>`` element for each equation of the statement, then for each abbreviation."""
    from .mathml import mathml as element
    from .tex import tex

    sign = SIGN[claim.relation][1]
    codes = [f"{tex(e.left)} {sign} {tex(e.right)}" for e in claim.statement]
    codes += [f"{tex(x)} = {tex(meaning)}" for x, meaning in claim.where]
    return "\n".join(element(code).replace('displaystyle="true"', 'display="block"', 1) for code in codes)


def sympy(claim: Claim) -> str:
    """Python code that builds ``statement``, the pairs (left, right) with every abbreviation written out."""
    lines = [
        "from sympy import *",
        "from sympy.core.symbol import Str",
        "from sympy.matrices.expressions.trace import Trace",
        "",
        "from ridgeproof.theorems import declarations as declared",
        "from ridgeproof.theorems import quantities as quantity",
        "from ridgeproof.theorems.functions import Expect, Kappa, SpectralSum, TestError, df",
        "",
        f"# {claim.title}: left {SIGN[claim.relation][0]} right",
        "statement = [",
        *(f"    ({_code(e.left)}, {_code(e.right)})," for e in claim.equations),
        "]",
    ]
    return "\n".join(lines)


class _Srepr(sp.printing.repr.ReprPrinter):
    def _print(self, expr: Any, **kwargs: Any) -> str:
        if isinstance(expr, Letter):  # a declared one carries its meaning along
            parts = ", ".join(self._print(x) for x in expr.args[1:])
            return f"declared.{type(expr).__name__}({expr.name!r}, {parts})"
        return str(super()._print(expr, **kwargs))

    def _print_Argmin(self, expr: Argmin | Minimum) -> str:
        function, variable, ends = map(self._print, _freed(expr, expr.function, expr.variable, expr.within))
        return f"quantity.{type(expr).__name__}({function}, {variable}, {ends})"

    _print_Minimum = _print_Argmin

    def _print_Root(self, expr: Root) -> str:
        parts = map(self._print, _freed(expr, expr.unknown, expr.equations, expr.unknowns, expr.within))
        return f"quantity.Root({', '.join(parts)})"

    def _print_Rate(self, expr: Rate) -> str:
        return f"quantity.Rate({self._print(expr.quantity)}, {self._print(expr.size)})"

    def _print_TestError(self, expr: ErrorSymbol) -> str:
        return f"TestError({expr.name!r})"


def _freed(expr: Quantity, *parts: Any) -> list[Any]:
    """Parts of a quantity with symbols for what it binds, which its constructor binds again."""
    free = {x: sp.Symbol(x.name, **x._assumptions_orig) for x in expr.bound}
    return [sp.sympify(part, strict=True).xreplace(free) for part in parts]


def _code(expr: sp.Basic) -> str:
    return str(_Srepr().doprint(expr))


class _Numpy(SciPyPrinter):
    """SciPy code in which ``s`` and ``w2`` are the arrays of eigenvalues and squared coefficients."""

    def __init__(self) -> None:
        super().__init__({"strict": True, "allow_unknown_functions": False})

    def _print_SpectralSum(self, expr: SpectralSum) -> str:
        # What does not speak of s is summed as often as there are eigenvalues.
        return f"numpy.sum({self._print(expr.summand)}{'' if expr.summand.has(s) else ' + 0*s'})"

    def _print_df(self, expr: df) -> str:
        order, at = map(self._print, expr.args)
        power = f"**{order if expr.args[0].is_Symbol or expr.args[0].is_Integer else f'({order})'}"
        return f"numpy.sum((s/(s + {at})){'' if order == '1' else power})"

    def _print_Kappa(self, expr: Kappa) -> str:
        ridge, samples = map(self._print, expr.args)
        return f"kappa(s, {samples}, {ridge})"

    def _print_zeta(self, expr: sp.Expr) -> str:
        return f"{self._module_format('scipy.special.zeta')}({', '.join(map(self._print, expr.args))})"

    def _print_Pi(self, expr: sp.Expr) -> str:
        return "numpy.pi"

    def _print_Max(self, expr: sp.Max) -> str:
        return reduce(lambda x, y: f"numpy.maximum({x}, {y})", map(self._print, expr.args))

    def _print_Min(self, expr: sp.Min) -> str:
        return reduce(lambda x, y: f"numpy.minimum({x}, {y})", map(self._print, expr.args))

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return _name(expr)


def _name(symbol: sp.Symbol) -> str:
    name = RESERVED.get(symbol.name, symbol.name.replace("[", "_").replace("]", "").replace("+", "_plus_"))
    return f"{name}_value" if name == "kappa" else str(name)


def python(claim: Claim) -> str:
    """NumPy functions, one for each equation: its right side, or its left side where the right one is a number.

    The functions take the eigenvalues ``s`` and the squared coefficients ``w2`` of the target, arrays of shape (d,),
    where the formula sums over the spectrum, and the other symbols as numbers.

    Raises
    ------
    InputError
        For statements about random matrices, limits, roots or minimisers, which are no formulas in numbers.
    """
    names = [
        claim.id.replace("-", "_") + (f"_{i}" if len(claim.statement) > 1 else "")
        for i in range(1, len(claim.statement) + 1)
    ]
    bodies = [_function(claim, name, e) for name, e in zip(names, claim.statement, strict=True)]
    code = "\n\n\n".join(bodies)
    modules = dict.fromkeys(re.findall(r"\b((?:numpy|scipy\.[a-z]+))(?=\.[a-z])", code))
    imports = [f"import {module}" for module in sorted(modules)]
    own = ["from ridgeproof.numerics.predictions.kappa import kappa"] if "kappa(s, " in code else []
    return "\n".join([*imports, *([""] if imports and own else []), *own, "", "", code]).lstrip("\n")


def _function(claim: Claim, name: str, e: Equation) -> str:
    expr = e.left if e.right.is_number else e.right
    parts = [expr, *(meaning for _, meaning in claim.where)]
    no_formula = {
        "the statement is about matrices or limits": any(
            isinstance(p, sp.MatrixExpr) or p.has(sp.MatrixExpr, Expect, sp.Derivative, sp.Limit) for p in parts
        ),
        "the statement is about a root, a minimiser or a rate": any(p.has(Quantity) for p in parts),
        "the statement defines E_test by itself": expr.has(E_test),
    }
    for what, holds in no_formula.items():
        if holds:
            raise InputError(what, where=claim.id, accepted="latex, markdown, mathml or sympy for it")
    lines, given = [], dict[sp.Basic, sp.Symbol]()
    used: set[sp.Basic] = set()
    for symbol, meaning in [*claim.where, (None, expr)]:
        for atom in sorted(meaning.atoms(Kappa) - {meaning, *given}, key=sp.default_sort_key):
            given[atom] = sp.Symbol(f"kappa_{len(given) + 1}")
            lines.append(f"{given[atom]} = {_Numpy().doprint(atom)}")
        code = _Numpy().doprint(meaning.xreplace(given))
        lines.append(f"{_name(symbol)} = {code}" if symbol is not None else f"return {code}")
        used |= meaning.free_symbols
    free = sorted(used - {s, w2} - {x for x, _ in claim.where}, key=lambda x: str(x.name))
    told = [f"{x} : {what}, shape (d,)" for x, what in ARRAYS.items() if any(_uses(p, x) for p in parts)]
    arrays = [line.split()[0] for line in told]
    told += [f"{_name(x)} : {SCALARS[x].text}" if x in SCALARS else _name(x) for x in free]
    side = f"left side, which the claim says is {e.right}" if e.right.is_number else "right side"
    doc = [f'"""{claim.title}: the {side}.', "", *told, '"""']
    # Integers are numbers, too, and NumPy raises arrays of them to no negative power.
    raised = [*arrays, *map(_name, free)] if any("**" in line for line in lines) else arrays
    real = [f"{name} = numpy.asarray({name}, dtype=float)" for name in raised]
    inner = "\n".join(f"    {line}".rstrip() for line in [*doc, *real, *lines])
    return f"def {name}({', '.join([*arrays, *map(_name, free)])}):\n{inner}"


def _uses(expr: sp.Basic, array: str) -> bool:
    if array == "s" and expr.has(SpectralSum, df, Kappa):
        return True
    return bool(expr.has(w2) if array == "w2" else expr.has(s))


FORMATS: dict[str, Callable[[Claim], Any]] = {"markdown": markdown, "mathml": mathml, "sympy": sympy, "python": python}
