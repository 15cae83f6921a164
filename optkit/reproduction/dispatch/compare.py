"""Policies compared path by path, statements that rest on it, and tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from optkit.core.display.tables import Cell, Column, Table
from optkit.reproduction.dispatch.runs import (
    BASELINES,
    BOUND,
    LOOKS,
    QUANTITIES,
    REFERENCES,
    Study,
)
from optkit.reproduction.engine import Claim, Verdict
from optkit.reproduction.engine.measurements import Measurements
from optkit.reproduction.engine.measurements import Setting as Place
from optkit.reproduction.engine.statistics import Estimate, mean, ratio

LABELS = {name: look.label for name, look in {**LOOKS, **REFERENCES}.items()}


@dataclass(frozen=True)
class Statement:
    """One statement of the paper, and how it is judged.

    Parameters
    ----------
    words
        The statement in our words.
    paper
        What the paper reports, and where.
    judge
        Returns what was measured, in words, and the verdict.
    reason
        Why, or how it was judged.
    """

    words: str
    paper: str
    judge: Callable[[Study], tuple[str, Verdict]]
    reason: str

    def judged(self, study: Study) -> Claim:
        """Return the claim, judged."""
        measured, verdict = self.judge(study)
        return Claim(self.words, self.paper, measured, verdict, self.reason)

    def untested(self, why: str) -> Claim:
        """Return the claim, which cannot be judged, with the reason."""
        return Claim(self.words, self.paper, "Nothing was run.", Verdict.UNTESTED, why)


def change(
    data: Measurements, quantity: str, place: Place, method: str, rival: str
) -> Estimate:
    """Return by how much a method's figure differs from a rival's, as a share of it.

    The geometric mean over paired sample paths, less one; negative where the method's
    figure is the smaller.
    """
    found = ratio(*(data.of(quantity, place, name) for name in (method, rival)))
    return Estimate(found.value - 1.0, found.low - 1.0, found.high - 1.0)


def best_baseline(data: Measurements, quantity: str, place: Place) -> str:
    """Return the benchmark whose mean figure is the least."""
    return min(BASELINES, key=lambda name: data.of(quantity, place, name).mean())


def signed(estimate: Estimate) -> str:
    """Return a change in percent, with its interval: ``−7.1 % (−8.2 to −6.0)``."""

    def digits(share: float) -> str:
        return f"{100.0 * share:+.1f}".replace("-", "−")

    low, high = digits(estimate.low), digits(estimate.high)
    return f"{digits(estimate.value)} % ({low} to {high})"


def extremes(
    places: Sequence[Place],
    estimates: Sequence[Estimate],
    at: Callable[[Place], str],
) -> str:
    """Return the least and the largest change, and where each was found."""
    pairs = sorted(zip(places, estimates, strict=True), key=lambda pair: pair[1].value)
    first, last = pairs[0], pairs[-1]
    ends = [f"{signed(estimate)} {at(place)}" for place, estimate in (first, last)]
    return ends[0] if len(pairs) == 1 else " to ".join(ends)


def each(
    places: Iterable[Place], words: Iterable[str], at: Callable[[Place], str]
) -> str:
    """Return what was found at each place, in words."""
    pairs = zip(places, words, strict=True)
    return "; ".join(f"{at(place)} {one}" for place, one in pairs)


def policies_table(title: str, heading: Column, data: Measurements) -> Table:
    """Return means of every policy in every setting, and what is left to the bound.

    Parameters
    ----------
    title, heading
        The table's title, and the column of the settings.
    data
        The runs.
    """
    columns = (
        heading,
        Column("policy"),
        QUANTITIES["cost"],
        Column("95 % interval"),
        Column("above the bound", "%", "right"),
        *list(QUANTITIES.values())[1:],
    )
    rows: list[tuple[Cell, ...]] = []
    for place in data.settings:
        for method in (name for name in data.methods if name != BOUND):
            cost = mean(data.of("cost", place, method))
            gap = change(data, "cost", place, method, BOUND)
            rows.append(
                (
                    place,
                    LABELS[method],
                    round(cost.value, 2),
                    f"{cost.low:.4g} to {cost.high:.4g}",
                    round(100.0 * gap.value, 1),
                    *(
                        round(float(data.of(name, place, method).mean()), 4)
                        for name in list(QUANTITIES)[1:]
                    ),
                )
            )
    return Table(title, columns, rows)


DIFFERENCES = (
    *(("mdp", rival) for rival in BASELINES),
    *(("rollout", rival) for rival in ("mdp", "queue-aware")),
)
"""Which policies are compared with which, in tables."""


def differences_table(title: str, heading: Column, study: Study) -> Table:
    """Return paired differences in cost, in percent with their intervals."""
    data = study.data
    columns = (
        heading,
        *(
            Column(f"{LOOKS[method].label} against {LOOKS[rival].label}", "%")
            for method, rival in DIFFERENCES
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            place,
            *(
                signed(change(data, "cost", place, method, rival)).replace(" %", "")
                for method, rival in DIFFERENCES
            ),
        )
        for place in data.settings
    ]
    return Table(title, columns, rows)
