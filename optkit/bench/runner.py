"""Making the runs of a study: claimed, isolated, recorded, one after another or at once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from optkit.bench.best_known import enter
from optkit.bench.consistency import Ledger
from optkit.bench.journal import Journal, is_failure
from optkit.bench.leases import Claims
from optkit.bench.plan import Plan, PlannedRun
from optkit.bench.record import InstanceEntry, Outcome, Record, SolverEntry
from optkit.bench.study import Study
from optkit.core.errors import ContradictionError, OptkitError
from optkit.core.files.text import write_json
from optkit.core.instance import Instance
from optkit.core.runtime.machine import machine
from optkit.core.runtime.versions import versions
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.tools.instance_files import save_instance

WAIT = 0.5
"""Seconds between two looks for runs that other workers gave up."""

TINY = 12
"""Tiny instances of a family among which a solver finds one to warm up with."""

Submit = Callable[[PlannedRun], "Future[dict[str, Any]]"]
"""Has a run made somewhere; its future returns the columns that the run decides."""


@dataclass(frozen=True)
class Progress:
    """How far a study is.

    Parameters
    ----------
    total
        Runs of the plan.
    finished
        Those with a line in the journal, whoever made them.
    record
        The run that ended now; None at the start.
    """

    total: int
    finished: int
    record: Record | None


class ContradictedStudyError(ContradictionError):
    """Claims of the study exclude each other; it has been stopped."""


@dataclass
class Conductor:
    """Makes what is left of a study's runs.

    Parameters
    ----------
    study
        The folder, created.
    plan
        The runs.
    submit
        Has one run made.
    workers
        How many runs are under way at once.
    retry
        Make runs again that failed.
    tell
        Called whenever a run has ended.
    """

    study: Study
    plan: Plan
    submit: Submit
    workers: int = 1
    retry: bool = False
    tell: Callable[[Progress], None] = lambda _: None

    def __post_init__(self) -> None:
        self._journal = Journal(self.study.journal)
        self._ledger = Ledger()
        self._keys = {run.key for run in self.plan.runs}
        self._machine = machine()
        self._retried: set[str] = set()

    def run(self) -> list[int]:
        """Make the runs; return the numbers of journal lines that cannot be read.

        Raises
        ------
        ContradictedStudyError
            If claims exclude each other; runs under way are then given up.
        """
        self._enter_best_known()
        self._begin()
        self.tell(Progress(len(self._keys), self._count(), None))
        with Claims(self.study.claims) as claims:
            under_way: dict[Future[dict[str, Any]], PlannedRun] = {}
            try:
                for run in self._open(claims, under_way):
                    under_way[self.submit(run)] = run
                    if len(under_way) >= self.workers:
                        self._collect(under_way, claims)
            finally:
                for future in under_way:
                    future.cancel()
        return self._journal.damaged

    def _begin(self) -> None:
        """Take notice of what is there already, but for the failures to be made again."""
        written = self._journal.read_new()
        known = self._journal.records()
        if self.retry:
            self._retried = {key for key, record in known.items() if is_failure(record)}
        # A line that a later one has replaced claims nothing any more.
        self._note(
            record
            for record in written
            if record is known[record.key] and record.key not in self._retried
        )

    def _open(
        self,
        claims: Claims,
        under_way: dict[Future[dict[str, Any]], PlannedRun],
    ) -> Iterator[PlannedRun]:
        """Yield the runs that nobody has made and nobody is at, each claimed."""
        left = [run for run in self.plan.runs if not self._is_finished(run)]
        while left:
            others = []
            for run in left:
                self._take_note()
                if self._is_finished(run):
                    continue
                if not claims.take(run.key):
                    others.append(run)
                    continue
                # Who had it before may have finished it in between.
                self._take_note()
                if self._is_finished(run):
                    claims.release(run.key)
                    continue
                yield run
            while under_way:
                self._collect(under_way, claims)
            left = others
            if left:  # with others now; made here if they should die
                time.sleep(WAIT)

    def _collect(
        self, under_way: dict[Future[dict[str, Any]], PlannedRun], claims: Claims
    ) -> None:
        """Wait for a run to end, and record what has ended."""
        ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in ended:
            run = under_way.pop(future)
            try:
                found = future.result()
            except Exception as error:  # its machine is gone, say
                detail = f"{type(error).__name__}: {error}"
                found = {"outcome": Outcome.CRASH, "detail": detail}
            solution = found.pop("solution", None)
            record = self._record(run, found)
            if solution is not None and record.outcome is not Outcome.ERROR:
                # Before the journal: a run counts as finished when all of it is there.
                write_json(self.study.solution_file(run.key), solution)
            self._journal.append(record)
            claims.release(run.key)
        self._take_note()

    def _record(self, run: PlannedRun, found: dict[str, Any]) -> Record:
        """Return the line of a run; what no line can hold is an error of the run."""
        try:
            record = self._filled(run, found)
            record.line()
        except ValueError as error:
            text = str(error).encode(errors="backslashreplace").decode()
            detail = f"what it returned cannot be kept: {text}"
            return self._filled(run, {"outcome": Outcome.ERROR, "detail": detail})
        return record

    def _filled(self, run: PlannedRun, found: dict[str, Any]) -> Record:
        return Record.model_validate(
            {
                "versions": versions(),
                **found,
                # Runs side by side slow each other: whoever reads times wants to know.
                "machine": {
                    **(found.get("machine") or self._machine),
                    "runs at once": str(self.workers),
                },
                "key": run.key,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "instance": InstanceEntry(
                    family=run.family, name=run.instance_name, sha256=run.sha256
                ),
                "solver": SolverEntry(
                    name=run.solver,
                    label=run.label,
                    kind=run.kind,
                    version=run.version,
                    options=run.options,
                    seed=run.seed,
                    deterministic=run.deterministic,
                    variant=run.variant,
                    partial_bound=run.partial_bound,
                ),
                "limits": run.limits,
                "repetition": run.repetition,
            }
        )

    def _take_note(self) -> None:
        """Read what is new in the journal, from here or elsewhere."""
        self._note(self._journal.read_new())

    def _note(self, records: Iterable[Record]) -> None:
        for record in records:
            if record.key not in self._keys:  # of another suite, or another version
                continue
            self._retried.discard(record.key)
            contradiction = self._ledger.enter(record)
            self.tell(Progress(len(self._keys), self._count(), record))
            self._stop_at(contradiction)

    def _stop_at(self, contradiction: str | None) -> None:
        if contradiction is not None:
            raise ContradictedStudyError(
                f"{contradiction} One of the two is wrong, so the study has stopped."
                " Mend the solver and give it a new version, or leave it out of the"
                f" suite; the lines stay in {self._journal.path}."
            )

    def _is_finished(self, run: PlannedRun) -> bool:
        return run.key in self._journal and run.key not in self._retried

    def _count(self) -> int:
        """Return how many runs of the plan are finished."""
        return sum(map(self._is_finished, self.plan.runs))

    def _enter_best_known(self) -> None:
        """Have runs compared with the best-known values beside the instances' files."""
        for sha256, subject in self.plan.subjects.items():
            if subject.origin is not None:
                self._stop_at(
                    enter(self._ledger, sha256, subject.instance, subject.origin)
                )


