"""Fixtures: the folder of public instances, and files written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file and returns its path."""

    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content)
        return path

    return write_file


@pytest.fixture(scope="session")
def real_data(public_data: Callable[..., Path]) -> Path:
    """Return the folder with ``bilevel`` and ``milp``, or skip the test."""
    return public_data("bilevel", "milp")
