"""Checks across the parts of a raw dispatch instance.

The data may have any shape: a field that is malformed on its own is reported by its own
validation and skipped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optkit.core.errors import Issue
from optkit.core.suggest import nearest

TOTAL_TOLERANCE = 1e-9
"""How far the probabilities of a law may be from adding up to 1."""

MOST_OF_A_KIND = 20
"""Most faulty jobs that are reported one by one."""

_COLUMNS = ("slot", "ap", "type", "upload_u", "service_u")


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield every inconsistency between the parts of a raw dispatch instance."""
    aps = _list(data.get("aps"))
    types = _list(data.get("job_types"))
    servers = _list(data.get("servers"))
    yield from _repeated(aps, "aps")
    yield from _repeated(types, "job_types")
    yield from _repeated([_get(server, "id") for server in servers], "servers", ".id")
    yield from _servers(servers, aps)
    yield from _candidates(data, aps, servers)
    counts = {"aps": len(aps), "servers": len(servers), "job_types": len(types)}
    yield from _shape(data, "arrival_probability", ("aps", "job_types"), counts)
    yield from _shape(data, "mean_service_slots", ("servers", "job_types"), counts)
    yield from _shape(data, "signal_latency_pmf", ("aps",), counts)
    yield from _shape(data, "upload_pmf", ("aps", "servers"), counts)
    yield from _uploads(data, servers, len(types))
    yield from _signals(data, len(aps))
    yield from _jobs(data, len(aps), len(types))


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _repeated(names: Sequence[Any], path: str, key: str = "") -> Iterator[Issue]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if not isinstance(name, str):
            continue
        if name in first:
            yield Issue(
                f"{path}[{index}]{key}",
                f"{name!r} is already {path}[{first[name]}]{key}; ids are unique",
            )
        first.setdefault(name, index)


def _servers(servers: Sequence[Any], aps: Sequence[Any]) -> Iterator[Issue]:
    known = {ap for ap in aps if isinstance(ap, str)}
    for index, server in enumerate(servers):
        ap, kind = _get(server, "ap"), _get(server, "kind")
        path = f"servers[{index}].ap"
        if isinstance(ap, str) and known and ap not in known:
            yield Issue(path, _dangling(ap, known, "an access point"))
        if kind == "cloud" and ap is not None:
            yield Issue(path, "the cloud stands beside no access point; give null")
        if kind == "edge" and ap is None:
            yield Issue(path, "missing; an edge server stands beside an access point")


def _dangling(name: str, known: set[str], what: str) -> str:
    guess = nearest(name, known) if len(known) <= 10_000 else None
    hint = f"; did you mean {guess!r}?" if guess else ""
    return f"{name[:60]!r} is not the id of {what}{hint}"


def _candidates(
    data: Mapping[str, Any], aps: Sequence[Any], servers: Sequence[Any]
) -> Iterator[Issue]:
    known = {name for s in servers if isinstance(name := _get(s, "id"), str)}
    rows = _list(data.get("candidates"))
    if aps and isinstance(data.get("candidates"), list | tuple):
        yield from _length("candidates", rows, len(aps), "aps")
    for k, row in enumerate(rows):
        seen: set[str] = set()
        for position, name in enumerate(_list(row)):
            if not isinstance(name, str):
                continue
            path = f"candidates[{k}][{position}]"
            if known and name not in known:
                yield Issue(path, _dangling(name, known, "a server"))
            if name in seen:
                yield Issue(path, f"{name!r} is there already; name each server once")
            seen.add(name)


def _length(path: str, row: Sequence[Any], expected: int, what: str) -> Iterator[Issue]:
    if len(row) != expected:
        yield Issue(
            path, f"has {len(row)} entries; there are {expected} {what}, one entry each"
        )


def _shape(
    data: Mapping[str, Any], name: str, axes: Sequence[str], counts: Mapping[str, int]
) -> Iterator[Issue]:
    value = data.get(name)
    if not isinstance(value, list | tuple) or not counts[axes[0]]:
        return
    yield from _length(name, value, counts[axes[0]], axes[0])
    if len(axes) == 1 or not counts[axes[1]]:
        return
    for index, row in enumerate(value):
        if isinstance(row, list | tuple):
            yield from _length(f"{name}[{index}]", row, counts[axes[1]], axes[1])


