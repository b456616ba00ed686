"""The store of judged claims: what is reused says so, nothing stale is, and nothing is believed for being there."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ridgeproof.proofs_check.court import keys, schedule
from ridgeproof.proofs_check.court.certify import certify
from ridgeproof.proofs_check.court.court import verify
from ridgeproof.proofs_check.court.ledger import Ledger
from ridgeproof.proofs_check.court.store import Store, usual
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.claim import Algebra, Claim, Equation, Relation
from ridgeproof.theorems.registry import all_claims

ID = "kappa-fixed-point"
REGISTERED = {c.id: c for c in all_claims()}


def judge(store: Path, *, level: str = "fast", fresh: bool = False, claim: str = ID) -> Ledger:
    return verify([REGISTERED[claim]], level, workers=1, store=Store(store, fresh))


def documents(ledger: Ledger) -> list[Any]:
    return [row.to_json() | {"seconds": 0, "reused": None} for row in ledger.rows]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """A store with one claim, and the ledger of the run that filled it."""
    folder = tmp_path_factory.mktemp("store")
    return folder, judge(folder)


def entry(folder: Path, piece: str, claim: str = ID) -> tuple[Path, dict[str, Any]]:
    for file in folder.iterdir():
        document = json.loads(file.read_text())
        if (document["key"]["piece"], document["key"]["claim"]) == (piece, claim):
            return file, document
    raise AssertionError(f"no {piece} of {claim}")


def copied(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


def test_a_second_run_says_the_same_and_that_it_is_reused(judged: tuple[Path, Ledger]) -> None:
    """Evidence and certificate of a reused claim are those of the first run; --fresh judges again."""
    folder, first = judged
    second = judge(folder)
    assert not first.rows[0].reused and second.rows[0].reused
    assert documents(first) == documents(second)
    assert first.rows[0].certificates == second.rows[0].certificates != ()
    assert not judge(folder, fresh=True).rows[0].reused


@pytest.mark.parametrize("changed", ["code", "sympy", "mpmath", "numpy", "scipy", "python-flint", "python", "machine"])
def test_nothing_is_reused_after_a_change_of_code_or_versions(
    judged: tuple[Path, Ledger], changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of thing below the claims, changed alone."""
    if changed == "code":
        monkeypatch.setattr(keys, "code", lambda: "another")
    else:
        there = {**keys.versions(), changed: "another"}
        monkeypatch.setattr(keys, "versions", lambda: there)
    folder, _ = judged
    store = Store(folder)
    for kind in ("proof", "numbers"):
        where = schedule.key(schedule.Piece(kind, ID), keys.content(REGISTERED[ID], None), "fast")  # type: ignore[arg-type]
        assert store.get(where) is None
    assert store.refused == []


