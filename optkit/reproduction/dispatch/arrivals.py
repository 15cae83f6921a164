"""The paper's network, met by generated arrivals or by those of Google's trace."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.data.importers import google
from optkit.dispatch.data.importers.options import GoogleOptions
from optkit.dispatch.instance import DispatchInstance
from optkit.reproduction.engine import Context

RATE = 0.0619
"""Arrivals per slot, access point and type where the arrival interval is not stretched:
what the authors' trace has, by their released code."""

SLOTS = 25
"""Slots of a broadcast interval, t_B."""

INTERVALS, QUICK_INTERVALS = 40, 12
"""Broadcast intervals of a sample path; the authors' code has 250."""

QUICK_NETWORK = {"aps": 6, "servers": 5, "types": 2}

BEGIN_SECONDS = 5 * 3600.0
"""Paths on the trace begin at times spread evenly over this much of it."""

DATA = "OPTKIT_DATA"
"""Environment variable that names the folder with public data sets."""

TRACE = Path("google2011", "derived", "jobs_first_day.csv.gz")
"""Where in that folder the trace is: a job a line, in order of submission."""


@dataclass(frozen=True)
class Setting:
    """What the paper's figures vary.

    Parameters
    ----------
    latency
        Slot at which observations arrive, of all access points.
    stretch
        Factor on the time between arrivals.
    service
        Mean service of an edge server, in broadcast intervals; a cloud's is a sixth of it.
    """

    latency: int = 16
    stretch: float = 3.0
    service: float = 1.12

    def options(self, context: Context) -> dict[str, Any]:
        """Return the options that the generator and the importer have in common."""
        return {
            **(QUICK_NETWORK if context.quick else {"types": 10}),
            "intervals": QUICK_INTERVALS if context.quick else INTERVALS,
            "slots": SLOTS,
            "arrival": RATE / self.stretch,
            "service": self.service * SLOTS,
            "signal_slot": self.latency,
            "drop_penalty": 0.0,
        }


Source = Callable[[Context, int, Setting], DispatchInstance]
"""Draws the instance of a repetition in a setting. One repetition's instances have the
same network and quantiles in every setting."""


def generated(
    context: Context, repetition: int, setting: Setting = Setting()
) -> DispatchInstance:
    """Draw network and Bernoulli arrivals, as in the paper's model.

    Parameters
    ----------
    context
        Of the study.
    repetition
        Which draw.
    setting
        What is varied.
    """
    options = GeneratorOptions.model_validate(setting.options(context))
    return DispatchInstance.parse(generate(options, _seed(context, repetition)))


def on_trace(
    trace: Path, context: Context, repetition: int, setting: Setting = Setting()
) -> DispatchInstance:
    """Draw a network and deal the trace's arrivals out to it.

    Parameters
    ----------
    trace
        The list of jobs.
    context, repetition, setting
        As in :func:`generated`. Each repetition takes a stretch of its own.
    """
    options = GoogleOptions.model_validate(
        {
            **setting.options(context),
            "type_by": "name",
            "begin_seconds": BEGIN_SECONDS * repetition / context.repetitions,
        }
    )
    return DispatchInstance.parse(
        google.read(trace, options, _seed(context, repetition))
    )


def _seed(context: Context, repetition: int) -> int:
    return context.seed("dispatch", repetition)


def recorded() -> Source | str:
    """Return the source of recorded arrivals, or why there is none."""
    folder = os.environ.get(DATA)
    if not folder:
        return (
            f"The trace is not here: set {DATA} to a folder that has {TRACE.as_posix()},"
            " and run with --force."
        )
    trace = Path(folder) / TRACE
    if not trace.is_file():
        return (
            f"{DATA} names a folder without {TRACE.as_posix()}; put it there, and run with"
            " --force."
        )
    return partial(on_trace, trace)
