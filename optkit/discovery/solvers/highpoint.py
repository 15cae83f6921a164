"""The single-level relaxation on any backend, and the follower's response to it."""

from __future__ import annotations

from pydantic import Field

from optkit.backends.options import BackendName
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.exact.scope_sweep import ScopeSweep
from optkit.discovery.exact.value_function_cuts import least_energy_proofs
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

SOURCE = "high-point relaxation"


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
        """Solve the program of each scope, and compute the follower's response."""
        if problem.reading.connection_cost == "connected":
            # Elsewhere modes that are fixed beforehand would say more than the relaxation.
            self.prove_by_groups(problem, run)
        sweep = ScopeSweep(
            problem,
            least_energy_proofs(problem),
            evaluator,
            incumbent,
            run,
            SOURCE,
            self.options.threads,
            self.options.backend,
            cuts=False,
        )
        return sweep.solve()
