"""The mutants of a module: its source with one condition changed (see ``mutate.py``)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TURNED: dict[type, list[type]] = {
    ast.Lt: [ast.LtE], ast.LtE: [ast.Lt], ast.Gt: [ast.GtE], ast.GtE: [ast.Gt], ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq], ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: in which module, in which line and function or method of it, what, and the source with it."""

    module: str
    line: int
    function: str
    what: str
    source: str

    @property
    def name(self) -> str:
        """What it is called among the survivors."""
        return f"{self.module}: {self.what}"


def mutants(module: str, path: Path, branches: bool) -> Iterator[Mutant]:
    """All changes of a module, in order; with ``branches`` also of conditions that are branched on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = _places(tree)
    seen: dict[str, int] = {}
    for node, field, old, new, what in _changes(tree, branches):
        before = ast.unparse(old)[:150] if isinstance(old, ast.AST) else str(old)
        inner, function = inside.get(id(node), ("module", ""))
        text = f"{inner}: {what}: {before}"
        seen[text] = seen.get(text, 0) + 1
        if seen[text] > 1:
            text += f" ({seen[text]})"
        _put(node, field, old, new)
        yield Mutant(module, getattr(old, "lineno", getattr(node, "lineno", 0)), function, text, ast.unparse(tree))
        _put(node, field, new, old)


def _put(node: Any, field: str, old: Any, new: Any) -> None:
    value = getattr(node, field)
    if isinstance(value, list):
        value[next(i for i, x in enumerate(value) if x is old)] = new
    else:
        setattr(node, field, new)


def _places(tree: ast.Module) -> dict[int, tuple[str, str]]:
    """For every node of a function: the name of the innermost one, and the path of the outermost one."""
    found: dict[int, tuple[str, str]] = {}

    def walk(node: ast.AST, inner: str, outer: str, classes: str) -> None:
        if isinstance(node, ast.FunctionDef):
            inner, outer = node.name, outer or classes + node.name
        elif isinstance(node, ast.ClassDef) and not outer:
            classes += node.name + "."
        if outer:
            found[id(node)] = inner, outer
        for child in ast.iter_child_nodes(node):
            walk(child, inner, outer, classes)

    walk(tree, "", "", "")
    return found


def _changes(tree: ast.Module, branches: bool) -> Iterator[tuple[Any, str, Any, Any, str]]:
    for node in ast.walk(tree):
        if _is_need(node):
            if not (isinstance(node.args[0], ast.Constant) and node.args[0].value is False):
                yield node, "args", node.args[0], ast.Constant(True), "condition left out"
            for part in ast.walk(node.args[0]):
                yield from _parts(part)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_need(node.value):
            holder, field = _holder(tree, node)
            yield holder, field, node, ast.Pass(), "statement left out"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "conclude":
            for arg in list(node.args[1:]):
                if not (isinstance(arg, ast.List) and not arg.elts):
                    yield node, "args", arg, ast.List([], ast.Load()), "not passed on"
        if isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp | ast.Compare):  # a condition with a name
            for part in ast.walk(node.value):
                yield from _parts(part)
    for node in ast.walk(tree) if branches else ():
        if isinstance(node, ast.If | ast.IfExp):
            yield node, "test", node.test, ast.Constant(False), "never"
            yield node, "test", node.test, ast.Constant(True), "always"
            for part in ast.walk(node.test):
                yield from _parts(part)
        if isinstance(node, ast.comprehension):
            for test in list(node.ifs):
                yield node, "ifs", test, ast.Constant(True), "always"
                for part in ast.walk(test):
                    yield from _parts(part)


def _is_need(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "need"


def _parts(node: ast.AST) -> Iterator[tuple[Any, str, Any, Any, str]]:
    """Changes inside a condition."""
    if isinstance(node, ast.BoolOp):
        neutral = ast.Constant(isinstance(node.op, ast.And))
        for part in list(node.values):
            yield node, "values", part, neutral, "part left out"
    if isinstance(node, ast.Compare):
        for op in list(node.ops):
            for other in TURNED.get(type(op), []):
                yield node, "ops", op, other(), f"{type(op).__name__} to {other.__name__}"
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield node, "value", node.value, node.value + 1, "one more"


def _holder(tree: ast.Module, statement: ast.stmt) -> tuple[Any, str]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            value = getattr(node, field, None)
            if isinstance(value, list) and any(x is statement for x in value):
                return node, field
    raise LookupError
