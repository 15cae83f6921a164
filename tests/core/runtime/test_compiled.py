"""Machine code on disk is used for as long as everything in it is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALLED = """
def add(x):
    return x + {step}
"""

MIDDLE = """
from optkit.core.runtime.compiled import compiled
from kernels import called

def _twice(x):
    return called_add(called_add(x))

called_add = compiled(called.add)
twice = compiled(_twice)
"""

TOP = """
from optkit.core.runtime.compiled import compiled
from kernels.middle import twice
from kernels.constants import FACTOR

def total(x):
    return FACTOR * twice(x)

made = compiled(total)
print(made(1), sum(made.stats.cache_hits.values()))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a package of three modules that call each other."""
    kernels = tmp_path / "kernels"
    kernels.mkdir()
    (kernels / "__init__.py").write_text("")
    (kernels / "called.py").write_text(CALLED.format(step=1))
    (kernels / "middle.py").write_text(MIDDLE)
    (kernels / "top.py").write_text(TOP)
    (kernels / "constants.py").write_text("FACTOR = 10\nSHOWN = 0\n")
    return tmp_path


def result(folder: Path) -> tuple[int, int]:
    """Return what a fresh process computes, and how often it found it on disk."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", "import kernels.top"],
        cwd=folder,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    value, hits = done.stdout.split()
    return int(value), int(hits)


def test_machine_code_is_as_fresh_as_all_that_is_in_it(folder: Path) -> None:
    """A change two files below the compiled entry counts, an unrelated one does not."""
    assert result(folder) == (30, 0)
    assert result(folder) == (30, 1)
    (folder / "kernels" / "constants.py").write_text("FACTOR = 10\nSHOWN = 1\n")
    assert result(folder) == (30, 1)
    (folder / "kernels" / "called.py").write_text(CALLED.format(step=2))
    assert result(folder) == (50, 0)
    (folder / "kernels" / "constants.py").write_text("FACTOR = 7\nSHOWN = 1\n")
    assert result(folder) == (35, 0)
