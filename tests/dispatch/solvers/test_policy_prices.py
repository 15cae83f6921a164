"""The search for the prices of the policy bound, here and on executors."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from optkit import generate, solve
from optkit.core.solving.limits import Limits
from optkit.dispatch.bounds.policy.price_ascent import PriceAscent, prices_until
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solution import DispatchSolution


def three_types() -> DispatchInstance:
    """Return an instance with three types."""
    instance = generate(
        "dispatch", aps=4, servers=3, types=3, intervals=4, arrival=0.05, seed=2
    )
    assert isinstance(instance, DispatchInstance)
    return instance


class Counting(ThreadPoolExecutor):
    """Counts the tasks that it is given."""

    tasks = 0

    def submit(self, *arguments: Any, **named: Any) -> Future[Any]:  # type: ignore[override]
        """Count a task, and run it."""
        self.tasks += 1
        return super().submit(*arguments, **named)


@pytest.mark.parametrize("solver", ["selfish", "random"])
def test_types_are_tasks_with_the_same_prices(solver: str) -> None:
    """An executor gets one task per type; targets, prices and bound are the same bits."""
    alone = solve(three_types(), solver, seed=1)
    with Counting(2) as executor:
        shared = solve(three_types(), solver, seed=1, executor=executor)
    assert executor.tasks == 3
    assert shared.solution == alone.solution
    assert isinstance(shared.solution, DispatchSolution)
    assert shared.solution.policy_prices is not None
    assert shared.metrics["policy_bound"] == alone.metrics["policy_bound"]


def test_no_executor_is_used_without_the_bound() -> None:
    """Nothing is sent to an executor that has nothing to do."""
    with Counting(1) as executor:
        options = {"policy_bound": False}
        solve(three_types(), "selfish", options=options, executor=executor)
    assert executor.tasks == 0


class Lost(Executor):
    """Never returns what it is given."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:  # type: ignore[override]
        """Return what never ends."""
        return Future()


def test_what_does_not_come_back_in_time_is_no_bound() -> None:
    """One type without prices is enough: then there are none, and the answer stays."""
    limits = Limits(time=0.5)
    result = solve(three_types(), "selfish", executor=Lost(), limits=limits)
    assert isinstance(result.solution, DispatchSolution)
    assert result.solution.policy_prices is None
    assert result.verification is not None
    assert result.verification.feasible


def test_a_task_ends_at_its_time_of_day() -> None:
    """A worker has what it is sent, and stops by its own clock: no run tells it to."""
    ascent = PriceAscent.of(problem_data(three_types()), 0)
    sent = pickle.loads(pickle.dumps(ascent))
    assert prices_until(sent, 10, until=0.0) is None
    there, here = prices_until(sent, 10, until=float("inf")), ascent.search(10)
    assert there is not None
    assert here is not None
    assert there.bound == here.bound
    assert there.price.tolist() == here.price.tolist()
