"""The bilevel solution: the decisions of the leader and the follower."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping; whole values are written without a point."""
        return {
            "upper": _plain(self.upper),
            "lower": _plain(self.lower),
            "follower_value": _whole(self.follower_value),
        }


def _plain(values: Mapping[str, float]) -> dict[str, float]:
    return {name: _whole(value) for name, value in values.items()}


def _whole(value: float) -> float:
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
