"""A network that changes: checker, simulator, bounds and policies keep to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UnavailableError
from optkit.dispatch.bounds.policy.price_ascent import PriceAscent
from optkit.dispatch.check.brute_force import brute_force
from optkit.dispatch.check.checker import check
from optkit.dispatch.check.policy_bound import policy_bound
from optkit.dispatch.check.replay import replay
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.learning.environment import parallel_env
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import simulated, tiny_document

POLICIES = (
    "random",
    "selfish",
    "queue-aware",
    "mdp",
    pytest.param("mdp-milp", marks=pytest.mark.slow),
    "joint",
    "rollout",
    "lagrangian",
    "adaptive-rollout",
)


def changing(seed: int, **settings: Any) -> dict[str, Any]:
    """Return a small network that another one replaces, and then a third."""
    options: dict[str, Any] = {
        "aps": 3,
        "servers": 3,
        "types": 2,
        "slots": 4,
        "intervals": 9,
        "arrival": 0.12,
        "service": 4.0,
        "upload_intervals": 1.0,
        "queue_limit": 3,
        "overflow_penalty": 2.0,
        "attachment": 1,
        **settings,
    }
    document = generate(GeneratorOptions.model_validate(options), seed)
    document["changes"] = []
    for number, interval in enumerate((3, 6)):
        other = generate(GeneratorOptions.model_validate(options), 1000 + seed + number)
        document["changes"].append(
            {
                "interval": interval,
                "candidates": other["candidates"],
                "upload_pmf": other["upload_pmf"],
                "mean_service_slots": [
                    [2.0 + number] * options["types"] for _ in document["servers"]
                ],
                "arrival_probability": other["arrival_probability"],
            }
        )
    return document


def _any_target(instance: DispatchInstance, seed: int) -> tuple[int, ...]:
    rng = np.random.default_rng(seed)
    data = problem_data(instance)
    networks = [(0, data), *((c.interval, c.data) for c in data.later)]
    per = instance.slots_per_interval
    target = []
    for slot, ap in zip(instance.jobs.slot, instance.jobs.ap, strict=True):
        network = [x for start, x in networks if start * per <= slot][-1]
        target.append(int(rng.choice(np.flatnonzero(network.candidate[ap]))))
    return tuple(target)


@pytest.mark.parametrize("seed", range(30))
def test_simulator_and_checker_agree_job_by_job(seed: int) -> None:
    """Both take each job's laws from the network in force when it arrives."""
    instance = DispatchInstance.parse(changing(seed))
    target = _any_target(instance, seed)
    system = simulated(instance, target, 1 + seed % 4)
    data = problem_data(instance)
    joined = np.empty(len(target), dtype=np.int64)
    joined[data.job] = system.join
    histories = replay(instance, target)
    horizon = instance.intervals * instance.slots_per_interval
    for job, history in enumerate(histories):
        if history.join < horizon:
            assert joined[job] == history.join
    verification = check(instance, DispatchSolution(target=target))
    assert verification.feasible
    assert verification.objective == pytest.approx(objective(data, system))


@pytest.mark.parametrize("seed", range(8))
def test_bounds_stay_below_the_optimum(seed: int) -> None:
    """Nobody beats the brute force, and no bound is above it."""
    document = changing(
        seed, aps=2, servers=2, types=1, arrival=0.08, attachment=1, queue_limit=1
    )
    instance = DispatchInstance.parse(document)
    jobs = len(instance.jobs.slot)
    assert 0 < jobs <= 12
    optimum = brute_force(instance)
    for solver in ("clairvoyant", "rollout"):
        result = optkit.solve(instance, solver)
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound <= optimum + 1e-9 <= result.objective + 2e-9


