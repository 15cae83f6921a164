"""Options of the sync generator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from optkit.network.options import ChangingNetwork
from optkit.sync.data.network import MeshOptions

RANDOM_MESH = ("routers", "devices", "farthest", "rate")
"""Options that describe a random mesh."""

GIVEN_MESH = ("mesh", "devices_per_router", "payload_kbit")
"""Options that describe how a given network becomes a mesh."""


class GeneratorOptions(MeshOptions, ChangingNetwork):
    """Options of the sync generator: a random mesh, or a given network."""

    mesh: Literal["full", "neighbours"] = Field(
        "full",
        description="With network: which routers notify which: all that a path leads to,"
        " or those at the other end of a link.",
    )
    devices_per_router: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="With network: devices of each router; by default, the nodes with the"
        " role device, or else one per router.",
    )
    payload_kbit: float = Field(
        8.0,
        gt=0,
        description="With network: size of a notification, kbit; with the rates and"
        " latencies of its path, it gives the time that it takes.",
    )

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

    @model_validator(mode="after")
    def _one_network(self) -> GeneratorOptions:
        wrong = GIVEN_MESH if self.network is None else RANDOM_MESH
        given = [name for name in wrong if name in self.model_fields_set]
        if given:
            where = "without" if self.network is None else "with"
            raise ValueError(
                f"{', '.join(given)}: no effect {where} network; leave it out"
            )
        if self.network is not None and self.payload == 0.0:
            raise ValueError(
                "payload 0 with network: a notification without payload takes no time;"
                " give more than 0"
            )
        return self
