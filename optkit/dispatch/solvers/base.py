"""The base of all online dispatch solvers: run the policy, report, bound."""

from __future__ import annotations

import abc
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from pydantic import Field

from optkit.core.arrays import Floats
from optkit.core.options import Options
from optkit.core.runtime import stopping
from optkit.core.solving.family import resolve
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import (
    Availability,
    Capabilities,
    OptionsT,
    Outcome,
    Solver,
)
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.observation import Observer
from optkit.dispatch.problem.problem_data import (
    ProblemData,
    model_data,
    model_only,
    problem_data,
)
from optkit.dispatch.solution import DispatchSolution
from optkit.dispatch.solvers.information import InformationOptions
from optkit.dispatch.solvers.policy_prices import policy_prices

PAPER = (
    "Hong et al., Online Distributed Job Dispatching with Outdated and"
    " Partially-Observable Information"
)

COUPLING = "optkit.coupling.policies.informed_observer:Informants"
"""Policies of sync that decide what access points are told, where an option names them. It
is named and not imported: families do not know one another, and the coupling stands above
them."""


class Informants(Protocol):
    """The part of the coupling that a dispatch solver uses."""

    @property
    def seeded(self) -> bool:
        """Whether the policies draw random numbers."""

    def supports(self, instance: DispatchInstance) -> Availability:
        """Return whether the policies take an instance."""

    def observer(
        self, instance: DispatchInstance, rng: Callable[..., np.random.Generator]
    ) -> Observer:
        """Return who makes the observations of a run."""


class PolicyOptions(Options):
    """Options of every policy."""

    policy_bound: bool = Field(
        True,
        description="search for prices that bound the mean cost of every policy from"
        " below, and keep them in the solution",
    )
    information: InformationOptions = Field(
        default_factory=InformationOptions,
        description="what access points are told of queues, and what it costs",
    )


class PolicySolver(Solver[DispatchInstance, OptionsT], abc.ABC):
    """A solver that is an online policy, run on the instance's sample path.

    When time is up, the policy's last actions stay in force to the end of the path, so
    that there is a complete answer. An executor shares the search for the prices of the
    policy bound, type by type.
    """

    family: ClassVar[str] = "dispatch"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, executor=True)
    Options: ClassVar[type[Options]] = PolicyOptions

    @abc.abstractmethod
    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy; ``data`` is the model, ``rng`` is for its own draws."""

    def prepared(
        self, build: Callable[[], Policy], data: ProblemData, run: Run
    ) -> tuple[Policy, str]:
        """Return a policy, and what to say if it is not as good as with more time.

        Parameters
        ----------
        build
            Returns the policy, by :meth:`policy` or :meth:`renewed`.
        data
            The model that it is for.
        run
            The run, for the time that is left.
        """
        return build(), ""

    def renewed(
        self, policy: Policy, network: ProblemData, rng: np.random.Generator
    ) -> Policy:
        """Return the policy for a network that takes the place of another.

        Parameters
        ----------
        policy
            The policy on the other network.
        network, rng
            As of :meth:`policy`.
        """
        return self.policy(network, rng)

    def supports(self, instance: DispatchInstance) -> Availability:
        """Return whether the policies that tell of queues take this instance."""
        told_by = self.informants
        return Availability() if told_by is None else told_by.supports(instance)

    def able(self) -> Capabilities:
        """Return its capabilities; a policy that tells of queues may draw numbers."""
        told_by = self.informants
        if told_by is None or not told_by.seeded:
            return self.capabilities
        return replace(self.capabilities, seed=True)

    @cached_property
    def informants(self) -> Informants | None:
        """The policies of sync that the options name; None where they name none."""
        options: Options = self.options
        if not isinstance(options, PolicyOptions):
            return None
        # A policy from elsewhere may have an option of this name.
        if not isinstance(options.information, InformationOptions):
            return None
        if not options.information.policy:
            return None
        told_by: Informants = resolve(COUPLING)(options.information)
        return told_by

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Simulate the policy."""
        from optkit.dispatch.policies.baselines import SelfishPolicy
        from optkit.dispatch.policies.simulation import simulate
        from optkit.dispatch.problem.objective import objective

        data = problem_data(instance)
        unprepared = False
        rng = run.rng("policy")
        policy: Policy
        said = ["the whole sample path is dispatched"]
        model = model_data(instance)

        def prepared(build: Callable[[], Policy], network: ProblemData) -> Policy:
            policy, remark = self.prepared(build, network, run)
            if remark and remark not in said:
                said.append(remark)
            return policy

        try:
            policy = prepared(lambda: self.policy(model, rng), model)
        except stopping.StoppedError:
            policy, unprepared = SelfishPolicy(data), True
        told_by = self.informants
        observer = (
            Observer(data) if told_by is None else told_by.observer(instance, run.rng)
        )
        run.model_built()

        def renewed(before: Policy, network: ProblemData) -> Policy:
            model = model_only(network)
            try:
                return prepared(lambda: self.renewed(before, model, rng), model)
            except stopping.StoppedError:
                return SelfishPolicy(network)

        def stop(interval: int) -> bool:
            run.progress("dispatching", interval / data.intervals)
            return run.should_stop()

        ended = simulate(data, policy, stop, renewed, observer)
        cost = objective(data, ended.system)
        target = data.in_instance_order(ended.system.target)
        told = observer.information(ended.decided)
        prices: Floats | None = None

        def solution() -> DispatchSolution:
            """Return the targets, with the prices that are known by then."""
            listed = None if prices is None else tuple(prices.tolist())
            return DispatchSolution(
                target=target, policy_prices=listed, information=told
            )

        run.incumbent(cost, solution)
        if ended.interrupted:
            raise KeyboardInterrupt
        reason = run.stop_reason()
        if unprepared and reason is not None:
            return Outcome(
                reason,
                "its tables were not ready in time; all jobs go where the initial policy"
                " sends them",
            )
        if ended.decided < data.intervals and reason is not None:
            return Outcome(
                reason,
                f"decided {ended.decided} of {data.intervals} intervals; then the last"
                " actions stayed in force",
            )
        # Options of a policy from elsewhere may know nothing of the bound.
        if getattr(self.options, "policy_bound", True):
            prices = policy_prices(data, run)
        return Outcome(Reason.CONVERGED, "; ".join(said))
