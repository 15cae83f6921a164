"""Random discovery instances: nodes that wander in a square, calibrated as in the paper.

The defaults are the benchmark of Table 2 (50 nodes within 10 %, 100 cycles of 2 s observed
every 0.1 s) with three resources. Parameters that Table 2 does not give are chosen so that
times and energies of a cycle are in the published range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from optkit.core.solving import seeds
from optkit.discovery.data.calibration import CalibrationOptions, build_document
from optkit.discovery.data.migrating_network import Snapshot, distances, migrate, walk


class GeneratorOptions(CalibrationOptions):
    """Options of the discovery generator."""

    nodes: int = Field(50, ge=0, le=2_000, description="mean number of present nodes")
    spread: float = Field(
        0.1, ge=0.0, le=1.0, description="share by which the number of nodes varies"
    )
    windows: int = Field(100, ge=0, le=10_000, description="migration cycles")
    candidates: int | None = Field(
        None,
        ge=0,
        description="number of candidates for query agent nodes; candidates never leave"
        " the network; default: a fifth of the nodes",
    )
    coverage: float = Field(
        0.3, gt=0, description="reach d_c of a node; the side of the square is 1"
    )
    step: float = Field(
        0.1,
        ge=0,
        description="distance that a node moves per cycle; the side of the square is 1",
    )

    @model_validator(mode="after")
    def _check_candidates(self) -> GeneratorOptions:
        if self.candidate_count > self.range_of_nodes[0]:
            raise ValueError(
                f"{self.candidate_count} candidates never leave, but there may be as few"
                f" as {self.range_of_nodes[0]} nodes; lower candidates or spread"
            )
        return self

    @property
    def candidate_count(self) -> int:
        """Number of candidates."""
        if self.candidates is not None:
            return self.candidates
        return min(math.ceil(0.2 * self.nodes), self.range_of_nodes[0])

    @property
    def range_of_nodes(self) -> tuple[int, int]:
        """Least and largest number of present nodes."""
        least = math.ceil(self.nodes * (1.0 - self.spread))
        return min(least, self.nodes), math.floor(self.nodes * (1.0 + self.spread))


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return a random instance's document.

    Parameters
    ----------
    options
        Sizes, physics and reading.
    seed
        The same seed and options give the same instance.
    """
    rng = seeds.generator(seed, "instance", "discovery")
    population = options.range_of_nodes[1]
    set_options = options.model_dump(exclude_unset=True, exclude={"name"})
    return build_document(
        options,
        [f"n{i}" for i in range(population)],
        range(options.candidate_count),
        _snapshots(
            options, seeds.generator(seed, "instance", "discovery", "migration")
        ),
        rng,
        name=f"discovery-{options.nodes}x{options.windows}-seed-{seed}",
        provenance=f"optkit generate discovery, seed {seed}, {set_options or 'defaults'}",
        physics_of_source={
            "nodes": options.nodes,
            "spread": options.spread,
            "coverage": options.coverage,
            "step": options.step,
        },
    )


def _snapshots(
    options: GeneratorOptions, rng: np.random.Generator
) -> Iterator[Snapshot]:
    """Yield the network of each window: nodes wander, join and leave."""
    least, most = options.range_of_nodes
    positions = rng.random((most, 2))
    present = np.zeros(most, dtype=bool)
    present[: options.candidate_count] = True
    for _ in range(options.windows):
        wanted = int(rng.integers(least, most + 1))
        present = migrate(present, wanted, options.candidate_count, rng)
        yield Snapshot(present, distances(positions, options.coverage))
        positions = walk(positions, options.step, rng)
