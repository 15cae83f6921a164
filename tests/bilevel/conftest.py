"""Where the public instances may stand, and files written for one test."""

from __future__ import annotations

import os
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
def real_data() -> Path:
    """Return the folder with ``bilevel`` and ``milp``, or skip the test."""
    named = os.environ.get("OPTKIT_DATA")
    folders = [Path(named)] if named else []
    folders += [p / "shared" / "data" for p in Path(__file__).resolve().parents]
    for folder in folders:
        if (folder / "bilevel").is_dir() and (folder / "milp").is_dir():
            return folder
    pytest.skip("no public instances here; set OPTKIT_DATA to a folder that has them")
