"""Colours of all pictures: those of Okabe and Ito, and a few greys.

Colour-blind readers can tell the eight colours apart.
"""

from __future__ import annotations

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"

INK, SOFT = "#222222", "#555555"
"""Greys of text and of frames."""

GREY, PALE, FAINT = "#999999", "#BDBDBD", "#D0D0D0"
"""Greys of series, of marks and fills in the background, and of grids and links."""
