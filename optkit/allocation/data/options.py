"""Options of the allocation generator."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from optkit.allocation.instance import MAX_LINKS
from optkit.network.identity import id_text
from optkit.network.options import GivenNetwork

PAPER_TREES: dict[str, tuple[int, ...]] = {
    "topology-1": (-1, 0, 1, 2, 3, 4, 5),
    "topology-2": (-1, 0, 0, 1, 1, 2, 2),
    "topology-3": (-1, 0, 0, 1, 2, 3, 4, 5, 7),
    "topology-4": (-1, 0, 0, 1, 2, 3, 3, 4),
}
"""Parents in the paper's four topologies (Fig. 4), as far as its text fixes them."""

Shape = Literal[
    "erdos-renyi",
    "random-tree",
    "chain",
    "star",
    "binary",
    "caterpillar",
    "pairs",
    "topology-1",
    "topology-2",
    "topology-3",
    "topology-4",
]


RANDOM_NETWORK = ("servers", "shape", "edge_probability", "subtrees")
"""Options that describe a random network."""


class GeneratorOptions(GivenNetwork):
    """Options of the allocation generator: a random network, or a given one."""

    master: Annotated[str | None, BeforeValidator(id_text)] = Field(
        None,
        description="With network: id of the master; by default the server with the most"
        " neighbours (of several, the first in the file).",
    )
    servers: int = Field(
        10, ge=1, le=2_000_000, description="number of servers, the master included"
    )
    shape: Shape = Field(
        "erdos-renyi",
        description="shape of the network; in trees, links lead away from the master"
        " only; topology-1 to topology-4 have a fixed number of servers",
    )
    edge_probability: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="Erdős–Rényi: probability that two servers are linked; default"
        " 1.5 ln(n)/n, at which most networks are connected",
    )
    subtrees: int | None = Field(
        None,
        ge=1,
        description="random-tree: number of children of the master; default: drawn",
    )
    ghz_low: float = Field(1.0, gt=0, description="slowest processor drawn, GHz")
    ghz_high: float = Field(10.0, gt=0, description="fastest processor drawn, GHz")
    gbps_low: float = Field(10.0, gt=0, description="slowest link drawn, Gbit/s")
    gbps_high: float = Field(100.0, gt=0, description="fastest link drawn, Gbit/s")
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
    def _ordered(self) -> GeneratorOptions:
        for low, high in (("ghz_low", "ghz_high"), ("gbps_low", "gbps_high")):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} is above {high}; swap them")
        if self.shape == "erdos-renyi":
            links = (self.edge_probability or 0.0) * self.servers * (self.servers - 1)
            if links > MAX_LINKS:
                raise ValueError(
                    f"edge_probability {self.edge_probability!r} makes some {links:.2g}"
                    f" links; an instance has at most {MAX_LINKS}"
                )
        elif self.edge_probability is not None:
            raise ValueError(
                "edge_probability has no effect on shape"
                f" {self.shape!r}; leave it out, or take erdos-renyi"
            )
        if self.subtrees is not None and self.shape != "random-tree":
            raise ValueError(
                f"subtrees has no effect on shape {self.shape!r}; leave it out, or take"
                " random-tree"
            )
        if self.subtrees is not None and self.subtrees >= self.servers:
            raise ValueError(
                f"{self.servers} servers make at most {self.servers - 1} subtrees"
            )
        fixed = PAPER_TREES.get(self.shape)
        if fixed and "servers" in self.model_fields_set and self.servers != len(fixed):
            raise ValueError(
                f"{self.shape} has {len(fixed)} servers; leave servers out"
            )
        return self
