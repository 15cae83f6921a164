"""Every policy under its own name, with the default for the other half."""

from __future__ import annotations

from optkit.core.solving.registry import register
from optkit.sync.solvers.composition import single_name_solvers

for _solver in single_name_solvers():
    register(_solver)
