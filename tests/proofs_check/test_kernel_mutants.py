"""Changed leaves of the registered claims' certificates: rejected, or the conclusion is the same, or still true.

Truth is judged by arithmetic in exact rationals and by sampling, with code that shares nothing with the kernel's.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from scripts import load

from ridgeproof.proofs_check import kernel as K
from ridgeproof.proofs_check.meaning.contexts import context_problems
from ridgeproof.theorems.declarations import declared
from ridgeproof.theorems.registry import all_claims

certificates = load(Path(__file__).with_name("certificates.py"))

Env = dict[str, Fraction]
QUICK = (
    "chain-decomposition", "inverse-wishart", "least-squares-limit", "haar-projection-mean", "kappa-fixed-point",
    "kappa-bounds", "kappa-min-norm", "fake-data-isotropic", "optimal-ridge-clean-isotropic",
)  # fmt: skip


def value(data: Any, env: Env) -> Fraction:
    """Return the number that an expression is at a point; ZeroDivisionError where it has none."""
    if isinstance(data, str):
        return env[data] if data in env else Fraction(data)
    op, *rest = data
    if op == "^":
        return value(rest[0], env) ** int(rest[1])
    args = [value(x, env) for x in rest]
    out = args[0]
    for x in args[1:]:
        out = out + x if op == "+" else out - x if op == "-" else out * x if op == "*" else out / x
    return out


def points(context: Any, sums: dict[str, Any], isotropic: Any, rng: random.Random) -> Env:
    """Return values of all scalars; sums over a spectrum of three eigenvalues are what they say."""
    env = {name: Fraction(rng.randint(1, 40), rng.randint(1, 9)) for name in context["scalars"]}
    spectrum = [(Fraction(1 if isotropic else rng.randint(1, 9)), Fraction(rng.randint(0, 9), 2)) for _ in range(3)]
    for _ in sums:  # a summand may hold another sum
        for name, f in sums.items():
            env[name] = sum((value(f, {**env, "s": s, "w2": w2}) for s, w2 in spectrum), Fraction(0))
    return env


def is_true(line: Any, context: Any, rng: random.Random) -> bool:
    """Whether a line's conclusion holds at random points."""
    tried = 0
    for _ in range(2000):
        if tried == 6:
            break
        try:
            env = points(context, line.get("sums", {}), line.get("isotropic"), rng)
            if line["rule"] in ("identity", "spectral"):
                if value(line["left"], env) != value(line["right"], env):
                    return False
            elif line["rule"] == "limit":
                far = [
                    value(line["expression"], {**env, line["variable"]: Fraction(10**k)}) - value(line["value"], env)
                    for k in (6, 12)
                ]
                if far[0] and abs(far[1]) > abs(far[0]) / 100:
                    return False
            else:
                for name in env:
                    env[name] *= rng.choice((1, 1, 1, -1))
                signs = [(value(e, env), how) for e, how in line["assume"] if e != "line"]
                if any(x < 0 or (x == 0 and how == ">") for x, how in signs):
                    continue
                result = value(line["expression"], env)
                if result < 0 or (result == 0 and line["relation"] == ">"):
                    return False
        except ZeroDivisionError:
            continue
        tried += 1
    return tried > 0 or line["rule"] == "nonnegative"  # what it assumes was found to hold nowhere, and is reported


def plain(line: Any, context: Any) -> str:
    """Return a line's conclusion; a symmetric letter is its transpose, and a trace is that of the transposed word."""
    letters = context["letters"]

    def token(x: Any) -> Any:
        if isinstance(x, list):
            return [token(y) for y in x]
        return x[:-1] if isinstance(x, str) and x.endswith("'") and letters.get(x[:-1], {}).get("symmetric") else x

    def flipped(word: list[str]) -> list[str]:
        return [
            x if letters[x.rstrip("'")].get("symmetric") else x[:-1] if x.endswith("'") else x + "'"
            for x in reversed(word)
        ]

    parts = [token(line.get(k)) for k in certificates.STATEMENT[line["rule"]]]
    if line["rule"] in ("trace", "leading"):  # least form under rotation and transposition
        parts = [
            [
                [c, sorted(min(w[i:] + w[:i] for w in (u, flipped(u)) for i in range(len(u))) for u in words)]
                for c, words in parts[0]
            ]
        ]
    return json.dumps([line["rule"], parts], sort_keys=True)


def inside(part: Any, whole: Any) -> bool:
    """Whether a context says no more than another: what is in it is there too."""
    if isinstance(whole, dict):
        return isinstance(part, dict) and all(k in whole and inside(v, whole[k]) for k, v in part.items())
    if isinstance(whole, list):
        return isinstance(part, list) and all(x in whole for x in part)
    return bool(part == whole)


def explained(document: Any, original: Any, rng: random.Random) -> bool:
    """Whether an accepted mutant is no harm: the court refuses its context, or its conclusions are known or true."""
    if context_problems(document):
        return True
    known = {plain(line, original["context"]) for line in original["lines"]}
    new = [line for line in document["lines"] if plain(line, document["context"]) not in known]
    scalars = all(
        line["rule"] in ("identity", "spectral", "limit", "nonnegative") and not line.get("modulo") for line in new
    )
    return (
        inside(document["context"], original["context"])
        and scalars
        and all(is_true(line, document["context"], rng) for line in new)
    )


def attack(claim: str, step: int) -> tuple[int, int]:
    """Check every ``step``-th mutant; return how many there were and how many were accepted, all of them explained."""
    text = certificates.certificate_of(claim)
    original, rng, tried, accepted = json.loads(text), random.Random(claim), 0, 0
    for path, new, document in certificates.mutants(text, step):
        tried += 1
        try:
            K.check(document)
        except K.Rejected:
            continue
        accepted += 1
        assert explained(document, original, rng), (path, new)
    return tried, accepted


def test_every_registered_certificate_is_accepted_and_speaks_of_the_model() -> None:
    """The court's "proved" rests on these documents: the kernel takes them, and their letters are the vocabulary's,
    or those that the claim declares."""
    documents = certificates.registered()
    assert len(documents) >= 26
    for claim in all_claims():
        if claim.id not in documents:
            continue
        text = documents[claim.id]
        K.check(K.load(text))
        parts = [side for e in claim.equations for side in (e.left, e.right)]
        letters = declared(sp.Tuple(*parts, *(x for step in claim.derivation() for x in step.letters())))
        assert context_problems(json.loads(text), letters) == [], claim.id


@pytest.mark.parametrize("claim", QUICK)
def test_changed_certificates_prove_nothing_false(claim: str) -> None:
    """A changed entry is caught, or the proof still proves the same, or what it proves is true."""
    tried, accepted = attack(claim, 3)
    assert tried > 10 and accepted < tried / 4


@pytest.mark.slow
def test_changed_certificates_of_all_claims_prove_nothing_false() -> None:
    """The same for a sample of every claim's mutants; orders of magnitude: test_kernel_orders.py."""
    exact = {claim: text for claim, text in certificates.registered().items() if '"suppose"' not in text}
    steps = {claim: max(41, len(text) // 250) for claim, text in exact.items()}  # long ones are slow
    steps["optimal-ridge-fake-isotropic"] *= 5  # so is one with great fractions
    results = {claim: attack(claim, steps[claim]) for claim in exact}
    assert sum(tried for tried, _ in results.values()) > 600
