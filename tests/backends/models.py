"""Models with known answers, built from plain arrays."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optkit.backends.registry import installed

BACKENDS = ("highs", "scip", "cp-sat")
"""The backends that optkit installs."""

LICENSED_NAMES = ("gurobi", "cplex", "xpress", "copt")

LICENSED = tuple(
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            not installed()[name],
            reason=f"backend {name} is not installed (pip install 'optkit[solvers]')",
        ),
    )
    for name in LICENSED_NAMES
)
"""Backends whose packages solve small models without a licence."""

SLOW_TO_START = {"copt": 4.0, "xpress": 4.0}
"""Time limits, s, of tests for backends that run in a process of their own."""

EVERY = (*BACKENDS, *LICENSED)
WITH_REALS = ("highs", "scip", *LICENSED)


@dataclass(frozen=True, eq=False)
class Arrays:
    """A random model as arrays: the brute force never sees Pyomo."""

    matrix: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    cost: np.ndarray
    offset: float
    maximise: bool
    fixed: dict[int, int]

    def model(self) -> Any:
        """Return it as a Pyomo model."""
        model = pyo.ConcreteModel(name="random")
        columns = range(len(self.cost))
        model.x = pyo.Var(
            columns,
            domain=lambda _, j: pyo.Integers if self.integer[j] else pyo.Reals,
            bounds=lambda _, j: (float(self.lower[j]), float(self.upper[j])),
        )
        for j, value in self.fixed.items():
            model.x[j].fix(value)

        def row(_: Any, i: int) -> Any:
            body = sum(float(self.matrix[i, j]) * model.x[j] for j in columns)
            lower, upper = float(self.row_lower[i]), float(self.row_upper[i])
            if lower == upper:
                return body == lower
            if lower == -np.inf:
                return body <= upper
            if upper == np.inf:
                return body >= lower
            return (lower, body, upper)

        model.rows = pyo.Constraint(range(len(self.matrix)), rule=row)
        model.cost = pyo.Objective(
            expr=sum(float(self.cost[j]) * model.x[j] for j in columns) + self.offset,
            sense=pyo.maximize if self.maximise else pyo.minimize,
        )
        return model

    def brute_force(self) -> float | None:
        """Return the best objective over every integer point, None if there is none."""
        ranges = [
            [self.fixed[j]] if j in self.fixed else range(int(low), int(high) + 1)
            for j, (low, high) in enumerate(zip(self.lower, self.upper, strict=True))
        ]
        points = np.array(list(itertools.product(*ranges)), dtype=float)
        activity = points @ self.matrix.T
        feasible = (activity >= self.row_lower - 1e-9).all(axis=1)
        feasible &= (activity <= self.row_upper + 1e-9).all(axis=1)
        if not feasible.any():
            return None
        objective = points[feasible] @ self.cost + self.offset
        return float(objective.max() if self.maximise else objective.min())


def random_arrays(seed: int, *, mixed: bool = False) -> Arrays:
    """Return a random small model: ranges, equalities, fractions, fixed variables."""
    rng = np.random.default_rng(seed)
    columns, rows = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    unit = float(rng.choice([1.0, 0.5, 0.1, 0.01]))
    matrix = rng.integers(-5, 6, (rows, columns)) * unit
    matrix[rng.random(matrix.shape) < 0.2] = 0.0
    lower = rng.integers(-3, 1, columns)
    upper = lower + rng.integers(0, 5, columns)
    inside = matrix @ rng.integers(lower, upper + 1)
    kind = rng.integers(0, 4, rows)
    slack = rng.integers(0, 4, rows) * unit
    row_lower = np.where(kind == 1, -np.inf, inside - slack)
    row_upper = np.where(kind == 2, np.inf, inside + slack)
    row_lower[kind == 3] = row_upper[kind == 3]
    integer = np.ones(columns, dtype=bool)
    if mixed:
        integer = rng.random(columns) < 0.5
    return Arrays(
        matrix=matrix,
        row_lower=row_lower,
        row_upper=row_upper,
        lower=lower.astype(float),
        upper=upper.astype(float),
        integer=integer,
        cost=rng.integers(-9, 10, columns) * float(rng.choice([1.0, 0.25, 0.1])),
        offset=float(rng.integers(-20, 21)) / 4,
        maximise=bool(rng.integers(2)),
        fixed={0: int(lower[0])} if rng.random() < 0.3 else {},
    )


def knapsack(columns: int, rows: int, seed: int = 0) -> Any:
    """Return a multi-dimensional knapsack: maximise, all solutions easy, proof hard."""
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 100, (rows, columns)).tolist()
    worth = rng.integers(1, 100, columns).tolist()
    model = pyo.ConcreteModel(name="knapsack")
    model.x = pyo.Var(range(columns), domain=pyo.Binary)
    model.rows = pyo.Constraint(
        range(rows),
        rule=lambda _, i: (
            sum(weight[i][j] * model.x[j] for j in range(columns))
            <= sum(weight[i]) // 2
        ),
    )
    model.worth = pyo.Objective(
        expr=sum(worth[j] * model.x[j] for j in range(columns)), sense=pyo.maximize
    )
    return model


def hard_knapsack() -> Any:
    """Return a knapsack that no backend solves within seconds."""
    return knapsack(400, 30)
