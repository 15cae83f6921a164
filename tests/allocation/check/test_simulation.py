"""Exact store and forward: the simulation of a solution."""

from __future__ import annotations

import heapq
import itertools

import pytest

import optkit
from optkit.allocation.check import checker, store_and_forward
from optkit.allocation.check.simulation import Simulation
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from tests.allocation.instances import generated
from tests.allocation.true_times import (
    cases,
    shuffled,
)


def by_events(instance: AllocationInstance, solution: AllocationSolution) -> dict:
    """Return arrivals from a simulation by events: parts come, links become free."""
    rate = {(link.source, link.target): link.gbps for link in instance.links}
    parent, loads = solution.parent, solution.load_gbit

    def path(server: str) -> list[str]:
        way = []
        while server != instance.master:
            way.append(server)
            server = parent[server]
        return way[::-1]

    queue: dict[str, list[str]] = {}
    for order in solution.order.values():
        for part in order:
            if loads[part] > 0.0:
                for link in path(part):
                    queue.setdefault(link, []).append(part)
    arrival = dict.fromkeys(parent, 0.0)
    at_tail: set[tuple[str, str]] = set()
    busy: set[str] = set()
    events: list[tuple[float, int, str, str]] = []
    ticket = itertools.count()

    def try_to_send(link: str, now: float) -> None:
        if link in busy or not queue[link] or (link, queue[link][0]) not in at_tail:
            return
        part = queue[link].pop(0)
        busy.add(link)
        done = now + loads[part] / rate[parent[link], link]
        heapq.heappush(events, (done, next(ticket), link, part))

    for root in solution.order:
        if root in queue:
            at_tail |= {(root, part) for part in queue[root]}
            try_to_send(root, 0.0)
    while events:
        now, _, link, part = heapq.heappop(events)
        busy.discard(link)
        if part == link:
            arrival[part] = now
        else:
            way = path(part)
            onward = way[way.index(link) + 1]
            at_tail.add((onward, part))
            try_to_send(onward, now)
        try_to_send(link, now)
    assert not any(queue.values()), "every part is sent over every link of its way"
    return arrival


def test_simulation_agrees_with_events() -> None:
    """The recurrences agree with a simulation by events."""
    count = 0
    for instance, solution in cases():
        exact = optkit.allocation.store_and_forward(instance, solution)
        for name, arrival in by_events(instance, solution).items():
            assert exact.arrival[name] == pytest.approx(arrival, rel=1e-12, abs=0.0)
        count += 1
    assert count > 120


def test_worked_out_by_hand() -> None:
    """The times are those worked out by hand: overlaps, waiting, a zero load."""
    instance = AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": "by hand",
            "task": {"size_gbit": 6.0, "gcycles_per_gbit": 2.0},
            "weights": {"time": 0.5, "energy": 0.25},
            "master": "m",
            "servers": [
                {"id": name, "ghz": ghz, "capacitance": gamma, "tx_watt": watt}
                for name, ghz, gamma, watt in (
                    ("m", 2, 0.5, 4), ("a", 4, 0.25, 2), ("b", 1, 1, 8), ("c", 1, 1, 8)
                )
            ],
            "links": [
                {"source": "m", "target": "a", "gbps": 2},
                {"source": "a", "target": "b", "gbps": 4},
                {"source": "b", "target": "c", "gbps": 1},
            ],
        }
    )  # fmt: skip
    solution = AllocationSolution(
        parent={"a": "m", "b": "a", "c": "b"},
        load_gbit={"m": 1.0, "c": 2.0, "b": 3.0},
        order={"a": ("a", "c", "b")},
    )
    # c: 2/2 + 2/4 + 2/1 = 3.5. b: over the first link at 1 + 3/2 = 2.5, the second is
    # free since 1.5: 2.5 + 3/4 = 3.25; by (5) and (6) 3 · 3/4 + 2 · 3/4 = 3.75.
    exact = optkit.allocation.store_and_forward(instance, solution)
    assert exact.arrival == pytest.approx({"m": 0, "a": 0, "c": 3.5, "b": 3.25})
    assert exact.estimated_arrival["b"] == pytest.approx(3.75)
    assert exact.finish == pytest.approx({"m": 1, "a": 0, "c": 7.5, "b": 9.25})
    # E: m 0.5·1·2·4 + 4·5/2 = 14; a 2·5/4; b 3·2 + 8·2/1 = 22; c 2·2 = 4.
    costs = {"m": 4.0, "a": 0.625, "b": 4.625 + 5.5, "c": 3.75 + 1.0}
    assert exact.cost == pytest.approx(costs)
    metrics = optkit.check(instance, solution).metrics
    assert metrics["store_and_forward_makespan_s"] == exact.makespan == 9.25
    assert metrics["store_and_forward_cost"] == exact.largest_cost == 10.125
    assert metrics["servers"]["b"]["store_and_forward_time_s"] == 9.25


