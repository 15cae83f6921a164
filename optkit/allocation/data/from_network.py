"""An allocation instance of a given network: its servers, its links, one of them master.

A server computes at its ``ghz``. A link carries ``gbps`` each way, or one way if it is
directed; parallel links become one, with the sum of their rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optkit.allocation.data.documents import instance_document
from optkit.allocation.data.masters import most_neighbours, no_such_master
from optkit.allocation.data.options import GeneratorOptions
from optkit.core.errors import UsageError
from optkit.core.files.left_out import LeftOut
from optkit.network.assumptions import Filled, Need, Rule, fill
from optkit.network.directed_links import directed_rates, neighbours, reachable
from optkit.network.network import Network
from optkit.network.options import given_network

_SHOWN = 5


def needs(options: GeneratorOptions) -> list[Need]:
    """Return what an instance needs to know, with the defaults of the family."""
    given = options.model_fields_set

    def need(attribute: str, low: str, high: str) -> Need:
        rule = Rule(getattr(options, low), getattr(options, high))
        option = low.replace("_", "-")
        return Need(attribute, rule, option, not given.isdisjoint({low, high}))

    return [
        need("ghz", "ghz_low", "ghz_high"),
        need("capacitance", "capacitance", "capacitance"),
        need("tx_watt", "tx_watt", "tx_watt"),
        need("gbps", "gbps_low", "gbps_high"),
    ]


def instance_from_network(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return the document of an instance on the network that options name.

    A ``SourceWarning`` and the provenance say what the network does not state, with what it
    was filled, and what of the network is not used.

    Parameters
    ----------
    options
        The network, the master, and rules for what is not known.
    seed
        Main seed of what is drawn.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is no network.
    UsageError
        If the master is no server or has no link, or something is missing and the options
        are strict; with everything that is wrong.
    """
    network, source = given_network(options)
    said = LeftOut()
    nodes = network.with_role("server")
    servers = [node.id for node in nodes]
    known = set(servers)
    links = network.links_among(known)
    said.add("nodes that are no servers", len(network.nodes) - len(nodes))
    said.add("their links", len(network.links) - len(links))
    latencies = sum(link.latency_s is not None for link in links)
    said.add("latencies, which this family does not use", latencies)
    if not servers:
        raise UsageError(f"{source}: no node has the role server; give one to a node.")
    pairs = directed_rates([(x.source, x.target, 1.0) for x in links], network.directed)
    reached_from = neighbours(servers, pairs)
    problems = []
    master = most_neighbours(reached_from) if options.master is None else options.master
    if master not in known:
        problems.append(no_such_master(master, servers, str(source)))
    elif len(servers) > 1 and not reached_from[master]:
        problems.append(
            f"option master: no link leads from {master!r} to another server; add one, or"
            " name another master."
        )
    try:
        filled = fill(
            network, nodes, links, needs(options), options.assume, options.strict, seed
        )
    except UsageError as error:
        problems.append(str(error))
    if problems:
        raise UsageError("\n".join(problems))
    rates = directed_rates(
        (
            (link.source, link.target, rate)
            for link, rate in zip(links, filled.values["gbps"], strict=True)
        ),
        network.directed,
    )
    for sentence in _sentences(filled, network, reached_from, master):
        said.note(sentence)
    said.warn(source)
    values = filled.values
    return instance_document(
        options,
        name=options.name or network.name,
        provenance=_provenance(network, said.text(), master, options, seed),
        master=master,
        servers=zip(
            servers,
            values["ghz"],
            values["capacitance"],
            values["tx_watt"],
            strict=True,
        ),
        links=[(*pair, rate) for pair, rate in rates.items()],
    )


def _sentences(
    filled: Filled,
    network: Network,
    reached_from: Mapping[str, Sequence[str]],
    master: str,
) -> list[str]:
    sentences = list(filled.sentences)
    if network.parallel:
        sentences.append(
            f"Parallel links: the rates of {network.parallel} of them were added to those"
            " of others between the same nodes."
        )
    reached = reachable({k: list(v) for k, v in reached_from.items()}, master)
    alone = [server for server in reached_from if server not in reached]
    if alone:
        names = ", ".join(alone[:_SHOWN]) + (", …" if len(alone) > _SHOWN else "")
        sentences.append(f"The master cannot reach {len(alone)} servers: {names}.")
    return sentences


def _provenance(
    network: Network, said: str, master: str, options: GeneratorOptions, seed: int
) -> str:
    chosen = options.model_dump(exclude_unset=True, exclude={"name", "network"})
    parts = (
        f"optkit generate allocation from the network {network.name!r}, seed {seed},"
        f" {chosen or 'defaults'}.",
        said,
        f"Master: {master}"
        + ("." if options.master else " (the server with the most neighbours)."),
        f"The network (sha256 {network.sha256[:12]}): {network.provenance}"
        if network.provenance
        else f"The network has sha256 {network.sha256[:12]} and no provenance.",
    )
    return " ".join(part for part in parts if part)[:20_000]
