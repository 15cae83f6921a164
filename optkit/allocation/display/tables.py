"""An allocation in tables: its sink tree, and each server's part in a solution."""

from __future__ import annotations

from collections.abc import Sequence

from optkit.allocation.check.checker import check
from optkit.allocation.display.view import Row, View, make_view
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.display.tables import Cell, Column, Table, quantities, sections
from optkit.core.solving.result import Verification

LONGEST_ORDER = 12
"""Most servers of a sending order that are all written; of more, only the two ends."""


def tables(
    instance: AllocationInstance,
    solution: AllocationSolution | None = None,
    verification: Verification | None = None,
) -> list[Table]:
    """Return the tables that describe an instance and, if given, its solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; computed if not given.

    Returns
    -------
    list of Table
        The violations if there are any; the solution's totals, its servers by load and its
        subtrees; then the instance's totals and its tree. All metrics are the checker's.
    """
    view = make_view(instance, solution, verification)
    return sections(
        instance,
        solution,
        view.verification,
        check=check,
        of_solution=lambda *_: [_outcome(view), _servers(view), _subtrees(view)],
        of_instance=[_instance(view), _tree(view)],
    )


def _outcome(view: View) -> Table:
    assert view.verification is not None
    return quantities(
        "Solution",
        [
            ("cost, the largest of all servers", view.verification.objective, ""),
            ("completion time", view.metric("completion_time_s"), "s"),
            (
                "completion time, store and forward",
                _exact(view, "store_and_forward_makespan_s"),
                "s",
            ),
            ("cost, store and forward", _exact(view, "store_and_forward_cost"), ""),
            ("largest energy", view.metric("max_energy_j"), "J"),
            ("total energy", view.metric("total_energy_j"), "J"),
            ("servers whose cost is the largest", len(view.binding), ""),
            ("servers taking part", len(view.server_metrics), ""),
            ("servers left out", len(view.left_out), ""),
        ],
    )


def _exact(view: View, name: str) -> float | None:
    """Return a metric of exact store and forward; None if it was not simulated."""
    assert view.verification is not None
    value: float | None = view.verification.metrics.get(name)
    return value


_PARTS_OF_TIME = (
    "waiting_s",
    "transmission_s",
    "computing_s",
)


def _servers(view: View) -> Table:
    rows = sorted(
        view.rows(), key=lambda row: -view.server_metric(row.server, "load_gbit")
    )
    cells: list[tuple[Cell, ...]] = [
        (
            row.server,
            view.parent.get(row.server),
            _place(view, row),
            view.server_metric(row.server, "load_gbit"),
            view.server_metric(row.server, "cost"),
            "yes" if row.server in view.binding else None,
            view.server_metric(row.server, "time_s"),
            view.server_metric(row.server, "energy_j"),
            *(view.server_metric(row.server, name) for name in _PARTS_OF_TIME),
            view.server_metrics[row.server].get("store_and_forward_time_s"),
            100.0 * view.share(row.server),
        )
        for row in rows
    ]
    cells.append(
        (
            f"all {len(rows)}",
            None,
            None,
            sum(view.server_metric(row.server, "load_gbit") for row in rows),
            *(None,) * 3,
            view.metric("total_energy_j"),
            *(None,) * 4,
            100.0 * sum(view.share(row.server) for row in rows),
        )
    )
    return Table(
        "Servers, by load",
        (
            Column("server"),
            Column("receives from"),
            Column("sent"),
            Column("load", "Gbit", "right"),
            # A narrow terminal drops columns from the right: the cost stays, its parts go.
            Column("cost", "", "right"),
            Column("binding"),
            Column("time", "s", "right"),
            Column("energy", "J", "right"),
            Column("waiting", "s", "right"),
            Column("transmission", "s", "right"),
            Column("computing", "s", "right"),
            Column("true time", "s", "right"),
            Column("share", "%", "right"),
        ),
        cells,
    )


def _place(view: View, row: Row) -> str | None:
    """Return a server's position in its subtree's sending order, in words."""
    if row.root is None:
        return None
    return f"{ordinal(row.position)} of {len(view.order[row.root])} in {row.root}"


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th`` and so on."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def arrows(order: Sequence[str]) -> str:
    """Return a sending order as ``a → b → c``, a long one without its middle."""
    if len(order) <= LONGEST_ORDER:
        return " → ".join(order)
    head, tail = order[: LONGEST_ORDER - 3], order[-2:]
    missing = len(order) - len(head) - len(tail)
    return " → ".join([*head, f"… {missing} more …", *tail])


def _subtrees(view: View) -> Table:
    loads = {
        root: sum(view.server_metric(name, "load_gbit") for name in order)
        for root, order in view.order.items()
    }
    shares = {
        root: 100.0 * sum(view.share(name) for name in order)
        for root, order in view.order.items()
    }
    rows: list[tuple[Cell, ...]] = [
        (root, len(order), loads[root], shares[root], arrows(order))
        for root, order in view.order.items()
    ]
    rows.sort(key=lambda row: -loads[str(row[0])])
    return Table(
        "Subtrees of the master's children, by load",
        (
            Column("subtree"),
            Column("servers", align="right"),
            Column("load", "Gbit", "right"),
            Column("share", "%", "right"),
            Column("sent in the order"),
        ),
        rows,
    )


def _instance(view: View) -> Table:
    instance = view.instance
    sizes: dict[str, int] = {}
    for root in view.root.values():
        sizes[root] = sizes.get(root, 0) + 1
    listed = [f"{root} ({size})" for root, size in sizes.items()]
    if len(listed) > LONGEST_ORDER:
        more = len(listed) - LONGEST_ORDER
        listed = [*listed[:LONGEST_ORDER], f"… {more} more"]
    height = max(view.depth.values())
    return quantities(
        "Instance",
        [
            ("task size", instance.task.size_gbit, "Gbit"),
            ("work per size", instance.task.gcycles_per_gbit, "Gcycle/Gbit"),
            ("weight of time", instance.weights.time, "1/s"),
            ("weight of energy", instance.weights.energy, "1/J"),
            ("master", instance.master, ""),
            ("servers", len(instance.servers), ""),
            ("links", len(instance.links), ""),
            ("servers within reach, the master included", len(view.depth), ""),
            ("height of the tree", height, "hop" if height == 1 else "hops"),
            ("subtrees", len(sizes), ""),
            ("their sizes", ", ".join(listed) or None, ""),
        ],
    )


def _tree(view: View) -> Table:
    reached: list[tuple[Cell, ...]] = [
        (
            name,
            hops,
            view.parent.get(name),
            view.distance[name],
            view.servers[name].ghz,
            "yes" if name not in view.left_out else "left out",
        )
        for name, hops in view.depth.items()
    ]
    lost: list[tuple[Cell, ...]] = [
        (name, None, None, None, view.servers[name].ghz, "no")
        for name in view.unreachable
    ]
    return Table(
        "Tree of the solution" if view.solved else "Sink tree",
        (
            Column("server"),
            Column("hops", align="right"),
            Column("receives from"),
            Column("path", "s/Gbit", "right"),
            Column("speed", "GHz", "right"),
            Column("reach"),
        ),
        reached + lost,
    )
