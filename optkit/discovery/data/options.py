"""Options of the discovery generator."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from optkit.discovery.data.calibration import CalibrationOptions
from optkit.network.options import ChangingNetwork

MOST_NODES = 5_000
"""Most nodes; a document has a number for every node, candidate and window."""

RANDOM_NETWORK = ("nodes", "spread", "coverage", "step")
"""Options that describe a random network."""

GIVEN_NETWORK = ("reach", "positions", "coverage_km", "step_km")
"""Options that describe how a given network is used."""


class GeneratorOptions(CalibrationOptions, ChangingNetwork):
    """Options of the discovery generator: a random network, or a given one."""

    reach: Literal["positions", "links"] | None = Field(
        None,
        description="With network: which nodes can be linked: those within coverage_km, or"
        " those that the network links; by default, positions if all are known.",
    )
    positions: Literal["geographic", "plane"] | None = Field(
        None,
        description="With network: what positions are, where the file does not say it:"
        " degrees (geographic) or km (plane).",
    )
    coverage_km: float | None = Field(
        None,
        gt=0,
        description="With network: reach d_c of a node, km; by default, the least at which"
        " all nodes are connected.",
    )
    step_km: float = Field(
        0.0,
        ge=0,
        description="With network: distance that a node moves per cycle, km; 0: nodes"
        " stay where they are.",
    )

    nodes: int = Field(
        50, ge=0, le=MOST_NODES, description="mean number of present nodes"
    )
    spread: float = Field(
        0.1, ge=0.0, le=1.0, description="share by which the number of nodes varies"
    )
    windows: int = Field(100, ge=0, le=10_000, description="migration cycles")
    candidates: int | None = Field(
        None,
        ge=0,
        description="number of candidates for query agent nodes; candidates never leave"
        " the network; default: a fifth of the nodes",
    )
    coverage: float = Field(
        0.3, gt=0, description="reach d_c of a node; the side of the square is 1"
    )
    step: float = Field(
        0.1,
        ge=0,
        description="distance that a node moves per cycle; the side of the square is 1",
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
        if self.assume:
            raise ValueError(
                "assume has no effect: discovery needs no rates, speeds or latencies"
            )
        by_place = [
            name
            for name in ("positions", "coverage_km", "step_km")
            if name in self.model_fields_set
        ]
        if self.reach == "links" and by_place:
            raise ValueError(
                f"{', '.join(by_place)}: no effect with reach links; leave it out"
            )
        return self

    @model_validator(mode="after")
    def _check_candidates(self) -> GeneratorOptions:
        if self.network is not None:
            return self
        if self.candidate_count > self.range_of_nodes[0]:
            raise ValueError(
                f"{self.candidate_count} candidates never leave, but there may be as few"
                f" as {self.range_of_nodes[0]} nodes; lower candidates or spread"
            )
        return self

    @property
    def candidate_count(self) -> int:
        """Number of candidates."""
        if self.candidates is not None:
            return self.candidates
        return min(math.ceil(0.2 * self.nodes), self.range_of_nodes[0])

    @property
    def range_of_nodes(self) -> tuple[int, int]:
        """Least and largest number of present nodes."""
        least = math.ceil(self.nodes * (1.0 - self.spread))
        return min(least, self.nodes), math.floor(self.nodes * (1.0 + self.spread))
