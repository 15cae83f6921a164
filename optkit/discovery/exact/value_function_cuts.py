"""One scope proven by value-function cuts: relax, ask the follower, cut, repeat."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Bools
from optkit.core.solving.run import Run
from optkit.discovery.exact.scope_milp import Unit
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import multipliers, respond
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

if TYPE_CHECKING:
    from optkit.backends import BackendResult

BOUND_SLACK = 1e-8
"""Share of what a bound is made of that is given up for a backend's tolerances."""

CLOSED = 2e-7
"""Relative gap of one scope at which nothing is left to prove."""


@dataclass
class Proof:
    """What is proven of one scope, and how.

    Parameters
    ----------
    bound
        On the scope's objective.
    rounds
        Programs solved.
    solved
        Whether the incumbent is proven optimal there.
    """

    bound: float = 0.0
    rounds: int = 0
    solved: bool = False


def prove_scope(
    problem: ProblemData,
    index: int,
    proof: Proof,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
    run: Run,
    threads: int = 1,
    seconds: float = math.inf,
) -> bool:
    """Solve one scope as far as the limits allow; return whether it has a solution.

    Parameters
    ----------
    problem, index
        The instance, and which scope.
    proof
        What is proven so far; it is updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    threads
        Threads that a backend may use.
    seconds
        How long this may take, besides the run's own limit.
    """
    until = time.perf_counter() + seconds
    unit = Unit(problem, index)
    if unit.interacts:
        unit.add_settled_modes()
        answer = _answer(problem, index, unit.linked, unit.linked)
        if answer is not None:
            unit.add_cut(answer, unit.linked)
    seen: set[bytes] = set()
    while True:
        left = min(run.remaining(), until - time.perf_counter())
        result = _milp(unit, index, incumbent, run, threads, left)
        proof.rounds += 1
        if result.bound is not None:
            proof.bound = max(proof.bound, result.bound - _slack(unit, result.bound))
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
        if value - proof.bound <= CLOSED * abs(value):
            proof.solved = True
            return True
        connected = evaluation.target >= 0
        key = connected.tobytes()
        if not unit.interacts or key in seen or run.should_stop() or left <= 0.0:
            return True
        seen.add(key)
        incumbent.report()
        answer = _answer(problem, index, connected, unit.linked)
        if answer is None:
            return True
        unit.add_cut(answer, connected)


def _milp(
    unit: Unit,
    index: int,
    incumbent: Incumbent,
    run: Run,
    threads: int,
    left: float,
) -> BackendResult:
    from optkit.backends import solve_model

    model = unit.program.model()
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
        threads=threads,
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
    problem: ProblemData, scope: int, connected: Bools, linked: Bools
) -> Bools | None:
    """Return the follower's answer over a scope's requests, as a rule for others.

    It has least energy for ``connected``; of the linked nodes that are not, it takes those
    that the same multipliers would put in agent mode, were they connected.
    """
    task = follower_problem(problem, scope, connected)
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


def _choice(problem: ProblemData, unit: Unit, values: np.ndarray, around: Choice) -> Choice:
    """Return the leader's choice in a point of the program; elsewhere as ``around``."""
    opened, asked = around.opened.copy(), around.asked.copy()
    opened[unit.groups.start : unit.groups.stop] = values[unit.opened] > 0.5
    for p, place in enumerate(range(unit.part.start, unit.part.stop)):
        columns, factors = unit.connected.columns[p], unit.connected.factors[p]
        level = unit.connected.constant[p] + float(factors @ values[columns])
        asked[place] = level > 0.5
    return Choice(opened, asked)
