"""The allocation instance: a task, weights, servers and directed links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from optkit.core.errors import Issue
from optkit.core.files.document import Identifier, Part, Quantity, QuantityOrZero
from optkit.core.instance import Instance
from optkit.core.suggest import nearest

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
        servers = _parts(data.get("servers"), Server)
        first: dict[str, int] = {}
        for index, server in enumerate(servers):
            name = server.get("id")
            if not isinstance(name, str):
                continue
            if name in first:
                yield Issue(
                    f"servers[{index}].id",
                    f"{name!r} is already the id of servers[{first[name]}]; ids are"
                    " unique",
                )
            else:
                first[name] = index
        master = data.get("master")
        if isinstance(master, str) and first and master not in first:
            yield Issue("master", _dangling(master, first))
        seen: dict[tuple[str, str], int] = {}
        dangling = 0
        for index, link in enumerate(_parts(data.get("links"), Link)):
            ends = (link.get("source"), link.get("target"))
            for key, end in zip(("source", "target"), ends, strict=True):
                if isinstance(end, str) and first and end not in first:
                    dangling += 1
                    # Suggestions take time to find, so only the first few errors get one.
                    yield Issue(
                        f"links[{index}].{key}", _dangling(end, first, dangling <= 10)
                    )
            if not (isinstance(ends[0], str) and isinstance(ends[1], str)):
                continue
            pair = (ends[0], ends[1])
            if pair[0] == pair[1]:
                yield Issue(
                    f"links[{index}]",
                    f"goes from {pair[0]!r} to itself; a link joins two servers",
                )
            if pair in seen:
                yield Issue(
                    f"links[{index}]",
                    f"{pair[0]!r} to {pair[1]!r} is already links[{seen[pair]}]; give"
                    " one link with the rate of both",
                )
            seen.setdefault(pair, index)


def _parts(value: Any, part: type[Part]) -> list[Mapping[str, Any]]:
    """Return the raw items of a list; an empty mapping stands for a malformed one."""
    if not isinstance(value, list | tuple):
        return []
    return [
        item
        if isinstance(item, Mapping)
        else item.__dict__
        if isinstance(item, part)
        else {}
        for item in value
    ]


def _dangling(name: str, known: Mapping[str, int], hints: bool = True) -> str:
    guess = nearest(name, known) if hints and len(known) <= 10_000 else None
    hint = f"; did you mean {guess!r}?" if guess else ""
    return f"{name[:60]!r} is not the id of a server{hint}"
