"""The exponent table in each of its formats."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import output

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents import ExponentRow

COLUMNS = (
    "beta", "r", "a", "b", "g", "s", "s0", "h",
    "ell", "rate", "ell_clean", "rate_clean", "rate_with_clean_ell", "regime", "logarithm",
)  # fmt: skip
SCALES = COLUMNS[:8]
TEXT_HEADINGS = {
    "ell_clean": "clean ell",
    "rate_clean": "clean rate",
    "rate_with_clean_ell": "kept",
    "logarithm": "log",
}
LATEX_HEADINGS = {
    "beta": r"$\beta$", "r": "$r$", "a": "$a$", "b": "$b$", "g": "$g$", "s": "$s$", "s0": "$s_0$", "h": "$h$",
    "ell": r"$\ell$", "rate": "rate", "ell_clean": r"$\ell_{\mathrm{clean}}$", "rate_clean": "clean rate",
    "rate_with_clean_ell": r"rate at $\ell_{\mathrm{clean}}$", "regime": "regime", "logarithm": r"$\log$",
}  # fmt: skip
LATEX_SIGNS = {
    "->": r"$\to$", "<<": r"$\ll$", ">>": r"$\gg$", "<=": r"$\le$", ">=": r"$\ge$", "<": "$<$", ">": "$>$",
    "≍": r"$\asymp$", "≤": r"$\le$", "≥": r"$\ge$", "κ": r"$\kappa$", "λ": r"$\lambda$", "σ": r"$\sigma$",
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: rf"\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip
LATEX_SIGN = re.compile("|".join(map(re.escape, sorted(LATEX_SIGNS, key=len, reverse=True))))


class Columns(NamedTuple):
    """The columns of a table: the scales, which come first, and in how many of the last ones words stand."""

    names: tuple[str, ...]
    scales: tuple[str, ...]
    words: int = 2


MODEL = Columns(COLUMNS, SCALES)


def write(rows: Sequence[ExponentRow], form: str) -> None:
    """Print rows as ``text``, ``csv``, ``json``, ``latex`` or ``markdown``."""
    write_plain([row.as_json() for row in rows], form, MODEL)


def write_plain(rows: list[dict[str, Any]], form: str, columns: Columns) -> None:
    """Print rows of plain data; only ``json`` shows what they hold besides the columns."""
    _WRITERS[form](rows, columns)


def _text(rows: list[dict[str, Any]], columns: Columns) -> None:
    """Set the scales that never change above the table, so that the table is narrow enough to be read."""
    fixed = [name for name in columns.scales if len({row[name] for row in rows}) == 1]
    if fixed and rows:
        print("at " + ", ".join(f"{name} = {rows[0][name]}" for name in fixed))
    shown = [name for name in columns.names if name not in fixed]
    headings = [TEXT_HEADINGS.get(name, name) for name in shown]
    cells = [[_word(row[name]) for name in shown] for row in rows]
    output.write_table(headings, cells, right=headings[: -columns.words])


def _word(value: Any) -> str:
    if value is None:
        return "–"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _csv(rows: list[dict[str, Any]], columns: Columns) -> None:
    names = columns.names
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([json.dumps(row[c]) if isinstance(row[c], bool) else row[c] for c in names] for row in rows)


def _json(rows: list[dict[str, Any]], columns: Columns) -> None:
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    print('{"rows": [\n' + ",\n".join(lines) + "\n]}")


def _markdown(rows: list[dict[str, Any]], columns: Columns) -> None:
    names = columns.names
    print("| " + " | ".join(names) + " |")
    print("|" + " --- |" * len(names))
    for row in rows:
        print("| " + " | ".join(_word(row[c]).replace("|", r"\|") for c in names) + " |")


def _latex(rows: list[dict[str, Any]], columns: Columns) -> None:
    names = columns.names
    print(r"\begin{tabular}{" + "r" * (len(names) - columns.words) + "l" * columns.words + "}\n" + r"\hline")
    print(" & ".join(LATEX_HEADINGS.get(c) or _latex_cell(c) for c in names) + r" \\" + "\n" + r"\hline")
    for row in rows:
        print(" & ".join(_latex_cell(row[c]) for c in names) + r" \\")
    print(r"\hline" + "\n" + r"\end{tabular}")


def _latex_cell(value: Any) -> str:
    word = _word(value)
    sign, number = ("-", word[1:]) if word.startswith("-") else ("", word)
    if number == "inf":
        return rf"${sign}\infty$"
    numerator, slash, denominator = number.partition("/")
    if numerator.isdigit() and (not slash or denominator.isdigit()):
        return rf"${sign}\frac{{{numerator}}}{{{denominator}}}$" if slash else f"${sign}{numerator}$"
    return LATEX_SIGN.sub(lambda sign: LATEX_SIGNS[sign[0]], word)


_WRITERS: dict[str, Callable[[list[dict[str, Any]], Columns], None]] = {
    "text": _text,
    "csv": _csv,
    "json": _json,
    "latex": _latex,
    "markdown": _markdown,
}
