"""The notification environment behind PettingZoo's interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from optkit.sync.instance import SyncInstance
from optkit.sync.learning.agents import agents
from optkit.sync.learning.episode_arrays import Scenario, scenario
from optkit.sync.learning.observing import observe
from optkit.sync.learning.rules import reset, step
from optkit.sync.policies.base import ReportingPolicy
from optkit.sync.policies.reporting.periodic import PeriodicReporting
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import ProblemData, problem_data

Draw = Callable[[np.random.Generator], Scenario]
"""Returns an episode; all of them have the same links."""


class NotificationEnv(ParallelEnv[str, Any, Any]):  # type: ignore[misc]
    """Routers that decide in every slot which neighbours to notify (Sec. III-B).

    An agent is a router that has links. It sees the error, the age and the last bit of
    each of them (eq 17), sets a bit for each, and gets the reward (19), the same for all.
    An episode ends, truncated, with its last slot. The rules are those of training and of
    the frozen policies; a limit forces notifications (``infos`` tell what was sent).

    Parameters
    ----------
    seen
        The instance, for its routers and links.
    names
        The routers' names.
    draw
        Where episodes come from.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "optkit-sync-v0", "render_modes": []}

    def __init__(self, data: ProblemData, names: tuple[str, ...], draw: Draw) -> None:
        self._team = agents("router", data.source, data.routers)
        self._links = data.links
        self._draw = draw
        self._rng = np.random.default_rng()
        routers = list(dict.fromkeys(np.sort(data.source).tolist()))
        self.possible_agents = [names[router] for router in routers]
        self.agents: list[str] = []
        self.render_mode = None
        width = self._team.link.shape[1]
        bits = self._team.present.sum(axis=1)
        self._own = {
            agent: self._team.link[row, : bits[row]]
            for row, agent in enumerate(self.possible_agents)
        }
        self.observation_spaces = {
            agent: spaces.Box(0.0, np.inf, (self._team.inputs,), np.float32)
            for agent in self.possible_agents
        }
        self.action_spaces = {
            agent: spaces.MultiBinary(int(bits[row]))
            for row, agent in enumerate(self.possible_agents)
        }
        assert width == max(bits, default=0)

    def observation_space(self, agent: str) -> Any:
        """Return what an agent may see."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """Return what an agent may do: a bit for each of its links."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an episode.

        Parameters
        ----------
        seed
            From here on episodes are drawn with it; None goes on with the last one.
        options
            Not used.
        """
        if seed is not None:
            self._rng = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self._episode = self._draw(self._rng)
        self._state = reset(np, self._episode)
        return self._seen(), {agent: {} for agent in self.agents}

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[
        dict[str, Any],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, Any],
    ]:
        """Pass a slot; an agent without an action sends nothing of its own will.

        Parameters
        ----------
        actions
            By agent, a bit for each of its links, in the order of the instance.
        """
        bits = np.zeros(self._links, dtype=bool)
        for agent, wanted in actions.items():
            bits[self._own[agent]] = np.asarray(wanted, dtype=bool)
        self._state, outcome = step(np, self._episode, self._state, bits)
        over = int(self._state.slot) >= len(self._episode.told)
        live = self.agents
        infos = {
            agent: {
                "sent": outcome.sent[self._own[agent]],
                "cost": float(outcome.cost[self._own[agent]].sum()),
            }
            for agent in live
        }
        result = (
            self._seen(),
            dict.fromkeys(live, float(outcome.reward)),
            dict.fromkeys(live, False),
            dict.fromkeys(live, over),
            infos,
        )
        if over:
            self.agents = []
        return result

    def _seen(self) -> dict[str, Any]:
        table = observe(np, self._team, self._episode, self._state).astype(np.float32)
        return dict(zip(self.possible_agents, table, strict=True))


def notification_env(
    instance: SyncInstance, reporting: ReportingPolicy | None = None
) -> NotificationEnv:
    """Return the environment of an instance whose devices report by a policy.

    Every episode is the whole instance. For random windows of training series give
    :class:`NotificationEnv` a function that draws them.

    Parameters
    ----------
    instance
        The instance.
    reporting
        How its devices report; None for periodically.
    """
    data = problem_data(instance)
    policy = reporting or PeriodicReporting()
    reports = policy.plan(data, np.random.default_rng(0), lambda: False)
    episode = scenario(data, held_values(data, reports))
    return NotificationEnv(data, instance.routers, lambda _: episode)
