"""Run a policy on an instance's sample path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.observation import Observer
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.simulator import Simulator


@dataclass(frozen=True)
class Simulation:
    """The outcome of running a policy on a sample path.

    Parameters
    ----------
    system
        The system after its last slot.
    decided
        Number of intervals that the policy decided; its last actions then stay in force.
    interrupted
        Whether Ctrl-C ended it.
    """

    system: Simulator
    decided: int
    interrupted: bool = False


def simulate(
    data: ProblemData, policy: Policy, stop: Callable[[int], bool] = lambda _: False
) -> Simulation:
    """Run a policy on the instance's sample path.

    Parameters
    ----------
    data
        The instance.
    policy
        The policy.
    stop
        Called before every interval with its number; says whether the policy's time is
        up.
    """
    system = Simulator(data)
    observer = Observer(data)
    actions = policy.start()
    targets: list[Ints] = []
    interrupted = False
    try:
        for interval in range(data.intervals):
            if stop(interval):
                break
            later = policy.decide(
                observer.observe(interval, actions, system.queues, system.transit)
            )
            target = _targets(data, system, policy, actions, later)
            system.advance(data.slots_per_interval, target)
            targets.append(target)
            actions = later
    except KeyboardInterrupt:
        interrupted = True
    decided = len(targets)
    if decided < data.intervals:
        # An interrupt may come anywhere: what was decided is simulated again from slot 0.
        system = Simulator(data)
        done = decided * data.slots_per_interval
        system.advance(done, np.concatenate([*targets, np.empty(0, dtype=np.int64)]))
        jobs = system.arrivals(data.horizon - done)
        system.advance(data.horizon - done, actions[data.ap[jobs], data.kind[jobs]])
    return Simulation(system, decided, interrupted)


def _targets(
    data: ProblemData, system: Simulator, policy: Policy, actions: Ints, later: Ints
) -> Ints:
    """Return where the jobs of an interval go: the new action from the signal slot on."""
    target = system.interval_targets(actions, later)
    if policy.per_job:
        for position, job in enumerate(system.arrivals(data.slots_per_interval)):
            target[position] = policy.route(
                int(data.ap[job]),
                int(data.kind[job]),
                int(data.slot[job]),
                int(target[position]),
            )
    return target
