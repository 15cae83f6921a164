"""Choices of the leader to which the follower's response is unique and known.

At multipliers (t, λ, μ), let the leader connect only nodes whose reduced costs r are at
least some margin away from 0, and plan agent mode for those with r < 0. If these keep both
rows and λ slack_a + μ slack_s + t · tolerance stays below the margin, then by weak duality
any other modes take more energy than the follower tolerates. So the leader only has to
choose, group by group, nodes that fill the rows this tightly and cost little. A linear
program finds approximate choices; exchanges in one or two groups at a time do the rest.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.multiplier_triangles import SingleAgentScope
from optkit.discovery.exact.unique_response_kernels import best_exchange
from optkit.discovery.problem.evaluation import Choice
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, ProblemData

ALL_SUBSETS = 4
"""Number of nodes of an agent up to which every subset of them is a state."""

MAX_EXCHANGES = 60
"""Largest number of exchanges."""

MAX_STATES = 6000
"""Number of states, the best by the relaxation, between which exchanges are sought."""


@dataclass(frozen=True, eq=False)
class _States:
    """The states of groups: which option is open, and which nodes are in agent mode.

    Parameters
    ----------
    group, option
        Of each state, shape (s,).
    cost, agent_gain, self_gain
        Sums over its nodes in agent mode, the cost including the agent, shape (s,).
    links
        Links of its nodes in agent mode.
    """

    group: Ints
    option: Ints
    cost: Floats
    agent_gain: Floats
    self_gain: Floats
    links: list[tuple[int, ...]]


def threshold_choice(
    problem: ProblemData,
    index: int,
    scope: SingleAgentScope,
    prices: Floats,
    margin: float,
    width: float | None = None,
) -> Choice | None:
    """Return a choice to which the follower responds by a threshold rule.

    Parameters
    ----------
    problem, index, scope
        The instance, the number of the scope, and the scope as links.
    prices
        The multipliers (t, λ, μ) of the threshold rule, shape (3,).
    margin
        Nodes whose reduced cost is smaller than this are not connected, as far as that
        can be avoided; as a multiple of the mean absolute reduced cost.
    width
        Limit on the cost of slack at these prices, in the same unit; by default as much as
        leaves the follower no other response.

    Returns
    -------
    Choice or None
        Of the scope's groups; elsewhere nothing is open. None where none was found.
    """
    links = scope.links
    reduced = prices @ scope.coefficients
    magnitude = float(np.abs(reduced).mean()) if len(reduced) else 0.0
    if width is None:
        slack = 0.9 * margin * magnitude - float(prices[0]) * scope.tolerance
    else:
        slack = width * magnitude
    if slack <= 0.0:
        return None
    need = links.agent_need + ROW_TOLERANCE
    room = links.self_room - ROW_TOLERANCE
    window = np.array([need, room, float(prices[1]), float(prices[2]), slack])
    relaxed = _relax(scope, _all_states(scope, reduced, margin * magnitude), window)
    if relaxed is None:
        return None
    states, taken = relaxed
    if not _exchange(states, taken, window):
        return None
    return _choice(problem, index, scope, states, taken, reduced)


def _all_states(scope: SingleAgentScope, reduced: Floats, margin: float) -> _States:
    """Return the states of all groups without nodes whose modes are doubtful.

    Where that leaves a group without any state, doubtful modes follow their sign.
    """
    links = scope.links
    starts = links.option_start.tolist()
    group: list[int] = []
    option: list[int] = []
    in_agent_mode: list[tuple[int, ...]] = []
    for g, (first, last) in enumerate(itertools.pairwise(links.group_start.tolist())):
        for limit in (margin, 0.0):
            states = [
                (o, nodes)
                for o in range(first, last)
                for nodes in _agent_sets(
                    reduced, starts[o : o + 2], limit, links.forced
                )
            ]
            if states:
                break
        group += [g] * len(states)
        option += [o for o, _ in states]
        in_agent_mode += [nodes for _, nodes in states]
    options = np.array(option, dtype=np.int64)
    state = np.repeat(
        np.arange(len(in_agent_mode)), [len(nodes) for nodes in in_agent_mode]
    )
    link = np.array([*itertools.chain.from_iterable(in_agent_mode)], dtype=np.int64)

    def total(values: Floats) -> Floats:
        sums: Floats = np.bincount(state, values[link], len(in_agent_mode)).astype(
            float
        )
        return sums

    return _States(
        np.array(group, dtype=np.int64),
        options,
        links.option_cost[options] + total(links.cost),
        total(links.agent_gain),
        total(links.self_gain),
        in_agent_mode,
    )


def _agent_sets(
    reduced: Floats, ends: list[int], margin: float, forced: bool
) -> list[tuple[int, ...]]:
    """Return the sets of an option's links that may be those in agent mode."""
    links = range(*ends)
    wanted = tuple(i for i in links if reduced[i] < -margin)
    others = sum(bool(reduced[i] >= margin) for i in links)
    if forced:
        return [wanted] if len(wanted) + others == len(links) else []
    if len(wanted) <= ALL_SUBSETS:
        sizes = range(len(wanted) + 1)
        sets = [s for size in sizes for s in itertools.combinations(wanted, size)]
    else:
        sets = [(), wanted, *((i,) for i in wanted)]
        sets += [tuple(j for j in wanted if j != i) for i in wanted]
    # Where no node would stay in self-directed mode, one has to be in agent mode (C2).
    return [s for s in sets if s or others or not links]


