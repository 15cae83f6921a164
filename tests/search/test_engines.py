"""Every engine finds known optima, and keeps what the contract promises."""

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
    brute_force,
    one_max,
    quadratic,
    quadratic_with_random_search,
    set_cover,
    tiny_with_optimum,
    watched,
)

every_engine = pytest.mark.parametrize("engine", ENGINES)


@every_engine
def test_finds_the_optimum_of_tiny_problems(engine: str) -> None:
    """Protects that each engine reaches known optima from nearly every seed."""
    reached = 0
    for seed in range(30):
        problem, optimum = tiny_with_optimum(seed)
        found = ENGINES[engine](
            problem, np.random.default_rng(seed), Control(evaluations=400)
        )
        assert found.score is not None
        assert not found.score.better_than(optimum), "better than the optimum"
        reached += not optimum.better_than(found.score)
    assert reached >= 26, f"{reached} of 30"


@every_engine
def test_beats_random_search_at_equal_budget(engine: str) -> None:
    """Protects that an engine is worth more than blind sampling of as many solutions."""
    wins = 0
    for seed in range(30):
        problem, blind = quadratic_with_random_search(seed, 200)
        found = ENGINES[engine](
            problem, np.random.default_rng(seed), Control(evaluations=200)
        )
        assert found.score is not None
        wins += found.score.value < blind
    # Of 30 fair coins, 25 or more heads come up once in six thousand times.
    assert wins >= 25, f"{wins} of 30"


@every_engine
@pytest.mark.parametrize("budget", [1, 2, 19, 20, 21, 333])
def test_budget_is_held_exactly(engine: str, budget: int) -> None:
    """Protects equal comparisons: what is counted is what the problem was asked."""
    problem = one_max(5, (30,) * 8, 1, 29)
    found, audit, _ = watched(engine, problem, 3, budget)
    assert found.evaluations == audit.counted == budget


@every_engine
def test_no_budget_means_nothing_is_found(engine: str) -> None:
    """Protects the edge: without evaluations there is no solution and no figure."""
    found, audit, reported = watched(engine, one_max(5, (4, 4), 1, 2), 0, 0)
    assert (found.bits, found.score, found.stop_reason) == (None, None, StopReason.EVALUATIONS)
    assert not reported
    assert audit.counted == 0


@every_engine
def test_same_seed_same_trajectory(engine: str) -> None:
    """Protects repeatability: each value ever evaluated, in order, follows the seed."""
    problem = quadratic(2, (6,) * 5, 1, 3)
    _, once, _ = watched(engine, problem, 11, 400)
    random.seed(99)
    np.random.seed(99)
    _, again, _ = watched(engine, problem, 11, 400)
    _, other, _ = watched(engine, problem, 12, 400)
    assert once.scores == again.scores
    assert once.scores != other.scores


@every_engine
def test_global_random_state_is_left_alone(engine: str) -> None:
    """Protects everybody else: no engine draws from, or seeds, shared generators."""
    before = random.getstate(), np.random.get_state()[1].tolist()
    watched(engine, one_max(1, (5, 5), 1, 3), 0, 200)
    assert random.getstate() == before[0]
    assert np.random.get_state()[1].tolist() == before[1]


@every_engine
def test_threads_do_not_disturb_each_other(engine: str) -> None:
    """Protects parallel use: two searches at once answer as each would alone."""
    problem = quadratic(4, (5,) * 4, 1, 3)
    alone = [watched(engine, problem, seed, 300)[1].scores for seed in (1, 2)]
    together: dict[int, list[float]] = {}

    def work(seed: int) -> None:
        together[seed] = watched(engine, problem, seed, 300)[1].scores

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[1], together[2]] == alone


@every_engine
def test_stop_is_asked_before_every_evaluation_and_obeyed(engine: str) -> None:
    """Protects Ctrl-C and time limits: nothing is evaluated after the answer is yes."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 60

    found, audit, _ = watched(engine, one_max(5, (30,) * 8, 1, 29), 0, None, should_stop=stop)
    assert found.stop_reason is StopReason.STOPPED
    assert asked == 61
    assert 0 < audit.counted <= 60
    assert found.score is not None


@every_engine
def test_iterations_are_held(engine: str) -> None:
    """Protects the iteration limit, and that a search without limits ends by itself."""
    problem = one_max(5, (30,) * 8, 1, 29)
    found, _, _ = watched(engine, problem, 0, None, iterations=3)
    assert found.iterations == 3
    found, _, _ = watched(engine, one_max(5, (4, 4), 1, 2), 0)
    assert found.stop_reason is StopReason.CONVERGED


@every_engine
def test_reports_are_true_and_improve(engine: str) -> None:
    """Protects the incumbents: feasible, falling, and each worth what is said of it."""
    for problem in (set_cover(3, 12, 14), quadratic(3, (8,) * 5, 1, 4)):
        found, audit, reported = watched(engine, problem, 5, 800)
        values = [score.value for score, _ in reported]
        assert values == sorted(values, reverse=True)
        assert len(set(values)) == len(values)
        for score, bits in reported:
            again = audit.inner.evaluate(bits)
            assert again.feasible
            assert score.value == pytest.approx(again.value, rel=1e-9)
        assert found.bits is not None
        assert found.score is reported[-1][0]
        assert np.array_equal(found.bits, reported[-1][1])


@every_engine
def test_begins_where_it_is_told(engine: str) -> None:
    """Protects warm starts: the first solution evaluated is the one handed in."""
    problem = one_max(7, (6, 6), 1, 4)
    audit = Audit(problem)
    start = problem.hidden.copy()
    found = ENGINES[engine](
        audit, np.random.default_rng(0), Control(evaluations=50), start=start
    )
    assert audit.scores[0] == 0.0
    assert found.score is not None
    assert found.score.value == 0.0
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
    """Protects the edges: no bits, no moves, a single move."""
    problem = one_max(0, sizes, least, most)
    found, _, _ = watched(engine, problem, 0, 200)
    assert found.score is not None
    assert found.score.value == 0.0


@every_engine
def test_goes_from_infeasible_to_feasible(engine: str) -> None:
    """Protects the order of scores: less violation comes before less value."""
    problem = set_cover(8, 12, 12)
    nothing = np.zeros(12, dtype=np.bool_)
    audit = Audit(problem)
    found = ENGINES[engine](
        audit, np.random.default_rng(1), Control(evaluations=600), start=nothing
    )
    assert not problem.evaluate(nothing).feasible
    assert found.score is not None
    assert found.score.feasible


def test_one_max_knows_its_optimum() -> None:
    """Protects the test problem itself: the hidden solution is the only best one."""
    problem = one_max(3, (3, 3), 1, 2)
    assert isinstance(problem, OneMax)
    assert problem.evaluate(problem.hidden).value == brute_force(problem).value == 0.0
    assert Columns.of((3, 3), 1, 2).legal(problem.hidden)
