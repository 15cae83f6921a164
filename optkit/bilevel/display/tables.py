"""Tables of a bilevel program: the size of each level, and its part of a solution."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.check.checker import check
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import ProblemData, problem_data
from optkit.bilevel.solution import BilevelSolution
from optkit.core.display.tables import Cell, Column, Table, sections
from optkit.core.solving.result import Verification


def tables(
    instance: BilevelInstance,
    solution: BilevelSolution | None = None,
    verification: Verification | None = None,
) -> list[Table]:
    """Return tables of an instance and, if given, of its solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; made here if it is not given.
    """
    problem = problem_data(instance)
    return sections(
        instance,
        solution,
        verification,
        check=check,
        of_solution=lambda solution, checked: [
            _objectives(instance, checked),
            _values(instance, solution),
        ],
        of_instance=[_levels(problem), _linking(problem)],
    )


def _objectives(instance: BilevelInstance, verification: Verification) -> Table:
    metrics = verification.metrics
    return Table(
        "Solution",
        (Column("level"), Column("objective", align="right"), Column("sense")),
        [
            ("upper", metrics.get("upper_objective"), instance.upper_objective.sense),
            ("lower", metrics.get("lower_objective"), instance.lower_objective.sense),
            (
                "lower, solved again",
                metrics.get("follower_optimum"),
                instance.lower_objective.sense,
            ),
        ],
    )


def _values(instance: BilevelInstance, solution: BilevelSolution) -> Table:
    """Tabulate the nonzero columns, the leader's first, in the instance's order."""
    values = {**solution.upper, **solution.lower}
    rows: list[tuple[Cell, ...]] = [
        (column.id, level, values[column.id])
        for level in ("upper", "lower")
        for column in instance.columns
        if column.level == level and values.get(column.id)
    ]
    return Table(
        "Columns that are not zero",
        (Column("column"), Column("level"), Column("value", align="right")),
        rows,
    )


def _levels(problem: ProblemData) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for level, mine in (("upper", problem.upper), ("lower", problem.lower)):
        integer = problem.integer[mine]
        binary = (
            integer
            & (problem.column_lower[mine] == 0)
            & (problem.column_upper[mine] == 1)
        )
        own = problem.row_is_lower == (level == "lower")
        other = problem.lower if level == "upper" else problem.upper
        coupled = np.diff(problem.matrix[np.flatnonzero(own)][:, other].indptr) > 0
        rows.append(
            (
                level,
                int(binary.sum()),
                int(integer.sum() - binary.sum()),
                int(len(mine) - integer.sum()),
                int(own.sum()),
                int(coupled.sum()),
            )
        )
    return Table(
        "Levels",
        (
            Column("level"),
            *(
                Column(name, align="right")
                for name in (
                    "binary",
                    "other integer",
                    "continuous",
                    "rows",
                    "rows with the other's columns",
                )
            ),
        ),
        rows,
    )


def _linking(problem: ProblemData) -> Table:
    """Tabulate how the levels are connected, in the terms of BOBILib's statistics."""
    lower = problem.lower
    leader, follower = problem.cost[lower], problem.follower_cost[lower]
    size = float(np.linalg.norm(leader) * np.linalg.norm(follower))
    alignment = float(leader @ follower) / size if size else None
    return Table(
        "Between the levels",
        (Column("quantity"), Column("value", align="right")),
        [
            ("linking columns", len(problem.linking)),
            ("of them continuous", len(problem.continuous_linking())),
            ("alignment of the objectives, cosine", alignment),
        ],
    )
