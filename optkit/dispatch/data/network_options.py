"""Options of the model part of a dispatch instance; help pages import this module."""

from __future__ import annotations

from pydantic import Field, model_validator

from optkit.core.options import Options


class NetworkOptions(Options):
    """Options of the network, of its laws and of its costs."""

    aps: int = Field(15, ge=1, le=20_000, description="access points K")
    servers: int = Field(
        10, ge=1, le=5000, description="servers M, the cloud included if there is one"
    )
    types: int = Field(10, ge=1, le=1000, description="job types J")
    cloud: bool = Field(
        True,
        description="make the last server a cloud that all access points reach"
        " (--no-cloud: none)",
    )
    attachment: int = Field(
        3, ge=1, description="links that each new access point brings (Barabási–Albert)"
    )
    slots: int = Field(25, ge=1, le=10_000, description="slots of an interval, t_B")
    slot_seconds: float = Field(0.02, gt=0, description="length of a slot, s")
    upload_intervals: float = Field(
        3.0, ge=0, le=100, description="longest upload Ξ, in intervals"
    )
    service: float = Field(
        28.0,
        ge=1,
        description="mean service time c of an edge server, in slots; drawn within 1"
        " slot of this",
    )
    cloud_speed: float = Field(
        6.0, gt=0, description="how many times faster the cloud is"
    )
    signal_slot: int | None = Field(
        None,
        ge=0,
        description="slot at which observations arrive; default 0.64 of an interval",
    )
    queue_limit: int = Field(60, ge=1, description="longest queue, L_max, in jobs")
    discount: float = Field(
        0.95, ge=0, lt=1, description="discount factor γ per interval"
    )
    overflow_penalty: float = Field(
        120.0, ge=0, description="penalty β for each full queue, in jobs"
    )
    drop_penalty: float | None = Field(
        None,
        ge=0,
        description="penalty for each dropped job, in jobs; default: the overflow"
        " penalty. With 0, as in the paper, dropping jobs lowers the cost",
    )
    name: str | None = Field(None, description="name of the instance")

    @model_validator(mode="after")
    def _possible(self) -> NetworkOptions:
        if self.signal_slot is not None and self.signal_slot > self.slots:
            raise ValueError(
                f"signal_slot {self.signal_slot} is past the interval's {self.slots}"
                " slots"
            )
        return self
