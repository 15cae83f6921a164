"""Line styles of solvers."""

from __future__ import annotations

from optkit.bench.report.line_styles import line_styles


def test_labels_leave_room_for_pictures() -> None:
    """Labels of a hundred letters are shortened, and still differ."""
    styles = line_styles(["x" * 100 + "1" * 20, "x" * 100 + "11" * 30, "plain"])
    labels = [style.label for style in styles.values()]
    assert len(set(labels)) == 3
    assert max(map(len, labels)) < 45
    assert labels[2] == "plain"
