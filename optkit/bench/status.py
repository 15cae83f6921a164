"""How far a study is: runs by solver and outcome."""

from __future__ import annotations

from collections import Counter

from optkit.bench.journal import Journal
from optkit.bench.leases import Claims
from optkit.bench.record import NOT_TRIED, Outcome, Record
from optkit.bench.study import Study, labelled
from optkit.core.display.tables import Cell, Column, Table


def progress(study: Study) -> tuple[int, int, int]:
    """Return how many runs are planned, finished, and under way with living workers."""
    runs = study.runs()
    journal = Journal(study.journal)
    journal.read_new()
    planned = {run.key for run in runs}
    finished = planned & journal.records().keys()
    claimed = set(Claims(study.claims).others()) & planned - finished
    return len(planned), len(finished), len(claimed)


def overview(study: Study) -> Table:
    """Return a table with a row a solver: its runs by what became of them."""
    runs = study.runs()
    journal = Journal(study.journal)
    journal.read_new()
    records = labelled(runs, journal.records())
    rows: list[tuple[Cell, ...]] = []
    for family, label in dict.fromkeys((run.family, run.label) for run in runs):
        mine = [r for r in records if _of(r, family, label)]
        planned = sum(run.family == family and run.label == label for run in runs)
        outcomes = Counter(record.outcome for record in mine)
        excluded = sum(outcomes[outcome] for outcome in NOT_TRIED)
        failed = sum(outcomes.values()) - outcomes[Outcome.DONE] - excluded
        rows.append(
            (
                family,
                label,
                planned,
                len(mine),
                sum(record.solved for record in mine),
                sum(record.answered for record in mine),
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


def _of(record: Record, family: str, label: str) -> bool:
    return record.instance.family == family and record.solver.label == label
