"""The search in one tree: what is done at a vertex of the relaxation, and when.

``docs/bilevel.md`` has the method and its proof.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pyscipopt import SCIP_RESULT

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.exact.branch_and_cut.continuous_directions import (
    ContinuousDirections,
)
from optkit.bilevel.exact.branch_and_cut.free_sets import FreeSets
from optkit.bilevel.exact.branch_and_cut.intersection_cuts import (
    Cone,
    FreeSet,
    intersection_cuts,
)
from optkit.bilevel.exact.branch_and_cut.scip_plugins import add_plugins
from optkit.bilevel.exact.branch_and_cut.scip_relaxation import ScipRelaxation
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.errors import OptkitError
from optkit.core.runtime.stop_signals import held_back

INTEGRAL = 1e-6
"""Largest distance of a column from an integer at which it is taken for one."""

IMPROVING = 1e-6
"""Least relative gain of the follower that is worth a cut."""

ROOT_ROUNDS = 30
"""Most rounds of cuts at the root before the relaxation has integer linking columns."""

NODE_ROUNDS, CUTS_PER_ROUND = 2, 1
"""Most such rounds at another node, and most cuts added in one round, anywhere. At other
nodes there are no rounds while linear programs solve the problem of a follower with
integers: its response takes less time than they do."""

BINARY_NODE_ROUNDS, BINARY_CUTS_PER_ROUND = 1, 3
"""The same if all linking columns are binary."""

STALLED_ROUNDS, STALLED_SHARE = 5, 0.05
"""The root is branched earlier if the last five rounds have raised its bound by no more
than this share of what all rounds have."""

PATIENCE, FRUITLESS_NODES = 10, 8
"""After so many nodes in a row without a cut, only one node in so many is tried until there
is a cut again. Vertices with integer linking columns are always cut off."""

ENFORCED_ROUNDS = 30
"""Most rounds of cuts at one node after that; then it is branched."""

ROUNDING = 1e-6
"""Share of a bound that is given up for the tolerances of SCIP."""

CANDIDATES = 32
"""Most sets tried in one round."""

COMPLETE_EVALUATIONS = 10
"""Decisions that are evaluated completely at once, for the sake of incumbents. Later ones
are first cut off by what the follower would gain, where that is possible."""


def stalls(bounds: Sequence[float]) -> bool:
    """Say whether the last rounds of cuts have hardly raised a bound.

    Parameters
    ----------
    bounds
        The bound before each round. One that has not moved at all may still do so.
    """
    if len(bounds) <= STALLED_ROUNDS:
        return False
    gained = bounds[-1] - bounds[0]
    lately = bounds[-1] - bounds[-1 - STALLED_ROUNDS]
    return gained > 0.0 and lately <= STALLED_SHARE * gained


class TreeSearch:
    """The state of one search, and its decisions.

    Parameters
    ----------
    problem
        The bilevel program, with the proven bound on the follower's objective if one is
        needed.
    evaluator
        Evaluates decisions of the leader, and reports.
    low, high
        Bounds of the columns, shape (columns,); those of linking columns are finite.
    source
        What proves the bound, for the reader.
    improve
        Called at each node; looks for better incumbents.
    """

    def __init__(
        self,
        problem: ProblemData,
        evaluator: Evaluator,
        low: Floats,
        high: Floats,
        source: str,
        improve: Callable[[], None],
    ) -> None:
        self._source, self._improve = source, improve
        self._problem, self._evaluator = problem, evaluator
        self._low, self._high = low, high
        self._sets = FreeSets(problem, low, high)
        self._directions = ContinuousDirections(problem, self._sets.moving)
        self.relaxation = ScipRelaxation(problem, low, high)
        self._node_rounds, self._cuts_per_round = (
            (BINARY_NODE_ROUNDS, BINARY_CUTS_PER_ROUND)
            if self.relaxation.is_binary
            else (NODE_ROUNDS, CUTS_PER_ROUND)
        )
        self._offered: Floats | None = None
        self._offering = False
        self._rounds: dict[str, tuple[int, int]] = {}
        self._root_bounds: list[float] = []
        self._cuts = self._complete = self._fruitless = 0
        self._failure: BaseException | None = None
        add_plugins(self.relaxation.model, self)

    def run(self, seconds: float = math.inf) -> bool:
        """Search to the end, or to a limit; return whether the end was reached.

        Stopped by ``seconds``, the search goes on when it is called again.

        Raises
        ------
        KeyboardInterrupt
            If a signal came; what was found by then is reported.
        OptkitError
            If SCIP ends otherwise.
        """
        model = self.relaxation.model
        seconds = min(seconds, self._evaluator.remaining())
        if np.isfinite(seconds):
            model.setParam("limits/time", model.getSolvingTime() + max(0.0, seconds))
        with held_back() as signals:
            # The handler of a signal must not raise inside a callback of SCIP.
            self._evaluator.signals = signals
            model.optimize()
        if self._failure is not None:
            raise self._failure
        if signals:
            raise KeyboardInterrupt
        status = str(model.getStatus())
        if status in ("optimal", "infeasible"):
            return True
        if status in ("timelimit", "userinterrupt"):
            return False
        raise OptkitError(f"SCIP ended with the status {status!r}.")

    def guarded(self, work: Callable[[], Any]) -> Any:
        """Do the work of a callback; return None if the search has to end.

        Exceptions must not travel through SCIP's own frames: they are kept, and raised at
        the end.
        """
        try:
            if self._failure is None and not self._evaluator.should_stop():
                return work()
        except BaseException as error:
            self._failure = error
        self.relaxation.model.interruptSolve()
        return None

    def accepts(self) -> bool:
        """Say whether SCIP may keep the point that it asks for.

        It may keep those that the search offers, and no other. Others are evaluated where
        the relaxation meets them: exactly, and not within the tolerances of SCIP.
        """
        return self._offering

    def propagate(self) -> Any:
        """Cut off a node whose linking columns are all fixed, once it is evaluated."""
        low, high = self.relaxation.local_bounds(self._problem.linking)
        if (high - low > 0.5).any():
            return SCIP_RESULT.DIDNOTFIND
        values = np.zeros(self._problem.columns)
        values[self._problem.linking] = low
        evaluated = self._evaluate(self._evaluator.decision(values))
        return SCIP_RESULT.CUTOFF if evaluated else SCIP_RESULT.DIDNOTFIND

    def separate(self) -> Any:
        """Cut off a vertex, whatever its linking columns are, by what is known."""
        relaxation = self.relaxation
        root = relaxation.is_at_root
        rounds = self._round("separate")
        if rounds == 1:
            self._improve()
            self._offer_incumbent()
        if root:
            may_cut = rounds <= ROOT_ROUNDS and not self._root_stalls()
        else:
            # Cuts along continuous columns are deep if the follower has no others.
            integral = (
                self._evaluator.follower.is_linear_so_far
                and not self._problem.follower_is_linear
            )
            may_cut = rounds <= self._node_rounds and not integral
        if not may_cut:
            return SCIP_RESULT.DIDNOTRUN
        if self._fruitless >= PATIENCE and relaxation.node % FRUITLESS_NODES:
            return SCIP_RESULT.DIDNOTRUN
        cone = relaxation.cone()
        if cone is None:
            return SCIP_RESULT.DIDNOTRUN
        if root:
            self._try_rounded(self._evaluator.decision(cone.vertex))
        result = self._add_cuts(cone, self._around(cone))
        if rounds == 1:
            found = result != SCIP_RESULT.DIDNOTFIND
            self._fruitless = 0 if found else self._fruitless + 1
        return result

    def _root_stalls(self) -> bool:
        self._root_bounds.append(self.relaxation.vertex_objective)
        return stalls(self._root_bounds)

    def _try_rounded(self, decision: Floats) -> None:
        """Learn the follower's response to a rounded decision."""
        response = self._evaluator.respond(decision)
        if response.values is not None:
            self._sets.improving_solution(response.values, response.value)
        self._offer_incumbent()

    def enforce(self) -> Any:
        """Decide on a vertex of the relaxation: cut it off, branch, or let SCIP branch."""
        problem, relaxation = self._problem, self.relaxation
        values = relaxation.values()
        linking = values[problem.linking]
        if (np.abs(linking - np.rint(linking)) > INTEGRAL).any():
            return SCIP_RESULT.FEASIBLE  # SCIP makes the columns integers by branching
        decision = self._evaluator.decision(values)
        response = self._evaluator.respond(decision)
        self._offer_incumbent()
        if response.status is SolveStatus.STOPPED:
            return SCIP_RESULT.INFEASIBLE
        objective = float(problem.cost @ values) + problem.offset
        if self._evaluator.ruled_out(objective):
            return SCIP_RESULT.CUTOFF
        may_cut = self._round("enforce") <= ENFORCED_ROUNDS
        cone = relaxation.cone() if may_cut else None
        if cone is not None and self._complete >= COMPLETE_EVALUATIONS:
            self._learn(response, cone.vertex)
            result = self._add_cuts(cone, self._around(cone))
            if result != SCIP_RESULT.DIDNOTFIND:
                return result
        self._complete += 1
        if not self._evaluate(decision):
            return SCIP_RESULT.INFEASIBLE
        if self._evaluator.ruled_out(objective):
            return SCIP_RESULT.CUTOFF
        if cone is not None:
            self._learn(response, cone.vertex)
            sets = [*self._around(cone), self._sets.hypercube(decision)]
            result = self._add_cuts(cone, sets)
            if result != SCIP_RESULT.DIDNOTFIND:
                return result
        return self._branch(decision)

    def _round(self, kind: str) -> int:
        """Count the rounds at the current node."""
        node = self.relaxation.node
        last, count = self._rounds.get(kind, (node, 0))
        count = count + 1 if last == node else 1
        self._rounds[kind] = node, count
        return count

    def _around(self, cone: Cone) -> list[FreeSet]:
        direction = self._directions.at(cone.vertex, self._evaluator.deadline())
        if direction is not None:
            self._sets.improving_direction(direction)
        return self._sets.around(cone.vertex, cone.low, cone.high, CANDIDATES)

    def _learn(self, response: Response, vertex: Floats) -> None:
        """Remember a response, and how the follower gets there from a vertex."""
        problem = self._problem
        if response.values is None:
            return
        self._sets.improving_solution(response.values, response.value)
        lower, cost = vertex[problem.lower], problem.follower_cost[problem.lower]
        integer = problem.integer[problem.lower]
        whole = np.where(integer, np.rint(lower), lower)
        direction = response.values - whole
        gain = -float(cost @ direction)
        if (np.abs(whole - lower) <= INTEGRAL).all() and (
            gain > IMPROVING * max(1.0, abs(response.value))
        ):
            self._sets.improving_direction(direction)

    def _add_cuts(self, cone: Cone, sets: list[FreeSet]) -> Any:
        """Add the deepest cuts; return SCIP's word for what came of it."""
        most = self._cuts_per_round
        cuts = intersection_cuts(cone, sets, self._low, self._high, most)
        for cut in cuts:
            self._cuts += 1
            if self.relaxation.add_cut(cut):
                return SCIP_RESULT.CUTOFF
        return SCIP_RESULT.SEPARATED if cuts else SCIP_RESULT.DIDNOTFIND

    def _evaluate(self, decision: Floats) -> bool:
        """Evaluate a decision completely; return False if time ran out."""
        response = self._evaluator.evaluate(decision)
        self._offer_incumbent()
        return response.status is not SolveStatus.STOPPED

    def _offer_incumbent(self) -> None:
        """Tell SCIP of a better incumbent, so that it cuts off what is no better."""
        best = self._evaluator.best
        if best is None or best is self._offered:
            return
        self._offered = best
        self._offering = True
        try:
            kept = self.relaxation.offer(best)
        finally:
            self._offering = False
        if not kept:
            self.relaxation.require_better(float(self._problem.cost @ best))

    def _branch(self, decision: Floats) -> Any:
        """Branch on the linking column with the widest range, around its value."""
        problem = self._problem
        low, high = self.relaxation.local_bounds(problem.linking)
        widest = int(np.argmax(high - low))
        if high[widest] - low[widest] < 0.5:
            return SCIP_RESULT.CUTOFF  # the decision is the only one, and is evaluated
        value = float(decision[problem.linking_positions[widest]])
        self.relaxation.branch(int(problem.linking[widest]), value)
        return SCIP_RESULT.BRANCHED

    def report(self) -> None:
        """Report the bound of the tree."""
        bound = self.relaxation.bound
        if bound is not None:
            bound -= ROUNDING * max(1.0, abs(bound))
            self._evaluator.prove(bound, self._source)
        self._evaluator.run.progress(self.detail())

    def detail(self) -> str:
        """Say what was done."""
        nodes = self.relaxation.model.getNTotalNodes()
        solves = self._evaluator.follower.solve_count
        return f"{nodes} nodes, {self._cuts} cuts, {solves} follower problems"
