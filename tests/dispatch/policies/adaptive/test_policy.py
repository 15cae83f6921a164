"""Rollout without laws: it reads none, learns them, and keeps what it has learned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.core.errors import UnavailableError
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.adaptive.no_laws import without_laws
from optkit.dispatch.policies.adaptive.policy import AdaptiveRolloutPolicy
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.objective import stage_costs
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.adaptive_rollout import AdaptiveRollout
from tests.dispatch.instances import paper_data


def _targets(told: ProblemData, world: ProblemData, policy: Any) -> Ints:
    """Return where jobs of a world go if the policy is told of another's laws."""
    return simulate(world, policy(told)).system.target


def _adaptive(data: ProblemData) -> AdaptiveRolloutPolicy:
    return AdaptiveRolloutPolicy(data, 0.9, 0.995)


@pytest.mark.parametrize("settings", [{}, {"cloud": False, "arrival": 0.06}])
def test_decisions_depend_on_observations_and_not_on_laws(
    settings: dict[str, Any],
) -> None:
    """The same observations under other laws give the same decisions; rollout's differ."""
    world = paper_data(3, intervals=25, **settings)
    rng = np.random.default_rng(8)
    # Longer uploads too: not even the size of an array may tell.
    upload = rng.dirichlet(np.ones(130), size=world.upload.shape[:2])
    other = replace(
        world,
        arrival=rng.random(world.arrival.shape),
        upload=upload,
        service=1.0 + 60.0 * rng.random(world.service.shape),
        signal_law=np.roll(world.signal_law, 1, axis=1),
    )
    mine = _targets(world, world, _adaptive)
    assert mine.tolist() == _targets(other, world, _adaptive).tolist()

    def rollout(data: ProblemData) -> RolloutPolicy:
        return RolloutPolicy(data, 0.9, 50.0)

    told = _targets(world, world, rollout)
    assert told.tolist() != _targets(other, world, rollout).tolist()


def test_instances_that_differ_in_rates_are_dispatched_alike() -> None:
    """The rates of arrival in a file change no answer, since the arrivals are the same."""
    instance = optkit.generate("dispatch", aps=4, servers=3, intervals=15, seed=2)
    document = instance.document()
    document["arrival_probability"] = [
        [0.5 for _ in row] for row in document["arrival_probability"]
    ]
    other = DispatchInstance.parse(document)
    targets = [
        optkit.solve(each, "adaptive-rollout").solution.target  # type: ignore[union-attr]
        for each in (instance, other)
    ]
    assert targets[0] == targets[1]


def test_nothing_of_the_laws_is_left() -> None:
    """What the policy is built from has NaN in place of every law."""
    blind = without_laws(paper_data(1))
    for law in (blind.arrival, blind.upload, blind.service, blind.signal_law):
        assert np.isnan(law).all()
    assert blind.upload.shape[2] == 1


@pytest.mark.slow
def test_it_gets_close_to_rollout_that_knows_the_laws() -> None:
    """In the last third of a run it costs little more than rollout, at first much more."""
    regret = []
    for seed in range(3):
        data = paper_data(seed, intervals=120, arrival=0.03)
        informed = stage_costs(
            data, simulate(data, RolloutPolicy(data, 0.9, 50.0)).system
        )
        learned = stage_costs(data, simulate(data, _adaptive(data)).system)
        regret.append((learned - informed) / informed.mean())
    early, _, late = np.mean(regret, axis=0).reshape(3, 40).mean(axis=1)
    assert late < 0.1 < early


def test_what_was_learned_outlives_a_change_of_the_network() -> None:
    """A renewed policy has the old one's laws for the pairs that remain."""
    data = paper_data(2, intervals=30, arrival=0.05)
    policy = _adaptive(data)
    simulate(data, policy)
    fewer = data.candidate.copy()
    fewer[0, np.flatnonzero(fewer[0])[0]] = False
    pair = np.where(fewer, np.cumsum(fewer).reshape(fewer.shape) - 1, -1)
    network = replace(
        data, candidate=fewer, pair=pair, upload=data.upload[: fewer.sum()]
    )
    renewed = AdaptiveRollout({}).renewed(policy, network, np.random.default_rng(0))
    assert isinstance(renewed, AdaptiveRolloutPolicy)
    old, new = policy._routers[0].learned, renewed._routers[0].learned
    assert len(new.servers) == len(old.servers) - 1
    assert np.array_equal(new.ends.mean, old.ends.mean[1:])
    assert np.array_equal(new.uploads(1)[0][-1], old.uploads(1)[0][-1])


def test_it_refuses_policies_that_tell_of_queues() -> None:
    """It learns from the broadcast of everybody's state; nothing else will do."""
    instance = optkit.generate("dispatch", aps=4, servers=3, intervals=5, seed=2)
    with pytest.raises(UnavailableError, match="leave the option information out"):
        optkit.solve(
            instance,
            "adaptive-rollout",
            options={"information": "gradient+rent-or-buy"},
        )
