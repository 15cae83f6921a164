"""Policies of other packages as solvers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, TypeVar

import numpy as np
from pydantic import create_model

from optkit.core.options import Options
from optkit.core.solving.registry import load_plug_ins, register
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.own import DispatchPolicy
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PolicyOptions, PolicySolver

GROUP = "optkit.dispatch_policies"
"""Entry points by which other packages offer policies."""

P = TypeVar("P", bound=type[DispatchPolicy])


class OwnPolicySolver(PolicySolver[Any]):
    """The solver that a policy becomes."""

    made_of: ClassVar[type[DispatchPolicy]]

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        return self.made_of(data, rng, self.options)


def policy_solver(policy: type[DispatchPolicy]) -> type[OwnPolicySolver]:
    """Return the solver that a policy becomes.

    Its name and options are the policy's, beside the options of every policy.
    """
    return type(
        f"{policy.__name__}Solver",
        (OwnPolicySolver,),
        {
            "__doc__": policy.__doc__,
            "__module__": policy.__module__,
            "name": policy.name,
            "kind": policy.kind,
            "reference": policy.reference,
            "capabilities": replace(OwnPolicySolver.capabilities, seed=policy.seeded),
            "Options": _options(policy.Options),
            "package": policy.package,
            "made_of": policy,
        },
    )


def _options(own: type[Options]) -> type[Options]:
    """Return a policy's options with those of every policy; its own go first."""
    if issubclass(PolicyOptions, own) or issubclass(own, PolicyOptions):
        return own if issubclass(own, PolicyOptions) else PolicyOptions
    return create_model(
        own.__name__, __base__=(own, PolicyOptions), __module__=own.__module__
    )


def register_policy(policy: P) -> P:
    """Register a policy as a solver; used as a decorator."""
    register(policy_solver(policy))
    return policy


load_plug_ins(GROUP, DispatchPolicy, register_policy)
