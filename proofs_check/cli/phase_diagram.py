"""``ridgeproof phase-diagram``: the regions of a law over two scales, exactly, and drawn."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ridgeproof import files
from ridgeproof.errors import InputError

from . import certificate_files, heat_map, law_tables, options, output
from .grids import SCALES, values

if TYPE_CHECKING:
    from ridgeproof.theorems.exponents.model.diagrams import Diagram
    from ridgeproof.theorems.exponents.user.law_file import UserLaw

WINDOWS = {"a": "0:2", "b": "0:2", "g": "0:2", "s": "0:3", "s0": "0:3", "h": "0:1"}
MODEL_TITLE = "Test error of the adapted ridge under model collapse"


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "phase-diagram",
        help="the regimes over two scales: exact regions, and a picture",
        description="The regimes of the optimal ridge over two scales: exact polygons, on each of which the rate and\n"
        "the optimal ell are affine functions of the two, with a certificate that the polygons cover the window.\n"
        "Over beta or r, where regions are no polygons, or with --heat-map: the exact rate on a grid.",
        epilog="example: ridgeproof phase-diagram --x b --y g --a inf -o collapse.svg",
    )
    parser.add_argument(
        "--x", required=True, metavar="SCALE", help="across: beta, r, a, b, g, s, s0 or h; with --law any name"
    )
    parser.add_argument("--y", required=True, metavar="SCALE", help="upwards, likewise")
    parser.add_argument(
        "--x-range", metavar="LOW:HIGH", help="the window, in rationals (default 0:2; for s, s0 0:3; for beta 1:4)"
    )
    parser.add_argument("--y-range", metavar="LOW:HIGH", help="likewise")
    for name, (default, meaning) in SCALES.items():
        shown = f" (default {default})" if default else ""
        parser.add_argument(f"--{name}", metavar=name.upper(), help=meaning + shown)
    law_tables.add_options(parser)
    parser.add_argument("--heat-map", action="store_true", help="the exact rate on a grid, over any two scales")
    parser.add_argument(
        "--steps", type=options.whole_number(2, 200), default=40, metavar="N", help="cells each way of it (default 40)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="draw into FILE.svg, .tex (TikZ), .png or .pdf; a heat map: .svg, .csv, .json",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    certificate_files.add_option(parser, "with --json: also the linear programs that prove every region")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print or draw the diagram."""
    if heat_map.wanted(arguments):
        if arguments.output is not None:
            files.target(arguments.output)
        across, up, fixed = _window(arguments, heat_map_too=True)
        return heat_map.run(arguments, fixed, across, up, MODEL_TITLE)
    if arguments.output is not None:
        from ..pictures.style import check_format

        check_format(arguments.output, also=("tex",))
        files.target(arguments.output, inputs=[] if arguments.law is None else [arguments.law])
    inside = arguments.certificates == certificate_files.INSIDE
    if inside and (not arguments.json or arguments.law is not None):
        accepted = "DIR, or --json without --law"
        raise InputError("linear programs are plain data", where="--certificates", accepted=accepted)
    with law_tables.typed_errors(), output.patience("finding the regions"):
        law = None if arguments.law is None else _read_law(arguments)
        found, title, fixed = _model_diagram(arguments) if law is None else _user_diagram(arguments, law)
        document = found.as_json()
        if inside:
            from ridgeproof.theorems.exponents.model.diagrams import linear_programs

            document["programs"] = linear_programs(found, fixed)
        said = certificate_files.write(arguments, law, lambda: _proofs(law, found, fixed))
    if arguments.output is not None and arguments.output.lower().endswith(".tex"):
        from ..writing.latex import phase_diagram

        files.write(arguments.output, phase_diagram(found))
    elif arguments.output is not None and arguments.output.lower().endswith(".svg"):
        from ..pictures.svg import phase_diagram as drawn

        files.write(arguments.output, drawn(found, title))
    elif arguments.output is not None:
        from ..pictures.phases import draw

        with output.patience("drawing"):
            draw(found, arguments.output, title=title)
    if arguments.json:
        output.write_json(document)
    else:
        _write_text(found, document, arguments.output)
    certificate_files.say(said, quiet=arguments.json)
    return 0


def _proofs(law: UserLaw | None, found: Diagram, fixed: dict[str, object]) -> list[dict[str, Any]]:
    from ..laws.proving.rows import diagram_documents

    return diagram_documents(law, found, fixed)


