"""The best objective and bound of each instance, and whether runs contradict each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from optkit.bench.record import Outcome, Record
from optkit.core.consistency import BestClaims
from optkit.core.solving.result import Status

Problem = tuple[str, str]
"""The sha256 of an instance, and a variant of its family's problem."""


@dataclass
class ReferenceValues:
    """The best verified objective and the best proven bound of every instance.

    Objectives and bounds are compared within one variant of a family's problem, see
    :attr:`optkit.Solver.variant`.
    """

    _entries: dict[Problem, BestClaims] = field(default_factory=dict)

    def add_run(self, record: Record) -> str | None:
        """Add what a run reports; return the contradiction that it causes, if any."""
        instance = f"instance {record.instance.name!r} ({record.instance.sha256[:12]}…)"
        source = (
            f"{record.solver.label} (solver {record.solver.name}"
            f" {record.solver.version}, seed {record.solver.seed}, run {record.key})"
        )
        if record.outcome is Outcome.CONTRADICTION:
            return f"{instance}: {source}: {record.detail}"
        if record.outcome is not Outcome.DONE:
            return None
        partial = record.solver.partial_bound
        return self.add(
            (record.instance.sha256, record.solver.variant),
            instance,
            source,
            objective=record.objective if record.verified else None,
            bound=None if partial else record.bound,
            infeasible=record.status is Status.INFEASIBLE and not partial,
        )

    def add_runs(self, records: Iterable[Record]) -> list[str]:
        """Add many runs; return the first contradiction of each problem that has one."""
        contradictions: dict[Problem, str] = {}
        for record in records:
            contradiction = self.add_run(record)
            if contradiction is not None:
                problem = (record.instance.sha256, record.solver.variant)
                contradictions.setdefault(problem, contradiction)
        return list(contradictions.values())

    def add(
        self,
        problem: Problem,
        instance: str,
        source: str,
        *,
        objective: float | None,
        bound: float | None,
        infeasible: bool = False,
    ) -> str | None:
        """Add values of one problem; return the contradiction that they cause, if any.

        Parameters
        ----------
        problem
            The problem.
        instance, source
            The instance and who reports the values, as messages name them.
        objective
            A verified objective.
        bound
            A bound that holds for the whole problem.
        infeasible
            Whether the source reports a proof that there is no solution.
        """
        entry = self._entries.setdefault(problem, BestClaims())
        entry.add(source, objective=objective, bound=bound, infeasible=infeasible)
        contradiction = entry.contradiction()
        return None if contradiction is None else f"{instance}: {contradiction}."

    def objective(self, sha256: str, variant: str = "") -> float | None:
        """Return the best verified objective of an instance; None if there is none."""
        entry = self._entries.get((sha256, variant))
        return entry.objective.value if entry and entry.objective else None

    def bound(self, sha256: str, variant: str = "") -> float | None:
        """Return the best reported bound of an instance; None if there is none."""
        entry = self._entries.get((sha256, variant))
        return entry.bound.value if entry and entry.bound else None
