"""The dispatch checker: planted violations, and what it counts."""

from __future__ import annotations

import pytest

from optkit.dispatch.check.checker import check
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import tiny

RIGHT = (0, 0, 0, 0, 1)


def test_right_solution_passes() -> None:
    """A right solution passes, with its objective."""
    report = check(tiny(), DispatchSolution(target=RIGHT))
    assert report.feasible
    assert report.objective == pytest.approx(13 / 3 + 4)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (RIGHT[:-1], "length"),
        ((*RIGHT, 0), "length"),
        ((), "length"),
        ((0, 0, 0, 0, 0), "candidate"),
        ((0, 0, 2, 0, 1), "unknown-server"),
        ((0, 9, 0, 0, 1), "unknown-server"),
    ],
)
def test_planted_violation_is_caught(target: tuple[int, ...], kind: str) -> None:
    """Every wrong assignment is refused, and its fault named."""
    report = check(tiny(), DispatchSolution(target=target))
    assert not report.feasible
    assert report.objective is None
    assert {violation.kind for violation in report.violations} == {kind}


def test_metrics_by_hand() -> None:
    """The metrics are those counted on paper."""
    metrics = check(tiny(), DispatchSolution(target=RIGHT)).metrics
    assert metrics["completed"] == 3
    assert metrics["dropped"] == 2
    assert metrics["drop_rate"] == pytest.approx(2 / 5)
    # Slots from arrival to the end of service: 7, 6 and 4.
    assert metrics["mean_response_intervals"] == pytest.approx(17 / 3 / 4)
    assert metrics["mean_response_s"] == pytest.approx(17 / 3 / 2)
    assert metrics["discounted_cost"] == pytest.approx(12 + 0.9)
    assert metrics["jobs_in_transit"] == [0, 1, 0]
    assert metrics["jobs_queued"] == [2, 0, 0]
    assert metrics["full_queues"] == 1
    assert metrics["servers"]["s0"] == {"sent": 4, "accepted": 2}
