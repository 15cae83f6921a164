"""Recognise knapsack interdiction: one budget, one capacity, opposite goals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.problem.structure.interdiction import (
    InterdictionStructure,
    interdiction,
)
from optkit.core.arrays import Floats, Ints

MOST_CELLS = 30_000_000
"""Largest product of items and capacity; the search keeps so many values."""

LARGEST_TOTAL = 2**31 - 1
"""Largest sum of all profits, costs and weights."""


@dataclass(frozen=True, eq=False)
class Knapsack:
    """``min_x max_y profit y`` with ``budget``, ``capacity`` and ``y <= 1 - x``.

    Parameters
    ----------
    columns
        Index of the leader's column for each item; -1 where the item cannot be forbidden.
    cost, weight, profit
        Per item, integers, shape (items,): forbidding takes ``cost`` of the budget,
        packing takes ``weight`` of the capacity and brings ``profit``. Items are sorted by
        falling profit per weight.
    budget, capacity
        The leader's budget and the follower's capacity, integers.
    scale
        The leader's objective is ``scale`` times the packed profit, plus its constant.
    """

    columns: Ints
    cost: Ints
    weight: Ints
    profit: Ints
    budget: int
    capacity: int
    scale: float


def knapsack(problem: ProblemData) -> Knapsack | str:
    """Return the problem as knapsack interdiction, or why it is something else."""
    structure = interdiction(problem)
    if isinstance(structure, str):
        return structure
    if len(structure.rows) != 1:
        return (
            f"the follower has {len(structure.rows)} rows of its own, not one capacity"
        )
    if len(problem.upper_rows) != 1:
        return f"the leader has {len(problem.upper_rows)} rows, not one budget"
    for columns in (structure.leader, structure.follower):
        if len(set(columns.tolist())) < len(columns):
            return "forbidding is not one column to one"
    low, high = problem.column_lower[problem.upper], problem.column_upper[problem.upper]
    if (low != 0.0).any() or (high != 1.0).any():
        return "some of the leader's columns are fixed"
    if len(structure.leader) < len(problem.upper):
        return "some of the leader's columns forbid nothing"
    if problem.cost[problem.upper].any():
        return "the leader's columns have costs"
    return _knapsack(problem, structure, int(problem.upper_rows[0]))


def _knapsack(
    problem: ProblemData, structure: InterdictionStructure, budget_row: int
) -> Knapsack | str:
    matrix = problem.matrix.toarray()
    budget, capacity_row = matrix[budget_row], structure.rows[0]
    if np.isfinite(problem.row_lower[budget_row]) or (budget < 0).any():
        return "the leader's row is no budget: <= with non-negative coefficients"
    lower = problem.lower
    if (problem.column_lower[lower] != 0.0).any() or not problem.integer[lower].all():
        return "the follower's columns are not all binary"
    if (problem.column_upper[lower] != 1.0).any():
        return "the follower's columns are not all binary"
    weight = matrix[capacity_row][lower]
    capacity = problem.row_upper[capacity_row]
    profit = -problem.follower_cost[lower]
    columns = np.full(len(lower), -1, dtype=np.int64)
    columns[structure.follower] = structure.leader
    limit = problem.row_upper[budget_row]
    whole_budget = np.floor(min(limit, budget.sum()) + 1e-9)
    cost = np.where(columns >= 0, budget[columns], whole_budget + 1.0)
    numbers = np.concatenate([weight, profit, cost])
    if (numbers != np.rint(numbers)).any():
        return "costs, weights and profits are not all whole numbers"
    if np.abs(numbers).sum() > LARGEST_TOTAL:
        return f"costs, weights and profits add up to more than {LARGEST_TOTAL}"
    whole_capacity = np.floor(min(capacity, weight.sum()) + 1e-9)
    if whole_capacity * (len(lower) + 1) > MOST_CELLS:
        return f"capacity times items is above {MOST_CELLS}"
    if whole_capacity < 0 or whole_budget < 0:
        return "the budget or the capacity is negative"
    return _sorted(
        columns, cost, weight, profit, whole_budget, whole_capacity, structure
    )


def _sorted(
    columns: Ints,
    cost: Floats,
    weight: Floats,
    profit: Floats,
    budget: float,
    capacity: float,
    structure: InterdictionStructure,
) -> Knapsack:
    # Items without profit, and items that never fit, are never worth packing.
    keep = (profit > 0.0) & (weight <= capacity)
    density = profit / np.where(weight > 0.0, weight, 1e-3)
    order = np.flatnonzero(keep)[np.argsort(-density[keep], kind="stable")]
    return Knapsack(
        columns=columns[order],
        cost=cost[order].astype(np.int64),
        weight=weight[order].astype(np.int64),
        profit=profit[order].astype(np.int64),
        budget=int(budget),
        capacity=int(capacity),
        scale=structure.scale,
    )
