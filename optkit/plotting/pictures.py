"""A picture that is drawn only when it is wanted."""

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
        What it shows; stands below it, and for it where it cannot be seen.
    draw
        Makes the matplotlib figure; called only where pictures are wanted, inside the
        common style.
    """

    name: str
    caption: str
    draw: Callable[[], Figure]
