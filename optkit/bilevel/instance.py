"""The bilevel instance: columns and rows of two levels, and an objective per level."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeGuard

from pydantic import Field

from optkit.core.errors import Issue
from optkit.core.files.document import Identifier, Number, Part, Truth
from optkit.core.instance import Instance
from optkit.core.suggest import nearest

MAX_COLUMNS = 1_000_000
MAX_ROWS = 1_000_000

INFINITE = 1e20
"""A bound of this magnitude is no bound; a document leaves the key out instead."""

Level = Literal["upper", "lower"]
Sense = Literal["min", "max"]
Finite = Annotated[Number, Field(gt=-INFINITE, lt=INFINITE)]
Coefficients = dict[Identifier, Finite]


class Column(Part):
    """One variable.

    Parameters
    ----------
    id
        Its name, unique among the columns.
    level
        Whose variable it is: the leader's (upper) or the follower's (lower).
    lower, upper
        Its bounds, which belong to the same level; a missing key means no bound.
    integer
        Whether it takes integer values only.
    """

    id: Identifier
    level: Level
    lower: Finite | None = None
    upper: Finite | None = None
    integer: Truth = False


class Row(Part):
    """One linear constraint, ``lower <= coefficients @ values <= upper``.

    Parameters
    ----------
    id
        Its name, unique among the rows.
    level
        Whose constraint it is. The follower chooses among the points that satisfy the
        lower rows. The upper rows restrict the leader alone: a decision is infeasible if
        the follower's response to it breaks one.
    lower, upper
        Its sides; a missing key means no side, two equal ones make an equation.
    coefficients
        Coefficients by column; columns that are not named have coefficient zero.
    """

    id: Identifier
    level: Level
    lower: Finite | None = None
    upper: Finite | None = None
    coefficients: Coefficients = Field(default_factory=dict)


class Objective(Part):
    """A linear objective.

    Parameters
    ----------
    sense
        Whether it is minimised or maximised.
    constant
        Number that is added to the linear part.
    coefficients
        Coefficients by column.
    """

    sense: Sense = "min"
    constant: Finite = 0.0
    coefficients: Coefficients = Field(default_factory=dict)


class BilevelInstance(Instance):
    """A mixed-integer bilevel linear program, in its optimistic version.

    The leader chooses the upper columns. The follower then chooses the lower columns,
    optimally for the lower objective subject to the lower rows; among several optima it
    takes one that satisfies the upper rows and is best for the leader.
    """

    SCHEMA: ClassVar[str] = "optkit/bilevel"

    schema_: Literal["optkit/bilevel"] = Field("optkit/bilevel", alias="schema")
    schema_version: Literal[1] = 1
    columns: tuple[Column, ...] = Field(max_length=MAX_COLUMNS)
    rows: tuple[Row, ...] = Field(max_length=MAX_ROWS)
    upper_objective: Objective = Objective()
    lower_objective: Objective = Objective()

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated names, unknown columns and empty intervals."""
        columns = list(_parts(data.get("columns")))
        column_ids: dict[str, int] = {}
        yield from _unique("columns", columns, column_ids)
        rows = list(_parts(data.get("rows")))
        yield from _unique("rows", rows, {})
        for group, parts in (("columns", columns), ("rows", rows)):
            for index, part in enumerate(parts):
                low, high = part.get("lower"), part.get("upper")
                if _number(low) and _number(high) and low > high:
                    yield Issue(
                        f"{group}[{index}]",
                        f"lower {low!r} is above upper {high!r}; swap or mend them",
                    )
        parts_by_path = [(f"rows[{index}]", row) for index, row in enumerate(rows)]
        parts_by_path += [
            (key, next(iter(_parts([data.get(key)])), {}))
            for key in ("upper_objective", "lower_objective")
        ]
        dangling = 0
        for path, part in parts_by_path:
            coefficients = part.get("coefficients")
            if not isinstance(coefficients, Mapping):
                continue
            for name in coefficients:
                if isinstance(name, str) and name not in column_ids:
                    dangling += 1
                    guess = nearest(name, column_ids) if dangling <= 10 else None
                    hint = f"; did you mean {guess!r}?" if guess else ""
                    yield Issue(
                        f"{path}.coefficients",
                        f"{name[:60]!r} is not the id of a column{hint}",
                    )


def side_keys(lower: float, upper: float) -> dict[str, float]:
    """Return bounds or sides as keys of a document; infinite ones are left out."""
    keys = {}
    if math.isfinite(lower):
        keys["lower"] = float(lower)
    if math.isfinite(upper):
        keys["upper"] = float(upper)
    return keys


def _parts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the raw items of a list; an empty mapping stands for a malformed item."""
    for item in value if isinstance(value, list | tuple) else ():
        if isinstance(item, Mapping):
            yield item
        else:
            yield item.__dict__ if isinstance(item, Part) else {}


def _unique(
    group: str, parts: list[Mapping[str, Any]], first: dict[str, int]
) -> Iterator[Issue]:
    for index, part in enumerate(parts):
        name = part.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            yield Issue(
                f"{group}[{index}].id",
                f"{name!r} is already the id of {group}[{first[name]}]; ids are unique",
            )
        else:
            first[name] = index


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
