"""From observations to the declarative model of ``optkit.models.dispatch``, and back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import UnavailableError
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observer, Transit
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts

if TYPE_CHECKING:
    from optkit.models.dispatch import DispatchData


MOST_COLUMNS = 1_000_000
"""Sets of senders in the model of an instance, one column each."""


NEGLIGIBLE = 1e-11
"""Share of the largest cost below which a cost counts as zero; no backend tells these
apart, and refuses costs that are further apart."""


def subsets(members: list[int]) -> Iterator[frozenset[int]]:
    """Yield every subset of the members, the empty one first."""
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            yield frozenset(chosen)


def decision_data(data: ProblemData, boundary: Boundary) -> DispatchData:
    """Return P2 (eq 23) of the movers at a boundary; for one mover, that is P3 (eq 24).

    Access points, servers and types are named by their indices, as strings.
    """
    from optkit.models.dispatch import DispatchData

    kinds = range(data.shape[2])
    reach = {ap: np.flatnonzero(data.candidate[ap]).tolist() for ap in boundary.movers}
    transit = {
        (str(ap), str(j), str(m)): boundary.transit(ap, m, j)
        for ap, servers in reach.items()
        for j in kinds
        for m in servers
    }
    queued = {
        (str(m), str(j)): {
            frozenset(map(str, together)): boundary.queue(m, j, together)
            for together in subsets(boundary.senders(m))
        }
        for m in sorted(set().union(*reach.values()))
        for j in kinds
    }
    costs = [*transit.values(), *(c for sets in queued.values() for c in sets.values())]
    least = NEGLIGIBLE * max(map(abs, costs), default=0.0)
    return DispatchData(
        choices={
            (str(ap), str(j)): [str(m) for m in servers]
            for ap, servers in reach.items()
            for j in kinds
        },
        transit={key: _unless_below(least, cost) for key, cost in transit.items()},
        queued={
            queue: {
                together: _unless_below(least, cost) for together, cost in sets.items()
            }
            for queue, sets in queued.items()
        },
        current={
            (str(ap), str(j)): str(boundary.action(ap, j))
            for ap in reach
            for j in kinds
        },
    )


def _unless_below(least: float, cost: float) -> float:
    return 0.0 if abs(cost) < least else cost


def chosen_servers(model: Any, ap: int, kinds: int) -> Ints:
    """Return (J,): where a solved model sends each type of an access point."""
    chosen = np.full(kinds, -1, dtype=np.int64)
    for k, j, m in model.CHOICES:
        if k == str(ap) and model.send[k, j, m].value > 0.5:
            chosen[int(j)] = int(m)
    return chosen


def instance_model(instance: DispatchInstance) -> Any:
    """Return P2 of the first group at the start: empty queues and selfish actions."""
    from optkit.models.dispatch import dispatch_model

    data = problem_data(instance)
    group = groups(data)[0]
    _require_writable(data, group)
    none = np.empty(0, dtype=np.int64)
    empty = np.zeros((data.shape[1], data.shape[2]), dtype=np.int64)
    views = Observer(data).observe(
        0, selfish_actions(data), empty, Transit(none, none, none, none)
    )
    movers = [views[ap] for ap in group]
    boundary = Boundary(SenderCosts(data, 1), movers)
    return dispatch_model(decision_data(data, boundary))


def _require_writable(data: ProblemData, group: Ints) -> None:
    """Refuse a group of which so many share a server that its model cannot be built."""
    senders = data.candidate[group].sum(axis=0)
    columns = data.shape[2] * float(np.exp2(senders).sum())
    if columns > MOST_COLUMNS:
        raise UnavailableError(
            f"the model has a column for each set of access points that may send to a"
            f" server: {columns:.3g} here, since {senders.max()} of one group share one,"
            f" and at most {MOST_COLUMNS} can be built. Take fewer access points, or a"
            " network without a cloud."
        )
