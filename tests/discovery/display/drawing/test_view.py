"""The content of a window's picture."""

from __future__ import annotations

from optkit.discovery.display.drawing.view import window_view
from tests.discovery.cases import instance, solution


def test_view_of_a_window() -> None:
    """A view has links, agents, connections and modes by name."""
    first = window_view(instance(), solution(), 0)
    assert first.nodes == ("a", "b", "c")
    assert first.opened == {"p": ["r0"], "q": ["r1"]}
    assert first.connected == {"a": "p", "b": "p", "c": "q"}
    assert first.agent == {"a", "c"}
    assert first.links["b", "q"] == 1.0
    later = window_view(instance(), solution(), 1)
    assert later.nodes == ("a", "c")
    assert later.idle == {"c"}
