"""The limits of a run."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from optkit.core.errors import UsageError


@dataclasses.dataclass(frozen=True)
class Limits:
    """Limits of one run; None means no limit of that kind.

    Limits are immutable, so the same ones can serve any number of runs; the state of a
    run is in :class:`optkit.core.solving.run.Run`.

    Parameters
    ----------
    time
        Wall-clock seconds of the whole call of :func:`optkit.solve`.
    iterations
        Iterations of the solver's outermost loop; each solver defines what counts as one.
    evaluations
        Evaluations of the objective.
    gap
        Relative gap between objective and bound at which to stop.
    target
        Objective value at which to stop.
    memory
        Resident memory of the process, in MiB.
    """

    time: float | None = None
    iterations: int | None = None
    evaluations: int | None = None
    gap: float | None = None
    target: float | None = None
    memory: float | None = None

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise UsageError(
                    f"limits.{field.name}: {value!r} is not a number; give a number"
                    " or None for no limit."
                )
            # Not float(): a whole number may be larger than any double.
            broken = isinstance(value, float) and not math.isfinite(value)
            if broken or abs(value) > 1e300 or (field.name != "target" and value < 0):
                raise UsageError(
                    f"limits.{field.name}: {value!r} makes no sense; give a"
                    " non-negative number or None for no limit."
                )
            if field.name in ("iterations", "evaluations") and not isinstance(
                value, int
            ):
                raise UsageError(
                    f"limits.{field.name}: {value!r} is not a whole number."
                )

    def document(self) -> dict[str, Any]:
        """Return the limits that are set, as a JSON-ready mapping."""
        return {
            name: value
            for name, value in dataclasses.asdict(self).items()
            if value is not None
        }
