"""The explorer: one self-contained page that computes the deterministic equivalent while its sliders move.

``page`` builds it from the files beside this one; it asks the network for nothing.  ``model.js`` is the numerics (the
formulas of docs/theory.md#E1 to #E5 and #U1, tested against ``predict`` in a browser) and ``flow.js`` early stopping
(#U3); ``exponents.js`` has the exact exponents in infinite dimension, ``plot.js`` the pictures, ``formulas.js`` the
formulas with their values put in, ``page.js`` the controls.  ``values`` reads the sliders' values off a scenario;
``notebook`` and ``widget.js`` put the page into a notebook.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from importlib import resources
from urllib.parse import quote

SCRIPTS = ("flow.js", "model.js", "exponents.js", "plot.js", "formulas.js", "page.js")


def page(values: Mapping[str, str] | None = None) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    values : mapping of str to str, optional
        Where the sliders stand at first, by their names in the page: beta, r, d, T, T0, n, sigma, sigma0, lambda,
        share, time.

    Examples
    --------
    >>> page().startswith("<!DOCTYPE html>")
    True
    """
    folder = resources.files(__package__)

    def read(name: str) -> str:
        return folder.joinpath(name).read_text(encoding="utf-8")

    start = "&".join(f"{key}={quote(value, safe='/.+-')}" for key, value in (values or {}).items())
    bare = read("page.html").replace('data-start=""', f'data-start="{html.escape(start)}"')
    return bare.replace("/*STYLE*/", read("page.css")).replace("/*SCRIPT*/", "\n".join(map(read, SCRIPTS)))
