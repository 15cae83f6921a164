"""Checks between the parts of a dispatch instance, on raw data of any shape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optkit.core.errors import Issue
from optkit.core.files.references import (
    Axis,
    array,
    axis,
    dangling_references,
    finite,
    ids,
    mapping,
    mappings,
    repeated_ids,
    whole,
    wrong_lengths,
)

TOTAL_TOLERANCE = 1e-9
"""How far the probabilities of a law may be from adding up to 1."""

MOST_OF_A_KIND = 20
"""Most faulty jobs that are reported one by one."""

_AXES: dict[str, tuple[str, ...]] = {
    "candidates": ("aps",),
    "arrival_probability": ("aps", "job_types"),
    "mean_service_slots": ("servers", "job_types"),
    "signal_latency_pmf": ("aps",),
    "upload_pmf": ("aps", "servers"),
    "signal_u": ("intervals", "aps"),
}
"""The axes of each array."""

CHANGING = ("candidates", "arrival_probability", "upload_pmf", "mean_service_slots")
"""The arrays that a change can replace."""

_COLUMNS = ("slot", "ap", "type", "upload_u", "service_u")


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield what is wrong between the parts of a raw dispatch instance."""
    aps = array(data.get("aps"))
    types = array(data.get("job_types"))
    servers = mappings(data.get("servers"))
    yield from repeated_ids("aps", aps)
    yield from repeated_ids("job_types", types)
    yield from repeated_ids("servers", servers)
    yield from _servers(servers, aps)
    yield from _candidates(data, aps, servers)
    for key, names in _AXES.items():
        axes = [axis(data, name) for name in names]
        yield from wrong_lengths(key, data.get(key), *axes)
    yield from _uploads(data, servers)
    yield from _changes(data, aps, servers)
    yield from _signals(data)
    yield from _hops(data, servers)
    yield from _jobs(data, len(aps), len(types))


def _servers(
    servers: Sequence[Mapping[str, Any]], aps: Sequence[Any]
) -> Iterator[Issue]:
    known = ids(aps)
    if known:
        places = ((f"servers[{m}].ap", s.get("ap")) for m, s in enumerate(servers))
        yield from dangling_references(places, known, "an access point")
    for index, server in enumerate(servers):
        ap, kind = server.get("ap"), server.get("kind")
        path = f"servers[{index}].ap"
        if kind == "cloud" and ap is not None:
            yield Issue(path, "the cloud stands beside no access point; give null")
        if kind == "edge" and ap is None:
            yield Issue(path, "missing; an edge server stands beside an access point")


