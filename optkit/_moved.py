"""Old paths of modules that the documentation promised, and where they are now.

``import optkit.allocation.base`` keeps working: it gives the module that holds the same
names today. New code imports from ``optkit`` and from the families.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "optkit.allocation.base": "optkit.allocation.solvers.base",
    "optkit.bilevel.files": "optkit.bilevel.data.formats",
    "optkit.core.family": "optkit.core.solving.family",
    "optkit.core.registry": "optkit.core.solving.registry",
    "optkit.core.reproduction": "optkit.reproduction.engine",
    "optkit.discovery.modelling": "optkit.discovery.problem.pyomo_adapter",
    "optkit.dispatch.environment": "optkit.dispatch.learning.environment",
    "optkit.dispatch.observation": "optkit.dispatch.problem.observation",
    "optkit.dispatch.replay": "optkit.dispatch.check.replay",
    "optkit.dispatch.slots": "optkit.dispatch.problem.simulator",
    "optkit.sync.exact.reconstruction": "optkit.sync.exact.report_selection",
    "optkit.sync.learning.rules": "optkit.sync.learning.env",
}
"""Old path to new path; modules inside a moved package moved with it."""


class MovedModules:
    """Finds a module under its old path; asked before every other finder.

    It is a finder and a loader without their base classes, which take 15 ms to import.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for an old path; None for any other."""
        return None if _new_path(name) is None else ModuleSpec(name, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module under its new path."""
        path = _new_path(spec.name)
        assert path is not None, "find_spec finds old paths only"
        module = importlib.import_module(path)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back; it is loaded already."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


def _new_path(name: str) -> str | None:
    """Return the new path of a module; None if it has not moved."""
    if name in MOVED:
        return MOVED[name]
    package, _, module = name.rpartition(".")
    return f"{MOVED[package]}.{module}" if package in MOVED else None
