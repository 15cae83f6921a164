"""The PettingZoo environment. Import where needed: it loads PettingZoo and numba."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from optkit.core.arrays import Ints
from optkit.core.errors import UsageError
from optkit.core.solving import seeds
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.learning.environment.encoding import Arrays, Encoding
from optkit.dispatch.learning.environment.resampling import redraw
from optkit.dispatch.problem.finish_slots import DROPPED
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Barrier, Observation
from optkit.dispatch.problem.problem_data import World, world
from optkit.dispatch.problem.simulator import Slots


class DispatchEnv(ParallelEnv[str, Arrays, Any]):  # type: ignore[misc]  # it has no types
    """Access points as agents, on the simulator and behind the barrier of all policies.

    **One step is one broadcast interval.** Step t begins at boundary t. What an agent
    holds then is its observation as of that boundary: queues of its candidates, actions
    and jobs under way of its conflict set, and ``signal_slot``, the slot D of interval t
    at which this observation will have arrived. The action it gives is in force from that
    slot on, up to slot D of the next interval, where the next one takes over; before D,
    its jobs still follow the previous action. So an agent knows what an online policy
    knows when its decision takes effect, no more and no sooner: nothing of what happens
    within the interval, nothing of what it shares no server with. Actions are per type and
    interval; policies that route single jobs (``random``, ``rollout``) do not fit.

    **Action.** For each type the position of a server among the agent's candidates, which
    :meth:`servers` lists.

    **Reward.** The same for all: −g (eq 9) at the boundary that ends the step, less
    ``drop_penalty`` for each job dropped on the way. The sum over an episode, divided by
    −T, is the objective of the instance.

    **End.** After T steps all agents are truncated: the path ends, the process does not.
    The last observation has the signal slot t_B, as there is no further decision.

    Parameters
    ----------
    instance, start, resample
        As of :func:`optkit.dispatch.learning.environment.parallel_env`.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "name": "optkit_dispatch_v1",
        "render_modes": [],
    }

    def __init__(
        self,
        instance: DispatchInstance,
        start: Ints | None = None,
        resample: bool = False,
    ) -> None:
        self._model = world(instance)
        self._resample = resample
        self._draw = np.random.default_rng()
        self._first = self._valid(
            selfish_actions(self._model) if start is None else start
        )
        self._encoding = Encoding(self._model)
        self.possible_agents = list(instance.aps)
        self.agents: list[str] = []
        self._index = {agent: k for k, agent in enumerate(self.possible_agents)}
        kinds = self._model.shape[2]
        self._choices = [
            spaces.MultiDiscrete([len(servers)] * kinds)
            for servers in self._encoding.servers
        ]

    def observation_space(self, agent: str) -> spaces.Dict:
        """Return the space of an agent's observations; see :class:`Encoding`."""
        return self._encoding.spaces[self._index[agent]]

    def action_space(self, agent: str) -> spaces.MultiDiscrete:
        """Return the space of an agent's actions: a candidate's position for each type."""
        return self._choices[self._index[agent]]

    def servers(self, agent: str) -> Ints:
        """Return the indices of an agent's candidate servers, in the order of actions."""
        return self._encoding.servers[self._index[agent]].copy()

    def observation(self, agent: str, arrays: Arrays) -> Observation:
        """Return what an agent was given in the form that optkit's policies take."""
        return self._encoding.observation(self._index[agent], arrays)

    @property
    def system(self) -> Slots:
        """The simulator itself: for evaluation, never for an agent."""
        return self._system

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Arrays], dict[str, dict[str, Any]]]:
        """Begin an episode.

        Parameters
        ----------
        seed
            Of the sample paths from this episode on, where they are drawn.
        options
            None are known.
        """
        if seed is not None:
            self._draw = seeds.generator(seed, "environment", "dispatch")
        path = redraw(self._model, self._draw) if self._resample else self._model
        never = np.full((1, path.shape[0]), path.slots_per_interval, dtype=np.int64)
        # One more row, for the boundary that ends the path.
        path = dataclasses.replace(path, signal=np.concatenate([path.signal, never]))
        self._path: World = path
        self._system = Slots(path)
        self._barrier = Barrier(path)
        self._action = self._first.copy()
        self._interval = 0
        self._dropped = 0
        self.agents = list(self.possible_agents)
        return self._observed(), {agent: {} for agent in self.agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[
        dict[str, Arrays],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Take everybody's actions and move on by one interval.

        Raises
        ------
        UsageError
            If the episode has ended, or an action is missing or not in its space.
        """
        path, system, interval = self._path, self._system, self._interval
        later = self._taken(actions)
        jobs = system.arrivals(path.slots_per_interval)
        ap, kind = path.ap[jobs], path.kind[jobs]
        switched = path.slot[jobs] - system.slot >= path.signal[interval, ap]
        target = np.where(switched, later[ap, kind], self._action[ap, kind])
        system.advance(path.slots_per_interval, target)
        self._action = later
        self._interval = interval + 1
        reward = -self._cost()
        ended = self._interval == path.intervals
        agents = self.agents
        if ended:
            self.agents = []
        return (
            self._observed(),
            dict.fromkeys(agents, reward),
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, ended),
            {agent: {} for agent in agents},
        )

    def _observed(self) -> dict[str, Arrays]:
        system = self._system
        views = self._barrier.observe(
            self._interval, self._action, system.queues, system.transit
        )
        return {
            agent: self._encoding.arrays(view)
            for agent, view in zip(self.possible_agents, views, strict=True)
        }

    def _cost(self) -> float:
        """Return g at the boundary now, and the penalty of the drops since the last one."""
        path, queues = self._path, self._system.queues
        dropped = int(np.count_nonzero(self._system.finish == DROPPED))
        new, self._dropped = dropped - self._dropped, dropped
        full = int(np.count_nonzero(queues >= path.queue_limit))
        jobs = len(self._system.transit.age) + int(queues.sum())
        return jobs + path.overflow_penalty * full + path.drop_penalty * new

    def _taken(self, actions: Mapping[str, Any]) -> Ints:
        """Return actions as server indices, (K, J)."""
        if not self.agents:
            raise UsageError("The episode has ended; call reset() before step().")
        taken = np.empty((len(self.agents), self._model.shape[2]), dtype=np.int64)
        for agent, k in self._index.items():
            if agent not in actions:
                raise UsageError(f"There is no action for {agent!r}; all agents act.")
            given = np.asarray(actions[agent])
            space = self._choices[k]
            if not space.contains(given):
                raise UsageError(
                    f"The action of {agent!r}, {given.tolist()}, is not in its space:"
                    f" {space.shape[0]} whole numbers from 0 to"
                    f" {int(space.nvec[0]) - 1}, positions among its candidate servers."
                )
            taken[k] = self._encoding.servers[k][given]
        return taken

    def _valid(self, start: Ints) -> Ints:
        """Return the first actions as whole numbers, if they can be such."""
        points, _, kinds = self._model.shape
        given = np.asarray(start)
        if given.shape != (points, kinds):
            raise UsageError(
                f"start has shape {given.shape}; it takes a server index for each of"
                f" {points} access points and {kinds} types."
            )
        rows = np.arange(points)[:, None]
        inside = (given >= 0) & (given < self._model.shape[1])
        if not (inside.all() and self._model.candidate[rows, given].all()):
            raise UsageError("start names a server that is no candidate of its sender.")
        return given.astype(np.int64)
