"""The notification environment with the interface of PettingZoo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from optkit.core.errors import UsageError
from optkit.sync.instance import SyncInstance
from optkit.sync.learning.agents import make_agents
from optkit.sync.learning.env import reset, step
from optkit.sync.learning.episode_arrays import EpisodeArrays, episode_arrays
from optkit.sync.learning.observations import observe
from optkit.sync.policies.base import ReportingPolicy
from optkit.sync.policies.reporting.periodic import PeriodicReporting
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import ProblemData, problem_data

SampleEpisode = Callable[[np.random.Generator], EpisodeArrays]
"""Returns an episode; all episodes have the same links."""


class NotificationEnv(ParallelEnv[str, Any, Any]):  # type: ignore[misc]
    """Routers that decide in every slot which neighbours to notify (Sec. III-B).

    Each router with links is an agent. It observes the error, the age and the last action
    of each of its links (eq 17), chooses for each whether to notify, and gets the reward
    (19), the same for all. An episode ends, truncated, with its last slot. The rules are
    those of training and of the frozen policies: a limit forces notifications, and
    ``infos`` has what was sent.

    Parameters
    ----------
    data
        The instance, for its routers and links.
    names
        Names of the routers.
    sample_episode
        Where episodes come from.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "optkit-sync-v0", "render_modes": []}

    def __init__(
        self, data: ProblemData, names: tuple[str, ...], sample_episode: SampleEpisode
    ) -> None:
        self._team = make_agents("router", data.source, data.routers)
        self._links = data.links
        self._sample_episode = sample_episode
        self._rng = np.random.default_rng()
        self.possible_agents = [names[r] for r in np.unique(data.source).tolist()]
        self.agents: list[str] = []
        self.render_mode = None
        counts = self._team.present.sum(axis=1)
        self._own_links = {
            agent: self._team.link[row, : counts[row]]
            for row, agent in enumerate(self.possible_agents)
        }
        self.observation_spaces = {
            agent: spaces.Box(0.0, np.inf, (self._team.inputs,), np.float32)
            for agent in self.possible_agents
        }
        self.action_spaces = {
            agent: spaces.MultiBinary(len(links))
            for agent, links in self._own_links.items()
        }

    def observation_space(self, agent: str) -> Any:
        """Return the space of an agent's observations."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """Return the space of an agent's actions: one bit for each of its links."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an episode.

        Parameters
        ----------
        seed
            Seed for this and the following episodes; None continues with the last one.
        options
            Not used.
        """
        if seed is not None:
            self._rng = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self._episode = self._sample_episode(self._rng)
        self._state = reset(np, self._episode)
        return self._observations(), {agent: {} for agent in self.agents}

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[
        dict[str, Any],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, Any],
    ]:
        """Take the actions of one slot; an agent without one wants no notification.

        Parameters
        ----------
        actions
            For each agent, one bit for each of its links, in the order of the instance.

        Raises
        ------
        UsageError
            If the episode has ended or not begun, or an action is not in its space.
        """
        if not self.agents:
            raise UsageError("The episode has ended; call reset() before step().")
        wanted = np.zeros(self._links, dtype=bool)
        for agent, action in actions.items():
            if agent not in self._own_links:
                raise UsageError(f"There is no agent {agent!r}.")
            bits = np.asarray(action)
            count = len(self._own_links[agent])
            if bits.shape != (count,) or not np.isin(bits, (0, 1)).all():
                raise UsageError(
                    f"The action of {agent!r}, {bits.tolist()}, is not in its space:"
                    f" {count} bits, one for each of its links."
                )
            wanted[self._own_links[agent]] = bits.astype(bool)
        self._state, outcome = step(np, self._episode, self._state, wanted)
        over = int(self._state.slot) >= len(self._episode.notified_age)
        live = self.agents
        infos = {
            agent: {
                "sent": outcome.sent[self._own_links[agent]],
                "cost": float(outcome.cost[self._own_links[agent]].sum()),
            }
            for agent in live
        }
        result = (
            self._observations(),
            dict.fromkeys(live, float(outcome.reward)),
            dict.fromkeys(live, False),
            dict.fromkeys(live, over),
            infos,
        )
        if over:
            self.agents = []
        return result

    def _observations(self) -> dict[str, Any]:
        obs = observe(np, self._team, self._episode, self._state).astype(np.float32)
        return dict(zip(self.possible_agents, obs, strict=True))


def notification_env(
    instance: SyncInstance, reporting: ReportingPolicy | None = None
) -> NotificationEnv:
    """Return the environment of an instance whose devices report by a policy.

    Every episode is the whole instance. For random windows of training series, give
    :class:`NotificationEnv` a function that samples them.

    Parameters
    ----------
    instance
        The instance.
    reporting
        The reporting policy; None for periodic reports.
    """
    data = problem_data(instance)
    policy = reporting or PeriodicReporting()
    reports = policy.plan(data, np.random.default_rng(0), lambda: False)
    episode = episode_arrays(data, held_values(data, reports))
    return NotificationEnv(data, instance.routers, lambda _: episode)
