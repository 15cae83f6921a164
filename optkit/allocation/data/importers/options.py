"""Options of the importers, which turn a real network into an allocation instance."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from optkit.core.files.fields import LARGEST, SMALLEST
from optkit.network.importers.options import MarkupOptions, SndlibOptions
from optkit.network.importers.speeds import MAX_GBPS, MIN_GBPS

# As in the instance, but numbers may come as text, the way a command line has them.
Positive = Annotated[float, Field(ge=SMALLEST, le=LARGEST)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Rate = Annotated[float, Field(ge=MIN_GBPS, le=MAX_GBPS)]


class Options(MarkupOptions, SndlibOptions):
    """Options of every importer; see each field's description for its unit."""

    master: str | None = Field(
        None,
        description="Server id of the master; by default the server with the most"
        " neighbours (of several, the first in the file).",
    )
    size_gbit: NonNegative = Field(10.0, description="Size of the task, Gbit.")
    gcycles_per_gbit: Positive = Field(
        1.0, description="Computing work per Gbit of the task, Gcycle/Gbit."
    )
    weight_time: NonNegative = Field(0.5, description="Weight of time, 1/s.")
    weight_energy: NonNegative = Field(0.05, description="Weight of energy, 1/J.")
    capacitance: NonNegative = Field(
        0.01, description="Effective capacitance of every server, J/(Gcycle GHz^2)."
    )
    tx_watt: NonNegative = Field(1.0, description="Sending power of every server, W.")
    ghz_low: Positive = Field(
        1.0, description="Least computing power drawn for a server, GHz."
    )
    ghz_high: Positive = Field(
        10.0, description="Largest computing power drawn for a server, GHz."
    )
    default_gbps: Rate | None = Field(
        None,
        description="Rate of every link whose speed the file does not state, Gbit/s;"
        " by default one is drawn between gbps_low and gbps_high for each.",
    )
    gbps_low: Rate = Field(
        10.0, description="Least rate drawn for a link of unstated speed, Gbit/s."
    )
    gbps_high: Rate = Field(
        100.0, description="Largest rate drawn for a link of unstated speed, Gbit/s."
    )
    parallel: Literal["sum", "max"] = Field(
        "sum",
        description="Rate of the one link that replaces parallel ones: the sum of"
        " their rates, or the largest.",
    )
    strict: bool = Field(
        False, description="Refuse to draw or assume what the file does not state."
    )

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        for low, high in (("ghz_low", "ghz_high"), ("gbps_low", "gbps_high")):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(
                    f"{low} {getattr(self, low)} is above {high}"
                    f" {getattr(self, high)}; exchange them"
                )
        return self
