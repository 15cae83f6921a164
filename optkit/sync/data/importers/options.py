"""Options of the sync importers."""

from __future__ import annotations

from pydantic import Field

from optkit.sync.data.network import MeshOptions


class SeriesOptions(MeshOptions):
    """Options of all recorded series: which machines, and which slots."""

    devices: int = Field(
        5,
        ge=1,
        le=100_000,
        description="devices N, assigned to the routers in turn; the default takes"
        " fewer where the source has fewer machines",
    )
    slots: int = Field(
        300,
        ge=1,
        le=1_000_000,
        description="slots T; the default takes fewer where the source has fewer",
    )
    machines: str | None = Field(
        None,
        description="names of the machines that become devices, separated by commas;"
        " default: the first ones of the source, as many as devices",
    )
    begin_s: float | None = Field(
        None,
        ge=0,
        description="start of slot 0, in s after the first sample of the chosen"
        " machines; default: the earliest start after which no machine has a"
        " gap longer than --max-gap-s",
    )
    slot_seconds: float | None = Field(
        None, gt=0, description="length of a slot, s; default: the source's usual step"
    )
    max_gap_s: float = Field(
        1200.0,
        gt=0,
        description="longest gap between two samples that is interpolated across, s",
    )


class AlibabaUsageOptions(SeriesOptions):
    """Options of the importer of Alibaba machine usage."""


class BitbrainsOptions(SeriesOptions):
    """Options of the importer of Bitbrains machines."""


class PlanetLabOptions(SeriesOptions):
    """Options of the importer of PlanetLab machines."""

    slots: int = Field(
        288,
        ge=1,
        le=1_000_000,
        description="slots T; a day has 288; the default takes fewer where the source"
        " has fewer",
    )


class NabOptions(SeriesOptions):
    """Options of the importer of NAB series."""
