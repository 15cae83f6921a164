"""A first choice of the leader, by simple rules: whatever stops a run, there is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.core.arrays import Bools
from optkit.discovery.problem.evaluation import Choice, Evaluation, ChoiceEvaluator
from optkit.discovery.problem.problem_data import ProblemData


def initial_choice(
    problem: ProblemData, evaluator: ChoiceEvaluator
) -> tuple[Choice, list[Evaluation]]:
    """Return a choice that is good by simple rules, and what it leads to by scope.

    Parameters
    ----------
    problem
        The instance.
    evaluator
        Evaluates choices of it.

    Returns
    -------
    Choice
        Agents that serve everybody; where connecting is optional, of a few rules on who
        connects the best in each scope.
    list of Evaluation
        One a scope. A scope may be left without solution.
    """
    opened = np.zeros((problem.groups, problem.candidates), dtype=bool)
    for group in range(problem.groups):
        opened[group] = cover(problem, group)
    everybody = Choice(opened, np.ones(problem.requests, dtype=bool))
    best = [evaluator.scope(everybody, s) for s in range(problem.scopes)]
    if problem.reading.connection == "forced":
        return everybody, best
    asked = everybody.asked.copy()
    for rule in (problem.extra_energy < 0.0, np.zeros(problem.requests, dtype=bool)):
        choice = replace(everybody, asked=rule)
        for s in range(problem.scopes):
            evaluation = evaluator.scope(choice, s)
            if evaluation.objective < best[s].objective:
                best[s] = evaluation
                asked[problem.scope(s)] = rule[problem.scope(s)]
    return replace(everybody, asked=asked), best


def cover(problem: ProblemData, group: int) -> Bools:
    """Return open candidates of a group, shape (J,), that its rule should like.

    One candidate where one is wanted: the cheapest among those that most can use.
    Otherwise candidates are opened while somebody is left alone, the one that serves
    most new nodes for its time first; of the rule ``exact``, this is an attempt only.
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
    alone = usable.any(axis=1)
    exact = problem.reading.qan_rule == "exact"
    while alone.any():
        gain = usable[alone].sum(axis=0).astype(float)
        if exact:  # who is served already must not be served twice
            gain[usable[~alone & usable.any(axis=1)].any(axis=0)] *= 1e-6
        rate = np.divide(
            select + 1e-9, gain, out=np.full(len(gain), np.inf), where=gain > 0.0
        )
        best = int(np.argmin(rate))
        opened[best] = True
        alone &= ~usable[:, best]
    return opened
