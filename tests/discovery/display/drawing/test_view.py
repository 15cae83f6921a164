"""The content of a window's picture."""

from __future__ import annotations

from optkit.discovery.display.drawing.view import window_view
from tests.discovery.cases import instance, solution


def test_view_of_a_window() -> None:
    """A view has links, agents, connections and modes by name."""
    seen = window_view(instance(), solution(), 0)
    assert seen.nodes == ("a", "b", "c")
    assert seen.opened == {"p": ["r0"], "q": ["r1"]}
    assert seen.connected == {"a": "p", "b": "p", "c": "q"}
    assert seen.agent == {"a", "c"}
    assert seen.links["b", "q"] == 1.0
    later = window_view(instance(), solution(), 1)
    assert later.nodes == ("a", "c")
    assert later.idle == {"c"}
