"""Plant wrong versions of claims and see what the numbers say: at least 99 % refuted, none proved.

    python tools/plant.py [--count 300] [--seed 1] [--only REGEX]

Wrong versions of the ledger's claims and of examples/published_claims.py: a factor, a sign, an exponent, d or T off by
one, T for T0, df_1 for df_2, lambda for kappa, a term or a factor or a logarithm dropped, Min for Max, a hypothesis
dropped or weakened, a factor of 1.01, 1.02, 1.05.  Claims take turns, in each the rarest kinds come first.  A
wrong version that is true after all is recognised by a proof (ridgeproof.proofs_check.audit.equivalence) and replaced.
Survivors are listed with the reason; the status is 1 if fewer than 99 % are refuted or one is proved.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sympy as sp

from ridgeproof.errors import RidgeproofError
from ridgeproof.proofs_check.audit import equivalence, faults
from ridgeproof.proofs_check.court.court import carry_out, certify
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Claim, Relation
from ridgeproof.theorems.registry import all_claims, claims_from_file

PUBLISHED = Path(__file__).parents[1] / "examples" / "published_claims.py"
FUNCTIONS_OF_S = {voc.S, voc.K, voc.D, voc.Sinv}
SMALL = {"1.01": sp.Rational(101, 100), "1.02": sp.Rational(102, 100), "1.05": sp.Rational(105, 100)}


def wrong_versions(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Every fault that is planted in one claim: (kind, the claim with the fault)."""
    yield from faults.statements(claim)
    if claim.relation not in (Relation.ORDER, Relation.ORDER_AT_MOST, Relation.NEGLIGIBLE):
        for word, factor in SMALL.items():
            part = claim.statement[-1]
            if not isinstance(part.right, sp.MatrixExpr) and part.right != 0:
                factor = 1 / factor if claim.relation in (Relation.BOUND, Relation.AT_MOST) else factor
                wrong = dataclasses.replace(part, right=factor * part.right)
                yield f"factor {word}", dataclasses.replace(claim, statement=(*claim.statement[:-1], wrong))
    for doubt in faults.hypotheses(claim):
        if doubt.operator in ("dropped hypothesis", "weakened hypothesis"):
            yield doubt.operator, doubt.mutant


def chosen(claims: list[Claim], seed: int) -> Iterator[tuple[str, Claim, Claim]]:
    """(kind, claim, wrong version): claims take turns, and in every claim the rarest kinds come first."""
    rng = random.Random(seed)
    sources: dict[str, list[tuple[str, Claim]]] = {}
    used: Counter[str] = Counter()
    while claims:
        for claim in list(claims):
            if claim.id not in sources:
                found = list(wrong_versions(claim))
                rng.shuffle(found)
                sources[claim.id] = found
            found = sources[claim.id]
            if not found:
                claims = [c for c in claims if c is not claim]
                continue
            kind, wrong = min(found, key=lambda f: used[f[0]])
            found.remove((kind, wrong))
            used[kind] += 1
            yield kind, claim, wrong


def in_order(expr: sp.Basic) -> sp.Basic:
    """Neighbours in a product that are functions of S stand in one order: they commute."""

    def sorted_runs(product: sp.MatMul) -> sp.MatrixExpr:
        scale, matrices = product.as_coeff_matrices()
        flat = [x for m in matrices for x in ([m.args[0]] * int(m.args[1]) if isinstance(m, sp.MatPow) else [m])]
        out: list[sp.MatrixExpr] = []
        for x in flat:
            at = len(out)
            while x in FUNCTIONS_OF_S and at and out[at - 1] in FUNCTIONS_OF_S and str(out[at - 1]) > str(x):
                at -= 1
            out.insert(at, x)
        return scale * sp.MatMul(*out)

    opened = expr.xreplace({voc.D: voc.S * voc.K}).doit()
    return opened.replace(lambda e: isinstance(e, sp.MatMul), sorted_runs)


def no_fault(claim: Claim, wrong: Claim) -> str:
    """Why a wrong version is true after all; "" if nothing proves it."""
    if (
        all(
            sp.expand(in_order(getattr(a, side)) - in_order(getattr(b, side))) == 0
            for a, b in zip(claim.equations, wrong.equations, strict=True)
            for side in ("left", "right")
            if not isinstance(getattr(a, side), sp.MatrixExpr)
        )
        and claim.hypotheses == wrong.hypotheses
        and not isinstance(claim.equations[0].left, sp.MatrixExpr)
    ):
        return "functions of S commute"
    try:
        carried = carry_out(claim, claim.derivation())
        return equivalence.reason(claim, wrong, carried)
    except (RidgeproofError, ArithmeticError, ValueError):
        return ""


def judged(claim: Claim, known: dict[str, bool]) -> bool:
    """Whether the numbers accept the claim itself."""
    if claim.id not in known:
        known[claim.id] = judge(claim).outcome == "holds"
    return known[claim.id]


def main() -> int:
    """Plant, judge, print a line for each that is not refuted, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a regular expression that the ids must match")
    options = parser.parse_args()
    ledger = [c for c in all_claims() if c.expected == "holds"]
    claims = [c for c in (*ledger, *claims_from_file(PUBLISHED)) if re.search(options.only, c.id)]
    sound: dict[str, bool] = {}  # a claim that the numbers do not judge at all plants nothing
    counts: Counter[str] = Counter()
    refuted: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    slowest, started = (0.0, ""), time.perf_counter()
    for kind, claim, wrong in chosen(claims, options.seed):
        if sum(planted.values()) >= options.count:
            break
        if not judged(claim, sound):
            continue
        begun = time.process_time()
        found = judge(wrong)
        spent = time.process_time() - begun
        if (
            found.outcome == "fails" or found.meaningless
        ):  # without a value at an admissible point: told, never accepted
            slowest = max(slowest, (spent, wrong.id))
            planted[kind] += 1
            refuted[kind] += 1
            counts["no value"] += found.meaningless
            continue
        if kind.endswith("hypothesis") and found.outcome == "holds":
            counts["a hypothesis that the numbers do not need"] += 1
            print(f"{'true too':10s}{claim.id}: {kind}: {wrong.conditions} for {claim.conditions}"[:200], flush=True)
            continue
        because = no_fault(claim, wrong)
        if because:
            counts["true after all"] += 1
            continue
        planted[kind] += 1
        verdict = found.outcome
        if verdict == "holds" and certify(wrong).complete:
            verdict = "proved"
        counts[verdict] += 1
        what = [f"{sp.sstr(b.right):.90}" for a, b in zip(claim.statement, wrong.statement, strict=True) if a != b]
        dropped = [h.text for h in claim.hypotheses if h not in wrong.hypotheses]
        print(
            f"{verdict:10s}{claim.id}: {kind}: {'; '.join(what + dropped)}\n          {found.reason:.150}", flush=True
        )
    total, caught = sum(planted.values()), sum(refuted.values())
    share = 100 * caught / max(1, total)
    print(f"planted {total}, refuted or told to have no value {caught} ({share:.1f} %), {dict(counts)}")
    print("by kind: " + ", ".join(f"{k} {refuted[k]}/{n}" for k, n in sorted(planted.items())))
    print(f"slowest refutation {slowest[0]:.1f} s ({slowest[1]}); {time.perf_counter() - started:.0f} s in all")
    return int(caught < 0.99 * total or counts["proved"] > 0)


if __name__ == "__main__":
    sys.exit(main())
