"""Verdicts follow from the data: other data, other verdicts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from optkit.reproduction.allocation import (
    characteristics,
    large_networks,
    schemes,
    small_networks,
    subtrees,
    task_size,
    thresholds,
)
from optkit.reproduction.allocation.networks import TOPOLOGIES
from optkit.reproduction.engine import Claim, Verdict
from optkit.reproduction.engine.measurements import Measurements
from tests.reproduction.allocation.cases import Value, study

HOLDS, FAILS, IN_PART = Verdict.HOLDS, Verdict.FAILS, Verdict.IN_PART


def verdicts(claims: tuple[Claim, ...]) -> list[Verdict]:
    """Return the verdicts of claims; each claim says everything it should."""
    for claim in claims:
        parts = (claim.statement, claim.paper, claim.measured, claim.reason)
        assert all(part.strip().endswith((".", ")")) for part in parts), claim
    return [claim.verdict for claim in claims]


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
    """Time and energy are judged apart, each by its own figures."""
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
    """The printed percentages are compared with the trees' own."""
    claims = small_networks.claims(small_study(), {**SHARES, "Topology 4": 40.0})
    assert claims[2].verdict is IN_PART


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
    """A search that finds no more in four times the generations has converged."""
    assert large_networks.claims(large_study(), evolution(1.2))[2].verdict is FAILS


def pruning_study(
    method: str,
    settings: tuple[float, ...],
    cost: Callable[[float], float],
    selected: Callable[[float], float],
    seconds: Callable[[float], float],
) -> Measurements:
    """Return a study of Fig. 10 or 11 with one method."""
    return study(
        settings,
        {
            method: {
                "cost": lambda s, _: cost(float(s)),
                "selected": lambda s, _: selected(float(s)),
                "seconds": lambda s, _: seconds(float(s)),
            }
        },
    )


def test_fig_10() -> None:
    """The claims on θ_p hold on a curve like the paper's and fall with its reverse."""
    places = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

    def late(place: float) -> float:
        return 1.0 + max(0.0, place - 0.4) + 1e-3 * place

    like = pruning_study(
        "node-pruning", places, late, lambda p: 19 * (1 - p), lambda p: 2.0 - p
    )
    assert verdicts(thresholds.claims_on_nodes(like)) == [HOLDS] * 5
    unlike = pruning_study(
        "node-pruning", places, lambda p: 3.0 - p, lambda p: 19 * p, lambda p: 1.0 + p
    )
    assert verdicts(thresholds.claims_on_nodes(unlike)) == [FAILS] * 5


def test_fig_11() -> None:
    """The claims on ξ hold on a curve like the paper's and fall with its reverse."""
    places = (0, 1, 2, 3, 6, 9, 12)
    like = pruning_study(
        "level-pruning",
        places,
        lambda p: 1.0 + 2.0 ** -float(p),
        lambda p: p,
        lambda p: 1.0 + p,
    )
    assert verdicts(thresholds.claims_on_levels(like)) == [HOLDS] * 5
    unlike = pruning_study(
        "level-pruning",
        places,
        lambda p: 1.0 + p,
        lambda p: 12.0 - p + 1.0,
        lambda p: 20.0 - p,
    )
    found = verdicts(thresholds.claims_on_levels(unlike))
    # Much is still to come at ξ = 3 in neither: there the reversed curve is near its best.
    assert [found[k] for k in (0, 1, 3, 4)] == [FAILS] * 4


def allocation(loads: dict[str, Value], places: tuple[object, ...]) -> Measurements:
    """Return loads of Topology 4 by place; servers that are not named get 0.1."""
    quantities = {name: loads.get(name, 0.1) for name in characteristics.NODES}
    return study(
        places,  # type: ignore[arg-type]
        {"pmo": {**quantities, "cost": 1.0, "rate": 0.4}},
    )


def edges(below: float, above: float) -> Measurements:
    """Return what happens around the threshold of the rate, as loads of all left."""
    value = {"below": below, "above": above, "without": 0.0}
    return allocation(
        dict.fromkeys(characteristics.LEFT, lambda s, _: value[str(s)]), tuple(value)
    )


def test_fig_12() -> None:
    """The claims on link and processor hold on data that show them, and fall with them."""
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
    """Leaving out what a slow link leads to is judged by the cost of doing so."""
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
    """Claims about our own runs hold on proportional data and not on others."""
    assert verdicts(task_size.claims(sizes()))[:3] == [HOLDS] * 3
    assert verdicts(task_size.claims(sizes(**changed)))[claim] is not HOLDS


def test_table_1_as_printed() -> None:
    """The printed table is judged by its own figures: mend them, and the verdict turns."""
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
