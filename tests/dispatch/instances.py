"""Small dispatch instances for the tests."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from optkit.core.solving import seeds
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.observation import Observation, Observer
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator


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
    position = {server.id: index for index, server in enumerate(instance.servers)}
    return tuple(
        position[str(rng.choice(list(instance.candidates[ap])))]
        for ap in instance.jobs.ap
    )


def crowded_data(seed: int) -> ProblemData:
    """Return a tiny crowded world where dropped jobs cost nothing, of one type."""
    rng = seeds.generator(seed, "test", "crowd")
    options = GeneratorOptions(
        aps=int(rng.integers(1, 4)),
        servers=int(rng.integers(1, 4)),
        types=1,
        cloud=bool(rng.integers(2)),
        cloud_speed=1.5,
        intervals=int(rng.integers(2, 8)),
        slots=int(rng.integers(1, 6)),
        arrival=float(rng.uniform(0.1, 0.6)),
        service=float(rng.uniform(2.0, 9.0)),
        upload_intervals=float(rng.uniform(0.2, 1.5)),
        queue_limit=int(rng.integers(1, 5)),
        overflow_penalty=0.5 * float(rng.integers(2)),
        drop_penalty=0.0,
    )
    return problem_data(DispatchInstance.parse(generate(options, seed)))


def crowded_boundary(
    seed: int, **settings: Any
) -> tuple[ProblemData, list[Observation]]:
    """Return a small network some intervals in, actions drawn, and what is seen of it."""
    options = GeneratorOptions.model_validate(
        {
            "aps": 6,
            "servers": 5,
            "types": 2,
            "attachment": 1,
            "slots": 8,
            "intervals": 6,
            "arrival": 0.15,
            "service": 5.0,
            "upload_intervals": 1.5,
            "queue_limit": 6,
            "overflow_penalty": 9.0,
            **settings,
        }
    )
    data = problem_data(DispatchInstance.parse(generate(options, seed)))
    rng = np.random.default_rng(seed)
    actions = np.array(
        [rng.choice(np.flatnonzero(row), options.types) for row in data.candidate]
    )
    state = Simulator(data)
    slots = 4 * options.slots
    jobs = state.arrivals(slots)
    state.advance(slots, actions[data.ap[jobs], data.kind[jobs]])
    return data, Observer(data).observe(4, actions, state.queues, state.transit)


def paper_data(seed: int, **settings: object) -> ProblemData:
    """Return a small network of the paper's kind."""
    options = GeneratorOptions.model_validate(
        {"aps": 6, "servers": 5, "types": 2, "intervals": 80, **settings}
    )
    return problem_data(DispatchInstance.parse(generate(options, seed)))


def queue_kernel(arrivals: np.ndarray, rate: float, limit: int) -> np.ndarray:
    """Return the one-slot kernel as a matrix, from its definition."""
    matrix = np.zeros((limit + 1, limit + 1))
    for length in range(limit + 1):
        for count, chance in enumerate(arrivals):
            reached = min(limit, length + count)
            if reached == 0:
                matrix[0, 0] += chance
                continue
            matrix[length, reached] += chance * (1 - rate)
            matrix[length, reached - 1] += chance * rate
    return matrix


def simulated(
    instance: DispatchInstance, target: tuple[int, ...], parts: int
) -> Simulator:
    """Return the system after its last slot, moved on in several calls."""
    data = problem_data(instance)
    ordered = np.array(target, dtype=np.int64)[data.job]
    system = Simulator(data)
    cuts = np.linspace(0, data.horizon, parts + 1).astype(int)
    for begin, end in itertools.pairwise(cuts):
        jobs = system.arrivals(int(end - begin))
        system.advance(int(end - begin), ordered[jobs])
    return system
