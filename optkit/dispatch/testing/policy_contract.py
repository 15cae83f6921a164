"""The promises of dispatch policies, as tests.

Each function takes the class of a policy and raises an AssertionError if the policy breaks
the promise. :func:`optkit.testing.check_policy` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.dispatch.check.checker import check
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.own import DispatchPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.observation import Observation, Transit
from optkit.dispatch.problem.problem_data import model_data, problem_data
from optkit.dispatch.solution import DispatchSolution

PolicyClass = type[DispatchPolicy]

INTERVALS = 12

TURNS = (1, 4, 9)
"""Intervals from which the future is changed."""

_WORLDS: tuple[dict[str, Any], ...] = (
    {"aps": 3, "servers": 3, "types": 1},
    {"aps": 6, "servers": 4, "types": 2, "cloud": False},
    {"aps": 4, "servers": 3, "types": 2, "queue_limit": 2, "arrival": 0.05},
)


def _instances() -> Iterator[DispatchInstance]:
    for seed, settings in enumerate(_WORLDS):
        options = {"slots": 6, "intervals": INTERVALS, "arrival": 0.03, **settings}
        document = generate(GeneratorOptions.model_validate(options), seed)
        yield DispatchInstance.parse(document)


def _new(policy: PolicyClass, instance: DispatchInstance) -> DispatchPolicy:
    return policy(model_data(instance), np.random.default_rng(3))


def _targets(policy: PolicyClass, instance: DispatchInstance) -> Ints:
    """Return the server of every job, in order of arrival."""
    return simulate(problem_data(instance), _new(policy, instance)).system.target


class _Recorder(Policy):
    """Passes everything on to another policy, and keeps what it observed."""

    def __init__(self, policy: DispatchPolicy) -> None:
        self.policy = policy
        self.seen: list[Sequence[Observation]] = []

    def start(self) -> Ints:
        return self.policy.start()

    def decide(self, observations: Sequence[Observation]) -> Ints:
        self.seen.append(observations)
        return self.policy.decide(observations)


def declares_itself(policy: PolicyClass) -> None:
    """The policy has name, kind and reference, and describes every option."""
    assert policy.name
    assert policy.name == policy.name.lower()
    assert isinstance(policy.kind, Kind)
    assert policy.reference
    assert issubclass(policy.Options, Options)
    for name, field in policy.Options.model_fields.items():
        assert field.description, f"option {name!r} of {policy.name} is not described"
        assert not field.is_required(), f"option {name!r} of {policy.name}: no default"


def does_not_know_the_future(policy: PolicyClass) -> None:
    """Where jobs go does not depend on jobs that arrive in later intervals."""
    for seed, instance in enumerate(_instances()):
        planned = _targets(policy, instance)
        data = problem_data(instance)
        for interval in TURNS:
            slot = interval * data.slots_per_interval
            other = _targets(policy, _with_another_future(instance, slot, seed))
            count = int(np.searchsorted(data.slot, slot))
            assert other[:count].tolist() == planned[:count].tolist(), (
                f"{policy.name}: a job before interval {interval} of {instance.name} goes"
                " elsewhere if later jobs are others"
            )


def _with_another_future(
    instance: DispatchInstance, slot: int, seed: int
) -> DispatchInstance:
    """Return the instance with other jobs from a slot on."""
    rng = np.random.default_rng(seed)
    jobs = instance.jobs
    kept = [job for job, at in enumerate(jobs.slot) if at < slot]
    horizon = instance.intervals * instance.slots_per_interval
    count = 2 * (len(jobs.slot) - len(kept)) + 3
    document = instance.document()
    document["jobs"] = {
        "slot": [jobs.slot[j] for j in kept]
        + rng.integers(slot, horizon, count).tolist(),
        "ap": [jobs.ap[j] for j in kept]
        + rng.integers(len(instance.aps), size=count).tolist(),
        "type": [jobs.type[j] for j in kept]
        + rng.integers(len(instance.job_types), size=count).tolist(),
        "upload_u": [jobs.upload_u[j] for j in kept] + rng.random(count).tolist(),
        "service_u": [jobs.service_u[j] for j in kept] + rng.random(count).tolist(),
    }
    first = slot // instance.slots_per_interval
    document["signal_u"] = [
        list(row) if t < first else rng.random(len(row)).tolist()
        for t, row in enumerate(instance.signal_u)
    ]
    return DispatchInstance.parse(document)


def knows_its_own_observation_only(policy: PolicyClass) -> None:
    """What an access point chooses does not depend on what others observe."""
    if policy.coordinated:
        return
    for instance in _instances():
        recorder = _Recorder(_new(policy, instance))
        simulate(problem_data(instance), recorder)
        for point in range(len(instance.aps)):
            first, second = _new(policy, instance), _new(policy, instance)
            for observations in recorder.seen:
                changed = [
                    view if view.ap == point else _emptied(view)
                    for view in observations
                ]
                chosen, other = first.decide(observations), second.decide(changed)
                assert np.array_equal(chosen[point], other[point]), (
                    f"{policy.name}: access point {point} decides by what another observes"
                )


def _emptied(view: Observation) -> Observation:
    none = np.empty(0, dtype=np.int64)
    return replace(
        view, queues=np.zeros_like(view.queues), transit=Transit(none, none, none, none)
    )


def same_seed_same_answer(policy: PolicyClass) -> None:
    """The same random numbers give the same decisions, of a fresh policy each time."""
    for instance in _instances():
        first, second = _targets(policy, instance), _targets(policy, instance)
        assert first.tolist() == second.tolist(), f"{policy.name}: two runs differ"


def answers_pass_the_check(policy: PolicyClass) -> None:
    """Every job goes to a candidate of its access point, as the checker sees it."""
    for instance in _instances():
        data = problem_data(instance)
        target = data.in_instance_order(_targets(policy, instance))
        verdict = check(instance, DispatchSolution(target=target))
        assert verdict.feasible, (
            f"{policy.name}: {[str(v) for v in verdict.violations]}"
        )


POLICY_CONTRACT: tuple[Callable[[Any], None], ...] = (
    declares_itself,
    does_not_know_the_future,
    knows_its_own_observation_only,
    same_seed_same_answer,
    answers_pass_the_check,
)
"""A test for each promise."""
