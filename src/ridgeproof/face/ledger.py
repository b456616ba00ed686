"""The claims: to list, to show, to judge, and one formula of a paper judged."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import InputError
from ..frames import Framed

if TYPE_CHECKING:
    from ..proofs_check.court.ledger import Ledger
    from ..proofs_check.court.store import Store
    from ..theorems.claim import Claim


class Claims(dict[str, "Claim"], Framed):
    """Claims by their ids; ``to_frame()`` has id, title, source and relation of each."""

    __slots__ = ()

    def records(self) -> list[dict[str, Any]]:
        """A row for each claim."""
        return [
            {"id": c.id, "title": c.title, "source": c.source, "relation": str(c.relation), "finding": c.finding}
            for c in self.values()
        ]


def claims() -> Claims:
    """Every claim of the built-in theory by its id.

    Returns
    -------
    dict of str to Claim, with ``to_frame()``

    Notes
    -----
    Source: docs/theory.md, an anchor for each.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.claims()["inverse-wishart"].title
    'Mean of the inverse Wishart matrix'
    """
    from ..theorems.registry import all_claims

    return Claims((claim.id, claim) for claim in all_claims())


def show(claim: Claim | str, format: Literal["text", "latex", "json"] = "text") -> str:
    """One claim for a reader: statement, hypotheses, derivation.

    Parameters
    ----------
    claim : Claim or str
        A claim, or the id of a built-in one.
    format : {"text", "latex", "json"}

    Returns
    -------
    str

    Raises
    ------
    InputError
        No claim has that id, or an unknown format.

    Notes
    -----
    Source: each claim names its own, and its place in docs/theory.md.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> "T - d - 1" in rp.show("inverse-wishart")
    True
    """
    from ..proofs_check.writing.show import render

    if format not in ("text", "latex", "json"):
        raise InputError(f"format {format!r} is unknown", where="show", accepted="text, latex, json")
    return render(_claim(claim) if isinstance(claim, str) else claim, format)


def _claim(name: str) -> Claim:
    known = claims()
    if name not in known:
        raise InputError(f"no claim has the id {name!r}", where="claims", accepted="the ids of ridgeproof.claims()")
    return known[name]


def verify(
    *what: Claim | str | os.PathLike[str],
    level: Literal["fast", "full"] = "fast",
    workers: int | None = None,
    store: str | os.PathLike[str] | bool = False,
) -> Ledger:
    """Judge claims: certify their derivations, and confront their statements with numbers.

    Parameters
    ----------
    *what : Claim, id, or path of a Python file of claims
        All built-in claims where nothing is given.  A file is executed, as its author meant it to be.
    level : {"fast", "full"}
    workers : int, optional
        Child processes; one for each processor by default.
    store : path or bool
        A folder in which judgements are kept, and from which those are reused of which nothing has changed that they
        depend on; their certificates go through the kernel again.  True: the folder of the command, in the user's
        cache.  False: everything is judged anew, and nothing is kept.

    Returns
    -------
    Ledger
        ``rows`` with verdict and evidence of each claim, ``accepted``, ``failed``.

    Raises
    ------
    InputError, ClaimError

    Notes
    -----
    Source: docs/kernel.md for what is proved, docs/grades-of-evidence.md for the other verdicts.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.verify("kappa-fixed-point", workers=1).rows[0].verdict.value
    'proved'

    Kept, and reused the second time:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [rp.verify("kappa-fixed-point", workers=1, store=folder).rows[0].reused for _ in range(2)]
    [False, True]
    """
    from ..numerics.problem.numbers import integer
    from ..proofs_check.court.court import verify as judge
    from ..theorems.registry import claims_from_file

    judged: list[Claim] = []
    for item in what:
        if isinstance(item, os.PathLike) or (isinstance(item, str) and item.endswith(".py")):
            judged.extend(claims_from_file(Path(item)))
        else:
            judged.append(_claim(item) if isinstance(item, str) else item)
    kept = _store(store)
    ledger = judge(
        judged or None, level, workers=None if workers is None else integer(workers, where="workers"), store=kept
    )
    if kept is not None:
        kept.tidy()
    return ledger


def _store(place: str | os.PathLike[str] | bool) -> Store | None:
    """The store that an argument stands for."""
    from ..files import folder
    from ..proofs_check.court.store import Store, usual

    if isinstance(place, bool):
        return Store(usual()) if place else None
    if not isinstance(place, str | os.PathLike):
        raise InputError(f"{place!r} is no folder", where="store", accepted="a path, True or False")
    return Store(folder(os.fspath(place), where="store"))


def check(
    formula: str,
    where: str | Iterable[str] = (),
    setting: str | os.PathLike[str] | None = None,
    level: Literal["fast", "full"] = "fast",
) -> Ledger:
    """Judge one formula of a paper against numbers: it holds, it fails with a counterexample, or it is undecided.

    Parameters
    ----------
    formula : str
        In LaTeX or in SymPy's manner, with = <= ~= ~ =<>= <~ <~= or =o; or the path of a TOML or Markdown file of
        formulas.  It is read by a grammar and never evaluated.
    where : str or list of str
        Conditions, such as "T >= d + 2" or "x > 0".
    setting : path, optional
        A scenario file: the setting of ``E_test``, in numbers.
    level : {"fast", "full"}

    Returns
    -------
    Ledger
        ``rows[0].verdict`` is proved, confronted, refuted or undecided, with its evidence.

    Raises
    ------
    InputError

    Notes
    -----
    Source: docs/formulas.md for what can be written, docs/grades-of-evidence.md for the verdicts.

    Examples
    --------
    >>> import ridgeproof as rp
    >>> rp.check("phi = d/T").rows[0].verdict.value
    'proved'
    """
    from ..proofs_check.court.court import verify as judge
    from ..proofs_check.questions import questions

    conditions = [where] if isinstance(where, str) else list(where)
    return judge(questions(formula, conditions, os.fspath(setting) if setting is not None else None), level=level)
