"""The context of a reproduction: checked solves, limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

import optkit
from optkit.reproduction.allocation.networks import (
    topology,
)
from optkit.reproduction.engine import (
    Context,
    Settings,
)
from tests.reproduction.allocation.cases import quick_context


def test_contradictions_stop_a_study() -> None:
    """A verified cost below another solver's proven bound is an error."""
    context = quick_context()
    network = topology(context, "Topology 2", 0)
    best = context.solve(network, "pmo")
    context.cross_check(replace(best, objective=best.objective * (1 + 1e-3)))
    with pytest.raises(optkit.ContradictionError, match="one of the two is wrong"):
        context.cross_check(replace(best, objective=best.objective * (1 - 1e-3)))
    # On another problem, such as free routing, the bound bounds nothing.
    other = quick_context()
    other.solve(network, "pmo")
    lower = replace(best, objective=best.objective * 0.9, bound=None)
    other.cross_check(lower, problem="free routing")


def test_time_limit_reaches_the_solver() -> None:
    """Every solve gets the user's time limit."""
    limited = Context("test", Settings(time_limit=7.5), 1)
    result = limited.solve(topology(limited, "Topology 2", 0), "pmo")
    assert result.limits.time == 7.5


def test_draws_report_their_progress() -> None:
    """Every repetition is drawn once, and its share of the work is reported."""
    reports: list[tuple[str, float | None]] = []
    context = Context("test", Settings(), 2, lambda *report: reports.append(report))
    assert list(context.draws("network")) == [0, 1]
    assert reports == [("network 1 of 2", 0.0), ("network 2 of 2", 0.5)]
    reports.clear()
    assert list(context.draws_in([0.5, 1.0], "run")) == [
        (0, 0.5),
        (0, 1.0),
        (1, 0.5),
        (1, 1.0),
    ]
    assert reports[1] == ("run 1 of 2, 1", 0.25)
    assert reports[3] == ("run 2 of 2, 1", 0.75)
