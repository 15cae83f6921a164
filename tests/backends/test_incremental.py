"""Tests of the model that stays inside HiGHS while it changes."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import weakref
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse

from optkit.backends import LinearModel, compile_model, solve_model
from optkit.backends.incremental import IncrementalModel, SolveStatus
from optkit.backends.linear import NamedComponent
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline
from tests.backends.models import knapsack, random_arrays


def _incremental(model: LinearModel) -> IncrementalModel:
    return IncrementalModel(
        model.matrix,
        model.row_lower,
        model.row_upper,
        model.column_lower,
        model.column_upper,
        model.integer,
        model.cost,
    )


def _with_row(model: LinearModel, lower: float, values: Floats) -> LinearModel:
    """Return the model with one more row, ``values @ x >= lower``."""
    return replace(
        model,
        matrix=scipy.sparse.vstack([model.matrix, values[None, :]], format="csr"),
        row_lower=np.append(model.row_lower, lower),
        row_upper=np.append(model.row_upper, np.inf),
        constraints=[*model.constraints, NamedComponent("added")],
    )


def _assert_same(model: IncrementalModel, reference: LinearModel) -> None:
    result, expected = model.solve(), solve_model(reference, load=False)
    assert result.status == str(expected.termination)
    if expected.bound is None:
        assert result.bound is None
        return
    minimised = reference.sign * expected.bound - reference.offset
    assert result.bound == pytest.approx(minimised, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_changes_give_what_a_new_model_gives(seed: int) -> None:
    """After a change of the costs, and with one more row, the optimum is that of HiGHS."""
    reference = compile_model(random_arrays(seed, mixed=seed % 2 == 1).model())
    model = _incremental(reference)
    _assert_same(model, reference)
    model.set_cost(-reference.cost)
    _assert_same(model, replace(reference, cost=-reference.cost))
    model.set_cost(reference.cost)
    lower = float(reference.cost @ reference.column_upper) / 2.0
    model.add_row(lower, np.inf, np.arange(reference.columns), reference.cost)
    _assert_same(model, _with_row(reference, lower, reference.cost))


def test_unbounded_is_told_from_infeasible() -> None:
    """Without a bound a column makes the model unbounded; a row makes it infeasible."""
    none = np.zeros(0)
    model = IncrementalModel(
        np.zeros((0, 1)), none, none, np.zeros(1), np.full(1, np.inf),
        np.ones(1, dtype=np.bool_), -np.ones(1),
    )  # fmt: skip
    assert model.solve().status is SolveStatus.UNBOUNDED
    model.add_row(-np.inf, -1.0, np.zeros(1, dtype=np.int64), np.ones(1))
    assert model.solve().status is SolveStatus.INFEASIBLE


@pytest.mark.slow
def test_a_deadline_stops_it_and_it_can_go_on() -> None:
    """A stopped solve has an incumbent and a bound; the next solve is not affected."""
    model = _incremental(compile_model(knapsack(150, 20)))
    result = model.solve(Deadline(1.0), collect=True)
    assert result.status is SolveStatus.STOPPED
    assert result.values is not None
    assert result.bound is not None
    assert len(result.points) >= 1
    assert model.solve(Deadline(0.0)).status is SolveStatus.STOPPED
    model.set_cost(np.ones(model.columns))
    assert model.solve().bound == 0.0


def test_an_exception_in_the_callback_reaches_the_caller() -> None:
    """HiGHS' frames are left before the exception is raised."""

    def fail() -> bool:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        _incremental(compile_model(knapsack(150, 20))).solve(Deadline(30.0, fail))


def test_ctrl_c_does_not_interrupt_the_callback() -> None:
    """It is raised after the solve, not in HiGHS' frames; the model stays usable."""
    model = _incremental(compile_model(knapsack(150, 20)))
    went_on = []

    def press() -> bool:
        if not went_on:
            os.kill(os.getpid(), signal.SIGINT)
            went_on.append(True)
        return False

    with pytest.raises(KeyboardInterrupt):
        model.solve(Deadline(30.0, press))
    assert went_on
    model.set_cost(np.ones(model.columns))
    assert model.solve().bound == 0.0