def _total(law: Any) -> float | None:
    """Return what a law's probabilities add up to; None where they are no numbers."""
    numbers = [p for p in _list(law) if isinstance(p, int | float)]
    if not numbers or len(numbers) != len(law) or not all(map(math.isfinite, numbers)):
        return None
    return math.fsum(numbers)


def _law(path: str, law: Any) -> Iterator[Issue]:
    total = _total(law)
    if total is not None and abs(total - 1.0) > TOTAL_TOLERANCE:
        yield Issue(
            path, f"adds up to {total!r}; the probabilities of a law add up to 1"
        )


def _uploads(
    data: Mapping[str, Any], servers: Sequence[Any], types: int
) -> Iterator[Issue]:
    names = [str(_get(server, "id")) for server in servers]
    candidates = _list(data.get("candidates"))
    for k, row in enumerate(_list(data.get("upload_pmf"))):
        wanted = set(map(str, _list(candidates[k]))) if k < len(candidates) else set()
        for m, laws in enumerate(_list(row)):
            path = f"upload_pmf[{k}][{m}]"
            needed = m < len(names) and names[m] in wanted
            if laws is None:
                if needed:
                    yield Issue(path, _no_law(names[m], k))
                continue
            if types and isinstance(laws, list | tuple):
                yield from _length(path, laws, types, "job_types")
            for j, law in enumerate(_list(laws)):
                if law is None and needed:
                    yield Issue(f"{path}[{j}]", _no_law(names[m], k))
                yield from _law(f"{path}[{j}]", law)


def _no_law(server: Any, k: int) -> str:
    return f"null, but {server!r} is in candidates[{k}]; give the law of its latency"


def _signals(data: Mapping[str, Any], aps: int) -> Iterator[Issue]:
    slots = _whole(data.get("slots_per_interval"))
    for k, law in enumerate(_list(data.get("signal_latency_pmf"))):
        path = f"signal_latency_pmf[{k}]"
        if slots is not None and len(_list(law)) > slots + 1:
            yield Issue(
                path,
                f"has {len(law)} entries; the signal comes at slot 0 to {slots}, so at"
                f" most {slots + 1}",
            )
        yield from _law(path, law)
    rows = data.get("signal_u")
    intervals = _whole(data.get("intervals"))
    if not isinstance(rows, list | tuple):
        return
    if intervals is not None:
        yield from _length("signal_u", rows, intervals, "intervals")
    for t, row in enumerate(rows):
        if aps and isinstance(row, list | tuple):
            yield from _length(f"signal_u[{t}]", row, aps, "aps")


def _jobs(data: Mapping[str, Any], aps: int, types: int) -> Iterator[Issue]:
    jobs = data.get("jobs")
    columns = {name: _get(jobs, name) for name in _COLUMNS}
    if any(not isinstance(column, list | tuple) for column in columns.values()):
        return
    count = len(columns["slot"])
    for name, column in columns.items():
        if len(column) != count:
            yield Issue(
                f"jobs.{name}",
                f"has {len(column)} entries, jobs.slot has {count}; one entry per job",
            )
    intervals = _whole(data.get("intervals"))
    slots = _whole(data.get("slots_per_interval"))
    if intervals is not None and slots is not None:
        yield from _beyond("slot", columns["slot"], intervals * slots, "slots")
    yield from _beyond("ap", columns["ap"], aps, "aps")
    yield from _beyond("type", columns["type"], types, "job_types")


def _beyond(name: str, column: Sequence[Any], limit: int, what: str) -> Iterator[Issue]:
    if limit <= 0:
        return
    bad = [i for i, v in enumerate(column) if isinstance(v, int) and v >= limit]
    for index in bad[:MOST_OF_A_KIND]:
        more = len(bad) - MOST_OF_A_KIND
        tail = f" (and {more} more)" if more > 0 and index == bad[0] else ""
        yield Issue(
            f"jobs.{name}[{index}]",
            f"{column[index]} is past the last of {limit} {what}, counted from 0{tail}",
        )
