"""Loops give the same result as plain Python and compiled, and wait within the limits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from optkit.core.runtime import loops, stopping
from optkit.core.runtime.compiled import NotCompiledError
from optkit.core.runtime.compiler_process import Request
from optkit.core.runtime.loops import Loop, inner_loop, loop
from optkit.core.runtime.stopping import StoppedError

KERNELS = """
import numpy as np
from optkit.core.runtime.loops import inner_loop, loop

@inner_loop
def half(x):
    return x / 2.0

@loop(lambda values, steps: steps)
def total(values, steps):
    result = 0.0
    for position in range(len(values)):
        result += half(values[position])
    return result, values[0] == 0.0
"""


def run(folder: Path, code: str, **environment: str) -> str:
    """Return what a fresh process prints that has the loops above."""
    (folder / "kernels.py").write_text(KERNELS)
    process = subprocess.run(
        [sys.executable, "-B", "-c", "import sys, kernels, numpy as np\n" + code],
        cwd=folder,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stderr == ""
    return process.stdout


def test_small_work_needs_no_compiler(tmp_path: Path) -> None:
    """A call of few steps runs as plain Python; its numbers are Python's own."""
    code = "print(kernels.total(np.arange(5.0), 5), 'numba' in sys.modules)"
    assert run(tmp_path, code) == "(5.0, True) False\n"


@pytest.mark.slow
def test_large_work_is_compiled_by_another_process(tmp_path: Path) -> None:
    """It is found in the cache afterwards; short calls run as plain Python meanwhile."""
    code = """
from optkit.core.runtime import loops
from optkit.core.runtime.compiled import counts
import time
values, most = np.arange(5.0), loops.NOT_COMPILED
loops._steps_taken = most
print(kernels.total(values, 10), kernels.total._ready)
print(kernels.total(values, most), kernels.total._ready, counts["compiled"])
"""
    first, second = run(tmp_path, code).splitlines()
    assert first == "(5.0, True) False"
    assert second == "(5.0, True) True 0"
    assert run(
        tmp_path, "print(kernels.total(np.arange(5.0), 10**6), kernels.total._ready)"
    ) == ("(5.0, True) True\n")


@pytest.mark.slow
def test_without_a_cache_the_caller_compiles(tmp_path: Path) -> None:
    """Where nothing can be kept, a call is slow and right."""
    (tmp_path / "file").write_text("")
    code = """
from optkit.core.runtime import loops
print(kernels.total(np.arange(5.0), 10**9), kernels.total._ready)
"""
    out = run(tmp_path, code, NUMBA_CACHE_DIR=str(tmp_path / "file" / "folder"))
    assert out == "(5.0, True) True\n"


@pytest.fixture
def uncached(monkeypatch: pytest.MonkeyPatch) -> Request:
    """Return the pending request of all loops, none of which is in the cache."""
    request = Request()
    monkeypatch.setattr(loops.compiler_process, "request", lambda *_: request)
    monkeypatch.setattr(Loop, "_load", lambda *_: False)
    monkeypatch.setattr(loops, "_steps_taken", loops.NOT_COMPILED)
    return request


@loop(lambda values: 10 * loops.SHORT_CALL)
def long_loop(values: object) -> object:
    """Stand for a loop that takes long in plain Python."""
    return values


def test_a_limit_ends_the_wait_once(uncached: Request) -> None:
    """A run that waits for a loop is stopped; what completes its answer is not."""
    with stopping.asking(lambda: True):
        with pytest.raises(StoppedError):
            long_loop(np.arange(3))
        assert stopping.was_raised()
        assert long_loop(3) == 3
    assert not stopping.was_raised()


def test_loops_without_steps_are_compiled(uncached: Request) -> None:
    """A loop that does not count its steps waits for the compiler."""
    with stopping.asking(lambda: True), pytest.raises(StoppedError):
        inner_loop(lambda x: x)(1)


def test_a_plain_call_makes_no_warnings() -> None:
    """Compiled code does not warn of infinities, so plain Python does not either."""
    ratio = loop(lambda a, b: 1)(lambda a, b: a / b)
    assert ratio(np.float64(1.0), np.float64(0.0)) == np.inf


def test_code_that_is_missing_passes_through_numba() -> None:
    """Numba catches exceptions and raises others; this one reaches the caller."""
    assert not issubclass(NotCompiledError, Exception)


def test_plain_python_fills_arrays_as_lists() -> None:
    """What a loop on lists fills in arrives in the caller's arrays; the rest stays."""

    @loop(lambda values, filled: 1, fills=1)
    def doubled(values: list[float], filled: list[float]) -> bool:
        for position in range(len(values)):
            filled[position] = values[position] * 2.0
            values[position] = 0.0
        return type(values) is list

    values, filled = np.array([1.0, 0.1]), np.zeros(2)
    assert doubled(values, filled)
    assert filled.tolist() == [2.0, 0.2]
    assert values.tolist() == [1.0, 0.1]
