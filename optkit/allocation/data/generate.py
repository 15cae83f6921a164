"""Random allocation instances: Erdős–Rényi networks, trees of a given shape, the paper's.

Rates, speeds and weights default to the paper's ranges (Sec. VII-A), with b = 1 Gcycle per
Gbit: the paper prints 10⁶ cycles per Gbit, at which offloading never pays at its rates.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from optkit.allocation.instance import MAX_LINKS
from optkit.core.options import Options
from optkit.core.solving import seeds

PAPER_TREES: dict[str, tuple[int, ...]] = {
    "topology-1": (-1, 0, 1, 2, 3, 4, 5),
    "topology-2": (-1, 0, 0, 1, 1, 2, 2),
    "topology-3": (-1, 0, 0, 1, 2, 3, 4, 5, 7),
    "topology-4": (-1, 0, 0, 1, 2, 3, 3, 4),
}
"""Parents in the paper's four topologies (Fig. 4), as far as its text fixes them."""

Shape = Literal[
    "erdos-renyi",
    "random-tree",
    "chain",
    "star",
    "binary",
    "caterpillar",
    "pairs",
    "topology-1",
    "topology-2",
    "topology-3",
    "topology-4",
]


class GeneratorOptions(Options):
    """Options of the allocation generator."""

    servers: int = Field(
        10, ge=1, le=2_000_000, description="number of servers, the master included"
    )
    shape: Shape = Field(
        "erdos-renyi",
        description="the network; trees carry links away from the master only; the"
        " paper's topologies fix the number of servers",
    )
    edge_probability: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="Erdős–Rényi: probability that two servers are linked; default"
        " 1.5 ln(n)/n, at which most networks are connected",
    )
    subtrees: int | None = Field(
        None, ge=1, description="random-tree: children of the master; default: random"
    )
    ghz_low: float = Field(1.0, gt=0, description="slowest processor, GHz")
    ghz_high: float = Field(10.0, gt=0, description="fastest processor, GHz")
    gbps_low: float = Field(10.0, gt=0, description="slowest link, Gbit/s")
    gbps_high: float = Field(100.0, gt=0, description="fastest link, Gbit/s")
    capacitance: float = Field(0.01, ge=0, description="γ, J per (Gcycle GHz²)")
    tx_watt: float = Field(1.0, ge=0, description="e, W (30 dBm is 1 W)")
    size_gbit: float = Field(10.0, ge=0, description="task size Y, Gbit")
    gcycles_per_gbit: float = Field(1.0, gt=0, description="b, Gcycles per Gbit")
    weight_time: float = Field(0.5, ge=0, description="w1")
    weight_energy: float = Field(0.05, ge=0, description="w2")
    name: str | None = Field(None, description="name of the instance")

    @model_validator(mode="after")
    def _ordered(self) -> GeneratorOptions:
        for low, high in (("ghz_low", "ghz_high"), ("gbps_low", "gbps_high")):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} is above {high}; swap them")
        if self.shape == "erdos-renyi":
            links = (self.edge_probability or 0.0) * self.servers * (self.servers - 1)
            if links > MAX_LINKS:
                raise ValueError(
                    f"edge_probability {self.edge_probability!r} makes some {links:.2g}"
                    f" links; an instance has at most {MAX_LINKS}"
                )
        elif self.edge_probability is not None:
            raise ValueError(
                "edge_probability has no effect on shape"
                f" {self.shape!r}; leave it out, or take erdos-renyi"
            )
        if self.subtrees is not None and self.shape != "random-tree":
            raise ValueError(
                f"subtrees has no effect on shape {self.shape!r}; leave it out, or take"
                " random-tree"
            )
        if self.subtrees is not None and self.subtrees >= self.servers:
            raise ValueError(
                f"{self.servers} servers make at most {self.servers - 1} subtrees"
            )
        fixed = PAPER_TREES.get(self.shape)
        if fixed and "servers" in self.model_fields_set and self.servers != len(fixed):
            raise ValueError(
                f"{self.shape} has {len(fixed)} servers; leave servers out"
            )
        return self


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return a random instance's document.

    Parameters
    ----------
    options
        The network and the ranges to draw from.
    seed
        The same seed and options give the same instance.
    """
    rng = seeds.generator(seed, "instance", "allocation")
    links = _links(options, rng)
    count = len(PAPER_TREES.get(options.shape, range(options.servers)))
    ghz = rng.uniform(options.ghz_low, options.ghz_high, size=count)
    gbps = rng.uniform(options.gbps_low, options.gbps_high, size=len(links))
    chosen = options.model_dump(exclude_unset=True, exclude={"name"})
    return {
        "schema": "optkit/allocation",
        "schema_version": 1,
        "name": options.name or f"{options.shape}-{count}-seed-{seed}",
        "provenance": f"optkit generate allocation, seed {seed}, {chosen or 'defaults'}",
        "task": {
            "size_gbit": options.size_gbit,
            "gcycles_per_gbit": options.gcycles_per_gbit,
        },
        "weights": {"time": options.weight_time, "energy": options.weight_energy},
        "master": "0",
        "servers": [
            {
                "id": str(server),
                "ghz": float(ghz[server]),
                "capacitance": options.capacitance,
                "tx_watt": options.tx_watt,
            }
            for server in range(count)
        ],
        "links": [
            {"source": str(source), "target": str(target), "gbps": float(rate)}
            for (source, target), rate in zip(links, gbps, strict=True)
        ],
    }


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
