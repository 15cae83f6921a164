"""The joint policy: sets of senders, the set-partitioning program, and what it promises."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import optkit
from optkit.dispatch.check.checker import check
from optkit.dispatch.policies.joint.decision import Decision
from optkit.dispatch.policies.joint.model import After, JointModel, State
from optkit.dispatch.policies.joint.policy import JointPolicy
from optkit.dispatch.policies.joint.set_partition import cheapest_partition
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts
from tests.dispatch.problem.test_pyomo_adapter import crowded


def never() -> bool:
    """Return that there is time."""
    return False


def decisions(
    data: ProblemData, views: list[Observation], after: After, most: int = 1
) -> list[Decision]:
    """Return the decision on each type at a boundary."""
    model, state = JointModel(data, most, after, 50.0), State.of(data, views)
    return [Decision(model, state, kind) for kind in range(data.shape[2])]


def test_costs_are_those_of_the_papers_model() -> None:
    """Protects the compiled costs: every set's cost is that of `mdp-milp`'s own code."""
    compared = 0
    for seed in range(8):
        data, views = crowded(seed, arrival=0.25, cloud_speed=1.5)
        boundary = Boundary(SenderCosts(data, 1), views)
        for kind, decision in enumerate(decisions(data, views, "keep")):
            for (server, chosen), cost in decision.set_costs().items():
                way = sum(boundary.transit(ap, server, kind) for ap in chosen)
                expected = boundary.queue(server, kind, chosen) + way
                assert cost == pytest.approx(expected, rel=1e-11, abs=1e-12)
                compared += 1
    assert compared > 500


@pytest.mark.parametrize("after", ["split", "keep"])
@pytest.mark.parametrize("most", [1, 4])
def test_partial_walks_add_up(after: After, most: int) -> None:
    """Protects the shortcuts of the descent: costs found in pieces are those in full."""
    for seed in range(6):
        data, views = crowded(seed, arrival=0.25, drop_penalty=3.0)
        rng = np.random.default_rng(seed)
        for decision in decisions(data, views, after, most):
            decision.replies()
            for _ in range(3):
                choice = np.array(
                    [rng.choice(np.flatnonzero(row)) for row in data.candidate]
                )
                servers = range(data.shape[1])
                full = sum(
                    decision.queue(m, np.flatnonzero(choice == m).tolist())
                    for m in servers
                ) + sum(decision.transit(ap, int(m)) for ap, m in enumerate(choice))
                assert decision.cost(choice) == pytest.approx(full, rel=1e-10)
                end = decision.descend(choice, never)
                assert decision.cost(end) <= full + 1e-9
                # No single access point can do better on its own.
                for ap in range(len(end)):
                    for m in np.flatnonzero(data.candidate[ap]):
                        other = end.copy()
                        other[ap] = m
                        assert decision.cost(other) >= decision.cost(end) * (1 - 1e-6)


def test_set_partitioning_is_optimal() -> None:
    """Protects the program: the best of all joint actions, by brute force."""
    for seed in range(12):
        data, views = crowded(
            seed, aps=4, servers=3, types=1, arrival=0.25, cloud_speed=2
        )
        decision = decisions(data, views, "keep" if seed % 2 else "split")[0]
        found = cheapest_partition(decision.set_costs(), list(range(4)))
        assert found is not None
        choices = [np.flatnonzero(row).tolist() for row in data.candidate]
        best = min(
            decision.cost(np.array(servers)) for servers in itertools.product(*choices)
        )
        chosen = np.array([found[ap] for ap in range(4)])
        assert decision.cost(chosen) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("after", ["split", "keep"])
@pytest.mark.parametrize("columns", [0, 10_000])
def test_never_worse_than_all_p3_together(columns: int, after: After) -> None:
    """Protects the promise: in the model no worse than P3's joint action, often better."""
    better = 0
    for seed in range(12):
        data, views = crowded(seed, arrival=0.25, cloud_speed=1.5)
        decided = JointPolicy(data, 1, columns, after, 50.0).decide(views)
        assert data.candidate[np.arange(6)[:, None], decided].all()
        for kind, decision in enumerate(decisions(data, views, after)):
            value = decision.cost(decided[:, kind])
            reference = decision.cost(decision.replies())
            assert value <= reference + 1e-9 * abs(reference)
            assert value <= decision.cost(decision.kept) + 1e-9 * abs(reference)
            better += value < reference - 1e-6
    assert better > 5


def test_replies_are_the_papers() -> None:
    """Protects the yardstick: each reply is the best of P3, alone, by the other code."""
    for seed in range(6):
        data, views = crowded(seed, arrival=0.25, cloud_speed=1.5)
        boundary = Boundary(SenderCosts(data, 1), views)
        for kind, decision in enumerate(decisions(data, views, "keep")):
            for ap, chosen in enumerate(decision.replies()):
                costs = {}
                for m in np.flatnonzero(data.candidate[ap]):
                    rest = [
                        k for k in boundary.movers if decision.kept[k] == m and k != ap
                    ]
                    more = boundary.queue(m, kind, [*rest, ap])
                    more -= boundary.queue(m, kind, rest)
                    costs[int(m)] = boundary.transit(ap, m, kind) + more
                assert costs[int(chosen)] == pytest.approx(
                    min(costs.values()), rel=1e-9
                )


def test_enumeration_is_no_worse_than_descent() -> None:
    """Protects the reading of `columns`: more columns, no worse joint actions."""
    for seed in range(8):
        data, views = crowded(seed, arrival=0.25, cloud_speed=1.5)
        exact = JointPolicy(data, 1, 10_000, "split", 50.0).decide(views)
        local = JointPolicy(data, 1, 0, "split", 50.0).decide(views)
        for kind, decision in enumerate(decisions(data, views, "split")):
            least = decision.cost(exact[:, kind])
            found = decision.cost(local[:, kind])
            assert least <= found + 1e-9 * abs(found)


def test_way_is_what_is_met_under_way() -> None:
    """Protects the cost of the way: boundaries met, counted job by job and slot by slot."""
    data, views = crowded(2, types=1, signal_slot=3)
    decision = decisions(data, views, "split")[0]
    per = data.slots_per_interval
    for ap, server in np.argwhere(data.candidate):
        law = data.upload[data.pair[ap, server], 0]
        total = 0.0
        for slot in range(3, per + 3):
            for wait, mass in enumerate(law):
                met = [b for b in range(1, 9) if slot < b * per <= slot + wait]
                total += mass * sum(data.discount ** (b - 1) for b in met)
        expected = data.arrival[ap, 0] * total
        assert decision.transit(int(ap), int(server)) == pytest.approx(
            expected, rel=1e-9
        )


def test_solver_runs_to_the_end() -> None:
    """Protects the solver: verified, bounded, and better than `selfish`."""
    options = {"aps": 5, "servers": 4, "types": 2, "slots": 8, "intervals": 20}
    instance = optkit.generate(
        "dispatch", seed=5, arrival=0.12, service=6.0, upload_intervals=1.5, **options
    )
    result = optkit.solve(instance, "joint")
    assert result.solution is not None
    assert check(instance, result.solution).feasible  # type: ignore[arg-type]
    assert result.objective is not None
    assert result.bound is not None
    assert result.bound <= result.objective
    selfish = optkit.solve(instance, "selfish").objective
    assert selfish is not None
    assert result.objective < selfish
