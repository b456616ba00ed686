"""Build the documentation site: `python docs/build.py -o DIR` writes plain HTML, to be read offline or served anywhere.

Pages are the Markdown files beside this script, in the order of PAGES; the reference is made from the docstrings.
"""

from __future__ import annotations

import argparse
import ast
import html
import os
import re
from pathlib import Path

from markdown_it import MarkdownIt

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGES = (
    "index",
    "tutorial",
    "grades-of-evidence",
    "scenario-files",
    "data",
    "adding-a-claim",
    "adding-a-certificate",
    "adding-a-law",
    "kernel",
    "axioms",
    "theory",
    "paper",
)
FOLDERS = ("src/ridgeproof", "theorems", "numerics", "proofs_check")
ANCHOR = r'<a id="([A-Za-z][A-Za-z0-9-]*)"></a>'
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1f; --rule: #c9cad3; --wash: #f4f4f7; --link: #0a4f94; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16171b; --ink: #e8e8ec; --rule: #44464f; --wash: #202127; --link: #8cc4ff; }
}
body { margin: 0 auto; padding: 1rem clamp(0.9rem, 4vw, 2.5rem) 4rem; max-width: 58rem;
  background: var(--paper); color: var(--ink); overflow-wrap: break-word;
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
nav { padding-bottom: 0.6rem; border-bottom: 1px solid var(--rule); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0; padding: 0; list-style: none; }
nav [aria-current] { font-weight: 700; color: var(--ink); text-decoration: none; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
pre { overflow-x: auto; padding: 0.8rem; background: var(--wash); font-size: 0.85rem; line-height: 1.45; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
:not(pre) > code { font-size: 0.92em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.35rem 0.9rem 0.35rem 0; border-bottom: 1px solid var(--rule); text-align: left;
  vertical-align: top; }
.docstring { background: none; padding: 0 0 0 1rem; border-left: 3px solid var(--rule); white-space: pre-wrap; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; } h3 code { font-weight: 600; }
@media print { nav { display: none; } }
"""


def build(directory: Path) -> list[Path]:
    """Write the site and return its files."""
    directory.mkdir(parents=True, exist_ok=True)
    sources = {name: HERE / f"{name}.md" for name in PAGES}
    sources |= {path.stem: path for path in sorted(HERE.glob("*.md"))}  # pages that PAGES does not know come last
    bodies = {
        name: _markdown(path.read_text(encoding="utf-8"), directory.resolve())
        for name, path in sources.items()
        if path.exists()
    }
    bodies["reference"] = _reference()
    titles = {
        name: re.sub(r"<.*?>", "", re.search(r"<h1.*?>(.*?)</h1>", body, re.DOTALL)[1]) for name, body in bodies.items()
    }
    written = []
    for name, body in bodies.items():
        links = "".join(
            f'<li><a href="{other}.html"{" aria-current=page" if other == name else ""}>{title}</a></li>'
            for other, title in titles.items()
        )
        page = (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,"><title>{titles[name]} – ridgeproof</title><style>{STYLE}</style></head>\n'
            f'<body><nav aria-label="Pages"><ul>{links}</ul></nav>\n<main>{body}</main></body></html>\n'
        )
        file = directory / f"{name}.html"
        file.write_text(page, encoding="utf-8")
        written.append(file)
    return written


def _markdown(text: str, directory: Path) -> str:
    text = re.sub(r"^<!--.*?-->\n", "", text, flags=re.DOTALL | re.MULTILINE)  # what the tests want to know
    # HTML is off, but for the anchors by which results are cited: kept aside as words, and put back as ids.
    text = re.sub(rf"^{ANCHOR}\n", r"anchor-mark-\1\n\n", text, flags=re.MULTILINE)
    out = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    out = re.sub(r"<p>anchor-mark-([A-Za-z][A-Za-z0-9-]*)</p>", r'<a id="\1"></a>', out)
    out = re.sub(r'href="(?:docs/)?([a-z-]+)\.md(#[^"]*)?"', r'href="\1.html\2"', out)
    # Files of the source tree: relative to where the site is built.
    out = re.sub(
        r'href="\.\./([^"]*)"', lambda m: f'href="{Path(os.path.relpath(ROOT / m[1], directory)).as_posix()}"', out
    )
    out = re.sub(r"<h([23])>(.*?)</h\1>", lambda m: f'<h{m[1]} id="{_slug(m[2])}">{m[2]}</h{m[1]}>', out)
    out = out.replace("<pre>", '<pre tabindex="0">')
    return out.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"<.*?>", "", heading).lower()).strip("-")


def _reference() -> str:
    """Every public function and class of the package, read from the source without importing it."""
    parts = ["<h1>Reference</h1>", "<p>Every public function and class, from its docstring.</p>"]
    files = [f for folder in FOLDERS for f in sorted((ROOT / folder).rglob("*.py")) if f.name != "__main__.py"]
    modules = [(_module(f), f) for f in files]
    shown = [(name, ast.parse(f.read_text(encoding="utf-8"))) for name, f in modules]
    shown = [(name, tree) for name, tree in shown if ast.get_docstring(tree)]
    index = "".join(f'<li><a href="#{name}"><code>{name}</code></a> {_code(_first(tree))}</li>' for name, tree in shown)
    parts.append(f"<ul>{index}</ul>")
    for name, tree in shown:
        parts.append(f'<h2 id="{name}"><code>{name}</code></h2>{_docstring(tree)}')
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and ast.get_docstring(node)
            ):
                parts.append(_entry(name, node))
    return "\n".join(parts)


def _module(file: Path) -> str:
    """The name under which a file of the tree is imported once it is installed."""
    inside = file.relative_to(ROOT / "src" if (ROOT / "src") in file.parents else ROOT).with_suffix("").parts
    return ".".join(inside if inside[0] == "ridgeproof" else ("ridgeproof", *inside)).removesuffix(".__init__")


def _first(node: ast.Module) -> str:
    return (ast.get_docstring(node) or "").split("\n")[0]


def _code(text: str) -> str:
    """A sentence of a docstring, what stands between double backticks as code."""
    return re.sub("``(.+?)``", r"<code>\1</code>", html.escape(text))


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    text = ast.get_docstring(node)
    return f'<pre class="docstring" tabindex="0">{html.escape(text)}</pre>' if text else ""


def _entry(module: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    out = [f'<h3 id="{module}.{node.name}"><code>{html.escape(_signature(node))}</code></h3>', _docstring(node)]
    if isinstance(node, ast.ClassDef):
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and ast.get_docstring(method):
                out.append(f"<h4><code>{node.name}.{html.escape(_signature(method))}</code></h4>{_docstring(method)}")
    return "\n".join(out)


def _signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returns}"


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("-o", dest="directory", metavar="DIR", type=Path, required=True)
    files = build(parser.parse_args().directory)
    print(f"{len(files)} pages in {files[0].parent}")


if __name__ == "__main__":
    main()