def test_a_basis_of_earlier_costs_does_not_hide_that_a_program_is_unbounded() -> None:
    """HiGHS ended with "Unknown" on this covering program, from the basis before."""
    matrix = np.array(
        [
            [3.0, 1.0, 2.0, 12.0, 16.0, 8.0],
            [2.0, 0.0, 1.0, 12.0, 8.0, 11.0],
            [3.0, 5.0, 0.0, 0.0, 1.0, 0.0],
        ]
    )
    sides, inf = np.array([24.0, 23.0, 28.0]), np.full(3, np.inf)
    model = IncrementalModel(
        scipy.sparse.csr_array(matrix), sides, inf, np.zeros(6),
        np.array([1.0, 1.0, 2.0, *inf]), np.zeros(6, dtype=np.bool_), np.zeros(6),
    )  # fmt: skip
    column = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    for cost, bound in ((column, 0.0), (-column, -2.0)):
        model.set_cost(cost)
        assert model.solve().bound == bound
    model.set_cost(np.array([0.0, 0.0, 0.0, -16.0, -19.0, -10.0]))
    assert model.solve().status is SolveStatus.UNBOUNDED


def test_a_program_that_presolve_answers_wrongly() -> None:
    """Presolve of HiGHS 1.13 empties this program and ends at a point that breaks a row.

    A no-good cut excludes each of 11 points of the first six columns.
    """
    budget = np.array([14.0, 19.0, 15.0, 16.0, 17.0, 2.0, 0.0, 0.0])
    forbidden = np.array(
        [
            [0, 0, 1, 0, 0, 1], [1, 0, 1, 0, 0, 1], [0, 0, 1, 0, 1, 1],
            [0, 0, 1, 0, 0, 0], [0, 0, 1, 1, 0, 1], [0, 0, 1, 1, 0, 0],
            [0, 1, 1, 0, 0, 1], [0, 1, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0],
            [0, 0, 0, 0, 0, 1], [0, 0, 1, 0, 1, 0],
        ]
    )  # fmt: skip
    no_good = np.hstack([1.0 - 2.0 * forbidden, np.zeros((11, 2))])
    rows = np.zeros((5, 8))
    rows[0] = budget
    rows[1, [2, 6]] = rows[2, [5, 7]] = 1.0
    rows[3, [6, 7]] = 16.0, 6.0
    rows[4, [2, 5, 6, 7]] = -1.0, -2.0, -1.0, -2.0
    matrix = np.vstack([rows, no_good])
    lower = np.append(np.full(5, -np.inf), 1.0 - forbidden.sum(axis=1))
    upper = np.append([41.0, 1.0, 1.0, 18.5, -3.0], np.full(11, np.inf))
    cost = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 16.0, 6.0])
    points = np.array(list(itertools.product((0.0, 1.0), repeat=8)))
    activity = points @ matrix.T
    kept = points[((activity >= lower) & (activity <= upper)).all(axis=1)]
    model = IncrementalModel(
        scipy.sparse.csr_array(matrix),
        lower,
        upper,
        np.zeros(8),
        np.ones(8),
        np.ones(8, dtype=np.bool_),
        cost,
    )
    result = model.solve()
    assert result.status is SolveStatus.OPTIMAL
    assert result.bound == (kept @ cost).min()


def test_model_is_freed() -> None:
    """A model that nobody uses any more is freed, although its deadline referred to it.

    HiGHS holds its callback where the collector does not see it: every solve would leave
    half a megabyte.
    """
    model = _incremental(compile_model(knapsack(5, 2)))

    def stop(of: IncrementalModel = model) -> bool:
        return of.columns == 0

    deadline = Deadline(60.0, stop)
    assert model.solve(deadline).status is SolveStatus.OPTIMAL
    freed = weakref.ref(model)
    del model, deadline, stop
    gc.collect()
    assert freed() is None
