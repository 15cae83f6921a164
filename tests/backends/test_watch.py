"""Tests of time limits, interruption and progress: the caller stays in control."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyomo.environ as pyo
import pytest

from optkit.backends import Progress, Termination, compile_model, solve_model
from optkit.backends.conclude import conclude
from optkit.backends.registry import installed
from optkit.backends.session import Halt, RawResult
from optkit.backends.watch import watch
from tests.backends.models import (
    BACKENDS,
    EVERY,
    LICENSED_NAMES,
    SLOW_TO_START,
    hard_knapsack,
    knapsack,
)
from tests.backends.sessions import monitored

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def _threads() -> int:
    return sum(thread.name == "optkit-backend" for thread in threading.enumerate())


@pytest.mark.slow
@pytest.mark.parametrize("backend", EVERY)
def test_time_limit_ends_the_solve(backend: str) -> None:
    """A solve that would take hours ends, with an incumbent and a valid bound."""
    model, relaxed = hard_knapsack(), hard_knapsack()
    for variable in relaxed.x.values():
        variable.domain = pyo.Reals
    relaxation = solve_model(relaxed).objective
    solve_model(knapsack(3, 1), backend)  # imports are not what is measured here
    result = solve_model(model, backend, time_limit=SLOW_TO_START.get(backend, 1.0))
    assert result.termination is Termination.TIME_LIMIT
    assert result.objective is not None
    assert result.objective < result.bound <= relaxation * (1 + 1e-6)
    assert pyo.value(model.worth) == result.objective
    assert _threads() == 0


@pytest.mark.parametrize("backend", EVERY)
def test_time_that_is_over_at_once(backend: str) -> None:
    """A limit shorter than the compiling ends with nothing found, and says why."""
    result = solve_model(knapsack(60, 10), backend, time_limit=1e-6)
    assert result.termination is Termination.TIME_LIMIT
    assert result.objective is None
    assert result.bound is None


@pytest.mark.slow
@pytest.mark.parametrize("backend", EVERY)
def test_should_stop_interrupts(backend: str) -> None:
    """Once ``should_stop`` says so, the solve ends, with what was found."""
    solve_model(knapsack(3, 1), backend)  # imports are not what is measured here
    seconds = SLOW_TO_START.get(backend, 0.7)
    compiled = compile_model(hard_knapsack())
    began = time.monotonic()
    result = solve_model(
        compiled,
        backend,
        time_limit=30,
        should_stop=lambda: time.monotonic() > began + seconds,
    )
    assert result.termination is Termination.INTERRUPTED
    assert result.objective is not None
    assert result.bound is not None
    assert _threads() == 0


@pytest.mark.parametrize("backend", EVERY)
def test_progress_is_valid(backend: str) -> None:
    """Solutions reported on the way improve and are feasible; bounds are valid."""
    compiled = compile_model(knapsack(35, 6))
    news: list[Progress] = []
    result = solve_model(compiled, backend, time_limit=20, on_progress=news.append)
    assert result.termination is Termination.OPTIMAL
    best = result.objective
    objectives = [item.objective for item in news if item.objective is not None]
    assert objectives == sorted(objectives)
    assert objectives[-1] == best
    for item in news:
        assert item.bound is None or item.bound >= best - 1e-6
        if item.values is not None:
            assert compiled.worst_breach(item.values).amount <= 1e-6
            value = compiled.in_sense_of_model(compiled.evaluate(item.values))
            assert value == item.objective


def test_failing_callback_ends_the_solver() -> None:
    """An exception in the caller's callback reaches the caller; no thread stays."""

    def fail(_: Progress) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        solve_model(knapsack(150, 20), time_limit=30, on_progress=fail)
    assert _threads() == 0


SCRIPT = """
import json, sys, threading
sys.path.insert(0, sys.argv[1])
from tests.backends.models import hard_knapsack
from optkit.backends import solve_model

for backend in sys.argv[2:]:
    reported = []

    def tell(progress):
        if progress.objective is not None and not reported:
            reported.append(True)
            print("running", flush=True)

    model = hard_knapsack()
    result = solve_model(model, backend, time_limit=60, on_progress=tell)
    left = [thread.name for thread in threading.enumerate()]
    answer = [result.termination, result.objective, result.bound, left]
    print(json.dumps(answer), flush=True)
"""


@pytest.mark.slow
def test_ctrl_c_returns_what_was_found() -> None:
    """A real SIGINT ends each solve; incumbent and bound are returned."""
    backends = [*BACKENDS, *(name for name in LICENSED_NAMES if installed()[name])]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(HERE), *backends],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    for backend in backends:
        assert process.stdout.readline() == "running\n", backend
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        line = process.stdout.readline()
        while backend == "gurobi" and line and line[0] != "[":
            line = process.stdout.readline()  # "Interrupt request received"
        termination, objective, bound, left = json.loads(line)
        assert termination == "interrupted", backend
        assert 0 < objective <= bound, backend
        assert left == ["MainThread"], backend
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


class _DeafSession:
    """A solver that does not stop when told to."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.told = False

    def run(self) -> RawResult:
        self.release.wait(20)
        return RawResult(Termination.OPTIMAL, "late")

    def interrupt(self) -> None:
        self.told = True


def test_a_solver_that_ignores_its_limit_is_left_behind() -> None:
    """The caller's thread returns even if the solver does not stop."""
    compiled, monitor, request = monitored()
    session = _DeafSession()
    began = time.monotonic()
    result = watch(
        session,
        monitor,
        deadline=began + 0.1,
        abandon=began + 0.2,
        should_stop=None,
        on_progress=None,
    )
    assert result is None  # the solver itself would have ended with an optimum
    assert session.told
    assert monitor.halted is Halt.TIME
    conclusion = conclude(compiled, request, monitor, result)
    assert conclusion.termination is Termination.TIME_LIMIT
    assert "did not stop" in conclusion.detail
    session.release.set()
