"""Routers, links and settings of the model, shared by the generator and the importers.

The defaults are five routers in a full mesh (Sec. IV), and for what the paper does not say,
the values that ``docs/sync.md`` chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving import seeds


class MeshOptions(Options):
    """Options for the routers, their links, and the settings of the model."""

    routers: int = Field(5, ge=1, le=2000, description="routers R, in a full mesh")
    devices: int = Field(
        5, ge=1, le=100_000, description="devices N, assigned to the routers in turn"
    )
    slots: int = Field(300, ge=1, le=1_000_000, description="slots T")
    transmit: int = Field(1, ge=0, description="slots that a report takes, t_trans")
    farthest: int = Field(
        3,
        ge=1,
        description="largest number of hops γ of a link; each is drawn from 1 to this",
    )
    payload: float = Field(1.0, ge=0, description="size d of a notification")
    rate: float = Field(10.0, gt=0, description="payload transmitted per slot")
    header_cost: float = Field(
        0.2, ge=0, description="cost O_0 of a notification's header, per hop"
    )
    age_tolerance: float = Field(
        10.0,
        gt=0,
        description="age ξ by which ages are divided in the objective, slots",
    )
    weight_age: float = Field(1.0, ge=0, description="weight of age, ω1")
    weight_error: float = Field(
        0.05, ge=0, description="weight of error, ω2, per percent"
    )
    weight_cost: float = Field(0.1, ge=0, description="weight of cost, ω3")
    weight_report: float = Field(
        0.0, ge=0, description="weight of a report; 0 in the paper"
    )
    error: Literal["held", "true"] = Field(
        "held",
        description="errors are measured against the value that the sending router"
        " holds (held), or against the true load (true)",
    )
    max_device_age: float = Field(
        12.0, ge=0, description="largest age φ of a device's value, slots"
    )
    max_pair_age: float = Field(
        20.0, ge=0, description="largest age Φ of a pair, slots"
    )
    reconstruction: Literal["cubic", "pchip"] = Field(
        "pchip",
        description="curve through the reports by which a series is reconstructed; the"
        " paper uses cubic",
    )
    name: str | None = Field(None, description="name of the instance")


def document(
    options: MeshOptions,
    series: Mapping[str, Sequence[float]],
    slot_seconds: float,
    seed: int,
    name: str,
    provenance: str,
) -> dict[str, Any]:
    """Return the document of an instance with given loads.

    Parameters
    ----------
    options
        The mesh and the settings of the model.
    series
        By the device's id, its load in percent in every slot.
    slot_seconds
        Length of a slot, s.
    seed
        Seed of the hops.
    name
        Name of the instance where the options give none.
    provenance
        Origin of the loads.
    """
    routers = [f"r{index}" for index in range(options.routers)]
    devices = [
        {
            "id": device,
            "router": routers[index % options.routers],
            "transmit_slots": options.transmit,
            "load_percent": list(load),
        }
        for index, (device, load) in enumerate(series.items())
    ]
    return settings_document(
        options,
        name=options.name or name,
        provenance=provenance,
        slot_seconds=slot_seconds,
        routers=routers,
        devices=devices,
        links=_links(options, routers, len(devices), seed),
    )


def settings_document(
    options: MeshOptions,
    *,
    name: str,
    provenance: str,
    slot_seconds: float,
    routers: Sequence[str],
    devices: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the document of an instance, with the settings of the model from options.

    Parameters
    ----------
    options
        The settings of the model.
    name, provenance, slot_seconds, routers, devices, links
        As in the document.
    """
    return {
        "schema": "optkit/sync",
        "schema_version": 1,
        "name": name,
        "provenance": provenance,
        "slots": options.slots,
        "slot_seconds": slot_seconds,
        "routers": routers,
        "devices": devices,
        "links": links,
        "header_cost": options.header_cost,
        "age_tolerance": options.age_tolerance,
        "weights": {
            "age": options.weight_age,
            "error": options.weight_error,
            "cost": options.weight_cost,
            "report": options.weight_report,
        },
        "reading": {"error": options.error},
        "max_device_age": options.max_device_age,
        "max_pair_age": options.max_pair_age,
        "reconstruction": options.reconstruction,
    }


def _links(
    options: MeshOptions, routers: list[str], devices: int, seed: int
) -> list[dict[str, Any]]:
    """Return links from each router with devices to all others; hops are symmetric."""
    rng = seeds.generator(seed, "instance", "sync", "hops")
    hops = rng.integers(1, options.farthest, size=(len(routers),) * 2, endpoint=True)
    hops = np.triu(hops) + np.triu(hops, 1).T
    sources = routers[:devices]
    return [
        {
            "source": source,
            "target": target,
            "hops": int(hops[p, q]),
            "payload": options.payload,
            "rate": options.rate,
        }
        for p, source in enumerate(sources)
        for q, target in enumerate(routers)
        if p != q
    ]
