"""The discovery solution: open agents, connections, and modes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from optkit.core.files.fields import Identifier
from optkit.core.instance import Solution

Mode = Annotated[int, Field(strict=True, ge=0, le=1)]
"""1 for the agent mode, 0 for the self-directed mode."""


class DiscoverySolution(Solution):
    """A solution of a :class:`optkit.discovery.instance.DiscoveryInstance`.

    Rows follow the instance's lists of windows, resources and nodes.

    Parameters
    ----------
    qans
        X: the candidates opened as query agent nodes, by window and resource.
    connect
        W: the candidate that each node connects to, by window and node; None where the
        node does not connect, is absent or demands nothing.
    agent
        Y: the mode of each node, by window and node; None where it is absent or demands
        nothing.
    """

    qans: tuple[tuple[tuple[Identifier, ...], ...], ...]
    connect: tuple[tuple[Identifier | None, ...], ...]
    agent: tuple[tuple[Mode | None, ...], ...]
