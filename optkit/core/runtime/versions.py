"""Versions of everything that can change a result."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "pyomo",
    "highspy",
    "ortools",
    "numpy",
    "scipy",
    "deap",
    "numba",
    "pydantic",
)


@cache
def versions() -> dict[str, str]:
    """Return the versions of optkit, Python and the packages that compute."""
    from optkit._version import __version__

    found = {"optkit": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        found[package] = package_version(package)
    return found


@cache
def package_version(package: str) -> str:
    """Return the version of an installed distribution, or ``"not installed"``."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