@pytest.mark.parametrize("solver", POLICIES)
def test_no_policy_knows_of_a_change_before_it_happens(solver: str) -> None:
    """Another change in interval 6 alters nothing of what was sent before it."""
    document = changing(1, intervals=10, arrival=0.2)
    instance = DispatchInstance.parse(document)
    per = instance.slots_per_interval
    targets = []
    for change in (
        document["changes"][1],
        {
            "interval": 6,
            "candidates": [["cloud"]] * 3,
            "upload_pmf": _cloud_only(instance),
        },
        None,
    ):
        changes = [document["changes"][0], *([change] if change else [])]
        other = DispatchInstance.parse(document | {"changes": changes})
        result = optkit.solve(other, solver, seed=3)
        assert result.verification is not None
        assert result.verification.feasible
        assert isinstance(result.solution, DispatchSolution)
        targets.append(result.solution.target)
    before = [job for job, slot in enumerate(instance.jobs.slot) if slot < 6 * per]
    assert 0 < len(before) < len(instance.jobs.slot)
    past = [[target[job] for job in before] for target in targets]
    assert past[0] == past[1] == past[2]
    assert len(set(targets)) > 1


def _cloud_only(instance: DispatchInstance) -> list[list[Any]]:
    law = [[0.0, 0.0, 1.0]] * len(instance.job_types)
    return [
        [law if server.kind == "cloud" else None for server in instance.servers]
        for _ in instance.aps
    ]


def test_a_server_that_has_left_gets_no_job() -> None:
    """The checker names the job, the server and the slot."""
    document = tiny_document()
    document["changes"] = [{"interval": 1, "candidates": [["cloud"], ["cloud"]]}]
    document["jobs"]["ap"][4] = 0
    instance = DispatchInstance.parse(document)
    assert check(instance, DispatchSolution(target=(0, 0, 0, 0, 1))).feasible
    (violation,) = check(instance, DispatchSolution(target=(0, 0, 0, 0, 0))).violations
    assert violation.path == "target[4]"
    assert violation.message == "'s0' is no candidate of 'a0' in slot 5"


def test_what_is_wrong_with_changes_is_said_at_once() -> None:
    """Order, lengths, names and laws of changes are checked, each with its path."""
    document = tiny_document()
    document["changes"] = [
        {"interval": 2, "candidates": [["s0"], ["s1"]]},
        {"interval": 1},
        {"interval": 9, "mean_service_slots": [[3.0]]},
    ]
    with pytest.raises(InvalidFileError) as error:
        DispatchInstance.parse(document)
    paths = [issue.path for issue in error.value.issues]
    assert paths == [
        "changes[0].candidates[1][0]",
        "changes[1].interval",
        "changes[1]",
        "changes[2].interval",
        "changes[2].mean_service_slots",
    ]


def test_the_environment_of_agents_refuses_changes() -> None:
    """The spaces of agents are fixed."""
    instance = DispatchInstance.parse(changing(0))
    pytest.importorskip("pettingzoo")
    with pytest.raises(UnavailableError, match="changes"):
        parallel_env(instance)


def test_files_without_changes_keep_their_hash() -> None:
    """The key is left out where nothing changes."""
    assert "changes" not in DispatchInstance.parse(tiny_document()).document()


def test_the_policy_bound_follows_the_network() -> None:
    """Both programs take the joins of the network in force; neither, if services change."""
    rng = np.random.default_rng(0)
    for seed in range(20):
        document = changing(seed)
        for change in document["changes"]:
            del change["mean_service_slots"]
        instance = DispatchInstance.parse(document)
        data, total = problem_data(instance), 0.0
        prices = rng.uniform(0.0, 4.0, len(data.slot))
        for kind in range(data.shape[2]):
            ascent = PriceAscent.of(data, kind)
            total += ascent.bound(prices[data.job[ascent.joins.index]])[0]
        bound = policy_bound(instance, prices.tolist())
        assert bound == pytest.approx(total / data.intervals, rel=1e-9)
    result = optkit.solve(DispatchInstance.parse(changing(0)), "selfish")
    assert "policy_bound" not in result.metrics
    assert policy_bound(DispatchInstance.parse(changing(0)), prices.tolist()) is None
