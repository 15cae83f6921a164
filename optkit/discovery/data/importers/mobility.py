"""Instances from recorded mobility: real positions or contacts, the paper's calibration."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from optkit.core.arrays import Bools, Floats
from optkit.core.errors import UsageError
from optkit.core.solving import seeds
from optkit.discovery.data.calibration import CalibrationOptions, build_document
from optkit.discovery.data.importers.layouts import Layout
from optkit.discovery.data.importers.recording import Recording, Track
from optkit.discovery.data.importers.traces import read_recording
from optkit.discovery.data.migrating_network import Snapshot, distances
from optkit.discovery.data.options import MOST_NODES


class MobilityOptions(CalibrationOptions):
    """Options of the importer of recorded mobility."""

    layout: Layout | None = Field(
        None,
        description="layout of the recording: walks (with the heading"
        " node,t_s,x_m,y_m), walk (time x y), taxi (latitude longitude occupied"
        " unix_time), nodes (node time x y), positions (time node x y), contacts (time"
        " CONN a b up|down); default: the only one that all lines fit",
    )
    windows: int = Field(
        10,
        ge=1,
        le=10_000,
        description="number of windows; the default takes fewer where the recording is"
        " shorter",
    )
    every_s: float = Field(600.0, gt=0, description="time between windows, s")
    start_s: float = Field(
        0.0,
        ge=0,
        description="time of the first window, s from the start of the recording",
    )
    nodes: int = Field(
        50,
        ge=1,
        le=MOST_NODES,
        description="largest number of nodes; the first ones of the recording are taken",
    )
    candidates: int | None = Field(
        None,
        ge=0,
        description="candidates for query agent nodes: the nodes present most often;"
        " default: a fifth of the nodes",
    )
    coverage_m: float = Field(
        250.0, gt=0, description="d_c, reach of a node, m; not used for contacts"
    )
    max_gap_s: float = Field(
        300.0,
        gt=0,
        description="a node is absent between two samples that are further apart, s",
    )


def read(source: Path, options: MobilityOptions, seed: int) -> dict[str, Any]:
    """Return the discovery document of a recording.

    Positions at a window are interpolated linearly between the samples before and after;
    a node is absent before its first and after its last sample, and in gaps. Contacts have
    no positions: the distance of a pair is the share of the time from a window to the next
    that it was not in contact, in units of the coverage.

    Parameters
    ----------
    source
        A file or folder; see :mod:`optkit.discovery.data.importers.traces`.
    options
        Windows, physics and reading.
    seed
        Main seed of the random numbers.

    Raises
    ------
    InvalidFileError
        If the source cannot be read.
    UsageError
        If the windows extend past the end of the recording.
    """
    recording = read_recording(source, options.layout)
    if (
        "windows" not in options.model_fields_set
        and recording.seconds >= options.start_s
    ):
        there = int((recording.seconds - options.start_s) / options.every_s) + 1
        options = options.model_copy(update={"windows": min(options.windows, there)})
    last = options.start_s + (options.windows - 1) * options.every_s
    if last > recording.seconds:
        raise UsageError(
            f"{source}: the last window is at {last:g} s, the recording ends at"
            f" {recording.seconds:g} s; lower windows, every_s or start_s"
        )
    count = min(options.nodes, len(recording.names))
    recording.left_out.warn(source)
    times = [options.start_s + k * options.every_s for k in range(options.windows)]
    moving = (
        _Tracks(recording.tracks[:count], options)
        if recording.tracks
        else _Contacts(recording, count, options.every_s)
    )
    times_present = np.sum([moving.present(time) for time in times], axis=0)
    wanted = (
        math.ceil(0.2 * count) if options.candidates is None else options.candidates
    )
    if wanted > count:
        raise UsageError(f"option candidates: {wanted} of {count} nodes; lower it")
    candidates = np.sort(np.argsort(-times_present, kind="stable")[:wanted])
    rng = seeds.generator(seed, "import", "mobility")
    return build_document(
        options,
        [f"{name}" for name in recording.names[:count]],
        candidates.tolist(),
        (moving.snapshot(time) for time in times),
        rng,
        name=f"{source.name.split('.')[0]}-{count}x{options.windows}",
        provenance=_provenance(source, recording, options, count, seed),
        physics_of_source={
            "recording": recording.kind,
            "every_s": options.every_s,
            "start_s": options.start_s,
            "coverage_m": options.coverage_m,
            "max_gap_s": options.max_gap_s,
        },
    )


def _provenance(
    source: Path, recording: Recording, options: MobilityOptions, count: int, seed: int
) -> str:
    left_out = f" {text}" if (text := recording.left_out.text()) else ""
    set_options = options.model_dump(exclude_unset=True, exclude={"name"})
    how = (
        "positions interpolated linearly"
        if recording.tracks
        else "distance of a pair: share of the time to the next window without contact"
    )
    return (
        f"Imported from {source.name} ({recording.kind}); {count} of"
        f" {len(recording.names)} nodes, {how}.{left_out} Links, demands, requests and"
        f" selection times are drawn, seed {seed}; options {set_options or 'defaults'}."
        " For the licence and the citation of the recording see where it was taken from."
    )


class _Tracks:
    """Nodes with positions.

    Parameters
    ----------
    tracks
        Of the n nodes.
    options
        The coverage, and the longest gap.
    """

    def __init__(self, tracks: list[Track], options: MobilityOptions) -> None:
        self._tracks, self._options = tracks, options

    def present(self, time: float) -> Bools:
        """Return which nodes are in the network at a time, shape (n,)."""
        present = np.zeros(len(self._tracks), dtype=np.bool_)
        for node, track in enumerate(self._tracks):
            after = int(np.searchsorted(track.times, time))
            if after < len(track.times) and track.times[after] == time:
                present[node] = True
            elif 0 < after < len(track.times):
                gap = track.times[after] - track.times[after - 1]
                present[node] = gap <= self._options.max_gap_s
        return present

    def snapshot(self, time: float) -> Snapshot:
        """Return the network at a time."""
        positions = np.array(
            [
                [
                    np.interp(time, track.times, track.positions[:, axis])
                    for axis in (0, 1)
                ]
                for track in self._tracks
            ]
        )
        return Snapshot(
            self.present(time), distances(positions, self._options.coverage_m)
        )


class _Contacts:
    """Nodes of which only contacts are known.

    Parameters
    ----------
    recording
        Its contacts; those of other nodes than the first ``count`` are left out.
    count
        Number of nodes n.
    length
        Time from a window to the next, s.
    """

    def __init__(self, recording: Recording, count: int, length: float) -> None:
        rows = np.array(recording.contacts, dtype=float).reshape(-1, 4)
        rows = rows[(rows[:, :2] < count).all(axis=1)]
        self._pairs = rows[:, :2].astype(np.int64)
        self._since, self._until = rows[:, 2:].T
        self._count, self._length = count, length

    def present(self, time: float) -> Bools:
        """Return which nodes have a contact in the window from a time on, shape (n,)."""
        present = np.zeros(self._count, dtype=np.bool_)
        present[self._pairs[self._shared(time) > 0.0]] = True
        return present

    def snapshot(self, time: float) -> Snapshot:
        """Return the network of the contacts in the window from a time on."""
        shared = self._shared(time)
        met = shared > 0.0
        together = np.zeros((self._count, self._count))
        np.add.at(together, tuple(self._pairs[met].T), shared[met])
        together += together.T.copy()
        distance: Floats = np.where(
            together > 0.0, 1.0 - np.minimum(together / self._length, 1.0), np.inf
        )
        np.fill_diagonal(distance, 0.0)
        return Snapshot(self.present(time), distance)

    def _shared(self, time: float) -> Floats:
        """Return the seconds of each contact in the window; above 0 if it is in it."""
        end = time + self._length
        shared = np.minimum(self._until, end) - np.maximum(self._since, time)
        # A contact of zero length is a single sighting.
        sighted = (
            (self._since == self._until) & (time <= self._since) & (self._since < end)
        )
        in_window = (shared > 0.0) | sighted
        return np.asarray(np.where(in_window, np.maximum(shared, 0.0) + 1e-9, 0.0))
