"""The clairvoyant's descent: its costs are the checker's."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.bounds.hindsight.job_tables import job_table
from optkit.dispatch.check.checker import check
from optkit.dispatch.policies.clairvoyant.assignment import Assignment, descend
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import random_instance, random_target


@pytest.mark.slow
def test_costs_by_type_add_up_to_the_checkers() -> None:
    """The descent's costs by type add up to the checker's objective, before and after."""
    for seed in range(80):
        instance = random_instance(seed)
        data = problem_data(instance)
        target = np.array(random_target(instance, seed), dtype=np.int64)[data.job]
        for improve in (False, True):
            total = 0.0
            for kind in range(data.shape[2]):
                jobs = job_table(data, kind)
                part = Assignment(data, jobs, target[jobs.index])
                before = part.cost()
                if improve:
                    passes = list(descend(part, lambda: False))
                    assert passes == sorted(passes, reverse=True)
                    assert part.cost() <= before + 1e-9
                    target[jobs.index] = part.target
                total += part.cost()
            solution = DispatchSolution(target=data.in_instance_order(target))
            report = check(instance, solution)
            assert report.objective == pytest.approx(total / data.intervals, rel=1e-12)
