"""The two aims of a front, and how a family moves between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optkit.core.arrays import Floats
from optkit.core.instance import Instance, Solution
from optkit.core.solving.deadline import Deadline


@dataclass(frozen=True)
class Aim:
    """One of two aims.

    Parameters
    ----------
    name
        What is minimised: ``time``.
    unit
        Its unit.
    """

    name: str
    unit: str


@dataclass(frozen=True, eq=False)
class Between:
    """The result of a search between the supported points.

    Parameters
    ----------
    found
        Values of both aims of all points that were found, shape (n, 2), sorted by the
        first, none better than another in both.
    bounds
        Corners, shape (m, 2): every solution is as large as one of them in both aims.
        None where not every part of the problem has a bound.
    solution
        Returns the solution of a point, by its index.
    complete
        Whether there are no more points.
    interrupted
        Whether Ctrl-C or its like ended the search.
    """

    found: Floats
    bounds: Floats | None
    solution: Callable[[int], Solution]
    complete: bool
    interrupted: bool


Search = Callable[
    [Any, Sequence[Any], Deadline, Callable[[str], None]], "Between | None"
]
"""``between(instance, solutions, deadline, tell)``: search between known solutions."""


@dataclass(frozen=True)
class Aims:
    """The two aims of a family, and how to weigh and measure them.

    Parameters
    ----------
    first, second
        The two aims.
    weigh
        ``weigh(instance, w1, w2)`` returns the same instance with other weights.
    values
        ``values(metrics)`` returns the values of both aims, from the checker's metrics.
    between
        Finds what lies between the supported points; None if the family cannot.
    """

    first: Aim
    second: Aim
    weigh: Callable[[Any, float, float], Instance]
    values: Callable[[Mapping[str, Any]], tuple[float, float]]
    between: Search | None = None


@dataclass(frozen=True)
class Knob:
    """Two aims between which an option of the family's solvers decides.

    Parameters
    ----------
    first, second
        The two aims.
    settings
        ``settings(instance, options, position)`` returns the user's options with the one
        that is varied set to a position between 0, best for the first aim, and 1.
    values
        ``values(metrics)`` returns the values of both aims, from the checker's metrics.
    reference
        What position 1 is called: it is shown even if other points are better.
    """

    first: Aim
    second: Aim
    settings: Callable[[Any, Mapping[str, Any], float], Mapping[str, Any]]
    values: Callable[[Mapping[str, Any]], tuple[float, float]]
    reference: str
