"""Comparing solvers in one table."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from tests.core.toy import INSTANCE, LOCAL, Toy, claim, registered
from tests.small import instance


def test_a_row_per_run() -> None:
    """Solvers without a use for the seed run once; every figure is the run's own."""
    network = instance("allocation")
    table = optkit.compare(network, ["block", "ga"], seeds=[3, 7], time_limit=30)
    assert table["solver"].tolist() == ["block", "ga", "ga"]
    assert table["seed"].tolist() == [3, 3, 7]
    assert table["verified"].all()
    alone = optkit.solve(network, "ga", seed=7)
    assert table.iloc[2]["objective"] == alone.objective
    assert table.iloc[2]["status"] == alone.status.value


def test_options_and_several_instances() -> None:
    """Options go to the solver that they name, and every instance has its rows."""
    first = instance("allocation")
    second = first.replace(task_size_gbit=1, name="another")
    table = optkit.compare([first, second], ["ga"], options={"ga": {"generations": 1}})
    assert table["instance"].tolist() == [first.name, "another"]
    with pytest.raises(optkit.UsageError, match="depth"):
        optkit.compare(first, ["ga"], options={"ga": {"depth": 1}})


def test_a_solver_that_cannot_run_has_a_row_that_says_why() -> None:
    """One that does not take the instance does not end the comparison."""
    table = optkit.compare(INSTANCE, ["closed-form", "block"])
    assert table["status"].tolist()[0] == "unavailable"
    assert "does not take this instance" in table["stopped"][0]
    assert table["verified"].tolist() == [False, True]


def test_a_misspelt_name_is_refused_before_any_run() -> None:
    """Runs that have been made are not lost by an error in the last name."""

    def behaviour(*_: Any) -> None:
        raise AssertionError("ran")

    with pytest.raises(optkit.UsageError, match="Did you mean 'block'"):
        optkit.compare(INSTANCE, [Toy(behaviour), "blok"])


def test_claims_that_contradict_each_other_are_an_error() -> None:
    """A bound above another run's verified objective ends the comparison."""

    class Low(Toy):
        name = "low"

        def __init__(self, options: Any = None) -> None:
            super().__init__(claim(LOCAL), options)

    class High(Toy):
        name = "high"

        def __init__(self, options: Any = None) -> None:
            def behaviour(_: Any, run: optkit.Run) -> None:
                run.prove(LOCAL * 2, "a mistake")

            super().__init__(behaviour, options)

    wrong = pytest.raises(optkit.ContradictionError, match="high with seed 0")
    with registered(Low), registered(High), wrong:
        optkit.compare(INSTANCE, ["low", "high"])


def test_arguments_that_make_no_sense_are_refused() -> None:
    """One name instead of a list, and no seed at all."""
    with pytest.raises(optkit.UsageError, match="list of solvers"):
        optkit.compare(INSTANCE, "block")
    with pytest.raises(optkit.UsageError, match="at least one"):
        optkit.compare(INSTANCE, ["block"], seeds=0)
