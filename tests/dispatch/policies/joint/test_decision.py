"""Costs of joint choices: by other code, in pieces, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.policies.joint.model import After
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts
from tests.dispatch.instances import crowded_boundary
from tests.dispatch.policies.joint.decisions import decisions


def never() -> bool:
    """Return that there is time."""
    return False


def test_costs_are_those_of_the_papers_model() -> None:
    """Every set's cost is that of the independent code behind `mdp-milp`."""
    compared = 0
    for seed in range(8):
        data, views = crowded_boundary(seed, arrival=0.25, cloud_speed=1.5)
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
def test_partial_costs_add_up(after: After, most: int) -> None:
    """Costs computed in pieces are those in full, and no single move improves the end."""
    for seed in range(6):
        data, views = crowded_boundary(seed, arrival=0.25, drop_penalty=3.0)
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


def test_replies_are_the_papers() -> None:
    """Each reply is the best of P3 by the independent code."""
    for seed in range(6):
        data, views = crowded_boundary(seed, arrival=0.25, cloud_speed=1.5)
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


def test_transit_cost_counts_boundaries_under_way() -> None:
    """What jobs under way cost is the boundaries they meet, counted one by one."""
    data, views = crowded_boundary(2, types=1, signal_slot=3)
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
