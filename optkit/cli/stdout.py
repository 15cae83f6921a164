"""Keep standard output for results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress


@contextmanager
def reserved_for_results() -> Iterator[None]:
    """Send whatever a solver prints to standard error, compiled libraries included.

    Their output would break the JSON document that ``--json`` promises.
    """
    with redirect_stdout(sys.stderr):
        if sys.__stdout__ is not None:
            with suppress(OSError, ValueError):  # full, or closed
                sys.__stdout__.flush()
        try:
            results = os.dup(1)
        except OSError:  # standard output is closed
            yield
            return
        try:
            os.dup2(2, 1)
            yield
        finally:
            os.dup2(results, 1)
            os.close(results)
