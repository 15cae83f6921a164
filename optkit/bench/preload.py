"""Imported by the server that forks runs: whatever a run would import before it begins."""

from __future__ import annotations

import gc

from optkit.core.runtime.versions import versions
from optkit.core.solving import registry

registry.solvers()
versions()
# Pages that the collector does not touch stay shared with the runs.
gc.collect()
gc.freeze()
