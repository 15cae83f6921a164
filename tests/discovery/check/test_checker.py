"""The checker is checked: figures by hand, every planted violation, every poor mode."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from optkit.core.solving import seeds
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.check.checker import check
from optkit.discovery.check.follower import FollowerScope, any_response, better_response, tolerance
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.follower.response import respond
from optkit.discovery.testing import random_instances
from tests.discovery.cases import (
    ANSWER,
    ENERGY,
    ENERGY_SELF,
    OBJECTIVE,
    TIME,
    TIME_SELF,
    instance,
    solution,
)


def kinds(changes: dict[str, Any], **instance_changes: Any) -> set[str]:
    """Return the kinds of violation of a changed solution."""
    report = check(instance(**instance_changes), solution(**changes))
    assert report.feasible == (not report.violations)
    return {violation.kind for violation in report.violations}


def test_figures_by_hand() -> None:
    """Protects Z1, Z2, their parts and the objective."""
    report = check(instance(), solution())
    assert report.feasible, [str(violation) for violation in report.violations]
    assert report.objective == pytest.approx(OBJECTIVE, rel=1e-12)
    figures = report.metrics
    assert figures["time_s"] == pytest.approx(TIME)
    assert figures["time_self_s"] == pytest.approx(TIME_SELF)
    assert figures["time_agent_s"] == pytest.approx(TIME - TIME_SELF)
    assert figures["energy_j"] == pytest.approx(ENERGY)
    assert figures["energy_self_j"] == pytest.approx(ENERGY_SELF)
    assert figures["accuracy_agent"] == pytest.approx((0.5 + 0.25 + 0.5) / 3)
    assert figures["accuracy_self"] == pytest.approx(0.5)
    assert (figures["qans"], figures["connected"], figures["agents"]) == (3, 4, 3)
    assert [window["energy_j"] for window in figures["windows"]] == [8.0, 3.0]
    assert [window["qans"] for window in figures["windows"]] == [2, 1]


def test_connections_of_the_other_mode_are_free_where_the_reading_says_so() -> None:
    """Protects the printed form of Z1, in which only agent mode pays for connecting."""
    reading = {"connection_cost": "agent-mode"}
    report = check(instance(reading=reading), solution())
    assert report.feasible
    assert report.metrics["time_s"] == pytest.approx(TIME - TIME_SELF)
    assert report.metrics["time_self_s"] == 0.0


def test_the_answer_by_hand_is_the_optimum() -> None:
    """Protects brute force by the one instance that was worked out without it."""
    assert brute_force(instance()) == pytest.approx(OBJECTIVE)


PLANTED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "window missing": ({"qans": ANSWER["qans"][:1]}, {}, "shape"),
    "node missing": ({"connect": [["p", "p"], ["q", None, None]]}, {}, "shape"),
    "unknown agent": ({"qans": [[["x"], ["q"]], [[], ["q"]]]}, {}, "unknown-candidate"),
    "unknown target": (
        {"connect": [["x", "p", "q"], ["q", None, None]]},
        {},
        "unknown-candidate",
    ),
    "agent twice": ({"qans": [[["p", "p"], ["q"]], [[], ["q"]]]}, {}, "repeated-qan"),
    "no mode": ({"agent": [[None, 0, 1], [1, None, None]]}, {}, "mode"),
    "mode of an absent node": (
        {"agent": [[1, 0, 1], [1, 0, None]]},
        {},
        "idle-node",
    ),
    "mode without demand": ({"agent": [[1, 0, 1], [1, None, 0]]}, {}, "idle-node"),
    "connection without demand": (
        {"connect": [["p", "p", "q"], ["q", None, "p"]]},
        {},
        "idle-node",
    ),
    "linked node without agent": (
        {
            "qans": [[["q"], ["q"]], [[], ["q"]]],
            "connect": [[None, "q", "q"], ["q", None, None]],
            "agent": [[0, 0, 1], [1, None, None]],
        },
        {},
        "qan-rule",
    ),
    "demanded resource without agent": (
        {
            "qans": [[["p"], []], [[], ["q"]]],
            "connect": [["p", "p", None], ["q", None, None]],
            "agent": [[1, 0, 0], [1, None, None]],
        },
        {},
        "qan-rule",
    ),
    "two agents of a single rule": (
        {"qans": [[["p", "q"], ["q"]], [[], ["q"]]]},
        {"reading": {"qan_rule": "single"}},
        "qan-rule",
    ),
    "two usable agents of an exact rule": (
        {"qans": [[["p", "q"], ["q"]], [[], ["q"]]]},
        {"reading": {"qan_rule": "exact"}},
        "qan-rule",
    ),
    "connection without link": (
        {
            "qans": [[["p", "q"], ["q"]], [[], ["q"]]],
            "connect": [["q", "p", "q"], ["q", None, None]],
        },
        {},
        "link",
    ),
    "connection to a closed agent": (
        {"connect": [["p", "q", "q"], ["q", None, None]]},
        {},
        "closed-qan",
    ),
    "forced and not connected": (
        {
            "connect": [["p", None, "q"], ["q", None, None]],
            "agent": [[1, 0, 1], [1, None, None]],
        },
        {},
        "unconnected",
    ),
    "nobody connects": (
        {
            "connect": [["p", "p", "q"], [None, None, None]],
            "agent": [[1, 0, 1], [0, None, None]],
        },
        {"reading": {"connection": "optional"}},
        "no-connection",
    ),
    "agent mode without connection": (
        {
            "connect": [["p", None, "q"], ["q", None, None]],
            "agent": [[1, 1, 1], [1, None, None]],
        },
        {"reading": {"connection": "optional"}},
        "agent-unconnected",
    ),
    "energy to be saved": ({"agent": [[0, 0, 1], [1, None, None]]}, {}, "not-optimal"),
    "energy wasted": ({"agent": [[1, 1, 1], [1, None, None]]}, {}, "not-optimal"),
    "accuracy missed in agent mode": (
        {},
        {"required_accuracy": {"agent": 0.45, "self": 0.25}},
        "accuracy-agent",
    ),
    "accuracy missed in the other mode": (
        {"agent": [[0, 0, 1], [1, None, None]]},
        {"required_accuracy": {"agent": 0.25, "self": 0.4}},
        "accuracy-self",
    ),
    "no answer at all": (
        {},
        {"required_accuracy": {"agent": 1.0, "self": 1.0}},
        "follower-infeasible",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_every_planted_violation_is_caught(name: str) -> None:
    """Protects every rule of both levels."""
    changes, instance_changes, kind = PLANTED[name]
    assert kind in kinds(changes, **instance_changes)


def test_sum_form_asks_for_somebody_in_each_mode() -> None:
    """Protects the other form of the rows: sums, in a scope with a demand only."""
    reading = {"accuracy_form": "sum"}
    # Window 1 has one node, which cannot be in both modes at once.
    assert "follower-infeasible" in kinds({}, reading=reading)
    whole = {"accuracy_form": "sum", "accuracy_scope": "horizon"}
    assert kinds({}, reading=whole) == set()


def test_scope_decides_what_is_judged_together() -> None:
    """Protects the scope: accuracy of one window may make up for another's."""
    short = {"agent": 0.4, "self": 0.25}
    assert "accuracy-agent" in kinds({}, required_accuracy=short)
    assert (
        kinds({}, required_accuracy=short, reading={"accuracy_scope": "horizon"})
        == set()
    )


