"""Allocation instances: of a given network, or of random networks.

Random networks are Erdős–Rényi, trees of a given shape, or the paper's trees.

Rates, speeds and weights default to the paper's ranges (Sec. VII-A), with b = 1 Gcycle per
Gbit: the paper prints 10⁶ cycles per Gbit, at which offloading never pays at its rates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.allocation.data.documents import instance_document
from optkit.allocation.data.from_network import instance_from_network
from optkit.allocation.data.options import PAPER_TREES
from optkit.allocation.data.options import GeneratorOptions as GeneratorOptions
from optkit.core.solving import seeds


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return the document of an instance, of a given network or of a random one.

    Parameters
    ----------
    options
        The network, or its shape, and the ranges to draw from.
    seed
        The same seed and options give the same instance.
    """
    if options.network is not None:
        return instance_from_network(options, seed)
    rng = seeds.generator(seed, "instance", "allocation")
    links = _links(options, rng)
    count = len(PAPER_TREES.get(options.shape, range(options.servers)))
    ghz = rng.uniform(options.ghz_low, options.ghz_high, size=count)
    gbps = rng.uniform(options.gbps_low, options.gbps_high, size=len(links))
    chosen = options.model_dump(exclude_unset=True, exclude={"name"})
    fixed = options.capacitance, options.tx_watt
    return instance_document(
        options,
        name=options.name or f"{options.shape}-{count}-seed-{seed}",
        provenance=f"optkit generate allocation, seed {seed}, {chosen or 'defaults'}",
        master="0",
        servers=[(str(server), float(ghz[server]), *fixed) for server in range(count)],
        links=[
            (str(source), str(target), float(rate))
            for (source, target), rate in zip(links, gbps, strict=True)
        ],
    )


def _links(
    options: GeneratorOptions, rng: np.random.Generator
) -> list[tuple[int, int]]:
    count = options.servers
    if options.shape == "erdos-renyi":
        return _erdos_renyi(count, options.edge_probability, rng)
    if options.shape in PAPER_TREES:
        parents = PAPER_TREES[options.shape]
    elif options.shape == "chain":
        parents = tuple(range(-1, count - 1))
    elif options.shape == "star":
        parents = (-1, *[0] * (count - 1))
    elif options.shape == "binary":
        parents = (-1, *[(server - 1) // 2 for server in range(1, count)])
    elif options.shape == "caterpillar":
        # A chain in which every second server is a leaf on the one before it.
        parents = (-1, *[max(0, server - 2 + server % 2) for server in range(1, count)])
    elif options.shape == "pairs":
        parents = (-1, *[0 if server % 2 else server - 1 for server in range(1, count)])
    else:
        parents = _random_tree(count, options.subtrees, rng)
    return [(parent, server) for server, parent in enumerate(parents) if parent >= 0]


def _random_tree(
    count: int, subtrees: int | None, rng: np.random.Generator
) -> tuple[int, ...]:
    """Attach each server to one before it, any with equal probability."""
    parents = [-1]
    for server in range(1, count):
        if subtrees is None:
            parents.append(int(rng.integers(server)))
        elif server <= subtrees:
            parents.append(0)
        else:
            parents.append(int(rng.integers(1, server)))
    return tuple(parents)


def _erdos_renyi(
    count: int, probability: float | None, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return both directions of each edge of G(n, p), made connected by more edges."""
    if probability is None:
        probability = min(1.0, 1.5 * math.log(count) / count) if count > 1 else 0.0
    pairs = count * (count - 1) // 2
    edge_count = rng.binomial(pairs, probability) if pairs else 0
    drawn: set[tuple[int, int]] = set()
    if edge_count > pairs // 2:  # dense: draw from all pairs at once
        upper = np.triu_indices(count, 1)
        kept = rng.choice(pairs, size=edge_count, replace=False)
        drawn = set(zip(upper[0][kept].tolist(), upper[1][kept].tolist(), strict=True))
    while len(drawn) < edge_count:
        ends = rng.integers(count, size=(2 * (edge_count - len(drawn)) + 8, 2))
        for first, second in ends.tolist():
            if first != second and len(drawn) < edge_count:
                drawn.add((min(first, second), max(first, second)))
    edges = sorted(drawn)
    edges += _joining(count, edges, rng)
    return [
        pair for first, second in edges for pair in ((first, second), (second, first))
    ]


def _joining(
    count: int, edges: list[tuple[int, int]], rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return edges at random servers that join the other parts to the master's part."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (count, count))
    parts, label = connected_components(graph, directed=False)
    members = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[members], np.arange(parts + 1))
    joined = members[starts[label[0]] : starts[label[0] + 1]].tolist()
    added = []
    for part in range(parts):
        if part == label[0]:
            continue
        group = members[starts[part] : starts[part + 1]].tolist()
        first, second = int(rng.choice(joined)), int(rng.choice(group))
        added.append((min(first, second), max(first, second)))
        joined += group
    return added
