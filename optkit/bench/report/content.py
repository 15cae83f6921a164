"""What the report says, gathered from a study and ready for the page."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from optkit.bench.best_known import enter
from optkit.bench.consistency import Ledger
from optkit.bench.journal import unreadable
from optkit.bench.record import NOT_TRIED, Outcome, Record
from optkit.bench.report.instances import convergence, drawing
from optkit.bench.report.line_styles import looks
from optkit.bench.report.plots import pictures
from optkit.bench.report.rerun_suite import as_toml
from optkit.bench.statistics.aggregates import PENALTIES, SHIFT, summary
from optkit.bench.statistics.comparisons import LEVEL, friedman, pairs
from optkit.bench.statistics.gaps import primal_gap
from optkit.bench.statistics.runs import WITHIN, compared_by, per_instance, run_table
from optkit.bench.study import Study
from optkit.core.errors import OptkitError
from optkit.plotting.charts import Look
from optkit.plotting.output import picture_files, render
from optkit.plotting.pictures import Picture
from optkit.plotting.style import CHARTS, using

MOST_DRAWINGS = 8_000_000
"""Bytes of drawn solutions in one report; instances after that are told how to draw."""

MOST_DRAWN = 200
"""Instances whose solution is drawn: each takes half a second or more."""


@dataclass(frozen=True)
class Image:
    """A picture inside the page."""

    source: str
    caption: str


@dataclass(frozen=True)
class Row:
    """A run in the table of results."""

    record: Record
    gap_to_best: float | None


@dataclass
class InstancePage:
    """What is shown of one instance."""

    name: str
    sha256: str
    best: float | None
    bound: float | None
    best_by: str
    rows: list[Row]
    drawing: Image | None = None
    convergence: Image | None = None
    how_to_draw: str = ""


@dataclass
class FamilySection:
    """What is shown of one family."""

    name: str
    summary: pd.DataFrame
    pictures: list[Image]
    pairs: pd.DataFrame
    pairs_of: str
    friedman: float | None
    instances: list[InstancePage]

    @property
    def drawn(self) -> int:
        """How many instances have their solution drawn."""
        return sum(page.drawing is not None for page in self.instances)


@dataclass
class Content:
    """The whole report."""

    title: str
    description: str
    planned: int
    finished: int
    begun: str
    ended: str
    facts: list[tuple[str, str]]
    failures: list[Record]
    exclusions: list[tuple[str, str, str, int]]
    families: list[FamilySection]
    suite: str
    warnings: list[str] = field(default_factory=list)
    conventions: list[str] = field(default_factory=list)


def gather(
    study: Study,
    drawings: bool = True,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Content:
    """Return what there is to say about a study.

    Parameters
    ----------
    study
        The study; it need not be finished.
    drawings
        Whether best solutions are drawn, of the first instances of each family.
    tell
        Called with instances done and their number.
    """
    suite = study.suite()
    records = study.records()
    ledger, warnings = _ledger(study, records)
    colours = looks(record.solver.label for record in records)
    families = dict.fromkeys(record.instance.family for record in records)
    total = len({record.instance.sha256 for record in records})
    room = MOST_DRAWINGS if drawings else 0
    sections = [
        _family(
            study,
            name,
            [r for r in records if r.instance.family == name],
            ledger,
            colours,
        )
        for name in families
    ]
    # In turn: the first instance of each family, then the second of each.
    turns = zip_longest(*(section.instances for section in sections))
    pages = (page for turn in turns for page in turn if page is not None)
    for done, page in enumerate(pages, 1):
        room = _illustrate(study, page, colours, room if done <= MOST_DRAWN else 0)
        tell(done, total)
    ends = sorted(record.at for record in records)
    return Content(
        title=suite.name,
        description=suite.description,
        planned=len(study.runs()),
        finished=len(records),
        begun=ends[0] if ends else "",
        ended=ends[-1] if ends else "",
        facts=_facts(records, suite.seeds, suite.repetitions, suite.warm_up),
        failures=[r for r in records if r.outcome not in (Outcome.DONE, *NOT_TRIED)],
        exclusions=_exclusions(records),
        families=sections,
        suite=as_toml(suite),
        warnings=warnings,
        conventions=[
            "Every objective was recomputed by the family's checker; a solution that"
            " fails it counts as no solution, and as a failure.",
            f"Shifted geometric means use a shift of {SHIFT:g} s. PAR-k counts a run"
            " without a proof as k times its limit, and is a plain mean, k ="
            f" {' and '.join(map(str, PENALTIES))}.",
            "The gap to the best known is the primal gap, between 0 and 100 %; the best"
            " known is the best of this study and of the solution files beside the"
            " instances.",
            f"“Good” is a verified solution within {WITHIN:.0%} of the best known.",
            "Tests compare instances, after averaging over seeds and repetitions, with"
            f" Holm's correction at {LEVEL:g}; fewer than ten instances are not tested.",
            "Runs that never began are listed as exclusions and are in no mean.",
        ],
    )


def _ledger(study: Study, records: Sequence[Record]) -> tuple[Ledger, list[str]]:
    """Return what is claimed of each instance, and what the reader must know of it."""
    ledger = Ledger()
    warnings = []
    tried = {record.instance.sha256 for record in records}
    for sha256, origin in study.plan().origins.items():
        if sha256 not in tried:
            continue
        try:
            enter(ledger, sha256, study.instance(sha256), Path(origin))
        except OptkitError as error:
            warnings.append(f"A best-known value is left out: {error}")
    warnings += [
        f"Claims exclude each other, and figures that stand on them are worth nothing: {x}"
        for x in ledger.contradictions(records)
    ]
    damaged = study.damaged()
    if damaged:
        warnings.append(
            f"{unreadable(study.journal, damaged)} Their runs are missing here."
        )
    return ledger, warnings


def _family(
    study: Study,
    name: str,
    records: list[Record],
    ledger: Ledger,
    colours: dict[str, Look],
) -> FamilySection:
    runs = run_table(records, ledger)
    column = compared_by(runs)
    wide = per_instance(runs, column) if len(runs) else pd.DataFrame()
    own = {k: v for k, v in colours.items() if k in set(runs["label"])}
    return FamilySection(
        name,
        summary(runs),
        [
            Image(_svg(_rendered(picture)), picture.caption)
            for picture in (pictures(runs, own) if len(runs) else [])
        ],
        pairs(wide),
        "primal integral" if column == "integral" else "gap to the best known",
        friedman(wide) if len(wide) else None,
        _pages(records, ledger),
    )


def _pages(records: list[Record], ledger: Ledger) -> list[InstancePage]:
    by_instance: dict[str, list[Record]] = {}
    for record in records:
        by_instance.setdefault(record.instance.sha256, []).append(record)
    pages = []
    for sha256, mine in by_instance.items():
        best = ledger.objective(sha256)
        found = _best(mine)
        rows = []
        for record in mine:
            reference = ledger.objective(sha256, record.solver.variant)
            gap = None
            if (
                record.answered
                and record.objective is not None
                and reference is not None
            ):
                gap = primal_gap(record.objective, reference)
            rows.append(Row(record, gap))
        pages.append(
            InstancePage(
                mine[0].instance.name,
                sha256,
                best,
                ledger.bound(sha256),
                found.solver.label if found else "",
                rows,
            )
        )
    return pages


def _best(records: list[Record]) -> Record | None:
    """Return the run with the best verified solution, of the family's own problem."""
    answered = [
        r
        for r in records
        if r.answered and r.objective is not None and not r.solver.variant
    ]
    return min(answered, key=lambda r: (r.objective, r.timing.wall or 0), default=None)


