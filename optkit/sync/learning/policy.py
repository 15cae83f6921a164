"""Trained policies, frozen (Sec. III-B): they only decide, and need NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Availability, Kind
from optkit.sync.instance import SyncInstance
from optkit.sync.learning.checkpoint import Checkpoint, load
from optkit.sync.learning.env import reset, step
from optkit.sync.learning.episode_arrays import episode_arrays
from optkit.sync.learning.networks import actor_logits
from optkit.sync.learning.observations import MIN_FEE, link_state, observe, silence_cost
from optkit.sync.policies.base import (
    NotificationPolicy,
    ShouldStop,
    register_notification,
)
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.problem_data import ProblemData, problem_data

PACKAGE = "optkit.sync.learning"
"""Package that holds the shipped policies, in the folder ``checkpoints``."""


def notification_slots(
    checkpoint: Checkpoint,
    data: ProblemData,
    held: HeldValues,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Ints]:
    """Return the slots in which a trained policy notifies, for each of the L links.

    The policy takes the more likely of both actions. As in training, a limit that silence
    would break forces a notification. A notification that costs nothing is sent whenever
    silence has a cost.

    Parameters
    ----------
    checkpoint
        The policy.
    data
        The instance.
    held
        What its routers hold.
    should_stop
        Returns whether time is up; from then on, every link notifies whenever allowed.
    """
    episode = episode_arrays(data, held)
    agents = checkpoint.agents(data)
    sent = np.zeros((data.slots, data.links), dtype=bool)
    free = episode.fee <= MIN_FEE
    state = reset(np, episode)
    for slot in range(data.slots):
        if should_stop():
            sent[slot:] = episode.allowed[slot:]
            break
        obs = observe(np, agents, episode, state)
        chosen = actor_logits(np, checkpoint.actor, obs) > 0.0
        actions = np.zeros(data.links, dtype=bool)
        actions[agents.link[agents.present]] = chosen[agents.present]
        if free.any():
            actions |= free & (silence_cost(np, link_state(np, episode, state)) > 0.0)
        state, outcome = step(np, episode, state, actions)
        sent[slot] = outcome.sent
    return [np.flatnonzero(column) for column in sent.T]


class LearnedOptions(Options):
    """Options of a trained policy."""

    checkpoint: str | None = Field(
        None,
        description="file that optkit train sync has written; none for the one that"
        " ships with optkit",
    )


class LearnedNotification(NotificationPolicy):
    """A policy from a checkpoint; one subclass per learning algorithm."""

    kind: ClassVar[Kind] = Kind.LEARNED
    Options: ClassVar[type[Options]] = LearnedOptions

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The trained policy, read when it is first needed."""
        path = self.options.checkpoint
        if path is not None:
            return load(Path(path))
        with as_file(files(PACKAGE) / "checkpoints" / f"{self.name}.npz") as shipped:
            return load(shipped)

    def supports(self, instance: SyncInstance) -> Availability:
        """Return whether the policy fits the instance, and was not trained on it."""
        if instance.changes is not None:
            return Availability(
                False,
                "links change, and the policy was trained for links that stay; take"
                " rent-or-buy",
            )
        reason = self.checkpoint.misfit(problem_data(instance))
        return Availability(not reason, reason)

    def plan(
        self,
        data: ProblemData,
        held: HeldValues,
        rng: np.random.Generator,
        should_stop: ShouldStop,
    ) -> list[Ints]:
        """Return the notification slots that the policy chooses."""
        return notification_slots(self.checkpoint, data, held, should_stop)


@register_notification
class MappoNotification(LearnedNotification):
    """Actors trained by multi-agent proximal policy optimisation."""

    name: ClassVar[str] = "mappo"
    reference: ClassVar[str] = "Huang et al., Sec. III-B, MAPPO (eqs 17-25)"


@register_notification
class Maa2cNotification(LearnedNotification):
    """Actors trained by multi-agent advantage actor-critic."""

    name: ClassVar[str] = "maa2c"
    reference: ClassVar[str] = "Huang et al., Sec. IV, MAA2C"


@register_notification
class PolicyGradientNotification(LearnedNotification):
    """The actors of mappo, trained on the exact gradient of the expected cost."""

    name: ClassVar[str] = "policy-gradient"
    reference: ClassVar[str] = "gradient of the expected cost, summed over all states"
