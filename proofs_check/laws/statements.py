"""What the certificates in a directory prove of a law: each accepted by the kernel, and what it says compared.

    python -m ridgeproof.proofs_check.kernel DIR                        # what they prove: Γ ⊢ φ
    python -m ridgeproof.proofs_check.laws.statements DIR [LAW.toml]  # that it is about this law, in words

Values, scales and the answer are read off the sequent; what ``say`` says of the law with them has to be the sequent,
word for word.  A cover says that one of several lists of conditions holds: there has to be a certificate for each.
Without LAW.toml the law is that of ridge regression under model collapse.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ridgeproof.errors import NotProved, ScaleError
from ridgeproof.theorems.exponents.calculus.affine import Undecided
from ridgeproof.theorems.exponents.user.law_file import UserLaw, load_law

from .. import kernel
from ..kernel.statements import Rejected, check, show, strings
from . import say

Document = Mapping[str, Any]


class Said(NamedTuple):
    """What a certificate says: in words; of what (of which values, or which program of a formula); whether a cover."""

    words: str
    about: Any
    cover: bool = False


def statement(law: UserLaw | None, document: Document) -> Said:
    """Return what a certificate, which the kernel has accepted, says of a law; raises NotProved where it says else."""
    shows = document["shows"]
    try:
        if shows[0] == "lowest" or document["claim"].startswith("formula-"):
            from . import formulas  # SymPy

            return formulas.statement(law, document)
        relations = shows[0] == "some" and all(f[0] == ">=" for one in shows[1] for f in one)
        if relations and document["claim"].endswith("cover"):
            return Said("", None, cover=True)
        return _place(law, document)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, Undecided) as error:
        if isinstance(error, NotProved):
            raise
        raise NotProved(f"{document['claim']}: not a certificate of this law: {error}") from None


def _place(law: UserLaw | None, document: Document) -> Said:
    declare, given = document["declare"], document["given"]
    end = next((i for i, (_, what) in enumerate(declare) if what == "real>=0"), len(declare))
    values = {say.unnamed(x): Fraction(what["is"]) for x, what in declare[:end] if what != "real"}
    free = [say.unnamed(x) for x, what in declare[:end] if what == "real"]
    controls = ("ell",) if law is None else law.controls
    scales = [x for x in free if x not in controls or say.name(x) in strings(given)]
    if law is None:
        program = say.model_program(values, scales, say.polygon_of(given, scales))
    else:
        program = say.law_program(law, values, scales)
    said = _answer(program, document, declare[end:])
    if said is None:
        raise NotProved(f"{document['claim']}: says something else than an answer to this law")
    infinite = {x: v for x, v in say.INFINITE.items() if law is None and x not in (*values, *scales)}
    where = [", ".join(f"{x} = {v}" for x, v in (values | infinite).items())] if values or infinite else []
    where += [f"if {' and '.join(show.formula(say.unnamed(h)) for h in given)}"] if given else []
    return Said(": ".join([", ".join(where), said] if where else [said]), tuple(sorted(values.items())))


def _answer(program: say.Program, document: Document, more: Sequence[Any]) -> str | None:
    """The answer in words, None where the certificate gives none to this program."""
    shows, expected = document["shows"], dict(program.declare)
    if more:  # along a ray
        (t, _), *ray = more
        expected = {x: what for x, what in expected.items() if x not in program.controls}
        expected |= {t: "real>=0", **{x: {"is": what["is"]} for x, what in ray}}
        value = shows[1][0][-1][1][1] if program.terms else "0"
        if {t, *dict(ray)} & strings([value, document["given"]]) or set(dict(ray)) != set(program.controls):
            return None
        wanted, words = [say.unbounded(program, i, value, t) for i in range(len(program.pieces))], "unbounded"
    elif shows in say.outside(program):
        wanted, words = [shows], "outside"
    elif low := next((f for f in shows[1][0] if f[0] == "lowest"), None):
        place, rate = low[3], say.minus(low[4])
        at = dict(zip(program.controls, place, strict=True))
        rows = [[(x, say.put(r, at)) for x, r in zip(program.terms, rs, strict=True)] for _, rs in program.pieces]
        balance = [[x for x, r in rs if [">=", r, low[4]] in shows[1][0][len(program.domain) :]] for rs in rows]
        wanted = [say.optimal(program, home, place, rate, large) for home, large in enumerate(balance)]
        chosen = [f", {x} = {_text(p)}" for x, p in zip(low[1], place, strict=True)]
        large = next((large for large, said in zip(balance, wanted, strict=True) if said == shows), [])
        words = f"rate = {_text(rate)}{''.join(map(say.unnamed, chosen))}" + (
            f" [{' = '.join(large)}]" if large else ""
        )
    else:
        wanted, words = [say.empty(program)], "empty"
    return words if shows in wanted and dict(document["declare"]) == expected else None


def _text(t: Any) -> str:
    return show.term(say.unnamed(t))


def check_all(law: UserLaw | None, documents: Sequence[Document]) -> list[str]:
    """Return what all certificates of a directory prove: each accepted by the kernel and about this law.

    There is one for every list of conditions of a cover (but where no built-in law is established), and what is
    proved of part of a window is part of a cover.

    Raises
    ------
    NotProved, Rejected
    """
    for document in documents:
        check(document)
    said = [statement(law, document) for document in documents]
    both = list(zip(said, documents, strict=True))
    groups: dict[Any, list[Document]] = {}
    for s, document in both:
        if not s.cover:
            groups.setdefault(s.about, []).append(document)
    joined: list[Document] = []
    for i, (s, document) in enumerate(both):
        if s.cover and not s.words:
            found, silent = _covered(law, document, groups)
            joined += [d for one in found for d in one]
            rest = f", {silent} of them without a law" if silent else ""
            inside = any(h[0] == ">" and h not in document["given"] for d in joined for h in d["given"])
            where = " and ".join(show.formula(say.unnamed(h)) for h in document["given"]) or "always"
            words = f"the {len(found)} regions cover what is given{rest}{', up to edges' if inside else ''}: {where}"
            said[i] = s._replace(words=words)
    for s, document in both:
        if document["shows"][0] == "some" and document["given"] and not s.cover and document not in joined:
            raise NotProved(f"{document['claim']}: a part of a window of which no cover speaks")
    return [s.words for s in said]


def _covered(law: UserLaw | None, cover: Document, groups: Mapping[Any, Sequence[Document]]) -> tuple[Any, int]:
    """The certificates for each list of a cover, from one group, and for how many there is no law; or NotProved."""
    scales = [say.unnamed(x) for x, what in cover["declare"] if what == "real"]
    for about, parts in groups.items():
        found = _covering(cover, parts)
        silent = [one for one, by in zip(cover["shows"][1], found, strict=True) if not by]
        lawless = law is None and all(say.lawless(dict(about), scales, say.polygon_of(one, scales)) for one in silent)
        if len(scales) == len(cover["declare"]) and (lawless or not silent):
            return found, len(silent)
    raise NotProved(f"{cover['claim']}: not every part of what is covered has a certificate")


def _covering(cover: Document, parts: Sequence[Document]) -> list[list[Document]]:
    """For each list of conditions of a cover the certificates whose hypotheses these are, with those of the cover.

    What a certificate says inside a polygon counts for the polygon.
    """
    given = cover["given"]

    def granted(h: Any, one: Any) -> bool:
        return h in one or h in given or (h[0] == ">" and [">=", *h[1:]] in one)

    return [[d for d in parts if all(granted(h, one) for h in d["given"])] for one in cover["shows"][1]]


def uncovered(law: UserLaw | None, documents: Sequence[Document]) -> list[int]:
    """Return the programs of a formula of which it is not shown that their regions cover the domain."""
    if law is None or not any(document["shows"][0] == "lowest" for document in documents):
        return []
    from . import formulas  # SymPy

    return formulas.uncovered(law, documents)


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
    except (NotProved, Rejected, kernel.Rejected) as error:
        print(f"REJECTED  {error}")
        return 1
    for path, words in zip(files, said, strict=True):
        print(f"{path.name.removesuffix('.certificate.json')}  {words}")
    print(f"{len(said)} certificates proved")
    return 0 if said else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
