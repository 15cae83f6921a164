"""Figure 4: jobs in the system as signals take longer."""

from __future__ import annotations

from functools import partial

from optkit.core.display.tables import Column
from optkit.reproduction.dispatch import pictures
from optkit.reproduction.dispatch.arrivals import SLOTS, Scenario
from optkit.reproduction.dispatch.compare import (
    LABELS,
    change,
    extremes,
    signed,
    with_room,
)
from optkit.reproduction.dispatch.figure import Figure, Shown
from optkit.reproduction.dispatch.runs import BASELINES, RELEASED, Study
from optkit.reproduction.engine import (
    Picture,
    Statement,
    Verdict,
    combined,
    statistics,
)
from optkit.reproduction.engine.measurements import Setting
from optkit.reproduction.engine.statistics import Estimate, judge_estimates, ratio

LATENCIES = (1, 11, 16, 24)
"""Slots, from the released code; the paper's three panels show three of them."""

SLIGHTLY = 0.1
"""Largest difference that counts as slight, as a share."""


def at(setting: Setting) -> str:
    """Return a setting as text."""
    return f"at latency {setting}"


def _rise(study: Study, method: str) -> tuple[list[Setting], list[Estimate]]:
    """Return the relative change of the jobs from the first latency to each later one."""
    first, *others = study.data.settings
    base = study.data.of("jobs", first, method)
    rises = [
        statistics.change(study.data.of("jobs", setting, method), base)
        for setting in others
    ]
    return others, rises


def _sensitive(study: Study) -> tuple[str, Verdict]:
    settings, rises = _rise(study, "queue-aware")
    words = "; ".join(
        f"{at(setting)} {signed(rise)}"
        for setting, rise in zip(settings, rises, strict=True)
    )
    measured = (
        f"Its jobs in the system, against those at the shortest latency: {words}."
    )
    return measured, judge_estimates(rises, "above", 0.0)


def _with_random(study: Study, setting: Setting) -> tuple[str, Estimate]:
    ours = change(study.data, "jobs", setting, "queue-aware", "random")
    released = change(study.data, "jobs", setting, RELEASED, "random")
    words = (
        f"{at(setting).capitalize()}, against Random's jobs: {signed(ours)}; with uploads"
        f" weighed as in the released code {signed(released)}."
    )
    return words, ours


def _ahead_of_random(study: Study) -> tuple[str, Verdict]:
    words, difference = _with_random(study, study.data.settings[0])
    fewer = judge_estimates([difference], "below", 0.0)
    slightly = judge_estimates([difference], "above", -SLIGHTLY)
    return words, combined([fewer, slightly])


def _behind_random(study: Study) -> tuple[str, Verdict]:
    words, difference = _with_random(study, study.data.settings[-1])
    return words, judge_estimates([difference], "above", 0.0)


def _least(study: Study) -> tuple[str, Verdict]:
    settings = study.data.settings
    words, every = [], []
    for rival in BASELINES:
        changes = [
            change(study.data, "jobs", setting, "mdp", rival) for setting in settings
        ]
        every += changes
        words.append(f"against {LABELS[rival]} {extremes(settings, changes, at)}")
    return f"MDP's jobs: {'; '.join(words)}.", judge_estimates(every, "below", 0.0)


def _robust(study: Study) -> tuple[str, Verdict]:
    first, last = study.data.settings[0], study.data.settings[-1]
    grown = {
        name: study.data.of("jobs", last, name) / study.data.of("jobs", first, name)
        for name in ("mdp", "queue-aware")
    }
    growth = ratio(grown["mdp"], grown["queue-aware"])
    words = "; ".join(
        f"{LABELS[name]} {signed(_rise(study, name)[1][-1])}" for name in grown
    )
    measured = f"Jobs {at(last)} against {at(first)}: {words}."
    return measured, judge_estimates([growth], "below", 1.0)


STATEMENTS = (
    Statement(
        "Queue-aware gets worse as signals take longer.",
        "Fig. 4: sensitive to the signalling latency.",
        with_room(_sensitive, at, ("queue-aware",)),
        "It uses the last observed queues as the present ones; the longer signals"
        " take, the less they agree.",
    ),
    Statement(
        "With quick signals Queue-aware has slightly fewer jobs in the system than Random.",
        "Fig. 4a (the text says 5a), the smallest latency.",
        with_room(_ahead_of_random, at, ("queue-aware",)),
        f"Slightly is read as up to {100 * SLIGHTLY:g} %. Random spreads jobs over"
        " distant servers with slow uploads; a Queue-aware that knows its uploads is"
        " far ahead.",
    ),
    Statement(
        "With slow signals Queue-aware has more jobs in the system than Random.",
        "Fig. 4c (the text says 5c), the largest latency.",
        with_room(_behind_random, at, ("queue-aware",)),
        "Outdated queue lengths cost it little compared with what Random loses on"
        " uploads.",
    ),
    Statement(
        "MDP has the fewest jobs in the system at every latency.",
        "Fig. 4: in all panels.",
        with_room(_least, at),
        "With quick signals, a policy that looks at the queues in every interval is"
        " hard to beat; MDP changes one group of access points per interval.",
    ),
    Statement(
        "MDP is robust against the signalling latency.",
        "Fig. 4: it outperforms all benchmarks in all panels.",
        with_room(_robust, at),
        "Judged by whether its jobs grow by less than Queue-aware's from the shortest to"
        " the longest latency.",
    ),
)


def _show(study: Study, words: str) -> Shown:
    return Shown(
        pictures=(
            Picture(
                "fig-4",
                "Share of the boundaries with at most so many jobs in the system, by"
                f" signalling latency, {words}: mean of the sample paths. The axis of jobs"
                " is logarithmic.",
                partial(pictures.distributions, study, at),
            ),
            *pictures.by_setting(
                study,
                "fig-4-costs",
                "Cost by signalling latency",
                f"signalling latency (slots of {SLOTS})",
                f"the signalling latency, {words}",
            ),
        )
    )


FIGURE = Figure(
    name="fig-4",
    heading=Column("latency", "slots", "right"),
    settings={slots: Scenario(latency=slots) for slots in LATENCIES},
    quick=(LATENCIES[0], LATENCIES[-1]),
    statements=STATEMENTS,
    show=_show,
    with_released=True,
    signals_only=True,
)
