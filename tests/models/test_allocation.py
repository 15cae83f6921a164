"""The declarative model is the problem: its optimum is brute force's, in its own units."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest
from optkit.models.allocation import strengthen

from optkit.allocation.check.brute_force import brute_force
from optkit.allocation.exact.milp_cuts.cuts import allocation_cuts
from optkit.allocation.problem.pyomo_adapter import (
    instance_model,
    model_data,
    orders_from_precedences,
    precedences,
)
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.testing import random_instances
from optkit.backends import Termination, solve_model


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["highs", "scip"])
def test_model_of_an_instance_has_its_optimum(backend: str) -> None:
    """The model that ``optkit export`` writes, in s, J and Gbit, has the optimum."""
    for label, instance in random_instances(70, 16):
        model = instance_model(instance)
        result = solve_model(model, backend)
        assert result.termination is Termination.OPTIMAL, label
        assert result.objective == pytest.approx(brute_force(instance), rel=1e-5), label
        loads = [pyo.value(model.load_gbit[i]) for i in model.SERVERS]
        assert sum(loads) == pytest.approx(instance.task.size_gbit)


def test_orders_and_precedences_are_inverse() -> None:
    """Orders become binaries and the same orders again."""
    for label, instance in random_instances(71, 10):
        tree = sink_tree(instance)
        orders = [subtree.workers[::-1].copy() for subtree in tree.subtrees]
        back = orders_from_precedences(tree, precedences(tree, orders))
        assert [list(o) for o in back] == [list(o) for o in orders], label


def test_every_part_of_the_model_is_documented() -> None:
    """Each set, variable and constraint says what it is."""
    _, instance = next(iter(random_instances(72, 1)))
    model = instance_model(instance)
    tree = sink_tree(instance)
    cuts = allocation_cuts(tree, 0.0, 1.0, [], lambda: None)
    strengthen(model, model_data(tree, tree.size), cuts)
    assert model.cuts.doc
    for part in model.component_objects(
        [pyo.Set, pyo.Var, pyo.Constraint, pyo.Objective], descend_into=True
    ):
        if part.name in ("largest_cost", "cost") or not part.name.startswith("_"):
            assert part.doc or part.name.endswith("_index"), part.name
