"""What each relaxation of the bound on all dispatch policies is worth.

The bound lets its decision maker know arrivals, see all queues in every slot, decide about
a job when it joins, and admit each job once on average only. On small systems the least
mean cost can be computed exactly when all but the last of these are taken back one by one.
In these systems every job can reach every server in the slot of its arrival. The last
server is fast: it serves two thirds as much as all others together, as in the paper.

    python benchmarks/dispatch_relaxations.py
    python benchmarks/dispatch_relaxations.py --paths 2 --servers 2 3

The first table has two servers: by how much the least mean cost grows as one knowledge is
taken away; in its first column, by what share the bound is below the exact value. The
second table has that share for more servers, with drops free, as in the paper, or charged.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.bounds.policy.admission_kernels import admission_costs
from optkit.dispatch.bounds.policy.price_ascent import ascend

SERVICE = 16.0
"""Mean service of all servers but the fast one, in slots."""

LIMIT, OVERFLOW = 15, 30.0
"""Longest queue, and the penalty of a full one; twice the jobs in it, as in the paper."""

DROPS = {0.0: "drops free", 2 * OVERFLOW: "drops charged"}
"""Penalties of a dropped job."""

PER, INTERVALS = 12, 20
"""Slots of an interval, and intervals of a path."""

STEPS = 300
"""Steps of the search for prices."""

LOADS = (0.6, 0.8, 1.0, 1.2, 1.7)
"""Jobs that arrive, relative to those that can be served."""


@dataclass(frozen=True)
class System:
    """Servers that every job reaches in the slot of its arrival.

    Parameters
    ----------
    rates
        Probability that a service ends in a slot, by server.
    arrival
        Probability that a job arrives in a slot.
    drop
        Penalty of a dropped job.
    """

    rates: tuple[float, ...]
    arrival: float
    drop: float = 0.0

    @classmethod
    def of(cls, servers: int, load: float, drop: float = 0.0) -> System:
        """Return the system of some servers, the last of them fast."""
        slow = [1.0 / SERVICE] * (servers - 1)
        rates = (*slow, min(1.0, sum(slow) * 2.0 / 3.0))
        return cls(rates, load * sum(rates), drop)

    @property
    def stage(self) -> Floats:
        """The cost of a boundary, by the lengths of all queues."""
        shape = (LIMIT + 1,) * len(self.rates)
        lengths = np.indices(shape)
        return np.asarray(lengths.sum(0) + OVERFLOW * (lengths == LIMIT).sum(0))

    def joined(self, cost: Floats, server: int) -> Floats:
        """Return the costs before a job joins a queue, or is dropped if that is full."""
        after = np.moveaxis(cost, server, 0)
        before = np.concatenate([after[1:], after[-1:] + self.drop])
        return np.moveaxis(before, 0, server)

    def served(self, cost: Floats, slot: int) -> Floats:
        """Return the costs before the services of a slot, from those after it.

        They include the cost of the boundary if the slot is the last of an interval. The
        first axes are the lengths of the queues.
        """
        if (slot + 1) % PER == 0:
            stage = self.stage
            cost = cost + stage.reshape(stage.shape + (1,) * (cost.ndim - stage.ndim))
        for server, rate in enumerate(self.rates):
            along = np.moveaxis(cost, server, 0)
            before = along.copy()
            before[1:] -= rate * (along[1:] - along[:-1])
            cost = np.moveaxis(before, 0, server)
        return cost

    def path(self, seed: int) -> Ints:
        """Return (slots,): whether a job arrives."""
        rng = np.random.default_rng(seed)
        return (rng.random(PER * INTERVALS) < self.arrival).astype(np.int64)


def least(costs: Sequence[Floats]) -> Floats:
    """Return the least of some costs, state by state."""
    return np.asarray(np.minimum.reduce(costs))


def bound(system: System, arrives: Ints) -> float:
    """Return the bound on all policies."""
    slots = np.flatnonzero(arrives)
    jobs, servers = len(slots), len(system.rates)
    constants = (LIMIT, PER, INTERVALS, OVERFLOW, system.drop)

    def at(price: Floats) -> tuple[float, Floats]:
        costs, admitted = admission_costs(
            price,
            jobs * np.arange(servers + 1),
            np.tile(slots, servers),
            np.tile(np.arange(jobs), servers),
            np.zeros(jobs * servers),
            np.array(system.rates),
            constants,
        )
        return float(price.sum() + costs.sum()), 1.0 - admitted

    prices = ascend(at, np.full(jobs, SERVICE / PER), STEPS)
    assert prices is not None  # nothing stops it
    return prices.bound / INTERVALS


def informed(system: System, arrives: Ints) -> float:
    """Return the least mean cost with all knowledge, each job admitted exactly once."""
    cost = np.zeros_like(system.stage)
    servers = range(len(system.rates))
    for slot in range(PER * INTERVALS - 1, -1, -1):
        cost = system.served(cost, slot)
        if arrives[slot]:
            cost = least([system.joined(cost, server) for server in servers])
    return float(cost.flat[0]) / INTERVALS


def without_forecast(system: System) -> list[Ints]:
    """Return by slot the best server, by lengths, if arrivals are known when they come.

    Their rate is known before, and queues are seen in every slot.
    """
    cost = np.zeros_like(system.stage)
    servers = range(len(system.rates))
    best = []
    for slot in range(PER * INTERVALS - 1, -1, -1):
        cost = system.served(cost, slot)
        options = np.stack([system.joined(cost, server) for server in servers])
        best.append(options.argmin(axis=0))
        cost = cost + system.arrival * (options.min(axis=0) - cost)
    return best[::-1]


def mean_cost(system: System, arrives: Ints, best: list[Ints]) -> float:
    """Return the mean cost on a path if each job goes to the best server of its slot."""
    cost = np.zeros_like(system.stage)
    servers = range(len(system.rates))
    for slot in range(PER * INTERVALS - 1, -1, -1):
        cost = system.served(cost, slot)
        if arrives[slot]:
            options = [system.joined(cost, server) for server in servers]
            cost = np.choose(best[slot], options)
    return float(cost.flat[0]) / INTERVALS


def decided_before(system: System, arrives: Ints, delay: int) -> float:
    """Return the least mean cost if jobs are sent some slots before they join.

    The axes behind those of the queues are the decisions that are made and not yet
    carried out, the oldest first.
    """
    cost = np.zeros_like(system.stage)
    queues = len(system.rates)
    horizon = PER * INTERVALS
    for slot in range(horizon - 1, -1, -1):
        cost = system.served(cost, slot)
        if arrives[slot]:
            options = [system.joined(cost, server) for server in range(queues)]
            cost = np.stack(options, axis=queues)
        if slot + delay < horizon and arrives[slot + delay]:
            cost = cost.min(axis=-1)
    # The jobs of the first slots are sent before the first slot.
    while cost.ndim > queues:
        cost = cost.min(axis=-1)
    return float(cost.flat[0]) / INTERVALS


def _kernels(system: System, slots: Ints) -> list[tuple[Floats, ...]]:
    """Return by decisions of an interval each queue's transitions to its end."""
    transitions = []
    shift = np.eye(LIMIT + 1, k=1)
    shift[-1, -1] = 1.0
    for targets in product(range(len(system.rates)), repeat=int(slots.sum())):
        matrices = []
        for server, rate in enumerate(system.rates):
            law, number = np.eye(LIMIT + 1), 0
            ends = (1.0 - rate) * np.eye(LIMIT + 1) + rate * np.eye(LIMIT + 1, k=-1)
            ends[0, 0] = 1.0
            for arrives in slots:
                if arrives:
                    law = law @ shift if targets[number] == server else law
                    number += 1
                law = law @ ends
            matrices.append(law)
        transitions.append(tuple(matrices))
    return transitions


