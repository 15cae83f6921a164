"""The convergence of a run as a picture."""

from __future__ import annotations

from optkit.cli.convergence import draw_convergence


def test_a_run_is_drawn_from_two_points_on() -> None:
    """A run with fewer points has no picture."""
    assert draw_convergence([]) is None
    assert draw_convergence([(0.1, 2.0, None)]) is None
    svg = draw_convergence([(0.1, 2.0, None), (0.2, 1.5, 1.0), (30.0, 1.5, 1.4)])
    assert svg is not None
    assert "<svg" in svg
    for word in ("objective", "bound", "time (s)"):
        assert f"<!-- {word} -->" in svg
