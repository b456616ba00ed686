"""Sequences that an author defines in a statement by a start and a step.

::

    e = Sequence(v0, lambda x: w**2*v0 + (1 - w)**2*(x + v0)); e(n)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from ridgeproof.errors import ClaimError

from .quantities import Bound, Quantity, expression


class Term(Quantity):
    """The term number ``index`` of a sequence: ``state(0) = start``, ``state(m + 1) = step(state(m), m)``.

    Attributes: ``index``, ``start`` and ``step`` (tuples of expressions), ``state`` (bound), ``counter`` (bound),
    ``component`` (which entry of the state this is), ``name``.
    """

    def __new__(cls, *args: Any) -> Term:
        return sp.Expr.__new__(cls, *args)

    @property
    def name(self) -> str:
        return self.args[0].name

    @property
    def index(self) -> sp.Expr:
        return self.args[1]

    @property
    def start(self) -> tuple[sp.Expr, ...]:
        return tuple(self.args[2])

    @property
    def step(self) -> tuple[sp.Expr, ...]:
        return tuple(self.args[3])

    @property
    def state(self) -> tuple[sp.Symbol, ...]:
        return tuple(self.args[4])

    @property
    def counter(self) -> sp.Symbol:
        return self.args[5]

    @property
    def component(self) -> int:
        return int(self.args[6])

    @property
    def bound(self) -> tuple[sp.Symbol, ...]:
        return (*self.state, self.counter)

    def after(self, number: int) -> sp.Expr:
        """The term number ``number``, an integer >= 0, written out."""
        values = self.start
        for m in range(number):
            change = dict(zip(self.state, values, strict=True)) | {self.counter: sp.Integer(m)}
            values = tuple(e.xreplace(change) for e in self.step)
        return values[self.component]

    def _sympystr(self, printer: Any) -> str:
        return f"{self.name}({printer.doprint(self.index)})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"{self.name}_{{{printer.doprint(self.index)}}}"
        return text if exp is None else rf"{text}^{{{exp}}}"


class Sequence:
    """A sequence by its start and its step: ``e = Sequence(v, lambda x: q*(x + v))``, then ``e(n)``.

    Parameters
    ----------
    start : the term number 0; a tuple for a state of several numbers, and then ``e[0](n)``, ``e[1](n)``.
    step : a function (or ``Lambda``) of the term before, of the entries of the state; a last further argument is the
        number m of the term before.
    name : how it is written.
    """

    def __init__(self, start: Any, step: Callable[..., Any] | sp.Lambda, name: str = "e") -> None:
        where = f"Sequence({name!r})"
        self.start = tuple(expression(x, where) for x in (start if isinstance(start, tuple | sp.Tuple) else (start,)))
        size = len(self.start)
        if isinstance(step, sp.Lambda):
            arity = len(step.variables)
        elif callable(step):
            arity = len(inspect.signature(step).parameters)
        else:
            raise ClaimError(
                f"{where}: the step {step!s:.40} is no function", accepted="lambda x: ..., or Lambda(x, ...)"
            )
        if arity not in (size, size + 1):
            raise ClaimError(
                f"{where}: a step of {arity} arguments for a state of {size}", accepted=f"{size}, or {size + 1} with m"
            )
        state = [sp.Dummy("x", real=True) for _ in self.start]
        counter = sp.Dummy("m", integer=True, nonnegative=True)
        made = step(*[*state, counter][:arity])
        values = tuple(made) if isinstance(made, tuple | list | sp.Tuple) else (made,)
        if len(values) != size:
            raise ClaimError(f"{where}: the step gives {len(values)} numbers for a state of {size}", accepted=str(size))
        after = [expression(x, where) for x in values]
        inside = [x.depth for e in after for x in e.atoms(Bound)]
        depth = max(inside, default=-1) + 1
        names = [Bound(name if size == 1 else f"{name}{i}", depth, real=True) for i in range(size)]
        number = Bound("m", depth, integer=True, nonnegative=True)
        change = dict(zip(state, names, strict=True)) | {counter: number}
        self.step = tuple(e.xreplace(change) for e in after)
        self.state, self.counter, self.name, self.component = tuple(names), number, name, 0

    def __getitem__(self, component: int) -> Sequence:
        if not 0 <= component < len(self.start):
            raise ClaimError(f"{self.name}[{component}]", accepted=f"0 to {len(self.start) - 1}")
        part = object.__new__(Sequence)
        part.__dict__.update(self.__dict__, component=component)
        return part

    def __call__(self, index: Any) -> Term:
        number = expression(index, f"{self.name}(...)")
        if number.is_integer is False or number.is_negative:
            raise ClaimError(f"{self.name}({number})", accepted="an index that is an integer >= 0")
        data = (sp.Tuple(*self.start), sp.Tuple(*self.step), sp.Tuple(*self.state), self.counter)
        return Term(Str(self.name), number, *data, sp.Integer(self.component))
