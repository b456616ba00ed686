"""What a certificate about a scaling law has to say, and whether it says it.

A law asks for the least v that is above every term, over controls that obey constraints, at the points of a polygon of
scales.  Terms and constraints are formulas with min and max.  An answer is proved by *sequents*

    hypotheses >= 0   |-   goal >= 0,

each for all values of the scales, the controls and v, such as: at the controls of the answer every term is at most the
answer's v (primal), and every v above all terms is at least the answer's (dual).  A sequent is proved by a tree.  Where
two arguments of a min or max compete, a branch assumes that their difference is >= 0, or that it is <= 0 - one of the
two always holds - or a line proves which.  In a leaf, one ``nonnegative`` line of the kernel concludes the goal, or
what is absurd, from all hypotheses that are affine there.

The kernel checks every line.  ``read`` checks that the lines are those that the sequents of this program and this
answer ask for, with no assumption that they do not grant.  Neither trusts what finds the trees (``program_proofs``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ridgeproof.errors import NotProved, ScaleError
from ridgeproof.theorems.exponents.calculus.formulas import Formula

from ..kernel import NAME
from .forms import ZERO, Expression, Form, NotAffine, Unsettled, expression, form, formula, key, minus, plus, resolve

Tree = list[Any]  # ["line", i], ["settled", i, tree], or ["split", tree where >= 0, tree where <= 0]

Sign = tuple[Form, str]  # a function and ">=" or ">": its relation to 0

ABSURD: tuple[Sign, ...] = (({"": Fraction(-1)}, ">="), ({}, ">"))  # -1 >= 0, 0 > 0: either closes a branch


class Program(NamedTuple):
    """Minimise v over the controls with v >= every term and every constraint >= 0, where every ``region`` is >= 0."""

    scales: tuple[str, ...]
    region: tuple[Form, ...]
    controls: tuple[str, ...]
    values: tuple[tuple[str, Fraction], ...]
    terms: tuple[tuple[str, Formula], ...]
    constraints: tuple[Formula, ...]
    domain: tuple[Formula, ...] = ()  # >= 0 throughout the region, or the law does not apply there
    interior: bool = False  # only where every ``region`` is > 0: a law may jump on an edge


class Answer(NamedTuple):
    """What is claimed of a program.

    ``status`` is "optimal" (the least v is ``value``, attained at ``controls``; the terms in ``balance`` are as large),
    "unbounded" (from ``controls`` along ``direction`` every term falls at least at the rate 1; without terms:
    ``controls`` are allowed), "empty" (no controls are allowed), or "outside" (``value`` of the law's domain
    conditions is <= 0 throughout the region).
    """

    status: str
    value: Form | int
    controls: tuple[tuple[str, Form], ...] = ()
    direction: tuple[tuple[str, Fraction], ...] = ()
    balance: tuple[str, ...] = ()


class Sequent(NamedTuple):
    """For all values of all names: if all of ``region`` and ``hypotheses`` have their signs, then ``goal`` >= 0."""

    about: str
    meaning: Mapping[str, Form]  # what the names in the formulas stand for
    region: tuple[Sign, ...]
    hypotheses: tuple[Formula, ...]
    goal: Formula


def fresh(program: Program, wish: str) -> str:
    """Return a name that the law does not use: the wish, or the wish with a number."""
    taken = {*program.scales, *program.controls, *(name for name, _ in program.values)}
    return next(name for name in (wish, *(f"{wish}{i}" for i in range(len(taken)))) if name not in taken)


def scalars(program: Program) -> list[str]:
    """Return the names that the kernel has to know; raises ScaleError for one that it does not accept."""
    names = [*program.scales, *program.controls, fresh(program, "v"), fresh(program, "t")]
    for name in names:
        if not NAME.match(name):
            raise ScaleError(f"the name {name!r}", where="certificates", accepted="letters, digits and _, at most 41")
    return names


def sequents(program: Program, answer: Answer) -> Iterator[Sequent]:
    """Yield what has to be proved; the first of them say that the law applies.

    Raises
    ------
    NotProved
        For an answer that is no answer to this program.
    """
    itself = {name: form(**{name: 1}) for name in (*program.scales, *program.controls, fresh(program, "v"))}
    plain = {**{name: form(value) for name, value in program.values}, **itself}
    region = tuple((of, ">" if program.interior else ">=") for of in program.region)
    if answer.status == "outside":
        if type(answer.value) is not int or not 0 <= answer.value < len(program.domain):
            raise NotProved("no such condition of the domain")
        goal = minus(Formula("number", ZERO, ()), program.domain[answer.value])
        yield Sequent("the law does not apply", plain, region, (), goal)
        return
    for condition in program.domain:
        yield Sequent("the law applies", plain, region, (), condition)
    if answer.status == "empty":
        goal = Formula("number", Fraction(-1), ())
        yield Sequent("no controls are allowed", plain, region, program.constraints, goal)
        return
    chosen = dict(answer.controls)
    if set(chosen) != set(program.controls) or any(set(of) - {*program.scales, ""} for of in chosen.values()):
        raise NotProved("the controls of the answer are not those of the law")
    if answer.status == "unbounded":
        yield from _unbounded(program, answer, region, plain, chosen)
    elif answer.status == "optimal" and not isinstance(answer.value, int):
        there = {**plain, **chosen}
        yield from _optimal(program, answer, answer.value, region, plain, there)
    else:
        raise NotProved(f"no such answer: {answer.status!r:.40}")


def _optimal(
    program: Program,
    answer: Answer,
    value: Form,
    region: tuple[Sign, ...],
    plain: Mapping[str, Form],
    there: Mapping[str, Form],
) -> Iterator[Sequent]:
    if set(value) - {*program.scales, ""} or not program.terms:
        raise NotProved("the value of the answer is no function of the scales")
    if set(answer.balance) - {name for name, _ in program.terms}:
        raise NotProved("the answer names a term that the law does not have")
    least = formula(value)
    for name, term in program.terms:
        yield Sequent(f"{name} is at most v", there, region, (), minus(least, term))
        if name in answer.balance:
            yield Sequent(f"{name} is v", there, region, (), minus(term, least))
    for constraint in program.constraints:
        yield Sequent("the controls are allowed", there, region, (), constraint)
    v = Formula("name", fresh(program, "v"), ())
    above = tuple(minus(v, term) for _, term in program.terms)
    yield Sequent("nothing does better", plain, region, above + program.constraints, minus(v, least))


def _unbounded(
    program: Program,
    answer: Answer,
    region: tuple[Sign, ...],
    plain: Mapping[str, Form],
    chosen: Mapping[str, Form],
) -> Iterator[Sequent]:
    step = dict(answer.direction)
    if isinstance(answer.value, int) or set(step) != (set(program.controls) if program.terms else set()):
        raise NotProved("the direction of the answer is not one of the controls")
    t = form(**{fresh(program, "t"): 1})
    along = {name: plus(of, t, step.get(name, ZERO)) for name, of in chosen.items()}
    ahead = (*region, (t, ">="))
    there = {**plain, **dict.fromkeys(t, t), **along}
    bound = formula(plus(answer.value, t, Fraction(-1)))
    if not program.terms:
        yield Sequent("there are no terms", there, ahead, (), Formula("number", ZERO, ()))
    for name, term in program.terms:
        yield Sequent(f"{name} falls for ever", there, ahead, (), minus(bound, term))
    for constraint in program.constraints:
        yield Sequent("the controls are allowed", there, ahead, (), constraint)


class State(NamedTuple):
    """Where a proof of a sequent stands: what was split, and the signs that this and settled differences have."""

    splits: tuple[Form, ...] = ()
    decided: Mapping[Any, int] = {}

    def learn(self, difference: Form, sign: int, *, assumed: bool) -> State:
        """Return the state in which a difference has a sign."""
        signed = plus({}, difference, Fraction(sign))
        return State((*self.splits, signed) if assumed else self.splits, {**self.decided, key(difference): sign})


def affine(tree: Formula, sequent: Sequent, state: State) -> Form | None:
    """Return a formula as an affine function, None where it is not one yet, or not at all."""
    try:
        return resolve(tree, sequent.meaning, state.decided)
    except (Unsettled, NotAffine):
        return None


def pending(sequent: Sequent, state: State) -> Form | None:
    """Return the difference that is to be settled next, None where there is none."""
    for tree in (sequent.goal, *sequent.hypotheses):
        try:
            resolve(tree, sequent.meaning, state.decided)
        except Unsettled as found:
            return found.form
        except NotAffine:
            continue
    return None


def granted(sequent: Sequent, state: State) -> list[Sign]:
    """Return what a line may assume, in the order in which it has to list it."""
    known = (affine(tree, sequent, state) for tree in sequent.hypotheses)
    rest = (*state.splits, *(of for of in known if of is not None))
    return [*sequent.region, *((of, ">=") for of in rest)]


def signs(of: Sequence[Sign]) -> list[list[Expression]]:
    """Return signs as a line of the kernel lists them."""
    return [[expression(one), relation] for one, relation in of]


def read(program: Program, answer: Answer, document: Mapping[str, Any]) -> None:
    """Check that a document, which the kernel has accepted, states this answer to this program.

    Raises
    ------
    NotProved
        Otherwise; the message names the sequent.
    """
    try:
        lines, trees = document["lines"], document["note"]["proof"]
        used: list[int] = []
        wanted = list(sequents(program, answer))
        if len(trees) != len(wanted) or document["context"] != {"scalars": scalars(program)}:
            raise NotProved("another context, or a sequent without a proof")
        for sequent, tree in zip(wanted, trees, strict=True):
            _read(sequent, State(), tree, lines, used)
        if sorted(used) != list(range(len(lines))):
            raise NotProved("a line belongs to no sequent")
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, NotProved):
            raise
        raise NotProved(f"malformed: {type(error).__name__}") from None


def _read(sequent: Sequent, state: State, tree: Any, lines: Sequence[Any], used: list[int]) -> None:
    kind = tree[0]
    if kind == "line":
        goal = affine(sequent.goal, sequent, state)
        accepted = ABSURD if goal is None else ((goal, ">="), *ABSURD)
        _conclusion(sequent, state, lines[_index(tree[1], used)], accepted)
        return
    difference = pending(sequent, state)
    if difference is None or kind not in ("settled", "split"):
        raise NotProved(f"{sequent.about}: no such branch")
    if kind == "split":
        for sign, branch in zip((1, -1), (tree[1], tree[2]), strict=True):
            _read(sequent, state.learn(difference, sign, assumed=True), branch, lines, used)
        return
    line = lines[_index(tree[1], used)]
    sign = 1 if line["expression"] == expression(difference) else -1
    _conclusion(sequent, state, line, ((plus({}, difference, Fraction(sign)), ">="),))
    _read(sequent, state.learn(difference, sign, assumed=False), tree[2], lines, used)


def _index(data: Any, used: list[int]) -> int:
    if type(data) is not int or data < 0:
        raise NotProved("no such line")
    used.append(data)
    return data


def _conclusion(sequent: Sequent, state: State, line: Mapping[str, Any], accepted: Sequence[Sign]) -> None:
    if line["rule"] != "nonnegative" or line["assume"] != signs(granted(sequent, state)):
        raise NotProved(f"{sequent.about}: a line assumes something else")
    if [line["expression"], line["relation"]] not in signs(accepted):
        raise NotProved(f"{sequent.about}: a line concludes something else")
