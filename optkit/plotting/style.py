"""How pictures of reproductions look: one style, and what every chart of them needs.

Colours are those of Okabe and Ito; markers and line styles tell series apart without
them. Sizes are chosen for a page as wide as a phone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optkit.plotting.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 4.8, 3.5
"""Size of a picture in inches."""

DOTS_PER_INCH = 160

INK, SOFT, FAINT = "#222222", "#555555", "#DDDDDD"

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"


@dataclass(frozen=True)
class Look:
    """How one series is drawn, everywhere.

    Parameters
    ----------
    label
        What the reader calls it.
    colour, marker, line
        As matplotlib takes them.
    """

    label: str
    colour: str
    marker: str = "o"
    line: str = "-"


OPTIMUM = Look("proven optimum", BLACK, "", ":")
"""The look of what is proven, beside whatever a paper shows."""

SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10.5,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.formatter.use_mathtext": False,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
    "svg.hashsalt": "optkit",
    "svg.fonttype": "path",
}


def render(picture: Picture) -> dict[str, bytes]:
    """Return a picture as the bytes of an SVG and of a PNG file.

    The same data give the same bytes: no time stamp, no random ids.
    """
    from matplotlib import style

    notes = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    made = {}
    with style.context(["default", SETTINGS]):
        figure = picture.draw()
        for kind, extra in (
            ("svg", {"metadata": notes}),
            ("png", {"metadata": {"Software": None}, "dpi": DOTS_PER_INCH}),
        ):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, bbox_inches="tight", **extra)
            made[kind] = buffer.getvalue()
    return made


def axes(
    title: str,
    horizontal: str,
    vertical: str,
    *,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes.

    Parameters
    ----------
    title, horizontal, vertical
        What stands above and beside them, with units.
    width, height
        Size in inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    panel = figure.add_subplot()
    panel.set_title(title)
    panel.set_xlabel(horizontal)
    panel.set_ylabel(vertical)
    return figure, panel
