"""Every policy under its own name, with the usual other half."""

from __future__ import annotations

from optkit.core.solving.registry import register
from optkit.sync.solvers.composition import alone

for _solver in alone():
    register(_solver)
