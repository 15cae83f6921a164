"""A discovery instance of a given network: its nodes, at their positions or by its links.

By positions, two nodes are within reach up to a coverage in km, and the nearer they are,
the likelier they are linked in a window. By links, those are within reach that a link of
the network joins, all at the limit of coverage.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import UsageError
from optkit.core.files.left_out import LeftOut
from optkit.core.solving import seeds
from optkit.discovery.data.calibration import build_document
from optkit.discovery.data.migrating_network import Snapshot
from optkit.discovery.data.options import MOST_NODES, GeneratorOptions
from optkit.discovery.data.required_accuracy import required_within_reach
from optkit.network.changes import changing_provenance, in_order, refuse_late_changes
from optkit.network.conversions import great_circle_km, moved, plane_km
from optkit.network.network import Network
from optkit.network.options import given_networks


def instance_from_network(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return the document of an instance on the network that options name.

    A ``SourceWarning`` and the provenance say what was assumed, and what of the network is
    not used.

    Parameters
    ----------
    options
        The network, its reading, and the parameters of the model.
    seed
        Main seed of what is drawn.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is no network.
    UsageError
        If positions are needed and not known, or something would be assumed and the
        options are strict; with everything that is wrong.
    """
    if options.then:
        refuse_late_changes(options, options.windows, "windows")
    given = given_networks(options)
    networks = [network for network, _ in given]
    network, source = given[0]
    said, problems = LeftOut(), _unfit(networks, options)
    defaults: list[str] = []
    reach = options.reach or _usual_reach(networks, defaults)
    stated: str | None = options.positions or network.coordinates
    if reach == "positions" and not problems and stated is None:
        stated = _usual_coordinates(networks)
        if stated is not None:
            defaults.append("Positions are taken as longitude and latitude in degrees.")
        elif options.reach == "positions":
            problems.append(
                f"network {network.name}: positions are no degrees, and the file does not"
                " say what they are; give --positions plane if they are in km, or take"
                " --reach links."
            )
        else:
            reach = "links"
            defaults.append(
                "Positions are no degrees, and the file does not say what they are: nodes"
                " are within reach of each other where a link joins them."
            )
    geographic = stated == "geographic"
    coverage = options.coverage_km if reach == "positions" else None
    rng = seeds.generator(seed, "instance", "discovery", "network")
    if reach == "positions" and not problems and coverage is None:
        coverage = max(
            _connecting(_distances(_places(x), geographic)) for x in networks
        )
        defaults.append(
            f"The coverage is not given: set to {coverage:.6g} km, the least at which"
            " all nodes are connected."
        )
    if options.strict:
        problems += [
            f"network {network.name}: {default} Strict refuses this default; give"
            " --coverage-km, --positions or --reach."
            for default in defaults
        ]
    names = in_order([[node.id for node in x.nodes] for x in networks])
    candidates = _candidates(networks, names, options, problems)
    if problems:
        raise UsageError("\n".join(problems))
    said.add(
        "computing powers, rates and latencies, which this family does not use",
        sum(
            sum(node.ghz is not None for node in x.nodes)
            + sum(link.gbps is not None for link in x.links)
            + sum(link.latency_s is not None for link in x.links)
            for x in networks
        ),
    )
    for default in defaults:
        said.note(default)
    starts = [0, *options.at, options.windows]
    snapshots = chain.from_iterable(
        _on_the_union(
            x,
            names,
            _staying(x, windows)
            if coverage is None
            else _moving(
                _places(x), geographic, coverage, options.step_km, windows, rng
            ),
        )
        for x, windows in zip(networks, np.diff(starts).tolist(), strict=True)
    )
    about: dict[str, float | str] = {"reach": reach}
    if coverage is not None:
        about |= {"coverage_km": coverage, "step_km": options.step_km}
    document = build_document(
        options,
        names,
        candidates,
        snapshots,
        seeds.generator(seed, "instance", "discovery"),
        name=network.name,
        provenance="",
        physics_of_source=about,
    )
    if problem := required_within_reach(document, options, said):
        raise UsageError(f"network {network.name}: {problem}")
    said.warn(source)
    document["provenance"] = _provenance(networks, options, seed, said.text())
    return document


def _provenance(
    networks: Sequence[Network], options: GeneratorOptions, seed: int, said: str
) -> str:
    if options.then:
        return changing_provenance("discovery", options, networks, seed, [said])
    network = networks[0]
    chosen = options.model_dump(exclude_unset=True, exclude={"name", "network", "then"})
    parts = (
        f"optkit generate discovery from the network {network.name!r}, seed {seed},"
        f" {chosen or 'defaults'}.",
        said,
        f"The network (sha256 {network.sha256[:12]}): {network.provenance}",
    )
    return " ".join(filter(None, parts))[:20_000]


def _places(network: Network) -> Floats:
    return np.array([node.position for node in network.nodes], dtype=float)


