"""The allocation instance: a task, weights, servers and directed links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from optkit.allocation.validation import find_issues, number_links
from optkit.core.arrays import Floats, Ints
from optkit.core.errors import Issue
from optkit.core.files.columns import Columns, References
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


@dataclass(frozen=True, eq=False)
class NetworkColumns:
    """The servers and links of an instance as columns, in the order of the file.

    Parameters
    ----------
    ids
        Ids of the servers, shape (n,).
    number
        The number of the server with each id.
    ghz, capacitance, tx_watt
        As in :class:`Server`, shape (n,).
    source, target
        Numbers of the servers at the ends of each link, shape (m,).
    gbps
        As in :class:`Link`, shape (m,).
    """

    ids: Sequence[str]
    number: Mapping[str, int]
    ghz: Floats
    capacitance: Floats
    tx_watt: Floats
    source: Ints
    target: Ints
    gbps: Floats


class AllocationInstance(Instance):
    """A network with a master that has a task to share out (problem P0).

    Servers that the master cannot reach are allowed; they get no load and are reported.
    """

    SCHEMA: ClassVar[str] = "optkit/allocation"

    LONG_ARRAYS: ClassVar[Mapping[str, type[Part]]] = {"servers": Server, "links": Link}

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

    @classmethod
    def check_columns(
        cls, data: Mapping[str, Any], columns: Mapping[str, Columns[Any]]
    ) -> Mapping[str, list[Any]] | None:
        """Do the same for long arrays."""
        servers, links = columns["servers"], columns["links"]
        if len(servers) > MAX_SERVERS or len(links) > MAX_LINKS:
            return None
        master = number_links(data, servers, links)
        if master is None:
            return None
        return {"servers": [data["servers"][master]], "links": []}

    @property
    def network(self) -> NetworkColumns:
        """The servers and links as columns."""
        return self.derived(_network)


def _network(instance: AllocationInstance) -> NetworkColumns:
    servers, links = instance.columns_of("servers"), instance.columns_of("links")
    ids = servers.texts["id"]
    number = {name: k for k, name in enumerate(ids)}
    source, target = (
        names.numbers
        if isinstance(names, References)
        else np.array([number[name] for name in names], dtype=np.int64)
        for names in (links.texts["source"], links.texts["target"])
    )
    return NetworkColumns(
        ids=ids,
        number=number,
        ghz=servers.numbers["ghz"],
        capacitance=servers.numbers["capacitance"],
        tx_watt=servers.numbers["tx_watt"],
        source=source,
        target=target,
        gbps=links.numbers["gbps"],
    )
