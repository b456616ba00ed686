"""inverse-wishart, fake-data-factor, bias-variance: traces."""

from __future__ import annotations

from typing import Any

from .build import Build

Data = Any

d, T, T0 = "d", "T", "T0"


def design(x: str, rows: str) -> Data:
    return [x, {"matrix": [rows, "d"], "gaussian": ["S", "1"]}]


def wishart(z: str, x: str) -> Data:
    return [z, {"matrix": ["d", "d"], "symmetric": True, "inverse": [["1", [x + "'", x]]]}]


def noise(e: str, rows: str, var: Data) -> Data:
    return [e, {"matrix": [rows, "1"], "gaussian": [None, var]}]


S = ["S", {"matrix": ["d", "d"], "positive": True}]
Sinv = ["Sinv", {"matrix": ["d", "d"], "symmetric": True, "inverse": [["1", ["S"]]]}]
RESOLVENT = [
    "R",
    {"matrix": ["d", "d"], "symmetric": True, "inverse": [["lambda", []], [["/", "1", "T"], ["X'", "X"]]]},
]
MODEL = {"d": "1", "T": "4", "T0": "4", "n": "2", "sigma2": "1", "sigma02": "1", "lambda": "1"}


def model(*names: str) -> dict[str, str]:
    return {x: MODEL[x] for x in names}


def mean(b: Build, x: str, z: str, rows: str, word: list[str]) -> tuple[int, tuple[int, ...]]:
    """E tr(word Z) = tr(word S^-1)/(rows - d - 1) by one integration by parts; word [] : E tr(S Z)."""
    own = ["Sinv"] if "Sinv" in b.w.sigma.letters else []  # where S is not the identity
    tail = [*word, *own] if word else []
    lines = [b.add("stein", letter=x, word=[x, z, *tail], others=[])]
    lines.append(b.add("inverse", letter=z, side="right", after=tail, others=[]))
    after = [*tail, "S"] if tail else ["S"]
    lines.append(b.add("inverse", letter=z, side="right", after=[], others=[[z, *after]]))
    flip = [b.w.sigma.flip(t) for t in reversed(word)]
    lines.append(b.add("inverse", letter=z, side="right", after=["S", *([*own, *flip] if word else []), z], others=[]))
    if word and own:
        lines.append(b.add("inverse", letter="Sinv", side="right", after=[*flip, z], others=[]))
        lines.append(b.add("inverse", letter="Sinv", side="left", after=[z, *word], others=[]))
    left = ["E", [["1", [[*word, z] if word else ["S", z]]]]]
    right = ["/", ["tr", [*word, *own]] if word else "d", ["-", rows, "d", "1"]]
    i = b.ring(["=", left, right], lines)
    g = b.add("assume", formula=[">=", ["-", rows, "d", "2"], "0"])
    p = b.positive([">", ["-", rows, "d", "1"], "0"], ["1", [g, 1]], ["1"])
    q = b.positive([">=", ["-", rows, "d", "1"], "0"], ["1", [g, 1]], ["1"])
    r = b.positive([">=", ["-", rows, "d"], "0"], ["1", [g, 1]], ["2"])
    return b.cut(i, p, q, r), (p, q, r)


def at_least(rows: str) -> Data:
    return [">=", ["-", rows, "d", "2"], "0"]


def inverse_wishart() -> Data:
    left, right = ["E", [["1", [["A", "Winv"]]]]], ["/", ["tr", ["A", "Sinv"]], ["-", "T", "d", "1"]]
    b = Build(
        "inverse-wishart",
        [["d", "nat+"], ["T", "nat+"], ["A", {"matrix": ["d", "d"]}], S, Sinv, design("X", "T"), wishart("Winv", "X")],
        [at_least("T")],
        ["=", left, right],
        model("d", "T"),
    )
    mean(b, "X", "Winv", "T", ["A"])
    return b.document()


