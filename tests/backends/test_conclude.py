"""Tests of verifying the results of solvers."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.backends import Termination, solve_model
from optkit.backends.conclude import conclude
from optkit.backends.session import RawResult
from optkit.core.errors import ContradictionError
from tests.backends.models import random_arrays
from tests.backends.sessions import SEED, monitored


def test_contradictions_are_not_repaired() -> None:
    """A bound past a known solution, or infeasibility despite one, raises an error."""
    arrays = random_arrays(SEED)
    compiled, monitor, request = monitored()
    best = solve_model(compiled)
    assert arrays.brute_force() == pytest.approx(best.objective)
    assert best.values is not None
    monitor.offer(best.values)
    objective = compiled.evaluate(best.values)
    past = RawResult(Termination.TIME_LIMIT, "fake", best.values, objective + 1)
    with pytest.raises(ContradictionError, match="bound"):
        conclude(compiled, request, monitor, past)
    with pytest.raises(ContradictionError, match="no solution"):
        conclude(compiled, request, monitor, RawResult(Termination.INFEASIBLE, "fake"))


def test_points_that_are_no_solutions_are_dropped() -> None:
    """A solver's infeasible "optimum" is an error, never an objective."""
    compiled, monitor, request = monitored()
    wrong = np.where(compiled.integer, compiled.column_upper + 1, 0.0)
    result = RawResult(Termination.OPTIMAL, "fake", wrong, compiled.evaluate(wrong))
    conclusion = conclude(compiled, request, monitor, result)
    assert conclusion.termination is Termination.ERROR
    assert conclusion.objective is None
    assert "no solution" in conclusion.detail
