"""When ``auto`` plans, and what it does if there is no time for it."""

from __future__ import annotations

import pytest

import optkit
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solvers.lagrangian import Lagrangian

SIZE = {"aps": 4, "servers": 3, "types": 2, "intervals": 12, "seed": 3}


@pytest.mark.parametrize(
    ("arrival", "solver"), [(0.005, "rollout"), (0.06, "lagrangian")]
)
def test_auto_plans_where_servers_are_busy(arrival: float, solver: str) -> None:
    """It says how busy they are: arrivals times mean services, over servers."""
    instance = optkit.generate("dispatch", arrival=arrival, **SIZE)
    load = problem_data(instance).load
    assert (load >= 0.6) == (solver == "lagrangian")
    result = optkit.solve(instance)
    assert result.solver.name == solver
    assert f"{load:.0%}" in str(result.solver.chosen)


def test_the_load_is_that_of_the_busiest_type() -> None:
    """Computed here by loops over access points and servers."""
    data = problem_data(optkit.generate("dispatch", **SIZE))
    points, servers, types = data.shape
    loads = [
        sum(data.arrival[k, j] for k in range(points))
        / sum(1.0 / data.service[m, j] for m in range(servers))
        for j in range(types)
    ]
    assert data.load == pytest.approx(max(loads))


def test_without_time_for_a_plan_jobs_go_as_by_rollout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer is complete, and the result says what is missing."""
    instance = optkit.generate("dispatch", arrival=0.06, **SIZE)
    planned = optkit.solve(instance, "lagrangian", time_limit=60.0)
    assert "plan" not in planned.termination.detail
    monkeypatch.setattr(Lagrangian, "planning_share", 0.0)
    result = optkit.solve(instance, "lagrangian", time_limit=60.0)
    assert "the plan was not ready in time" in result.termination.detail
    assert result.solution is not None
    rollout = optkit.solve(instance, "rollout").solution
    assert result.solution.document()["target"] == rollout.document()["target"]


def test_a_plan_for_a_changed_network_has_a_share_of_the_time_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the network changes, jobs go as by rollout before and after."""
    sizes = {"aps": 4, "servers": 3, "types": 2, "intervals": 12, "arrival": 0.06}
    document = optkit.generate("dispatch", **sizes, seed=3).document()
    other = optkit.generate("dispatch", **sizes, seed=4).document()
    change = {key: other[key] for key in ("candidates", "upload_pmf")}
    document["changes"] = [{"interval": 4, **change}]
    instance = DispatchInstance.parse(document)
    rollout = optkit.solve(instance, "rollout").solution.document()
    planned = optkit.solve(instance, "lagrangian").solution.document()
    assert planned["target"] != rollout["target"]
    monkeypatch.setattr(Lagrangian, "planning_share", 0.0)
    result = optkit.solve(instance, "lagrangian", time_limit=60.0)
    assert result.termination.detail.count("the plan was not ready in time") == 1
    assert result.solution.document()["target"] == rollout["target"]
