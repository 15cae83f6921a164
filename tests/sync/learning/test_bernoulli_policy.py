"""Probabilities and entropies of the actions."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("jax", reason="the extra rl is not installed")


@pytest.mark.slow
def test_actions_are_independent() -> None:
    """(18) and (24) equal sums over all actions, and forced actions do not count."""
    from optkit.sync.learning.bernoulli_policy import entropy, log_probability

    logits = np.array([0.3, -1.2, 2.0])
    every = np.array(np.meshgrid(*[[False, True]] * 3)).reshape(3, -1).T
    log = np.asarray(log_probability(logits, every, np.ones(3, dtype=bool)))
    assert np.exp(log).sum() == pytest.approx(1.0, rel=1e-5)
    expected = -(np.exp(log) * log).sum()
    actual = float(entropy(logits, np.ones(3, dtype=bool)))
    assert actual == pytest.approx(expected, rel=1e-5)
    mask = np.array([True, False, True])
    without = log_probability(logits[mask], every[:, mask], True)
    assert np.allclose(log_probability(logits, every, mask), without)
