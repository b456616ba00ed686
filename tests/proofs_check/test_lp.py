"""Exponent tables pass through the kernel: every row is proved optimal, and no tampered row is."""

from __future__ import annotations

import copy
import random
from fractions import Fraction as F
from typing import Any

import pytest

from proofs_check import kernel as K
from proofs_check.lp import document
from theorems.exponents import INF, exponent_row, row_certificate

Certificate = dict[str, Any]


def rows(count: int, seed: int) -> list[Certificate]:
    """Return certificates at random scales, of fake and of clean data, infinities included."""
    rng = random.Random(seed)

    def draw(low: int, high: int) -> F:
        return F(rng.randint(low * 12, high * 12), rng.choice((1, 2, 3, 4, 6, 12)) * 4)

    out: list[Certificate] = []
    while len(out) < count:
        b = draw(0, 4)
        row = exponent_row(
            1 + draw(0, 4) + F(1, 12), draw(0, 3), a=rng.choice((INF, draw(0, 4), draw(0, 4), b)), b=b,
            g=rng.choice((-INF, draw(0, 3))), s=rng.choice((INF, draw(-2, 3))), s0=rng.choice((INF, draw(-2, 3))),
        )  # fmt: skip
        if row.rate is not None:
            out += [row_certificate(row), row_certificate(row, with_fake_data=False)]
    return out


def test_every_row_of_a_random_grid_is_accepted() -> None:
    """Corollary 1 and its extensions: the optimum of each row is proved by linear programming."""
    certificates = rows(400, seed=1)
    for certificate in certificates:
        assert K.check(document(certificate))["lines"] == len(certificate["pieces"]) + 1
    values = {c["value"] for c in certificates}
    assert "-inf" in values and len(values) > 20  # the grid reaches exact recovery and many regimes


def tampered(certificate: Certificate, rng: random.Random) -> Certificate:
    """Return a certificate with one number changed."""
    bad = copy.deepcopy(certificate)
    piece = rng.choice(bad["pieces"])
    where = rng.choice(("value", "piece value", "ell", "affine", "interval", "multipliers", "bounds"))
    step = F(rng.choice((-1, 1)), rng.randint(1, 5))
    if where == "value":
        bad["value"] = (
            "-inf"
            if bad["value"] != "-inf" and rng.random() < 0.2
            else str((F(bad["value"]) if bad["value"] != "-inf" else F(0)) + step)
        )
    elif where == "piece value":
        piece["value"] = str((F(piece["value"]) if piece["value"] != "-inf" else F(0)) + step)
        piece.setdefault("multipliers", ["1"] + ["0"] * (len(piece["affine"]) - 1))
        piece.setdefault("bounds", ["0", "0"])
    elif where in ("multipliers", "bounds") and where in piece:
        i = rng.randrange(len(piece[where]))
        piece[where][i] = str(F(piece[where][i]) + step)
    elif where == "interval":
        i = rng.randrange(2)
        piece["interval"][i] = str(F(piece["interval"][i] or 0) + step)
    elif where == "ell" and piece["ell"] != "inf":
        piece["ell"] = str(F(piece["ell"]) + step)
    else:
        row = rng.choice(piece["affine"])
        i = rng.randrange(2)
        row[i] = str(F(row[i]) + step)
    return bad


def smallest(certificate: Certificate) -> tuple[F | None, bool]:
    """Return the least value (None: minus infinity) by trying every crossing and end, and whether the pieces fit.

    No code is shared with the kernel or with what made the certificate.
    """
    best: list[F | None] = []
    end: Any = "0"
    fits = True
    for p in certificate["pieces"]:
        lo, hi = F(p["interval"][0]), None if p["interval"][1] is None else F(p["interval"][1])
        fits = (
            fits and (p is certificate["pieces"][0] or (end is not None and F(end) == lo)) and (hi is None or lo <= hi)
        )
        end = p["interval"][1]
        lines = [(F(m), F(c)) for m, c in p["affine"]]
        if hi is None and all(m < 0 for m, _ in lines):
            best.append(None)
            continue
        points = [lo] + ([] if hi is None else [hi])
        points += [(c2 - c1) / (m1 - m2) for m1, c1 in lines for m2, c2 in lines if m1 != m2]
        inside = [x for x in points if x >= lo and (hi is None or x <= hi)]
        best.append(min(max(m * x + c for m, c in lines) for x in inside))
    return (None if None in best else min(v for v in best if v is not None)), fits


def test_tampered_certificates_are_rejected_unless_they_are_still_true() -> None:
    """One changed number: accepted only where an independent enumeration of all vertices gives the same least value."""
    rng = random.Random(2)
    accepted = tried = 0
    for certificate in rows(300, seed=3):
        for _ in range(4):
            bad = tampered(certificate, rng)
            if bad == certificate:
                continue
            tried += 1
            try:
                K.check(document(bad))
            except K.Rejected:
                continue
            accepted += 1
            value, fits = smallest(bad)
            assert fits and str("-inf" if value is None else value) == bad["value"], bad
    assert tried > 1000 and accepted < tried / 5  # a slack row may move, another minimiser may be named


@pytest.mark.parametrize(
    "certificate", [{}, {"kind": "lp-minimax"}, {"kind": "lp-minimax", "pieces": []}, {"kind": "other", "pieces": []}]
)
def test_what_is_no_certificate_is_refused(certificate: Certificate) -> None:
    """Bad input gives a typed error, not a document."""
    with pytest.raises(ValueError, match="not an lp-minimax"):
        document(certificate)
