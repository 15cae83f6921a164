"""Exact values of tiny systems, and Lemma 2 in exact numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optkit.core.errors import UsageError
from optkit.dispatch.data.generate import GeneratorOptions, arrivals, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.baselines import QueueAwarePolicy, SelfishPolicy
from optkit.dispatch.policies.mdp import MdpPolicy
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.finish_slots import DROPPED
from optkit.dispatch.problem.objective import stage_costs
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator
from tests.dispatch.instances import random_instance
from tests.dispatch.policies.tiny_mdp import ExactSystem

SETTINGS: dict[str, dict[str, Any]] = {
    "one access point": {"aps": 1, "queue_limit": 3},
    "two access points": {"aps": 2, "cloud": True},
    "late signals": {"aps": 2, "signal_slot": 2},
    "drops cost": {"aps": 1, "drop_penalty": 4.0, "arrival": 0.5},
    "slow service": {"aps": 2, "service": 8.0, "overflow_penalty": 6.0},
}


def tiny_document(settings: dict[str, Any]) -> dict[str, Any]:
    """Return a system of two servers, intervals of two slots, uploads of at most two."""
    options = GeneratorOptions.model_validate(
        {
            "servers": 2,
            "types": 1,
            "slots": 2,
            "intervals": 40,
            "arrival": 0.35,
            "service": 4.0,
            "cloud_speed": 1.3,
            "queue_limit": 2,
            "upload_intervals": 1.0,
            "discount": 0.9,
            "overflow_penalty": 3.0,
            "drop_penalty": 0.0,
            "signal_slot": 1,
            **settings,
        }
    )
    document = generate(options, 1)
    # Laws of a few slots: with two access points shorter ones, for fewer states.
    far = [0.2, 0.3, 0.5] if options.aps == 1 else [0.4, 0.6]
    for row in document["upload_pmf"]:
        row[:] = [
            laws and [law if len(law) < 3 else far for law in laws] for laws in row
        ]
    return document


def tiny(settings: dict[str, Any]) -> ProblemData:
    """Return the arrays of :func:`tiny_document`."""
    return problem_data(DispatchInstance.parse(tiny_document(settings)))


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_lemma_2_in_exact_values(name: str) -> None:
    """V* ≤ W of the improved policy ≤ W of keeping, in every state."""
    data = tiny(SETTINGS[name])
    system = ExactSystem(data)
    kept, best = system.keep(), system.optimum()
    improved = system.value(system.improvement(groups(data)))
    slack = 1e-8 * float(kept.max())
    assert (best[None] <= improved + slack).all()
    assert (improved <= kept[None] + slack).all()
    # Not for nothing: in some state each of the two is strict.
    assert (improved < kept[None] - 1e-3).any()
    assert (best <= kept - 1e-3).any()


@pytest.mark.parametrize("name", ["one access point", "two access points"])
def test_no_policy_beats_the_optimum(name: str) -> None:
    """The policies' own code, evaluated exactly, stays above V*."""
    data = tiny(SETTINGS[name])
    system = ExactSystem(data)
    best = system.optimum()
    mean = {}
    for label, policy, phases in (
        ("mdp", MdpPolicy(data, 1), len(groups(data))),
        ("queue-aware", QueueAwarePolicy(data), 1),
        ("selfish", SelfishPolicy(data), 1),
    ):
        value = system.value(system.decisions(policy.decide, phases))
        assert (best[None] <= value + 1e-8 * float(value.max())).all(), label
        mean[label] = float(value.mean())
    # From all states together: keeping any action is what the step improves on.
    assert mean["mdp"] < float(system.keep().mean()) - 1e-3


def test_kernels_are_stochastic() -> None:
    """The rows of every kernel are probabilities that add up to 1."""
    system = ExactSystem(tiny(SETTINGS["two access points"]))
    for old in system.actions:
        for new in system.actions:
            kernel, drops = system.interval(old, new)
            assert (kernel >= 0.0).all()
            assert kernel.sum(axis=1) == pytest.approx(np.ones(len(kernel)))
            assert (drops == 0.0).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two access points", "drops cost"])
def test_exact_value_is_what_the_simulator_finds(name: str) -> None:
    """W of keeping an action agrees with sample paths within five standard errors."""
    document = tiny_document(SETTINGS[name])
    rng = np.random.default_rng(7)
    data = tiny(SETTINGS[name])
    system = ExactSystem(data)
    action = system.actions[-1]
    expected = system.keep()[-1, system.empty] / data.discount
    weight = data.discount ** np.arange(data.intervals)
    totals = []
    for _ in range(300):
        probability = np.asarray(document["arrival_probability"])
        document["jobs"] = arrivals(probability, data.horizon, rng)
        path = problem_data(DispatchInstance.parse(document))
        state = Simulator(path)
        jobs = state.arrivals(path.horizon)
        state.advance(path.horizon, np.array(action)[path.ap[jobs]])
        lost = state.join[state.finish == DROPPED]
        drops = np.bincount(lost // 2, minlength=data.intervals)[: data.intervals]
        costs = stage_costs(path, state) + data.drop_penalty * drops
        totals.append(float(weight @ costs))
    error = np.std(totals) / np.sqrt(len(totals))
    # What lies past the simulated intervals is worth γ^40 of the whole at most.
    rest = data.discount**data.intervals * system.keep().max()
    assert abs(np.mean(totals) - expected) < 5 * error + rest


def test_too_large_systems_are_refused() -> None:
    """Systems that are not tiny are refused."""
    with pytest.raises(UsageError, match="states"):
        ExactSystem(tiny({"aps": 2, "queue_limit": 20}))
    with pytest.raises(UsageError, match="one type at a time"):
        ExactSystem(problem_data(random_instance(0)))
