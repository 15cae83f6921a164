"""Algorithm 1: groups that share no edge server."""

from __future__ import annotations

import numpy as np

from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.problem_data import problem_data


def test_groups_share_no_edge_server() -> None:
    """Every access point is in one group, and no group shares an edge server."""
    for seed in range(10):
        options = GeneratorOptions(aps=15, servers=10, types=1, intervals=1)
        data = problem_data(DispatchInstance.parse(generate(options, seed)))
        partition = groups(data)
        assert sorted(np.concatenate(partition).tolist()) == list(range(15))
        edge = data.candidate[:, ~data.cloud]
        for group in partition:
            assert edge[group].sum(axis=0).max() <= 1
        # No colouring needs fewer groups than a server has senders.
        assert len(partition) >= edge.sum(axis=0).max()
