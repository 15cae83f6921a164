"""Claims on Table I, and its runs."""

from __future__ import annotations

import pytest

from optkit.core.solving.family import resolve
from optkit.reproduction.allocation import (
    task_size,
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
    quick_context,
    study,
    verdicts,
)


def sizes(**changed: Value) -> Measurements:
    """Return a study of Table I in which every claim on data holds, but for changes."""
    quantities: dict[str, Value] = {
        name: (lambda s, _: float(s) / 8.0) for name in task_size.NODES
    }
    quantities |= {
        "cost": lambda s, _: 0.04 * float(s),
        "scaled": lambda s, _: 0.04 * float(s),
        **changed,
    }
    return study(task_size.SIZES, {"pmo": quantities})


@pytest.mark.parametrize(
    ("changed", "claim"),
    [
        ({"cost": lambda s, _: 0.4 + 0.001 * float(s)}, 0),
        ({"3": lambda s, _: 0.0 if s == 10.0 else 1.0}, 1),
        ({"scaled": 0.4}, 2),
    ],
)
def test_table_1(changed: dict[str, Value], claim: int) -> None:
    """Claims on our own runs hold on proportional data, and only there."""
    assert verdicts(task_size.claims(sizes()))[:3] == [HOLDS] * 3
    assert verdicts(task_size.claims(sizes(**changed)))[claim] is FAILS


def test_table_1_as_printed() -> None:
    """The verdict on the printed table changes when its numbers are corrected."""
    printed = task_size.PUBLISHED
    found = verdicts(task_size.claims(sizes()))
    assert found[3:] == [HOLDS, FAILS, Verdict.UNTESTED]
    whole = {
        size: ((loads[0] + size - sum(loads), *loads[1:]), cost)
        for size, (loads, cost) in printed.items()
    }
    assert task_size.claims(sizes(), whole)[4].verdict is HOLDS
    other = {**printed, 40.0: ((7.0, *printed[40.0][0][1:]), printed[40.0][1])}
    assert task_size.claims(sizes(), other)[3].verdict is IN_PART


def test_same_seed_same_costs() -> None:
    """The seed alone decides the networks and the answers, except for times."""
    figure = "optkit.reproduction.allocation.task_size:run"
    tables = []
    for seed in (3, 3, 4):
        data = resolve(figure)(quick_context(seed=seed)).data["table-1-runs"]
        cost = [column.name for column in data.columns].index("cost J")
        tables.append([row[cost] for row in data.rows])
    assert tables[0] == tables[1] != tables[2]
