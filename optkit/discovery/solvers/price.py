"""Decomposition by prices on the rows that bind groups together, for large instances."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field

from optkit.core.arrays import Floats
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome
from optkit.discovery.bounds.group_lagrangian import MOST_CANDIDATES, Best, PricedGroup
from optkit.discovery.bounds.trivial import dearest
from optkit.discovery.exact.triangle_branching import TriangleBranching, applies
from optkit.discovery.exact.value_function_cuts import Proof, prove_scope
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.fixed_modes import FixedModes, fixed_modes
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

PROVABLE = 60
"""Requests judged together from which on the follower's multipliers are searched."""

PROVABLE_AT_ALL = 400
"""Requests judged together up to which value-function cuts may end within reason."""

ROUNDING = 1e-10
"""Share of a bound that is given up for rounding."""


class PriceOptions(Options):
    """Options of the decomposition."""

    rounds: int = Field(60, ge=1, description="prices tried in each scope, at most")
    gap: float = Field(
        1e-4, ge=0.0, description="relative gap at which a scope is done"
    )
    cells: int = Field(
        2000, ge=0, description="cells of multipliers bounded in all, at most"
    )
    proof_seconds: float = Field(
        60.0, ge=0.0, description="seconds for value-function cuts, in all, at most"
    )


@dataclass(frozen=True, eq=False)
class _Point:
    """A scope under some prices: a plane that is never below the dual."""

    prices: Floats
    value: float
    slope: Floats


class _Scope:
    """One scope of the accuracy rows.

    Parameters
    ----------
    problem
        The instance.
    index
        Which scope.
    """

    def __init__(self, problem: ProblemData, index: int) -> None:
        self.problem, self.index = problem, index
        self.part = problem.scope(index)
        self.settled = _settled(problem, index)
        self.extra = problem.extra_energy[self.part]
        self.gains, self.needs = self._rows()
        self.base = problem.energy_weight * float(problem.energy_self[self.part].sum())
        self.numbers = range(*map(int, problem.scope_groups[index : index + 2]))
        self.slices = [
            slice(
                problem.members(g).start - self.part.start,
                problem.members(g).stop - self.part.start,
            )
            for g in self.numbers
        ]
        self.groups = [
            PricedGroup(problem, g, self.settled.on[where], self.settled.off[where])
            for g, where in zip(self.numbers, self.slices, strict=True)
        ]

    def _rows(self) -> tuple[Floats, Floats]:
        """Return the rows Σ gain Y ≥ need that can fail, shapes (rows, n) and (rows,)."""
        problem, settled = self.problem, self.settled
        taken = problem.self_gain[self.part]
        room = float(taken.sum()) - problem.self_need
        rows = [
            (problem.agent_gain[self.part], problem.agent_need - ROW_TOLERANCE),
            (-taken, -room - ROW_TOLERANCE),
            (-self.extra, -settled.most_extra),
        ]
        can_fail = (
            settled.agent_row,
            settled.self_row,
            math.isfinite(settled.most_extra),
        )
        kept = [row for row, fails in zip(rows, can_fail, strict=True) if fails]
        gains = np.array([gain for gain, _ in kept]).reshape(-1, len(self.extra))
        return gains, np.array([need for _, need in kept])

    def at(self, prices: Floats) -> tuple[_Point, list[Best]] | None:
        """Return the dual at ``prices``, a subgradient, and each group's best.

        None if a group may open no agents at all.
        """
        reduced = self.problem.energy_weight * self.extra - prices @ self.gains
        found: list[Best] = []
        for group, where in zip(self.groups, self.slices, strict=True):
            best = group.best(reduced[where])
            if best is None:
                return None
            found.append(best)
        agent = np.concatenate([best.agent for best in found])
        slope = self.needs - self.gains @ agent
        offset = float(prices @ self.needs)
        value = math.fsum([self.base, offset, *(best.value for best in found)])
        return _Point(prices, value, slope), found

    def choice(self, found: list[Best], around: Choice) -> Choice:
        """Return the leader's choice in every group's best; elsewhere as ``around``."""
        opened, asked = around.opened.copy(), around.asked.copy()
        for number, best in zip(self.numbers, found, strict=True):
            opened[number] = best.opened
        asked[self.part] = np.concatenate([best.joins for best in found])
        return Choice(opened, asked)

    def next_prices(self, points: list[_Point], box: float) -> Floats | None:
        """Return the prices at which the planes so far allow most; None without any."""
        from scipy.optimize import linprog

        count = len(self.needs)
        sides = [point.value - float(point.slope @ point.prices) for point in points]
        answer = linprog(
            np.append(np.zeros(count), -1.0),
            A_ub=np.array([np.append(-point.slope, 1.0) for point in points]),
            b_ub=np.array(sides),
            bounds=[(0.0, box)] * count + [(None, None)],
            method="highs",
        )
        return None if answer.x is None else np.maximum(answer.x[:count], 0.0)


