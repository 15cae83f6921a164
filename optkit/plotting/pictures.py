"""A picture that is drawn only when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """One picture.

    Parameters
    ----------
    name
        Stem of its files: ``fig-5a``.
    caption
        Text below the picture, and in its place where it cannot be shown.
    draw
        Makes the matplotlib figure; called only when the picture is needed, with the
        settings :data:`optkit.plotting.style.CHARTS`.
    """

    name: str
    caption: str
    draw: Callable[[], Figure]
