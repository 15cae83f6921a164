"""The paper's network, with generated arrivals or with those of Google's trace."""

from __future__ import annotations

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
from optkit.reproduction.engine.data_sets import data_file

RATE = 0.0619
"""Arrivals per slot, access point and type in the authors' trace, by their released code;
the arrival interval is not stretched."""

SLOTS = 25
"""Slots of a broadcast interval, t_B."""

INTERVALS, QUICK_INTERVALS = 40, 12
"""Broadcast intervals of a sample path; the authors' code has 250."""

QUICK_NETWORK = {"aps": 6, "servers": 5, "types": 2}

BEGIN_SECONDS = 5 * 3600.0
"""The paths on the trace begin at times spread evenly over this part of it."""

TRACE = Path("google2011", "derived", "jobs_first_day.csv.gz")
"""The trace in the folder of data sets: one job per line, in order of submission."""


@dataclass(frozen=True)
class Scenario:
    """The parameters that the paper's figures vary.

    Parameters
    ----------
    latency
        Slot at which observations arrive at all access points.
    stretch
        Factor on the time between arrivals.
    service
        Mean service at an edge server, in broadcast intervals; at a cloud it is a sixth.
    """

    latency: int = 16
    stretch: float = 3.0
    service: float = 1.12

    def options(self, context: Context) -> dict[str, Any]:
        """Return the options that the generator and the importer share."""
        return {
            **(QUICK_NETWORK if context.quick else {"types": 10}),
            "intervals": QUICK_INTERVALS if context.quick else INTERVALS,
            "slots": SLOTS,
            "arrival": RATE / self.stretch,
            "service": self.service * SLOTS,
            "signal_slot": self.latency,
            "drop_penalty": 0.0,
        }


Source = Callable[[Context, int, Scenario], DispatchInstance]
"""Draws the instance of a repetition in a scenario. The instances of one repetition have
the same network and the same quantiles in every scenario."""


def generated(
    context: Context, repetition: int, scenario: Scenario = Scenario()
) -> DispatchInstance:
    """Draw a network and Bernoulli arrivals, as in the paper's model.

    Parameters
    ----------
    context
        The context of the study.
    repetition
        Number of the draw.
    scenario
        The parameters.
    """
    options = GeneratorOptions.model_validate(scenario.options(context))
    return DispatchInstance.parse(generate(options, _seed(context, repetition)))


def on_trace(
    trace: Path, context: Context, repetition: int, scenario: Scenario = Scenario()
) -> DispatchInstance:
    """Draw a network and spread the trace's arrivals over it.

    Parameters
    ----------
    trace
        The list of jobs.
    context, repetition, scenario
        As in :func:`generated`. Each repetition uses its own part of the trace.
    """
    options = GoogleOptions.model_validate(
        {
            **scenario.options(context),
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
    trace = data_file(TRACE)
    return trace if isinstance(trace, str) else partial(on_trace, trace)
