"""The networks of the paper's studies, as far as its text determines them.

Speeds and rates are drawn from the ranges of Sec. VII-A, with b = 1 Gcycle per Gbit: with
the printed 10⁶ cycles per Gbit nothing would ever be offloaded.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.core.tools.generate import generate
from optkit.reproduction.engine import Context

TOPOLOGIES = ("Topology 1", "Topology 2", "Topology 3", "Topology 4")
"""The four small networks of Fig. 4, rebuilt from what the text says about them."""

TASK_GBIT = 1.0
"""Task size Y of the studies; costs are proportional to it (Theorem 2)."""

PARAMETERS: dict[str, Any] = {
    "processors": "f uniform in 1–10 GHz, γ = 0.01 J/(Gcycle GHz²)",
    "links": "R uniform in 10–100 Gbit/s, e = 1 W (30 dBm)",
    "task": "Y = 1 Gbit, b = 1 Gcycle/Gbit (printed: 10⁶ cycles/Gbit, see the notes)",
    "weights": "w1 = 0.5 per s, w2 = 0.05 per J",
}
"""Parameters of all studies, for the reader."""

UNITS_NOTE = (
    "Two settings of the paper are read differently from how they are printed. At b ="
    " 10⁶ cycles per Gbit computing costs almost nothing, and nothing would ever be"
    " sent to a server; 10⁹ agrees with the loads, the thresholds of Fig. 12 and the"
    " cost of Table I. The speeds and rates drawn for the paper are not published, so"
    " every study is repeated on newly drawn networks, and figures can be compared in"
    " shape, not in height."
)


def topology(
    context: Context, setting: str, repetition: int, **options: Any
) -> AllocationInstance:
    """Return one of the four small networks with speeds and rates drawn anew.

    Parameters
    ----------
    context
        Gives the seed; the same repetition is the same network in every study.
    setting
        ``Topology 1`` to ``Topology 4``.
    repetition
        Number of the draw.
    options
        Further options of the generator, such as weights.
    """
    shape = setting.lower().replace(" ", "-")
    seed = context.seed("network", shape, repetition)
    drawn = generate(
        "allocation", seed, shape=shape, size_gbit=TASK_GBIT, name=shape, **options
    )
    return cast(AllocationInstance, drawn)


def pairs(context: Context, most: int, repetition: int) -> list[AllocationInstance]:
    """Return nested networks of 1 to ``most`` subtrees, each a chain of two servers."""
    seed = context.seed("network", "pairs", repetition)
    largest = cast(
        AllocationInstance,
        generate(
            "allocation",
            seed,
            shape="pairs",
            servers=2 * most + 1,
            size_gbit=TASK_GBIT,
            name=f"pairs-{most}",
        ),
    )
    networks = []
    for count in range(1, most + 1):
        servers = largest.servers[: 2 * count + 1]
        ids = {server.id for server in servers}
        links = tuple(link for link in largest.links if link.target in ids)
        content = {"servers": servers, "links": links, "name": f"pairs-{count}"}
        networks.append(largest.model_copy(update=content))
    return networks


def single_subtree(
    context: Context,
    servers: int,
    repetition: int,
    suits: Callable[[SinkTree], bool],
) -> AllocationInstance:
    """Return a random network whose master has one neighbour, so that it has one subtree.

    Erdős–Rényi graphs with one edge per server on average, with their components joined,
    are drawn until the tree below a server with a single link suits; this server becomes
    the master.

    Parameters
    ----------
    context
        Gives the seed; the same repetition is the same network in every study.
    servers
        Number of servers, the master included.
    repetition
        Number of the draw.
    suits
        Says whether a tree will do.
    """
    for attempt in itertools.count():
        seed = context.seed("network", "single", servers, repetition, attempt)
        drawn = cast(
            AllocationInstance,
            generate(
                "allocation",
                seed,
                servers=servers,
                edge_probability=1.0 / servers,
                size_gbit=TASK_GBIT,
                name=f"single-{servers}",
            ),
        )
        degree = Counter(link.source for link in drawn.links)
        for server in drawn.servers:
            if degree[server.id] == 1:
                instance = drawn.model_copy(update={"master": server.id})
                if suits(sink_tree(instance)):
                    return instance
    raise AssertionError("the loop above has no end")


def height(tree: SinkTree) -> int:
    """Return the number of hops to the farthest server."""
    return int(tree.depth.max())


def below(tree: SinkTree, levels: int) -> int:
    """Return how many servers are more than ``levels`` hops away."""
    return int((tree.depth > levels).sum())
