"""Exact store and forward: the simulation, and the solver option that optimises for it."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog

import optkit
from optkit.allocation.check import checker, store_and_forward
from optkit.allocation.check.simulation import Simulation
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.heuristics.flowshop.bound import true_cost_bound
from optkit.allocation.heuristics.flowshop.evaluation import FlowShopEvaluator
from optkit.allocation.heuristics.flowshop.order_lp import best_loads
from optkit.allocation.heuristics.flowshop.subtree import flow_shops
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import supports_blocks
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.testing import random_instances
from optkit.core.solving.events import Event, EventKind

TRUE = {"timing": "store-and-forward"}
"""The solver option under test."""

Case = tuple[AllocationInstance, AllocationSolution]


def made(servers: int, shape: str, seed: int, **settings: float) -> AllocationInstance:
    """Return a generated instance."""
    options = {"servers": servers, "shape": shape, **settings}
    return AllocationInstance.parse(
        generate(GeneratorOptions.model_validate(options), seed)
    )


def below_children(instance: AllocationInstance) -> dict[str, list[str]]:
    """Return the servers of each subtree, by the master's child."""
    parent = checker.sink_parents(instance)
    found: dict[str, list[str]] = {}
    for server in parent:
        root = server
        while parent[root] != instance.master:
            root = parent[root]
        found.setdefault(root, []).append(server)
    return found


