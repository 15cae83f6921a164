"""The option of solvers that names a backend."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from optkit.backends.registry import NAMES, PYOMO, known, unknown_backend


def _require_known(name: str) -> str:
    if not known(name):
        raise ValueError(unknown_backend(name))
    return name


BackendName = Annotated[
    str,
    AfterValidator(_require_known),
    Field(
        description=f"{', '.join(NAMES)}, or {PYOMO}NAME for a solver that Pyomo calls"
    ),
]
"""Name of a backend, installed or not."""
