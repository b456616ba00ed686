"""Where claims are found: every ``Claim`` that a topic module of this package, or a user's file, defines."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from ridgeproof import files, reading
from ridgeproof.errors import ClaimError, InputError
from ridgeproof.limits import GaveUp, described, once

from .claim import Claim

# The order of the theory document; topics that are not named here come after these, by name.
_READING_ORDER = (
    "finite_sample",
    "projections",
    "moments",
    "leading_order",
    "equivalents",
    "chain",
    "fake_data",
    "isotropic",
    "power_orders",
    "power_law",
    "optimal_ridge",
    "paper_bias",
    "paper_scaling",
    "paper_errors",
)


def _claims_of(module: ModuleType) -> list[Claim]:
    return [value for name, value in vars(module).items() if isinstance(value, Claim) and not name.startswith("_")]


def _unique(claims: Iterable[Claim], where: str) -> tuple[Claim, ...]:
    found: dict[str, Claim] = {}
    for claim in claims:
        if found.setdefault(claim.id, claim) is not claim:
            raise ClaimError(f"{where}: two claims have the id {claim.id!r} (accepted: ids that differ)")
    return tuple(found.values())


SOURCES: dict[str, str] = {}  # id of a user's claim -> the file that it was read from
QUESTIONS: dict[str, str] = {}  # id of a formula that was asked about -> the Python that reads it again


@cache
def all_claims() -> tuple[Claim, ...]:
    """Every claim of the theory, in the order of the theory document."""
    names = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.ispkg]
    names.sort(key=lambda n: (_READING_ORDER.index(n) if n in _READING_ORDER else len(_READING_ORDER), n))
    modules = [importlib.import_module(f"{__package__}.{name}") for name in names]
    return _unique((c for module in modules for c in _claims_of(module)), "theorems")


def claims() -> dict[str, Claim]:
    """Every claim of the theory by its id, in the order of the theory document.

    Examples
    --------
    >>> claims()["fake-data-term"].relation
    <Relation.EQUIVALENT: 'equivalent'>
    """
    return {claim.id: claim for claim in all_claims()}


_MOVED = ("theorems", "numerics", "proofs_check")  # packages that once stood at the top


def _refuse_old_imports(file: Path) -> None:
    """Say where the names are now, to a file that imports them from where they were."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):  # running the file says what is wrong
        return
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)):
        module = node.module if isinstance(node, ast.ImportFrom) and not node.level else None
        named = [module or ""] if isinstance(node, ast.ImportFrom) else []
        named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        old = [m for m in named if m.split(".")[0] in _MOVED]
        beside = [file.with_name(m.split(".")[0]) for m in old]
        if old and not any(f.is_dir() or f.with_suffix(".py").exists() for f in beside):
            raise ClaimError(
                f"line {node.lineno} imports from {old[0]}, which is now inside ridgeproof",
                where=str(file),
                accepted=f"from ridgeproof.authoring import *, or from ridgeproof.{old[0]} import ...",
            )


def _imports(file: str) -> bool:
    return file.startswith("<frozen importlib") or os.path.basename(os.path.dirname(file)) == "importlib"


class _Beside:
    """Finds modules in a folder of claims, for the files of that folder alone.

    On ``sys.path`` the folder would be seen by all: a package that looks whether another is installed would run what
    lies there under its name, and child processes would inherit it.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module beside a claim file, where the import statement is in a file of the same folder."""
        if path is not None or not self._asked_from_here():
            return None
        found = PathFinder.find_spec(name, [self.folder])
        if found is not None:
            inside = [file for place in found.submodule_search_locations or () for file in Path(place).rglob("*.py")]
            for file in [*inside, *([Path(found.origin)] if found.origin else [])]:
                files.given(file, accepted="another file to write: claims import this one")
        return found

    def _asked_from_here(self) -> bool:
        frame = sys._getframe(2)
        while frame.f_back is not None and _imports(frame.f_code.co_filename):
            frame = frame.f_back
        asking = frame.f_code.co_filename
        return not asking.startswith("<") and os.path.dirname(os.path.realpath(asking)) == self.folder


@dataclass(frozen=True)
class FileOfClaims:
    """What a file defines: its claims, what of it could not be read (one line each), and names that were skipped."""

    claims: tuple[Claim, ...]
    unread: tuple[str, ...]
    skipped: tuple[str, ...]


def claims_from_file(path: str | Path) -> tuple[Claim, ...]:
    """The claims that a Python file defines; the file is executed, as the user asked.

    Raises
    ------
    ClaimError
        When the file is not there, does not run to its end, or defines no claim.
    """
    found = read_file(path)
    if found.unread:
        raise ClaimError(f"{path}: {found.unread[0]}")
    return found.claims


def read_file(path: str | Path) -> FileOfClaims:
    """Execute a file of claims statement by statement, so that one that raises costs itself alone.

    Returns
    -------
    FileOfClaims
        ``unread`` names the line of every statement that raised, or that stops the interpreter.

    Raises
    ------
    ClaimError
        The file is not there, is no Python, or defines no claim at all.
    """
    file = Path(path)
    try:
        reading.ordinary(file, accepted="a Python file that defines claims")
    except InputError as error:
        raise ClaimError(str(error)) from None
    _refuse_old_imports(file)
    beside = str(file.resolve().parent)
    if not any(isinstance(finder, _Beside) and finder.folder == beside for finder in sys.meta_path):
        sys.meta_path.append(_Beside(beside))  # last: a file beside the claims never hides a module that is installed
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        raise ClaimError(f"{file}: {type(error).__name__} while it was read: {' '.join(str(error).split())}") from error
    module = ModuleType(f"_user_claims_{file.stem}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    unread: list[str] = []
    deferred = any(isinstance(x, ast.ImportFrom) and x.module == "__future__" for x in tree.body)
    flags = annotations.compiler_flag if deferred else 0  # a statement alone does not know of the file's first line
    try:
        for statement in tree.body:
            if why := _run(statement, module, str(file), flags):
                unread.append(why)
    finally:
        sys.modules.pop(module.__name__, None)
    known = {id(c) for c in all_claims()}
    given = {name: value for name, value in vars(module).items() if isinstance(value, Claim) and id(value) not in known}
    skipped = tuple(f"{name} ({c.id})" for name, c in given.items() if name.startswith("_"))
    own = _unique((c for name, c in given.items() if not name.startswith("_")), str(file))
    if not own:
        why = unread[0] if unread else "defines no claim (accepted: module-level values of ridgeproof.Claim)"
        raise ClaimError(f"{file}: {why}")
    SOURCES.update({claim.id: str(path) for claim in own})
    return FileOfClaims(own, tuple(unread), skipped)


def _run(statement: ast.stmt, module: ModuleType, file: str, flags: int) -> str:
    """Execute one statement of a file; what it raises, in a line, or nothing."""
    try:
        code = compile(ast.Module([statement], []), file, "exec", flags=flags, dont_inherit=True)
        once(exec, code, vars(module))
    except (KeyboardInterrupt, GaveUp):
        raise
    except BaseException as error:  # whatever the file raises: it must not choose the exit status
        kind, _, line = described(error).partition(": ")
        what = f"stops the interpreter with status {line}" if isinstance(error, SystemExit) else line
        return f"line {statement.lineno}: {kind} while it was read: {what}"
    return ""
