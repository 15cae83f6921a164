"""The single-level relaxation on any backend, and the follower's response to it."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from optkit.backends.options import BackendName
from optkit.backends.registry import is_loaded
from optkit.core.consistency import proves_optimality
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.problem.pyomo_adapter import choice_from_model, model_data
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

BOUND_SLACK = 1e-7
"""Share of a backend's bound that is given up for its tolerances."""

LOADING_SECONDS = 1.5
"""Upper estimate of importing Pyomo and a backend, s; it cannot be interrupted."""

BUILDING_SECONDS = 1.2e-4
"""Time to build and compile one link or request, s; it cannot be interrupted."""


class HighPointOptions(Options):
    """Options of the high-point relaxation."""

    backend: BackendName = "highs"
    threads: int = Field(1, ge=1, description="threads the backend may use")


@register
class HighPoint(DiscoverySolver[HighPointOptions]):
    """The relaxation in which the leader chooses the follower's modes as well.

    Its value is a bound in every reading. Its agents and connections, with the follower's
    response to them, are a solution; where all connections take time, that solution attains
    the bound.
    """

    name = "highpoint"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, programs (1) and (2) as one level"
    capabilities = Capabilities(bound=True, warm_start=True, seed=True)
    Options = HighPointOptions

    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Build the model, solve it, and compute the follower's response."""
        if problem.reading.connection_cost == "connected":
            # Elsewhere modes that are fixed beforehand would say more than the relaxation.
            self.prove_by_groups(problem, run)
        size = int(problem.usable.sum()) + problem.requests
        needed = size * BUILDING_SECONDS
        if not is_loaded(self.options.backend):
            needed += LOADING_SECONDS
        if not run.affords(needed):
            return Outcome(Reason.TIME_LIMIT, "no time to build the model")
        return self._solve(evaluator, incumbent, run)

    def _solve(
        self, evaluator: ChoiceEvaluator, incumbent: Incumbent, run: Run
    ) -> Outcome:
        from optkit.backends import Progress, Termination, compile_model, solve_model
        from optkit.models.discovery import high_point_model

        options = self.options
        detail = f"{options.backend} on the high-point relaxation"
        model = high_point_model(model_data(incumbent.instance))
        compiled = compile_model(model)
        run.model_built()

        def take_bound(bound: float | None) -> None:
            if bound is not None:
                run.prove(bound - BOUND_SLACK * abs(bound), detail)

        def take_point(values: Any) -> None:
            value_by_id = {
                id(variable): value
                for variable, value in zip(compiled.variables, values, strict=True)
            }
            choice = choice_from_model(incumbent.instance, model, value_by_id)
            for scope in range(incumbent.problem.scopes):
                incumbent.offer(scope, choice, evaluator.evaluate_scope(choice, scope))
            incumbent.report()

        def on_progress(progress: Progress) -> None:
            take_bound(progress.bound)
            if progress.values is not None:
                take_point(progress.values)

        remaining = run.remaining()
        result = solve_model(
            compiled,
            options.backend,
            time_limit=None if math.isinf(remaining) else max(remaining, 1e-3),
            seed=int(run.rng().integers(2**31)),
            threads=options.threads,
            should_stop=run.should_stop,
            on_progress=on_progress,
            load=False,
        )
        take_bound(result.bound)
        if result.values is not None:
            take_point(result.values)
        if result.termination is Termination.INFEASIBLE and run.objective is None:
            return Outcome(Reason.PROVED, detail, infeasible=True)
        if result.termination is Termination.OPTIMAL:
            if proves_optimality(run.objective, run.bound):
                return Outcome(Reason.PROVED, detail)
            return Outcome(
                Reason.CONVERGED,
                f"{detail}; its value is only a bound: the follower responds otherwise",
            )
        if result.termination is Termination.TIME_LIMIT:
            return Outcome(Reason.TIME_LIMIT, detail)
        if result.termination is Termination.INTERRUPTED:
            return Outcome(run.stop_reason() or Reason.INTERRUPTED, detail)
        return Outcome(
            Reason.CONVERGED,
            f"{detail}; it ended with {result.termination}: {result.detail}",
        )