def shuffled(instance: AllocationInstance, seed: int, idle: float = 0.3) -> Case:
    """Return the instance with random loads, some zero, sent in random order."""
    draw = random.Random(seed)
    parent = checker.sink_parents(instance)
    order = below_children(instance)
    for listed in order.values():
        draw.shuffle(listed)
    loads = {
        name: 0.0 if draw.random() < idle else draw.random() ** 3 for name in parent
    }
    loads[instance.master] = 0.1
    scale = instance.task.size_gbit / sum(loads.values())
    return instance, AllocationSolution(
        parent=parent,
        load_gbit={name: scale * load for name, load in loads.items()},
        order={root: tuple(listed) for root, listed in order.items()},
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


def cases() -> Iterator[Case]:
    """Yield random cases over shapes, sizes and regimes."""
    regimes: list[dict[str, float]] = [{}, {"gbps_low": 0.05, "gbps_high": 500.0}]
    shapes = ("random-tree", "chain", "caterpillar", "binary", "erdos-renyi")
    sizes = (2, 3, 5, 8, 13, 40)
    product = itertools.product(shapes, regimes, sizes, (1, 2))
    for shape, regime, servers, seed in product:
        yield shuffled(made(servers, shape, seed, **regime), seed)
    for idle in (0.0, 0.3):  # long enough for arrays
        yield shuffled(made(120, "chain", 3), 3, idle)
        yield shuffled(made(120, "caterpillar", 3), 3, idle)
        yield shuffled(made(120, "random-tree", 3, subtrees=1), 3, idle)


# -- the simulation ----------------------------------------------------------------


def test_simulation_agrees_with_events() -> None:
    """Protects the simulation: recurrences and arrays against a clock that ticks."""
    count = 0
    for instance, solution in cases():
        exact = optkit.allocation.store_and_forward(instance, solution)
        for name, arrival in by_events(instance, solution).items():
            assert exact.arrival[name] == pytest.approx(arrival, rel=1e-12, abs=0.0)
        count += 1
    assert count > 120


def test_worked_out_by_hand() -> None:
    """Protects the model itself: what overlaps, what waits, what a zero load does."""
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
    """Protects the proof: no part arrives after (5) plus (6), and many before."""
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
    """Protects the cases of equality: who goes first, and ways that part at once."""
    for instance, solution in cases():
        exact = optkit.allocation.store_and_forward(instance, solution)
        for order in solution.order.values():
            first = next((s for s in order if solution.load_gbit[s] > 0.0), None)
            if first is not None:
                assert exact.arrival[first] == pytest.approx(
                    exact.estimated_arrival[first], rel=1e-12
                )
    # A full binary tree of seven: two servers share the way to the master's child only.
    instance, solution = shuffled(made(7, "topology-2", 5), 5, idle=0.0)
    exact = optkit.allocation.store_and_forward(instance, solution)
    assert exact.arrival == pytest.approx(exact.estimated_arrival, rel=1e-12)


def test_zero_loads_change_nothing() -> None:
    """Protects zero loads: moved to any place of the order they hold up nobody."""
    instance, solution = shuffled(made(20, "random-tree", 2, subtrees=1), 2)
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
    """Protects the checker's time: past the limit the figures are null, not wrong."""
    instance, solution = shuffled(made(9, "chain", 1), 1, idle=0.0)
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
    """Protects readers of `show`: the true times stand beside those of eq (6)."""
    instance, solution = shuffled(made(9, "chain", 1), 1, idle=0.0)
    exact: Simulation = optkit.allocation.store_and_forward(instance, solution)
    shown = optkit_tables(instance, solution)
    totals = {row[0]: row[1] for row in shown["Solution"]}
    assert totals["completion time, store and forward"] == exact.makespan
    assert totals["cost, store and forward"] == exact.largest_cost
    for row in shown["Servers, by load"][:-1]:
        assert exact.finish[row[0]] in row


def test_picture_marks_who_is_done_sooner() -> None:
    """Protects the Gantt: a stroke at the true time, only where it shows."""
    from matplotlib.figure import Figure

    from optkit.allocation.display.drawing.gantt import STROKE, draw_gantt
    from optkit.allocation.display.view import make_view

    instance, solution = shuffled(made(9, "chain", 1), 1)
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
    """Protects callers: a tree that is none is an error with its place, not a figure."""
    instance, solution = shuffled(made(5, "chain", 1), 1)
    broken = solution.model_copy(update={"order": {}})
    with pytest.raises(optkit.UsageError, match=r"order\.1: missing"):
        optkit.allocation.store_and_forward(instance, broken)


# -- the program and the option ----------------------------------------------------


def least_true_cost(instance: AllocationInstance) -> float:
    """Return the least true cost over all orders, by one program each (scipy)."""
    parent = checker.sink_parents(instance)
    subtrees = below_children(instance)
    orders = itertools.product(
        *(list(itertools.permutations(members)) for members in subtrees.values())
    )
    return min(one_order(instance, parent, combined) for combined in orders)


def one_order(
    instance: AllocationInstance,
    parent: dict[str, str],
    orders: tuple[tuple[str, ...], ...],
) -> float:
    """Return the least true cost of fixed orders, written down from the definition."""
    machine = {server.id: server for server in instance.servers}
    rate = {(link.source, link.target): link.gbps for link in instance.links}
    task, weights, master = instance.task, instance.weights, instance.master

    def way(server: str) -> list[str]:
        return [] if server == master else [*way(parent[server]), server]

    column = {name: k for k, name in enumerate([master, *parent])}
    arrivals = {
        (part, link): len(column) + k
        for k, (part, link) in enumerate(
            (part, link) for order in orders for part in order for link in way(part)
        )
    }
    z = len(column) + len(arrivals)
    rows: list[dict[int, float]] = []
    for order in orders:
        for place, part in enumerate(order):
            for link in way(part):
                took = {column[part]: 1.0 / rate[parent[link], link]}
                begun = [(part, parent[link])] if parent[link] != master else []
                begun += [
                    (other, link) for other in order[:place] if link in way(other)
                ][-1:]
                for before in [arrivals[pair] for pair in begun] or [None]:
                    row = took | {arrivals[part, link]: -1.0}
                    rows.append(row if before is None else row | {before: 1.0})
    for name in column:
        own, work = machine[name], task.gcycles_per_gbit
        row = dict.fromkeys(range(z + 1), 0.0)
        row[z] = -1.0
        row[column[name]] = (
            weights.time * work / own.ghz
            + weights.energy * own.capacitance * work * own.ghz**2
        )
        if name != master:
            row[arrivals[name, name]] = weights.time
        for child, sender in parent.items():
            if sender == name:
                for other in parent:
                    if child in way(other):
                        row[column[other]] += (
                            weights.energy * own.tx_watt / rate[name, child]
                        )
        rows.append(row)
    matrix = np.zeros((len(rows), z + 1))
    for number, row in enumerate(rows):
        matrix[number, list(row)] = list(row.values())
    answer = linprog(
        np.append(np.zeros(z), 1.0),
        A_ub=matrix,
        b_ub=np.zeros(len(rows)),
        A_eq=np.append(np.ones(len(column)), np.zeros(z + 1 - len(column)))[None, :],
        b_eq=[task.size_gbit],
        method="highs-ds",
        options={
            "primal_feasibility_tolerance": 1e-10,
            "dual_feasibility_tolerance": 1e-10,
        },
    )
    assert answer.status == 0, answer.message
    return float(answer.fun)


@cache
def yardsticks() -> tuple[tuple[str, AllocationInstance, float], ...]:
    """Return small instances of all regimes with their least true cost."""
    found = []
    for label, instance in random_instances(21, 18):
        if supports_blocks(sink_tree(instance)):
            found.append((label, instance, least_true_cost(instance)))
    return tuple(found)


def true_cost(result: optkit.Result) -> float:
    """Return the true cost that the checker found."""
    assert result.verification is not None
    assert result.verification.feasible, result.verification.violations
    return float(result.metrics["store_and_forward_cost"])


def test_local_search_against_every_order() -> None:
    """Protects the option: never below the true optimum, and nearly always at it."""
    hits = 0
    for label, instance, best in yardsticks():
        found = true_cost(optkit.solve(instance, "block-ls", options=TRUE))
        assert found >= best * (1.0 - 1e-8), label
        hits += found <= best * (1.0 + 1e-7)
    assert hits >= 0.9 * len(yardsticks()), hits


def test_no_worse_than_what_eq_6_is_best_for() -> None:
    """Protects the option's point: the optimum by eq (6) is no better in truth."""
    gained = 0
    for label, instance, _ in yardsticks():
        by_eq_6 = optkit.solve(instance, "pmo")
        by_truth = optkit.solve(instance, "block-ls", options=TRUE)
        assert true_cost(by_truth) <= true_cost(by_eq_6) * (1.0 + 1e-9), label
        assert by_truth.objective is not None
        assert by_eq_6.objective is not None
        assert by_truth.objective >= by_eq_6.objective * (1.0 - 1e-9), label
        gained += true_cost(by_truth) < true_cost(by_eq_6) * (1.0 - 1e-3)
    assert gained > 0


def test_bound_on_the_true_cost() -> None:
    """Protects the closed form: it is a bound on every order, and it is not zero."""
    ratios = []
    for label, instance, best in yardsticks():
        tree = sink_tree(instance)
        bound = true_cost_bound(tree, flow_shops(instance, tree))
        assert bound <= best * (1.0 + 1e-8), label
        ratios.append(bound / best)
    assert max(ratios) > 0.99
    assert min(ratios) > 0.0


def test_program_and_equalising_agree_with_the_definition() -> None:
    """Protects the evaluation of an order: loads are best, or at least feasible."""
    draw = np.random.default_rng(4)
    equal = 0
    for seed in range(12):
        instance = made(6, "random-tree", seed, subtrees=1)
        tree = sink_tree(instance)
        shop = flow_shops(instance, tree)[0]
        order = draw.permutation(shop.size)
        evaluator = FlowShopEvaluator(shop)
        loads = best_loads(shop, order)
        assert loads is not None
        value = loads.sum() / evaluator.costs(order, loads)[0]
        names = [tree.ids[k] for k in tree.subtrees[0].members]
        listed = tuple(names[k] for k in order)
        # Nobody computes as slowly as this master, so all goes into the subtree.
        slow = instance.model_copy(
            update={
                "servers": tuple(
                    server.model_copy(update={"ghz": 1e-9, "tx_watt": 0.0})
                    if server.id == instance.master
                    else server
                    for server in instance.servers
                )
            }
        )
        size = instance.task.size_gbit
        best = one_order(slow, checker.sink_parents(slow), (listed,)) / size
        assert value == pytest.approx(1.0 / best, rel=1e-7)
        assert evaluator.value(order) <= value * (1.0 + 1e-9)
        equal += evaluator.value(order) >= value * (1.0 - 1e-9)
    assert equal > 6


def test_costs_are_the_checkers() -> None:
    """Protects the search's own figures: both costs, against the checker's."""
    for instance, solution in cases():
        if not checker.sink_parents(instance):
            continue
        tree = sink_tree(instance)
        verification = checker.check(instance, solution)
        figures = optkit.allocation.store_and_forward(instance, solution)
        for subtree, shop in zip(
            tree.subtrees, flow_shops(instance, tree), strict=True
        ):
            names = [tree.ids[k] for k in subtree.members]
            order = [names.index(name) for name in solution.order[names[0]]]
            loads = np.array([solution.load_gbit[name] for name in names])
            true, estimated = FlowShopEvaluator(shop).costs(np.array(order), loads)
            shown = verification.metrics["servers"]
            assert true == pytest.approx(max(figures.cost[n] for n in names), rel=1e-9)
            assert estimated == pytest.approx(
                max(shown[n]["cost"] for n in names), rel=1e-9
            )


def test_the_best_in_truth_survives_every_end() -> None:
    """Protects limits and Ctrl-C: the answer is the best in true cost so far."""
    instance = made(9, "chain", 4)
    first = true_cost(optkit.solve(instance, "block"))
    whole = optkit.solve(instance, "block-ls", options=TRUE)
    assert true_cost(whole) < 0.99 * first
    assert f"store-and-forward cost {true_cost(whole):.6g}" in whole.termination.detail

    def press(event: Event) -> None:
        if event.kind is EventKind.PROGRESS:
            raise KeyboardInterrupt

    pressed = optkit.solve(instance, "block-ls", options=TRUE, on_event=press)
    assert pressed.termination.reason is optkit.Reason.INTERRUPTED
    assert true_cost(pressed) < first
    for limits in (
        optkit.Limits(evaluations=5),
        optkit.Limits(iterations=1),
        optkit.Limits(time=1e-3),
    ):
        stopped = optkit.solve(instance, "block-ls", options=TRUE, limits=limits)
        assert stopped.termination.reason is not optkit.Reason.CONVERGED
        assert true_cost(stopped) >= true_cost(whole) * (1.0 - 1e-12)
    again = optkit.solve(instance, "block-ls", options=TRUE)
    assert again.solution == whole.solution


def test_edges_of_the_option() -> None:
    """Protects degenerate instances: no link, one server, an empty task, no weights."""
    for settings in (
        {"servers": 1},
        {"size_gbit": 0.0},
        {"tx_watt": 1e6},
        {"weight_time": 0.0},
        {"gbps_low": 1e-6, "gbps_high": 1e-6},
    ):
        instance = made(**{"servers": 4, "shape": "binary", "seed": 7, **settings})
        result = optkit.solve(instance, "block-ls", options=TRUE)
        optimum = optkit.solve(instance, "pmo")
        assert true_cost(result) <= true_cost(optimum) * (1.0 + 1e-9), settings
