"""Claims on Fig. 9."""

from __future__ import annotations

import pytest

from optkit.reproduction.allocation import (
    large_networks,
)
from optkit.reproduction.engine import (
    Verdict,
)
from optkit.reproduction.engine.measurements import Measurements
from tests.reproduction.allocation.cases import (
    FAILS,
    HOLDS,
    IN_PART,
    Value,
    study,
    verdicts,
)


def large_study(**changed: dict[str, Value]) -> Measurements:
    """Return a study of Fig. 9 in which every claim holds, but for changes."""

    def cost(factor: float) -> Value:
        worse = {10: 1.0, 20: 0.8, 30: 0.6, 50: 0.7}
        return lambda s, _: factor * worse[int(s)]

    methods: dict[str, dict[str, Value]] = {
        "optimum": {"cost": 0.5, "bound": 0.5, "seconds": 0.1},
        "ga": {"cost": cost(1.0), "bound": lambda s, _: 0.5 if s == 50 else 0.59},
        "node-pruning": {"cost": cost(1.02), "seconds": 1.0},
        "level-pruning": {"cost": cost(1.04), "seconds": 1.0},
    }
    methods["ga"]["bound"] = lambda s, _: {10: 0.99, 20: 0.79, 30: 0.59, 50: 0.6}[
        int(s)
    ]
    methods["ga"]["seconds"] = 10.0
    for name, quantities in changed.items():
        key = name.replace("_", "-")
        methods[key] = {**methods[key], **quantities}
    return study((10, 20, 30, 50), methods)


def evolution(longest: float) -> Measurements:
    """Return a study of generations whose longest run ends at that cost."""
    costs = {25: 1.3, 100: 1.2, 400: longest}
    return study(costs, {"ga": {"cost": lambda s, _: costs[int(s)]}})


@pytest.mark.parametrize(
    ("changed", "claim", "expected"),
    [
        ({"ga": {"cost": 5.0}}, 0, IN_PART),
        ({"ga": {"cost": lambda s, _: 1.0 / float(s), "bound": 0.001}}, 1, FAILS),
        ({"ga": {"cost": 5.0}}, 3, FAILS),
        ({"node_pruning": {"cost": 5.0}}, 4, FAILS),
        ({"node_pruning": {"cost": 5.0}}, 5, IN_PART),
        (
            {"node_pruning": {"seconds": 8.0}, "level_pruning": {"seconds": 8.0}},
            6,
            IN_PART,
        ),
        (
            {"node_pruning": {"seconds": 12.0}, "level_pruning": {"seconds": 12.0}},
            6,
            FAILS,
        ),
    ],
)
def test_fig_9(
    changed: dict[str, dict[str, Value]], claim: int, expected: Verdict
) -> None:
    """Each claim about Fig. 9 holds on data that show it and falls with the data."""
    evolved = evolution(1.1)
    assert verdicts(large_networks.claims(large_study(), evolved)) == [HOLDS] * 7
    found = verdicts(large_networks.claims(large_study(**changed), evolved))
    assert found[claim] is expected


def test_fig_9_converged() -> None:
    """A search that finds nothing better in four times the generations has converged."""
    assert large_networks.claims(large_study(), evolution(1.2))[2].verdict is FAILS
