"""Machine code on disk is used as long as none of its sources has changed."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


FRESH = """
import importlib, io, json, os, sys, traceback
import numba

numba.njit(lambda x: x + 1)(1)  # starts the compiler
sys.dont_write_bytecode = True
for line in sys.stdin:
    children = []
    for job in json.loads(line):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.chdir(job["folder"])
            numba.config.CACHE_DIR = job["cache"]
            os.environ["NUMBA_CACHE_DIR"] = job["cache"]
            sys.path.insert(0, job["folder"])
            sys.argv = ["", *job["arguments"]]
            sys.stdout = io.StringIO()
            try:
                exec(job["before"])
                importlib.import_module(job["module"])
                out = sys.stdout.getvalue()
            except BaseException:
                out = traceback.format_exc()
            os.write(writer, out.encode())
            os._exit(0)
        os.close(writer)
        children.append((child, reader))
    answers = []
    for child, reader in children:
        with open(reader) as stream:
            answers.append(stream.read())
        os.waitpid(child, 0)
    print(json.dumps(answers), flush=True)
"""
"""Runs modules, some at once, each in a copy of an interpreter that has numba alone."""


class Interpreter:
    """Runs modules as fresh interpreters would."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, *jobs: dict[str, Any]) -> list[str]:
        """Run modules at once; return what each prints, or its traceback."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(jobs), file=self._process.stdin, flush=True)
        answers: list[str] = json.loads(self._process.stdout.readline())
        return answers


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    """Return something that runs modules as fresh interpreters would."""
    with subprocess.Popen(
        [sys.executable, "-c", FRESH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Interpreter(process)


def job(folder: Path, module: str, *arguments: str, **others: str) -> dict[str, Any]:
    """Return the request to run a module of a folder, with a cache of its own."""
    return {
        "folder": str(folder),
        "module": module,
        "arguments": arguments,
        "cache": str(folder / "cache"),
        "before": "",
        **others,
    }


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


@pytest.fixture
def result(interpreter: Interpreter, folder: Path) -> Callable[[], tuple[int, int]]:
    """Return a function that computes afresh, and says how often code came from disk."""

    def compute() -> tuple[int, int]:
        (out,) = interpreter.run(job(folder, "kernels.top"))
        value, hits = out.split()
        return int(value), int(hits)

    return compute


@pytest.mark.slow
def test_machine_code_is_reused_until_a_source_changes(
    folder: Path, result: Callable[[], tuple[int, int]]
) -> None:
    """A change two files below the compiled function counts; an unrelated one does not."""
    assert result() == (30, 0)
    (folder / "kernels" / "constants.py").write_text("FACTOR = 10\nUNUSED = 1\n")
    assert result() == (30, 1)
    (folder / "kernels" / "called.py").write_text(CALLED.format(step=2))
    assert result() == (50, 0)
    (folder / "kernels" / "constants.py").write_text("FACTOR = 7\nUNUSED = 1\n")
    assert result() == (35, 0)


@pytest.mark.slow
def test_an_index_that_does_not_load_counts_as_empty(
    folder: Path, result: Callable[[], tuple[int, int]]
) -> None:
    """An index of an older version may name types that are gone; code is made anew."""
    assert result() == (30, 0)
    (index,) = (folder / "cache").rglob("top.total-*.nbi")
    header = pickle.loads(index.read_bytes())  # numba's version comes first
    index.write_bytes(pickle.dumps(header) + b"\x80\x04cno_such_module\nGone\n.")
    assert result() == (30, 0)
    assert result() == (30, 1)


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


@pytest.fixture
def many(interpreter: Interpreter, tmp_path: Path) -> Callable[..., str]:
    """Return a function that compiles one function for six kinds of numbers, afresh."""
    (tmp_path / "many.py").write_text(MANY)

    def compute(**others: str) -> str:
        return interpreter.run(job(tmp_path, "many", **others))[0]

    return compute


@pytest.mark.slow
def test_processes_that_compile_at_once_do_no_harm(
    interpreter: Interpreter, many: Callable[..., str], tmp_path: Path
) -> None:
    """Code for one kind of number is never taken for that of another kind."""
    forwards, backwards = job(tmp_path, "many"), job(tmp_path, "many", "backwards")
    for out in interpreter.run(forwards, backwards, forwards):
        assert out.endswith(" 0\n"), out
    assert many().endswith(" 0\n")  # an entry that was lost is made anew
    assert many() == "0 0\n"


@pytest.mark.slow
def test_broken_files_of_the_cache_are_made_anew(
    many: Callable[..., str], tmp_path: Path
) -> None:
    """Machine code that is missing, empty or cut off is compiled again."""
    assert many() == "6 0\n"
    files = sorted((tmp_path / "cache").rglob("*.nbc"))
    assert len(files) == 6
    files[0].unlink()
    files[1].write_bytes(b"")
    files[2].write_bytes(files[2].read_bytes()[:-100])
    assert many() == "3 0\n"
    assert many() == "0 0\n"


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_costs_time_only(
    many: Callable[..., str], tmp_path: Path
) -> None:
    """Nothing is kept on a full disk; for a folder that cannot be, numba takes another."""
    (tmp_path / "file").write_text("")
    assert many(cache=str(tmp_path / "file" / "folder")) == "6 0\n"
    assert many(before=FULL_DISK) == "6 6\n"
    assert many() == "6 0\n"


FULL_DISK = """
import builtins, errno
from pathlib import Path

def full(path, mode="r", *others, **named):
    if "w" in mode and "cache" in str(path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))
    return opened(path, mode, *others, **named)

opened, builtins.open = builtins.open, full
"""
