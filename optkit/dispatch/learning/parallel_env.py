"""The PettingZoo environment."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from optkit.core.arrays import Ints
from optkit.core.errors import UnavailableError, UsageError
from optkit.core.solving import seeds
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.learning.encoding import Arrays, Encoding
from optkit.dispatch.learning.resampling import redraw
from optkit.dispatch.problem.finish_slots import DROPPED
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation, Observer
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator


class DispatchEnv(ParallelEnv[str, Arrays, Any]):  # type: ignore[misc]  # it has no types
    """Access points as agents, on the simulator and behind the barrier of all policies.

    **One step is one broadcast interval.** Step t begins at boundary t. An agent then has
    its observation as of that boundary: the queues of its candidates, the actions and jobs
    under way of its conflict set, and ``signal_slot``, the slot D of interval t at which
    this observation arrives. Its action is in force from that slot on, until slot D of the
    next interval, where the next action takes over; before D, its jobs still follow the
    previous action. So an agent knows what an online policy knows when its decision takes
    effect, no more and no sooner: nothing that happens within the interval, and nothing
    about access points with which it shares no server. Actions are per type and interval;
    policies that route single jobs (``random``, ``rollout``) do not fit.

    **Action.** For each type, the position of a server among the agent's candidates;
    :meth:`servers` lists these.

    **Reward.** The same for all agents: −g (eq 9) at the boundary that ends the step, less
    ``drop_penalty`` for each job dropped during the step. The sum over an episode, divided
    by −T, is the objective of the instance.

    **End.** After T steps all agents are truncated: the path ends, the process would go on.
    The last observation has the signal slot t_B, as no further decision follows.

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
        if instance.changes is not None:
            raise UnavailableError(
                "the dispatch environment has no network that changes: agents' spaces are"
                " fixed; take an instance without changes, or a policy."
            )
        self._data = problem_data(instance)
        self._resample = resample
        self._rng = np.random.default_rng()
        self._first = self._valid(
            selfish_actions(self._data) if start is None else start
        )
        self._encoding = Encoding(self._data)
        self.possible_agents = list(instance.aps)
        self.agents: list[str] = []
        self._index = {agent: k for k, agent in enumerate(self.possible_agents)}
        kinds = self._data.shape[2]
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
        """Return an agent's observation in the form that optkit's policies take."""
        return self._encoding.observation(self._index[agent], arrays)

    @property
    def system(self) -> Simulator:
        """The simulator itself: for evaluation, not for agents."""
        return self._system

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Arrays], dict[str, dict[str, Any]]]:
        """Begin an episode.

        Parameters
        ----------
        seed
            Seed of the sample paths from this episode on, if they are drawn.
        options
            Not used.
        """
        if seed is not None:
            self._rng = seeds.generator(seed, "environment", "dispatch")
        path = redraw(self._data, self._rng) if self._resample else self._data
        never = np.full((1, path.shape[0]), path.slots_per_interval, dtype=np.int64)
        # One more row, for the boundary that ends the path.
        path = dataclasses.replace(path, signal=np.concatenate([path.signal, never]))
        self._path: ProblemData = path
        self._system = Simulator(path)
        self._observer = Observer(path)
        self._actions = self._first.copy()
        self._interval = 0
        self._dropped = 0
        self.agents = list(self.possible_agents)
        return self._observations(), {agent: {} for agent in self.agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[
        dict[str, Arrays],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Take the actions of all agents and simulate one interval.

        Raises
        ------
        UsageError
            If the episode has ended, or an action is missing or not in its space.
        """
        path, system = self._path, self._system
        later = self._targets(actions)
        system.advance(
            path.slots_per_interval, system.interval_targets(self._actions, later)
        )
        self._actions = later
        self._interval += 1
        reward = -self._cost()
        ended = self._interval == path.intervals
        agents = self.agents
        if ended:
            self.agents = []
        return (
            self._observations(),
            dict.fromkeys(agents, reward),
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, ended),
            {agent: {} for agent in agents},
        )

    def _observations(self) -> dict[str, Arrays]:
        system = self._system
        views = self._observer.observe(
            self._interval, self._actions, system.queues, system.transit
        )
        return {
            agent: self._encoding.arrays(view)
            for agent, view in zip(self.possible_agents, views, strict=True)
        }

    def _cost(self) -> float:
        """Return g at this boundary plus the penalty of the drops since the last one."""
        path, queues = self._path, self._system.queues
        dropped = int(np.count_nonzero(self._system.finish == DROPPED))
        new, self._dropped = dropped - self._dropped, dropped
        full = int(np.count_nonzero(queues >= path.queue_limit))
        jobs = len(self._system.transit.age) + int(queues.sum())
        return jobs + path.overflow_penalty * full + path.drop_penalty * new

    def _targets(self, actions: Mapping[str, Any]) -> Ints:
        """Return actions as server indices, (K, J)."""
        if not self.agents:
            raise UsageError("The episode has ended; call reset() before step().")
        targets = np.empty((len(self.agents), self._data.shape[2]), dtype=np.int64)
        for agent, k in self._index.items():
            if agent not in actions:
                raise UsageError(f"There is no action for {agent!r}; all agents act.")
            action = np.asarray(actions[agent])
            space = self._choices[k]
            if not space.contains(action):
                raise UsageError(
                    f"The action of {agent!r}, {action.tolist()}, is not in its space:"
                    f" {space.shape[0]} whole numbers from 0 to"
                    f" {int(space.nvec[0]) - 1}, positions among its candidate servers."
                )
            targets[k] = self._encoding.servers[k][action]
        return targets

    def _valid(self, start: Ints) -> Ints:
        """Return the first actions as whole numbers, if they are allowed."""
        points, _, kinds = self._data.shape
        actions = np.asarray(start)
        if actions.shape != (points, kinds):
            raise UsageError(
                f"start has shape {actions.shape}; it takes a server index for each of"
                f" {points} access points and {kinds} types."
            )
        rows = np.arange(points)[:, None]
        inside = (actions >= 0) & (actions < self._data.shape[1])
        if not (inside.all() and self._data.candidate[rows, actions].all()):
            raise UsageError("start names a server that is no candidate of its sender.")
        return actions.astype(np.int64)
