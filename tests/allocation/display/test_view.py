"""The data that pictures and tables show."""

from __future__ import annotations

from optkit.allocation.check.checker import check
from optkit.allocation.display.view import View, make_view
from optkit.allocation.solution import AllocationSolution
from tests.allocation.display.cases import Make, equal_shares, renamed


def test_rows_follow_the_sending_order(solved: View) -> None:
    """Rows are the master, then each subtree from first to last sent."""
    rows = solved.rows()
    assert rows[0].server == solved.master
    for root, order in solved.order.items():
        own = [row for row in rows if row.root == root]
        assert [row.server for row in own] == list(order)
        assert [row.position for row in own] == list(range(1, len(order) + 1))


def test_busiest_keeps_the_master_and_the_largest_loads(make: Make) -> None:
    """The rows that are dropped from a large picture are those with least load."""
    instance = make(shape="star", servers=20)
    plain = equal_shares(instance)
    loads = {name: float(k % 7) for k, name in enumerate(plain.load_gbit)}
    scale = instance.task.size_gbit / sum(loads.values())
    loads = {name: load * scale for name, load in loads.items()}
    view = make_view(instance, plain.model_copy(update={"load_gbit": loads}))
    kept, missing = view.busiest(6)
    assert len(kept) + missing == 20
    assert kept[0].server == instance.master
    least = min(loads[row.server] for row in kept[1:])
    names = {row.server for row in kept}
    assert all(load <= least for name, load in loads.items() if name not in names)


def test_flow_is_the_load_of_all_below(solved: View) -> None:
    """A link carries the whole load of the servers that it leads to."""
    flow = solved.flows()
    for root, order in solved.order.items():
        assert abs(
            flow[root] - sum(solved.server_metric(name, "load_gbit") for name in order)
        ) < 1e-9  # fmt: skip


def test_left_out_and_unreachable_are_told_apart(make: Make) -> None:
    """Servers left out and servers out of reach are told apart."""
    names = [f"s{k}" for k in range(8)]
    instance = renamed(make(shape="topology-4"), names, lost=("far",))
    alone = AllocationSolution(
        parent={}, load_gbit={"s0": instance.task.size_gbit}, order={}
    )
    view = make_view(instance, alone)
    assert view.unreachable == ("far",)
    assert view.left_out == frozenset(names[1:])
    assert set(view.parent) == set(names[1:])


def test_broken_solution_leaves_the_instance(make: Make) -> None:
    """A solution without metrics is shown as its instance."""
    instance = make(shape="topology-4")
    broken = equal_shares(instance).model_copy(update={"order": {}})
    view = make_view(instance, broken, check(instance, broken))
    assert not view.solved
    assert len(view.parent) == 7
    assert view.verification is not None
    assert view.verification.violations
