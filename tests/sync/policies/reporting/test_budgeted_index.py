"""Reports under a budget: the budget itself, and what it is spent on."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Floats
from optkit.sync.data.load_series import plateau_burst
from optkit.sync.policies.reporting.budgeted_index import TERMS, WEIGHTS, report_slots
from optkit.sync.problem.reconstruction import reconstruction_mse


def series(seed: int, slots: int = 200) -> Floats:
    """Return a random load: bursts, noise, a walk, or whole numbers with spikes."""
    rng = np.random.default_rng(seed)
    kinds = [
        plateau_burst(slots, 0.03, rng),
        rng.uniform(0, 100, slots),
        np.clip(50 + rng.normal(size=slots).cumsum(), 0, 100),
        np.where(rng.random(slots) < 0.1, 90.0, np.round(rng.uniform(2, 6, slots))),
        np.full(slots, 7.0),
    ]
    return kinds[seed % len(kinds)]


@pytest.mark.parametrize("period", [1.0, 2.5, 4.0, 7.0, 30.0])
def test_never_more_reports_than_periodic_has_sent(period: float) -> None:
    """By every slot, no more reports have been sent than periods have passed, plus one."""
    for seed in range(40):
        longest = 3 + seed % 15
        load = series(seed)
        slots = report_slots(load, period, longest)
        earned = 1 + np.arange(200) / min(period, longest) + 1e-6
        assert (np.cumsum(np.isin(np.arange(200), slots)) <= earned).all()


def test_no_gap_is_longer_than_allowed() -> None:
    """No gap between reports is longer than allowed, up to the end."""
    for seed in range(40):
        longest = 1 + seed % 15
        slots = report_slots(series(seed), 1.0 + seed % 9, longest)
        assert slots[0] == 0
        assert np.diff(np.append(slots, 200)).max() <= longest


def test_index_is_read_off_its_terms() -> None:
    """An index that is always positive spends every token at once."""
    load = series(0)
    eager = np.where(np.array(TERMS) == "constant", 1.0, 0.0)
    assert report_slots(load, 5.0, 50, eager).tolist() == list(range(0, 200, 5))
    assert report_slots(load, 5.0, 50, -eager).tolist() == list(range(0, 200, 50))
    assert len(WEIGHTS) == len(TERMS)


def test_units_do_not_matter() -> None:
    """Reports do not depend on the scale of the load."""
    for seed in range(4):
        load = 20.0 + series(seed) / 4.0
        assert report_slots(load, 4.0, 12).tolist() == (
            report_slots(2.0 * load, 4.0, 12).tolist()
        )


def test_bursts_are_redrawn_better_than_by_periodic_reports() -> None:
    """On bursty loads the error is smaller than with as many periodic reports."""
    mine, plain = [], []
    for seed in range(30):
        load = plateau_burst(300, 0.02, np.random.default_rng(seed))
        slots = report_slots(load, 8.0, 12)
        assert len(slots) <= 38
        mine.append(reconstruction_mse("pchip", load, slots))
        plain.append(reconstruction_mse("pchip", load, np.arange(0, 300, 8)))
    assert np.mean(mine) < 0.85 * np.mean(plain)


def test_shared_budget_goes_to_the_lively() -> None:
    """Under shared-index, lively loads report more, and a greater usual step less."""
    rng = np.random.default_rng(1)
    calm = 50.0 + rng.normal(size=400).cumsum() / 10.0
    lively = 50.0 + 30.0 * (calm - calm.mean())
    counts = [
        [len(report_slots(load, 4.0, 12, usual_step=step)) for load in (calm, lively)]
        for step in (0.01, 1.0, 100.0)
    ]
    for few, many in counts:
        assert few <= many
    assert counts[1][0] < counts[1][1]
    for device in (0, 1):
        assert counts[0][device] >= counts[1][device] >= counts[2][device]
    assert counts[0][1] > counts[2][1]


def test_it_solves_instances_under_its_name() -> None:
    """It is found by its name, as any other policy."""
    instance = optkit.generate("sync", seed=2, slots=120)
    result = optkit.solve(instance, "budgeted-index+on-arrival")
    assert result.verification is not None
    assert result.verification.feasible
    assert result.verification.metrics["reports_per_device"] <= 30
