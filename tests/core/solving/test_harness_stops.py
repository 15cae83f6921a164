"""Limits, interruptions and failures: what ends a run, and what is kept."""

from __future__ import annotations

import _thread
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import optkit
from optkit.allocation.solution import AllocationSolution
from optkit.core.runtime import stopping
from optkit.core.solving.result import Reason, Status
from optkit.core.solving.run import Run
from tests.core.toy import (
    LOCAL,
    claim,
    local_solution,
    search,
    solve,
)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (optkit.Limits(target=LOCAL * 1.1), Reason.TARGET),
        (optkit.Limits(gap=0.1), Reason.GAP),
        (optkit.Limits(iterations=5), Reason.ITERATION_LIMIT),
        (optkit.Limits(time=0.0), Reason.TIME_LIMIT),
        (optkit.Limits(memory=1.0), Reason.MEMORY_LIMIT),
        (optkit.Limits(target=LOCAL / 2), Reason.CONVERGED),
        (optkit.Limits(), Reason.CONVERGED),
    ],
    ids=str,
)
def test_each_limit_stops_the_run(limits: optkit.Limits, reason: Reason) -> None:
    """Each limit stops the run, and the result says which one it was."""
    result = solve(search(200), limits=limits)
    assert result.termination.reason is reason
    assert result.limits == limits


def test_iterations_stop_after_as_many() -> None:
    """A limit of five iterations stops the run after exactly five."""
    result = solve(search(), limits=optkit.Limits(iterations=5))
    assert result.termination.detail == "5 steps"


def test_time_limit_holds() -> None:
    """The time limit holds within 5 % + 0.2 s for the whole call."""
    start = time.perf_counter()
    result = solve(search(pause=0.005), limits=optkit.Limits(time=0.3))
    assert time.perf_counter() - start <= 0.3 * 1.05 + 0.2
    assert result.termination.reason is Reason.TIME_LIMIT
    assert result.status is not Status.NO_SOLUTION


def test_interruption_returns_the_best() -> None:
    """Ctrl-C returns the best solution so far, checked."""

    def behaviour(instance: Any, run: Run) -> None:
        claim(bound=1.0)(instance, run)
        raise KeyboardInterrupt

    result = solve(behaviour)
    assert result.termination.reason is Reason.INTERRUPTED
    assert (result.status, result.objective) == (Status.FEASIBLE, LOCAL)


def test_a_limit_ends_a_wait_for_the_compiler() -> None:
    """A limit that comes while loops are compiled is the reason, and the best is kept."""

    def behaviour(instance: Any, run: Run) -> None:
        claim(bound=1.0)(instance, run)
        while True:
            stopping.wait(lambda: time.sleep(0.005))

    result = solve(behaviour, limits=optkit.Limits(time=0.2))
    assert result.termination.reason is Reason.TIME_LIMIT
    assert result.termination.detail == "tables or loops were still being prepared"
    assert (result.status, result.objective) == (Status.FEASIBLE, LOCAL)


def test_interruption_before_anything_is_no_solution() -> None:
    """Ctrl-C before any solution gives a result without solution."""

    def behaviour(_: Any, run: Run) -> None:
        raise KeyboardInterrupt

    result = solve(behaviour)
    assert result.termination.reason is Reason.INTERRUPTED
    assert result.status is Status.NO_SOLUTION


def test_interruption_while_checking_loses_nothing() -> None:
    """Ctrl-C during the check does not lose the solution, and is reported."""

    def slow() -> AllocationSolution:
        _thread.interrupt_main()
        time.sleep(0.05)
        return local_solution()

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(LOCAL, slow)

    result = solve(behaviour)
    assert (result.status, result.objective) == (Status.FEASIBLE, LOCAL)
    assert result.termination.reason is Reason.INTERRUPTED


def test_interrupts_act_again_after_a_run() -> None:
    """After a run Ctrl-C acts as before."""
    import signal

    before = signal.getsignal(signal.SIGINT)
    solve(claim())
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        _press()


def _press() -> None:
    _thread.interrupt_main()
    time.sleep(1.0)


def test_runs_in_threads_need_no_signals() -> None:
    """Runs work in other threads than the main one."""
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: solve(claim()), range(4)))
    assert {result.objective for result in results} == {LOCAL}


class Peculiar(Exception):  # noqa: N818
    """An error that only the solver raises."""


def test_a_solvers_own_error_propagates() -> None:
    """An error inside a solver reaches the caller."""

    def behaviour(instance: Any, run: Run) -> None:
        claim()(instance, run)
        raise Peculiar("inside")

    with pytest.raises(Peculiar, match="inside"):
        solve(behaviour)
