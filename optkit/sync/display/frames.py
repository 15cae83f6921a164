"""A sync solution as columns: its links, and its devices."""

from __future__ import annotations

from optkit.core.display.frames import Frames, from_rows
from optkit.core.solving.result import Verification
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution


def frames(
    instance: SyncInstance, solution: SyncSolution, verification: Verification
) -> Frames:
    """Return the links and the devices, each with the checker's metrics.

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
        ``links``: notifications, ages in slots and the mean error in percent.
        ``devices``: the router, the mean load in percent, the reports and the error of the
        series redrawn from them.
    """
    links, devices = verification.metrics["links"], verification.metrics["devices"]
    of_link = ("notifications", "mean_age", "max_age", "mean_error")
    of_device = ("reports", "reconstruction_mse")
    return {
        "links": from_rows(
            ("source", "target", "hops", *of_link),
            (
                (
                    link.source,
                    link.target,
                    link.hops,
                    *(links[link.source][link.target][name] for name in of_link),
                )
                for link in instance.links
            ),
        ),
        "devices": from_rows(
            ("device", "router", "mean_load_percent", *of_device),
            (
                (
                    device.id,
                    device.router,
                    sum(device.load_percent) / instance.slots,
                    *(devices[device.id][name] for name in of_device),
                )
                for device in instance.devices
            ),
        ),
    }
