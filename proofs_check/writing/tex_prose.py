"""Prose with small formulas in plain text as LaTeX; and `plain`, which turns any text into LaTeX that only says it."""

from __future__ import annotations

from collections.abc import Collection

from .notation import translated
from .prose import pieces

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi",
    "Ψ": "Psi", "Ω": "Omega", "ℓ": "ell", "∞": "infty", "→": "to", "≈": "approx", "≠": "ne", "×": "times",
    "·": "cdot", "∈": "in", "√": "surd", "±": "pm", "∑": "sum", "∫": "int", "−": "-", "µ": "mu", "ϵ": "epsilon",
    "⊤": "top", "∼": "sim", "≪": "ll", "≫": "gg",
}  # fmt: skip
_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\uff04": r"\$", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "–": "--", "≍": r"$\asymp$", "≥": r"$\ge$", "≤": r"$\le$",
    "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}", "\u00a0": "~", '"': r"\textquotedbl{}",
    "²": r"$^2$", "³": r"$^3$", "¹": r"$^1$", "°": r"$^\circ$", "½": "1/2", "₀": r"$_0$", "₁": r"$_1$", "₂": r"$_2$",
    **{letter: f"$\\{name}$" if name.isalpha() else f"${name}$" for letter, name in _GREEK.items()},
}  # fmt: skip


def plain(words: str) -> str:
    r"""Any text in LaTeX that pdflatex sets as it stands and obeys nowhere, also inside TikZ nodes.

    Letters of the Latin alphabets and Greek ones stay letters; what the fonts do not have, and what is no letter at
    all (control characters, reordering marks, surrogates), is written as its code, U+4E2D.

    Examples
    --------
    >>> print(plain(r"\input{secret} a$b"))
    \textbackslash{}input\{secret\} a\$b
    """
    return "".join(map(_character, words))


def _character(c: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    if " " <= c <= "~" or (c.isalpha() and c <= "\u017f" and c not in "ĦħĸĿŀŉŦŧªº"):
        return c
    return f"(U+{ord(c):04X})"


def text(words: str, labels: Collection[str] = ()) -> str:
    """Prose in LaTeX; the id of a claim among ``labels`` becomes a reference to it."""
    out: list[str] = []
    for kind, code in pieces(words):
        if kind == "formula":
            out.append(f"${translated(code)}$")
        elif kind == "id" and code in labels:
            if out[-2:] == ["claim", " "]:
                out[-1:] = [rf"~\ref{{claim:{code}}}"]
            else:
                out.append(rf"Claim~\ref{{claim:{code}}}")
        else:
            out.append(plain(code))
    return "".join(out)