@register
class Price(DiscoverySolver):
    """Prices on the follower's rows, found by cutting planes; each group on its own.

    The dual is a bound in every reading. Each group's best agents under the prices are a
    choice of the leader, to which the follower answers exactly. Where only agent mode's
    connections take time, modes that the follower settles by itself are settled in the
    bound as well; what it would do beyond them is not, so the gap may stay open.
    """

    name = "price"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, programs (1) and (2); Lagrangian decomposition, ours"
    capabilities = Capabilities(bound=True, warm_start=True)
    Options = PriceOptions

    def supports(self, instance: DiscoveryInstance) -> Availability:
        """Say whether the sets of agents are few enough to try them all."""
        count = len(instance.candidates)
        if instance.reading.qan_rule != "single" and count > MOST_CANDIDATES:
            return Availability(
                False,
                f"it tries every set of candidates, of which there are {count}; it takes"
                f" {MOST_CANDIDATES} at most, or the rule 'single'",
            )
        return Availability()

    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Price scope by scope."""
        options = self.options
        assert isinstance(options, PriceOptions)
        energies = np.minimum(problem.energy_agent, problem.energy_self)
        proofs = [
            Proof(problem.energy_weight * float(energies[problem.scope(s)].sum()))
            for s in range(problem.scopes)
        ]
        for index, proof in enumerate(proofs):
            if run.should_stop():
                break
            scope = _Scope(problem, index)
            first = scope.at(np.zeros(len(scope.needs)))
            if first is None:
                return Outcome(
                    Reason.PROVED, "no agents keep the rule (C1)", infeasible=True
                )
            proof.bound = self._prices(
                scope, first, evaluator, incumbent, run, proof.bound
            )
            if proof.bound > dearest(problem, index):
                return Outcome(
                    Reason.PROVED, "no modes keep the accuracy rows", infeasible=True
                )
            incumbent.report()
            _prove(run, proofs, "prices on the accuracy rows")
        _prove(run, proofs, "prices on the accuracy rows")
        if not self._finish(problem, proofs, evaluator, incumbent, run):
            return Outcome(Reason.PROVED, "the follower has no answer", infeasible=True)
        return Outcome(run.stop_reason() or Reason.CONVERGED, "prices found")

    def _finish(
        self,
        problem: ProblemData,
        proofs: list[Proof],
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> bool:
        """Close what gaps are open, the small scopes first; say if all can be solved."""
        options = self.options
        assert isinstance(options, PriceOptions)
        sizes = np.diff(problem.scope_start)
        until = time.perf_counter() + options.proof_seconds
        cells = options.cells
        for index in np.argsort(sizes, kind="stable").tolist():
            proof = proofs[index]
            if self._done(incumbent.value(index), proof.bound) or run.should_stop():
                continue
            if applies(problem) and sizes[index] >= PROVABLE and cells > 0:
                found = TriangleBranching(problem, index, evaluator, incumbent).search(
                    run, known=proof.bound, gap=options.gap, cells=cells
                )
                cells -= found.cells
                if found.bound == math.inf:
                    return False
                proof.bound = found.bound
                _prove(run, proofs, "cells of the follower's multipliers")
            seconds = until - time.perf_counter()
            if sizes[index] < PROVABLE_AT_ALL and seconds > 0.0:
                if (
                    not prove_scope(
                        problem, index, proof, evaluator, incumbent, run, 1, seconds
                    )
                    and incumbent.value(index) == math.inf
                ):
                    return False
                _prove(run, proofs, "value-function cuts on the high-point relaxation")
            incumbent.report()
        return True

    def _done(self, value: float, bound: float) -> bool:
        options = self.options
        assert isinstance(options, PriceOptions)
        return value - bound <= options.gap * abs(value)

    def _prices(
        self,
        scope: _Scope,
        first: tuple[_Point, list[Best]],
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
        known: float,
    ) -> float:
        """Raise a scope's dual by cutting planes; return the bound."""
        options = self.options
        assert isinstance(options, PriceOptions)
        index, best = scope.index, known
        points: list[_Point] = []
        broken: Choice | None = None
        point, found = first
        box = 1.0
        for _ in range(options.rounds):
            points.append(point)
            best = max(best, point.value)
            choice = scope.choice(found, incumbent.choice)
            evaluation = evaluator.scope(choice, index)
            incumbent.offer(index, choice, evaluation)
            if evaluation.violation > 0.0 and point.value >= best:
                broken = choice
            if np.all(point.slope <= 0.0) and not np.any(point.prices):
                break  # without prices both rows hold: nothing to raise
            if (
                incumbent.value(index) - best <= ROUNDING * abs(best)
                or run.should_stop()
            ):
                break
            prices = scope.next_prices(points, box)
            if prices is None:
                break
            if prices.max() >= box:
                box *= 4.0
            planes = [p.value + float(p.slope @ (prices - p.prices)) for p in points]
            if min(planes) - best <= 1e-9 * max(1.0, abs(best)) and prices.max() < box:
                break
            then = scope.at(prices)
            if then is None or box > 1e12:
                break
            point, found = then
        if broken is not None and math.isfinite(incumbent.value(index)):
            for numbers in (scope.numbers, scope.numbers[::-1]):
                _mend(scope, numbers, broken, evaluator, incumbent)
        return best


