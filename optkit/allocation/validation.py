"""Checks between the parts of an allocation instance, on raw data of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from optkit.core.errors import Issue
from optkit.core.files.columns import Columns, References
from optkit.core.files.references import (
    array,
    dangling_references,
    faulty_links,
    ids,
    mappings,
    repeated_ids,
)


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield repeated ids, unknown servers, loops and repeated links."""
    servers, links = array(data.get("servers")), mappings(data.get("links"))
    yield from repeated_ids("servers", servers)
    server_ids = ids(servers)
    if server_ids:
        master = [("master", data.get("master"))]
        yield from dangling_references(master, server_ids, "a server")
        ends = (
            (f"links[{index}].{key}", link.get(key))
            for index, link in enumerate(links)
            for key in ("source", "target")
        )
        yield from dangling_references(ends, server_ids, "a server")
    yield from faulty_links(
        links, "a link joins two servers", "give one link with the rate of both"
    )


def number_links(
    data: Mapping[str, Any], servers: Columns[Any], links: Columns[Any]
) -> int | None:
    """Check as :func:`find_issues` does, and replace the ids in the links by numbers.

    Parameters
    ----------
    data
        The raw document.
    servers, links
        Its servers and links.

    Returns
    -------
    int or None
        The number of the master; None if there is anything wrong.
    """
    ids = servers.texts["id"]
    number = {name: k for k, name in enumerate(ids)}
    master = data.get("master")
    if len(number) != len(ids) or not isinstance(master, str) or master not in number:
        return None
    try:
        ends = {
            key: np.array(list(map(number.__getitem__, links.texts[key])), np.int64)
            for key in ("source", "target")
        }
    except KeyError:
        return None
    source, target = ends["source"], ends["target"]
    pairs = np.sort(source * len(ids) + target)
    if np.any(source == target) or np.any(pairs[1:] == pairs[:-1]):
        return None
    links.texts.update({key: References(ids, end) for key, end in ends.items()})
    return number[master]
