"""The queue-aware policy as in the authors' released code: hazards in place of a mean.

The code uses Σ ξ·p_ξ for the expected upload. Here p_ξ = P(U = ξ + 1 | U > ξ) is the
probability that an upload not done after ξ slots is done after the next one, and 1 if it
is surely done by then. The true mean is Σ ξ·P(U = ξ). For the nearest server, where U = 1
always, the sum is Ξ(Ξ + 1)/2 instead of 1.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.solving.result import Verification
from optkit.core.tools.check import check
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.baselines import QueueAwarePolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.closed_form_values import survival
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.solution import DispatchSolution


class _Weighted(ProblemData):
    """Problem data with the mean uploads that the released code uses."""

    @property
    def mean_upload(self) -> Floats:
        """(K, M, J): sums of hazards; infinite where no candidate."""
        mean = np.full(self.shape, np.inf)
        mean[self.candidate] = hazard_sums(self.upload)
        return mean


def hazard_sums(law: Floats) -> Floats:
    """Return Σ ξ·p_ξ of upload laws over 0 … Ξ slots along the last axis."""
    left = survival(law)[..., 1:]  # P(U > ξ) for ξ = 0 … Ξ − 1
    hazard = np.ones_like(law)
    np.divide(law[..., 1:], left, out=hazard[..., :-1], where=left > 0.0)
    return np.asarray(hazard @ np.arange(law.shape[-1], dtype=float))


def queue_aware(instance: DispatchInstance) -> Verification:
    """Return the checked result of the released code's policy on an instance.

    Parameters
    ----------
    instance
        The instance, with its sample path.
    """
    true = problem_data(instance)
    believed = _Weighted(
        **{array.name: getattr(true, array.name) for array in fields(true)}
    )
    ended = simulate(true, QueueAwarePolicy(believed))
    return check(
        instance,
        DispatchSolution(target=true.in_instance_order(ended.system.target)),
    )
