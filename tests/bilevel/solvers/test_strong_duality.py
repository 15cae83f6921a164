"""Tests of the strong-duality solver beyond its agreement with enumeration."""

from __future__ import annotations

from optkit.bilevel.data.generate import generate
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.instance import BilevelInstance
from optkit.core.solving.registry import solver_class


def test_useless_multiplier_bounds_are_refused() -> None:
    """Instances whose proven big-M is too large are refused, and the reason says so."""
    options = GeneratorOptions.model_validate(
        {"lower_kind": "continuous", "lower_rows": 12, "lower_columns": 12}
    )
    large = BilevelInstance.parse(generate(options, 0))
    support = solver_class("bilevel", "strong-duality")().supports(large)
    assert not support.available
    assert "big-M" in support.reason
