"""The declarative model: P2, its decomposition into P3, and the policy that solves them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from optkit.models.dispatch import DispatchData, dispatch_model

import optkit
from optkit.backends import solve_model
from optkit.core.errors import UnavailableError
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.mdp import ActionCosts, MdpPolicy
from optkit.dispatch.policies.mdp_milp import MdpMilpPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.observation import Observation, Observer
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.pyomo_adapter import decision_data, instance_model
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts
from optkit.dispatch.problem.simulator import Simulator


def crowded(seed: int, **settings: Any) -> tuple[ProblemData, list[Observation]]:
    """Return a small network some intervals in, actions drawn, and what is seen of it."""
    options = GeneratorOptions.model_validate(
        {
            "aps": 6,
            "servers": 5,
            "types": 2,
            "attachment": 1,
            "slots": 8,
            "intervals": 6,
            "arrival": 0.15,
            "service": 5.0,
            "upload_intervals": 1.5,
            "queue_limit": 6,
            "overflow_penalty": 9.0,
            **settings,
        }
    )
    data = problem_data(DispatchInstance.parse(generate(options, seed)))
    rng = np.random.default_rng(seed)
    actions = np.array(
        [rng.choice(np.flatnonzero(row), options.types) for row in data.candidate]
    )
    state = Simulator(data)
    slots = 4 * options.slots
    jobs = state.arrivals(slots)
    state.advance(slots, actions[data.ap[jobs], data.kind[jobs]])
    return data, Observer(data).observe(4, actions, state.queues, state.transit)


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
    """Protects the model: its optimum is brute force's, with shared queues and without."""
    for seed in range(5):
        data, views = crowded(seed, cloud=cloud, types=1)
        movers = [views[ap] for ap in range(3)]
        decision = decision_data(data, Boundary(SenderCosts(data, 1), movers))
        expected, _ = optimum(decision)
        value, actions = solved(decision)
        assert value == pytest.approx(expected, rel=1e-9)
        assert decision.cost(actions) == pytest.approx(expected, rel=1e-9)


def test_lemma_1_without_a_shared_cloud() -> None:
    """Protects Lemma 1: P2 of a group is the sum of its P3, with the same actions."""
    pairs = 0
    for seed in range(40):
        data, views = crowded(seed, cloud=False)
        group = max(groups(data), key=len)
        costs = SenderCosts(data, 1)
        whole = decision_data(data, Boundary(costs, [views[ap] for ap in group]))
        value, actions = optimum(whole)
        total, found = 0.0, {}
        for ap in group:
            part = decision_data(data, Boundary(costs, [views[ap]]))
            # What an access point sees for itself is its part of the group's problem.
            assert whole.only(str(ap)).cost(part.current) == pytest.approx(
                part.cost(part.current), rel=1e-9
            )
            least, chosen = optimum(part)
            total += least
            found.update(chosen)
        assert value == pytest.approx(total, rel=1e-9)
        assert actions == found
        pairs += len(group) > 1
        if seed < 3:
            assert solved(whole)[0] == pytest.approx(total, rel=1e-9)
    assert pairs > 20


def test_a_shared_cloud_breaks_the_decomposition() -> None:
    """Protects the statement: with the cloud, P3's joint action may be worse than P2's."""
    worse = 0
    for seed in range(12):
        data, views = crowded(seed, types=1, cloud_speed=1.5, arrival=0.25)
        group = max(groups(data), key=len)
        boundary = Boundary(SenderCosts(data, 1), [views[ap] for ap in group])
        whole = decision_data(data, boundary)
        value, _ = optimum(whole)
        actions = {}
        for ap in group:
            actions.update(optimum(whole.only(str(ap)))[1])
        assert whole.cost(actions) >= value - 1e-9 * abs(value)
        worse += whole.cost(actions) > value * (1 + 1e-6)
    assert worse > 0


@pytest.mark.parametrize("most", [1, 4])
def test_costs_are_those_of_mdp(most: int) -> None:
    """Protects the second way to the same number: P3 by sets is P3 by choices."""
    for seed in range(15):
        data, views = crowded(seed)
        costs, sets = ActionCosts(data, most), SenderCosts(data, most)
        for view in views:
            expected = costs(view)
            boundary = Boundary(sets, [view])
            for kind in range(data.shape[2]):
                found = [
                    boundary.transit(view.ap, int(m), kind)
                    + boundary.queue(int(m), kind, [view.ap])
                    - boundary.queue(int(m), kind, [])
                    for m in view.servers
                ]
                assert found == pytest.approx(expected[kind].tolist(), rel=1e-7)


@pytest.mark.parametrize("most", [1, 4])
def test_program_takes_the_actions_of_mdp(most: int) -> None:
    """Protects `mdp-milp`: interval by interval the very actions of `mdp`."""
    moved = 0
    for seed in range(6):
        data, views = crowded(seed)
        for interval in range(2):
            shown = [
                Observation(**{**vars(view), "interval": interval}) for view in views
            ]
            expected = MdpPolicy(data, most).decide(shown)
            assert (MdpMilpPolicy(data, most).decide(shown) == expected).all()
            moved += int((expected != [view.own_action for view in views]).sum())
    assert moved > 10


def test_program_over_a_group_without_a_cloud_takes_them_too() -> None:
    """Protects Lemma 1 in the solver: one P2 or several P3, the same path to the end."""
    data, _ = crowded(3, cloud=False)
    paths = [
        simulate(data, policy).system.target.tolist()
        for policy in (
            MdpPolicy(data, 1),
            MdpMilpPolicy(data, 1),
            MdpMilpPolicy(data, 1, decompose=False),
        )
    ]
    assert paths[0] == paths[1] == paths[2]


def test_each_part_rests_on_its_own_observation() -> None:
    """Protects fairness: whatever the others see, P3 of an access point stays its own."""
    data, views = crowded(2)
    policy = MdpMilpPolicy(data, 1)
    decided = policy.decide(views)
    for ap in groups(data)[views[0].interval % len(groups(data))]:
        planted = [
            view
            if view.ap == ap
            else Observation(**{**vars(view), "queues": np.full_like(view.queues, 6)})
            for view in views
        ]
        assert (policy.decide(planted)[ap] == decided[ap]).all()


def test_solver_is_mdp_with_a_backend() -> None:
    """Protects the solver: `mdp-milp` scores what `mdp` scores; P2 has its limit."""
    options = {"aps": 4, "servers": 3, "types": 2, "intervals": 6, "arrival": 0.1}
    instance = optkit.generate("dispatch", seed=2, **options)
    score = optkit.solve(instance, "mdp").objective
    for backend in ("highs", "scip"):
        result = optkit.solve(instance, "mdp-milp", options={"backend": backend})
        assert result.objective == score
    grouped = optkit.solve(instance, "mdp-milp", options={"decompose": False})
    assert grouped.verification is not None
    assert grouped.verification.feasible
    crowd = optkit.generate(
        "dispatch", seed=2, aps=30, servers=4, types=1, intervals=1, attachment=1
    )
    with pytest.raises(UnavailableError, match="decompose"):
        optkit.solve(crowd, "mdp-milp", options={"decompose": False})


def test_exported_model_is_the_first_groups() -> None:
    """Protects `optkit export`: P2 of the first group on an empty system."""
    instance = optkit.generate("dispatch", seed=2, aps=4, servers=3, types=2)
    model = instance_model(instance)
    data = problem_data(instance)  # type: ignore[arg-type]
    assert len(model.SOURCES) == 2 * len(groups(data)[0])
    assert solve_model(model, "highs").objective is not None
