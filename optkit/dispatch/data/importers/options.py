"""Options of the dispatch importers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from optkit.dispatch.data.network_options import NetworkOptions


class TraceOptions(NetworkOptions):
    """Options of all traces: the scaling of time, and the network."""

    interval_seconds: float | None = Field(
        None,
        gt=0,
        description="seconds of the trace that make one broadcast interval; default:"
        " chosen so that jobs arrive at the rate --arrival",
    )
    arrival: float = Field(
        0.02,
        gt=0,
        le=1,
        description="mean arrivals per slot, access point and type, to which time is"
        " scaled; not used with --interval-seconds",
    )
    begin_seconds: float = Field(
        0.0, ge=0, description="trace seconds to skip after the first arrival"
    )
    intervals: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="broadcast intervals T; default as many as the trace fills, at"
        " most 250",
    )


class GoogleOptions(TraceOptions):
    """Options of the Google importer."""

    types: int = Field(4, ge=1, le=1000, description="job types J")
    type_by: Literal["class", "name"] = Field(
        "class",
        description="a job's type: its scheduling class (0 to 3), or a hash of its"
        " logical name (in task_events: of its job id)",
    )
    ap_by: Literal["seed", "source"] = Field(
        "seed",
        description="a job's access point: drawn for each job, or a hash of its user"
        " (in task_events: of its machine, or of its user if it has no machine yet)",
    )

    resubmitted: Literal["each", "once"] = Field(
        "each",
        description="whether a job or task that is submitted again arrives each time, or"
        " only once, with its first submit",
    )

    @model_validator(mode="after")
    def _classes(self) -> GoogleOptions:
        if self.type_by == "class" and self.types > 4:
            raise ValueError(
                f"types {self.types}: there are four scheduling classes; ask for at"
                " most 4 types, or set type_by to name"
            )
        return self


class AlibabaOptions(TraceOptions):
    """Options of the Alibaba importer."""

    unit: Literal["task", "job"] = Field(
        "task",
        description="arrivals: every task, at its own start, or every job, once, at"
        " the start of its first task",
    )
    ap_by: Literal["seed", "source"] = Field(
        "seed",
        description="a job's access point: drawn for each job (seed), or a hash of the"
        " job name (source), so that all tasks of a job come from one place",
    )


class AzureOptions(TraceOptions):
    """Options of the Azure importer."""

    type_by: Literal["context", "generated"] = Field(
        "context",
        description="whether a request's type follows from its context tokens or from"
        " its generated tokens; the types are classes with equally many"
        " requests",
    )
