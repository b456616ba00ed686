"""The house: which room may import which, what must be believed, and that nothing else is installed.

The arrows are read from the import statements, also those inside functions.  ``ARROWS`` is the contract: a room may
import itself and the rooms that are named, and no others.  A believed room may only import believed rooms.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripts import load

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"ridgeproof": ROOT / "src" / "ridgeproof"} | {
    f"ridgeproof.{name}": ROOT / name for name in ("theorems", "numerics", "proofs_check")
}
MAX_LINES = 400  # of a module that must be believed

THEOREMS = {"theorems", "exponents.calculus", "exponents.model", "exponents.user"}
# Open to all: typed errors, and what makes words and files of a user's text; they import nothing of ours but these.
OPEN = {"errors", "words", "files", "frames", "reading", "limits"}
# room: the rooms it may import, besides itself and the open ones.
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "frames": set(),
    "words": set(),
    "files": set(),
    "reading": set(),
    "limits": set(),
    "authoring": {"theorems"},
    "face": {"*"},
    "theorems": {"exponents.model"},
    "exponents": {"exponents.calculus", "exponents.model"},
    "exponents.calculus": set(),
    "exponents.model": {"exponents.calculus"},
    "exponents.user": {"exponents.calculus", "exponents.model"},
    "problem": set(),
    "sums": {"problem"},
    "predictions": {"problem", "sums"},
    "finite": {"problem", "sums", "predictions"},
    "processes": set(),
    "draws": {"problem", "predictions", "processes"},
    "data": {"problem", "predictions", "draws", "processes"},
    "verdicts": set(),
    "kernel": set(),
    "meaning": {"kernel", "theorems"},
    "judgement": {"meaning", "verdicts", "theorems"},
    "laws": {"kernel", *THEOREMS},
    "proving.lines": {"meaning", "theorems"},
    "proving": {"kernel", "meaning", "proving.lines", "verdicts", "witnesses", "theorems"},
    "laws.proving": {"kernel", "laws", "proving", *THEOREMS},
    "witnesses": {"meaning", "verdicts", "theorems", "exponents.model", "exponents", "problem", "sums", "predictions",
                  "finite", "draws", "processes"},
    "court": {"kernel", "meaning", "judgement", "proving", "witnesses", "verdicts", "theorems", "processes"},
    "questions": {"problem", "theorems"},
    "audit": {"meaning", "proving", "proving.lines", "witnesses", "court", "verdicts", "theorems", "processes"},
    "constants": {"proving", "proving.lines", "court", "theorems", "problem"},
    "pictures": {"exponents.calculus", "exponents.model", "exponents.user", "problem", "predictions", "data"},
    "writing": {"pictures", "exponents", *THEOREMS},
    "report": {"court", "witnesses", "verdicts", "writing", "pictures", "exponents", *THEOREMS},
    "explore": {"problem"},
    "display": {"*"},
    "cli": {"*"},
    "proofs_check": {"cli"},
}  # fmt: skip
BELIEVED = {"kernel", "meaning", "judgement", "verdicts", "laws"}
# Rooms that believed rooms may use without believing them: the vocabulary that claims are written in.
GIVEN = {*OPEN, *THEOREMS}


def room(module: str) -> str:
    """The room of a module, by its name without ``ridgeproof``."""
    parts = module.split(".")[1:]
    if parts[:1] == ["theorems"]:
        if parts[1:2] != ["exponents"]:
            return "theorems"
        return "exponents" if len(parts) == 2 else f"exponents.{parts[2]}"
    if parts[:1] == ["numerics"]:
        return parts[1] if len(parts) > 1 else "numerics"
    if parts[:1] == ["proofs_check"]:
        if parts[1:3] in (["laws", "proving"], ["proving", "lines"]):
            return ".".join(parts[1:3])
        return parts[1] if len(parts) > 1 and parts[1] != "__main__" else "proofs_check"
    return parts[0] if parts else "face"


def modules() -> dict[str, Path]:
    """Every module of ours and its file."""
    found: dict[str, Path] = {}
    for name, folder in FOLDERS.items():
        for file in folder.rglob("*.py"):
            inside = file.relative_to(folder).with_suffix("").parts
            found[".".join((name, *inside)).removesuffix(".__init__")] = file
    return found


MODULES = modules()


def imported(module: str, file: Path) -> Iterator[str]:
    """The modules of ours that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "ridgeproof")
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, base] if base else package)
            if base.split(".")[0] == "ridgeproof":
                for alias in node.names:
                    yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base


def arrows(files: dict[str, Path]) -> dict[str, dict[str, str]]:
    """Room -> rooms it imports, each with one place where."""
    found: dict[str, dict[str, str]] = {}
    for module, file in files.items():
        for target in imported(module, file):
            if room(target) != room(module):
                found.setdefault(room(module), {}).setdefault(room(target), f"{module} imports {target}")
    return found


