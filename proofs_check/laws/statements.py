"""What the certificates in a directory prove of a law, once the kernel has accepted them.

    python -m ridgeproof.proofs_check.kernel DIR                        # every line follows
    python -m ridgeproof.proofs_check.laws.statements DIR [LAW.toml]  # about this law: what they prove

Each certificate's ``note`` says what it proves: of which law, where (``at``; in a diagram also the two ``scales`` and
the ``polygon``), and the ``answer``.  A diagram has one certificate more, ``cover``: its polygons leave nothing of the
window uncovered.  Certificates of formulas, and of the cover by their regions, are read by ``symbolic_statements``
and ``model_formula``.
Without LAW.toml the law is that of ridge regression under model collapse.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ridgeproof.errors import NotProved, ScaleError
from ridgeproof.theorems.exponents.calculus import polygons
from ridgeproof.theorems.exponents.calculus.affine import Undecided, text
from ridgeproof.theorems.exponents.calculus.polygons import Polygon
from ridgeproof.theorems.exponents.calculus.scales import Infinite
from ridgeproof.theorems.exponents.user.law_file import UserLaw, load_law

from .. import kernel
from .forms import ZERO, Form, NotAffine, expression, plus
from .law_programs import Place, affine_form, law_program, model_program, planes
from .programs import Answer, read

MODEL = "ridge regression under model collapse"
Document = dict[str, Any]


def statement(law: UserLaw | None, document: Mapping[str, Any]) -> str:
    """Return in words what a certificate proves of a law, once the kernel has accepted it.

    Raises
    ------
    NotProved
        For a certificate whose lines do not say what its note says, or say it of another law.
    """
    try:
        note = document["note"]
        if note["law"] != (MODEL if law is None else law.title):
            raise NotProved(f"a certificate of another law: {note['law']!r:.60}")
        if "polygons" in note:
            return _read_cover(document)
        if "formula" in note and law is None:
            from . import model_formula  # SymPy

            return model_formula.read(document)
        if "program" in note and law is not None:
            from . import symbolic_statements  # SymPy

            return symbolic_statements.read(law, document)
        place, answer = _read_place(note), _read_answer(note["answer"])
        program = model_program(place)[0] if law is None else law_program(law, place)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, Undecided, NotAffine) as error:
        if isinstance(error, NotProved):
            raise
        raise NotProved(f"not a certificate of this law: {error}") from None
    interior = note.get("interior", False) is True
    read(program._replace(interior=interior), answer, document)
    return _words(place, answer, interior=interior)


def _words(place: Place, answer: Answer, *, interior: bool) -> str:
    values, scales, polygon = place
    where = ", ".join(f"{name} = {value}" for name, value in values.items())
    if scales:
        corners = " ".join(f"({x}, {y})" for x, y in polygon)
        where = f"{where + ', ' if where else ''}({', '.join(scales)}) {'inside' if interior else 'within'} {corners}"
    where = f"{where}: " if where else ""
    if answer.status != "optimal" or isinstance(answer.value, int):
        return f"{where}{answer.status}"
    chosen = "".join(f", {name} = {_text(of, scales)}" for name, of in answer.controls)
    balance = f" [{' = '.join(answer.balance)}]" if answer.balance else ""
    return f"{where}rate = {_text(plus({}, answer.value, Fraction(-1)), scales)}{chosen}{balance}"


def _text(of: Form, scales: Sequence[str]) -> str:
    x, y = scales or ("x", "y")
    return text((of.get("", ZERO), of.get(x, ZERO), of.get(y, ZERO)), (x, y))


def _read_cover(document: Mapping[str, Any]) -> str:
    note, lines = document["note"], document["lines"]
    scales = tuple(note["scales"])
    window = _read_polygon(note["window"])
    parts = [_read_polygon(part) for part in note["polygons"]]
    used: list[int] = []

    def walk(tree: Any, granted: list[Form]) -> None:
        if tree[0] == "split":
            plane = affine_form(tuple(map(_number, tree[1])), scales)
            walk(tree[2], [*granted, plane])
            walk(tree[3], [*granted, plus({}, plane, Fraction(-1))])
            return
        if tree[0] != "in" or type(tree[1]) is not int or tree[1] < 0:
            raise NotProved("cover: no such branch")
        assumed = [[expression(of), ">="] for of in granted]
        for plane, i in zip(planes(parts[tree[1]], scales), tree[2], strict=True):
            used.append(i)
            one = lines[i]
            if (one["rule"], one["relation"]) != ("nonnegative", ">=") or one["assume"] != assumed:
                raise NotProved("cover: a line assumes something else")
            if one["expression"] != expression(plane):
                raise NotProved("cover: a line concludes something else")

    walk(note["proof"], list(planes(window, scales)))
    if sorted(used) != list(range(len(lines))) or document["context"] != {"scalars": list(scales)}:
        raise NotProved("cover: another context, or a line that belongs to no branch")
    if [type(claimed) for claimed in note["claimed"]] != [bool] * len(parts):
        raise NotProved("cover: every polygon is claimed or not")
    silent = len(parts) - sum(note["claimed"])
    rest = f", {silent} of them without a law" if silent else ""
    return f"({', '.join(scales)}): {len(parts)} polygons cover the window{rest}"


def check_all(law: UserLaw | None, documents: Sequence[Document]) -> list[str]:
    """Return what all certificates of a directory prove: each accepted by the kernel and about this law.

    A cover has to be made of exactly the polygons, or the regions of a formula, of the other certificates.

    Raises
    ------
    NotProved, kernel.Rejected
    """
    said = []
    for document in documents:
        kernel.check(document)
        said.append(statement(law, document))
    notes = [document["note"] for document in documents]
    covers = [zip(note["polygons"], note["claimed"], strict=True) for note in notes if "polygons" in note]
    proved = [_read_polygon(note["polygon"]) for note in notes if "polygon" in note]
    claimed = [_read_polygon(polygon) for one in covers for polygon, is_claimed in one if is_claimed]
    if len(covers) > 1 or sorted(claimed) != sorted(proved):
        raise NotProved("the polygons that cover the window are not those that have certificates")
    for note in (note for note in notes if "regions" in note):
        regions = [n["answer"]["conditions"] for n in notes if "region" in n and n["program"] == note["program"]]
        if sorted(map(str, regions)) != sorted(map(str, note["regions"])):
            raise NotProved("the regions that cover the domain are not those that have certificates")
    return said


def uncovered(documents: Sequence[Document]) -> list[int]:
    """Return the programs of a formula of which it is not shown that their regions cover the domain."""
    notes = [document["note"] for document in documents if "program" in document["note"]]
    shown = {n["program"] for n in notes if "regions" in n or not n["answer"]["conditions"]}
    return sorted({n["program"] for n in notes} - shown)


def plain_place(place: Place) -> dict[str, Any]:
    values, scales, polygon = place
    found: dict[str, Any] = {"at": {name: str(value) for name, value in values.items()}}
    return found | {"scales": list(scales), "polygon": plain_polygon(polygon)} if scales else found


def plain_polygon(polygon: Polygon) -> list[list[str]]:
    return [[str(x), str(y)] for x, y in polygon]


def _plain_form(of: Form) -> dict[str, str]:
    return {name: str(value) for name, value in sorted(of.items())}


def plain_answer(answer: Answer) -> dict[str, Any]:
    value = answer.value if isinstance(answer.value, int) else _plain_form(answer.value)
    return {
        "status": answer.status, "value": value,
        "controls": {name: _plain_form(of) for name, of in answer.controls},
        "direction": {name: str(step) for name, step in answer.direction},
        "balance": list(answer.balance),
    }  # fmt: skip


def _number(data: Any) -> Fraction:
    return Fraction(kernel.number(data))


def _read_place(note: Mapping[str, Any]) -> Place:
    infinite = {"inf": Infinite(1), "-inf": Infinite(-1)}
    values = {name: infinite.get(data) or _number(data) for name, data in note["at"].items()}
    scales = tuple(note.get("scales", ()))
    if len(set(scales) - set(values)) != len(scales) or len(scales) not in (0, 2):
        raise NotProved("two scales that have no value, or none")
    return values, scales, _read_polygon(note.get("polygon", []))


def _read_polygon(data: Any) -> Polygon:
    found = tuple((_number(x), _number(y)) for x, y in data)
    if found and found != _convex(found):
        raise NotProved("not a convex polygon")
    return found


def _convex(points: Polygon) -> Polygon:
    """Return the convex hull, beginning where ``points`` begin."""
    hull = polygons.hull(points) if len(points) > 2 else ()
    start = hull.index(points[0]) if points[0] in hull else 0
    return (*hull[start:], *hull[:start])


def _read_form(data: Mapping[str, str]) -> Form:
    return {name: _number(text) for name, text in data.items() if _number(text)}


def _read_answer(data: Mapping[str, Any]) -> Answer:
    value = data["value"] if isinstance(data["value"], int) else _read_form(data["value"])
    controls = tuple((name, _read_form(of)) for name, of in data["controls"].items())
    direction = tuple((name, _number(step)) for name, step in data["direction"].items())
    return Answer(data["status"], value, controls, direction, tuple(data["balance"]))


def main(arguments: Sequence[str]) -> int:
    """``python -m ridgeproof.proofs_check.laws.statements DIR [LAW.toml]``: what certificates prove."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python -m ridgeproof.proofs_check.laws.statements DIR [LAW.toml]", file=sys.stderr)
        return 2
    try:
        law = load_law(arguments[1]) if len(arguments) == 2 else None
        files = sorted(Path(arguments[0]).glob("*.certificate.json"))
        documents = [kernel.load(path.read_text(encoding="utf-8")) for path in files]
        said = check_all(law, documents)
    except (ScaleError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except (NotProved, kernel.Rejected) as error:
        print(f"REJECTED  {error}")
        return 1
    for path, words in zip(files, said, strict=True):
        print(f"{path.name.removesuffix('.certificate.json')}  {words}")
    print(f"{len(said)} certificates proved")
    return 0 if said else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
