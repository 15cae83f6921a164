"""The optimum with proof: value-function cuts on the program of each scope."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.registry import register
from optkit.core.result import Reason
from optkit.core.run import Run
from optkit.core.solver import Capabilities, Kind, Outcome
from optkit.discovery.arrays import Bools, Problem
from optkit.discovery.base import PAPER, DiscoverySolver, Incumbent
from optkit.discovery.evaluate import Choice, Evaluator
from optkit.discovery.follower import multipliers, respond
from optkit.discovery.task import task_of
from optkit.discovery.unit import Unit

if TYPE_CHECKING:
    from optkit.backends import BackendResult

BOUND_SLACK = 1e-8
"""Share of what a bound is made of that is given up for a backend's tolerances."""

BUILDING_SECONDS = 1e-4
"""About what one request or link takes to build and load; it cannot be stopped."""

CLOSED = 2e-7
"""Relative gap of one scope at which nothing is left to prove."""


class ExactOptions(Options):
    """Options of the exact method."""

    threads: int = Field(1, ge=1, description="threads that HiGHS may use")


@dataclass
class _Scope:
    """What is proven of one scope, and how."""

    bound: float = 0.0
    rounds: int = 0
    solved: bool = False


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
        problem: Problem,
        evaluator: Evaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Solve scope by scope."""
        energies = np.minimum(problem.energy_agent, problem.energy_self)
        scopes = [
            _Scope(problem.energy_weight * float(energies[problem.scope(s)].sum()))
            for s in range(problem.scopes)
        ]
        _prove(run, scopes)
        for index, scope in enumerate(scopes):
            part = problem.scope(index)
            size = int(problem.usable[part].sum()) + part.stop - part.start
            if run.should_stop() or not run.affords(size * BUILDING_SECONDS):
                break
            if not self._solve(problem, index, scope, evaluator, incumbent, run):
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

    def _solve(
        self,
        problem: Problem,
        index: int,
        scope: _Scope,
        evaluator: Evaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> bool:
        """Solve one scope as far as the limits allow; return whether it has a solution."""
        unit = Unit(problem, index)
        if unit.interacts:
            unit.add_settled_modes()
            answer = _answer(problem, index, unit.linked, unit.linked)
            if answer is not None:
                unit.add_cut(answer, unit.linked)
        seen: set[bytes] = set()
        while True:
            result = self._milp(unit, index, incumbent, run)
            scope.rounds += 1
            if result.bound is not None:
                scope.bound = max(
                    scope.bound, result.bound - _slack(unit, result.bound)
                )
            if _infeasible(result):
                return False
            if result.values is None:
                return True
            choice = _choice(problem, unit, result.values, incumbent.choice)
            evaluation = evaluator.scope(choice, index)
            incumbent.offer(index, choice, evaluation)
            if unit.joined is not None:
                # Who is not wanted in agent mode had better not be asked to connect.
                asked = choice.asked.copy()
                asked[unit.part] = result.values[unit.agent] > 0.5
                fewer = replace(choice, asked=asked)
                incumbent.offer(index, fewer, evaluator.scope(fewer, index))
            value = incumbent.value(index)
            if value - scope.bound <= CLOSED * abs(value):
                scope.solved = True
                return True
            connected = evaluation.target >= 0
            key = connected.tobytes()
            if not unit.interacts or key in seen or run.should_stop():
                return True
            seen.add(key)
            incumbent.report()
            answer = _answer(problem, index, connected, unit.linked)
            if answer is None:
                return True
            unit.add_cut(answer, connected)

    def _milp(
        self, unit: Unit, index: int, incumbent: Incumbent, run: Run
    ) -> BackendResult:
        from optkit.backends import solve_model

        options = self.options
        assert isinstance(options, ExactOptions)
        model = unit.program.model()
        left = run.remaining()
        part = incumbent.parts[index]
        start = None
        if part is not None:
            groups = slice(unit.groups.start, unit.groups.stop)
            point = unit.point(incumbent.choice.opened[groups], part)
            start = zip(model.variables, point, strict=True)
        return solve_model(
            model,
            start=start,
            time_limit=None if math.isinf(left) else max(left, 1e-3),
            seed=int(run.rng().integers(2**31)),
            threads=options.threads,
            should_stop=run.should_stop,
            load=False,
        )


def _infeasible(result: BackendResult) -> bool:
    from optkit.backends import Termination

    return result.termination is Termination.INFEASIBLE


def _slack(unit: Unit, bound: float) -> float:
    """Return what a bound gives up for a backend's tolerances."""
    return BOUND_SLACK * max(abs(bound), 1e-3 * abs(unit.program.offset))


def _answer(
    problem: Problem, scope: int, connected: Bools, linked: Bools
) -> Bools | None:
    """Return the follower's answer over a scope's requests, as a rule for others.

    It has least energy for ``connected``; of the linked nodes that are not, it takes those
    that the same multipliers would put in agent mode, were they connected.
    """
    task = task_of(problem, scope, connected)
    found = respond(task)
    if found is None:
        return None
    agent_price, self_price = multipliers(task)
    part = problem.scope(scope)
    reduced = (
        problem.extra_energy[part]
        - agent_price * problem.agent_gain[part]
        + self_price * problem.self_gain[part]
    )
    agent: Bools = linked & (reduced < 0.0)
    agent[connected] = found.agent
    return agent


def _choice(problem: Problem, unit: Unit, values: np.ndarray, around: Choice) -> Choice:
    """Return the leader's choice in a point of the program; elsewhere as ``around``."""
    opened, asked = around.opened.copy(), around.asked.copy()
    opened[unit.groups.start : unit.groups.stop] = values[unit.opened] > 0.5
    for p, place in enumerate(range(unit.part.start, unit.part.stop)):
        columns, factors = unit.connected.columns[p], unit.connected.factors[p]
        level = unit.connected.constant[p] + float(factors @ values[columns])
        asked[place] = level > 0.5
    return Choice(opened, asked)


def _prove(run: Run, scopes: list[_Scope]) -> None:
    run.prove(
        math.fsum(scope.bound for scope in scopes),
        "high-point relaxation with value-function cuts",
    )


def _told(scopes: list[_Scope]) -> str:
    rounds = sum(scope.rounds for scope in scopes)
    done = sum(scope.solved for scope in scopes)
    return f"{done} of {len(scopes)} scopes proven, {rounds} programs solved"
