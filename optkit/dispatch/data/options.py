"""Options of the dispatch generator."""

from __future__ import annotations

from pydantic import Field, model_validator

from optkit.dispatch.data.network_options import NetworkOptions
from optkit.dispatch.instance import MAX_JOBS
from optkit.network.options import ChangingNetwork

RANDOM_NETWORK = ("aps", "servers", "attachment", "upload_intervals", "service")
"""Options that describe a random network."""

GIVEN_NETWORK = (
    "reach_hops",
    "reach_ms",
    "job_gcycles",
    "job_kbit",
    "job_spread",
    "jitter",
    "cloud_gbps",
    "cloud_latency_s",
)
"""Options that describe how a given network is used."""


class GeneratorOptions(NetworkOptions, ChangingNetwork):
    """Options of the dispatch generator: a random network, or a given one."""

    reach_hops: int = Field(
        1,
        ge=0,
        description="With network: hops within which an access point reaches servers.",
    )
    reach_ms: float | None = Field(
        None,
        ge=0,
        description="With network: latency within which an access point reaches servers,"
        " ms, instead of reach_hops.",
    )
    job_gcycles: float = Field(
        2.8,
        gt=0,
        le=1e9,
        description="With network: mean work of a job, Gcycles; by default, 28 slots of 20"
        " ms at 5 GHz.",
    )
    job_kbit: float = Field(
        8000.0, gt=0, le=1e12, description="With network: mean size of an upload, kbit."
    )
    job_spread: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="With network: work and size of each type of job are drawn within this"
        " share above or below their means.",
    )
    jitter: float = Field(
        0.25,
        ge=0,
        le=1,
        description="With network: share of its mean by which an upload takes shorter or"
        " longer at most; uniform.",
    )
    cloud_gbps: float = Field(
        1.0, gt=0, description="With network and --cloud: rate to the cloud, Gbit/s."
    )
    cloud_latency_s: float = Field(
        0.05, ge=0, description="With network and --cloud: latency to the cloud, s."
    )

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
    def _one_network(self) -> GeneratorOptions:
        wrong = GIVEN_NETWORK if self.network is None else RANDOM_NETWORK
        given = [name for name in wrong if name in self.model_fields_set]
        if given:
            where = "without" if self.network is None else "with"
            raise ValueError(
                f"{', '.join(given)}: no effect {where} network; leave it out"
            )
        if {"reach_hops", "reach_ms"} <= self.model_fields_set:
            raise ValueError("reach_hops and reach_ms are both given; give one")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> GeneratorOptions:
        if self.network is not None:
            return self
        jobs = self.aps * self.types * self.arrival * self.intervals * self.slots
        if jobs > 0.9 * MAX_JOBS:
            raise ValueError(
                f"some {jobs:.3g} jobs would arrive; an instance has at most {MAX_JOBS}"
            )
        return self
