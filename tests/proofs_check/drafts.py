"""The certificates of the registered claims, systematic mutations of them, and the numbers that they speak of."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from ridgeproof.proofs_check.proving import lines as K
from ridgeproof.proofs_check.proving.draft import Builder
from ridgeproof.proofs_check.proving.tactics import TACTICS
from ridgeproof.proofs_check.witnesses.formulas import power_law_nodes
from ridgeproof.theorems.claim import Premise
from ridgeproof.theorems.registry import all_claims

Document = dict[str, Any]
DROPPED = "(dropped)"
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
def certificate_of(claim_id: str) -> str:
    """Return the certificate of a registered claim as JSON text; empty where it has none."""
    claim = next(c for c in all_claims() if c.id == claim_id)
    steps = claim.derivation()
    builder = Builder(claim, steps)
    for i, step in enumerate(steps):
        if not isinstance(step, Premise) and type(step) in TACTICS:
            builder.add(i, step, TACTICS[type(step)](builder, step))
    return json.dumps(builder.document()) if builder.lines else ""


def registered() -> dict[str, str]:
    """Return the certificates of all registered claims that have one, by the claim's id."""
    return {claim.id: text for claim in all_claims() if (text := certificate_of(claim.id))}


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


def mutants(text: str, step: int = 1) -> Iterator[tuple[tuple[Any, ...], Any, Document]]:
    """Yield (place, new value, document) for every change of every leaf, and with every key and list item dropped.

    ``step``: only every so many-th of them; copies are dear.
    """
    document = json.loads(text)
    leaves = list(paths({k: document[k] for k in ("context", "lines")}))
    containers = sorted({path[:i] for path, _ in leaves for i in range(2, len(path) + 1)}, key=str)
    every = itertools.chain(
        ((path, new) for path, leaf in leaves for new in changes(leaf)), ((path, DROPPED) for path in containers)
    )
    for path, new in itertools.islice(every, 0, None, step):
        other = json.loads(text)
        inner = other
        for key in path[:-1]:
            inner = inner[key]
        if new is DROPPED:
            del inner[path[-1]]
        else:
            inner[path[-1]] = new
        yield path, new, other


def statement(document: Document) -> str:
    """Return what a document concludes: its context and the conclusions of its lines, without the proofs."""
    lines = [[line["rule"], *(line.get(k) for k in STATEMENT[line["rule"]])] for line in document["lines"]]
    return json.dumps([document["context"], lines], sort_keys=True)


# --- numbers for certificates about orders ---------------------------------------------------------------------------


def number(data: Any, env: dict[str, float]) -> float:
    """Evaluate an expression of a certificate, by code that is not the kernel's."""
    if isinstance(data, str):
        return float(sp.Rational(data)) if data.lstrip("-")[0].isdigit() else env[data]
    op, *rest = data
    if op == "^":
        return number(rest[0], env) ** rest[1]
    values = [number(x, env) for x in rest]
    out = values[0]
    for v in values[1:]:
        out = out + v if op == "+" else out - v if op == "-" else out * v if op == "*" else out / v
    return out


def scene(document: Document, fixed: dict[str, float], size: float, most: float = 1e6) -> dict[str, float]:
    """Every scalar of a certificate at T = ``size``: sums over (at ``most``) so many terms, kappa by bisection."""
    context = document["context"]
    env = dict(fixed) | {"T": size, "T0": size ** fixed["b"], "lambda": size ** -fixed["ell"], "k": size**-1.0}
    env |= {"sigma2": size**-0.3, "sigma02": size**-0.2, "n": 5.0}
    d = min(round(size ** fixed["a"], 6), most) if context.get("power_law", {}).get("dimension") else most
    j = np.arange(1, int(d) + 1, dtype=float)
    env["d"] = float(len(j))
    s, w2 = j ** -fixed["beta"], j ** (fixed["beta"] - number(context["power_law"]["source"], env))
    low, high = 1e-30, env["lambda"] + s.sum() / size + 1
    for _ in range(200):
        kappa = (low * high) ** 0.5
        low, high = (kappa, high) if kappa - env["lambda"] < kappa * (s / (s + kappa)).sum() / size else (low, kappa)
    env["kappa"] = kappa
    for name, (x, y) in context.get("lesser", {}).items():
        env[name] = min(number(x, env), number(y, env))
    for line in document["lines"]:
        for name, f in line.get("sums", {}).items():
            here = env | {"s": s, "w2": w2}  # type: ignore[dict-item]
            env[name] = float(np.sum(number(f, here) * np.ones_like(s)))
    for line in document["lines"]:
        if line["rule"] == "least":
            env[line["name"]] = min(np.prod([env[n] ** number(e, env) for n, e in x.items()]) for x in line["of"])
        if line["rule"] == "suppose":  # a power that has a name of its own
            for low_, high_ in line["orders"]:
                for name in low_:
                    if name not in env and len(low_) == 1:
                        env[name] = float(np.prod([env[n] ** number(e, env) for n, e in high_[0].items()]))
        if line.get("log") is not None:
            env[line["log"]] = float(np.log1p(env[line["at"]] ** (-1 / fixed["beta"])))
    for name, value in context.get("values", {}).items():
        env[name] = number(value, env)
    return env


def bounds(document: Document) -> Iterator[tuple[Document, list[Document]]]:
    for line in document["lines"]:
        if line["rule"] in ("order", "suppose"):
            yield from [line["order"]] if line["rule"] == "order" else line["orders"]


def beta_integral(theta: float, power: float, n: int) -> float:
    """int_0^oo x^theta (1 + x^power)^-n dx, in log x."""
    f = lambda t: mpmath.exp(t * (theta + 1)) * (1 + mpmath.exp(t * power)) ** -n  # noqa: E731
    return float(mpmath.quad(f, mpmath.linspace(-100, 100, 21)))


def near_zero(document: Document, fixed: dict[str, float], x: float) -> dict[str, float]:
    """Every scalar of a certificate about sums over an infinite power law at k = ``x``, with mpmath."""
    env = fixed | {"k": x}
    e = number(document["context"]["power_law"]["source"], env)
    nodes = power_law_nodes(env["beta"], (e - 1) / (2 * env["beta"]), np.inf, x * 1e-6)
    for line in document["lines"]:
        for name, f in line.get("sums", {}).items():
            here = env | {"s": nodes.s, "w2": nodes.w2 / nodes.count}  # type: ignore[dict-item]
            env[name] = float(np.sum(number(f, here) * nodes.count))  # type: ignore[arg-type]
        if line.get("log") is not None:
            env[line["log"]] = float(np.log1p(x ** (-1 / env["beta"])))
        if line["rule"] != "power-order" or "gap" not in line:
            continue
        (a, b, n), weight = line["powers"], e if line["target"] else 0.0
        theta = env["beta"] * (n - b) - weight
        if line.get("log") is not None:
            main = -np.log(x) / env["beta"] * x**a
        else:
            env[line["integral"]] = beta_integral(theta, env["beta"], n)
            main = env[line["integral"]] * x ** (a - (theta + 1) / env["beta"])
        env[line["gap"]] = abs(env[line["sum"]] - main)
    return env
