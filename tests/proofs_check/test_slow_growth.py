"""Growth and limits that iterated logarithms decide: what settles like 1/loglog n is told from what grows like it."""

from __future__ import annotations

import pytest

from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.reading.claims import read_claim

SLOW = [  # by hand; the sums by Mertens' argument and the integral test
    ("log(log(n)) + 1 ~ log(log(n))", "holds"),
    ("log(log(n)) + 1 =<>= log(log(n))", "holds"),
    ("log(n)*(1 + 3/log(log(n))) ~ log(n)", "holds"),
    ("log(n)*(11/10 + 3/log(log(n))) ~ log(n)", "fails"),
    ("log(log(n)) ~ 2*log(log(n)) + 1", "fails"),
    ("log(log(n)) =<>= 1", "fails"),
    ("log(log(n)) =o log(log(n)) + 5", "fails"),
    ("log(log(n)) + 5 <~= log(log(n))", "holds"),
    ("11/10*log(log(n)) + 5 <~= log(log(n))", "fails"),
    ("1 =o log(log(n))", "holds"),
    ("log(log(n)) + sqrt(log(log(n))) ~ 2*log(log(n))", "undecided"),
    ("sum_{k=2}^{n} 1/(k*log(k)) ~ log(log(n))", "holds"),
    ("sum_{k=2}^{n} 1/(k*log(k)) ~ 2*log(log(n))", "fails"),
    ("sum_{k=2}^{n} 1/(k*log(k)) <~ 1", "fails"),
    ("sum_{k=2}^{n} 1/(k*log(k)^2) <~ 1", "holds"),
    (r"\sum_{k=1}^{n} (\log k)^2/k ~ \log(n)^3/3", "holds"),
    (r"\sum_{k=1}^{n} (\log k)^2/k ~ \log(n)^3", "fails"),
    (r"\prod_{k=1}^{n} (1 + \frac{1}{2k}) \asymp \sqrt{n}", "holds"),
    (r"\prod_{k=1}^{n} (1 + \frac{1}{2k}) \gtrsim n", "fails"),
    (r"\sqrt{n} \gg \log n", "holds"),
]


@pytest.mark.parametrize(("formula", "outcome"), SLOW)
def test_iterated_logarithms(formula: str, outcome: str) -> None:
    """A refutation of what is true would be worse than no answer."""
    assert judge(read_claim(formula, ["as n grows", "n > 20"])).outcome == outcome


def test_limits_of_what_is_known_to_be_positive() -> None:
    """The limit of a geometric sum is a ratio that tends to 1: differences are lost in the digits of the sum."""
    limit = r"\lim_{n \to \infty} \sum_{k=0}^{n} \alpha^2 (1 - \alpha)^{2k} = "
    assert judge(read_claim(limit + r"\frac{\alpha}{2 - \alpha}", ["0 < alpha < 1"])).outcome == "holds"
    assert judge(read_claim(limit + r"\frac{\alpha}{2}", ["0 < alpha < 1"])).outcome == "fails"


def test_inequalities_of_real_letters() -> None:
    """Bernoulli's inequality needs x >= -2: odd powers fail far below."""
    formula = r"(1 + x)^n \ge 1 + n x"
    assert judge(read_claim(formula, ["x > -2; x real"])).outcome == "holds"
    assert judge(read_claim(formula, ["x real"])).outcome == "fails"
    assert judge(read_claim(formula, ["x > -4"])).outcome == "fails"
