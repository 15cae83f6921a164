"""Programs without some of the leader's decisions, for the next best one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from optkit.bilevel.instance import BilevelInstance, Column
from optkit.bilevel.solution import BilevelSolution
from optkit.core.errors import UnavailableError


def excluding(
    instance: BilevelInstance, solutions: Sequence[BilevelSolution]
) -> BilevelInstance:
    """Return the program in which the leader decides otherwise than in some solutions.

    Each decision is excluded by one row of the leader: some integer column has another
    value. A column of two values says so itself; others get two binary columns, one for
    "less" and one for "more". The follower sees nothing of this.

    Parameters
    ----------
    instance
        The program.
    solutions
        Solutions of it. The values of the leader's integer columns are excluded.

    Raises
    ------
    UnavailableError
        If the leader has no integer column, or one has no bounds.
    """
    leader = [c for c in instance.columns if c.level == "upper" and c.integer]
    if not leader:
        raise UnavailableError(
            "decisions are told apart by the leader's integer columns, and this leader has"
            " none."
        )
    unbounded = [c.id for c in leader if c.lower is None or c.upper is None]
    if unbounded:
        raise UnavailableError(
            "to exclude a decision, the leader's integer columns need bounds; these have"
            f" none: {', '.join(unbounded[:5])}"
        )
    document = instance.document()
    names = {column.id for column in instance.columns}
    for number, solution in enumerate(solutions):
        prefix = _unused(f"excluded{number}", names)
        _exclude(document, leader, solution, prefix)
    return BilevelInstance.parse(document)


def restricted(instance: BilevelInstance, solution: BilevelSolution) -> BilevelSolution:
    """Return a solution of a program of :func:`excluding` as one of the program itself."""
    names = {column.id for column in instance.columns}
    upper = {name: value for name, value in solution.upper.items() if name in names}
    return solution.model_copy(update={"upper": upper})


def _unused(prefix: str, names: set[str]) -> str:
    """Return a prefix that no name has."""
    while any(name.startswith(prefix) for name in names):
        prefix += "'"
    return prefix


def _exclude(
    document: dict[str, Any],
    leader: Sequence[Column],
    solution: BilevelSolution,
    prefix: str,
) -> None:
    """Add the row, and the columns that it needs, by which a decision is excluded."""
    terms: dict[str, float] = {}
    least = 1.0

    def indicator(name: str, row: dict[str, Any]) -> None:
        terms[name] = 1.0
        document["columns"].append(
            {"id": name, "level": "upper", "lower": 0, "upper": 1, "integer": True}
        )
        document["rows"].append({"id": name, "level": "upper", **row})

    for column in leader:
        assert column.lower is not None
        assert column.upper is not None
        low, high = math.ceil(column.lower), math.floor(column.upper)
        value = round(solution.upper[column.id])
        if high == low + 1:
            terms[column.id] = 1.0 if value == low else -1.0
            least += low if value == low else -high
            continue
        if value > low:
            name = f"{prefix}.{column.id}.less"
            sides = {column.id: 1.0, name: high - value + 1.0}
            indicator(name, {"upper": float(high), "coefficients": sides})
        if value < high:
            name = f"{prefix}.{column.id}.more"
            sides = {column.id: 1.0, name: low - value - 1.0}
            indicator(name, {"lower": float(low), "coefficients": sides})
    document["rows"].append(
        {"id": prefix, "level": "upper", "lower": least, "coefficients": terms}
    )
