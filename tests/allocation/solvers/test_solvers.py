"""What each solver of the paper does that the contract tests do not know of."""

from __future__ import annotations

import multiprocessing
import random
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.allocation.heuristics.evolution import GaOptions, evolve
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.core.tools.solution_files import solution_document


def _instance(servers: int = 8, seed: int = 1, **options: Any) -> AllocationInstance:
    made = optkit.generate(
        "allocation", seed=seed, servers=servers, **{"shape": "random-tree", **options}
    )
    assert isinstance(made, AllocationInstance)
    return made


def _loads(result: optkit.Result) -> dict[str, float]:
    assert isinstance(result.solution, AllocationSolution)
    return {name: load for name, load in result.solution.load_gbit.items() if load > 0}


def test_pmo_in_processes_is_pmo_in_one() -> None:
    """Protects 'same seed, same result' for one worker and two, in real processes."""
    instance = _instance(servers=10, subtrees=2)
    context = multiprocessing.get_context("spawn")
    answers = []
    for solver in ("pmo", "ga"):
        alone = optkit.solve(instance, solver, seed=4)
        for workers in (1, 2):
            with ProcessPoolExecutor(workers, mp_context=context) as executor:
                spread = optkit.solve(instance, solver, seed=4, executor=executor)
            answers.append(
                [
                    {
                        key: value
                        for key, value in solution_document(result).document().items()
                        if key in ("objective", "bound", "solution", "termination")
                    }
                    for result in (alone, spread)
                ]
            )
    for one, other in answers:
        assert one == other


def test_pmo_gives_nothing_to_a_subtree_that_does_not_pay() -> None:
    """Protects the case in which the printed P1(c') divides by zero."""
    instance = _instance(servers=7, shape="topology-2", tx_watt=1e4)
    result = optkit.solve(instance, "pmo")
    assert _loads(result) == {"0": instance.task.size_gbit}
    assert result.status is optkit.Status.OPTIMAL
    assert result.objective == pytest.approx(
        optkit.solve(instance, "cmo").objective, rel=1e-12
    )


def test_baselines_use_the_servers_they_say() -> None:
    """Protects the comparison: who may work is what defines each baseline."""
    instance = _instance(servers=12, seed=3)
    tree = sink_tree(instance)
    children = {tree.ids[k] for k in np.flatnonzero(tree.parent == 0)}
    assert set(_loads(optkit.solve(instance, "local"))) == {"0"}
    partial = set(_loads(optkit.solve(instance, "partial"))) - {"0"}
    assert len(partial) == 1
    assert partial <= children
    assert set(_loads(optkit.solve(instance, "master-worker"))) == children | {"0"}
    (alone,) = _loads(optkit.solve(instance, "multi-hop"))
    fastest = max(instance.servers[1:], key=lambda server: server.ghz)
    assert alone == fastest.id


def test_baselines_minimise_what_they_are_told() -> None:
    """Protects `objective`: time as printed, or the cost they are judged by."""
    instance = _instance(servers=12, seed=3, weight_energy=1.0, tx_watt=20.0)
    for solver in ("partial", "master-worker"):
        by_time = optkit.solve(instance, solver)
        by_cost = optkit.solve(instance, solver, options={"objective": "cost"})
        assert by_time.objective is not None
        assert by_cost.objective is not None
        assert by_cost.objective <= by_time.objective
        assert (
            by_time.metrics["completion_time_s"] <= by_cost.metrics["completion_time_s"]
        )
    by_choice = {
        choice: optkit.solve(instance, "multi-hop", options={"choice": choice})
        for choice in ("ghz", "time", "cost")
    }
    times = {c: r.metrics["completion_time_s"] for c, r in by_choice.items()}
    costs = {c: r.objective for c, r in by_choice.items()}
    assert times["time"] == min(times.values())
    assert costs["cost"] == min(c for c in costs.values() if c is not None)


def test_level_pruning_keeps_the_first_levels() -> None:
    """Protects ξ: levels ξ+1 to H go, as text and percentages have it."""
    instance = _instance(shape="topology-4")
    tree = sink_tree(instance)
    for levels in range(4):
        result = optkit.solve(instance, "level-pruning", options={"levels": levels})
        allowed = {tree.ids[k] for k in np.flatnonzero(tree.depth <= levels)}
        assert set(_loads(result)) <= allowed
        if levels == 3:
            best = optkit.solve(instance, "pmo")
            assert result.objective == pytest.approx(best.objective, rel=1e-12)


