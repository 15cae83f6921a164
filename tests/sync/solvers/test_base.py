"""The bounds of pairs of policies."""

from __future__ import annotations

import pytest

import optkit
from optkit.sync.check.brute_force import brute_force
from optkit.sync.solution import SyncSolution
from tests.sync.instances import random_instance
from tests.sync.solving import number


def test_bounds_for_given_reports_are_tighter() -> None:
    """The bound for given reports lies between that over all reports and the objective."""
    instance = optkit.generate("sync", seed=1, slots=100, error="true")
    for name in ("periodic", "gradient", "threshold+rent-or-buy"):
        wide = optkit.solve(instance, name)
        tight = optkit.solve(instance, name, options={"bound": "given-reports"})
        assert number(wide) <= number(tight) <= number(tight, "objective")
        assert "for the given reports" not in str(wide.bound_source)
        assert "for the given reports" in str(tight.bound_source)


def test_given_reports_are_bounded_by_their_own_optimum() -> None:
    """The bound for given reports is their brute-force optimum."""
    for seed in range(15):
        instance = random_instance(seed, slots=5)
        for name in ("periodic", "gradient+threshold"):
            result = optkit.solve(instance, name, options={"bound": "given-reports"})
            assert isinstance(result.solution, SyncSolution)
            reports = {d.id: result.solution.reports[d.id] for d in instance.devices}
            least = brute_force(instance, reports)
            assert least == pytest.approx(number(result), rel=1e-9, abs=1e-12)
