"""Run a policy on an instance's sample path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import UsageError
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.changes import by_job, still_possible
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
    data: ProblemData,
    policy: Policy,
    stop: Callable[[int], bool] = lambda _: False,
    renewed: Callable[[Policy, ProblemData], Policy] | None = None,
    observer: Observer | None = None,
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
    renewed
        Returns the policy for the network that takes another's place, when it does, from
        the policy so far and that network: what it is told is what is in force. None for
        the same policy all along.
    observer
        Makes the observations; None for those of the paper, of everybody's state at every
        boundary.
    """
    system = Simulator(data)
    observer = Observer(data) if observer is None else observer
    later = {change.interval: change.data for change in data.later}
    actions = _valid(data, policy, policy.start())
    known = data
    targets: list[Ints] = []
    interrupted = False
    try:
        for interval in range(data.intervals):
            if stop(interval):
                break
            if interval in later:
                known = later[interval]
                observer = Observer(known)
                policy = policy if renewed is None else renewed(policy, known)
                actions = still_possible(known, actions)
            view = observer.observe(interval, actions, system.queues, system.transit)
            following = _valid(known, policy, policy.decide(view))
            target = _targets(data, system, policy, actions, following)
            system.advance(data.slots_per_interval, target)
            targets.append(target)
            actions = following
    except KeyboardInterrupt:
        interrupted = True
    decided = len(targets)
    if decided < data.intervals:
        # An interrupt may come anywhere: what was decided is simulated again from slot 0.
        system = Simulator(data)
        done = decided * data.slots_per_interval
        system.advance(done, np.concatenate([*targets, np.empty(0, dtype=np.int64)]))
        jobs = system.arrivals(data.horizon - done)
        system.advance(data.horizon - done, _kept(data, actions, jobs))
    return Simulation(system, decided, interrupted)


def _kept(data: ProblemData, actions: Ints, jobs: Ints) -> Ints:
    """Return where actions that stay in force send jobs, as far as the network allows."""
    ap, kind = data.ap[jobs], data.kind[jobs]
    return by_job(
        data,
        lambda network: still_possible(network, actions)[ap, kind],
        data.slot[jobs],
    )


def _valid(data: ProblemData, policy: Policy, actions: Ints) -> Ints:
    """Return a policy's actions; raise an error that names it if they make no sense."""
    points, _, kinds = data.shape
    who = f"policy {getattr(policy, 'name', type(policy).__name__)!r}"
    array = np.asarray(actions)
    if array.shape != (points, kinds) or array.dtype.kind not in "iu":
        raise UsageError(
            f"{who} chose an array of {array.dtype} with the shape {array.shape}; one"
            f" server index per access point and type is needed, ({points}, {kinds})."
        )
    inside = (array >= 0) & (array < data.shape[1])
    allowed = data.candidate[np.arange(points)[:, None], np.where(inside, array, 0)]
    wrong = np.argwhere(~(inside & allowed))
    if len(wrong):
        k, j = wrong[0].tolist()
        raise UsageError(
            f"{who} sends jobs of type {j} at access point {k} to server"
            f" {array[k, j]}, which is no candidate there."
        )
    return array


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
