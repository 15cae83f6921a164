"""Families' tables come in one order: violations, the solution, the instance."""

from __future__ import annotations

from optkit.core.display.tables import Table, quantities, sections
from optkit.core.solving.result import Verification, Violation

INSTANCE, SOLUTION = quantities("Instance", []), quantities("Solution", [])


def titles(
    solution: str | None, verification: Verification | None, checked: Verification
) -> list[str]:
    """Return the titles of the sections."""

    def of_solution(_: str, verification: Verification) -> list[Table]:
        assert verification.objective is not None
        return [SOLUTION]

    tables = sections(
        "instance",
        solution,
        verification,
        check=lambda *_: checked,
        of_solution=of_solution,
        of_instance=[INSTANCE],
    )
    return [table.title for table in tables]


GOOD = Verification(True, 1.0)
WRONG = Verification(False, 1.0, (Violation("rule", "load.a", "too much"),))
BROKEN = Verification(False, None, (Violation("rule", "", "no tree"),))


def test_instance_alone() -> None:
    """Without a solution there is only the instance."""
    assert titles(None, None, GOOD) == ["Instance"]


def test_solution_is_checked_unless_a_verification_is_there() -> None:
    """The checker runs only if the caller has no verification yet."""
    assert titles("solution", None, GOOD) == ["Solution", "Instance"]
    assert titles("solution", WRONG, GOOD) == ["Violations", "Solution", "Instance"]


def test_solution_without_objective_shows_violations_only() -> None:
    """A solution too broken for an objective shows its violations and the instance."""
    assert titles("solution", None, BROKEN) == ["Violations", "Instance"]
