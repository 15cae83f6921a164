"""Tables and pictures: the checker's figures, and nothing that breaks on odd input."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving.result import Status
from optkit.discovery.check.checker import check
from optkit.discovery.display.drawing.figure import draw
from optkit.discovery.display.drawing.view import window_view
from optkit.discovery.display.tables import tables
from optkit.discovery.testing import degenerate_instances, random_instances
from tests.discovery.cases import instance, solution


def test_tables_show_the_checkers_figures() -> None:
    """Protects what `optkit show` prints of a solution."""
    report = check(instance(), solution())
    shown = {table.title: table for table in tables(instance(), solution(), report)}
    outcome = {row[0]: row[1] for row in shown["Solution"].rows}
    assert outcome["objective"] == report.objective
    assert outcome["energy Z2"] == report.metrics["energy_j"]
    assert len(shown["Windows of the solution"].rows) == 2
    assert shown["Agents of the solution"].rows[0] == (0, "r0", 2, 2, "p")
    for table in shown.values():
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_tables_of_a_solution_that_fails_say_why() -> None:
    """Protects readers from figures without the violation beside them."""
    wrong = solution(agent=[[0, 0, 1], [1, None, None]])
    first = tables(instance(), wrong)[0]
    assert first.title == "Violations"
    assert first.rows[0][0] == "not-optimal"


def test_view_of_a_window() -> None:
    """Protects what is drawn: links, agents, connections and modes by name."""
    seen = window_view(instance(), solution(), 0)
    assert seen.nodes == ("a", "b", "c")
    assert seen.opened == {"p": ["r0"], "q": ["r1"]}
    assert seen.connected == {"a": "p", "b": "p", "c": "q"}
    assert seen.agent == {"a", "c"}
    assert seen.links["b", "q"] == 1.0
    later = window_view(instance(), solution(), 1)
    assert later.nodes == ("a", "c")
    assert later.idle == {"c"}


@pytest.mark.parametrize("solved", [True, False])
def test_every_degenerate_instance_is_drawn(solved: bool) -> None:
    """Protects pictures and tables at the edges: nothing there, nobody, no links."""
    for _, odd in list(degenerate_instances())[::6]:
        found = None
        if solved:
            result = optkit.solve(odd, "bilevel-exact")
            if result.status is Status.INFEASIBLE:
                continue
            found = result.solution
        figure = draw(odd, found)  # type: ignore[arg-type]
        figure.canvas.draw()
        assert tables(odd, found)  # type: ignore[arg-type]


def test_a_solution_that_fails_is_drawn_with_its_violation() -> None:
    """Protects readers of a picture from taking it for a solution."""
    wrong = solution(connect=[["p", "q", "q"], ["q", None, None]])
    figure = draw(instance(), wrong)
    assert "Fails its check" in figure.get_suptitle()


def test_six_windows_at_most_are_drawn() -> None:
    """Protects the size of pictures of long horizons."""
    _, small = next(iter(random_instances(5, 1)))
    many = small.model_copy(
        update={
            "windows": 40,
            **{
                key: getattr(small, key) * 40
                for key in (
                    "present",
                    "demand",
                    "select_time",
                    "connect_time",
                    "energy_agent",
                    "energy_self",
                    "accuracy_agent",
                    "accuracy_self",
                )
            },
        }
    )
    titles = [axes.get_title() for axes in draw(many).axes]
    assert len(titles) == 6
    assert titles[0].startswith("window 0")
    assert titles[-1].startswith("window 39")
