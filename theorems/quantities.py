"""Quantities that an author defines in a statement: roots of equations, minima and minimisers, rates.

Sequences are in :mod:`.sequences`.

::

    nu = Symbol("nu", positive=True)
    kappa1 = Root(nu, Eq(nu, lam + nu*df(1, nu)/T))         # the one positive root
    u, v = Roots((nu, mu), (equation, equation))            # coupled equations
    best = Argmin(f, w, within=(0, 1)); Minimum(f, w, within=(0, 1))
    ell_star = Rate(Argmin(E_test(clean), lam), T)          # the best ridge is T^-ell_star, up to slower factors

A variable that is bound (nu, x, w) is not the symbol of that name outside: nothing that is substituted reaches it.
``E_test`` itself, in a statement with a setting, is the error of that setting; :func:`settled` writes it so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from ridgeproof.errors import ClaimError

from .functions import E_test
from .settings import Setting


class Bound(sp.Symbol):
    """A variable bound by a quantity; ``depth`` tells it from the bound variables inside."""

    depth: int

    def __new__(cls, name: str, depth: int = 0, **assumptions: Any) -> Bound:
        new = sp.Symbol.__xnew__(cls, name, **assumptions)
        new.depth = depth
        return new

    def __getnewargs_ex__(self) -> tuple[tuple[str, int], dict[str, Any]]:
        return (self.name, self.depth), self.assumptions0

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.depth)

    def sort_key(self, order: Any = None) -> Any:
        return self.class_key(), (2, (self.name, str(self.depth))), sp.S.One.sort_key(), sp.S.One


def _bind(symbols: Iterable[sp.Symbol], *exprs: sp.Basic) -> dict[sp.Symbol, Bound]:
    """Bound variables for symbols, that occur in none of the expressions."""
    inside = [x.depth for e in exprs for x in e.atoms(Bound)]
    depth = max(inside, default=-1) + 1
    return {x: x if isinstance(x, Bound) else Bound(x.name, depth, **x._assumptions_orig) for x in symbols}


def _variable(x: object, where: str) -> sp.Symbol:
    if not isinstance(x, sp.Symbol) or x == E_test:
        raise ClaimError(f"{where}: {x!s:.40} is no variable", accepted='a symbol, e.g. Symbol("nu", positive=True)')
    return x


def expression(x: object, where: str) -> sp.Expr:
    """A scalar expression of SymPy, of what an author wrote.  Raises ClaimError."""
    value = sp.sympify(x, strict=True) if isinstance(x, int | sp.Basic) else x
    if not isinstance(value, sp.Expr) or isinstance(value, sp.MatrixExpr):
        raise ClaimError(f"{where}: {x!s:.60} is no scalar expression", accepted="SymPy expressions")
    return value


def _interval(x: sp.Symbol, within: Any, where: str) -> sp.Tuple:
    if within is None:
        return sp.Tuple(sp.S.Zero if x.is_nonnegative else -sp.oo, sp.oo)
    if not (isinstance(within, tuple | sp.Tuple) and len(within) == 2):
        raise ClaimError(f"{where}: within = {within!s:.40}", accepted="two ends, e.g. within=(0, 1)")
    low, high = (expression(end, where) for end in within)
    if (high - low).is_nonpositive:
        raise ClaimError(f"{where}: nothing lies between {low} and {high}", accepted="two ends, low < high")
    return sp.Tuple(low, high)


class Quantity(sp.Expr):
    """Base of the quantities: real numbers, with bound variables."""

    is_commutative = True
    is_real = True

    @property
    def bound(self) -> tuple[sp.Symbol, ...]:
        """The variables that are bound."""
        return ()

    @property
    def free_symbols(self) -> set[sp.Basic]:
        return super().free_symbols - set(self.bound)


# --- roots -----------------------------------------------------------------------------------------------------------


class Root(Quantity):
    """The solution of an equation, or one component of the solution of several.

    ``Root(nu, equation)``: the one root between the ends ``within`` (by default all the values that the symbol's own
    assumptions allow, 0 < nu for a positive one).  A point at which there is none, or more than one, gives no value.

    Attributes: ``unknown``, ``unknowns`` (bound), ``equations`` (expressions that vanish), ``within`` (pairs of ends).
    """

    def __new__(cls, unknown: Any, equations: Any, unknowns: Any = None, within: Any = None) -> Root:
        where = f"Root({unknown!s:.30})"
        several = isinstance(unknowns, tuple | sp.Tuple)
        names = tuple(unknowns) if several else (unknown,)
        parts = tuple(equations) if isinstance(equations, tuple | sp.Tuple) else (equations,)
        if len(names) != len(parts) or len(set(names)) != len(names) or unknown not in names:
            raise ClaimError(
                f"{where}: {len(parts)} equations for {len(names)} unknowns", accepted="as many equations as unknowns"
            )
        zero = [expression(e.lhs - e.rhs if isinstance(e, sp.Eq) else e, where) for e in parts]
        for x in names:
            _variable(x, where)
            if not any(x in e.free_symbols for e in zero):
                raise ClaimError(f"{where}: {x} stands in no equation", accepted="equations that speak of the unknowns")
        given = tuple(within) if several and within is not None else (within,) * len(names)
        ends = [_interval(x, pair, where) for x, pair in zip(names, given, strict=True)]
        new = _bind(names, *zero)
        return sp.Expr.__new__(
            cls,
            new[unknown],
            sp.Tuple(*(e.xreplace(new) for e in zero)),
            sp.Tuple(*(new[x] for x in names)),
            sp.Tuple(*ends),
        )

    @property
    def unknown(self) -> sp.Symbol:
        return self.args[0]

    @property
    def equations(self) -> tuple[sp.Expr, ...]:
        return tuple(self.args[1])

    @property
    def unknowns(self) -> tuple[sp.Symbol, ...]:
        return tuple(self.args[2])

    bound = unknowns

    @property
    def within(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        return tuple((a, b) for a, b in self.args[3])

    @property
    def is_positive(self) -> bool | None:
        low = self.within[self.unknowns.index(self.unknown)][0]
        return True if low.is_nonnegative else None  # the ends are open

    def _sympystr(self, printer: Any) -> str:
        said = " and ".join(f"{printer.doprint(e)} = 0" for e in self.equations)
        return f"root {self.unknown} of [{said}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        said = r",\ ".join(f"{printer.doprint(e)} = 0" for e in self.equations)
        text = rf"\operatorname{{root}}_{{{printer.doprint(self.unknown)}}}\left[{said}\right]"
        return text if exp is None else rf"{text}^{{{exp}}}"


def Roots(unknowns: tuple[sp.Symbol, ...], equations: tuple[sp.Basic, ...], within: Any = None) -> tuple[Root, ...]:
    """The solution of coupled equations, one :class:`Root` for each unknown, in their order."""
    return tuple(Root(x, tuple(equations), tuple(unknowns), within) for x in unknowns)


# --- optima ----------------------------------------------------------------------------------------------------------


class _Optimum(Quantity):
    """A function of one variable, and the ends between which it varies.

    Attributes: ``function``, ``variable`` (bound), ``within``, ``original`` (the symbol that the variable was).
    """

    word = ""

    def __new__(cls, function: Any, variable: Any, within: Any = None, original: Any = None) -> _Optimum:
        where = f"{cls.__name__}({function!s:.30}, ...)"
        function, variable = expression(function, where), _variable(variable, where)
        if variable not in function.free_symbols and not function.has(E_test):
            raise ClaimError(
                f"{where}: the function does not depend on {variable}", accepted="a variable that stands in it"
            )
        ends = _interval(variable, within, where)
        new = _bind((variable,), function)[variable]
        first = variable if original is None else original
        return sp.Expr.__new__(cls, function.xreplace({variable: new}), new, ends, Str(str(first)))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @property
    def function(self) -> sp.Expr:
        return self.args[0]

    @property
    def variable(self) -> sp.Symbol:
        return self.args[1]

    @property
    def within(self) -> tuple[sp.Expr, sp.Expr]:
        return tuple(self.args[2])

    @property
    def original(self) -> str:
        """The name that the variable had, by which a setting's ridge is recognised."""
        return self.args[3].name

    @property
    def bound(self) -> tuple[sp.Symbol, ...]:
        return (self.variable,)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.word} over {self.variable} of [{printer.doprint(self.function)}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        head = r"\operatorname*{arg\,min}" if self.word == "argmin" else r"\min"
        text = rf"{head}_{{{printer.doprint(self.variable)}}} \left[{printer.doprint(self.function)}\right]"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


class Argmin(_Optimum):
    """Where a given function of a given variable is least: ``Argmin(f, xi)``, ``Argmin(E_test, lam)``.

    ``within``: the ends, included; by default what the assumptions on the variable allow (0 to oo for the ridge).
    """

    word = "argmin"


class Minimum(_Optimum):
    """The least value of a given function over a given variable, as for :class:`Argmin`."""

    word = "min"


def Argmax(function: Any, variable: Any, within: Any = None) -> Argmin:
    """Where a function is greatest."""
    return Argmin(-expression(function, "Argmax"), variable, within)


def Maximum(function: Any, variable: Any, within: Any = None) -> sp.Expr:
    """The greatest value of a function."""
    return -Minimum(-expression(function, "Maximum"), variable, within)


class Rate(Quantity):
    """The exponent e of a quantity of size T^-e, up to factors slower than every power: -lim log q/log T as T grows.

    Attributes: ``quantity``, ``size``.
    """

    def __new__(cls, quantity: Any, size: Any) -> Rate:
        where = f"Rate({quantity!s:.30}, ...)"
        return sp.Expr.__new__(cls, expression(quantity, where), _variable(size, where))

    @property
    def quantity(self) -> sp.Expr:
        return self.args[0]

    @property
    def size(self) -> sp.Symbol:
        return self.args[1]

    @property
    def bound(self) -> tuple[sp.Symbol, ...]:
        return (self.size,)

    def _sympystr(self, printer: Any) -> str:
        return f"rate in {self.size} of [{printer.doprint(self.quantity)}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        n = printer.doprint(self.size)
        text = rf"-\lim_{{{n}\to\infty}} \frac{{\log {printer.doprint(self.quantity)}}}{{\log {n}}}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def settled(expr: sp.Basic, setting: Setting | None) -> sp.Basic:
    """An expression in which ``E_test`` is the error of a setting, also under a minimum over one of its symbols.

    Parameters
    ----------
    expr : a side of a statement.
    setting : the claim's; None leaves the expression alone.
    """
    if setting is None or not expr.has(E_test):
        return expr
    if isinstance(expr, _Optimum):
        inner = settled(expr.function, setting)
        own = {x: expr.variable for x in E_test(setting).free_symbols if x.name == expr.original}
        return expr.func(inner.xreplace(own), expr.variable, expr.args[2], expr.args[3])
    if expr == E_test:
        return E_test(setting)
    return expr.func(*(settled(a, setting) for a in expr.args)) if expr.args else expr
