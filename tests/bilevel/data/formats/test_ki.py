"""Tests of reading knapsack interdiction files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import optkit

Write = Callable[[str, str], Path]


def test_knapsack_file(write: Write) -> None:
    """A .ki file is read up to the profits; the rest is ignored."""
    path = write("k.ki", "2\n5\n4\n3 3\n4 5\n7 2\ngroup mine\nins 1\n")
    # Only one item fits; the first can be forbidden, so the second brings 2.
    assert optkit.solve(optkit.load(path)).objective == 2.0
