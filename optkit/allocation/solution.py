"""The allocation solution: who sends to whom, how much, in which order."""

from __future__ import annotations

from typing import Any, Literal

from optkit.core.files.fields import Identifier, Number
from optkit.core.instance import Solution


class AllocationSolution(Solution):
    """An answer to an :class:`optkit.allocation.instance.AllocationInstance`.

    Parameters
    ----------
    routing
        ``sink``: the tree is the sink tree of shortest paths; ``free``: the solver chose
        it. Bounds and best-known values are per routing.
    parent
        For every server that takes part, except the master, the server it receives from.
    load_gbit
        Load y of every server in Gbit; a server that is not named has none.
    order
        For each child of the master, the servers of its subtree from first to last sent.
    """

    routing: Literal["sink", "free"] = "sink"
    parent: dict[Identifier, Identifier]
    load_gbit: dict[Identifier, Number]
    order: dict[Identifier, tuple[Identifier, ...]]

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that stands in a solution file."""
        return {
            "routing": self.routing,
            "parent": self.parent,
            "load_gbit": self.load_gbit,
            "order": {root: list(listed) for root, listed in self.order.items()},
        }
