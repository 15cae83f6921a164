"""Facility location: bounds, answers and proofs against full enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.core.solving import seeds
from optkit.discovery.bounds import facility_location
from optkit.discovery.bounds.facility_location import FacilityLocation, Links


@pytest.fixture(params=["covering", "sites"], autouse=True)
def _method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let proofs search by covering, or by sites only."""
    if request.param == "sites":
        monkeypatch.setattr(facility_location, "MAX_ENTRIES", 0)


def random_problem(number: int) -> tuple[Floats, Floats]:
    """Return opening costs, and link costs that are infinite where there is no link."""
    rng = seeds.generator(20, "facility", number)
    clients, sites = int(rng.integers(1, 9)), int(rng.integers(1, 8))
    # Whole numbers make ties; some costs are negative or all equal.
    decimals = int(rng.choice([0, 1, 6]))
    costs = np.round(rng.uniform(-1.0, 3.0, (clients, sites)), decimals)
    if number % 5 == 0:
        costs[:] = 0.0
    costs[rng.random((clients, sites)) < 0.4] = np.inf
    alone = ~np.isfinite(costs).any(axis=1)
    costs[alone, rng.integers(sites, size=int(alone.sum()))] = 1.0
    return np.round(rng.uniform(0.0, 4.0, sites), decimals), costs


def located(
    opening: Floats, costs: Floats, duals: Floats | None = None
) -> FacilityLocation:
    """Return the problem, solved at its root."""
    client, site = np.nonzero(np.isfinite(costs))
    links = Links.of(client, site, costs[client, site], costs.shape)
    return FacilityLocation(links, opening, duals)


def least_cost(opening: Floats, costs: Floats) -> float:
    """Return the optimum by trying every set of sites."""
    best = np.inf
    for chosen in itertools.product((False, True), repeat=len(opening)):
        opened = np.array(chosen)
        if opened.any():
            served = np.where(opened, costs, np.inf).min(axis=1)
            best = min(best, float(opening[opened].sum() + served.sum()))
    return best


def cost_of(opening: Floats, costs: Floats, located: FacilityLocation) -> float:
    """Return what the answer's sites cost, computed from the matrix."""
    served = np.where(located.opened, costs, np.inf).min(axis=1)
    return float(opening[located.opened].sum() + served.sum())


def test_bounds_stay_below_and_proofs_end_at_the_optimum() -> None:
    """Without branching, the bound is on the right side; branching closes the gap."""
    branched = 0
    for number in range(400):
        opening, costs = random_problem(number)
        least = least_cost(opening, costs)
        problem = located(opening, costs)
        assert problem.bound <= least + 1e-9, number
        assert problem.value >= least - 1e-9, number
        branched += problem.bound < least - 1e-6
        assert problem.prove(1e-9, lambda: False), number
        assert problem.value == pytest.approx(least, abs=1e-9), number
        assert cost_of(opening, costs, problem) == pytest.approx(least, abs=1e-9)
        assert least - 2e-9 <= problem.bound <= least + 1e-9, number
    assert branched > 2


def test_any_multipliers_give_a_bound() -> None:
    """Multipliers far from good ones, negative ones too, keep the bound valid."""
    for number in range(100):
        opening, costs = random_problem(number)
        rng = seeds.generator(20, "multipliers", number)
        duals = rng.uniform(-5.0, 5.0, costs.shape[0])
        problem = located(opening, costs, duals)
        assert problem.bound <= least_cost(opening, costs) + 1e-9, number
        assert problem.prove(1e-9, lambda: False), number


def test_a_stopped_proof_keeps_a_valid_bound() -> None:
    """With no nodes, or a stop at once, the bound is that of the root or better."""
    rng = seeds.generator(20, "stopped")
    opening = rng.uniform(2.0, 4.0, 30)
    costs = np.where(
        rng.random((60, 30)) < 0.3, rng.uniform(0.0, 1.0, (60, 30)), np.inf
    )
    costs[:, 0] = 5.0
    problem = located(opening, costs)
    root = problem.bound
    assert root < problem.value
    assert not problem.prove(1e-9, lambda: True)
    assert not problem.prove(1e-9, lambda: False, nodes=1)
    part = problem.bound
    assert root <= part <= problem.value
    assert problem.prove(1e-9, lambda: False)
    assert part <= problem.value + 1e-9
    assert problem.bound == pytest.approx(problem.value, abs=1e-8)
