"""The solution that values of the exported model describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.backends.solution_files.values import ModelValues
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import problem_data
from optkit.bilevel.solution import BilevelSolution


def solution_from_model(
    instance: BilevelInstance, model: Any, values: ModelValues
) -> BilevelSolution:
    """Return the decisions of both levels that another solver found.

    The exported MPS or LP file is the high-point relaxation: in it, the leader decides for
    the follower. Whether the follower would answer so is for the check to say.

    Parameters
    ----------
    instance
        The instance.
    model
        None: the exported file does not come from a Pyomo model.
    values
        The values of the columns.
    """
    problem = problem_data(instance)
    point = [
        float(values.whole(name)) if whole else values[name]
        for name, whole in zip(problem.names, problem.integer.tolist(), strict=True)
    ]
    return problem.solution(np.array(point))
