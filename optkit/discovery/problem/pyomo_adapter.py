"""Conversion to the declarative model of ``optkit.models.discovery``, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, problem_data

if TYPE_CHECKING:
    from optkit.models.discovery import DiscoveryData


def model_data(instance: DiscoveryInstance) -> DiscoveryData:
    """Return the model's data for ``instance``: its requests only.

    The accuracy rows are relaxed by the tolerance of the checker, so that the model
    contains everything that the checker accepts.
    """
    from optkit.models.discovery import DiscoveryData

    problem = problem_data(instance)
    requests = [
        (int(k), instance.nodes[i])
        for k, i in zip(problem.window, problem.node, strict=True)
    ]
    groups = [
        (int(k), instance.resources[m])
        for k, m in zip(problem.group_window, problem.group_resource, strict=True)
    ]

    def of_requests(values: Floats) -> dict[tuple[int, str], float]:
        return dict(zip(requests, values.tolist(), strict=True))

    reading = problem.reading
    return DiscoveryData(
        candidates=instance.candidates,
        group={
            request: groups[g]
            for request, g in zip(requests, problem.group, strict=True)
        },
        select={
            (group, name): float(problem.select[g, j])
            for g, group in enumerate(groups)
            for j, name in enumerate(instance.candidates)
        },
        connect={
            (requests[p], instance.candidates[j]): float(problem.connect[p, j])
            for p, j in zip(*np.nonzero(problem.usable), strict=True)
        },
        energy_agent=of_requests(problem.energy_agent),
        energy_self=of_requests(problem.energy_self),
        agent_gain=of_requests(problem.agent_gain),
        self_gain=of_requests(problem.self_gain),
        scopes=[requests[problem.requests_in(s)] for s in range(problem.scopes)],
        agent_need=problem.agent_need - ROW_TOLERANCE,
        self_need=problem.self_need - ROW_TOLERANCE,
        time_weight=problem.time_weight,
        energy_weight=problem.energy_weight,
        qan_rule=reading.qan_rule,
        connection=reading.connection,
        connection_cost=reading.connection_cost,
    )


def instance_model(instance: DiscoveryInstance) -> Any:
    """Return the single-level relaxation of ``instance`` as a Pyomo model."""
    from optkit.models.discovery import high_point_model

    return high_point_model(model_data(instance))


def instance_bilevel(instance: DiscoveryInstance) -> Any:
    """Return the bilevel program of ``instance``: Pyomo blocks ``upper`` and ``lower``."""
    from optkit.models.discovery import bilevel_model

    return bilevel_model(model_data(instance))
