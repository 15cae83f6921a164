"""The dispatch instance: access points, servers, laws, and one sample path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from optkit.core.errors import Issue
from optkit.core.files.document import Part
from optkit.core.files.fields import Identifier, NonNegative, Quantity
from optkit.core.instance import Instance
from optkit.dispatch.validation import find_issues

MAX_JOBS = 10_000_000
MAX_SLOTS = 1_000_000_000

# Without functions of Python, since there are hundreds of thousands of each.
Probability = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
"""A number in [0, 1]."""

Quantile = Annotated[float, Field(strict=True, ge=0, lt=1, allow_inf_nan=False)]
"""A number in [0, 1): a draw from a law, as its quantile."""

Law = Annotated[tuple[Probability, ...], Field(min_length=1)]
"""Probabilities of 0, 1, 2, … slots; they add up to 1."""

Index = Annotated[int, Field(strict=True, ge=0)]

Hops = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
"""Links on the path of a message."""

MeanService = Annotated[NonNegative, Field(ge=1, le=1e9)]
"""Mean of a geometric number of slots; at least one."""


Candidates = tuple[Annotated[tuple[Identifier, ...], Field(min_length=1)], ...]
Arrivals = tuple[tuple[Probability, ...], ...]
Uploads = tuple[tuple[tuple[Law | None, ...] | None, ...], ...]
Services = tuple[tuple[MeanService, ...], ...]


class Server(Part):
    """One processing server.

    Parameters
    ----------
    id
        Its name, unique in the instance.
    kind
        ``edge``, beside an access point, or ``cloud``.
    ap
        The access point beside it; None for the cloud.
    """

    id: Identifier
    kind: Literal["edge", "cloud"]
    ap: Identifier | None = None


class Jobs(Part):
    """The jobs that arrive, one entry per job in every list.

    Parameters
    ----------
    slot
        Slot in which it arrives.
    ap, type
        Index of its access point and of its type.
    upload_u, service_u
        Quantiles of its upload and of its service, in the laws of the server to which it
        is sent. Every policy therefore meets the same sample path.
    """

    slot: tuple[Index, ...] = Field(max_length=MAX_JOBS)
    ap: tuple[Index, ...] = Field(max_length=MAX_JOBS)
    type: tuple[Index, ...] = Field(max_length=MAX_JOBS)
    upload_u: tuple[Quantile, ...] = Field(max_length=MAX_JOBS)
    service_u: tuple[Quantile, ...] = Field(max_length=MAX_JOBS)


class Initial(Part):
    """The state at the start; empty in this version.

    Parameters
    ----------
    queues, in_transit
        Null: nothing is queued and nothing is under way.
    """

    queues: None = None
    in_transit: None = None


class Change(Part):
    """What is different from an interval on; what is left out stays as it was.

    Parameters
    ----------
    interval
        The first interval in which it holds, from 1.
    candidates, arrival_probability, upload_pmf, mean_service_slots
        As of the instance. A job takes the laws of the interval in which it arrives.
    """

    interval: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    candidates: Candidates | None = None
    arrival_probability: Arrivals | None = None
    upload_pmf: Uploads | None = None
    mean_service_slots: Services | None = None


class DispatchInstance(Instance):
    """A network that dispatches jobs, and the sample path that its policies meet.

    Arrays follow the order of ``aps`` (k), ``servers`` (m) and ``job_types`` (j).

    Parameters
    ----------
    slots_per_interval
        Slots per broadcast interval, t_B.
    intervals
        Number of broadcast intervals, T.
    slot_seconds
        Length of a slot in s.
    candidates
        For each access point the servers it may send to, ℳ_k.
    arrival_probability
        [k][j] per slot, λ_{k,j}.
    upload_pmf
        [k][m][j]: law of the upload latency in slots, 𝕌_{k,m,j}; null if m is no
        candidate of k.
    mean_service_slots
        [m][j], mean c_{m,j} of a geometric law.
    queue_limit
        Jobs that fit into the queue of a server and type, L_max, including the one in
        service.
    signal_latency_pmf
        [k]: law of the slot at which the observation arrives, 𝒟_k, over slots 0 to
        ``slots_per_interval``.
    discount
        γ, per interval.
    overflow_penalty
        β, in jobs, per queue that is full at a boundary (eq 9).
    drop_penalty
        In jobs, per dropped job, spread over the intervals; 0 in the paper.
    changes
        How the network changes, in the order of their intervals; None: it does not. No
        policy knows of a change before it happens.
    message_hops
        [r][k]: hops of a message to an access point from each access point and, after
        these, each cloud; null where no path leads. Without the key, every message takes
        one hop. It counts where a policy of sync decides who is told of queues.
    jobs, signal_u
        The sample path; ``signal_u`` is [t][k].
    """

    SCHEMA: ClassVar[str] = "optkit/dispatch"
    SIZES: ClassVar[Mapping[str, str]] = {
        "access points": "aps",
        "servers": "servers",
        "job types": "job_types",
        "intervals": "intervals",
        "jobs": "jobs.slot",
    }

    schema_: Literal["optkit/dispatch"] = Field("optkit/dispatch", alias="schema")
    schema_version: Literal[1] = 1
    slots_per_interval: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    intervals: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    slot_seconds: Quantity
    aps: tuple[Identifier, ...] = Field(min_length=1, max_length=100_000)
    servers: tuple[Server, ...] = Field(min_length=1, max_length=100_000)
    job_types: tuple[Identifier, ...] = Field(min_length=1, max_length=10_000)
    candidates: Candidates
    arrival_probability: Arrivals
    upload_pmf: Uploads
    mean_service_slots: Services
    queue_limit: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    signal_latency_pmf: tuple[Law, ...]
    discount: Annotated[NonNegative, Field(lt=1)]
    overflow_penalty: NonNegative
    drop_penalty: NonNegative = 0.0
    initial: Initial = Initial()
    changes: Annotated[tuple[Change, ...], Field(min_length=1)] | None = None
    message_hops: tuple[tuple[Hops | None, ...], ...] | None = None
    jobs: Jobs
    signal_u: tuple[tuple[Quantile, ...], ...]

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated and dangling ids, ragged arrays and laws that do not add up."""
        return find_issues(data)
