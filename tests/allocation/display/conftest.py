"""Instances and solutions to draw."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import optkit
from optkit.allocation.display.view import View, make_view
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from tests.allocation.display.cases import Make


@pytest.fixture
def make() -> Make:
    """Return a function that draws a random instance."""

    def make_instance(**options: Any) -> AllocationInstance:
        instance = optkit.generate("allocation", seed=options.pop("seed", 1), **options)
        assert isinstance(instance, AllocationInstance)
        return instance

    return make_instance


@pytest.fixture
def solved(make: Make) -> View:
    """Return the paper's fourth topology with its PMO solution."""
    instance = make(shape="topology-4")
    result = optkit.solve(instance, "pmo")
    assert isinstance(result.solution, AllocationSolution)
    return make_view(instance, result.solution, result.verification)


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    """Turn every warning into a failure: a missing glyph is one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
