"""What is missing between the lines of a derivation and the claim.  Nothing here is believed: a gap only takes away.

A derivation whose lines do not end in the statement, or rest on signs, denominators or moments that the hypotheses do
not grant, is no argument for the claim; numbers cannot stand in for it.  What a claim is proved by is a sequent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import order_steps as O
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.declarations import declared
from ridgeproof.theorems.functions import E_test, Expect, Kappa, df, open_degrees
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.link import error_of
from ridgeproof.theorems.order_steps import Quantity
from ridgeproof.theorems.registry import all_claims

from ..meaning.say import MEANT, renamed
from ..witnesses.formulas import agree
from ..witnesses.matrices import misplaced_randomness
from . import conditions
from .carrying import Carried
from .lines.contexts import context_problems
from .lines.translation import Exporter

# What is missing where no rule exists yet: such a step is assumed and printed as such; the other holes are faults.
SAID = "no line says what this step concludes (no rule yet)"
UNMEANT = "no rule says that the formula is the test error of the setting"
TRANSFERRED = "the equivalent holds for sides in proportion; no rule transfers it to d = T^a"
NO_RULE = {SAID, UNMEANT, TRANSFERRED}
RANK = {sp.Lt(voc.T0, voc.d), sp.Le(voc.T0, voc.d), sp.Le(voc.T0, voc.d - 2)}  # a projection of rank T0 exists


ELSEWHERE = "the steps do not end in the statement itself"


@dataclass(frozen=True)
class Gaps:
    """What is missing, by kind: ``said``, of which ``faults`` are no steps without a rule; whether the steps reach the
    statement."""

    said: dict[str, list[str]]
    reached: bool

    @property
    def faults(self) -> tuple[str, ...]:
        """A line each; a step for which no rule exists yet is assumed, and is no fault of the argument."""
        found = [f"{what}: {x}" for what, missing in self.said.items() if what not in NO_RULE for x in missing]
        return (*found, *([] if self.reached else [ELSEWHERE]))


def gaps(claim: C.Claim, carried: Carried) -> Gaps:
    """Compare the lines of a derivation with what a claim states and supposes.

    The steps must end in the statement; what they assume - signs, nonzero denominators, moments, definitions - must
    follow from the hypotheses.
    """
    result, letters = carried.result, _declared(claim, carried.steps)
    if result is None:  # premises alone, or steps that nobody draws up: nothing to compare
        return Gaps({}, True)
    premises = tuple(s.claim for s in carried.steps if isinstance(s, C.Premise))
    loose = [misplaced_randomness(side) for part in claim.equations for side in (part.left, part.right)]
    said = {
        "the statement is no sum of expectations": [x for x in loose if x],
        "the draft's letters are not the model's": context_problems(carried.draft, letters),
        "abbreviations are not what the vocabulary means": _redefined(claim),
    } | holes(claim, carried.steps)
    ends = _ends(claim, carried)
    if all(ends):
        granted = conditions.facts(claim, carried.steps, carried.names)
        said |= {
            "hypotheses do not say that inverses and their moments exist": conditions.missing_moments(
                result["moments"], granted, letters
            ),
            "hypotheses do not exclude that a denominator vanishes": conditions.open_conditions(
                result["side_conditions"], granted
            ),
            "steps assume signs that the hypotheses do not grant": conditions.open_assumptions(carried.steps, granted),
            "hypotheses do not imply that quantities are positive": conditions.open_quantities(
                result, carried.draft, granted
            ),
            "steps use equations that are no definitions": _undefined_equations(carried.steps),
            "what stands for the test error is not that of the setting": _misread(claim, carried, granted)
            + _misnamed(claim, carried),
            f"{claim.relation} is more than follows from": _weaker(claim, premises, ends),
        }
    return Gaps({what: missing for what, missing in said.items() if missing}, all(ends))


def _declared(claim: C.Claim, steps: tuple[C.Step, ...]) -> dict[str, Letter]:
    """The letters that the claim's file declares, by name."""
    parts = [side for e in claim.equations for side in (e.left, e.right)]
    return declared(sp.Tuple(*parts, *(x for s in steps for x in s.letters())))


