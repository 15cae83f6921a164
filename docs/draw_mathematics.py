"""Draw the pictures that stand beside proofs: multipliers, blocks, and states of sync.

    python docs/draw_mathematics.py

Needs the extra ``plot``. What is shown is computed from small generated instances.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import optkit
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.sink_tree import Subtree, sink_tree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.core.arrays import Bools, Floats
from optkit.discovery.bounds.follower_terms import follower_terms
from optkit.discovery.bounds.multiplier_triangles import (
    SingleAgentScope,
    halves,
    simplex,
    single_agent_scope,
)
from optkit.discovery.bounds.triangle_bound import ROWS, raise_prices
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data
from optkit.plotting.charts import WIDTH
from optkit.plotting.output import render
from optkit.plotting.palette import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    SOFT,
    VERMILION,
    YELLOW,
)
from optkit.plotting.style import CHARTS, using

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IMAGES = Path(__file__).parent / "images"

SETTINGS: dict[str, Any] = {**CHARTS, "axes.grid": False, "text.parse_math": True}
"""Those of charts, with letters set as in formulas."""

SMALL = 9.0
"""Size of labels inside the pictures, in points."""

STATE, SAME = "#DDEBF7", "#BBD7EF"
"""Fills of states, and of those in which the copy is what the router holds."""


# Multipliers of the follower.


@dataclass(frozen=True, eq=False)
class Cells:
    """The triangles in which branch and bound over the multipliers ends.

    Parameters
    ----------
    corners
        Shares of (t, λ, μ) at the corners of each triangle, shape (triangles, 3, 3).
    lines
        r_i at the three corners of the simplex, a row per node, shape (nodes, 3).
    """

    corners: Floats
    lines: Floats

    def crossed(self) -> Bools:
        """Say which lines r_i = 0 cross which triangle, shape (triangles, nodes)."""
        reduced = self.corners @ self.lines.T
        crossed: Bools = reduced.min(axis=1) * reduced.max(axis=1) < 0.0
        return crossed

    def shaded(self) -> int:
        """Return the largest of the triangles that exactly one line crosses."""
        sizes = np.abs(np.linalg.det(self.corners))
        return int(np.argmax(np.where(self.crossed().sum(axis=1) == 1, sizes, 0.0)))


def cells() -> Cells:
    """Divide the triangle with the lowest bound until all bounds reach the optimum."""
    instance = optkit.generate(
        "discovery", seed=3, nodes=14, windows=1, candidates=4, qan_rule="single",
        connection="optional", connection_cost="agent-mode",
        required_agent=0.55, required_self=0.4,
    )  # fmt: skip
    assert isinstance(instance, DiscoveryInstance)
    optimum = optkit.solve(instance, "bilevel-exact").objective
    assert optimum is not None
    scope = single_agent_scope(problem_data(instance), 0)
    whole = simplex(scope)
    bound, prices = _bound(scope, whole, np.zeros(ROWS), optimum)
    heap = [(bound, 0, whole, prices)]
    count = 0
    while heap[0][0] < optimum - 1e-6:
        _, _, triangle, prices = heapq.heappop(heap)
        for half in halves(scope, triangle):
            count += 1
            bound, half_prices = _bound(scope, half, prices, optimum)
            heapq.heappush(heap, (bound, count, half, half_prices))
    first_links = np.unique(scope.request, return_index=True)[1]
    return Cells(
        np.array([triangle * scope.magnitudes for _, _, triangle, _ in heap]),
        (whole @ scope.coefficients).T[first_links],
    )


def _bound(
    scope: SingleAgentScope, triangle: Floats, prices: Floats, optimum: float
) -> tuple[float, Floats]:
    """Return the bound of a triangle, and its prices."""
    terms = follower_terms(scope, triangle)
    priced = raise_prices(scope.links, terms, prices, optimum - scope.base, 300)
    return priced.bound + scope.base, priced.prices


CORNERS = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])
"""Where t, λ and μ are 1 in the picture."""


def draw_cells() -> Figure:
    """Draw the simplex of multipliers, its lines and its triangles."""
    from matplotlib.figure import Figure

    shown = cells()
    figure = Figure(figsize=(WIDTH, 4.7), layout="constrained")
    panel = _empty(figure.add_subplot())
    shaded = shown.shaded()
    open_signs = int(shown.crossed()[shaded].sum())
    nodes = len(shown.lines)
    for index, corners in enumerate(shown.corners):
        panel.fill(
            *(corners @ CORNERS).T,
            fc=YELLOW if index == shaded else "white",
            ec=GREY,
            lw=0.9,
            label=f"a cell with {nodes - open_signs} of {nodes} signs known"
            if index == shaded
            else "_",
        )
    panel.plot(
        [], [], color=GREY, lw=0.9, label=f"cells: {len(shown.corners)} triangles"
    )
    for index, line in enumerate(shown.lines):
        ends = _line_in_simplex(line) @ CORNERS
        label = "$r_i(q) = 0$, one line per node" if index == 0 else "_"
        panel.plot(*ends.T, color=BLUE, lw=1.4, label=label)
    for name, (x, y), shift in zip(
        ("$t$: energy", "$λ$: row of agent mode", "$μ$: row of self-directed mode"),
        CORNERS,
        ((0, 6), (-8, -16), (8, -16)),
        strict=True,
    ):
        side = {0: "center", -8: "left", 8: "right"}[shift[0]]
        panel.annotate(name, (x, y), shift, textcoords="offset points", ha=side)
    panel.set_aspect("equal")
    figure.legend(loc="outside lower left", fontsize=SMALL)
    return figure


def _line_in_simplex(line: Floats) -> Floats:
    """Return both ends of r_i = 0 within the simplex, as shares of (t, λ, μ)."""
    ends = []
    for first, second in ((0, 1), (0, 2), (1, 2)):
        if line[first] * line[second] < 0.0:
            end = np.zeros(3)
            end[first], end[second] = -line[second], line[first]
            ends.append(end / end.sum())
    return np.array(ends).reshape(-1, 3)


# Blocks of a subtree, and orders that keep or interrupt one.


@dataclass(frozen=True, eq=False)
class Orders:
    """A subtree, the block at one of its servers, and two orders of sending.

    Parameters
    ----------
    subtree
        The subtree.
    head
        v, the server whose block is looked at, numbered inside the subtree.
    block
        Whether each server belongs to the block, shape (n,).
    contiguous, interrupted
        Both orders, first to last.
    seconds_per_gbit
        Of the link from the master.
    """

    subtree: Subtree
    head: int
    block: Bools
    contiguous: Sequence[int]
    interrupted: Sequence[int]
    seconds_per_gbit: float

    def loads(self, order: Sequence[int]) -> Floats:
        """Return the most load that an order takes at cost 1, in Gbit per server."""
        matrix = subtree_costs(self.subtree).matrices(np.array([order]))
        solved = solve_orders(matrix, self.subtree.workers)
        loads: Floats = solved.shares[0] / solved.cost[0]
        return loads


def orders() -> Orders:
    """Return a generated subtree of five servers, one of which has two children."""
    instance = optkit.generate("allocation", seed=26, servers=6)
    assert isinstance(instance, AllocationInstance)
    subtree = sink_tree(instance).subtrees[0]
    head = 1
    block = (np.arange(subtree.size) == head) | (subtree.parent == head)
    seconds = float(subtree.distance[0]) / instance.weights.time
    return Orders(subtree, head, block, (0, 1, 3, 4, 2), (0, 1, 3, 2, 4), seconds)


ROWS_OF_TREE = (0.0, 0.5, -1.5, 1.05, -0.05)
"""Height of each server of :func:`orders` in the picture."""


def draw_blocks() -> Figure:
    """Draw a subtree with a block, and two orders of sending below it."""
    from matplotlib.figure import Figure

    shown = orders()
    figure = Figure(figsize=(WIDTH, 5.2), layout="constrained")
    tree, bars = figure.subplots(2, height_ratios=(1.25, 1.0))
    _draw_tree(_empty(tree), shown)
    _draw_orders(bars, shown)
    return figure


def _draw_tree(panel: Axes, shown: Orders) -> None:
    """Draw the subtree, each server as far to the right as its D says."""
    from matplotlib.patches import FancyBboxPatch

    subtree = shown.subtree
    far = subtree.distance / subtree.distance.max()
    for server, parent in enumerate(subtree.parent.tolist()):
        start = (far[parent], ROWS_OF_TREE[parent]) if parent >= 0 else (0.0, 0.0)
        end = (far[server], ROWS_OF_TREE[server])
        panel.plot(*zip(start, end, strict=True), color=GREY, lw=1.2, zorder=1)
    left, right = far[shown.block].min(), far[shown.block].max()
    panel.add_patch(
        FancyBboxPatch(
            (left - 0.015, -0.2), right - left + 0.03, 1.4,
            boxstyle="round,pad=0.04,rounding_size=0.05", fc="none", ec=BLUE, ls="--",
            mutation_aspect=5.0,
        )
    )  # fmt: skip
    panel.annotate("block $A_v$", (right, 1.45), ha="right", va="bottom", color=BLUE)
    _circle(panel, 0.0, 0.0, "0", SOFT, "white")
    panel.annotate("master", (0.0, -0.34), ha="center", va="top", fontsize=SMALL)
    for server in range(subtree.size):
        _circle(panel, far[server], ROWS_OF_TREE[server], *_face(shown, server))
    above = far[shown.head]
    parent = far[subtree.parent[shown.head]]
    _measure(panel, 0.0, above, 2.25, "$D_v$")
    _measure(panel, 0.0, parent, 1.5, r"$D_{\mathrm{parent}(v)}$")
    _measure(panel, parent, above, 1.5, "$δ_v$")
    for x, bottom, top in ((0.0, 0.0, 2.4), (parent, 0.0, 1.65), (above, 0.5, 2.4)):
        panel.plot((x, x), (bottom, top), color=FAINT, lw=0.8, zorder=0)
    panel.set_xlim(-0.06, 1.07)
    panel.set_ylim(-1.9, 2.8)


def _face(shown: Orders, server: int) -> tuple[str, str, str]:
    """Return a server's name, its colour, and that of the name on it."""
    name = "v" if server == shown.head else str(server + 1)
    return (name, BLUE, "white") if shown.block[server] else (name, ORANGE, INK)


