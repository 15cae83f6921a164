"""Tests of finding backends by name, and of their capabilities."""

from __future__ import annotations

import pytest

from optkit.backends import Capability, backends, solve_model
from optkit.core.errors import UsageError
from tests.backends.models import knapsack


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("higs", "highs"), ("cp_sat", "cp-sat"), ("CPSAT", "cp-sat"), ("skip", "scip")],
)
def test_unknown_backend_names_the_nearest(name: str, nearest: str) -> None:
    """A misspelt backend is a usage error that suggests the right one."""
    with pytest.raises(UsageError, match=f"did you mean '{nearest}'"):
        solve_model(knapsack(3, 1), name)


def test_versions_and_capabilities() -> None:
    """Every backend has a version and capabilities."""
    infos = {info.name: info for info in backends()}
    assert list(infos) == ["highs", "scip", "cp-sat"]
    for info in infos.values():
        assert info.available, info.reason
        assert info.version is not None
    assert Capability.CONTINUOUS not in infos["cp-sat"].capabilities
    assert Capability.THREADS not in infos["scip"].capabilities
