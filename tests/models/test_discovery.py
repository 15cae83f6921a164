"""The declarative model, compared with brute force."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from optkit.backends import Termination, solve_model
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.problem.pyomo_adapter import instance_bilevel, instance_model
from optkit.discovery.testing import degenerate_instances, random_instances


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["highs", "scip"])
def test_single_level_has_the_optimum_where_all_connections_count(backend: str) -> None:
    """The single level is a bound in every reading, and exact under `connected`."""
    compared = 0
    for label, instance in random_instances(41, 48):
        least = brute_force(instance)
        result = solve_model(instance_model(instance), backend)
        if least is None:
            assert result.termination is Termination.INFEASIBLE, label
            continue
        assert result.termination is Termination.OPTIMAL, label
        assert result.objective is not None
        assert result.objective <= least + 1e-6 * max(1.0, least), label
        if instance.reading.connection_cost == "connected":
            assert result.objective == pytest.approx(least, rel=1e-6, abs=1e-6), label
            compared += 1
    assert compared > 10


def test_degenerate_models_are_built_and_solved() -> None:
    """Models without nodes, candidates or windows are built and solved."""
    for label, instance in degenerate_instances():
        least = brute_force(instance)
        result = solve_model(instance_model(instance))
        assert (result.termination is Termination.INFEASIBLE) == (least is None), label


def test_levels_are_blocks_with_their_own_objectives() -> None:
    """Each block has its own active objective, and the follower its own variables."""
    _, instance = next(iter(random_instances(42, 1)))
    model = instance_bilevel(instance)
    assert model.upper.cost.active
    assert model.lower.energy.active
    own = {id(variable) for variable in model.lower.component_data_objects(pyo.Var)}
    assert own == {id(variable) for variable in model.lower.agent.values()}


def test_every_part_of_the_model_is_documented() -> None:
    """Every variable, constraint, objective and parameter is documented."""
    for _, instance in random_instances(43, 4):
        model = instance_bilevel(instance)
        for part in model.component_objects(
            [pyo.Var, pyo.Constraint, pyo.Objective, pyo.Param], descend_into=True
        ):
            assert part.doc, part.name


def test_general_engine_solves_the_blocks() -> None:
    """The general bilevel engine finds brute force's optimum from the two blocks."""
    from optkit.bilevel import Bilevel

    solved = 0
    for label, instance in random_instances(44, 16):
        least = brute_force(instance)
        model = instance_bilevel(instance)
        result = Bilevel(upper=model.upper, lower=model.lower).solve()
        if least is None:
            assert result.proven_infeasible, label
            continue
        assert result.objective == pytest.approx(least, rel=1e-5, abs=1e-6), label
        solved += 1
    assert solved > 8