def seen_at_boundaries(system: System, arrives: Ints, late: bool) -> float:
    """Return the least mean cost if queues are known once per interval only.

    Parameters
    ----------
    system, arrives
        Two servers whose drops are free, and the path.
    late
        Whether decisions of an interval use the boundary before the last one.
    """
    stage = system.stage
    states = stage.size
    # Costs from a boundary on, by state and by decisions of the interval that begins.
    after: Floats = np.zeros((states, 1))
    for interval in range(INTERVALS - 1, -1, -1):
        slots = arrives[PER * interval : PER * (interval + 1)]
        if not late:
            after = after.min(axis=1, keepdims=True)
        columns = []
        for first, second in _kernels(system, slots):
            moves = np.kron(first, second)
            columns.append(moves @ stage.ravel() + (moves @ after).min(axis=1))
        after = np.stack(columns, axis=1)
    return float(after[0].min()) / INTERVALS


def worth(system: System, seeds: Iterable[int]) -> list[float]:
    """Return by how much the least mean cost grows as each knowledge is taken away.

    Shares of the cost with all knowledge: admitting each job exactly once, not knowing
    arrivals, sending jobs half an interval and an interval before they join, seeing queues
    once per interval, and seeing them an interval late.
    """
    best = without_forecast(system)
    rows = [
        (
            informed(system, path),
            bound(system, path),
            mean_cost(system, path, best),
            decided_before(system, path, PER // 2),
            decided_before(system, path, PER),
            seen_at_boundaries(system, path, late=False),
            seen_at_boundaries(system, path, late=True),
        )
        for path in map(system.path, seeds)
    ]
    exact, below, *others = np.mean(rows, axis=0).tolist()
    return [1.0 - below / exact, *(other / exact - 1.0 for other in others)]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=10)
    parser.add_argument("--loads", type=float, nargs="*", default=list(LOADS))
    parser.add_argument("--servers", type=int, nargs="*", default=[2, 3, 4])
    arguments = parser.parse_args()
    seeds = range(arguments.paths)
    head = ["load", "each job once", "arrivals unknown"]
    head += [f"sent {PER // 2} slots before joining", f"sent {PER} before"]
    head += ["queues seen once an interval", "an interval late"]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for load in arguments.loads:
        shares = worth(System.of(2, load), seeds)
        cells = [f"{100 * share:.1f} %" for share in shares]
        print(f"| {load:g} | " + " | ".join(cells) + " |")
    columns = [(servers, drop) for drop in DROPS for servers in arguments.servers]
    names = [f"{n} servers, {DROPS[drop]}" for n, drop in columns]
    print("\n| load | " + " | ".join(names) + " |\n" + "|---" * (1 + len(names)) + "|")
    for load in arguments.loads:
        cells = []
        for servers, drop in columns:
            system = System.of(servers, load, drop)
            paths = [system.path(seed) for seed in seeds]
            exact = np.mean([informed(system, path) for path in paths])
            lost = 1.0 - np.mean([bound(system, path) for path in paths]) / exact
            cells.append(f"{100 * lost:.1f} %")
        print(f"| {load:g} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
