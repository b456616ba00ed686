"""The one import line of a claim file, and what a file may import besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from ridgeproof import authoring
from ridgeproof.errors import ClaimError
from ridgeproof.theorems import vocabulary
from ridgeproof.theorems.registry import all_claims, claims, claims_from_file

CLAIM = 'one = Claim("one", "t", "s", Relation.EQUALITY, (Equation({left}, {right}),))\n'


def test_every_name_is_exported_once_and_means_what_the_vocabulary_says() -> None:
    """Where SymPy or another module has the same name, the vocabulary's wins."""
    assert len(set(authoring.__all__)) == len(authoring.__all__)
    for name in ("S", "E", "N", "beta", "T0", "phi", "Winv"):
        assert getattr(authoring, name) == getattr(vocabulary, name), name
    wanted = (
        "Claim Equation Relation Hypothesis Setting Fit Algebra Stein Order E_test Expect trace SpectralSum Kappa fresh"
    )
    assert set(wanted.split()) <= set(authoring.__all__)


def test_claims_is_a_mapping_by_id() -> None:
    """In the order of the ledger."""
    assert list(claims().values()) == list(all_claims())


def test_one_import_line_is_enough(tmp_path: Path) -> None:
    """A file that imports from ridgeproof.authoring defines claims, with declarations of its own."""
    file = tmp_path / "mine.py"
    body = 'X1 = Design("X1", rows=Symbol("T1", integer=True, positive=True))\n'
    file.write_text(
        "from ridgeproof.authoring import *\n" + body + CLAIM.format(left="Expect(trace(X1.T*X1))", right="d")
    )
    assert [c.id for c in claims_from_file(file)] == ["one"]


@pytest.mark.parametrize(
    "line", ["from theorems.claim import *", "import theorems.vocabulary as v", "from theorems import claim"]
)
def test_an_old_import_is_told_where_the_names_are(tmp_path: Path, line: str) -> None:
    """In one line, wherever the file stands."""
    file = tmp_path / "old.py"
    file.write_text(f"import sympy\n{line}\n")
    with pytest.raises(
        ClaimError, match=r"line 2 imports from theorems.*from ridgeproof.authoring import \*"
    ) as caught:
        claims_from_file(file)
    assert "\n" not in str(caught.value)


def test_files_beside_are_imported_last(tmp_path: Path) -> None:
    """A helper beside the file is found; a file called sympy.py does not hide SymPy."""
    (tmp_path / "helper_of_claims.py").write_text("from ridgeproof.authoring import *\nside = T + d\n")
    (tmp_path / "mpmath.py").write_text("raise SystemExit\n")
    file = tmp_path / "mine.py"
    head = "import mpmath\nfrom ridgeproof.authoring import *\nfrom helper_of_claims import side\n"
    file.write_text(head + CLAIM.format(left="side", right="d + T"))
    (claim,) = claims_from_file(file)
    assert claim.equations[0].left == vocabulary.T + vocabulary.d
