"""Runs of cycles."""

from __future__ import annotations

from dataclasses import replace

from optkit.reproduction.discovery import (
    cycles,
)
from optkit.reproduction.discovery.networks import network
from tests.reproduction.discovery.cases import quick_context


def test_an_optimum_is_proven_where_prices_leave_a_gap() -> None:
    """If the decomposition proves no optimum, the exact solver is used."""
    context = quick_context()
    drawn = network(context, "gap", windows=1)
    first = context.solve(drawn, "price")
    asked = []

    def solve(instance: object, solver: str, **others: object) -> object:
        asked.append(solver)
        return replace(first, bound=None) if solver == "price" else first

    context.solve = solve  # type: ignore[method-assign, assignment]
    assert cycles.optimal(context, drawn) is first
    assert asked == ["price", "bilevel-exact"]
