"""Bounds and evaluation of single orders with true times."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.check import checker
from optkit.allocation.heuristics.flowshop.bound import true_cost_bound
from optkit.allocation.heuristics.flowshop.evaluation import FlowShopEvaluator
from optkit.allocation.heuristics.flowshop.order_lp import best_loads
from optkit.allocation.heuristics.flowshop.subtree import flow_shops
from optkit.allocation.problem.sink_tree import sink_tree
from tests.allocation.instances import generated
from tests.allocation.true_times import (
    cases,
    one_order,
    yardsticks,
)


@pytest.mark.slow
def test_bound_on_the_true_cost() -> None:
    """The closed form is a bound for every order, and not a trivial one."""
    ratios = []
    for label, instance, best in yardsticks():
        tree = sink_tree(instance)
        bound = true_cost_bound(tree, flow_shops(instance, tree))
        assert bound <= best * (1.0 + 1e-8), label
        ratios.append(bound / best)
    assert max(ratios) > 0.99
    assert min(ratios) > 0.0


@pytest.mark.slow
def test_program_and_equalising_agree_with_the_definition() -> None:
    """The program's loads are best, and equalised loads feasible."""
    rng = np.random.default_rng(4)
    equal = 0
    for seed in range(12):
        instance = generated(6, seed, shape="random-tree", subtrees=1)
        tree = sink_tree(instance)
        shop = flow_shops(instance, tree)[0]
        order = rng.permutation(shop.size)
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
    """The search's own costs are the checker's, both true and by eq (6)."""
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
