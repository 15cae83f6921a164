"""The frame that a network is drawn in: positions, colours, and the room that is left."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patheffects import withStroke

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.figure_layout import NetworkPlan, footer_height
from optkit.allocation.display.drawing.frame import Colour
from optkit.allocation.display.drawing.layout import Point
from optkit.allocation.display.view import View
from optkit.plotting.label_placement import FreeSpace, box_around

HALF_SQUARE = 0.89
"""Half the side of a square, over the radius of a circle of the same area."""


class NetworkCanvas:
    """A network while it is drawn.

    Parameters
    ----------
    view
        The instance or solution.
    plan
        The servers that are drawn, and where.
    ax
        The axes, measured in points.
    width, height
        Size of the axes in points.
    """

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
        """The room that the links of the tree take."""
        self.heaviest_link = 0.0
        self.thickness: dict[str, float] = {}
        self.samples: npt.NDArray[np.float64] = np.zeros((0, 2))
        """Points on the links of the tree, shape (S, 2)."""
        self.sample_owners: npt.NDArray[np.object_] = np.zeros(0, dtype=object)
        """The server that the link of each sample leads to, shape (S,)."""
        fastest = max(server.ghz for server in view.servers.values())
        # Crowded servers fill more of their room, since no label is beside them.
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
        """Gbit that each server's link carries; without a solution its rate, Gbit/s."""

    def _rates(self) -> dict[str, float]:
        return {
            child: self.view.rates[sender, child]
            for child, sender in self.plan.parent.items()
        }

    def reach(self, name: str) -> float:
        """Return how far a server's mark reaches from its centre; the master has a ring."""
        if name != self.view.master:
            return self.radius[name]
        half = HALF_SQUARE * self.radius[name]
        return half + max(2.0, 0.2 * half)

    def fill(self, name: str) -> Colour:
        """Return the colour that fills a server."""
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

    def place_label(
        self, size: tuple[float, float], centres: list[Point]
    ) -> Point | None:
        """Take the first free centre, off the tree's links where there is one."""
        clear = [
            centre for centre in centres if self.lines.free(box_around(*centre, *size))
        ]
        return self.space.place(size, clear) or self.space.place(size, centres)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str = style.INK,
        ha: str = "center",
        halo: bool = False,
    ) -> None:
        """Write a text centred at a height of ``y``; ``halo`` sets it off from lines."""
        drawn = self.ax.text(
            x,
            y,
            text,
            **style.text(
                fontsize=size, color=colour, ha=ha, va="center_baseline", zorder=4
            ),
        )
        if halo:
            drawn.set_path_effects([withStroke(linewidth=1.8, foreground="white")])
