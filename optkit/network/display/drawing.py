"""The picture of a network: a map where positions are known, otherwise a layout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from optkit.network.network import Network
from optkit.plotting.drawings import WIDTH, shortened
from optkit.plotting.label_placement import FreeSpace, box_around
from optkit.plotting.labels import families, label, number, text_size
from optkit.plotting.palette import BLUE, GREY, INK, PALE, SKY, SOFT
from optkit.plotting.style import DRAWINGS, using

Point = tuple[float, float]

MARGIN = 14.0
"""Points around everything."""

HEAD, FOOT = 24.0, 26.0
"""Points above the map for the title, and below it for the notes."""

LOWEST, HIGHEST = 120.0, 520.0
"""Least and largest height of the map, points."""

LETTERS = 7.0
"""Size of names, points."""

MOST_NAMED = 400
"""Most nodes for whose names room is looked for, those with most links first."""

MANY_LINKS = 400
"""Links from which on lines are thin, and directions are not drawn."""

MOST_ARRANGED = 1500
"""Most nodes that are arranged by their links; more are drawn on a circle."""


@dataclass(frozen=True)
class Sketch:
    """Where nodes are drawn and which names have room.

    Parameters
    ----------
    at
        Position of each node, points.
    names
        Text and centre of each name that is written, by node.
    width, height
        Size of the map, points.
    """

    at: Mapping[str, Point]
    names: Mapping[str, tuple[str, Point]]
    width: float
    height: float


def draw(network: Network) -> Figure:
    """Return the picture of a network.

    Nodes are at their positions if most have one, otherwise where a layout puts them. Lines
    are as wide as their rates; links of unknown rate are dotted. Names never overlap: those
    without room are left out and counted.

    Parameters
    ----------
    network
        The network.
    """
    with using({**DRAWINGS, "font.family": list(families())}):
        sketch = sketched(network)
        width, height = 72.0 * WIDTH, sketch.height + HEAD + FOOT + 2.0 * MARGIN
        figure = Figure(figsize=(WIDTH, height / 72.0), facecolor="white")
        axes = figure.add_axes(
            (
                MARGIN / width,
                (MARGIN + FOOT) / height,
                sketch.width / width,
                sketch.height / height,
            )
        )
        axes.set_xlim(0.0, sketch.width)
        axes.set_ylim(0.0, sketch.height)
        axes.set_axis_off()
        _links(axes, network, sketch)
        _nodes(axes, network, sketch)
        title = (
            f"{network.name}: {len(network.nodes)} nodes, {len(network.links)} links"
        )
        figure.text(
            MARGIN / width,
            1.0 - (MARGIN + 10.0) / height,
            shortened(title, 80),
            fontsize=10.0,
            color=INK,
            va="center",
        )
        for row, note in enumerate(_notes(network, sketch)):
            figure.text(
                MARGIN / width,
                (MARGIN + FOOT - 12.0 - 11.0 * row) / height,
                note,
                fontsize=LETTERS,
                color=SOFT,
            )
        return figure


def sketched(network: Network) -> Sketch:
    """Return where the nodes and names of a network are drawn."""
    width = 72.0 * WIDTH - 2.0 * MARGIN
    at, height = _scaled(_places(network), width)
    space = FreeSpace(width, height)
    radius = _radius(network)
    for x, y in at.values():
        space.take(box_around(x, y, 2.0 * radius, 2.0 * radius))
    degree = dict.fromkeys(at, 0)
    for link in network.links:
        degree[link.source] += 1
        degree[link.target] += 1
    names = {}
    devices = {node.id for node in network.nodes if node.roles == ("device",)}
    ranked = sorted(at, key=lambda key: (key in devices, -degree[key]))
    for node in ranked[:MOST_NAMED]:
        text = label(node, 16)
        size = text_size(text, LETTERS)
        box = (size[0] + 2.0, size[1])
        centre = space.place(box, _beside(at[node], box, radius + 1.5))
        if centre is not None:
            names[node] = (text, centre)
    return Sketch(at, names, width, height)


def is_map(network: Network) -> bool:
    """Return whether a network is drawn by positions: if most of its nodes have one."""
    known = sum(node.position is not None for node in network.nodes)
    return 2 * known > len(network.nodes)


def _places(network: Network) -> dict[str, Point]:
    """Return raw coordinates; nodes of unknown position stand among their neighbours."""
    if not is_map(network):
        return _arranged(network)
    known = {n.id: n.position for n in network.nodes if n.position is not None}
    if network.coordinates != "plane" and _on_the_globe(known):
        middle = math.radians(sum(y for _, y in known.values()) / len(known))
        narrow = max(math.cos(middle), 0.1)
        known = {key: (narrow * x, y) for key, (x, y) in known.items()}
    beside: dict[str, list[Point]] = {}
    for link in network.links:
        for end, other in ((link.source, link.target), (link.target, link.source)):
            if end not in known and other in known:
                beside.setdefault(end, []).append(known[other])
    rest = [node.id for node in network.nodes if node.id not in known]
    left, bottom, right, _ = _bounds(known)
    places = dict(known)
    for rank, node in enumerate(rest):
        around = beside.get(node)
        if around:
            places[node] = (
                sum(x for x, _ in around) / len(around) + 0.004 * rank * (right - left),
                sum(y for _, y in around) / len(around),
            )
        else:
            share = (rank + 1) / (len(rest) + 1)
            places[node] = (left + share * (right - left), bottom)
    return {node.id: places[node.id] for node in network.nodes}


def _on_the_globe(places: Mapping[str, Point]) -> bool:
    return all(abs(x) <= 180.0 and abs(y) <= 90.0 for x, y in places.values())


def _arranged(network: Network) -> dict[str, Point]:
    """Return places that follow from the links alone, always the same."""
    import networkx

    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(node.id for node in network.nodes)
    graph.add_edges_from((link.source, link.target) for link in network.links)
    if len(graph) > MOST_ARRANGED:
        places = networkx.circular_layout(graph)
    else:
        places = networkx.spring_layout(graph, seed=1, iterations=100)
    return {node: (float(x), float(y)) for node, (x, y) in places.items()}


def _bounds(places: Mapping[str, Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*places.values(), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _scaled(
    places: Mapping[str, Point], width: float
) -> tuple[dict[str, Point], float]:
    """Return places in points within a frame of this width, and the frame's height."""
    left, bottom, right, top = _bounds(places)
    inset = 16.0
    across, up = right - left, top - bottom
    inner = width - 2.0 * inset
    scale = min(
        inner / across if across > 0.0 else math.inf,
        (HIGHEST - 2.0 * inset) / up if up > 0.0 else math.inf,
    )
    scale = scale if math.isfinite(scale) else 0.0
    height = max(LOWEST, scale * up + 2.0 * inset)
    x0 = (width - scale * across) / 2.0
    y0 = (height - scale * up) / 2.0
    at = {
        key: (x0 + scale * (x - left), y0 + scale * (y - bottom))
        for key, (x, y) in places.items()
    }
    return at, height


