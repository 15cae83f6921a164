"""Recordings of moving nodes: walks, taxis, contacts.

The format is recognised by the first line:

* walks, merged: CSV with the header ``node,t_s,x_m,y_m`` (metres, seconds);
* walks, one per file: ``time_s x_m y_m`` (CRAWDAD ncsu/mobilitymodels);
* taxis, one per file: ``latitude longitude occupied unix_time`` (CRAWDAD epfl/mobility);
* contacts: ``time_s CONN a b up|down`` (the ONE simulator's event format).

Every file may be gzipped; a folder stands for all files in it, one node per file.
"""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import InvalidFileError, Issue

MAX_BYTES = 256 * 2**20
"""Largest size of a source, in bytes after decompression."""

EARTH_RADIUS_M = 6_371_000.0


@dataclass(frozen=True, eq=False)
class Track:
    """Positions of a node over time.

    Parameters
    ----------
    times
        Seconds from the start of the recording, ascending, shape (samples,).
    positions
        Metres, shape (samples, 2).
    """

    times: Floats
    positions: Floats


@dataclass(frozen=True, eq=False)
class Recording:
    """A whole source.

    Parameters
    ----------
    kind
        Kind of recording, in words.
    names
        The nodes.
    tracks
        One per node; empty for contacts.
    contacts
        (node, node, from, to): nodes by number, times in seconds from the start of the
        recording.
    """

    kind: str
    names: list[str]
    tracks: list[Track] = field(default_factory=list)
    contacts: list[tuple[int, int, float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Length of the recording, s."""
        ends = [track.times[-1] for track in self.tracks]
        return float(max([*ends, *(until for *_, until in self.contacts)], default=0.0))


def read_recording(source: Path) -> Recording:
    """Read the recording in a file or folder.

    Raises
    ------
    InvalidFileError
        If it is in none of the formats; the message has the line that is wrong.
    """
    if source.is_dir():
        files = sorted(
            path for path in source.iterdir() if path.is_file() and path.name[0] != "."
        )
        if not files:
            raise InvalidFileError(str(source), ["the folder holds no files"])
        return _tracks({_stem(path): _rows(path) for path in files}, source)
    rows = _rows(source)
    if rows[0] == ["node", "t_s", "x_m", "y_m"]:
        return _merged(rows, source)
    if len(rows[0]) == 5 and rows[0][1] == "CONN":
        return _contacts(rows, source)
    return _tracks({_stem(source): rows}, source)


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.rsplit(".", 1)[0] or name


def _rows(path: Path) -> list[list[str]]:
    """Return the fields of every line that is not empty."""
    source = str(path)
    try:
        with path.open("rb") as raw:
            data = raw.read(MAX_BYTES + 1)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
        text = data.decode("utf-8")
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidFileError(source, [f"cannot be read: {reason}"]) from None
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            source, [f"not a text file (byte {error.start}); name a recording"]
        ) from None
    if len(data) > MAX_BYTES:
        raise InvalidFileError(
            source, [f"larger than {MAX_BYTES} bytes, the most that is read"]
        )
    rows = [line.replace(",", " ").split() for line in text.splitlines()]
    rows = [row for row in rows if row]
    if not rows:
        raise InvalidFileError(source, ["the file is empty; a recording is expected"])
    return rows


def _numbers(rows: list[list[str]], width: int, path: Path | str) -> Floats:
    """Return rows of numbers, shape (rows, width); the error names the wrong line."""
    values = []
    for line, row in enumerate(rows, start=1):
        try:
            numbers = [float(text) for text in row]
        except ValueError:
            numbers = []
        if len(numbers) != width or not all(map(math.isfinite, numbers)):
            raise InvalidFileError(
                str(path),
                [
                    Issue(
                        f"line {line}",
                        f"{' '.join(row)[:60]!r} is not {width} numbers",
                    )
                ],
            )
        values.append(numbers)
    return np.array(values).reshape(-1, width)


def _track(times: Floats, positions: Floats) -> Track:
    """Return a track in ascending time; of two samples at the same time the first stays."""
    ascending, first = np.unique(times, return_index=True)
    return Track(ascending, positions[first])


def _merged(rows: list[list[str]], source: Path) -> Recording:
    body = rows[1:]
    if not body:
        raise InvalidFileError(str(source), ["there is nothing below the header"])
    names = list(dict.fromkeys(row[0] for row in body))
    values = _numbers([row[1:] for row in body], 3, source)
    owner = np.array([row[0] for row in body])
    tracks = []
    for name in names:
        samples = values[owner == name]
        tracks.append(_track(samples[:, 0] - samples[:, 0].min(), samples[:, 1:]))
    kind = "walks of different days, overlaid from the begin of each"
    return Recording(kind, names, tracks)


def _tracks(files: dict[str, list[list[str]]], source: Path) -> Recording:
    widths = {len(rows[0]) for rows in files.values()}
    if widths == {3}:
        tables = {name: _numbers(rows, 3, name) for name, rows in files.items()}
        kind = "walks of different days, overlaid from the begin of each"
        return Recording(
            kind,
            list(files),
            [_track(t[:, 0] - t[:, 0].min(), t[:, 1:]) for t in tables.values()],
        )
    if widths != {4}:
        raise InvalidFileError(
            str(source),
            [
                f"{sorted(widths)} columns; walks have 3 (time x y), taxis 4 (latitude"
                " longitude occupied time), contacts 5 (time CONN a b up|down)"
            ],
        )
    tables = {name: _numbers(rows, 4, name) for name, rows in files.items()}
    start = min(table[:, 3].min() for table in tables.values())
    centre = np.mean(np.concatenate([t[:, :2] for t in tables.values()]), axis=0)
    # Within a city the Earth is flat: metres east and north of the centre.
    scale = np.deg2rad(EARTH_RADIUS_M) * np.array(
        [math.cos(math.radians(centre[0])), 1]
    )
    return Recording(
        "taxis, latitude and longitude as metres on a plane",
        list(files),
        [
            _track(t[:, 3] - start, (t[:, 1::-1] - centre[::-1]) * scale)
            for t in tables.values()
        ],
    )


def _contacts(rows: list[list[str]], source: Path) -> Recording:
    names: dict[str, int] = {}
    since: dict[tuple[int, int], float] = {}
    contacts = []
    start: float | None = None
    now = 0.0
    for line, (time, first, second, up) in enumerate(_events(rows, source), start=1):
        start = time if start is None else start
        if time - start < now:
            raise InvalidFileError(
                str(source),
                [Issue(f"line {line}", f"{time:g} s is before the last one")],
            )
        now = time - start
        a, b = (names.setdefault(name, len(names)) for name in (first, second))
        pair = (min(a, b), max(a, b))
        if up:
            since.setdefault(pair, now)
        elif pair in since:
            contacts.append((*pair, since.pop(pair), now))
    contacts += [(*pair, begin, now) for pair, begin in since.items()]
    return Recording("contacts", list(names), contacts=contacts)


def _events(
    rows: list[list[str]], source: Path
) -> Iterator[tuple[float, str, str, bool]]:
    for line, row in enumerate(rows, start=1):
        try:
            time, event, first, second, state = row
            if event != "CONN" or state not in ("up", "down") or first == second:
                raise ValueError
            yield float(time), first, second, state == "up"
        except ValueError:
            raise InvalidFileError(
                str(source),
                [
                    Issue(
                        f"line {line}",
                        f"{' '.join(row)[:60]!r} is not 'time CONN a b up|down'",
                    )
                ],
            ) from None
