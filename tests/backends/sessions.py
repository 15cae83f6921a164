"""A model with a monitor and a request, as a backend sees them."""

from __future__ import annotations

import time

from optkit.backends import LinearModel, compile_model
from optkit.backends.session import Monitor, Request
from tests.backends.models import random_arrays

SEED = 3


def monitored() -> tuple[LinearModel, Monitor, Request]:
    """Return the random model of ``SEED`` with a monitor and a request without limits."""
    compiled = compile_model(random_arrays(SEED).model())
    monitor = Monitor(compiled, 0.0, None, time.monotonic())
    request = Request(compiled, None, 0.0, 0, 1, 1e-9, None, False)
    return compiled, monitor, request
