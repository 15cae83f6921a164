"""A sync instance of a given network: its routers, devices on them, and links by paths.

A notification goes along the path with the fewest hops. Its residence time is the size of
a notification over the smallest rate on the path, plus the latencies of its links, in
slots (:mod:`optkit.network.conversions`); the instance's ``rate`` is the payload over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path as PathOnDisk
from typing import Any

from optkit.core.errors import UsageError
from optkit.core.files.fields import LARGEST
from optkit.core.files.left_out import LeftOut
from optkit.network.assumptions import Need, Rule, fill
from optkit.network.conversions import payload_per_slot, slots, transfer_seconds
from optkit.network.network import Network
from optkit.network.options import given_network
from optkit.network.paths import Path, Roads, paths_from, roads
from optkit.sync.data.network import settings_document
from optkit.sync.data.options import GeneratorOptions
from optkit.sync.instance import MAX_LINKS

NEEDS = (
    Need("gbps", Rule(10.0, 100.0)),
    Need("latency_s", Rule(0.005, 0.005)),
)
"""What an instance needs to know, with the defaults of the family."""


def instance_from_network(
    options: GeneratorOptions, load: Callable[[int], list[float]], seed: int
) -> dict[str, Any]:
    """Return the document of an instance on the network that options name.

    A ``SourceWarning`` and the provenance say what the network does not state, with what it
    was filled, and what of the network is not used.

    Parameters
    ----------
    options
        The network, and the settings of the model.
    load
        Returns the load of the device with a number.
    seed
        Main seed of what is drawn.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is no network.
    UsageError
        If there is no router, a device has none, or something is missing and the options
        are strict; with everything that is wrong.
    """
    return document_of(*given_network(options), options, load, seed)


def document_of(
    network: Network,
    source: PathOnDisk,
    options: GeneratorOptions,
    load: Callable[[int], list[float]],
    seed: int,
) -> dict[str, Any]:
    """Return the document of an instance on a network; see :func:`instance_from_network`.

    Parameters
    ----------
    network, source
        The network, and where it is from.
    options, load, seed
        As of :func:`instance_from_network`.
    """
    routers = [node.id for node in network.with_role("router")]
    if not routers:
        raise UsageError(f"{source}: no node has the role router; give one to a node.")
    said = LeftOut()
    known = set(routers)
    links = network.links_among(known)
    hanging, problems = _devices(network, routers, options)
    used = known.union(
        node.id for node in network.nodes if node.id in hanging and node.id not in known
    )
    said.add("nodes that are no routers and no devices", len(network.nodes) - len(used))
    said.add(
        "computing powers, which this family does not use",
        sum(node.ghz is not None for node in network.nodes),
    )
    _refuse_too_many(len(routers), options, problems)
    try:
        filled = fill(network, [], links, NEEDS, options.assume, options.strict, seed)
    except UsageError as error:
        problems.append(str(error))
    if problems:
        raise UsageError("\n".join(problems))
    for sentence in filled.sentences:
        said.note(sentence)
    if network.parallel:
        said.note("Rates of parallel links were added up; their least latency counts.")
    ways = roads(
        routers,
        (
            (link.source, link.target, rate, latency)
            for link, rate, latency in zip(
                links, filled.values["gbps"], filled.values["latency_s"], strict=True
            )
        ),
        network.directed,
    )
    senders = [router for router in routers if router in set(hanging.values())]
    made = _links(senders, routers, ways, options, said)
    said.warn(source)
    devices = [
        {
            "id": device,
            "router": router,
            "transmit_slots": options.transmit,
            "load_percent": load(index),
        }
        for index, (device, router) in enumerate(hanging.items())
    ]
    chosen = options.model_dump(exclude_unset=True, exclude={"name", "network", "then"})
    parts = (
        f"optkit generate sync from the network {network.name!r}, seed {seed},"
        f" {chosen or 'defaults'}.",
        said.text(),
        f"The network (sha256 {network.sha256[:12]}): {network.provenance}",
    )
    return settings_document(
        options,
        name=options.name or network.name,
        provenance=" ".join(filter(None, parts))[:20_000],
        slot_seconds=options.slot_seconds,
        routers=routers,
        devices=devices,
        links=made,
    )


def _devices(
    network: Network, routers: Sequence[str], options: GeneratorOptions
) -> tuple[dict[str, str], list[str]]:
    """Return the router of each device, and what is wrong."""
    nodes = [
        n.id for n in network.nodes if n.roles is not None and n.has_role("device")
    ]
    if options.devices_per_router is not None or not nodes:
        count = options.devices_per_router or 1
        return {
            f"{router}/{number}": router
            for router in routers
            for number in range(1, count + 1)
        }, []
    known = set(routers)
    beside: dict[str, str] = {node: node for node in nodes if node in known}
    for link in network.links:
        for end, other in ((link.source, link.target), (link.target, link.source)):
            if other in known and end not in known:
                beside.setdefault(end, other)
    problems = [
        f"network {network.name}: no link joins the device {node!r} to a router; add one."
        for node in nodes
        if node not in beside
    ]
    return {node: beside[node] for node in nodes if node in beside}, problems


def _refuse_too_many(
    routers: int, options: GeneratorOptions, problems: list[str]
) -> None:
    if options.mesh == "full" and routers * (routers - 1) > MAX_LINKS:
        problems.append(
            f"a full mesh of {routers} routers has more than {MAX_LINKS} links; take"
            " --mesh neighbours."
        )


def _links(
    senders: Sequence[str],
    routers: Sequence[str],
    ways: Roads,
    options: GeneratorOptions,
    said: LeftOut,
) -> list[dict[str, Any]]:
    """Return a link for every pair of routers that may notify each other."""
    made = []
    unreached = 0
    for source in senders:
        reached = paths_from(source, ways)
        unreached += len(routers) - len(reached)
        targets = routers
        if options.mesh == "neighbours":
            beside = {end for end, _, _ in ways[source]}
            targets = [router for router in routers if router in beside]
        made += [
            _link(source, target, reached[target], options)
            for target in targets
            if target != source and target in reached
        ]
    if options.mesh == "full":
        said.add("pairs of routers without a path", unreached)
    return made


def _link(
    source: str, target: str, path: Path, options: GeneratorOptions
) -> dict[str, Any]:
    seconds = transfer_seconds(options.payload_kbit, path.gbps, path.latency_s)
    residence = slots(seconds, options.slot_seconds)
    return {
        "source": source,
        "target": target,
        "hops": path.hops,
        "payload": options.payload,
        # A path may be faster than what a file can say; that is no time at all.
        "rate": min(payload_per_slot(options.payload, residence), LARGEST),
    }
