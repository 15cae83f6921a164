"""The best objective and bound of each instance, and whether runs contradict each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from optkit.bench.record import Outcome, Record
from optkit.core.solving.result import Status

TOLERANCE = 1e-6
"""Relative difference up to which two values count as equal, as in the harness."""

Problem = tuple[str, str]
"""The sha256 of an instance, and a variant of its family's problem."""


@dataclass(frozen=True)
class _Value:
    """A value and who reported it."""

    value: float
    source: str


@dataclass
class _Entry:
    """The best values of one problem."""

    objective: _Value | None = None
    bound: _Value | None = None
    infeasible: str | None = None


@dataclass
class ReferenceValues:
    """The best verified objective and the best proven bound of every instance.

    Objectives and bounds are compared within one variant of a family's problem, see
    :attr:`optkit.Solver.variant`.
    """

    _entries: dict[Problem, _Entry] = field(default_factory=dict)

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
        entry = self._entries.setdefault(problem, _Entry())
        if infeasible:
            entry.infeasible = source
        if objective is not None and (
            entry.objective is None or objective < entry.objective.value
        ):
            entry.objective = _Value(objective, source)
        if bound is not None and (entry.bound is None or bound > entry.bound.value):
            entry.bound = _Value(bound, source)
        return _contradiction(entry, instance)

    def objective(self, sha256: str, variant: str = "") -> float | None:
        """Return the best verified objective of an instance; None if there is none."""
        entry = self._entries.get((sha256, variant))
        return entry.objective.value if entry and entry.objective else None

    def bound(self, sha256: str, variant: str = "") -> float | None:
        """Return the best reported bound of an instance; None if there is none."""
        entry = self._entries.get((sha256, variant))
        return entry.bound.value if entry and entry.bound else None


def _contradiction(entry: _Entry, instance: str) -> str | None:
    best, bound = entry.objective, entry.bound
    if entry.infeasible is not None and best is not None:
        return (
            f"{instance}: {entry.infeasible} reports that there is no solution;"
            f" {best.source} has a verified one of {best.value!r}."
        )
    if best is None or bound is None:
        return None
    slack = TOLERANCE * max(abs(best.value), abs(bound.value))
    if bound.value > best.value + slack:
        return (
            f"{instance}: {bound.source} reports the bound {bound.value!r};"
            f" {best.source} has a verified solution of {best.value!r}, which is lower."
        )
    return None
