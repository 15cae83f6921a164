"""Good choices of the leader from a bound: a small program that keeps its rows exactly.

Prices and multipliers say well what each group should open, but the groups that they
choose together seldom keep the rows. With the follower's behaviour taken as known, a
program with one binary for each option and few rows finds groups that do.
"""

from __future__ import annotations

import itertools

import numpy as np

from optkit.core.run import Run
from optkit.discovery.arrays import ROW_TOLERANCE, Floats, Problem
from optkit.discovery.evaluate import Choice
from optkit.discovery.follower import multipliers
from optkit.discovery.multiplier_cells import Scope
from optkit.discovery.program import Program
from optkit.discovery.task import task_of

SECONDS = 5.0
"""For one program, at most."""

GAP = 1e-3
"""Relative gap at which a program is solved well enough."""

WIDTH = 0.1
"""By how much rows may be kept, in mean gains of a node: more than this, and the follower
would make something of it."""


def by_threshold(
    problem: Problem, index: int, scope: Scope, prices: Floats, run: Run
) -> Choice | None:
    """Return a choice whose followers keep the rows by the rule of some multipliers.

    Parameters
    ----------
    problem, index, scope
        The instance, and the scope.
    prices
        The multipliers (t, λ, μ), shape (3,).
    run
        Says how long there is.

    Returns
    -------
    Choice or None
        Of the scope's groups; elsewhere nothing is open.
    """
    links = scope.links
    agent = prices @ scope.figures < 0.0
    options = len(links.option_cost)
    option = np.repeat(np.arange(options), np.diff(links.option_start))
    program = Program("threshold")
    taken = np.flatnonzero(agent)
    cost = links.option_cost
    if links.forced:
        cost = cost + np.bincount(option[taken], links.cost[taken], options)
    opened = program.add_columns(cost, integer=True)
    for first, last in itertools.pairwise(links.group_start):
        program.add_row(opened[first:last], 1.0, lower=1.0, upper=1.0)
    joins = opened[option[taken]]
    if not links.forced:
        ends = joins
        joins = program.add_columns(links.cost[taken], integer=True)
        if len(taken):
            program.add_rows(np.stack([joins, ends], axis=1), [1.0, -1.0], upper=0.0)
        # Where nobody would stay in self-directed mode, one has to be taken (C2).
        alone = np.bincount(option[~agent], minlength=options) == 0
        for each in np.unique(option[taken][alone[option[taken]]]):
            here = joins[option[taken] == each]
            program.add_row(
                np.append(here, opened[each]),
                np.append(np.ones(len(here)), -1.0),
                lower=0.0,
            )
    need, room = links.agent_need + ROW_TOLERANCE, links.self_room - ROW_TOLERANCE
    # A row without a price may be kept by any amount.
    above, below = np.where(prices[1:] > 0.0, WIDTH * scope.unit[1:], np.inf)
    program.add_row(joins, links.agent_gain[taken], lower=need, upper=need + above)
    program.add_row(joins, links.self_gain[taken], lower=room - below, upper=room)
    values = _solved(program, run)
    if values is None:
        return None
    groups = slice(*map(int, problem.scope_groups[index : index + 2]))
    whole = np.zeros((problem.groups, problem.candidates), dtype=bool)
    whole[groups] = scope.opened(np.flatnonzero(values[opened] > 0.5))
    asked = np.full(problem.requests, links.forced)
    if links.forced:
        return Choice(whole, asked)
    wanted = taken[values[joins] > 0.5]
    asked[problem.scope(index).start + scope.request[wanted]] = True
    return with_company(problem, index, Choice(whole, asked))


def with_company(problem: Problem, index: int, choice: Choice) -> Choice:
    """Return a choice in which each group that asked nobody asks whom it costs least.

    That is the node which the follower, as it prices its rows, is least likely to take
    into agent mode.
    """
    part = problem.scope(index)
    group = problem.group[part]
    usable = (problem.usable[part] & choice.opened[group]).any(axis=1)
    asked = choice.asked.copy()
    connected = usable & asked[part]
    agent_price, self_price = multipliers(task_of(problem, index, connected))
    reduced = (
        problem.extra_energy[part]
        - agent_price * problem.agent_gain[part]
        + self_price * problem.self_gain[part]
    )
    for g in np.setdiff1d(np.unique(group[usable]), np.unique(group[connected])):
        members = np.flatnonzero(usable & (group == g))
        asked[part.start + members[np.argmax(reduced[members])]] = True
    return Choice(choice.opened, asked)


def _solved(program: Program, run: Run) -> Floats | None:
    from optkit.backends import solve_model

    result = solve_model(
        program.model(),
        gap=GAP,
        time_limit=max(1e-3, min(SECONDS, run.remaining())),
        should_stop=run.should_stop,
        load=False,
    )
    return result.values
