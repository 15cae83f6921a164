"""Discovery instances, calibrated as in the paper: of given or of random networks.

In a random network, nodes wander in a square.

The defaults are the benchmark of Table 2 (50 nodes within 10 %, 100 cycles of 2 s observed
every 0.1 s) with three resources. Parameters that Table 2 does not give are chosen so that
times and energies of a cycle are in the published range.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from optkit.core.solving import seeds
from optkit.discovery.data.calibration import build_document
from optkit.discovery.data.from_network import instance_from_network
from optkit.discovery.data.migrating_network import Snapshot, distances, migrate, walk
from optkit.discovery.data.options import GeneratorOptions as GeneratorOptions


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return the document of an instance, of a given network or of a random one.

    Parameters
    ----------
    options
        Sizes, physics and reading.
    seed
        The same seed and options give the same instance.
    """
    if options.network is not None:
        return instance_from_network(options, seed)
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
