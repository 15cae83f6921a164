"""The choice of reporting options."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.reproduction.sync.tuning import outcome, reports, tuned
from optkit.sync.data.load_series import plateau_burst


@pytest.mark.parametrize("name", ["gradient", "threshold"])
def test_tuned_options_keep_the_budget_and_nearly_use_it(name: str) -> None:
    """Tuned options stay within the budget, and use most of it."""
    parts: list[Floats] = [
        plateau_burst(150, 0.02, np.random.default_rng(seed)) for seed in range(6)
    ]
    given = tuned(name, parts, 30.0, 12, "pchip")
    assert given is not None
    sent, errors = outcome(parts, lambda part: reports(name, given, part, 12), "pchip")
    assert 27.0 <= sent.mean() <= 30.0
    assert (errors > 0.0).all()
    # Reports in every twelfth slot are more than this.
    assert tuned(name, parts, 5.0, 12, "pchip") is None
