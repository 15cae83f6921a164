"""Solve sync instances in tests."""

from __future__ import annotations

from typing import Any

import optkit
from optkit.core.solving.result import Result
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution


def feasible_solution(
    instance: SyncInstance, name: str, **options: Any
) -> SyncSolution:
    """Return a solver's solution, which has to be feasible."""
    result = optkit.solve(instance, name, options=options)
    assert result.verification is not None
    assert result.verification.feasible, result.verification.violations
    assert isinstance(result.solution, SyncSolution)
    return result.solution


def number(result: Result, what: str = "bound") -> float:
    """Return a number of a result, which has to be there."""
    value = getattr(result, what)
    assert value is not None
    return float(value)
