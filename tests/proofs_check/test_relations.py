"""Relations in one line each: strict ones, one-sided ones, limits of means, iterated integrals, 0 on both sides.

Every value is elementary: chi-square moments, arithmetic and geometric means, integrals done by hand.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from ridgeproof.authoring import Claim, Equation, Relation, SpectralSum, T, d, df, df2, diff, kappa, lam, phi, ridge, s
from ridgeproof.errors import InputError
from ridgeproof.proofs_check.questions import questions
from ridgeproof.proofs_check.witnesses.judge import judge

CASES = [  # formula, where, outcome
    ("d/T < d/(T - d - 1)", "T >= d + 2", "holds"),
    ("df2 < df1", "lambda > 0", "holds"),
    ("df2 > df1", "lambda > 0", "fails"),
    ("x + 1/x > 2", "x > 0", "fails"),  # equal at x = 1
    ("x + 1/x >= 2", "x > 0", "holds"),
    ("exp(x) > 1 + x", "x > 0", "holds"),
    ("log(x) =o y", "x > 0; y > 0; as x grows; y = sqrt(x)", "holds"),
    ("y <~ log(x)", "x > 0; y > 0; as x grows; y = sqrt(x)", "fails"),
    ("log(x) =o y", "x > 0; y > 0; as x grows", "fails"),
    ("E_test <~= sigma2*d/(T - d)", "T > d; lambda = 0", "holds"),
    ("E_test <~= sigma2*d/T", "T > d; lambda = 0", "fails"),
    ("E_test ~= 0", "sigma2 = 0; T >= d; lambda = 0", "holds"),
    ("0*T ~ 0", "", "holds"),
    ("1/T =o 0", "", "fails"),  # only 0 is small against 0
    ("0*T =o 0", "", "holds"),
    ("E_test <~ 0", "T > d; lambda = 0; sigma2 > 0; as T grows", "fails"),
    ("E[tr(S*Winv)] ~ d/T", "T >= d + 2", "holds"),
    ("E[tr(S*Winv)] ~ (d + 1)/T", "T >= d + 2", "fails"),
    ("E[tr(S*Winv*S*Winv)] =<>= 1/T^2", "T >= d + 4", "holds"),
    ("E[tr(S*Winv*S*Winv)] =<>= 1/T", "T >= d + 4", "fails"),
    ("E[tr(S*R)] ~ tr(S*S*(S + lambda*I)^-1)", "lambda > 0", "fails"),
    (r"\int_0^1 \int_0^1 x*y dx dy = 1/4", "", "holds"),
    ("Integral(x*y, (x, 0, y), (y, 0, 1)) = 1/8", "", "holds"),
    ("Integral(x*y, (x, 0, y), (y, 0, 1)) = 1/6", "", "fails"),
    ("Integral(exp(-x - y), (x, 0, oo), (y, 0, oo)) = 1", "", "holds"),
    ("Integral(1/(1 + x + y), (x, 0, oo), (y, 0, oo)) = 1", "", "undecided"),  # it diverges
]


@pytest.mark.parametrize(("formula", "where", "outcome"), CASES, ids=[c[0] for c in CASES])
def test_what_numbers_say(formula: str, where: str, outcome: str) -> None:
    """True ones hold, false ones fall; what diverges is no number to compare with."""
    (claim,) = questions(formula, [where] if where else [])
    found = judge(claim)
    assert found.outcome == outcome, found.reason


def pairs() -> Any:
    """The formulas with a fault beside each, of the folder of blind statements."""
    folder = str(Path(__file__).parent / "blind")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("formulas").PAIRS
    finally:
        sys.path.remove(folder)


@pytest.mark.parametrize("pair", pairs(), ids=lambda p: p[0])
def test_a_formula_holds_and_its_fault_is_seen(pair: tuple[str, str, str, str, str, str | None]) -> None:
    """From the tutorial's words alone: the true one is not refuted nor left open, the false one falls."""
    _, _, true, where, false, other = pair
    for formula, conditions, outcome in ((true, where, "holds"), (false, where if other is None else other, "fails")):
        (claim,) = questions(formula, [conditions] if conditions else [])
        found = judge(claim)
        assert found.outcome == outcome, (formula, found.reason)


@pytest.mark.parametrize(
    ("slope", "value", "outcome"),
    [
        (diff(kappa, lam), 1 / (1 - df(2, kappa) / T), "holds"),  # lambda = kappa - kappa df_1/T, differentiated
        (diff(kappa, lam), 1 / (1 - df(1, kappa) / T), "fails"),
        (diff(df(1, kappa), lam), sp.S.Zero, "fails"),  # kappa is a function of lambda
        (sp.Derivative(df(1, kappa), lam), sp.S.Zero, "fails"),
        (diff(df(1, kappa), kappa), -SpectralSum(s / (s + kappa) ** 2), "holds"),
        (diff(kappa, T), -kappa * df(1, kappa) / (T**2 - T * df(2, kappa)), "holds"),  # the same equation, by T
        (diff(kappa, T), sp.S.Zero, "fails"),
        (diff(phi, T), -phi / T, "holds"),
        (diff(phi, d), sp.S.Zero, "fails"),
        (diff(df2, kappa), sp.S.Zero, "fails"),
    ],
)
def test_a_slope_takes_the_letters_along_that_vary(slope: sp.Expr, value: sp.Expr, outcome: str) -> None:
    """In Python as in ``check``: kappa is a function of lambda and T, phi of d and T, df_2 of kappa."""
    claim = Claim("slope", "t", "s", Relation.EQUALITY, (Equation(slope, value),), (ridge,))
    assert judge(claim).outcome == outcome


def test_an_unreadable_formula_of_a_file_costs_itself_alone(tmp_path: Path) -> None:
    """The others are judged; what cannot be read is told by its id, with what is accepted."""
    file = tmp_path / "three.toml"
    formulas = ("a", "x + 1 > x"), ("b", "q*x > x"), ("c", "x + 3 > x")
    entries = [f'[[claim]]\nid = "{name}"\nformula = "{formula}"\nwhere = "x > 0"\n' for name, formula in formulas]
    file.write_text("".join(entries), encoding="utf-8")
    unread: list[tuple[str, str]] = []
    assert [c.id for c in questions(str(file), unread=unread)] == ["a", "c"]
    assert [name for name, _ in unread] == ["b"] and "nothing says what q is" in unread[0][1]
    with pytest.raises(InputError, match="nothing says what q is"):
        questions(str(file))
