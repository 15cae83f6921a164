"""optkit: optimisation of networks that pool their computing power.

>>> import optkit
>>> instance = optkit.generate("allocation", servers=6, seed=1)
>>> result = optkit.solve(instance, solver="pmo")
>>> result.verification.feasible
True

Every answer is checked by code that did not find it, and comes with a bound.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from optkit._moved import MovedModules
from optkit._version import __version__

if TYPE_CHECKING:
    from optkit.core.errors import ContradictionError as ContradictionError
    from optkit.core.errors import FailedCheckError as FailedCheckError
    from optkit.core.errors import InvalidFileError as InvalidFileError
    from optkit.core.errors import OptkitError as OptkitError
    from optkit.core.errors import UnavailableError as UnavailableError
    from optkit.core.errors import UsageError as UsageError
    from optkit.core.instance import Instance as Instance
    from optkit.core.instance import Solution as Solution
    from optkit.core.options import Options as Options
    from optkit.core.runtime.versions import versions as versions
    from optkit.core.solving.events import Event as Event
    from optkit.core.solving.limits import Limits as Limits
    from optkit.core.solving.registry import families as families
    from optkit.core.solving.registry import register as register
    from optkit.core.solving.registry import solvers as solvers
    from optkit.core.solving.result import Reason as Reason
    from optkit.core.solving.result import Result as Result
    from optkit.core.solving.result import Status as Status
    from optkit.core.solving.result import Verification as Verification
    from optkit.core.solving.run import Run as Run
    from optkit.core.solving.solve import solve as solve
    from optkit.core.solving.solver import Capabilities as Capabilities
    from optkit.core.solving.solver import Kind as Kind
    from optkit.core.solving.solver import Outcome as Outcome
    from optkit.core.solving.solver import Solver as Solver
    from optkit.core.tools.check import check as check
    from optkit.core.tools.check import check_document as check_document
    from optkit.core.tools.generate import generate as generate
    from optkit.core.tools.generate import import_instance as import_instance
    from optkit.core.tools.instance_files import load as load
    from optkit.core.tools.instance_files import save_instance as save_instance
    from optkit.core.tools.solution_files import load_solution as load_solution
    from optkit.core.tools.solution_files import save as save
    from optkit.core.tools.train import Trained as Trained
    from optkit.core.tools.train import train as train

# Old paths of modules, looked up after everything else.
sys.meta_path.append(MovedModules())

# Imported on first use, so that `import optkit` and `optkit --help` stay instant.
_HOMES = {
    "Capabilities": "solving.solver",
    "ContradictionError": "errors",
    "Event": "solving.events",
    "FailedCheckError": "errors",
    "Instance": "instance",
    "InvalidFileError": "errors",
    "Kind": "solving.solver",
    "Limits": "solving.limits",
    "Options": "options",
    "OptkitError": "errors",
    "Outcome": "solving.solver",
    "Reason": "solving.result",
    "Result": "solving.result",
    "Run": "solving.run",
    "Solution": "instance",
    "Solver": "solving.solver",
    "Status": "solving.result",
    "Trained": "tools.train",
    "UnavailableError": "errors",
    "UsageError": "errors",
    "Verification": "solving.result",
    "check": "tools.check",
    "check_document": "tools.check",
    "families": "solving.registry",
    "generate": "tools.generate",
    "import_instance": "tools.generate",
    "load": "tools.instance_files",
    "load_solution": "tools.solution_files",
    "register": "solving.registry",
    "save": "tools.solution_files",
    "save_instance": "tools.instance_files",
    "solve": "solving.solve",
    "solvers": "solving.registry",
    "train": "tools.train",
    "versions": "runtime.versions",
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
