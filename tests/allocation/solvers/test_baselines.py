"""The paper's baselines."""

from __future__ import annotations

import numpy as np

import optkit
from optkit.allocation.problem.sink_tree import sink_tree
from tests.allocation.instances import generated, loads


def test_baselines_use_the_servers_they_say() -> None:
    """Each baseline uses the servers that define it."""
    instance = generated(servers=12, seed=3)
    tree = sink_tree(instance)
    children = {tree.ids[k] for k in np.flatnonzero(tree.parent == 0)}
    assert set(loads(optkit.solve(instance, "local"))) == {"0"}
    partial = set(loads(optkit.solve(instance, "partial"))) - {"0"}
    assert len(partial) == 1
    assert partial <= children
    assert set(loads(optkit.solve(instance, "master-worker"))) == children | {"0"}
    (alone,) = loads(optkit.solve(instance, "multi-hop"))
    fastest = max(instance.servers[1:], key=lambda server: server.ghz)
    assert alone == fastest.id


def test_baselines_minimise_what_they_are_told() -> None:
    """``objective`` decides between time, as printed, and cost."""
    instance = generated(servers=12, seed=3, weight_energy=1.0, tx_watt=20.0)
    for solver in ("partial", "master-worker"):
        by_time = optkit.solve(instance, solver)
        by_cost = optkit.solve(instance, solver, options={"objective": "cost"})
        assert by_time.objective is not None
        assert by_cost.objective is not None
        assert by_cost.objective <= by_time.objective
        assert (
            by_time.metrics["completion_time_s"] <= by_cost.metrics["completion_time_s"]
        )
    by_choice = {
        choice: optkit.solve(instance, "multi-hop", options={"choice": choice})
        for choice in ("ghz", "time", "cost")
    }
    times = {c: r.metrics["completion_time_s"] for c, r in by_choice.items()}
    costs = {c: r.objective for c, r in by_choice.items()}
    assert times["time"] == min(times.values())
    assert costs["cost"] == min(c for c in costs.values() if c is not None)
