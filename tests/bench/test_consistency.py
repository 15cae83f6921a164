"""Reference values: contradictions between runs are found, and rounding is not one."""

from __future__ import annotations

import pytest

from optkit.bench.consistency import ReferenceValues
from tests.bench.records import record


def test_a_bound_above_a_verified_objective_is_a_contradiction() -> None:
    """Both solvers are named, whichever comes first."""
    bound = record("b", label="bold", objective=2.0, bound=2.0)
    solution = record("p", label="good", objective=1.0, bound=None, status="feasible")
    for first, second in ((bound, solution), (solution, bound)):
        references = ReferenceValues()
        assert references.add_run(first) is None
        contradiction = references.add_run(second)
        assert contradiction is not None
        assert "bold" in contradiction
        assert "good" in contradiction


def test_a_solution_of_an_infeasible_instance_is_a_contradiction() -> None:
    """A proof of infeasibility and a verified solution cannot both be right."""
    references = ReferenceValues()
    references.add_run(
        record("n", status="infeasible", objective=None, bound=None, verified=None)
    )
    assert references.add_run(record("p")) is not None


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9, -1e9])
def test_rounding_is_no_contradiction(scale: float) -> None:
    """Two proofs of one optimum may differ in the last digits, at any scale and sign."""
    references = ReferenceValues()
    assert references.add_run(record("a", objective=scale, bound=scale)) is None
    other = scale * (1 + 1e-8)
    assert references.add_run(record("b", objective=other, bound=other)) is None


def test_instances_and_variants_are_separate_problems() -> None:
    """Values are compared only within one instance and one variant."""
    references = ReferenceValues()
    references.add_run(record("a", bound=9.0, objective=9.0))
    assert references.add_run(record("b", sha256="b" * 64)) is None
    assert references.add_run(record("c", variant="relaxed")) is None
    assert references.add_run(record("d")) is not None


def test_a_partial_bound_is_no_bound_of_the_instance() -> None:
    """A bound for fixed reports, say, contradicts nothing and proves no optimum."""
    references = ReferenceValues()
    partial = record("a", objective=9.0, bound=9.0, partial_bound=True)
    assert references.add_run(partial) is None
    assert not partial.solved
    assert references.add_run(record("b")) is None
    assert references.bound("a" * 64) == 1.0


def test_values_of_failed_runs_do_not_count() -> None:
    """A run whose solution failed the check adds neither objective nor bound."""
    references = ReferenceValues()
    references.add_run(record("a", outcome="failed-check", bound=9.0, verified=False))
    assert references.add_run(record("b")) is None
    assert references.objective("a" * 64) == 1.0
    assert references.bound("a" * 64) == 1.0
    assert references.objective("c" * 64) is None
