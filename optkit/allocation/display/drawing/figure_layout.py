"""Which part of a network is drawn, and how much room each part of the picture gets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from optkit.allocation.display.drawing.layout import Layout, Point, arrange
from optkit.allocation.display.view import View

MAX_SERVERS = 200
"""Most servers of the tree that are drawn."""

MAX_ASIDE = 24
"""Most unreachable servers that are drawn."""

TALLEST = 400.0
"""Greatest height of the tree in a figure, in points."""

LEGEND_LINE = 12.5
"""Height in points of one line of the legend below the tree."""

NOTE = 12.0
"""Height in points of the line that says what is left out."""

BAR = 30.0
"""Height in points of the colour bar below the legend."""

MAX_NUMBERED = 60
"""Most servers of a tree whose positions in the sending order are written."""

ASIDE = 64.0
"""Width in points of a column of unreachable servers."""

ASIDE_LINE = 17.0
"""Height in points of one unreachable server, its name included."""


@dataclass(frozen=True, eq=False)
class NetworkPlan:
    """The servers that are drawn, and where.

    Parameters
    ----------
    parent
        The part of the tree that is drawn.
    layout
        Positions of the tree in its own room.
    at
        Position of each server in the frame, in points.
    missing
        Servers of the tree that are not drawn.
    """

    parent: Mapping[str, str]
    layout: Layout
    at: Mapping[str, Point]
    missing: int


def footer_height(view: View) -> float:
    """Return the height in points of everything below the tree."""
    lines = math.ceil(sum(legend_entries(view)) / 2)
    return 8.0 + LEGEND_LINE * lines + (BAR if view.solved else 0.0) + NOTE


def legend_entries(view: View) -> tuple[bool, ...]:
    """Return which lines the legend has; see :func:`legend.draw_legend`."""
    return (
        True,
        len(view.servers) > 1,
        bool(view.parent),
        any(
            view.parent.get(target) != source and view.parent.get(source) != target
            for source, target in view.rates
        ),
        shows_places(view),
        any(view.idle(name) for name in view.server_metrics),
        bool(view.left_out),
    )


def shows_places(view: View) -> bool:
    """Return whether positions in the sending order are written beside the servers."""
    return len(view.parent) < MAX_NUMBERED and any(
        len(order) > 1 and not all(map(view.idle, order))
        for order in view.order.values()
    )


def plan_network(view: View, width: float, height: float) -> NetworkPlan:
    """Return what is drawn in a frame of a given width and height in points."""
    flow = view.flows()
    names = list(view.parent)
    if len(names) > MAX_SERVERS - 1:
        level = {name: k for k, name in enumerate(names)}
        # A server never receives more than the one above it, so the servers that are kept
        # are connected.
        names = sorted(names, key=lambda name: (-flow[name], level[name]))[
            : MAX_SERVERS - 1
        ]
        names.sort(key=level.__getitem__)
    parent = {name: view.parent[name] for name in names}
    aside = 0.0
    if view.unreachable:
        aside = ASIDE * (1 + (len(view.unreachable) > MAX_ASIDE // 2))
    layout = arrange(view.master, parent, width - aside, height - footer_height(view))
    return NetworkPlan(parent, layout, layout.at, len(view.parent) - len(parent))


def network_height(view: View, width: float) -> float:
    """Return the height in points that the network takes at a given width in points."""
    plan = plan_network(view, width, TALLEST + footer_height(view))
    aside = 0.0
    if view.unreachable:
        shown = min(len(view.unreachable), MAX_ASIDE)
        aside = ASIDE_LINE * (min(shown, MAX_ASIDE // 2) + 2)
    return max(plan.layout.height, aside) + footer_height(view)
