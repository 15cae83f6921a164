"""All policies keep the limits on ages."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import notification_policies, reporting_policies
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.solution import SyncSolution
from tests.sync.instances import document, random_instance
from tests.sync.solving import feasible_solution


@pytest.mark.parametrize("reporting", sorted(reporting_policies()))
def test_every_reporting_policy_keeps_the_limits(reporting: str) -> None:
    """With the reports of every policy, notifications can keep all limits."""
    for seed in range(15):
        feasible_solution(random_instance(seed), f"{reporting}+threshold")


@pytest.mark.slow
@pytest.mark.parametrize("notification", sorted(notification_policies()))
def test_every_notification_policy_keeps_the_limits(notification: str) -> None:
    """Every policy notifies before a pair gets too old."""
    policy = notification_policies()[notification]
    if not policy.available().available:
        pytest.skip(policy.available().reason)
    for seed in range(15):
        instance = random_instance(seed)
        feasible_solution(instance, f"periodic+{notification}", reporting={"period": 9})


@pytest.mark.parametrize("notification", sorted(notification_policies()))
def test_early_notifications_are_no_trap(notification: str, tmp_path: Any) -> None:
    """No early notification on a slow link leads to an age past its limit.

    Notified in slot 3, the pair is 4.4 slots old, and past its limit one slot later, when
    the age after another notification is too. Without one, it keeps the limit until the
    first report arrives.
    """
    policy = notification_policies()[notification]
    if not policy.available().available:
        pytest.skip(policy.available().reason)
    raw = document(slots=30, max_pair_age=5.2)
    for link in raw["links"]:
        link["rate"] = 1 / 1.4
    instance = SyncInstance.parse(raw)
    path = tmp_path / "reports.json"
    path.write_text(json.dumps({"d0": list(range(4, 30)), "d1": list(range(3, 30))}))
    feasible_solution(instance, notification, reports=str(path))


@pytest.mark.slow
def test_stopped_policies_leave_a_feasible_answer() -> None:
    """A stopped policy still keeps all limits."""
    for seed in range(4):
        instance = random_instance(seed)
        data = problem_data(instance)
        rng = np.random.default_rng(0)
        for reporting in reporting_policies().values():
            reports = reporting().plan(data, rng, lambda: True)
            held = held_values(data, reports)
            for name, policy in notification_policies().items():
                if not policy.available().available:
                    continue
                slots = policy().plan(data, held, rng, lambda: True)
                solution = SyncSolution.model_validate(
                    {
                        "reports": {
                            d.id: s.tolist()
                            for d, s in zip(instance.devices, reports, strict=True)
                        },
                        "notifications": [
                            {
                                "source": k.source,
                                "target": k.target,
                                "slots": s.tolist(),
                            }
                            for k, s in zip(instance.links, slots, strict=True)
                        ],
                    }
                )
                assert check(instance, solution).feasible, name
