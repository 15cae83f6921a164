"""The contract of dispatch policies: ours keep it, and those that cheat are caught."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.core.solving import registry
from optkit.dispatch import DispatchPolicy, Observation, model_data
from optkit.dispatch.solvers.base import PolicySolver
from optkit.dispatch.solvers.own_policies import policy_solver
from optkit.dispatch.testing import policy_contract
from optkit.testing import check_policy, policy_checks
from tests.small import instance

EXAMPLE = (
    Path(__file__).parents[3] / "examples" / "optkit-policies" / "optkit_policies.py"
)


def _example() -> Any:
    spec = importlib.util.spec_from_file_location("optkit_policies", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _as_policy(solver: type[PolicySolver[Any]]) -> type[DispatchPolicy]:
    """Return a policy of ours under the interface of other packages' policies."""

    class Ours(DispatchPolicy):
        name = solver.name
        reference = solver.reference
        coordinated = solver.name == "joint"

        def __init__(self, model: Any, rng: Any, options: Any = None) -> None:
            super().__init__(model, rng)
            self.inner = solver().policy(model, rng)
            self.per_job = self.inner.per_job  # type: ignore[misc]

        def start(self) -> Ints:
            return self.inner.start()

        def decide(self, observations: Sequence[Observation]) -> Ints:
            return self.inner.decide(observations)

        def route(self, ap: int, kind: int, slot: int, action: int) -> int:
            return self.inner.route(ap, kind, slot, action)

    return Ours


OURS = [
    _as_policy(registry.solver_class("dispatch", row.name))  # type: ignore[arg-type]
    for row in optkit.solvers("dispatch")
    # The clairvoyant is no policy, and mdp-milp decides as mdp does (test_mdp_milp.py).
    if row.name not in ("clairvoyant", "mdp-milp")
]


@pytest.mark.slow
@pytest.mark.parametrize("check", policy_checks(OURS), ids=str)
def test_our_policies_keep_the_contract(check: Any) -> None:
    """No policy of ours knows the future, or what another access point observes."""
    check()


def test_the_example_keeps_the_contract() -> None:
    """The policy of the example package passes its tests, and is a solver."""
    policy = _example().LeastBacklog
    check_policy(policy)
    world = instance("dispatch")
    answer = optkit.solve(world, policy_solver(policy), options={"under_way": 0.5})
    assert answer.verification is not None
    assert answer.verification.feasible
    assert answer.solver.options["under_way"] == 0.5
    assert answer.bound is not None


def test_the_model_tells_nothing_of_the_path() -> None:
    """What a policy is built from holds no job, no quantile and no signal."""
    model = model_data(instance("dispatch"))  # type: ignore[arg-type]
    for name in ("job", "slot", "ap", "kind", "upload_u", "service_u", "signal"):
        assert getattr(model, name).size == 0
        assert getattr(model, name).base is None


class _First(DispatchPolicy):
    """Sends every job to its first candidate."""

    name = "first"
    reference = "this test"

    def decide(self, observations: Sequence[Observation]) -> Ints:
        return np.stack([self._choice(view) for view in observations])

    def _choice(self, view: Observation) -> Ints:
        return np.full(self.model.shape[2], view.servers[0])


def test_policies_that_cheat_are_caught() -> None:
    """One that knows the path, and one that uses what another observes."""

    class Prophet(_First):
        name = "prophet"

        def __init__(self, model: Any, rng: Any, options: Any = None) -> None:
            super().__init__(model, rng)
            self.secret = len(stolen[-1])

        def _choice(self, view: Observation) -> Ints:
            index = self.secret % len(view.servers)
            return np.full(self.model.shape[2], view.servers[index])

    class Gossip(_First):
        name = "gossip"

        def decide(self, observations: Sequence[Observation]) -> Ints:
            busy = sum(int(view.queues.sum()) for view in observations)
            return np.stack(
                [
                    np.full(self.model.shape[2], view.servers[busy % len(view.servers)])
                    for view in observations
                ]
            )

    stolen: list[Any] = []
    new = policy_contract._new

    def leaking(policy: Any, world: Any) -> Any:
        stolen.append(world.jobs.slot)
        return new(policy, world)

    check_policy(_First)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_contract, "_new", leaking)
        with pytest.raises(AssertionError, match="goes elsewhere"):
            policy_contract.does_not_know_the_future(Prophet)
    with pytest.raises(AssertionError, match="what another observes"):
        policy_contract.knows_its_own_observation_only(Gossip)
    with pytest.raises(optkit.UsageError, match="no policy of dispatch or sync"):
        check_policy(object)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (lambda _: None, "policy 'wrong' chose an array of object"),
        (lambda model: np.zeros(model.shape[0], dtype=int), "one server index per"),
        (lambda model: np.full((model.shape[0], model.shape[2]), 0.5), "float64"),
        (lambda model: np.full((model.shape[0], model.shape[2]), -1), "no candidate"),
        (lambda model: np.full((model.shape[0], model.shape[2]), 99), "no candidate"),
    ],
)
def test_actions_that_make_no_sense_name_the_policy(chosen: Any, message: str) -> None:
    """Wrong shapes, types and servers are errors at the decision, with the reason."""

    class Wrong(_First):
        name = "wrong"

        def decide(self, observations: Sequence[Observation]) -> Ints:
            return chosen(self.model)

    with pytest.raises(optkit.UsageError, match=message):
        optkit.solve(instance("dispatch"), policy_solver(Wrong))
