"""What a citation manager reads of the project is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_citation_agrees_with_the_package() -> None:
    """Version and licence are those of pyproject.toml, and the change log has an entry for the version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = dict(re.findall(r"^([a-z-]+): \"?(.*?)\"?$", CITATION, re.MULTILINE))
    assert found["version"] == project["version"]
    assert found["license"] == project["license"]
    assert found["cff-version"] == "1.2.0" and {"message", "title", "type"} <= set(found)
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_citation_names_the_paper() -> None:
    """Whoever cites the project learns how to cite the paper: authors, title, year, number."""
    reference = CITATION[CITATION.index("references:") :]
    title = "Model Collapse Demystified: The Case of Regression"
    for part in ("Dohmatob", "Feng", "Kempe", title, "2024", "arXiv:2402.07712"):
        assert part in reference
