"""The follower's problem as a mixed-integer program, where the search takes too long."""

from __future__ import annotations

import numpy as np

from optkit.backends.builder import ModelBuilder
from optkit.core.arrays import Bools
from optkit.core.runtime import stopping
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.problem_data import ROW_TOLERANCE


def least_energy_by_milp(follower: FollowerProblem) -> tuple[Bools, float] | None:
    """Return modes of least energy that keep both rows, and a bound on their extra.

    None if no modes keep both rows.

    Raises
    ------
    StoppedError
        If a limit of the run is reached.
    """
    from optkit.backends import solve_model

    builder = ModelBuilder("follower")
    modes = builder.add_columns(follower.extra, integer=True)
    builder.add_row(
        modes, follower.agent_gain, lower=follower.agent_need - ROW_TOLERANCE
    )
    builder.add_row(modes, follower.self_gain, upper=follower.self_room + ROW_TOLERANCE)
    while True:
        result = solve_model(builder.model(), should_stop=stopping.is_due, load=False)
        stopping.check()
        if result.values is None:
            return None
        agent = result.values > 0.5
        if follower.feasible(agent):
            extra = float(follower.extra @ agent)
            return agent, extra if result.bound is None else min(extra, result.bound)
        # The solver's own tolerance let this point through: a row excludes it.
        builder.add_row(modes, np.where(agent, 1.0, -1.0), upper=float(agent.sum()) - 1)
