"""The single-level relaxation, compared with brute force."""

from __future__ import annotations

import pytest

import optkit
from optkit.backends import Termination, solve_model
from optkit.core.solving.result import Status
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.problem.pyomo_adapter import instance_model
from optkit.discovery.testing import random_instances


def test_relaxation_is_a_bound_and_sometimes_less() -> None:
    """The single level is a bound, exact under `connected`, and lower elsewhere."""
    lower = proven = 0
    for label, instance in random_instances(32, 24):
        least = brute_force(instance)
        result = optkit.solve(instance, "highpoint", bound="none")
        if least is None:
            assert result.status is Status.INFEASIBLE, label
            continue
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound <= least * (1 + 1e-9) + 1e-12, label
        assert result.objective >= least * (1 - 1e-9) - 1e-12, label
        if instance.reading.connection_cost == "connected":
            assert result.status is Status.OPTIMAL, label
            proven += 1
        else:
            lower += result.bound < least * (1 - 1e-5)
    assert proven > 5
    assert lower > 0


def test_programs_of_the_scopes_are_the_declarative_model() -> None:
    """The programs, built from arrays, have the value of the Pyomo model."""
    feasible = 0
    for label, instance in random_instances(33, 16):
        model = solve_model(instance_model(instance))
        result = optkit.solve(instance, "highpoint", bound="none")
        if model.termination is Termination.INFEASIBLE:
            assert result.status is Status.INFEASIBLE, label
            continue
        feasible += 1
        assert result.bound == pytest.approx(model.objective, rel=1e-6, abs=1e-6), label
    assert feasible > 8
