"""The certificates of the registered claims, and systematic mutations of them, for the tests of the kernel."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from proofs_check import kernel as K
from proofs_check.builder import Builder
from proofs_check.tactics import TACTICS
from theorems.claim import Premise
from theorems.registry import all_claims

Document = dict[str, Any]
# What a line concludes; its other fields are the proof.
STATEMENT = {
    "identity": ("left", "right", "expectations", "modulo"),
    "spectral": ("left", "right", "sums", "isotropic", "modulo"),
    "nonnegative": ("expression", "relation", "assume"),
    "limit": ("expression", "variable", "value"),
    "word": ("left", "right", "shape"),
    "trace": ("expectation",),
    "leading": ("expectation",),
    "power-order": ("sums", "sum", "at", "count", "log", "gap", "integral", "slack", "small", "assume"),
    "order": ("order", "assume"),
    "terms": ("line",),
    "suppose": ("orders",),
    "least": ("name", "of"),
    "telescope": ("step", "term", "summand"),
}


@cache
def registered() -> dict[str, str]:
    """Return the certificate of every registered claim that has one, as JSON text, by the claim's id."""
    out = {}
    for claim in all_claims():
        steps = claim.derivation()
        builder = Builder(claim, steps)
        for i, step in enumerate(steps):
            if not isinstance(step, Premise) and type(step) in TACTICS:
                builder.add(i, step, TACTICS[type(step)](builder, step))
        if builder.lines:
            out[claim.id] = json.dumps(builder.document())
    return out


def changes(leaf: Any) -> Iterator[Any]:
    """Yield other values of one leaf: numbers, names, indices, flags."""
    if leaf is None:
        yield "0"
    elif isinstance(leaf, bool):
        yield not leaf
    elif isinstance(leaf, int):
        yield from (leaf + 1, leaf - 1)
    elif isinstance(leaf, str) and K.NUMBER.match(leaf):
        value = Fraction(leaf)
        yield from {str(-value), str(value + 1), str(2 * value)} - {leaf}
    elif leaf in ("+", "*", "-", "/"):
        yield from {"+", "*", "-", "/"} - {leaf}
    elif leaf in (">", ">="):
        yield ">=" if leaf == ">" else ">"
    elif isinstance(leaf, str):
        yield from (leaf + "'", leaf[:-1] if leaf.endswith("'") else "T" if leaf != "T" else "d")


def paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield every leaf with its place."""
    if isinstance(data, dict | list):
        for key, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from paths(inner, (*path, key))
    else:
        yield path, data


def mutants(text: str) -> Iterator[tuple[tuple[Any, ...], Any, Document]]:
    """Yield (place, new value, document) for every change of every leaf, and with every key and list item dropped."""
    document = json.loads(text)
    for path, leaf in paths({k: document[k] for k in ("context", "lines")}):
        for new in changes(leaf):
            other = copy.deepcopy(document)
            inner = other
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = new
            yield path, new, other
    containers = {
        path[:i] for path, _ in paths({k: document[k] for k in ("context", "lines")}) for i in range(2, len(path) + 1)
    }
    for path in sorted(containers, key=str):
        other = copy.deepcopy(document)
        inner = other
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        yield path, "(dropped)", other


def statement(document: Document) -> str:
    """Return what a document concludes: its context and the conclusions of its lines, without the proofs."""
    lines = [[line["rule"], *(line.get(k) for k in STATEMENT[line["rule"]])] for line in document["lines"]]
    return json.dumps([document["context"], lines], sort_keys=True)
