"""Choices of the leader that the follower is known to answer as they mean it.

At multipliers (t, λ, μ), let the leader connect only nodes whose reduced costs r are at
least some margin from 0, and count those with r < 0 as agent mode. If these keep both rows
and λ slack_a + μ slack_s + t · tolerance stays below the margin, then by weak duality any
other modes take more energy than the follower tolerates. So what is left to the leader is
to choose, group by group, nodes that fill the rows this exactly and cost little. A linear
program says about which; exchanges in one or two groups at a time do the rest.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.runtime.compiled import compiled
from optkit.discovery.bounds.multiplier_triangles import Scope
from optkit.discovery.problem.evaluation import Choice
from optkit.discovery.problem.problem_data import ROW_TOLERANCE, ProblemData

SUBSETS = 4
"""Nodes of an agent up to which every set of them is a state."""

ROUNDS = 60
"""Exchanges at most."""

MOST = 6000
"""States, the best by the relaxation, between which exchanges are sought."""


@dataclass(frozen=True, eq=False)
class _States:
    """What each group can do: the option that is open, and who is in agent mode.

    Parameters
    ----------
    group, option
        Of each state, shape (s,).
    cost, agent_gain, self_gain
        What its nodes in agent mode add up to, the agent included, shape (s,).
    taken
        Links of its nodes in agent mode.
    """

    group: Ints
    option: Ints
    cost: Floats
    agent_gain: Floats
    self_gain: Floats
    taken: list[tuple[int, ...]]


def threshold_choice(
    problem: ProblemData,
    index: int,
    scope: Scope,
    prices: Floats,
    margin: float,
    width: float | None = None,
) -> Choice | None:
    """Return a choice that the follower of some multipliers answers, or None.

    Parameters
    ----------
    problem, index, scope
        The instance, and the scope.
    prices
        The multipliers (t, λ, μ), shape (3,).
    margin
        Nodes whose reduced cost is smaller than this are not connected, as far as that
        can be avoided; in mean sizes of reduced costs.
    width
        What slack may cost at these prices, in the same unit; by default as much as
        leaves the follower no other answer.

    Returns
    -------
    Choice or None
        Of the scope's groups; elsewhere nothing is open. None where none was found.
    """
    links = scope.links
    reduced = prices @ scope.figures
    size = float(np.abs(reduced).mean()) if len(reduced) else 0.0
    if width is None:
        slack = 0.9 * margin * size - float(prices[0]) * scope.tolerance
    else:
        slack = width * size
    if slack <= 0.0:
        return None
    need = links.agent_need + ROW_TOLERANCE
    room = links.self_room - ROW_TOLERANCE
    window = np.array([need, room, float(prices[1]), float(prices[2]), slack])
    found = _relaxed(scope, _states(scope, reduced, margin * size), window)
    if found is None or not _exchanged(*found, window):
        return None
    return _choice(problem, index, scope, *found, reduced)


def _states(scope: Scope, reduced: Floats, margin: float) -> _States:
    """Return the states of all groups, those with nodes of doubtful modes left out.

    Where that leaves a group without any, doubtful modes are taken at their sign.
    """
    links = scope.links
    starts = links.option_start.tolist()
    group: list[int] = []
    option: list[int] = []
    taken: list[tuple[int, ...]] = []
    for g, (first, last) in enumerate(itertools.pairwise(links.group_start.tolist())):
        for limit in (margin, 0.0):
            found = [
                (o, nodes)
                for o in range(first, last)
                for nodes in _sets(reduced, starts[o : o + 2], limit, links.forced)
            ]
            if found:
                break
        group += [g] * len(found)
        option += [o for o, _ in found]
        taken += [nodes for _, nodes in found]
    chosen = np.array(option, dtype=np.int64)
    state = np.repeat(np.arange(len(taken)), [len(nodes) for nodes in taken])
    link = np.array([*itertools.chain.from_iterable(taken)], dtype=np.int64)

    def total(values: Floats) -> Floats:
        sums: Floats = np.bincount(state, values[link], len(taken)).astype(float)
        return sums

    return _States(
        np.array(group, dtype=np.int64),
        chosen,
        links.option_cost[chosen] + total(links.cost),
        total(links.agent_gain),
        total(links.self_gain),
        taken,
    )


def _sets(
    reduced: Floats, ends: list[int], margin: float, forced: bool
) -> list[tuple[int, ...]]:
    """Return which links of an option may be those in agent mode."""
    here = range(*ends)
    wanted = tuple(i for i in here if reduced[i] < -margin)
    others = sum(bool(reduced[i] >= margin) for i in here)
    if forced:
        return [wanted] if len(wanted) + others == len(here) else []
    if len(wanted) <= SUBSETS:
        sizes = range(len(wanted) + 1)
        sets = [s for size in sizes for s in itertools.combinations(wanted, size)]
    else:
        sets = [(), wanted, *((i,) for i in wanted)]
        sets += [tuple(j for j in wanted if j != i) for i in wanted]
    # Where nobody would stay in self-directed mode, one has to be taken (C2).
    return [s for s in sets if s or others or not here]


def _relaxed(
    scope: Scope, states: _States, window: Floats
) -> tuple[_States, Ints] | None:
    """Return the states that seem to be worth it, and of them one a group.

    The linear relaxation of the choice between them says which; None where it has no
    answer.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    need, room, agent_price, self_price, slack = window
    count, groups = len(states.cost), len(scope.links.group_start) - 1
    one: Any = csr_array(
        (np.ones(count), (states.group, np.arange(count))), shape=(groups, count)
    )
    agent, own = states.agent_gain, states.self_gain
    rows = np.array([-agent, own, agent_price * agent - self_price * own])
    answer = linprog(
        states.cost,
        A_ub=rows,
        b_ub=np.array([-need, room, agent_price * need - self_price * room + slack]),
        A_eq=one,
        b_eq=np.ones(groups),
        bounds=(0.0, None),
        method="highs",
    )
    if answer.x is None:
        return None
    worth = states.cost - answer.ineqlin.marginals @ rows
    worth -= answer.eqlin.marginals[states.group]
    worth[answer.x > 0.0] = -np.inf
    kept = np.sort(np.argsort(worth, kind="stable")[:MOST])
    order = np.lexsort((-answer.x[kept], states.group[kept]))
    base = order[np.searchsorted(states.group[kept][order], np.arange(groups))]
    fewer = _States(
        states.group[kept],
        states.option[kept],
        states.cost[kept],
        agent[kept],
        own[kept],
        [states.taken[k] for k in kept],
    )
    return fewer, base


