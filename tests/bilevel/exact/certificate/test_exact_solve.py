"""Elimination in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from optkit.bilevel.exact.certificate.exact_solve import solve


def test_random_systems_are_solved_exactly() -> None:
    """Every equation holds, without any rounding."""
    rng = np.random.default_rng(1)
    for size in (1, 2, 5, 9):
        for _ in range(10):
            matrix = rng.integers(-3, 4, (size, size)).tolist()
            sides = rng.integers(-9, 10, size).tolist()
            equations = [
                ({k: a for k, a in enumerate(row) if a}, side)
                for row, side in zip(matrix, sides, strict=True)
            ]
            values = solve(equations)
            singular = round(float(np.linalg.det(np.array(matrix, float)))) == 0
            if values is None:
                assert singular
                continue
            for terms, side in equations:
                assert sum(a * values[k] for k, a in terms.items()) == side


def test_equations_that_contradict_each_other_have_no_solution() -> None:
    """No x + y is 1 and 2; without the contradiction, what is free is 0."""
    assert solve([({0: 1, 1: 1}, 1), ({0: 1, 1: 1}, 2)]) is None
    values = solve([({0: 3, 1: 1}, 1), ({0: 6, 1: 2}, 2)])
    assert values is not None
    assert 3 * values.get(0, Fraction(0)) + values.get(1, Fraction(0)) == 1
