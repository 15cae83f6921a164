"""Find backends by name; none is imported before it is asked for."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from optkit.backends.base import BackendInfo, Capability
from optkit.core.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from optkit.backends.session import Backend

_BACKENDS = {
    "highs": ("highspy", "optkit.backends.highs", "Highs"),
    "scip": ("ortools", "optkit.backends.scip", "Scip"),
    "cp-sat": ("ortools", "optkit.backends.cp_sat", "CpSat"),
}

NAMES = tuple(_BACKENDS)
"""The names that ``solve_model`` takes."""


def find(name: str) -> Backend:
    """Import a backend and return it.

    Parameters
    ----------
    name
        One of `NAMES`.

    Raises
    ------
    UsageError
        If there is no backend of that name; the error names the nearest.
    UnavailableError
        If its package is missing or cannot be imported.
    """
    if name not in _BACKENDS:
        names = ", ".join(NAMES)
        near = get_close_matches(str(name).lower().replace("_", "-"), NAMES, 1, 0.4)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"no backend {name!r}: {hint}there are {names}")
    package, module, attribute = _BACKENDS[name]
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        raise UnavailableError(
            f"backend {name} needs the package {package}, which cannot be imported "
            f"({error}): pip install {package}"
        ) from error
    return cast("Backend", getattr(loaded, attribute)())


def package_version(package: str) -> str:
    """Return ``package version`` of an installed package."""
    return f"{package} {importlib.metadata.version(package)}"


def backends() -> list[BackendInfo]:
    """Return the backends with their versions and capabilities.

    Returns
    -------
    list of BackendInfo
        In the order of preference. Each backend is imported to see whether it can be,
        which takes about a second.
    """
    infos = []
    for name, (package, _, _) in _BACKENDS.items():
        version: str | None = None
        reason = ""
        capabilities: frozenset[Capability] = frozenset()
        try:
            version = package_version(package)
            capabilities = find(name).capabilities
        except importlib.metadata.PackageNotFoundError:
            reason = f"the package {package} is not installed: pip install {package}"
        except UnavailableError as error:
            reason = str(error)
        infos.append(BackendInfo(name, version, not reason, reason, capabilities))
    return infos
