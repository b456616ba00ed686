"""The tests that mutants of the believed rooms are tried by, and which function each of them reaches.

Entries of the tables of ``tests/proofs_check`` are tests of their own here; of other files, whole test functions are.
"""

from __future__ import annotations

import copy
import importlib.util
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COURT = ROOT / "proofs_check"
TESTS = ROOT / "tests" / "proofs_check"
DATA = TESTS / "statements"
ROOMS = ("kernel", "meaning", "judgement", "verdicts", "laws")
SAID = "proofs_check/test_what_is_said.py"
# Files and functions of tests beside the tables.
BESIDE: dict[str, tuple[str, ...]] = {
    "kernel": ("proofs_check/test_kernel_report.py",),
    "meaning": (
        f"{SAID}::test_hypotheses_in_words_are_unchecked_unless_a_declaration_carries_them",
        f"{SAID}::test_certificates_count_for_the_claim_that_they_state_and_for_no_other",
        f"{SAID}::test_the_word_comes_from_what_is_shown_of_this_claim",
    ),
    "judgement": (
        f"{SAID}::test_the_word_comes_from_what_is_shown_of_this_claim",
        f"{SAID}::test_a_row_keeps_what_is_told_and_no_certainty_but_its_own",
    ),
    "verdicts": (
        f"{SAID}::test_the_verdict_is_the_first_of_these",
        f"{SAID}::test_what_holds_and_what_is_refuted_as_expected_is_accepted",
        f"{SAID}::test_numbers_that_json_cannot_carry",
    ),
    "laws": ("proofs_check/test_law_certificates.py",),
}


@dataclass
class Test:
    """A test: whether it passes; the functions of believed modules that it reaches; how long it takes."""

    name: str
    passes: Callable[[], bool]
    reached: set[tuple[str, str]] = field(default_factory=set)
    seconds: float = 0.0


def files(room: str) -> list[Path]:
    """The modules of a room."""
    place = COURT / room
    found = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
    return sorted(f for f in found if "proving" not in f.parts)


def table(path: Path) -> Any:
    """A file of tests as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def certificates() -> dict[str, list[Any]]:
    """The ledger's certificates of statements, by claim, and those that no claim uses yet."""
    from ridgeproof.proofs_check.court.certify import certify
    from ridgeproof.proofs_check.proving.statements import known
    from ridgeproof.theorems.registry import all_claims

    out = {c.id: list(certify(c).certificates) for c in all_claims() if c.expected == "holds"}
    out["others"] = [known.written(search)[0] for search in (known.finite.theorem_1, *known.OTHERS)]
    return {name: found for name, found in out.items() if found}


def kernel(documents: dict[str, list[Any]]) -> list[Test]:
    """The table of rules, the false and true certificates, the sequents of the ledger's certificates."""
    from ridgeproof.proofs_check.kernel import statements as K

    rules = table(TESTS / "test_statement_rules.py")
    golden = json.loads((DATA / "sequents.json").read_text(encoding="utf-8"))
    false = json.loads((DATA / "false.json").read_text(encoding="utf-8"))
    true = json.loads((DATA / "true.json").read_text(encoding="utf-8"))

    def said(name: str) -> bool:
        declare, lines, line, wrong = rules.RULES[name]
        changes = {"": {}, **wrong}
        found = {w: rules.said(rules.world(declare, lines), rules.changed(line, c)) for w, c in changes.items()}
        return bool(found == rules.GOLDEN[name])

    def refused(name: str) -> bool:
        try:
            K.check(copy.deepcopy(false[name]["certificate"]))
        except K.Rejected as error:
            return str(error)[:160] == false[name]["refused"]
        return False

    def accepted(name: str) -> bool:
        graded = "proved to order K" if name.startswith("kappa-from") else "proved"
        return K.grade(K.check(copy.deepcopy(true[name]))) == graded

    def proves(name: str, i: int) -> bool:
        return bool(K.check(copy.deepcopy(documents[name][i])).text() == golden[name][i])

    golden_of = rules.GOLDEN
    out = [Test(f"rule {x}", lambda x=x: said(x)) for x in rules.RULES]
    for x in rules.DECLARED:
        out.append(
            Test(f"declaration {x}", lambda x=x: rules.declares(rules.DECLARED[x]) == golden_of["declarations"][x])
        )
    for x in rules.CHECKED:
        out.append(Test(f"certificate {x}", lambda x=x: rules.judged(x) == golden_of["certificates"][x]))
    for x, (_, _, good) in rules.SAYS.items():
        out.append(Test(f"says {x}", lambda x=x, good=good: rules.says(x) == good))
    for x, (steps, what, good) in rules.LIMITS.items():
        out.append(Test(f"limit {x}", lambda steps=steps, what=what, good=good: rules.limited(steps, what) == good))
    out += [Test(f"false {x}", lambda x=x: refused(x)) for x in false]
    out += [Test(f"true {x}", lambda x=x: accepted(x)) for x in true]
    out += [Test(f"sequent {x} {i}", lambda x=x, i=i: proves(x, i)) for x in documents for i in range(len(golden[x]))]
    return out


def functions(names: Sequence[str]) -> list[Test]:
    """Test functions of other files, run by pytest."""

    def passes(node: str) -> bool:
        import pytest

        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return pytest.main(["-x", "-q", "-p", "no:cacheprovider", str(ROOT / "tests" / node)]) == 0

    return [Test(name, lambda name=name: passes(name)) for name in names]


def reach(tests: Sequence[Test]) -> list[str]:
    """Run each test once, note which functions of the believed modules it reaches; return those that fail."""
    inside = {str(f): str(f.relative_to(COURT)) for room in ROOMS for f in files(room)}
    failed = []
    for test in tests:
        calls: set[Any] = set()

        def note(frame: FrameType, event: str, arg: Any, calls: set[Any] = calls) -> None:
            calls.add(frame.f_code)

        began = time.process_time()
        sys.settrace(note)  # type: ignore[arg-type]
        try:
            good = test.passes()
        except Exception:
            good = False
        finally:
            sys.settrace(None)
        test.seconds = time.process_time() - began
        test.reached = {
            (inside[code.co_filename], code.co_qualname.split(".<locals>")[0])
            for code in calls
            if code.co_filename in inside
        }
        if not good:
            failed.append(test.name)
    return failed


def meaning(documents: dict[str, list[Any]]) -> list[Test]:
    """What each claim says, and that the ledger's certificates say it."""
    from ridgeproof.proofs_check import kernel as K
    from ridgeproof.proofs_check.meaning import proofs

    said = table(ROOT / "tests" / SAID)
    claims = said.registered()
    accepted = {x: tuple(K.check(c) for c in found) for x, found in documents.items() if x in claims}
    out = [Test(f"own {x}", lambda x=x: said.told(said.CLAIMS[x]) == said.SAID["own"][x]) for x in said.CLAIMS]
    out += [Test(f"claim {x}", lambda x=x: said.told(claims[x]) == said.SAID["registered"][x]) for x in claims]
    return out + [Test(f"shown {x}", lambda x=x: proofs.says(claims[x], accepted[x]) is not None) for x in accepted]


def of(room: str, documents: dict[str, list[Any]]) -> list[Test]:
    """The tests of a room."""
    tables = {"kernel": kernel, "meaning": meaning}
    return [*(tables[room](documents) if room in tables else []), *functions(BESIDE[room])]
