"""Options of the importers of networks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from optkit.core.files.fields import LARGEST, SMALLEST
from optkit.core.options import Options

# As in documents, but numbers may come as text, the way a command line has them.
Positive = Annotated[float, Field(ge=SMALLEST, le=LARGEST)]
STRICT = (
    "Refuse to leave anything out, such as attributes that nobody reads; with a family,"
    " refuse its defaults, too."
)

Direction = Literal["directed", "undirected"]


class FileOptions(Options):
    """Which file is read, and how nodes are called."""

    names: Literal["label", "id"] = Field(
        "label",
        description="Ids of nodes: the node's label where it names one node only,"
        " otherwise label#id; or always the file's own id.",
    )
    member: str | None = Field(
        None,
        description="Which file to read when the source is a tar archive: its path in"
        " the archive, or its name without folder and ending.",
    )


class AttributeOptions(Options):
    """Which attributes hold rates and computing power."""

    rate_attribute: str | None = Field(
        None,
        description="Attribute of edges (in a table, the column) that holds their rate.",
    )
    rate_unit_gbps: Positive = Field(
        1.0,
        description="Gbit/s per unit of the rate attribute: 0.001 if it holds Mbit/s.",
    )
    ghz_attribute: str | None = Field(
        None,
        description="Attribute of nodes (in a table, the column) that holds their"
        " computing power in GHz.",
    )

    @model_validator(mode="after")
    def _unit_of_an_attribute(self) -> Self:
        if "rate_unit_gbps" in self.model_fields_set and self.rate_attribute is None:
            raise ValueError(
                "rate_unit_gbps has no effect without rate_attribute; name the attribute"
            )
        return self


class NetworkOptions(AttributeOptions):
    """Which attributes hold what a network file keeps."""

    latency_attribute: str | None = Field(
        None,
        description="Attribute of edges (in a table, the column) that holds their latency"
        " in s.",
    )
    strict: bool = Field(False, description=STRICT)


class MarkupOptions(FileOptions, AttributeOptions):
    """Options of GML and GraphML files, whatever is made from them."""


class GraphOptions(MarkupOptions, NetworkOptions):
    """Options of GML and GraphML files from which a network is made."""


class SndlibOptions(FileOptions):
    """Options of SNDlib files."""

    direction: Direction | None = Field(
        None,
        description="SNDlib only: whether links lead one way. The files do not say it;"
        " by default, they do if any two links lead in opposite directions.",
    )
    capacity_unit_gbps: Positive | None = Field(
        None,
        description="SNDlib only: Gbit/s per unit of capacity, for files that name no"
        " unit; by default such capacities are ignored.",
    )
    strict: bool = Field(False, description=STRICT)


class CsvOptions(NetworkOptions):
    """Options of a table of links and a table of nodes."""

    name: str | None = Field(
        None, description="Name of the network; by default, that of the file."
    )
    nodes: Path | None = Field(
        None,
        description="Table of nodes; by default, the nodes are the ends of the links.",
    )
    devices: Path | None = Field(
        None,
        description="Table of devices with longitude and latitude; each becomes a node with"
        " the role device, linked to the nearest node.",
    )
    connect_km: Positive | None = Field(
        None,
        description="Link all nodes that are within this distance of each other, km, and"
        " that no link joins yet; by default, only the table of links says it.",
    )
    source_column: str = Field("source", description="Column of a link's first end.")
    target_column: str = Field("target", description="Column of a link's second end.")
    id_column: str = Field("id", description="Column of a node's id.")
    direction: Direction | None = Field(
        None,
        description="Whether links lead one way; by default, the column 'directed' says"
        " it, and without one they lead both ways.",
    )
    isolated: Literal["refuse", "keep"] = Field(
        "refuse",
        description="What to do with nodes that no link names: most often, a name is"
        " misspelt or a link is missing.",
    )


class EdgeListOptions(NetworkOptions):
    """Options of a list of edges."""

    name: str | None = Field(
        None, description="Name of the network; by default, that of the file."
    )
    direction: Direction = Field(
        "undirected", description="Whether edges lead one way."
    )
