"""The closed form without relaying energy is the optimum there, a bound elsewhere."""

from __future__ import annotations

import pytest

import optkit
from optkit.allocation.bounds.relaxation import relaxation_bound
from optkit.allocation.check.brute_force import brute_force
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.testing import random_instances


def _instances(count: int) -> list[tuple[str, AllocationInstance]]:
    return list(random_instances(900, count))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_closed_form_is_the_optimum_without_energy(part: int) -> None:
    """The closed form equals brute force where only time counts."""
    for label, drawn in _instances(120)[part::4]:
        weights = drawn.weights.model_copy(update={"time": 1.0, "energy": 0.0})
        instance = AllocationInstance(**{**dict(drawn), "weights": weights})
        bound = relaxation_bound(sink_tree(instance))
        assert bound == pytest.approx(brute_force(instance), rel=1e-9), label


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_closed_form_is_a_bound_with_energy(part: int) -> None:
    """The closed form never exceeds the optimum, in every regime of costs."""
    for label, instance in _instances(120)[part::4]:
        bound = relaxation_bound(sink_tree(instance))
        assert bound <= brute_force(instance) * (1 + 1e-9), label


def test_the_bound_of_a_pruned_tree_is_not_reported() -> None:
    """A pruned tree's bound is not reported as a bound for the instance."""
    instance = optkit.generate("allocation", servers=8, shape="random-tree", seed=2)
    best = optkit.solve(instance, "pmo")
    pruned = optkit.solve(instance, "level-pruning", options={"levels": 0})
    assert best.objective is not None
    assert pruned.bound is not None
    assert pruned.bound <= best.objective
    assert pruned.status is optkit.Status.FEASIBLE