def faults(files: dict[str, Path]) -> list[str]:
    """What breaks the contract of the house."""
    said = []
    for source, targets in arrows(files).items():
        allowed = ARROWS.get(source)
        if allowed is None:
            said.append(f"the room {source} is not in the contract")
            continue
        for target, where in targets.items():
            if target not in OPEN and "*" not in allowed and target not in allowed:
                said.append(f"{source} -> {target}: {where}")
            if source in BELIEVED and target not in BELIEVED | GIVEN:
                said.append(f"believed {source} -> {target}: {where}")
    return said


def test_rooms_import_only_what_the_contract_allows() -> None:
    """Arrows point downwards; claims and witnesses share no code; believed rooms import believed rooms."""
    assert not faults(MODULES)


def test_the_contract_has_no_circle() -> None:
    """No room is above itself."""

    def below(name: str, seen: tuple[str, ...] = ()) -> None:
        assert name not in seen, (*seen, name)
        for target in ARROWS[name] - {"*"}:
            below(target, (*seen, name))

    for name in ARROWS:
        below(name)


def test_modules_have_no_circle() -> None:
    """No module imports itself by way of others (imports inside functions do not count: they run later)."""
    graph: dict[str, set[str]] = {}
    for module, file in MODULES.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        top = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
        later = {n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
        assert not later & set(top.body)
        graph[module] = _top_imports(module, file, top)
    state: dict[str, int] = {}

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert state.get(module) != 1, " -> ".join((*path, module))
        if module in state:
            return
        state[module] = 1
        for target in graph.get(module, ()):
            walk(target, (*path, module))
        state[module] = 2

    for module in graph:
        walk(module, ())


def _top_imports(module: str, file: Path, top: ast.Module) -> set[str]:
    found = set()
    for node in top.body:
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, base] if base else package)
            if base.startswith("ridgeproof"):
                found |= {f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base for alias in node.names}
    return found - {module} - {module.rpartition(".")[0]}


@pytest.mark.parametrize(
    ("place", "line", "said"),
    [
        ("ridgeproof.proofs_check.kernel.planted", "from ..proving import signs", "kernel -> proving"),
        ("ridgeproof.proofs_check.meaning.planted", "from ..proving.draft import Draft", "believed meaning -> proving"),
        (
            "ridgeproof.proofs_check.kernel.planted",
            "import ridgeproof.proofs_check.proving.lines",
            "kernel -> proving.lines",
        ),
        (
            "ridgeproof.proofs_check.judgement",
            "from .proving import lines",
            "believed judgement -> proving.lines",
        ),
        ("ridgeproof.proofs_check.judgement", "from .court.certify import certify", "believed judgement -> court"),
        (
            "ridgeproof.proofs_check.laws.planted",
            "from .proving.cover import find_tree",
            "believed laws -> laws.proving",
        ),
        ("ridgeproof.theorems.planted", "from ridgeproof.numerics.problem import numbers", "theorems -> problem"),
        ("ridgeproof.numerics.problem.planted", "import ridgeproof.theorems.claim", "problem -> theorems"),
        ("ridgeproof.numerics.planted.x", "from ridgeproof.errors import InputError", "planted is not in the contract"),
    ],
)
def test_a_planted_import_is_seen(tmp_path: Path, place: str, line: str, said: str) -> None:
    """The contract is tested: an import from a believed room to a searching one, or between the packages, is named."""
    file = tmp_path / "planted.py"
    file.write_text(f"def f() -> None:\n    {line}\n", encoding="utf-8")
    assert any(said in fault for fault in faults({**MODULES, place: file}))


def test_believed_modules_are_short() -> None:
    """What must be believed is read by people: no file of it is longer than a person reads in one go."""
    long = {
        m: n for m, f in MODULES.items() if room(m) in BELIEVED and (n := len(f.read_text().splitlines())) > MAX_LINES
    }
    assert not long


def test_exactly_our_packages_are_installed() -> None:
    """The list in pyproject.toml is the tree, so that a stale build folder brings no removed module back."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    packages = {name for name, file in MODULES.items() if file.name == "__init__.py"}
    assert set(listed) == packages | {"ridgeproof.examples"} and len(listed) == len(set(listed))
    assert all(name.split(".")[0] == "ridgeproof" for name in listed)


def test_what_must_be_believed_is_listed_with_its_size() -> None:
    """The page that lists every believed module with its lines is what `python tools/believed.py` writes today."""
    believed = load(ROOT / "tools" / "believed.py")
    written = (ROOT / "docs" / "what-must-be-believed.md").read_text(encoding="utf-8")
    assert written == believed.page(), "run python tools/believed.py"
    assert {room for tier in believed.TIERS.values() for room in tier} == BELIEVED
