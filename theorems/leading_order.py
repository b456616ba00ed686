"""Resolvents to leading order, at every order of 1/lambda: where kappa comes from, and why E6 holds (docs/theory.md#E1,
#E6).

The leading part L of an expectation, as d and T grow in proportion, is multiplicative over traces and satisfies Stein's
identity with only those terms in which a trace splits in two (kernel, rule ``leading``).  kappa enters as the formal
power series in 1/lambda that is defined by L tr(Sh R) = T (1 - lambda/kappa); the rest follows by linear algebra.

What this proves is the equality of two formal power series, coefficient by coefficient.  That the equivalents also hold
at a fixed lambda > 0, where the series may diverge, is the analytic part that simulation has to speak for.
"""

from __future__ import annotations

import sympy as sp

from .claim import Claim, Defining, Equation, Hypothesis, LeadingTraces, Lemma, Relation, Stein, Step
from .finite_sample import fresh
from .functions import Expect, df, trace
from .sources import THEORY, V2
from .vocabulary import A, B, D, E, K, R, S, Sh, T, X, df2, kappa, lam, sigma2, student, teacher

proportionate = Hypothesis("d and every T grow in proportion, the spectrum of S bounded and its law convergent")
positive = Hypothesis("lambda > 0", sp.Gt(lam, 0))
kappa_is = Hypothesis("kappa = kappa(lambda, T)")

gain = kappa / lam


def at(step: int, *others: sp.MatrixExpr, **replace: sp.MatrixExpr) -> Lemma:
    """An earlier step, with A and B replaced, times the traces of ``others``."""
    letters = {"A": A, "B": B}
    return Lemma(step, tuple((letters[name], value) for name, value in replace.items()), others)


def one_resolvent() -> LeadingTraces:
    """One resolvent: lambda R is equivalent to kappa (S + kappa)^-1."""
    return LeadingTraces(
        "integrate X'(X R A K) by parts; the trace that splits off is tr(Sh R) = T (1 - lambda/kappa)",
        Expect(trace(R * A)),
        gain * trace(A * K),
        by=(Stein(X, X * R * A * K),),
    )


def _fixed_point() -> LeadingTraces:
    return LeadingTraces(
        "compare tr(Sh R) = d - lambda tr R with that: kappa solves its fixed-point equation",
        Expect(kappa - lam),
        kappa * trace(S * K) / T,
        by=(Defining(R), at(0, A=S * K), at(0, A=K)),
    )


def _resolvents() -> tuple[LeadingTraces, ...]:
    """Steps 0 to 4: one resolvent, the fixed point, and two resolvents with test matrices A and B."""
    return (
        one_resolvent(),
        _fixed_point(),
        LeadingTraces(
            "two resolvents with S between them, from X'(X K S R A R): a linear equation for tr(A R S R)",
            Expect(trace(A * R * S * R)),
            T * gain**2 * trace(A * K * S * K) / (T - df2),
            by=(
                Stein(X, X * K * S * R * A * R),
                *(at(0, o, A=S) for o in (R * A, K * R * A, R * R * A, R * K * R * A)),
                at(0, S * R * A * R, A=K),
                at(0, S * R * A * R, A=S * K),
                Defining(R, None, (S * R * A * R,)),
                Defining(K, K * S, (S * R * A * R,)),
                *(at(0, *o, A=a) for a in (A, A * K) for o in ((), (K,))),
                *(at(1, o) for o in (R * R * A, R * K * R * A, R * A, K * R * A, S * R * A * R, A * K, A * K * K)),
            ),
        ),
        LeadingTraces(
            "any B between them, from X'(X K B R A R): reduced to S between them",
            Expect(trace(A * R * B * R)),
            gain**2 * trace(A * K * B * K) + trace(B * K * S * K) * Expect(trace(A * R * S * R)) / T,
            by=(
                Stein(X, X * K * B * R * A * R),
                at(0, B * R * A * K, A=S),
                at(0, R * A * R * K * B, A=S),
                at(0, S * R * A * R, A=K * B),
                at(0, A=A * K * B),
                at(0, K, A=A * K * B),
                *(at(1, o) for o in (A * R * K * B * R, A * K * B * K, A * K * B * R)),
            ),
        ),
        LeadingTraces(
            "put the two together",
            Expect(trace(A * R * B * R)),
            gain**2 * (trace(A * K * B * K) + trace(B * K * S * K) * trace(A * K * S * K) / (T - df2)),
            by=(at(3), at(2, B * K), at(2, B * K * K)),
        ),
    )


