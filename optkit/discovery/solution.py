"""The discovery solution: which agents are open, who connects to whom, in which mode."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from optkit.core.files.fields import Identifier
from optkit.core.instance import Solution

Mode = Annotated[int, Field(strict=True, ge=0, le=1)]
"""1 for the agent mode, 0 for the self-directed mode."""


class DiscoverySolution(Solution):
    """An answer to a :class:`optkit.discovery.instance.DiscoveryInstance`.

    Rows follow the instance's lists of windows, resources and nodes.

    Parameters
    ----------
    qans
        X: the candidates opened as query agent nodes, by window and resource.
    connect
        W: the candidate each node connects to, by window and node; None where it does
        not connect, is absent or demands nothing.
    agent
        Y: the mode each node runs in, by window and node; None where it is absent or
        demands nothing.
    """

    qans: tuple[tuple[tuple[Identifier, ...], ...], ...]
    connect: tuple[tuple[Identifier | None, ...], ...]
    agent: tuple[tuple[Mode | None, ...], ...]
