"""Figure 4: jobs in the system as signals take longer."""

from __future__ import annotations

from functools import partial

from optkit.core.display.tables import Column
from optkit.reproduction.dispatch import pictures
from optkit.reproduction.dispatch.arrivals import SLOTS, Setting
from optkit.reproduction.dispatch.compare import (
    LABELS,
    Statement,
    change,
    each,
    extremes,
    signed,
)
from optkit.reproduction.dispatch.figure import Figure, Shown
from optkit.reproduction.dispatch.runs import BASELINES, RELEASED, Study
from optkit.reproduction.engine import Context, Findings, Picture, Verdict, combined
from optkit.reproduction.engine.measurements import Setting as Place
from optkit.reproduction.engine.statistics import Estimate, judge_estimates, ratio

LATENCIES = (1, 11, 16, 24)
"""Slots; the released code has these, the paper's three panels are three of them."""

SLIGHTLY = 0.1
"""Most that a slight difference may be, as a share."""


def at(place: Place) -> str:
    """Return where something was found, in words."""
    return f"at latency {place}"


def _rise(study: Study, method: str) -> tuple[list[Place], list[Estimate]]:
    """Return by how much there are more jobs at each later latency than at the first."""
    first, *others = study.data.settings
    base = study.data.of("jobs", first, method)
    found = [ratio(study.data.of("jobs", place, method), base) for place in others]
    return others, [Estimate(e.value - 1, e.low - 1, e.high - 1) for e in found]


def _sensitive(study: Study) -> tuple[str, Verdict]:
    places, found = _rise(study, "queue-aware")
    words = each(places, map(signed, found), at)
    measured = (
        f"Its jobs in the system, against those at the shortest latency: {words}."
    )
    return measured, judge_estimates(found, "above", 0.0)


def _with_random(study: Study, place: Place) -> tuple[str, Estimate]:
    ours = change(study.data, "jobs", place, "queue-aware", "random")
    other = change(study.data, "jobs", place, RELEASED, "random")
    words = (
        f"{at(place).capitalize()}, against Random's jobs: {signed(ours)}; with uploads"
        f" weighed as in the released code {signed(other)}."
    )
    return words, ours


def _ahead_of_random(study: Study) -> tuple[str, Verdict]:
    words, found = _with_random(study, study.data.settings[0])
    fewer = judge_estimates([found], "below", 0.0)
    slightly = judge_estimates([found], "above", -SLIGHTLY)
    return words, combined([fewer, slightly])


def _behind_random(study: Study) -> tuple[str, Verdict]:
    words, found = _with_random(study, study.data.settings[-1])
    return words, judge_estimates([found], "above", 0.0)


def _least(study: Study) -> tuple[str, Verdict]:
    places = study.data.settings
    words, every = [], []
    for rival in BASELINES:
        found = [change(study.data, "jobs", p, "mdp", rival) for p in places]
        every += found
        words.append(f"against {LABELS[rival]} {extremes(places, found, at)}")
    return f"MDP's jobs: {'; '.join(words)}.", judge_estimates(every, "below", 0.0)


def _robust(study: Study) -> tuple[str, Verdict]:
    first, last = study.data.settings[0], study.data.settings[-1]
    grown = {
        name: study.data.of("jobs", last, name) / study.data.of("jobs", first, name)
        for name in ("mdp", "queue-aware")
    }
    found = ratio(grown["mdp"], grown["queue-aware"])
    words = "; ".join(
        f"{LABELS[name]} {signed(_rise(study, name)[1][-1])}" for name in grown
    )
    measured = f"Jobs {at(last)} against {at(first)}: {words}."
    return measured, judge_estimates([found], "below", 1.0)


STATEMENTS = (
    Statement(
        "Queue-aware gets worse as signals take longer.",
        "Fig. 4: sensitive to the signalling latency.",
        _sensitive,
        "It takes the queues of the last observation for those of now, the longer the"
        " farther from it.",
    ),
    Statement(
        "With quick signals Queue-aware has slightly fewer jobs in the system than Random.",
        "Fig. 4a (the text says 5a), the smallest latency.",
        _ahead_of_random,
        f"Slightly is read as up to {100 * SLIGHTLY:g} %. Random spreads jobs over far"
        " servers and slow uploads; a Queue-aware that knows its uploads is far ahead.",
    ),
    Statement(
        "With slow signals Queue-aware has more jobs in the system than Random.",
        "Fig. 4c (the text says 5c), the largest latency.",
        _behind_random,
        "Old queue lengths cost it little beside what Random loses on uploads.",
    ),
    Statement(
        "MDP has the fewest jobs in the system at every latency.",
        "Fig. 4: in all panels.",
        _least,
        "With quick signals a policy that looks at the queues in every interval is hard to"
        " beat; MDP moves one group of access points an interval.",
    ),
    Statement(
        "MDP is robust against the signalling latency.",
        "Fig. 4: it outperforms all benchmarks in all panels.",
        _robust,
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
    settings={slots: Setting(latency=slots) for slots in LATENCIES},
    quick=(LATENCIES[0], LATENCIES[-1]),
    statements=STATEMENTS,
    show=_show,
    with_released=True,
    signals_only=True,
)


def run(context: Context) -> Findings:
    """Reproduce Fig. 4 on generated arrivals."""
    return FIGURE.generated(context)


def run_on_trace(context: Context) -> Findings:
    """Reproduce Fig. 4 on Google's arrivals."""
    return FIGURE.recorded(context)
