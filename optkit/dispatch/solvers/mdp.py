"""The paper's policy as a solver (Algorithm 2)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from optkit.core.solving.registry import register
from optkit.core.solving.solver import Kind
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PAPER, PolicyOptions, PolicySolver

ARRIVALS = {"bernoulli": 1, "poisson-binomial": 4}
"""Largest number of arrivals in one slot that each approximation tells apart."""


class MdpOptions(PolicyOptions):
    """Options of the paper's policy."""

    arrivals: Literal["bernoulli", "poisson-binomial"] = Field(
        "bernoulli",
        description="how arrivals at a queue in one slot are modelled: at most one, as"
        " in the paper (bernoulli), or a sum of independent draws, up to"
        " four (poisson-binomial)",
    )


@register
class Mdp(PolicySolver[MdpOptions]):
    """Alternating policy iteration over groups that share no edge server.

    Each member of the interval's group moves every type of job to the server that is best
    if all others keep their actions for ever.
    """

    name = "mdp"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, Algorithm 2"
    Options = MdpOptions

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.policies.mdp import MdpPolicy

        return MdpPolicy(data, ARRIVALS[self.options.arrivals])