_two = trace(A * D * B * D) + kappa**2 * trace(A * S * K * K) * trace(B * S * K * K) / (T - df2)
degrees = (df2, df(2, kappa))


def _two_resolvents() -> tuple[Step, ...]:
    return (
        *_resolvents(),
        LeadingTraces(
            "Sh R = I - lambda R on both sides",
            Expect(trace(A * Sh * R * B * Sh * R)),
            _two,
            by=(at(4), at(0, A=A * B), at(0, A=B * A)),
        ),
    )


kappa_origin = Claim(
    id="kappa-from-resolvent",
    title="One resolvent: lambda R is kappa (S + kappa)^-1, and kappa solves kappa - lambda = kappa df_1(kappa)/T",
    source=f"random matrix theory ({V2}, Eq. (14)); {THEORY}#E1",
    relation=Relation.EQUIVALENT,
    statement=(Equation(Expect(trace(R * A)), gain * trace(A * K)),),
    hypotheses=(fresh, proportionate, positive, kappa_is),
    derive=lambda: (one_resolvent(), _fixed_point()),
    finding=(
        "Known: the equation, from random matrix theory (the paper takes it as the definition of kappa).  New: here "
        "it is not postulated; it is the consistency condition of integrating by parts once."
    ),
)

two_resolvents = Claim(
    id="two-resolvents",
    title="Equivalent of tr[A Q B Q], Q = Sh R",
    source=f"random matrix theory; {THEORY}#E6",
    relation=Relation.EQUIVALENT,
    statement=(Equation(Expect(trace(A * Sh * R * B * Sh * R)), _two),),
    where=(degrees,),
    hypotheses=(fresh, proportionate, positive, kappa_is),
    derive=_two_resolvents,
)

# One ridge fit of a teacher w (constant, or random and independent of the fit): student R Sh w + R X'E/T.
_student = R * Sh * teacher + R * X.T * E / T
_q = sigma2 + kappa**2 * trace(teacher.T * S * K * K * teacher)
_second = trace(teacher.T * D * B * D * teacher) + _q * trace(B * S * K * K) / (T - df2)


def _one_fit() -> tuple[Step, ...]:
    M = teacher * teacher.T
    return (
        *_resolvents(),
        LeadingTraces(
            "noise: R Sh R = R - lambda R^2, two resolvents with B = I",
            Expect(trace(B * R * Sh * R)),
            T * trace(B * S * K * K) / (T - df2),
            by=(
                *(at(4, A=B, B=b) for b in (S * K, K)),
                *(at(0, A=x) for x in (B, B * K)),
                *(Defining(K, K * S, o) for o in ((B * K,), (B * K * K,), ())),
                *(at(1, o) for o in (B * K, B * K * K, B)),
            ),
        ),
        LeadingTraces(
            "average over the label noise, then both parts",
            Expect(trace(_student.T * B * _student)),
            _second,
            by=(
                Stein(E, X * R * B * R * Sh * teacher),
                Stein(E, X * R * B * R * X.T * E),
                Stein(E, X * R * B.T * R * Sh * teacher),
                at(5),
                at(4, A=M),
                at(0, A=M * B),
                at(0, A=B * M),
            ),
        ),
    )


one_fit = Claim(
    id="one-fit",
    title="One ridge fit maps the second moment of its teacher: M' = D M D + q S (S + kappa)^-2, any test matrix B",
    source=f"own derivation; {THEORY}#E4",
    relation=Relation.EQUIVALENT,
    statement=(Equation(Expect(trace(student.T * B * student)), _second),),
    where=((student, _student), degrees),
    hypotheses=(fresh, proportionate, positive, kappa_is),
    derive=_one_fit,
)
