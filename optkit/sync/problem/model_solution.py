"""The solution that values of the exported model describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.backends.solution_files.values import ModelValues
from optkit.core.arrays import Ints
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.objective import solution
from optkit.sync.solution import SyncSolution


def solution_from_model(
    instance: SyncInstance, model: Any, values: ModelValues
) -> SyncSolution:
    """Return the reports and notifications that another solver found.

    Parameters
    ----------
    instance
        The instance.
    model
        Its Pyomo model, from :func:`optkit.sync.problem.pyomo_adapter.instance_model`.
    values
        The values of the model's columns.
    """
    return solution(
        instance,
        _slots(model.report, len(instance.devices), values),
        _slots(model.notify, len(instance.links), values),
    )


def _slots(variables: Any, count: int, values: ModelValues) -> list[Ints]:
    """Return the slots in which the binary of each number from 0 is 1."""
    slots: list[list[int]] = [[] for _ in range(count)]
    for (number, slot), variable in variables.items():
        if values.whole(variable.name):
            slots[int(number)].append(slot)
    return [np.array(sorted(chosen), dtype=np.int64) for chosen in slots]
