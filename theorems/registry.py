"""Where claims are found: every ``Claim`` that a topic module of this package, or a user's file, defines."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from ridgeproof.errors import ClaimError

from .claim import Claim

# The order of the theory document; topics that are not named here come after these, by name.
_READING_ORDER = (
    "finite_sample",
    "moments",
    "leading_order",
    "equivalents",
    "chain",
    "fake_data",
    "isotropic",
    "power_orders",
    "power_law",
    "optimal_ridge",
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


def claims_from_file(path: str | Path) -> tuple[Claim, ...]:
    """The claims that a Python file defines; the file is executed, as the user asked.

    Raises
    ------
    ClaimError
        When the file is not there, does not run, or defines no claim.
    """
    file = Path(path)
    if not file.is_file():
        raise ClaimError(f"{file}: there is no such file (accepted: a Python file that defines claims)")
    _refuse_old_imports(file)
    beside = str(file.resolve().parent)
    if beside not in sys.path:  # last: a file beside the claims never hides a module that is installed
        sys.path.append(beside)
    name = f"_user_claims_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ClaimError(f"{file}: not a Python file (accepted: a .py file that defines claims)")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever the file raises: it must not choose the exit status
        line = " ".join(str(error).split())
        raise ClaimError(f"{file}: {type(error).__name__} while it was read: {line}") from error
    finally:
        sys.modules.pop(name, None)
    known = {id(c) for c in all_claims()}
    own = _unique((c for c in _claims_of(module) if id(c) not in known), str(file))
    if not own:
        raise ClaimError(f"{file}: defines no claim (accepted: module-level values of ridgeproof.Claim)")
    return own
