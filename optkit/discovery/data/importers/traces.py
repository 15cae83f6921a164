"""Recordings of moving nodes: walks, taxis, positions of nodes, contacts.

A layout is guessed and checked against all lines, or named:

* ``walks``: CSV with the header ``node,t_s,x_m,y_m`` (metres, seconds);
* ``walk``: one per file, ``time_s x_m y_m`` (CRAWDAD ncsu/mobilitymodels);
* ``taxi``: one per file, ``latitude longitude occupied unix_time`` (CRAWDAD epfl/mobility);
* ``nodes``: ``node time_s x_m y_m``, all nodes on one clock;
* ``positions``: ``time_s node x_m y_m``, all nodes on one clock;
* ``contacts``: ``time_s CONN a b up|down`` (the ONE simulator's event format).

Lines that begin with ``#`` are comments. Every file may be gzipped; a folder stands for all
files in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import InvalidFileError
from optkit.core.files.left_out import LeftOut
from optkit.core.files.paths import is_folder
from optkit.core.files.rows import Row, RowReader
from optkit.discovery.data.importers.contacts import contacts
from optkit.discovery.data.importers.layouts import (
    COLUMNS,
    MERGED_HEADING,
    Layout,
    guessed,
)
from optkit.discovery.data.importers.recording import Recording, Track

EARTH_RADIUS_M = 6_371_000.0

_OVERLAID = "walks of different days, overlaid from the begin of each"


def read_recording(source: Path, layout: Layout | None = None) -> Recording:
    """Read the recording in a file or folder.

    Parameters
    ----------
    source
        A file; or a folder, of which files are left out whose names begin with ``_`` or
        README, such as the published list of taxis.
    layout
        The layout; by default the only one that fits.

    Raises
    ------
    InvalidFileError
        If it is in none of the layouts, or may be in several; with the lines that are
        wrong.
    """
    table = RowReader(source, "recordings", delimiters="", endings=("",), comment="#")
    left_out = LeftOut()
    if is_folder(source):
        files_there = table.files
        table.files = [path for path in files_there if not _about(path)] or files_there
        left_out.add("files about it", len(files_there) - len(table.files))
    files = {path: list(table.rows_of(path)) for path in table.files}
    layout = layout or guessed(list(files.values()), source)
    rows = [row for of_file in files.values() for row in of_file]
    if layout == "contacts":
        recording = contacts(table, rows, left_out)
    elif layout in ("walk", "taxi"):
        recording = _per_file(table, files, layout, left_out)
    else:
        recording = _merged(table, rows, layout, left_out)
    if not recording.names:
        raise InvalidFileError(
            str(source),
            [f"there is no line of data; layout {layout} has {COLUMNS[layout]}"],
        )
    return recording


def _about(path: Path) -> bool:
    return path.name.startswith("_") or path.name.upper().startswith("README")


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.rsplit(".", 1)[0] or name


def _numbers(
    table: RowReader, row: Row, columns: Sequence[int], layout: Layout
) -> list[float] | None:
    """Return the numbers in some columns, counted from 1; None, noted, if one is wrong."""
    width = len(COLUMNS["taxi"].split()) if layout != "walk" else 3
    if not table.width(row, (width,)):
        return None
    numbers = [table.number(row, column, layout, "a number") for column in columns]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) else None


def _per_file(
    table: RowReader, files: dict[Path, list[Row]], layout: Layout, left_out: LeftOut
) -> Recording:
    """Return walks or taxis: the name of a file names the node."""
    width = 3 if layout == "walk" else 4
    samples: dict[str, list[list[float]]] = {}
    for path, rows in files.items():
        name = _stem(path)
        if name in samples:
            raise InvalidFileError(
                str(table.source),
                [f"{path.name} and another file are of one node: remove one"],
            )
        found = (_numbers(table, row, range(1, width + 1), layout) for row in rows)
        samples[name] = [numbers for numbers in found if numbers is not None]
    table.finish()
    tables = {name: np.array(rows) for name, rows in samples.items()}
    if layout == "walk":
        return Recording(
            _OVERLAID,
            list(tables),
            [
                _track(t[:, 0] - t[:, 0].min(), t[:, 1:], left_out)
                for t in tables.values()
            ],
            left_out=left_out,
        )
    start = min(t[:, 3].min() for t in tables.values())
    centre = np.mean(np.concatenate([t[:, :2] for t in tables.values()]), axis=0)
    # Within a city the Earth is flat: metres east and north of the centre.
    scale = np.deg2rad(EARTH_RADIUS_M) * np.array(
        [math.cos(math.radians(centre[0])), 1]
    )
    return Recording(
        "taxis, latitude and longitude as metres on a plane",
        list(tables),
        [
            _track(t[:, 3] - start, (t[:, 1::-1] - centre[::-1]) * scale, left_out)
            for t in tables.values()
        ],
        left_out=left_out,
    )


def _merged(
    table: RowReader, rows: Sequence[Row], layout: Layout, left_out: LeftOut
) -> Recording:
    """Return the tracks of files in which a column names the node."""
    node, time = (2, 1) if layout == "positions" else (1, 2)
    samples: dict[str, list[list[float]]] = {}
    for row in rows:
        if row.first and row.fields == MERGED_HEADING:
            continue
        numbers = _numbers(table, row, (time, 3, 4), layout)
        if numbers is not None:
            samples.setdefault(row.fields[node - 1], []).append(numbers)
    table.finish()
    tables = [np.array(of_node) for of_node in samples.values()]
    overlaid = layout == "walks"
    common = min((t[:, 0].min() for t in tables), default=0.0)
    tracks = [
        _track(t[:, 0] - (t[:, 0].min() if overlaid else common), t[:, 1:], left_out)
        for t in tables
    ]
    kind = _OVERLAID if overlaid else "positions of nodes on one clock"
    return Recording(kind, list(samples), tracks, left_out=left_out)


def _track(times: Floats, positions: Floats, left_out: LeftOut) -> Track:
    """Return a track in ascending time; of two samples at the same time the first stays."""
    ascending, first = np.unique(times, return_index=True)
    left_out.add(
        "further positions of a node at the same time", len(times) - len(ascending)
    )
    return Track(ascending, positions[first])
