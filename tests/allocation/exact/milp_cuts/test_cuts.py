"""Cuts change what a solver proves, never what is optimal; the start is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from optkit.models.allocation import allocation_model, strengthen
from scipy.optimize import linprog

import optkit
from optkit.allocation.bounds.relay_condition import proven_subtrees
from optkit.allocation.check.brute_force import brute_force
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.exact.enumeration import enumerate_orders
from optkit.allocation.exact.milp_cuts.cuts import (
    allocation_cuts,
    block_bounds,
    least_prices,
)
from optkit.allocation.heuristics.initial_plans import (
    improve_by_search,
    lossless_precedences,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_subtree_plans,
)
from optkit.allocation.problem.plan import SubtreePlan, compose
from optkit.allocation.problem.pyomo_adapter import (
    model_data,
    scaled_tree,
    start_values,
)
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.problem.subtree_costs import SubtreeCosts, subtree_costs
from optkit.allocation.testing import random_instances
from optkit.backends import StartStatus, Termination, compile_model, solve_model
from optkit.core.arrays import Floats
from tests.allocation.hostile_subtrees import random_tree


def _trees(count: int) -> Iterator[tuple[str, SinkTree]]:
    """Yield trees of 3 to 5 servers below the master: all regimes, and hostile ranges."""
    for label, instance in random_instances(310, count // 2):
        tree = sink_tree(instance)
        if np.all(tree.own > 0.0):
            yield label, tree
    rng = np.random.default_rng(311)
    for case in range(count // 2):
        hostile = float(rng.choice([1.0, 3.0, 300.0]))
        yield f"hostile {case}", random_tree(rng, int(rng.integers(3, 6)), hostile)


def _best(tree: SinkTree) -> list[SubtreePlan]:
    """Return the best plan of each subtree, by every order's linear program."""
    plans = [enumerate_orders(subtree).plan for subtree in tree.subtrees]
    return [plan for plan in plans if plan is not None]


def _model(tree: SinkTree, start: list[SubtreePlan], *, cuts: bool) -> tuple[Any, Any]:
    """Return the model in units of the start's cost, and the start's plan."""
    plan = compose(tree, start)
    unit = plan.cost / tree.size
    data = model_data(tree, 1.0, unit)
    model = allocation_model(data)
    if cuts:
        found = allocation_cuts(
            scaled_tree(tree, unit), 0.0, 1.0 + 1e-6, [], lambda: None
        )
        strengthen(model, data, found)
    return model, plan


def _relaxed(model: Any) -> float:
    """Return the optimum of the linear relaxation."""
    compiled = compile_model(model)
    relaxed = replace(compiled, integer=np.zeros(compiled.columns, dtype=bool))
    result = solve_model(relaxed, "highs", load=False)
    assert result.termination is Termination.OPTIMAL
    assert result.objective is not None
    return result.objective


@pytest.mark.slow
def test_best_orders_obey_the_cuts_and_the_relaxation_gets_tighter() -> None:
    """The optimum found by enumeration satisfies every cut; the relaxation gets tighter."""
    gained = []
    for label, tree in _trees(32):
        model, plan = _model(tree, _best(tree), cuts=True)
        for variable, value in start_values(model, tree, plan, 1.0):
            if not variable.fixed:
                variable.set_value(value, skip_validation=True)
        for row in model.cuts.component_data_objects(ctype=model.waiting.ctype):
            assert row.lslack() >= -1e-9, f"{row.name}, {label}"
            assert row.uslack() >= -1e-9, f"{row.name}, {label}"
        with_ = _relaxed(model)
        model.cuts.deactivate()
        model.waiting.activate()
        without = _relaxed(model)
        assert without - 1e-7 <= with_ <= 1.0 + 1e-6, label
        gained.append(with_ - without)
    assert len(gained) >= 24
    assert np.mean(gained) > 0.02


@pytest.mark.slow
@pytest.mark.parametrize(("count", "trees"), [(2, 6), (3, 6), (4, 1)])
def test_no_order_and_no_loads_break_a_cut(count: int, trees: int) -> None:
    """No loads of any order violate a cut.

    Servers pay up to 300 times what the relay condition allows.
    """
    rng = np.random.default_rng(312 + count)
    for case in range(trees):
        hostile = float(rng.choice([2.0, 30.0, 300.0]))
        tree = random_tree(rng, count, hostile)
        costs = subtree_costs(tree.subtrees[0])
        orders = np.array(list(permutations(range(count))))
        for order, matrix in zip(orders, costs.matrices(orders), strict=True):
            for number, left in enumerate(_left_sides(tree, costs, matrix)):
                scale = 1.0 / np.diag(matrix)
                found = linprog(
                    -left * scale,
                    A_ub=matrix * scale,
                    b_ub=np.ones(count),
                    options={"presolve": False},
                )
                assert -found.fun <= 1.0 + 1e-9, f"cut {number}, {order}, tree {case}"


