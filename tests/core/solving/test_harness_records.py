"""What a run tells and records: events, trajectory, seeds, versions."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import pytest

import optkit
from optkit.core.solving.events import Event, EventKind
from optkit.core.solving.result import Reason, Result, Status
from optkit.core.solving.run import Run
from tests.core.toy import (
    INSTANCE,
    LOCAL,
    Choosy,
    claim,
    local_solution,
    search,
    solve,
)


def test_events_come_in_order() -> None:
    """Events come in order: start first, end last, times ascending."""
    events: list[Event] = []

    def behaviour(instance: Any, run: Run) -> None:
        search(20)(instance, run)
        run.progress("half", 0.5)

    solve(behaviour, on_event=events.append)
    kinds = [event.kind for event in events]
    assert kinds[0] is EventKind.START
    assert kinds[-1] is EventKind.END
    assert kinds.count(EventKind.START) == kinds.count(EventKind.END) == 1
    assert EventKind.PROGRESS in kinds
    assert all(a.time <= b.time for a, b in itertools.pairwise(events))
    objectives = [e.objective for e in events if e.kind is EventKind.INCUMBENT]
    assert objectives == sorted(objectives, key=lambda value: -(value or 0.0))


def test_trajectory_is_monotone() -> None:
    """Along the trajectory objectives fall, bounds rise, and times ascend."""
    trajectory = solve(search(20)).trajectory
    assert len(trajectory) == 40
    times = [point[0] for point in trajectory]
    objectives = [point[1] for point in trajectory if point[1] is not None]
    bounds = [point[2] for point in trajectory if point[2] is not None]
    assert times == sorted(times)
    assert objectives == sorted(objectives, reverse=True)
    assert bounds == sorted(bounds)


def test_everything_needed_to_repeat_is_recorded() -> None:
    """The result records solver, options, seed, limits, versions and timings."""
    limits = optkit.Limits(time=5.0)
    result = optkit.solve(
        INSTANCE, Choosy(claim(), {"depth": 4}), limits=limits, seed=9
    )
    record = result.solver
    assert (record.name, record.seed, record.chosen) == ("choosy", 9, None)
    assert dict(record.options) == {"depth": 4}
    assert record.version == optkit.__version__
    assert record.deterministic
    assert result.limits is limits
    assert result.versions["optkit"] == optkit.__version__
    assert {"python", "numpy", "highspy", "pyomo"} <= set(result.versions)
    timings = result.timings
    assert min(timings.build_s, timings.solve_s, timings.check_s) >= 0.0
    assert not solve(claim()).solver.deterministic


def test_random_streams_depend_on_seed_and_name_only() -> None:
    """A random stream depends on seed and name only, not on other streams."""
    drawn: list[tuple[float, ...]] = []

    def behaviour(_: Any, run: Run) -> None:
        drawn.append(tuple(run.rng("a").random(2)))

    def busier(instance: Any, run: Run) -> None:
        run.rng("b").random(100)
        behaviour(instance, run)

    solve(behaviour, seed=1)
    solve(busier, seed=1)
    solve(behaviour, seed=2)
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: setattr(r, "objective", 1.0),
        lambda r: setattr(r.solver, "seed", 1),
        lambda r: setattr(r.limits, "time", 1.0),
        lambda r: setattr(r.verification, "feasible", False),
        lambda r: setattr(r.solution, "routing", "free"),
        lambda r: r.trajectory.append((0.0, 0.0, 0.0)),
    ],
)
def test_results_are_immutable(change: Callable[[Result], object]) -> None:
    """No part of a result can be changed."""
    result = solve(claim())
    with pytest.raises((dataclasses.FrozenInstanceError, ValueError, AttributeError)):
        change(result)


@pytest.mark.slow
def test_auto_says_why() -> None:
    """The result records which solver auto chose, and the reason."""
    # Relaying dear enough that contiguous orders are not proven to be the best.
    dear = {"shape": "chain", "tx_watt": 100.0}
    few = optkit.solve(optkit.generate("allocation", servers=4, **dear))
    assert few.solver.name == "branch-and-bound"
    assert "at most 3 servers" in (few.solver.chosen or "")
    large = optkit.generate("allocation", servers=30, **dear)
    result = optkit.solve(large, limits=optkit.Limits(time=1.0))
    assert "29 servers" in (result.solver.chosen or "")
    able = optkit.solve(large, limits=optkit.Limits(time=1.0), initial=result.solution)
    assert "block-ls, block, ga cannot" in (able.solver.chosen or "")


def test_ctrl_c_while_a_module_loads_is_ctrl_c() -> None:
    """Ctrl-C that a loading module turns into an ImportError counts as Ctrl-C."""

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(LOCAL, local_solution)
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as pressed:
            raise ImportError("initialization failed") from pressed

    result = solve(behaviour)
    assert result.termination.reason is Reason.INTERRUPTED
    assert result.status is Status.FEASIBLE
