"""The setting and the definitions of a claim in words: truth, generators, noises, spectrum; what its names mean.

A statement stands alone only with these: two claims about E_test in different settings never look contradictory.
"""

from __future__ import annotations

import re

import sympy as sp

from .claim import Claim
from .functions import E_test, Expect, Kappa, SpectralSum, df
from .letters import Letter
from .settings import Fit, Setting
from .vocabulary import DEFINITIONS, INVERSES, MATRICES, SCALARS, T0, S, T, kappa, lam, n, s, sigma02, sigma2, w2

SPECTRA = {
    "any": "any spectrum",
    "isotropic": "isotropic inputs, S = I",
    "power-law": "a power-law spectrum, s_j = j^-beta",
}
TARGETS = {
    "any": "any truth w0",
    "isotropic": "a truth of squared norm |w0|^2 = norm2, spread evenly over the directions",
    "source": "a truth with s_j w0_j^2 = j^-(1 + 2 beta r)",
    "zero": "the truth w0 = 0, so that only noise is seen",
}


def written(expr: sp.Basic) -> str:
    """A scalar as a reader writes it: sigma_0^2 for sigma02, T^b for T**b."""
    text = sp.sstr(expr).replace("**", "^").replace("sigma02", "sigma_0^2").replace("sigma2", "sigma^2")
    text = re.sub(r"\blambda0\b", "lambda_0", text)
    return re.sub(r"(\w|\))\*(?=\w|\()", r"\1 ", text)


def _fit(fit: Fit, sizes: Setting, last: bool) -> str:
    ridge = "least squares (ridge 0, of minimum norm)" if fit.ridge == 0 else f"ridge {written(fit.ridge)}"
    noise = "no label noise" if fit.noise == 0 else f"label noise of variance {written(fit.noise)}"
    rows = f"{written(fit.samples)} {'fresh ' if not fit.same_design else ''}rows"
    labels = "of the truth" if last and not sizes.generators else "of the last generator" if last else ""
    return f"{ridge} on {rows}{' with labels ' + labels if labels else ''}, {noise}"


def setting(claim: Claim) -> str:
    """One sentence on the problem that E_test refers to; empty where a claim has no setting."""
    found = claim.setting
    if found is None:
        return ""
    infinite = found.dimension is sp.oo
    dimension = "" if found.dimension is None else f", d = {'infinity' if infinite else written(found.dimension)}"
    parts = [f"{SPECTRA[found.spectrum]}{dimension}", TARGETS[found.target]]
    for fit in found.generators:
        number = "one generator," if fit.repeat == 1 else f"{written(fit.repeat)} generators, each"
        shared = ", all on one design" if fit.same_design else ""
        parts.append(f"{number} {_fit(fit, found, False)}, labelled by the model before{shared}")
    if not found.generators:
        parts.append("no generators (clean data)")
    parts.append(f"downstream {_fit(found.downstream, found, True)}")
    return "; ".join(parts)


def definitions(claim: Claim) -> tuple[str, ...]:
    """What the names in a statement mean, one line each, in the order in which they build on each other."""
    sides = [x for e in claim.statement for x in (e.left, e.right)] + [meaning for _, meaning in claim.where]
    ridge = any(x.has(Kappa) or kappa in x.free_symbols for x in sides)
    error = any(x.has(E_test) for x in sides)
    alone = claim.setting is not None and claim.setting.target == "zero"  # noise without a truth: a factor rho
    lines = {
        "E_test is the mean of (w_hat - w0)' S (w_hat - w0): w_hat is the downstream fit, w0 the truth": error,
        "the noise floor of new labels is left out of E_test": error,
        "with w0 = 0 and this noise alone, E_test is what the generators' noise adds to the test error of any truth: "
        "rho, if its variance is 1": error and alone,
        "kappa(lambda, T) is the effective ridge of a fit: kappa - lambda = kappa df_1(kappa)/T": ridge,
        "df_m(k) = tr S^m (S + k)^-m": ridge or any(x.has(df) for x in sides),
        "a sum over j runs over the eigenvalues s_j of the covariance S; w0_j is the truth in that direction": any(
            x.has(SpectralSum) for x in sides
        ),
        "the mean is over every random letter": any(x.has(Expect) for x in sides),
    }
    return (*(line for line, needed in lines.items() if needed), *_letters(claim, sides))


_BOUND = {s, w2, kappa}  # defined by the lines above
_SET = {T, T0, n, lam, sigma2, sigma02}  # what a setting says


def _letters(claim: Claim, sides: list[sp.Basic]) -> list[str]:
    """What the letters of a statement stand for: its matrices, and the scalars that its setting does not name."""
    found = set().union(*(x.free_symbols | x.atoms(sp.MatrixSymbol) for x in sides)) - {x for x, _ in claim.where}
    todo = list(found)
    while todo:  # what they are made of: R speaks of X
        letter = todo.pop()
        parts = [table[letter] for table in (DEFINITIONS, INVERSES) if letter in table]
        new = set().union(*(x.atoms(sp.MatrixSymbol) for x in parts)) - found
        found, todo = found | new, [*todo, *new]
    has_s = S in found or any(x.has(SpectralSum, df, Kappa, E_test) for x in sides)
    skipped = _BOUND | (_SET if claim.setting is not None else set()) | (set() if has_s else {S})
    lines = {str(x): m.text for x, m in (*SCALARS.items(), *MATRICES.items()) if x in found - skipped}
    lines |= {x.name: x.text for x in found if isinstance(x, Letter)}
    return [f"{name}: {meaning}" for name, meaning in sorted(lines.items(), key=lambda pair: pair[0].lower())]
