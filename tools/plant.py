"""Plant wrong versions of claims and see what the numbers say: at least 99 % refuted, none proved.

    python tools/plant.py [--count 300] [--seed 1] [--only REGEX] [--log FILE] [--again OUTCOMES] [--write]

Wrong versions of the ledger's claims and of examples/published_claims.py: a factor, a sign, an exponent, d or T off by
one, T for T0, df_1 for df_2, lambda for kappa, a term or a factor or a logarithm dropped, Min for Max, a hypothesis
dropped or weakened, a factor of 1.01, 1.02, 1.05.  Claims take turns, in each the rarest kinds come first.  A
wrong version that is true after all is recognised by a proof (ridgeproof.proofs_check.audit.truths) and replaced; so is
one that has no value at an admissible point (told, never accepted).  Survivors are listed with the reason; the status
is 1 if fewer than 99 % are refuted or one is proved.  Every fault is kept in docs/planted-faults.jsonl as soon as it is
judged, with a key of the code that judged it, and not judged again unless --again asks for it (OUTCOMES, or "stale": by
other code than today's); --write puts the counts and the list into docs/planted-faults.md, and says by which code.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pages
import sympy as sp

from ridgeproof.errors import RidgeproofError
from ridgeproof.proofs_check.audit import faults, truths
from ridgeproof.proofs_check.court.certify import conclude
from ridgeproof.proofs_check.proving.carrying import Carried, carry_out
from ridgeproof.proofs_check.witnesses.judge import judge
from ridgeproof.theorems.claim import Claim
from ridgeproof.theorems.registry import all_claims, claims_from_file

PUBLISHED = Path(__file__).parents[1] / "examples" / "published_claims.py"
LOG = Path(__file__).parents[1] / "docs" / "planted-faults.jsonl"
PAGE = LOG.with_suffix(".md")
COUNTED = ("refuted", "holds", "undecided", "proved")  # what is true, or says nothing, is no wrong version


ROOMS = ("witnesses", "audit", "court", "proving", "meaning", "kernel")  # of proofs_check: what judges


BY_HAND = {  # survivors: what they are is worked out by hand
    "866b3c6dfdeb968f": "True: with d = T^a eigenvalues kappa - lambda <= tr(S)/T, of order "
    "T^(a (1 - beta) - 1) for beta < 1, which is below lambda; df_2 and the bias have their orders for beta > 1/2.",
    "7583bc13ef483d8f": "True: with d = T^b/2 eigenvalues kappa - lambda <= tr(S)/T, of order "
    "T^(b (1 - beta) - 1) for beta < 1, which tends to 0; df_2 is at most of order T^(ell/beta) for beta > 1/2.",
    "00303d108666943b": "True: at r = 1 a logarithm enters, which no exponent sees; at r = 0 the bias is "
    "log d - (ell/beta) log T to leading order, so that the best ridge is where the noise is of order 1: ell = "
    "beta min(1, min(b, 1) - alpha), with the rate 0.",
    "840b892cf5d6bf52": "True: rows are exchangeable, so that the mean is T1/(T + T1) of E tr(S (Z'Z)^-1) = "
    "d/(T + T1 - d - 1), which exists from T + T1 = d + 2 on.",
    "7d872473c576d146": "True: the mean over the noise comes first, E E E' = sigma2 I, and both words are then "
    "sigma2 tr(S Winv).",
    "727c04b013c8338e": "Without a value at T0 = d, where the generators' equivalent is infinite: a proportion of "
    "the sizes that is not drawn.",
    "52f9e507d808dbe2": "False, and not noticed: for beta < 1 kappa is at least of the order of tr(S)/T, "
    "T^(b (1 - beta) - 1), which exceeds T^-ell for large b; the ten points drawn have no such b.",
}


def code_key() -> str:
    """What tells the code that judges from other code."""
    root = Path(truths.__file__).parents[1]
    files = sorted(f for room in ROOMS for f in (root / room).rglob("*.py"))
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:12]


def wrong_versions(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Every fault that is planted in one claim: (kind, the claim with the fault)."""
    yield from faults.statements(claim)
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


def judged(claim: Claim, known: dict[str, bool]) -> bool:
    """Whether the numbers accept the claim itself."""
    if claim.id not in known:
        known[claim.id] = judge(claim).outcome == "holds"
    return known[claim.id]


def identity(claim: Claim, kind: str, wrong: Claim) -> str:
    """What tells one planted fault from another, between runs."""
    said = (claim.id, kind, sp.srepr(wrong.equations), sp.srepr(wrong.conditions), str(wrong.relation))
    return hashlib.sha256("\n".join(map(str, said)).encode()).hexdigest()[:16]


