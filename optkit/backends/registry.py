"""Find backends by name; none is imported before it is asked for."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from optkit.backends.base import BackendInfo, Capability
from optkit.core.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from optkit.backends.session import Backend


@dataclass(frozen=True)
class _Place:
    """The package that a backend needs, and the class that makes it.

    Parameters
    ----------
    package
        Name of the distribution, which is also that of the module to import.
    module, attribute
        The class.
    """

    package: str
    module: str
    attribute: str


_BACKENDS = {
    "highs": _Place("highspy", "optkit.backends.highs", "Highs"),
    "scip": _Place("ortools", "optkit.backends.scip", "Scip"),
    "cp-sat": _Place("ortools", "optkit.backends.cp_sat", "CpSat"),
    "gurobi": _Place("gurobipy", "optkit.backends.adapters.gurobi", "Gurobi"),
    "cplex": _Place("cplex", "optkit.backends.adapters.cplex", "Cplex"),
    "xpress": _Place("xpress", "optkit.backends.adapters.isolated", "Xpress"),
    "copt": _Place("coptpy", "optkit.backends.adapters.isolated", "Copt"),
    "mosek": _Place("mosek", "optkit.backends.adapters.mosek", "Mosek"),
}

NAMES = tuple(_BACKENDS)
"""The names of backends. Beside them, ``pyomo:NAME`` is any solver that Pyomo calls."""

PYOMO = "pyomo:"
"""Prefix of the names of solvers that Pyomo calls."""


def known(name: str) -> bool:
    """Say whether there is a backend of that name, installed or not."""
    return name in _BACKENDS or (name.startswith(PYOMO) and len(name) > len(PYOMO))


def unknown_backend(name: str) -> str:
    """Return the message for a name that is no backend's; it names the nearest."""
    names = ", ".join(NAMES)
    near = get_close_matches(str(name).lower().replace("_", "-"), NAMES, 1, 0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return (
        f"no backend {name!r}: {hint}there are {names}, and {PYOMO}NAME for any solver"
        " that Pyomo calls"
    )


def find(name: str) -> Backend:
    """Import a backend and return it.

    Parameters
    ----------
    name
        One of `NAMES`, or ``pyomo:NAME``.

    Raises
    ------
    UsageError
        If there is no backend of that name; the error names the nearest.
    UnavailableError
        If its package is missing or cannot be imported.
    """
    if not known(name):
        raise UsageError(unknown_backend(name))
    if name.startswith(PYOMO):
        from optkit.backends.adapters.pyomo_solver import PyomoSolver

        return PyomoSolver(name.removeprefix(PYOMO))
    place = _BACKENDS[name]
    try:
        if importlib.util.find_spec(place.package) is None:
            raise ModuleNotFoundError(f"No module named {place.package!r}")
        loaded = importlib.import_module(place.module)
    except ImportError as error:
        raise UnavailableError(
            f"backend {name} needs the package {place.package}, which cannot be imported "
            f"({error}): pip install {place.package}"
        ) from error
    return cast("Backend", getattr(loaded, place.attribute)())


def package_of(name: str) -> str:
    """Return the package that a backend needs."""
    return _BACKENDS[name].package


def package_version(package: str) -> str:
    """Return ``package version`` of an installed package."""
    return f"{package} {importlib.metadata.version(package)}"


def is_loaded(name: str) -> bool:
    """Say whether all is imported that a backend and its models need.

    Nothing can stop an import, so a solver with a time limit asks first.
    """
    package = _BACKENDS[name].package if name in _BACKENDS else "pyomo"
    return "pyomo.environ" in sys.modules and package in sys.modules


def installed() -> dict[str, bool]:
    """Return which backends have their package here, in the order of preference.

    Nothing is imported. Whether there is a licence shows only when a model is solved.
    """
    return {
        name: importlib.util.find_spec(place.package) is not None
        for name, place in _BACKENDS.items()
    }


def backends() -> list[BackendInfo]:
    """Return the backends with their versions and capabilities.

    Returns
    -------
    list of BackendInfo
        In the order of preference; without the solvers that Pyomo calls. Each backend is
        imported to see whether it can be, which takes about a second.
    """
    infos = []
    for name, place in _BACKENDS.items():
        version: str | None = None
        reason = ""
        capabilities: frozenset[Capability] = frozenset()
        try:
            version = package_version(place.package)
            capabilities = find(name).capabilities
        except importlib.metadata.PackageNotFoundError:
            package = place.package
            reason = f"the package {package} is not installed: pip install {package}"
        except UnavailableError as error:
            reason = str(error)
        infos.append(BackendInfo(name, version, not reason, reason, capabilities))
    return infos


def alternatives(name: str) -> str:
    """Name backends that take every model, in words, without one of them."""
    return " or ".join(other for other in ("highs", "scip") if other != name)
