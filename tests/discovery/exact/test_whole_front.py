"""Fronts of tiny instances, compared with brute force; and of instances in parts."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Floats
from optkit.core.solving import seeds
from optkit.core.solving.deadline import Deadline
from optkit.core.tools.pareto.aims import Between
from optkit.discovery.aims import values
from optkit.discovery.check.brute_force import brute_force_front
from optkit.discovery.check.checker import check
from optkit.discovery.exact import whole_front as module
from optkit.discovery.exact.scope_front import ScopeFront
from optkit.discovery.exact.whole_front import whole_front
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.testing import (
    degenerate_instances,
    random_document,
    random_instances,
)
from tests.discovery.networks import network

CLOSE = 3e-6
"""Relative difference below which the follower's tolerance makes two points one."""


def as_small(one: Floats, other: Floats) -> Floats:
    """Return which points of ``other`` some point of ``one`` is as small as."""
    slack = CLOSE * np.abs(other) + 1e-9
    smaller: Floats = (one[:, None] <= other[None] + slack).all(axis=2).any(axis=0)
    return smaller


def compare(label: str, instance: DiscoveryInstance) -> Floats:
    """Assert that the front is brute force's, and return it."""
    front = np.array(brute_force_front(instance)).reshape(-1, 2)
    between = whole_front(instance, [], Deadline())
    if not len(front):
        assert between is None, label
        return front
    if between is None:
        assert not front.any(), (label, "nothing to choose")
        return front
    assert between.complete, label
    assert as_small(between.found, front).all(), (label, front, between.found)
    assert as_small(front, between.found).all(), (label, front, between.found)
    assert between.bounds is not None
    below = (between.bounds[:, None] <= front[None] * (1.0 + 1e-12)).all(axis=2)
    assert below.any(axis=0).all(), (label, front, between.bounds)
    check_solutions(instance, between)
    return front


def check_solutions(instance: DiscoveryInstance, between: Between) -> None:
    """Assert that every point has a solution that passes the check, with its values."""
    for index in range(len(between.found)):
        verification = check(instance, between.solution(index))
        assert verification.feasible
        measured = values(verification.metrics)
        assert measured == pytest.approx(tuple(between.found[index]), rel=1e-9)


@pytest.mark.slow
def test_fronts_are_those_of_brute_force() -> None:
    """In every reading: each point is found, and no bound is above one."""
    infeasible = 0
    for label, instance in random_instances(13, 96):
        infeasible += not len(compare(label, instance))
    assert 0 < infeasible < 48
    for label, instance in degenerate_instances():
        compare(label, instance)


@pytest.mark.parametrize("cost", ["connected", "agent-mode"])
@pytest.mark.parametrize("rule", ["cover", "single"])
def test_unsupported_points_are_found(rule: str, cost: str) -> None:
    """Points that are best under no weights are there, too."""
    reading = {
        "qan_rule": rule,
        "connection": "optional",
        "connection_cost": cost,
        "accuracy_form": "mean",
        "accuracy_scope": "window",
    }
    unsupported = 0
    for seed in range(4):
        rng = seeds.generator(seed, "front")
        document = random_document(
            rng, reading, (1.0, 0.3), windows=1, nodes=5, resources=1, candidates=3
        )
        document["required_accuracy"] = {"agent": 0.2, "self": 0.1}
        front = compare(str(seed), DiscoveryInstance.parse(document))
        slopes = np.diff(front[:, 1]) / np.diff(front[:, 0])
        unsupported += int((np.diff(slopes) < 0.0).sum())
    assert unsupported > 0


def test_parts_add_up_to_the_same_front_as_one_scope(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Groups are parts where rows cannot bind, and the sum is the front of the whole."""
    instance = network(
        nodes=12, candidates=4, connection="optional", accuracy_scope="horizon"
    )
    summed = whole_front(instance, [], Deadline())
    monkeypatch.setattr(module, "independent_parts", lambda problem: problem)
    whole = whole_front(instance, [], Deadline())
    assert summed is not None
    assert whole is not None
    assert summed.complete
    assert whole.complete
    assert len(summed.found) > 3
    check_solutions(instance, summed)
    assert as_small(summed.found, whole.found).all()
    assert as_small(whole.found, summed.found).all()


def test_interrupted_searches_still_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that Ctrl-C ends claims less, and nothing that is not true."""
    instance = optkit.generate(
        "discovery", seed=2, nodes=16, windows=3, connection="optional"
    )
    assert isinstance(instance, DiscoveryInstance)
    whole = whole_front(instance, [], Deadline())
    assert whole is not None
    assert whole.complete
    explored = 0
    explore = ScopeFront.explore

    def interrupted(front: ScopeFront, deadline: Deadline) -> None:
        nonlocal explored
        explored += 1
        if explored > 6:
            raise KeyboardInterrupt
        explore(front, deadline)

    monkeypatch.setattr(ScopeFront, "explore", interrupted)
    early = whole_front(instance, [], Deadline())
    assert early is not None
    assert early.interrupted
    assert not early.complete
    assert len(early.found) < len(whole.found)
    check_solutions(instance, early)
    assert as_small(whole.found, early.found).all()
    assert early.bounds is not None
    below = (early.bounds[:, None] <= whole.found[None] * (1.0 + 1e-9)).all(axis=2)
    assert below.any(axis=0).all()
