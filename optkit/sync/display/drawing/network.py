"""The network of a sync instance: routers on a ring, their devices outside, the links."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from optkit.plotting import drawings, palette
from optkit.sync.instance import SyncInstance

MOST_ROUTERS = 30
"""Most routers that are drawn; more would be illegible."""

MOST_DEVICES = 6
"""Most devices of a router that are drawn one by one; of more, the number is written."""

APART = 0.6
"""Angle between two devices of a router, as seen from it, in radians."""

DEVICE, ROUTER = palette.ORANGE, palette.SKY


def draw_network(axes: Axes, instance: SyncInstance) -> None:
    """Draw routers, the links between them with their hops, and devices."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    count = len(instance.routers)
    angle = {
        router: math.pi / 2 - 2 * math.pi * k / count
        for k, router in enumerate(instance.routers)
    }
    at = {router: (math.cos(a), math.sin(a)) for router, a in angle.items()}
    if count == 1:
        at = {instance.routers[0]: (0.0, 0.0)}
    _draw_links(axes, instance, at)
    of_router: dict[str, list[str]] = {router: [] for router in instance.routers}
    for device in instance.devices:
        of_router[device.router].append(device.id)
    for router, (x, y) in at.items():
        _draw_devices(axes, of_router[router], (x, y), angle[router])
        axes.plot(
            x, y, "s", markersize=15, color=ROUTER, markeredgecolor=palette.INK,
            markeredgewidth=0.6, zorder=3,
        )  # fmt: skip
        _write(axes, router, x, y)
    axes.margins(0.08)
    axes.set_title("Network")
    axes.legend(
        handles=_legend(instance), loc="center left", bbox_to_anchor=(1.02, 0.5)
    )


def _draw_links(
    axes: Axes, instance: SyncInstance, at: dict[str, tuple[float, float]]
) -> None:
    """Draw a line per pair of linked routers, wider where it takes fewer hops."""
    pairs: dict[frozenset[str], int] = {}
    for link in instance.links:
        pair = frozenset((link.source, link.target))
        pairs[pair] = min(link.hops, pairs.get(pair, link.hops))
    for pair, hops in pairs.items():
        (x, y), (u, v) = (at[router] for router in pair)
        axes.plot([x, u], [y, v], color=palette.SOFT, linewidth=_width(hops), zorder=1)


def _width(hops: int) -> float:
    return max(0.4, 1.8 / hops)


def _draw_devices(
    axes: Axes, names: list[str], router: tuple[float, float], angle: float
) -> None:
    x, y = router
    shown = names[:MOST_DEVICES] if len(names) <= MOST_DEVICES else []
    for place, name in enumerate(shown):
        turn = angle + APART * (place - (len(shown) - 1) / 2)
        u, v = x + 0.36 * math.cos(turn), y + 0.36 * math.sin(turn)
        axes.plot([x, u], [y, v], color=palette.PALE, linewidth=0.7, zorder=1)
        axes.plot(
            u, v, "o", markersize=11, color=DEVICE, markeredgecolor=palette.INK,
            markeredgewidth=0.5, zorder=2,
        )  # fmt: skip
        _write(axes, name, u, v)
    if names and not shown:
        u, v = x + 0.4 * math.cos(angle), y + 0.4 * math.sin(angle)
        axes.annotate(
            f"{len(names)} devices", (u, v), ha="center", va="center", fontsize=6.0
        )


def _write(axes: Axes, name: str, x: float, y: float) -> None:
    axes.annotate(
        drawings.shortened(name, 5),
        (x, y),
        ha="center",
        va="center",
        fontsize=6.0,
        zorder=4,
    )


def _legend(instance: SyncInstance) -> list[Line2D]:
    def mark(label: str, marker: str, fill: str) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=marker, color=fill, label=label,
            markeredgecolor=palette.INK, markeredgewidth=0.6, markersize=7.0,
        )  # fmt: skip

    entries = [mark("router", "s", ROUTER), mark("device", "o", DEVICE)]
    for hops in sorted({link.hops for link in instance.links})[:3]:
        entries.append(
            Line2D(
                [],
                [],
                color=palette.SOFT,
                linewidth=_width(hops),
                label=f"link, {hops} hop{'s'[: hops != 1]}",
            )
        )
    return entries
