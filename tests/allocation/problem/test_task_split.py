"""The split of the task at the master."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from optkit.allocation.problem.task_split import split_task


@pytest.mark.slow
def test_split_is_the_linear_program() -> None:
    """The closed form of P1(c') is its linear program's optimum on a thousand masters."""
    rng = np.random.default_rng(0)
    for _ in range(1000):
        count = int(rng.integers(0, 6))
        own = float(rng.choice([0.0, 1.0, rng.uniform(0.1, 2)]))
        send = rng.choice([0.0, 0.3, 1.0], size=count) * rng.uniform(0, 2, count)
        unit = rng.choice([0.5, 1.0, 3.0], size=count) * rng.uniform(0.1, 2, count)
        size = float(rng.choice([0.0, 1.0, 7.5]))
        found = split_task(size, own, send, unit)
        rows = [np.append(np.append(own, send), -1.0)]
        for t in range(count):
            row = np.zeros(count + 2)
            row[1 + t], row[-1] = unit[t], -1.0
            rows.append(row)
        best = linprog(
            np.append(np.zeros(count + 1), 1.0),
            A_ub=np.array(rows),
            b_ub=np.zeros(len(rows)),
            A_eq=[np.append(np.ones(count + 1), 0.0)],
            b_eq=[size],
        )
        assert found.cost == pytest.approx(best.fun, rel=1e-9, abs=1e-12)
        loads = np.append(found.master, found.subtrees)
        assert np.all(loads >= 0.0)
        assert loads.sum() == pytest.approx(size, rel=1e-12)
        assert np.all(unit * found.subtrees <= found.cost * (1 + 1e-12))
        assert own * found.master + send @ found.subtrees <= found.cost * (1 + 1e-9)


def test_a_busy_radio_leaves_the_master_without_load() -> None:
    """The master gets no load where its radio is the bottleneck."""
    found = split_task(10.0, 1.0, np.array([0.4, 0.6, 0.9]), np.array([1.0, 0.5, 1.0]))
    assert found.master == 0.0
    assert found.subtrees[2] == 0.0
    # Budget 1: the first takes 1 Gbit for 0.4, the second 1 Gbit for the other 0.6.
    assert found.subtrees == pytest.approx([5.0, 5.0, 0.0])
    assert found.cost == pytest.approx(5.0)
