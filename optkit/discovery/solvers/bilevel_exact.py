"""The optimum with proof: value-function cuts on the program of each scope."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.exact.value_function_cuts import Proof, prove_scope
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

BUILDING_SECONDS = 1e-4
"""About what one request or link takes to build and load; it cannot be stopped."""


class ExactOptions(Options):
    """Options of the exact method."""

    threads: int = Field(1, ge=1, description="threads that HiGHS may use")


@register
class BilevelExact(DiscoverySolver):
    """High-point relaxation, tightened by value-function cuts until the follower agrees.

    Scopes of the accuracy rows are solved one by one. Where connections of every node take
    time, or the leader's connections are forced and leave the follower nothing to react
    to, one program is enough; elsewhere each round asks the follower for its answer to the
    leader's choice, keeps what that is worth, and cuts off what the follower would not do.
    """

    name = "bilevel-exact"
    kind = Kind.EXACT
    reference = f"{PAPER}, programs (1) and (2); cuts of Lozano and Smith 2017"
    capabilities = Capabilities(bound=True, warm_start=True, seed=True)
    Options = ExactOptions

    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Solve scope by scope."""
        options = self.options
        assert isinstance(options, ExactOptions)
        energies = np.minimum(problem.energy_agent, problem.energy_self)
        scopes = [
            Proof(problem.energy_weight * float(energies[problem.scope(s)].sum()))
            for s in range(problem.scopes)
        ]
        _prove(run, scopes)
        for index, scope in enumerate(scopes):
            part = problem.scope(index)
            size = int(problem.usable[part].sum()) + part.stop - part.start
            if run.should_stop() or not run.affords(size * BUILDING_SECONDS):
                break
            if not prove_scope(
                problem, index, scope, evaluator, incumbent, run, options.threads
            ):
                return Outcome(
                    Reason.PROVED, _told(scopes), infeasible=run.objective is None
                )
            incumbent.report()
            _prove(run, scopes)
        if all(scope.solved for scope in scopes):
            return Outcome(Reason.PROVED, _told(scopes))
        stopped = run.stop_reason()
        if stopped is None and any(scope.rounds == 0 for scope in scopes):
            stopped = Reason.TIME_LIMIT  # there was no time to build the next program
        return Outcome(stopped or Reason.CONVERGED, _told(scopes))


def _prove(run: Run, scopes: list[Proof]) -> None:
    run.prove(
        math.fsum(scope.bound for scope in scopes),
        "high-point relaxation with value-function cuts",
    )


def _told(scopes: list[Proof]) -> str:
    rounds = sum(scope.rounds for scope in scopes)
    done = sum(scope.solved for scope in scopes)
    return f"{done} of {len(scopes)} scopes proven, {rounds} programs solved"