def test_node_pruning_goes_by_partial_offloading() -> None:
    """Protects θ_p against the definition, worked out from `partial` on two servers."""
    instance = _instance(servers=7, shape="topology-2", seed=5)
    local = optkit.solve(instance, "local").objective
    assert local is not None
    savings = {}
    for child in ("1", "2"):
        pair = instance.model_copy(
            update={
                "servers": tuple(s for s in instance.servers if s.id in ("0", child)),
                "links": tuple(
                    x for x in instance.links if (x.source, x.target) == ("0", child)
                ),
            }
        )
        shared = optkit.solve(pair, "partial", options={"objective": "cost"}).objective
        assert shared is not None
        savings[child] = (local - shared) / local
    low, high = sorted(savings, key=lambda child: savings[child])
    between = (savings[low] + savings[high]) / 2
    kept = _loads(
        optkit.solve(instance, "node-pruning", options={"threshold": between})
    )
    assert high in kept
    assert low not in kept
    assert set(
        _loads(optkit.solve(instance, "node-pruning", options={"threshold": 1}))
    ) == {"0"}


def test_pruned_servers_that_relay_stay_in_the_tree() -> None:
    """Protects pruning in the middle of a path: the relay relays and pays for it."""
    instance = _instance(shape="chain", servers=4, seed=2)
    slow = instance.model_copy(
        update={
            "servers": tuple(
                s.model_copy(update={"ghz": 0.001}) if s.id == "1" else s
                for s in instance.servers
            )
        }
    )
    result = optkit.solve(slow, "node-pruning", options={"threshold": 0.05})
    assert isinstance(result.solution, AllocationSolution)
    assert "1" in result.solution.parent
    assert result.solution.load_gbit["1"] == 0.0
    assert result.metrics["servers"]["1"]["energy_j"] > 0.0
    assert result.verification is not None
    assert result.verification.feasible


@pytest.mark.parametrize(
    "inner", ["local", "level-pruning", "node-pruning", "block", "closed-form"]
)
def test_pruning_refuses_an_inner_solver_that_does_not_search(inner: str) -> None:
    """Protects against a pruning whose result has nothing to do with it."""
    with pytest.raises(optkit.UsageError, match="inner"):
        optkit.solve(_instance(), "node-pruning", options={"inner": inner})


def test_ga_leaves_the_global_generator_alone() -> None:
    """Protects the caller's random numbers from DEAP, which draws from Python's own."""
    instance = _instance(servers=8, subtrees=1)
    random.seed(99)
    expected = random.random()
    random.seed(99)
    optkit.solve(instance, "ga", seed=1)
    assert random.random() == expected


def test_ga_gets_better_with_more_generations() -> None:
    """Protects elitism: with one seed, more generations are never worse."""
    subtree = sink_tree(_instance(servers=14, subtrees=1, seed=8)).subtrees[0]
    costs = [
        evolve(subtree, GaOptions(generations=count), seed=5).plan.cost
        for count in (0, 5, 20, 60)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_milp_starts_from_an_initial_solution() -> None:
    """Protects warm starts: used where it fits the tree, and said so."""
    instance = _instance(servers=7)
    first = optkit.solve(instance, "ga", options={"generations": 0})
    result = optkit.solve(instance, "milp", initial=first.solution)
    assert result.initial is not None
    assert result.initial.used
    assert result.status is optkit.Status.OPTIMAL


def test_cp_sat_is_refused_for_continuous_loads() -> None:
    """Protects against answers that CP-SAT gets wrong."""
    with pytest.raises(optkit.UnavailableError, match="continuous"):
        optkit.solve(_instance(), "milp", options={"backend": "cp-sat"})


@pytest.mark.parametrize(
    ("solver", "options"),
    [
        ("branch-and-bound", {"servers": 6, "shape": "chain", "tx_watt": 100.0}),
        ("block-ls", {"servers": 20, "shape": "chain", "tx_watt": 100.0}),
        ("pmo", {"servers": 6, "weight_time": 0.0, "capacitance": 0.0}),
        ("block", {"servers": 6}),
        ("block", {"servers": 30, "subtrees": 1}),
        ("closed-form", {"servers": 30, "subtrees": 1, "weight_energy": 0.0}),
        ("ga", {"servers": 30, "weight_time": 0.0, "capacitance": 0.0}),
    ],
)
def test_auto_says_which_and_why(solver: str, options: dict[str, Any]) -> None:
    """Protects `auto`: proof where it is cheap, the best certified answer elsewhere."""
    result = optkit.solve(_instance(**options))
    assert result.solver.name == solver
    assert result.solver.chosen
    assert result.bound is not None
