"""The closed form as a solver."""

from __future__ import annotations

import pytest

import optkit
from tests.allocation.instances import generated


def test_closed_form_refuses_relaying_energy() -> None:
    """The closed form refuses instances for which it is not proven."""
    with pytest.raises(optkit.UnavailableError, match="relaying"):
        optkit.solve(generated(8, 1, subtrees=2), "closed-form")


def test_closed_form_proves_large_instances() -> None:
    """The closed form proves instances that nobody could enumerate."""
    instance = generated(2000, 2, weight_energy=0.0, weight_time=1.0)
    result = optkit.solve(instance, "closed-form")
    assert result.status is optkit.Status.OPTIMAL
    assert result.gap is not None
    assert result.gap <= 1e-9
