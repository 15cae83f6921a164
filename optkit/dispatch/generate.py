"""Random dispatch instances: a Barabási–Albert network, and its sample path.

Defaults are the parameters of the authors' code nearest to the paper's text (Sec. VI-A):
15 access points, 10 servers, 10 types, broadcast intervals of 25 slots of 20 ms.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from optkit.core import seeds
from optkit.core.options import Options
from optkit.dispatch.instance import MAX_JOBS


class GeneratorOptions(Options):
    """Options of the dispatch generator."""

    aps: int = Field(15, ge=1, le=5000, description="access points K")
    servers: int = Field(
        10, ge=1, le=5000, description="servers M, the cloud included if there is one"
    )
    types: int = Field(10, ge=1, le=1000, description="job types J")
    cloud: bool = Field(True, description="the last server is a cloud that all reach")
    attachment: int = Field(
        3, ge=1, description="links that each new access point brings (Barabási–Albert)"
    )
    intervals: int = Field(250, ge=1, le=1_000_000, description="broadcast intervals T")
    slots: int = Field(25, ge=1, le=10_000, description="slots of an interval, t_B")
    slot_seconds: float = Field(0.02, gt=0, description="length of a slot, s")
    arrival: float = Field(
        0.02, ge=0, le=1, description="arrival probability λ of each type, per slot"
    )
    arrival_spread: float = Field(
        0.0, ge=0, le=1, description="λ is drawn within this share around its value"
    )
    upload_intervals: float = Field(
        3.0, ge=0, le=100, description="longest upload Ξ, in intervals"
    )
    service: float = Field(
        28.0, ge=1, description="mean service c of an edge server, slots, ± 1"
    )
    cloud_speed: float = Field(
        6.0, gt=0, description="how many times faster the cloud is"
    )
    signal_slot: int | None = Field(
        None,
        ge=0,
        description="slot at which observations arrive; default 0.64 of an interval",
    )
    queue_limit: int = Field(60, ge=1, description="room in each queue, L_max")
    discount: float = Field(0.95, ge=0, lt=1, description="γ, per interval")
    overflow_penalty: float = Field(120.0, ge=0, description="β, jobs")
    drop_penalty: float | None = Field(
        None,
        ge=0,
        description="in jobs, for each drop; default the overflow penalty, since without"
        " it the objective rewards dropping; 0 as in the paper",
    )
    name: str | None = Field(None, description="name of the instance")

    @model_validator(mode="after")
    def _possible(self) -> GeneratorOptions:
        if self.signal_slot is not None and self.signal_slot > self.slots:
            raise ValueError(
                f"signal_slot {self.signal_slot} is past the interval's {self.slots}"
                " slots"
            )
        jobs = self.aps * self.types * self.arrival * self.intervals * self.slots
        if jobs > 0.9 * MAX_JOBS:
            raise ValueError(
                f"some {jobs:.3g} jobs would arrive; an instance has at most {MAX_JOBS}"
            )
        return self


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return a random instance's document.

    Parameters
    ----------
    options
        What to draw.
    seed
        The same seed and options give the same instance.
    """
    draw = seeds.generator(seed, "instance", "dispatch", "model")
    edges = options.servers - options.cloud
    beside = _places(draw, options.aps, edges)
    reach = _reach(options, beside, seed)
    document = _model(options, beside, reach, draw)
    document["jobs"] = arrivals(
        np.asarray(document["arrival_probability"]),
        options.intervals * options.slots,
        seeds.generator(seed, "instance", "dispatch", "jobs"),
    )
    path = seeds.generator(seed, "instance", "dispatch", "signals")
    document["signal_u"] = path.random((options.intervals, options.aps)).tolist()
    return {
        "schema": "optkit/dispatch",
        "schema_version": 1,
        "name": options.name
        or f"barabasi-albert-{options.aps}x{options.servers}x{options.types}-{seed}",
        "provenance": f"optkit generate dispatch, seed {seed},"
        f" {options.model_dump_json(exclude={'name'}, exclude_defaults=True)}",
        **document,
    }


def _places(draw: np.random.Generator, aps: int, edges: int) -> list[int]:
    """Return the access point of each edge server; shared only where there are too few."""
    order: list[int] = []
    while len(order) < edges:
        order += draw.permutation(aps).tolist()
    return order[:edges]