def _mend(
    scope: _Scope,
    numbers: range,
    broken: Choice,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
) -> None:
    """Take groups of the incumbent into a choice that misses rows, till it keeps them.

    How many it takes is found by bisection along ``numbers``.
    """
    problem, whole = scope.problem, incumbent.choice
    few, many = 0, len(numbers)
    while many - few > 1:
        middle = (few + many) // 2
        opened, asked = broken.opened.copy(), broken.asked.copy()
        for number in numbers[:middle]:
            opened[number] = whole.opened[number]
            members = problem.members(number)
            asked[members] = whole.asked[members]
        choice = Choice(opened, asked)
        evaluation = evaluator.scope(choice, scope.index)
        incumbent.offer(scope.index, choice, evaluation)
        if evaluation.violation > 0.0:
            few = middle
        else:
            many = middle


def _settled(problem: ProblemData, scope: int) -> FixedModes:
    """Return the modes that may be settled without loss for the leader's bound.

    Where every connection takes time, the leader wants what the follower wants.
    """
    settled = fixed_modes(problem, scope)
    if problem.reading.connection_cost == "agent-mode":
        return settled
    nobody = np.zeros(len(settled.on), dtype=bool)
    return replace(settled, on=nobody, off=nobody, most_extra=math.inf)


def _prove(run: Run, proofs: list[Proof], source: str) -> None:
    bounds = [proof.bound for proof in proofs]
    total = math.fsum(bounds)
    run.prove(total - ROUNDING * math.fsum(abs(bound) for bound in bounds), source)
