"""The lowest versions that pyproject.toml allows, one a line: `pip install $(python tools/lowest.py)`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path


def lowest(requirements: list[str]) -> list[str]:
    """``name>=1.2,<2`` becomes ``name==1.2``.

    Raises
    ------
    ValueError
        A requirement without a lower bound.
    """
    pinned = []
    for requirement in requirements:
        found = re.fullmatch(r"([A-Za-z0-9_.-]+)>=([0-9.]+)(,.*)?", requirement)
        if found is None:
            raise ValueError(f"{requirement}: no lower bound (accepted: name>=version)")
        pinned.append(f"{found[1]}=={found[2]}")
    return pinned


if __name__ == "__main__":
    project = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text())["project"]
    extras = [r for name in sys.argv[1:] for r in project["optional-dependencies"][name]]
    print("\n".join(lowest([*project["dependencies"], *extras])))
