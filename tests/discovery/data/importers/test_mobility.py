"""Instances from recordings: walks, contacts, and public data."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import optkit
from optkit.core.errors import UsageError
from optkit.discovery.data.importers.mobility import MobilityOptions, read
from optkit.discovery.data.importers.traces import read_recording
from optkit.discovery.data.options import MOST_NODES
from optkit.discovery.instance import DiscoveryInstance

WALKS = "node,t_s,x_m,y_m\n" + "".join(
    f"{name},{t},{10.0 * t / 30 + offset},{offset}\n"
    for name, offset in (("u", 0.0), ("v", 50.0), ("w", 4000.0))
    for t in range(0, 121, 30)
)


CONTACTS = (
    "0\tCONN\t1\t2\tup\n30\tCONN\t2\t3\tup\n50\tCONN\t1\t2\tdown\n90 CONN 2 3 down\n"
)


def imported(path: Path, **options: Any) -> dict[str, Any]:
    """Return the document of a recording."""
    return read(path, MobilityOptions(**{"windows": 2, "every_s": 45.0, **options}), 1)


def test_positions_between_samples_are_interpolated(tmp_path: Path) -> None:
    """Positions are interpolated, distances scaled by coverage, gaps are absences."""
    path = tmp_path / "walks.csv.gz"
    path.write_bytes(gzip.compress(WALKS.encode()))
    recording = read_recording(path)
    assert recording.names == ["u", "v", "w"]
    at = [np.interp(45.0, t.times, t.positions[:, 0]) for t in recording.tracks]
    assert at == pytest.approx([15.0, 65.0, 4015.0])
    document = imported(path, candidates=1, link_decay=0.0, connect_base_s=0.0)
    times = document["connect_time"]
    assert times[0][1][0] == pytest.approx(50.0 * np.sqrt(2.0) / 250.0, abs=1e-6)
    assert times[1][2][0] is None
    gaps = imported(path, max_gap_s=20.0)
    assert gaps["present"] == [[True] * 3, [False] * 3]


def test_contacts_count_by_the_time_together(tmp_path: Path) -> None:
    """Two nodes are the nearer the longer they are in contact."""
    path = tmp_path / "contacts.tsv"
    path.write_text(CONTACTS)
    document = imported(path, every_s=50.0, candidates=3, link_decay=0.0)
    by_name = {name: i for i, name in enumerate(document["nodes"])}
    times = document["connect_time"]
    whole = times[0][by_name["1"]][by_name["2"]]
    part = times[0][by_name["2"]][by_name["3"]]
    assert whole == pytest.approx(0.2)  # together all the time: no distance
    assert part == pytest.approx(0.2 + 1.0 - 20.0 / 50.0)
    assert times[0][by_name["1"]][by_name["3"]] is None
    assert document["present"][1][by_name["1"]] is False


def test_recordings_of_thousands_of_nodes_are_imported(tmp_path: Path) -> None:
    """As many nodes as the generator takes are imported, and no more."""
    path = tmp_path / "contacts.tsv"
    # Everybody meets the hub, so that all are within two hops.
    begins = [f"0 CONN hub n{i} up\n" for i in range(2_499)]
    path.write_text("".join(begins) + "9 CONN hub n0 down\n")
    document = imported(
        path, windows=1, every_s=9.0, nodes=MOST_NODES, candidates=1, link_decay=0.0
    )
    assert len(document["nodes"]) == 2_500
    assert document["candidates"] == ["hub"]
    assert all(row[0] == pytest.approx(0.2) for row in document["connect_time"][0])
    with pytest.raises(ValidationError, match="less than or equal to 5000"):
        MobilityOptions(nodes=MOST_NODES + 1)


def test_windows_past_the_end_are_refused(tmp_path: Path) -> None:
    """Windows after the end of a recording are refused."""
    path = tmp_path / "walks.csv"
    path.write_text(WALKS)
    with pytest.raises(UsageError, match="ends at 120"):
        imported(path, windows=9)


def test_default_windows_are_those_there(tmp_path: Path) -> None:
    """Without a number of windows, a short recording gives fewer than ten."""
    path = tmp_path / "walks.csv"
    path.write_text(WALKS)
    instance = optkit.import_instance("mobility", path, every_s=45.0, candidates=1)
    assert instance.windows == 3


REAL: dict[str, tuple[str, dict[str, Any], int]] = {
    "walks": ("ncsu_kaist_30s_92walks.csv.gz", {"nodes": 20}, 20),
    "one walk per file": ("raw", {}, 2),
    "taxis": ("cabspotting", {"coverage_m": 2000.0}, 5),
    "contacts": ("haggle_intel_9nodes.tsv", {"every_s": 3600.0}, 9),
    "many contacts": (
        "haggle_cambridge_students_36nodes.tsv.gz",
        {"every_s": 3600.0},
        36,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_recordings_become_instances(
    name: str, public_data: Callable[..., Path]
) -> None:
    """Public recordings are imported and solved."""
    file, options, nodes = REAL[name]
    recordings = public_data("mobility") / "mobility"
    instance = optkit.import_instance(
        "mobility", recordings / file, windows=4, **options
    )
    assert isinstance(instance, DiscoveryInstance)
    assert len(instance.nodes) == nodes
    assert instance.windows == 4
    result = optkit.solve(instance, "bilevel-exact", limits=optkit.Limits(time=20))
    assert result.verification is not None
    assert result.verification.feasible