def _candidates(
    data: Mapping[str, Any], aps: Sequence[Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    rows = [array(row) for row in array(data.get("candidates"))]
    names = [
        (f"candidates[{k}][{position}]", name)
        for k, row in enumerate(rows)
        for position, name in enumerate(row)
    ]
    known = ids(servers)
    if known:
        yield from dangling_references(names, known, "a server")
    for k, row in enumerate(rows):
        first = ids(row)
        for position, name in enumerate(row):
            if isinstance(name, str) and first[name] != position:
                yield Issue(
                    f"candidates[{k}][{position}]",
                    f"{name!r} is there already; name each server once",
                )


def _total(law: Any) -> float | None:
    """Return what a law's probabilities add up to; None where they are no numbers."""
    if type(law) in (list, tuple) and set(map(type, law)) == {float}:
        return math.fsum(law) if all(map(math.isfinite, law)) else None
    numbers = [number for p in array(law) if (number := finite(p)) is not None]
    if not numbers or len(numbers) != len(law):
        return None
    return math.fsum(numbers)


def _law(path: str, law: Any) -> Iterator[Issue]:
    total = _total(law)
    if total is not None and abs(total - 1.0) > TOTAL_TOLERANCE:
        yield Issue(
            path, f"adds up to {total!r}; the probabilities of a law add up to 1"
        )


def _uploads(
    data: Mapping[str, Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    names = [str(server.get("id")) for server in servers]
    candidates = array(data.get("candidates"))
    types = axis(data, "job_types")
    for k, row in enumerate(array(data.get("upload_pmf"))):
        wanted = set(map(str, array(candidates[k]))) if k < len(candidates) else set()
        for m, laws in enumerate(array(row)):
            path = f"upload_pmf[{k}][{m}]"
            needed = m < len(names) and names[m] in wanted
            if laws is None:
                if needed:
                    yield Issue(path, _no_law(names[m], k))
                continue
            yield from wrong_lengths(path, laws, types)
            for j, law in enumerate(array(laws)):
                if law is None and needed:
                    yield Issue(f"{path}[{j}]", _no_law(names[m], k))
                yield from _law(f"{path}[{j}]", law)


def _no_law(server: Any, k: int) -> str:
    return f"null, but {server!r} is in candidates[{k}]; give the law of its latency"


def _changes(
    data: Mapping[str, Any], aps: Sequence[Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    """Yield changes out of order, and what is wrong with the network after each."""
    intervals = whole(data.get("intervals"))
    before, in_force = 0, dict(data)
    for number, change in enumerate(mappings(data.get("changes"))):
        path = f"changes[{number}]"
        interval = whole(change.get("interval"))
        if interval is not None:
            if intervals is not None and interval >= intervals:
                yield Issue(
                    f"{path}.interval",
                    f"{interval} is past the last of {intervals} intervals, counted from 0",
                )
            if interval <= before and number:
                yield Issue(
                    f"{path}.interval",
                    f"{interval} follows {before}; changes are in order, one per interval",
                )
            before = interval
        new = {key: change[key] for key in CHANGING if change.get(key) is not None}
        if not new:
            yield Issue(path, f"changes nothing; give one of {', '.join(CHANGING)}")
        in_force |= new
        for issue in _network(in_force, new, aps, servers):
            yield Issue(f"{path}.{issue.path}", issue.message)


def _network(
    data: Mapping[str, Any],
    new: Mapping[str, Any],
    aps: Sequence[Any],
    servers: Sequence[Mapping[str, Any]],
) -> Iterator[Issue]:
    """Yield what is wrong with a network of which some arrays are new."""
    if "candidates" in new:
        yield from _candidates(data, aps, servers)
    for key in new:
        axes = [axis(data, name) for name in _AXES[key]]
        yield from wrong_lengths(key, data.get(key), *axes)
    if "candidates" in new or "upload_pmf" in new:
        yield from _uploads(data, servers)


def _signals(data: Mapping[str, Any]) -> Iterator[Issue]:
    slots = whole(data.get("slots_per_interval"))
    for k, law in enumerate(array(data.get("signal_latency_pmf"))):
        path = f"signal_latency_pmf[{k}]"
        if slots is not None and len(array(law)) > slots + 1:
            yield Issue(
                path,
                f"has {len(law)} entries; the signal comes at slot 0 to {slots}, so at"
                f" most {slots + 1}",
            )
        yield from _law(path, law)


def _hops(
    data: Mapping[str, Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    if data.get("message_hops") is None:
        return
    points = axis(data, "aps")
    if points is not None:
        clouds = sum(server.get("kind") == "cloud" for server in servers)
        senders = Axis("aps and clouds", points.size + clouds)
        yield from wrong_lengths("message_hops", data["message_hops"], senders, points)


def _jobs(data: Mapping[str, Any], aps: int, types: int) -> Iterator[Issue]:
    jobs = mapping(data.get("jobs"))
    columns: dict[str, Any] = {name: jobs.get(name) for name in _COLUMNS}
    if any(not isinstance(column, list | tuple) for column in columns.values()):
        return
    count = Axis("jobs.slot", len(columns["slot"]))
    for name, column in columns.items():
        yield from wrong_lengths(f"jobs.{name}", column, count)
    intervals = whole(data.get("intervals"))
    slots = whole(data.get("slots_per_interval"))
    if intervals is not None and slots is not None:
        yield from _beyond("slot", columns["slot"], intervals * slots, "slots")
    yield from _beyond("ap", columns["ap"], aps, "aps")
    yield from _beyond("type", columns["type"], types, "job_types")


def _beyond(name: str, column: Sequence[Any], limit: int, what: str) -> Iterator[Issue]:
    if limit <= 0:
        return
    if set(map(type, column)) <= {int} and max(column, default=0) < limit:
        return
    bad = [i for i, v in enumerate(column) if isinstance(v, int) and v >= limit]
    for index in bad[:MOST_OF_A_KIND]:
        more = len(bad) - MOST_OF_A_KIND
        tail = f" (and {more} more)" if more > 0 and index == bad[0] else ""
        yield Issue(
            f"jobs.{name}[{index}]",
            f"{column[index]} is past the last of {limit} {what}, counted from 0{tail}",
        )
