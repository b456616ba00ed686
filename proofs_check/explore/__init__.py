"""The explorer: one self-contained page that computes the deterministic equivalent while its sliders move.

``page`` builds it from the files beside this one; it asks the network for nothing.  ``model.js`` is the numerics (the
formulas of docs/theory.md#E1 to #E5 and #U1, tested against ``predict`` in a browser) and ``flow.js`` early stopping
(#U3); ``exponents.js`` has the exact exponents in infinite dimension, ``plot.js`` the pictures, ``formulas.js`` the
formulas with their values put in, ``page.js`` the controls.
"""

from __future__ import annotations

from importlib import resources

SCRIPTS = ("flow.js", "model.js", "exponents.js", "plot.js", "formulas.js", "page.js")


def page() -> str:
    """Return the page as HTML.

    Examples
    --------
    >>> page().startswith("<!DOCTYPE html>")
    True
    """
    folder = resources.files(__package__)

    def read(name: str) -> str:
        return folder.joinpath(name).read_text(encoding="utf-8")

    html = read("page.html").replace("/*STYLE*/", read("page.css"))
    return html.replace("/*SCRIPT*/", "\n".join(map(read, SCRIPTS)))
