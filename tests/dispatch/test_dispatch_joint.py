"""The joint policy: sets of senders, the set-partitioning program, and what it promises."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from test_dispatch_model import crowded

import optkit
from optkit.dispatch.check import check
from optkit.dispatch.joint import (
    JointPolicy,
    descend,
    enumerate_sets,
    joint_cost,
    replies,
)
from optkit.dispatch.senders import Boundary, SenderCosts
from optkit.dispatch.set_partition import cheapest_partition


def never() -> bool:
    """Return that there is time."""
    return False


def test_set_partitioning_is_optimal() -> None:
    """Protects the program: the best of all joint actions, by brute force."""
    for seed in range(12):
        seen, views = crowded(
            seed, aps=4, servers=3, types=1, arrival=0.25, cloud_speed=2
        )
        boundary = Boundary(SenderCosts(seen, 1), views)
        costs = enumerate_sets(seen, boundary, 0)
        found = cheapest_partition(costs, boundary.movers)
        assert found is not None
        choices = [np.flatnonzero(row).tolist() for row in seen.candidate]
        best = min(
            joint_cost(boundary, 0, dict(enumerate(servers)))
            for servers in itertools.product(*choices)
        )
        assert joint_cost(boundary, 0, found) == pytest.approx(best, rel=1e-9)
        # No single access point can do better on its own.
        assert descend(seen, boundary, 0, found, never) == found


@pytest.mark.parametrize("columns", [0, 10_000])
def test_never_worse_than_all_p3_together(columns: int) -> None:
    """Protects the promise: in the model no worse than P3's joint action, often better."""
    better = 0
    for seed in range(12):
        seen, views = crowded(seed, arrival=0.25, cloud_speed=1.5)
        boundary = Boundary(SenderCosts(seen, 1), views)
        decided = JointPolicy(seen, 1, columns).decide(views)
        for kind in range(2):
            chosen = {ap: int(decided[ap, kind]) for ap in range(len(decided))}
            value = joint_cost(boundary, kind, chosen)
            each = replies(seen, boundary, kind, never)
            kept = {ap: boundary.action(ap, kind) for ap in boundary.movers}
            reference = joint_cost(boundary, kind, each)
            assert value <= reference + 1e-9 * abs(reference)
            assert value <= joint_cost(boundary, kind, kept) + 1e-9 * abs(reference)
            better += value < reference - 1e-6
            for ap in boundary.movers:
                assert seen.candidate[ap, chosen[ap]]
    assert better > 5


def test_enumeration_is_no_worse_than_descent() -> None:
    """Protects the reading of `columns`: more columns, no worse joint actions."""
    for seed in range(8):
        seen, views = crowded(seed, arrival=0.25, cloud_speed=1.5)
        boundary = Boundary(SenderCosts(seen, 1), views)
        exact = JointPolicy(seen, 1, 10_000).decide(views)
        local = JointPolicy(seen, 1, 0).decide(views)
        for kind in range(2):
            least, found = (
                joint_cost(boundary, kind, dict(enumerate(actions[:, kind].tolist())))
                for actions in (exact, local)
            )
            assert least <= found + 1e-9 * abs(found)


def test_signals_are_respected() -> None:
    """Protects causality: a mover's jobs before its signal slot are not its choice."""
    seen, views = crowded(1, types=1, signal_slot=8)
    boundary = Boundary(SenderCosts(seen, 1), views)
    # Signals come with the next boundary: what is sent until then is the old action's.
    late = [boundary.transit(0, int(m), 0) for m in views[0].servers]
    seen, views = crowded(1, types=1, signal_slot=0)
    boundary = Boundary(SenderCosts(seen, 1), views)
    soon = [boundary.transit(0, int(m), 0) for m in views[0].servers]
    assert all(a <= b for a, b in zip(late, soon, strict=True))
    assert sum(late) < sum(soon)


def test_solver_runs_to_the_end() -> None:
    """Protects the solver: verified, bounded, and better than `selfish`."""
    options = {"aps": 5, "servers": 4, "types": 2, "slots": 8, "intervals": 20}
    instance = optkit.generate(
        "dispatch", seed=5, arrival=0.12, service=6.0, upload_intervals=1.5, **options
    )
    result = optkit.solve(instance, "joint")
    assert result.solution is not None
    assert check(instance, result.solution).feasible  # type: ignore[arg-type]
    assert result.objective is not None
    assert result.bound is not None
    assert result.bound <= result.objective
    selfish = optkit.solve(instance, "selfish").objective
    assert selfish is not None
    assert result.objective < selfish
