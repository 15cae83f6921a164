"""The cost of any solution, for solvers that do not compute it themselves."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.changes import by_job
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.solution import DispatchSolution


def solution_cost(instance: DispatchInstance, solution: DispatchSolution) -> float:
    """Return the mean cost of a boundary if every job goes where the solution sends it.

    Raises
    ------
    ValueError
        If there is not one candidate server for each job.
    """
    data = problem_data(instance)
    target = np.asarray(solution.target, dtype=np.int64)
    if target.shape != data.job.shape:
        raise ValueError(f"{len(target)} targets; there are {len(data.job)} jobs")
    ordered = target[data.job]
    inside = (ordered >= 0) & (ordered < data.shape[1])
    if not inside.all() or not by_job(data, lambda now: _allowed(now, ordered)).all():
        raise ValueError("a job is sent to a server that is no candidate of its point")
    system = Simulator(data)
    system.advance(data.horizon, ordered)
    return objective(data, system)


def _allowed(network: ProblemData, target: Ints) -> Ints:
    """Return (N,): 1 where a job's target is a candidate, else 0."""
    return network.candidate[network.ap, target].astype(np.int64)
