"""Events that a run reports while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """Kinds of event."""

    START = "start"
    """The run began."""
    INCUMBENT = "incumbent"
    """A better solution was found."""
    BOUND = "bound"
    """A better bound was proven."""
    PROGRESS = "progress"
    """Work was done; solution and bound did not change."""
    END = "end"
    """The run is over and its solution is checked."""


@dataclass(frozen=True)
class Event:
    """One event of a run.

    Parameters
    ----------
    time
        Seconds since the run began.
    kind
        What happened.
    objective, bound
        The best at that time; None if there is none.
    detail
        A short explanation for the reader.
    fraction
        Share of the work that is done, from 0 to 1; None if unknown.
    """

    time: float
    kind: EventKind
    objective: float | None = None
    bound: float | None = None
    detail: str = ""
    fraction: float | None = None

    def document(self) -> dict[str, Any]:
        """Return the event as a JSON-ready mapping, without unknown values."""
        content: dict[str, Any] = {"time": round(self.time, 6), "event": str(self.kind)}
        for name in ("objective", "bound", "fraction"):
            value = getattr(self, name)
            if value is not None:
                content[name] = value
        if self.detail:
            content["detail"] = self.detail
        return content


Listener = Callable[[Event], None]
"""Function that is called with every event, in the thread that runs the solver."""
