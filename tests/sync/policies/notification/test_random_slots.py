"""Random notification."""

from __future__ import annotations

import pytest

import optkit


def test_random_notifications_are_as_many_as_asked() -> None:
    """The share of slots with a notification is the probability; the seed decides which."""
    instance = optkit.generate("sync", seed=1, slots=1000, max_pair_age=999.0)
    options = {"notification": {"probability": 0.3}}
    first = optkit.solve(instance, "random", options=options, seed=1)
    assert first.metrics["notifications"] == pytest.approx(0.3 * 20 * 1000, rel=0.05)
    again = optkit.solve(instance, "random", options=options, seed=1)
    other = optkit.solve(instance, "random", options=options, seed=2)
    assert first.solution == again.solution
    assert first.solution != other.solution
