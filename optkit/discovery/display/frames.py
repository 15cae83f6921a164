"""A discovery solution as columns: its windows, and its requests."""

from __future__ import annotations

from collections.abc import Iterator

from optkit.core.display.frames import Frames, from_rows
from optkit.core.solving.result import Verification
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution


def frames(
    instance: DiscoveryInstance,
    solution: DiscoverySolution,
    verification: Verification,
) -> Frames:
    """Return the windows with their metrics, and the requests with their modes.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution.

    Returns
    -------
    Frames
        ``windows``: the metrics of each. ``requests``: for each window and node that wants
        a resource, the agent that it connects to, if any, and its mode.
    """
    windows = verification.metrics["windows"]
    names = tuple(windows[0]) if windows else ()
    return {
        "windows": from_rows(
            ("window", *names),
            ((k, *metrics.values()) for k, metrics in enumerate(windows)),
        ),
        "requests": from_rows(
            ("window", "node", "resource", "agent", "mode"),
            _requests(instance, solution),
        ),
    }


def _requests(
    instance: DiscoveryInstance, solution: DiscoverySolution
) -> Iterator[tuple[int, str, str, str | None, str]]:
    for k, demand in enumerate(instance.demand):
        for i, resource in enumerate(demand):
            if resource is None or not instance.present[k][i]:
                continue
            mode = "agent" if solution.agent[k][i] else "self-directed"
            yield k, instance.nodes[i], resource, solution.connect[k][i], mode
