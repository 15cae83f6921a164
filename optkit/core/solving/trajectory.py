"""The course of a run: its best objective and bound over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.display.frames import data_frame, from_rows

if TYPE_CHECKING:
    import pandas

Point = tuple[float, float | None, float | None]
"""A point of the trajectory: (seconds, objective, bound)."""


class Trajectory(tuple[Point, ...]):
    """The points of a run in order of time, one per change."""

    __slots__ = ()

    def to_frame(self) -> pandas.DataFrame:
        """Return a data frame with the columns ``seconds``, ``objective`` and ``bound``.

        Raises
        ------
        UnavailableError
            If pandas is not installed.
        """
        frame = data_frame(from_rows(("seconds", "objective", "bound"), self))
        return frame.astype(float)

    def __repr__(self) -> str:
        return f"<Trajectory of {len(self)} points>"

    def _repr_html_(self) -> str:
        from optkit.core.display import html
        from optkit.core.display.values import format_value

        headings = [
            html.Heading(name, "right") for name in ("seconds", "objective", "bound")
        ]
        rows = [
            (f"{seconds:.3f}", format_value(objective), format_value(bound))
            for seconds, objective, bound in self
        ]
        return html.as_text(html.table(headings, rows))
