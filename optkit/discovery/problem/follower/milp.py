"""The follower's problem as a mixed-integer program, where the search is too long."""

from __future__ import annotations

import numpy as np

from optkit.backends.builder import ModelBuilder
from optkit.core.arrays import Bools
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.problem_data import ROW_TOLERANCE


def least_energy_by_milp(task: FollowerProblem) -> tuple[Bools, float] | None:
    """Return modes of least energy that keep both rows, and a bound on their extra.

    None if no modes do.
    """
    from optkit.backends import solve_model

    program = ModelBuilder("follower")
    modes = program.add_columns(task.extra, integer=True)
    program.add_row(modes, task.agent_gain, lower=task.agent_need - ROW_TOLERANCE)
    program.add_row(modes, task.self_gain, upper=task.self_room + ROW_TOLERANCE)
    while True:
        result = solve_model(program.model(), load=False)
        if result.values is None:
            return None
        agent = result.values > 0.5
        if task.holds(agent):
            extra = float(task.extra @ agent)
            return agent, extra if result.bound is None else min(extra, result.bound)
        # The solver's own tolerance let this one through: it is excluded by name.
        program.add_row(modes, np.where(agent, 1.0, -1.0), upper=float(agent.sum()) - 1)