def difference(claim: Claim, wrong: Claim) -> str:
    """What was planted, in the statement's own words."""
    said = []
    for x, y in zip(claim.equations, wrong.equations, strict=True):
        said += [f"{sp.sstr(b)} for {sp.sstr(a)}" for a, b in ((x.left, y.left), (x.right, y.right)) if a != b]
    was, now = set(map(str, claim.conditions)), set(map(str, wrong.conditions))
    if was != now:
        said.append(f"{', '.join(sorted(now - was)) or 'nothing'} for {', '.join(sorted(was - now))}")
    return "; ".join(said)


_carried: dict[str, Carried] = {}


def carried(name: str, claim: Claim) -> Carried:
    """A claim's derivation, carried out once."""
    if name not in _carried:
        _carried[name] = carry_out(claim, claim.derivation())
    return _carried[name]


def proved(claim: Claim, wrong: Claim) -> bool:
    """Whether the kernel accepts what numbers refute, by the claim's own derivation carried out for it anew."""
    try:
        if wrong.conditions != claim.conditions or wrong.where != claim.where:
            return conclude(wrong, carry_out(wrong, claim.derivation())).complete
        return conclude(wrong, carried(claim.id, claim)).complete  # the same steps, another end
    except (RidgeproofError, ArithmeticError, ValueError):
        return False


def outcome(claim: Claim, kind: str, wrong: Claim) -> dict[str, Any]:
    """What becomes of one fault: refuted, no value, true (by what proof), proved, or what the numbers say else."""
    begun = time.process_time()
    found = judge(wrong)
    spent = time.process_time() - begun
    word, why = found.outcome, found.reason
    if word == "fails":
        word = "refuted"
    elif found.meaningless:  # without a value at an admissible point: told, never accepted
        word = "no value"
    else:
        because = truths.reason(claim, wrong)
        if because:
            word, why = "true", because
    return {"outcome": word, "why": why[:300], "seconds": round(spent, 2)}


def with_proof(record: dict[str, Any], claim: Claim, wrong: Claim) -> dict[str, Any]:
    """The record of what numbers refute, with whether the kernel accepts it all the same."""
    accepted = proved(claim, wrong)
    return record | {"outcome": "proved" if accepted else "refuted", "proved": accepted}


