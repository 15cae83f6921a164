"""Versions of the packages that can change a result."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

MISSING = "not installed"

PACKAGES = (
    "pyomo",
    "highspy",
    "ortools",
    "pyscipopt",
    "numpy",
    "scipy",
    "deap",
    "numba",
    "pydantic",
)

SOLVERS = ("gurobipy", "cplex", "xpress", "coptpy", "mosek")
"""Solvers that users may have brought."""


@cache
def versions() -> dict[str, str]:
    """Return the versions of optkit, Python and the packages that solvers use."""
    from optkit._version import __version__

    result = {"optkit": __version__, "python": platform.python_version()}
    result |= {package: package_version(package) for package in PACKAGES}
    brought = {package: package_version(package) for package in SOLVERS}
    return result | {p: v for p, v in brought.items() if v != MISSING}


@cache
def package_version(package: str) -> str:
    """Return the version of an installed distribution, or ``"not installed"``."""
    try:
        return version(package)
    except PackageNotFoundError:
        return MISSING
