"""Make the runs of a study: lease, isolate and record them, one by one or in parallel."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from optkit.bench.best_known import add_best_known
from optkit.bench.consistency import ReferenceValues
from optkit.bench.journal import Journal, is_failure
from optkit.bench.leases import Leases
from optkit.bench.plan import Plan, PlannedRun
from optkit.bench.record import InstanceEntry, Outcome, Record, SolverEntry
from optkit.bench.study import Study
from optkit.core.display.printable import error_text
from optkit.core.errors import ContradictionError, OptkitError, UnavailableError
from optkit.core.files import paths
from optkit.core.files.text import write_json
from optkit.core.instance import Instance
from optkit.core.runtime.machine import machine
from optkit.core.runtime.versions import versions
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.tools.instance_files import save_instance

POLL_SECONDS = 0.5
"""Seconds between two looks for runs that other workers gave up."""

WARM_UP_CANDIDATES = 12
"""Tiny instances per family among which a solver finds one to warm up on."""

WORKERS_GONE = (
    "the workers that make the runs are gone, for example because their scheduler died;"
    " start them again, and the same command goes on: no finished run is lost."
)

Submit = Callable[[PlannedRun], "Future[dict[str, Any]]"]
"""Starts a run; its future returns the columns of the record that the run decides."""


@dataclass(frozen=True)
class Progress:
    """The progress of a study.

    Parameters
    ----------
    total
        The number of planned runs.
    finished
        How many of them are in the journal, whoever made them.
    record
        The run that just ended; None at the start.
    """

    total: int
    finished: int
    record: Record | None


class ContradictedStudyError(ContradictionError):
    """Results of the study contradict each other, so it was stopped."""


@dataclass
class StudyRunner:
    """Makes the runs of a study that are not finished.

    Parameters
    ----------
    study
        The study; its folder exists.
    plan
        The runs.
    submit
        Starts one run.
    workers
        The number of runs at the same time.
    retry
        Whether to make failed runs again.
    on_progress
        Called whenever a run has ended.
    """

    study: Study
    plan: Plan
    submit: Submit
    workers: int = 1
    retry: bool = False
    on_progress: Callable[[Progress], None] = lambda _: None

    def __post_init__(self) -> None:
        self._journal = Journal(self.study.journal)
        self._references = ReferenceValues()
        self._keys = {run.key for run in self.plan.runs}
        self._machine = machine()
        self._to_retry: set[str] = set()

    def run(self) -> list[int]:
        """Make the runs; return the numbers of journal lines that cannot be read.

        Raises
        ------
        ContradictedStudyError
            If results contradict each other; runs in progress are then given up.
        """
        self._add_best_known()
        self._read_existing_runs()
        self.on_progress(Progress(len(self._keys), self._count_finished(), None))
        with Leases(self.study.leases) as leases:
            running: dict[Future[dict[str, Any]], PlannedRun] = {}
            try:
                for run in self._leased_runs(leases, running):
                    running[self.submit(run)] = run
                    if len(running) >= self.workers:
                        self._collect(running, leases)
            finally:
                for future in running:
                    future.cancel()
        return self._journal.damaged

    def _read_existing_runs(self) -> None:
        """Read the journal; failures count as open if they are to be made again."""
        new = self._journal.read_new()
        latest = self._journal.records()
        if self.retry:
            self._to_retry = {key for key, run in latest.items() if is_failure(run)}
        # A line that a later one has replaced no longer counts.
        self._add_records(
            record
            for record in new
            if record is latest[record.key] and record.key not in self._to_retry
        )

    def _leased_runs(
        self, leases: Leases, running: dict[Future[dict[str, Any]], PlannedRun]
    ) -> Iterator[PlannedRun]:
        """Yield the open runs, each with its lease, as long as there are any."""
        open_runs = [run for run in self.plan.runs if not self._is_finished(run)]
        while open_runs:
            leased_elsewhere = []
            for run in open_runs:
                self._read_journal()
                if self._is_finished(run):
                    continue
                if not leases.acquire(run.key):
                    leased_elsewhere.append(run)
                    continue
                # The previous holder may have finished the run in the meantime.
                self._read_journal()
                if self._is_finished(run):
                    leases.release(run.key)
                    continue
                yield run
            while running:
                self._collect(running, leases)
            open_runs = leased_elsewhere
            if open_runs:  # made here if the workers that hold them die
                time.sleep(POLL_SECONDS)

    def _collect(
        self, running: dict[Future[dict[str, Any]], PlannedRun], leases: Leases
    ) -> None:
        """Wait until a run ends, and record every run that has ended."""
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ended:
            run = running.pop(future)
            try:
                columns = future.result()
            except CancelledError:
                raise UnavailableError(WORKERS_GONE) from None
            except Exception as error:  # for example, its machine is gone
                columns = {"outcome": Outcome.CRASH, "detail": error_text(error)}
            solution = columns.pop("solution", None)
            record = self._record(run, columns)
            if solution is not None and record.outcome is not Outcome.ERROR:
                # Written before the journal: a finished run has its solution file.
                write_json(self.study.solution_file(run.key), solution)
            self._journal.append(record)
            leases.release(run.key)
        self._read_journal()

    def _record(self, run: PlannedRun, columns: dict[str, Any]) -> Record:
        """Return the record of a run; an invalid result becomes an error of the run."""
        try:
            record = self._complete_record(run, columns)
            record.line()
        except ValueError as error:
            text = str(error).encode(errors="backslashreplace").decode()
            detail = f"its result cannot be recorded: {text}"
            return self._complete_record(
                run, {"outcome": Outcome.ERROR, "detail": detail}
            )
        return record

    def _complete_record(self, run: PlannedRun, columns: dict[str, Any]) -> Record:
        return Record.model_validate(
            {
                "versions": versions(),
                **columns,
                # Runs at the same time slow each other down, so their number is recorded.
                "machine": {
                    **(columns.get("machine") or self._machine),
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

    def _read_journal(self) -> None:
        """Read the new lines of the journal, from this worker or another."""
        self._add_records(self._journal.read_new())

    def _add_records(self, records: Iterable[Record]) -> None:
        for record in records:
            if record.key not in self._keys:  # of another suite, or another version
                continue
            self._to_retry.discard(record.key)
            contradiction = self._references.add_run(record)
            self.on_progress(Progress(len(self._keys), self._count_finished(), record))
            self._stop_on(contradiction)

    def _stop_on(self, contradiction: str | None) -> None:
        if contradiction is not None:
            raise ContradictedStudyError(
                f"{contradiction} One of the two is wrong, so the study has stopped."
                " Correct the solver and raise its version, or remove it from the suite;"
                f" the lines stay in {self._journal.path}."
            )

    def _is_finished(self, run: PlannedRun) -> bool:
        return run.key in self._journal and run.key not in self._to_retry

    def _count_finished(self) -> int:
        """Return how many runs of the plan are finished."""
        return sum(map(self._is_finished, self.plan.runs))

    def _add_best_known(self) -> None:
        """Add the best-known values beside the instance files to the reference values."""
        for sha256, planned in self.plan.instances.items():
            if planned.origin is not None:
                self._stop_on(
                    add_best_known(
                        self._references, sha256, planned.instance, planned.origin
                    )
                )


def warm_up_files(study: Study, plan: Plan) -> dict[tuple[str, str], Path]:
    """Write tiny instances to warm up on; return their files by family and solver."""
    files = {}
    for family in sorted({run.family for run in plan.runs}):
        instances = _TinyInstances(study, family)
        for run in {r.solver: r for r in plan.runs if r.family == family}.values():
            path = instances.supported_by(run)
            if path is not None:
                files[family, run.solver] = path
    return files


class _TinyInstances:
    """Tiny instances of a family, created on demand."""

    def __init__(self, study: Study, family: str) -> None:
        self._study = study
        self._family = family
        self._created: list[tuple[Path, Instance]] = []
        cases = registry.family(family).contract_cases
        self._rest = iter(
            () if cases is None else resolve(cases).random(0, WARM_UP_CANDIDATES)
        )

    def supported_by(self, run: PlannedRun) -> Path | None:
        """Return the file of the first instance that the solver of a run supports."""
        with contextlib.suppress(OptkitError):  # without a warm-up, the run still works
            if run.solver == registry.AUTO:
                return next((path for path, _ in self._all()), None)
            solver = registry.usable_solver_class(run.family, run.solver)(run.options)
            return next(
                (p for p, tiny in self._all() if solver.supports(tiny).available), None
            )
        return None

    def _all(self) -> Iterator[tuple[Path, Instance]]:
        yield from self._created
        for case in self._rest:
            name = f"warm-up-{self._family}-{len(self._created)}.json.gz"
            path = self._study.folder / "instances" / name
            if not paths.is_file(path):
                save_instance(case.instance, path)
            self._created.append((path, case.instance))
            yield self._created[-1]
