"""Random sync instances: a full mesh of routers, and devices with random loads."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from optkit.core.solving import seeds
from optkit.sync.data.load_series import autoregressive, plateau_burst
from optkit.sync.data.network import MeshOptions, document


class GeneratorOptions(MeshOptions):
    """Options of the sync generator."""

    slot_seconds: float = Field(60.0, gt=0, description="length of a slot, s")
    load: Literal["plateau-burst", "autoregressive"] = Field(
        "plateau-burst", description="kind of load series"
    )
    bursts: float = Field(
        0.02, ge=0, le=1, description="plateau-burst: bursts of a device per slot"
    )
    persistence: float = Field(
        0.95, ge=0, lt=1, description="autoregressive: correlation from slot to slot"
    )
    deviation: float = Field(
        12.0, ge=0, description="autoregressive: standard deviation, percent"
    )


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return a random instance's document.

    Parameters
    ----------
    options
        Size of the instance, kind of loads, and settings of the model.
    seed
        The same seed and options give the same instance.
    """
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
