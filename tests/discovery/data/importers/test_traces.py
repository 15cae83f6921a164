"""Readers of recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optkit.core.errors import InvalidFileError
from optkit.discovery.data.importers.traces import read_recording


def test_taxis_are_put_on_a_plane(tmp_path: Path) -> None:
    """Degrees are converted to metres."""
    for name, latitude in (("new_a.txt", 37.70), ("new_b.txt", 37.71)):
        rows = [f"{latitude} -122.40 0 {1_211_259_600 + t}" for t in (0, 60, 120)]
        (tmp_path / name).write_text("\n".join(rows))
    recording = read_recording(tmp_path)
    first, second = (track.positions[0] for track in recording.tracks)
    assert np.linalg.norm(second - first) == pytest.approx(1111.9, rel=1e-3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("node,t_s,x_m,y_m\n", "below the header"),
        ("1 2 3\n1 x 3\n", "line 2"),
        ("1 2\n", "columns"),
        ("0 CONN 1 1 up\n", "line 1"),
        ("9 CONN 1 2 up\n3 CONN 1 2 down\n", "before the last"),
        ("0 1 nan\n", "line 1"),
    ],
)
def test_what_is_no_recording_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    """A file of another kind is refused with the line and what was expected."""
    path = tmp_path / "trace.txt"
    path.write_text(content)
    with pytest.raises(InvalidFileError, match=said):
        read_recording(path)
