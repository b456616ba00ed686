"""Which claims the words of a command mean: ids, numbers of the paper, words to look for, files of claims."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ridgeproof import limits
from ridgeproof.errors import InputError

if TYPE_CHECKING:
    from ridgeproof.theorems.claim import Claim


def registered_ids() -> set[str]:
    """Ids that are registered for sure, found without reading the claims; a newer claim may be missing."""
    import json
    from importlib import resources

    return set(json.loads((resources.files("ridgeproof.proofs_check.court") / "costs.json").read_text("utf-8")))


def swept(arguments: argparse.Namespace) -> list[str]:
    """The ids that --all or --paper stand for."""
    from ridgeproof.theorems.registry import all_claims
    from ridgeproof.theorems.sources import paper

    if arguments.all:
        return [claim.id for claim in all_claims()]
    if arguments.paper is None:
        return []
    number = re.sub(r"^(arxiv[: ]?)?|v\d+$", "", arguments.paper.strip(), flags=re.IGNORECASE)
    papers = {claim.id: paper(claim.source) for claim in all_claims()}
    found = [name for name, of in papers.items() if of == number]
    if not found:
        known = ", ".join(sorted({of for of in papers.values() if of}))
        raise InputError(f"no claim is of {arguments.paper!r}", where="--paper", accepted=known)
    return found


def asked_for(words: Sequence[str], unread: list[tuple[str, str]] | None = None) -> tuple[Claim, ...]:
    """Return the claims that ids and names of files ask for; all registered ones when there is no word.

    ``unread``: where (name, why) goes for what a file could not be read for; without it that is an error.
    """
    from ridgeproof.theorems.registry import all_claims

    written = [word for word in words if word.endswith(".py")]
    ids = [word for word in words if not word.endswith(".py")]
    registered = chosen(all_claims(), ids) if ids or not written else ()
    return (*registered, *_own_claims(written, {claim.id for claim in all_claims()}, unread))


def _own_claims(written: Iterable[str], taken: set[str], unread: list[tuple[str, str]] | None) -> list[Claim]:
    """Return the claims of a user's files, refusing ids already taken: a premise must mean one claim only."""
    own: list[Claim] = []
    for file in written:
        for claim in _claims_of_file(file, unread):
            if claim.id in taken:
                raise InputError(f"the id {claim.id!r} is taken by another claim", where=file, accepted="a new id")
            taken.add(claim.id)
            own.append(claim)
    return own


def _claims_of_file(file: str, unread: list[tuple[str, str]] | None) -> tuple[Claim, ...]:
    """Return the claims of a user's file; what the file prints while it is read goes to standard error."""
    from ridgeproof.errors import ClaimError
    from ridgeproof.theorems.registry import claims_from_file, read_file

    from ..court.admission import admit
    from . import bounds

    try:
        with contextlib.redirect_stdout(sys.stderr), bounds.timed(file, limits.seconds(), computing=True):
            if unread is None:  # for a document, which has no line for a claim of another form
                own = claims_from_file(file)
                for claim in own:
                    admit(claim)
                return own
            found = read_file(file)
    except ClaimError as error:
        raise InputError(str(error)) from error
    for why in found.unread:
        print(f"{file}: {why}", file=sys.stderr)
        unread.append((f"{file}:{why.partition(':')[0].removeprefix('line ')}", why))
    if found.skipped:
        print(f"{file}: not judged, because the name begins with _: {', '.join(found.skipped)}", file=sys.stderr)
    return found.claims


def searched(claims: Iterable[Claim], words: str) -> tuple[Claim, ...]:
    """Return the claims whose id, title, source or finding has these words, abbreviated or not.

    Raises
    ------
    InputError
        When no claim has them.
    """
    from ridgeproof.theorems.sources import aliases, mentions

    found = tuple(
        c
        for c in claims
        if words.lower() in c.id or any(mentions(x, words) for x in (c.title, c.source, c.finding, *aliases(c.source)))
    )
    if not found:
        raise InputError(f"no claim has {words!r}", where="--search", accepted="words or numbers such as Theorem 4.6")
    return found


def named(claims: Iterable[Claim], name: str) -> tuple[Claim, ...]:
    """Return the claim with this id, or else those whose source has this number: "Thm 4.6", "v1 Theorem 2"."""
    from ridgeproof.theorems.sources import aliases, mentions

    claims = tuple(claims)
    if not any(c.id == name for c in claims):
        found = tuple(c for c in claims if any(mentions(alias, name) for alias in aliases(c.source)))
        if found:
            return found
    return chosen(claims, [name])


def chosen(claims: Iterable[Claim], ids: Sequence[str]) -> tuple[Claim, ...]:
    """Return the claims with the given ids, each once, in the order asked; all of them when `ids` is empty.

    Raises
    ------
    InputError
        For an id that no claim has, with the nearest ids there are.
    """
    known = {claim.id: claim for claim in claims}
    for name in ids:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
            raise InputError(
                f"no claim has the id {name!r}",
                where="claims",
                accepted=", ".join(near) or "an id that `ridgeproof list` prints",
            )
    return tuple(known[name] for name in dict.fromkeys(ids)) if ids else tuple(known.values())
