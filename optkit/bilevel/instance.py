"""The bilevel instance: columns and rows of two levels, and an objective per level."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from optkit.bilevel.validation import find_issues
from optkit.core.errors import Issue
from optkit.core.files.document import Part
from optkit.core.files.fields import Identifier, Number, Truth
from optkit.core.instance import Instance

MAX_COLUMNS = 1_000_000
MAX_ROWS = 1_000_000

INFINITE = 1e20
"""A bound of this magnitude is no bound; a document leaves the key out instead."""

Level = Literal["upper", "lower"]
Sense = Literal["min", "max"]
Ties = Literal["optimistic", "pessimistic"]
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
    """A mixed-integer bilevel linear program.

    The leader chooses the upper columns. The follower then chooses the lower columns,
    optimally for the lower objective subject to the lower rows. ``ties`` says which of
    several optima it takes.

    Parameters
    ----------
    columns, rows
        The variables and constraints of both levels.
    upper_objective, lower_objective
        What the leader and the follower want.
    ties
        Optimistic, which is also the meaning of a missing key: of its optima the follower
        takes one that satisfies the upper rows and is best for the leader. Pessimistic: it
        takes the one that is worst for the leader, and a decision is feasible only if all
        its optima satisfy the upper rows.
    """

    SCHEMA: ClassVar[str] = "optkit/bilevel"

    schema_: Literal["optkit/bilevel"] = Field("optkit/bilevel", alias="schema")
    schema_version: Literal[1] = 1
    columns: tuple[Column, ...] = Field(max_length=MAX_COLUMNS)
    rows: tuple[Row, ...] = Field(max_length=MAX_ROWS)
    upper_objective: Objective = Objective()
    lower_objective: Objective = Objective()
    ties: Ties | None = None

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated names, unknown columns and rows whose sides are crossed."""
        return find_issues(data)


def side_keys(lower: float, upper: float) -> dict[str, float]:
    """Return bounds or sides as keys of a document; infinite ones are left out."""
    keys = {}
    if math.isfinite(lower):
        keys["lower"] = float(lower)
    if math.isfinite(upper):
        keys["upper"] = float(upper)
    return keys
