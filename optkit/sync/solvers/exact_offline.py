"""The optimum with every load known, or a bound and a solution near it."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome, Solver
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.given_reports import read_reports
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.prices import unit_prices
from optkit.sync.problem.problem_data import ProblemData, problem_data

OVER_ALL = "any reports: routers apart, their devices and links tied by prices"
"""Source of the bound over all reports."""

FOR_GIVEN = "the cheapest notifications for the given reports"
"""Source of the bound for given reports."""


class ExactOfflineOptions(Options):
    """Options of the clairvoyant optimum."""

    reports: str | None = Field(
        None,
        description="take the reports from this solution file; the bound is then for them",
    )
    states: int = Field(
        100_000_000,
        ge=0,
        description="a router whose states times slots are no more than this is solved to"
        " optimality; for others a gap may remain",
    )


@register
class ExactOffline(Solver[SyncInstance, ExactOfflineOptions]):
    """The clairvoyant optimum: reports and notifications chosen with all loads known.

    With given reports, each link is a shortest path. With the reports free, each router is
    solved by a dynamic programme over the values that it and its neighbours hold where that
    is small enough, and otherwise bounded by Lagrangian decomposition, with a solution near
    the bound.
    """

    name = "exact-offline"
    family = "sync"
    kind = Kind.EXACT
    reference = "optkit, docs/sync.md: dynamic programming with the loads known"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True)
    Options = ExactOfflineOptions

    def bound_is_partial(self) -> bool:
        """Return whether the reports are given, so that the bound is for them."""
        return self.options.reports is not None

    def supports(self, instance: SyncInstance) -> Availability:
        """Refuse links that change where the reports are free."""
        if instance.changes is None or self.options.reports is not None:
            return Availability()
        return Availability(
            False,
            "links change, and reports and notifications together are solved for links"
            " that stay; give reports with --set reports=FILE, or take"
            " periodic+exact-offline",
        )

    def run(self, instance: SyncInstance, run: Run) -> Outcome:
        """Solve for the given reports, or over all of them."""
        data = problem_data(instance)
        if self.options.reports is not None:
            reports = read_reports(self.options.reports, instance, data)
            return self._given(instance, data, reports, run)
        return self._over_all(instance, data, run)

    def _given(
        self, instance: SyncInstance, data: ProblemData, reports: list[Ints], run: Run
    ) -> Outcome:
        from optkit.sync.exact.notifications import best_notifications

        run.model_built()
        best = best_notifications(data, held_values(data, reports))
        if not best.feasible:
            impossible = [instance.pairs[link] for link in best.impossible[:3]]
            links = ", ".join(f"{source} to {target}" for source, target in impossible)
            return Outcome(
                Reason.PROVED,
                f"with these reports no notifications keep max_pair_age on {links}",
                infeasible=True,
            )
        cost = float(best.cost.sum()) + unit_prices(data).report * sum(
            map(len, reports)
        )
        run.incumbent(cost, lambda: solution(instance, reports, best.slots))
        run.prove(cost, FOR_GIVEN)
        return Outcome(Reason.PROVED, FOR_GIVEN)

    def _over_all(self, instance: SyncInstance, data: ProblemData, run: Run) -> Outcome:
        from optkit.sync.exact.all_reports import AllReports

        search = AllReports(data, self.options.states, run.affords)
        run.model_built()
        if math.isinf(search.cost):
            return Outcome(
                Reason.PROVED,
                "reports and notifications in every slot do not keep the limits on ages",
                infeasible=True,
            )

        def publish() -> None:
            reports, notifications = search.slots()
            run.incumbent(
                search.cost, lambda: solution(instance, reports, notifications)
            )
            if math.isfinite(search.bound):
                run.prove(search.bound, OVER_ALL)

        publish()
        for _ in search.improve(run.should_stop):
            publish()
        if search.closed:
            return Outcome(Reason.PROVED, "every router is solved")
        reason = run.stop_reason()
        if reason is not None:
            return Outcome(reason, "stopped before bound and solution met")
        return Outcome(
            Reason.CONVERGED,
            "some routers have too many devices or unlike links to be solved to optimality",
        )
