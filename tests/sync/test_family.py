"""The choice of a solver for an instance."""

from __future__ import annotations

import optkit
from tests.sync.solving import number


def test_auto_takes_a_policy_that_fits() -> None:
    """The choice of ``auto`` is near the best period, under both readings."""
    for error in ("held", "true"):
        instance = optkit.generate("sync", seed=1, slots=120, error=error)
        cost = number(optkit.solve(instance), "objective")
        for period in (1, 3, 8):
            other = optkit.solve(
                instance, "periodic", options={"reporting.period": period}
            )
            assert cost <= 1.02 * number(other, "objective")
