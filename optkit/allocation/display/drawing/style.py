"""Colours, sizes and settings that all drawings of allocation share.

The colours of loads grow darker evenly, so that they can be told apart in grey and by
colour-blind readers.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from matplotlib import colormaps
from matplotlib.colors import Colormap, ListedColormap

from optkit.plotting import drawings, palette
from optkit.plotting.labels import families
from optkit.plotting.style import DRAWINGS, using

WIDTH = drawings.WIDTH

TITLE, BODY, SMALL, TINY = 11.0, 9.0, 8.0, 7.0
"""Sizes of text in points."""

INK, SOFT, FAINT = palette.INK, palette.SOFT, palette.FAINT
BAND = "#F2F2F2"
WAITING, TRANSMISSION, COMPUTING = palette.PALE, palette.ORANGE, palette.BLUE
MARK = palette.VERMILION
"""Marks binding servers, the last one to finish, and the numbers of the sending order."""

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
    """Return a context with the settings of drawings, fonts for all scripts among them."""
    return using(
        {
            **DRAWINGS,
            "font.family": list(families()),
            "font.size": BODY,
            "axes.labelsize": SMALL,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "path.simplify": False,
        }
    )
