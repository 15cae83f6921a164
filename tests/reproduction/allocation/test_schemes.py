"""Claims on Figs. 5 and 6."""

from __future__ import annotations

import pytest

from optkit.reproduction.allocation import (
    schemes,
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


def schemes_study(**changed: Value) -> Measurements:
    """Return a study of Fig. 5 and 6 in which every claim holds, but for changes."""
    costs: dict[str, Value] = {
        "local": 6.0,
        "multi-hop": 5.0,
        "partial": 3.0,
        "master-worker": 2.0,
        "cmo": 1.0,
        "pmo": 1.0,
        "optimum": 1.0,
    }
    costs |= {name.replace("_", "-"): value for name, value in changed.items()}
    return study(
        TOPOLOGIES,
        {name: {"cost": c, "time": c, "energy": c} for name, c in costs.items()},
    )


@pytest.mark.parametrize(
    ("changed", "claim", "expected"),
    [
        ({}, 0, HOLDS),
        ({"master_worker": 0.9}, 0, FAILS),
        ({"master_worker": lambda _, k: 0.9 if k % 3 == 0 else 2.0}, 0, IN_PART),
        ({}, 1, HOLDS),
        ({"multi_hop": 1.5}, 1, FAILS),
        ({}, 2, HOLDS),
        ({"multi_hop": 1.5}, 2, IN_PART),
        ({}, 3, HOLDS),
        ({"partial": 2.0}, 3, FAILS),
        ({"partial": lambda s, _: 2.0 if s == "Topology 1" else 3.0}, 3, IN_PART),
        ({}, 4, HOLDS),
        ({"partial": 7.0}, 4, FAILS),
        ({}, 6, HOLDS),
        ({"cmo": 1.001, "pmo": 1.001}, 6, FAILS),
        ({"cmo": 1.001}, 6, IN_PART),
    ],
)
def test_fig_5(changed: dict[str, Value], claim: int, expected: Verdict) -> None:
    """Each claim about Fig. 5 holds on data that show it and falls with the data."""
    timed = schemes_study(**changed)
    assert verdicts(schemes.claims_on_cost(timed, timed))[claim] is expected


def test_fig_6() -> None:
    """Time and energy are judged separately."""
    assert verdicts(schemes.claims_on_parts(schemes_study())) == [HOLDS, HOLDS]
    doctored = Measurements(
        run
        if run.method != "local"
        else type(run)(
            run.setting, run.method, run.repetition, {**run.values, "energy": 0.1}
        )
        for run in schemes_study()
    )
    assert verdicts(schemes.claims_on_parts(doctored)) == [HOLDS, FAILS]
