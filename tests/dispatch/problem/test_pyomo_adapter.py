"""The declarative model: P2, and its decomposition into P3."""

from __future__ import annotations

import itertools

import pytest
from optkit.models.dispatch import DispatchData, dispatch_model

import optkit
from optkit.backends import solve_model
from optkit.core.errors import UnavailableError
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.problem.pyomo_adapter import decision_data, instance_model
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts
from tests.dispatch.instances import crowded_boundary


def optimum(decision: DispatchData) -> tuple[float, dict[tuple[str, str], str]]:
    """Return the best value and actions by trying everything."""
    sources = list(decision.choices)
    best = min(
        (
            dict(zip(sources, servers, strict=True))
            for servers in itertools.product(*decision.choices.values())
        ),
        key=decision.cost,
    )
    return decision.cost(best), best


def solved(decision: DispatchData) -> tuple[float, dict[tuple[str, str], str]]:
    """Return value and actions of the Pyomo model."""
    model = dispatch_model(decision)
    result = solve_model(model, "highs")
    assert result.objective is not None
    actions = {
        (k, j): m for k, j, m in model.CHOICES if model.send[k, j, m].value > 0.5
    }
    return result.objective, actions


@pytest.mark.parametrize("cloud", [True, False])
def test_model_is_p2(cloud: bool) -> None:
    """The model's optimum is that of brute force, with shared queues and without."""
    for seed in range(5):
        data, views = crowded_boundary(seed, cloud=cloud, types=1)
        movers = [views[ap] for ap in range(3)]
        decision = decision_data(data, Boundary(SenderCosts(data, 1), movers))
        expected, _ = optimum(decision)
        value, actions = solved(decision)
        assert value == pytest.approx(expected, rel=1e-9)
        assert decision.cost(actions) == pytest.approx(expected, rel=1e-9)


def test_lemma_1_without_a_shared_cloud() -> None:
    """P2 of a group without a cloud is the sum of its P3, with the same actions."""
    pairs = 0
    for seed in range(40):
        data, views = crowded_boundary(seed, cloud=False)
        group = max(groups(data), key=len)
        costs = SenderCosts(data, 1)
        group_decision = decision_data(
            data, Boundary(costs, [views[ap] for ap in group])
        )
        value, actions = optimum(group_decision)
        total, together = 0.0, {}
        for ap in group:
            part = decision_data(data, Boundary(costs, [views[ap]]))
            # What an access point sees for itself is its part of the group's problem.
            assert group_decision.only(str(ap)).cost(part.current) == pytest.approx(
                part.cost(part.current), rel=1e-9
            )
            least, chosen = optimum(part)
            total += least
            together.update(chosen)
        assert value == pytest.approx(total, rel=1e-9)
        assert actions == together
        pairs += len(group) > 1
        if seed < 3:
            assert solved(group_decision)[0] == pytest.approx(total, rel=1e-9)
    assert pairs > 20


def test_a_shared_cloud_breaks_the_decomposition() -> None:
    """With the cloud, P3's joint action may be worse than P2's."""
    worse = 0
    for seed in range(12):
        data, views = crowded_boundary(seed, types=1, cloud_speed=1.5, arrival=0.25)
        group = max(groups(data), key=len)
        boundary = Boundary(SenderCosts(data, 1), [views[ap] for ap in group])
        group_decision = decision_data(data, boundary)
        value, _ = optimum(group_decision)
        actions = {}
        for ap in group:
            actions.update(optimum(group_decision.only(str(ap)))[1])
        assert group_decision.cost(actions) >= value - 1e-9 * abs(value)
        worse += group_decision.cost(actions) > value * (1 + 1e-6)
    assert worse > 0


def test_exported_model_is_the_first_groups() -> None:
    """The exported model is P2 of the first group on an empty system."""
    instance = optkit.generate("dispatch", seed=2, aps=4, servers=3, types=2)
    model = instance_model(instance)
    data = problem_data(instance)  # type: ignore[arg-type]
    assert len(model.SOURCES) == 2 * len(groups(data)[0])
    assert solve_model(model, "highs").objective is not None


def test_a_model_of_too_many_sets_of_senders_is_refused() -> None:
    """An instance whose cloud many of a group share is refused, not built for hours."""
    many = optkit.generate(
        "dispatch", seed=1, aps=100, servers=40, types=1, intervals=1
    )
    with pytest.raises(UnavailableError, match="of one group share one"):
        instance_model(many)
