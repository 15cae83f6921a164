"""The solution that values of the exported model describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.plan import Plan, to_solution
from optkit.allocation.problem.pyomo_adapter import orders_from_precedences
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.backends.solution_files.values import ModelValues

NOISE = 1e-6
"""Share of the task that counts as the other solver's rounding."""


def solution_from_model(
    instance: AllocationInstance, model: Any, values: ModelValues
) -> AllocationSolution:
    """Return the loads and sending orders that another solver found.

    Loads that are negative, and a sum that differs from the task size, by no more than a
    solver's tolerance are rounded; larger errors stay, and the check names them.

    Parameters
    ----------
    instance
        The instance.
    model
        Its Pyomo model, from
        :func:`optkit.allocation.problem.pyomo_adapter.instance_model`.
    values
        The values of the model's columns.
    """
    tree = sink_tree(instance)
    before = {
        pair: float(values.whole(variable.name))
        for pair, variable in model.before.items()
    }
    loads = np.array([values[model.load_gbit[i].name] for i in tree.ids])
    noise = NOISE * tree.size
    loads[(loads < 0) & (loads >= -noise)] = 0.0
    total = loads.sum()
    if total > 0 and abs(total - tree.size) <= noise:
        loads *= tree.size / total
    orders = tuple(orders_from_precedences(tree, before))
    return to_solution(tree, Plan(0.0, loads, orders))
