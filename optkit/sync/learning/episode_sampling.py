"""Drawing episodes from training instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.errors import UsageError
from optkit.sync.learning.episode_arrays import Scenario, scenario
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.problem.held_values import Held, held
from optkit.sync.problem.problem_data import World
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

    worlds: tuple[World, ...]
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
        world = self.worlds[int(rng.integers(len(self.worlds)))]
        split = self.split(world.slots)
        first, end = (split, world.slots) if validation else (0, split)
        begin = int(rng.integers(first, end - self.slots + 1))
        loads = world.loads[:, begin : begin + self.slots]
        options = self.options
        if options.shuffle:
            loads = loads[rng.permutation(world.devices)]
        weight = world.weight_cost
        if options.least_cost_weight and options.largest_cost_weight:
            bounds = np.log([options.least_cost_weight, options.largest_cost_weight])
            weight = float(np.exp(rng.uniform(*bounds)))
        part = replace(world, slots=self.slots, loads=loads, weight_cost=weight)
        return Drawn(part, held(part, self._reports(part, rng)))

    def split(self, slots: int) -> int:
        """Return the first slot of a series that is kept for validation."""
        kept = max(self.slots, round(slots * self.options.validation))
        return slots - kept

    def _reports(self, world: World, rng: np.random.Generator) -> list[np.ndarray]:
        most = np.minimum(longest_gap(world), self.options.longest_report_period)
        period = np.minimum(most, int(rng.integers(1, most.max() + 1)))
        return [
            np.arange(int(rng.integers(gap)), world.slots, int(gap), dtype=np.int64)
            for gap in period
        ]


@dataclass(frozen=True, eq=False)
class Drawn:
    """An episode: a world, and what its routers hold."""

    world: World
    held: Held

    @property
    def scenario(self) -> Scenario:
        """The same as arrays for the environment."""
        return scenario(self.world, self.held)


def source(worlds: Sequence[World], options: TrainingOptions) -> Source:
    """Return where episodes are drawn from.

    Raises
    ------
    UsageError
        If the worlds differ in shape, have no links, or are too short to be split.
    """
    first = worlds[0]
    if not first.links:
        raise UsageError("training: the instances have no links; nothing to decide.")
    for world in worlds[1:]:
        if _shape(world) != _shape(first):
            raise UsageError(
                "training: the instances differ in their links, or in the number of"
                " devices of a router; train on instances of one network."
            )
    shortest = min(world.slots for world in worlds)
    slots = min(options.episode_slots, shortest // 2)
    if slots < 2:
        raise UsageError(
            f"training: series of {shortest} slots are too short; training and"
            " validation need 2 slots each."
        )
    return Source(tuple(worlds), options, slots)


def _shape(world: World) -> tuple[object, ...]:
    return (
        tuple(world.source),
        tuple(world.target),
        tuple(len(members) for members in world.members),
    )


def stacked(episodes: Sequence[Scenario]) -> Scenario:
    """Return E episodes as one, in single precision: a leading axis of E in each array."""
    arrays = (np.stack(parts) for parts in zip(*episodes, strict=True))
    return Scenario(
        *(one if one.dtype == bool else one.astype(np.float32) for one in arrays)
    )
