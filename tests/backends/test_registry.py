"""Tests of finding backends by name, and of their capabilities."""

from __future__ import annotations

import pytest

from optkit.backends import Capability, backends, solve_model
from optkit.backends.registry import NAMES, installed
from optkit.core.errors import UsageError
from tests.backends.models import BACKENDS, knapsack

PACKAGES = {
    "gurobi": "gurobipy",
    "cplex": "cplex",
    "xpress": "xpress",
    "copt": "coptpy",
    "mosek": "mosek",
}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("higs", "highs"), ("cp_sat", "cp-sat"), ("CPSAT", "cp-sat"), ("skip", "scip")],
)
def test_unknown_backend_names_the_nearest(name: str, nearest: str) -> None:
    """A misspelt backend is a usage error that suggests the right one."""
    with pytest.raises(UsageError, match=f"did you mean '{nearest}'"):
        solve_model(knapsack(3, 1), name)


def test_versions_and_capabilities() -> None:
    """Every backend has a version and capabilities, or a reason that names its package."""
    infos = {info.name: info for info in backends()}
    assert list(infos) == list(NAMES)
    for name, info in infos.items():
        assert info.available == installed()[name]
        assert (info.version is not None) == info.available
        assert info.available or f"pip install {PACKAGES[name]}" in info.reason
    assert all(infos[name].available for name in BACKENDS)
    assert Capability.CONTINUOUS not in infos["cp-sat"].capabilities
    assert Capability.THREADS not in infos["scip"].capabilities
