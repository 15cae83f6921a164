"""Coupled runs for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optkit
from optkit.core.solving import seeds
from optkit.coupling.policies.informed_observer import Informants, InformedObserver
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution, Information
from optkit.dispatch.solvers.information import InformationOptions

BROADCAST: dict[str, Any] = {
    "policy": "periodic+periodic",
    "reporting": {"period": 1},
    "notification": {"period": 1, "offset": 0},
}
"""Everybody reports and tells everybody at every boundary, as in the paper."""


def observer(
    instance: DispatchInstance, information: Mapping[str, Any]
) -> InformedObserver:
    """Return the observer that options describe."""
    options = InformationOptions.model_validate(dict(information))
    return Informants(options).observer(
        instance, lambda *role: seeds.generator(0, "test", *role)
    )


def solved(
    instance: DispatchInstance, solver: str, information: Mapping[str, Any]
) -> DispatchSolution:
    """Return the verified solution of a solver that is told of queues."""
    result = optkit.solve(
        instance,
        solver,
        options={"information": dict(information), "policy_bound": False},
    )
    assert result.verification is not None
    assert result.verification.feasible, result.verification.violations
    assert isinstance(result.solution, DispatchSolution)
    return result.solution


def told(solution: DispatchSolution) -> Information:
    """Return the messages of a solution."""
    assert solution.information is not None
    return solution.information
