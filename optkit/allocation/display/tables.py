"""An allocation in tables: its sink tree, and each server's part in a solution."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

import numpy as np

from optkit.allocation.check.checker import check
from optkit.allocation.display.view import Row, View, make_view
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats
from optkit.core.display.tables import (
    Cell,
    Column,
    LazyRows,
    Table,
    quantities,
    sections,
)
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
            ("servers taking part", int(view.takes_part.sum()), ""),
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
    loads = view.columns["load_gbit"]
    assert loads is not None, "every server that takes part has a load"
    network, above, numbers = view.instance.network, view.tree.parent, view.row_numbers
    starts = [1, *(1 + np.cumsum([len(sent) for sent in view.order.values()])).tolist()]
    roots = list(view.order)
    ranked = np.argsort(-loads[numbers], kind="stable")

    def row_of(place: int) -> Row:
        server = network.ids[numbers[place]]
        if not place:
            return Row(server, None, 0)
        subtree = bisect_right(starts, place) - 1
        return Row(server, roots[subtree], place - starts[subtree] + 1)

    def cells(place: int | None) -> tuple[Cell, ...]:
        if place is None:
            return _total(view, loads[numbers[ranked]])
        row = row_of(place)
        return (
            row.server,
            network.ids[above[numbers[place]]] if place else None,
            _place(view, row),
            view.server_metric(row.server, "load_gbit"),
            view.server_metric(row.server, "cost"),
            "yes" if row.server in view.binding else None,
            view.server_metric(row.server, "time_s"),
            view.server_metric(row.server, "energy_j"),
            *(view.server_metric(row.server, name) for name in _PARTS_OF_TIME),
            _true_time(view, row.server),
            100.0 * view.share(row.server),
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
            Column("store and forward", "s", "right"),
            Column("share", "%", "right"),
        ),
        LazyRows([*ranked.tolist(), None], cells),
    )


def _true_time(view: View, server: str) -> float | None:
    """Return a server's time with store and forward; None if it was not simulated."""
    if view.columns.get("store_and_forward_time_s") is None:
        return None
    return view.server_metric(server, "store_and_forward_time_s")


def _total(view: View, loads: Floats) -> tuple[Cell, ...]:
    return (
        f"all {len(loads)}",
        None,
        None,
        sum(loads.tolist()),
        *(None,) * 3,
        view.metric("total_energy_j"),
        *(None,) * 4,
        100.0 * sum(_shares(view, loads)),
    )


def _shares(view: View, loads: Floats) -> list[float]:
    """Return loads as shares of the task, from 0 to 1."""
    size = view.instance.task.size_gbit
    shares: list[float] = (loads / size if size else np.zeros(len(loads))).tolist()
    return shares


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
    loads = view.columns["load_gbit"]
    assert loads is not None, "every server that takes part has a load"
    listed = loads[view.row_numbers[1:]]
    each, shares = iter(listed.tolist()), iter(_shares(view, listed))
    sums = {
        root: (
            sum(islice(each, len(order))),
            100.0 * sum(islice(shares, len(order))),
        )
        for root, order in view.order.items()
    }

    def cells(root: str) -> tuple[Cell, ...]:
        return (root, len(view.order[root]), *sums[root], arrows(view.order[root]))

    return Table(
        "Subtrees of the master's children, by load",
        (
            Column("subtree"),
            Column("servers", align="right"),
            Column("load", "Gbit", "right"),
            Column("share", "%", "right"),
            Column("sent in the order"),
        ),
        LazyRows(sorted(sums, key=lambda root: -sums[root][0]), cells),
    )


def _instance(view: View) -> Table:
    instance, tree = view.instance, view.tree
    sizes = np.bincount(tree.root[tree.listed], minlength=1)
    roots = tree.listed[tree.depth[tree.listed] == 1]
    listed = [
        f"{instance.network.ids[root]} ({sizes[root]})"
        for root in roots[:LONGEST_ORDER].tolist()
    ]
    if len(roots) > LONGEST_ORDER:
        listed = [*listed, f"… {len(roots) - LONGEST_ORDER} more"]
    height = int(tree.depth.max())
    return quantities(
        "Instance",
        [
            ("task size", instance.task.size_gbit, "Gbit"),
            ("work per size", instance.task.gcycles_per_gbit, "Gcycle/Gbit"),
            ("weight of time", instance.weights.time, "1/s"),
            ("weight of energy", instance.weights.energy, "1/J"),
            ("master", instance.master, ""),
            ("servers", instance.length("servers"), ""),
            ("links", instance.length("links"), ""),
            (
                "servers within reach, the master included",
                1 + len(tree.listed),
                "",
            ),
            ("height of the tree", height, "hop" if height == 1 else "hops"),
            ("subtrees", len(roots), ""),
            ("their sizes", ", ".join(listed) or None, ""),
        ],
    )


def _tree(view: View) -> Table:
    network, tree = view.instance.network, view.tree
    master = network.number[view.master]
    unreachable = np.flatnonzero(tree.depth < 0)

    def cells(server: int) -> tuple[Cell, ...]:
        name, ghz = network.ids[server], float(network.ghz[server])
        if tree.depth[server] < 0:
            return (name, None, None, None, ghz, "no")
        above = int(tree.parent[server])
        return (
            name,
            int(tree.depth[server]),
            network.ids[above] if above >= 0 else None,
            float(tree.distance[server]),
            ghz,
            "yes" if name not in view.left_out else "left out",
        )

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
        LazyRows([master, *tree.listed.tolist(), *unreachable.tolist()], cells),
    )