def test_numbers_depend_on_level_and_seed_and_proofs_do_not(
    judged: tuple[Path, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof is the same at every level; numbers of another level or seed are others."""
    folder, _ = judged
    content, store = keys.content(REGISTERED[ID], None), Store(folder)
    proof, numbers = schedule.Piece("proof", ID), schedule.Piece("numbers", ID)
    assert store.get(schedule.key(numbers, content, "fast"))
    assert store.get(schedule.key(numbers, content, "full")) is None
    assert store.get(schedule.key(proof, content, "full"))
    monkeypatch.setattr(schedule, "SEED", 1)
    assert store.get(schedule.key(numbers, content, "fast")) is None


def test_the_digest_of_the_code_sees_every_file_and_every_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte, a new file and a renamed file each give another digest; the real one covers the judging rooms."""
    names = {f.name for f in keys.sources()}
    assert {"finite_sample.py", "judge.py", "certificates.py", "court.py", "verdicts.py", "kappa.py"} <= names
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("x = 1")
    digest = keys.code.__wrapped__
    seen = []
    for change in (
        lambda: None,
        lambda: one.write_text("x = 2"),
        lambda: two.write_text(""),
        lambda: two.rename("three.py"),
    ):
        monkeypatch.chdir(tmp_path)
        change()
        monkeypatch.setattr(keys, "sources", lambda: sorted(tmp_path.glob("*.py")))
        seen.append(digest())
    assert len(set(seen)) == 4


def own(**changed: Any) -> Claim:
    T, d = voc.T, voc.d
    steps = (Algebra("a square", (T + d) ** 2, T**2 + 2 * T * d + d**2),)
    parts: dict[str, Any] = {
        "statement": (Equation((T + d) ** 2, T**2 + 2 * T * d + d**2),),
        "derive": lambda: steps,
        **changed,
    }
    return Claim("own", "title", "source", Relation.EQUALITY, **parts)


def test_a_claim_of_a_users_own_is_reused_until_it_changes(tmp_path: Path) -> None:
    """Statement, hypotheses, derivation, finding: a claim that differs in any of them is judged anew."""
    T, d = voc.T, voc.d
    first = verify([own()], workers=1, store=Store(tmp_path))
    assert first.rows[0].verdict.value == "proved"
    assert verify([own()], workers=1, store=Store(tmp_path)).rows[0].reused  # another function, the same steps
    wrong = own(statement=(Equation((T + d) ** 2, T**2 + T * d + d**2),))
    (row,) = verify([wrong], workers=1, store=Store(tmp_path)).rows
    assert row.verdict.value == "refuted" and not row.reused
    for changed in (
        {"derive": lambda: (Algebra("a square", (T + d) ** 2, T**2 + T * d + d**2),)},
        {"derive": tuple},
        {"relation": Relation.BOUND},
        {"finding": "new"},
        {"title": "another"},
    ):
        claim = dataclasses.replace(own(), **changed)  # type: ignore[arg-type]
        assert not verify([claim], workers=1, store=Store(tmp_path)).rows[0].reused


def test_what_has_no_canonical_form_is_judged_every_time(tmp_path: Path) -> None:
    """An object of a user's own class may be anything the next time."""

    class Square(Algebra):
        concludes = Relation.EQUALITY

    T = voc.T
    claim = own(statement=(Equation(T, T),), derive=lambda: (Square("own", T, T),))
    for _ in range(2):
        assert not verify([claim], workers=1, store=Store(tmp_path)).rows[0].reused
    assert all(schedule.ask(c, True, lambda c: ()).content for c in all_claims())  # the ledger's have one


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "not an object": lambda e: [],
    "another key": lambda e: {**e, "key": {**e["key"], "claim": "other"}},
    "another format": lambda e: {**e, "format": "ridgeproof-judged/0"},
    "seconds of text": lambda e: {**e, "seconds": "0"},
    "a changed value": lambda e: {**e, "value": {**e["value"], "complete": False}},
    "a field more": lambda e: {**e, "more": 1},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_entry_of_another_form_is_not_used(judged: tuple[Path, Ledger], tmp_path: Path, forgery: str) -> None:
    """It is named, the claim is judged anew, and the entry is replaced."""
    folder = copied(judged[0], tmp_path / "store")
    file, document = entry(folder, "proof")
    file.write_text(json.dumps(FORGERIES[forgery](document)))
    store = Store(folder)
    (row,) = verify([REGISTERED[ID]], workers=1, store=store).rows
    assert not row.reused and len(store.refused) == 1 and file.name in store.refused[0]
    assert judge(folder).rows[0].reused


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"[" * 200_000, b'{"format": NaN}', b"null", b"1" * 5000])
def test_bytes_that_are_no_entry_are_not_used(judged: tuple[Path, Ledger], tmp_path: Path, content: bytes) -> None:
    """Whatever stands in the file."""
    folder = copied(judged[0], tmp_path / "store")
    file, _ = entry(folder, "numbers")
    file.write_bytes(content)
    store = Store(folder)
    assert not verify([REGISTERED[ID]], workers=1, store=store).rows[0].reused
    assert len(store.refused) == 1


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and permissions of POSIX")
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "writable"])
def test_what_is_no_file_of_ones_own_is_not_read(judged: tuple[Path, Ledger], tmp_path: Path, kind: str) -> None:
    """A link may lead anywhere, a pipe has no end, and anybody may have written what is open to all."""
    folder = copied(judged[0], tmp_path / "store")
    file, document = entry(folder, "numbers")
    file.unlink()
    if kind == "link":
        (tmp_path / "elsewhere").write_text(json.dumps(document))
        file.symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.write_text(json.dumps(document))
        file.chmod(0o666)
    store = Store(folder)
    assert store.get(document["key"]) is None and len(store.refused) == 1


def forged(folder: Path, change: Callable[[dict[str, Any]], None]) -> Store:
    """A store whose stored proof is changed, with a checksum that agrees."""
    file, document = entry(folder, "proof")
    change(document["value"])
    store = Store(folder)
    store.put(document["key"], document["value"], 0.1)
    assert json.loads(file.read_text())["value"] == document["value"]
    return store


def _other_conclusion(value: dict[str, Any]) -> None:
    for document in value["certificates"]:
        document["lines"] = document["lines"][:-1]


def _no_certificate(value: dict[str, Any]) -> None:
    value["certificates"] = []


def _another_claims(value: dict[str, Any]) -> None:
    value["certificates"] = list(certify(REGISTERED["kappa-bounds"]).certificates)


