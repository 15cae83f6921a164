"""The allocation instance: a task, weights, servers and directed links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from optkit.allocation.validation import find_issues
from optkit.core.errors import Issue
from optkit.core.files.document import Part
from optkit.core.files.fields import Identifier, Quantity, QuantityOrZero
from optkit.core.instance import Instance

MAX_SERVERS = 2_000_000
MAX_LINKS = 10_000_000


class Task(Part):
    """The task to share out.

    Parameters
    ----------
    size_gbit
        Task size Y in Gbit.
    gcycles_per_gbit
        Work per size b, in Gcycles per Gbit.
    """

    size_gbit: QuantityOrZero
    gcycles_per_gbit: Quantity


class Weights(Part):
    """Weights of the two parts of a server's cost (eq 4).

    Parameters
    ----------
    time
        w1, per second.
    energy
        w2, per joule.
    """

    time: QuantityOrZero
    energy: QuantityOrZero


class Server(Part):
    """One server.

    Parameters
    ----------
    id
        Its name, unique in the instance.
    ghz
        Computing speed f in Gcycles per second.
    capacitance
        Effective switched capacitance γ in J per (Gcycle GHz²).
    tx_watt
        Transmission power e in W.
    """

    id: Identifier
    ghz: Quantity
    capacitance: QuantityOrZero
    tx_watt: QuantityOrZero


class Link(Part):
    """A directed link.

    Parameters
    ----------
    source, target
        Ids of its ends.
    gbps
        Rate R in Gbit per second.
    """

    source: Identifier
    target: Identifier
    gbps: Quantity


class AllocationInstance(Instance):
    """A network with a master that has a task to share out (problem P0).

    Servers that the master cannot reach are allowed; they get no load and are reported.
    """

    SCHEMA: ClassVar[str] = "optkit/allocation"

    schema_: Literal["optkit/allocation"] = Field("optkit/allocation", alias="schema")
    schema_version: Literal[1] = 1
    task: Task
    weights: Weights
    master: Identifier
    servers: tuple[Server, ...] = Field(min_length=1, max_length=MAX_SERVERS)
    links: tuple[Link, ...] = Field(max_length=MAX_LINKS)

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated ids, unknown servers, loops and repeated links."""
        return find_issues(data)
