"""The model part of a dispatch instance on a given network.

Access points and servers are nodes by their roles. An access point may send to the servers
within a number of hops, or within a latency. A job's upload takes its size over the
smallest rate of its path, plus the latencies of its links; its service takes its work over
the server's speed (:mod:`optkit.network.conversions`). Sizes and work are drawn for each
type of job.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as PathOnDisk
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import UsageError
from optkit.core.files.left_out import LeftOut
from optkit.core.solving import seeds
from optkit.dispatch.data.network import model_document
from optkit.dispatch.data.options import GeneratorOptions
from optkit.network.assumptions import Filled, Need, Rule, fill
from optkit.network.conversions import service_slots, slots, transfer_seconds
from optkit.network.network import Network, Node
from optkit.network.options import given_network
from optkit.network.paths import Path, paths_from, roads

NEEDS = (
    Need("ghz", Rule(5.0, 5.0)),
    Need("gbps", Rule(10.0, 100.0)),
    Need("latency_s", Rule(0.005, 0.005)),
)
"""What an instance needs to know, with the defaults of the family."""

MOST_UPLOAD_SLOTS = 10_000
"""Longest mean upload, in slots; laws list the probability of every slot."""


@dataclass(frozen=True)
class Model:
    """A model on a network, and what to say of it.

    Parameters
    ----------
    document
        The part of an instance's document that does not depend on arrivals.
    name, provenance
        As in the document.
    shares
        (K,): arrivals at each access point in multiples of the mean; None for equal ones.
    """

    document: dict[str, Any]
    name: str
    provenance: str
    shares: Floats | None = None


@dataclass(frozen=True)
class _Parties:
    """Access points, edge servers and clouds, who stands where, and who reaches whom."""

    aps: Sequence[str]
    edges: Sequence[Node]
    clouds: Sequence[Node]
    home: Mapping[str, str]
    reach: Mapping[str, Sequence[str]]
    paths: Mapping[str, Mapping[str, Path]]


def upload_law(mean_slots: float, jitter: float) -> list[float]:
    """Return the law of an upload: uniform around its mean, rounded up to whole slots.

    Parameters
    ----------
    mean_slots
        Its mean before rounding, slots.
    jitter
        Share of the mean by which it is shorter or longer at most.

    Returns
    -------
    list of float
        Probabilities of 0, 1, 2, … slots; none takes less than one.

    Examples
    --------
    Between 1.5 and 2.5 slots, half of the uploads end within the second slot:

    >>> upload_law(2.0, 0.25)
    [0.0, 0.0, 0.5, 0.5]
    """
    low, high = mean_slots * (1.0 - jitter), mean_slots * (1.0 + jitter)
    last = max(1, math.ceil(high))
    if math.ceil(low) >= last or high <= low:
        return [0.0] * last + [1.0]
    ends = np.clip(np.arange(last + 1), low, high)
    law = np.concatenate([[0.0], np.diff(ends) / (high - low)])
    return [float(p) for p in law / law.sum()]


def network_model(options: GeneratorOptions, seed: int) -> Model:
    """Return the model of the network that options name.

    A ``SourceWarning`` and the provenance say what the network does not state, with what it
    was filled, and what of the network is not used.

    Parameters
    ----------
    options
        The network, its reading, and the settings of the model.
    seed
        Main seed of what is drawn.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is no network.
    UsageError
        If there is no access point or no server, one of them is out of reach, or something
        is missing and the options are strict; with everything that is wrong.
    """
    return model_of(*given_network(options), options, seed)


def model_of(
    network: Network, source: PathOnDisk, options: GeneratorOptions, seed: int
) -> Model:
    """Return the model of a network; see :func:`network_model`.

    Parameters
    ----------
    network, source
        The network, and where it is from.
    options, seed
        As of :func:`network_model`.
    """
    said = LeftOut()
    clouds = network.with_role("cloud")
    aside = {node.id for node in clouds}
    aps = [n.id for n in network.with_role("access-point") if n.id not in aside]
    edges = [n for n in network.with_role("server") if n.id not in aside]
    problems = []
    if not aps:
        problems.append(
            f"{source}: no node has the role access-point; give one to a node."
        )
    if not edges and not clouds and not _own_cloud(options):
        problems.append(f"{source}: no node has the role server; give one to a node.")
    used = {*aps, *aside, *(node.id for node in edges)}
    routers = {n.id for n in network.with_role("router")} | used
    links = network.links_among(routers)
    said.add("nodes that play no part", len(network.nodes) - len(routers))
    try:
        filled = fill(
            network, edges, links, NEEDS, options.assume, options.strict, seed
        )
    except UsageError as error:
        problems.append(str(error))
    unknown = [node.id for node in clouds if node.ghz is None]
    if unknown and options.strict and "cloud_speed" not in options.model_fields_set:
        problems.append(
            f"network {network.name}: ghz of the clouds {', '.join(unknown[:5])} is not"
            " known, and strict refuses a default: add it to the file, or give"
            " --cloud-speed."
        )
    if problems:
        raise UsageError("\n".join(problems))
    for sentence in filled.sentences:
        said.note(sentence)
    if network.parallel:
        said.note("Rates of parallel links were added up; their least latency counts.")
    senders = [*aps, *(node.id for node in clouds)]
    paths = _paths(network, senders, links, filled)
    home = _homes(network, edges, aps, paths)
    reach = _reach(options, aps, edges, home, paths, said)
    parties = _Parties(aps, edges, clouds, home, reach, paths)
    document = _document(options, seed, parties, filled, said)
    shares = _shares(network, aps, said)
    said.warn(source)
    chosen = options.model_dump(exclude_unset=True, exclude={"name", "network", "then"})
    parts = (
        f"optkit generate dispatch from the network {network.name!r}, seed {seed},"
        f" {chosen or 'defaults'}.",
        said.text(),
        "" if shares is None else "Jobs arrive in proportion to the traffic of nodes.",
        f"The network (sha256 {network.sha256[:12]}): {network.provenance}",
    )
    provenance = " ".join(filter(None, parts))[:20_000]
    return Model(document, options.name or network.name, provenance, shares)


def _shares(network: Network, aps: Sequence[str], said: LeftOut) -> Floats | None:
    """Return the traffic of each access point in multiples of the mean; None if unknown."""
    known = {node.id: node.traffic for node in network.nodes}
    traffic = [value for ap in aps if (value := known[ap]) is not None]
    if traffic and (len(traffic) < len(aps) or not sum(traffic)):
        said.note(
            f"The traffic of {len(traffic)} of {len(aps)} access points is known, or all of"
            " it is 0: jobs arrive everywhere alike."
        )
        return None
    return np.array(traffic) / np.mean(traffic) if traffic else None


def _own_cloud(options: GeneratorOptions) -> bool:
    """Return whether a cloud that is no node was asked for."""
    return options.cloud and "cloud" in options.model_fields_set


def _paths(
    network: Network, starts: Sequence[str], links: Sequence[Any], filled: Filled
) -> dict[str, dict[str, Path]]:
    """Return the paths from some nodes; only routers pass anything on."""
    values = zip(links, filled.values["gbps"], filled.values["latency_s"], strict=True)
    ways = roads(
        (node.id for node in network.nodes),
        ((link.source, link.target, rate, delay) for link, rate, delay in values),
        network.directed,
    )
    routers = {node.id for node in network.with_role("router")}
    return {node: paths_from(node, ways, routers) for node in starts}


def _homes(
    network: Network,
    edges: Sequence[Node],
    aps: Sequence[str],
    paths: Mapping[str, Mapping[str, Path]],
) -> dict[str, str]:
    """Return the access point that each server stands beside: itself, or the nearest."""
    known = set(aps)
    homes = {}
    alone = []
    for node in edges:
        near = [ap for ap in aps if node.id in paths[ap]]
        if node.id in known:
            homes[node.id] = node.id
        elif near:
            homes[node.id] = min(near, key=lambda ap: _nearness(paths[ap][node.id]))
        else:
            alone.append(node.id)
    if alone:
        raise UsageError(
            f"network {network.name}: no path leads from an access point to"
            f" {_listed('server', alone)}; add links, or take the role away."
        )
    return homes


def _listed(what: str, names: Sequence[str]) -> str:
    """Return ``the server 'a'``, or ``12 servers ('a', 'b', …)``."""
    if len(names) == 1:
        return f"the {what} {names[0]!r}"
    shown = ", ".join(map(repr, names[:5])) + (", …" if len(names) > 5 else "")
    return f"{len(names)} {what}s ({shown})"


def _nearness(path: Path) -> tuple[int, float]:
    return path.hops, path.latency_s


def _reach(
    options: GeneratorOptions,
    aps: Sequence[str],
    edges: Sequence[Node],
    home: Mapping[str, str],
    paths: Mapping[str, Mapping[str, Path]],
    said: LeftOut,
) -> dict[str, list[str]]:
    """Return the edge servers that each access point may send to."""
    reach = {}
    alone = 0
    for ap in aps:
        within = []
        for node in edges:
            path = paths[ap].get(node.id)
            if path is None:
                continue
            if options.reach_ms is not None:
                near = 1000.0 * path.latency_s <= options.reach_ms
            else:
                near = path.hops <= options.reach_hops
            if near or home[node.id] == ap:
                within.append(node.id)
        if not within:
            others = [node.id for node in edges if node.id in paths[ap]]
            if others:
                alone += 1
                within = [min(others, key=lambda m: _nearness(paths[ap][m]))]
        reach[ap] = within
    if alone:
        said.note(
            f"{alone} of {len(aps)} access points have no server within reach and send to"
            " the nearest."
        )
    return reach


def _document(
    options: GeneratorOptions,
    seed: int,
    parties: _Parties,
    filled: Filled,
    said: LeftOut,
) -> dict[str, Any]:
    aps, edges, clouds = parties.aps, parties.edges, parties.clouds
    home, reach, paths = parties.home, parties.reach, parties.paths
    rng = seeds.generator(seed, "instance", "dispatch", "job types")
    work = _around(options.job_gcycles, options, rng)
    size = _around(options.job_kbit, options, rng)
    speeds = dict(zip((n.id for n in edges), filled.values["ghz"], strict=True))
    fast = options.cloud_speed * (sum(speeds.values()) / len(speeds) if speeds else 5.0)
    for node in clouds:
        speeds[node.id] = fast if node.ghz is None else node.ghz
    own: list[str] = []
    if _own_cloud(options):
        own = ["cloud" if "cloud" not in speeds else "cloud/1"]
        speeds[own[0]] = fast
    if own or any(node.ghz is None for node in clouds):
        said.note(f"The speed of the cloud is set to {fast:g} GHz.")
    servers: list[dict[str, Any]] = [
        *({"id": node.id, "kind": "edge", "ap": home[node.id]} for node in edges),
        *({"id": node.id, "kind": "cloud", "ap": None} for node in clouds),
        *({"id": name, "kind": "cloud", "ap": None} for name in own),
    ]
    names = [str(server["id"]) for server in servers]
    far = {node.id for node in clouds}
    cloud_path = Path(1, options.cloud_gbps, options.cloud_latency_s)
    candidates: list[list[str]] = []
    upload: list[list[list[list[float]] | None]] = []
    means: dict[tuple[str, str], float] = {}
    alone: list[str] = []
    for ap in aps:
        allowed = {*reach[ap], *(name for name in far if name in paths[ap]), *own}
        if not allowed:
            alone.append(ap)
        candidates.append([name for name in names if name in allowed])
        row: list[list[list[float]] | None] = []
        for name in names:
            if name not in allowed:
                row.append(None)
            elif name == ap:
                row.append([[0.0, 1.0] for _ in size])  # it leaves after one slot
            else:
                path = cloud_path if name in own else paths[ap][name]
                slots_of_types = [_mean_slots(kbit, path, options) for kbit in size]
                means[ap, name] = max(slots_of_types)
                row.append(
                    [
                        upload_law(min(mean, MOST_UPLOAD_SLOTS), options.jitter)
                        for mean in slots_of_types
                    ]
                )
        upload.append(row)
    if alone:
        raise UsageError(
            f"no path leads from {_listed('access point', alone)} to a server; add links,"
            " or take the role away."
        )
    _refuse_slow(means, options)
    service = [
        [service_slots(gcycles, speeds[name], options.slot_seconds) for gcycles in work]
        for name in names
    ]
    document = model_document(options, list(aps), servers, candidates, upload, service)
    senders = [*aps, *(node.id for node in clouds), *own]
    document["message_hops"] = [
        [_message_hops(sender, ap, paths) for ap in aps] for sender in senders
    ]
    return document


def _message_hops(
    sender: str, ap: str, paths: Mapping[str, Mapping[str, Path]]
) -> int | None:
    """Return the hops of a message to an access point; None for itself or if no path leads.

    A cloud that is no node is one hop away.
    """
    if sender not in paths:
        return 1
    path = paths[sender].get(ap)
    return path.hops or None if path is not None else None


def _around(
    mean: float, options: GeneratorOptions, rng: np.random.Generator
) -> list[float]:
    """Return a value for each type of job, within a share of the mean."""
    share: Floats = rng.uniform(-options.job_spread, options.job_spread, options.types)
    return [float(value) for value in mean * (1.0 + share)]


def _mean_slots(kbit: float, path: Path, options: GeneratorOptions) -> float:
    seconds = transfer_seconds(kbit, path.gbps, path.latency_s)
    return slots(seconds, options.slot_seconds)


def _refuse_slow(
    means: Mapping[tuple[str, str], float], options: GeneratorOptions
) -> None:
    """Refuse uploads that take too many slots, all at once."""
    slow = {pair: mean for pair, mean in means.items() if mean > MOST_UPLOAD_SLOTS}
    if not slow:
        return
    (ap, server), most = max(slow.items(), key=lambda item: item[1])
    fit = 1.05 * options.slot_seconds * most / MOST_UPLOAD_SLOTS  # room for rounding
    raise UsageError(
        f"{len(slow)} uploads take more than {MOST_UPLOAD_SLOTS} slots, the longest, from"
        f" {ap!r} to {server!r}, {most:.3g}: give slots of at least {fit:.2g} s"
        f" (--slot-seconds), or smaller jobs than {options.job_kbit:g} kbit (--job-kbit)."
    )
