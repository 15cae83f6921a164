"""The picture of a bilevel program."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import optkit
from optkit.bilevel.check.checker import check
from optkit.bilevel.display.drawing import structure
from optkit.bilevel.problem.problem_data import problem_data
from tests.small import instance, result


def _marks(figure: Figure) -> int:
    lines = figure.axes[0].get_lines()
    return sum(len(line.get_xdata()) for line in lines if line.get_marker() == "s")


def test_every_coefficient_has_a_mark_in_its_block() -> None:
    """There are as many marks as coefficients, coloured by the levels that meet."""
    problem = problem_data(instance("bilevel"))
    figure = structure.draw(instance("bilevel"))
    assert _marks(figure) == problem.matrix.nnz
    panel = figure.axes[0]
    split = len(problem.upper) - 0.5, len(problem.upper_rows) - 0.5
    for line in panel.get_lines():
        if line.get_marker() != "s":
            continue
        right = line.get_xdata() > split[0]
        below = line.get_ydata() > split[1]
        label = line.get_label()
        assert np.all(right == ("follower's columns" in label))
        assert np.all(below == label.startswith("follower's rows"))


def test_large_programs_share_cells() -> None:
    """A program with many columns has a bounded number of marks."""
    large = optkit.generate("bilevel", upper_columns=150, lower_columns=150, seed=1)
    figure = structure.draw(large)
    assert _marks(figure) < problem_data(large).matrix.nnz
    assert "2 × 2 coefficients per mark" in figure.axes[0].get_title(loc="left")


def test_values_are_drawn_and_a_failed_check_is_said() -> None:
    """The second panel has the solution's values in the order of the columns."""
    answer = result("bilevel")
    figure = structure.draw(answer.instance, answer.solution, answer.verification)
    values = [y for line in figure.axes[1].get_lines()[:2] for y in line.get_ydata()]
    assert values == [*answer.solution.upper.values(), *answer.solution.lower.values()]
    broken = answer.solution.model_copy(update={"follower_value": 1e6})
    figure = structure.draw(answer.instance, broken, check(answer.instance, broken))
    assert "FAILS" in figure.axes[1].get_title(loc="left")