def main() -> int:
    """Plant, judge, print a line for each that is not refuted, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a regular expression that the ids must match")
    parser.add_argument("--log", type=Path, default=LOG, help="a line of JSON a fault; what stands there is not redone")
    parser.add_argument("--again", default="", metavar="OUTCOMES", help="judge these anew: holds,undecided,...")
    parser.add_argument("--write", action="store_true", help="write docs/planted-faults.md")
    options = parser.parse_args()
    ledger = [c for c in all_claims() if c.expected == "holds"]
    claims = [c for c in (*ledger, *claims_from_file(PUBLISHED)) if re.search(options.only, c.id)]
    known = [json.loads(line) for line in options.log.read_text().splitlines()] if options.log.exists() else []
    key, again = code_key(), options.again.split(",")
    latest = {r["fault"]: r for r in known}.values()
    stale = [r for r in latest if "stale" in again and r.get("code") != key]
    records = {r["fault"]: r for r in latest if r["outcome"] not in again and r not in stale}
    sound: dict[str, bool] = {}  # a claim that the numbers do not judge at all plants nothing
    done: list[dict[str, Any]] = []
    with options.log.open("a") as log:
        for kind, claim, wrong in chosen(claims, options.seed):
            if sum(r["outcome"] in COUNTED for r in done) >= options.count:
                break
            name = identity(claim, kind, wrong)
            if name not in records:
                if not judged(claim, sound):
                    continue
                record = {
                    "fault": name,
                    "claim": claim.id,
                    "kind": kind,
                    "planted": difference(claim, wrong),
                    "code": key,
                }
                records[name] = record | outcome(claim, kind, wrong)
                print(json.dumps(records[name]), file=log, flush=True)
                if records[name]["outcome"] != "refuted":
                    print(show(records[name]), flush=True)
            if records[name]["outcome"] == "refuted" and "proved" not in records[name]:
                records[name] = with_proof(records[name], claim, wrong)
                print(json.dumps(records[name]), file=log, flush=True)
            done.append(records[name])
    counts = Counter(r["outcome"] for r in done)
    planted = [r for r in done if r["outcome"] in COUNTED]
    share = 100 * counts["refuted"] / max(1, len(planted))
    slowest = max((r for r in planted if r["outcome"] == "refuted"), key=lambda r: r["seconds"])
    print(f"planted {len(planted)}, refuted {counts['refuted']} ({share:.1f} %), {dict(counts)}")
    print(f"slowest refutation {slowest['seconds']:.1f} s ({slowest['claim']})")
    options.log.write_text("".join(f"{json.dumps(r)}\n" for r in records.values()))  # one line a fault
    if options.write:
        PAGE.write_text(page(done, key), "utf-8")
    return int(share < 99 or counts["proved"] > 0)


def by_which_code(done: list[dict[str, Any]], key: str) -> str:
    """How many faults were judged by the code that writes the page, how many by earlier code."""
    now = [r for r in done if r.get("code") == key]
    if len(now) == len(done):
        return f"All {len(done)} faults were judged by one code (key {key}), in one run."
    missed = sum(r["outcome"] not in ("refuted", "true", "no value") for r in done if r not in now)
    return (
        f"Not one run: of {len(done)} faults {len(now)} were judged by the code of this page (key {key}), the other "
        f"{len(done) - len(now)} by earlier code, which refuted them, proved them true or found them without a value"
        f"{f' ({missed} of them neither)' if missed else ''}. `python tools/plant.py --again stale --write` judges "
        f"all anew by today's."
    )


def page(done: list[dict[str, Any]], key: str) -> str:
    """The counts, what was not refuted and why, and what turned out true or without a value, as a page of docs/."""
    planted = [r for r in done if r["outcome"] in COUNTED]
    refuted = sum(r["outcome"] == "refuted" for r in planted)
    hand = [r for r in planted if r["outcome"] != "refuted" and BY_HAND.get(r["fault"], "").startswith("True")]
    wrong = len(planted) - len(hand)
    kinds = [[r["outcome"] for r in planted if r["kind"] == k] for k in sorted({r["kind"] for r in planted})]
    names = sorted({r["kind"] for r in planted})
    rows = [[k, str(len(v)), str(v.count("refuted"))] for k, v in zip(names, kinds, strict=True)]
    true = Counter(r["why"] for r in done if r["outcome"] == "true")
    without = [r for r in done if r["outcome"] == "no value"]
    lines = [
        "# Planted faults",
        "",
        "Written by `python tools/plant.py --write` from `docs/planted-faults.jsonl`, in which every fault has a line.",
        "",
        f"{len(planted)} wrong versions of {len({r['claim'] for r in planted})} claims, ours and published ones: "
        f"{refuted} refuted ({100 * refuted / max(1, len(planted)):.1f} %), "
        f"{sum(r['outcome'] == 'proved' for r in planted)} proved. "
        f"Of those not refuted {len(hand)} are true, worked out by hand (below): no wrong versions, but no proof of "
        f"the kernel says so. Of the other {wrong} {100 * refuted / wrong:.1f} % are refuted.",
        "",
        by_which_code(done, key),
        "",
        pages.table(["kind", "planted", "refuted"], rows),
        "",
        "## Seconds",
        "",
        *seconds([r for r in planted if r["outcome"] == "refuted"]),
        "",
        "## Not refuted",
        "",
    ]
    for r in (r for r in planted if r["outcome"] != "refuted"):
        hand = BY_HAND.get(r["fault"], "")
        said = f"- `{r['claim']}`, {r['kind']}: `{r['planted']:.200}`. {r['outcome'].capitalize()}: {r['why']}"
        lines.append(f"{said}. By hand: {hand}" if hand else said)
    lines += ["", "## No faults: true after all, by proof", ""]
    lines.append(pages.table(["changes", "proof"], [[str(n), why] for why, n in true.most_common()]))
    lines.append("")
    for r in (r for r in done if r["outcome"] == "true"):
        lines.append(f"- `{r['claim']}`, {r['kind']}: `{r['planted']:.200}`")
    lines += ["", f"## No statements: without a value at an admissible point, which is told ({len(without)})", ""]
    lines += [f"- `{r['claim']}`, {r['kind']}: `{r['planted']:.120}`. {r['why']:.160}" for r in without]
    return "\n".join(lines) + "\n"


def seconds(refuted: list[dict[str, Any]]) -> list[str]:
    """What refutations cost, and the ten that cost most."""
    spent = sorted(r["seconds"] for r in refuted)
    rows = [
        [f"{r['seconds']:.1f}", f"`{r['claim']}`", r["kind"]] for r in sorted(refuted, key=lambda r: -r["seconds"])[:10]
    ]
    return [
        f"Processor seconds of one refutation at level fast: median {spent[len(spent) // 2]:.2f}, the slowest "
        f"{spent[-1]:.1f}, all together {sum(spent):.0f}. The ten slowest:",
        "",
        pages.table(["seconds", "claim", "kind"], rows),
    ]


def show(record: dict[str, Any]) -> str:
    """One fault for a reader."""
    return (
        f"{record['outcome']:10s}{record['claim']}: {record['kind']}: {record['planted']:.300}\n{'':10s}{record['why']}"
    )


if __name__ == "__main__":
    sys.exit(main())
