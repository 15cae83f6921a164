"""The objective of a simulated path, counted by hand."""

from __future__ import annotations

import pytest

from optkit.dispatch.check.replay import replay
from optkit.dispatch.problem.objective import objective, stage_costs
from optkit.dispatch.problem.problem_data import problem_data
from tests.dispatch.instances import simulated, tiny


def test_stage_costs_by_hand() -> None:
    """Transit, queues and full queues (eq 9) are those counted on paper.

    Job 0 (slot 0, upload 1, one slot of service), job 1 (slot 0, upload 0, six slots),
    jobs 2 and 3 find two jobs waiting and are dropped; job 4 is under way to slot 8.
    """
    instance = tiny()
    histories = replay(instance, (0, 0, 0, 0, 1))
    assert [(history.join, history.finish) for history in histories] == [
        (1, 6),
        (0, 5),
        (1, None),
        (2, None),
        (8, 8),
    ]
    system = simulated(instance, (0, 0, 0, 0, 1), 1)
    # Boundary 4: two queued, full; boundary 8: job 4 under way; boundary 12: nothing.
    assert stage_costs(problem_data(instance), system).tolist() == [12.0, 1.0, 0.0]
    assert objective(problem_data(instance), system) == pytest.approx(
        13 / 3 + 2 * 6 / 3
    )
