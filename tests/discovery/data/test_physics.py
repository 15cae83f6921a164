"""Energy and accuracy, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.discovery.data import physics
from optkit.discovery.data.migrating_network import (
    hop_counts,
)


def test_accuracy_of_updates_and_its_inverse() -> None:
    """E(Q_agent) is 1 for endless updates, falls with μτ, and is inverted exactly."""
    changes = np.array([0.0, 1e-12, 0.1, 1.0, 5.0, 40.0])
    accuracy = physics.agent_accuracy(changes)
    assert accuracy[0] == 1.0
    assert np.all(np.diff(accuracy) <= 0.0)
    assert accuracy[3] == pytest.approx(1.0 - np.exp(-1.0))
    again = physics.changes_for_accuracy(accuracy[2:])
    assert again == pytest.approx(changes[2:])


def test_a_line_of_three_nodes_by_hand() -> None:
    """Equations (8), (11) to (14): hop shares, mean hops and energy of a flood."""
    links = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=bool)
    shares = physics.hop_shares(hop_counts(links))
    assert shares == pytest.approx(np.array([[1, 1, 1], [1, 2, 0], [1, 1, 1]]) / 3)
    assert physics.mean_hops(shares) == pytest.approx([1.0, 2 / 3, 1.0])
    one = physics.request_energy(3, shares, np.array([2, 1, 2]), 2.0, 1.0)
    # Ends: 3·2 + ring 1 (one node)·3 + 3·1·3 = 18; the middle, HC = 1: 2·3·3 = 18.
    assert one == pytest.approx([18.0, 18.0, 18.0])
    assert physics.self_energy(np.array([0, 1, 2]), one) == pytest.approx([0, 18, 36])
    assert physics.self_accuracy(shares, 0.0) == pytest.approx([1.0, 1.0, 1.0])


def test_updates_and_agent_energy_by_hand() -> None:
    """Equations (3) to (7) and (10) give the numbers computed by hand."""
    interval = physics.completion_interval(0.2, 2)
    assert interval == pytest.approx(0.1)
    assert physics.completed_tasks(0.1, interval) == pytest.approx(1.0)
    assert physics.updates_between_observations(3.0, 1.0, 51) == pytest.approx(100.0)
    assert physics.updates_between_observations(0.5, 1.0, 51) == pytest.approx(50.0)
    assert physics.all_updates(2.0, 0.1, np.array([100.0, 50.0])) == pytest.approx(3000)
    energy = physics.agent_energy(np.array([2.0]), np.array([10.0]), 0.5, 0.25)
    assert energy == pytest.approx([2 * 0.75 + 10 * 0.5])


def test_the_printed_accuracy_is_no_probability() -> None:
    """Equation (9) as printed exceeds 1 from two hops on."""
    chain = np.diag(np.ones(4, dtype=bool), 1)
    shares = physics.hop_shares(hop_counts(chain | chain.T))
    literal = physics.self_accuracy_literal(0.1, shares)
    assert literal.max() > 1.0
    assert physics.self_accuracy_coverage(0.1, shares.sum(axis=1)) == pytest.approx(0.1)
