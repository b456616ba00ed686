"""Nulls: trace polynomials whose expectation is zero (Stein, loop equation, relations, lemmas)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .context import Context, Line, TracePoly, Traces, Turns, Word, base, letters_in, letters_traced
from .rational import MINUS, UNIT, Ratio
from .reading import brief, earlier, need, pick

Terms = Iterator[tuple[Ratio, Traces]]


def by_parts(
    ctx: Context, word: Word, others: Traces, cov: Word, turns: Callable[[Word], Turns], leading: bool
) -> Terms:
    """sum_ia sum_b C_ab d_ib (F_ia prod tr(G)), where ``turns`` says what d_ib makes of a word.

    A pair (left, right) stands for left e_i e_b' right, or left e_b e_i' right if flagged; ``leading``: only the terms
    in which a trace splits in two (see ``rule_trace``).
    """
    rows, cols = ctx.rows(word[0]), ctx.cols(word[-1])
    for c, left, flipped, right in turns(word):
        if not flipped:
            yield c, [(left, rows), (right + cov, cols), *others]
        elif not leading:
            yield c, [(left + cov + ctx.transpose(right), rows), *others]
    for i, (other, _) in enumerate(() if leading else others):
        for c, left, flipped, right in turns(other):
            turn = right + left  # tr(left e_i e_b' right) = e_b' right left e_i
            turn = ctx.transpose(turn) if flipped else turn
            yield c, [(word + cov + turn, rows), *others[:i], *others[i + 1 :]]


def null_stein(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """E tr(X'F) prod tr(G) = v E sum_ia sum_b C_ab d/dX_ib (F_ia prod tr(G)), X with rows N(0, v C)."""
    x = data.get("letter")
    need(isinstance(x, str) and "gaussian" in ctx.letters.get(x, {}), "stein: not a Gaussian letter")
    law, word = ctx.letters[x]["gaussian"], ctx.word(data.get("word"), ctx.rows(x), ctx.cols(x))
    need(word, "stein: no word")
    weight = ctx.scalars.times(MINUS, ctx.scalars.read(law["variance"]))
    cov = () if law["covariance"] is None else ctx.word([law["covariance"]])
    yield UNIT, [((ctx.flip(x), *word), ctx.cols(x)), *others]
    for c, words in by_parts(ctx, word, others, cov, lambda w: ctx.occurrences(w, x), leading and x not in ctx.vectors):
        yield ctx.scalars.times(weight, c), words


def null_loop(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """E sum_ab d/dK_ab (F_ab prod tr(G)) = 0 for K_ab = e_a e_b' - e_b e_a', dP = K P - P K: rotation invariance."""
    ctx.budget.spend(len(ctx.letters))
    word, members = ctx.word(data.get("word")), {x for x, spec in ctx.letters.items() if "rotates" in spec}
    sides = {(ctx.rows(x), ctx.cols(x)) for x in members}
    need(word and sides == {(ctx.rows(word[0]), ctx.cols(word[-1]))}, "loop: nothing of this dimension rotates")
    need(not leading, "no loop to leading order")

    def turns(w: Word) -> Turns:
        for i, token in enumerate(w):
            if base(token) in members:
                for c, at in ((UNIT, i), (MINUS, i + 1)):
                    yield c, w[:at], False, w[at:]
                    yield ctx.scalars.times(MINUS, c), w[:at], True, w[at:]
            else:
                need("the rotation" not in ctx.sources[base(token)], f"loop: no derivative is known of {token}")

    yield from by_parts(ctx, word, others, (), turns, False)


def null_relation(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """tr(g b) prod tr(G) = 0 for a relation g of the context."""
    poly, rows, cols = pick(ctx.relations, data.get("relation"), "relation")
    right = ctx.word(data.get("right", []), cols, rows)
    for word, c in poly.items():
        yield c, [(word + right, rows), *others]


def null_trace_relation(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """(tr(word) - value) prod tr(G) = 0; to leading order also for the context's ``leading_traces``."""
    known = ctx.trace_relations + (ctx.leading_traces if leading else [])
    word, value = pick(known, data.get("trace_relation"), "trace relation")
    yield UNIT, [(word, ctx.rows(word[0])), *others]
    yield ctx.scalars.times(MINUS, value), others


def null_lemma(ctx: Context, data: Line, others: Traces, done: list[Line], leading: bool) -> Terms:
    """An earlier trace line with constant letters replaced by words that are independent of what it averages over.

    ``leading``: an earlier leading line; constants replace constants, and the other traces may be anything, because the
    leading part is multiplicative.
    """
    poly: TracePoly = earlier(done, data.get("lemma"), "leading" if leading else "trace")
    replace, new = data.get("replace", {}), dict[str, Word]()
    for name, data_word in replace.items():
        need(name in ctx.letters and not ctx.sources[name], "lemma: only constant letters may be replaced")
        need(name not in ctx.mentioned, f"lemma: the letter {name} is not arbitrary")
        new[name] = word = ctx.word(data_word, ctx.rows(name), ctx.cols(name))
        need(not ctx.symmetric(name) or word == ctx.transpose(word), f"lemma: {name} stands for symmetric matrices")
    fresh = letters_in([*new.values(), *(w for w, _ in others if not leading)])
    averaged = frozenset().union(*(ctx.sources[x] for x in letters_traced(poly)))
    need(not leading or not any(ctx.sources[x] for x in fresh), "lemma: to leading order constants replace constants")
    need(not any(ctx.sources[x] & averaged for x in fresh), "lemma: replacement depends on what is averaged")

    def image(token: str) -> Word:
        piece = new.get(base(token), (base(token),))
        return ctx.transpose(piece) if token.endswith("'") else piece

    for key, c in poly.items():
        yield c, [(tuple(t for token in word for t in image(token)), ctx.rows(word[0])) for word in key] + others


NULLS: dict[str, Callable[[Context, Line, Traces, list[Line], bool], Terms]] = {
    "stein": null_stein, "loop": null_loop, "relation": null_relation, "trace-relation": null_trace_relation,
    "lemma": null_lemma,
}  # fmt: skip


def null(ctx: Context, data: Line, done: list[Line], leading: bool) -> TracePoly:
    """An identity of the stated ``kind``, multiplied by ``others``, a product of traces."""
    kind, others = data.get("kind"), ctx.traces(data.get("others", []))
    need(kind in NULLS, f"unknown null {brief(kind)}")
    out = ctx.collect(ctx.trace_term(*term) for term in NULLS[kind](ctx, data, others, done, leading))
    if leading:  # vectors are held short (see ``rule_trace``)
        here = letters_traced(out)
        need(not here & ctx.singular, "an inverse has no series")
        apart = any(ctx.sources[x] for x in letters_in(w for w, _ in others))
        exact = data["letter"] in ctx.vectors if kind == "stein" else kind == "relation" or not apart
        constant = {x for x in here & ctx.vectors if not ctx.sources[x]}
        need(exact or constant >= here & ctx.vectors, "a random vector is integrated out first")
        once = all(sum(base(t) in constant for w in key for t in w) <= 2 for key in out)
        need(once, "more than one w w' in a product of traces")
    return out
