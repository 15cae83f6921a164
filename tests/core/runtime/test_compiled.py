"""Machine code on disk is used as long as none of its sources has changed."""

from __future__ import annotations

import os
import pickle
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

dispatcher = compiled(total)
print(dispatcher(1), sum(dispatcher.stats.cache_hits.values()))
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
    (kernels / "constants.py").write_text("FACTOR = 10\nUNUSED = 0\n")
    return tmp_path


def result(folder: Path) -> tuple[int, int]:
    """Return what a fresh process computes, and how often it read code from disk."""
    process = subprocess.run(
        [sys.executable, "-B", "-c", "import kernels.top"],
        cwd=folder,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    value, hits = process.stdout.split()
    return int(value), int(hits)


@pytest.mark.slow
def test_machine_code_is_reused_until_a_source_changes(folder: Path) -> None:
    """A change two files below the compiled function counts; an unrelated one does not."""
    assert result(folder) == (30, 0)
    (folder / "kernels" / "constants.py").write_text("FACTOR = 10\nUNUSED = 1\n")
    assert result(folder) == (30, 1)
    (folder / "kernels" / "called.py").write_text(CALLED.format(step=2))
    assert result(folder) == (50, 0)
    (folder / "kernels" / "constants.py").write_text("FACTOR = 7\nUNUSED = 1\n")
    assert result(folder) == (35, 0)


@pytest.mark.slow
def test_an_index_that_does_not_load_counts_as_empty(folder: Path) -> None:
    """An index of an older version may name types that are gone; code is made anew."""
    assert result(folder) == (30, 0)
    (index,) = (folder / "cache").rglob("top.total-*.nbi")
    header = pickle.loads(index.read_bytes())  # numba's version comes first
    index.write_bytes(pickle.dumps(header) + b"\x80\x04cno_such_module\nGone\n.")
    assert result(folder) == (30, 0)
    assert result(folder) == (30, 1)
