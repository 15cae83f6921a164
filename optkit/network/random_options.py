"""Options of random networks; help pages import this module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from optkit.core.options import Options
from optkit.network.limits import MAX_LINKS

PAPER_TREES: dict[str, tuple[int, ...]] = {
    "topology-1": (-1, 0, 1, 2, 3, 4, 5),
    "topology-2": (-1, 0, 0, 1, 1, 2, 2),
    "topology-3": (-1, 0, 0, 1, 2, 3, 4, 5, 7),
    "topology-4": (-1, 0, 0, 1, 2, 3, 3, 4),
}
"""Parents in the four topologies of the paper on allocation (Fig. 4), as far as its text
fixes them."""

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

NetworkShape = Literal[
    "erdos-renyi",
    "barabasi-albert",
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


class ShapeOptions(Options):
    """The shape of a random network, and what is drawn for it."""

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

    def shape_problems(self, count: int, of_count: str) -> Iterator[str]:
        """Yield what of the options makes no sense together.

        Parameters
        ----------
        count
            Number of nodes.
        of_count
            The option that it comes from.
        """
        shape = self.shape
        for low, high in (("ghz_low", "ghz_high"), ("gbps_low", "gbps_high")):
            if getattr(self, low) > getattr(self, high):
                yield f"{low} is above {high}; swap them"
        if shape == "erdos-renyi":
            links = (self.edge_probability or 0.0) * count * (count - 1)
            if links > MAX_LINKS:
                yield (
                    f"edge_probability {self.edge_probability!r} makes some {links:.2g}"
                    f" links; an instance has at most {MAX_LINKS}"
                )
        elif self.edge_probability is not None:
            yield (
                "edge_probability has no effect on shape"
                f" {shape!r}; leave it out, or take erdos-renyi"
            )
        if self.subtrees is not None and shape != "random-tree":
            yield (
                f"subtrees has no effect on shape {shape!r}; leave it out, or take"
                " random-tree"
            )
        if self.subtrees is not None and self.subtrees >= count:
            yield f"{count} {of_count} make at most {count - 1} subtrees"
        fixed = PAPER_TREES.get(shape)
        if fixed and of_count in self.model_fields_set and count != len(fixed):
            yield f"{shape} has {len(fixed)} {of_count}; leave {of_count} out"


class RandomNetworkOptions(ShapeOptions):
    """Options of ``optkit generate network``."""

    nodes: int = Field(10, ge=1, le=200_000, description="number of nodes")
    shape: NetworkShape = Field(  # type: ignore[assignment]
        "erdos-renyi",
        description="shape of the network; topology-1 to topology-4 have a fixed number of"
        " nodes",
    )
    attachment: int = Field(
        3, ge=1, description="Barabási–Albert: links that each new node brings"
    )
    directed: bool = Field(
        False,
        description="Make links one way: those of trees lead away from the first node, and"
        " others have a rate of their own each way.",
    )
    name: str | None = Field(None, description="name of the network")

    @model_validator(mode="after")
    def _possible(self) -> RandomNetworkOptions:
        problems = list(self.shape_problems(self.nodes, "nodes"))
        if self.shape != "barabasi-albert" and "attachment" in self.model_fields_set:
            problems.append(
                f"attachment has no effect on shape {self.shape!r}; leave it out, or take"
                " barabasi-albert"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self
