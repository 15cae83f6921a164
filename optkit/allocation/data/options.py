"""Options of the allocation generator."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from optkit.network.identity import id_text
from optkit.network.options import GivenNetwork
from optkit.network.random_options import ShapeOptions

RANDOM_NETWORK = ("servers", "shape", "edge_probability", "subtrees")
"""Options that describe a random network."""


class _Servers(GivenNetwork):
    """The servers, and which of them is the master."""

    master: Annotated[str | None, BeforeValidator(id_text)] = Field(
        None,
        description="With network: id of the master; by default the server with the most"
        " neighbours (of several, the first in the file).",
    )
    servers: int = Field(
        10, ge=1, le=2_000_000, description="number of servers, the master included"
    )


class GeneratorOptions(ShapeOptions, _Servers):
    """Options of the allocation generator: a random network, or a given one."""

    capacitance: float = Field(
        0.01,
        ge=0,
        description="switched capacitance γ of every server, J/(Gcycle·GHz²)",
    )
    tx_watt: float = Field(
        1.0, ge=0, description="transmission power e of every server, W (30 dBm is 1 W)"
    )
    size_gbit: float = Field(10.0, ge=0, description="task size Y, Gbit")
    gcycles_per_gbit: float = Field(
        1.0, gt=0, description="work per size of the task, b, Gcycle/Gbit"
    )
    weight_time: float = Field(0.5, ge=0, description="weight of time, w1, 1/s")
    weight_energy: float = Field(0.05, ge=0, description="weight of energy, w2, 1/J")
    name: str | None = Field(None, description="name of the instance")

    @model_validator(mode="after")
    def _one_network(self) -> GeneratorOptions:
        if self.network is None:
            if self.master is not None:
                raise ValueError("master has no effect without network; name its file")
            return self
        given = [name for name in RANDOM_NETWORK if name in self.model_fields_set]
        if given:
            raise ValueError(
                f"{', '.join(given)}: no effect with network, which has its own servers"
                " and links; leave them out"
            )
        return self

    @model_validator(mode="after")
    def _possible(self) -> GeneratorOptions:
        for problem in self.shape_problems(self.servers, "servers"):
            raise ValueError(problem)
        return self
