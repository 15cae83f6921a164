"""Imported by the server that forks runs, so that the runs need not import it again."""

from __future__ import annotations

import gc

from optkit.core.runtime import stop_signals
from optkit.core.runtime.versions import versions
from optkit.core.solving import registry

# A batch system sends SIGTERM to every process. The study stops its runs itself; a server
# that died first would leave them recorded as crashed.
stop_signals.ignore()

registry.solvers()
versions()
# Memory pages that the garbage collector does not touch stay shared with the runs.
gc.collect()
gc.freeze()
