"""STRA: the bar of Table 5, and its strict test."""

from __future__ import annotations

import optkit
from optkit.core.solving.limits import Limits
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.instance import DiscoveryInstance
from tests.discovery.networks import AT_ODDS, network


def test_stra_is_within_one_percent_of_the_optimum() -> None:
    """STRA reaches the bar of Table 5 on networks with the generator's defaults."""
    for seed in range(3):
        instance = DiscoveryInstance.parse(
            generate(GeneratorOptions.model_validate({"windows": 3}), seed)
        )
        exact = optkit.solve(instance, solver="bilevel-exact")
        stra = optkit.solve(
            instance, solver="stra", limits=Limits(evaluations=600), seed=seed
        )
        assert exact.bound is not None
        assert stra.objective is not None
        assert stra.objective <= 1.01 * exact.bound


def test_strict_test_worsens_no_level() -> None:
    """With `strict`, both levels end no worse than they began."""
    instance = network(**AT_ODDS, weight_energy=0.2)
    begun = optkit.solve(instance, solver="stra", limits=Limits(evaluations=1))
    ended = optkit.solve(
        instance,
        solver="stra",
        options={"strict": True, "restarts": 0},
        limits=Limits(evaluations=400),
    )
    for level in ("time_s", "energy_j"):
        assert ended.metrics[level] <= begun.metrics[level] * (1.0 + 1e-6)
    assert ended.objective is not None
    assert begun.objective is not None
    assert ended.objective < begun.objective
