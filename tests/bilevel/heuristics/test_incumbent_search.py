"""Tests of the search for incumbents."""

from __future__ import annotations

import pytest

import optkit
from optkit.bilevel.check.checker import check
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import problem_data
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.run import Run
from tests.fuzzing.bilevel_programs import programs


def _searched(instance: optkit.Instance, steps: int) -> Run:
    run = Run(optkit.Limits())
    search = IncumbentSearch(Evaluator(problem_data(instance), run))
    search.search(Deadline(30.0), steps)
    return run


def test_incumbents_are_feasible_and_mostly_optimal() -> None:
    """On tiny programs of every kind no incumbent fails its check or beats the optimum."""
    feasible, found, optimal = 0, 0, 0
    for program in programs(21, 33):
        run = _searched(program.instance, 40)
        if program.optimum is None:
            assert run.objective is None, program.label
            continue
        feasible += 1
        if run.objective is None:
            continue
        found += 1
        slack = 1e-6 * max(1.0, abs(program.optimum))
        assert run.objective >= program.optimum - slack, program.label
        optimal += run.objective <= program.optimum + slack
        solution = run.make_solution()
        assert solution is not None
        assert check(program.instance, solution).feasible, program.label
    assert found >= 0.95 * feasible
    assert optimal >= 0.85 * feasible


def test_responses_that_break_the_leaders_rows_are_repaired() -> None:
    """Descents alone find nothing here: the responses break the leader's coupling rows."""
    instance = optkit.generate(
        "bilevel",
        seed=3,
        upper_columns=10,
        lower_columns=10,
        upper_rows=2,
        lower_rows=4,
        lower_kind="continuous",
    )
    without_leader_rows = instance.document()
    without_leader_rows["rows"] = [
        row for row in without_leader_rows["rows"] if row["level"] == "lower"
    ]
    free = _searched(type(instance).parse(without_leader_rows), 4)
    assert free.objective is not None
    assert _searched(instance, 4).objective is None
    assert _searched(instance, 200).objective is not None


def test_the_same_steps_give_the_same_incumbent() -> None:
    """A search that counts its steps does not depend on the clock."""
    instance = optkit.generate("bilevel", seed=5, upper_columns=8, lower_columns=6)
    first, second = (_searched(instance, 40) for _ in range(2))
    assert first.objective == second.objective
    assert first.make_solution() == second.make_solution()


@pytest.mark.parametrize("solver", ["value-function", "kkt", "strong-duality"])
def test_short_runs_have_no_search_beyond_the_first_incumbent(
    solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the early seconds are over, a run with an incumbent takes no step."""
    steps: list[bool] = []
    original = IncumbentSearch._step

    def counted(search: IncumbentSearch) -> bool:
        steps.append(search._evaluator.run.objective is None)
        return original(search)

    monkeypatch.setattr(IncumbentSearch, "_step", counted)
    monkeypatch.setattr("optkit.bilevel.heuristics.incumbent_search.EARLY_SECONDS", 1e9)
    for seed in range(4):
        instance = optkit.generate(
            "bilevel", seed=seed, shape="transport", lower_kind="continuous"
        )
        assert optkit.solve(instance, solver).status == "optimal"
    assert all(steps)
