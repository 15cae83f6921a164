"""Figures 5 and 6: cost as jobs come more often, and as they take longer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from optkit.core.display.tables import Column
from optkit.reproduction.dispatch import pictures
from optkit.reproduction.dispatch.arrivals import Scenario
from optkit.reproduction.dispatch.compare import (
    LABELS,
    best_baseline,
    change,
    extremes,
    signed,
    with_room,
)
from optkit.reproduction.dispatch.figure import Figure, Shown
from optkit.reproduction.dispatch.runs import BASELINES, Study
from optkit.reproduction.engine import Statement, Verdict
from optkit.reproduction.engine.measurements import Setting
from optkit.reproduction.engine.statistics import (
    judge_estimates,
    mean,
    ratio,
)

STRETCHES = (1, 2, 3, 4, 5)
"""Factors on the time between arrivals, from the released code."""

SERVICES = (0.75, 1.0, 1.5, 2.0)
"""Mean service in broadcast intervals, over the released code's range."""

POLICIES = (*BASELINES, "mdp")
"""The policies in the paper's figures."""


def stretched(setting: Setting) -> str:
    """Return an arrival interval as text."""
    return f"at ×{setting}"


def lasting(setting: Setting) -> str:
    """Return a mean service as text."""
    return f"at {setting} intervals"


def _by_load(study: Study) -> list[Setting]:
    """Return the settings from light to heavy load, by the mean cost of Selfish."""
    data = study.data
    return sorted(
        data.settings, key=lambda setting: data.of("cost", setting, "selfish").mean()
    )


def _rising(study: Study, at: Callable[[Setting], str]) -> tuple[str, Verdict]:
    data, settings = study.data, _by_load(study)
    words, steps = [], []
    for name in POLICIES:
        costs = [data.of("cost", setting, name) for setting in settings]
        steps += [ratio(later, sooner) for sooner, later in pairwise(costs)]
        words.append(f"{LABELS[name]} {ratio(costs[-1], costs[0])} times")
    lightest, heaviest = (
        at(setting).removeprefix("at ") for setting in (settings[0], settings[-1])
    )
    measured = (
        f"From {lightest} to {heaviest}"
        f" mean costs grow to {'; '.join(words)}; the least of the steps is by"
        f" {min(step.value for step in steps):.3g}."
    )
    return measured, judge_estimates(steps, "above", 1.0)


def _least(study: Study, at: Callable[[Setting], str]) -> tuple[str, Verdict]:
    data, settings = study.data, _by_load(study)
    words, all_changes = [], []
    for rival in BASELINES:
        changes = [change(data, "cost", setting, "mdp", rival) for setting in settings]
        all_changes += changes
        words.append(f"against {LABELS[rival]} {extremes(settings, changes, at)}")
    verdict = judge_estimates(all_changes, "below", 0.0)
    return f"MDP's mean cost: {'; '.join(words)}.", verdict


def _gain(study: Study, at: Callable[[Setting], str]) -> tuple[str, Verdict]:
    data, settings = study.data, _by_load(study)
    ends = settings[0], settings[-1]
    shares, words = [], []
    for setting in ends:
        rival = best_baseline(data, "cost", setting)
        shares.append(data.of("cost", setting, "mdp") / data.of("cost", setting, rival))
        drops = mean(data.of("drops", setting, "mdp"))
        words.append(
            f"{at(setting)} {signed(change(data, 'cost', setting, 'mdp', rival))} against"
            f" {LABELS[rival]}, MDP dropping {drops.value:.2g} % of the jobs"
        )
    light, heavy = shares
    growth = ratio(heavy, light)
    lead = ratio(heavy, np.ones_like(heavy))
    verdict = judge_estimates([growth, lead], "below", 1.0)
    return f"MDP's mean cost {'; '.join(words)}.", verdict


def _statements(
    at: Callable[[Setting], str], figure: str, grows: str, heavy: str
) -> tuple[Statement[Study], ...]:
    return (
        Statement(
            f"Every policy costs more {grows}.",
            f"{figure}: of all benchmarks and the proposed policy.",
            with_room(partial(_rising, at=at), at),
            "Judged by the steps from each setting to the next, path by path.",
        ),
        Statement(
            f"MDP costs least at each of the settings ({figure}).",
            f"{figure}: the proposed policy performs best.",
            with_room(partial(_least, at=at), at),
            "Random is far behind everywhere. At light load, queues are short and no"
            " choice is better than the nearest server, so MDP, Selfish and"
            " Queue-aware hardly differ.",
        ),
        Statement(
            f"MDP gains more {grows} ({figure}).",
            f"{figure}: significant gains where the load is heavy.",
            with_room(partial(_gain, at=at), at),
            f"Against the benchmark that is best there. {heavy}",
        ),
    )


def _show(
    name: str, title: str, axis: str, in_words: str, study: Study, words: str
) -> Shown:
    return Shown(
        pictures=pictures.by_setting(study, name, title, axis, f"{in_words}, {words}")
    )


ARRIVALS = Figure(
    name="fig-5",
    heading=Column("arrival interval", "×", "right"),
    settings={k: Scenario(stretch=float(k)) for k in STRETCHES},
    quick=(STRETCHES[0], STRETCHES[-1]),
    statements=_statements(
        stretched,
        "Fig. 5",
        "as jobs arrive more often",
        "If more jobs arrive than can be served, queues are full under every policy,"
        " and much of the gain comes from dropped jobs, which cost nothing.",
    ),
    show=partial(
        _show,
        "fig-5",
        "Cost by arrival interval",
        "stretch of the arrival interval",
        "the stretch of the arrival interval",
    ),
    notes=(
        "The text assigns this study to Fig. 6 and names the number of access points"
        " as its axis, which it mentions nowhere else; that number is not varied"
        " here.",
    ),
)

SERVICE = Figure(
    name="fig-6",
    heading=Column("mean service", "intervals", "right"),
    settings={length: Scenario(service=length) for length in SERVICES},
    quick=(SERVICES[0], SERVICES[-1]),
    statements=_statements(
        lasting,
        "Fig. 6",
        "as jobs take longer",
        "MDP starts from Selfish's actions and changes them if its model predicts a"
        " gain, which it hardly does if jobs take longest.",
    ),
    show=partial(
        _show,
        "fig-6",
        "Cost by mean service",
        "mean service (broadcast intervals)",
        "the mean service of an edge server",
    ),
)
