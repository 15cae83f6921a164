"""The declarative model as a solver."""

from __future__ import annotations

import pytest

import optkit
from tests.allocation.instances import generated


def test_milp_starts_from_an_initial_solution() -> None:
    """An initial solution on the sink tree is used, and reported as used."""
    instance = generated(servers=7)
    first = optkit.solve(instance, "ga", options={"generations": 0})
    result = optkit.solve(instance, "milp", initial=first.solution)
    assert result.initial is not None
    assert result.initial.used
    assert result.status is optkit.Status.OPTIMAL


def test_cp_sat_is_refused_for_continuous_loads() -> None:
    """CP-SAT, which would get continuous loads wrong, is refused."""
    with pytest.raises(optkit.UnavailableError, match="continuous"):
        optkit.solve(generated(), "milp", options={"backend": "cp-sat"})