@pytest.mark.parametrize("change", [_other_conclusion, _no_certificate, _another_claims])
def test_the_kernel_checks_a_stored_proof_again(
    judged: tuple[Path, Ledger], tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    """A forger who knows the checksum has to convince the kernel all the same."""
    store = forged(copied(judged[0], tmp_path / "store"), change)
    (row,) = verify([REGISTERED[ID]], workers=1, store=store).rows
    assert not row.reused and store.refused


def test_words_of_a_store_are_not_believed(judged: tuple[Path, Ledger], tmp_path: Path) -> None:
    """What is said of a sequent is what the kernel prints of it now, not what stands in the store."""

    def lie(value: dict[str, Any]) -> None:
        for item in value["evidence"]:
            item[1] = "the statement itself, by the kernel: Γ ⊢ anything"

    store = forged(copied(judged[0], tmp_path / "store"), lie)
    (row,) = verify([REGISTERED[ID]], workers=1, store=store).rows
    assert row.reused and documents(Ledger((row,), "fast", 0.0)) == documents(judged[1])


def test_a_store_that_cannot_be_written_costs_the_reuse_alone(tmp_path: Path) -> None:
    """The claims are judged, and one line says why nothing is kept."""
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "store")
    assert verify([REGISTERED[ID]], workers=1, store=store).accepted == 1
    assert store.broken


def test_the_usual_place_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME where it is absolute, as its specification says, else ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert usual() == tmp_path / "ridgeproof" / "judged"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert usual() == Path.home() / ".cache" / "ridgeproof" / "judged"
    monkeypatch.setenv("HOME", "relative")  # as good as none: nothing is kept, and nothing made where one happens to be
    assert usual().is_relative_to(os.devnull) and Store(usual()).get({"piece": "proof"}) is None


def test_the_command_reuses_and_says_so(ridgeproof: Any, ridgeproof_json: Any, tmp_path: Path) -> None:
    """verify, then verify and report with the same store: a line on standard error, `reused` in the document."""
    first = ridgeproof("verify", ID, "--store", "s", "--json")
    again = ridgeproof("verify", ID, "--store", "s", "--json")
    assert [json.loads(x.stdout)["claims"][0]["reused"] for x in (first, again)] == [False, True]
    assert "1 of 1 claims reused from s" in again.stderr and "reused" not in first.stderr
    assert "reused from s" in ridgeproof("report", ID, "--store", "s", "-o", "page").stderr
    assert "reused from s" in ridgeproof("latex", ID, "--store", "s", "--verdicts", "--fragment").stderr
    assert not json.loads(ridgeproof("verify", ID, "--store", "s", "--fresh", "--json").stdout)["claims"][0]["reused"]


def test_claims_of_a_file_are_judged_by_children_as_they_are_here(tmp_path: Path) -> None:
    """The children read the file themselves, and judge a claim only if it is the same one."""
    from ridgeproof.theorems.registry import read_file

    file = tmp_path / "mine.py"
    names = [f"own-{i}" for i in range(4)]
    file.write_text(
        "from ridgeproof.authoring import *\n"
        + "".join(
            f'c{i} = Claim("{name}", "t", "s", Relation.EQUALITY, (Equation(T + {i}, {i} + T),), derive="auto")\n'
            for i, name in enumerate(names)
        )
    )
    claims = read_file(file).claims
    here, there = (verify(claims, workers=w) for w in (1, 2))
    assert documents(here) == documents(there) and here.accepted == 4


def test_the_estimate_is_within_a_factor_of_two_from_a_fifth_on() -> None:
    """The ledger's costs, on a machine three times as slow whose pieces vary by half: replayed with a false clock."""
    pieces = [schedule.Piece(kind, c.id) for c in all_claims() for kind in ("proof", "numbers")]  # type: ignore[arg-type]
    pieces.sort(key=schedule.cost, reverse=True)
    lasts = {p: 3 * schedule.cost(p) * (0.5 + (i * 7919 % 100) / 100) for i, p in enumerate(pieces)}
    ends, free = [], [0.0, 0.0]
    for piece in pieces:
        worker = free.index(min(free))
        free[worker] += lasts[piece]
        ends.append((free[worker], piece))
    now, told = 0.0, 0
    estimate = schedule.Estimate(pieces, 2, lambda: now)
    for now, piece in sorted(ends):
        estimate.finish(piece, lasts[piece])
        left, really = estimate.left(), max(free) - now
        if left is not None and really > 2:
            told += 1
            assert really / 2 <= left <= 2 * really, (now, left, really)
    assert told > 20
