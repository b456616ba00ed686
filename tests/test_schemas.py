"""The JSON schemas describe what the command really prints and reads, and notice when an entry is missing."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

jsonschema = pytest.importorskip("jsonschema")
SCHEMAS = resources.files("ridgeproof.proofs_check") / "schemas"
NAMES = sorted(f.name.removesuffix(".json") for f in SCHEMAS.iterdir() if f.name.endswith(".json"))
POWER, REFERENCE, CROSSOVER = "power-law.toml", "reference-2.toml", "laws/kernel-ridge-crossover.toml"
PRINTED = [
    ("list-1", ["list"]),
    ("claim-1", ["show", "link"]),
    ("claim-1", ["show", "bias-sum-order-at-saturation"]),
    ("constants-1", ["show", "kappa-order", "--constants", "beta=2"]),
    ("constants-1", ["show", "clean-law-cut-off", "--constants", "beta=2,r=1/2,ell=3/2,a=1/2"]),
    ("ledger-1", ["verify", "bias-sum-order-at-saturation", "kappa-min-norm"]),
    ("audit-1", ["audit", "least-squares-limit"]),
    ("prediction-1", ["predict", POWER]),
    ("prediction-1", ["predict", REFERENCE, "--exact"]),
    ("prediction-1", ["predict", POWER, "--digits", "20"]),
    ("simulation-1", ["simulate", REFERENCE, "--replicates", "2"]),
    ("exponents-1", ["exponents", "--a", "0,1/2,inf", "--s", "0,inf"]),
    ("exponents-1", ["exponents", "--thresholds", "--certificates"]),
    ("symbolic-exponents-1", ["exponents", "--symbolic"]),
    ("law-exponents-1", ["exponents", "--law", CROSSOVER, "--param", "s=0:3:1/2", "--certificates"]),
    ("law-exponents-1", ["exponents", "--law", "laws/compute-optimal-features.toml"]),
    ("symbolic-law-1", ["exponents", "--law", CROSSOVER, "--symbolic"]),
    ("exponents-1", ["exponents", "--ell0", "1", "--a", "inf"]),
    ("phase-diagram-1", ["phase-diagram", "--x", "b", "--y", "g", "--a", "inf"]),
    ("optimal-ridge-1", ["optimal-ridge", POWER]),
    ("optimal-ridge-1", ["optimal-ridge", "isotropic.toml", "--digits", "16"]),
    ("optimal-1", ["optimal", REFERENCE, "--over", "downstream.ridge=1/100:1", "--doubling", "--early-stopping"]),
    ("optimal-1", ["optimal", REFERENCE, "--true-rows", "1/2"]),
    ("prediction-1", ["predict", REFERENCE, "--over", "downstream.ridge=1/100:1"]),
    ("stopping-exponents-1", ["exponents", "--filter", "gradient-flow", "--a", "inf", "--g=-inf", "--s", "0,inf"]),
    ("scaling-table-1", ["optimal-ridge", "sharp-1.toml", "--scaling-table", "falling"]),
    ("sweep-1", ["simulate", REFERENCE, "--set", "generators.repeat=1,2", "--replicates", "2"]),
]


def schema(name: str) -> Any:
    """A schema of the package."""
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def errors(name: str, document: Any) -> list[str]:
    """What a document has that its schema does not allow."""
    return [e.message for e in jsonschema.Draft202012Validator(schema(name)).iter_errors(document)]


def check(name: str, document: Any) -> None:
    """A document is valid, and every required entry of its outermost object is missed when it is taken away."""
    assert errors(name, document) == []
    for key in schema(name).get("required", []):
        assert errors(name, {k: v for k, v in document.items() if k != key}), key


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas(name: str) -> None:
    """Each is valid itself, and its version is in its name and id."""
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"ridgeproof/{name}" and name.endswith("-1")


@pytest.mark.parametrize(("name", "words"), PRINTED, ids=[" ".join(words) for _, words in PRINTED])
def test_printed_documents_are_valid(ridgeproof_json, examples: Path, name: str, words: list[str]) -> None:
    """What a command prints with --json is what its schema says."""
    check(name, ridgeproof_json(*(examples / w if w.endswith(".toml") else w for w in words)))


def test_scenario_files_are_valid(examples: Path) -> None:
    """Every example scenario is what the schema says, and a misspelt entry is not."""
    files = [tomllib.loads(f.read_text(encoding="utf-8")) for f in examples.glob("*.toml")]
    assert len(files) > 8
    for document in files:
        check("scenario-1", document)
    assert errors("scenario-1", {**files[0], "generator": []})
    sources = [{"samples": 9, "labels": {"kept": "1/2", "0": 1}, "rows": "A", "weight": "2/5", "noise": 0}]
    several = {**files[0], "downstream": {"ridge": "1/50", "sources": sources}, "chain": {"scheme": "accumulate"}}
    check("scenario-1", several)
    assert errors("scenario-1", {**several, "downstream": {"sources": sources}})  # no ridge
    assert errors("scenario-1", {**several, "downstream": {"ridge": 1, "sources": [{"labels": "truth"}]}})


def test_law_files_are_valid(examples: Path) -> None:
    """Every example of a user's own law is what the schema says, and a misspelt section is not."""
    files = [tomllib.loads(f.read_text(encoding="utf-8")) for f in (examples / "laws").glob("*.toml")]
    assert len(files) > 1
    for document in files:
        check("law-1", document)
    assert errors("law-1", {**files[0], "term": {}})


def test_documents_about_data_are_valid(ridgeproof_json, tmp_path: Path) -> None:
    """What `data --json` prints, with and without the experiment and the advice."""
    rows = "".join(f"{i % 7},{i % 5},{(i % 7) - 0.5 * (i % 5) + 0.1 * (i % 3)}\n" for i in range(120))
    (tmp_path / "t.csv").write_text("x,z,y\n" + rows, encoding="utf-8")
    check("data-1", ridgeproof_json("data", "t.csv"))
    full = ridgeproof_json("data", "t.csv", "--generations", "2", "--measure", "2", "--recommend", "-o", "t.toml")
    check("data-1", full)
    assert {"advice", "measured", "cross_validation"} <= set(full)


def test_certificates_are_valid(ridgeproof, tmp_path: Path) -> None:
    """What `verify -o` writes is a certificate, and the ledger a ledger."""
    assert ridgeproof("verify", "kappa-min-norm", "-o", "out").returncode == 0
    check(
        "certificate-1", json.loads((tmp_path / "out" / "kappa-min-norm.certificate.json").read_text(encoding="utf-8"))
    )
    check("ledger-1", json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8")))


def test_every_schema_is_used() -> None:
    """No schema stands there without a document that is held against it."""
    assert {name for name, _ in PRINTED} | {"scenario-1", "certificate-1", "law-1", "data-1"} == set(NAMES)
