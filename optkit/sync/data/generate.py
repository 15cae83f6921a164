"""Sync instances with random loads: of a full mesh of routers, or of a given network."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from optkit.core.solving import seeds
from optkit.sync.data.from_changing_network import instance_from_changing_network
from optkit.sync.data.from_network import instance_from_network
from optkit.sync.data.load_series import autoregressive, plateau_burst
from optkit.sync.data.network import document
from optkit.sync.data.options import GeneratorOptions as GeneratorOptions


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return the document of an instance, of a given network or of a random mesh.

    Parameters
    ----------
    options
        Size of the instance, kind of loads, and settings of the model.
    seed
        The same seed and options give the same instance.
    """
    if options.then:
        return instance_from_changing_network(
            options, partial(_load, options, seed), seed
        )
    if options.network is not None:
        return instance_from_network(options, partial(_load, options, seed), seed)
    series = {
        f"d{index}": _load(options, seed, index) for index in range(options.devices)
    }
    size = f"{options.routers}x{options.devices}x{options.slots}"
    settings = options.model_dump_json(exclude={"name"}, exclude_defaults=True)
    return document(
        options,
        series,
        options.slot_seconds,
        seed,
        name=f"{options.load}-{size}-{seed}",
        provenance=f"optkit generate sync, seed {seed}, {settings}",
    )


def _load(options: GeneratorOptions, seed: int, index: int) -> list[float]:
    """Return the load of one device, rounded to a hundredth of a percent."""
    rng = seeds.generator(seed, "instance", "sync", "load", index)
    if options.load == "plateau-burst":
        series = plateau_burst(options.slots, options.bursts, rng)
    else:
        series = autoregressive(
            options.slots, options.persistence, options.deviation, rng
        )
    rounded: list[float] = np.round(series, 2).tolist()
    return rounded
