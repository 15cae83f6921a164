"""One interface to the solvers of linear and mixed-integer linear models.

``solve_model`` compiles a Pyomo model and hands it to HiGHS, to SCIP or CP-SAT as OR-Tools
ships them, or to a solver that the user brings (``adapters``). Each answers with the best
solution, the bound that it proved, and why it stopped. Importing this package imports none
of them.

Methods that call HiGHS many times use it without a model in between: ``direct`` hands over
arrays, ``builder`` puts a model together row by row, ``incremental`` keeps one inside HiGHS
and changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optkit.backends.base import (
    BackendInfo,
    BackendResult,
    Capability,
    Progress,
    StartReport,
    StartStatus,
    Termination,
)
from optkit.backends.registry import backends
from optkit.backends.solve import solve_model

if TYPE_CHECKING:
    from optkit.backends.compiler import compile_model
    from optkit.backends.linear import LinearModel

__all__ = [
    "BackendInfo",
    "BackendResult",
    "Capability",
    "LinearModel",
    "Progress",
    "StartReport",
    "StartStatus",
    "Termination",
    "backends",
    "compile_model",
    "solve_model",
]


def __getattr__(name: str) -> Any:
    # These need numpy and scipy, which a command that solves nothing need not import.
    if name == "compile_model":
        from optkit.backends.compiler import compile_model

        return compile_model
    if name == "LinearModel":
        from optkit.backends.linear import LinearModel

        return LinearModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
