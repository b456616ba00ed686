"""Certificates: accepted or refused, and what each proves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from . import chains, extremes, leading, logic, models, optima, orders, ratio, show, traces
from .ratio import Rejected, need
from .sequent import LISTED, Sequent, World
from .sigma import BOUND

FORMAT = "ridgeproof-statement/1"
FIELDS = {"format", "claim", "declare", "given", "shows", "model", "lines"}
RULES: dict[str, Callable[[World, Any], Sequent]] = {
    **logic.RULES, **traces.RULES, **chains.RULES, **optima.RULES, **leading.RULES, **orders.RULES,
    **extremes.RULES,
}  # fmt: skip


@dataclass(frozen=True)
class Proved:
    """An accepted certificate: its last sequent, and the declarations that the sequent speaks of."""

    claim: str
    world: World
    sequent: Sequent

    def printed(self) -> dict[str, Any]:
        """declared, given, axioms, conclusion: readable mathematics."""
        return show.sequent(self.world, self.sequent)

    def text(self) -> str:
        """The sequent on one line: Γ ⊢ φ."""
        p = self.printed()
        by = " ".join(f"[{a}]" for a in p["axioms"])
        gamma = "; ".join([*p["declared"], *p["given"], *([f"by {by}"] if by else [])])
        return f"{gamma} ⊢ {p['conclusion']}"

    def assumptions(self) -> list[dict[str, str]]:
        """Everything that is taken for granted, by kind."""
        p = self.printed()
        kinds = (("declaration", p["declared"]), ("hypothesis", p["given"]))
        axioms = [{"kind": "axiom", "text": f"{a}: {LISTED.get(a, 'not listed')}"} for a in p["axioms"]]
        return [{"kind": k, "text": x} for k, xs in kinds for x in xs] + axioms


def check(certificate: Any) -> Proved:
    """Accept a certificate, or raise ``Rejected`` (and nothing else)."""
    try:
        return _check(certificate)
    except Rejected:
        raise
    except (Exception, RecursionError) as error:  # whatever is wrong with the data, it is no certificate
        raise Rejected(f"malformed: {type(error).__name__}") from None


def _check(c: Any) -> Proved:
    ratio.Budget.left = ratio.MAX_STEPS
    need(isinstance(c, dict) and set(c) == FIELDS, f"the fields are {', '.join(sorted(FIELDS))}")
    need(c["format"] == FORMAT and isinstance(c["claim"], str), f"not a {FORMAT} document")
    w = World(c["declare"])
    need(isinstance(c["lines"], list) and 0 < len(c["lines"]) <= 5000, "no lines")
    for i, line in enumerate(c["lines"]):
        need(isinstance(line, dict) and line.get("rule") in RULES, f"line {i}: unknown rule")
        try:
            w.lines.append(RULES[line["rule"]](w, line))
        except Rejected as error:
            raise Rejected(f"line {i} ({line['rule']}): {error}") from None
    looking = {**logic.RULES, **extremes.RULES}  # rules that see what is inside a max or min
    need(not w.terms.extremes or all(line["rule"] in looking for line in c["lines"]), "no rule for a max or min")
    last, shows = w.lines[-1], c["shows"]
    need(last.shows == shows, f"the last line concludes {show.formula(last.shows)}: not what is claimed")
    need(shows[0] in (">", "!=", "some", "lowest") or shows[1] != shows[2], "says nothing: the two sides are the same")
    need(shows[0] != "=" or not all(w.terms.norm(t).zero for t in shows[1:]), "says nothing: both sides are 0")
    need(not set(BOUND) & w.free(shows), "a bound name is loose")
    roots = _roots(w, [*last.hyps, shows])
    hyps, axioms = [*last.hyps, *(h for s in roots for h in s.hyps)], last.axioms.union(*(s.axioms for s in roots))
    given = w.gather(c["given"])
    need(w.key(shows) not in given, "takes for granted what it shows")
    granted = _granted(w, c["given"])
    missing = [h for h in w.gather(hyps).values() if w.key(h) not in granted]
    need(not missing, f"not among the hypotheses: {'; '.join(map(show.formula, missing))}")
    if shows[0] == "~":
        for h in given.values():
            if shows[3] in w.free(h):
                orders.finally_true(w, h, *shows[3:])
    models.satisfies(w, c)
    return Proved(c["claim"], w, replace(last, hyps=tuple(w.gather(hyps).values()), axioms=axioms))  # its roots exist


def _granted(w: World, given: list[Any]) -> set[Any]:
    """Keys of hypotheses and of what follows from each at once: a > b gives a >= b and a != b."""
    keys = set(w.gather(given))
    for h in given:
        if h[0] == ">":
            keys |= {w.key([">=", *h[1:]]), w.key(["!=", *h[1:]])}
    return keys


def _roots(w: World, formulas: list[Any]) -> list[Sequent]:
    """Lines that show that the roots exist of which a statement speaks; series are founded, and no numbers."""
    lines: list[Sequent] = []
    for name in show.closure(w, formulas):
        if name in w.sigma.series:
            leading.founded(w, name)
            need(formulas[-1][0] == "=K", f"{name} is a series, no number")
        if name in w.sigma.roots:
            found = [s for s in w.lines if s.shows == w.sigma.roots[name]]
            need(found, f"no line shows that there is exactly one {name}")
            lines.append(found[0])
    return lines


def grade(proved: Proved) -> str:
    """From Γ alone; that it is the claim's statement is for ``same_statement``."""
    extra = proved.sequent.axioms - LISTED.keys()
    if extra:
        return f"assumed: {', '.join(sorted(extra))}"
    return "proved to order K" if proved.sequent.shows[0] == "=K" else "proved"


