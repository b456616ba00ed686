"""What all pictures share: colours, formats, settings, and what is said where matplotlib is missing.

matplotlib is an optional dependency (extra ``pictures``); it is imported here when a picture is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ridgeproof import files
from ridgeproof.errors import InputError

FORMATS = ("png", "svg", "pdf")
# Words stay words in SVG and PDF, and the same data give the same bytes.
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "ridgeproof", "pdf.fonttype": 42, "hatch.linewidth": 0.4}
DOTS = 160  # per inch, in PNG
# Okabe and Ito's colours, dark enough for lines; the same n has the same colour in every picture.
COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STEPS = (0, 1, 2, 5, 10, 20, 50)


def colour(n: int) -> str:
    """The colour of n generations: black for clean data, then one for 1, 2, 5, 10, 20 and 50, each up to the next."""
    return COLOURS[sum(n >= step for step in STEPS) - 1]


def check_format(path: str, where: str = "--output", also: tuple[str, ...] = ()) -> str:
    """Return the format that a file name asks for; raises InputError for one that cannot be drawn or written."""
    form, known = Path(path).suffix.lower().removeprefix("."), (*FORMATS, *also)
    if form not in known:
        names = f"{', '.join(f'.{x}' for x in known[:-1])} or .{known[-1]}"
        raise InputError(f"cannot draw {path!r}", where=where, accepted=f"a name ending in {names}")
    if not Path(path).parent.is_dir():
        raise InputError(f"no directory for {path!r}", where=where, accepted="a name in an existing directory")
    return form


@contextmanager
def figure_for(path: str, *, size: tuple[float, float], where: str = "--output") -> Iterator[Any]:
    """A matplotlib figure of ``size`` inches to draw on; it is written to ``path`` at the end.

    Raises
    ------
    InputError
        For a name that asks for another format than PNG, SVG or PDF, or where matplotlib is not installed.
    """
    form = check_format(path, where)
    try:
        import matplotlib
    except ImportError:
        raise InputError(
            "drawing needs matplotlib", where=where, accepted="pip install 'ridgeproof[pictures]', or --json"
        ) from None
    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font does not have is a box in the picture, no more
        figure = Figure(figsize=size, layout="constrained")
        yield figure
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {})
        files.write(
            path, lambda file: figure.savefig(file, format=form, dpi=DOTS, metadata=metadata, bbox_inches="tight")
        )
