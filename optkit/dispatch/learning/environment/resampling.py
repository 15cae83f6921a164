"""New sample paths of a known network."""

from __future__ import annotations

import dataclasses

import numpy as np

from optkit.dispatch.data.generate import arrivals
from optkit.dispatch.problem.problem_data import World, quantile_of


def redraw(world: World, draw: np.random.Generator) -> World:
    """Return the same network with arrivals, quantiles and signals drawn anew.

    Parameters
    ----------
    world
        The network; its arrivals are independent in every slot, with the probabilities
        ``arrival``, whatever its own path came from.
    draw
        Random numbers.
    """
    jobs = arrivals(world.arrival, world.horizon, draw)
    points = world.shape[0]
    late = draw.random((world.intervals, points))
    signal = np.stack(
        [quantile_of(world.signal_law[k], late[:, k]) for k in range(points)], axis=1
    )
    return dataclasses.replace(
        world,
        signal=signal,
        job=np.arange(len(jobs["slot"]), dtype=np.int64),
        slot=np.array(jobs["slot"], dtype=np.int64),
        ap=np.array(jobs["ap"], dtype=np.int64),
        kind=np.array(jobs["type"], dtype=np.int64),
        upload_u=np.array(jobs["upload_u"], dtype=np.float64),
        service_u=np.array(jobs["service_u"], dtype=np.float64),
    )
