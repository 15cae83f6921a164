"""The network and the tree in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.figure_layout import (
    ASIDE,
    ASIDE_LINE,
    MAX_ASIDE,
    NetworkPlan,
    footer_height,
    plan_network,
    shows_places,
)
from optkit.allocation.display.drawing.frame import Colour, frame, ink_on
from optkit.allocation.display.drawing.label_placement import FreeSpace, box_around
from optkit.allocation.display.drawing.labels import label, number, text_size
from optkit.allocation.display.drawing.layout import Point
from optkit.allocation.display.drawing.legend import draw_colour_bar, draw_legend
from optkit.allocation.display.view import View


def draw_network(view: View, *, ax: Axes) -> None:
    """Draw the network: every link faint, the tree's bold, servers by speed and load.

    A server's area grows with its speed in GHz; its colour shows its load in Gbit. A
    link of the tree is as wide as what is sent over it (Gbit) or, where there are no
    loads, as its rate (Gbit/s). The number beside a server is its place in its
    subtree's sending order. Of very large trees the part that carries most is drawn,
    and the rest is counted.

    Parameters
    ----------
    view
        What to draw.
    ax
        Where; its axis is turned off, and one unit becomes one point.
    """
    width, height = frame(ax)
    plan = plan_network(view, width, height)
    lift = (
        height
        - (height - footer_height(view) - plan.layout.height) / 2
        - plan.layout.height
    )
    plan = replace(
        plan,
        at={name: (x, y + lift) for name, (x, y) in plan.layout.at.items()},
    )
    _Drawing(view, plan, ax, width, height).draw()


class _Drawing:
    """One network on its way to the paper."""

    def __init__(
        self, view: View, plan: NetworkPlan, ax: Axes, width: float, height: float
    ) -> None:
        self.view = view
        self.plan = plan
        self.ax = ax
        self.width = width
        self.height = height
        self.room = plan.layout.room
        self.at: dict[str, Point] = dict(plan.at)
        self.space = FreeSpace(width, height)
        self.space.take((0.0, 0.0, width, footer_height(view)))
        self.lines = FreeSpace(width, height)
        self.nameless = 0
        self.amounts = False
        self.heaviest_link = 0.0
        self.thickness: dict[str, float] = {}
        fastest = max(server.ghz for server in view.servers.values())
        # Crowded servers fill more of their room: they have no word beside them.
        largest = min((0.31 if self.room > 20.0 else 0.42) * self.room, 17.0)
        self.radius = {
            name: max(
                largest * math.sqrt(view.servers[name].ghz / fastest), 0.3 * largest
            )
            for name in self.at
        }
        heaviest = max(
            (view.server_metric(name, "load_gbit") for name in self.at), default=0
        )
        self.scale = Normalize(0.0, heaviest if heaviest > 0 else 1.0)
        self.colours = style.loads_map()
        self.carried = view.flows() if view.solved else self._rates()

    def _rates(self) -> dict[str, float]:
        return {
            child: self.view.rates[sender, child]
            for child, sender in self.plan.parent.items()
        }

    def draw(self) -> None:
        """Draw everything, from the ground up."""
        self._aside()
        self._other_links()
        self._tree_links()
        for name in self.at:
            self._server(name)
        self._names()
        self._places()
        self._amounts()
        self._notes()
        draw_legend(self.view, self.heaviest_link, ax=self.ax)
        if self.view.solved:
            draw_colour_bar(ScalarMappable(self.scale, self.colours), ax=self.ax)

    def _aside(self) -> None:
        names = self.view.unreachable
        if not names:
            return
        columns = 1 + (len(names) > MAX_ASIDE // 2)
        left = self.width - ASIDE * columns
        top = self.height - 4.0
        self._text(
            left + 2.0, top - 5.0, "unreachable:", style.SMALL, style.SOFT, "left"
        )
        for k, name in enumerate(names[:MAX_ASIDE]):
            column, line = divmod(k, MAX_ASIDE // 2)
            x, y = left + 8.0 + ASIDE * column, top - ASIDE_LINE * (line + 1.3)
            self.at[name] = (x, y)
            self.radius[name] = 4.5
            self._text(x + 8.0, y, label(name, 8), style.TINY, style.SOFT, "left")
        if len(names) > MAX_ASIDE:
            line = MAX_ASIDE // 2 + 1
            more = f"and {len(names) - MAX_ASIDE} more"
            self._text(left + 2.0, top - ASIDE_LINE * (line + 0.2), more, style.TINY,
                       style.SOFT, "left")  # fmt: skip
        self.space.take((left, 0.0, self.width, self.height))

    def _other_links(self) -> None:
        tree = {tuple(sorted(pair)) for pair in self.plan.parent.items()}
        drawn = sorted(
            {
                (one, other)
                for one, other in (tuple(sorted(ends)) for ends in self.view.rates)
                if one in self.at and other in self.at and (one, other) not in tree
            }
        )
        paths = []
        for one, other in drawn:
            (x0, y0), (x1, y1) = self.at[one], self.at[other]
            # Bent, so that a link between servers in one line shows behind those that
            # stand between them.
            bend = 0.16
            middle = (
                (x0 + x1) / 2 - bend * (y1 - y0),
                (y0 + y1) / 2 + bend * (x1 - x0),
            )
            paths.append(
                Path(
                    [(x0, y0), middle, (x1, y1)],
                    [Path.MOVETO, Path.CURVE3, Path.CURVE3],
                )
            )
        if paths:
            self.ax.add_collection(
                PathCollection(
                    paths,
                    facecolors="none",
                    edgecolors=style.FAINT,
                    linewidths=0.8 if len(paths) < 150 else 0.25,
                    zorder=1,
                ),
                autolim=False,
            )

    def _tree_links(self) -> None:
        most = max((self.carried[name] for name in self.plan.parent), default=0.0)
        self.heaviest_link = most
        shafts: dict[bool, list[tuple[Point, Point]]] = {True: [], False: []}
        widths: dict[bool, list[float]] = {True: [], False: []}
        samples: list[Point] = []
        owners: list[str] = []
        for child, sender in self.plan.parent.items():
            (x0, y0), (x1, y1) = self.at[sender], self.at[child]
            length = math.hypot(x1 - x0, y1 - y0)
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            share = self.carried[child] / most if most > 0 else 0.0
            width = min(1.0, self.room / 40.0) * (0.8 + 3.2 * share)
            self.thickness[child] = width
            start = self.radius[sender] + 1.0
            end = length - self.radius[child] - 1.0
            used = child not in self.view.left_out
            head = min(2.0 + 1.6 * width, 0.6 * (end - start)) if used else 0.0
            tip = (x0 + ux * end, y0 + uy * end)
            base = (tip[0] - ux * head, tip[1] - uy * head)
            if head > 1.0:
                half = 0.6 * head
                self.ax.add_artist(
                    Polygon(
                        [
                            tip,
                            (base[0] - uy * half, base[1] + ux * half),
                            (base[0] + uy * half, base[1] - ux * half),
                        ],
                        facecolor=style.SOFT,
                        edgecolor="none",
                        zorder=2,
                    )
                )
            shafts[used].append(((x0 + ux * start, y0 + uy * start), base))
            widths[used].append(width if used else min(0.8, self.room / 30.0))
            for t in np.arange(start, end, 4.0):
                self.lines.take(box_around(x0 + ux * t, y0 + uy * t, 2.0, 2.0))
                samples.append((x0 + ux * t, y0 + uy * t))
                owners.append(child)
        self.samples = np.array(samples).reshape(-1, 2)
        self.owners = np.array(owners, dtype=object)
        for used, dashes in ((True, "solid"), (False, (0, (2.0, 2.0)))):
            if shafts[used]:
                self.ax.add_collection(
                    LineCollection(
                        shafts[used],
                        colors=style.SOFT,
                        linewidths=widths[used],
                        linestyles=dashes,
                        capstyle="butt",
                        zorder=2,
                    ),
                    autolim=False,
                )

    def _fill(self, name: str) -> Colour:
        if name in self.view.left_out:
            return "white"
        if name in self.view.unreachable:
            return style.FAINT
        if not self.view.solved:
            return style.SPEED
        if self.view.idle(name):
            return style.IDLE
        return self.colours(
            float(self.scale(self.view.server_metric(name, "load_gbit")))
        )

    def _server(self, name: str) -> None:
        x, y = self.at[name]
        radius = self.radius[name]
        apart = name in self.view.left_out or name in self.view.unreachable
        look: dict[str, Any] = {
            "facecolor": self._fill(name),
            "edgecolor": style.SOFT if apart else style.INK,
            "linewidth": 0.8 if self.room > 14.0 else 0.4,
            "linestyle": (0, (2.0, 1.5)) if name in self.view.left_out else "solid",
            "zorder": 3,
        }
        if name != self.view.master:
            self.ax.add_artist(Circle((x, y), radius, **look))
            self.space.take(box_around(x, y, 2.0 * radius, 2.0 * radius))
            return
        half = 0.89 * radius  # a square of the same area
        ring = half + max(2.0, 0.2 * half)
        self.ax.add_artist(Rectangle((x - half, y - half), 2 * half, 2 * half, **look))
        self.ax.add_artist(
            Rectangle(
                (x - ring, y - ring),
                2 * ring,
                2 * ring,
                facecolor="none",
                edgecolor=style.INK,
                linewidth=1.2,
                zorder=3,
            )
        )
        self.space.take(box_around(x, y, 2.0 * ring, 2.0 * ring))

    def _names(self) -> None:
        ranked = sorted(
            self.plan.at, key=lambda name: (name != self.view.master, -self._rank(name))
        )
        for name in ranked:
            x, y = self.at[name]
            written = label(name, 16)
            radius = self.radius[name]
            for size in (style.BODY, style.SMALL, style.TINY):
                if text_size(written, size)[0] <= 1.75 * radius and size < 1.6 * radius:
                    self._text(x, y, written, size, ink_on(self._fill(name)))
                    break
            else:
                wide, high = text_size(written, style.TINY)
                spot = self._spot(name, (wide + 1.0, high), radius)
                if spot is None and len(written) > 9:
                    written = label(name, 9)
                    wide, high = text_size(written, style.TINY)
                    spot = self._spot(name, (wide + 1.0, high), radius)
                if spot is None:
                    self.nameless += 1
                else:
                    self._text(*spot, written, style.TINY, halo=True)

    def _rank(self, name: str) -> float:
        if self.view.solved:
            return self.view.server_metric(name, "load_gbit")
        return -float(self.view.depth[name])

    def _spot(
        self, name: str, size: tuple[float, float], radius: float
    ) -> Point | None:
        """Find room for a word beside a server, better off the tree's links."""
        return self._clear(size, list(self._around(name, size, radius + 1.5)))

    def _clear(self, size: tuple[float, float], centres: list[Point]) -> Point | None:
        """Take the first free centre, off the tree's links where there is one."""
        clear = [
            centre for centre in centres if self.lines.free(box_around(*centre, *size))
        ]
        return self.space.place(size, clear) or self.space.place(size, centres)

    def _around(
        self, name: str, size: tuple[float, float], reach: float
    ) -> Iterator[Point]:
        x, y = self.at[name]
        wide, high = size[0] / 2.0, size[1] / 2.0
        ways = [(1, 0), (-1, 0), (0, -1), (0, 1), (1, 1), (-1, 1), (1, -1), (-1, -1)]
        if self.plan.layout.kind == "across":
            ways = [(0, 1), (0, -1), *ways]
        elif self.plan.layout.kind == "rings":
            cx, cy = self.at[self.view.master]
            # Outwards first: there is nobody's link there, at least at the leaves.
            ways.sort(key=lambda way: -(way[0] * (x - cx) + way[1] * (y - cy))
                      / math.hypot(*way))  # fmt: skip
        for right, up in ways:
            slant = 0.75 if right and up else 1.0
            yield (
                x + right * (slant * reach + wide),
                y + up * (slant * reach + high),
            )

    def _places(self) -> None:
        """Write each server's place in its subtree's sending order beside it."""
        if not shows_places(self.view):
            return
        for order in self.view.order.values():
            if len(order) < 2:
                continue
            for place, name in enumerate(order, 1):
                if name not in self.radius:
                    continue
                wide, high = text_size(str(place), style.TINY)
                size = (wide + 4.0, high + 1.0)
                x, y = self.at[name]
                reach = 0.72 * self.radius[name]
                corners = ((1, 1), (-1, 1), (1, -1), (-1, -1))
                centres = [
                    (
                        x + right * (self.radius[name] + size[0] / 2 + 0.5),
                        y + up * (reach + size[1] / 2 - 1.0),
                    )
                    for right, up in corners
                ]
                spot = self._clear(size, centres)
                if spot is None:
                    continue
                self.ax.text(
                    *spot,
                    str(place),
                    **style.text(
                        fontsize=style.TINY,
                        color=style.MARK,
                        ha="center",
                        va="center_baseline",
                        zorder=5,
                        bbox={
                            "boxstyle": "round,pad=0.12",
                            "facecolor": "white",
                            "edgecolor": style.MARK,
                            "linewidth": 0.6,
                        },
                    ),
                )

    def _amounts(self) -> None:
        """Write what each link of the tree carries, or its rate, beside it."""
        wanted = [
            child
            for child in self.plan.parent
            if self.carried[child] > 1e-7 * self.heaviest_link
            and child not in self.view.left_out
        ]
        found: list[tuple[Point, str]] = []
        for child in wanted:
            sender = self.plan.parent[child]
            (x0, y0), (x1, y1) = self.at[sender], self.at[child]
            written = number(self.carried[child])
            wide, high = text_size(written, style.TINY)
            size = (wide + 1.0, high)
            length = math.hypot(x1 - x0, y1 - y0)
            nx, ny = -(y1 - y0) / length, (x1 - x0) / length
            off = abs(nx) * wide / 2 + abs(ny) * high / 2 + 2.0
            off += self.thickness[child] / 2
            centres = [
                (
                    x0 + t * (x1 - x0) + side * nx * off,
                    y0 + t * (y1 - y0) + side * ny * off,
                )
                for t in (0.5, 0.6, 0.4)
                for side in (1, -1)
            ]
            clear = [c for c in centres if self.lines.free(box_around(*c, *size))]
            others = self.samples[self.owners != child]
            clear.sort(key=lambda c: -_distance(c, others))
            spot = self.space.place(size, clear)
            if spot is not None:
                found.append((spot, written))
        # A few numbers here and there would say less than none.
        self.amounts = bool(found) and len(found) >= 0.75 * len(wanted)
        for spot, written in found if self.amounts else ():
            self._text(*spot, written, style.TINY, style.SOFT, halo=True)

    def _text(
        self,
        x: float,
        y: float,
        written: str,
        size: float,
        colour: str = style.INK,
        ha: str = "center",
        halo: bool = False,
    ) -> None:
        drawn = self.ax.text(
            x,
            y,
            written,
            **style.text(
                fontsize=size, color=colour, ha=ha, va="center_baseline", zorder=4
            ),
        )
        if halo:
            drawn.set_path_effects([withStroke(linewidth=1.8, foreground="white")])

    def _notes(self) -> None:
        """Write what is missing."""
        parts = []
        if self.plan.missing:
            parts.append(f"{self.plan.missing} more servers not drawn")
        if self.nameless:
            parts.append(f"{self.nameless} names left out for want of room")
        if parts:
            said = "; ".join(parts)
            self._text(2.0, 4.0, said, style.TINY, style.SOFT, "left")


def _distance(point: Point, others: npt.NDArray[np.float64]) -> float:
    """Return how far a point is from the nearest of others, at most 24 points."""
    if not len(others):
        return 24.0
    away = np.hypot(others[:, 0] - point[0], others[:, 1] - point[1])
    # Past that a number cannot be taken for a neighbour's.
    return min(float(away.min()), 24.0)
