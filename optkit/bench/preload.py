"""Imported by the server that forks runs, so that the runs need not import it again."""

from __future__ import annotations

import gc

from optkit.core.runtime.versions import versions
from optkit.core.solving import registry

registry.solvers()
versions()
# Memory pages that the garbage collector does not touch stay shared with the runs.
gc.collect()
gc.freeze()
