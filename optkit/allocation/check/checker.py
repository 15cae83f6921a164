"""The independent checker of allocation solutions.

Everything is recomputed from the instance and the solution, by other formulas than the
solvers use (:mod:`optkit.allocation.checking`): waiting is summed along each path by where
earlier parts left it, where the solvers take lowest common ancestors of pairs; the sink
tree is found by a label-setting search over (distance, hops), where the solvers select
among tight links. Beside the times of eqs (5) and (6) stand those of an exact simulation
(:mod:`optkit.allocation.check.simulation`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from optkit.allocation.check.metrics import ServerMetrics, recompute
from optkit.allocation.check.rules import find_violations, is_structural
from optkit.allocation.check.simulation import Simulation, simulate
from optkit.allocation.check.sink import sink_parents
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.result import Verification

BINDING_TOLERANCE = 1e-6
"""A server binds if its cost is within this share of the largest."""


def check(instance: AllocationInstance, solution: AllocationSolution) -> Verification:
    """Recompute a solution's cost and find everything that is wrong with it.

    Parameters
    ----------
    instance
        The instance it is for.
    solution
        The solution.

    Returns
    -------
    Verification
        With ``metrics``: completion time, largest and total energy, the binding servers,
        the servers that are unreachable or left out, and the figures of each server;
        beside them the times and costs of exact store and forward, None where it takes
        too long to simulate.
    """
    with _collector_paused():
        sink = sink_parents(instance)
        broken = find_violations(instance, solution, sink)
        if is_structural(broken):
            return Verification(False, None, tuple(broken))
        figures = recompute(instance, solution)
        objective = max(figure.cost for figure in figures.values())
        exact = simulate(instance, solution, figures)
        metrics = _metrics(instance, figures, objective, sink, exact)
        return Verification(not broken, objective, tuple(broken), metrics)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Leave cyclic garbage where it is for a while.

    Nothing here makes any, and on large instances looking for it takes a third of the
    time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _metrics(
    instance: AllocationInstance,
    figures: Mapping[str, ServerMetrics],
    objective: float,
    sink: Mapping[str, str],
    exact: Simulation | None,
) -> dict[str, Any]:
    names = [server.id for server in instance.servers]
    return {
        "completion_time_s": max(figure.time for figure in figures.values()),
        "store_and_forward_makespan_s": exact.makespan if exact else None,
        "store_and_forward_cost": exact.largest_cost if exact else None,
        "max_energy_j": max(figure.energy for figure in figures.values()),
        "total_energy_j": sum(figure.energy for figure in figures.values()),
        "binding_servers": [
            name
            for name in names
            if name in figures
            and figures[name].cost >= objective * (1.0 - BINDING_TOLERANCE)
        ],
        "unreachable_servers": [
            name for name in names if name not in sink and name != instance.master
        ],
        "left_out_servers": [
            name for name in names if name in sink and name not in figures
        ],
        "servers": {
            name: {
                "load_gbit": figures[name].load,
                "waiting_s": figures[name].waiting,
                "transmission_s": figures[name].transmission,
                "computing_s": figures[name].computing,
                "time_s": figures[name].time,
                "energy_j": figures[name].energy,
                "cost": figures[name].cost,
                "store_and_forward_time_s": exact.finish[name] if exact else None,
            }
            for name in names
            if name in figures
        },
    }
