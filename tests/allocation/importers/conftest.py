"""Tiny networks written for these tests, and where real ones may stand."""

from __future__ import annotations

import os
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
def real_data() -> Path:
    """Return the folder with ``topology_zoo`` and ``sndlib``, or skip the test."""
    named = os.environ.get("OPTKIT_DATA")
    folders = [Path(named)] if named else []
    folders += [p / "shared" / "data" for p in Path(__file__).resolve().parents]
    for folder in folders:
        if (folder / "topology_zoo").is_dir() and (folder / "sndlib").is_dir():
            return folder
    pytest.skip("no real networks here; set OPTKIT_DATA to a folder that has them")
