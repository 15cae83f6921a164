"""The candidate links: access points on a ring, their servers outside, clouds inside."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from optkit.dispatch.display.drawing import style
from optkit.dispatch.instance import DispatchInstance
from optkit.plotting import drawings, palette

MOST_ON_A_RING = 40
"""Most access points that are drawn as a ring; more become a matrix."""


def draw_network(axes: Axes, instance: DispatchInstance) -> None:
    """Draw access points, servers and candidate links."""
    if len(instance.aps) > MOST_ON_A_RING:
        _matrix(axes, instance)
    else:
        _ring(axes, instance)


def _places(
    instance: DispatchInstance,
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    """Return the coordinates of access points and of servers."""
    count = len(instance.aps)
    angle = {
        ap: math.pi / 2 - 2 * math.pi * k / count for k, ap in enumerate(instance.aps)
    }
    points = {ap: (math.cos(a), math.sin(a)) for ap, a in angle.items()}
    servers = {}
    beside: dict[str, int] = {}
    clouds = [server.id for server in instance.servers if server.ap is None]
    for server in instance.servers:
        if server.ap is None:
            position = clouds.index(server.id)
            shift = 0.3 * (position - (len(clouds) - 1) / 2)
            servers[server.id] = (shift, 0.0)
            continue
        rank = beside[server.ap] = beside.get(server.ap, -1) + 1
        radius = 1.25 + 0.2 * rank
        servers[server.id] = (
            radius * math.cos(angle[server.ap]),
            radius * math.sin(angle[server.ap]),
        )
    return points, servers


def _ring(axes: Axes, instance: DispatchInstance) -> None:
    points, servers = _places(instance)
    kind = {server.id: server.kind for server in instance.servers}
    home = {server.id: server.ap for server in instance.servers}
    axes.set_axis_off()
    axes.set_aspect("equal")
    for ap, reached in zip(instance.aps, instance.candidates, strict=True):
        for server in reached:
            (x, y), (u, v) = points[ap], servers[server]
            own, cloud = home[server] == ap, kind[server] == "cloud"
            axes.plot(
                [x, u],
                [y, v],
                color=palette.INK if own else style.CLOUD if cloud else style.EDGE,
                linewidth=1.4 if own else 0.6,
                alpha=1.0 if own else 0.65,
                linestyle="--" if cloud else "-",
                zorder=1,
            )
    small = 5.5 if len(instance.aps) > 24 else 6.5
    for ap, (x, y) in points.items():
        axes.plot(
            x, y, "o", markersize=13, color="white", markeredgecolor=palette.INK,
            markeredgewidth=0.8, zorder=3,
        )  # fmt: skip
        _label(axes, ap, x, y, small)
    for server, (x, y) in servers.items():
        cloud = kind[server] == "cloud"
        axes.plot(
            x, y, "s", markersize=19 if cloud else 12.5,
            color=style.CLOUD if cloud else style.EDGE,
            markeredgecolor=palette.INK, markeredgewidth=0.6, zorder=3,
        )  # fmt: skip
        _label(axes, server, x, y, small, "white" if cloud else palette.INK)
    axes.margins(0.05)


def _label(
    axes: Axes, text: str, x: float, y: float, size: float, ink: str = palette.INK
) -> None:
    axes.annotate(
        drawings.shortened(text, 6),
        (x, y),
        ha="center",
        va="center",
        fontsize=size,
        color=ink,
        zorder=4,
    )


def _matrix(axes: Axes, instance: DispatchInstance) -> None:
    column = {server.id: m for m, server in enumerate(instance.servers)}
    reach = np.zeros((len(instance.aps), len(instance.servers)))
    home = {server.id: server.ap for server in instance.servers}
    for k, (ap, reached) in enumerate(
        zip(instance.aps, instance.candidates, strict=True)
    ):
        for server in reached:
            reach[k, column[server]] = 1.0 if home[server] == ap else 0.5
    axes.imshow(
        reach, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto", interpolation="nearest"
    )
    axes.set_xlabel("server, in the order of the file")
    axes.set_ylabel("access point")


def legend_entries(instance: DispatchInstance) -> list[Line2D]:
    """Return the legend."""

    def mark(label: str, marker: str, fill: str) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=marker, color=fill, label=label,
            markeredgecolor=palette.INK, markeredgewidth=0.6, markersize=7.0,
        )  # fmt: skip

    if len(instance.aps) > MOST_ON_A_RING:
        return [
            mark("may send there", "s", "#6BAED6"),
            mark("stands beside it", "s", "#08306B"),
        ]
    marks = [mark("access point", "o", "white"), mark("edge server", "s", style.EDGE)]
    marks.append(
        Line2D([], [], color=palette.INK, linewidth=1.4, label="server of its own")
    )
    marks.append(
        Line2D([], [], color=style.EDGE, linewidth=0.8, label="may send there")
    )
    if any(server.kind == "cloud" for server in instance.servers):
        marks.insert(2, mark("cloud", "s", style.CLOUD))
        marks.append(
            Line2D(
                [],
                [],
                color=style.CLOUD,
                linewidth=0.8,
                linestyle="--",
                label="may send to the cloud",
            )
        )
    return marks
