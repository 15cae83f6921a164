"""Small dispatch instances for the tests."""

from __future__ import annotations

from typing import Any

from optkit.core.solving import seeds
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance


def tiny_document() -> dict[str, Any]:
    """Return two access points, an edge server and a cloud, and four jobs."""
    return {
        "schema": "optkit/dispatch",
        "schema_version": 1,
        "name": "tiny",
        "slots_per_interval": 4,
        "intervals": 3,
        "slot_seconds": 0.5,
        "aps": ["a0", "a1"],
        "servers": [
            {"id": "s0", "kind": "edge", "ap": "a0"},
            {"id": "cloud", "kind": "cloud", "ap": None},
        ],
        "job_types": ["t0"],
        "candidates": [["s0", "cloud"], ["cloud"]],
        "arrival_probability": [[0.2], [0.1]],
        "upload_pmf": [[[[0.5, 0.5]], [[0, 0, 1.0]]], [None, [[0, 0, 0, 1.0]]]],
        "mean_service_slots": [[3.0], [1.0]],
        "queue_limit": 2,
        "signal_latency_pmf": [[0, 1.0], [0, 0.5, 0.5]],
        "discount": 0.9,
        "overflow_penalty": 10.0,
        "drop_penalty": 6.0,
        "initial": {"queues": None, "in_transit": None},
        "jobs": {
            "slot": [0, 0, 1, 2, 5],
            "ap": [0, 0, 0, 0, 1],
            "type": [0, 0, 0, 0, 0],
            "upload_u": [0.6, 0.2, 0.1, 0.1, 0.0],
            "service_u": [0.0, 0.9, 0.5, 0.5, 0.3],
        },
        "signal_u": [[0.0, 0.0], [0.5, 0.7], [0.9, 0.2]],
    }


def tiny() -> DispatchInstance:
    """Return the instance of :func:`tiny_document`."""
    return DispatchInstance.parse(tiny_document())


def random_instance(seed: int) -> DispatchInstance:
    """Return a random small instance with crowded queues and jobs out of order."""
    rng = seeds.generator(seed, "test", "dispatch")
    document = generate(
        GeneratorOptions(
            aps=int(rng.integers(1, 6)),
            servers=int(rng.integers(1, 5)),
            types=int(rng.integers(1, 3)),
            cloud=bool(rng.integers(2)),
            intervals=int(rng.integers(1, 12)),
            slots=int(rng.integers(1, 8)),
            arrival=float(rng.uniform(0.02, 0.5)),
            service=float(rng.uniform(2.0, 12.0)),
            upload_intervals=float(rng.uniform(0.2, 3.0)),
            queue_limit=int(rng.integers(1, 6)),
            overflow_penalty=float(rng.integers(4)),
        ),
        seed,
    )
    if rng.integers(2):  # some uploads take no time at all
        laws = next(laws for laws in document["upload_pmf"][0] if laws)
        laws[0] = [0.5, 0.5]
    order = rng.permutation(len(document["jobs"]["slot"]))
    document["jobs"] = {
        key: [values[i] for i in order] for key, values in document["jobs"].items()
    }
    return DispatchInstance.parse(document)


def random_target(instance: DispatchInstance, seed: int) -> tuple[int, ...]:
    """Return a random candidate for every job."""
    rng = seeds.generator(seed, "test", "target")
    place = {server.id: index for index, server in enumerate(instance.servers)}
    return tuple(
        place[str(rng.choice(list(instance.candidates[ap])))] for ap in instance.jobs.ap
    )
