"""The solver option that optimises for exact store and forward."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving.events import Event, EventKind
from tests.allocation.instances import generated
from tests.allocation.true_times import (
    yardsticks,
)

TRUE = {"timing": "store-and-forward"}
"""The solver option under test."""


def true_cost(result: optkit.Result) -> float:
    """Return the true cost that the checker found."""
    assert result.verification is not None
    assert result.verification.feasible, result.verification.violations
    return float(result.metrics["store_and_forward_cost"])


def test_local_search_against_every_order() -> None:
    """The search is never below the true optimum, and nearly always at it."""
    hits = 0
    for label, instance, best in yardsticks():
        found = true_cost(optkit.solve(instance, "block-ls", options=TRUE))
        assert found >= best * (1.0 - 1e-8), label
        hits += found <= best * (1.0 + 1e-7)
    assert hits >= 0.9 * len(yardsticks()), hits


@pytest.mark.slow
def test_no_worse_than_what_eq_6_is_best_for() -> None:
    """The optimum by eq (6) is no better in true cost."""
    gained = 0
    for label, instance, _ in yardsticks():
        by_eq_6 = optkit.solve(instance, "pmo")
        by_truth = optkit.solve(instance, "block-ls", options=TRUE)
        assert true_cost(by_truth) <= true_cost(by_eq_6) * (1.0 + 1e-9), label
        assert by_truth.objective is not None
        assert by_eq_6.objective is not None
        assert by_truth.objective >= by_eq_6.objective * (1.0 - 1e-9), label
        gained += true_cost(by_truth) < true_cost(by_eq_6) * (1.0 - 1e-3)
    assert gained > 0


def test_the_best_in_truth_survives_every_end() -> None:
    """However the run ends, the answer is the best in true cost so far."""
    instance = generated(9, 4, shape="chain")
    first = true_cost(optkit.solve(instance, "block"))
    whole = optkit.solve(instance, "block-ls", options=TRUE)
    assert true_cost(whole) < 0.99 * first
    assert f"store-and-forward cost {true_cost(whole):.6g}" in whole.termination.detail

    def press(event: Event) -> None:
        if event.kind is EventKind.PROGRESS:
            raise KeyboardInterrupt

    pressed = optkit.solve(instance, "block-ls", options=TRUE, on_event=press)
    assert pressed.termination.reason is optkit.Reason.INTERRUPTED
    assert true_cost(pressed) < first
    for limits in (
        optkit.Limits(evaluations=5),
        optkit.Limits(iterations=1),
        optkit.Limits(time=1e-3),
    ):
        stopped = optkit.solve(instance, "block-ls", options=TRUE, limits=limits)
        assert stopped.termination.reason is not optkit.Reason.CONVERGED
        assert true_cost(stopped) >= true_cost(whole) * (1.0 - 1e-12)
    again = optkit.solve(instance, "block-ls", options=TRUE)
    assert again.solution == whole.solution


def test_edges_of_the_option() -> None:
    """Degenerate instances are solved: no link, one server, an empty task, no weights."""
    for settings in (
        {"servers": 1},
        {"size_gbit": 0.0},
        {"tx_watt": 1e6},
        {"weight_time": 0.0},
        {"gbps_low": 1e-6, "gbps_high": 1e-6},
    ):
        instance = generated(**{"servers": 4, "shape": "binary", "seed": 7, **settings})
        result = optkit.solve(instance, "block-ls", options=TRUE)
        optimum = optkit.solve(instance, "pmo")
        assert true_cost(result) <= true_cost(optimum) * (1.0 + 1e-9), settings
