"""kappa-fixed-point (exactly one root) and the optimal ridge on clean data, isotropic inputs, with its place."""

from __future__ import annotations

from typing import Any

from .build import Build

Data = Any


def df1(x: Data) -> Data:
    return ["spec", ["/", "s", ["+", "s", x]]]


def fixed_point(b: Build, lam: Data, lam_pos: int, x: str = "x", t: str = "t", T: str = "T") -> int:
    """Lines that end in: exactly one x > 0 with x - lam = x df_1(x)/T, for a term lam > 0."""
    xt = ["+", x, t]
    h = lambda y: ["+", ["/", lam, y], ["/", df1(y), T]]  # noqa: E731
    a, c = ["-", x, lam], ["/", ["*", x, df1(x)], T]
    form = b.ring(["=", ["-", a, c], ["*", x, ["-", "1", h(x)]]])
    dx, dt, ds, dT = (b.add("domain", name=y, how=">") for y in (x, t, "s", T))
    sx = b.positive([">", ["+", "s", x], "0"], ["1", [ds, 1]], ["1", [dx, 1]])
    sxt = b.positive([">", ["+", "s", xt], "0"], ["1", [ds, 1]], ["1", [dx, 1]], ["1", [dt, 1]])
    px = b.positive([">", xt, "0"], ["1", [dx, 1]], ["1", [dt, 1]])
    gap = ["/", ["*", t, "s"], ["*", ["+", "s", x], ["+", "s", xt]]]
    q = b.positive([">", gap, "0"], ["1", [dt, 1], [ds, 1], [sx, -1], [sxt, -1]])
    q = b.add("sum-positive", line=q)
    sp1 = b.add(
        "split", summand=["-", gap, "0"], parts=[["1", ["/", "s", ["+", "s", x]]], ["-1", ["/", "s", ["+", "s", xt]]]]
    )
    falls = b.positive(
        [">", ["-", h(x), h(xt)], "0"],
        ["1", [lam_pos, 1], [dt, 1], [dx, -1], [px, -1]],
        ["1", [q, 1], [dT, -1]],
        by=[[["/", "-1", T], sp1]],
    )
    # the lower point: lam
    sl = b.positive([">", ["+", "s", lam], "0"], ["1", [ds, 1]], ["1", [lam_pos, 1]])
    r = b.add("sum-positive", line=b.positive([">", ["/", "s", ["+", "s", lam]], "0"], ["1", [ds, 1], [sl, -1]]))
    low = b.positive([">", ["-", h(lam), "1"], "0"], ["1", [r, 1], [dT, -1]])
    low = b.cut(low, lam_pos)
    # the upper point: lam + tr S/T
    total = ["spec", "s"]
    hi = ["+", lam, ["/", total, T]]
    ts = b.add("sum-positive", line=ds)
    ph = b.positive([">", hi, "0"], ["1", [lam_pos, 1]], ["1", [ts, 1], [dT, -1]])
    sh = b.positive([">", ["+", "s", hi], "0"], ["1", [ds, 1]], ["1", [ph, 1]])
    rest = ["/", ["^", "s", 2], ["+", "s", hi]]
    u = b.add("sum-positive", line=b.positive([">", rest, "0"], ["1", [ds, 2], [sh, -1]]))
    sp2 = b.add("split", summand=["-", rest, "0"], parts=[["1", "s"], [["-", "0", hi], ["/", "s", ["+", "s", hi]]]])
    b.add("nonzero", term=["*", T, hi], by=[[dT, 1], [ph, 1]])
    high = b.positive(
        [">", ["-", "1", h(hi)], "0"], ["1", [u, 1], [dT, -1], [ph, -1]], by=[[["/", "-1", ["*", T, hi]], sp2]]
    )
    return b.add(
        "unique-root",
        var=x,
        step=t,
        a=a,
        b=c,
        g=x,
        h=h(x),
        low=lam,
        high=hi,
        lines=[form, dx, falls, low, high],
        member=[lam_pos, ph],
    )


def equation(lam: Data, x: str = "x") -> Data:
    return ["one", x, ["=", ["-", x, lam], ["/", ["*", x, df1(x)], "T"]]]


def kappa_letters() -> Data:
    """kappa, the root at ridge lambda, for d eigenvalues and T rows; x and t are what the proofs compare it with."""
    return [
        ["d", "nat+"],
        ["T", "nat+"],
        ["lambda", "real>=0"],
        ["x", "real>0"],
        ["t", "real>0"],
        ["spectrum", {"any": "d"}],
        ["kappa", {"root": equation("lambda")}],
    ]


