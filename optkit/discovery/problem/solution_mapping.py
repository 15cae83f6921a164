"""Conversion from arrays to the solution document, and back."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Bools
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, Evaluation
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solution import DiscoverySolution


def solution_of(
    instance: DiscoveryInstance,
    problem: ProblemData,
    opened: Bools,
    evaluation: Evaluation,
) -> DiscoverySolution:
    """Return the document of a solution.

    Parameters
    ----------
    instance, problem
        The instance, and its arrays.
    opened
        Open candidates of each group, shape (G, J).
    evaluation
        The evaluation of the choice that opened them.
    """
    windows, nodes, resources, _ = problem.instance_shape
    qans: list[list[tuple[str, ...]]] = [[()] * resources for _ in range(windows)]
    names = np.array(instance.candidates, dtype=object)
    for group in range(problem.groups):
        k, m = problem.group_window[group], problem.group_resource[group]
        qans[k][m] = tuple(names[opened[group]])
    connect: list[list[str | None]] = [[None] * nodes for _ in range(windows)]
    agent: list[list[int | None]] = [[None] * nodes for _ in range(windows)]
    for p in range(problem.requests):
        k, i, target = problem.window[p], problem.node[p], evaluation.target[p]
        connect[k][i] = instance.candidates[target] if target >= 0 else None
        agent[k][i] = int(evaluation.agent[p])
    return DiscoverySolution(
        qans=tuple(map(tuple, qans)),
        connect=tuple(map(tuple, connect)),
        agent=tuple(map(tuple, agent)),
    )


def choice_of(
    instance: DiscoveryInstance, problem: ProblemData, solution: DiscoverySolution
) -> Choice:
    """Return the leader's choice in a solution that passes the check."""
    number = {name: j for j, name in enumerate(instance.candidates)}
    opened = np.zeros((problem.groups, problem.candidates), dtype=bool)
    for group in range(problem.groups):
        k, m = problem.group_window[group], problem.group_resource[group]
        for name in solution.qans[k][m]:
            opened[group, number[name]] = True
    asked = [
        solution.connect[k][i] is not None
        for k, i in zip(problem.window, problem.node, strict=True)
    ]
    return Choice(opened, np.array(asked, dtype=bool))
