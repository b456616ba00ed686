"""How a source is written: the paper with the version whose numbering is meant, and the place in our own document.

"arXiv 2402.07712v1, Theorem 2 (v2: Eq. (13), Thm 4.6 (23)); docs/theory.md#E3" has the aliases "v1 Theorem 2",
"v2 Eq. (13)" and "v2 Theorem 4.6 (23)", by which people look for a claim.
"""

from __future__ import annotations

import re

PAPER = "arXiv 2402.07712"
V1 = f"{PAPER}v1"  # Theorems 1 to 3, Corollary 1
V2 = f"{PAPER}v2"  # 30 April 2024: Theorem 4.1 to Corollary 5.3
THEORY = "docs/theory.md"  # THEORY#E3: every result has an anchor there

_WORDS = {
    "Theorem": r"Theorems?|Thms?\.?",
    "Corollary": r"Corollary|Cor\.?",
    "Proposition": r"Proposition|Prop\.?",
    "Lemma": r"Lemmas?|Lem\.?",
    "Remark": r"Remark|Rem\.?",
    "Section": r"Sections?|Sec\.?",
    "Eq.": r"Equations?|Eqs?\.?",
}
_NUMBER = r"(?:[A-Z]\.)?\d+(?:\.\d+)*(?: \(\d+\))?"
_REFERENCE = re.compile(
    rf"\b(?P<word>{'|'.join(_WORDS)}) (?P<number>{_NUMBER}|[A-C]\.\d+|\(\d+\)(?:-\(\d+\))?)"
    rf"|(?P<version>\bv[12]\b)|(?P<bare>\(\d+\)(?:-\(\d+\))?)"
)


def normal(text: str) -> str:
    """A text in which "Thm 4.6", "Theorem 4.6" and "theorem 4.6" read the same.

    >>> normal("thm 4.6")
    'Theorem 4.6'
    """
    for word, written in _WORDS.items():
        text = re.sub(rf"\b(?:{written})(?= ?[(\dA-C])\s?", f"{word} ", text, flags=re.IGNORECASE)
    return " ".join(text.split())


def paper(source: str) -> str | None:
    """The arXiv number of the paper that a source names first, without its version.

    >>> paper("arXiv 2402.07712v2, Lemma C.2; docs/theory.md#E1")
    '2402.07712'
    """
    found = re.search(r"arXiv (\d{4}\.\d{4,5})", source)
    return found[1] if found else None


def aliases(source: str) -> tuple[str, ...]:
    """The numbers by which the paper knows a claim, each with its version.

    >>> aliases("arXiv 2402.07712v1, Theorem 2 (v2: Eq. (13), Thm 4.6 (23)); docs/theory.md#E3")
    ('v1 Theorem 2', 'v2 Eq. (13)', 'v2 Theorem 4.6 (23)')
    """
    found: list[str] = []
    version = word = ""
    text = normal(re.sub(r"(\d{4}\.\d{4,5})(v\d)", r"\1 \2", source.split("; docs/")[0]))
    for m in _REFERENCE.finditer(text):
        if m["version"]:
            version, word = m["version"], ""
        elif version and m["word"]:
            word = m["word"]
            found.append(f"{version} {word} {m['number']}")
        elif (version and word == "Eq." and m["bare"]) or (version and m["bare"]):  # Eqs. (9)-(11), (13)
            found.append(f"{version} Eq. {m['bare']}")
    return tuple(dict.fromkeys(found))


def mentions(text: str, query: str) -> bool:
    """Whether a text has the words of a query, numbers whole: "Theorem 4" is not found in "Theorem 4.6"."""
    wanted, read = normal(query).lower(), normal(text).lower()
    return bool(wanted) and re.search(rf"(?<![\w.]){re.escape(wanted)}(?!\w|\.\d)", read) is not None
