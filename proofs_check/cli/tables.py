"""Tables on a terminal of any width: folded at spaces, else paged by columns, else records; no number is ever cropped.

`layout` returns lines of plain text and knows nothing of terminals; `write_table` in `output` prints them.  A cell is
broken between words only, and inside one only when that word alone is longer than the whole line: then it goes on in
the next line, every digit of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ridgeproof.words import terminal

GAP = 2  # spaces between columns
READABLE_WORDS = 16  # columns of words are folded this narrow before the table is given another shape
COLOURS = {"proved": 32, "enclosed": 32, "confronted": 36, "assumed": 33, "refuted": 31}  # by a cell's first word

Row = tuple[str, ...]


def cells_of(text: str) -> int:
    """How many columns of a terminal the text takes (a wide letter takes two, a combining mark none)."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fold(text: str, width: int) -> list[str]:
    """Break text at spaces into lines of at most ``width`` columns; a longer word alone is broken inside.

    >>> fold("a rate of 9393/32524", 10)
    ['a rate of', '9393/32524']
    >>> fold("9393/32524", 4)
    ['9393', '/325', '24']
    """
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells_of(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while cells_of(word) > width:
            cut = next((i for i in range(len(word)) if cells_of(word[: i + 1]) > width), len(word)) or 1
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line]


def layout(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    width: int | None = None,
    colour: bool = False,
    rule: str = "─",
) -> list[str]:
    """Return the lines of a table, none longer than ``width``; None is as wide as it needs.

    Parameters
    ----------
    columns, rows
        Headings and cells.
    right : sequence of str
        The headings of the columns of numbers, set flush right and never folded.
    width : int, optional
        Columns of the terminal.
    colour : bool
        Colour the words for verdicts.
    rule : str
        The character that headings are underlined with.
    """
    head = tuple(columns)
    body = [tuple(terminal(cell) for cell in row) for row in rows]
    whole = [column in right or i == 0 for i, column in enumerate(head)]
    paint = _Paint([column in right for column in head], colour, rule)
    widths = _widths(head, body, whole, width)
    if widths is not None:
        return _grid(head, body, widths, paint)
    assert width is not None
    pages = _pages(head, body, whole, width)
    if pages is None:
        return _records(head, body, width, paint)
    lines: list[str] = []
    for shown in pages:
        part, cells = tuple(head[i] for i in shown), [tuple(row[i] for i in shown) for row in body]
        sizes = _widths(part, cells, [whole[i] for i in shown], width)
        assert sizes is not None
        lines += ["", *_grid(part, cells, sizes, _Paint([paint.right[i] for i in shown], colour, rule))]
    return lines[1:]


class _Paint:
    """How cells are set: which columns flush right, in colour or not, and the character of the rule."""

    def __init__(self, right: Sequence[bool], colour: bool, rule: str) -> None:
        self.right, self.colour, self.rule = right, colour, rule

    def word(self, text: str, cell: str) -> str:
        """Return the text, in the colour of the cell that it is a part of."""
        code = COLOURS.get(cell.partition(" ")[0]) if self.colour else None
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def _longest(texts: Iterable[str]) -> int:
    return max(map(cells_of, texts), default=0)


def _widths(head: Row, body: list[Row], whole: Sequence[bool], width: int | None) -> list[int] | None:
    """Return the columns' widths where the table fits when columns of words and headings fold; None where not."""
    least, most = [], []
    for i, name in enumerate(head):
        cells = [row[i] for row in body]
        heading = _longest(name.split(" "))
        if whole[i]:
            least.append(max(heading, _longest(cells)))
        else:
            words = _longest(word for cell in cells for word in cell.split(" "))
            least.append(max(heading, words, min(READABLE_WORDS, _longest(cells))))
        most.append(max(_longest([name, *cells]), least[-1]))
    if width is None:
        return most
    spare = width - sum(least) - GAP * (len(head) - 1)
    if spare < 0:
        return None
    widths = list(least)
    while spare > 0 and (wanting := [i for i in range(len(head)) if widths[i] < most[i]]):
        narrow = min(wanting, key=lambda i: widths[i])
        widths[narrow] += 1
        spare -= 1
    return widths


def _grid(head: Row, body: list[Row], widths: Sequence[int], paint: _Paint) -> list[str]:
    lines = _set(head, widths, paint, plain=True)
    lines.append(paint.rule * (sum(widths) + GAP * (len(widths) - 1)))
    for row in body:
        lines += _set(row, widths, paint)
    return lines


def _set(row: Row, widths: Sequence[int], paint: _Paint, *, plain: bool = False) -> list[str]:
    """Return the lines of one row."""
    blocks = [fold(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines = []
    for k in range(max(map(len, blocks), default=0)):
        parts = []
        for cell, block, width, right in zip(row, blocks, widths, paint.right, strict=True):
            text = block[k] if k < len(block) else ""
            blank = " " * (width - cells_of(text))
            shown = text if plain else paint.word(text, cell)
            parts.append(blank + shown if right else shown + blank)
        lines.append((" " * GAP).join(parts).rstrip())
    return lines


def _pages(head: Row, body: list[Row], whole: Sequence[bool], width: int) -> list[list[int]] | None:
    """Return the columns of each page, every page led by the first column; None where that names no row or is wide."""
    names = [row[0] for row in body]
    if len(set(names)) < len(names):
        return None
    pages: list[list[int]] = [[0]]
    for i in range(1, len(head)):
        for page in ([*pages[-1], i], [0, i]):
            part, cells = tuple(head[j] for j in page), [tuple(row[j] for j in page) for row in body]
            if _widths(part, cells, [whole[j] for j in page], width) is not None:
                break
        else:
            return None
        if page[:-1] == pages[-1]:
            pages[-1] = page
        else:
            pages.append(page)
    return pages


def _records(head: Row, body: list[Row], width: int, paint: _Paint) -> list[str]:
    """Return one block of lines ``heading  value`` a row, the value below its heading where both are too long."""
    label = min(_longest(head), width // 2)
    lines: list[str] = []
    for row in body:
        lines.append(paint.rule * min(width, 40))
        for name, cell in zip(head, row, strict=True):
            room = width - label - GAP
            if cells_of(name) <= label and _longest(cell.split(" ")) <= room:
                first, *rest = fold(cell, room)
                lines.append((name + " " * (label - cells_of(name) + GAP) + paint.word(first, cell)).rstrip())
                lines += [" " * (label + GAP) + paint.word(more, cell) for more in rest]
            else:
                lines += [*fold(name, width), *(paint.word(more, cell) for more in fold(cell, width))]
    return lines
