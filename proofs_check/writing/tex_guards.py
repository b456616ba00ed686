r"""What a fragment needs and an empty article does not have: each guarded, so that packages and the author's own win.

A package cannot be loaded after ``\begin{document}``, where fragments are pasted: without amsmath, amssymb and graphicx
these few definitions stand in for what fragments use of them.
"""

from __future__ import annotations

import re

_ENVIRONMENTS = {
    "claim": r"\newtheorem{claim}{Claim}",
    # The cells of a \halign, as \array does it: \end{align*} closes the cell that it stands in.
    "align*": r"\newenvironment{align*}{\[\vcenter\bgroup\openup1\jot\let\\=\cr"
    r"\halign\bgroup\hfil$\displaystyle{##}$&$\displaystyle{{}##}$\hfil\cr}{\crcr\egroup\egroup\]}",
}
_COMMANDS = {
    "operatorname": r"\providecommand{\operatorname}[1]{\mathop{\mathrm{#1}}\nolimits}",
    "mathbb": r"\providecommand{\mathbb}[1]{\mathbf{#1}}",
    "lesssim": r"\providecommand{\lesssim}{\preceq}",
    "gtrsim": r"\providecommand{\gtrsim}{\succeq}",
    "resizebox": r"\providecommand{\resizebox}[3]{#3}",
    "text": r"\providecommand{\text}[1]{\mbox{#1}}",
}


def guards(body: str) -> str:
    """The definitions that a fragment uses, in lines of LaTeX; empty where it uses none of them.

    Examples
    --------
    >>> print(guards(r"\\mathbb{E}"))
    \\providecommand{\\mathbb}[1]{\\mathbf{#1}}
    """
    lines = [
        rf"\ifcsname {name}\endcsname\else{made}\fi"
        for name, made in _ENVIRONMENTS.items()
        if rf"\begin{{{name}}}" in body
    ]
    lines += [made for name, made in _COMMANDS.items() if re.search(rf"\\{name}(?![A-Za-z])", body)]
    return "\n".join(lines)
