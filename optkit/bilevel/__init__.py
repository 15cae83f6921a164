"""Bilevel: mixed-integer bilevel linear programs in general.

A leader decides first; a follower then solves a program of its own, which depends on that
decision. The solvers find the leader's best decision, given how the follower will respond.
``docs/bilevel.md`` has the definitions, file formats, methods and proofs.

The names below are the public face of the family; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.bilevel.instance import BilevelInstance as BilevelInstance
    from optkit.bilevel.problem.pyomo_adapter import Bilevel as Bilevel
    from optkit.bilevel.solution import BilevelSolution as BilevelSolution
    from optkit.bilevel.solvers.base import BilevelSolver as BilevelSolver

_HOMES = {
    "Bilevel": "problem.pyomo_adapter",
    "BilevelInstance": "instance",
    "BilevelSolution": "solution",
    "BilevelSolver": "solvers.base",
}

__all__ = [*_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