def warm_up_files(study: Study, plan: Plan) -> dict[tuple[str, str], Path]:
    """Write tiny instances to warm up with; return them by family and solver."""
    files = {}
    for family in sorted({run.family for run in plan.runs}):
        tiny = _Tiny(study, family)
        for run in {r.solver: r for r in plan.runs if r.family == family}.values():
            path = tiny.taken_by(run)
            if path is not None:
                files[family, run.solver] = path
    return files


class _Tiny:
    """Tiny instances of a family, made as far as somebody asks for them."""

    def __init__(self, study: Study, family: str) -> None:
        self._study = study
        self._family = family
        self._made: list[tuple[Path, Instance]] = []
        cases = registry.family(family).contract_cases
        self._left = iter(() if cases is None else resolve(cases).random(0, TINY))

    def taken_by(self, run: PlannedRun) -> Path | None:
        """Return the file of the first that the solver of a run takes."""
        with contextlib.suppress(OptkitError):  # warming up is a courtesy
            if run.solver == registry.AUTO:
                return next((path for path, _ in self._all()), None)
            solver = registry.usable_solver_class(run.family, run.solver)(run.options)
            return next(
                (p for p, tiny in self._all() if solver.supports(tiny).available), None
            )
        return None

    def _all(self) -> Iterator[tuple[Path, Instance]]:
        yield from self._made
        for trial in self._left:
            name = f"warm-up-{self._family}-{len(self._made)}.json.gz"
            path = self._study.folder / "instances" / name
            if not path.is_file():
                save_instance(trial.instance, path)
            self._made.append((path, trial.instance))
            yield self._made[-1]
