"""Colours and settings of the pictures; colours are those of Okabe and Ito."""

from __future__ import annotations

from typing import Any

WIDTH = 5.6
"""Width of a figure in inches, a phone's."""

INK, SOFT, FAINT = "#222222", "#666666", "#C8C8C8"
LOAD, REDRAWN, REPORT = "#8C8C8C", "#0072B2", "#D55E00"

SETTINGS: dict[str, Any] = {
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.6,
    "axes.formatter.use_mathtext": False,
    "legend.frameon": False,
    "text.color": INK,
    "text.parse_math": False,
    "svg.hashsalt": "optkit",
}


def shortened(text: str, most: int) -> str:
    """Return a text of at most ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
