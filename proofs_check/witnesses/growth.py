"""Asymptotics and orders.

log of the ratio, y, along log T = 2^k log 2 (or powers of ten), as far as the balls stay tight. One step doubles log
T. g = step of y: T^a: g doubles; (log T)^c: g -> c log 2; loglog T: g ~ 1/k; a limit: g falls like 2^-k (corrections
in 1/log T) or faster (powers). What is claimed: growth seen and named, a limit seen with its error, or undecided.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from ridgeproof.theorems import vocabulary as V
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, TestErrorOf, df

from . import balls as B
from . import finding as F
from . import replay
from . import scope as P
from .balls import Hook, Spectrum
from .contradictions import nothing_admissible
from .covering import special_first
from .elementary import elementary, slog
from .finding import counted
from .menus import spectra
from .points import Env, points
from .power_law import power_law, uses_setting
from .realisations import hooks_for
from .slow_limits import expectations, of_size, sequence
from .thresholds import turns
from .trends import Ratio, decide
from .tried import Seen, Tried

SEED = 1
Steps: TypeAlias = list[tuple[int, float, float]]  # (log of the letter, log of the ratio, its error)


@dataclass(frozen=True)
class Course:
    """A claim along its limit: both sides of every equation, the letter that moves and what moves with it."""

    claim: Claim
    parts: list[tuple[sp.Expr, sp.Expr]]
    conds: list[sp.Basic]
    var: sp.Symbol
    target: sp.Expr
    meant: Mapping[sp.Symbol, sp.Expr]  # d = T^a, T0 = T^b where these exponents are spoken of
    spectral: bool  # a sum over the spectrum, or an error, stands in it
    power: bool  # over a power law
    words: bool  # expectations, or matrices
    hook: Hook

    @property
    def moving(self) -> set[sp.Symbol]:
        """What has no value of its own at a point."""
        return {self.var, *(x for x, _ in self.claim.scaling)}

    def symbols(self) -> set[sp.Symbol]:
        """What is drawn."""
        st, scaling = self.claim.setting, self.claim.scaling
        out = P.scope(self.claim) | set().union(*(f.free_symbols for _, f in scaling))
        spoken = uses_setting(self.claim) or any(x.has(V.lam) for p in self.parts for x in p)
        if self.spectral and V.lam in out - self.moving and not spoken:
            out -= {V.lam, V.sigma2}
        out -= {*self.moving, E_test}
        if not self.words and not any(x.has(V.d) for x in [*(x for p in self.parts for x in p), *self.conds]):
            out -= {V.d}
        if self.power and st is not None:
            out |= {V.beta} | ({V.r} if st.target == "source" else set())
        if self.power and self.var != V.T and not uses_setting(self.claim):
            out -= {V.T, V.lam, V.sigma2} - set().union(*(x.free_symbols for p in self.parts for x in p))
        return out - set(self.meant)

    def fixed(self) -> list[sp.Basic]:
        """The conditions that a point can satisfy."""
        moving = {*self.moving, *((V.d, V.T0) if self.power else ())}
        return [c for c in self.conds if not c.free_symbols & moving]

    def late(self) -> list[sp.Basic]:
        """The conditions on what moves."""
        return [c for c in self.conds if c.free_symbols & self.moving]

    def ratio(self, part: tuple[sp.Expr, sp.Expr], env: Env) -> Ratio:
        """Both sides at a point, along the limit."""
        return Ratio(*part, self.var, self.target, env, list(self.claim.scaling))

    def sequences(self, ratio: Ratio) -> tuple[list[tuple[Spectrum, Steps]], float]:
        """[(spectrum, [(log of the letter, log of the ratio, its error)])], and the error that is always there."""
        if self.power:
            return [([], power_law(self.claim, ratio))], 3e-6
        if self.spectral:
            return any_spectrum(self.claim, ratio, self.hook), 1e-9
        return [([], elementary(ratio.put_in()))], 1e-9

    def outcome(
        self, part: tuple[sp.Expr, sp.Expr], seq: Sequence[tuple[float, float, float]], floor: float
    ) -> tuple[str, str]:
        """The outcome of a sequence, and its words; only 0 is small against 0."""
        against_zero = part[1] == 0 and self.claim.relation in (Relation.NEGLIGIBLE, Relation.ORDER_AT_MOST)
        if against_zero and len(seq) >= 3 and not any(math.isfinite(y) for _, y, _ in seq):
            return "fails", "the right side is 0, the left one is not"
        return decide(seq, self.claim.relation, floor)

    def told(self, part: tuple[sp.Expr, sp.Expr], env: Env, spectrum: Spectrum) -> list[tuple[str, str]]:
        """(size, ratio) along the limit at one point, and what they amount to."""
        ratio, floor = self.ratio(part, env), 1e-9
        seq: Sequence[tuple[float, float, float]]
        if self.words:
            seq = sequence(*part, (self.var, self.target), ratio.scaling, env, spectrum, self.hook)
            letter = f"{self.var} = {'' if self.target != 0 else '1/'}"
        elif self.spectral and not self.power:
            seq, letter = along(ratio, self.hook, spectrum or None), "2^"
        else:
            ((_, seq),), floor = self.sequences(ratio)
            letter = "10^" if self.power else "2^"
        if not self.words:
            letter = f"{self.var} = {letter}{'' if self.target != 0 else '-'}"
        said, why = self.outcome(part, seq, floor)
        words = of_size(why, self.var) if self.words else of_letter(why, self.var, self.target)
        return [*replay.told_steps(seq, letter), (said, words)]


def course(claim: Claim) -> Course | str:
    """A claim along its limit; why not, where that cannot be said."""
    if claim.limit is None:
        return "an asymptotic statement that names no limit"
    var, target = claim.limit
    if target not in (sp.oo, 0):
        return f"limit {target}"
    st = claim.setting
    parts = [(P.linked(p.left), P.linked(p.right)) for p in claim.equations]
    conds = [P.linked(c) for c in claim.conditions]
    free = set().union(
        *(x.free_symbols for p in parts for x in p),
        *(c.free_symbols for c in conds),
        *(
            (f.samples.free_symbols | f.ridge.free_symbols for f in (*st.generators, st.downstream))
            if st is not None
            else ()
        ),
        *((st.dimension.free_symbols,) if st is not None and st.dimension is not None else ()),
    )
    meant = {x: f for x, e, f in ((V.d, V.a, V.T**V.a), (V.T0, V.b, V.T**V.b)) if e in free and var == V.T}
    if meant:
        parts = [(a.xreplace(meant), b.xreplace(meant)) for a, b in parts]
        conds = [c.xreplace(meant) for c in conds]
    spectral = any(x.has(SpectralSum, df, Kappa, E_test, TestErrorOf) for p in parts for x in p)
    power = spectral and st is not None and st.spectrum == "power-law"
    words = any(x.has(Expect) or x.atoms(sp.MatrixSymbol) for p in parts for x in p)
    return Course(claim, parts, conds, var, target, meant, spectral, power, words, hooks_for(claim))


def limit(claim: Claim, effort: Mapping[str, Any]) -> F.Finding:
    """Confront a claim with the log of the ratio of its sides along its limit."""
    path = course(claim)
    if isinstance(path, str):
        return F.undecided(path)
    parts, var, target, scaling = path.parts, path.var, path.target, claim.scaling
    symbols, fixed = path.symbols(), path.fixed()
    table = points(
        fixed, symbols, limit=effort.get("limit_points", 40), seed=SEED, turns=turns(x for p in parts for x in p)
    )
    if path.power:
        table = special_first(table, fixed, symbols)
    if late := path.late():
        table = [e for e in table if eventually(late, e, var, target, scaling)]
    if not table:
        return nothing_admissible(fixed, symbols)
    if path.words:
        small = [e for e in table if e.get(V.d, fmpq(2)) <= 2]  # exact, or by quadrature
        rows = small or [e for e in table if e.get(V.d, fmpq(2)) <= 3]
        return expectations(claim, parts, (var, target), rows[:8], P.kinds(claim), path.hook, effort["seconds"])
    t_end = time.process_time() + effort["seconds"]
    counts = {"zero": 0, "holds": 0, "undecided": 0, "undefined": 0}
    first, undefined, seen = None, "", Seen()
    tried = Tried()
    for env in table[:80]:
        if time.process_time() > t_end and counts["holds"]:
            break
        for which, part in enumerate(parts):
            try:
                seqs, floor = path.sequences(path.ratio(part, env))
            except (B.Undefined, ZeroDivisionError, ValueError) as err:
                counts["undefined"] += 1
                undefined = f"no value at an admissible point: {err} at {B.Point(env).text()}"
                continue
            except (B.Infinite, B.Limit) as err:
                counts["undecided"] += 1
                first = first or f"{err}"
                continue
            for spectrum, seq in seqs:
                if not seq:  # 0 = 0 at every size: no ratio, and true of every relation
                    counts["zero"] += 1
                    continue
                at = B.Point(env, spectrum).text() or "every point"
                v, why = path.outcome(part, seq, floor)
                why = of_letter(why, var, target)
                if v == "fails":
                    told = {
                        "counterexample": at,
                        "log_ratio_at_log2_T": [(a, round(y, 6)) for a, y, _ in seq],
                        "replay": replay.line(claim, "ratios", env, spectrum, equation=which),
                    }
                    return F.fails(f"{why}, at {at}", told)
                counts[v] += 1
                if v == "undecided":
                    first = first or f"{why} at {at}"
                else:
                    tried.add(env, spectrum)
                    seen.add(why, seq, floor)
    if counts["holds"] >= 1 and counts["undecided"] <= counts["holds"] // 4 and not counts["undefined"]:
        words = of_letter(seen.words(claim.relation), var, target)
        sizes = seen.sizes(*((10, 2) if path.power else (2, 4)))
        found: dict[str, Any] = {
            **counts,
            **tried.told(),
            "sizes": of_letter(sizes, var, target),
            "seeds": f"{SEED} (points)",
        }
        if excluded := of_letter(seen.excluded(claim.relation), var, target):
            found["would_have_seen"] = excluded
        return F.holds(f"{words}; {counted(counts['holds'], 'point')}", found)
    if counts["zero"] and not (counts["holds"] or counts["undecided"] or counts["undefined"]):
        return F.holds("both sides are 0 at every size", counts)
    if counts["undefined"]:
        return F.meaningless(undefined, counts)
    return F.undecided(first or "nothing evaluated", counts)


def of_letter(words: str, var: sp.Symbol, target: sp.Expr) -> str:
    """Growth in words is told of T; here in the letter that moves."""
    name = str(var) if target == sp.oo else f"(1/{var})"
    return re.sub(r"\bT\b|loglog T\b", lambda m: m[0].replace("T", name), words)


def eventually(
    late: Sequence[sp.Basic], env: Env, var: sp.Symbol, target: sp.Expr, scaling: Sequence[tuple[sp.Symbol, sp.Expr]]
) -> bool:
    """Conditions that speak of the variable: they hold at two large sizes (or cannot be said)."""
    ctx.prec = 400
    for bits in (256, 1024):
        T = arb(2) ** bits
        vals = {**env, var: T if target != 0 else 1 / T}
        for x, f in scaling:
            try:
                vals[x] = B.ev(f, B.Point(vals))
            except (B.Limit, B.Undefined):
                return True
        for c in late:
            if c.free_symbols <= set(vals):
                try:
                    if not B.truth(c, B.Point(vals)):
                        return False
                except (B.Limit, B.Undefined):
                    pass
    return True


def any_spectrum(claim: Claim, ratio: Ratio, hook: Hook) -> list[tuple[Spectrum, Steps]]:
    """A spectrum that the claim leaves free.

    Where nothing fixes d and T grows: S = I with d = T eigenvalues (constants must not depend on S and d). Else d and
    every other letter stay as they are, and the spectra of the claim's points take their turns.
    """
    said = [x for p in claim.equations for x in (p.left, p.right)] + list(claim.conditions)
    if ratio.var == V.T and not any(x.has(V.d) or x.has(E_test, TestErrorOf) for x in said):
        return [([], along(ratio, hook, None))]
    rows = spectra(P.kinds(claim), {V.d: fmpq(2), **ratio.env})
    return [(s, along(ratio, hook, s)) for s in rows[:: max(1, len(rows) // 3)]]


def along(ratio: Ratio, hook: Hook, spectrum: Spectrum | None) -> Steps:
    """The log ratio over a spectrum; None for S = I with d = T."""
    out, why = [], None
    for k in range(2, 10):
        T = fmpq(fmpz(1) << 2**k)
        ctx.prec = 200 + 2 ** (k + 2)
        pt = B.Point(
            {**ratio.env, ratio.var: T if ratio.target != 0 else 1 / T}, spectrum or [(fmpq(1), fmpq(1))], hook
        )
        if spectrum is None:
            pt.counts = [T.p]
        for x, f in ratio.scaling:
            pt.values[x] = B.ev(f, pt)
        if spectrum is not None:
            pt.values.setdefault(V.norm2, sum((w for _, w in spectrum), fmpq(0)))
        try:
            (s1, a), (s2, b) = slog(ratio.left, pt), slog(ratio.right, pt)
        except B.Limit as err:
            why = why or err
            continue
        if s1 == s2 == 0:
            continue
        if s1 * s2 <= 0:
            out.append((2**k, -math.inf if s1 == 0 < s2 else math.nan, 0.0))
            continue
        y = a - b
        out.append((2**k, float(y.mid()), float(y.rad())))
    ctx.prec = 96
    if len(out) < 4 and why is not None:
        raise why
    return out
