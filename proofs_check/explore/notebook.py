"""The explorer in a notebook: the same page in a frame; with anywidget its values are Python's, too."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ridgeproof.errors import InputError

from . import page


@dataclass(frozen=True)
class Explorer:
    """What `ridgeproof.explore` returns: a notebook shows it as the page with sliders.

    Parameters
    ----------
    values : mapping of str to str
        Where the sliders stand at first, by their names in the page.
    height : int
        Of the frame, in pixels.
    """

    values: Mapping[str, str]
    height: int = 900

    def page(self) -> str:
        """Return the page itself, as HTML."""
        return page(self.values)

    def _repr_html_(self) -> str:
        return (
            f'<iframe title="Ridge regression under model collapse: explorer" sandbox="allow-scripts" '
            f'style="width: 100%; height: {self.height}px; border: 0" srcdoc="{html.escape(self.page())}"></iframe>'
        )

    def widget(self) -> Any:
        """Return the page as a widget: ``values`` follows the sliders and sets them, ``prediction`` is what they give.

        Raises
        ------
        InputError
            anywidget is not installed.
        """
        try:
            import anywidget
            import traitlets
        except ImportError:
            raise InputError(
                "anywidget is not installed",
                where="explore",
                accepted="pip install 'ridgeproof[notebook]'; the page itself needs nothing: leave out .widget()",
            ) from None

        class Widget(anywidget.AnyWidget):
            _esm = resources.files(__package__).joinpath("widget.js").read_text(encoding="utf-8")
            page = traitlets.Unicode().tag(sync=True)
            height = traitlets.Int().tag(sync=True)
            values = traitlets.Dict().tag(sync=True)
            prediction = traitlets.Dict().tag(sync=True)

        return Widget(page=self.page(), height=self.height, values=dict(self.values))
