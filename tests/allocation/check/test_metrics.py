"""The checker's metrics are those of the model: worked out by hand, and by definition."""

from __future__ import annotations

import pytest

from optkit.allocation.check import checker
from optkit.allocation.solution import AllocationSolution
from tests.allocation.check.definition import is_the_definition, shuffled
from tests.allocation.check.hand_cases import HAND, agrees, network


@pytest.mark.parametrize("name", HAND)
def test_figures_are_those_worked_out_by_hand(name: str) -> None:
    """Eqs 1 to 8 give the numbers that were worked out on paper."""
    instance, plain, figures = HAND[name]
    verification = checker.check(instance, AllocationSolution(**plain))
    assert agrees(verification, figures), verification


@pytest.mark.parametrize("shape", ["random-tree", "chain", "caterpillar", "binary"])
def test_figures_are_those_of_the_definition(shape: str) -> None:
    """The checker's shortcuts give the same as plain sums, on whole trees in any order."""
    for servers in (2, 3, 4, 5, 7, 9, 12, 16, 20, 25, 30):
        case = shuffled(shape, servers, servers)
        assert is_the_definition(checker, case), servers


def test_servers_without_a_part_are_reported() -> None:
    """Servers that are left out and servers out of reach are told apart."""
    instance = network(
        1.0,
        1.0,
        (1.0, 1.0),
        {"m": (1, 1, 1), "a": (1, 1, 1), "b": (1, 1, 1)},
        {("m", "a"): 1, ("b", "a"): 1},
    )
    solution = AllocationSolution(parent={}, load_gbit={"m": 1.0}, order={})
    metrics = checker.check(instance, solution).metrics
    assert metrics["left_out_servers"] == ["a"]
    assert metrics["unreachable_servers"] == ["b"]
