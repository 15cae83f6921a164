"""A first choice of the leader by simple rules, so that a run always has a solution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.core.arrays import Bools
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator, Evaluation
from optkit.discovery.problem.problem_data import ProblemData


def initial_choice(
    problem: ProblemData, evaluator: ChoiceEvaluator
) -> tuple[Choice, list[Evaluation]]:
    """Return a choice by simple rules, and its evaluation scope by scope.

    Parameters
    ----------
    problem
        The instance.
    evaluator
        Evaluates its choices.

    Returns
    -------
    Choice
        Agents that serve every node. Where connecting is optional, the best of a few
        rules decides in each scope which requests are asked to connect.
    list of Evaluation
        One per scope. The choice may be infeasible in a scope.
    """
    opened = np.zeros((problem.groups, problem.candidates), dtype=bool)
    for group in range(problem.groups):
        opened[group] = greedy_cover(problem, group)
    ask_all = Choice(opened, np.ones(problem.requests, dtype=bool))
    if problem.reading.connection == "forced":
        scopes = range(problem.scopes)
        return ask_all, [evaluator.evaluate_scope(ask_all, scope) for scope in scopes]
    asked = ask_all.asked.copy()
    best: list[Evaluation] = []
    few = enough_requests(problem, opened)
    for scope in range(problem.scopes):
        requests = problem.requests_in(scope)
        evaluation = None
        if not few[requests].all():
            # The follower is left with few choices, which are soon searched.
            evaluation = evaluator.evaluate_scope(replace(ask_all, asked=few), scope)
            asked[requests] = few[requests]
        if evaluation is None or evaluation.violation > 0.0:
            evaluation = evaluator.evaluate_scope(ask_all, scope)
            asked[requests] = True
        best.append(evaluation)
    for rule in (problem.extra_energy < 0.0, np.zeros(problem.requests, dtype=bool)):
        choice = replace(ask_all, asked=rule)
        for scope in range(problem.scopes):
            evaluation = evaluator.evaluate_scope(choice, scope)
            if evaluation.objective < best[scope].objective:
                best[scope] = evaluation
                requests = problem.requests_in(scope)
                asked[requests] = rule[requests]
    return replace(ask_all, asked=asked), best


def enough_requests(problem: ProblemData, opened: Bools) -> Bools:
    """Return the requests, cheapest first, whose accuracies add up to what is required.

    Parameters
    ----------
    problem
        The instance.
    opened
        Open agents, shape (G, J).

    Returns
    -------
    array
        Shape (P,); all requests of a scope where a mean is required, or where they are
        not enough.
    """
    seconds = np.where(opened[problem.group], problem.connect, np.inf).min(
        axis=1, initial=np.inf
    )
    reached = np.isfinite(seconds)
    cost = problem.time_weight * np.where(reached, seconds, 0.0)
    cost = cost + problem.energy_weight * problem.extra_energy
    gain = np.where(reached, np.maximum(problem.agent_gain, 0.0), 0.0)
    rate = np.divide(cost, gain, out=np.full(len(cost), np.inf), where=gain > 0.0)
    enough = np.ones(problem.requests, dtype=bool)
    if problem.agent_need <= 0.0:
        return enough
    for scope in range(problem.scopes):
        requests = problem.requests_in(scope)
        order = np.argsort(rate[requests], kind="stable")
        order = order[np.isfinite(rate[requests][order])]
        total = np.cumsum(gain[requests][order])
        count = int(np.searchsorted(total, problem.agent_need)) + 1
        if count <= len(order):
            enough[requests] = False
            enough[requests.start + order[:count]] = True
    return enough


def greedy_cover(problem: ProblemData, group: int) -> Bools:
    """Return open candidates of a group, shape (J,), chosen greedily for its rule C1.

    Where a single agent is wanted: the cheapest of the candidates that most nodes can use.
    Otherwise candidates are opened until every node is served, the one that serves most
    new nodes for its time first. Under the rule ``exact`` the result may break the rule.
    """
    select = problem.select[group]
    usable = problem.usable[problem.members(group)]
    seconds = np.where(usable, problem.connect[problem.members(group)], 0.0)
    opened = np.zeros(problem.candidates, dtype=bool)
    if problem.candidates == 0:
        return opened
    if problem.reading.qan_rule == "single" or not usable.any():
        served = usable.sum(axis=0)
        cost = select + seconds.sum(axis=0)
        opened[np.lexsort((cost, -served))[0]] = True
        return opened
    unserved = usable.any(axis=1)
    exact = problem.reading.qan_rule == "exact"
    while unserved.any():
        gain = usable[unserved].sum(axis=0).astype(float)
        if exact:  # nodes that are served already must not be served twice
            gain[usable[~unserved & usable.any(axis=1)].any(axis=0)] *= 1e-6
        rate = np.divide(
            select + 1e-9, gain, out=np.full(len(gain), np.inf), where=gain > 0.0
        )
        best = int(np.argmin(rate))
        opened[best] = True
        unserved &= ~usable[:, best]
    return opened
