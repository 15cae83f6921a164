"""Solvers that consist of a reporting policy and a notification policy."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Outcome, Solver
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import NotificationPolicy, ReportingPolicy
from optkit.sync.problem.given_reports import read_reports
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.objective import objective, solution
from optkit.sync.problem.problem_data import ProblemData, problem_data

GIVEN = "for the given reports"
"""Part of the source of a bound that holds for one choice of reports only."""


class PolicyOptions(Options):
    """Options of every solver that is a pair of policies."""

    bound: Literal["all-reports", "given-reports"] = Field(
        "all-reports",
        description="all-reports: the bound holds for any reports; given-reports: for"
        " the reports sent here only, which is tighter",
    )


class FixedReportsOptions(PolicyOptions):
    """Options where the reports may come from a file instead of a policy."""

    reports: str | None = Field(
        None,
        description="take the reports from this solution file; the bound is then for them",
    )


class PolicySolver(Solver[SyncInstance, PolicyOptions]):
    """A reporting policy, and a notification policy that sees its reports.

    When time is up, the rest is decided in the simplest way that keeps the limits: devices
    report as rarely as they may, and links are used in every slot.
    """

    family: ClassVar[str] = "sync"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True)
    reporting: ClassVar[type[ReportingPolicy]]
    notification: ClassVar[type[NotificationPolicy]]

    @classmethod
    def available(cls) -> Availability:
        """Return whether both policies can run here."""
        reporting = cls.reporting.available()
        return cls.notification.available() if reporting.available else reporting

    def supports(self, instance: SyncInstance) -> Availability:
        """Return whether both policies take this instance."""
        reporting = self._reporting().supports(instance)
        if not reporting.available:
            return reporting
        return self._notification().supports(instance)

    def bound_is_partial(self) -> bool:
        """Return whether the bound holds only for the reports of the solution."""
        return self._reports_file() is not None or self.options.bound == "given-reports"

    def _reporting(self) -> ReportingPolicy:
        return self.reporting(getattr(self.options, "reporting", None))

    def _notification(self) -> NotificationPolicy:
        return self.notification(getattr(self.options, "notification", None))

    def run(self, instance: SyncInstance, run: Run) -> Outcome:
        """Decide the reports, then the notifications, and prove a bound."""
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
        # The bound takes about that long, and cannot be stopped.
        if self.bound_is_partial() and run.affords(
            2e-7 * data.slots * (data.devices + data.links)
        ):
            self._prove_for_reports(data, reports, held, run)
        reason = run.stop_reason()
        if reason is not None:
            return Outcome(
                reason, "what was undecided by then was decided to keep the limits"
            )
        return Outcome(Reason.CONVERGED, "every report and notification is decided")

    def _reports(
        self, instance: SyncInstance, data: ProblemData, run: Run
    ) -> list[Ints]:
        """Return the reports, from the file or by the policy."""
        path = self._reports_file()
        if path is not None:
            return read_reports(path, instance, data)
        return self._reporting().plan(data, run.rng("reporting"), run.should_stop)

    def _reports_file(self) -> str | None:
        options = self.options
        return options.reports if isinstance(options, FixedReportsOptions) else None

    @staticmethod
    def _prove_for_reports(
        data: ProblemData, reports: list[Ints], held: HeldValues, run: Run
    ) -> None:
        """Prove the bound for the reports of the solution; the family has one for all."""
        from optkit.sync.exact import bound_for_reports

        least = bound_for_reports(data, held, sum(map(len, reports)))
        if least is not None:
            run.prove(least, f"the cheapest notifications {GIVEN}")