def fake_data_factor() -> Data:
    declare = [
        ["d", "nat+"],
        ["T", "nat+"],
        ["T0", "nat+"],
        ["lambda", "real>=0"],
        ["A", {"matrix": ["d", "d"]}],
        S,
        Sinv,
        design("X", "T"),
        design("X0", "T0"),
        wishart("W0inv", "X0"),
        RESOLVENT,
        ["Sh", {"matrix": ["d", "d"], "symmetric": True, "is": [[["/", "1", "T"], ["X'", "X"]]]}],
    ]
    shows = [
        "=",
        ["E", [["1", [["S", "R", "Sh", "W0inv", "Sh", "R"]]]]],
        ["/", ["E", [["1", [["Sinv", "Sh", "R", "S", "R", "Sh"]]]]], ["-", "T0", "d", "1"]],
    ]
    b = Build(
        "fake-data-factor", declare, [at_least("T0"), [">", "lambda", "0"]], shows, model("d", "T", "T0", "lambda")
    )
    i, known = mean(b, "X0", "W0inv", "T0", ["A"])
    j = b.add("lemma", line=i, letter="A", word=["X'", "X", "R", "S", "R", "X'", "X"])
    k = b.ring(shows, [j])
    k = b.cut(k, *known)
    return b.document()


def one_least_squares_fit(
    b: Build, rows: str, var: Data, x: str, e: str, z: str, w: str = "w"
) -> tuple[int, Data, tuple[int, ...]]:
    """Lines: the error of one least-squares fit of any teacher w; returns the line and b."""
    X, E, Z = x, e, z
    xt, _et = X + "'", E + "'"
    u = [("1", [Z, xt, X, w]), ("1", [Z, xt, E]), ("-1", ["w0"])]
    err = ["E", [[["*", c1, c2], [["S", *v1, *b.w.sigma.transpose(tuple(v2))]]] for c1, v1 in u for c2, v2 in u]]
    old = [
        "E",
        [
            [["*", c1, c2], [["S", v1, v2 + "'"]]]
            for c1, v1 in (("1", w), ("-1", "w0"))
            for c2, v2 in (("1", w), ("-1", "w0"))
        ],
    ]
    lines = [
        b.add("inverse", letter=Z, side="left", after=[w, w + "'", xt, X, Z, "S"], others=[]),
        b.add("inverse", letter=Z, side="left", after=[w, w + "'", "S"], others=[]),
        b.add("inverse", letter=Z, side="left", after=[w, "w0'", "S"], others=[]),
        b.add("stein", letter=E, word=[X, Z, "S", Z, xt, X, w], others=[]),
        b.add("stein", letter=E, word=[X, Z, "S", "w0"], others=[]),
        b.add("stein", letter=E, word=[X, Z, "S", Z, xt, E], others=[]),
        b.add("inverse", letter=Z, side="left", after=[Z, "S"], others=[]),
    ]
    m, known = mean(b, X, Z, rows, [])
    gain = ["/", ["*", var, "d"], ["-", rows, "d", "1"]]
    i = b.ring(["=", err, ["+", old, gain]], [*lines, m])
    return b.cut(i, *known), gain, known


