"""A result as a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.display.frames import data_frame
from optkit.core.errors import UnavailableError, UsageError
from optkit.core.solving.describe import family_of
from optkit.core.solving.family import resolve
from optkit.core.suggest import unknown

if TYPE_CHECKING:
    import pandas

    from optkit.core.display.frames import Frames
    from optkit.core.solving.result import Result


def result_frame(result: Result, table: str | None) -> pandas.DataFrame:
    """Return a table of a result's solution; see :meth:`optkit.Result.to_frame`."""
    family = family_of(result.instance)
    if family.frames is None:
        raise UnavailableError(f"family {family.name!r} has no data frames.")
    verification = result.verification
    if result.solution is None or verification is None:
        raise UsageError("to_frame: the run found no solution.")
    if verification.objective is None:
        raise UsageError("to_frame: the solution is too broken to be tabulated.")
    frames: Frames = resolve(family.frames)(
        result.instance, result.solution, verification
    )
    name = next(iter(frames)) if table is None else table
    if name not in frames:
        raise UsageError(f"to_frame: {unknown('table', name, frames)}")
    return data_frame(frames[name])
