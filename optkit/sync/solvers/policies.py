"""Every policy under its own name, with the usual other half."""

from __future__ import annotations

from optkit.core.registry import register
from optkit.sync.compose import alone

for _solver in alone():
    register(_solver)