def chain() -> Data:
    w, w0 = ["w", {"matrix": ["d", "1"]}], ["w0", {"matrix": ["d", "1"]}]
    declare = [
        ["d", "nat+"],
        ["T", "nat+"],
        ["T0", "nat+"],
        ["n", "nat"],
        ["sigma2", "real>=0"],
        ["sigma02", "real>=0"],
        S,
        w,
        w0,
        design("X", "T"),
        noise("E", "T", "sigma2"),
        wishart("Winv", "X"),
        design("X0", "T0"),
        noise("E0", "T0", "sigma02"),
        wishart("W0inv", "X0"),
    ]
    gen = {"rows": "T0", "ridge": "0", "noise": "sigma02", "times": "n"}
    down = {"rows": "T", "ridge": "0", "noise": "sigma2", "times": "1"}
    g0, g1 = ["/", ["*", "sigma02", "d"], ["-", "T0", "d", "1"]], ["/", ["*", "sigma2", "d"], ["-", "T", "d", "1"]]
    shows = ["=", ["Etest", {"fits": [gen, down]}], ["+", g1, ["*", "n", g0]]]
    b = Build(
        "least-squares-chain",
        declare,
        [at_least("T"), at_least("T0")],
        shows,
        model("d", "T", "T0", "n", "sigma2", "sigma02"),
    )
    i, gain0, k0 = one_least_squares_fit(b, "T0", "sigma02", "X0", "E0", "W0inv")
    f = b.add(
        "etest-fit",
        line=i,
        before=[gen],
        fits=[{"fit": {**gen, "times": "1"}, "design": "X0", "noise": "E0", "inverse": "W0inv"}],
        teacher="w",
        a="1",
        b=gain0,
    )
    f = b.cut(f, *k0)
    phi = ["=", ["Etest", {"fits": [gen]}], ["*", "n", g0]]
    at = lambda t: ["=", *(b.w.terms.subst(x, "n", t) for x in phi[1:])]  # noqa: E731
    base = b.ring(at("0"))
    base = b.cut(base, *k0)
    h = b.add("assume", formula=phi)
    step = b.add("ring", shows=at(["+", "n", "1"]), by=[["1", f], ["1", h]])
    step = b.cut(step, *k0)
    ind = b.add("induction", index="n", shows=phi, base=base, step=step)
    ind = b.cut(ind, *k0)
    j, gain1, k1 = one_least_squares_fit(b, "T", "sigma2", "X", "E", "Winv")
    last = b.add(
        "etest-fit",
        line=j,
        before=[gen],
        fits=[{"fit": down, "design": "X", "noise": "E", "inverse": "Winv"}],
        teacher="w",
        a="1",
        b=gain1,
    )
    end = b.add("ring", shows=shows, by=[["1", last], ["1", ind]])
    b.cut(end, *k0, *k1, ind)
    return b.document()


def theorem_1() -> Data:
    """Theorem 1 with Eq. (1): n generators by least squares, then ridge, n a symbol."""
    w, w0 = ["w", {"matrix": ["d", "1"]}], ["w0", {"matrix": ["d", "1"]}]
    declare = [
        ["d", "nat+"],
        ["T", "nat+"],
        ["T0", "nat+"],
        ["n", "nat"],
        ["lambda", "real>=0"],
        ["sigma2", "real>=0"],
        ["sigma02", "real>=0"],
        S,
        w,
        w0,
        design("X", "T"),
        noise("E", "T", "sigma2"),
        RESOLVENT,
        ["Sh", {"matrix": ["d", "d"], "symmetric": True, "is": [[["/", "1", "T"], ["X'", "X"]]]}],
        design("X0", "T0"),
        noise("E0", "T0", "sigma02"),
        wishart("W0inv", "X0"),
    ]
    gen = {"rows": "T0", "ridge": "0", "noise": "sigma02", "times": "n"}
    down = {"rows": "T", "ridge": "lambda", "noise": "sigma2", "times": "1"}
    rho = ["E", [["1", [["S", "R", "Sh", "W0inv", "Sh", "R"]]]]]
    clean = [
        "+",
        ["*", ["^", "lambda", 2], ["E", [["1", [["w0'", "R", "S", "R", "w0"]]]]]],
        ["/", ["*", "sigma2", ["E", [["1", [["S", "R", "Sh", "R"]]]]]], "T"],
    ]
    shows = ["=", ["Etest", {"fits": [gen, down]}], ["+", clean, ["*", "n", "sigma02", rho]]]
    b = Build(
        "theorem-1",
        declare,
        [at_least("T0"), [">", "lambda", "0"]],
        shows,
        model("d", "T", "T0", "n", "lambda", "sigma2", "sigma02"),
    )
    b.add("ring", shows=shows, by=[["1", theorem_lines(b)]])
    return b.document()


