"""A figure of this paper, from its settings to the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from optkit.core.display.tables import Column, Table
from optkit.reproduction.dispatch import arrivals, runs
from optkit.reproduction.dispatch.arrivals import (
    INTERVALS,
    QUICK_INTERVALS,
    RATE,
    Scenario,
    Source,
)
from optkit.reproduction.dispatch.compare import (
    differences_table,
    policies_table,
    room_table,
)
from optkit.reproduction.dispatch.runs import QUANTITIES, Study
from optkit.reproduction.engine import Context, Findings, Picture, Statement
from optkit.reproduction.engine.measurements import Setting

GENERATED, RECORDED = "generated arrivals", "Google's arrivals"

PARAMETERS = {
    "network": "defaults of `optkit generate dispatch`, drawn anew for each path: 15 access"
    " points (Barabási–Albert), 9 edge servers and a cloud, 10 types",
    "arrivals": f"{RATE:g} a slot, access point and type, divided by the stretch of the"
    " arrival interval",
    "cost": "the paper's (eq 9): queues of 60, overflow penalty 120, none for drops",
}
"""Parameters of every reproduction of this paper, except in quick runs."""

COST_NOTE = (
    "The paper's cost has no term for dropped jobs. Under overload a policy therefore"
    " saves cost by sending jobs to full queues. Drop rates are shown next to all"
    " costs."
)

BOUND_NOTE = (
    "The lower bound is proven by the clairvoyant for the sample path, by prices for"
    " slots of service and for drops: no policy can go below it, whatever it knows."
    " The clairvoyant's own solution starts from that of the best policy and moves"
    " single jobs, knowing the path; it is not a bound."
)

POLICY_BOUND_NOTE = (
    "The policy bound is below the mean cost of every policy, over service times that"
    " nobody knows before they end. It is not held against single paths, on which a policy"
    " may be lucky. What the best possible policy saves lies between what rollout saves"
    " and what the bound leaves."
)

PICTURES_NOTE = (
    "In the source at hand the pictures and most numbers are lost. Heights cannot be"
    " compared; orders, signs and ratios can."
)

HORIZON_NOTE = (
    "Paths are shorter than the 250 intervals of the authors' code and begin with an empty"
    " system. Under overload, queues are still growing at the end of a path, and the"
    " gains of policies that keep changing their decisions are smaller than on longer"
    " paths."
)

TRACE_NOTE = (
    "From the trace, the submission times of the jobs of the first day are used: one"
    " network and one part of the day per path, with the day scaled to the required"
    " mean rate. Access points and types are drawn for each job. All paths share the"
    " day, so intervals apply to networks and parts of this day, not to other days."
)


@dataclass(frozen=True)
class Shown:
    """Further tables, data and pictures of one figure."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    data: Mapping[str, Table] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One figure of the paper, for any source of arrivals.

    Parameters
    ----------
    name
        Stem of its files: ``fig-5``.
    heading
        The column of its settings.
    settings
        The scenario of each setting.
    quick
        The settings of a quick run.
    statements
        The paper's statements about it.
    show
        Makes its pictures, given the study and the name of the arrivals.
    with_released, signals_only
        As in :func:`~optkit.reproduction.dispatch.runs.study`.
    notes
        Notes on this figure alone.
    """

    name: str
    heading: Column
    settings: Mapping[Setting, Scenario]
    quick: tuple[Setting, ...]
    statements: tuple[Statement[Study], ...]
    show: Callable[[Study, str], Shown]
    with_released: bool = False
    signals_only: bool = False
    notes: tuple[str, ...] = ()

    def generated(self, context: Context) -> Findings:
        """Reproduce it on generated arrivals."""
        return self._findings(context, arrivals.generated, GENERATED)

    def recorded(self, context: Context) -> Findings:
        """Reproduce it on Google's arrivals, or say why that is impossible."""
        source = arrivals.recorded()
        if isinstance(source, str):
            claims = tuple(statement.untested(source) for statement in self.statements)
            return Findings(claims=claims, parameters=self._parameters(context))
        return self._findings(context, source, RECORDED)

    def _parameters(self, context: Context) -> dict[str, str]:
        parameters = {
            "paths": f"{context.repetitions} in each setting, of"
            f" {QUICK_INTERVALS if context.quick else INTERVALS} broadcast intervals,"
            " from an empty system",
            **PARAMETERS,
        }
        if context.quick:
            parameters["network"] = "a quick run's: 6 access points, 5 servers, 2 types"
        return parameters

    def _findings(self, context: Context, source: Source, words: str) -> Findings:
        settings = self.quick if context.quick else tuple(self.settings)
        study = runs.study(
            context,
            source,
            {setting: self.settings[setting] for setting in settings},
            self.with_released,
            self.signals_only,
        )
        title = f"{self.name.replace('fig-', 'Fig. ')}, {words}"
        shown = self.show(study, words)
        return Findings(
            claims=tuple(statement.judged(study) for statement in self.statements),
            parameters=self._parameters(context),
            tables={
                f"{self.name}-differences": differences_table(
                    f"{title}: differences in cost with 95 % intervals (%)",
                    self.heading,
                    study,
                ),
                f"{self.name}-room": room_table(
                    f"{title}: savings, and their limits, with 95 % intervals (%)",
                    self.heading,
                    study.data,
                ),
                self.name: policies_table(f"{title}: means", self.heading, study.data),
                **shown.tables,
            },
            data={
                f"{self.name}-runs": study.data.table(
                    f"{title}: every run", self.heading, QUANTITIES
                ),
                **shown.data,
            },
            pictures=shown.pictures,
            notes=(
                *self.notes,
                *((TRACE_NOTE,) if words == RECORDED else ()),
                COST_NOTE,
                HORIZON_NOTE,
                BOUND_NOTE,
                POLICY_BOUND_NOTE,
                PICTURES_NOTE,
            ),
        )
