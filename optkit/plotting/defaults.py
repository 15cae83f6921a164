"""What the pictures of families have in common: width, colours, settings, titles.

Colours are those of Okabe and Ito, which colour-blind readers tell apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification

WIDTH = 5.6
"""Width of a figure in inches, a phone's."""

INK, SOFT, FAINT = "#222222", "#666666", "#C8C8C8"

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
"""Settings of matplotlib, put over its own defaults."""


def shortened(text: str, most: int) -> str:
    """Return a text of at most ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def failure_lines(verification: Verification | None) -> list[str]:
    """Return a line of a title that says what a check found wrong; none if nothing."""
    if verification is None or not verification.violations:
        return []
    return [shortened(f"Fails its check: {verification.violations[0]}", 80)]
