"""What became of planted faults: counted by place, by kind, and by the instruments that noticed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ridgeproof.frames import Framed

from .instruments import INSTRUMENTS

PLACES = (
    "statement", "small", "relation", "hypothesis", "words", "setting", "derivation", "certificate",
    "witness", "translation",
)  # fmt: skip


@dataclass(frozen=True)
class Fault(Framed):
    """One fault, and what became of it."""

    claim: str
    place: str
    operator: str
    planted: str
    by: tuple[str, ...] = ()
    equivalent: str = ""

    def told(self) -> dict[str, str]:
        """What was planted where."""
        return {"claim": self.claim, "place": self.place, "operator": self.operator, "planted": self.planted}


@dataclass
class Tally(Framed):
    """What became of the faults planted in one claim, or in the instruments.

    ``faults``: each with its place, its operator, what was planted, ``by`` whom it was noticed, and why it is none.
    ``left_out``: faults that were chosen, and not planted because the time of the claim was spent.
    """

    id: str
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0
    seconds: float = 0.0

    def records(self) -> list[dict[str, Any]]:
        """A row for each fault."""
        return [row for fault in self.faults for row in fault.records()]

    def enter(self, place: str, operator: str, by: Iterable[str], equivalent: str, what: str) -> None:
        """Enter one fault: which instruments noticed it, or why it is none."""
        catchers = () if equivalent else tuple(x for x in INSTRUMENTS if x in set(by))
        self.faults.append(Fault(self.id, place, operator, what, catchers, equivalent))

    @property
    def planted(self) -> Counter[str]:
        """How many faults were planted in each place."""
        return Counter(f.place for f in self.faults)

    @property
    def noticed(self) -> Counter[tuple[str, tuple[str, ...]]]:
        """For each place, how many faults were noticed by exactly this set of instruments."""
        return Counter((f.place, f.by) for f in self.faults if f.by)

    @property
    def equivalent(self) -> Counter[tuple[str, str]]:
        """For each place, how many changes are no faults, and why."""
        return Counter((f.place, f.equivalent) for f in self.faults if f.equivalent)

    @property
    def escaped(self) -> list[dict[str, str]]:
        """What is neither noticed nor true."""
        return [f.told() for f in self.faults if not f.by and not f.equivalent]


def report(tallies: list[Tally], seconds: float, off: tuple[str, ...] = ()) -> dict[str, Any]:
    """The contract's document."""

    def total(name: str) -> Counter[Any]:
        return sum((getattr(t, name) for t in tallies), Counter[Any]())

    planted, noticed, equivalent = map(total, ("planted", "noticed", "equivalent"))
    faults = [f for t in tallies for f in t.faults]
    operators = Counter(f.operator for f in faults)
    places = [p for p in PLACES if planted[p]]
    why = Counter[str]()
    for (_, because), n in equivalent.items():
        why[because] += n
    return {
        "planted": sum(planted.values()),
        "caught": sum(noticed.values()),
        "equivalent": sum(equivalent.values()),
        "escaped": [e for t in tallies for e in t.escaped],
        **_ways(noticed),
        "switched_off": list(off),
        "instruments": {x: _instrument(x, noticed) for x in INSTRUMENTS},
        "places": {
            p: {
                "planted": planted[p],
                "equivalent": sum(n for (q, _), n in equivalent.items() if q == p),
                "escaped": sum(e["place"] == p for t in tallies for e in t.escaped),
                **{x: _instrument(x, Counter({k: n for k, n in noticed.items() if k[0] == p})) for x in INSTRUMENTS},
            }
            for p in places
        },
        "planted_in": dict(planted),
        "operators": dict(operators.most_common()),
        "equivalent_because": dict(why.most_common()),
        "escaped_without": {x: [f.told() for f in faults if f.by == (x,)] for x in INSTRUMENTS},
        "left_out": sum(t.left_out for t in tallies),
        "claims": [
            {
                "id": t.id,
                "planted": sum(t.planted.values()),
                "caught": sum(t.noticed.values()),
                "equivalent": sum(t.equivalent.values()),
                "escaped": len(t.escaped),
                **_ways(t.noticed),
                **{x: _instrument(x, t.noticed)["noticed"] for x in INSTRUMENTS},
                "seconds": round(t.seconds, 2),
            }
            for t in tallies
        ],
        "seconds": round(seconds, 2),
    }


def _ways(noticed: Counter[Any]) -> dict[str, int]:
    """How many faults were noticed by a proof that fails, by numbers, and in certificates; one may be by several."""
    return {
        "by_proof": sum(n for (place, by), n in noticed.items() if "kernel" in by and place != "certificate"),
        "by_confrontation": sum(n for (_, by), n in noticed.items() if {"exact", "simulation"} & set(by)),
        "by_certificate": sum(n for (place, by), n in noticed.items() if "kernel" in by and place == "certificate"),
    }


def _instrument(name: str, noticed: Counter[Any]) -> dict[str, int]:
    """How many faults an instrument notices, and how many of them no other one does: they escape without it."""
    return {
        "noticed": sum(n for (_, by), n in noticed.items() if name in by),
        "alone": sum(n for (_, by), n in noticed.items() if by == (name,)),
    }
