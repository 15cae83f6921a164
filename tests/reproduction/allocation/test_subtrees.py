"""Claims on Fig. 8."""

from __future__ import annotations

import pytest

from optkit.reproduction.allocation import (
    subtrees,
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


def subtrees_study(**changed: dict[str, Value]) -> Measurements:
    """Return a study of Fig. 8 in which every claim holds, but for changes."""

    def falling(factor: float) -> Value:
        return lambda s, _: factor / float(s)

    methods: dict[str, dict[str, Value]] = {
        name: {"cost": falling(1.0), "bound": falling(1.0), "seconds": 1.0}
        for name in ("optimum", "cmo", "pmo", "ga")
    }
    methods["cmo"]["seconds"] = lambda s, _: 2.0 ** float(s)
    methods["ga"]["seconds"] = 3.0
    methods["node-pruning"] = {"cost": falling(1.2), "seconds": 1.0}
    methods["level-pruning"] = {"cost": falling(1.4), "seconds": 0.5}
    for name, quantities in changed.items():
        key = name.replace("_", "-")
        methods[key] = {**methods[key], **quantities}
    return study((1, 2, 3, 4), methods)


@pytest.mark.parametrize(
    ("changed", "claim", "expected"),
    [
        ({"node_pruning": {"cost": 1.0}, "level_pruning": {"cost": 2.0}}, 0, IN_PART),
        ({"node_pruning": {"cost": 9.0}}, 1, FAILS),
        ({"level_pruning": {"seconds": 9.0}}, 2, FAILS),
        ({"cmo": {"seconds": 1.0}}, 3, FAILS),
        ({"pmo": {"seconds": 99.0}}, 4, IN_PART),
    ],
)
def test_fig_8(
    changed: dict[str, dict[str, Value]], claim: int, expected: Verdict
) -> None:
    """Each claim about Fig. 8 holds on data that show it and falls with the data."""
    assert verdicts(subtrees.claims(subtrees_study())) == [HOLDS] * 5
    assert verdicts(subtrees.claims(subtrees_study(**changed)))[claim] is expected
