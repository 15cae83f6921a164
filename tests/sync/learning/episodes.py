"""Episodes, actors and plain rollouts for the tests of learning."""

from __future__ import annotations

from typing import Any

import numpy as np

import optkit
from optkit.core.arrays import Ints
from optkit.sync.learning.agents import Agents
from optkit.sync.learning.env import SlotOutcome, reset, step
from optkit.sync.learning.episode_arrays import EpisodeArrays
from optkit.sync.learning.networks import Actor
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.problem_data import ProblemData, problem_data
from optkit.sync.problem.report_gaps import longest_gap


def random_reports(data: ProblemData, rng: np.random.Generator) -> list[Ints]:
    """Return random reports, with gaps that allow every limit to be kept."""
    reports = []
    for gap in longest_gap(data):
        slot = int(rng.integers(gap))
        slots = []
        while slot < data.slots:
            slots.append(slot)
            slot += int(rng.integers(1, gap + 1))
        reports.append(np.array(slots, dtype=np.int64))
    return reports


def random_problems(count: int) -> list[tuple[ProblemData, HeldValues]]:
    """Return instances of one shape with random reports; half of them have tight limits."""
    problems = []
    for seed in range(count):
        instance = optkit.generate(
            "sync",
            seed=seed,
            slots=40,
            routers=3,
            devices=5,
            max_device_age=4.0 + 8.0 * (seed % 2),
            max_pair_age=5.0 + 15.0 * (seed % 2),
            error=("held", "true")[seed // 2 % 2],
            weight_cost=(0.1, 1.0)[seed % 2],
        )
        data = problem_data(instance)
        reports = random_reports(data, np.random.default_rng(seed))
        problems.append((data, held_values(data, reports)))
    return problems


def random_actor(agents: Agents, seed: int) -> Actor:
    """Return an actor whose decisions depend on what it observes."""
    rng = np.random.default_rng(seed)
    actor = agents.actor(rng, "undecided")
    *hidden, (weights, biases) = actor.layers
    random_weights = rng.normal(0, 1, weights.shape).astype(np.float32)
    return Actor((*hidden, (random_weights, biases)), actor.skip)


def numpy_rollout(episode: EpisodeArrays, wanted: Any) -> list[SlotOutcome]:
    """Run an episode with NumPy, with the actions of each slot given, (T, L)."""
    state, outcomes = reset(np, episode), []
    for actions in wanted:
        state, outcome = step(np, episode, state, actions)
        outcomes.append(outcome)
    return outcomes
