"""Time limits, interruption and imports: the caller stays in control."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optkit.backends import Progress, Termination, compile_model, solve_model
from optkit.backends.conclude import conclude
from optkit.backends.session import Halt, Monitor, RawResult, Request
from optkit.backends.watch import watch
from optkit.core.errors import ContradictionError
from tests.backends.models import BACKENDS, knapsack, random_arrays

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def _threads() -> int:
    return sum(thread.name == "optkit-backend" for thread in threading.enumerate())


@pytest.mark.parametrize("backend", BACKENDS)
def test_time_limit_is_held(backend: str) -> None:
    """The limit covers compiling, and the answer has an incumbent and a valid bound."""
    model = knapsack(150, 20)
    relaxed = knapsack(150, 20)
    for variable in relaxed.x.values():
        variable.domain = pyo.Reals
    relaxation = solve_model(relaxed).objective
    solve_model(knapsack(3, 1), backend)  # imports are not what is measured here
    began = time.monotonic()
    result = solve_model(model, backend, time_limit=1.0)
    assert time.monotonic() - began <= 1.0 * 1.05 + 0.2
    assert result.termination is Termination.TIME_LIMIT
    assert result.objective is not None
    assert result.objective < result.bound <= relaxation * (1 + 1e-6)
    assert pyo.value(model.worth) == result.objective
    assert _threads() == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_time_that_is_over_at_once(backend: str) -> None:
    """A limit shorter than the compiling ends with nothing found, and says why."""
    result = solve_model(knapsack(60, 10), backend, time_limit=1e-6)
    assert result.termination is Termination.TIME_LIMIT
    assert result.objective is None
    assert result.bound is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_should_stop_interrupts(backend: str) -> None:
    """Once ``should_stop`` says so, the solve ends soon, with what was found."""
    began = time.monotonic()
    result = solve_model(
        knapsack(150, 20),
        backend,
        time_limit=30,
        should_stop=lambda: time.monotonic() > began + 0.7,
    )
    assert result.termination is Termination.INTERRUPTED
    assert result.seconds < 2.5
    assert result.objective is not None
    assert result.bound is not None
    assert _threads() == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_progress_is_valid(backend: str) -> None:
    """What is reported on the way is true: solutions improve, bounds hold."""
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
from tests.backends.models import knapsack
from optkit.backends import solve_model

for backend in sys.argv[2:]:
    told = []

    def tell(progress):
        if progress.objective is not None and not told:
            told.append(True)
            print("running", flush=True)

    result = solve_model(knapsack(150, 20), backend, time_limit=60, on_progress=tell)
    left = [thread.name for thread in threading.enumerate()]
    found = [result.termination, result.objective, result.bound, left]
    print(json.dumps(found), flush=True)
"""


def test_ctrl_c_returns_what_was_found() -> None:
    """A real SIGINT ends each solve within seconds, with incumbent and bound."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(HERE), *BACKENDS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    for backend in BACKENDS:
        assert process.stdout.readline() == "running\n", backend
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        termination, objective, bound, left = json.loads(process.stdout.readline())
        assert time.monotonic() - began < 5, backend
        assert termination == "interrupted", backend
        assert 0 < objective <= bound, backend
        assert left == ["MainThread"], backend
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    "first", ["import highspy, ortools", "import ortools, highspy"]
)
def test_both_libraries_load_in_either_order(first: str) -> None:
    """Both packages can bring a libhighs; here both load, and both solve."""
    names = ("highs", "cp-sat") if "highspy, " in first else ("cp-sat", "highs")
    code = f"""
import sys
{first}
if {names[0]!r} == "cp-sat":
    from ortools.math_opt.python import mathopt
sys.path.insert(0, {str(HERE)!r})
from tests.backends.models import knapsack
from optkit.backends import solve_model
for name in {names!r}:
    print(solve_model(knapsack(12, 2), name).objective)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    one, other = done.stdout.split()
    assert one == other


def test_importing_the_package_loads_no_solver() -> None:
    """``import optkit.backends`` must not cost the command line its start-up time."""
    code = (
        "import sys, optkit.backends; "
        "heavy = ('numpy', 'scipy', 'pyomo', 'highspy', 'ortools'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"


class _Deaf:
    """A solver that does not stop when told to."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.told = False

    def run(self) -> RawResult:
        self.release.wait(20)
        return RawResult(Termination.OPTIMAL, "late")

    def interrupt(self) -> None:
        self.told = True


def _monitored() -> tuple[Any, Monitor, Request]:
    compiled = compile_model(random_arrays(3).model())
    monitor = Monitor(compiled, 0.0, None, time.monotonic())
    request = Request(compiled, None, 0.0, 0, 1, 1e-9, None, False)
    return compiled, monitor, request


def test_a_solver_that_ignores_its_limit_is_left_behind() -> None:
    """The caller's thread returns in time, whatever the solver does."""
    compiled, monitor, request = _monitored()
    session = _Deaf()
    began = time.monotonic()
    outcome = watch(
        session,
        monitor,
        deadline=began + 0.1,
        abandon=began + 0.2,
        should_stop=None,
        on_progress=None,
    )
    assert time.monotonic() - began < 0.4
    assert outcome is None
    assert session.told
    assert monitor.halted is Halt.TIME
    conclusion = conclude(compiled, request, monitor, outcome)
    assert conclusion.termination is Termination.TIME_LIMIT
    assert "did not stop" in conclusion.detail
    session.release.set()


def test_contradictions_are_not_repaired() -> None:
    """A bound past a known solution, or infeasibility despite one, is an alarm."""
    arrays = random_arrays(3)
    compiled, monitor, request = _monitored()
    best = solve_model(compiled)
    assert arrays.brute_force() == pytest.approx(best.objective)
    assert best.values is not None
    monitor.offer(best.values)
    minimised = compiled.evaluate(best.values)
    past = RawResult(Termination.TIME_LIMIT, "fake", best.values, minimised + 1)
    with pytest.raises(ContradictionError, match="bound"):
        conclude(compiled, request, monitor, past)
    with pytest.raises(ContradictionError, match="no solution"):
        conclude(compiled, request, monitor, RawResult(Termination.INFEASIBLE, "fake"))


def test_points_that_are_no_solutions_are_dropped() -> None:
    """A solver's infeasible "optimum" is an error, never an objective."""
    compiled, monitor, request = _monitored()
    wrong = np.where(compiled.integer, compiled.column_upper + 1, 0.0)
    outcome = RawResult(Termination.OPTIMAL, "fake", wrong, compiled.evaluate(wrong))
    conclusion = conclude(compiled, request, monitor, outcome)
    assert conclusion.termination is Termination.ERROR
    assert conclusion.objective is None
    assert "no solution" in conclusion.detail