def holes(claim: C.Claim, steps: tuple[C.Step, ...]) -> dict[str, list[str]]:
    """Steps of a derivation whose meaning no line states, by what is missing."""
    setting = claim.setting
    power = setting is not None and setting.spectrum == "power-law"
    out: dict[str, list[str]] = {
        SAID: [s.says for s in steps if isinstance(s, C.Induction | C.UniqueRoot | C.Crossing | O.Best)],
        UNMEANT: [
            s.says for s in steps if isinstance(s, C.Algebra) and s.stands_for is not None and not _linked(claim, steps)
        ],
        TRANSFERRED: [s.says for s in steps if isinstance(s, O.Quantity) and s.name == E_test],
        "a step names what the vocabulary names otherwise": [
            str(s.name) for s in steps if isinstance(s, O.Quantity) and s.name in voc.SCALARS
        ],
        "abbreviations rename the vocabulary": renamed(claim),
        "symbols have names of the vocabulary and are others": _disguised(claim),
        "a law for power-law spectra is used for another": [
            s.says
            for s in steps
            if isinstance(s, O.PowerOrder)
            and not (power and (not s.left.has(voc.w2) or (setting is not None and setting.target == "source")))
        ],
        "no hypothesis says that a projection of that rank exists (T0 <= d)": [
            "P" for _ in (1,) if _projects(claim) and not RANK & set(claim.conditions)
        ],
        "letters of unknown law have no leading order": [
            s.says for s in steps if isinstance(s, C.LeadingTraces) and _opaque(s)
        ],
    }
    return {what: found for what, found in out.items() if found}


def _linked(claim: C.Claim, steps: tuple[C.Step, ...]) -> bool:
    """Whether the links of the fits, and premises that prove them, say what the test error is."""
    if claim.relation != C.Relation.EQUIVALENT or claim.setting is None:
        return False
    if error_of(claim.setting, lambda f: f.ridge == 0) is None:
        return False
    rests = {s.claim for s in steps if isinstance(s, C.Premise)}
    own = {c.id: c for c in all_claims() if c.id in rests}
    through = any(
        any(e.left == E_test for e in c.equations) and c.relation == C.Relation.EQUIVALENT for c in own.values()
    )
    return through or {"one-fit", "kappa-from-resolvent"} <= rests


def _disguised(claim: C.Claim) -> list[str]:
    """Symbols of a statement that are called like one of the vocabulary's without being it."""
    known = {x.name: x for x in voc.SCALARS}
    sides = [*(x for e in claim.equations for x in (e.left, e.right)), *claim.conditions]
    used = {x for side in sides for x in side.free_symbols if isinstance(x, sp.Symbol)}
    return sorted(x.name for x in used if known.get(x.name, x) != x)


def _projects(claim: C.Claim) -> bool:
    """Whether a statement speaks of the projection P, which has rank T0."""
    return any(x.has(voc.P) for e in claim.equations for x in (e.left, e.right))


def _opaque(step: C.LeadingTraces) -> list[str]:
    """Letters of which only what they are functions of is known, or that rotate."""
    parts = [step.left, step.right, *(h.word for h in step.by if not isinstance(h, C.Lemma) and h.word is not None)]
    letters = set().union(*(p.atoms(sp.MatrixSymbol) for p in parts))
    return sorted(x.name for x in letters if voc.depends(x) or x in voc.ROTATION_INVARIANT)


def _undefined_equations(steps: tuple[C.Step, ...]) -> list[str]:
    """Equations that a step takes for granted, other than the one that defines kappa."""
    definition = sp.expand(open_degrees(voc.kappa - voc.lam - voc.kappa * df(1, voc.kappa) / voc.T))
    used = [pair for s in steps for pair in s.equations()]
    return [
        f"{sp.sstr(x)} = {sp.sstr(y)}"
        for x, y in used
        if sp.expand(open_degrees(x - y)) not in (definition, -definition)
    ]


def _redefined(claim: C.Claim) -> list[str]:
    """Abbreviations of a statement that give another meaning to a symbol of which certificates know the meaning."""
    return [f"{x} = {sp.sstr(m)}" for x, m in claim.where if x in MEANT and open_degrees(m - MEANT[x]) != 0]


def _misread(claim: C.Claim, carried: Carried, granted: conditions.Facts) -> list[str]:
    """Steps that say of an equivalent that it stands for E_test, though the links of the setting's fits are another.

    Either a certified step shows that the links, applied in turn, are what the step ends in, or a premise says that its
    left side is the test error of this setting with any covariance.  Where the setting's fits cannot be applied in turn
    (a symbolic number of them, one design for several) the step's own words have to be believed.
    """
    steps = [s for s in carried.steps if isinstance(s, C.Algebra) and s.stands_for == E_test]
    setting, written = claim.setting, carried.claim.written_out
    if claim.relation != C.Relation.EQUIVALENT or setting is None or not steps:
        return []
    meant = error_of(setting, lambda f: f.ridge == 0 and conditions.grants(sp.Ge(f.samples, voc.d), granted))
    if meant is None:
        return []
    certified = [(written(e.left), written(e.right)) for s in carried.steps if s.certified for e in s.conclusions()]
    rests = {s.claim for s in carried.steps if isinstance(s, C.Premise)}
    known = [
        open_degrees(e.right)
        for c in all_claims()
        if c.id in rests and c.setting is not None and replace(c.setting, spectrum=setting.spectrum) == setting
        for e in c.equations
        if e.left == E_test
    ]
    return [
        s.says
        for s in steps
        if not any(same(x, meant) and same(y, written(s.right)) for x, y in certified)
        and open_degrees(written(s.left)) not in known
    ]


