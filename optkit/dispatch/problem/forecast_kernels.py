"""The compiled loop of forecasts: what one access point expects at its candidates."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop
from optkit.dispatch.problem.arrival_kernels import (
    add_job,
    add_lasting_source,
    add_merged_source,
    add_source,
)


@loop(
    lambda position, kind, age, pair, source, kinds, rate, pairs, stop, mass, a, r, size: (
        size[2] * (size[3] + 1) * (len(position) + len(source) * mass.shape[2])
    )
)
def forecast_arrivals(
    position: Any,
    kind: Any,
    age: Any,
    pair: Any,
    source_position: Any,
    source_kind: Any,
    source_rate: Any,
    source_pair: Any,
    stop: Any,
    mass: Any,
    alive: Any,
    reached: Any,
    size: tuple[int, int, int, int],
) -> tuple[Any, Any]:
    """Return (servers, J, slots, A + 1) and (servers, J, A + 1): laws of arrivals.

    Parameters
    ----------
    position, kind, age, pair
        Of each job under way: position of its server among the candidates, type, slots
        since its arrival, pair of access point and server.
    source_position, source_kind, source_rate, source_pair, stop
        Of each source: the same, its arrival probability per slot, and the first slot in
        which it no longer sends; −1 for never.
    mass, alive, reached
        (pairs, J, Ξ + 1): P(U = x), P(U ≥ x), P(U ≤ x).
    size
        Servers, types, slots, A.
    """
    servers, kinds, slots, most = size
    laws = np.zeros((servers, kinds, slots, most + 1))
    laws[:, :, :, 0] = 1.0
    lasting = np.zeros((servers, kinds, most + 1))
    lasting[:, :, 0] = 1.0
    for job in range(len(position)):
        p, j = pair[job], kind[job]
        add_job(laws[position[job], j], mass[p, j], alive[p, j, age[job]], age[job])
    for source in range(len(source_position)):
        m, j, p = source_position[source], source_kind[source], source_pair[source]
        rate, end = source_rate[source], stop[source]
        if most == 1:
            add_merged_source(laws[m, j], reached[p, j], rate, 0, end)
        else:
            add_source(laws[m, j], mass[p, j], rate, 0, end)
        if end < 0:
            add_lasting_source(lasting[m, j], mass[p, j], rate)
    return laws, lasting
