"""Series drawn through their reports."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline, PchipInterpolator

from optkit.sync.check.reconstruction_error import reconstruction_mse as checked
from optkit.sync.problem.reconstruction import Method, reconstruct, reconstruction_mse

METHODS: tuple[Method, ...] = ("cubic", "pchip")


@pytest.mark.parametrize("method", METHODS)
def test_error_is_what_the_checker_finds(method: Method) -> None:
    """Checker and solvers compute the same error for random reports."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        load = rng.uniform(0, 100, rng.integers(1, 40))
        reports = np.flatnonzero(rng.random(len(load)) < rng.random())
        mine = reconstruction_mse(method, load, reports)
        assert mine == pytest.approx(checked(method, load, reports.tolist()))


@pytest.mark.parametrize("method", METHODS)
def test_few_reports_are_enough(method: Method) -> None:
    """With 0 to 3 reports the series is a constant, a line, a curve."""
    load = np.array([1.0, 5.0, 9.0, 4.0, 7.0, 7.0, 2.0])
    assert reconstruct(method, load, []).tolist() == [1.0] * 7
    assert reconstruct(method, load, [0]).tolist() == [1.0] * 7
    line = reconstruct(method, load, [0, 3])
    assert line == pytest.approx([1, 2, 3, 4, 4, 4, 4])
    assert reconstruct(method, load, [3]) == pytest.approx(line)
    curve = reconstruct(method, load, [2, 6])
    assert curve[[0, 2, 6]] == pytest.approx([1, 9, 2])
    if method == "cubic":  # a parabola through three points
        assert np.diff(curve, 3) == pytest.approx(np.zeros(4), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_reports_in_every_slot_are_exact(method: Method) -> None:
    """A series that is reported in every slot has no error."""
    load = np.random.default_rng(2).uniform(0, 100, 50)
    assert reconstruct(method, load, np.arange(50)) == pytest.approx(load)
    assert reconstruction_mse(method, load, np.arange(60)) == pytest.approx(0.0)
    constant = np.full(30, 4.0)
    assert reconstruct(method, constant, [5, 6, 20]) == pytest.approx(constant)


def test_between_reports_it_is_the_curve_that_is_named() -> None:
    """The cubic spline has not-a-knot ends, and differs from PCHIP."""
    load = np.random.default_rng(3).uniform(0, 100, 20)
    knots = np.array([0, 2, 7, 8, 15, 19])
    cubic = CubicSpline(knots, load[knots])(np.arange(20))
    assert reconstruct("cubic", load, knots) == pytest.approx(cubic)
    pchip = PchipInterpolator(knots, load[knots])(np.arange(20))
    assert reconstruct("pchip", load, knots) == pytest.approx(pchip)
    assert np.abs(cubic - pchip).max() > 1.0


@pytest.mark.parametrize("method", METHODS)
def test_unreported_slots_are_not_read(method: Method) -> None:
    """Loads of unreported slots do not affect the curve."""
    load = np.random.default_rng(4).uniform(0, 100, 30)
    reports = np.array([3, 9, 10, 22])
    other = np.full(30, np.nan)
    other[[0, *reports]] = load[[0, *reports]]
    expected = reconstruct(method, load, reports)
    assert reconstruct(method, other, reports).tolist() == expected.tolist()
