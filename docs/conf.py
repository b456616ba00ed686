"""How Sphinx builds the site; `python docs/build.py -o DIR` is the command, which lays the pages out for it."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from myst_parser.mdit_to_docutils.transforms import ResolveAnchorIds
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

project = "ridgeproof"
author = "The ridgeproof authors"
copyright = author
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "ridgeproof"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"footer_icons": []}

myst_heading_anchors = 4  # the slugs that GitHub gives headings

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
maximum_signature_line_length = 100
smartquotes = False  # --fresh is an option, no dash
default_role = "code"
suppress_warnings = ["ref.python"]  # short names of types in docstrings, which several modules have

ANCHOR = re.compile(r'<a id="([A-Za-z][A-Za-z0-9-]*)">')


class Anchors(SphinxTransform):
    """``<a id="F1"></a>``, by which results are cited, is a target: links to it are checked like those to headings."""

    default_priority = ResolveAnchorIds.default_priority - 10

    def apply(self, **_: Any) -> None:
        """Put a target in the place of the raw HTML, with its letters as they are written."""
        for raw in list(self.document.findall(nodes.raw)):
            found = ANCHOR.fullmatch(raw.astext().strip())
            if found:
                name = found[1]
                target = nodes.target(ids=[name], names=[name])
                self.document.nameids[name], self.document.nametypes[name] = name, True
                self.document.ids[name] = target
                raw.replace_self(target)


def anchors(app: Sphinx, document: nodes.document) -> None:
    """What other pages may link to."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for target in document.findall(nodes.target):
        for name in target["ids"]:
            slugs[name] = (target.line or 0, name, name)


# --- docstrings ------------------------------------------------------------------------------------------------------

COLUMNS = re.compile(r"[^\s.:;!?] {2,}\S|\S {3,}\S")  # two spaces behind a sentence make no column
RULE = re.compile(r"\s*-{3,}\s*")
ROLE = re.compile(r":(?:func|class|meth|mod|attr):`~?([^`]*)`")
CODE = re.compile(r"(``.+?``|`[^`\n]+`)")


def docstring(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    """Docstrings are written as mathematics is typed: |v|_S, lambda*, w_; none of that is markup."""
    lines[:] = typed("\n".join(lines)).split("\n")


def typed(text: str) -> str:
    """The same text in reStructuredText: signs escaped, paragraphs laid out in columns or set off as they stand."""
    head, *sections = re.split(r"\n{2,}(?=\S[^\n]*\n-{3,}\s*(?:\n|$))", text)
    paragraphs: list[str] = []
    for part in re.split(r"\n{2,}", head):
        written_so = bool(paragraphs) and paragraphs[-1].rstrip().endswith("::") and part.startswith(" ")
        paragraphs.append(part if written_so else _paragraph(part))
    return "\n\n".join([*paragraphs, *map(_section, sections)])


def _paragraph(text: str) -> str:
    lines = text.split("\n")
    if lines[0].startswith(">>>"):
        return text
    listed = lines[0].lstrip().startswith(("* ", "- "))
    laid_out = any(map(COLUMNS.search, lines)) or any(line.startswith("   ") for line in lines)
    if laid_out and not listed:
        return "::\n\n" + "\n".join(f"    {line}" for line in lines)
    return "\n".join(map(_escaped, lines))


def _section(text: str) -> str:
    title, rule, *lines = text.split("\n")
    if title.strip() in ("Examples", "Example"):
        parts = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
        return "\n".join([title, rule, "", "\n\n".join(map(_paragraph, parts))])
    return "\n".join([title, rule, *map(_escaped, lines)])


def _escaped(line: str) -> str:
    """A line whose signs are signs; code stays code, and the names of ``*arguments`` are napoleon's to escape."""
    if re.match(r"\*+\w+( :|$)", line):
        return line
    parts = CODE.split(ROLE.sub(r"``\1``", line))
    bullet = re.match(r"\s*[*-] ", parts[0])
    start = bullet[0] if bullet else ""
    parts[0] = parts[0][len(start) :]
    escaped = [p if i % 2 else re.sub(r"([\\*|`])|(?<=\w)_(?!\w)", _escape, p) for i, p in enumerate(parts)]
    ends = [i for i in range(2, len(parts), 2) if re.match(r"\w", parts[i])]  # ``MatrixSymbol``s
    return start + "".join(f"\\ {p}" if i in ends else p for i, p in enumerate(escaped))


def _escape(sign: re.Match[str]) -> str:
    return f"\\{sign[0]}"


def foreign(app: Sphinx, what: str, name: str, obj: object, skip: bool, options: Any) -> bool | None:
    """Leave out what a class has from another library."""
    home = getattr(obj, "__module__", None)
    return True if isinstance(home, str) and not home.startswith("ridgeproof") and callable(obj) else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx's hook."""
    app.add_transform(Anchors)
    app.connect("doctree-read", anchors)
    app.connect("autodoc-skip-member", foreign)
    app.connect("autodoc-process-docstring", docstring, priority=400)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