def _misnamed(claim: C.Claim, carried: Carried) -> list[str]:
    """Steps that name as E_test what differs at a point from the links of the setting's fits, applied in turn.

    The fits are taken with their sizes as symbols of their own, one, two and three generators for a symbolic number.
    """
    setting, wrong = claim.setting, []
    for step in carried.steps:
        if not isinstance(step, Quantity) or step.name != E_test:
            continue
        value = carried.claim.written_out(step.value).xreplace({voc.kappa: Kappa(voc.lam, voc.T)})
        if setting is None or len(setting.generators) > 1 or any(g.same_design for g in setting.generators):
            wrong.append(step.says)
            continue
        last = replace(setting.downstream, samples=voc.T, ridge=voc.lam)
        for number in (1, 2, 3) if setting.generators else (0,):
            fits = tuple(replace(g, samples=voc.T0, repeat=sp.Integer(number)) for g in setting.generators)
            meant = error_of(replace(setting, generators=fits, downstream=last), lambda f: f.ridge == 0)
            here = value.xreplace({g.repeat: sp.Integer(number) for g in setting.generators})
            if meant is None or not agree(here, meant):
                wrong.append(step.says)
    return wrong


_EXACT = {C.Relation.EQUALITY}
_LEADING = _EXACT | {C.Relation.EQUIVALENT, C.Relation.ASYMPTOTIC}
ENOUGH: dict[C.Relation, set[C.Relation]] = {  # what a last step may conclude, for a claim of each relation
    C.Relation.EQUALITY: _EXACT,
    C.Relation.BOUND: _EXACT | {C.Relation.BOUND},
    C.Relation.STRICT: set(),  # no rule concludes it
    C.Relation.EQUIVALENT: _LEADING,
    C.Relation.ASYMPTOTIC: _LEADING,
    C.Relation.AT_MOST: _LEADING | {C.Relation.BOUND, C.Relation.AT_MOST},
    C.Relation.ORDER: _LEADING | {C.Relation.ORDER},
    C.Relation.ORDER_AT_MOST: _LEADING | {C.Relation.ORDER, C.Relation.BOUND, C.Relation.AT_MOST},
    C.Relation.NEGLIGIBLE: {C.Relation.NEGLIGIBLE},
    C.Relation.OPTIMUM: _EXACT | {C.Relation.OPTIMUM},
}


def _weaker(claim: C.Claim, premises: tuple[str, ...], ends: list[list[C.Step]]) -> list[str]:
    """Premises and last steps that say less than the claim: an equality does not follow from an equivalent."""
    said = {c.id: c.relation for c in all_claims()}
    # Others may use a weaker one as a bound.
    exact = claim.relation in (C.Relation.EQUALITY, C.Relation.BOUND, C.Relation.STRICT)
    sharp = _EXACT | {C.Relation.BOUND, C.Relation.OPTIMUM}
    found = [f"{p} ({said[p]})" for p in premises if exact and p in said and said[p] not in sharp]
    weak = [steps[0].rule for steps in ends if all(s.concludes not in ENOUGH[claim.relation] for s in steps)]
    return found + [f"the rule {rule}" for rule in dict.fromkeys(weak)]


def _ends(claim: C.Claim, carried: Carried) -> list[list[C.Step]]:
    """For every equation of the statement the certified steps that conclude it, letter for letter."""
    isotropic = claim.setting is not None and claim.setting.spectrum == "isotropic"
    general = (s for s in carried.steps if isotropic or not (isinstance(s, C.Algebra) and s.isotropic is not None))
    written = carried.claim.written_out
    concluded = [(s, written(e.left), written(e.right)) for s in general if s.certified for e in s.conclusions()]
    ends = [[s for s, x, y in concluded if same(part.left, x) and same(part.right, y)] for part in claim.equations]
    if claim.relation == C.Relation.BOUND:  # right - left >= 0
        signs = [(s, written(s.expression)) for s in carried.steps if isinstance(s, C.Sign)]
        for part, found in zip(claim.equations, ends, strict=True):
            found += [s for s, e in signs if sp.expand(e - part.right + part.left) == 0]
    return ends


def same(x: sp.Basic, y: sp.Basic) -> bool:
    if x == y:
        return True
    if isinstance(x, sp.MatrixExpr) or isinstance(y, sp.MatrixExpr):
        return False
    if x.has(Expect) and y.has(Expect):  # as polynomials in traces of words
        try:
            return not Exporter().traces(x - y)
        except DerivationError:
            return False
    return open_degrees(x.doit()) == open_degrees(y.doit()) if x.has(sp.Derivative) else False
