"""A solution as a data frame."""

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
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.result import Result, Verification


def result_frame(result: Result, table: str | None) -> pandas.DataFrame:
    """Return a table of a result's solution; see :meth:`optkit.Result.to_frame`."""
    if result.solution is None or result.verification is None:
        raise UsageError("to_frame: the run found no solution.")
    return solution_frame(result.instance, result.solution, result.verification, table)


def solution_frame(
    instance: Instance,
    solution: Solution,
    verification: Verification,
    table: str | None,
) -> pandas.DataFrame:
    """Return a table of a solution; see :meth:`optkit.Result.to_frame`."""
    family = family_of(instance)
    if family.frames is None:
        raise UnavailableError(f"family {family.name!r} has no data frames.")
    if verification.objective is None:
        raise UsageError("to_frame: the solution is too broken to be tabulated.")
    frames: Frames = resolve(family.frames)(instance, solution, verification)
    name = next(iter(frames)) if table is None else table
    if name not in frames:
        raise UsageError(f"to_frame: {unknown('table', name, frames)}")
    return data_frame(frames[name])