def kappa_fixed_point() -> Data:
    shows = ["=", *equation("lambda", "kappa")[2][1:]]
    b = Build("kappa-fixed-point", kappa_letters(), [[">", "lambda", "0"]], shows, {"d": "1", "T": "1", "lambda": "1"})
    one = fixed_point(b, "lambda", b.add("assume", formula=[">", "lambda", "0"]))
    b.add("choose", name="kappa", line=one)
    return b.document()


def optimal_clean() -> Data:
    """x^2 B/(1 - df_2/T) + sigma2 df_2/(T - df_2) is least at x = kappa*, the root for lambda* = phi sigma2/|w0|^2."""
    N, phi = ["spec", "w2"], ["/", "d", "T"]
    star = ["/", ["*", phi, "sigma2"], N]
    declare = [
        ["d", "nat+"],
        ["T", "nat+"],
        ["sigma2", "real>=0"],
        ["x", "real>0"],
        ["t", "real>0"],
        ["spectrum", {"isotropic": "d"}],
        ["kstar", {"root": equation(star)}],
    ]
    sq = lambda y: ["^", ["+", "s", y], 2]  # noqa: E731
    fB = lambda y: ["/", ["*", "s", "w2"], sq(y)]  # noqa: E731
    f2 = lambda y: ["/", ["^", "s", 2], sq(y)]  # noqa: E731
    B, df2 = (lambda y: ["spec", fB(y)]), (lambda y: ["spec", f2(y)])

    def E(y: Data) -> Data:
        return [
            "+",
            ["/", ["*", ["^", y, 2], B(y)], ["-", "1", ["/", df2(y), "T"]]],
            ["/", ["*", "sigma2", df2(y)], ["-", "T", df2(y)]],
        ]

    ridge = lambda y: ["-", y, ["/", ["*", y, df1(y)], "T"]]  # noqa: E731
    domain = [[">", ridge("x"), "0"]]
    shows = ["least", "x", domain, E("x"), "kstar"]
    given = [[">", "sigma2", "0"], [">", N, "0"]]
    b = Build(
        "optimal-ridge-clean-isotropic",
        declare,
        given,
        shows,
        {"d": "1", "T": "2", "sigma2": "1", "spectrum": [["1", "1"]]},
    )
    sig, n = (b.add("assume", formula=g) for g in given)
    dd, dT, dx, dk = (b.add("domain", name=y, how=">") for y in ("d", "T", "x", "kstar"))
    sp_ = b.positive([">", star, "0"], ["1", [dd, 1], [sig, 1], [dT, -1], [n, -1]])
    sp_ = b.cut(sp_, n)
    one = fixed_point(b, star, sp_)
    root = b.add("choose", name="kstar", line=one)
    facts = {}
    for y, dy in (("x", dx), ("kstar", dk)):
        i1 = b.add("isotropic", summand=["/", "s", ["+", "s", y]])
        iB, i2 = b.add("isotropic", summand=fB(y)), b.add("isotropic", summand=f2(y))
        y1 = b.positive([">", ["+", "1", y], "0"], ["1"], ["1", [dy, 1]])
        # T (1 + y) - d > 0: from lambda(y) > 0 at x, from the root's equation at kstar
        goal = [">", ["-", ["*", "T", ["+", "1", y]], "d"], "0"]
        if y == "x":
            dom = b.add("assume", formula=domain[0])
        else:
            dom = b.positive([">", ridge("kstar"), "0"], ["1", [sp_, 1]], by=[["1", root]])
        # T(1+y) - d = T (1+y)/y (lambda(y)) + T(1+y)/y * (y/T) (df1 - d/(1+y))
        p1 = b.positive(goal, ["1", [dom, 1], [dT, 1], [y1, 1], [dy, -1]], by=[[["+", "1", y], i1]])
        # T (1+y)^2 - d = (1+y)(T(1+y) - d) + d y
        p2 = b.positive(
            [">", ["-", ["*", "T", ["^", ["+", "1", y], 2]], "d"], "0"],
            ["1", [p1, 1], [y1, 1]],
            ["1", [dd, 1], [dy, 1]],
        )
        # T - df2 = (T(1+y)^2 - d)/(1+y)^2
        p3 = b.positive([">", ["-", "T", df2(y)], "0"], ["1", [p2, 1], [y1, -2]], by=[["-1", i2]])
        p4 = b.positive([">", ["-", "1", ["/", df2(y), "T"]], "0"], ["1", [p3, 1], [dT, -1]])
        q3 = b.positive([">", ["-", "T", ["/", "d", ["^", ["+", "1", y], 2]]], "0"], ["1", [p2, 1], [y1, -2]])
        q4 = b.positive(
            [">", ["-", "1", ["/", ["/", "d", ["^", ["+", "1", y], 2]], "T"]], "0"], ["1", [q3, 1], [dT, -1]]
        )
        v = ["/", "d", ["^", ["+", "1", y], 2]]
        bv = ["/", N, ["^", ["+", "1", y], 2]]
        closed = [
            "+",
            ["/", ["*", ["^", y, 2], bv], ["-", "1", ["/", v, "T"]]],
            ["/", ["*", "sigma2", v], ["-", "T", v]],
        ]
        k1 = ["/", ["^", y, 2], ["-", "1", ["/", df2(y), "T"]]]
        # F(B, D) - F(bv, v) = k1 (B - bv) + k2 (D - v)
        k2 = [
            "+",
            ["/", ["*", ["^", y, 2], bv, "T"], ["*", ["-", "T", df2(y)], ["-", "T", v]]],
            ["/", ["*", "sigma2", "T"], ["*", ["-", "T", df2(y)], ["-", "T", v]]],
        ]
        b.add("nonzero", term=["*", ["-", "T", df2(y)], ["-", "T", v]], by=[[p3, 1], [q3, 1]])
        eq = b.add("ring", shows=["=", E(y), closed], by=[[k1, iB], [k2, i2]])
        eq = b.cut(eq, p3, p4, q3, q4)
        facts[y] = {"eq": eq, "p2": p2, "y1": y1, "dom": dom, "i1": i1, "q3": q3, "q4": q4, "p3": p3, "p4": p4}
    # closed(x) - closed(k) = N T (x-k)^2/((1+k)(T(1+x)^2 - d)) once  N (k - k d/(T(1+k))) = phi sigma2
    k = "kstar"
    # the root's equation, cleared: sigma2 d = N k (T - d/(1+k))
    clear = b.add(
        "ring",
        shows=["=", ["*", "sigma2", "d"], ["*", N, k, ["-", "T", ["/", "d", ["+", "1", k]]]]],
        by=[[["*", "-1", "T", N], root], [["*", "-1", N, k], facts[k]["i1"]]],
    )
    clear = b.cut(clear, n)
    ne = b.add("assume", formula=["!=", ["-", "x", k], "0"])
    # closed(x) - closed(k) - N T (x-k)^2/((1+k)(T(1+x)^2-d)) = (1/Px - 1/Pk) (sigma2 d - N k (T - d/(1+k)))
    Px, Pk = ["-", ["*", "T", ["^", ["+", "1", "x"], 2]], "d"], ["-", ["*", "T", ["^", ["+", "1", k], 2]], "d"]
    cof = ["-", ["/", "1", Px], ["/", "1", Pk]]
    fx, fk = facts["x"], facts[k]
    worse = b.positive(
        [">", ["-", E("x"), E(k)], "0"],
        ["1", [n, 1], [dT, 1], [ne, 2], [fk["y1"], -1], [fx["p2"], -1]],
        by=[["1", fx["eq"]], ["-1", fk["eq"]], [cof, clear]],
    )
    worse = b.cut(worse, fx["p2"], fk["p2"], fx["p3"], fx["p4"], fk["p3"], fk["p4"])
    b.add("optimum", var="x", domain=domain, f=E("x"), at=k, worse=worse, member=[dk, fk["dom"]])
    return b.document()


