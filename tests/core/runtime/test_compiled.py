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


MANY = """
import sys, time
import numpy as np
from optkit.core.runtime.compiled import compiled, counts

def double(x):
    return x + x

kinds = [np.int8, np.int16, np.int32, np.int64, np.float32, np.float64]
if sys.argv[1:] == ["backwards"]:
    kinds.reverse()
for kind in kinds:
    values = np.full(3, 100, kind)
    assert compiled(double)(values[0] if kind is np.int64 else kind(100)) == 200, kind
print(counts["compiled"], counts["not kept"])
"""


def many(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start a process that compiles one function for six kinds of numbers."""
    (folder / "many.py").write_text(MANY)
    return subprocess.Popen(
        [sys.executable, "-B", "many.py", *arguments],
        cwd=folder,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def printed(process: subprocess.Popen[str]) -> str:
    """Return what a process has printed, which ended well."""
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


@pytest.mark.slow
def test_processes_that_compile_at_once_do_no_harm(tmp_path: Path) -> None:
    """Code for one kind of number is never taken for that of another kind."""
    (tmp_path / "many.py").write_text(MANY)
    processes = [many(tmp_path), many(tmp_path, "backwards"), many(tmp_path)]
    for process in processes:
        printed(process)
    printed(many(tmp_path))  # an entry that was lost is made anew
    assert printed(many(tmp_path)) == "0 0\n"


@pytest.mark.slow
def test_broken_files_of_the_cache_are_made_anew(tmp_path: Path) -> None:
    """Machine code that is missing, empty or cut off is compiled again."""
    assert printed(many(tmp_path)) == "6 0\n"
    files = sorted((tmp_path / "cache").rglob("*.nbc"))
    assert len(files) == 6
    files[0].unlink()
    files[1].write_bytes(b"")
    files[2].write_bytes(files[2].read_bytes()[:-100])
    assert printed(many(tmp_path)) == "3 0\n"
    assert printed(many(tmp_path)) == "0 0\n"


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    """Nothing is kept on a full disk; for a folder that cannot be, numba takes another."""
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "folder")
    assert printed(many(tmp_path, NUMBA_CACHE_DIR=nowhere)) == "6 0\n"
    (tmp_path / "sitecustomize.py").write_text(FULL_DISK)
    assert printed(many(tmp_path, PYTHONPATH=str(tmp_path))) == "6 6\n"
    (tmp_path / "sitecustomize.py").unlink()
    assert printed(many(tmp_path)) == "6 0\n"


FULL_DISK = """
import builtins, errno
from pathlib import Path

def full(path, mode="r", *others, **named):
    if "w" in mode and "cache" in str(path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))
    return opened(path, mode, *others, **named)

opened, builtins.open = builtins.open, full
"""
