"""The allocation solution: who sends to whom, how much, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, Literal

import numpy as np

from optkit.core.files.columns import are_identifiers, floats
from optkit.core.files.fields import Identifier, Number
from optkit.core.instance import Solution

FEWEST_SERVERS = 500
"""Servers from which on a solution is read column by column."""


class AllocationSolution(Solution):
    """An answer to an :class:`optkit.allocation.instance.AllocationInstance`.

    Parameters
    ----------
    routing
        ``sink``: the tree is the sink tree of shortest paths; ``free``: the solver chose
        it. Bounds and best-known values are per routing.
    parent
        For every server that takes part, except the master, the server it receives from.
        A server that only relays takes part, too.
    load_gbit
        Load y of every server in Gbit, which it computes itself; a server that is not named
        has none, nor has one that only relays.
    order
        For each child of the master, all servers of its subtree, those that only relay
        included, from first to last sent.
    """

    routing: Literal["sink", "free"] = "sink"
    parent: dict[Identifier, Identifier]
    load_gbit: dict[Identifier, Number]
    order: dict[Identifier, tuple[Identifier, ...]]

    @classmethod
    def read_quickly(cls, data: Mapping[str, Any]) -> AllocationSolution | None:
        """Return a large solution whose ids and loads are valid; None if in doubt."""
        routing, parent, loads, order = (
            data.get(name) for name in ("routing", "parent", "load_gbit", "order")
        )
        if (
            len(data) != 4
            or routing not in ("sink", "free")
            or not (type(parent) is type(loads) is type(order) is dict)
            or len(parent) < FEWEST_SERVERS
            or set(map(type, order.values())) != {list}
        ):
            return None
        ids = chain(
            parent, parent.values(), loads, order, chain.from_iterable(order.values())
        )
        numbers = floats(list(loads.values()))
        if (
            numbers is None
            or not np.all(np.isfinite(numbers))
            or not are_identifiers(list(ids))
        ):
            return None
        return cls.model_construct(
            routing=routing,
            parent=dict(parent),
            load_gbit=dict(zip(loads, numbers.tolist(), strict=True)),
            order={root: tuple(listed) for root, listed in order.items()},
        )

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that stands in a solution file."""
        return {
            "routing": self.routing,
            "parent": self.parent,
            "load_gbit": self.load_gbit,
            "order": {root: list(listed) for root, listed in self.order.items()},
        }
