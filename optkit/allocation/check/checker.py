"""The independent checker of allocation solutions.

Everything is recomputed from the instance and the solution, by other formulas than the
solvers use. Waiting is summed along each path by where earlier parts left it, while the
solvers take lowest common ancestors of pairs. The sink tree is found by a label-setting
search over (distance, hops), while the solvers select among tight links. Beside the times
of eqs (5) and (6), the metrics have those of an exact simulation
(:mod:`optkit.allocation.check.simulation`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from optkit.allocation.check.metrics import (
    ServerMetrics,
    recompute,
    recompute_arrays,
)
from optkit.allocation.check.rules import find_violations, is_structural
from optkit.allocation.check.simulation import (
    Simulation,
    simulate,
    simulate_arrays,
)
from optkit.allocation.check.sink import sink_numbers, sink_parents
from optkit.allocation.check.tree_arrays import TreeArrays, sound_tree
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.files.columns import References
from optkit.core.files.records import LazyRecords, Records
from optkit.core.runtime.collector import paused_collector
from optkit.core.solving.result import Verification

FEWEST_SERVERS = 500
"""Servers in a tree from which whole columns are checked at once."""

BINDING_TOLERANCE = 1e-6
"""A server binds if its cost is within this share of the largest."""


def check(instance: AllocationInstance, solution: AllocationSolution) -> Verification:
    """Recompute a solution's cost and find everything that is wrong with it.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.

    Returns
    -------
    Verification
        Its ``metrics`` are the completion time, the largest and the total energy, the
        binding servers, the servers that are unreachable or left out, and the metrics
        of each server; also the times and costs of exact store and forward, None where
        simulating it would take too long.
    """
    with paused_collector():
        if len(solution.parent) >= FEWEST_SERVERS:
            tree = sound_tree(instance, solution)
            if tree is not None:
                return _check_arrays(instance, tree)
        sink = sink_parents(instance)
        violations = find_violations(instance, solution, sink)
        if is_structural(violations):
            return Verification(False, None, tuple(violations))
        server_metrics = recompute(instance, solution)
        objective = max(server.cost for server in server_metrics.values())
        simulated = simulate(instance, solution, server_metrics)
        metrics = _metrics(instance, server_metrics, objective, sink, simulated)
        return Verification(not violations, objective, tuple(violations), metrics)


def _check_arrays(instance: AllocationInstance, tree: TreeArrays) -> Verification:
    """Return the verdict on a large solution that keeps all rules."""
    values = recompute_arrays(instance, tree)
    objective = float(values.cost.max())
    simulated = simulate_arrays(instance, tree, values)
    ids = instance.network.ids
    in_file = np.argsort(tree.servers)
    listed = tree.servers[in_file]
    binding = listed[values.cost[in_file] >= objective * (1.0 - BINDING_TOLERANCE)]
    reached = sink_numbers(instance) >= 0
    left_out = reached.copy()
    left_out[listed] = False
    reached[tree.servers[0]] = True
    columns = {
        "load_gbit": values.load,
        "waiting_s": values.waiting,
        "transmission_s": values.transmission,
        "computing_s": values.computing,
        "time_s": values.time,
        "energy_j": values.energy,
        "cost": values.cost,
        "store_and_forward_time_s": simulated.finish if simulated else None,
    }
    metrics = {
        "completion_time_s": float(values.time.max()),
        "store_and_forward_makespan_s": float(simulated.finish.max())
        if simulated
        else None,
        "store_and_forward_cost": float(simulated.cost.max()) if simulated else None,
        "max_energy_j": float(values.energy.max()),
        "total_energy_j": math.fsum(values.energy.tolist()),
        "binding_servers": [ids[k] for k in binding.tolist()],
        "unreachable_servers": [ids[k] for k in np.flatnonzero(~reached).tolist()],
        "left_out_servers": [ids[k] for k in np.flatnonzero(left_out).tolist()],
        "servers": Records(
            References(ids, listed),
            {
                name: None if column is None else column[in_file]
                for name, column in columns.items()
            },
        ),
    }
    return Verification(True, objective, (), LazyRecords(metrics))


def _metrics(
    instance: AllocationInstance,
    server_metrics: Mapping[str, ServerMetrics],
    objective: float,
    sink: Mapping[str, str],
    simulated: Simulation | None,
) -> dict[str, Any]:
    names = [server.id for server in instance.servers]
    return {
        "completion_time_s": max(server.time for server in server_metrics.values()),
        "store_and_forward_makespan_s": simulated.makespan if simulated else None,
        "store_and_forward_cost": simulated.largest_cost if simulated else None,
        "max_energy_j": max(server.energy for server in server_metrics.values()),
        "total_energy_j": sum(server.energy for server in server_metrics.values()),
        "binding_servers": [
            name
            for name in names
            if name in server_metrics
            and server_metrics[name].cost >= objective * (1.0 - BINDING_TOLERANCE)
        ],
        "unreachable_servers": [
            name for name in names if name not in sink and name != instance.master
        ],
        "left_out_servers": [
            name for name in names if name in sink and name not in server_metrics
        ],
        "servers": {
            name: {
                "load_gbit": server_metrics[name].load,
                "waiting_s": server_metrics[name].waiting,
                "transmission_s": server_metrics[name].transmission,
                "computing_s": server_metrics[name].computing,
                "time_s": server_metrics[name].time,
                "energy_j": server_metrics[name].energy,
                "cost": server_metrics[name].cost,
                "store_and_forward_time_s": simulated.finish[name]
                if simulated
                else None,
            }
            for name in names
            if name in server_metrics
        },
    }
