"""Branch and bound as a solver."""

from __future__ import annotations

import pytest

import optkit
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Status


@pytest.mark.parametrize("shape", ["random-tree", "chain", "binary"])
def test_paper_range_is_solved_at_once(shape: str) -> None:
    """The paper's range is proven optimal at sizes that nobody can search."""
    options = GeneratorOptions.model_validate({"servers": 300, "shape": shape})
    instance = AllocationInstance.parse(generate(options, 4))
    result = optkit.solve(instance, "branch-and-bound", limits=Limits(time=20.0))
    assert result.status is Status.OPTIMAL


@pytest.mark.slow
def test_time_limit_leaves_a_bound_where_the_condition_fails() -> None:
    """A time limit leaves a checked solution and a gap."""
    options = GeneratorOptions.model_validate(
        {"servers": 31, "shape": "caterpillar", "weight_energy": 0.5}
    )
    instance = AllocationInstance.parse(generate(options, 2))
    result = optkit.solve(instance, "branch-and-bound", limits=Limits(time=2.0))
    assert result.verification is not None
    assert result.verification.feasible
    assert result.bound is not None
    assert result.objective is not None
    assert 0.8 * result.objective < result.bound <= result.objective
