"""Dispatch: where to send each job with late and partial information.

Source: Hong et al., "Online Distributed Job Dispatching with Outdated and
Partially-Observable Information". Equation numbers in this package are that paper's; how
its lost or contradictory places are read stands in ``docs/readings.md``.

The names below are the family's public face, imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.dispatch.instance import DispatchInstance as DispatchInstance
    from optkit.dispatch.learning.environment import parallel_env as parallel_env
    from optkit.dispatch.policies.base import Policy as Policy
    from optkit.dispatch.policies.own import DispatchPolicy as DispatchPolicy
    from optkit.dispatch.policies.simulation import simulate as simulate
    from optkit.dispatch.problem.observation import Observation as Observation
    from optkit.dispatch.problem.problem_data import ProblemData as ProblemData
    from optkit.dispatch.problem.problem_data import model_data as model_data
    from optkit.dispatch.problem.problem_data import problem_data as problem_data
    from optkit.dispatch.solution import DispatchSolution as DispatchSolution
    from optkit.dispatch.solvers.base import PolicySolver as PolicySolver
    from optkit.dispatch.solvers.own_policies import register_policy as register_policy

_HOMES = {
    "DispatchInstance": "instance",
    "DispatchPolicy": "policies.own",
    "DispatchSolution": "solution",
    "Observation": "problem.observation",
    "Policy": "policies.base",
    "PolicySolver": "solvers.base",
    "ProblemData": "problem.problem_data",
    "model_data": "problem.problem_data",
    "parallel_env": "learning.environment",
    "problem_data": "problem.problem_data",
    "register_policy": "solvers.own_policies",
    "simulate": "policies.simulation",
}

__all__ = [*_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
