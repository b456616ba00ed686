"""Writing HTML and SVG: one function for elements, one for text."""

from __future__ import annotations

import html
import re

text = html.escape


def tag(name: str, /, *children: str, **attributes: object) -> str:
    """An element as a string.

    Parameters
    ----------
    name : the element's name.
    children : markup, already escaped (see :func:`text`).
    attributes : values are escaped here; None and False leave an attribute out, True gives one without value.  An
        underscore in a name is a hyphen, one at its end is dropped (``class_``, ``aria_label``).
    """
    words = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        words.append(key if value is True else f'{key}="{html.escape(str(value))}"')
    return f"<{' '.join(words)}>{''.join(children)}</{name}>"


def details(summary: str, *children: str, **attributes: object) -> str:
    """A part that opens when asked for; ``summary`` is markup."""
    return tag("details", tag("summary", summary), *children, **attributes)


def table(
    head: list[str],
    rows: list[list[str]],
    caption: str,
    *,
    numbers: frozenset[int] = frozenset(),
    stacked: bool = False,
) -> str:
    """A table with a caption, in a frame that scrolls by itself; cells are markup, ``numbers`` columns of numbers.

    ``stacked``: on a narrow screen the cells of a row stand below each other, each with its heading (plain text), and
    the roles are written out, because a browser forgets them then.
    """

    def cell(name: str, i: int, content: str, **more: object) -> str:
        role = {"role": "rowheader" if name == "th" else "cell", "data_head": head[i]} if stacked else {}
        return tag(name, content, class_="number" if i in numbers else None, **role, **more)

    row_role = {"role": "row"} if stacked else {}
    body = [
        tag(
            "tr",
            *(cell("th" if i == 0 else "td", i, c, scope="row" if i == 0 else None) for i, c in enumerate(row)),
            **row_role,
        )
        for row in rows
    ]
    column = {"role": "columnheader"} if stacked else {}
    heading = tag(
        "tr",
        *(tag("th", c, class_="number" if i in numbers else None, scope="col", **column) for i, c in enumerate(head)),
        **row_role,
    )
    group = {"role": "rowgroup"} if stacked else {}
    whole = {"role": "table", "class_": "stacked"} if stacked else {}
    parts = [tag("thead", heading, **group), tag("tbody", *body, **group)]
    if stacked:  # a table by its role owns rows alone: its caption stands before it, and names it
        name = html.unescape(re.sub(r"<[^>]*>", "", caption))
        return tag("p", caption, class_="caption") + scrolling(tag("table", *parts, **whole, aria_label=name), "table")
    return scrolling(tag("table", tag("caption", tag("span", caption)), *parts), "table")


def scrolling(content: str, name: str) -> str:
    """Content that may be wider than the page: it scrolls in a frame that the keyboard reaches."""
    return tag("div", content, class_="scroll", tabindex="0", role="group", aria_label=f"{name}, scrolls sideways")
