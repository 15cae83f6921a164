"""Tiny networks written for these tests, and where real ones may stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file and returns its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture(scope="session")
def real_data(public_data: Callable[..., Path]) -> Path:
    """Return the folder with ``topology_zoo`` and ``sndlib``, or skip the test."""
    return public_data("topology_zoo", "sndlib")
