"""Drawing episodes from training instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.errors import UsageError
from optkit.sync.learning.episode_arrays import Scenario, scenario
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.report_gaps import longest_gap


@dataclass(frozen=True, eq=False)
class Source:
    """Where episodes are drawn from: the worlds of training instances.

    Parameters
    ----------
    worlds
        Of one shape: the same links, and the same number of devices at each router.
    options
        How episodes are drawn.
    slots
        Slots of an episode.
    """

    problems: tuple[ProblemData, ...]
    options: TrainingOptions
    slots: int

    def draw(self, rng: np.random.Generator, *, validation: bool = False) -> Drawn:
        """Return one random episode.

        Parameters
        ----------
        rng
            Where it is drawn from.
        validation
            Whether from the last slots of the series, which training never sees.
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
        part = replace(data, slots=self.slots, loads=loads, weight_cost=weight)
        return Drawn(part, held_values(part, self._reports(part, rng)))

    def split(self, slots: int) -> int:
        """Return the first slot of a series that is kept for validation."""
        kept = max(self.slots, round(slots * self.options.validation))
        return slots - kept

    def _reports(self, data: ProblemData, rng: np.random.Generator) -> list[np.ndarray]:
        most = np.minimum(longest_gap(data), self.options.longest_report_period)
        period = np.minimum(most, int(rng.integers(1, most.max() + 1)))
        return [
            np.arange(int(rng.integers(gap)), data.slots, int(gap), dtype=np.int64)
            for gap in period
        ]


@dataclass(frozen=True, eq=False)
class Drawn:
    """An episode: a world, and what its routers hold."""

    data: ProblemData
    held: HeldValues

    @property
    def scenario(self) -> Scenario:
        """The same as arrays for the environment."""
        return scenario(self.data, self.held)


def source(problems: Sequence[ProblemData], options: TrainingOptions) -> Source:
    """Return where episodes are drawn from.

    Raises
    ------
    UsageError
        If the worlds differ in shape, have no links, or are too short to be split.
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
    return Source(tuple(problems), options, slots)


def _shape(data: ProblemData) -> tuple[object, ...]:
    return (
        tuple(data.source),
        tuple(data.target),
        tuple(len(members) for members in data.members),
    )


def stacked(episodes: Sequence[Scenario]) -> Scenario:
    """Return E episodes as one, in single precision: a leading axis of E in each array."""
    arrays = (np.stack(parts) for parts in zip(*episodes, strict=True))
    return Scenario(
        *(one if one.dtype == bool else one.astype(np.float32) for one in arrays)
    )
