"""The tables of a report, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from optkit.bench.record import Outcome, Record
from optkit.bench.report.content import FamilySection, InstancePage
from optkit.bench.report.formats import number, percent, seconds, sort_key
from optkit.bench.statistics.aggregates import PENALTIES
from optkit.core.display.html import Heading, HtmlCell, as_text, table

LONGEST_DETAIL = 500
"""Characters of a failure's detail that are shown."""

_UNVERIFIED = "reported, but not verified"


def solvers(family: FamilySection) -> Markup:
    """Return the table of a family's solvers."""
    headings = [
        Heading("solver"),
        *(_right(name) for name in ("runs", "failed", "proven", "good")),
        _right("time (s)", "shifted geometric mean of all runs that ended"),
        _right(
            "common (s)",
            "shifted geometric mean over the instances that every solver proved",
        ),
        *(
            _right(
                f"PAR{k} (s)",
                f"mean time to a proof, a run without one costing {k} times its limit",
            )
            for k in PENALTIES
        ),
        _right("mean gap"),
        _right("integral (s)", "mean primal integral"),
    ]
    times = ["sgm_time", "sgm_all", *(f"par{k}" for k in PENALTIES)]
    rows: list[tuple[str | HtmlCell, ...]] = [
        (
            HtmlCell(str(label), header=True),
            str(int(row["runs"])),
            HtmlCell(str(int(row["failed"])), "bad" if row["failed"] else ""),
            str(int(row["proven"])),
            str(int(row["good"])),
            *(_seconds(row[name]) for name in times),
            _percent(row["gap"]),
            _seconds(row["integral"]),
        )
        for label, row in family.summary.iterrows()
    ]
    return _sorted_table(headings, rows, caption="Solvers")


def pairs(family: FamilySection) -> Markup:
    """Return the table of the tests between a family's solvers."""
    headings = [
        Heading("one"),
        Heading("other"),
        *map(
            _right,
            (
                "instances",
                "left out",
                "median one / other",
                "95 % interval",
                "p (Wilcoxon)",
                "p (Holm)",
            ),
        ),
    ]
    rows = [
        (
            row["one"],
            row["other"],
            str(row["instances"]),
            str(row["left_out"]),
            _number(row["ratio"], 3),
            f"{number(row['low'], 3)} … {number(row['high'], 3)}",
            _number(row["p"], 2),
            _number(row["p_holm"], 2),
        )
        for row in family.pairs.to_dict("records")
    ]
    return _sorted_table(headings, rows)


def mean_gaps(family: FamilySection) -> Markup:
    """Return the table of the gaps of mean objectives to the bound on means."""
    assert family.mean_gaps is not None, "shown only where there is one"
    headings = [
        Heading("solver"),
        *map(_right, ("instances", "mean objective", "bound on means", "gap")),
        _right("95 % interval", "of the gap; from differences paired by instance"),
    ]
    rows = [
        (
            HtmlCell(row["label"], header=True),
            str(row["instances"]),
            _number(row["mean"]),
            _number(row["bound"]),
            _percent(row["gap"]),
            f"{percent(row['low'])} … {percent(row['high'])}",
        )
        for row in family.mean_gaps.to_dict("records")
    ]
    return _sorted_table(headings, rows, caption="Means and their bound")


def results(family: FamilySection, id_: str) -> Markup:
    """Return the table of all runs of a family."""
    headings = [
        Heading("instance"),
        Heading("solver"),
        _right("seed"),
        Heading("status"),
        *map(_right, ("objective", "bound", "gap", "to best", "time (s)", "MiB")),
    ]
    rows = [
        (
            HtmlCell(page.name, href=f"#{page.anchor}"),
            row.record.solver.label,
            str(row.record.solver.seed),
            HtmlCell(_status(row.record), "" if row.record.answered else "bad"),
            _objective(row.record, 6),
            _number(row.record.bound),
            _percent(row.record.gap),
            _percent(row.gap_to_best),
            _seconds(row.record.timing.wall),
            _number(row.record.timing.memory_mib, 3),
        )
        for page in family.instances
        for row in page.rows
    ]
    return _sorted_table(headings, rows, id=id_)


def instance_runs(page: InstancePage) -> Markup:
    """Return the table of all runs on one instance."""
    headings = [
        Heading("solver"),
        _right("seed"),
        Heading("status"),
        Heading("stopped"),
        _right("objective"),
        _right("bound"),
        Heading("what proves it"),
        _right("time (s)"),
    ]
    rows = [
        (
            record.solver.label,
            str(record.solver.seed),
            _status(record),
            str(record.reason or ""),
            _objective(record, 9),
            _number(record.bound, 9),
            HtmlCell(record.bound_source or "", "long"),
            _seconds(record.timing.wall),
        )
        for record in (row.record for row in page.rows)
    ]
    return _sorted_table(headings, rows)


def failures(records: Iterable[Record]) -> Markup:
    """Return the table of failed runs."""
    headings = [
        Heading("instance"),
        Heading("solver"),
        _right("seed"),
        Heading("what"),
        Heading("detail"),
    ]
    rows = [
        (
            record.instance.name,
            record.solver.label,
            str(record.solver.seed),
            HtmlCell(str(record.outcome), "bad"),
            HtmlCell(record.detail[:LONGEST_DETAIL], "long"),
        )
        for record in records
    ]
    return _sorted_table(headings, rows)


def _sorted_table(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[str | HtmlCell]],
    **attributes: str,
) -> Markup:
    return Markup(as_text(table(headings, rows, css="sorted", **attributes)))


def _right(text: str, title: str = "") -> Heading:
    return Heading(text, "right", title=title)


def _status(record: Record) -> str:
    done = record.outcome is Outcome.DONE
    return str(record.status if done else record.outcome)


def _objective(record: Record, digits: int) -> HtmlCell:
    """Return an objective; one that failed its check is struck out and sorted last."""
    value = record.objective
    if record.answered or value is None:
        return _number(value, digits)
    return HtmlCell(number(value, digits), sort_key=sort_key(None), struck=_UNVERIFIED)


def _number(value: float | None, digits: int = 6) -> HtmlCell:
    return HtmlCell(number(value, digits), sort_key=sort_key(value))


def _percent(value: float | None) -> HtmlCell:
    return HtmlCell(percent(value), sort_key=sort_key(value))


def _seconds(value: float | None) -> HtmlCell:
    return HtmlCell(seconds(value), sort_key=sort_key(value))