def _left_sides(
    tree: SinkTree, costs: SubtreeCosts, matrix: Floats
) -> Iterator[Floats]:
    """Yield each cut as factors of the loads, over its κ, for the order of ``matrix``."""
    cuts = allocation_cuts(tree, 0.0, 1.0, [], lambda: None)
    count = len(matrix)
    place = {name: server for server, name in enumerate(tree.ids[1:])}
    below = np.eye(count)
    for server in range(count - 1, 0, -1):
        below[costs.subtree.parent[server]] += below[server]
    for factors, most in cuts.capacities:
        yield sum(f * below[place[c]] for c, f in factors.items()) / most
    for cut in cuts.prices:
        inside = [place[name] for name in cut.prices]
        left = np.zeros(count)
        left[inside] = 1.0
        for name, price in cut.prices.items():
            losses = matrix[place[name]].copy()
            # Own load and waiting inside the set are not losses; relaying is.
            fixed = costs.fixed[place[name]]
            losses[inside] = fixed[inside]
            losses[place[name]] = 0.0
            left += price * losses
        yield left / cut.capacity


@pytest.mark.slow
def test_block_bounds_and_prices_are_those_of_the_definition() -> None:
    """κ is never too low and prices never too high for any order of a block."""
    rng = np.random.default_rng(313)
    for _ in range(20):
        tree = random_tree(rng, 4, 300.0)
        best = enumerate_orders(tree.subtrees[0]).plan
        assert best is not None
        assert block_bounds(tree, lambda: None)[1] >= (1.0 - 1e-9) / best.cost
        one, other = rng.permutation(np.arange(1, 5))[:2]
        members = np.sort([one, other])
        capacity, prices = least_prices(tree, members)
        # Two servers, worked out by hand: the first pays for what the second waits.
        ancestors = [_path(tree, server) for server in members]
        meeting = tree.distance[max(set(ancestors[0]) & set(ancestors[1]))]
        a, b = tree.own[members]
        assert capacity == pytest.approx(1 / a + 1 / b - meeting / (a * b), rel=1e-9)
        expected = [(1 - meeting / b) / a, (1 - meeting / a) / b]
        assert prices == pytest.approx(expected, rel=1e-6, abs=1e-12)


def _path(tree: SinkTree, server: int) -> list[int]:
    way = []
    while server > 0:
        way.append(int(server))
        server = int(tree.parent[server])
    return way


