"""The solution that values of the exported model describe."""

from __future__ import annotations

from typing import Any

from optkit.backends.solution_files.values import ModelValues
from optkit.core.errors import InvalidFileError
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.solution import DiscoverySolution


def solution_from_model(
    instance: DiscoveryInstance, model: Any, values: ModelValues
) -> DiscoverySolution:
    """Return the open agents, connections and modes that another solver found.

    The exported model is the high-point relaxation: in it, the leader decides for the
    follower. Whether the follower would choose the same modes is for the check to say.

    Parameters
    ----------
    instance
        The instance.
    model
        Its Pyomo model, from :func:`optkit.discovery.problem.pyomo_adapter.instance_model`.
    values
        The values of the model's columns.
    """
    upper, lower = model.upper, model.lower
    windows, nodes, resources, _ = problem_data(instance).instance_shape
    qans: list[list[list[str]]] = [
        [[] for _ in range(resources)] for _ in range(windows)
    ]
    resource = {name: m for m, name in enumerate(instance.resources)}
    node = {name: i for i, name in enumerate(instance.nodes)}
    for ((window, asked), candidate), variable in _pairs(upper.opened):
        if values.whole(variable.name):
            qans[window][resource[asked]].append(candidate)
    connect: list[list[str | None]] = [[None] * nodes for _ in range(windows)]
    for ((window, name), candidate), variable in _pairs(upper.connected):
        if values.whole(variable.name):
            if connect[window][node[name]] is not None:
                raise InvalidFileError(
                    values.file.source,
                    [
                        f"node {name!r} connects twice in window {window}; solve it again"
                    ],
                )
            connect[window][node[name]] = candidate
    agent: list[list[int | None]] = [[None] * nodes for _ in range(windows)]
    for index, variable in lower.agent.items():
        window, name = index
        agent[window][node[name]] = values.whole(variable.name)
    return DiscoverySolution(
        qans=tuple(tuple(tuple(group) for group in window) for window in qans),
        connect=tuple(map(tuple, connect)),
        agent=tuple(map(tuple, agent)),
    )


def _pairs(variables: Any) -> Any:
    """Yield (((window, name), candidate), variable); Pyomo flattens the indices."""
    for index, variable in variables.items():
        window, name, candidate = index
        yield ((window, name), candidate), variable
