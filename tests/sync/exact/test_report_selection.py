"""The best reports for a reconstruction, and a bound on its error."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.sync.exact.report_selection import best_reports, error_bound
from optkit.sync.problem.reconstruction import Method, reconstruction_mse

METHODS: tuple[Method, ...] = ("pchip", "cubic")


def all_choices(slots: int, gap: int, tail: int):
    """Yield every set of report slots with gaps and tail within limits."""
    for count in range(slots):
        for chosen in itertools.combinations(range(1, slots), count):
            held = (0, *chosen)
            if max(np.diff(held), default=0) <= gap and slots - 1 - held[-1] <= tail:
                yield chosen


@pytest.mark.slow
def test_best_reports_for_pchip_are_best_for_their_number() -> None:
    """For PCHIP, no other reports of the same number have less error."""
    rng = np.random.default_rng(0)
    for trial in range(20):
        slots = int(rng.integers(2, 10))
        load = rng.integers(0, 6, slots) * 10.0 + (trial % 2) * rng.random(slots)
        gap, tail = int(rng.integers(1, slots + 1)), int(rng.integers(0, slots))
        best: dict[int, float] = {}
        for chosen in all_choices(slots, gap, tail):
            error = reconstruction_mse("pchip", load, chosen)
            best[len(chosen)] = min(best.get(len(chosen), np.inf), error)
        for count in range(slots):
            chosen_reports = best_reports(load, count, "pchip", gap, tail)
            assert chosen_reports is not None
            number = len(chosen_reports.slots)
            assert number <= max(count, min(best))
            assert chosen_reports.mse == pytest.approx(best[number], abs=1e-9), trial


def test_no_reports_draw_a_series_better_than_the_bound() -> None:
    """No reports have less error than the bound, for both curves and every number."""
    rng = np.random.default_rng(1)
    for trial in range(12):
        slots = int(rng.integers(2, 9))
        load = rng.integers(0, 6, slots) * 10.0 + (trial % 2) * rng.random(slots)
        for method in METHODS:
            least = np.inf
            for count in range(slots):
                least = min(
                    least,
                    *(
                        reconstruction_mse(method, load, chosen)
                        for chosen in itertools.combinations(range(1, slots), count)
                    ),
                    np.inf,
                )
                bound = error_bound(load, count, method)
                assert bound <= least + 1e-9, (trial, method, count)


def test_the_bound_says_something() -> None:
    """The bound is well above 0 where reports are rare."""
    load = np.random.default_rng(2).uniform(0, 100, 60)
    assert error_bound(load, 14, "pchip") > 50.0
    assert error_bound(load, 5, "cubic") > 50.0
