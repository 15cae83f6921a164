"""Checks between the parts of an allocation instance, on raw data of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optkit.core.errors import Issue
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
