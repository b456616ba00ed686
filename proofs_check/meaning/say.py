"""What a claim says, as plain data: declarations, hypotheses, conclusions in the language of ``kernel.statements``.

Believed, and no search: every symbol becomes what the vocabulary declares it to be (by identity, not by name), every
operation the term of the same name.  What the language has no term for is refused, with what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from sympy.matrices.expressions.trace import Trace

from ridgeproof.errors import DerivationError
from ridgeproof.theorems import claim as C
from ridgeproof.theorems import vocabulary as voc
from ridgeproof.theorems.functions import E_test, Expect, Kappa, SpectralSum, TestErrorOf, df
from ridgeproof.theorems.letters import Letter
from ridgeproof.theorems.settings import Setting

from .translation import Translation

Data = Any
# Abbreviations that a statement may give to names of the vocabulary: what they mean there already.
MEANT: dict[sp.Symbol, sp.Expr] = {voc.kappa: Kappa(voc.lam, voc.T), voc.df2: df(2, voc.kappa)}
RENAMED = {voc.kappa, voc.kappa0, voc.df2}
HEADS = {
    C.Relation.EQUALITY: "=", C.Relation.EQUIVALENT: "=K", C.Relation.ORDER: "=<>=", C.Relation.ASYMPTOTIC: "~",
    C.Relation.BOUND: ">=", C.Relation.STRICT: ">",
}  # fmt: skip
PLAIN = (C.Relation.EQUALITY, C.Relation.EQUIVALENT, C.Relation.BOUND, C.Relation.STRICT)  # said without a limit
FIXED = {voc.beta, voc.r, voc.ell, voc.a, voc.b}  # what constants may depend on
# Names that an author's own scalar may not have: the vocabulary's, and those that a statement gives to what it writes.
TAKEN = {x.name for x in vars(voc).values() if isinstance(x, sp.Symbol | sp.MatrixSymbol)} | {
    x.name for x in voc.SCALARS
}
TAKEN |= {"s_j", "w2_j", "spectrum"}
OWN = re.compile(r"[xt]_*")  # the variables of roots' equations: an author's name of this kind gets one more _


# Hypotheses in words that declarations carry: rows iid, S positive definite, independent laws, the root kappa, S = I, a
# projection of rank T0 (its rank is a hypothesis of Γ), the power law.
CARRIED = {
    "the designs of all fits are independent, rows iid N(0, S), S positive definite",
    "the label noises are independent of each other and of the designs, centred, with the stated variances",
    "P is the orthogonal projection on the row space of X (T0 x d, S = I, T0 < d): a Haar projection of rank T0",
    "isotropic covariance S = I",
    "kappa = kappa(lambda, T)",
    "S is positive definite",
    "d and every T grow in proportion, the spectrum of S bounded and its law convergent",  # said by =K
    "d = infinity, s_j = j^-beta, s_j w0_j^2 = j^-(1 + 2 beta r)",
}


def unchecked(claim: C.Claim) -> list[str]:
    """Hypotheses in words that neither a condition nor a declaration carries: no proof has used them."""
    return [h.text for h in claim.hypotheses if h.condition is None and h.text not in CARRIED]


class Unsayable(DerivationError):
    """The language of statements has no term for this."""


@dataclass
class Statement:
    """Γ ⊢ φ before it is proved: declarations, what is given, and one conclusion for each equation of the claim."""

    declare: list[Data] = field(default_factory=list)
    given: list[Data] = field(default_factory=list)
    shows: list[Data] = field(default_factory=list)


def renamed(claim: C.Claim) -> list[str]:
    """Abbreviations that give a name of the vocabulary another meaning."""
    return [f"{x} = {sp.sstr(meaning)}" for x, meaning in claim.where if x in voc.SCALARS and x not in RENAMED]


def say(claim: C.Claim) -> Statement:
    """The statement of a claim.

    Raises
    ------
    Unsayable
        What has no term in the language: the relation, an operation, a symbol without a declaration.
    """
    if claim.relation not in HEADS or (claim.limit is None) != (claim.relation in PLAIN):
        raise Unsayable(f"the relation {claim.relation} is not said yet")
    if renamed(claim):
        raise Unsayable(f"names of the vocabulary are redefined: {', '.join(renamed(claim))}")
    speaker = Speaker(claim)
    speaker.limit()
    for condition in claim.conditions:
        speaker.given(claim.written_out(condition))
    for part in claim.equations:
        if isinstance(part.left, sp.MatrixExpr):
            speaker.out.shows.append(speaker.matrices(part.left, part.right))
        elif claim.relation == C.Relation.ORDER:
            terms = part.right.args if isinstance(part.right, sp.Add | sp.Max) else (part.right,)
            speaker.out.shows.append(["=<>=", speaker.scalar(part.left), [speaker.scalar(x) for x in terms]])
        elif claim.relation == C.Relation.ASYMPTOTIC and claim.limit is not None:
            x, to = claim.limit
            sides = [speaker.scalar(part.left), speaker.scalar(part.right)]
            speaker.out.shows.append(["~", *sides, speaker.symbol(x), "oo" if to == sp.oo else "0"])
        elif claim.relation in (C.Relation.BOUND, C.Relation.STRICT):
            speaker.out.shows.append([HEADS[claim.relation], speaker.side(part.right), speaker.side(part.left)])
        else:
            speaker.out.shows.append([HEADS[claim.relation], speaker.side(part.left), speaker.side(part.right)])
    said = speaker.out
    if not any(isinstance(what, dict) and {"root", "series"} & set(what) for _, what in said.declare):
        kept = {f"{x}_": x for x in speaker.own if OWN.fullmatch(x)}  # nothing else has these names
        said = Statement(*(_called(data, kept) for data in (said.declare, said.given, said.shows)))
    return said


def _called(data: Data, names: dict[str, str]) -> Data:
    """Data with names exchanged."""
    if isinstance(data, list):
        return [_called(x, names) for x in data]
    if isinstance(data, dict):
        return {key: _called(x, names) for key, x in data.items()}
    return names.get(data, data) if isinstance(data, str) else data


class Speaker:
    def __init__(self, claim: C.Claim) -> None:
        self.claim, self.out, self.names = claim, Statement(), set[str]()
        sides = sp.Tuple(*(x for e in claim.equations for x in (e.left, e.right)))
        self.spelled: dict[str, sp.MatrixSymbol] = {}
        declared = [x for x in sides.atoms(sp.MatrixSymbol) if isinstance(x, Letter)]
        settings = [*filter(None, [claim.setting]), *(e.setting for e in sides.atoms(TestErrorOf))]
        if len({(x.spectrum, x.target, x.dimension) for x in settings}) > 1:
            raise Unsayable("settings with several covariances or truths are not said yet")
        self.setting = settings[0] if settings else None
        self.letters = {x.name for x in (*declared, *voc.GAUSSIAN)}
        self.own: dict[str, sp.Symbol] = {}  # an author's numbers: what is said holds whatever they are, of their sort
        self.summand = False  # whether s and w2 are those of a sum
        self.kappas: dict[tuple[sp.Expr, sp.Expr], str] = {}
        self.slopes = {x for e in sides.atoms(sp.Derivative) for x in e.variables}

    def limit(self) -> None:
        """What the limit says of sizes: k -> 0 is said for k <= 1/2; an order for every T, whatever the scaling."""
        claim = self.claim
        if claim.limit is None:
            return
        x, to = claim.limit
        if any(c.has(x) for c in claim.conditions) or (x, to) not in ((voc.k, sp.S.Zero), (voc.T, sp.oo)):
            raise Unsayable(f"a limit of {x}, or hypotheses on what tends, are not said yet")
        if to == 0:
            self.out.given.append([">=", ["-", "1/2", self.symbol(x)], "0"])
        elif claim.relation == C.Relation.ASYMPTOTIC:
            for y, scale in claim.scaling:
                self.declare(y.name, {"is": self.scalar(scale)})

    def declare(self, name: str, what: Data) -> str:
        if name not in self.names:
            self.names.add(name)
            self.out.declare.append([name, what])
        return name

    def given(self, condition: sp.Basic) -> None:
        if isinstance(condition, sp.And):
            for part in condition.args:
                self.given(part)
            return
        heads: dict[type, str] = {sp.Eq: "=", sp.Ne: "!=", sp.Gt: ">", sp.Ge: ">=", sp.Lt: ">", sp.Le: ">="}
        head = heads.get(type(condition))
        if head is None:
            return  # it is not used
        more, less = (
            (condition.lhs, condition.rhs) if not isinstance(condition, sp.Lt | sp.Le) else condition.args[::-1]
        )
        try:
            difference = ["-", self.scalar(more), self.scalar(less)] if less != 0 else self.scalar(more)
            self.out.given.append([head, difference, "0"])
        except Unsayable:
            return  # a hypothesis that the language does not know is not used

    # scalars

    def symbol(self, x: sp.Symbol) -> str:
        if x == voc.kappa and x in self.slopes:  # what is said of a slope is said at every kappa > 0
            return self.declare("kappa", "real>0")
        if x == voc.kappa:
            return self.kappa(voc.lam, voc.T)
        if x in (voc.s, voc.w2) and self.summand:
            return x.name
        if x in (voc.s, voc.w2):  # outside of a sum: any one of them
            return self.declare(f"{x.name}_j", self.sort(x))
        if x not in voc.SCALARS and x not in (voc.Tm, voc.sigma2m):
            taken = x.name in TAKEN or x.name in self.letters or x.name.startswith("kappa")
            if taken or self.own.setdefault(x.name, x) != x:
                raise Unsayable(f"{x} is called like what the vocabulary has, or like another symbol")
            return self.declare(f"{x.name}_" if OWN.fullmatch(x.name) else x.name, self.sort(x))
        if x in (voc.phi, voc.phi0):
            return self.declare(x.name, {"is": self.scalar(voc.d / (voc.T if x == voc.phi else voc.T0))})
        if x == voc.norm2 and self.plain():
            self.letter(voc.w0)
            return self.declare("norm2", {"is": ["tr", ["w0'", "w0"]]})
        if x == voc.norm2:
            self.spectrum()
            return self.declare("norm2", {"is": ["spec", "w2"]})
        if x == voc.df2:
            return self.scalar(MEANT[x])
        if x == voc.kappa0:
            raise Unsayable(f"{x} is not said yet")
        if x == voc.r and sp.Eq(x, 1) in self.claim.conditions:
            return self.declare(x.name, {"is": "1"})
        if x in FIXED:
            return self.declare(x.name, "fixed>0" if x.is_positive else "fixed>=0")
        return self.declare(x.name, self.sort(x))

    def sort(self, x: sp.Symbol) -> str:
        """The sort that a symbol's assumptions say."""
        if not x.is_real:
            raise Unsayable(f"{x} is not assumed to be a real number")
        if x.is_integer and x.is_nonnegative:
            return "nat+" if x.is_positive else "nat"
        return "real>0" if x.is_positive else "real>=0" if x.is_nonnegative else "real"

    def plain(self) -> bool:
        """Whether the setting's covariance is the identity and nothing is known of the truth but its norm."""
        setting = self.setting
        return setting is not None and setting.spectrum == "isotropic" and setting.target in ("isotropic", "zero")

    def kappa(self, ridge: sp.Expr, samples: sp.Expr) -> str:
        """kappa(ridge, samples): the root of its equation (docs/theory.md#E1)."""
        if self.claim.relation == C.Relation.EQUIVALENT:
            return self.series(ridge, samples)
        if (ridge, samples) not in self.kappas:
            lam, T = self.scalar(ridge), self.scalar(samples)
            self.spectrum()
            self.declare("x", "real>0")
            name = "kappa" if (ridge, samples) == (voc.lam, voc.T) else f"kappa{len(self.kappas)}"
            wide = {sp.Lt(samples, voc.d), sp.Le(samples, voc.d - 2)} & set(self.claim.conditions)
            df1 = ["spec", ["/", "s", ["+", "s", "x"]]]
            if wide and (ridge == 0 or sp.Eq(ridge, 0) in self.claim.conditions):
                equation = ["=", T, df1]  # the root that is left at ridge 0
            else:
                equation = ["=", ["-", "x", lam], ["/", ["*", "x", df1], T]]
            self.kappas[ridge, samples] = self.declare(name, {"root": ["one", "x", equation]})
        return self.kappas[ridge, samples]

    def series(self, ridge: sp.Expr, samples: sp.Expr) -> str:
        """The same, as a formal series in 1/ridge."""
        if (ridge, samples) not in self.kappas:
            if not isinstance(ridge, sp.Symbol):
                raise Unsayable(f"a series in 1/({sp.sstr(ridge)}) is not said yet")
            lam, T = self.scalar(ridge), self.scalar(samples)
            self.spectrum()
            name = "kappa" if (ridge, samples) == (voc.lam, voc.T) else f"kappa{len(self.kappas)}"
            e = ["/", ["spec", ["/", "s", ["+", "s", name]]], T]
            self.kappas[ridge, samples] = self.declare(name, {"series": [lam, e]})
        return self.kappas[ridge, samples]

    def spectrum(self) -> None:
        isotropic = self.setting is not None and self.setting.spectrum == "isotropic"
        setting = self.setting
        if setting is not None and (setting.spectrum, setting.target, setting.dimension) == (
            "power-law",
            "source",
            sp.oo,
        ):
            source = 1 + 2 * voc.beta * voc.r
            self.declare("spectrum", {"power-law": [self.symbol(voc.beta), self.scalar(source)]})
            return
        power = self.setting is not None and self.setting.spectrum == "power-law"
        if power or (self.setting is not None and self.setting.target == "source"):
            raise Unsayable("power laws are not said yet")
        self.declare("spectrum", {"isotropic" if isotropic else "any": self.symbol(voc.d)})

    def scalar(self, e: sp.Expr) -> Data:
        if e == E_test and self.claim.setting is not None:
            return self.etest(self.claim.setting)
        if isinstance(e, TestErrorOf):
            return self.etest(e.setting)
        if isinstance(e, sp.Symbol):
            return self.symbol(e)
        if isinstance(e, sp.Rational):
            return str(e)
        if isinstance(e, sp.Add):
            return ["+", *map(self.scalar, e.args)]
        if isinstance(e, sp.Mul):
            out: Data = None
            for factor in sorted(e.args, key=lambda x: isinstance(x, sp.Pow) and x.exp.could_extract_minus_sign()):
                if isinstance(factor, sp.Pow) and factor.exp.could_extract_minus_sign():
                    out = ["/", "1" if out is None else out, self.scalar(factor.base ** (-factor.exp))]
                else:
                    out = self.scalar(factor) if out is None else ["*", out, self.scalar(factor)]
            return out
        if isinstance(e, sp.Pow):
            b, k = e.args
            if k.is_Integer:
                below = self.scalar(b)
                return ["^", below, int(k)] if k > 0 else ["/", "1", ["^", below, int(-k)] if k != -1 else below]
            if k.is_integer and k.is_nonnegative:
                return ["^^", self.scalar(b), self.scalar(k)]
            if k.free_symbols <= FIXED:
                return ["pow", self.scalar(b), self.scalar(k)]
        if isinstance(e, sp.log | sp.zeta | sp.gamma) and len(e.args) == 1:
            return [e.func.__name__, self.scalar(e.args[0])]
        if e == sp.pi:
            return ["pi"]
        if isinstance(e, sp.sin) and not (e.args[0] / sp.pi).has(sp.pi):
            return ["sinpi", self.scalar(e.args[0] / sp.pi)]
        if isinstance(e, SpectralSum):
            self.spectrum()
            outside, self.summand = self.summand, True
            summand = self.scalar(e.summand)
            self.summand = outside
            return ["spec", summand]
        if isinstance(e, df) and e.args[0].is_Integer:
            return self.scalar(e.doit())
        if isinstance(e, Kappa):
            return self.kappa(*e.args)
        if isinstance(e, sp.Derivative) and len(e.variables) == 1:
            return ["d", self.symbol(e.variables[0]), self.scalar(e.expr)]
        raise Unsayable(f"no term for {sp.sstr(e):.60}")

    def etest(self, setting: Setting) -> Data:
        known = (setting.spectrum, setting.target) in (
            ("any", "any"),
            ("isotropic", "isotropic"),
            ("any", "zero"),
            ("isotropic", "zero"),
        )
        if not known or setting.dimension is not None:
            raise Unsayable("E_test of this setting is not said yet")
        self.letter(voc.S)
        self.letter(voc.w0)
        fits = []
        for fit in (*setting.generators, setting.downstream):
            if (fit.same_design and fit.repeat != 1) or not isinstance(fit.samples, sp.Symbol):
                raise Unsayable("fits that share a design, or sizes that are no names, are not said yet")
            ridge, noise, times = map(self.scalar, (fit.ridge, fit.noise, fit.repeat))
            fits.append({"rows": self.symbol(fit.samples), "ridge": ridge, "noise": noise, "times": times})
        return ["Etest", {"fits": fits}]

    # traces

    def matrices(self, left: sp.MatrixExpr, right: sp.MatrixExpr) -> Data:
        """Each side as it is written: what cancels between its terms is said."""
        sides = [[c for part in sp.Add.make_args(e) for c in self.words(part)] for e in (left, right)]
        return ["mat=", *sides, [self.scalar(k) for k in left.shape]]

    def side(self, e: sp.Basic) -> Data:
        if not e.has(Trace, Expect) or e == E_test:
            return self.scalar(e)
        terms, translation = [], Translation()
        for words, c in translation.traces(e).items():
            for word in words:
                self.spell(word, translation)
            terms.append([self.scalar(c), [list(w) for w in words]])
        return ["E", terms or [["0", []]]]

    def spell(self, word: tuple[str, ...], translation: Translation) -> None:
        """Declare the letters of a word: those that its translation met, by identity."""
        met = {x.name: x for x in translation.letters}
        for token in word:
            self.letter(met[token.removesuffix("'")])

    def letter(self, x: sp.MatrixSymbol) -> str:
        if self.spelled.setdefault(x.name, x) != x:
            raise Unsayable(f"two letters have the name {x.name}")
        if x.name in self.names:
            return str(x.name)
        rows, cols = (self.scalar(k) for k in x.shape)
        what: dict[str, Data] = {"matrix": [rows, cols]}
        if x == voc.w0 and self.setting is not None and self.setting.target == "zero":
            what["is"] = []
        elif x == voc.S and self.plain():
            what |= {"symmetric": True, "is": [["1", []]]}
        elif x == voc.S:
            what["positive"] = True
        elif x in voc.SYMMETRIC:
            what["symmetric"] = True
        formula = voc.DEFINITIONS.get(x, voc.definition(x))
        if x in voc.GAUSSIAN:
            cov, var = voc.GAUSSIAN[x]
            what["gaussian"] = [None if cov is None else self.letter(cov), self.scalar(var)]
        elif x in voc.INVERSES:
            what["inverse"] = self.words(voc.INVERSES[x])
        elif formula is not None:
            what["is"] = self.words(formula)
        elif x == voc.P:
            what = {"matrix": [rows, cols], "haar": self.symbol(voc.T0)}
        elif x in voc.ROTATION_INVARIANT:
            raise Unsayable(f"{x.name} is not said yet")
        elif voc.depends(x):
            what["function"] = [self.letter(y) for y in voc.depends(x)]
        return self.declare(x.name, what)

    def words(self, formula: sp.MatrixExpr) -> Data:
        """[[c, word], ...], the multiple of the identity first."""
        translation = Translation()
        found = sorted(translation.words(formula).items(), key=lambda wc: len(wc[0]))
        for word, _ in found:
            self.spell(word, translation)
        return [[self.scalar(c), list(word)] for word, c in found]
