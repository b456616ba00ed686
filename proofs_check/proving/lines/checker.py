"""Checking a certificate: the table of rules, what must hold of the whole, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .context import Context, Line
from .orders import rule_least, rule_order, rule_power_order, rule_suppose, rule_terms, show_power
from .rational import UNIT, proportional, show, show_ratio
from .reading import BOUND, FORMAT, MAX_BYTES, Budget, Rejected, need
from .signs import may_hold, rule_identity, rule_limit, rule_nonnegative, rule_spectral
from .traces import rule_telescope, rule_trace, rule_word

RULES: dict[str, Callable[[Context, Line, list[Line]], Line]] = {
    "identity": rule_identity, "spectral": rule_spectral, "limit": rule_limit,
    "nonnegative": rule_nonnegative, "word": rule_word,
    "power-order": rule_power_order, "order": rule_order, "suppose": rule_suppose, "least": rule_least,
    "terms": rule_terms, "trace": rule_trace, "leading": rule_trace, "telescope": rule_telescope,
}  # fmt: skip


def check(certificate: Any) -> dict[str, Any]:
    """Accept a certificate, or raise ``Rejected`` (and nothing else).

    Returns
    -------
    dict with ``claim``, ``lines`` (how many), ``rules``, and what the conclusions rest on: ``side_conditions``
    (denominators that must not vanish), ``assumed`` (equations taken for granted), ``signs`` (inequalities taken for
    granted), ``definitions`` (what names stand for), ``moments`` {inverse letter: order of the moment of its norm that
    must be finite; "0": only that the inverse exists} and ``moments_of`` (those of positive order).
    """
    try:
        return _check(certificate)
    except Rejected:
        raise
    except (Exception, RecursionError) as error:  # malformed data, of whatever kind: no certificate
        raise Rejected(f"malformed: {type(error).__name__}") from None


def _check(certificate: Any) -> dict[str, Any]:
    need(isinstance(certificate, dict) and certificate.get("format") == FORMAT, f"not a {FORMAT} document")
    need(set(certificate) <= {"format", "claim", "context", "lines", "note"}, "unknown field")
    claim, lines, done = certificate.get("claim"), certificate.get("lines"), []  # type: ignore[var-annotated]
    need(isinstance(claim, str) and isinstance(lines, list) and 0 < len(lines) <= 5000, "no claim or no lines")
    ctx = Context(certificate.get("context"), Budget())
    for i, line in enumerate(lines):
        need(isinstance(line, dict) and line.get("rule") in RULES, f"line {i}: unknown rule")
        try:
            done.append(RULES[line["rule"]](ctx, line, done))
        except Rejected as error:
            raise Rejected(f"line {i} ({line['rule']}): {error}") from None
    need(not ctx.free & {*BOUND, *ctx.meanings, *ctx.taken}, "a limit speaks of what stands for something")
    for p in ctx.scalars.denominators.values():
        ctx.budget.spend(len(ctx.assumed) * (4 + len(p) // 2))
        need(not any(proportional(p, g) for gs in ctx.assumed for g in gs), f"{show(p)} is taken for 0 and divided by")
    if ctx.power_law is not None and ctx.power_law["dimension"] is None:
        loose = [name for name, (kind, _) in ctx.meanings.items() if kind == "sum" and name not in ctx.converging]
        need(not loose, f"a sum over an infinite spectrum that may diverge: {', '.join(loose)}")
    written = ctx.written_out()
    for p in list(ctx.scalars.denominators.values()):
        need(ctx.scalars.evaluate(p, written)[0], f"{show(p)} vanishes and is divided by")
    for name in ctx.quantities:
        kind, f = ctx.meanings.get(name, ("", UNIT))
        num, den = (ctx.scalars.evaluate(p, written) for p in (f if kind in ("value", "sum") else UNIT))
        need(may_hold(ctx.scalars.times(num, den[::-1]), True), f"{name} is a quantity and not positive")
    need(ctx.large not in ctx.meanings, "what may be as large as need be stands for something")
    need(not ctx.quantities & ctx.parameters, "a scalar is both fixed and a quantity that varies")
    varying = ctx.quantities | set(BOUND)
    need(not any(ctx.depends_on(p, q) for p in ctx.parameters for q in varying), "a fixed scalar varies")
    return {
        "claim": claim,
        "lines": len(done),
        "rules": sorted({line["rule"] for line in lines}),
        "side_conditions": sorted({f"{show(p)} != 0" for p in ctx.scalars.denominators.values()}),
        "assumed": sorted({f"{show(g)} = 0" for g, _ in ctx.assumed}),
        "signs": sorted(ctx.signs),
        "definitions": sorted(f"{n} = {meaning(kind, m)}" for n, (kind, m) in ctx.meanings.items()),
        "quantities": sorted(ctx.quantities),
        "parameters": sorted(ctx.parameters),
        "orders": sorted(ctx.orders),
        "large": ctx.large,
        "moments": {z: str(order) for z, order in sorted(ctx.moments.items())},
        "moments_of": sorted(z for z, order in ctx.moments.items() if order > 0),
    }


def meaning(kind: str, data: Any) -> str:
    """What a name stands for, as text."""
    if kind == "expectation":
        return f"E[{' '.join(f'tr({chr(32).join(word)})' for word in data)}]"
    if kind == "least":
        return f"min({', '.join(map(show_power, data))})"
    if kind == "lesser":
        return f"min({', '.join(map(show_ratio, data))})"
    if kind == "integral":
        n, power, beta = data
        return f"int_0^oo x^({show_ratio(power)} - 1) (1 + x^({show_ratio(beta)}))^-{n} dx"
    if kind == "gap":
        name, constant, at, power = data
        return f"|{name} - {constant}*{at}^({show_ratio(power)})|"
    return f"log(1 + {show_power(data)})" if kind == "log" else f"{'sum_j' * (kind == 'sum')}[{show_ratio(data)}]"


def load(text: str) -> Any:
    """Parse JSON strictly: no duplicate keys, no NaN or floats, bounded size and depth."""
    need(len(text) <= MAX_BYTES, "certificate too large")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len({k for k, _ in items}) == len(items), "duplicate key")
        return dict(items)

    def refuse(token: str) -> Any:
        raise Rejected(f"not an exact number: {token:.40}")

    def integer(token: str) -> int:
        need(len(token) <= 6, "integer too large")
        return int(token)

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"not JSON: {type(error).__name__}") from None
