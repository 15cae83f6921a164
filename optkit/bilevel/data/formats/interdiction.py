"""Make an interdiction program from a follower's problem, costs and a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def interdiction(
    *,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    objective: Sequence[float],
    maximised: bool,
    costs: Sequence[float],
    budget: float,
) -> dict[str, Any]:
    """Return columns, rows and objectives of an interdiction program.

    For each of the follower's columns y the leader has a binary column x that forces y to
    zero. The rows are the budget, the follower's rows, and y <= u (1 - x). The leader's
    objective is the opposite of the follower's.

    Parameters
    ----------
    columns, rows
        The follower's problem, as in a document, without levels. Every column has an upper
        bound.
    objective
        The follower's objective coefficients, one per column.
    maximised
        Whether the follower maximises.
    costs
        The leader's cost of forbidding each column.
    budget
        The leader's budget.
    """
    names = [column["id"] for column in columns]
    taken = {*names}
    forbidding_names = [_free(f"x_{name}", taken) for name in names]
    row_names = {row["id"] for row in rows}
    budget_row = {
        "id": _free("budget", row_names),
        "level": "upper",
        "upper": budget,
        "coefficients": {
            x: c for x, c in zip(forbidding_names, costs, strict=True) if c
        },
    }
    forbidding_rows = [
        {
            "id": _free(f"forbid_{column['id']}", row_names),
            "level": "lower",
            "upper": column["upper"],
            "coefficients": {column["id"]: 1.0}
            | ({x: column["upper"]} if column["upper"] else {}),
        }
        for column, x in zip(columns, forbidding_names, strict=True)
    ]
    coefficients = {n: v for n, v in zip(names, objective, strict=True) if v}
    sign = 1.0 if maximised else -1.0
    return {
        "columns": [
            *(
                {"id": x, "level": "upper", "lower": 0.0, "upper": 1.0, "integer": True}
                for x in forbidding_names
            ),
            *({**column, "level": "lower"} for column in columns),
        ],
        "rows": [
            budget_row,
            *({**row, "level": "lower"} for row in rows),
            *forbidding_rows,
        ],
        "upper_objective": {
            "sense": "min",
            "coefficients": {n: sign * v for n, v in coefficients.items()},
        },
        "lower_objective": {
            "sense": "max" if maximised else "min",
            "coefficients": coefficients,
        },
    }


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, with underscores until it is not taken, and add it to ``taken``."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
