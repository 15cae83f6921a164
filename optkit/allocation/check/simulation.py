"""Exact store-and-forward times of a solution, beside the times of eqs (5) to (7)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from optkit.allocation.check.metrics import MetricArrays, ServerMetrics, recompute
from optkit.allocation.check.rules import structural_violations
from optkit.allocation.check.store_and_forward import (
    MAX_PASSAGES,
    arrival_times,
    arrivals,
)
from optkit.allocation.check.tree_arrays import TreeArrays
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats
from optkit.core.errors import UsageError


@dataclass(frozen=True, eq=False)
class Simulation:
    """Times and costs with exact store and forward, by server, the master included.

    Parameters
    ----------
    arrival
        When its part is complete, in s; 0 where it has none, and for the master.
    finish
        When it has computed it, in s.
    cost
        w1 finish + w2 E, with the same energy E as in the objective.
    estimated_arrival
        Transmission and waiting of eqs (5) and (6), in s: never before ``arrival``.
    """

    arrival: Mapping[str, float]
    finish: Mapping[str, float]
    cost: Mapping[str, float]
    estimated_arrival: Mapping[str, float]

    @property
    def makespan(self) -> float:
        """When the last server has finished, in s."""
        return max(self.finish.values())

    @property
    def largest_cost(self) -> float:
        """Largest cost with the true times."""
        return max(self.cost.values())


def store_and_forward(
    instance: AllocationInstance, solution: AllocationSolution
) -> Simulation:
    """Simulate a solution exactly.

    In each subtree all parts are at the master at time 0, in the order of the solution.
    Every link sends one part at a time in that order, each as soon as it is complete at
    the link's tail and the link is free. A server computes as soon as it has its part.
    Loads of zero take no time and hold nobody up.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it, of any routing. The work grows with the hops of all loaded
        servers, summed.

    Returns
    -------
    Simulation
        Times in s.

    Raises
    ------
    UsageError
        If the solution's tree or orders do not fit the instance.
    """
    violations = structural_violations(instance, solution)
    if violations:
        raise UsageError(
            "store_and_forward: the solution does not fit the instance:\n"
            + "\n".join(f"  {violation}" for violation in violations)
        )
    simulated = simulate(instance, solution, recompute(instance, solution), math.inf)
    assert simulated is not None, "there is no limit"
    return simulated


def simulate(
    instance: AllocationInstance,
    solution: AllocationSolution,
    server_metrics: Mapping[str, ServerMetrics],
    max_passages: float = MAX_PASSAGES,
) -> Simulation | None:
    """Return the exact times of a sound solution, given its metrics by eqs (1) to (8).

    Parameters
    ----------
    instance, solution
        As in :func:`store_and_forward`; the solution has been found sound.
    server_metrics
        The checker's, which include energies and computing times.
    max_passages
        As in :func:`optkit.allocation.check.store_and_forward.arrivals`; None is returned
        if the solution has more.
    """
    arrival = arrivals(
        solution.parent,
        {(link.source, link.target): link.gbps for link in instance.links},
        solution.order,
        solution.load_gbit,
        max_passages,
    )
    if arrival is None:
        return None
    arrival[instance.master] = 0.0
    weights = instance.weights
    finish = {
        name: arrival[name] + server.computing
        for name, server in server_metrics.items()
    }
    return Simulation(
        arrival=arrival,
        finish=finish,
        cost={
            name: weights.time * finish[name] + weights.energy * server.energy
            for name, server in server_metrics.items()
        },
        estimated_arrival={
            name: server.waiting + server.transmission
            for name, server in server_metrics.items()
        },
    )


@dataclass(frozen=True, eq=False)
class SimulatedArrays:
    """The finish and the cost of :class:`Simulation`, by the numbers of a tree."""

    finish: Floats
    cost: Floats


def simulate_arrays(
    instance: AllocationInstance, tree: TreeArrays, metrics: MetricArrays
) -> SimulatedArrays | None:
    """Return what :func:`simulate` does, for a large solution."""
    arrival = arrival_times(tree)
    if arrival is None:
        return None
    finish = arrival + metrics.computing
    weights = instance.weights
    return SimulatedArrays(
        finish, weights.time * finish + weights.energy * metrics.energy
    )
