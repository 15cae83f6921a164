"""Keeping standard output for results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


@contextmanager
def reserved_for_results() -> Iterator[None]:
    """Send to standard error whatever a solver prints, compiled libraries included.

    Their chatter would spoil the one JSON document that ``--json`` promises.
    """
    with redirect_stdout(sys.stderr):
        try:
            sys.__stdout__.flush() if sys.__stdout__ else None
            kept = os.dup(1)
        except (OSError, ValueError):  # closed: nothing to keep clean
            yield
            return
        try:
            os.dup2(2, 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
