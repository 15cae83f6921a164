"""optkit: optimisation of networks that pool their computing power.

>>> import optkit
>>> instance = optkit.generate("allocation", servers=6, seed=1)
>>> result = optkit.solve(instance, solver="pmo")
>>> result.verification.feasible
True

Every answer is checked by code that did not find it, and comes with a bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optkit._version import __version__

if TYPE_CHECKING:
    from optkit.core.check import check as check
    from optkit.core.check import check_document as check_document
    from optkit.core.errors import ContradictionError as ContradictionError
    from optkit.core.errors import FailedCheckError as FailedCheckError
    from optkit.core.errors import InvalidFileError as InvalidFileError
    from optkit.core.errors import OptkitError as OptkitError
    from optkit.core.errors import UnavailableError as UnavailableError
    from optkit.core.errors import UsageError as UsageError
    from optkit.core.events import Event as Event
    from optkit.core.files.instances import load as load
    from optkit.core.files.instances import save_instance as save_instance
    from optkit.core.files.solution import load_solution as load_solution
    from optkit.core.files.solution import save as save
    from optkit.core.generate import generate as generate
    from optkit.core.generate import import_instance as import_instance
    from optkit.core.instance import Instance as Instance
    from optkit.core.instance import Solution as Solution
    from optkit.core.limits import Limits as Limits
    from optkit.core.options import Options as Options
    from optkit.core.registry import families as families
    from optkit.core.registry import register as register
    from optkit.core.registry import solvers as solvers
    from optkit.core.result import Reason as Reason
    from optkit.core.result import Result as Result
    from optkit.core.result import Status as Status
    from optkit.core.result import Verification as Verification
    from optkit.core.run import Run as Run
    from optkit.core.solve import solve as solve
    from optkit.core.solver import Capabilities as Capabilities
    from optkit.core.solver import Kind as Kind
    from optkit.core.solver import Outcome as Outcome
    from optkit.core.solver import Solver as Solver
    from optkit.core.train import Trained as Trained
    from optkit.core.train import train as train
    from optkit.core.versions import versions as versions

# Imported on first use, so that `import optkit` and `optkit --help` stay instant.
_HOMES = {
    "Capabilities": "solver",
    "ContradictionError": "errors",
    "Event": "events",
    "FailedCheckError": "errors",
    "Instance": "instance",
    "InvalidFileError": "errors",
    "Kind": "solver",
    "Limits": "limits",
    "OptkitError": "errors",
    "Options": "options",
    "Outcome": "solver",
    "Reason": "result",
    "Result": "result",
    "Run": "run",
    "Solution": "instance",
    "Solver": "solver",
    "Status": "result",
    "Trained": "train",
    "UnavailableError": "errors",
    "UsageError": "errors",
    "Verification": "result",
    "check": "check",
    "check_document": "check",
    "families": "registry",
    "generate": "generate",
    "import_instance": "generate",
    "load": "files.instances",
    "load_solution": "files.solution",
    "register": "registry",
    "save": "files.solution",
    "save_instance": "files.instances",
    "solve": "solve",
    "solvers": "registry",
    "train": "train",
    "versions": "versions",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'optkit' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"optkit.core.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
