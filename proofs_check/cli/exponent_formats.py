"""The exponent table in each of its formats."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ridgeproof.words import cell

from . import output

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


def write_plain(
    rows: list[dict[str, Any]], form: str, columns: Columns, notes: Sequence[str] = (), decimals: bool = False
) -> None:
    """Print rows of plain data; only ``json`` shows what they hold besides the columns.

    Parameters
    ----------
    rows : a mapping of the columns for each row.
    form : ``text``, ``csv``, ``json``, ``latex`` or ``markdown``.
    notes : what is to be known of the whole table: under it, as comments, or (CSV has none) on standard error.
    decimals : whether a column of decimals stands beside every exact one.
    """
    if decimals:
        rows, columns = with_decimals(rows, columns)
    _WRITERS[form](rows, columns, notes)


def with_decimals(rows: list[dict[str, Any]], columns: Columns) -> tuple[list[dict[str, Any]], Columns]:
    """The rows with NAME_decimal after every column NAME that holds exact numbers."""
    exact = columns.names[: len(columns.names) - columns.words]
    names = [x for name in columns.names for x in ((name, f"{name}_decimal") if name in exact else (name,))]
    scales = [x for name in columns.scales for x in (name, f"{name}_decimal")]
    told = [{**row, **{f"{name}_decimal": decimal(row[name]) for name in exact}} for row in rows]
    return told, Columns(tuple(names), tuple(scales), columns.words)


def decimal(value: Any) -> float | str | None:
    """An exact number as the nearest double; infinities stay words, as JSON needs it."""
    if value is None or str(value) in ("inf", "-inf"):
        return value if value is None else str(value)
    try:
        return float(Fraction(str(value)))
    except OverflowError:
        return "-inf" if str(value).startswith("-") else "inf"
    except ValueError:
        return None  # a formula


def _text(rows: list[dict[str, Any]], columns: Columns, notes: Sequence[str]) -> None:
    """Set the scales that never change above the table, so that the table is narrow enough to be read."""
    fixed = [name for name in columns.scales if len({row[name] for row in rows}) == 1]
    shown = [name for name in columns.names if name not in fixed]
    if fixed and rows:
        output.write_words("at " + ", ".join(f"{name} = {rows[0][name]}" for name in fixed if name in rows[0]))
    headings = [TEXT_HEADINGS.get(name, name.replace("_decimal", " =")) for name in shown]
    headings = [
        f"{TEXT_HEADINGS[n.removesuffix('_decimal')]} ="
        if n.removesuffix("_decimal") in TEXT_HEADINGS and n.endswith("_decimal")
        else h
        for n, h in zip(shown, headings, strict=True)
    ]
    cells = [[_word(row[name]) for name in shown] for row in rows]
    output.write_table(headings, cells, right=headings[: -columns.words])
    for note in notes:
        print()
        output.write_words(note)


def _word(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _csv(rows: list[dict[str, Any]], columns: Columns, notes: Sequence[str]) -> None:
    names = columns.names
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(cell, names))
    writer.writerows([json.dumps(row[c]) if isinstance(row[c], bool) else cell(row[c]) for c in names] for row in rows)
    for note in notes:
        output.note(note)


def _json(rows: list[dict[str, Any]], columns: Columns, notes: Sequence[str]) -> None:
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    told = f', "notes": {json.dumps(list(notes), ensure_ascii=False)}' if notes else ""
    print('{"rows": [\n' + ",\n".join(lines) + f"\n]{told}}}")


def _markdown(rows: list[dict[str, Any]], columns: Columns, notes: Sequence[str]) -> None:
    names = columns.names
    print("| " + " | ".join(names) + " |")
    print("|" + " --- |" * len(names))
    for row in rows:
        print("| " + " | ".join(_word(row[c]).replace("|", r"\|") for c in names) + " |")
    for note in notes:
        print(f"\n{note}")


def _latex(rows: list[dict[str, Any]], columns: Columns, notes: Sequence[str]) -> None:
    names = columns.names
    print(r"\begin{tabular}{" + "r" * (len(names) - columns.words) + "l" * columns.words + "}\n" + r"\hline")
    print(" & ".join(LATEX_HEADINGS.get(c) or _latex_cell(c) for c in names) + r" \\" + "\n" + r"\hline")
    for row in rows:
        print(" & ".join(_latex_cell(row[c]) for c in names) + r" \\")
    print(r"\hline" + "\n" + r"\end{tabular}")
    for note in notes:
        print(f"% {note}")


def _latex_cell(value: Any) -> str:
    word = _word(value)
    sign, number = ("-", word[1:]) if word.startswith("-") else ("", word)
    if number == "inf":
        return rf"${sign}\infty$"
    numerator, slash, denominator = number.partition("/")
    if numerator.isdigit() and (not slash or denominator.isdigit()):
        return rf"${sign}\frac{{{numerator}}}{{{denominator}}}$" if slash else f"${sign}{numerator}$"
    return LATEX_SIGN.sub(lambda sign: LATEX_SIGNS[sign[0]], word)


_WRITERS: dict[str, Callable[[list[dict[str, Any]], Columns, Sequence[str]], None]] = {
    "text": _text,
    "csv": _csv,
    "json": _json,
    "latex": _latex,
    "markdown": _markdown,
}
