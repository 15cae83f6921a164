"""The information barrier: what an access point cannot see moves no decision of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.baselines import QueueAwarePolicy, SelfishPolicy
from optkit.dispatch.policies.mdp import MdpPolicy
from optkit.dispatch.problem.observation import Observer, Transit
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator


def system() -> tuple[ProblemData, Simulator, np.ndarray]:
    """Return a network where many do not see one another, some intervals in."""
    options = GeneratorOptions(
        aps=9, servers=7, types=2, attachment=1, cloud=False, intervals=20, arrival=0.1
    )
    data = problem_data(DispatchInstance.parse(generate(options, 4)))
    actions = np.array(
        [[np.flatnonzero(row)[-1]] * data.shape[2] for row in data.candidate]
    )
    state = Simulator(data)
    jobs = state.arrivals(6 * data.slots_per_interval)
    state.advance(6 * data.slots_per_interval, actions[data.ap[jobs], data.kind[jobs]])
    return data, state, actions


@pytest.mark.parametrize("make", [SelfishPolicy, QueueAwarePolicy, MdpPolicy])
def test_forbidden_information_changes_nothing(make: type[Policy]) -> None:
    """Planting what an access point may not know changes no decision."""
    data, state, actions = system()
    observer = Observer(data)
    policy = make(data, 1) if make is MdpPolicy else make(data)  # type: ignore[call-arg]
    interval = 6
    honest = observer.observe(interval, actions, state.queues, state.transit)
    decided = policy.decide(honest)
    hidden_queues = hidden_peers = 0
    for k in range(len(data.candidate)):
        queues, other, moving = state.queues, actions.copy(), state.transit
        queues[~data.candidate[k]] = 50
        stranger = ~observer.conflict[k]
        other[stranger] = other[np.flatnonzero(observer.conflict[k])[0]]
        far = stranger[moving.ap]
        age = np.where(far, 1, moving.age)
        planted = observer.observe(
            interval,
            other,
            queues,
            Transit(moving.ap, moving.server, moving.kind, age),
        )
        hidden_queues += int((~data.candidate[k]).sum())
        hidden_peers += int(far.sum())
        mixed = [*planted]
        for field in dataclasses.fields(honest[k]):
            before, after = (
                getattr(honest[k], field.name),
                getattr(mixed[k], field.name),
            )
            if isinstance(before, np.ndarray):
                assert (before == after).all(), field.name
        assert (policy.decide(mixed)[k] == decided[k]).all()
    assert hidden_queues
    assert hidden_peers


def test_observations_are_copies() -> None:
    """Writing into an observation changes nothing in the simulation."""
    data, state, actions = system()
    queues = state.queues
    view = Observer(data).observe(6, actions, queues, state.transit)[0]
    view.queues[:] = 99
    view.actions[:] = 99
    view.transit.age[:] = 99
    assert (queues == state.queues).all()
    assert actions.max() < 99
    assert state.transit.age.max() < 99


def test_who_sees_everybody_shares_what_nobody_can_change() -> None:
    """Behind a cloud all see the same jobs: one copy, which cannot be written to."""
    options = GeneratorOptions(aps=5, servers=4, intervals=20, arrival=0.1)
    data = problem_data(DispatchInstance.parse(generate(options, 4)))
    state = Simulator(data)
    state.advance(60, np.full(len(state.arrivals(60)), 3))
    actions = np.full((5, options.types), 3)
    moving = state.transit
    views = Observer(data).observe(2, actions, state.queues, moving)
    assert len(moving.age)
    for view in views:
        assert view.peers.tolist() == [0, 1, 2, 3, 4]
        assert view.transit.age is views[0].transit.age
        for array in (view.actions, view.transit.age, view.transit.server):
            with pytest.raises(ValueError, match="read-only"):
                array[:] = 99
        view.queues[:] = 99  # its own copy
    assert moving.age.flags.writeable
    assert (views[0].actions == 3).all()
    assert (state.queues < 99).all()
