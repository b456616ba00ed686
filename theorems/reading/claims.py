"""A claim from a formula, its conditions and a setting; and files of such claims, in TOML or Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sympy as sp

from ridgeproof import reading
from ridgeproof.errors import InputError

from ..claim import Claim
from ..finite_sample import centred, fresh
from ..functions import E_test, Kappa
from ..leading_order import proportionate
from ..quantities import Argmin, Minimum
from ..relations import Equation, Relation
from ..settings import Fit, Setting
from ..vocabulary import T0, T, df2, kappa, kappa0, lam, n, norm2, phi0, sigma02, sigma2
from .binders import Limit
from .conditions import Where, read_where
from .grammar import Reader

RIDGE, CHAIN = {lam, kappa, df2}, {T0, n, sigma02, kappa0, phi0}
FIELDS = ("id", "title", "source", "formula", "where", "setting")


def read_claim(formula: str, where: Sequence[str] = ()) -> Claim:
    r"""The one claim of a line; see :func:`read_claims`.

    Raises
    ------
    InputError
        The formula or a condition cannot be read, or makes several claims.

    Examples
    --------
    >>> claim = read_claim(r"E_{test} = \sigma^2 \frac{d}{T-d-1}", where=["T >= d + 2"])
    >>> print(claim.relation, claim.equations[0].right)
    equality d*sigma2/(T - d - 1)
    """
    found = read_claims(formula, where)
    if len(found) != 1:
        raise InputError("relations of several kinds", where="FORMULA", accepted="relations of one kind, a <= b <= c")
    return found[0]


def read_claims(
    formula: str,
    where: Sequence[str] = (),
    setting: Setting | None = None,
    given: Iterable[Any] = (),
    id: str = "formula",
    title: str = "",
    source: str = "a formula",
    place: str = "FORMULA",
) -> tuple[Claim, ...]:
    """The claims of one line: a chain a < b <= c makes one for each kind of relation.

    Parameters
    ----------
    formula : ``left relation right``, in LaTeX or as SymPy writes it: "E_test ~= sigma2*df2/(T - df2)".
    where : conditions, declarations and abbreviations (:mod:`.conditions`).
    setting : of E_test; by default one ridge fit of T samples, after n least-squares generators of T0 samples where the
        formula speaks of T0, n or sigma02, without ridge where it does not speak of lambda or kappa.
    given : further hypotheses.
    id, title, source : of the claims.
    place : where the line stands, for messages.

    Raises
    ------
    InputError
        The formula or a condition cannot be read.
    """
    told = read_where(where)
    reader = Reader(formula, told.names, place, told.abbreviations)
    links, limits = reader.links()
    for h in told.hypotheses:  # a condition on the letter of a minimum would reach nothing: it is bound
        free = set().union(*(x.free_symbols for _, *sides in links for x in sides))
        for letter in (reader.varied - free) & (set() if h.condition is None else h.condition.free_symbols):
            accepted = rf"its range below the sign, \min_{{0 < {letter} < 1}}"
            raise InputError(f"{h.text!r:.40} on the letter of a minimum", where=place, accepted=accepted)
    if limits:
        links = [_tending(links, limits, told, place)]
    if told.limit is not None:  # "~= as n grows" is no matter of d and T
        links = [(Relation.ASYMPTOTIC if r == Relation.EQUIVALENT else r, a, b) for r, a, b in links]
    kinds = list(dict.fromkeys(relation for relation, _, _ in links))
    claims = []
    for kind in kinds:
        claim = Claim(
            id=id if len(kinds) == 1 else f"{id}-{kind}",
            title=title or formula.strip(),
            source=source,
            relation=kind,
            statement=tuple(Equation(left, right) for relation, left, right in links if relation == kind),
            hypotheses=(*told.hypotheses, *given),
            derive="attempt",
            where=tuple(told.abbreviations.items()),
        )
        claims.append(_placed(claim, told, setting))
    return tuple(claims)


Link = tuple[Relation, sp.Basic, sp.Basic]


def _tending(links: list[Link], limits: list[Limit], told: Where, place: str) -> Link:
    r"""\lim f = c as a relation in the limit: f ~ c, or f - c =o 1 where c may be 0, or 1 =o f where it is infinite.

    A limit inside the range of a letter is taken from above; only 0 of a letter that is not negative, and infinity, are
    ends of its range.
    """
    if len(links) != 1 or len(limits) != 1 or links[0][0] != Relation.EQUALITY or told.limit is not None:
        raise InputError("a limit beside others", where=place, accepted=r"\lim_{x \to a} f = c")
    (limit,) = limits
    _, left, right = links[0]
    value = right if left == limit.function else left
    if limit.letter in value.free_symbols:
        raise InputError(
            f"{limit.letter} moves, and stands on the other side", where=place, accepted="a limit free of it"
        )
    if isinstance(value, sp.MatrixExpr):
        raise InputError("a limit of matrices", where=place, accepted="a limit of numbers")
    if limit.end != sp.oo and not (limit.end == 0 and limit.letter.is_nonnegative):
        accepted = f"infty, or 0 of a letter that is not negative (--where '{limit.letter} > 0'; x = {limit.end} + y)"
        raise InputError(f"the limit of {limit.letter} at {limit.end}", where=place, accepted=accepted)
    told.limit = (limit.letter, limit.end)
    if value == sp.oo:
        return Relation.NEGLIGIBLE, sp.S.One, limit.function
    if all(x.is_nonzero for x in sp.Mul.make_args(sp.fraction(sp.together(value))[0])):
        return Relation.ASYMPTOTIC, limit.function, value
    return Relation.NEGLIGIBLE, sp.Abs(limit.function - value), sp.S.One


def _placed(claim: Claim, told: Where, setting: Setting | None) -> Claim:
    """The claim in its setting, with the model's own hypotheses and the limit in which it is read."""
    sides = [side for e in claim.equations for side in (e.left, e.right)]
    symbols = set().union(*(side.free_symbols for side in sides), *(c.free_symbols for c in claim.conditions))
    if setting is None and (told.setting or any(side.has(E_test) for side in sides)):  # words about it are never lost
        varied = any(x.original == str(lam) for side in sides for x in side.atoms(Argmin, Minimum))
        ridge = lam if varied or symbols & RIDGE or any(side.has(Kappa) for side in sides) else sp.S.Zero
        first = (Fit(T0, sp.S.Zero, sigma02, repeat=n),) if symbols & CHAIN else ()
        isotropic = norm2 in symbols or told.setting.get("spectrum") == "isotropic"
        kind = "isotropic" if isotropic else "any"
        setting = Setting(kind, kind, first, Fit(T, ridge, sigma2))  # type: ignore[arg-type]
    if setting is not None:
        setting = _changed(setting, told.setting)
    growing = {Relation.EQUIVALENT, Relation.AT_MOST} & {claim.relation} and told.limit is None
    limited = claim.relation in (Relation.ASYMPTOTIC, Relation.ORDER, Relation.ORDER_AT_MOST, Relation.NEGLIGIBLE)
    limit = told.limit or ((T, sp.oo) if limited else None)
    # "lambda = T^-beta" as T grows says how lambda moves.
    moving = {
        h.condition: (h.condition.lhs, h.condition.rhs)
        for h in claim.hypotheses
        if h.condition is not None and limit is not None and _moves(h.condition, limit[0])
    }
    model = (fresh, centred, *((proportionate,) if growing else ()))
    return replace(
        claim,
        hypotheses=(*model, *(h for h in claim.hypotheses if h.condition not in moving)),
        setting=setting,
        limit=limit,
        scaling=tuple(moving.values()),
    )


