"""The single-level relaxation on any backend, and what the follower makes of it."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field, field_validator

from optkit.backends.registry import NAMES
from optkit.core.consistency import proves_optimality
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.core.suggest import unknown
from optkit.discovery.problem.evaluation import Evaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import Problem
from optkit.discovery.problem.pyomo_adapter import choice_in, model_data
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

BOUND_SLACK = 1e-7
"""Share of a backend's bound that is given up for its tolerances."""

LOADING_SECONDS = 1.5
"""About the longest that importing Pyomo and a backend takes; it cannot be stopped."""

BUILDING_SECONDS = 1.2e-4
"""What building and compiling takes for one link or request; it cannot be stopped."""


class HighPointOptions(Options):
    """Options of the high-point relaxation."""

    backend: str = Field("highs", description="highs, scip or cp-sat")
    threads: int = Field(1, ge=1, description="threads the backend may use")

    @field_validator("backend")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in NAMES:
            raise ValueError(unknown("backend", name, NAMES))
        return name


@register
class HighPoint(DiscoverySolver):
    """The relaxation in which the leader chooses the follower's modes as well.

    Its value is a bound in every reading. Its agents and connections, with the follower's
    own answer to them, are a solution; where connections take time whatever the mode, that
    solution attains the bound.
    """

    name = "highpoint"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, programs (1) and (2) as one level"
    capabilities = Capabilities(bound=True, warm_start=True, seed=True)
    Options = HighPointOptions

    def improve(
        self,
        problem: Problem,
        evaluator: Evaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Build the model, solve it, and let the follower answer what it finds."""
        options = self.options
        assert isinstance(options, HighPointOptions)
        size = int(problem.usable.sum()) + problem.requests
        needed = size * BUILDING_SECONDS
        if not _loaded(options.backend):
            needed += LOADING_SECONDS
        if not run.affords(needed):
            return Outcome(Reason.TIME_LIMIT, "no time to build the model")
        return self._solve(evaluator, incumbent, run, options)

    def _solve(
        self,
        evaluator: Evaluator,
        incumbent: Incumbent,
        run: Run,
        options: HighPointOptions,
    ) -> Outcome:
        from optkit.backends import Progress, Termination, compile_model, solve_model
        from optkit.models.discovery import high_point_model

        model = high_point_model(model_data(incumbent.instance))
        compiled = compile_model(model)
        run.model_built()

        def take_bound(bound: float | None) -> None:
            if bound is not None:
                source = f"{options.backend} on the high-point relaxation"
                run.prove(bound - BOUND_SLACK * abs(bound), source)

        def take_point(values: Any) -> None:
            of_variable = {
                id(variable): value
                for variable, value in zip(compiled.variables, values, strict=True)
            }
            choice = choice_in(incumbent.instance, model, of_variable)
            for scope in range(incumbent.problem.scopes):
                incumbent.offer(scope, choice, evaluator.scope(choice, scope))
            incumbent.report()

        def on_progress(news: Progress) -> None:
            take_bound(news.bound)
            if news.values is not None:
                take_point(news.values)

        left = run.remaining()
        result = solve_model(
            compiled,
            options.backend,
            time_limit=None if math.isinf(left) else max(left, 1e-3),
            seed=int(run.rng().integers(2**31)),
            threads=options.threads,
            should_stop=run.should_stop,
            on_progress=on_progress,
            load=False,
        )
        take_bound(result.bound)
        if result.values is not None:
            take_point(result.values)
        detail = f"{options.backend} on the high-point relaxation"
        if result.termination is Termination.INFEASIBLE and run.objective is None:
            return Outcome(Reason.PROVED, detail, infeasible=True)
        if result.termination is Termination.OPTIMAL:
            if proves_optimality(run.objective, run.bound):
                return Outcome(Reason.PROVED, detail)
            return Outcome(
                Reason.CONVERGED,
                f"{detail}; its value is a bound, and the follower answers otherwise",
            )
        if result.termination is Termination.TIME_LIMIT:
            return Outcome(Reason.TIME_LIMIT, detail)
        if result.termination is Termination.INTERRUPTED:
            return Outcome(run.stop_reason() or Reason.INTERRUPTED, detail)
        return Outcome(
            Reason.CONVERGED,
            f"{detail}; it ended with {result.termination}: {result.detail}",
        )


def _loaded(backend: str) -> bool:
    """Say whether the modules that cannot be interrupted while loading are there."""
    import sys

    native = "highspy" if backend == "highs" else "ortools"
    return "pyomo.environ" in sys.modules and native in sys.modules
