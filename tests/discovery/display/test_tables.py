"""Tables of instances and solutions."""

from __future__ import annotations

from optkit.discovery.check.checker import check
from optkit.discovery.display.tables import tables
from tests.discovery.cases import instance, solution


def test_tables_show_the_checkers_figures() -> None:
    """The tables show the checker's numbers."""
    report = check(instance(), solution())
    by_title = {table.title: table for table in tables(instance(), solution(), report)}
    outcome = {row[0]: row[1] for row in by_title["Solution"].rows}
    assert outcome["objective"] == report.objective
    assert outcome["energy Z2"] == report.metrics["energy_j"]
    assert len(by_title["Windows of the solution"].rows) == 2
    assert by_title["Agents of the solution"].rows[0] == (0, "r0", 2, 2, "p")
    for table in by_title.values():
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_tables_of_a_solution_that_fails_say_why() -> None:
    """The tables of a wrong solution begin with its violations."""
    wrong = solution(agent=[[0, 0, 1], [1, None, None]])
    first = tables(instance(), wrong)[0]
    assert first.title == "Violations"
    assert first.rows[0][0] == "not-optimal"
