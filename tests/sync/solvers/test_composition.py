"""The names and options of composed solvers."""

from __future__ import annotations

import json
from typing import Any

import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.solving.registry import solver_class, solvers
from optkit.sync.policies.base import notification_policies, reporting_policies
from optkit.testing import ContractCheck, parametrize_with_contract
from tests.sync.solving import feasible_solution


def test_names_alone_bring_their_usual_half() -> None:
    """A name alone stands for the pair with the default other half."""
    instance = optkit.generate("sync", seed=1, slots=60)
    for short, long in (
        ("threshold", "threshold+threshold"),
        ("periodic", "periodic+periodic"),
        ("gradient", "gradient+on-arrival"),
        ("rent-or-buy", "periodic+rent-or-buy"),
    ):
        assert feasible_solution(instance, short) == feasible_solution(instance, long)


def test_names_are_recorded_and_repeat_the_run(tmp_path: Any) -> None:
    """The name and options in a solution file reproduce the solution."""
    instance = optkit.generate("sync", seed=1, slots=60)
    first = optkit.solve(
        instance,
        "gradient+threshold",
        options={"reporting.window": 5, "notification.error": 2},
    )
    optkit.save(first, tmp_path / "answer.json")
    recorded = json.loads((tmp_path / "answer.json").read_text())["solver"]
    assert recorded["name"] == "gradient+threshold"
    assert recorded["options"]["reporting"]["window"] == 5
    again = optkit.solve(instance, recorded["name"], options=recorded["options"])
    assert again.solution == first.solution


def test_option_groups_do_not_clash() -> None:
    """Options of the same name in both halves can be set separately."""
    options = {"reporting.period": 3, "notification.period": 7}
    solver = solver_class("sync", "periodic")(options)
    groups: Any = solver.options
    assert (groups.reporting.period, groups.notification.period) == (3, 7)
    with pytest.raises(UsageError, match=r"reporting\.period or notification\.period"):
        solver_class("sync", "periodic")({"period": 3})
    short: Any = solver_class("sync", "gradient+threshold")({"window": 5}).options
    assert short.reporting.window == 5


def test_unknown_halves_are_named() -> None:
    """The message on an unknown half names it and suggests a known one."""
    with pytest.raises(UsageError, match=r"reporting part 'gradiant'.*'gradient'"):
        solver_class("sync", "gradiant+threshold")
    with pytest.raises(UsageError, match=r"REPORTING\+NOTIFICATION"):
        solver_class("sync", "gradient+threshold+random")


def test_parts_are_listed_as_solvers_too() -> None:
    """The name of every policy alone is a registered solver."""
    listed = {info.name for info in solvers("sync")}
    assert set(reporting_policies()) <= listed
    assert set(notification_policies()) <= listed


@parametrize_with_contract([solver_class("sync", "gradient+rent-or-buy")])
def test_contract_of_a_composed_solver(check: ContractCheck) -> None:
    """A composed solver keeps every promise of registered ones."""
    check()
