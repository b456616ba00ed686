"""The graph of claims: which rests on which, down to what is only assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..writing.html import tag, text

BOX, GAP, SPACE, WIDEST = 26, 10, 46, 270  # pixels: a box's height, the space between boxes and columns, a box's width
CHARACTER = 7.1


def layers(rests_on: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Nodes by the longest path down to a node that rests on nothing, each layer ordered to keep edges short.

    Parameters
    ----------
    rests_on : node -> the nodes that it rests on; without circles (``verify`` refuses them).
    """
    depth: dict[str, int] = {}

    def level(node: str) -> int:
        if node not in depth:
            depth[node] = 1 + max((level(p) for p in rests_on.get(node, ())), default=-1)
        return depth[node]

    nodes = list(dict.fromkeys([*(p for ps in rests_on.values() for p in ps), *rests_on]))
    out: list[list[str]] = [[] for _ in range(1 + max(map(level, nodes), default=-1))]
    for node in nodes:
        out[depth[node]].append(node)
    place = {node: float(i) for layer in out for i, node in enumerate(layer)}
    above: dict[str, list[str]] = {node: [] for node in nodes}
    for node, premises in rests_on.items():
        for premise in premises:
            above[premise].append(node)
    for sweep in range(6):
        for layer in out if sweep % 2 == 0 else reversed(out):
            near = {n: [place[p] for p in (rests_on.get(n, ()) if sweep % 2 == 0 else above[n])] for n in layer}
            layer.sort(key=lambda n: sum(near[n]) / len(near[n]) if near[n] else place[n])
            place |= {node: float(i) for i, node in enumerate(layer)}
    return out


def draw(rests_on: Mapping[str, Sequence[str]], verdicts: Mapping[str, str]) -> str:
    """The graph as SVG, assumptions on the left; every claim is a link to its place on the page.

    Parameters
    ----------
    rests_on : claim -> claims and outside sources that it rests on.
    verdicts : claim -> verdict; a node without one is an outside source.
    """
    columns = layers(rests_on)
    tall = max(map(len, columns), default=0) * (BOX + GAP) + GAP
    wide = {n: min(WIDEST, 18 + CHARACTER * len(_label(n))) for layer in columns for n in layer}
    place: dict[str, tuple[float, float]] = {}
    left = 10.0
    for layer in columns:
        top = (tall - len(layer) * (BOX + GAP) + GAP) / 2
        place |= {node: (left, top + j * (BOX + GAP)) for j, node in enumerate(layer)}
        left += max(wide[node] for node in layer) + SPACE
    out = []
    for node, premises in rests_on.items():
        for premise in premises:
            (x0, y0), (x1, y1) = place[premise], place[node]
            start, height, end = x0 + wide[premise], y0 + BOX / 2, y1 + BOX / 2
            bend = (x1 - start) / 2
            out.append(
                tag(
                    "path",
                    d=f"M{start:.0f} {height:.0f}C{start + bend:.0f} {height:.0f} "
                    f"{x1 - bend:.0f} {end:.0f} {x1:.0f} {end:.0f}",
                    class_="edge",
                )
            )
    for node, (x, y) in place.items():
        verdict = verdicts.get(node)
        kind = verdict.split()[-1].lower() if verdict else "outside"
        box = tag("rect", x=x, y=y, width=wide[node], height=BOX, rx=5, class_=f"node {kind}")
        label = tag("text", text(_label(node)), x=x + 9, y=y + BOX / 2 + 4.5, class_="name")
        title = tag("title", text(f"{node}: {verdict or 'outside source, not checked'}"))
        out.append(
            tag("a", title, box, label, href=f"#claim-{node}", aria_label=f"{node}, {verdict}")
            if verdict
            else tag("g", title, box, label)
        )
    size = round(left - SPACE + 10)
    return tag(
        "svg",
        *out,
        viewBox=f"0 0 {size} {tall}",
        width=size,
        height=tall,
        role="group",
        aria_label="Graph of claims",
        class_="graph",
    )


def _label(node: str) -> str:
    room = int((WIDEST - 18) / CHARACTER)
    return node if len(node) <= room else node[: room - 1] + "…"
