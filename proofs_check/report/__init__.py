"""The report: one HTML page that holds everything and asks the network for nothing.

``page`` builds it, ``write`` puts it into a directory beside the ledger and the certificates.
"""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from ridgeproof import files
from ridgeproof.theorems.claim import Cited, Claim, Premise
from ridgeproof.theorems.sources import paper as paper_of

from ..court.ledger import FALSE_ALARM, Ledger
from ..verdicts import Grade, Row
from ..witnesses.levels import SEED
from ..writing.html import details, scrolling, table, tag, text
from ..writing.html_prose import prose
from . import claims as ledger_claims
from . import graph, laws, paper
from .claims import steps

PACKAGES = ("ridgeproof", "sympy", "mpmath", "numpy", "scipy")
AUDIT_SENTENCE = ("planted", "caught", "equivalent")
PAPER = "arXiv 2402.07712"


def write(
    ledger: Ledger, claims: Sequence[Claim], directory: str | Path, audit: Mapping[str, Any] | None = None
) -> Path:
    """Write ``index.html``, ``ledger.json`` and the certificates; return the page's path."""
    ledger.write(directory)
    file = Path(directory) / "index.html"
    return files.write(file, page(ledger, claims, audit))


def page(
    ledger: Ledger, claims: Sequence[Claim], audit: Mapping[str, Any] | None = None, date: str | None = None
) -> str:
    """The page.

    Parameters
    ----------
    ledger : what ``verify`` returned.
    claims : the claims that it judged, in any order.
    audit : the document of ``ridgeproof audit --json``, if there is one.
    date : as it is to be printed; today's when left out.
    """
    known = {c.id: c for c in claims}
    rests_on = {c.id: tuple(s.claim for s in steps(c) if isinstance(s, Premise)) for c in known.values()}
    sections = {
        "findings": ("Findings about the paper", _findings(ledger.rows)),
        "ledger": ("The ledger", _ledger(ledger)),
        "graph": ("What rests on what", _graph(known, rests_on, ledger.rows)),
        "claims": ("The claims", _claims(ledger.rows, known, rests_on)),
        "exponents": ("Scaling exponents", laws.section()),
        **_paper(ledger.rows),
        **({"audit": ("Would it notice a mistake?", _audit(audit))} if audit is not None else {}),
        "reproduce": (
            "To reproduce",
            _reproduce(ledger, date or datetime.datetime.now(datetime.UTC).date().isoformat()),
        ),
    }
    header = tag(
        "header",
        tag("h1", "Model collapse in ridge regression: claims and verdicts"),
        tag("p", _summary(ledger), class_="lead"),
    )

    def heading(name: str, title: str) -> str:
        said = f"Link to the section {title}"
        return tag("h2", title, " ", tag("a", "#", href=f"#{name}", class_="permalink", aria_label=said))

    body = [tag("section", heading(name, title), content, id=name) for name, (title, content) in sections.items()]
    script = resources.files(__name__).joinpath("page.js").read_text(encoding="utf-8")
    style = resources.files(__name__).joinpath("page.css").read_text(encoding="utf-8")
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<link rel="icon" href="data:,">',
        tag("title", "ridgeproof: claims and verdicts"),
        f"<style>\n{style}</style>",
    ]
    skip = tag("a", "Skip to the findings", href="#findings", class_="skip")
    titles = {name: title for name, (title, _) in sections.items()}
    parts = [skip, header, "\n", _sidebar(titles, ledger.rows), "\n", tag("main", "\n".join(body))]
    html = tag("html", tag("head", *head), "\n", tag("body", *parts, f"\n<script>\n{script}</script>\n"), lang="en")
    return f"<!DOCTYPE html>\n{html}\n"


