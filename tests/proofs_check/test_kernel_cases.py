"""Certificates that tell the kernel from one with a condition changed, and false ones that an earlier kernel accepted.

``cases/line-mutants.json``: of 198 changes to one condition of an earlier kernel of lines 62 went unnoticed by its
tests.
Each of these certificates is judged otherwise by the kernel with the change than without; what the kernel says of it is
recorded, the words of a refusal or everything that it returns as taken for granted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check import kernel as K
from ridgeproof.proofs_check.kernel import statements

HERE = Path(__file__).parent
CASES: dict[str, Any] = json.loads((HERE / "cases" / "line-mutants.json").read_text(encoding="utf-8"))
FALSE: dict[str, Any] = json.loads((HERE / "statements" / "false.json").read_text(encoding="utf-8"))
# False certificates of lines, whose statements are refused as statements.
TRANSLATED = [
    "beta-is-one-half",
    "constant-vectors-by-relation",
    "covariance-minus-identity",
    "dimension-forced",
    "divide-by-difference-of-equal-expectations",
    "divide-by-multiple-of-zero",
    "empty-traces-null",
    "equations-contradict",
    "ignored-fields",
    "large-forced",
    "leading-inverse-of-opaque",
    "leading-lemma-others-known-only-by-name",
    "leading-others-known-only-by-name",
    "leading-scalar-defined-twice",
    "leading-trace-is-a-number",
    "negative-at-0-dims",
    "negative-variance",
    "no-series-x-is-0",
    "projection-of-half-rank",
    "quantity-zero-by-sums",
    "rank-one-leading-T-exact-2T",
    "sign-of-a-named-number",
    "suppose-anything",
    "trace-relations-contradict",
    "variance-is-an-eigenvalue",
]


@pytest.mark.parametrize("name", CASES)
def test_a_changed_condition_would_be_noticed(name: str) -> None:
    outcome = CASES[name]["outcome"]
    try:
        result = K.check(CASES[name]["certificate"])
    except K.Rejected as error:
        assert str(error) == outcome
        return
    assert isinstance(outcome, dict)
    assert {k: result[k] for k in outcome} == outcome


@pytest.mark.parametrize("name", TRANSLATED)
def test_what_a_kernel_of_lines_accepted_is_refused_as_a_statement(name: str) -> None:
    with pytest.raises(statements.Rejected):
        statements.check(FALSE[name]["certificate"])
