"""The claims on the page: statement, hypotheses, evidence, derivation, certificate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ridgeproof.errors import DerivationError
from ridgeproof.theorems.claim import Claim, Premise, Step
from ridgeproof.theorems.sources import paper

from ..court.certify import derived
from ..verdicts import Evidence, Grade, Row
from ..writing import mathml
from ..writing.html import details, scrolling, table, tag, text
from ..writing.html_prose import prose
from ..writing.setting import definitions, setting
from ..writing.show import step_sign
from ..writing.tex import shortened
from . import plots

MARKS = {
    Grade.PROVED: "■",
    Grade.ORDER_K: "◧",
    Grade.ENCLOSED: "◎",
    Grade.CONFRONTED: "≈",
    Grade.ASSUMED: "?",
    Grade.REFUTED: "✗",
    Grade.UNDECIDED: "○",
}
MEANS = {
    Grade.PROVED: (
        "a sequent that the kernel accepted says it, for all parameters in the stated domain",
        "anything about parameters outside the domain",
    ),
    Grade.ORDER_K: (
        "the same for the terms of an expansion, each or the first K of them",
        "anything about the remainder, or that the expansion converges",
    ),
    Grade.ENCLOSED: ("rigorous intervals contain the true value at the points listed", "anything between the points"),
    Grade.CONFRONTED: (
        "independent numbers agree, with an error bar and a stated false-alarm level",
        "that there is no discrepancy smaller than the stated one",
    ),
    Grade.ASSUMED: ("cited, or stated, and not checked here", "that it is true"),
    Grade.REFUTED: ("a counterexample, which is shown", "that no nearby statement holds"),
    Grade.UNDECIDED: (
        "nothing: it could not be evaluated, or its derivation does not go through; the reason is given",
        "that it is false, or that it is true",
    ),
}
FACTS = {  # what a reader of the evidence sees of its details; the rest stands with the certificate or the plot
    "believe": "taken from",
    "note": "note",
    "order": "order",
    "points": "points",
    "tolerance": "tolerance",
    "largest_relative_difference": "largest relative difference",
    "ranges": "tried",
    "spectra": "spectra",
    "sizes": "sizes",
    "seeds": "seeds",
    "would_have_seen": "would have seen",
    "replay": "replay",
}
BY_THE_KERNEL = "by the kernel: "  # and then what it read and concluded, in its own letters


def badge(grade: Grade, kept_as_wrong: bool = False) -> str:
    """A verdict in words, with a sign and a colour."""
    words = f"{grade} (kept as wrong)" if kept_as_wrong else str(grade)
    mark = tag("span", MARKS[grade], aria_hidden="true")
    return tag("span", f"{mark} {text(words)}", class_=f"badge {kind(grade)}")


def kind(grade: Grade) -> str:
    """The style of a grade."""
    return grade.name.lower().replace("_", "-")


def verdict(row: Row) -> str:
    """The badge of a claim."""
    return badge(row.verdict, row.expected == "refuted")


def steps(claim: Claim) -> tuple[Step, ...]:
    """The steps of a derivation; none where it cannot be carried out, of which the evidence speaks."""
    try:
        return derived(claim)
    except DerivationError:
        return ()


def article(row: Row, claim: Claim, used_by: Sequence[str], on_page: frozenset[str]) -> str:
    """One claim."""
    derivation = steps(claim)
    link = tag("a", text(claim.id), href=f"#claim-{claim.id}", class_="anchor")
    parts = [
        tag("h3", prose(claim.title)),
        tag("p", verdict(row), f" {link} · {text(claim.relation)} · {prose(claim.source)}", class_="meta"),
        *([tag("p", "Setting: ", prose(found), class_="where")] if (found := setting(claim)) else []),
        mathml.statement(claim),
        *([tag("ul", *(tag("li", prose(line)) for line in means))] if (means := definitions(claim)) else []),
    ]
    if claim.hypotheses:
        parts.append(
            tag("p", "Suppose", class_="where") + tag("ul", *(tag("li", prose(h.text)) for h in claim.hypotheses))
        )
    if claim.finding:
        parts.append(tag("p", tag("strong", "Finding. "), prose(claim.finding, on_page), class_="finding"))
    parts.append(tag("h4", "Evidence") + tag("ul", *(_evidence(e, on_page) for e in row.evidence), class_="evidence"))
    parts += [plot for plot in (plots.confrontation(e.to_json()) for e in row.evidence) if plot]
    if used_by:
        links = ", ".join(_link(c, on_page) for c in used_by)
        parts.append(tag("p", f"Claims that rest on this one: {links}.", class_="note"))
    if derivation:
        listed = [_step(number, step, on_page) for number, step in enumerate(derivation, 1)]
        parts.append(
            details(
                f"Derivation, {len(derivation)} {'steps' if len(derivation) > 1 else 'step'}",
                tag("ol", *listed, class_="derivation"),
            )
        )
    parts += [_certificate(c) for c in row.certificates]
    parts.append(
        details(
            "LaTeX", scrolling(tag("pre", tag("code", text(claim.statement_latex()))), "LaTeX source"), class_="source"
        )
    )
    return tag(
        "article", *parts, id=f"claim-{claim.id}", data_paper=paper(row.source) or None, data_verdict=str(row.verdict)
    )


def _link(claim_id: str, on_page: frozenset[str]) -> str:
    return tag("a", text(claim_id), href=f"#claim-{claim_id}") if claim_id in on_page else text(claim_id)


def _evidence(e: Evidence, on_page: frozenset[str]) -> str:
    premise = e.details.get("premise")
    before, found, after = e.about.partition(premise) if premise else (e.about, "", "")
    before, kernel, sequent = before.partition(BY_THE_KERNEL)
    said = prose(before + kernel, on_page) + (tag("code", text(sequent)) if sequent else "")
    said += (_link(found, on_page) if found else "") + prose(after, on_page)
    facts = [f"{FACTS[key]}: {_fact(value)}" for key, value in e.details.items() if key in FACTS]
    more = f" ({prose('; '.join(facts))})" if facts else ""
    counterexample = e.details.get("counterexample")
    if counterexample is not None:
        more += f". Counterexample: {text(_fact(counterexample))}"
    return tag("li", badge(e.grade), " ", said, tag("small", more) if more else "")


def _fact(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_fact(v) if isinstance(v, Mapping) else f"{k} = {_fact(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_fact, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _step(number: int, step: Step, on_page: frozenset[str]) -> str:
    mark = "premise" if isinstance(step, Premise) else "drafted" if step.certified else "not drafted"
    parts = [prose(step.says), " ", tag("small", f"[{text(step.rule)}; {mark}]")]
    if isinstance(step, Premise):
        parts.append(f" Rests on {_link(step.claim, on_page)}.")
    elif hasattr(step, "reference"):
        parts.append(f" Cited: {prose(step.reference)}.")
    parts += [mathml.equation(shortened(e), step_sign(step)) for e in step.conclusions()]
    return tag("li", *parts, value=number)


def _certificate(document: dict[str, Any]) -> str:
    rest = {key: value for key, value in document.items() if key != "lines"}
    lines = ",\n".join(f" {json.dumps(line, ensure_ascii=False)}" for line in document["lines"])
    head = json.dumps(rest, ensure_ascii=False)[1:-1]
    shown = f'{{{head},\n"lines": [\n{lines}\n]}}'
    said = tag("p", text("What the kernel checks; it needs nothing but this and the standard library."), class_="note")
    block = scrolling(tag("pre", tag("code", text(shown))), "certificate")
    return details("Certificate", said, block, class_="certificate")


def grades(counts: Mapping[str, int]) -> str:
    """What each grade means, and how many claims have it."""
    rows = [[badge(g), str(counts.get(str(g), 0)), text(MEANS[g][0]), text(MEANS[g][1])] for g in Grade]
    head = ["verdict", "claims", "what stands behind it", "what it does not say"]
    return table(head, rows, "How to read a verdict", stacked=True)
