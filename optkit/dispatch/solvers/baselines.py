"""The paper's benchmarks (Sec. VI-A); see :mod:`optkit.dispatch.policies.baselines`."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from optkit.core.solving.registry import register
from optkit.core.solving.solver import Capabilities, Kind
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.baselines import (
    QueueAwarePolicy,
    RandomPolicy,
    SelfishPolicy,
)
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PAPER, PolicyOptions, PolicySolver


class Baseline(PolicySolver[PolicyOptions]):
    """A benchmark policy."""

    kind = Kind.BASELINE
    reference = f"{PAPER}, Sec. VI-A"


@register
class Random(Baseline):
    """Every job to a candidate drawn at random."""

    name = "random"
    capabilities: ClassVar[Capabilities] = replace(Baseline.capabilities, seed=True)

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the random policy."""
        return RandomPolicy(data, rng)


@register
class Selfish(Baseline):
    """Every job to the server of least mean upload plus mean service."""

    name = "selfish"

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the selfish policy."""
        return SelfishPolicy(data)


@register
class QueueAware(Baseline):
    """Every job to the server of least mean latency, the queue as observed included."""

    name = "queue-aware"

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the queue-aware policy."""
        return QueueAwarePolicy(data)
