"""Tests of branch-and-cut beyond its agreement with enumeration."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.bilevel.data.generate import GeneratorOptions, generate
from optkit.bilevel.exact.branch_and_cut.free_sets import FreeSets
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.instance import BilevelInstance
from tests.bilevel.examples import column, instance, moore_bard

SOLVER = "branch-and-cut"


def hard(columns: int = 25) -> BilevelInstance:
    """Return a program that takes minutes."""
    options = GeneratorOptions.model_validate(
        {"upper_columns": columns, "lower_columns": columns, "lower_rows": 10}
    )
    return BilevelInstance.parse(generate(options, 1))


def test_follower_bounded_only_by_its_objective() -> None:
    """A follower without upper bounds is solved: it covers a demand at least cost.

    The leader's x makes y1 dearer by one row. The follower takes y1 = 4 - 2 x at cost 1 or
    y2 at cost 3; the leader gains by y2 and pays for x. At x = 1, y1 is at most 2, so
    y2 = 2: -2 * 2 + 1 = -3. At x = 2, y1 = 0 and y2 = 4: -8 + 2 = -6, the best.
    """
    cover = instance(
        columns=[
            column("x", "upper", 2.0),
            column("y1", "lower", None),
            column("y2", "lower", None),
        ],
        rows=[
            {"id": "demand", "level": "lower", "lower": 4.0,
             "coefficients": {"y1": 1.0, "y2": 1.0}},
            {"id": "room", "level": "lower", "upper": 4.0,
             "coefficients": {"y1": 1.0, "x": 2.0}},
            {"id": "leader", "level": "upper", "upper": 9.0,
             "coefficients": {"y2": 1.0}},
        ],
        upper_objective={"coefficients": {"x": 1.0, "y2": -2.0}},
        lower_objective={"coefficients": {"y1": 1.0, "y2": 3.0}},
    )  # fmt: skip
    result = optkit.solve(cover, SOLVER)
    assert (result.status, result.objective) == ("optimal", -6.0)


def test_bound_on_the_follower_spares_decisions() -> None:
    """A leader who gains by what the follower takes is bounded before all is evaluated.

    Without the proven bound on the follower's objective, the tree's relaxation would be
    unbounded, and only evaluating all 32 decisions would end the search.
    """
    document = generate(
        GeneratorOptions(shape="flow", upper_columns=5, lower_columns=10, lower_rows=4),
        1,
    )
    costs = document["upper_objective"]["coefficients"]
    gains = {name: -cost if name[0] == "y" else cost for name, cost in costs.items()}
    document["upper_objective"]["coefficients"] = gains
    result = optkit.solve(BilevelInstance.parse(document), SOLVER)
    assert result.status == "optimal"
    evaluated = int(result.termination.detail.split()[-3])
    assert evaluated < 2**5


def test_unbounded_relaxation_proves_nothing() -> None:
    """A leader whose objective has no bound on the relaxation is told so."""
    endless = instance(
        columns=[
            column("x", "upper", 3.0),
            {"id": "z", "level": "upper", "lower": 0.0},
            column("y", "lower", 3.0),
        ],
        rows=[
            {"id": "r", "level": "lower", "upper": 4.0,
             "coefficients": {"x": 1.0, "y": 1.0}},
        ],
        upper_objective={"coefficients": {"z": -1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )  # fmt: skip
    result = optkit.solve(endless, SOLVER)
    assert result.status == "no-solution"
    assert "unbounded on the high-point relaxation" in result.termination.detail


def test_leader_that_maximises_with_a_constant() -> None:
    """The bound and the objective are those of the minimised problem, constant included."""
    document = moore_bard().document()
    objective = document["upper_objective"]
    objective["sense"], objective["constant"] = "max", 3.0
    objective["coefficients"] = {k: -v for k, v in objective["coefficients"].items()}
    result = optkit.solve(BilevelInstance.parse(document), SOLVER)
    assert (result.objective, result.bound) == (-25.0, -25.0)


def test_errors_in_callbacks_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in a callback of SCIP ends the search, and reaches the caller."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("inside a callback")

    monkeypatch.setattr(FreeSets, "around", broken)
    with pytest.raises(ZeroDivisionError, match="inside a callback"):
        optkit.solve(hard(5), SOLVER)


def test_ctrl_c_in_a_callback_keeps_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C ends the search with the best answer so far, which is verified."""
    import signal

    calls = []
    around = FreeSets.around

    def interrupted(self: FreeSets, *arguments: object) -> object:
        calls.append(1)
        if len(calls) == 5:
            signal.raise_signal(signal.SIGINT)
        return around(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FreeSets, "around", interrupted)
    result = optkit.solve(hard(), SOLVER, time_limit=60)
    assert result.termination.reason == "interrupted"
    assert len(calls) == 5


def test_limits_are_obeyed_and_the_bound_is_below() -> None:
    """A run that is cut short has a bound, not above its verified objective."""
    result = optkit.solve(hard(), SOLVER, time_limit=1.5)
    assert result.termination.reason == "time-limit"
    assert result.bound is not None
    assert result.objective is None or result.bound <= result.objective


def test_same_answer_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs take the same steps, apart from the heuristics, which look at the clock."""
    monkeypatch.setattr(IncumbentSearch, "improve", lambda _: None)
    options = GeneratorOptions.model_validate(
        {"shape": "denegre", "upper_columns": 8, "lower_columns": 6}
    )
    program = BilevelInstance.parse(generate(options, 4))
    first, second = (optkit.solve(program, SOLVER) for _ in range(2))
    assert first.status == "optimal"
    assert first.termination.detail == second.termination.detail
    assert first.solution == second.solution


def test_public_instance_that_cutting_planes_leave_open(real_data: Path) -> None:
    """miblp_20_20_50_0110_5_2 is proven: -591, as MibS says."""
    folder = real_data / "bilevel" / "mibs" / "random_miblp"
    result = optkit.solve(optkit.load(folder / "miblp_20_20_50_0110_5_2.mps"), SOLVER)
    assert (result.status, result.objective) == ("optimal", -591.0)
