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
from typing import TYPE_CHECKING

from optkit._moved import MovedModules
from optkit._version import __version__
from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.backends.solution_files.importing import (
        import_solution as import_solution,
    )
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
    from optkit.core.solving.family import Family as Family
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
    from optkit.core.tools.alternatives import Alternatives as Alternatives
    from optkit.core.tools.alternatives import alternatives as alternatives
    from optkit.core.tools.certify import Certificate as Certificate
    from optkit.core.tools.certify import certify as certify
    from optkit.core.tools.check import check as check
    from optkit.core.tools.check import check_document as check_document
    from optkit.core.tools.compare import compare as compare
    from optkit.core.tools.draw import draw as draw
    from optkit.core.tools.generate import generate as generate
    from optkit.core.tools.generate import import_file as import_file
    from optkit.core.tools.generate import import_instance as import_instance
    from optkit.core.tools.instance_files import load as load
    from optkit.core.tools.instance_files import save_instance as save_instance
    from optkit.core.tools.shipped import shipped_instance as shipped_instance
    from optkit.core.tools.solution_files import load_solution as load_solution
    from optkit.core.tools.solution_files import save as save
    from optkit.core.tools.train import Trained as Trained
    from optkit.core.tools.train import train as train
    from optkit.network.network import Network as Network

# First, so that a module has one object, whichever path it is imported by.
sys.meta_path.insert(0, MovedModules())

# Imported on first use, so that `import optkit` and `optkit --help` stay instant.
_HOMES = {
    "Alternatives": "core.tools.alternatives",
    "Capabilities": "core.solving.solver",
    "Certificate": "core.tools.certify",
    "ContradictionError": "core.errors",
    "Event": "core.solving.events",
    "FailedCheckError": "core.errors",
    "Family": "core.solving.family",
    "Instance": "core.instance",
    "InvalidFileError": "core.errors",
    "Kind": "core.solving.solver",
    "Limits": "core.solving.limits",
    "Network": "network.network",
    "Options": "core.options",
    "OptkitError": "core.errors",
    "Outcome": "core.solving.solver",
    "Reason": "core.solving.result",
    "Result": "core.solving.result",
    "Run": "core.solving.run",
    "Solution": "core.instance",
    "Solver": "core.solving.solver",
    "Status": "core.solving.result",
    "Trained": "core.tools.train",
    "UnavailableError": "core.errors",
    "UsageError": "core.errors",
    "Verification": "core.solving.result",
    "alternatives": "core.tools.alternatives",
    "certify": "core.tools.certify",
    "check": "core.tools.check",
    "check_document": "core.tools.check",
    "compare": "core.tools.compare",
    "draw": "core.tools.draw",
    "families": "core.solving.registry",
    "generate": "core.tools.generate",
    "import_file": "core.tools.generate",
    "import_instance": "core.tools.generate",
    "import_solution": "backends.solution_files.importing",
    "load": "core.tools.instance_files",
    "load_solution": "core.tools.solution_files",
    "register": "core.solving.registry",
    "save": "core.tools.solution_files",
    "save_instance": "core.tools.instance_files",
    "shipped_instance": "core.tools.shipped",
    "solve": "core.solving.solve",
    "solvers": "core.solving.registry",
    "train": "core.tools.train",
    "versions": "core.runtime.versions",
}

__all__ = ["__version__", *_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
