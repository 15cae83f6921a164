"""The arrays of an instance."""

from __future__ import annotations

import numpy as np

from optkit.dispatch.check.replay import upload_slots
from optkit.dispatch.problem.problem_data import quantile_of


def test_quantiles_agree() -> None:
    """Both programs invert laws as the file format says."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        law = rng.random(rng.integers(1, 9)) * rng.integers(0, 2, size=1)[0]
        law[rng.integers(len(law))] += 0.5
        law /= law.sum()
        if rng.integers(2):
            law = np.append(law, 0.0)
        edges = np.concatenate([[0.0], np.cumsum(law), rng.random(5)])
        u = edges[edges < 1.0]
        assert quantile_of(law, u).tolist() == [
            upload_slots(law.tolist(), x) for x in u
        ]
