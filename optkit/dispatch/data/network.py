"""The model part of a dispatch instance: the candidate servers, and the laws.

Shared by the generator, which draws the arrivals too, and by the importers, which take
them from a trace.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from optkit.dispatch.data.network_options import NetworkOptions
from optkit.network.random_networks import barabasi_albert


def network(
    options: NetworkOptions, seed: int, rng: np.random.Generator
) -> dict[str, Any]:
    """Return the part of an instance's document that does not depend on arrivals.

    Parameters
    ----------
    options
        What to draw.
    seed
        Of the graph.
    rng
        Random numbers for the places of servers, latencies and services.

    Returns
    -------
    dict
        Without name, provenance, number of intervals, arrivals and sample path.
    """
    edges = options.servers - options.cloud
    beside = _places(rng, options.aps, edges)
    return _model(options, beside, _reach(options, beside, seed), rng)


def _places(rng: np.random.Generator, aps: int, edges: int) -> list[int]:
    """Return the access point of each edge server; shared only if there are too few."""
    order: list[int] = []
    while len(order) < edges:
        order += rng.permutation(aps).tolist()
    return order[:edges]


def _reach(
    options: NetworkOptions, beside: list[int], seed: int
) -> npt.NDArray[np.bool_]:
    """Return (K, M): whether a server is the access point's own, a neighbour's, or a cloud.

    An access point that would reach no server reaches the one with the fewest hops.
    """
    import networkx as nx

    graph = barabasi_albert(options.aps, options.attachment, seed)
    reach = np.zeros((options.aps, options.servers), dtype=bool)
    for server, home in enumerate(beside):
        reach[[home, *graph.neighbors(home)], server] = True
    if options.cloud:
        reach[:, -1] = True
    for ap in np.flatnonzero(~reach.any(axis=1)):
        hops = nx.single_source_shortest_path_length(graph, int(ap))
        nearest = min(range(len(beside)), key=lambda m: hops.get(beside[m], math.inf))
        reach[ap, nearest] = True
    return reach


def _model(
    options: NetworkOptions,
    beside: list[int],
    reach: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> dict[str, Any]:
    aps, servers = reach.shape
    longest = max(1, round(options.upload_intervals * options.slots))
    names = [f"s{m}" for m in range(len(beside))] + ["cloud"] * options.cloud
    upload: list[list[list[list[float]] | None]] = []
    for k in range(aps):
        row: list[list[list[float]] | None] = []
        for m in range(servers):
            if not reach[k, m]:
                row.append(None)
            elif m < len(beside) and beside[m] == k:
                # Collocated: the job leaves its access point after one slot.
                row.append([[0.0, 1.0] for _ in range(options.types)])
            else:
                row.append([_upload_law(rng, longest) for _ in range(options.types)])
        upload.append(row)
    service = options.service + rng.integers(-1, 2, size=(servers, options.types))
    if options.cloud:
        service[-1] = service[-1] / options.cloud_speed
    servers_of_model = [
        {"id": names[m], "kind": "edge", "ap": f"a{beside[m]}"}
        if m < len(beside)
        else {"id": names[m], "kind": "cloud", "ap": None}
        for m in range(servers)
    ]
    return model_document(
        options,
        [f"a{k}" for k in range(aps)],
        servers_of_model,
        [[names[m] for m in np.flatnonzero(row)] for row in reach],
        upload,
        np.maximum(service, 1.0).tolist(),
    )


def model_document(
    options: NetworkOptions,
    aps: list[str],
    servers: list[dict[str, Any]],
    candidates: list[list[str]],
    upload: list[list[list[list[float]] | None]],
    service: list[list[float]],
) -> dict[str, Any]:
    """Return the part of a document that does not depend on arrivals.

    Parameters
    ----------
    options
        Times, costs and types of jobs.
    aps, servers, candidates
        As in the document.
    upload
        The laws of uploads, ``upload_pmf``.
    service
        ``mean_service_slots``.
    """
    slot = options.signal_slot
    if slot is None:
        slot = round(0.64 * options.slots)
    drop = options.drop_penalty
    return {
        "slots_per_interval": options.slots,
        "slot_seconds": options.slot_seconds,
        "aps": aps,
        "servers": servers,
        "job_types": [f"t{j}" for j in range(options.types)],
        "candidates": candidates,
        "upload_pmf": upload,
        "mean_service_slots": service,
        "queue_limit": options.queue_limit,
        "signal_latency_pmf": [[0.0] * slot + [1.0] for _ in aps],
        "discount": options.discount,
        "overflow_penalty": options.overflow_penalty,
        "drop_penalty": options.overflow_penalty if drop is None else drop,
        "initial": {"queues": None, "in_transit": None},
    }


def _upload_law(rng: np.random.Generator, longest: int) -> list[float]:
    """Return a normal law on 1 … Ξ slots, its mean in the last sixth of them.

    The mean is drawn from 62/75 Ξ to Ξ, and the mean plus three deviations is Ξ + 1, as
    in the authors' code.
    """
    slots = np.arange(1, longest + 1)
    low = min(longest, math.ceil(longest * 62 / 75))
    mean = int(rng.integers(low, longest + 1))
    deviation = (longest + 1 - mean) / 3.0
    weight = np.exp(-0.5 * ((slots - mean) / deviation) ** 2)
    # Masses below 1e-12 of the largest change nothing and make long files.
    law = np.where(weight < 1e-12 * weight.max(), 0.0, weight)
    return [0.0, *(law / law.sum()).tolist()]