def same_statement(proved: Proved, declare: list[Any], given: list[Any], shows: Any) -> bool:
    """Whether a sequent proves a statement: its conclusion, from its hypotheses or fewer, with its declarations.

    Two conclusions are one if the differences of their sides have one normal form, and what makes the terms of the
    statement defined is granted or makes those of the sequent defined.  A name for what is written out (`is`) need not
    be among the declarations of the statement.
    """
    w, said = proved.world, dict(declare)
    own = proved.sequent
    exact = shows[0] == own.shows[0] and shows[0] in ("=", ">", ">=")
    mine = show.closure(w, [*own.hyps, own.shows, *([shows] if exact else [])])
    for name in mine:
        what = what_is(w, name)
        if said.get(name, what if isinstance(what, dict) and "is" in what else None) != what:
            return False
    if "spectrum" in said and said["spectrum"] != w.sigma.spectrum_is:
        return False
    try:
        same = (w.difference(shows) - w.difference(own.shows)).zero if exact else shows == own.shows
        granted = _granted(w, [g for g in given if all(x in mine or x not in said for x in w.free(g))])
        needed = w.gather(own.hyps).values()
        if not same or any(w.key(h) not in granted for h in needed):
            return False
        granted |= {w.key(h) for h in _factors(w, w.wd(own.shows))} if exact else set()
        return not exact or all(w.key(h) in granted for h in _factors(w, w.wd(shows)))
    except Rejected:
        return False


def _factors(w: World, hyps: list[Any]) -> list[Any]:
    """Hypotheses, a product that does not vanish as the factors that do not."""
    out: list[Any] = []
    for h in hyps:
        t = h[1]
        if h[0] == "!=" and h[2] == "0" and isinstance(t, list) and t[0] in ("*", "^", "^^", "/"):
            parts = t[1:] if t[0] == "*" else t[1:2]
            out += _factors(w, [["!=", part, "0"] for part in parts])
        else:
            out.append(h)
    return list(w.gather(out).values())


def what_is(w: World, name: str) -> Any:
    """A declaration as data."""
    s = w.sigma
    for kind, table in (("is", s.defs), ("root", s.roots), ("series", s.series)):
        if name in table:
            return {kind: table[name]}
    return s.letters[name] if name in s.letters else s.sorts[name]
