"""Running a trained policy: NumPy alone, slot by slot, from what is known by then."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.core.arrays import Ints
from optkit.sync.learning.checkpoint import Checkpoint
from optkit.sync.learning.episode_arrays import scenario
from optkit.sync.learning.features import NO_FEE, silence_cost
from optkit.sync.learning.networks import logits
from optkit.sync.learning.observing import observe
from optkit.sync.learning.rules import link_state, reset, step
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.problem_data import ProblemData


def notifications(
    checkpoint: Checkpoint,
    data: ProblemData,
    held: HeldValues,
    stop: Callable[[], bool] = lambda: False,
) -> list[Ints]:
    """Return the slots in which a trained policy notifies, for each of the L links.

    A bit is set where it is the likelier of the two. A limit that silence would break
    forces a notification, as in training; a notification that costs nothing is sent
    whenever silence does.

    Parameters
    ----------
    checkpoint
        The policy.
    world
        The instance.
    held
        What its routers hold.
    stop
        Says whether time is up; from then on every slot notifies.
    """
    episode = scenario(data, held)
    agents = checkpoint.agents(data)
    sent = np.zeros((data.slots, data.links), dtype=bool)
    free = episode.fee <= NO_FEE
    state = reset(np, episode)
    for slot in range(data.slots):
        if stop():
            sent[slot:] = episode.allowed[slot:]
            break
        bits = logits(np, checkpoint.actor, observe(np, agents, episode, state)) > 0.0
        wanted = np.zeros(data.links, dtype=bool)
        wanted[agents.link[agents.present]] = bits[agents.present]
        if free.any():
            wanted |= free & (silence_cost(np, link_state(np, episode, state)) > 0.0)
        state, outcome = step(np, episode, state, wanted)
        sent[slot] = outcome.sent
    return [np.flatnonzero(column) for column in sent.T]
