"""Dispatch instances with a random sample path: on a given network, or a random one.

Random networks are Barabási–Albert networks.

Defaults are the parameters of the authors' code nearest to the paper's text (Sec. VI-A):
15 access points, 10 servers, 10 types, broadcast intervals of 25 slots of 20 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.errors import UsageError
from optkit.core.solving import seeds
from optkit.dispatch.data.from_changing_network import changing_model
from optkit.dispatch.data.from_network import Model, network_model
from optkit.dispatch.data.network import network
from optkit.dispatch.data.options import GeneratorOptions as GeneratorOptions
from optkit.dispatch.instance import MAX_JOBS


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return the document of an instance, on a given network or on a random one.

    Parameters
    ----------
    options
        What to draw.
    seed
        The same seed and options give the same instance.
    """
    rng = seeds.generator(seed, "instance", "dispatch", "model")
    later: list[Model] = []
    if options.then:
        model, later = changing_model(options, seed)
    elif options.network is not None:
        model = network_model(options, seed)
    else:
        model = _random_model(options, seed, rng)
    aps, types = len(model.document["aps"]), len(model.document["job_types"])
    jobs = aps * types * options.arrival * options.intervals * options.slots
    if jobs > 0.9 * MAX_JOBS:
        raise UsageError(
            f"generator dispatch: some {jobs:.3g} jobs would arrive; an instance has at"
            f" most {MAX_JOBS}."
        )
    spread = rng.uniform(
        -options.arrival_spread, options.arrival_spread, size=(aps, types)
    )
    mean = np.full((aps, 1), options.arrival)
    if model.shares is not None:
        mean = mean * model.shares[:, None]
    probability = np.clip(mean * (1.0 + spread), 0.0, 1.0)
    parts = [dict(part.document) for part in (model, *later)]
    present = [part.pop("present", None) for part in parts]
    rates = [
        probability
        if here is None
        else np.where(np.array(here)[:, None], probability, 0.0)
        for here in present
    ]
    starts = [0, *(at * options.slots for at in options.at)]
    document = {
        "schema": "optkit/dispatch",
        "schema_version": 1,
        "name": model.name,
        "provenance": model.provenance,
        **parts[0],
        "intervals": options.intervals,
        "arrival_probability": rates[0].tolist(),
        "jobs": arrivals(
            rates,
            options.intervals * options.slots,
            seeds.generator(seed, "instance", "dispatch", "jobs"),
            starts,
        ),
        "signal_u": signals(options.intervals, aps, seed),
    }
    if later:
        # Nobody is told of queues by messages on a network that changes.
        document.pop("message_hops", None)
        document["changes"] = [
            _change(at, part, rate.tolist())
            for at, part, rate in zip(options.at, parts[1:], rates[1:], strict=True)
        ]
    return document


def _change(
    interval: int, part: dict[str, Any], arrival: list[list[float]]
) -> dict[str, Any]:
    """Return what is in force from an interval on."""
    return {
        "interval": interval,
        "candidates": part["candidates"],
        "arrival_probability": arrival,
        "upload_pmf": part["upload_pmf"],
        "mean_service_slots": part["mean_service_slots"],
    }


def _random_model(
    options: GeneratorOptions, seed: int, rng: np.random.Generator
) -> Model:
    """Return a model on a random network."""
    return Model(
        network(options, seed, rng),
        options.name
        or f"barabasi-albert-{options.aps}x{options.servers}x{options.types}-{seed}",
        f"optkit generate dispatch, seed {seed},"
        f" {options.model_dump_json(exclude={'name'}, exclude_defaults=True)}",
    )


def signals(intervals: int, aps: int, seed: int) -> list[list[float]]:
    """Return the quantiles of the signal latencies, [t][k]."""
    rng = seeds.generator(seed, "instance", "dispatch", "signals")
    path: list[list[float]] = rng.random((intervals, aps)).tolist()
    return path


def arrivals(
    probability: Floats | Sequence[Floats],
    slots: int,
    rng: np.random.Generator,
    starts: Sequence[int] = (0,),
) -> dict[str, list[Any]]:
    """Return the jobs of independent Bernoulli arrivals, with their quantiles.

    Parameters
    ----------
    probability
        (K, J), per slot; or several of these, one after another.
    slots
        Slots of the sample path.
    rng
        Random numbers.
    starts
        The first slot of each of them.
    """
    rates = [probability] if isinstance(probability, np.ndarray) else list(probability)
    aps, types = rates[0].shape
    spans = np.diff([*starts, slots])
    streams: list[Ints] = []
    for k in range(aps):
        for j in range(types):
            rate = np.repeat([part[k, j] for part in rates], spans)
            when = np.flatnonzero(rng.random(slots) < rate)
            streams.append(
                np.stack([when, np.full_like(when, k), np.full_like(when, j)])
            )
    slot, ap, kind = np.concatenate(streams, axis=1)
    order = np.lexsort((kind, ap, slot))
    return quantiles(slot[order], ap[order], kind[order], rng)


def quantiles(
    slot: Ints,
    ap: Ints,
    kind: Ints,
    rng: np.random.Generator,
) -> dict[str, list[Any]]:
    """Return given arrivals as the instance's jobs, with quantiles drawn for them."""
    return {
        "slot": slot.tolist(),
        "ap": ap.tolist(),
        "type": kind.tolist(),
        "upload_u": rng.random(len(slot)).tolist(),
        "service_u": rng.random(len(slot)).tolist(),
    }
