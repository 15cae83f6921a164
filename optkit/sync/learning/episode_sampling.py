"""Sampling episodes from training instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import UsageError
from optkit.sync.learning.episode_arrays import EpisodeArrays, episode_arrays
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.report_gaps import longest_gap


@dataclass(frozen=True, eq=False)
class Episode:
    """An episode: part of an instance, and the values that its routers hold."""

    data: ProblemData
    held: HeldValues

    @property
    def arrays(self) -> EpisodeArrays:
        """The same as arrays for the environment."""
        return episode_arrays(self.data, self.held)


@dataclass(frozen=True, eq=False)
class EpisodeSource:
    """The training instances that episodes are sampled from.

    Parameters
    ----------
    problems
        Instances of one shape: the same links, and as many devices at each router.
    options
        How episodes are sampled.
    slots
        Slots of an episode.
    """

    problems: tuple[ProblemData, ...]
    options: TrainingOptions
    slots: int

    def sample(self, rng: np.random.Generator, *, validation: bool = False) -> Episode:
        """Return a random episode.

        Parameters
        ----------
        rng
            Random numbers.
        validation
            Whether to sample from the last slots of the series, which training never
            uses.
        """
        data = self.problems[int(rng.integers(len(self.problems)))]
        split = self.split(data.slots)
        first, end = (split, data.slots) if validation else (0, split)
        begin = int(rng.integers(first, end - self.slots + 1))
        loads = data.loads[:, begin : begin + self.slots]
        options = self.options
        if options.shuffle:
            loads = loads[rng.permutation(data.devices)]
        weight = data.weight_cost
        if options.least_cost_weight and options.largest_cost_weight:
            bounds = np.log([options.least_cost_weight, options.largest_cost_weight])
            weight = float(np.exp(rng.uniform(*bounds)))
        window = replace(data, slots=self.slots, loads=loads, weight_cost=weight)
        return Episode(window, held_values(window, self._reports(window, rng)))

    def split(self, slots: int) -> int:
        """Return the first slot of a series that is kept for validation."""
        kept = max(self.slots, round(slots * self.options.validation))
        return slots - kept

    def _reports(self, data: ProblemData, rng: np.random.Generator) -> list[Ints]:
        """Return periodic reports with a random period and random first slots."""
        longest = np.minimum(longest_gap(data), self.options.longest_report_period)
        period = np.minimum(longest, int(rng.integers(1, longest.max() + 1)))
        return [
            np.arange(int(rng.integers(gap)), data.slots, int(gap), dtype=np.int64)
            for gap in period
        ]


def episode_source(
    problems: Sequence[ProblemData], options: TrainingOptions
) -> EpisodeSource:
    """Return the source of episodes from training instances.

    Raises
    ------
    UsageError
        If the instances differ in shape, have no links, or are too short to be split.
    """
    first = problems[0]
    if not first.links:
        raise UsageError("training: the instances have no links; nothing to decide.")
    for data in problems[1:]:
        if _shape(data) != _shape(first):
            raise UsageError(
                "training: the instances differ in their links, or in the number of"
                " devices of a router; train on instances of one network."
            )
    shortest = min(data.slots for data in problems)
    slots = min(options.episode_slots, shortest // 2)
    if slots < 2:
        raise UsageError(
            f"training: series of {shortest} slots are too short; training and"
            " validation need 2 slots each."
        )
    return EpisodeSource(tuple(problems), options, slots)


def _shape(data: ProblemData) -> tuple[object, ...]:
    return (
        tuple(data.source),
        tuple(data.target),
        tuple(len(members) for members in data.members),
    )


def stack_episodes(episodes: Sequence[EpisodeArrays]) -> EpisodeArrays:
    """Return E episodes in single precision, with a leading axis of E in each array."""
    arrays = (np.stack(parts) for parts in zip(*episodes, strict=True))
    return EpisodeArrays(
        *(
            array if array.dtype == bool else array.astype(np.float32)
            for array in arrays
        )
    )
