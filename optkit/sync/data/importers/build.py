"""From recorded series to an instance: machines, window, grid, and provenance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from optkit.sync.data.importers.grid import chosen, gridded, what_is_there
from optkit.sync.data.importers.options import SeriesOptions
from optkit.sync.data.importers.series import Recording
from optkit.sync.data.network import document

DECIMALS = 4
"""Decimals to which loads in percent are rounded."""


Read = Callable[[Path, SeriesOptions, int], dict[str, Any]]
"""Returns the document of an instance, from a source, options and a seed."""


def importer(
    recorded: Callable[[Path, SeriesOptions], Recording], usual_step_s: float
) -> Read:
    """Return the importer of a format.

    Parameters
    ----------
    recorded
        Returns the series that a source holds.
    usual_step_s
        Length of a slot where the options give none, s.
    """

    def read(source: Path, options: SeriesOptions, seed: int) -> dict[str, Any]:
        return build(recorded(source, options), options, seed, source, usual_step_s)

    return read


def build(
    recording: Recording,
    options: SeriesOptions,
    seed: int,
    source: Path,
    usual_step_s: float,
) -> dict[str, Any]:
    """Return the document of the chosen machines on a random mesh.

    Parameters
    ----------
    recording
        The series that the source holds.
    options
        Which machines and slots, and the mesh.
    seed
        Seed of the hops of the mesh.
    source
        The file or folder that the series come from.
    usual_step_s
        Length of a slot where the options give none, s.

    Raises
    ------
    UsageError
        If the source does not hold what is asked for.
    """
    series = chosen(recording.series, options)
    step = options.slot_seconds or usual_step_s
    options = options.model_copy(update=what_is_there(series, options, step))
    loads, begin = gridded(series, options, step)
    recording.left_out.warn(source)
    stem = source.name.removesuffix(".gz").removesuffix(".csv")[:80] or "series"
    left_out = f" {text}" if (text := recording.left_out.text()) else ""
    settings = options.model_dump_json(exclude={"name"}, exclude_defaults=True)
    return document(
        options,
        {
            machine.name: np.round(load, DECIMALS).tolist()
            for machine, load in zip(series, loads, strict=True)
        },
        step,
        seed,
        name=f"{stem}-{options.routers}x{len(series)}x{options.slots}",
        provenance=(
            f"optkit import of {source.name}, seed {seed}, {settings}."
            f" {recording.description}{left_out} Slot 0 is at {begin:.10g} s of the"
            " source's clock;"
            f" loads are interpolated linearly to a grid of {step:g} s, across gaps of at"
            f" most {options.max_gap_s:g} s. Links and hops are drawn."
        ),
    )
