"""Prose with small formulas in plain text (sigma_0^2, T0 >= d + 2, E tr(A P)): where they are, and what they say.

Words stay words; a run of letters, numbers, signs and brackets in between that holds a letter or a relation is a
formula.  An article is no letter: ``a`` is one only next to a sign.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_GREEK = ("alpha", "beta", "gamma", "kappa", "lambda", "sigma", "phi", "rho", "nu")
_NAMES = {name: rf"\{name}" for name in _GREEK} | {
    "ell": r"\ell", "infinity": r"\infty", "rbar": r"\bar r", "rb": r"\bar r", "Sh": r"\widehat\Sigma", "S": r"\Sigma",
    "w_hat": r"\widehat w", "E_test": r"E_{\mathrm{test}}", "df": r"\operatorname{df}", "tr": r"\operatorname{tr}",
    "log": r"\log", "min": r"\min", "max": r"\max", "Gamma": r"\Gamma", "zeta": r"\zeta",
    "SNR": r"\mathrm{SNR}",
    "sigma2": r"{\sigma^2}", "sigma02": r"{\sigma_0^2}",
    "norm2": r"{\|w_0\|^2}", "w2": "{w^2}", "df2": r"{\mathrm{df}_2}", "Sinv": r"{\Sigma^{-1}}", "Winv": "{W^{-1}}",
    "W0inv": "{W_0^{-1}}", "Gp": r"{(X^\top X)^{+}}", "Ginv": r"{(XX^\top)^{-1}}",
    "C0inv": r"{(X_0X_0^\top)^{-1}}", "X0p": "{X_0^{+}}", "ws": r"\widehat w", "wP": "w",
}  # fmt: skip
_SIGNS = {
    ">=": r"\ge", "<=": r"\le", "->": r"\to", "<<": r"\ll", ">>": r"\gg", "!=": r"\ne", "~": r"\sim", "...": r"\dots",
    "+-": r"\pm ",
    "<": "<", ">": ">", "=": "=", "+": "+", "-": "-", "/": "/", "*": r"\,",
}  # fmt: skip
_RELATIONS = {">=", "<=", "->", "<<", ">>", "!=", "<", ">"}
_TEX = frozenset('\\$#%&_~"')  # obeyed by TeX, and part of no formula in plain text
_SCALARS = {"a", "b", "c", "k", "r", "t", "z", *_GREEK}
_FUNCTIONS = {"tr", "log", "min", "max", "Gamma", "zeta", "df"}
_TOKEN = re.compile(
    r"(?P<id>[A-Za-z0-9]{2,}(?:-[A-Za-z]{2,})+(?:-[A-Za-z0-9]+)*)"  # a hyphenated word, or the id of a claim
    r"|(?P<name>(?:w_hat|E_test)(?![A-Za-z]))"
    r"|(?P<numbered>[A-Z]\.[0-9]+(?:\.[0-9]+)*|(?<=Fig\. )[0-9]+\([a-z]\))"  # Lemma A.2, Fig. 3(b)
    r"|(?P<letter>(?:" + "|".join(sorted((*_NAMES, *_FUNCTIONS), key=len, reverse=True)) + r"|sum(?=_)|[A-Za-z]))"
    r"(?P<sub>(?:0?_(?:\{[A-Za-z0-9 ,+*/=-]*\}|[A-Za-z0-9]+)|0(?![0-9]|\.[0-9])"
    r"|\[(?:[imn](?: ?\+ ?1)?|0)\]))?(?![A-Za-z0-9])"  # E[m], w[m+1]
    r"|(?P<pair>[A-Z]{2}|[dm]T)(?![A-Za-z0-9])"
    r"|(?P<word>[A-Za-z][A-Za-z0-9'’]*(?:\.(?=\s|$))?|[0-9]+'s)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)"
    r"|(?P<sign>\+-|>=|<=|->|<<|>>|!=|\.\.\.|[-+=<>~/*])"
    r"|(?P<open>[(\[{]|\|(?:_S(?![A-Za-z0-9]))?)|(?P<close>[)\]}])|(?P<up>\^)|(?P<prime>')|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_KINDS = {"numbered": "word"}


class Piece(NamedTuple):
    """A part of a sentence: ``words``, a ``formula``, or an ``id``."""

    kind: str
    code: str


class _Token(NamedTuple):
    kind: str
    code: str
    sub: str = ""


def pieces(words: str) -> list[Piece]:
    """Prose as words, formulas (in LaTeX, the vocabulary's letters) and hyphenated words, which may name a claim."""
    tokens = [
        _Token("letter" if m["sub"] is not None else _KINDS.get(kind := str(m.lastgroup), kind), m[0], m["sub"] or "")
        for m in _TOKEN.finditer(words)
    ]
    out: list[Piece] = []
    at = 0
    while at < len(tokens):
        end = _run(tokens, at)
        if end > at and _harmless(tokens[at:end]):
            out.append(Piece("formula", _formula(tokens[at:end])))
            at = end
            continue
        token = tokens[at]
        dash = token.code == "-" and _kind(tokens, at - 1) == _kind(tokens, at + 1) == "space"
        out.append(Piece("id" if token.kind == "id" else "words", "–" if dash else token.code))
        at += 1
    return out


def _harmless(run: list[_Token]) -> bool:
    """Whether a run of tokens says nothing to TeX but what a formula says: users write words, TeX reads code."""
    doubled = any(a.kind == b.kind == "up" for a, b in pairwise(run))
    return not doubled and not any(
        token.kind == "other" and (token.code in _TEX or not " " <= token.code <= "~") for token in run
    )


def _run(tokens: list[_Token], start: int) -> int:
    """Where the formula ends that begins at ``start``; ``start`` itself where none does."""
    if start and tokens[start - 1].kind in ("letter", "number", "up"):
        return start
    at, end, sure = start, start, False
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "open":
            close = _closing(tokens, at)
            if close is None:
                break
            sure = sure or any(t.kind == "letter" for t in tokens[at:close])
            at = end = close
            continue
        if not _belongs(tokens, at):
            break
        sure = sure or token.kind in ("letter", "pair", "name", "up") or token.code in _RELATIONS
        at += 1
        if token.kind != "space":
            end = at
    while end > start and tokens[end - 1].kind == "sign" and tokens[end - 1].code in "+-/~=":
        if end - start > 1 and tokens[end - 2].kind != "space" and tokens[end - 1].code == "+":
            break  # 0+, X+
        end -= 1
    while end > start and tokens[end - 1].kind == "space":
        end -= 1
    return end if sure and tokens[start].kind != "space" else start


def _belongs(tokens: list[_Token], at: int) -> bool:
    """Whether a token that is no bracket can stand in a formula."""
    token, before, after = tokens[at], _kind(tokens, at - 1), _kind(tokens, at + 1)
    if token.kind == "word":
        return before == "up" or (before == "sign" and _kind(tokens, at - 2) == "up")  # T^-rate
    if token.kind == "letter":
        return not _article(tokens, at)
    if token.code == "-":
        return before == "up" or not {before, after} & {"word", "id"}  # else a hyphen
    if token.code == ".":
        return before in ("letter", "close") and after in ("letter", "open")  # w0.w
    return token.kind in ("pair", "number", "sign", "up", "prime", "space", "name")


def _bar(token: _Token) -> bool:
    """Whether a token is a bar of a norm: ``|``, or ``|_S`` behind it."""
    return token.kind == "open" and token.code.startswith("|")


def _of_number(tokens: list[_Token], at: int) -> bool:
    """Whether a bar is one of two around a scalar's letter alone, such as |c|."""
    around = (tokens[at : at + 3], tokens[max(at - 2, 0) : at + 1])
    return any(len(x) == 3 and x[1].code in _SCALARS and x[0].code == x[2].code == "|" for x in around)


def _kind(tokens: list[_Token], at: int) -> str:
    return tokens[at].kind if 0 <= at < len(tokens) else ""


def _article(tokens: list[_Token], at: int) -> bool:
    """Whether an ``a`` is the word: no sign stands next to it, and no power or bracket belongs to it."""
    if tokens[at].code not in ("a", "A") or (at + 1 < len(tokens) and tokens[at + 1].code == ":"):
        return False
    near = [t for t in (_beside(tokens, at, -1), _beside(tokens, at, 1)) if t is not None]
    if any(t.kind in ("sign", "up") for t in near):
        return False
    after, before = _beside(tokens, at, 1), _beside(tokens, at, -1)
    if tokens[at].code == "A":
        return before is None and after is not None and after.kind in ("word", "id")
    following = [t for t in tokens[at + 1 : at + 5] if t.kind != "space"]
    return not (len(following) > 1 and following[0].kind == "letter" and following[1].kind == "sign")


def _beside(tokens: list[_Token], at: int, step: int) -> _Token | None:
    at += step
    while 0 <= at < len(tokens) and tokens[at].kind == "space":
        at += step
    return tokens[at] if 0 <= at < len(tokens) else None


def _closing(tokens: list[_Token], start: int) -> int | None:
    """Where the bracket ends that opens at ``start``, if what it holds is a formula."""
    if _bar(tokens[start]):
        for at in range(start + 1, len(tokens)):
            if _bar(tokens[at]):
                return at + 1
            if tokens[at].kind in ("word", "id", "other"):
                return None
        return None
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if _bar(token):
            continue
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0:
            return at + 1
        if token.kind in ("word", "id") and token.code not in _NAMES:
            return None
        if token.kind == "other" and token.code not in ",.":
            return None
        if token.code == "," and any(t.code in (*_RELATIONS, "=") for t in tokens[start:at]):
            return None  # a list of conditions
    return None


def _formula(tokens: list[_Token]) -> str:
    """The tokens of one formula in LaTeX."""
    out, at = [], 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "up":
            raised, at = _raised(tokens, at + 1)
            out.append(f"^{{{raised}}}")
            continue
        if _bar(token):
            out.append(r"\|_{\Sigma}" if token.code == "|_S" else "|" if _of_number(tokens, at) else r"\|")
        elif token.kind in ("letter", "name"):
            out.append(_letter(tokens, at))
        elif token.kind == "prime":
            before = out[-1].strip() if out else ""
            out.append("'" if before in ("M", "m") else r"^{\top}")
        elif token.kind == "sign":
            out.append(_sign(tokens, at))
        elif token.kind in ("open", "close"):
            out.append("\\" + token.code if token.code in "{}" else token.code)
        elif token.code == ".":
            out.append(r" \cdot ")
        elif token.kind == "number" and "e" in token.code:  # 3e-06
            digits, _, power = token.code.partition("e")
            out.append(("" if digits == "1" else rf"{digits} \cdot ") + f"10^{{{int(power)}}}")
        elif token.code == ",":
            out.append(", ")
        else:
            out.append(r"\mathrm{d}T" if token.code == "dT" else token.code)
        at += 1
    code = re.sub(r" +", " ", "".join(out))
    return re.sub(r"(?<=[^\\]) (?=[,()^/\]|])", "", code).strip()


def _letter(tokens: list[_Token], at: int) -> str:
    code, sub = tokens[at].code, tokens[at].sub
    name = code[: len(code) - len(sub)] if sub else code
    letter = r"\sum" if name == "sum" else _NAMES.get(name, name)
    if code == "E" and not (at and tokens[at - 1].kind == "prime") and _averages(tokens, at):
        letter = r"\mathbb{E}"
    if code == "R" and _kind(tokens, at + 1) == "up" and tokens[at + 2].code in ("d", "T0"):
        return r"\mathbb{R}"
    if code == "d" and _differential(tokens, at):
        return r"\mathrm{d}"
    if code == "x" and _kind(tokens, at - 1) == _kind(tokens, at + 1) == "space":
        return r"\times "
    if sub.startswith("0_"):
        sub = "0," + sub[2:]
    sub = sub.removeprefix("_").strip("{}[]")  # E[m] is the letter of generation m, as in the vocabulary
    if len(sub) > 3 and sub.isalpha():  # a word
        sub = rf"\mathrm{{{sub}}}"
    return f"{letter}_{{{sub}}}" if sub else letter + " "


def _differential(tokens: list[_Token], at: int) -> bool:
    """Whether a d makes the differential of a Greek letter, as in d lambda/d kappa."""
    following = _beside(tokens, at, 1)
    return following is not None and following.code in _GREEK


def _averages(tokens: list[_Token], at: int) -> bool:
    """Whether an E is the expectation of what follows."""
    following = _beside(tokens, at, 1)
    return following is not None and (following.kind in ("letter", "pair") or following.code in ("|", "["))


def _sign(tokens: list[_Token], at: int) -> str:
    code = tokens[at].code
    attached = at > 0 and tokens[at - 1].kind in ("letter", "number", "close")
    if attached and _kind(tokens, at + 1) in ("", "space", "close", "open", "other"):
        if code == "*":
            return r"_{\star}"
        if code == "+":
            return "^{+}"
    return _SIGNS[code]


def _raised(tokens: list[_Token], at: int) -> tuple[str, int]:
    """An exponent, and where it ends: a sign, then a bracket, a letter or a number; or a sign or a star alone."""
    sign = ""
    if _kind(tokens, at) == "sign":
        sign, at = tokens[at].code, at + 1
        if sign in "+*" or at >= len(tokens) or tokens[at].kind in ("space", "other"):
            return {"*": r"\star"}.get(sign, sign), at
    if _kind(tokens, at) == "open":
        end = _closing(tokens, at)
        if end is not None:
            inside = _formula(tokens[at + 1 : end - 1])
            return (f"-({inside})" if sign and re.search(r"[+-]", inside[1:]) else sign + inside), end
    if _kind(tokens, at) == "word":
        return rf"{sign}\mathrm{{{tokens[at].code}}}", at + 1
    starred = at + 1 < len(tokens) and tokens[at + 1].code == "*" and _sign(tokens, at + 1) != _SIGNS["*"]
    end = at + 1 + starred
    return sign + _formula(tokens[at:end]), end
