"""A bilevel solution as columns: the value of every column of the program."""

from __future__ import annotations

from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.solution import BilevelSolution
from optkit.core.display.frames import Frames, from_rows
from optkit.core.solving.result import Verification


def frames(
    instance: BilevelInstance,
    solution: BilevelSolution,
    verification: Verification,
) -> Frames:
    """Return the program's columns with their values.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution.

    Returns
    -------
    Frames
        ``columns``: each with its level, its value, its bounds, whether it is integer, and
        its coefficients in both objectives.
    """
    values = {**solution.upper, **solution.lower}
    leader = instance.upper_objective.coefficients
    follower = instance.lower_objective.coefficients
    names = ("column", "level", "value", "lower", "upper", "integer")
    return {
        "columns": from_rows(
            (*names, "upper_objective", "lower_objective"),
            (
                (
                    column.id,
                    column.level,
                    values[column.id],
                    column.lower,
                    column.upper,
                    column.integer,
                    leader.get(column.id, 0.0),
                    follower.get(column.id, 0.0),
                )
                for column in instance.columns
            ),
        )
    }
