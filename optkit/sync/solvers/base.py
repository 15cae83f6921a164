"""What solvers share that are a reporting policy and a notification policy."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Outcome, Solver
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import NotificationPolicy, ReportingPolicy
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.problem_data import ProblemData, problem_data

GIVEN = "for the given reports"
"""Stands in the source of a bound that holds for one choice of reports only."""


class PolicyOptions(Options):
    """Options of every solver that is a pair of policies."""

    bound: Literal["all-reports", "given-reports"] = Field(
        "all-reports",
        description="what the bound holds for: any reports, or (tighter) these ones",
    )


class FixedReportsOptions(PolicyOptions):
    """Options where the reports may come from a file instead of a policy."""

    reports: str | None = Field(
        None,
        description="take the reports from this solution file; the bound is then for them",
    )


class PolicySolver(Solver[SyncInstance]):
    """A reporting policy, and a notification policy that sees what comes of it.

    When time is up, what is not decided yet is decided in the simplest way that keeps the
    limits: devices report as rarely as they may, links are used in every slot.
    """

    family: ClassVar[str] = "sync"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True)
    reporting: ClassVar[type[ReportingPolicy]]
    notification: ClassVar[type[NotificationPolicy]]

    @classmethod
    def available(cls) -> Availability:
        """Say whether both policies can run here."""
        first = cls.reporting.available()
        return first if not first.available else cls.notification.available()

    def supports(self, instance: SyncInstance) -> Availability:
        """Say whether both policies take this instance."""
        first = self._reporting().supports(instance)
        return first if not first.available else self._notification().supports(instance)

    def bound_is_partial(self) -> bool:
        """Say whether the bound is for the reports that are given, or were decided."""
        options: Any = self.options
        return self._reports_file() is not None or options.bound == "given-reports"

    def _reporting(self) -> ReportingPolicy:
        return self.reporting(getattr(self.options, "reporting", None))

    def _notification(self) -> NotificationPolicy:
        return self.notification(getattr(self.options, "notification", None))

    def run(self, instance: SyncInstance, run: Run) -> Outcome:
        """Let the devices report, then the routers notify; bound what comes of it."""
        from optkit.sync.problem.objective import objective, solution

        data = problem_data(instance)
        run.model_built()
        reports = self._reports(instance, data, run)
        held = held_values(data, reports)
        run.progress("reported", 0.5)
        notifications = self._notification().plan(
            data, held, run.rng("notification"), run.should_stop
        )
        cost = objective(data, reports, notifications, held)
        run.incumbent(cost, lambda: solution(instance, reports, notifications))
        # A bound cannot be stopped, and takes about that long.
        if run.affords(2e-7 * data.slots * (data.devices + data.links)):
            self._prove(data, reports, held, run)
        reason = run.stop_reason()
        if reason is not None:
            return Outcome(reason, "what was undecided by then was made frequent")
        return Outcome(Reason.CONVERGED, "every report and notification is decided")

    def _reports(
        self, instance: SyncInstance, data: ProblemData, run: Run
    ) -> list[Ints]:
        """Return the reports, of the policy or from the file."""
        from optkit.sync.problem.given_reports import read_reports

        path = self._reports_file()
        if path is not None:
            return read_reports(path, instance, data)
        return self._reporting().plan(data, run.rng("reporting"), run.should_stop)

    def _reports_file(self) -> str | None:
        path: str | None = getattr(self.options, "reports", None)
        return path

    def _prove(
        self, data: ProblemData, reports: list[Ints], held: HeldValues, run: Run
    ) -> None:
        """Report the bound that is asked for."""
        from optkit.sync.exact import bound_for_reports
        from optkit.sync.exact.age_bound import SOURCE, ages_bound

        if not self.bound_is_partial():
            run.prove(ages_bound(data), SOURCE)
            return
        least = bound_for_reports(data, held, sum(map(len, reports)))
        if least is not None:
            run.prove(least, f"the cheapest notifications {GIVEN}")
