"""An allocation as columns: its servers, and its subtrees."""

from __future__ import annotations

from optkit.allocation.display.view import make_view
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.display.frames import Frames, from_rows
from optkit.core.solving.result import Verification

METRICS = (
    "load_gbit",
    "cost",
    "time_s",
    "energy_j",
    "waiting_s",
    "transmission_s",
    "computing_s",
    "store_and_forward_time_s",
)
"""The checker's metrics of a server, in the order of the columns."""


def frames(
    instance: AllocationInstance,
    solution: AllocationSolution,
    verification: Verification,
) -> Frames:
    """Return the servers that take part, in the order of the file, and the subtrees.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution.

    Returns
    -------
    Frames
        ``servers``: each with the server it receives from, the subtree, its place in the
        sending order from 1 on, and its metrics. ``subtrees``: each with its servers, its
        load and its sending order.
    """
    view = make_view(instance, solution, verification)
    places = {
        server: (root, number)
        for root, order in view.order.items()
        for number, server in enumerate(order, start=1)
    }
    metrics = verification.metrics["servers"]
    servers = (
        (
            name,
            solution.parent.get(name),
            *places.get(name, (None, None)),
            *(values[metric] for metric in METRICS),
        )
        for name, values in metrics.items()
    )
    subtrees = (
        (
            root,
            len(order),
            sum(metrics[server]["load_gbit"] for server in order),
            list(order),
        )
        for root, order in view.order.items()
    )
    return {
        "servers": from_rows(
            ("server", "receives_from", "subtree", "place", *METRICS), servers
        ),
        "subtrees": from_rows(("subtree", "servers", "load_gbit", "order"), subtrees),
    }
