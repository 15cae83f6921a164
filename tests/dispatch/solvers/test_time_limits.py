"""Limits hold while tables are built."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving.result import Reason


@pytest.mark.slow
@pytest.mark.parametrize("solver", ["rollout", "joint"])
def test_tables_of_huge_queues_end_with_the_limit(solver: str) -> None:
    """Queues of a million places take minutes of tables; the answer is there in time."""
    small = optkit.generate("dispatch", aps=2, servers=2, types=1, intervals=8, seed=1)
    huge = type(small).parse({**small.document(), "queue_limit": 1_000_000})
    result = optkit.solve(huge, solver, limits=optkit.Limits(time=0.5))
    assert result.termination.reason is Reason.TIME_LIMIT
    assert "tables were not ready" in result.termination.detail
    assert result.verification is not None
    assert result.verification.feasible