def _moves(condition: object, letter: sp.Symbol) -> bool:
    """Whether a condition says what another letter is as this one moves."""
    return (
        isinstance(condition, sp.Eq)
        and isinstance(condition.lhs, sp.Symbol)
        and condition.lhs != letter
        and letter in condition.rhs.free_symbols
        and condition.lhs not in condition.rhs.free_symbols
    )


def _changed(setting: Setting, words: dict[str, str]) -> Setting:
    spectrum, target = words.get("spectrum", setting.spectrum), words.get("target", setting.target)
    if spectrum == "power-law" and target == "any":
        target = "source"
    size = sp.oo if words.get("dimension") == "oo" else setting.dimension
    return Setting(spectrum, target, setting.generators, setting.downstream, size)  # type: ignore[arg-type]


# --- files -----------------------------------------------------------------------------------------------------------


def entries(path: str | Path) -> list[dict[str, Any]]:
    """The claims of a TOML file (``[[claim]]``) or of a Markdown file, as fields.

    In Markdown a claim is a heading, whose words become its id, a formula between ``$$``, and items ``- where: ...``,
    ``- source: ...``, ``- setting: FILE.toml``.

    Raises
    ------
    InputError
        The file cannot be read as such; a field that a claim does not have.
    """
    file = Path(path)
    text = reading.text(file, accepted="a TOML or Markdown file of claims")
    found = _of_toml(text, str(file)) if file.suffix == ".toml" else _of_markdown(text)
    if not found:
        raise InputError("no claim in it", where=str(file), accepted="[[claim]] tables, or headings with $$ formula $$")
    for number, entry in enumerate(found, 1):
        where = f"{file}, claim {entry.get('id', number)}"
        strange = [key for key in entry if key not in FIELDS]
        if strange:
            raise InputError(f"the field {strange[0]}", where=where, accepted=", ".join(FIELDS))
        lines = entry.get("where", [])
        entry["where"] = [lines] if isinstance(lines, str) else lines
        if not isinstance(entry["where"], list) or not all(isinstance(x, str) for x in entry["where"]):
            raise InputError("where is no text", where=where, accepted="a string, or a list of strings")
        for key in ("id", "title", "source", "formula", "setting"):
            if not isinstance(entry.get(key, ""), str):
                raise InputError(f"{key} is no text", where=where, accepted="a string")
        if not entry.get("formula", "").strip():
            raise InputError("it has no formula", where=where, accepted='formula = "left ~= right"')
        entry.setdefault("id", f"formula-{number}")
    names = [entry["id"] for entry in found]
    if len(set(names)) != len(names):
        twice = next(x for x in names if names.count(x) > 1)
        raise InputError(f"two claims have the id {twice}", where=str(file), accepted="ids that differ")
    return found


def _of_toml(text: str, where: str) -> list[dict[str, Any]]:
    data = reading.toml(text, where=where, accepted="TOML")
    claims = data.get("claim", [])
    if set(data) - {"claim"} or not isinstance(claims, list) or not all(isinstance(c, dict) for c in claims):
        raise InputError(f"the tables {', '.join(data) or 'none'}", where=where, accepted="[[claim]] tables")
    return [dict(c) for c in claims]


def _of_markdown(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for title, body in re.findall(r"^#+ +(.+?) *$\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL):
        formula = re.search(r"\$\$(.+?)\$\$", body, re.DOTALL)
        if formula is None:
            continue
        words = re.findall(r"[a-z0-9]+", title.lower())
        entry: dict[str, Any] = {"id": "-".join(words) or "formula", "title": title, "formula": formula.group(1)}
        for key, value in re.findall(r"^[-*] +(where|source|setting): *(.+?) *$", body, re.MULTILINE):
            if key == "where":
                entry.setdefault("where", []).append(value.strip("$"))
            else:
                entry[key] = value
        found.append(entry)
    return found
