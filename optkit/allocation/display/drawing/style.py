"""Colours, sizes and settings that all pictures share.

Colours are those of Okabe and Ito, and a map that grows darker evenly: both are told
apart by colour-blind readers and in grey.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from matplotlib import colormaps, style
from matplotlib.colors import Colormap, ListedColormap

from optkit.allocation.display.drawing.labels import families

WIDTH = 5.6
"""Width of a figure in inches: about 400 pixels at 72 to the inch, a phone's width."""

TITLE, BODY, SMALL, TINY = 11.0, 9.0, 8.0, 7.0
"""Sizes of text in points."""

INK = "#222222"
SOFT = "#666666"
FAINT = "#D0D0D0"
BAND = "#F2F2F2"
WAITING = "#BDBDBD"
TRANSMISSION = "#E69F00"
COMPUTING = "#0072B2"
MARK = "#D55E00"
"""Vermilion: what binds, what finishes last, the order numbers."""

IDLE = "white"
"""Fill of a server that takes part without load."""

SPEED = "#CFE3F1"
"""Fill of a server where there are no loads to show."""

BINDS = "D"
"""Marker of a binding server: a diamond."""

BINDS_TEXT = "◆"
"""The same, in a text."""


def loads_map() -> Colormap:
    """Return the colours of loads, from a light one for none to a dark one for most."""
    shades = colormaps["viridis_r"](range(10, 256))
    return ListedColormap(shades, name="loads")


def text(**extra: Any) -> dict[str, Any]:
    """Return the settings of every text: plain characters, never markup."""
    return {"parse_math": False, "fontfamily": list(families()), **extra}


def settings() -> AbstractContextManager[None]:
    """Return a context in which the user's own settings of matplotlib do not count."""
    return style.context(
        [
            "default",
            {
                "font.family": list(families()),
                "font.size": BODY,
                "text.parse_math": False,
                "text.color": INK,
                "axes.edgecolor": SOFT,
                "axes.labelcolor": INK,
                "axes.labelsize": SMALL,
                "xtick.labelsize": SMALL,
                "ytick.labelsize": SMALL,
                "xtick.color": SOFT,
                "xtick.labelcolor": INK,
                "ytick.labelcolor": INK,
                "axes.linewidth": 0.6,
                "axes.formatter.use_mathtext": False,
                "svg.hashsalt": "optkit",
                "svg.fonttype": "path",
                "pdf.fonttype": 42,
                "path.simplify": False,
            },
        ]
    )
