"""Axes measured in points, for pictures made of shapes and not of data."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from optkit.allocation.display.drawing import style

Colour = str | tuple[float, float, float, float]
"""A colour by name, or red, green, blue and opacity from 0 to 1."""


def frame(ax: Axes) -> tuple[float, float]:
    """Make one unit of ``ax`` one point; return its width and height in points."""
    points = 72.0 / ax.figure.dpi
    width, height = ax.bbox.width * points, ax.bbox.height * points
    ax.set_axis_off()
    ax.set_xlim(0.0, width)
    ax.set_ylim(0.0, height)
    ax.set_aspect("equal")
    return width, height


def ink_on(fill: Colour) -> str:
    """Return black or white, whichever is easier to read on ``fill``."""
    red, green, blue = to_rgb(fill)
    # Weights of the luminance of sRGB (Rec. 709), before gamma: near enough for two inks.
    return style.INK if 0.21 * red + 0.72 * green + 0.07 * blue > 0.5 else "white"
