"""Errors between the parts of a sync instance.

The functions work on raw data of any shape. Values that are malformed by themselves are
reported by the validation of their fields, and skipped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optkit.core.errors import Issue
from optkit.core.suggest import nearest

HINTS = 10
"""Most dangling ids for which the nearest valid one is suggested, since that takes time."""

LIMIT_TOLERANCE = 1e-9
"""Slots by which an age may pass its limit."""


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield the errors between the parts of a raw sync instance."""
    routers = _list(data.get("routers"))
    devices = [_mapping(item) for item in _list(data.get("devices"))]
    links = [_mapping(item) for item in _list(data.get("links"))]
    known = {name for name in routers if isinstance(name, str)}
    yield from _repeated(routers, "routers")
    yield from _repeated([device.get("id") for device in devices], "devices", ".id")
    yield from _series(devices, data.get("slots"))
    ends = [(f"devices[{i}].router", d.get("router")) for i, d in enumerate(devices)]
    for index, link in enumerate(links):
        for key in ("source", "target"):
            ends.append((f"links[{index}].{key}", link.get(key)))
    yield from _dangling(ends, known)
    yield from _pairs(links)
    attached: dict[str, list[Mapping[str, Any]]] = {}
    for device in devices:
        if isinstance(device.get("router"), str):
            attached.setdefault(device["router"], []).append(device)
    yield from _silent_sources(links, known, attached)
    yield from _device_limit(data, devices)
    yield from _pair_limit(data, links, attached)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return vars(value) if hasattr(value, "__dict__") else {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


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


def _series(devices: Sequence[Mapping[str, Any]], slots: Any) -> Iterator[Issue]:
    if isinstance(slots, bool) or not isinstance(slots, int) or slots < 1:
        return
    for index, device in enumerate(devices):
        series = device.get("load_percent")
        if isinstance(series, list | tuple) and len(series) != slots:
            yield Issue(
                f"devices[{index}].load_percent",
                f"has {len(series)} entries, and slots is {slots}; give one load per slot",
            )


def _dangling(ends: Sequence[tuple[str, Any]], known: set[str]) -> Iterator[Issue]:
    if not known:
        return
    count = 0
    for path, name in ends:
        if not isinstance(name, str) or name in known:
            continue
        count += 1
        helpful = count <= HINTS and len(known) <= 10_000
        guess = nearest(name, known) if helpful else None
        hint = f"; did you mean {guess!r}?" if guess else ""
        yield Issue(path, f"{name[:60]!r} is not the id of a router{hint}")


def _pairs(links: Sequence[Mapping[str, Any]]) -> Iterator[Issue]:
    first: dict[tuple[str, str], int] = {}
    for index, link in enumerate(links):
        source, target = link.get("source"), link.get("target")
        if not (isinstance(source, str) and isinstance(target, str)):
            continue
        if source == target:
            yield Issue(
                f"links[{index}]",
                f"goes from {source!r} to itself; a router needs no notification of"
                " its own devices",
            )
        if (source, target) in first:
            yield Issue(
                f"links[{index}]",
                f"{source!r} to {target!r} is already links[{first[source, target]}];"
                " give one link for each ordered pair",
            )
        first.setdefault((source, target), index)


def _silent_sources(
    links: Sequence[Mapping[str, Any]],
    known: set[str],
    attached: Mapping[str, Sequence[Any]],
) -> Iterator[Issue]:
    for index, link in enumerate(links):
        source = link.get("source")
        if isinstance(source, str) and source in known and source not in attached:
            yield Issue(
                f"links[{index}].source",
                f"no device reports to {source!r}, so it has nothing to send; give it a"
                " device or leave the link out",
            )


def _transmit(device: Mapping[str, Any], last: int) -> int | None:
    """Return the least age that a device can keep, with a report in every slot."""
    slots = device.get("transmit_slots", 1)
    if isinstance(slots, bool) or not isinstance(slots, int) or slots < 0:
        return None
    return min(slots, last)


def _last(data: Mapping[str, Any]) -> int | None:
    slots = data.get("slots")
    if isinstance(slots, bool) or not isinstance(slots, int) or slots < 1:
        return None
    return slots - 1


def _device_limit(
    data: Mapping[str, Any], devices: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    """Yield the devices that cannot keep ``max_device_age`` with any reports."""
    limit, last = _number(data.get("max_device_age")), _last(data)
    if limit is None or last is None:
        return
    for index, device in enumerate(devices):
        least = _transmit(device, last)
        if least is not None and least > limit + LIMIT_TOLERANCE:
            yield Issue(
                f"devices[{index}].transmit_slots",
                f"{device.get('transmit_slots', 1)} slots under way pass max_device_age"
                f" {limit:g} even with a report in every slot; raise the limit to at"
                f" least {least}",
            )


def _pair_limit(
    data: Mapping[str, Any],
    links: Sequence[Mapping[str, Any]],
    attached: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Iterator[Issue]:
    """Yield the links that cannot keep ``max_pair_age`` with any notifications.

    Reports and notifications in every slot keep every age at its least: the mean
    transmission time plus the residence time, or the number of the slot where a link that
    is never used is younger.
    """
    limit, last = _number(data.get("max_pair_age")), _last(data)
    if limit is None or last is None or last <= limit + LIMIT_TOLERANCE:
        return
    for index, link in enumerate(links):
        payload, rate = _number(link.get("payload")), _number(link.get("rate"))
        source = link.get("source")
        if payload is None or rate is None or rate <= 0.0:
            continue
        if not isinstance(source, str) or source not in attached:
            continue
        ages = [_transmit(device, last) for device in attached[source]]
        valid = [age for age in ages if age is not None]
        if len(valid) < len(ages):
            continue
        least = sum(valid) / len(valid) + payload / rate
        if least > limit + LIMIT_TOLERANCE:
            yield Issue(
                f"links[{index}]",
                f"its age is {least:g} slots with reports and notifications in every"
                f" slot (transmission and residence time), over max_pair_age {limit:g};"
                " raise the limit or the rate",
            )
