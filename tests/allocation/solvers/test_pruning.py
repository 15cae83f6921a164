"""Node and level pruning."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.solution import AllocationSolution
from tests.allocation.instances import generated, loads


def test_level_pruning_keeps_the_first_levels() -> None:
    """Levels ξ+1 to H are pruned."""
    instance = generated(shape="topology-4")
    tree = sink_tree(instance)
    for levels in range(4):
        result = optkit.solve(instance, "level-pruning", options={"levels": levels})
        allowed = {tree.ids[k] for k in np.flatnonzero(tree.depth <= levels)}
        assert set(loads(result)) <= allowed
        if levels == 3:
            best = optkit.solve(instance, "pmo")
            assert result.objective == pytest.approx(best.objective, rel=1e-12)


def test_node_pruning_goes_by_partial_offloading() -> None:
    """θ_p is compared with what partial offloading saves on two servers."""
    instance = generated(servers=7, shape="topology-2", seed=5)
    local = optkit.solve(instance, "local").objective
    assert local is not None
    savings = {}
    for child in ("1", "2"):
        pair = instance.model_copy(
            update={
                "servers": tuple(s for s in instance.servers if s.id in ("0", child)),
                "links": tuple(
                    x for x in instance.links if (x.source, x.target) == ("0", child)
                ),
            }
        )
        shared = optkit.solve(pair, "partial", options={"objective": "cost"}).objective
        assert shared is not None
        savings[child] = (local - shared) / local
    low, high = sorted(savings, key=lambda child: savings[child])
    between = (savings[low] + savings[high]) / 2
    kept = loads(optkit.solve(instance, "node-pruning", options={"threshold": between}))
    assert high in kept
    assert low not in kept
    assert set(
        loads(optkit.solve(instance, "node-pruning", options={"threshold": 1}))
    ) == {"0"}


def test_pruned_servers_that_relay_stay_in_the_tree() -> None:
    """A server pruned in the middle of a path relays, and pays for it."""
    instance = generated(shape="chain", servers=4, seed=2)
    slow = instance.model_copy(
        update={
            "servers": tuple(
                s.model_copy(update={"ghz": 0.001}) if s.id == "1" else s
                for s in instance.servers
            )
        }
    )
    result = optkit.solve(slow, "node-pruning", options={"threshold": 0.05})
    assert isinstance(result.solution, AllocationSolution)
    assert "1" in result.solution.parent
    assert result.solution.load_gbit["1"] == 0.0
    assert result.metrics["servers"]["1"]["energy_j"] > 0.0
    assert result.verification is not None
    assert result.verification.feasible


@pytest.mark.parametrize(
    "inner", ["local", "level-pruning", "node-pruning", "block", "closed-form"]
)
def test_pruning_refuses_an_inner_solver_that_does_not_search(inner: str) -> None:
    """A solver that does not search pruned trees is refused as the inner one."""
    with pytest.raises(optkit.UsageError, match="inner"):
        optkit.solve(generated(), "node-pruning", options={"inner": inner})