def _on_the_union(
    network: Network, names: Sequence[str], snapshots: Iterable[Snapshot]
) -> Iterator[Snapshot]:
    """Yield snapshots of a network with the nodes that it lacks, which are not present."""
    index = {name: number for number, name in enumerate(names)}
    places = np.array([index[node.id] for node in network.nodes])
    for snapshot in snapshots:
        present = np.zeros(len(names), dtype=bool)
        present[places] = snapshot.present
        distance = np.full((len(names), len(names)), np.inf)
        np.fill_diagonal(distance, 0.0)
        distance[np.ix_(places, places)] = snapshot.distance
        yield Snapshot(present, distance)


def _unfit(networks: Sequence[Network], options: GeneratorOptions) -> list[str]:
    """Return what is wrong with the networks for these options."""
    problems = []
    for network in networks:
        count = len(network.nodes)
        if count > MOST_NODES:
            problems.append(
                f"network {network.name}: {count} nodes; at most {MOST_NODES} are taken."
            )
        if options.reach == "positions":
            lacking = [node.id for node in network.nodes if node.position is None]
            if lacking:
                names = ", ".join(lacking[:5]) + (", …" if len(lacking) > 5 else "")
                problems.append(
                    f"network {network.name}: {len(lacking)} nodes have no position"
                    f" ({names}); add it to the file, or take --reach links."
                )
    if options.reach != "links" and len({x.coordinates for x in networks}) > 1:
        problems.append(
            "option then: positions of one network are not what those of another are"
            f" ({', '.join(str(x.coordinates or 'unknown') for x in networks)}); give"
            " coordinates in all files alike, or take --reach links."
        )
    return problems


def _usual_reach(networks: Sequence[Network], defaults: list[str]) -> str:
    nodes = [node for network in networks for node in network.nodes]
    lacking = sum(node.position is None for node in nodes)
    if not lacking:
        return "positions"
    defaults.append(
        f"The position of {lacking} of {len(nodes)} nodes is not known: nodes are"
        " within reach of each other where a link joins them."
    )
    return "links"


def _usual_coordinates(networks: Sequence[Network]) -> str | None:
    """Return what positions are where nothing says it: degrees, if they can be."""
    places = [node.position for x in networks for node in x.nodes if node.position]
    possible = all(abs(x) <= 180.0 and abs(y) <= 90.0 for x, y in places)
    return "geographic" if possible else None


def _candidates(
    networks: Sequence[Network],
    names: Sequence[str],
    options: GeneratorOptions,
    problems: list[str],
) -> list[int]:
    """Return the nodes with the most links that never leave, in the order of the files."""
    staying = set(names).intersection(*({n.id for n in x.nodes} for x in networks))
    wanted = options.candidates
    if wanted is None:
        wanted = min(math.ceil(0.2 * len(names)), len(staying))
    if wanted > len(staying):
        that_stay = " that never leave" if options.then else ""
        problems.append(
            f"option candidates: {wanted} of {len(staying)} nodes{that_stay}; lower it."
        )
    if not staying:
        problems.append(
            "option then: no node is in all networks, so there is no candidate for an"
            " agent; keep one."
        )
    degree = dict.fromkeys(names, 0)
    for network in networks:
        for link in network.links:
            degree[link.source] += 1
            degree[link.target] += 1
    ranked = sorted(
        (i for i, name in enumerate(names) if name in staying),
        key=lambda i: -degree[names[i]],
    )
    return sorted(ranked[:wanted])


def _distances(places: Floats, geographic: bool) -> Floats:
    return great_circle_km(places) if geographic else plane_km(places)


def _connecting(distance: Floats) -> float:
    """Return the least reach at which all nodes are connected: the longest tree edge."""
    from scipy.sparse.csgraph import minimum_spanning_tree

    # Nodes at one place would be no edge of a sparse matrix.
    apart = np.maximum(distance, 1e-9)
    np.fill_diagonal(apart, 0.0)
    longest = (
        float(minimum_spanning_tree(apart).toarray().max()) if len(apart) > 1 else 0.0
    )
    return max(longest, 1e-6) * (1.0 + 1e-9)


def _moving(
    places: Floats,
    geographic: bool,
    coverage: float,
    step_km: float,
    windows: int,
    rng: np.random.Generator,
) -> Iterator[Snapshot]:
    """Yield the network of each window: nodes at their positions, or wandering."""
    present = np.ones(len(places), dtype=bool)
    for _ in range(windows):
        yield Snapshot(present, _distances(places, geographic) / coverage)
        if step_km:
            steps = rng.normal(scale=step_km, size=places.shape)
            places = moved(places, steps, geographic)


def _staying(network: Network, windows: int) -> Iterator[Snapshot]:
    """Yield the network of each window: those are within reach that a link joins."""
    index = {node.id: place for place, node in enumerate(network.nodes)}
    count = len(index)
    distance = np.full((count, count), np.inf)
    np.fill_diagonal(distance, 0.0)
    for link in network.links:
        first, second = index[link.source], index[link.target]
        distance[first, second] = distance[second, first] = 1.0
    present = np.ones(count, dtype=bool)
    for _ in range(windows):
        yield Snapshot(present, distance)