@pytest.mark.slow
def test_optimum_is_the_same_with_and_without_cuts() -> None:
    """The model has the brute-force optimum, with and without cuts, w2 = 0 or not.

    No start is given, so that a wrong cut cannot hide behind it.
    """
    energies = set()
    for number, (label, instance) in enumerate(random_instances(314, 100)):
        optimum = brute_force(instance)
        tree = sink_tree(instance)
        best = _best(tree)
        cost = compose(tree, best).cost
        assert cost == pytest.approx(optimum, rel=1e-9), label
        for cuts in (True, False) if number % 2 else (True,):
            model, _ = _model(tree, best, cuts=cuts)
            result = solve_model(model, ("highs", "scip")[number // 2 % 2], load=False)
            assert result.termination is Termination.OPTIMAL, label
            assert result.objective == pytest.approx(1.0, abs=2e-6), label
        energies.add(instance.weights.energy > 0.0)
    assert energies == {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["highs", "scip"])
def test_optimum_is_the_same_far_outside_the_paper_s_range(backend: str) -> None:
    """The optimum is the same at up to 300 times what the relay condition allows."""
    rng = np.random.default_rng(316)
    for case in range(6):
        tree = random_tree(rng, 4, (3.0, 300.0)[case % 2])
        for cuts in (True, False):
            model, _ = _model(tree, _best(tree), cuts=cuts)
            result = solve_model(model, backend, load=False)
            assert result.termination is Termination.OPTIMAL, case
            assert result.objective == pytest.approx(1.0, abs=2e-6), case


@pytest.mark.slow
def test_solver_gives_the_optimum_with_and_without_cuts() -> None:
    """The answer is the proven optimum whatever the options."""
    for label, instance in random_instances(317, 6):
        optimum = brute_force(instance)
        for options in ({}, {"cuts": False}, {"start": "depth-first"}):
            result = optkit.solve(instance, "milp", options=options)
            assert result.status is optkit.Status.OPTIMAL, f"{label}, {options}"
            assert result.objective == pytest.approx(optimum, rel=1e-9), label


def test_cuts_can_be_taken_out_again() -> None:
    """Without the block and with ``waiting``, the relaxation is P1's."""
    tree = random_tree(np.random.default_rng(315), 5, 3.0)
    plain, _ = _model(tree, _best(tree), cuts=False)
    model, _ = _model(tree, _best(tree), cuts=True)
    assert _relaxed(model) > _relaxed(plain) + 1e-3
    model.cuts.deactivate()
    model.waiting.activate()
    assert _relaxed(model) == pytest.approx(_relaxed(plain), abs=1e-9)


def _instance(seed: int = 5, **settings: Any) -> AllocationInstance:
    options = {"servers": 8, "shape": "random-tree", "subtrees": 1}
    dear = {"weight_energy": 0.5, "capacitance": 0.001}
    document = generate(
        GeneratorOptions.model_validate(options | dear | settings), seed
    )
    return AllocationInstance.parse(document)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["highs", "scip"])
def test_backends_take_the_start(backend: str) -> None:
    """A backend accepts the complete start, at the plan's own objective."""
    instance = _instance()
    tree = sink_tree(instance)
    plans = contiguous_subtree_plans(tree, contiguous_blocks(tree))
    model, _ = _model(tree, plans, cuts=True)
    start = start_values(model, tree, compose(tree, plans), 1.0 + 1e-12)
    result = solve_model(model, backend, start=start, time_limit=3.0, load=False)
    assert result.start.status is StartStatus.ACCEPTED
    assert result.start.objective == pytest.approx(1.0, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("start", ["block", "block-ls"])
def test_never_worse_than_its_start_and_with_its_bound(start: str) -> None:
    """The objective and the bound of ``block`` hold before a backend runs."""
    instance = _instance(servers=26)
    first = optkit.solve(instance, "block")
    result = optkit.solve(
        instance, "milp", options={"start": start}, limits=optkit.Limits(time=2.0)
    )
    assert first.objective is not None
    assert first.bound is not None
    assert result.objective is not None
    assert result.bound is not None
    assert result.objective <= first.objective * (1 + 1e-12)
    assert result.bound >= first.bound


@pytest.mark.slow
def test_termination_says_what_the_start_cost() -> None:
    """The termination says what the start cost and whether the backend took it."""
    for seed in range(20):
        instance = _instance(seed=seed)
        first = optkit.solve(instance, "block")
        if first.gap is not None and first.gap > 1e-3:
            break
    result = optkit.solve(
        instance, "milp", options={"start": "block"}, limits=optkit.Limits(time=2.0)
    )
    assert "with cuts" in result.termination.detail
    assert f"start of {first.objective:.6g} accepted" in result.termination.detail


def test_known_orders_are_fixed_where_the_condition_holds_only() -> None:
    """All pairs of a proven subtree's best order are fixed, and none of others."""
    paper = sink_tree(_instance(weight_energy=0.05, capacitance=0.01))
    dear = sink_tree(_instance(weight_energy=5.0))
    assert proven_subtrees(paper) == [True]
    assert proven_subtrees(dear) == [False]
    for tree, pairs in ((paper, 7 * 6 // 2), (dear, 0)):
        order = contiguous_subtree_plans(tree, contiguous_blocks(tree))[0].order
        fixed = lossless_precedences(tree, [order])
        assert len(set(fixed)) == pairs
        sent = [tree.ids[tree.subtrees[0].members[server]] for server in order]
        assert all(sent.index(one) < sent.index(other) for one, other in fixed)
        # An order that takes less is not fixed, whatever the condition says.
        assert not lossless_precedences(tree, [order[::-1].copy()])


def test_improvement_keeps_the_plan_it_is_given_if_told_to_stop() -> None:
    """Nothing is searched once it is time to stop."""
    tree = sink_tree(_instance())
    plan = contiguous_subtree_plans(tree, contiguous_blocks(tree))[0]
    assert improve_by_search(tree.subtrees[0], plan, lambda: True).cost == plan.cost
