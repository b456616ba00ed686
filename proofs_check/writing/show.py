"""One claim for a reader: plain text, LaTeX, or JSON."""

from __future__ import annotations

import json
from typing import Any

import sympy as sp

from ridgeproof.theorems.claim import SIGN, Claim, Equation, Premise, Relation, Step

from .setting import definitions, setting
from .tex import tex


def step_sign(step: Step) -> tuple[str, str]:
    """How the sides of a step's conclusions are related: a sign in plain text, and one in LaTeX."""
    return SIGN[step.concludes or Relation.EQUALITY]


def _equation_text(e: Equation, sign: str = "=") -> str:
    return f"{sp.sstr(e.left)} {sign} {sp.sstr(e.right)}"


def _equation_latex(e: Equation, sign: str = "=") -> str:
    return f"{tex(e.left)} {sign} {tex(e.right)}"


def step_json(step: Step) -> dict[str, Any]:
    """A step as plain data."""
    out: dict[str, Any] = {"rule": step.rule, "says": step.says, "certified": step.certified}
    if isinstance(step, Premise):
        out["claim"] = step.claim
    if hasattr(step, "reference"):
        out["reference"] = step.reference
    sign = step_sign(step)
    out["conclusions"] = [
        {"text": _equation_text(e, sign[0]), "latex": _equation_latex(e, sign[1])} for e in step.conclusions()
    ]
    return out


def as_json(claim: Claim) -> dict[str, Any]:
    """A claim as plain data: statement, hypotheses and derivation, in text and in LaTeX."""
    sign = SIGN[claim.relation]
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "relation": str(claim.relation),
        "expected": claim.expected,
        "statement": [
            {"text": _equation_text(e, sign[0]), "latex": _equation_latex(e, sign[1])} for e in claim.statement
        ],
        "where": [
            {"text": _equation_text(Equation(x, e)), "latex": _equation_latex(Equation(x, e))} for x, e in claim.where
        ],
        "setting": setting(claim),
        "definitions": list(definitions(claim)),
        "hypotheses": [h.text for h in claim.hypotheses],
        "finding": claim.finding,
        "derivation": [step_json(s) for s in claim.derivation()],
    }


def as_text(claim: Claim) -> str:
    """A claim as plain text."""
    lines = [
        claim.id,
        "  " + claim.title,
        "  source: " + claim.source,
        f"  relation: {claim.relation}",
        *(["", "Setting", f"  {found}"] if (found := setting(claim)) else []),
        "",
        "Hypotheses",
    ]
    lines += [f"  - {h.text}" for h in claim.hypotheses] or ["  none"]
    lines += ["", "Statement", *("  " + line for line in claim.statement_text().splitlines())]
    lines += [f"  {line}" for line in definitions(claim)]
    lines += ["", "Derivation"]
    for number, step in enumerate(claim.derivation(), 1):
        mark = "" if step.certified else " (no certificate)"
        lines.append(f"  {number}. [{step.rule}]{mark} {step.says}")
        if isinstance(step, Premise):
            lines.append(f"       rests on: {step.claim}")
        elif hasattr(step, "reference"):
            lines.append(f"       cited: {step.reference}")
        lines += [f"       {_equation_text(e, step_sign(step)[0])}" for e in step.conclusions()]
    if claim.finding:
        lines += ["", "Finding", "  " + claim.finding]
    return "\n".join(lines)


def render(claim: Claim, form: str = "text") -> str:
    """A claim as ``text``, ``latex`` (a fragment) or ``json``."""
    if form == "json":
        return json.dumps(as_json(claim), indent=2, ensure_ascii=False)
    if form == "latex":
        from .latex import fragment

        return fragment([claim])
    return as_text(claim)
