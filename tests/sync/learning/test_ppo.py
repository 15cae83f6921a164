"""Advantages and the clipped surrogate."""

from __future__ import annotations

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="the extra rl is not installed")
pytest.importorskip("optax", reason="the extra rl is not installed")


def test_advantages_are_the_sums_of_the_paper() -> None:
    """The recursion equals the printed double sum of (20) and (21)."""
    from optkit.sync.learning.ppo import gae

    rng = np.random.default_rng(0)
    rewards, values = rng.normal(size=(2, 7, 3))
    advantages, next_values = gae(rewards, values, discount=0.9, gae_lambda=0.8)
    assert np.allclose(next_values[:-1], values[1:])
    errors = rewards + 0.9 * np.asarray(next_values) - values
    for t in range(7):
        expected = sum((0.9 * 0.8) ** k * errors[t + k] for k in range(7 - t))
        np.testing.assert_allclose(advantages[t], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_surrogate_is_flat_outside_its_clip() -> None:
    """Past 1 ± ε, (23) gains nothing from a further step in the same direction."""
    from optkit.sync.learning.ppo import clipped_surrogate

    slope = jax.grad(lambda new, gain: clipped_surrogate(new, 0.0, gain, 0.2))
    assert float(slope(np.log(1.3), 1.0)) == 0.0
    assert float(slope(np.log(0.7), -1.0)) == 0.0
    assert float(slope(np.log(1.3), -1.0)) == pytest.approx(-1.3, rel=1e-5)
    assert float(slope(np.log(1.1), 1.0)) == pytest.approx(1.1, rel=1e-5)