def theorem_lines(b: Build) -> int:
    """Lines of theorem 1, in letters w, X, E, R, X0, E0, W0inv."""
    gen = {"rows": "T0", "ridge": "0", "noise": "sigma02", "times": "n"}
    down = {"rows": "T", "ridge": "lambda", "noise": "sigma2", "times": "1"}
    g = {"fit": {**gen, "times": "1"}, "design": "X0", "noise": "E0", "inverse": "W0inv"}
    f = {"fit": down, "design": "X", "noise": "E", "inverse": "R"}
    rho = ["E", [[["/", "1", ["^", "T", 2]], [["S", "R", "X'", "X", "W0inv", "X'", "X", "R"]]]]]
    clean = [
        "+",
        ["*", ["^", "lambda", 2], ["E", [["1", [["w0'", "R", "S", "R", "w0"]]]]]],
        ["/", ["*", "sigma2", ["E", [[["/", "1", "T"], [["S", "R", "X'", "X", "R"]]]]]], "T"],
    ]
    shows = ["=", ["Etest", {"fits": [gen, down]}], ["+", clean, ["*", "n", "sigma02", rho]]]
    from ...kernel.statements.chains import error

    h = b.add("assume", formula=at_least("T0"))
    b.positive([">=", ["-", "T0", "d"], "0"], ["1", [h, 1]], ["2"])
    b.positive([">=", ["-", "T0", "d", "1"], "0"], ["1", [h, 1]], ["1"])
    two, one = error(b.w, [g, f], "w")[0], error(b.w, [f], "w")[0]
    Q, P = ["R", "X'", "X"], ["X'", "X", "R"]
    lines = [
        b.add("inverse", letter="W0inv", side="left", after=after, others=[])
        for after in (
            ["w", "w'", "X0'", "X0", "W0inv", *P, "S", *Q],
            ["w", "w'", *P, "S", *Q],
            ["w", "w0'", "S", *Q],
            ["w", "E'", "X", "R", "S", *Q],
            ["W0inv", *P, "S", *Q],
        )
    ]
    F = ["X0", "W0inv", *P, "S", *Q]
    lines += [
        b.add("stein", letter="E0", word=[*F, *v], others=[])
        for v in (["W0inv", "X0'", "E0"], ["W0inv", "X0'", "X0", "w"])
    ]
    lines += [
        b.add("stein", letter="E0", word=["X0", "W0inv", *P, "S", *v], others=[]) for v in (["w0"], ["R", "X'", "E"])
    ]
    i = b.ring(["=", two, ["+", ["*", "1", one], ["*", "sigma02", rho]]], lines)
    step = b.add("etest-fit", line=i, before=[gen], fits=[g, f], teacher="w", a="1", b=["*", "sigma02", rho])
    # n = 0: the clean error
    u = b.add("etest-unfold", fits=[f])
    lines = [
        b.add("inverse", letter="R", side="left", after=after, others=[])
        for after in (["w0", "w0'", *P, "S"], ["w0", "w0'", "S"], ["w0", "w0'", "R", "S"])
    ]
    lines += [
        b.add("stein", letter="E", word=["X", "R", "S", *v], others=[]) for v in (["R", "X'", "E"], [*Q, "w0"], ["w0"])
    ]
    c = b.ring(["=", b.w.lines[u].shows[2], clean], lines)
    at = lambda k: ["=", *(b.w.terms.subst(x, "n", k) for x in shows[1:])]  # noqa: E731
    base = b.add("ring", shows=at("0"), by=[["1", u], ["1", c]])
    m = b.add("assume", formula=shows)
    step = b.add("ring", shows=at(["+", "n", "1"]), by=[["1", step], ["1", m]])
    return b.add("induction", index="n", shows=shows, base=base, step=step)


def least_squares_limit() -> Data:
    """(d/(T - d - 1))/((d/T)/(1 - d/T)) = 1 + 1/(T - d - 1)."""
    exact, phi = ["/", "d", ["-", "T", "d", "1"]], ["/", "d", "T"]
    shows = ["=", ["/", exact, ["/", phi, ["-", "1", phi]]], ["+", "1", ["/", "1", ["-", "T", "d", "1"]]]]
    b = Build("least-squares-limit", [["d", "nat+"], ["T", "nat+"]], [at_least("T")], shows, model("d", "T"))
    g, dd, dT = (
        b.add("assume", formula=at_least("T")),
        b.add("domain", name="d", how=">"),
        b.add("domain", name="T", how=">"),
    )
    b.positive([">", ["-", "T", "d", "1"], "0"], ["1", [g, 1]], ["1"])
    gap = b.positive([">", ["-", "T", "d"], "0"], ["1", [g, 1]], ["2"])
    part = b.positive([">", ["-", "1", phi], "0"], ["1", [gap, 1], [dT, -1]])
    b.positive([">", ["/", phi, ["-", "1", phi]], "0"], ["1", [dd, 1], [gap, -1]])
    b.cut(b.ring(shows), part)
    return b.document()