def kappa_bounds() -> Data:
    """lambda + tr S/T - kappa = sum s^2/(s + kappa)/T: the root's own equation, divided out in each direction."""
    rest = ["/", ["^", "s", 2], ["+", "s", "kappa"]]
    shows = ["=", ["-", ["+", "lambda", ["/", ["spec", "s"], "T"]], "kappa"], ["/", ["spec", rest], "T"]]
    b = Build("kappa-bounds", kappa_letters(), [[">", "lambda", "0"]], shows, {"d": "1", "T": "1", "lambda": "1"})
    one = fixed_point(b, "lambda", b.add("assume", formula=[">", "lambda", "0"]))
    root = b.add("choose", name="kappa", line=one)
    parts = b.add("split", summand=rest, parts=[["1", "s"], [["-", "0", "kappa"], ["/", "s", ["+", "s", "kappa"]]]])
    b.add("ring", shows=shows, by=[["-1", root], [["/", "-1", "T"], parts]])
    return b.document()


def min_norm(b: Build, wide: int, T: str = "T") -> int:
    """Lines that end in: exactly one x > 0 with T = df_1(x), where a line says T < d."""
    d = b.w.sigma.spectrum[1]
    dx, dt, ds, dT = (b.add("domain", name=y, how=">") for y in ("x", "t", "s", T))
    xt = ["+", "x", "t"]
    h = lambda y: ["/", df1(y), T]  # noqa: E731
    form = b.ring(["=", ["-", T, df1("x")], ["*", T, ["-", "1", h("x")]]])
    sx = b.positive([">", ["+", "s", "x"], "0"], ["1", [ds, 1]], ["1", [dx, 1]])
    sxt = b.positive([">", ["+", "s", xt], "0"], ["1", [ds, 1]], ["1", [dx, 1]], ["1", [dt, 1]])
    q = b.add(
        "sum-positive",
        line=b.positive(
            [">", ["/", ["*", "t", "s"], ["*", ["+", "s", "x"], ["+", "s", xt]]], "0"],
            ["1", [dt, 1], [ds, 1], [sx, -1], [sxt, -1]],
        ),
    )
    parts = b.add(
        "split",
        summand=["-", ["/", ["*", "t", "s"], ["*", ["+", "s", "x"], ["+", "s", xt]]], "0"],
        parts=[["1", ["/", "s", ["+", "s", "x"]]], ["-1", ["/", "s", ["+", "s", xt]]]],
    )
    falls = b.positive([">", ["-", h("x"), h(xt)], "0"], ["1", [q, 1], [dT, -1]], by=[[["/", "-1", T], parts]])
    # the lower point
    inv = ["spec", ["/", "1", "s"]]
    si = b.add("sum-positive", line=b.positive([">", ["/", "1", "s"], "0"], ["1", [ds, -1]]))
    low: Data = ["/", ["-", d, T], inv]
    pl = b.positive([">", low, "0"], ["1", [wide, 1], [si, -1]])
    sl = b.positive([">", ["+", "s", low], "0"], ["1", [ds, 1]], ["1", [pl, 1]])
    rest: Data = ["/", "1", ["*", "s", ["+", "s", low]]]
    b.add("nonzero", term=["*", "s", ["+", "s", low]], by=[[ds, 1], [sl, 1]])
    u = b.add("sum-positive", line=b.positive([">", rest, "0"], ["1", [ds, -1], [sl, -1]]))
    sp1 = b.add(
        "split",
        summand=["/", "s", ["+", "s", low]],
        parts=[["1", "1"], [["-", "0", low], ["/", "1", "s"]], [["^", low, 2], ["-", rest, "0"]]],
    )
    one = b.add("count")
    up = b.positive(
        [">", ["-", h(low), "1"], "0"],
        ["1", [u, 1], [pl, 2], [dT, -1]],
        by=[[["/", "1", T], sp1], [["/", "1", T], one]],
    )
    # the upper point
    hi = ["/", ["spec", "s"], T]
    ts = b.add("sum-positive", line=ds)
    ph = b.positive([">", hi, "0"], ["1", [ts, 1], [dT, -1]])
    sh = b.positive([">", ["+", "s", hi], "0"], ["1", [ds, 1]], ["1", [ph, 1]])
    rest = ["/", ["^", "s", 2], ["+", "s", hi]]
    v = b.add("sum-positive", line=b.positive([">", rest, "0"], ["1", [ds, 2], [sh, -1]]))
    sp2 = b.add("split", summand=["-", rest, "0"], parts=[["1", "s"], [["-", "0", hi], ["/", "s", ["+", "s", hi]]]])
    down = b.positive(
        [">", ["-", "1", h(hi)], "0"], ["1", [v, 1], [dT, -1], [ph, -1]], by=[[["/", "-1", ["*", T, hi]], sp2]]
    )
    return b.add(
        "unique-root",
        var="x",
        step="t",
        a=T,
        b=df1("x"),
        g=T,
        h=h("x"),
        low=low,
        high=hi,
        lines=[form, dT, falls, up, down],
        member=[pl, ph],
    )


def kappa_min_norm() -> Data:
    """At lambda = 0 and T < d: exactly one x > 0 with T = df_1(x), between (d - T)/tr S^-1 and tr S/T."""
    equation = ["one", "x", ["=", "T", df1("x")]]
    declare = [
        ["d", "nat+"],
        ["T", "nat+"],
        ["x", "real>0"],
        ["t", "real>0"],
        ["spectrum", {"any": "d"}],
        ["kappa", {"root": equation}],
    ]
    shows = ["=", "T", df1("kappa")]
    b = Build("kappa-min-norm", declare, [[">", "d", "T"]], shows, {"d": "2", "T": "1"})
    one = min_norm(b, b.add("assume", formula=[">", "d", "T"]))
    b.add("choose", name="kappa", line=one)
    return b.document()
