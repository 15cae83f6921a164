"""The paper's step as a program: the same actions as by the paper's policy."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.errors import UnavailableError
from optkit.dispatch.policies.mdp import MdpPolicy
from optkit.dispatch.policies.mdp_milp import MdpMilpPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.observation import Observation
from tests.dispatch.instances import crowded_boundary


@pytest.mark.parametrize("most", [1, 4])
def test_program_takes_the_actions_of_mdp(most: int) -> None:
    """`mdp-milp` takes the actions of `mdp`, interval by interval."""
    moved = 0
    for seed in range(6):
        data, views = crowded_boundary(seed)
        for interval in range(2):
            shown = [
                Observation(**{**vars(view), "interval": interval}) for view in views
            ]
            expected = MdpPolicy(data, most).decide(shown)
            assert (MdpMilpPolicy(data, most).decide(shown) == expected).all()
            moved += int((expected != [view.own_action for view in views]).sum())
    assert moved > 10


def test_program_over_a_group_without_a_cloud_takes_them_too() -> None:
    """Without a cloud, one P2 and several P3 take the same path to the end."""
    data, _ = crowded_boundary(3, cloud=False)
    paths = [
        simulate(data, policy).system.target.tolist()
        for policy in (
            MdpPolicy(data, 1),
            MdpMilpPolicy(data, 1),
            MdpMilpPolicy(data, 1, decompose=False),
        )
    ]
    assert paths[0] == paths[1] == paths[2]


def test_each_part_rests_on_its_own_observation() -> None:
    """P3 of an access point does not change with what others observe."""
    data, views = crowded_boundary(2)
    policy = MdpMilpPolicy(data, 1)
    decided = policy.decide(views)
    for ap in groups(data)[views[0].interval % len(groups(data))]:
        planted = [
            view
            if view.ap == ap
            else Observation(**{**vars(view), "queues": np.full_like(view.queues, 6)})
            for view in views
        ]
        assert (policy.decide(planted)[ap] == decided[ap]).all()


@pytest.mark.slow
def test_solver_is_mdp_with_a_backend() -> None:
    """`mdp-milp` costs what `mdp` costs, and refuses P2 of large groups."""
    options = {"aps": 4, "servers": 3, "types": 2, "intervals": 6, "arrival": 0.1}
    instance = optkit.generate("dispatch", seed=2, **options)
    score = optkit.solve(instance, "mdp").objective
    for backend in ("highs", "scip"):
        result = optkit.solve(instance, "mdp-milp", options={"backend": backend})
        assert result.objective == score
    grouped = optkit.solve(instance, "mdp-milp", options={"decompose": False})
    assert grouped.verification is not None
    assert grouped.verification.feasible
    crowd = optkit.generate(
        "dispatch", seed=2, aps=30, servers=4, types=1, intervals=1, attachment=1
    )
    with pytest.raises(UnavailableError, match="decompose"):
        optkit.solve(crowd, "mdp-milp", options={"decompose": False})
