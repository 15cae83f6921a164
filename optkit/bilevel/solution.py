"""The bilevel solution: the decisions of the leader and the follower."""

from __future__ import annotations

from optkit.core.files.fields import Identifier, Number
from optkit.core.instance import Solution


class BilevelSolution(Solution):
    """An answer to a :class:`optkit.bilevel.instance.BilevelInstance`.

    Parameters
    ----------
    upper
        Value of every upper column.
    lower
        Value of every lower column.
    follower_value
        Value of the lower objective in its own sense, constant included.
    """

    upper: dict[Identifier, Number]
    lower: dict[Identifier, Number]
    follower_value: Number
