"""Settings of matplotlib: one base, and what charts and drawings add to it.

Charts are the pictures of reproductions and reports. Drawings are the pictures that
families draw of an instance and its solution. A user's own settings never count.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from optkit.plotting.palette import FAINT, INK, SOFT

_BASE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.formatter.use_mathtext": False,
    "xtick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.color": SOFT,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "pdf.fonttype": 42,
}

CHARTS: dict[str, Any] = {
    **_BASE,
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 11.0,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
}

DRAWINGS: dict[str, Any] = {
    **_BASE,
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.linewidth": 0.6,
}


def using(settings: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Return a context with these settings, on top of matplotlib's own defaults."""
    from matplotlib import style

    return style.context(["default", dict(settings)])