def _sidebar(titles: Mapping[str, str], rows: Sequence[Row]) -> str:
    """The sections, a filter (for browsers with scripts), and every claim."""
    sections = tag("ul", *(tag("li", tag("a", title, href=f"#{name}")) for name, title in titles.items()))
    papers = sorted({p for row in rows if (p := paper_of(row.source))})
    verdicts = [str(grade) for grade in Grade if any(row.verdict == grade for row in rows)]

    def select(name: str, label: str, values: Sequence[str]) -> str:
        options = [tag("option", "all", value=""), *(tag("option", text(v), value=v) for v in values)]
        return tag("label", label, " ", tag("select", *options, name=name))

    fields = [
        tag("label", "Word ", '<input type="search" name="word" autocomplete="off">'),
        select("paper", "Paper", papers),
        select("verdict", "Verdict", verdicts),
        tag("button", "Show all", type="reset"),
        tag("output", "", id="shown", aria_live="polite"),
    ]
    form = tag("form", *fields, id="filter", hidden=True, role="search", aria_label="Claims that are shown")
    entries = (tag("li", tag("a", text(row.id), href=f"#claim-{row.id}")) for row in rows)
    contents = details("All claims", tag("ul", *entries, id="contents"), open=True)
    return tag("nav", sections, form, contents, aria_label="Sections and claims")


def _paper(rows: Sequence[Row]) -> dict[str, tuple[str, str]]:
    """The sections on the paper, where claims that state it are on the page."""
    found = paper.concordance(rows)
    if not found:
        return {}
    drawn = paper.figures()
    figures = {"figures": ("The paper's figures", drawn)} if drawn else {}
    return {"paper": ("The paper, statement by statement", found), **figures}


def _summary(ledger: Ledger) -> str:
    link = tag("a", PAPER, href="https://arxiv.org/abs/2402.07712")
    counts = ", ".join(f"{n} {grade}" for grade, n in ledger.to_json()["verdicts"].items())
    return (
        "The results of Dohmatob, Feng and Kempe, <cite>Model Collapse Demystified: The Case of Regression</cite> "
        f"({link}), and what surrounds them: stated, derived, confronted with independent numbers, and judged. "
        f"{len(ledger.rows)} claims: "
        f"{text(counts)}. {ledger.failed or 'None'} of them {'fail' if ledger.failed > 1 else 'fails'}."
    )


def _findings(rows: Sequence[Row]) -> str:
    on_page = frozenset(row.id for row in rows)
    found = sorted((row for row in rows if row.finding), key=lambda row: PAPER not in row.source)
    if not found:
        return tag("p", "The claims of this ledger carry no findings.")

    def entry(row: Row) -> str:
        link = tag("a", prose(row.title), href=f"#claim-{row.id}")
        return tag(
            "li",
            tag("p", link, " ", ledger_claims.verdict(row)),
            tag("p", prose(row.finding, on_page)),
            tag("p", prose(row.source), class_="note"),
        )

    return tag("ol", *map(entry, found), class_="findings")


def _ledger(ledger: Ledger) -> str:
    rows = [
        [
            tag("a", text(row.id), href=f"#claim-{row.id}"),
            ledger_claims.verdict(row) + ("" if row.ok else tag("strong", " fails")),
            prose(row.title),
            text(row.relation),
            prose(row.source),
        ]
        for row in ledger.rows
    ]
    head = ["claim", "verdict", "what it says", "relation", "source"]
    return ledger_claims.grades(ledger.to_json()["verdicts"]) + table(head, rows, "Every claim", stacked=True)