def _model_diagram(arguments: argparse.Namespace) -> tuple[Diagram, str, dict[str, object]]:
    from ridgeproof.theorems.exponents.model.diagrams import diagram

    across, up, fixed = _window(arguments)
    return diagram(arguments.x, arguments.y, across, up, fixed), MODEL_TITLE, fixed


def _window(
    arguments: argparse.Namespace, heat_map_too: bool = False
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction], dict[str, object]]:
    """The window across and upwards, and the other scales."""
    from ridgeproof.theorems.exponents.model.diagrams import AXES

    if arguments.param:
        raise InputError("a parameter without a law", where="--param", accepted="--law LAW.toml")
    x, y = arguments.x, arguments.y
    windows = {**WINDOWS, **(heat_map.WINDOWS if heat_map_too else {})}
    for option, axis in (("--x", x), ("--y", y)):
        if axis not in windows:
            also = "" if heat_map_too else "; with --heat-map also beta and r"
            raise InputError(f"{axis!r} cannot be an axis", where=option, accepted=f"one of {', '.join(AXES)}{also}")
    fixed: dict[str, object] = {}
    for name, (default, _) in SCALES.items():
        given = getattr(arguments, name)
        if given is not None and name in (x, y):
            raise InputError(f"{name!r} is an axis and has a value", where=f"--{name}", accepted="one of the two")
        text = default if given is None else given
        if text is not None and name not in (x, y):
            fixed[name] = _single(text, f"--{name}")
    across = _range(arguments.x_range or windows[x], "--x-range")
    return across, _range(arguments.y_range or windows[y], "--y-range"), fixed


def _read_law(arguments: argparse.Namespace) -> UserLaw:
    from ridgeproof.theorems.exponents.user.law_file import load_law

    law_tables.refuse({n: getattr(arguments, n) for n in SCALES}, thresholds=False)
    return load_law(arguments.law)


def _user_diagram(arguments: argparse.Namespace, law: UserLaw) -> tuple[Diagram, str, dict[str, object]]:
    from ridgeproof.theorems.exponents.user.law_diagrams import law_diagram
    from ridgeproof.theorems.exponents.user.law_file import parameter_values

    axes = (arguments.x, arguments.y)
    given = {}
    for name, listed in law_tables.read_parameters(arguments.param).items():
        if len(listed) > 1:
            raise InputError("a list of values", where=f"--param {name}", accepted="one value in a diagram")
        given[name] = listed[0]
    for axis, window, option in zip(
        axes, (arguments.x_range, arguments.y_range), ("--x-range", "--y-range"), strict=True
    ):
        if window is None:
            raise InputError(f"no window for {axis!r}", where=option, accepted="LOW:HIGH in rationals")
    across, up = _range(arguments.x_range, "--x-range"), _range(arguments.y_range, "--y-range")
    found = law_diagram(law, *axes, across, up, given)
    values = parameter_values(law, {**given, **dict.fromkeys(axes, 0)})
    return found, law.title, {name: value for name, value in values.items() if name not in axes}


def _single(text: str, option: str) -> Any:
    found = values(text, option)
    if len(found) != 1:
        raise InputError(f"{text!r} is a list", where=option, accepted="one value in a diagram")
    return found[0]


def _range(text: str, option: str) -> tuple[Fraction, Fraction]:
    from ridgeproof.numerics.problem.numbers import exact

    ends = text.split(":")
    if len(ends) != 2:
        raise InputError(f"{text!r} is not a window", where=option, accepted="LOW:HIGH in rationals")
    low, high = (exact(end.strip(), where=option) for end in ends)
    if low >= high:
        raise InputError(f"the window {text} is empty", where=option, accepted="LOW:HIGH with LOW < HIGH")
    return low, high


def _write_text(found: Diagram, document: dict[str, Any], picture: str | None) -> None:
    """Print the regions as a table."""
    print("at " + ", ".join(f"{name} = {value}" for name, value in found.fixed))
    controls = sorted({name for region in found.regions for name, _ in region.label.controls})
    headings = ["regime", "rate", *controls, f"vertices ({found.x}, {found.y})"]
    cells = []
    for region in document["regions"]:
        numbers = [_shown(region.get(name)) for name in ("rate", *controls)]
        corners = " ".join(f"({x}, {y})" for x, y in region["vertices"])
        cells.append([region["regime"], *numbers, corners])
    output.write_table(headings, cells)
    area = document["certificate"]["area"]
    print(f"\n{len(cells)} regions without common interior; their areas add up to {area}, the window's, exactly")
    if picture:
        print(f"drawn into {picture}")


def _shown(value: dict[str, Any] | None) -> str:
    return "–" if value is None else str(value["text"])
