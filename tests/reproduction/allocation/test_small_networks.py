"""Claims on Fig. 7."""

from __future__ import annotations

import pytest

from optkit.reproduction.allocation import (
    small_networks,
)
from optkit.reproduction.allocation.networks import (
    TOPOLOGIES,
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

SHARES = dict(small_networks.PUBLISHED_SHARES)


LOSS = {name: 1.0 + share / 100.0 for name, share in SHARES.items()}


def small_study(**changed: dict[str, Value]) -> Measurements:
    """Return a study of Fig. 7 in which every claim holds, but for changes."""
    several = ("Topology 2", "Topology 4")
    methods: dict[str, dict[str, Value]] = {
        "optimum": {"cost": 1.0, "seconds": 1.0},
        "cmo": {"cost": 1.0, "seconds": 100.0},
        "pmo": {"cost": 1.0, "seconds": 50.0},
        "node-pruning": {"cost": 1.05, "seconds": 20.0},
        "level-pruning": {"cost": lambda s, _: LOSS[str(s)], "seconds": 10.0},
        "ga": {"cost": 1.0, "seconds": lambda s, _: 60.0 if s in several else 30.0},
    }
    for name, quantities in changed.items():
        key = name.replace("_", "-")
        methods[key] = {**methods[key], **quantities}
    return study(TOPOLOGIES, methods)


@pytest.mark.parametrize(
    ("changed", "claim", "expected"),
    [
        ({}, 0, HOLDS),
        ({"ga": {"cost": 1.00001}}, 0, FAILS),
        ({}, 1, HOLDS),
        ({"ga": {"cost": 9.0}}, 1, FAILS),
        ({}, 3, HOLDS),
        ({"level_pruning": {"cost": lambda s, _: 2.2 - LOSS[str(s)]}}, 3, FAILS),
        ({}, 4, HOLDS),
        ({"node_pruning": {"cost": 2.0}}, 4, FAILS),
        ({}, 5, IN_PART),  # the paper's own contradiction: GA behind PMO on 2 and 4
        ({"ga": {"seconds": 15.0}}, 5, HOLDS),
        ({"cmo": {"seconds": 1.0}, "pmo": {"seconds": 1.0}}, 5, FAILS),
        ({}, 6, HOLDS),
        ({"pmo": {"seconds": 200.0}}, 6, FAILS),
        ({}, 7, HOLDS),
        ({"level_pruning": {"seconds": 90.0}}, 7, FAILS),
        ({}, 8, HOLDS),
        ({"ga": {"seconds": 30.0}}, 8, IN_PART),
        ({}, 9, FAILS),
        ({"node_pruning": {"seconds": 60.0}}, 9, HOLDS),
    ],
)
def test_fig_7(
    changed: dict[str, dict[str, Value]], claim: int, expected: Verdict
) -> None:
    """Each claim about Fig. 7 holds on data that show it and falls with the data."""
    found = verdicts(small_networks.claims(small_study(**changed), SHARES))
    assert found[claim] is expected


def test_fig_7_shares() -> None:
    """The printed percentages are compared with those of the trees."""
    claims = small_networks.claims(small_study(), {**SHARES, "Topology 4": 40.0})
    assert claims[2].verdict is IN_PART