def _circle(
    panel: Axes, x: float, y: float, name: str, colour: str, letters: str
) -> None:
    """Draw a server."""
    panel.plot(x, y, "o", ms=17.0, color=colour, mec="white")
    panel.annotate(name, (x, y), ha="center", va="center_baseline", color=letters)


def _measure(panel: Axes, start: float, end: float, y: float, name: str) -> None:
    """Draw a distance between two places, as on a plan."""
    arrow = {"arrowstyle": "<->", "color": INK, "lw": 0.9, "shrinkA": 0, "shrinkB": 0}
    panel.annotate("", (start, y), (end, y), arrowprops=arrow)
    panel.annotate(name, ((start + end) / 2.0, y + 0.08), ha="center", va="bottom")


def _draw_orders(panel: Axes, shown: Orders) -> None:
    """Draw both orders as bars of the time that parts take on the first link."""
    for row, (title, order) in enumerate(
        (("contiguous", shown.contiguous), ("interrupted", shown.interrupted))
    ):
        loads = shown.loads(order)
        begin = 0.0
        for server in order:
            length = float(loads[server] * shown.seconds_per_gbit)
            name, colour, letters = _face(shown, server)
            panel.barh(-row, length, 0.42, begin, color=colour, ec="white", lw=1.0)
            panel.annotate(
                name, (begin + length / 2.0, -row), ha="center", va="center_baseline",
                color=letters,
            )  # fmt: skip
            begin += length
        panel.annotate(
            f"{title}: takes {loads.sum():.3f} Gbit at cost 1", (0.0, 0.28 - row),
            va="bottom",
        )  # fmt: skip
    panel.set_ylim(-1.35, 0.65)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.set_xlabel("time on the link from the master, s")


