"""Claims on Fig. 12."""

from __future__ import annotations

from optkit.reproduction.allocation import (
    characteristics,
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


def allocation(loads: dict[str, Value], places: tuple[object, ...]) -> Measurements:
    """Return loads of Topology 4 by place; servers that are not named get 0.1."""
    quantities = {name: loads.get(name, 0.1) for name in characteristics.NODES}
    return study(
        places,  # type: ignore[arg-type]
        {"pmo": {**quantities, "cost": 1.0, "rate": 0.4}},
    )


def edges(below: float, above: float) -> Measurements:
    """Return runs around the threshold of the rate, by the loads of the left subtree."""
    value = {"below": below, "above": above, "without": 0.0}
    return allocation(
        dict.fromkeys(characteristics.LEFT, lambda s, _: value[str(s)]), tuple(value)
    )


def test_fig_12() -> None:
    """Claims on the link and the processor hold on data that show them, and only there."""
    places = (1.0, 2.0, 3.0, 4.0)
    stages: dict[str, Value] = {
        name: (lambda s, _, first=first: 0.1 * max(0.0, float(s) - first))
        for name, first in {"1": 1.0, "3": 2.0, "5": 3.0, "6": 3.0}.items()
    }
    right: dict[str, Value] = dict.fromkeys(
        characteristics.RIGHT, lambda s, _: 0.5 - 0.1 * float(s)
    )
    rates = allocation({**stages, **right, "0": 0.1}, places)
    falling = dict.fromkeys(characteristics.NODES, lambda s, _: 0.5 - 0.1 * float(s))
    speeds = allocation({**falling, "1": lambda s, _: 0.1 * (float(s) - 1.0)}, places)
    found = verdicts(characteristics.claims(rates, speeds, edges(0.0, 0.0)))
    # No load above the threshold either: it is none, and the stages are real ones.
    assert found == [IN_PART, HOLDS, HOLDS, HOLDS, HOLDS, HOLDS, HOLDS]
    found = verdicts(characteristics.claims(rates, speeds, edges(0.0, 0.1)))
    assert found[0] is HOLDS
    assert found[2] is IN_PART
    found = verdicts(characteristics.claims(speeds, rates, edges(0.1, 0.1)))
    assert found[0] is IN_PART
    backwards = allocation(
        {"1": lambda s, _: 1.0 - 0.1 * float(s), "2": lambda s, _: float(s)}, places
    )
    together = allocation(
        {"1": lambda s, _: float(s), "2": lambda s, _: float(s)}, places
    )
    found = verdicts(characteristics.claims(backwards, together, edges(0.0, 0.1)))
    assert [found[k] for k in (1, 3, 5, 6)] == [FAILS] * 4


def test_fig_12_pruning() -> None:
    """Leaving out what is behind a slow link is judged by its cost."""
    places = (1.0, 2.0)
    plain = allocation({}, places)
    dearer = Measurements(
        run
        if run.setting != "without"
        else type(run)(
            run.setting, run.method, run.repetition, {**run.values, "cost": 1.1}
        )
        for run in edges(0.0, 0.1)
    )
    assert characteristics.claims(plain, plain, dearer)[4].verdict is IN_PART
