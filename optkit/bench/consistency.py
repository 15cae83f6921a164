"""What is claimed of each instance, so that claims that exclude each other are seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from optkit.bench.record import Outcome, Record
from optkit.core.consistency import BestClaims
from optkit.core.solving.result import Status


@dataclass
class Ledger:
    """The best verified objective and the best proven bound of every instance.

    Objectives and bounds are compared within one variant of a family's problem, see
    :attr:`optkit.Solver.variant`.
    """

    _pages: dict[tuple[str, str], BestClaims] = field(default_factory=dict)

    def enter(self, record: Record) -> str | None:
        """Take the claims of a run; return what contradicts what, if anything does."""
        where = f"instance {record.instance.name!r} ({record.instance.sha256[:12]}…)"
        who = (
            f"{record.solver.label} (solver {record.solver.name}"
            f" {record.solver.version}, seed {record.solver.seed}, run {record.key})"
        )
        if record.outcome is Outcome.CONTRADICTION:
            return f"{where}: {who}: {record.detail}"
        if record.outcome is not Outcome.DONE:
            return None
        objective = record.objective if record.verified else None
        partial = record.solver.partial_bound
        return self.claim(
            (record.instance.sha256, record.solver.variant),
            where,
            who,
            objective=objective,
            bound=None if partial else record.bound,
            infeasible=record.status is Status.INFEASIBLE and not partial,
        )

    def contradictions(self, records: Iterable[Record]) -> list[str]:
        """Take the claims of many runs; return a text for each problem they exclude on."""
        found: dict[tuple[str, str], str] = {}
        for record in records:
            said = self.enter(record)
            if said is not None:
                place = (record.instance.sha256, record.solver.variant)
                found.setdefault(place, said)
        return list(found.values())

    def claim(
        self,
        place: tuple[str, str],
        where: str,
        who: str,
        *,
        objective: float | None,
        bound: float | None,
        infeasible: bool = False,
    ) -> str | None:
        """Take claims about one instance and variant; see :meth:`enter`."""
        page = self._pages.setdefault(place, BestClaims())
        page.add(who, objective=objective, bound=bound, infeasible=infeasible)
        contradiction = page.contradiction()
        return None if contradiction is None else f"{where}: {contradiction}."

    def objective(self, sha256: str, variant: str = "") -> float | None:
        """Return the best verified objective of an instance; None if there is none."""
        page = self._pages.get((sha256, variant))
        return page.objective.value if page and page.objective else None

    def bound(self, sha256: str, variant: str = "") -> float | None:
        """Return the best bound that is claimed of an instance; None if none is."""
        page = self._pages.get((sha256, variant))
        return page.bound.value if page and page.bound else None
