"""Random networks: Erdős–Rényi, Barabási–Albert, and trees of a given shape.

The generators of families draw from here, and ``optkit generate network`` writes the same
networks into files.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.solving import seeds
from optkit.network.random_options import (
    PAPER_TREES,
    RandomNetworkOptions,
    ShapeOptions,
)

if TYPE_CHECKING:
    import networkx

    from optkit.core.arrays import Floats

Links = list[tuple[int, int]]
"""Numbers of the nodes that directed links join."""


def generate(options: RandomNetworkOptions, seed: int) -> dict[str, Any]:
    """Return the document of a random network.

    With ``directed``, the links, rates and speeds are those of the allocation instance of
    the same shape, size and seed; Barabási–Albert networks are those of dispatch.

    Parameters
    ----------
    options
        What to draw.
    seed
        The same seed and options give the same network.
    """
    rng = seeds.generator(seed, "instance", "allocation")
    shape: str = options.shape
    count = node_count(shape, options.nodes)
    if shape == "barabasi-albert":
        edges = barabasi_albert(count, options.attachment, seed).edges
        links = [pair for a, b in edges for pair in ((a, b), (b, a))]
    else:
        links = shape_links(shape, count, options, rng)
    if not options.directed:
        links = list(dict.fromkeys((min(pair), max(pair)) for pair in links))
    ghz, gbps = speeds_and_rates(options, count, len(links), rng)
    chosen = options.model_dump(exclude_unset=True, exclude={"name"})
    return {
        "schema": "optkit/network",
        "schema_version": 1,
        "name": options.name or f"{shape}-{count}-seed-{seed}",
        "provenance": f"optkit generate network, seed {seed}, {chosen or 'defaults'}",
        "nodes": [{"id": str(k), "ghz": float(speed)} for k, speed in enumerate(ghz)],
        "links": [
            {
                "source": str(source),
                "target": str(target),
                "gbps": float(rate),
                "directed": options.directed,
            }
            for (source, target), rate in zip(links, gbps, strict=True)
        ],
    }


def node_count(shape: str, wanted: int) -> int:
    """Return the number of nodes: as wanted, or what the shape fixes."""
    return len(PAPER_TREES.get(shape, range(wanted)))


def speeds_and_rates(
    options: ShapeOptions, nodes: int, links: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return computing speeds in GHz and rates in Gbit/s, drawn uniformly."""
    ghz = rng.uniform(options.ghz_low, options.ghz_high, size=nodes)
    return ghz, rng.uniform(options.gbps_low, options.gbps_high, size=links)


def shape_links(
    shape: str, count: int, options: ShapeOptions, rng: np.random.Generator
) -> Links:
    """Return the links of a network of a given shape.

    Parameters
    ----------
    shape
        Its name. Links of trees lead away from node 0; others have both directions.
    count
        Number of nodes.
    options
        What only some shapes have.
    rng
        Random numbers.
    """
    if shape == "erdos-renyi":
        return erdos_renyi(count, options.edge_probability, rng)
    if shape in PAPER_TREES:
        parents = PAPER_TREES[shape]
    elif shape == "chain":
        parents = tuple(range(-1, count - 1))
    elif shape == "star":
        parents = (-1, *[0] * (count - 1))
    elif shape == "binary":
        parents = (-1, *[(node - 1) // 2 for node in range(1, count)])
    elif shape == "caterpillar":
        # A chain in which every second node is a leaf on the one before it.
        parents = (-1, *[max(0, node - 2 + node % 2) for node in range(1, count)])
    elif shape == "pairs":
        parents = (-1, *[0 if node % 2 else node - 1 for node in range(1, count)])
    else:
        parents = _random_tree(count, options.subtrees, rng)
    return [(parent, node) for node, parent in enumerate(parents) if parent >= 0]


def barabasi_albert(count: int, attachment: int, seed: int) -> networkx.Graph[int]:
    """Return a Barabási–Albert network, each new node linked to ``attachment`` others."""
    import networkx as nx

    state = int(seeds.generator(seed, "instance", "dispatch", "graph").integers(2**31))
    links = min(attachment, count - 1)
    graph: networkx.Graph[int] = nx.empty_graph(count)
    if links:
        graph = nx.barabasi_albert_graph(count, links, seed=state)
    return graph


def _random_tree(
    count: int, subtrees: int | None, rng: np.random.Generator
) -> tuple[int, ...]:
    """Return the parents if each node hangs on one before it, any with equal chance."""
    parents = [-1]
    for server in range(1, count):
        if subtrees is None:
            parents.append(int(rng.integers(server)))
        elif server <= subtrees:
            parents.append(0)
        else:
            parents.append(int(rng.integers(1, server)))
    return tuple(parents)


def erdos_renyi(
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
    """Return edges at random nodes that join the other parts to that of the first node."""
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
