"""The model part of a dispatch instance on a network that changes.

The instance has the access points and the servers of all networks. One that is not in the
network that is in force takes no part: no jobs arrive at that access point, and nobody
sends to that server, which serves what it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optkit.core.errors import UsageError
from optkit.dispatch.data.from_network import NEEDS, Model, model_of
from optkit.dispatch.data.options import GeneratorOptions
from optkit.network.changes import (
    changing_provenance,
    completed,
    in_order,
    refuse_late_changes,
    union,
    warn_of_filled,
)
from optkit.network.network import Network, Node
from optkit.network.options import given_networks


def changing_model(options: GeneratorOptions, seed: int) -> tuple[Model, list[Model]]:
    """Return the model at the start, and the one after each change.

    All are of the same access points and servers. ``candidates`` of an access point that
    is not in force are those of the network in which it was last, or will be first.

    Parameters
    ----------
    options
        The networks, their reading, and the settings of the model.
    seed
        Main seed of what is drawn.

    Raises
    ------
    InvalidFileError
        If a file cannot be read or is no network.
    UsageError
        If a change is too late, or one of the networks does not do.
    """
    refuse_late_changes(options, options.intervals, "intervals")
    given = given_networks(options)
    networks, sentences = completed(
        [network for network, _ in given], NEEDS, options, seed, _is_edge_server
    )
    whole = _mean_ghz(union(networks))
    models, problems = [], []
    for network, (_, source) in zip(networks, given, strict=True):
        plain: dict[str, Any] = {"assume": ()}  # everything is known now
        if not options.strict or "cloud_speed" in options.model_fields_set:
            # A cloud is no slower because some server has left.
            plain["cloud_speed"] = options.cloud_speed * whole / _mean_ghz(network)
        chosen = options.model_copy(update=plain)
        try:
            models.append(model_of(network, source, chosen, seed))
        except UsageError as error:
            problems.append(str(error))
    if problems:
        raise UsageError("\n".join(problems))
    warn_of_filled(given, sentences)
    documents = _on_the_union([model.document for model in models])
    about = changing_provenance(
        "dispatch", options, [network for network, _ in given], seed, sentences
    )
    first, *later = [Model(document, models[0].name, about) for document in documents]
    return first, later


def _is_edge_server(node: Node) -> bool:
    return node.has_role("server") and not node.has_role("cloud")


def _mean_ghz(network: Network) -> float:
    """Return the mean speed of a network's edge servers, whose speeds are known."""
    speeds = [node.ghz or 0.0 for node in network.nodes if _is_edge_server(node)]
    return sum(speeds) / len(speeds) if speeds else 5.0


def _on_the_union(documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents with the access points and servers of all of them.

    ``present`` of each says which access points are in it.
    """
    aps = in_order([document["aps"] for document in documents])
    servers: dict[str, dict[str, Any]] = {}
    for document in documents:
        for server in document["servers"]:
            servers.setdefault(server["id"], server)
    order = {name: number for number, name in enumerate(servers)}
    made = []
    for number, document in enumerate(documents):
        # What is not in a network is looked up where it was last, or will be first.
        others = [*reversed(documents[: number + 1]), *documents[number + 1 :]]
        rows = {ap: _row(ap, others, order) for ap in aps}
        service = [_service(name, others) for name in order]
        present = set(document["aps"])
        made.append(
            document
            | {
                "aps": aps,
                "servers": list(servers.values()),
                "candidates": [rows[ap][0] for ap in aps],
                "upload_pmf": [rows[ap][1] for ap in aps],
                "mean_service_slots": service,
                "signal_latency_pmf": [document["signal_latency_pmf"][0] for _ in aps],
                "present": [ap in present for ap in aps],
            }
        )
    return made


def _row(
    ap: str, documents: Sequence[dict[str, Any]], order: dict[str, int]
) -> tuple[list[str], list[Any]]:
    """Return the candidates of an access point, and its laws for all servers."""
    document = next(x for x in documents if ap in x["aps"])
    place = document["aps"].index(ap)
    laws: list[Any] = [None] * len(order)
    for server, law in zip(
        document["servers"], document["upload_pmf"][place], strict=True
    ):
        laws[order[server["id"]]] = law
    candidates = sorted(document["candidates"][place], key=order.__getitem__)
    return candidates, laws


def _service(name: str, documents: Sequence[dict[str, Any]]) -> list[float]:
    """Return the mean service times of a server."""
    for document in documents:
        for server, row in zip(
            document["servers"], document["mean_service_slots"], strict=True
        ):
            if server["id"] == name:
                times: list[float] = row
                return times
    raise AssertionError("every server is in a document")
