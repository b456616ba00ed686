"""Functions of the theory that SymPy does not have: sums over the covariance spectrum, kappa, expectations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.core.symbol import Str
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import ClaimError

from .settings import Fit, Setting
from .vocabulary import T0, T, d, df2, kappa, kappa0, lam, phi, phi0, s, w2


class SpectralSum(sp.Expr):
    """sum_j f(s_j, w0_j^2) over the eigendirections of the covariance.

    ``SpectralSum(f)`` with ``f`` an expression in the bound symbols ``s`` (eigenvalue) and ``w2`` (squared coefficient
    of the target).  With ``f`` free of ``w2`` it is tr f(S); an ``f`` linear in ``w2`` is w0' f(S) w0.
    """

    is_commutative = True
    is_real = True

    def __new__(cls, summand: sp.Expr) -> SpectralSum:
        return sp.Expr.__new__(cls, summand if isinstance(summand, sp.Basic) else sp.Integer(summand))

    @property
    def summand(self) -> sp.Expr:
        return self.args[0]

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        return self.summand.free_symbols - {s, w2}

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Expr | None:
        return self if old in (s, w2) else None  # the summand's own s and w2 are bound

    def _eval_derivative(self, x: sp.Symbol) -> sp.Expr:
        return sp.S.Zero if x in (s, w2) else SpectralSum(sp.diff(self.summand, x))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        depth = getattr(printer, "sums_outside", 0)  # a sum inside another has an index of its own
        index = "jil"[depth % 3]
        printer.sums_outside = depth + 1
        bound = self.summand.subs({s: sp.Symbol(f"s_{index}"), w2: sp.Symbol(f"w_{{0,{index}}}^{{2}}")})
        body = printer.doprint(bound)
        printer.sums_outside = depth
        plain = not self.summand.is_Add and not body.startswith("-")
        text = rf"\sum_{index} {body}" if plain else rf"\sum_{index} \left({body}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        return f"sum_j[{printer.doprint(self.summand)}]"


class df(sp.Function):
    """Degrees of freedom df_m(k) = tr S^m (S + k)^-m."""

    nargs = 2

    def doit(self, **hints: Any) -> sp.Expr:
        order, at = self.args
        return SpectralSum((s / (s + at)) ** order)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\mathrm{{df}}_{{{printer.doprint(self.args[0])}}}({printer.doprint(self.args[1])})"
        return text if exp is None else rf"{text}^{{{exp}}}"


class Kappa(sp.Function):
    """The effective ridge kappa(lambda, T): the root of kappa - lambda = kappa df_1(kappa)/T (docs/theory.md#E1)."""

    nargs = 2
    is_real = True
    is_nonnegative = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\kappa({printer.doprint(self.args[0])}, {printer.doprint(self.args[1])})"
        return text if exp is None else rf"{text}^{{{exp}}}"


class Expect(sp.Expr):
    """Expectation of a polynomial in traces, over every random letter that stands in it.

    ``Expect(f, E)``, ``Expect(f, E, E0)``: over the letters E, E0 alone, the others being fixed: a statement about
    every design (noises only, fixed design).
    """

    is_commutative = True
    is_real = True

    def __new__(cls, argument: sp.Expr, *over: sp.MatrixSymbol) -> Expect:
        if not all(isinstance(x, sp.MatrixSymbol) for x in over):
            raise ClaimError(
                f"Expect(..., {', '.join(map(str, over))}): an expectation is over letters",
                accepted="random letters, e.g. Expect(f, E)",
            )
        argument = scalar(sp.sympify(argument, strict=True))
        if isinstance(argument, sp.MatrixExpr):
            raise ClaimError(
                f"Expect({sp.sstr(argument):.60}): the mean of a matrix",
                accepted="a scalar, e.g. Expect(trace(A*W)), which says the same of W where A is an arbitrary constant",
            )
        return sp.Expr.__new__(cls, argument, *sorted(over, key=str))

    @property
    def argument(self) -> sp.Expr:
        return self.args[0]

    @property
    def over(self) -> tuple[sp.MatrixSymbol, ...]:
        """The letters that are averaged; empty for every random letter."""
        return self.args[1:]

    @property
    def free_symbols(self) -> set[sp.Basic]:
        return self.argument.free_symbols

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        index = f"_{{{','.join(map(printer.doprint, self.over))}}}" if self.over else ""
        text = rf"\mathbb{{E}}{index}\left[{printer.doprint(self.argument)}\right]"
        return text if exp is None else rf"{text}^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        index = f"_{','.join(map(printer.doprint, self.over))}" if self.over else ""
        return f"E{index}[{printer.doprint(self.argument)}]"


class TestError(sp.Symbol):
    """E_test = E |w_hat - w0|_S^2 of the scenario that a claim's setting describes (noise floor left out).

    ``E_test(setting)`` is the test error of a setting of its own; several may stand in one statement.
    """

    __test__ = False  # not a test class

    def __new__(cls, name: str = "E_test") -> TestError:
        return sp.Symbol.__new__(cls, name, nonnegative=True)

    def __call__(self, setting: Setting) -> TestErrorOf:
        return TestErrorOf.of(setting)


class TestErrorOf(sp.Expr):
    """The test error of a setting, as an expression: what is substituted reaches sizes, ridges and noises."""

    __test__ = False
    is_commutative = True
    is_real = True
    is_nonnegative = True

    @classmethod
    def of(cls, setting: Setting) -> TestErrorOf:
        """E_test(setting)."""
        if not isinstance(setting, Setting):
            raise ClaimError(f"E_test({setting!r:.60})", accepted="E_test(Setting(...))")

        def plain(fit: Fit) -> sp.Tuple:
            numbers = map(sp.sympify, (fit.samples, fit.ridge, fit.noise, fit.repeat))
            return sp.Tuple(*numbers, sp.true if fit.same_design else sp.false)

        size = () if setting.dimension is None else (setting.dimension,)
        fits = (sp.Tuple(*map(plain, setting.generators)), plain(setting.downstream))
        return cls(Str(setting.spectrum), Str(setting.target), *fits, sp.Tuple(*size))

    @property
    def setting(self) -> Setting:
        """The setting, as a claim has it."""
        spectrum, target, generators, downstream, size = self.args
        first, last = tuple(map(_as_fit, generators)), _as_fit(downstream)
        return Setting(spectrum.name, target.name, first, last, size[0] if len(size) else None)

    def _fits(self) -> str:
        fits = (*self.args[2], self.args[3])
        words = [", ".join(map(str, fit[:3])) + (f" x{fit[3]}" if fit[3] != 1 else "") for fit in fits]
        return " -> ".join(words)

    def _sympystr(self, printer: Any) -> str:
        return f"E_test({self._fits()})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        def shown(fit: sp.Tuple) -> str:
            power = rf"^{{\times {printer.doprint(fit[3])}}}" if fit[3] != 1 else ""
            return rf"({', '.join(map(printer.doprint, fit[:3]))}){power}"

        fits = r" \to ".join(map(shown, (*self.args[2], self.args[3])))
        text = rf"E_{{\mathrm{{test}}}}\left[{fits}\right]"
        return text if exp is None else rf"{text}^{{{exp}}}"


def _as_fit(fit: sp.Tuple) -> Fit:
    samples, ridge, noise, repeat, same_design = fit
    return Fit(samples, ridge, noise, repeat, bool(same_design))


E_test = TestError()


def scalar(e: sp.Basic) -> sp.Basic:
    """u' M u, a matrix of one row and one column, as the scalar tr(u' M u); anything else as it is."""
    return trace(e) if isinstance(e, sp.MatrixExpr) and e.shape == (1, 1) else e


def trace(matrix: sp.MatrixExpr) -> sp.Expr:
    """tr(matrix), expanded over sums and with scalar factors in front."""
    total = sp.S.Zero
    for term in sp.Add.make_args(sp.expand(matrix)) if not isinstance(matrix, sp.MatAdd) else matrix.args:
        coefficient, rest = term.as_coeff_mmul() if isinstance(term, sp.MatMul) else (sp.S.One, term)
        total += coefficient * Trace(rest)
    return total


def diff(f: sp.Expr, *by: sp.Expr) -> sp.Expr:
    """The derivative as SymPy has it; unevaluated where f speaks of a letter that is a function of one of `by`.

    >>> from ridgeproof.theorems.vocabulary import T, kappa, lam, phi
    >>> diff(kappa**2, kappa), diff(kappa**2, lam), diff(phi, T)
    (2*kappa, Derivative(kappa**2, lambda), Derivative(phi, T))
    """
    return sp.Derivative(f, *by) if meant(f, by) != f else sp.diff(f, *by)


def meant(f: sp.Basic, by: Iterable[sp.Basic]) -> sp.Basic:
    """f with the vocabulary's letters that vary with the letters `by` as the functions that they are.

    By lambda or T, kappa is kappa(lambda, T); by kappa it is a letter, of which df_2 is a function.

    >>> from ridgeproof.theorems.vocabulary import T, kappa, lam, phi
    >>> meant(phi * kappa, [lam]), meant(phi * kappa, [T]), meant(phi * kappa, [kappa])
    (phi*Kappa(lambda, T), d*Kappa(lambda, T)/T, kappa*phi)
    """
    letters = set(by)
    root = kappa if kappa in letters else Kappa(lam, T)
    means = {kappa: root, df2: df(2, root), kappa0: Kappa(sp.S.Zero, T0), phi: d / T, phi0: d / T0}
    return f.xreplace({x: m for x, m in means.items() if x not in letters and letters & m.free_symbols})


def open_degrees(expr: sp.Expr) -> sp.Expr:
    """Write every df_m(k) as the sum that it is."""
    return expr.replace(lambda e: isinstance(e, df), lambda e: e.doit())


def isotropic(expr: sp.Expr, dimension: sp.Expr, norm2: sp.Expr) -> sp.Expr:
    """The value for S = I, |w0|^2 = norm2: every sum over the spectrum becomes dimension * f(1, norm2/dimension)."""

    def value(total: SpectralSum) -> sp.Expr:
        f = total.summand
        if sp.diff(f, w2, 2) != 0:
            raise ValueError(f"not affine in the squared coefficients of the target: {f}")
        return dimension * f.subs({s: 1, w2: norm2 / dimension}, simultaneous=True)

    opened = open_degrees(expr)
    while opened.has(SpectralSum):  # innermost first
        opened = opened.replace(lambda e: isinstance(e, SpectralSum) and not e.summand.has(SpectralSum), value)
    return opened
