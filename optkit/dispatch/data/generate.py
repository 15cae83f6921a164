"""Random dispatch instances: a Barabási–Albert network, and its sample path.

Defaults are the parameters of the authors' code nearest to the paper's text (Sec. VI-A):
15 access points, 10 servers, 10 types, broadcast intervals of 25 slots of 20 ms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

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
        0.0, ge=0, le=1, description="λ is drawn within this share around its value"
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
    draw = seeds.generator(seed, "instance", "dispatch", "model")
    model = network(options, seed, draw)
    spread = draw.uniform(
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
    path = seeds.generator(seed, "instance", "dispatch", "signals")
    drawn: list[list[float]] = path.random((intervals, aps)).tolist()
    return drawn


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
