"""Write docs/what-must-be-believed.md: every module that "proved" rests on, with its number of lines.

python tools/believed.py          # writes the page
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "kernel": "accepts or rejects certificates; standard library only",
    "meaning": "from SymPy to the kernel's plain data, and whether a certificate's letters are the model's",
    "court": "whether certified steps amount to the claim; each search is followed by the kernel's check",
    "laws": "what a certificate about exponents has to say, and whether it says it (its subfolder `proving` searches)",
}
# The same rooms in version 0.1, when kernel, context, export, admission, conditions, court, cover, forms, law_programs,
# law_statements, model_formula, programs and symbolic_statements lay among searches, and two of them imported some:
# lines of code, counted in the same way.
BEFORE = 2704


def code_lines(source: str) -> int:
    """Lines that hold code: no blank lines, comments or docstrings."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            first = node.body[0]
            documented |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(bool(text.strip()) and not text.strip().startswith("#") and n not in documented for n, text in lines)


def page() -> str:
    """The page."""
    out = [
        "# What must be believed",
        "",
        "A claim is called *proved* on the word of these modules, of Python and, for the translation of statements, of",
        "SymPy. Everything else only searches: what it finds is checked here; a fault in it costs proofs, not truth.",
        "`tests/test_house.py` holds the walls: a module of these rooms that imports from a searching room fails the",
        "tests (the court calls searches, and hands what they find to the kernel). This page is written by",
        "`python tools/believed.py`, and the tests compare it with the tree.",
        "",
    ]
    total = code = 0
    for name, what in ROOMS.items():
        out += [f"## `proofs_check/{name}/`: {what}", "", "| module | lines | of code | |", "|---|---|---|---|"]
        files = (ROOT / "proofs_check" / name).rglob("*.py")
        for file in sorted(f for f in files if "proving" not in f.parts):
            source = file.read_text(encoding="utf-8")
            lines = len(source.splitlines())
            title = (ast.get_docstring(ast.parse(source)) or "").split("\n")[0].replace("|", "\\|")
            out.append(f"| `{file.relative_to(ROOT)}` | {lines} | {code_lines(source)} | {title} |")
            total += lines
            code += code_lines(source)
        out.append("")
    out += [
        "## Altogether",
        "",
        f"{total} lines, {code} of them code. Version 0.1 had {BEFORE} lines of code of the same kind.",
        "",
        "Besides: the axioms that the kernel names with each acceptance (docs/kernel.md), and the vocabulary of",
        "`theorems/` as the language in which claims are written.",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "what-must-be-believed.md").write_text(page(), encoding="utf-8")
