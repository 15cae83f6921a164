"""Allocation instances: of a given network, or of random networks.

Random networks are Erdős–Rényi, trees of a given shape, or the paper's trees.

Rates, speeds and weights default to the paper's ranges (Sec. VII-A), with b = 1 Gcycle per
Gbit: the paper prints 10⁶ cycles per Gbit, at which offloading never pays at its rates.
"""

from __future__ import annotations

from typing import Any

from optkit.allocation.data.documents import instance_document
from optkit.allocation.data.from_network import instance_from_network
from optkit.allocation.data.options import GeneratorOptions as GeneratorOptions
from optkit.core.solving import seeds
from optkit.network.random_networks import node_count, shape_links, speeds_and_rates


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
    count = node_count(options.shape, options.servers)
    links = shape_links(options.shape, count, options, rng)
    ghz, gbps = speeds_and_rates(options, count, len(links), rng)
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
