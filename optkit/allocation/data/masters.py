"""The master of an instance that is made from a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optkit.core.suggest import nearest

_SHOWN = 12


def most_neighbours(neighbours: Mapping[str, Sequence[str]]) -> str:
    """Return the node with the most neighbours; of several, the first."""
    # max keeps the first of equals, and the mapping is in the order of the file.
    return max(neighbours, key=lambda key: len(neighbours[key]))


def no_such_master(wanted: str, servers: Sequence[str], source: str) -> str:
    """Return the message for a master that is no server."""
    similar = {name.lower().replace("_", "-"): name for name in servers}
    guess = nearest(wanted, similar)
    hint = f" Did you mean {similar[guess]!r}?" if guess else ""
    few = ", ".join(servers[:_SHOWN]) + (", …" if len(servers) > _SHOWN else "")
    return f"option master: no server {wanted!r} in {source}.{hint} Servers: {few}"