def isotropic_chain() -> Data:
    """Min-norm fits, S = I, T0 <= d - 2: each maps the error e to (T0/d) e + (1 - T0/d) |w0|^2 + noise."""
    one = ["S", {"matrix": ["d", "d"], "symmetric": True, "is": [["1", []]]}]
    declare = [
        ["d", "nat+"],
        ["T0", "nat+"],
        ["n", "nat"],
        ["sigma02", "real>=0"],
        one,
        ["w", {"matrix": ["d", "1"]}],
        ["w0", {"matrix": ["d", "1"]}],
        ["norm2", {"is": ["tr", ["w0'", "w0"]]}],
        ["X", {"matrix": ["T0", "d"], "gaussian": [None, "1"]}],
        noise("E", "T0", "sigma02"),
        ["C", {"matrix": ["T0", "T0"], "symmetric": True, "inverse": [["1", ["X", "X'"]]]}],
    ]
    given = [[">=", ["-", "d", "T0", "2"], "0"]]
    fit = {"rows": "T0", "ridge": "0", "noise": "sigma02", "times": "1"}
    rho, gain = ["/", "T0", "d"], ["/", ["*", "sigma02", "T0"], ["-", "d", "T0", "1"]]
    more = ["+", ["*", ["-", "1", rho], "norm2"], gain]
    value = lambda k: ["*", ["+", "norm2", ["/", gain, ["-", "1", rho]]], ["-", "1", ["^^", rho, k]]]  # noqa: E731
    E = lambda k: ["Etest", {"fits": [{**fit, "times": k}]}]  # noqa: E731
    shows = ["=", E(["+", "n", "1"]), value(["+", "n", "1"])]
    b = Build("isotropic-min-norm-chain", declare, given, shows, {"d": "9", "T0": "2", "n": "2", "sigma02": "1"})
    from ...kernel.statements.chains import error

    g = b.add("assume", formula=given[0])
    b.positive([">=", ["-", "d", "T0", "1"], "0"], ["1", [g, 1]], ["1"])
    b.positive([">", ["-", "d", "T0", "1"], "0"], ["1", [g, 1]], ["1"])
    b.positive([">=", ["-", "d", "T0"], "0"], ["1", [g, 1]], ["2"])
    gap, dd = b.positive([">", ["-", "d", "T0"], "0"], ["1", [g, 1]], ["2"]), b.add("domain", name="d", how=">")
    b.positive([">", ["-", "1", rho], "0"], ["1", [gap, 1], [dd, -1]])
    f = {"fit": fit, "design": "X", "noise": "E", "inverse": "C"}
    new, old = error(b.w, [f], "w")[0], error(b.w, [], "w")[0]
    lines = [
        b.add("stein", letter="E", word=v, others=[])
        for v in (["C", "X", "X'", "C", "E"], ["C", "X", "w0"], ["C", "X", "X'", "C", "X", "w"])
    ]
    for v in (["w", "w'"], ["w", "w0'"], ["w0", "w'"]):
        lines += [
            b.add("stein", letter="X", word=["X", *v], others=[]),
            b.add("stein", letter="X", word=["X", *v, "X'", "C", "X"], others=[]),
        ]
    lines.append(b.add("stein", letter="X", word=["C", "X"], others=[]))
    i = b.reduced(["=", new, ["+", ["*", rho, old], more]], lines)
    m = {**fit, "times": "n"}
    step = b.add("etest-fit", line=i, before=[m], fits=[f], teacher="w", a=rho, b=more)
    last, phi = step, ["=", E("n"), value("n")]
    at = lambda t: ["=", *(b.w.terms.subst(x, "n", t) for x in phi[1:])]  # noqa: E731
    base, h = b.ring(at("0")), b.add("assume", formula=phi)
    step = b.add("ring", shows=at(["+", "n", "1"]), by=[["1", step], [rho, h]])
    ind = b.add("induction", index="n", shows=phi, base=base, step=step)
    b.add("ring", shows=shows, by=[["1", last], [rho, ind]])
    return b.document()