def _exchanged(states: _States, base: Ints, window: Floats) -> bool:
    """Exchange states of one or two groups while that helps; say if the rows are filled.

    ``base``, shape (groups,), is changed in place.
    """
    inside = False
    for _ in range(ROUNDS):
        now = base[states.group]
        first, second, inside = compiled(_best_exchange)(
            states.group,
            states.cost - states.cost[now],
            states.agent_gain - states.agent_gain[now],
            states.self_gain - states.self_gain[now],
            float(states.agent_gain[base].sum()),
            float(states.self_gain[base].sum()),
            window,
            inside,
        )
        if first < 0 or (now[first] == first and now[second] == second):
            break
        base[states.group[first]] = first
        base[states.group[second]] = second
    return bool(inside)


def _best_exchange(
    group: Any,
    cost: Any,
    agent_gain: Any,
    self_gain: Any,
    agent_sum: float,
    self_sum: float,
    window: Any,
    inside: bool,
) -> Any:
    """Return the two states (or one twice) that are best to take; -1 if none helps.

    First the rows have to be filled, as nearly as can be; then cost counts. Taking what
    is taken is among the exchanges. The last figure says whether the rows are filled.
    """
    need, room, agent_price, self_price, slack = window
    best, least = (-1e-9, 0.0) if inside else (np.inf, np.inf)
    one, other = -1, -1
    for i in range(len(cost)):
        for j in range(i, len(cost)):
            if j > i and group[j] == group[i]:
                continue
            worth, agent, own = cost[i], agent_gain[i], self_gain[i]
            if j > i:
                worth += cost[j]
                agent += agent_gain[j]
                own += self_gain[j]
            if least <= 0.0 and worth >= best:
                continue
            above, below = agent_sum + agent - need, room - self_sum - own
            miss = max(0.0, agent_price * above + self_price * below - slack)
            if above < 0.0:
                miss -= (agent_price + 1.0) * above
            if below < 0.0:
                miss -= (self_price + 1.0) * below
            if miss < least or (miss <= least and worth < best):
                best, least, one, other = worth, miss, i, j
    return one, other, inside or least <= 0.0


def _choice(
    problem: ProblemData,
    index: int,
    scope: Scope,
    states: _States,
    base: Ints,
    reduced: Floats,
) -> Choice:
    """Return the choice that states stand for.

    Where connecting is optional, who is taken is asked, and in a group where nobody is,
    the node that agent mode suits least (C2).
    """
    links = scope.links
    groups = slice(*map(int, problem.scope_groups[index : index + 2]))
    whole = np.zeros((problem.groups, problem.candidates), dtype=bool)
    whole[groups] = scope.opened(states.option[base])
    asked: Bools = np.full(problem.requests, links.forced)
    first = problem.scope(index).start
    for state in base.tolist() if not links.forced else []:
        nodes = list(states.taken[state])
        ends = links.option_start[states.option[state] :][:2]
        if not nodes and ends[0] < ends[1]:
            nodes = [int(ends[0] + np.argmax(reduced[slice(*ends)]))]
        asked[first + scope.request[nodes]] = True
    return Choice(whole, asked)
