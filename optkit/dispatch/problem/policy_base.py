"""Online policies: what they are asked, and how one is put to the test on a sample path."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.observation import Barrier, Observation
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.simulator import Slots


class Policy(abc.ABC):
    """Chooses, once an interval and access point, where each type of job goes.

    It is built from the model alone: laws, candidates, penalties. What happens is shown
    to it through observations only.
    """

    per_job: ClassVar[bool] = False
    """Whether :meth:`route` chooses for each job on its own."""

    @abc.abstractmethod
    def start(self) -> Ints:
        """Return the actions in force before anything was observed, (K, J)."""

    @abc.abstractmethod
    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return the actions that follow from observations.

        Parameters
        ----------
        seen
            The observations of all access points for one interval, in their order. The
            choice of one may rest on its own observation only.

        Returns
        -------
        ndarray
            (K, J): server indices, in force from each access point's signal slot on.
        """

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return where one job goes; asked only where ``per_job`` is set.

        Parameters
        ----------
        ap, kind
            Whose job it is, and its type.
        slot
            Slot of its arrival. All earlier jobs of this access point were asked for.
        action
            What :meth:`decide` chose for its type.
        """
        return action


@dataclass(frozen=True)
class Simulation:
    """A policy's passage through a sample path.

    Parameters
    ----------
    system
        The system after its last slot.
    decided
        Intervals that the policy decided; from then on its last actions stay in force.
    interrupted
        Whether Ctrl-C ended it.
    """

    system: Slots
    decided: int
    interrupted: bool = False


def simulate(
    world: World, policy: Policy, stop: Callable[[int], bool] = lambda _: False
) -> Simulation:
    """Run a policy on the instance's sample path.

    Parameters
    ----------
    world
        The instance.
    policy
        The policy.
    stop
        Asked before every interval, with its number, whether the policy's time is up.
    """
    system = Slots(world)
    barrier = Barrier(world)
    action = policy.start()
    targets: list[Ints] = []
    interrupted = False
    try:
        for interval in range(world.intervals):
            if stop(interval):
                break
            seen = barrier.observe(interval, action, system.queues, system.transit)
            later = policy.decide(seen)
            target = _targets(world, system, policy, interval, action, later)
            system.advance(world.slots_per_interval, target)
            targets.append(target)
            action = later
    except KeyboardInterrupt:
        interrupted = True
    decided = len(targets)
    if decided < world.intervals:
        # Interrupted anywhere: what was decided is played again from the start.
        system = Slots(world)
        done = decided * world.slots_per_interval
        system.advance(done, np.concatenate([*targets, _NONE]))
        jobs = system.arrivals(world.horizon - done)
        rest = action[world.ap[jobs], world.kind[jobs]]
        system.advance(world.horizon - done, rest)
    return Simulation(system, decided, interrupted)


_NONE = np.empty(0, dtype=np.int64)


def _targets(
    world: World,
    system: Slots,
    policy: Policy,
    interval: int,
    action: Ints,
    later: Ints,
) -> Ints:
    """Return where the jobs of an interval go: the new action from the signal slot on."""
    jobs = system.arrivals(world.slots_per_interval)
    ap, kind = world.ap[jobs], world.kind[jobs]
    switched = world.slot[jobs] - system.slot >= world.signal[interval, ap]
    target: Ints = np.where(switched, later[ap, kind], action[ap, kind])
    if policy.per_job:
        for position, job in enumerate(jobs):
            target[position] = policy.route(
                int(ap[position]),
                int(kind[position]),
                int(world.slot[job]),
                int(target[position]),
            )
    return target


def in_order_of_jobs(world: World, target: Ints) -> tuple[int, ...]:
    """Return targets in the order of the instance's jobs."""
    ordered = np.empty(len(target), dtype=np.int64)
    ordered[world.job] = target
    return tuple(ordered.tolist())
