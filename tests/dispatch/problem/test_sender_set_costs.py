"""Costs by sets of senders, against the costs by choices."""

from __future__ import annotations

import pytest

from optkit.dispatch.policies.mdp import ActionCosts
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts
from tests.dispatch.instances import crowded_boundary


@pytest.mark.parametrize("most", [1, 4])
def test_costs_are_those_of_mdp(most: int) -> None:
    """P3 by sets of senders costs what it costs by choices."""
    for seed in range(15):
        data, views = crowded_boundary(seed)
        costs, sets = ActionCosts(data, most), SenderCosts(data, most)
        for view in views:
            expected = costs(view)
            boundary = Boundary(sets, [view])
            for kind in range(data.shape[2]):
                sums = [
                    boundary.transit(view.ap, int(m), kind)
                    + boundary.queue(int(m), kind, [view.ap])
                    - boundary.queue(int(m), kind, [])
                    for m in view.servers
                ]
                assert sums == pytest.approx(expected[kind].tolist(), rel=1e-7)
