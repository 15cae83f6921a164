"""No policy reads ahead, and online decisions are those of sync's own runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.core.errors import ContradictionError
from optkit.core.solving import seeds
from optkit.coupling.check.checker import boundary_states
from optkit.coupling.policies.halves import Halves, halves
from optkit.coupling.policies.informed_observer import InformedObserver
from optkit.coupling.problem.sync_instance import (
    Prices,
    loads,
    parties,
    silent_instance,
)
from optkit.dispatch.check.replay import replay_all
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.baselines import QueueAwarePolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.observation import Observation, Observer, Transit
from optkit.dispatch.problem.problem_data import problem_data
from optkit.sync.policies.base import (
    DeviceByDevice,
    notification_policies,
    reporting_policies,
)
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.observation import DeviceView
from optkit.sync.problem.problem_data import problem_data as sync_problem_data
from tests.coupling.runs import solved, told

REPORTING = sorted(name for name, p in reporting_policies().items() if p.causal)
NOTIFICATION = sorted(name for name, p in notification_policies().items() if p.causal)


def _instance(seed: int = 5, **settings: Any) -> DispatchInstance:
    instance = optkit.generate(
        "dispatch",
        seed=seed,
        **{
            "aps": 4,
            "servers": 3,
            "types": 2,
            "intervals": 16,
            "arrival": 0.05,
            "queue_limit": 12,
            **settings,
        },
    )
    assert isinstance(instance, DispatchInstance)
    return instance


def _pairs() -> Iterator[str]:
    """Yield pairs in which every policy of either kind is once."""
    for name in REPORTING:
        yield f"{name}+threshold"
    for name in NOTIFICATION:
        yield f"gradient+{name}"


def _with_another_future(instance: DispatchInstance, slot: int) -> DispatchInstance:
    """Return the instance with other jobs, and other times, from a slot on."""
    jobs = instance.jobs
    past = [n for n, arrival in enumerate(jobs.slot) if arrival < slot]
    # What is under way or queued takes its time as before: quantiles were drawn on arrival.
    rng = np.random.default_rng(1)
    last = instance.intervals * instance.slots_per_interval
    new = np.sort(rng.integers(slot, last, 3 * (len(jobs.slot) - len(past))))
    count = len(new)
    changed = jobs.model_copy(
        update={
            "slot": (*(jobs.slot[n] for n in past), *new.tolist()),
            "ap": (
                *(jobs.ap[n] for n in past),
                *rng.integers(0, len(instance.aps), count).tolist(),
            ),
            "type": (
                *(jobs.type[n] for n in past),
                *rng.integers(0, len(instance.job_types), count).tolist(),
            ),
            "upload_u": (*(jobs.upload_u[n] for n in past), *rng.random(count)),
            "service_u": (*(jobs.service_u[n] for n in past), *rng.random(count)),
        }
    )
    return instance.model_copy(update={"jobs": changed})


@pytest.mark.parametrize("pair", [*_pairs()])
def test_another_future_changes_no_decision_of_the_past(pair: str) -> None:
    """Jobs that arrive later move neither earlier jobs nor earlier messages."""
    instance = _instance()
    interval = 9
    slot = interval * instance.slots_per_interval
    other = _with_another_future(instance, slot)
    options = {"policy": pair, "fee": 0.05}
    one = solved(instance, "queue-aware", options)
    two = solved(other, "queue-aware", options)
    past = [n for n, arrival in enumerate(instance.jobs.slot) if arrival < slot]
    assert [one.target[n] for n in past] == list(two.target[: len(past)])
    for messages in (told(one), told(two)):
        assert any(max(n.intervals) > interval for n in messages.notifications)
    # What is decided at the boundary itself does not see the jobs after it either.
    assert _until(told(one).reports, interval) == _until(told(two).reports, interval)
    assert _until(
        {f"{n.source} {n.target}": n.intervals for n in told(one).notifications},
        interval,
    ) == _until(
        {f"{n.source} {n.target}": n.intervals for n in told(two).notifications},
        interval,
    )


def _until(events: dict[str, tuple[int, ...]], last: int) -> dict[str, list[int]]:
    cut = {name: [t for t in times if t <= last] for name, times in events.items()}
    return {name: times for name, times in cut.items() if times}


@pytest.mark.parametrize("pair", [*_pairs()])
def test_decisions_are_those_of_sync_on_the_loads_of_the_run(pair: str) -> None:
    """Policies of sync, run on the queue lengths of the whole run, decide the same."""
    instance = _instance()
    prices = Prices(0.05, 0.0, 0.02, 0.01)
    reporting, notification = pair.split("+")
    policies = Halves(
        reporting_policies()[reporting](), notification_policies()[notification]()
    )

    def rng(half: str) -> np.random.Generator:
        return seeds.generator(3, half)

    data = problem_data(instance)
    seen = InformedObserver(instance, data, policies, prices, rng)
    target = data.in_instance_order(
        simulate(data, QueueAwarePolicy(data), observer=seen).system.target
    )
    messages = seen.information(instance.intervals)
    queues, under_way = boundary_states(instance, target, replay_all(instance, target))
    whole = silent_instance(instance, parties(instance, data, seen.conflict), prices)
    series = [loads(data, queues[..., t], under_way[:, t]) for t in range(16)]
    sync = replace(sync_problem_data(whole), loads=np.stack(series, axis=1))
    reports = policies.reporting.plan(sync, rng("reporting"), lambda: False)
    assert {
        device.id: tuple(slots.tolist())
        for device, slots in zip(whole.devices, reports, strict=True)
        if len(slots)
    } == messages.reports
    slots = policies.notification.plan(
        sync, held_values(sync, reports), rng("notification"), lambda: False
    )
    sent = {(n.source, n.target): n.intervals for n in messages.notifications}
    assert {
        (link.source, link.target): tuple(chosen.tolist())
        for link, chosen in zip(whole.links, slots, strict=True)
        if len(chosen)
    } == sent


class _Regretful(DeviceByDevice):
    """Reports once, at the highest load so far: what it decided, it takes back."""

    name = "regretful"

    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        return np.array([np.argmax(view.samples)], dtype=np.int64)


def test_a_policy_that_changes_its_past_is_caught() -> None:
    """A decision that depends on later loads raises an error that names the policy."""
    instance = _instance(arrival=0.2)
    data = problem_data(instance)
    honest = halves("periodic", {}, {})
    policies = replace(honest, reporting=_Regretful())
    seen = InformedObserver(
        instance,
        data,
        policies,
        Prices(0.1, 0.0, 0.1, 0.0),
        lambda half: np.random.default_rng(0),
    )
    with pytest.raises(ContradictionError, match="regretful"):
        simulate(data, QueueAwarePolicy(data), observer=seen)


def test_nothing_is_known_without_messages() -> None:
    """With a fee that nothing is worth, queues elsewhere stay as they were at the start."""
    instance = _instance(arrival=0.2, cloud=False)
    result = optkit.solve(
        instance,
        "queue-aware",
        options={"information": {"policy": "rent-or-buy", "fee": 1e9}},
    )
    assert result.metrics["information"]["messages"] == 0
    assert result.metrics["information"]["total_cost"] == result.objective
    assert result.metrics["information"]["mean_queue_error"] > 0.0


def test_an_interrupted_run_has_the_messages_of_decided_intervals_only() -> None:
    """When time is up, nothing is told any more, and the solution passes the check."""
    instance = _instance()
    data = problem_data(instance)
    seen = InformedObserver(
        instance,
        data,
        halves("periodic", {"period": 1}, {"period": 1}),
        Prices(0.1, 0.0, 0.1, 0.0),
        lambda half: np.random.default_rng(0),
    )
    ended = simulate(
        data, QueueAwarePolicy(data), lambda interval: interval == 6, observer=seen
    )
    messages = seen.information(ended.decided)
    assert {max(n.intervals) for n in messages.notifications} == {5}


class _Recorder(Observer):
    """Observes as told, and keeps what everybody would see with a broadcast."""

    def __init__(self, instance: DispatchInstance, told: InformedObserver) -> None:
        super().__init__(problem_data(instance))
        self._told = told
        self.told: list[list[Observation]] = []
        self.plain: list[list[Observation]] = []

    def observe(
        self, interval: int, actions: Ints, queues: Ints, transit: Transit
    ) -> list[Observation]:
        self.plain.append(super().observe(interval, actions, queues, transit))
        self.told.append(self._told.observe(interval, actions, queues, transit))
        return self.told[-1]


def _jobs(transit: Transit, mask: Any) -> list[tuple[int, ...]]:
    columns = (transit.ap, transit.server, transit.kind, transit.age)
    return list(zip(*(column[mask].tolist() for column in columns), strict=True))


def test_others_are_seen_as_they_were_when_they_told() -> None:
    """With reports and messages every third interval, others' state is of that interval.

    An access point's own are the present ones, and all are in order of arrival.
    """
    instance = _instance(arrival=0.1, cloud=False, queue_limit=60)
    data = problem_data(instance)
    seen = InformedObserver(
        instance,
        data,
        halves("periodic", {"period": 3}, {"period": 3, "offset": 0}),
        Prices(0.1, 0.0, 0.1, 0.0),
        lambda half: np.random.default_rng(0),
    )
    record = _Recorder(instance, seen)
    simulate(data, QueueAwarePolicy(data), observer=record)
    stale = 0
    for t, views in enumerate(record.told):
        for k, view in enumerate(views):
            then, now = record.plain[t - t % 3][k], record.plain[t][k]
            others = view.peers != k
            assert (view.actions[others] == then.actions[others]).all()
            assert (view.actions[~others] == now.actions[~others]).all()
            stale += int((then.actions != now.actions).sum())
            for source, whose in ((then, False), (now, True)):
                expected = _jobs(source.transit, (source.transit.ap == k) == whose)
                assert _jobs(view.transit, (view.transit.ap == k) == whose) == expected
            sent = np.where(view.transit.ap == k, t, t - t % 3)
            arrival = sent * data.slots_per_interval - view.transit.age
            assert (np.diff(arrival) >= 0).all()
    assert stale > 0
