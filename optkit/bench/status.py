"""The progress of a study: runs by solver and outcome."""

from __future__ import annotations

from collections import Counter

from optkit.bench.journal import Journal
from optkit.bench.leases import Leases
from optkit.bench.record import NOT_TRIED, Outcome, Record
from optkit.bench.study import Study, with_labels
from optkit.core.display.tables import Cell, Column, Table


def run_counts(study: Study) -> tuple[int, int, int]:
    """Return how many runs are planned, finished, and in progress elsewhere."""
    runs = study.runs()
    journal = Journal(study.journal)
    journal.read_new()
    planned = {run.key for run in runs}
    finished = planned & journal.records().keys()
    in_progress = set(Leases(study.leases).held_by_others()) & planned - finished
    return len(planned), len(finished), len(in_progress)


def overview(study: Study) -> Table:
    """Return a table with one row per solver: its runs by outcome."""
    runs = study.runs()
    journal = Journal(study.journal)
    journal.read_new()
    records = with_labels(runs, journal.records())
    rows: list[tuple[Cell, ...]] = []
    for family, label in dict.fromkeys((run.family, run.label) for run in runs):
        own = [record for record in records if _is_of(record, family, label)]
        planned = sum(run.family == family and run.label == label for run in runs)
        outcomes = Counter(record.outcome for record in own)
        excluded = sum(outcomes[outcome] for outcome in NOT_TRIED)
        failed = sum(outcomes.values()) - outcomes[Outcome.DONE] - excluded
        rows.append(
            (
                family,
                label,
                planned,
                len(own),
                sum(record.solved for record in own),
                sum(record.answered for record in own),
                failed,
                excluded,
                ", ".join(f"{n} {o}" for o, n in outcomes.items() if o != Outcome.DONE),
            )
        )
    return Table(
        "Runs",
        (
            Column("family"),
            Column("solver"),
            Column("planned", align="right"),
            Column("finished", align="right"),
            Column("proven", align="right"),
            Column("answered", align="right"),
            Column("failed", align="right"),
            Column("excluded", align="right"),
            Column("what"),
        ),
        rows,
    )


def _is_of(record: Record, family: str, label: str) -> bool:
    return record.instance.family == family and record.solver.label == label
