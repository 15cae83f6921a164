"""Checks between the parts of a network, on raw data of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optkit.core.errors import Issue
from optkit.core.files.references import (
    array,
    dangling_references,
    finite,
    ids,
    mapping,
    mappings,
    repeated_ids,
)
from optkit.network.identity import id_text


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield repeated ids, unknown nodes, loops, mixed directions and bad positions."""
    nodes = [
        {"id": id_text(node.get("id"))} if isinstance(node, Mapping) else node
        for node in array(data.get("nodes"))
    ]
    links = mappings(data.get("links"))
    yield from repeated_ids("nodes", nodes)
    known = ids(nodes)
    if known:
        ends = (
            (f"links[{index}].{key}", id_text(link.get(key)))
            for index, link in enumerate(links)
            for key in ("source", "target")
        )
        yield from dangling_references(ends, known, "a node")
    yield from _loops(links)
    yield from _mixed(links)
    if data.get("coordinates") == "geographic":
        yield from _off_the_globe(array(data.get("nodes")))


def _loops(links: Sequence[Mapping[str, Any]]) -> Iterator[Issue]:
    for index, link in enumerate(links):
        source, target = id_text(link.get("source")), id_text(link.get("target"))
        if isinstance(source, str) and source == target:
            yield Issue(
                f"links[{index}]",
                f"goes from {source!r} to itself; a link joins two nodes: remove it",
            )


def _mixed(links: Sequence[Mapping[str, Any]]) -> Iterator[Issue]:
    """Yield one issue if some links are one way and others are not."""
    one_way = [
        index for index, link in enumerate(links) if link.get("directed") is True
    ]
    if one_way and len(one_way) < len(links):
        # The rarer kind is the one to look at.
        rest = [k for k in range(len(links)) if k not in set(one_way)]
        word, odd = ("directed", one_way)
        if len(rest) < len(one_way):
            word, odd = ("undirected", rest)
        yield Issue(
            f"links[{odd[0]}].directed",
            f"{len(odd)} of {len(links)} links are {word} and the others are not; write"
            " all in one way, an undirected link as two directed ones",
        )


def _off_the_globe(nodes: Sequence[Any]) -> Iterator[Issue]:
    for index, node in enumerate(nodes):
        place = array(mapping(node).get("position"))
        if len(place) != 2:
            continue
        for axis, limit, word in ((0, 180.0, "longitude"), (1, 90.0, "latitude")):
            degrees = finite(place[axis])
            if degrees is not None and abs(degrees) > limit:
                yield Issue(
                    f"nodes[{index}].position[{axis}]",
                    f"{degrees:g} is no {word}: it is between -{limit:g} and {limit:g}"
                    " degrees, and longitude comes first",
                )
