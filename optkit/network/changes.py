"""A network that changes: several networks, each in force from a time on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from optkit.core.errors import UsageError
from optkit.core.files.left_out import LeftOut
from optkit.network.assumptions import ATTRIBUTES, Need, fill
from optkit.network.network import Link, Network, Node
from optkit.network.options import ChangingNetwork

K = TypeVar("K")
P = TypeVar("P", Node, Link)


def refuse_late_changes(options: ChangingNetwork, periods: int, what: str) -> None:
    """Refuse changes at or after the end.

    Parameters
    ----------
    options
        The options that name the changes.
    periods
        Number of windows, slots or intervals.
    what
        What they are called.

    Raises
    ------
    UsageError
        If one is too late.
    """
    late = [time for time in options.at if time >= periods]
    if late:
        raise UsageError(
            f"option at: {', '.join(map(str, late))} is past the last of {periods} {what},"
            " counted from 0; give an earlier one, or more of them."
        )


def union(networks: Sequence[Network]) -> Network:
    """Return the network of all nodes and links of several.

    Nodes are the same if their ids are. The n-th link between two nodes of one network is
    the n-th link between them of every other. What one network does not know of a node or
    of a link is taken from the first that does.
    """
    nodes: dict[str, Node] = {}
    links: dict[tuple[str, str, int], Link] = {}
    for network in networks:
        for node in network.nodes:
            nodes[node.id] = _merged(nodes.get(node.id, node), node)
        for key, link in _numbered(network):
            links[key] = _merged(links.get(key, link), link)
    return networks[0].model_copy(
        update={"nodes": tuple(nodes.values()), "links": tuple(links.values())}
    )


def completed(
    networks: Sequence[Network],
    needs: Sequence[Need],
    options: ChangingNetwork,
    seed: int,
    computes: Callable[[Node], bool],
) -> tuple[list[Network], tuple[str, ...]]:
    """Return networks without unknown values, and what was filled with what.

    What one of them knows counts for the others that do not. What none knows is filled
    once for all of them, so that a node keeps its speed and a link its rate while others
    come and go.

    Parameters
    ----------
    networks
        The networks, in their order.
    needs
        What the family needs to know.
    options
        Rules for what is not known.
    seed
        Main seed of what is drawn.
    computes
        Whether a node needs the values of nodes.

    Raises
    ------
    UsageError
        If networks are directed and undirected, or as :func:`fill` says.
    """
    whole = union(networks)
    if len({network.directed for network in networks if network.links}) > 1:
        raise UsageError(
            "option then: one network has directed links and another has not; write all in"
            " one way, an undirected link as two directed ones."
        )
    needing = {
        node.id for network in networks for node in network.nodes if computes(node)
    }
    nodes = [node for node in whole.nodes if node.id in needing]
    filled = fill(
        whole, nodes, whole.links, needs, options.assume, options.strict, seed
    )
    of_node: dict[str, dict[str, float]] = defaultdict(dict)
    of_link: dict[tuple[str, str, int], dict[str, float]] = defaultdict(dict)
    keys = [key for key, _ in _numbered(whole)]
    for name, values in filled.values.items():
        if ATTRIBUTES[name].owner == "nodes":
            for node, value in zip(nodes, values, strict=True):
                of_node[node.id][name] = value
        else:
            for key, value in zip(keys, values, strict=True):
                of_link[key][name] = value
    complete = [
        network.model_copy(
            update={
                "nodes": tuple(
                    _filled(x, of_node.get(x.id, {})) for x in network.nodes
                ),
                "links": tuple(_filled(x, of_link[k]) for k, x in _numbered(network)),
            }
        )
        for network in networks
    ]
    return complete, filled.sentences


def warn_of_filled(
    given: Sequence[tuple[Network, Path]], sentences: Sequence[str]
) -> None:
    """Warn of what was filled in the networks with these sources."""
    said = LeftOut()
    for sentence in sentences:
        said.note(sentence)
    said.warn(given[0][1])


def changing_provenance(
    family: str,
    options: ChangingNetwork,
    networks: Sequence[Network],
    seed: int,
    sentences: Sequence[str],
) -> str:
    """Return the provenance of an instance on a network that changes.

    Parameters
    ----------
    family
        Name of the family.
    options
        Options of its generator.
    networks
        The networks as given.
    seed
        Main seed of what is drawn.
    sentences
        What was filled with what.
    """
    chosen = options.model_dump(
        exclude_unset=True, exclude={"name", "network", "then", "at"}
    )
    parts = [
        f"optkit generate {family} from the network {networks[0].name!r}, seed {seed},"
        f" {chosen or 'defaults'}.",
        *sentences,
        f"The network (sha256 {networks[0].sha256[:12]}): {networks[0].provenance}",
        *(
            f"From {time} on, the network {network.name!r} (sha256"
            f" {network.sha256[:12]})."
            for time, network in zip(options.at, networks[1:], strict=True)
        ),
    ]
    return " ".join(parts)[:20_000]


def _merged(first: P, second: P) -> P:
    """Return the first part, with what only the second knows."""
    unknown = [
        name for name in type(first).model_fields if getattr(first, name) is None
    ]
    return first.model_copy(update={name: getattr(second, name) for name in unknown})


def _filled(part: P, values: dict[str, float]) -> P:
    return part.model_copy(
        update={k: value for k, value in values.items() if getattr(part, k) is None}
    )


def _numbered(network: Network) -> Iterator[tuple[tuple[str, str, int], Link]]:
    """Yield the links, each with its ends and its number among those between them."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for link in network.links:
        ends = (link.source, link.target)
        if not link.directed:
            ends = (min(ends), max(ends))
        yield (*ends, count[ends]), link
        count[ends] += 1


def in_order(lists: Sequence[Sequence[K]]) -> list[K]:
    """Return what is in any of several lists, in the order of first appearance."""
    return list(dict.fromkeys(item for listed in lists for item in listed))
