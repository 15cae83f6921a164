"""Random dispatch instances: a Barabási–Albert network, and its sample path.

Defaults are the parameters of the authors' code nearest to the paper's text (Sec. VI-A):
15 access points, 10 servers, 10 types, broadcast intervals of 25 slots of 20 ms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field, model_validator

from optkit.core.arrays import Floats, Ints
from optkit.core.solving import seeds
from optkit.dispatch.data.network import network
from optkit.dispatch.data.network_options import NetworkOptions
from optkit.dispatch.instance import MAX_JOBS


class GeneratorOptions(NetworkOptions):
    """Options of the dispatch generator."""

    intervals: int = Field(250, ge=1, le=1_000_000, description="broadcast intervals T")
    arrival: float = Field(
        0.02, ge=0, le=1, description="arrival probability λ of each type, per slot"
    )
    arrival_spread: float = Field(
        0.0,
        ge=0,
        le=1,
        description="each λ is drawn within this share above or below --arrival",
    )

    @model_validator(mode="after")
    def _not_too_many(self) -> GeneratorOptions:
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
    rng = seeds.generator(seed, "instance", "dispatch", "model")
    model = network(options, seed, rng)
    spread = rng.uniform(
        -options.arrival_spread,
        options.arrival_spread,
        size=(options.aps, options.types),
    )
    probability = np.clip(options.arrival * (1.0 + spread), 0.0, 1.0)
    return {
        "schema": "optkit/dispatch",
        "schema_version": 1,
        "name": options.name
        or f"barabasi-albert-{options.aps}x{options.servers}x{options.types}-{seed}",
        "provenance": f"optkit generate dispatch, seed {seed},"
        f" {options.model_dump_json(exclude={'name'}, exclude_defaults=True)}",
        **model,
        "intervals": options.intervals,
        "arrival_probability": probability.tolist(),
        "jobs": arrivals(
            probability,
            options.intervals * options.slots,
            seeds.generator(seed, "instance", "dispatch", "jobs"),
        ),
        "signal_u": signals(options.intervals, options.aps, seed),
    }


def signals(intervals: int, aps: int, seed: int) -> list[list[float]]:
    """Return the quantiles of the signal latencies, [t][k]."""
    rng = seeds.generator(seed, "instance", "dispatch", "signals")
    path: list[list[float]] = rng.random((intervals, aps)).tolist()
    return path


def arrivals(
    probability: Floats, slots: int, rng: np.random.Generator
) -> dict[str, list[Any]]:
    """Return the jobs of independent Bernoulli arrivals, with their quantiles.

    Parameters
    ----------
    probability
        (K, J), per slot.
    slots
        Slots of the sample path.
    rng
        Random numbers.
    """
    aps, types = probability.shape
    streams: list[Ints] = []
    for k in range(aps):
        for j in range(types):
            when = np.flatnonzero(rng.random(slots) < probability[k, j])
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
