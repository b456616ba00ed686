"""Write docs/what-must-be-believed.md: every module that "proved" rests on, with its number of lines.

python tools/believed.py          # writes the page
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIERS: dict[str, dict[str, str]] = {
    "To trust a printed sequent": {
        "kernel": "accepts or refuses certificates, and prints Γ ⊢ φ; standard library only",
    },
    "What more for the word *proved* beside a claim, in `verify`": {
        "meaning": "what a claim says in the kernel's language, and whether accepted certificates say it",
        "judgement": "the word for a claim, from what the kernel has shown",
        "verdicts": "grades, and the order in which evidence decides",
    },
    "What more for *proved* in tables of exponents": {
        "laws": "what a certificate about exponents has to say, and whether it says it (its folder `proving` searches)",
    },
}
# Lines of code of version 0.1, counted in the same way: of its kernel, context, export, admission, conditions, court,
# cover, forms, law_programs, law_statements, model_formula, programs and symbolic_statements, which stood between a
# certificate and the word "proved", for claims and for laws; and of the functions of its theorems/ that return steps,
# with the classes of steps: nothing checked that a certificate's lines mean what the steps said of them.
BEFORE, STEPS = 2704, 740


def code_lines(source: str) -> int:
    """Lines that hold code: no blank lines, comments or docstrings."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            first = node.body[0]
            documented |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(bool(text.strip()) and not text.strip().startswith("#") and n not in documented for n, text in lines)


def modules(room: str) -> list[Path]:
    """The files of a room, which is a folder or a single module."""
    place = ROOT / "proofs_check" / room
    files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
    return sorted(f for f in files if "proving" not in f.parts)


def page() -> str:
    """The page."""
    out = [
        "# What must be believed",
        "",
        "A claim is called *proved* on the word of these modules, of Python and, for the translation of statements,",
        "of SymPy. Everything else only searches, draws, stores and shows: what it finds is checked here, and a fault",
        "in it costs proofs, not truth. `tests/test_house.py` holds the walls: a module of these rooms that imports",
        "from another fails the tests. This page is written by `python tools/believed.py`, and the tests compare it",
        "with the tree.",
        "",
    ]
    sums: list[tuple[str, int]] = []
    for tier, rooms in TIERS.items():
        out += [f"## {tier}", ""]
        code = 0
        for name, what in rooms.items():
            out += [f"`proofs_check/{name}`: {what}.", "", "| module | lines | of code | |", "|---|---|---|---|"]
            for file in modules(name):
                source = file.read_text(encoding="utf-8")
                title = (ast.get_docstring(ast.parse(source)) or "").split("\n")[0].replace("|", "\\|")
                lines, own = len(source.splitlines()), code_lines(source)
                out.append(f"| `{file.relative_to(ROOT)}` | {lines} | {own} | {title} |")
                code += own
            out.append("")
        sums.append((tier, code))
    out += ["## Altogether", "", "| | lines of code | with those above |", "|---|---|---|"]
    total = 0
    for tier, code in sums:
        total += code
        out.append(f"| {tier} | {code} | {total} |")
    out += [
        "",
        f"Version 0.1 had {BEFORE + STEPS} lines of code between a certificate and the word *proved*, to be compared",
        f"with the {total} of the last row: {BEFORE} of its checker, and {STEPS} of derivations and kinds of steps.",
        "Its certificates held lines, and the steps said in English what the lines mean; nothing checked that. Now a",
        "certificate carries the statement, and derivations are searches like others.",
        "",
        "Besides: the [axioms](axioms.md) that the kernel names with each acceptance, and the vocabulary of",
        "`theorems/` as the language in which claims are written.",
        "",
        "The store of judged claims, the processes that judge and the court (`proofs_check/court/`) are not believed",
        "for the word *proved*: the process that gives a verdict has the kernel check every certificate itself, also",
        "one from the store or from a child process, and compares its sequent with the claim as it is then. They are",
        "believed for numbers: a fault in the keys of the store (`keys.py`, `store.py`) could show the numbers of an",
        "earlier version of a claim; `ridgeproof verify --fresh` reads nothing from it.",
    ]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "what-must-be-believed.md").write_text(page(), encoding="utf-8")