def _relax(
    scope: SingleAgentScope, states: _States, window: Floats
) -> tuple[_States, Ints] | None:
    """Return the promising states, and one of them per group that is taken.

    Both come from the linear relaxation of the choice between the states; None where that
    is infeasible.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    need, room, agent_price, self_price, slack = window
    count, groups = len(states.cost), len(scope.links.group_start) - 1
    one_per_group: Any = csr_array(
        (np.ones(count), (states.group, np.arange(count))), shape=(groups, count)
    )
    agent, own = states.agent_gain, states.self_gain
    rows = np.array([-agent, own, agent_price * agent - self_price * own])
    relaxation = linprog(
        states.cost,
        A_ub=rows,
        b_ub=np.array([-need, room, agent_price * need - self_price * room + slack]),
        A_eq=one_per_group,
        b_eq=np.ones(groups),
        bounds=(0.0, None),
        method="highs",
    )
    if relaxation.x is None:
        return None
    reduced = states.cost - relaxation.ineqlin.marginals @ rows
    reduced -= relaxation.eqlin.marginals[states.group]
    reduced[relaxation.x > 0.0] = -np.inf
    kept = np.sort(np.argsort(reduced, kind="stable")[:MAX_STATES])
    order = np.lexsort((-relaxation.x[kept], states.group[kept]))
    taken = order[np.searchsorted(states.group[kept][order], np.arange(groups))]
    promising = _States(
        states.group[kept],
        states.option[kept],
        states.cost[kept],
        agent[kept],
        own[kept],
        [states.links[k] for k in kept],
    )
    return promising, taken


def _exchange(states: _States, taken: Ints, window: Floats) -> bool:
    """Exchange states of one or two groups while that helps; say if the rows are filled.

    ``taken``, shape (groups,), is changed in place.
    """
    inside = False
    for _ in range(MAX_EXCHANGES):
        current = taken[states.group]
        first, second, inside = best_exchange(
            states.group,
            states.cost - states.cost[current],
            states.agent_gain - states.agent_gain[current],
            states.self_gain - states.self_gain[current],
            float(states.agent_gain[taken].sum()),
            float(states.self_gain[taken].sum()),
            window,
            inside,
        )
        if first < 0 or (current[first] == first and current[second] == second):
            break
        taken[states.group[first]] = first
        taken[states.group[second]] = second
    return bool(inside)


def _choice(
    problem: ProblemData,
    index: int,
    scope: SingleAgentScope,
    states: _States,
    taken: Ints,
    reduced: Floats,
) -> Choice:
    """Return the choice that the taken states stand for.

    Where connecting is optional, the nodes in agent mode are asked to connect, and in a
    group without any, the node that agent mode suits least (C2).
    """
    links = scope.links
    opened = np.zeros((problem.groups, problem.candidates), dtype=bool)
    opened[problem.groups_in(index)] = scope.opened(states.option[taken])
    asked: Bools = np.full(problem.requests, links.forced)
    first = problem.requests_in(index).start
    for state in taken.tolist() if not links.forced else []:
        nodes = list(states.links[state])
        ends = links.option_start[states.option[state] :][:2]
        if not nodes and ends[0] < ends[1]:
            nodes = [int(ends[0] + np.argmax(reduced[slice(*ends)]))]
        asked[first + scope.request[nodes]] = True
    return Choice(opened, asked)
