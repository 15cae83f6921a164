"""The checker's replay: the laws behind it."""

from __future__ import annotations

from optkit.dispatch.check.replay import service_slots


def test_service_quantile_is_the_geometric_law() -> None:
    """Service quantiles are those of a geometric law, and 1 for a mean of 1."""
    assert service_slots(1.0, 0.99) == 1
    for mean in (1.5, 2.0, 28.0):
        for u in (0.0, 0.3, 0.5, 0.75, 0.999):
            slots = service_slots(mean, u)
            stay = 1.0 - 1.0 / mean
            assert stay**slots <= (1.0 - u) * (1 + 1e-12)
            assert stay ** (slots - 1) >= (1.0 - u) * (1 - 1e-12)
