"""The room that is left in a picture, so that labels do not overlap."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


class FreeSpace:
    """The boxes that are taken inside a frame.

    Parameters
    ----------
    width, height
        Size of the frame in points; nothing may cross its edge.
    """

    def __init__(self, width: float, height: float) -> None:
        self._width = width
        self._height = height
        self._taken: npt.NDArray[np.float64] = np.zeros((16, 4))
        self._count = 0

    def take(self, box: Box) -> None:
        """Mark a box as taken."""
        if self._count == len(self._taken):
            self._taken = np.concatenate([self._taken, np.zeros_like(self._taken)])
        self._taken[self._count] = box
        self._count += 1

    def free(self, box: Box) -> bool:
        """Return whether a box is inside the frame and overlaps nothing."""
        left, bottom, right, top = box
        if left < 0 or bottom < 0 or right > self._width or top > self._height:
            return False
        taken = self._taken[: self._count]
        return not bool(
            np.any(
                (taken[:, 0] < right)
                & (taken[:, 2] > left)
                & (taken[:, 1] < top)
                & (taken[:, 3] > bottom)
            )
        )

    def place(
        self, size: tuple[float, float], centres: Iterable[tuple[float, float]]
    ) -> tuple[float, float] | None:
        """Take the first of ``centres`` at which a box of ``size`` is free.

        Returns
        -------
        tuple or None
            The centre; None where all are taken.
        """
        for x, y in centres:
            box = box_around(x, y, *size)
            if self.free(box):
                self.take(box)
                return x, y
        return None


def box_around(x: float, y: float, width: float, height: float) -> Box:
    """Return the box of a given size around a centre."""
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
