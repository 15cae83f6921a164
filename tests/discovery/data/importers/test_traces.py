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
        ("node,t_s,x_m,y_m\n", "no line of data"),
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


NODES = "0 0.0 10.0 0.0\n1 0.0 300.0 20.0\n0 60.0 15.0 70.0\n1 60.0 25.0 90.0\n"


def written(folder: Path, text: str, name: str = "trace.txt") -> Path:
    """Return a file with ``text`` in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_positions_of_nodes_on_one_clock(tmp_path: Path) -> None:
    """Four columns may be node, time, x, y; or, if named or sure, time first."""
    recording = read_recording(written(tmp_path, NODES))
    assert recording.names == ["0", "1"]
    assert recording.seconds == 60.0
    assert recording.tracks[1].positions.tolist() == [[300.0, 20.0], [25.0, 90.0]]
    turned = "0.0 a 10 0\n0.0 b 300 20\n60.5 a 15 70\n60.5 b 25 90\n"
    recording = read_recording(written(tmp_path, turned))
    assert recording.names == ["a", "b"]
    assert recording.seconds == 60.5


def test_two_layouts_that_fit_are_refused(tmp_path: Path) -> None:
    """Where columns may be read in two ways, the layout has to be named."""
    both = "0 1 10 0\n0 2 300 20\n60 1 15 70\n60 2 25 90\n"
    path = written(tmp_path, both)
    with pytest.raises(InvalidFileError, match=r"more than one layout fits.*--layout"):
        read_recording(path)
    assert read_recording(path, "positions").names == ["1", "2"]
    assert read_recording(path, "nodes").names == ["0", "60"]
    for text in ("37.7 -122.4 7 1211259652\n", "10 1 1\n5 2 2\n"):
        with pytest.raises(InvalidFileError, match="no layout fits"):
            read_recording(written(tmp_path, text))
    assert read_recording(tmp_path / "trace.txt", "walk").seconds == 5.0


def test_events_of_messages_and_comments_are_skipped(tmp_path: Path) -> None:
    """Only contacts count; ends without a begin and other events are counted."""
    text = (
        "# created by hand\n0 CONN 1 2 up\n5 C M1 1 2 500\n30 CONN 1 2 down\n"
        "60 CONN 2 3 up\n61 CONN 3 2 up\n90 CONN 2 3 down\n95 CONN 1 3 down\n"
    )
    recording = read_recording(written(tmp_path, text))
    assert recording.names == ["1", "2", "3"]
    assert recording.contacts == [(0, 1, 0.0, 30.0), (1, 2, 60.0, 90.0)]
    said = recording.left_out.text()
    for part in ("events of messages (1)", "have begun (1)", "never began (1)"):
        assert part in said


def test_files_about_the_taxis_are_left_out(tmp_path: Path) -> None:
    """The published folder holds a list of taxis and a page besides the taxis."""
    written(tmp_path, '<cab id="abboip" updates="23495"/>\n', "_cabs.txt")
    written(tmp_path, "About these data\n", "README")
    rows = [f"37.7 -122.40 0 {1_211_259_600 - t}\n" for t in (0, 60, 60)]
    written(tmp_path, "".join(rows), "new_a.txt")
    recording = read_recording(tmp_path)
    assert recording.names == ["new_a"]
    said = recording.left_out.text()
    assert "files about it (2)" in said
    assert "at the same time (1)" in said


@pytest.mark.parametrize(
    "text",
    ["nan CONN a b up\n600 CONN a b down\n", "1_0 CONN a b up\n", "0 1 2\n1_0 1 2\n",
     "0 1 2\n٣ 1 2\n", "node,t_s,x_m,y_m\na,inf,1,2\n"],
)  # fmt: skip
def test_lenient_numbers_are_refused(text: str, tmp_path: Path) -> None:
    """Only finite decimal numbers are times and positions."""
    with pytest.raises(InvalidFileError, match="is not a number"):
        read_recording(written(tmp_path, text))