def _radius(network: Network) -> float:
    return max(1.2, min(4.0, 40.0 / math.sqrt(len(network.nodes))))


def _beside(at: Point, size: tuple[float, float], reach: float) -> Iterator[Point]:
    """Yield centres for a name beside a node, the preferred ones first."""
    x, y = at
    width, height = size[0] / 2.0, size[1] / 2.0
    for right, up in (
        (1, 0),
        (-1, 0),
        (0, 1),
        (0, -1),
        (1, 1),
        (-1, 1),
        (1, -1),
        (-1, -1),
    ):
        slant = 0.75 if right and up else 1.0
        yield (
            x + right * (slant * reach + width),
            y + up * (slant * reach + height),
        )


def _links(axes: Axes, network: Network, sketch: Sketch) -> None:
    """Draw all links at once: there may be many thousands."""
    known = [link for link in network.links if link.gbps is not None]
    rates = [link.gbps for link in known if link.gbps is not None]
    thin = len(network.links) > MANY_LINKS
    widths = [width * (0.5 if thin else 1.0) for width in _thickness(rates)]
    dotted = [link for link in network.links if link.gbps is None]
    for links, line_widths, colour, style in (
        (known, widths, GREY, "-"),
        (dotted, [0.4 if thin else 0.9], PALE, ":"),
    ):
        lines = LineCollection(
            [[sketch.at[link.source], sketch.at[link.target]] for link in links],
            linewidths=line_widths,
            colors=colour,
            linestyles=style,
            zorder=1,
        )
        axes.add_collection(lines)
    if not network.directed or thin:
        return
    for link in network.links:
        (x0, y0), (x1, y1) = sketch.at[link.source], sketch.at[link.target]
        axes.annotate(
            "",
            xy=(0.35 * x0 + 0.65 * x1, 0.35 * y0 + 0.65 * y1),
            xytext=(0.4 * x0 + 0.6 * x1, 0.4 * y0 + 0.6 * y1),
            arrowprops={"arrowstyle": "->", "color": SOFT, "linewidth": 0.7},
            zorder=1,
        )


def _thickness(rates: list[float]) -> list[float]:
    """Return the width of each line, by the logarithm of its rate."""
    if not rates:
        return []
    low, high = math.log(min(rates)), math.log(max(rates))
    span = high - low
    return [
        0.7 + 2.0 * (0.5 if span == 0.0 else (math.log(rate) - low) / span)
        for rate in rates
    ]


def _nodes(axes: Axes, network: Network, sketch: Sketch) -> None:
    radius = _radius(network)
    looks: dict[tuple[bool, bool, bool], list[Point]] = {}
    for node in network.nodes:
        cloud = node.roles is not None and "cloud" in node.roles
        look = node.ghz is not None, node.roles == ("device",), cloud
        looks.setdefault(look, []).append(sketch.at[node.id])
    for (known, device, cloud), places in looks.items():
        axes.plot(
            *zip(*places, strict=True),
            "s" if cloud else "o",
            markersize=radius if device else 2.0 * radius,
            color=SKY if known else "white",
            markeredgecolor=BLUE if known else SOFT,
            markeredgewidth=0.7,
            zorder=3,
        )
    for text, (x, y) in sketch.names.values():
        axes.text(
            x,
            y,
            text,
            fontsize=LETTERS,
            color=INK,
            ha="center",
            va="center",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.0, foreground="white")],
            zorder=4,
        )


def _notes(network: Network, sketch: Sketch) -> list[str]:
    rates = [link.gbps for link in network.links if link.gbps is not None]
    first = []
    if rates:
        low, high = number(min(rates)), number(max(rates))
        span = low if low == high else f"{low} to {high}"
        first.append(f"width of a line: its rate, {span} Gbit/s")
    if len(rates) < len(network.links):
        first.append("dotted: rate unknown")
    if any(node.ghz is not None for node in network.nodes):
        first.append("blue: computing power known")
    nameless = len(network.nodes) - len(sketch.names)
    second = []
    if not is_map(network):
        second.append("positions unknown: arranged by links")
    if nameless:
        second.append(f"{nameless} names left out for want of room")
    return ["; ".join(part) for part in (first, second) if part]
