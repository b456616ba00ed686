"""Normal forms as terms again."""


def poly_term(terms, p):
    """A polynomial in atoms as a term."""
    if not p:
        return "0"
    return [
        "+",
        "0",
        *(["*", str(c), *(["^", atom_term(terms, x), e] for x, e in m)] if m else str(c) for m, c in p.items()),
    ]


def atom_term(terms, x):
    """What an atom stands for, as a term."""
    kind, data = terms.opaque.get(x, ("", x))
    if kind == "E":
        return ["E", [["1", [list(v) for v in data]]]]
    return ["tr", list(data[0])] if kind == "tr" else ["spec", data] if kind == "spec" else data


def term_of(terms, r):
    """A normal form as a term."""
    out = poly_term(terms, r.num)
    for f, e in r.den.items():
        out = ["/", out, ["^", poly_term(terms, dict(f)), e]]
    return out
