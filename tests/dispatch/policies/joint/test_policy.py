"""The joint policy: what it promises."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.dispatch.check.checker import check
from optkit.dispatch.policies.joint.model import After
from optkit.dispatch.policies.joint.policy import JointPolicy
from tests.dispatch.instances import crowded_boundary
from tests.dispatch.policies.joint.decisions import decisions


@pytest.mark.slow
@pytest.mark.parametrize("after", ["split", "keep"])
@pytest.mark.parametrize("columns", [0, 10_000])
def test_never_worse_than_all_p3_together(columns: int, after: After) -> None:
    """In the model the joint action is never worse than P3's, and often better."""
    better = 0
    for seed in range(12):
        data, views = crowded_boundary(seed, arrival=0.25, cloud_speed=1.5)
        decided = JointPolicy(data, 1, columns, after, 50.0).decide(views)
        assert data.candidate[np.arange(6)[:, None], decided].all()
        for kind, decision in enumerate(decisions(data, views, after)):
            value = decision.cost(decided[:, kind])
            reference = decision.cost(decision.replies())
            assert value <= reference + 1e-9 * abs(reference)
            assert value <= decision.cost(decision.kept) + 1e-9 * abs(reference)
            better += value < reference - 1e-6
    assert better > 5


@pytest.mark.slow
def test_enumeration_is_no_worse_than_descent() -> None:
    """With more columns, joint actions are no worse."""
    for seed in range(8):
        data, views = crowded_boundary(seed, arrival=0.25, cloud_speed=1.5)
        exact = JointPolicy(data, 1, 10_000, "split", 50.0).decide(views)
        local = JointPolicy(data, 1, 0, "split", 50.0).decide(views)
        for kind, decision in enumerate(decisions(data, views, "split")):
            least = decision.cost(exact[:, kind])
            other = decision.cost(local[:, kind])
            assert least <= other + 1e-9 * abs(other)


@pytest.mark.slow
def test_solver_runs_to_the_end() -> None:
    """The solver's answer is verified, bounded, and better than `selfish`."""
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
