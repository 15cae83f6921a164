"""Checks between the parts of a sync instance, on raw data of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optkit.core.errors import Issue
from optkit.core.files.references import (
    array,
    axis,
    dangling_references,
    faulty_links,
    finite,
    ids,
    mappings,
    repeated_ids,
    whole,
    wrong_lengths,
)

LIMIT_TOLERANCE = 1e-9
"""Slots by which an age may pass its limit."""


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield the errors between the parts of a raw sync instance."""
    routers = array(data.get("routers"))
    devices, links = mappings(data.get("devices")), mappings(data.get("links"))
    router_ids = ids(routers)
    yield from repeated_ids("routers", routers)
    yield from repeated_ids("devices", devices)
    slots = axis(data, "slots")
    for index, device in enumerate(devices):
        path = f"devices[{index}].load_percent"
        yield from wrong_lengths(path, device.get("load_percent"), slots)
    if router_ids:
        ends = _unknown_routers(devices, links, router_ids)
        yield from dangling_references(ends, router_ids, "a router")
    yield from faulty_links(
        links,
        "a router needs no notification of its own devices",
        "give one link for each ordered pair",
    )
    attached: dict[str, list[Mapping[str, Any]]] = {}
    for device in devices:
        if isinstance(device.get("router"), str):
            attached.setdefault(device["router"], []).append(device)
    yield from _silent_sources(links, router_ids, attached)
    yield from _device_limit(data, devices)
    yield from _pair_limit(data, links, attached)
    yield from _changes(data, router_ids, attached)


def _unknown_routers(
    devices: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    router_ids: Mapping[str, int],
) -> Iterator[tuple[str, str]]:
    """Yield path and name of the routers of devices and links that do not exist."""
    for group, entries, keys in (
        ("devices", devices, ("router",)),
        ("links", links, ("source", "target")),
    ):
        for index, entry in enumerate(entries):
            for key in keys:
                name = entry.get(key)
                if isinstance(name, str) and name not in router_ids:
                    yield f"{group}[{index}].{key}", name


def _silent_sources(
    links: Sequence[Mapping[str, Any]],
    router_ids: Mapping[str, int],
    attached: Mapping[str, Sequence[Any]],
) -> Iterator[Issue]:
    for index, link in enumerate(links):
        source = link.get("source")
        if isinstance(source, str) and source in router_ids and source not in attached:
            yield Issue(
                f"links[{index}].source",
                f"no device reports to {source!r}, so it has nothing to send; give it a"
                " device or leave the link out",
            )


def _changes(
    data: Mapping[str, Any],
    router_ids: Mapping[str, int],
    attached: Mapping[str, Sequence[Any]],
) -> Iterator[Issue]:
    """Yield changes out of order, what is wrong with their links, and too low limits."""
    changes = mappings(data.get("changes"))
    slots, before = whole(data.get("slots")), 0
    for number, change in enumerate(changes):
        path = f"changes[{number}]"
        slot = whole(change.get("slot"))
        if slot is not None:
            if slots is not None and slot >= slots:
                yield Issue(
                    f"{path}.slot",
                    f"{slot} is past the last of {slots} slots, counted from 0",
                )
            if slot <= before and number:
                yield Issue(
                    f"{path}.slot",
                    f"{slot} follows {before}; changes are in order, one per slot",
                )
            before = slot
        links = mappings(change.get("links"))
        issues = [
            *faulty_links(
                links,
                "a router needs no notification of its own devices",
                "give one link for each ordered pair",
            ),
            *_silent_sources(links, router_ids, attached),
        ]
        if router_ids:
            ends = _unknown_routers([], links, router_ids)
            issues += dangling_references(ends, router_ids, "a router")
        for issue in issues:
            yield Issue(f"{path}.{issue.path}", issue.message)
    if changes:
        yield from _room_for_changes(data, changes)


def _room_for_changes(
    data: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    """Yield links that might be too old, however often devices have to report.

    Where links change, devices report as ``max_device_age`` asks and know of no link to
    come. So a notification has to keep ``max_pair_age`` with values of that age.
    """
    limit, oldest = finite(data.get("max_pair_age")), finite(data.get("max_device_age"))
    last = _last(data)
    if limit is None or oldest is None or last is None:
        return
    oldest = min(oldest, last)
    for path, part in (
        ("", data),
        *((f"changes[{k}].", change) for k, change in enumerate(changes)),
    ):
        for index, link in enumerate(mappings(part.get("links"))):
            payload, rate = finite(link.get("payload")), finite(link.get("rate"))
            if payload is None or rate is None or rate <= 0.0:
                continue
            most = oldest + payload / rate
            if most > limit + LIMIT_TOLERANCE:
                yield Issue(
                    f"{path}links[{index}]",
                    f"where links change, values may be {oldest:g} slots old"
                    f" (max_device_age) and take {payload / rate:g} more: over"
                    f" max_pair_age {limit:g}; raise it, or lower max_device_age",
                )


def _transmit(device: Mapping[str, Any], last: int) -> int | None:
    """Return the least age that a device can keep, with a report in every slot."""
    slots = whole(device.get("transmit_slots", 1))
    return None if slots is None or slots < 0 else min(slots, last)


def _last(data: Mapping[str, Any]) -> int | None:
    slots = whole(data.get("slots"))
    return None if slots is None or slots < 1 else slots - 1


def _device_limit(
    data: Mapping[str, Any], devices: Sequence[Mapping[str, Any]]
) -> Iterator[Issue]:
    """Yield the devices that cannot keep ``max_device_age`` with any reports."""
    limit, last = finite(data.get("max_device_age")), _last(data)
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


def _mean_transmission(members: Sequence[Mapping[str, Any]], last: int) -> float | None:
    """Return the mean of the least ages of devices; None if one of them is malformed."""
    ages = [_transmit(device, last) for device in members]
    valid = [age for age in ages if age is not None]
    return sum(valid) / len(valid) if len(valid) == len(ages) else None


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
    limit, last = finite(data.get("max_pair_age")), _last(data)
    if limit is None or last is None or last <= limit + LIMIT_TOLERANCE:
        return
    transmissions = {
        source: _mean_transmission(members, last)
        for source, members in attached.items()
    }
    for index, link in enumerate(links):
        source = link.get("source")
        mean = transmissions.get(source) if isinstance(source, str) else None
        payload, rate = finite(link.get("payload")), finite(link.get("rate"))
        if mean is None or payload is None or rate is None or rate <= 0.0:
            continue
        least = mean + payload / rate
        if least > limit + LIMIT_TOLERANCE:
            yield Issue(
                f"links[{index}]",
                f"its age is {least:g} slots with reports and notifications in every"
                f" slot (transmission and residence time), over max_pair_age {limit:g};"
                " raise the limit or the rate",
            )
