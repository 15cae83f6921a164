"""New sample paths of a known network."""

from __future__ import annotations

import dataclasses

import numpy as np

from optkit.dispatch.data.generate import arrivals
from optkit.dispatch.problem.problem_data import ProblemData, quantile_of


def redraw(data: ProblemData, rng: np.random.Generator) -> ProblemData:
    """Return the same network with newly drawn arrivals, quantiles and signals.

    Parameters
    ----------
    data
        The network. Arrivals are drawn independently in every slot with its
        probabilities ``arrival``, wherever its own path came from.
    rng
        Random numbers.
    """
    jobs = arrivals(data.arrival, data.horizon, rng)
    points = data.shape[0]
    quantile = rng.random((data.intervals, points))
    signal = np.stack(
        [quantile_of(data.signal_law[k], quantile[:, k]) for k in range(points)], axis=1
    )
    return dataclasses.replace(
        data,
        signal=signal,
        job=np.arange(len(jobs["slot"]), dtype=np.int64),
        slot=np.array(jobs["slot"], dtype=np.int64),
        ap=np.array(jobs["ap"], dtype=np.int64),
        kind=np.array(jobs["type"], dtype=np.int64),
        upload_u=np.array(jobs["upload_u"], dtype=np.float64),
        service_u=np.array(jobs["service_u"], dtype=np.float64),
    )
