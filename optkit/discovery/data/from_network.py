"""A discovery instance of a given network: its nodes, at their positions or by its links.

By positions, two nodes are within reach up to a coverage in km, and the nearer they are,
the likelier they are linked in a window. By links, those are within reach that a link of
the network joins, all at the limit of coverage.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import UsageError
from optkit.core.files.left_out import LeftOut
from optkit.core.solving import seeds
from optkit.discovery.data.calibration import build_document
from optkit.discovery.data.migrating_network import Snapshot
from optkit.discovery.data.options import GeneratorOptions
from optkit.network.conversions import great_circle_km, moved, plane_km
from optkit.network.network import Network
from optkit.network.options import given_network

MOST_NODES = 2_000
"""Most nodes; an instance has a number for every pair in every window."""


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
    network, source = given_network(options)
    said, problems = LeftOut(), _unfit(network, options)
    defaults: list[str] = []
    reach = options.reach or _usual_reach(network, defaults)
    stated: str | None = options.positions or network.coordinates
    if reach == "positions" and not problems and stated is None:
        stated = _usual_coordinates(network, defaults, problems)
    geographic = stated == "geographic"
    coverage = options.coverage_km
    rng = seeds.generator(seed, "instance", "discovery", "network")
    if reach == "positions" and not problems:
        places = np.array([node.position for node in network.nodes], dtype=float)
        if coverage is None:
            coverage = _connecting(_distances(places, geographic))
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
    if problems:
        raise UsageError("\n".join(problems))
    said.add(
        "computing powers, rates and latencies, which this family has not",
        sum(node.ghz is not None for node in network.nodes)
        + sum(link.gbps is not None for link in network.links)
        + sum(link.latency_s is not None for link in network.links),
    )
    for default in defaults:
        said.note(default)
    if reach == "positions" and coverage is not None:
        snapshots = _moving(places, geographic, coverage, options, rng)
    else:
        snapshots = _staying(network, options.windows)
    said.warn(source)
    chosen = options.model_dump(exclude_unset=True, exclude={"name", "network", "then"})
    parts = (
        f"optkit generate discovery from the network {network.name!r}, seed {seed},"
        f" {chosen or 'defaults'}.",
        said.text(),
        f"The network (sha256 {network.sha256[:12]}): {network.provenance}",
    )
    about: dict[str, float | str] = {"reach": reach}
    if coverage is not None:
        about |= {"coverage_km": coverage, "step_km": options.step_km}
    return build_document(
        options,
        [node.id for node in network.nodes],
        _candidates(network, options),
        snapshots,
        seeds.generator(seed, "instance", "discovery"),
        name=network.name,
        provenance=" ".join(filter(None, parts))[:20_000],
        physics_of_source=about,
    )


def _unfit(network: Network, options: GeneratorOptions) -> list[str]:
    """Return what is wrong with the network for these options."""
    problems = []
    count = len(network.nodes)
    if count > MOST_NODES:
        problems.append(
            f"network {network.name}: {count} nodes; at most {MOST_NODES} are taken."
        )
    if options.candidates is not None and options.candidates > count:
        problems.append(
            f"option candidates: {options.candidates} of {count} nodes; lower it."
        )
    if options.reach == "positions":
        lacking = [node.id for node in network.nodes if node.position is None]
        if lacking:
            names = ", ".join(lacking[:5]) + (", …" if len(lacking) > 5 else "")
            problems.append(
                f"network {network.name}: {len(lacking)} nodes have no position ({names});"
                " add it to the file, or take --reach links."
            )
    return problems


def _usual_reach(network: Network, defaults: list[str]) -> str:
    lacking = sum(node.position is None for node in network.nodes)
    if not lacking:
        return "positions"
    defaults.append(
        f"The position of {lacking} of {len(network.nodes)} nodes is not known: nodes are"
        " within reach of each other where a link joins them."
    )
    return "links"


def _usual_coordinates(
    network: Network, defaults: list[str], problems: list[str]
) -> str:
    """Return what positions are where nothing says it: degrees, if they can be."""
    places = [node.position for node in network.nodes if node.position is not None]
    if all(abs(x) <= 180.0 and abs(y) <= 90.0 for x, y in places):
        defaults.append("Positions are taken as longitude and latitude in degrees.")
        return "geographic"
    problems.append(
        f"network {network.name}: positions are no degrees, and the file does not say what"
        " they are; give --positions plane if they are in km, or take --reach links."
    )
    return "plane"


def _candidates(network: Network, options: GeneratorOptions) -> list[int]:
    """Return the nodes with the most links, in the order of the file."""
    count = len(network.nodes)
    wanted = options.candidates
    if wanted is None:
        wanted = math.ceil(0.2 * count)
    degree = dict.fromkeys((node.id for node in network.nodes), 0)
    for link in network.links:
        degree[link.source] += 1
        degree[link.target] += 1
    ranked = sorted(range(count), key=lambda i: -degree[network.nodes[i].id])
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
    options: GeneratorOptions,
    rng: np.random.Generator,
) -> Iterator[Snapshot]:
    """Yield the network of each window: nodes at their positions, or wandering."""
    present = np.ones(len(places), dtype=bool)
    for _ in range(options.windows):
        yield Snapshot(present, _distances(places, geographic) / coverage)
        if options.step_km:
            steps = rng.normal(scale=options.step_km, size=places.shape)
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
