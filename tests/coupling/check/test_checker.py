"""The checker's figures are those computed by hand, and it finds what is planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.solving.result import Verification
from optkit.coupling.check.checker import boundary_states
from optkit.dispatch.check.checker import check
from optkit.dispatch.check.replay import replay_all
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.solution import DispatchSolution
from tests.coupling.runs import observer, solved, told
from tests.dispatch.instances import random_instance, random_target, tiny

TARGET = (0, 0, 0, 0, 1)
"""The jobs of a0 go to its server, that of a1 to the cloud."""


def _messages(**changes: Any) -> dict[str, Any]:
    return {
        "fee": 0.5,
        "report_fee": 0.25,
        "error_price": 2.0,
        "age_price": 0.1,
        "objective": 6.45,
        "reports": {"s0/t0": [1], "a1": [2]},
        "notifications": [
            {"source": "a0", "target": "a1", "intervals": [2]},
            {"source": "a1", "target": "a0", "intervals": [2]},
        ],
        **changes,
    }


def _checked(
    messages: dict[str, Any], target: tuple[int, ...] = TARGET
) -> Verification:
    solution = DispatchSolution.model_validate(
        {"target": target, "information": messages}
    )
    return check(tiny(), solution)


def test_costs_are_those_computed_by_hand() -> None:
    """The server's queue holds 0, 2 and 0 jobs at the boundaries; 1 of a1 is under way.

    Links: a1 and the cloud to a0, a0 and the cloud to a1. From a0 to a1, the age is 0, 1
    and (1 + 2)/2, and at boundary 1 the copy is wrong by 2 jobs. From a1 to a0 the age is
    0, 1, 0, and from the cloud 0, 1, 2, twice. So the objective of sync is 0.1 · 9.5 + 2 ·
    2 + 0.5 · 2 messages + 0.25 · 2 reports. Of the queue of its own server, a0 knows what
    was reported at boundary 1; of the cloud, both know what was at the start.
    """
    verification = _checked(_messages())
    assert verification.violations == ()
    assert verification.objective == pytest.approx(
        check(tiny(), DispatchSolution(target=TARGET)).objective
    )
    expected = {
        "messages": 2,
        "message_hops": 2,
        "messages_per_interval": 2 / 3,
        "messages_per_s": 2 / 6,
        "reports": 2,
        "message_cost": 0.5,
        "total_cost": (verification.objective or 0.0) + 0.5,
        "sync_objective": 6.45,
        "mean_link_age_intervals": 9.5 / 12,
        "mean_queue_age_intervals": 7 / 9,
        "mean_queue_error": 2 / 9,
    }
    assert verification.metrics["information"] == pytest.approx(expected)


def test_messages_cost_their_hops() -> None:
    """With 3 hops from a0 to a1 and 2 back, 2 messages cost 5 times the fee.

    No message of the cloud reaches a1: without that link, ages add up to 3 less. So the
    objective of sync is 0.1 · 6.5 + 2 · 2 + 0.5 · 5 + 0.25 · 2.
    """
    hops = ((None, 3), (2, None), (1, None))
    instance = tiny().model_copy(update={"message_hops": hops})
    solution = DispatchSolution.model_validate(
        {"target": TARGET, "information": _messages(objective=7.65)}
    )
    verification = check(instance, solution)
    assert verification.violations == ()
    figures = verification.metrics["information"]
    assert (figures["message_hops"], figures["message_cost"]) == (5, 1.0)
    assert figures["mean_link_age_intervals"] == pytest.approx(6.5 / 9)


@pytest.mark.parametrize("seed", range(12))
def test_runs_with_hops_pass(seed: int) -> None:
    """The run and the checker agree on which links there are, and on what they cost."""
    instance = random_instance(seed)
    rng = np.random.default_rng(seed)
    clouds = sum(server.kind == "cloud" for server in instance.servers)
    drawn = rng.integers(0, 4, (len(instance.aps) + clouds, len(instance.aps))).tolist()
    hops = tuple(tuple(value or None for value in row) for row in drawn)
    varied = instance.model_copy(update={"message_hops": hops})
    options = {"policy": "periodic+rent-or-buy", "fee": 0.01, "age_price": 0.01}
    solved(varied, "queue-aware", options)


@pytest.mark.parametrize(
    ("changes", "kind", "path"),
    [
        ({"objective": 6.4}, "information-objective", "information.objective"),
        ({"fee": 0.4}, "information-objective", "information.objective"),
        ({"reports": {"s9/t0": [1]}}, "unknown-device", "information.reports.s9/t0"),
        ({"reports": {"s0/t0": [1, 3]}}, "slot", "information.reports.s0/t0"),
        ({"reports": {"s0/t0": [2, 1]}}, "order", "information.reports.s0/t0"),
        ({"reports": {"s0/t0": [1]}}, "information-objective", ""),
        (
            {"notifications": [{"source": "a0", "target": "cloud", "intervals": [1]}]},
            "unknown-link",
            "information.notifications[0]",
        ),
        (
            {"notifications": [{"source": "a0", "target": "a1", "intervals": [1, 1]}]},
            "order",
            "information.notifications[0].intervals",
        ),
        (
            {
                "notifications": [
                    {"source": "a0", "target": "a1", "intervals": [1]},
                    {"source": "a0", "target": "a1", "intervals": [2]},
                ]
            },
            "repeated-link",
            "information.notifications[1]",
        ),
        ({"notifications": []}, "information-objective", "information.objective"),
    ],
)
def test_planted_violations_are_found(
    changes: dict[str, Any], kind: str, path: str
) -> None:
    """Each of these is named, and the solution does not pass."""
    verification = _checked(_messages(**changes))
    assert not verification.feasible
    found = {(v.kind, v.path) for v in verification.violations}
    assert any(k == kind and p.startswith(path) for k, p in found), found


def test_messages_of_another_run_do_not_pass() -> None:
    """If a job goes elsewhere, queues are others, and so is what the copies cost."""
    assert _checked(_messages(), (1, 0, 1, 1, 1)).violations[0].kind == (
        "information-objective"
    )


def test_names_that_clash_are_a_violation() -> None:
    """Messages of an instance whose devices cannot be told apart do not pass."""
    document = tiny().document()
    document["servers"][0]["id"] = "a0"
    document["job_types"] = ["t0"]
    document["aps"] = ["a0", "a0/t0"]
    document["servers"][0]["ap"] = "a0"
    document["candidates"] = [["a0", "cloud"], ["cloud"]]
    instance = DispatchInstance.parse(document)
    solution = DispatchSolution.model_validate(
        {"target": TARGET, "information": _messages()}
    )
    assert [v.kind for v in check(instance, solution).violations] == ["information"]
    with pytest.raises(optkit.UsageError, match="a0/t0"):
        optkit.solve(instance, "selfish", options={"information": "periodic"})


@pytest.mark.parametrize("seed", range(60))
def test_boundary_states_are_those_of_the_simulator(seed: int) -> None:
    """Queue lengths and jobs under way at boundaries agree, for random assignments."""
    instance = random_instance(seed)
    target = random_target(instance, seed)
    queues, under_way = boundary_states(instance, target, replay_all(instance, target))
    data = problem_data(instance)
    system = Simulator(data)
    ordered = np.array(target, dtype=np.int64)[data.job]
    for t in range(instance.intervals):
        assert (system.queues == queues[..., t]).all()
        now = np.bincount(system.transit.ap, minlength=len(instance.aps))
        assert (now == under_way[:, t]).all()
        jobs = system.arrivals(instance.slots_per_interval)
        system.advance(instance.slots_per_interval, ordered[jobs])


@pytest.mark.parametrize("seed", range(20))
def test_runs_with_policies_of_all_kinds_pass(seed: int) -> None:
    """The claims of a run pass, and what it says is known is what was told."""
    instance = random_instance(seed)
    options = {
        "policy": (
            "gradient+rent-or-buy",
            "threshold+random",
            "shared-index+threshold",
        )[seed % 3],
        "fee": 0.02,
        "report_fee": 0.01,
        "age_price": 0.005,
    }
    messages = told(solved(instance, "queue-aware", options))
    assert messages.objective >= 0.0
    assert observer(instance, options).information(0).notifications == ()
