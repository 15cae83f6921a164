"""The bound that holds for every policy on a dispatch instance, for the harness."""

from __future__ import annotations

from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family_bounds import FamilyBound
from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.problem_data import problem_data


def _isolated(instance: DispatchInstance, _: Deadline) -> float:
    return isolated_jobs.alone(problem_data(instance))


BOUNDS = (FamilyBound(isolated_jobs.SOURCE, _isolated),)
