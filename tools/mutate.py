"""Mutation testing of the kernel of statements: is every condition of it noticed by its tests?

python tools/mutate.py                     # every mutant
python tools/mutate.py --sample 50         # some of them, drawn with a fixed seed
python tools/mutate.py --only traces       # those of one module
python tools/mutate.py --sequents          # writes tests/proofs_check/statements/sequents.json

A mutant is the kernel with one thing changed: a condition of ``need`` left out, or one part of it; a comparison in it
turned round or moved by its boundary, a number in it one more; a statement that only checks left out; hypotheses, lines
or axioms not passed on to the sequent that a rule concludes.
The tests are those of ``tests/proofs_check``: the table of rules, the false and true certificates with the words of
their refusal, and the sequents of the ledger's certificates.  A mutant that passes them all survives.  Survivors that
test can tell apart, because the mutant accepts and prints the same, are listed in ``survivors.json`` with the reason;
the score leaves them out.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "ridgeproof.proofs_check.kernel.statements"
FOLDER = ROOT / "proofs_check" / "kernel" / "statements"
TESTS = ROOT / "tests" / "proofs_check"
DATA = TESTS / "statements"
TURNED: dict[type, list[type]] = {
    ast.Lt: [ast.LtE], ast.LtE: [ast.Lt], ast.Gt: [ast.GtE], ast.GtE: [ast.Gt], ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq], ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
}  # fmt: skip
LIMIT = 60  # seconds of processor time, whatever the load, until a mutant counts as noticed: the tests take a few


class Mutant:
    """One change: where, what, and the module's source with it."""

    def __init__(self, module: str, line: int, what: str, source: str) -> None:
        self.module, self.line, self.what, self.source = module, line, what, source

    @property
    def name(self) -> str:
        return f"{self.module}: {self.what}"


def mutants(module: str) -> Iterator[Mutant]:
    """All changes of a module, in order."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    seen: dict[str, int] = {}
    for node, field, old, new, what in _changes(tree):
        before = ast.unparse(old)[:150] if isinstance(old, ast.AST) else str(old)
        text = f"{_where(tree, node)}: {what}: {before}"
        seen[text] = seen.get(text, 0) + 1
        if seen[text] > 1:
            text += f" ({seen[text]})"
        _put(node, field, old, new)
        yield Mutant(module, node.lineno if hasattr(node, "lineno") else 0, text, ast.unparse(tree))
        _put(node, field, new, old)


def _put(node: Any, field: str, old: Any, new: Any) -> None:
    value = getattr(node, field)
    if isinstance(value, list):
        value[next(i for i, x in enumerate(value) if x is old)] = new
    else:
        setattr(node, field, new)


def _where(tree: ast.Module, node: ast.AST) -> str:
    """The function that a node stands in."""
    best, name = -1, "module"
    for f in ast.walk(tree):
        if (
            isinstance(f, ast.FunctionDef)
            and f.lineno <= getattr(node, "lineno", 0) <= (f.end_lineno or 0)
            and f.lineno > best
        ):
            best, name = f.lineno, f.name
    return name


def _changes(tree: ast.Module) -> Iterator[tuple[Any, str, Any, Any, str]]:
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


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a source of its own."""

    def __init__(self, module: str, source: str) -> None:
        self.name, self.source = f"{PACKAGE}.{module}", source

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> Any:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, f"<mutant of {self.name}>", "exec"), module.__dict__)


def load(mutant: Mutant | None) -> tuple[Any, Any]:
    """The kernel with a change, and the table of rules that uses it."""
    for name in [n for n in sys.modules if n == PACKAGE or n.startswith(PACKAGE + ".")]:
        del sys.modules[name]
    finder = _Loader(mutant.module, mutant.source) if mutant is not None else None
    if finder is not None:
        sys.meta_path.insert(0, finder)
    try:
        kernel = importlib.import_module(PACKAGE)
        spec = importlib.util.spec_from_file_location("rules_table", TESTS / "test_statement_rules.py")
        assert spec is not None and spec.loader is not None
        table = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(table)
    finally:
        if finder is not None:
            sys.meta_path.remove(finder)
    return kernel, table