def _reach(
    options: GeneratorOptions, beside: list[int], seed: int
) -> npt.NDArray[np.bool_]:
    """Return (K, M): own and neighbours' servers, and the cloud.

    An access point that would reach none reaches the nearest server in hops.
    """
    import networkx as nx

    state = int(seeds.generator(seed, "instance", "dispatch", "graph").integers(2**31))
    links = min(options.attachment, options.aps - 1)
    graph = (
        nx.barabasi_albert_graph(options.aps, links, seed=state)
        if links
        else nx.empty_graph(options.aps)
    )
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
    options: GeneratorOptions,
    beside: list[int],
    reach: npt.NDArray[np.bool_],
    draw: np.random.Generator,
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
                row.append([_upload_law(draw, longest) for _ in range(options.types)])
        upload.append(row)
    service = options.service + draw.integers(-1, 2, size=(servers, options.types))
    if options.cloud:
        service[-1] = service[-1] / options.cloud_speed
    spread = draw.uniform(
        -options.arrival_spread, options.arrival_spread, size=(aps, options.types)
    )
    given = options.signal_slot
    slot = round(0.64 * options.slots) if given is None else given
    drop = options.drop_penalty
    return {
        "slots_per_interval": options.slots,
        "intervals": options.intervals,
        "slot_seconds": options.slot_seconds,
        "aps": [f"a{k}" for k in range(aps)],
        "servers": [
            {"id": names[m], "kind": "edge", "ap": f"a{beside[m]}"}
            if m < len(beside)
            else {"id": names[m], "kind": "cloud", "ap": None}
            for m in range(servers)
        ],
        "job_types": [f"t{j}" for j in range(options.types)],
        "candidates": [[names[m] for m in np.flatnonzero(row)] for row in reach],
        "arrival_probability": np.clip(
            options.arrival * (1.0 + spread), 0.0, 1.0
        ).tolist(),
        "upload_pmf": upload,
        "mean_service_slots": np.maximum(service, 1.0).tolist(),
        "queue_limit": options.queue_limit,
        "signal_latency_pmf": [[0.0] * slot + [1.0] for _ in range(aps)],
        "discount": options.discount,
        "overflow_penalty": options.overflow_penalty,
        "drop_penalty": options.overflow_penalty if drop is None else drop,
        "initial": {"queues": None, "in_transit": None},
    }


def _upload_law(draw: np.random.Generator, longest: int) -> list[float]:
    """Return a normal law on 1 … Ξ slots, its mean in the last sixth of them.

    The mean is drawn from 62/75 Ξ to Ξ, and three deviations reach past Ξ by one slot, as
    in the authors' code.
    """
    slots = np.arange(1, longest + 1)
    low = min(longest, math.ceil(longest * 62 / 75))
    mean = int(draw.integers(low, longest + 1))
    deviation = (longest + 1 - mean) / 3.0
    weight = np.exp(-0.5 * ((slots - mean) / deviation) ** 2)
    # Masses under 1e-12 say nothing and make long files.
    law = np.where(weight < 1e-12 * weight.max(), 0.0, weight)
    return [0.0, *(law / law.sum()).tolist()]


def arrivals(
    probability: npt.NDArray[np.float64], slots: int, draw: np.random.Generator
) -> dict[str, list[Any]]:
    """Return the jobs of independent Bernoulli arrivals, with their quantiles.

    Parameters
    ----------
    probability
        (K, J), per slot.
    slots
        Slots of the sample path.
    draw
        Random numbers.
    """
    aps, types = probability.shape
    found: list[npt.NDArray[np.int64]] = []
    for k in range(aps):
        for j in range(types):
            when = np.flatnonzero(draw.random(slots) < probability[k, j])
            found.append(np.stack([when, np.full_like(when, k), np.full_like(when, j)]))
    slot, ap, kind = np.concatenate(found, axis=1)
    order = np.lexsort((kind, ap, slot))
    return quantiles(slot[order], ap[order], kind[order], draw)


def quantiles(
    slot: npt.NDArray[np.int64],
    ap: npt.NDArray[np.int64],
    kind: npt.NDArray[np.int64],
    draw: np.random.Generator,
) -> dict[str, list[Any]]:
    """Return given arrivals as the instance's jobs, with quantiles drawn for them."""
    return {
        "slot": slot.tolist(),
        "ap": ap.tolist(),
        "type": kind.tolist(),
        "upload_u": draw.random(len(slot)).tolist(),
        "service_u": draw.random(len(slot)).tolist(),
    }
