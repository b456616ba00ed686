"""The ledger of ``verify`` for a reader: verdicts, findings, and what speaks against the claims that fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ridgeproof.words import terminal

from . import output

FEW = 5  # with no more claims than this, all the evidence is shown


def write(ledger: dict[str, Any]) -> None:
    """Print a ledger, given as the document of ``Ledger.to_json``."""
    claims = ledger["claims"]
    rows = []
    for claim in claims:
        assumed = sum(evidence["grade"] == "assumed" for evidence in claim["evidence"])
        seconds = f"{claim['seconds']:.1f}"
        rows.append((claim["id"], _verdict(claim), str(assumed or "–"), seconds, claim["source"]))
    output.write_table(("claim", "verdict", "assumed", "seconds", "source"), rows, right=("assumed", "seconds"))
    if len(claims) <= FEW:
        for claim in claims:
            _section(claim["id"], [f"{e['grade']}: {e['about']}" + tried(e) + replay(e) for e in claim["evidence"]])
    else:
        _section("Assumed", [f"{a['claim']}: {a['what']}" + _reason(a) for a in ledger["assumed"]])
    _section("Findings", [f"{claim['id']}: {claim['finding']}" for claim in claims if claim.get("finding")])
    _section("Failed", [_against(claim, replayed=len(claims) > FEW) for claim in claims if _fails(claim)])
    _section("Undecided", [f"{claim['id']}: {claim['reason']}" for claim in claims if claim.get("reason")])
    counts = ", ".join(f"{count} {verdict}" for verdict, count in ledger["verdicts"].items())
    print()
    output.write_words(
        f"{ledger['accepted']} accepted, {ledger['failed']} failed, {ledger['undecided']} undecided: {counts}; "
        f"assumptions: {ledger['assumed_steps']}"
    )
    output.write_words(
        f"Chance that any comparison with numbers rejects a true claim: at most {ledger['false_alarm']:g}."
    )


def _reason(assumed: dict[str, Any]) -> str:
    return f" (to be believed: {assumed['believe']})" if "believe" in assumed else ""


def tried(evidence: dict[str, Any]) -> str:
    """What was tried, on the screen too: ranges, sizes, seeds, what would have been seen."""
    said: dict[str, Callable[[Any], str]] = {
        "ranges": lambda x: "tried " + ", ".join(f"{symbol} = {span}" for symbol, span in x.items()),
        "spectra": lambda x: f"spectra: {x}",
        "sizes": lambda x: f"sizes: {x}",
        "seeds": lambda x: f"seeds: {x}",
        "would_have_seen": lambda x: f"would have seen: {x}",
    }
    parts = [
        words(evidence[key])
        for key, words in said.items()
        if evidence.get(key) and isinstance(evidence[key], dict | str)
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def replay(evidence: dict[str, Any]) -> str:
    """How to see a counterexample again: a line of its own, to be copied."""
    return f"\nreplay: {evidence['replay']}" if evidence.get("replay") else ""


def _fails(claim: dict[str, Any]) -> bool:
    if claim["verdict"] == "undecided":
        return False
    return (claim["verdict"] == "refuted") != _kept(claim)


def _kept(claim: dict[str, Any]) -> bool:
    """Whether the claim is there as a wrong statement, to be refuted."""
    return bool(claim.get("expected") == "refuted")


def _verdict(claim: dict[str, Any]) -> str:
    return f"{claim['verdict']} (kept as wrong)" if _kept(claim) else claim["verdict"]


def _against(claim: dict[str, Any], replayed: bool) -> str:
    """Return what speaks against a claim: its counterexample, or that a statement kept as wrong was not refuted.

    ``replayed``: with the line that replays it, where the evidence has not told it before.
    """
    if _kept(claim):
        return f"{claim['id']}: kept as wrong, but not refuted"
    refuting = next(evidence for evidence in claim["evidence"] if evidence["grade"] == "refuted")
    details = {key: value for key, value in refuting.items() if key not in ("grade", "about")}
    against = _words(details.get("counterexample", details))
    again = replay(refuting) if replayed else ""
    return f"{claim['id']}: {refuting['about']}" + ("" if against in refuting["about"] else f": {against}") + again


def _words(value: Any) -> str:
    """Return plain data in few words: ``T = 6, d = 3, sizes = 24 48 96``."""
    if isinstance(value, dict):
        parts = (_words(x) if isinstance(x, dict) else f"{key} = {_words(x)}" for key, x in value.items())
        return ", ".join(parts)
    if isinstance(value, list):
        return " ".join(map(_words, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _section(title: str, entries: list[str]) -> None:
    if not entries:
        return
    print(f"\n{title}")
    for entry in entries:
        words, *lines = entry.split("\n")
        output.write_words(words, "  ", "    ")
        for line in lines:
            print(f"    {terminal(line)}")
