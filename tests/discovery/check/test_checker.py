"""The checker: metrics computed by hand, and every planted violation."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.discovery.check.checker import check
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
    """Z1, Z2, their parts and the objective are those computed by hand."""
    report = check(instance(), solution())
    assert report.feasible, [str(violation) for violation in report.violations]
    assert report.objective == pytest.approx(OBJECTIVE, rel=1e-12)
    metrics = report.metrics
    assert metrics["time_s"] == pytest.approx(TIME)
    assert metrics["time_self_s"] == pytest.approx(TIME_SELF)
    assert metrics["time_agent_s"] == pytest.approx(TIME - TIME_SELF)
    assert metrics["energy_j"] == pytest.approx(ENERGY)
    assert metrics["energy_self_j"] == pytest.approx(ENERGY_SELF)
    assert metrics["accuracy_agent"] == pytest.approx((0.5 + 0.25 + 0.5) / 3)
    assert metrics["accuracy_self"] == pytest.approx(0.5)
    assert (metrics["qans"], metrics["connected"], metrics["agents"]) == (3, 4, 3)
    assert [window["energy_j"] for window in metrics["windows"]] == [8.0, 3.0]
    assert [window["qans"] for window in metrics["windows"]] == [2, 1]


def test_connections_of_the_other_mode_are_free_where_the_reading_says_so() -> None:
    """Under `agent-mode`, as printed, only agent mode pays for connecting."""
    reading = {"connection_cost": "agent-mode"}
    report = check(instance(reading=reading), solution())
    assert report.feasible
    assert report.metrics["time_s"] == pytest.approx(TIME - TIME_SELF)
    assert report.metrics["time_self_s"] == 0.0


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
    """Every broken rule of both levels is reported."""
    changes, instance_changes, kind = PLANTED[name]
    assert kind in kinds(changes, **instance_changes)


def test_sum_form_asks_for_somebody_in_each_mode() -> None:
    """The sum form needs a node in each mode of a scope with a demand."""
    reading = {"accuracy_form": "sum"}
    # Window 1 has one node, which cannot be in both modes at once.
    assert "follower-infeasible" in kinds({}, reading=reading)
    whole = {"accuracy_form": "sum", "accuracy_scope": "horizon"}
    assert kinds({}, reading=whole) == set()


def test_scope_decides_what_is_judged_together() -> None:
    """Over the horizon, the accuracy of one window may make up for another's."""
    short = {"agent": 0.4, "self": 0.25}
    assert "accuracy-agent" in kinds({}, required_accuracy=short)
    assert (
        kinds({}, required_accuracy=short, reading={"accuracy_scope": "horizon"})
        == set()
    )