def test_never_later_than_the_estimate() -> None:
    """No part arrives after (5) plus (6), and many arrive before."""
    ratios = []
    for instance, solution in cases():
        exact = optkit.allocation.store_and_forward(instance, solution)
        for name, arrival in exact.arrival.items():
            estimate = exact.estimated_arrival[name]
            assert arrival <= estimate * (1.0 + 1e-12)
            if arrival > 0.0:
                ratios.append(estimate / arrival)
    assert max(ratios) > 1.5
    assert min(ratios) >= 1.0 - 1e-12


def test_equal_to_the_estimate_where_one_link_is_shared() -> None:
    """The estimate is exact for the first part, and where ways part at once."""
    for instance, solution in cases():
        exact = optkit.allocation.store_and_forward(instance, solution)
        for order in solution.order.values():
            first = next((s for s in order if solution.load_gbit[s] > 0.0), None)
            if first is not None:
                assert exact.arrival[first] == pytest.approx(
                    exact.estimated_arrival[first], rel=1e-12
                )
    # A full binary tree of seven: two servers share the way to the master's child only.
    instance, solution = shuffled(generated(7, 5, shape="topology-2"), 5, idle=0.0)
    exact = optkit.allocation.store_and_forward(instance, solution)
    assert exact.arrival == pytest.approx(exact.estimated_arrival, rel=1e-12)


def test_zero_loads_change_nothing() -> None:
    """Zero loads hold nobody up, wherever they are in the order."""
    instance, solution = shuffled(generated(20, 2, shape="random-tree", subtrees=1), 2)
    (root, order), *_ = solution.order.items()
    idle = [name for name in order if solution.load_gbit[name] == 0.0]
    assert idle
    others = [name for name in order if name not in idle]
    last = solution.model_copy(update={"order": {root: (*others, *idle)}})
    before = optkit.allocation.store_and_forward(instance, solution)
    after = optkit.allocation.store_and_forward(instance, last)
    assert before.arrival == after.arrival
    assert all(before.arrival[name] == 0.0 for name in idle)


def test_too_long_ways_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the metrics are null, not wrong."""
    instance, solution = shuffled(generated(9, 1, shape="chain"), 1, idle=0.0)
    rates = {(link.source, link.target): link.gbps for link in instance.links}
    arguments = (solution.parent, rates, solution.order, solution.load_gbit)
    assert (
        store_and_forward.arrivals(*arguments, max_passages=35) is None
    )  # 1 + 2 + … + 8 is 36
    assert store_and_forward.arrivals(*arguments, max_passages=36) is not None
    monkeypatch.setattr(checker, "simulate", lambda *_: None)
    metrics = checker.check(instance, solution).metrics
    assert metrics["store_and_forward_makespan_s"] is None
    assert metrics["store_and_forward_cost"] is None
    assert metrics["servers"]["3"]["store_and_forward_time_s"] is None
    shown = {row[0]: row[1] for row in optkit_tables(instance, solution)["Solution"]}
    assert shown["completion time"] == metrics["completion_time_s"]
    assert shown["completion time, store and forward"] is None


def optkit_tables(instance: AllocationInstance, solution: AllocationSolution) -> dict:
    """Return the rows of each table by title."""
    from optkit.allocation.display.tables import tables

    return {table.title: table.rows for table in tables(instance, solution)}


def test_tables_show_both_times() -> None:
    """The tables show the true times beside those of eq (6)."""
    instance, solution = shuffled(generated(9, 1, shape="chain"), 1, idle=0.0)
    exact: Simulation = optkit.allocation.store_and_forward(instance, solution)
    shown = optkit_tables(instance, solution)
    totals = {row[0]: row[1] for row in shown["Solution"]}
    assert totals["completion time, store and forward"] == exact.makespan
    assert totals["cost, store and forward"] == exact.largest_cost
    for row in shown["Servers, by load"][:-1]:
        assert exact.finish[row[0]] in row


def test_picture_marks_who_is_done_sooner() -> None:
    """The Gantt chart marks a true time only where it differs."""
    from matplotlib.figure import Figure

    from optkit.allocation.display.drawing.gantt import STROKE, draw_gantt
    from optkit.allocation.display.view import make_view

    instance, solution = shuffled(generated(9, 1, shape="chain"), 1)
    ax = Figure().subplots()
    draw_gantt(make_view(instance, solution), ax=ax)
    (strokes,) = (line for line in ax.get_lines() if line.get_label() == STROKE)
    exact = optkit.allocation.store_and_forward(instance, solution)
    sooner = [
        exact.finish[name]
        for name in solution.order["1"]
        if exact.arrival[name] < exact.estimated_arrival[name] * (1.0 - 1e-9)
        and solution.load_gbit[name] > 0.0
    ]
    assert 0 < len(sooner) < 8
    assert list(strokes.get_xdata()) == sooner
    assert STROKE in [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_solution_that_does_not_fit_is_refused() -> None:
    """A solution that does not fit the instance is an error that says where."""
    instance, solution = shuffled(generated(5, 1, shape="chain"), 1)
    broken = solution.model_copy(update={"order": {}})
    with pytest.raises(optkit.UsageError, match=r"order\.1: missing"):
        optkit.allocation.store_and_forward(instance, broken)
