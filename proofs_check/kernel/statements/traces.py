"""Rules about expectations of products of traces: defining equations, integration by parts, lemmas, renaming."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .back import term_of
from .logic import flat
from .ratio import Ratio, need, number
from .sequent import Line, Sequent, World
from .sigma import Data, Sigma, Word, base
from .terms import Terms

Traced = list[tuple[Word, str]]  # words under a trace, with the side of the empty one
Turn = tuple[Data, Word, bool, Word]  # a coefficient, what stands before, whether it is turned, what stands after


def written(w: World, terms: Iterable[Any]) -> Data:
    """[[c, [(word, side of the empty word), ...]], ...] as a term E: empty words become sides."""
    out = []
    for c, words in terms:
        sides = [side for word, side in words if not word and side != "1"]
        out.append([["*", "1", c, *sides], [list(word) for word, _ in words if word]])
    return ["E", out]


def inverse(w: World, line: Line) -> Sequent:
    """E tr((p Z - 1) b) prod tr(others) = 0, or with Z p."""
    z, side, after, others = flat(line, "letter", "side", "after", "others")
    sigma = w.sigma
    need("inverse" in sigma.letters.get(z, {}), f"{z} is no inverse")
    n = sigma.letters[z]["matrix"][0]
    b, rest = sigma.word(after, n, n), pairs(w, others)
    need(side in ("left", "right"), "side: left or right")
    terms = [
        [c, [((*word, z, *b) if side == "right" else (z, *word, *b), n), *rest]]
        for c, word in sigma.letters[z]["inverse"]
    ]
    shows = ["=", written(w, terms), written(w, [["1", [(b, n), *rest]]])]
    return w.conclude(shows, sigma.exist(((z,),)), [])


def haar(w: World, line: Line) -> Sequent:
    """E tr(P P b) .. = E tr(P b) ..; without b: tr P = r."""
    p, after, others = flat(line, "letter", "after", "others")
    spec, rest = w.sigma.letters.get(p, {}), pairs(w, others)
    need("haar" in spec, f"{p} is no haar projection")
    n = spec["matrix"][0]
    if after is None:
        return w.conclude(["=", written(w, [["1", [((p,), n), *rest]]]), written(w, [[spec["haar"], rest]])], [], [])
    b = w.sigma.word(after, n, n)
    return w.conclude(
        ["=", written(w, [["1", [((p, p, *b), n), *rest]]]), written(w, [["1", [((p, *b), n), *rest]]])], [], []
    )


def pairs(w: World, others: Iterable[Data]) -> list[tuple[Word, str]]:
    words = [w.sigma.word(o) for o in others]
    need(all(words), "an empty trace among the others")
    return [(v, w.sigma.side(v[0], 0)) for v in words]


def occurrences(w: World, word: Word, x: str) -> Iterator[Turn]:
    """d(word)/dX as [c, left, transposed?, right]; an inverse is made of letters above it."""
    sigma = w.sigma
    for i, t in enumerate(word):
        name, left, right = base(t), word[:i], word[i + 1 :]
        if x not in sigma.sources[name]:
            continue
        if name == x:
            yield "1", left, t.endswith("'"), right
            continue
        need("inverse" in sigma.letters[name], f"no derivative is known of {name}")
        for c, inner in sigma.letters[name]["inverse"]:
            piece = sigma.transpose(tuple(inner)) if t.endswith("'") else tuple(inner)
            for c2, l2, flag, r2 in occurrences(w, piece, x):
                yield ["*", "-1", c, c2], (*left, t, *l2), flag, (*r2, t, *right)


def stein(w: World, line: Line) -> Sequent:
    """E tr(X'F) prod tr(G) = v E sum_ia sum_b C_ab d/dX_ib (F_ia prod tr(G))."""
    x, data, others = flat(line, "letter", "word", "others")
    sigma = w.sigma
    need("gaussian" in sigma.letters.get(x, {}), f"{x} is no Gaussian letter")
    rows, cols = sigma.letters[x]["matrix"]
    (word, only), *more = sigma.written(sigma.word(data, rows, cols))
    need(not more and only.constant() == 1 and word, "write the word in letters without `is`")
    rest = pairs(w, others)
    cov, var = sigma.letters[x]["gaussian"]
    terms = by_parts(w, word, rest, () if cov is None else (cov,), lambda v: occurrences(w, v, x))
    left = written(w, [["1", [((sigma.flip(x), *word), cols), *rest]]])
    return w.conclude(["=", left, written(w, [[["*", var, k], ws] for k, ws in terms])], [], [], ["stein"])


def by_parts(
    w: World, word: Word, rest: Traced, c: Word, turns: Callable[[Word], Iterator[Turn]]
) -> Iterator[tuple[Data, Traced]]:
    """sum_ia sum_b C_ab D_ib (F_ia prod tr(G)); ``turns`` says what D_ib makes of a word.

    It gives k (left) e_i e_b' (right), or e_b e_i' in the middle if flipped.
    """
    sigma, rows, cols = w.sigma, w.sigma.side(word[0], 0), w.sigma.side(word[-1], 1)
    for k, left, flipped, right in turns(word):
        one = [((*left, *c, *sigma.transpose(right)), rows)] if flipped else [(left, rows), ((*right, *c), cols)]
        yield k, one + rest
    for i, (other, _) in enumerate(rest):
        for k, left, flipped, right in turns(other):
            turn = sigma.transpose(right + left) if flipped else right + left
            yield k, [((*word, *c, *turn), rows), *rest[:i], *rest[i + 1 :]]


def loop(w: World, line: Line) -> Sequent:
    """E sum_ab d/dK_ab (F_ab prod tr(G)) = 0, K_ab = e_a e_b' - e_b e_a', dP = K P - P K.

    Sound: P and Q'PQ have one law for every rotation Q = exp(t K), all else in the line is independent of P or made of
    it; E of anything bounded in P does not move with t.  [rotation]
    """
    p, data, others = flat(line, "letter", "word", "others")
    sigma = w.sigma
    need("haar" in sigma.letters.get(p, {}), f"{p} is no haar projection")
    n = sigma.letters[p]["matrix"][0]
    word = sigma.word(data, n, n)
    need(word, "no word")

    def turns(v: Word) -> Iterator[Turn]:
        for i, t in enumerate(v):
            need(t == p or p not in sigma.sources[base(t)], f"no derivative is known of {t}")
            for k, at in (("1", i), ("-1", i + 1)) if t == p else ():
                yield k, v[:at], False, v[at:]
                yield ["*", "-1", k], v[:at], True, v[at:]

    terms = by_parts(w, word, pairs(w, others), (), turns)
    return w.conclude(["=", written(w, [[k, ws] for k, ws in terms]), "0"], [], [], ["rotation"])


def word(w: World, line: Line) -> Sequent:
    """left = right, matrices: left - right = sum c a g b, g = 0 a defining equation (Z p = 1, p Z = 1, P P = P)."""
    shows, by = flat(line, "shows", "by")
    need(shows[0] == "mat=", "word concludes an equation of matrices")
    sigma, terms = w.sigma, w.terms
    rest, (rows, cols), hyps = w.words(shows), shows[3], []
    for c, before, letter, side, after in by:
        n = sigma.letters.get(letter, {}).get("matrix", [None])[0]
        a, b, k = sigma.word(before, rows, n), sigma.word(after, n, cols), -terms.norm(c)
        rest += [(u, k * x * y) for v, x in null(w, letter, side) for u, y in sigma.written((*a, *v, *b))]
        hyps += terms.defined(c) + sigma.exist(((letter,),))  # it may stand on neither side
    need(terms.same_words(rest, []), "the two sides differ")
    return w.conclude(shows, hyps, [])


def null(w: World, letter: str, side: str) -> list[tuple[Word, Ratio]]:
    """What defines a letter, as a sum of words that is 0."""
    spec = w.sigma.letters.get(letter, {})
    need("haar" in spec or "inverse" in spec, f"{letter} has no defining equation")
    need(side in ("left", "right"), "side: left or right")
    if "haar" in spec:
        return [((letter, letter), number(1)), ((letter,), number(-1))]
    n = spec["matrix"][0]
    poly = w.sigma.poly(spec["inverse"], n, n)
    return [*(((*v, letter) if side == "right" else (letter, *v), c) for v, c in poly), ((), number(-1))]


def diagonal(w: World, line: Line) -> Sequent:
    """tr of a product of S and of inverses of c + c' S: a sum over the spectrum; between w0' and w0, with w2.

    Sound: they are diagonal in one orthonormal basis, in which the spectrum lists the eigenvalues of S and the squares
    of the coordinates of w0.
    """
    (data,) = flat(line, "word")
    sigma, v = w.sigma, w.sigma.word(data)
    kind, d = sigma.spectrum or ("", None)
    one = {"matrix": [d, d], "symmetric": True, "is": [["1", []]]}
    law = {"any": {"matrix": [d, d], "positive": True}, "isotropic": one}.get(kind)
    need(law and sigma.letters.get("S") == law, "no spectrum of S")
    target = v[:1] == ("w0'",) and v[-1:] == ("w0",)
    need(not target or sigma.letters["w0"] == {"matrix": [d, "1"]}, "w0 is the setting's truth, a constant")
    inside = v[1:-1] if target else v
    need(target or inside, "an empty trace: write the dimension")
    return w.conclude(
        ["=", ["tr", data], ["spec", ["*", "1", "w2" if target else "1", *map(eigen(w), inside)]]], [], []
    )


def eigen(w: World) -> Callable[[str], Data]:
    """What S, or the inverse of c + c' S, makes of an eigenvector of S."""

    def value(t: str) -> Data:
        poly = w.sigma.letters[base(t)].get("inverse")
        need(t == "S" or (poly and all(tuple(u) in ((), ("S",)) for _, u in poly)), f"{t} is no function of S")
        return "s" if t == "S" else ["/", "1", ["+", "0", *(["*", c, "s"] if u else c for c, u in poly)]]

    return value


def lemma(w: World, line: Line) -> Sequent:
    """A free constant letter A of an equation between expectations: any matrix independent of what is averaged."""
    i, a, data = flat(line, "line", "letter", "word")
    s, sigma, terms = w.line(i, "="), w.sigma, w.terms
    need(sigma.free_constant(a), f"{a} is not a free constant")
    w.without(a, s.hyps)
    new = sigma.word(data, *sigma.letters[a]["matrix"])
    need(not sigma.symmetric(a) or new == sigma.transpose(new), f"{a} stands for symmetric matrices")
    r, out = w.difference(s.shows), []
    need(not any(hidden(terms, x, a) for x in r.atoms()), f"{a} stands in what is no trace")
    loose = {x for f in r.den for m, _ in f for x, _ in m if mentions(terms, x, a)}
    need(not loose, f"{a} stands in a denominator")
    den = number(1)
    for f, e in r.den.items():
        for _ in range(e):
            den = den * type(r)(dict(f))
    for m, c in r.num.items():
        words, averaged, rest = [], 0, number(c)
        for x, e in m:
            kind, known = terms.opaque.get(x, ("", None))
            if not mentions(terms, x, a):
                for _ in range(e):
                    rest = rest * type(r)({((x, 1),): 1})
                continue
            need(kind == "tr" or e == 1, f"not linear in an expectation with {a}")
            averaged += kind == "E"
            free = not sigma.random([new]) & sigma.random(known)
            need(free, "the replacement is not independent of what is averaged")
            words += [put(sigma, v, a, new) for v in known] * e
        need(averaged <= 1, "two expectations in one product")
        out.append([["/", term_of(terms, rest), term_of(terms, den)], words])
    return w.conclude(["=", ["E", [[c, [list(v) for v in ws]] for c, ws in out]], "0"], [], [s], ["fubini"])


def put(sigma: Sigma, word: Word, a: str, new: Word) -> Word:
    return tuple(
        t for x in word for t in ((sigma.transpose(new) if x.endswith("'") else new) if base(x) == a else (x,))
    )


def hidden(terms: Terms, x: str, a: str) -> bool:
    """Whether an atom other than a trace or an expectation speaks of a letter."""
    kind, data = terms.opaque.get(x, ("", None))
    return kind not in ("", "tr", "E") and a in terms.sides(terms.free(data))


def mentions(terms: Terms, x: str, a: str) -> bool:
    kind, data = terms.opaque.get(x, ("", None))
    return kind in ("tr", "E") and any(base(t) == a for v in data for t in v)


RULES = {"inverse": inverse, "haar": haar, "stein": stein, "loop": loop, "lemma": lemma, "word": word,
         "diagonal": diagonal}  # fmt: skip