def _illustrate(
    study: Study, page: InstancePage, colours: dict[str, Look], room: int
) -> int:
    """Add the pictures of an instance; return how many bytes are left for drawings."""
    records = [row.record for row in page.rows]
    with using(CHARTS):
        curve = convergence(records, colours)
        if curve is not None:
            svg = render(
                curve,
                "svg",
                settings=CHARTS,
                salt=page.sha256,
                letters="none",
                tight=False,
            )
            page.convergence = Image(
                _svg(svg),
                "Objective and bound of every run over time; first solutions far off may"
                " lie above the picture.",
            )
    best = _best(records)
    if best is None:
        return room
    drawn = drawing(study, best) if room > 0 else None
    if drawn is None or len(drawn) > room:
        page.how_to_draw = (
            f"optkit show instances/{page.sha256}.json.gz"
            f" solutions/{best.key}.json.gz -o solution.svg"
        )
        return room
    page.drawing = Image(
        f"data:image/webp;base64,{base64.b64encode(drawn).decode()}",
        f"The best solution of the study, by {best.solver.label}.",
    )
    return room - len(drawn)


def _rendered(picture: Picture) -> bytes:
    """Return a picture as SVG."""
    return picture_files(picture, "svg", salt=picture.name)["svg"]


def _svg(data: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"


def _facts(
    records: list[Record], seeds: Sequence[int], repetitions: int, warm_up: bool
) -> list[tuple[str, str]]:
    machines = Counter(
        "; ".join(f"{k} {v}" for k, v in sorted(record.machine.items()))
        for record in records
    )
    versions = Counter(
        ", ".join(f"{k} {v}" for k, v in record.versions.items()) for record in records
    )
    limits = Counter(
        ", ".join(f"{k} {v:g}" for k, v in record.limits.items()) or "none"
        for record in records
    )
    shown = ", ".join(map(str, seeds[:20])) + (" …" if len(seeds) > 20 else "")
    facts = [
        ("instances", str(len({r.instance.sha256 for r in records}))),
        ("seeds", f"{shown} ({repetitions} repetition{'s'[: repetitions != 1]} each)"),
        ("warm-up", "a tiny instance first, untimed" if warm_up else "none"),
    ]
    for name, counted in (
        ("limits", limits),
        ("machine", machines),
        ("versions", versions),
    ):
        several = len(counted) > 1
        for value, count in counted.most_common(5):
            facts.append((name, f"{value} ({count} runs)" if several else value))
    noise = _noise(records)
    if noise is not None:
        facts.append(("noise of repeated timings", noise))
    return facts


def _noise(records: list[Record]) -> str | None:
    """Return the median coefficient of variation of runs that were repeated."""
    times: dict[tuple[str, str, int], list[float]] = {}
    for record in records:
        if record.timing.wall is not None and record.outcome is Outcome.DONE:
            key = (record.instance.sha256, record.solver.label, record.solver.seed)
            times.setdefault(key, []).append(record.timing.wall)
    repeated = [np.array(t) for t in times.values() if len(t) > 1 and max(t) > 0]
    if not repeated:
        return None
    spread = np.median([t.std(ddof=1) / t.mean() for t in repeated])
    return f"coefficient of variation {spread:.1%} (median of {len(repeated)})"


def _exclusions(records: list[Record]) -> list[tuple[str, str, str, int]]:
    """Return (family, solver, reason, runs) of what never began."""
    counted = Counter(
        (record.instance.family, record.solver.label, record.detail)
        for record in records
        if record.outcome in NOT_TRIED
    )
    return [(*key, count) for key, count in counted.items()]
