"""What the kernel's command reads and prints, in this process: every line of ``kernel/report.py`` from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.kernel import report
from ridgeproof.proofs_check.kernel.statements import Rejected

# ruff: noqa: E501 (a line of a table is a file)

FIELDS = {"format": "ridgeproof-statement/1", "claim": "own", "declare": [["x", "real>0"], ["y", "real"]]}
TRUE = {
    **FIELDS,
    "given": [[">=", "y", "0"]],
    "shows": [">", ["+", "x", "y"], "0"],
    "model": {"x": "1", "y": "0"},
    "lines": [
        {"rule": "domain", "name": "x", "how": ">"},
        {"rule": "assume", "formula": [">=", "y", "0"]},
        {"rule": "positive", "shows": [">", ["+", "x", "y"], "0"], "sum": [["1", [[0, 1]]], ["1", [[1, 1]]]], "by": []},
    ],
}
FALSE = {**TRUE, "given": []}
# What a text is as a certificate: data, or the words of the refusal.
TEXTS: dict[str, Any] = {
    '{"a": ["1/2", 3, null, true]}': {"a": ["1/2", 3, None, True]},
    '{"a": 1, "a": 1}': "duplicate key",
    "[1.5]": "not an exact number: 1.5",
    "[NaN]": "not an exact number: NaN",
    "[999999]": [999999],
    "[1000000]": "integer too large",
    "[-99999]": [-99999],
    "[-100000]": "integer too large",
    "{": "not JSON: JSONDecodeError",
    "[" * 100_000: "not JSON: RecursionError",
    '"' + "x" * (report.MAX_BYTES - 2) + '"': "x" * (report.MAX_BYTES - 2),
    '"' + "x" * (report.MAX_BYTES - 1) + '"': "certificate too large",
}


def read(text: str) -> Any:
    try:
        return report.load(text)
    except Rejected as error:
        return str(error)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_a_text_is_read_exactly_or_refused(text: str) -> None:
    assert read(text) == TEXTS[text]


def folder(place: Path, files: dict[str, Any]) -> Path:
    for name, document in files.items():
        place.mkdir(exist_ok=True)
        what = document if isinstance(document, bytes) else json.dumps(document).encode()
        (place / name).write_bytes(what)
    return place


def test_each_file_is_a_row(tmp_path: Path) -> None:
    made = folder(
        tmp_path / "one",
        {
            "t": TRUE,
            "f": FALSE,
            "n": ["no object"],
            "u": b"\xff",
            "l": b" " * 16_000_001,
            "e": b" " * 16_000_000,
            "w": "é".encode() * 8_000_001,
        },
    )
    rows = {name: report.judge(made / name) for name in ("t", "f", "n", "u", "l", "e", "w", "nowhere")}
    assert rows["t"] == {
        "file": "t", "claim": "own", "accepted": True, "reason": None, "conclusion": "x + y > 0",
        "assumptions": [{"kind": "declaration", "text": "x > 0"}, {"kind": "declaration", "text": "y real"}, {"kind": "hypothesis", "text": "y >= 0"}],
    }  # fmt: skip
    assert rows["f"]["claim"] == "own" and not rows["f"]["accepted"] and rows["f"]["conclusion"] is None
    assert rows["f"]["reason"] == "not among the hypotheses: y >= 0" and rows["f"]["assumptions"] == []
    assert rows["n"]["claim"] is None and "the fields are" in rows["n"]["reason"]
    assert "can't decode" in rows["u"]["reason"]
    assert rows["l"]["reason"] == rows["w"]["reason"] == "certificate too large"
    assert rows["e"]["reason"] == "not JSON: JSONDecodeError" and "No such file" in rows["nowhere"]["reason"]


def test_a_reason_is_one_line_of_bounded_length(tmp_path: Path) -> None:
    made = folder(tmp_path / "one", {"f": {**FALSE, "given": [["<\n<", "x" * 900, "0"]]}})
    reason = report.judge(made / "f")["reason"]
    assert "\n" not in reason and len(reason) <= 400


CERTIFICATE = "own: x > 0; y real; y >= 0 ⊢ x + y > 0"


def test_a_folder_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Certificates in order, others left over; exit status 0 if there is one and every one is accepted."""

    def told(*arguments: str) -> tuple[int, str]:
        status = report.main(list(arguments))
        return status, capsys.readouterr().out

    true, false = ({f"{name}.certificate.json": what for name in names} for names, what in (("ab", TRUE), ("c", FALSE)))
    good = folder(tmp_path / "good", true)
    both = folder(tmp_path / "both", {**true, **false, "notes.txt": b"notes"})
    (both / "inside").mkdir()
    empty = tmp_path / "empty"
    empty.mkdir()
    assert told(str(good)) == (0, f"{CERTIFICATE}\n{CERTIFICATE}\n2 accepted, 0 rejected\n")
    assert told(str(good / "a.certificate.json")) == (0, f"{CERTIFICATE}\n1 accepted, 0 rejected\n")
    rejected = "REJECTED  c.certificate.json  not among the hypotheses: y >= 0"
    assert told(str(both)) == (1, f"{CERTIFICATE}\n{CERTIFICATE}\n{rejected}\n2 accepted, 1 rejected\n")
    assert told(str(empty)) == (1, "0 accepted, 0 rejected\n")
    status, text = told(str(both), "--json")
    document = json.loads(text)
    assert status == 1 and [row["file"][0] for row in document["certificates"]] == ["a", "b", "c"]
    assert (document["accepted"], document["rejected"], document["left_over"]) == (2, 1, ["notes.txt"])
    assert json.loads(told(str(both / "a.certificate.json"), "--json")[1])["left_over"] == []


def test_an_axiom_is_printed_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    euler = {
        **FIELDS, "declare": [["b", "fixed>0"]], "given": [], "model": {"b": "1"},
        "shows": ["=", ["gamma", ["+", "b", "1"]], ["*", "b", ["gamma", "b"]]], "lines": [{"rule": "gamma", "kind": "next", "at": "b"}],
    }  # fmt: skip
    report.main([str(folder(tmp_path / "one", {"a.certificate.json": euler}))])
    assert "; [euler: " in capsys.readouterr().out