def scopes(seed: int, count: int, size: int) -> Any:
    """Yield random scopes of up to ``size`` nodes, many of them with rows that bind."""
    for number in range(count):
        draw = seeds.generator(seed, "scope", number)
        n = int(draw.integers(1, size + 1))
        decimals = int(draw.choice([0, 1, 6]))
        level = 0.5 * (number % 2)
        needs = (0.0, 0.0) if level else tuple(draw.uniform(0.0, 0.5 * n, 2))
        yield FollowerScope(
            energy_agent=np.round(draw.uniform(0, 9, n), decimals),
            energy_self=np.round(draw.uniform(0, 9, n), decimals),
            gain_agent=np.round(draw.random(n), 2) - level,
            gain_self=np.round(draw.random(n), 2) - level,
            need_agent=float(needs[0]),
            need_self=float(needs[1]),
            connected=draw.random(n) < 0.8,
        )


def test_follower_is_solved_again_exactly() -> None:
    """Protects the verdict on modes: of all 2^n, the best pass and no others do."""
    judged = rejected = 0
    for scope in scopes(4, 120, 7):
        n = len(scope.connected)
        modes = [
            np.array(choice)
            for choice in itertools.product((False, True), repeat=n)
            if not np.any(np.array(choice) & ~scope.connected)
        ]
        legal = [agent for agent in modes if scope.holds(agent)]
        if not legal:
            assert any_response(scope) is None
            continue
        least = min(scope.energy(agent) for agent in legal)
        for agent in legal[:: max(1, len(legal) // 4)]:
            optimal = scope.energy(agent) <= least + tolerance(least)
            better = better_response(scope, agent)
            assert (better is None) == optimal
            judged += 1
            rejected += not optimal
            if better is not None:
                assert scope.holds(better)
                assert scope.energy(better) < scope.energy(agent)
    assert rejected > 50 < judged - rejected


def test_a_large_scope_is_judged() -> None:
    """Protects the check of thousands of requests judged together."""
    draw = seeds.generator(8, "large scope")
    n = 1200
    scope = FollowerScope(
        energy_agent=draw.uniform(0, 9, n),
        energy_self=draw.uniform(0, 9, n),
        gain_agent=draw.random(n) - 0.55,
        gain_self=draw.random(n) - 0.55,
        need_agent=0.0,
        need_self=0.0,
        connected=draw.random(n) < 0.8,
    )
    poor = any_response(scope)
    assert poor is not None
    better = better_response(scope, poor)
    assert better is not None
    assert scope.holds(better)
    assert scope.energy(better) < scope.energy(poor)
    connected = scope.connected
    task = FollowerProblem(
        extra=(scope.energy_agent - scope.energy_self)[connected],
        agent_gain=scope.gain_agent[connected],
        self_gain=scope.gain_self[connected],
        agent_need=0.0,
        self_room=float(scope.gain_self.sum()),
        price=None,
        base=float(scope.energy_self.sum()),
    )
    answer = respond(task)
    assert answer is not None
    best = np.zeros(n, dtype=bool)
    best[connected] = answer.agent
    assert not np.array_equal(answer.agent, task.extra < 0.0), "no row binds"
    assert better_response(scope, best) is None
    worse = best.copy()
    worse[np.flatnonzero(best & (scope.energy_agent < scope.energy_self))[0]] = False
    if scope.holds(worse):
        assert better_response(scope, worse) is not None


def test_brute_force_is_never_beaten_by_a_spoilt_reading() -> None:
    """Protects the yardstick's own logic: more freedom for the leader never costs more."""
    compared = 0
    for _, made in random_instances(91, 96):
        if made.reading.qan_rule != "exact":
            continue
        easier = made.model_copy(
            update={"reading": made.reading.model_copy(update={"qan_rule": "cover"})}
        )
        if made.reading.connection_cost == "connected":
            hard, easy = brute_force(made), brute_force(easier)
            if hard is not None:
                assert easy is not None
                assert easy <= hard + 1e-9
                compared += 1
    assert compared > 3