def certificates() -> dict[str, list[Any]]:
    """The ledger's certificates of statements, by claim, and those that no claim uses yet."""
    from ridgeproof.proofs_check.court.certify import certify
    from ridgeproof.proofs_check.proving.statements import known
    from ridgeproof.theorems.registry import all_claims

    out = {c.id: list(certify(c).certificates) for c in all_claims() if c.expected == "holds"}
    out["others"] = [known.written(search)[0] for search in (known.finite.theorem_1, *known.OTHERS)]
    return {name: found for name, found in out.items() if found}


def notices(kernel: Any, table: Any, documents: dict[str, list[Any]], golden: dict[str, list[str]]) -> str | None:
    """What of the tests fails; None if nothing does."""
    for name, (declare, lines, line, wrong) in table.RULES.items():
        changes = {"": {}, **wrong}
        for what, change in changes.items():
            if table.said(table.world(declare, lines), table.changed(line, change)) != table.GOLDEN[name][what]:
                return f"rule {name}: {what or 'accepted'}"
    for name, words in table.DECLARED.items():
        if table.declares(words) != table.GOLDEN["declarations"][name]:
            return f"declaration {name}"
    for name in table.CHECKED:
        if table.judged(name) != table.GOLDEN["certificates"][name]:
            return f"certificate {name}"
    for name, case in json.loads((DATA / "false.json").read_text(encoding="utf-8")).items():
        try:
            kernel.check(case["certificate"])
            return f"false {name}"
        except kernel.Rejected as error:
            if str(error)[:160] != case["refused"]:
                return f"false {name}: other words"
    for name, found in documents.items():
        for document, text in zip(found, golden[name], strict=True):
            if kernel.check(copy.deepcopy(document)).text() != text:
                return f"sequent {name}"
    return None


def _alarm(*_: Any) -> None:
    raise TimeoutError


def survives(mutant: Mutant | None, documents: dict[str, list[Any]], golden: dict[str, list[str]]) -> bool:
    """Whether no test notices a mutant."""
    signal.signal(signal.SIGVTALRM, _alarm)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        return notices(*load(mutant), documents, golden) is None
    except BaseException as error:  # a kernel that cannot even be loaded is noticed, too
        if isinstance(error, KeyboardInterrupt):
            raise
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="how many mutants are tried")
    parser.add_argument("--only", help="the module whose mutants are tried")
    parser.add_argument("--stored", type=Path, help="a file in which the ledger's certificates are kept between runs")
    parser.add_argument("--sequents", action="store_true", help="write the ledger's sequents, and do nothing else")
    args = parser.parse_args()
    if args.stored is not None and args.stored.exists():
        documents = json.loads(args.stored.read_text(encoding="utf-8"))
    else:
        documents = certificates()
        if args.stored is not None:
            args.stored.write_text(json.dumps(documents), encoding="utf-8")
    if args.sequents:
        kernel, _ = load(None)
        texts = {name: [kernel.check(d).text() for d in found] for name, found in documents.items()}
        (DATA / "sequents.json").write_text(json.dumps(texts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    golden = json.loads((DATA / "sequents.json").read_text(encoding="utf-8"))
    if not survives(None, documents, golden):
        print(f"the kernel itself fails its tests: {notices(*load(None), documents, golden)}")
        return 1
    modules = [args.only] if args.only else sorted(f.stem for f in FOLDER.glob("*.py") if f.stem != "__init__")
    tried = [m for module in modules for m in mutants(module)]
    if args.sample is not None:
        tried = random.Random(0).sample(tried, min(args.sample, len(tried)))
    known = json.loads((DATA / "survivors.json").read_text(encoding="utf-8"))
    began, left = time.monotonic(), []
    for i, mutant in enumerate(tried, 1):
        if survives(mutant, documents, golden):
            left.append(mutant)
            print(
                f"survives  {mutant.module}.py:{mutant.line}  {mutant.what}  {known.get(mutant.name, '')}", flush=True
            )
        if i % 50 == 0:
            print(
                f"  {i} of {len(tried)} tried, {len(left)} survive, {time.monotonic() - began:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    open_ = [m for m in left if m.name not in known]
    counted = len(tried) - (len(left) - len(open_))
    score = 1 - len(open_) / max(counted, 1)
    equivalent = f"{len(left) - len(open_)} of them equivalent"
    print(f"{len(tried)} mutants, {len(left)} survive, {equivalent}: {score:.1%} of {counted} noticed")
    return 0 if score >= 0.98 else 1


if __name__ == "__main__":
    sys.exit(main())
