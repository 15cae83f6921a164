"""All engines: known optima, budgets, repeatability, callbacks."""

from __future__ import annotations

import random
import threading

import numpy as np
import pytest

from optkit.search import Columns, Control, StopReason
from tests.search.problems import (
    ENGINES,
    Audit,
    OneMax,
    audited,
    brute_force,
    one_max,
    quadratic,
    quadratic_with_random_search,
    set_cover,
    tiny_with_optimum,
)

every_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.slow
@every_engine
def test_finds_the_optimum_of_tiny_problems(engine: str) -> None:
    """Every engine reaches known optima from nearly every seed."""
    reached = 0
    for seed in range(30):
        problem, optimum = tiny_with_optimum(seed)
        result = ENGINES[engine](
            problem, np.random.default_rng(seed), Control(evaluations=400)
        )
        assert result.score is not None
        assert not result.score.better_than(optimum), "better than the optimum"
        reached += not optimum.better_than(result.score)
    assert reached >= 26, f"{reached} of 30"


@pytest.mark.slow
@every_engine
def test_beats_random_search_at_equal_budget(engine: str) -> None:
    """Every engine beats random sampling of as many solutions."""
    wins = 0
    for seed in range(30):
        problem, blind = quadratic_with_random_search(seed, 200)
        result = ENGINES[engine](
            problem, np.random.default_rng(seed), Control(evaluations=200)
        )
        assert result.score is not None
        wins += result.score.value < blind
    # Of 30 fair coins, 25 or more heads come up once in six thousand times.
    assert wins >= 25, f"{wins} of 30"


@every_engine
@pytest.mark.parametrize("budget", [1, 2, 19, 20, 21, 333])
def test_budget_is_held_exactly(engine: str, budget: int) -> None:
    """The count of evaluations is the number of solutions that the problem evaluated."""
    problem = one_max(5, (30,) * 8, 1, 29)
    result, audit, _ = audited(engine, problem, 3, budget)
    assert result.evaluations == audit.counted == budget


@every_engine
def test_no_budget_means_no_solution(engine: str) -> None:
    """Without evaluations there is no solution and no score."""
    result, audit, reported = audited(engine, one_max(5, (4, 4), 1, 2), 0, 0)
    assert (result.bits, result.score, result.stop_reason) == (
        None,
        None,
        StopReason.EVALUATIONS,
    )
    assert not reported
    assert audit.counted == 0


@every_engine
def test_same_seed_same_trajectory(engine: str) -> None:
    """The seed decides every value that is evaluated, and their order."""
    problem = quadratic(2, (6,) * 5, 1, 3)
    _, once, _ = audited(engine, problem, 11, 400)
    random.seed(99)
    np.random.seed(99)
    _, again, _ = audited(engine, problem, 11, 400)
    _, other, _ = audited(engine, problem, 12, 400)
    assert once.scores == again.scores
    assert once.scores != other.scores


@every_engine
def test_global_random_state_is_left_alone(engine: str) -> None:
    """No engine draws from, or seeds, shared generators."""
    before = random.getstate(), np.random.get_state()[1].tolist()
    audited(engine, one_max(1, (5, 5), 1, 3), 0, 200)
    assert random.getstate() == before[0]
    assert np.random.get_state()[1].tolist() == before[1]


@every_engine
def test_threads_do_not_disturb_each_other(engine: str) -> None:
    """Two searches at once evaluate what each would alone."""
    problem = quadratic(4, (5,) * 4, 1, 3)
    alone = [audited(engine, problem, seed, 300)[1].scores for seed in (1, 2)]
    together: dict[int, list[float]] = {}

    def work(seed: int) -> None:
        together[seed] = audited(engine, problem, seed, 300)[1].scores

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[1], together[2]] == alone


@every_engine
def test_should_stop_is_called_before_every_evaluation(engine: str) -> None:
    """Nothing is evaluated after `should_stop` has returned true."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 60

    result, audit, _ = audited(
        engine, one_max(5, (30,) * 8, 1, 29), 0, None, should_stop=stop
    )
    assert result.stop_reason is StopReason.STOPPED
    assert asked == 61
    assert 0 < audit.counted <= 60
    assert result.score is not None


@every_engine
def test_iterations_are_held(engine: str) -> None:
    """The iteration limit holds, and a search without limits ends by itself."""
    problem = one_max(5, (30,) * 8, 1, 29)
    result, _, _ = audited(engine, problem, 0, None, iterations=3)
    assert result.iterations == 3
    result, _, _ = audited(engine, one_max(5, (4, 4), 1, 2), 0)
    assert result.stop_reason is StopReason.CONVERGED


@every_engine
def test_reports_are_true_and_improve(engine: str) -> None:
    """Incumbents are feasible, improve, and have the reported value."""
    for problem in (set_cover(3, 12, 14), quadratic(3, (8,) * 5, 1, 4)):
        result, audit, reported = audited(engine, problem, 5, 800)
        values = [score.value for score, _ in reported]
        assert values == sorted(values, reverse=True)
        assert len(set(values)) == len(values)
        for score, bits in reported:
            again = audit.inner.evaluate(bits)
            assert again.feasible
            assert score.value == pytest.approx(again.value, rel=1e-9)
        assert result.bits is not None
        assert result.score is reported[-1][0]
        assert np.array_equal(result.bits, reported[-1][1])


@every_engine
def test_begins_at_the_given_start(engine: str) -> None:
    """The first solution evaluated is the given start."""
    problem = one_max(7, (6, 6), 1, 4)
    audit = Audit(problem)
    start = problem.hidden.copy()
    result = ENGINES[engine](
        audit, np.random.default_rng(0), Control(evaluations=50), start=start
    )
    assert audit.scores[0] == 0.0
    assert result.score is not None
    assert result.score.value == 0.0
    assert np.array_equal(start, problem.hidden), "the caller's start was changed"


@every_engine
@pytest.mark.parametrize(
    ("sizes", "least", "most"),
    [
        ((), 0, 0),
        ((1,), 1, 1),
        ((3, 2), 0, 0),
        ((4,), 4, 4),
        ((2,), 1, 1),
        ((1,), 0, 1),
    ],
)
def test_degenerate_columns(
    engine: str, sizes: tuple[int, ...], least: int, most: int
) -> None:
    """Engines work without bits, without moves, and with a single move."""
    problem = one_max(0, sizes, least, most)
    result, _, _ = audited(engine, problem, 0, 200)
    assert result.score is not None
    assert result.score.value == 0.0


@every_engine
def test_goes_from_infeasible_to_feasible(engine: str) -> None:
    """From an infeasible start, every engine finds a feasible solution."""
    problem = set_cover(8, 12, 12)
    nothing = np.zeros(12, dtype=np.bool_)
    audit = Audit(problem)
    result = ENGINES[engine](
        audit, np.random.default_rng(1), Control(evaluations=600), start=nothing
    )
    assert not problem.evaluate(nothing).feasible
    assert result.score is not None
    assert result.score.feasible


def test_one_max_knows_its_optimum() -> None:
    """The hidden solution of one-max is its optimum."""
    problem = one_max(3, (3, 3), 1, 2)
    assert isinstance(problem, OneMax)
    assert problem.evaluate(problem.hidden).value == brute_force(problem).value == 0.0
    assert Columns.of((3, 3), 1, 2).legal(problem.hidden)
