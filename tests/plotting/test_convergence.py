"""The convergence of a run as a picture."""

from __future__ import annotations

from optkit.plotting.convergence import convergence_svg


def test_a_run_is_drawn_from_two_points_on() -> None:
    """A run with fewer points has no picture."""
    assert convergence_svg([]) is None
    assert convergence_svg([(0.1, 2.0, None)]) is None
    svg = convergence_svg([(0.1, 2.0, None), (0.2, 1.5, 1.0), (30.0, 1.5, 1.4)])
    assert svg is not None
    assert "<svg" in svg
    for word in ("objective", "bound", "time (s)"):
        assert f"<!-- {word} -->" in svg