def _graph(known: Mapping[str, Claim], rests_on: Mapping[str, Sequence[str]], rows: Sequence[Row]) -> str:
    """Claims that rest on others or that others rest on, and the outside sources of those; the rest stand alone."""
    linked = {c for c, premises in rests_on.items() if premises} | {
        p for premises in rests_on.values() for p in premises
    }
    edges: dict[str, tuple[str, ...]] = {}
    for name in (c for c in known if c in linked):
        outside = [s.reference for s in steps(known[name]) if isinstance(s, Cited)]
        edges[name] = tuple(dict.fromkeys([*rests_on[name], *outside]))
    alone = [c for c in known if c not in linked]
    said = (
        "Each claim is worth no more than what it rests on. Lines run from left to right; boxes with a dashed border "
        "are sources outside this page, which are not checked here."
    )
    drawn = scrolling(graph.draw(edges, {row.id: str(row.verdict) for row in rows}), "graph of claims") if edges else ""
    sources: dict[str, list[str]] = {}
    for name, premises in edges.items():
        for premise in premises:
            if premise not in rests_on:
                sources.setdefault(premise, []).append(name)
    listed = [
        [prose(source), ", ".join(tag("a", text(c), href=f"#claim-{c}") for c in users)]
        for source, users in sources.items()
    ]
    believed = (
        table(["source", "claims that use it"], listed, "What is believed and not checked here") if listed else ""
    )
    others = ", ".join(tag("a", text(c), href=f"#claim-{c}") for c in alone)
    rest = tag("p", f"Resting on no other claim, and no other on them: {others}.", class_="note") if alone else ""
    return tag("p", said) + drawn + believed + rest


def _claims(rows: Sequence[Row], known: Mapping[str, Claim], rests_on: Mapping[str, Sequence[str]]) -> str:
    used_by: dict[str, list[str]] = {name: [] for name in known}
    for name, premises in rests_on.items():
        for premise in premises:
            used_by.setdefault(premise, []).append(name)
    on_page = frozenset(row.id for row in rows)
    return "\n".join(ledger_claims.article(row, known[row.id], used_by[row.id], on_page) for row in rows)


def _audit(audit: Mapping[str, Any]) -> str:
    said = (
        f"{audit['planted']} faults were planted in claims, derivations and certificates; verification caught "
        f"{audit['caught']}, {audit['equivalent']} change nothing (which was proved), and {len(audit['escaped'])} "
        "escaped."
    )
    escaped = [
        tag("li", text(json.dumps(one, ensure_ascii=False) if not isinstance(one, str) else one))
        for one in audit["escaped"]
    ]
    counts = {
        key: value for key, value in audit.items() if isinstance(value, int | float) and key not in AUDIT_SENTENCE
    }
    figures = _counts("The audit's other figures", counts) if counts else ""
    kinds = [
        details(text(key.replace("_", " ")), _counts(key.replace("_", " "), value))
        for key, value in audit.items()
        if isinstance(value, dict)
    ]
    return tag("p", said) + (tag("ul", *escaped) if escaped else "") + figures + "".join(kinds)


def _counts(caption: str, counts: Mapping[str, Any]) -> str:
    rows = [[text(name.replace("_", " ")), text(str(count))] for name, count in counts.items()]
    return table(["count", "value"], rows, text(caption), numbers=frozenset({1}))


def _reproduce(ledger: Ledger, date: str) -> str:
    rows = [["Python", platform.python_version()]]
    for name in PACKAGES:
        try:
            rows.append([name, text(metadata.version(name))])
        except metadata.PackageNotFoundError:
            rows.append([name, "run from its source tree"])
    rows += [
        ["level", text(ledger.level)],
        ["seed", str(SEED)],
        ["seconds", f"{ledger.seconds:.0f}"],
        ["date", text(date)],
    ]
    level = f"--level {ledger.level} -o DIR"
    commands = f"ridgeproof verify {level}\npython -m ridgeproof.proofs_check.kernel DIR\nridgeproof report {level}"
    said = (
        f"The chance that any comparison with numbers rejects a true claim is at most {FALSE_ALARM:g} for the whole "
        "run. The second command has the kernel check the certificates again, without a computer-algebra system."
    )
    block = scrolling(tag("pre", tag("code", text(commands))), "commands")
    return block + tag("p", said) + table(["what", "value"], rows, "Versions and seed")
