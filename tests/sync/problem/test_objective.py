"""The objective for solvers."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.sync.problem import objective as objectives
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import objective
from optkit.sync.problem.problem_data import problem_data
from tests.sync.instances import (
    random_instance,
    random_solution,
    replay,
    slots_of,
)


def test_the_world_follows_the_text() -> None:
    """Held values, ages and costs equal those of a replay from the model's text."""
    for seed in range(50):
        instance = random_instance(seed)
        solution = random_solution(instance, seed)
        data, replayed = problem_data(instance), replay(instance, solution)
        reports, notifications = slots_of(solution, instance)
        held = held_values(data, reports)
        assert held.value.tolist() == list(replayed.held.values())
        assert held.age.tolist() == list(replayed.device_age.values())
        cost = objective(data, reports, notifications, held)
        assert cost == pytest.approx(replayed.objective, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("cells", [1, 70])
def test_links_computed_together_change_nothing(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The objective is the very same, however many links are computed at once."""
    for seed in range(20):
        data = problem_data(random_instance(seed))
        rng = np.random.default_rng(seed)
        reports, notifications = (
            [np.flatnonzero(rng.random(data.slots) < 0.3) for _ in range(count)]
            for count in (data.devices, data.links)
        )
        whole = objective(data, reports, notifications)
        with monkeypatch.context() as patch:
            patch.setattr(objectives, "CELLS", cells)
            assert objective(data, reports, notifications) == whole, seed
