"""Proof for one scope by value-function cuts: relax, ask the follower, cut, repeat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.core.solving.run import Run
from optkit.discovery.exact.scope_milp import ScopeMilp
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import multipliers, respond
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

if TYPE_CHECKING:
    from optkit.backends import BackendResult

BOUND_SLACK = 1e-8
"""Share of the terms of a bound that is given up for a backend's tolerances."""

ROUNDING = 1e-10
"""Share of a scope's bound that is given up for rounding in the sum of the bounds."""

CLOSED_GAP = 2e-7
"""Relative gap of one scope at which nothing is left to prove."""


@dataclass
class ScopeProof:
    """The state of the proof for one scope.

    Parameters
    ----------
    bound
        Lower bound on the scope's objective.
    rounds
        Number of programs solved.
    solved
        Whether the incumbent is proven optimal there.
    """

    bound: float = 0.0
    rounds: int = 0
    solved: bool = False


def least_energy_proofs(problem: ProblemData) -> list[ScopeProof]:
    """Return a first proof per scope: every request in the mode of less energy."""
    energies = np.minimum(problem.energy_agent, problem.energy_self)
    return [
        ScopeProof(
            problem.energy_weight * float(energies[problem.requests_in(scope)].sum())
        )
        for scope in range(problem.scopes)
    ]


def report_bound(run: Run, proofs: Sequence[ScopeProof], source: str) -> None:
    """Report the sum of the scopes' bounds, less what rounding may add to it.

    Parameters
    ----------
    run
        The run that takes the bound.
    proofs
        What is proven of each scope.
    source
        What proved it, in words.
    """
    bounds = [proof.bound for proof in proofs]
    total = math.fsum(bounds)
    run.prove(total - ROUNDING * math.fsum(abs(bound) for bound in bounds), source)


def prove_scope(
    problem: ProblemData,
    scope: int,
    proof: ScopeProof,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
    run: Run,
    threads: int = 1,
    seconds: float = math.inf,
    backend: str = "highs",
    cuts: bool = True,
) -> bool:
    """Solve one scope as far as the limits allow; return whether it may have a solution.

    Parameters
    ----------
    problem, scope
        The instance, and the number of the scope.
    proof
        What is proven so far; updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    threads
        Threads that a backend may use.
    seconds
        Time limit besides the run's own, s.
    backend
        Name of the backend that solves the programs.
    cuts
        Whether to go on by value-function cuts after the high-point relaxation.

    Returns
    -------
    bool
        False if the scope is proven to have no solution.
    """
    deadline = run.deadline(seconds)
    milp = ScopeMilp(problem, scope)
    if milp.interacts and cuts:
        milp.add_fixed_modes()
        add_response_cut(milp, milp.linked)
    tried: set[bytes] = set()
    while True:
        remaining = deadline.remaining
        result = _solve(milp, scope, incumbent, run, threads, remaining, backend)
        proof.rounds += 1
        if result.bound is not None:
            proof.bound = max(
                proof.bound, result.bound - bound_slack(milp, result.bound)
            )
        if is_infeasible(result):
            return False
        if result.values is None:
            return True
        choices = choices_at(milp, result.values, incumbent.choice)
        evaluations = [evaluator.evaluate_scope(choice, scope) for choice in choices]
        for choice, evaluation in zip(choices, evaluations, strict=True):
            incumbent.offer(scope, choice, evaluation)
        value = incumbent.value(scope)
        if value - proof.bound <= CLOSED_GAP * abs(value):
            proof.solved = True
            return True
        connected = evaluations[0].target >= 0
        key = connected.tobytes()
        done = key in tried or run.should_stop() or remaining <= 0.0
        if done or not (milp.interacts and cuts):
            return True
        tried.add(key)
        incumbent.report()
        if not add_response_cut(milp, connected):
            return True


def _solve(
    milp: ScopeMilp,
    scope: int,
    incumbent: Incumbent,
    run: Run,
    threads: int,
    remaining: float,
    backend: str,
) -> BackendResult:
    """Solve the program, starting from the incumbent if there is one."""
    from optkit.backends import solve_model

    model = milp.builder.model()
    evaluation = incumbent.evaluations[scope]
    start = None
    if evaluation is not None:
        point = milp.point(incumbent.choice.opened[milp.groups], evaluation)
        start = zip(model.variables, point, strict=True)
    return solve_model(
        model,
        backend,
        start=start,
        time_limit=None if math.isinf(remaining) else max(remaining, 1e-3),
        seed=int(run.rng().integers(2**31)),
        threads=threads,
        should_stop=run.should_stop,
        load=False,
    )


def is_infeasible(result: BackendResult) -> bool:
    """Say whether a program is proven to have no solution."""
    from optkit.backends import Termination

    return result.termination is Termination.INFEASIBLE


def bound_slack(milp: ScopeMilp, bound: float) -> float:
    """Return what a bound gives up for a backend's tolerances."""
    return BOUND_SLACK * max(abs(bound), 1e-3 * abs(milp.builder.offset))


def add_response_cut(milp: ScopeMilp, connected: Bools) -> bool:
    """Cut off modes that the follower does not choose; return whether it has a response.

    Parameters
    ----------
    milp
        The program; the cut is added to it.
    connected
        Which requests of the scope are connected, shape (n,).
    """
    response = _response_rule(milp.problem, milp.scope, connected, milp.linked)
    if response is None:
        return False
    milp.add_cut(response, connected)
    return True


def _response_rule(
    problem: ProblemData, scope: int, connected: Bools, linked: Bools
) -> Bools | None:
    """Return the follower's response over a scope's requests, extended to all of them.

    It has least energy for ``connected``. Linked nodes that are not connected are in agent
    mode where the same multipliers would put them there, were they connected.
    """
    follower = follower_problem(problem, scope, connected)
    response = respond(follower)
    if response is None:
        return None
    reduced = problem.reduced_costs(scope, *multipliers(follower))
    agent: Bools = linked & (reduced < 0.0)
    agent[connected] = response.agent
    return agent


def choices_at(milp: ScopeMilp, values: Floats, around: Choice) -> list[Choice]:
    """Return the leader's choices that a point of the program suggests.

    Parameters
    ----------
    milp, values
        The program, and the values of its columns, shape (columns,).
    around
        The choice in the other scopes.

    Returns
    -------
    list of Choice
        The choice at the point. Where connecting is optional, also one that asks fewer
        nodes.
    """
    opened, asked = around.opened.copy(), around.asked.copy()
    opened[milp.groups] = values[milp.opened] > 0.5
    for p, request in enumerate(range(milp.requests.start, milp.requests.stop)):
        columns, factors = milp.connected.columns[p], milp.connected.factors[p]
        level = milp.connected.constant[p] + float(factors @ values[columns])
        asked[request] = level > 0.5
    choices = [Choice(opened, asked)]
    if milp.joined is not None:
        # Nodes that are not wanted in agent mode had better not be asked to connect.
        fewer = asked.copy()
        fewer[milp.requests] = values[milp.agent] > 0.5
        choices.append(Choice(opened, fewer))
    return choices