# States of a device and a class of links.

TRANSMIT, MOST_HELD, MOST_COPIED = 1, 6, 8
"""Age of a value on arrival, and the limits of both ages in the picture, in slots."""


def moves(held: int, copied: int) -> dict[str, tuple[int, int]]:
    """Return the ages after a slot in which each thing may happen.

    Parameters
    ----------
    held, copied
        Ages of the value that the router holds, and of the copy, in slots.
    """
    older = held + 1
    return {
        "nothing": (older, copied + 1),
        "report": (TRANSMIT, copied + 1),
        "notification": (older, older),
        "both": (TRANSMIT, TRANSMIT),
    }


def states() -> list[tuple[int, int]]:
    """Return all (held, copied) after slot 0 that keep the limits."""
    return [
        (held, copied)
        for held in range(TRANSMIT, MOST_HELD + 1)
        for copied in range(held, MOST_COPIED + 1)
    ]


def draw_states() -> Figure:
    """Draw the states as a grid, and the moves from one of them."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    panel = figure.add_subplot()
    for held, copied in states():
        same = held == copied
        panel.add_patch(
            Rectangle(
                (held - 0.45, copied - 0.45), 0.9, 0.9, fc=SAME if same else STATE,
                ec="none",
            )
        )  # fmt: skip
    origin = (3, 5)
    panel.plot(*origin, "o", ms=9.0, color=INK, zorder=3)
    colours = (INK, BLUE, GREEN, VERMILION)
    places = ((4.2, 6.25), (1.0, 6.42), (4.55, 4.0), (1.55, 1.0))
    sides = ("left", "center", "left", "left")
    for (name, state), colour, place, side in zip(
        moves(*origin).items(), colours, places, sides, strict=True
    ):
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 6.0}
        panel.annotate("", state, origin, arrowprops=arrow)
        panel.annotate(name, place, ha=side, va="center", color=colour)
    right, top = MOST_HELD + 0.5, MOST_COPIED + 0.5
    panel.axvline(right, color=SOFT, lw=1.2, ls="--")
    panel.axhline(top, color=SOFT, lw=1.2, ls="--")
    panel.annotate(
        "max_device_age", (right + 0.1, 4.5), rotation=90.0, va="center",
        fontsize=SMALL,
    )  # fmt: skip
    panel.annotate("max_pair_age − payload/rate", (0.6, top + 0.12), fontsize=SMALL)
    panel.annotate("dark: copied = held", (6.4, 2.6), ha="right", fontsize=SMALL)
    panel.set_xlim(0.4, 7.6)
    panel.set_ylim(0.4, 9.2)
    panel.set_aspect("equal")
    panel.set_xlabel("held: age of the value at the router, slots")
    panel.set_ylabel("copied: age of the neighbours' copy, slots")
    return figure


def _empty(panel: Axes) -> Axes:
    """Return axes without frame and ticks."""
    panel.set_axis_off()
    return panel


PICTURES: dict[str, Callable[[], Figure]] = {
    "multiplier-cells": draw_cells,
    "blocks": draw_blocks,
    "held-and-copied": draw_states,
}
"""The drawing of each picture."""


def draw(name: str) -> bytes:
    """Return the SVG file of a picture."""
    with using(SETTINGS):
        figure = PICTURES[name]()
    return render(figure, "svg", settings=SETTINGS, salt=name)


def main() -> None:
    """Write all pictures."""
    for name in PICTURES:
        path = IMAGES / f"{name}.svg"
        path.write_bytes(draw(name))
        print(path)


if __name__ == "__main__":
    main()
