"""What a judgement depends on, as a digest: the claim, the code that judges, the versions below it, level and seed.

A digest says the same only of the same: what has no canonical form (a function, an object of a user's own class, a
dummy symbol) has no digest, and a claim with such a part is judged every time.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from ridgeproof.errors import RidgeproofError
from ridgeproof.theorems.claim import Claim, Step

PACKAGES = ("sympy", "mpmath", "numpy", "scipy", "python-flint", "gmpy2")
# The rooms of proofs_check that a judgement runs through; the others show it (the arrows of the house say so).
JUDGING = ("kernel", "meaning", "proving", "witnesses", "court")


class Unkeyed(RidgeproofError):
    """A part of a claim that has no canonical form."""


@cache
def versions() -> dict[str, str]:
    """Python, the machine, and the libraries that judge; "-" for one that is not installed."""
    found = {"python": sys.version, "machine": f"{sys.platform} {platform.machine()}"}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "-"
    return found


def sources() -> list[Path]:
    """Every source file that a judgement may run through."""
    proofs_check = Path(__file__).resolve().parent.parent
    folders = [_folder("ridgeproof.theorems"), _folder("ridgeproof.numerics"), *(proofs_check / r for r in JUDGING)]
    alone = [*_folder("ridgeproof").glob("*.py"), proofs_check / "verdicts.py", proofs_check / "judgement.py"]
    return sorted([*alone, *(file for folder in folders for file in folder.rglob("*.py"))])


def _folder(package: str) -> Path:
    found = find_spec(package)
    assert found is not None and found.origin is not None
    return Path(found.origin).parent


@cache
def code() -> str:
    """The digest of those files, by name and content."""
    digest = hashlib.sha256()
    for file in sources():
        content = file.read_bytes()
        digest.update(f"{file.parent.name}/{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def content(claim: Claim, steps: tuple[Step, ...] | None) -> str:
    """The digest of what a claim says, and of its derivation where that is not part of the code.

    Raises
    ------
    Unkeyed
        A part of it has no canonical form.
    """
    known: dict[Any, str] = {}
    parts = [_digest(getattr(claim, f.name), known) for f in fields(claim) if f.name != "derive"]
    parts.append(claim.derive if isinstance(claim.derive, str) else "steps")
    return _join("claim", *parts, "registered" if steps is None else _digest(steps, known))


def _digest(value: Any, known: dict[Any, str]) -> str:
    """The digest of plain data, of our own frozen values, and of SymPy expressions (each of their parts once)."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if value is None or (isinstance(value, bool | int | str | float) and type(value).__module__ == "builtins"):
        return _join(kind, repr(value))
    if isinstance(value, sp.Basic):
        if value not in known or not known[value].startswith(kind):  # SymPy has equal values of different classes
            known[value] = f"{kind} {_of_expression(value, kind, known)}"
        return known[value]
    if type(value) in (tuple, list):
        return _join(kind, *(_digest(x, known) for x in value))
    if type(value) is dict:
        return _join(kind, *sorted(_join(_digest(k, known), _digest(v, known)) for k, v in value.items()))
    ours = kind.startswith("ridgeproof.")
    if ours and isinstance(value, Enum):
        return _join(kind, value.name)
    if ours and is_dataclass(value):
        return _join(kind, *(_digest(getattr(value, f.name), known) for f in fields(value)))
    raise Unkeyed(f"{kind} has no canonical form")


def _of_expression(value: sp.Basic, kind: str, known: dict[Any, str]) -> str:
    if isinstance(value, sp.Dummy | sp.Wild):
        raise Unkeyed(f"{value} is a symbol of its own")
    if isinstance(value, sp.Symbol):
        return _join(kind, value.name, *(f"{k}={v}" for k, v in sorted(value.assumptions0.items())))
    if isinstance(type(value), UndefinedFunction):
        signs = sorted((str(k), str(v)) for k, v in vars(type(value)).get("_kwargs", {}).items())
        return _join("function", value.func.__name__, repr(signs), *(_digest(x, known) for x in value.args))
    if not kind.startswith(("sympy.", "ridgeproof.")):
        raise Unkeyed(f"{kind} is a class of a user's own")
    if not value.args:
        return _join(kind, sp.srepr(value))
    return _join(kind, *(_digest(x, known) for x in value.args))


def _join(*parts: str) -> str:
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")).hexdigest()
