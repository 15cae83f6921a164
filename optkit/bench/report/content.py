"""Gather the content of a report from a study."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from optkit.bench.best_known import add_best_known
from optkit.bench.consistency import ReferenceValues
from optkit.bench.journal import damage_message
from optkit.bench.record import NOT_TRIED, Outcome, Record
from optkit.bench.report.instances import draw_convergence, draw_solution
from optkit.bench.report.line_styles import line_styles
from optkit.bench.report.plots import study_pictures
from optkit.bench.report.rerun_suite import rerun_suite
from optkit.bench.report.setting import exclusions, setting
from optkit.bench.statistics.aggregates import PENALTIES, SHIFT, summary
from optkit.bench.statistics.comparisons import LEVEL, friedman, pairs
from optkit.bench.statistics.gaps import primal_gap
from optkit.bench.statistics.mean_gaps import mean_gaps
from optkit.bench.statistics.runs import (
    GOOD_GAP,
    compared_by,
    per_instance,
    run_table,
)
from optkit.bench.study import Study
from optkit.core.errors import OptkitError
from optkit.core.solving import registry
from optkit.plotting.charts import Look
from optkit.plotting.output import picture_files, render
from optkit.plotting.pictures import Picture
from optkit.plotting.style import CHARTS, using

MAX_DRAWING_BYTES = 8_000_000
"""Size of all drawn solutions of a report; further instances get a command instead."""

MAX_DRAWINGS = 200
"""Instances whose solution is drawn, which takes half a second or more for each."""


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
    """The part of the report on one instance."""

    name: str
    sha256: str
    best: float | None
    bound: float | None
    best_by: str
    rows: list[Row]
    drawing: Image | None = None
    convergence: Image | None = None
    how_to_draw: str = ""

    @property
    def anchor(self) -> str:
        """The id of its element."""
        return f"i-{self.sha256[:16]}"


@dataclass
class FamilySection:
    """The part of the report on one family."""

    name: str
    summary: pd.DataFrame
    pictures: list[Image]
    pairs: pd.DataFrame
    pairs_of: str
    friedman: float | None
    mean_gaps: pd.DataFrame | None
    instances: list[InstancePage]

    @property
    def drawn(self) -> int:
        """The number of instances whose solution is drawn."""
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


def gather_content(
    study: Study,
    drawings: bool = True,
    on_progress: Callable[[int, int], None] = lambda *_: None,
) -> Content:
    """Return the content of a study's report.

    Parameters
    ----------
    study
        The study; it need not be finished.
    drawings
        Whether to draw the best solutions of the first instances of each family.
    on_progress
        Called with the number of instances that are done and with their total.
    """
    suite = study.suite()
    records = study.records()
    references, warnings = _reference_values(study, records)
    styles = line_styles(record.solver.label for record in records)
    families = dict.fromkeys(record.instance.family for record in records)
    total = len({record.instance.sha256 for record in records})
    bytes_left = MAX_DRAWING_BYTES if drawings else 0
    sections = [
        _family_section(
            name,
            [r for r in records if r.instance.family == name],
            references,
            styles,
        )
        for name in families
    ]
    # Families take turns: the first instance of each, then the second of each.
    turns = zip_longest(*(section.instances for section in sections))
    pages = (page for turn in turns for page in turn if page is not None)
    for done, page in enumerate(pages, 1):
        bytes_left = _illustrate(
            study, page, styles, bytes_left if done <= MAX_DRAWINGS else 0
        )
        on_progress(done, total)
    ends = sorted(record.at for record in records)
    return Content(
        title=suite.name,
        description=suite.description,
        planned=len(study.runs()),
        finished=len(records),
        begun=ends[0] if ends else "",
        ended=ends[-1] if ends else "",
        facts=setting(records, suite),
        failures=[r for r in records if r.outcome not in (Outcome.DONE, *NOT_TRIED)],
        exclusions=exclusions(records),
        families=sections,
        suite=rerun_suite(suite),
        warnings=warnings,
        conventions=[
            "The family's checker recomputes every objective; a run whose solution fails"
            " the check counts as a failure without a solution.",
            f"Shifted geometric means use a shift of {SHIFT:g} s. PAR-k counts a run"
            " without a proof as k times its limit, and is an arithmetic mean; k ="
            f" {' and '.join(map(str, PENALTIES))}.",
            "The gap to the best known is the primal gap, between 0 and 100 %. The best"
            " known is the best of this study and of the solution files beside the"
            " instances.",
            f"“Good” is a verified solution within {GOOD_GAP:.0%} of the best known.",
            "Tests compare instances, after averaging over seeds and repetitions, with"
            f" Holm's correction at {LEVEL:g}. Fewer than ten instances are not tested.",
            "Runs that never started are listed as exclusions; no mean includes them.",
        ],
    )


def _reference_values(
    study: Study, records: Sequence[Record]
) -> tuple[ReferenceValues, list[str]]:
    """Return the best values of each instance, and warnings for the reader."""
    references = ReferenceValues()
    warnings = []
    tried = {record.instance.sha256 for record in records}
    for sha256, origin in study.plan().origins.items():
        if sha256 not in tried:
            continue
        try:
            add_best_known(references, sha256, study.instance(sha256), Path(origin))
        except OptkitError as error:
            warnings.append(f"A best-known value is left out: {error}")
    warnings += [
        f"Results contradict each other, so numbers that depend on them are wrong: {text}"
        for text in references.add_runs(records)
    ]
    damaged = study.damaged()
    if damaged:
        warnings.append(
            f"{damage_message(study.journal, damaged)} Their runs are missing here."
        )
    return references, warnings


def _family_section(
    name: str,
    records: list[Record],
    references: ReferenceValues,
    styles: dict[str, Look],
) -> FamilySection:
    runs = run_table(records, references)
    column = compared_by(runs)
    wide = per_instance(runs, column) if len(runs) else pd.DataFrame()
    labels = set(runs["label"])
    own_styles = {label: style for label, style in styles.items() if label in labels}
    return FamilySection(
        name,
        summary(runs),
        [
            Image(_svg_uri(_chart(picture)), picture.caption)
            for picture in (study_pictures(runs, own_styles) if len(runs) else [])
        ],
        pairs(wide),
        "primal integral" if column == "integral" else "gap to the best known",
        friedman(wide) if len(wide) else None,
        _mean_gaps(name, records),
        _instance_pages(records, references),
    )


def _mean_gaps(name: str, records: list[Record]) -> pd.DataFrame | None:
    """Return the gaps to the family's bound on means; None where no run has it."""
    family = registry.families().get(name)
    if family is None or family.mean_bound is None:
        return None
    gaps = mean_gaps(records, family.mean_bound)
    return gaps if len(gaps) else None


def _instance_pages(
    records: list[Record], references: ReferenceValues
) -> list[InstancePage]:
    by_instance: dict[str, list[Record]] = {}
    for record in records:
        by_instance.setdefault(record.instance.sha256, []).append(record)
    pages = []
    for sha256, runs in by_instance.items():
        best_run = _best_run(runs)
        rows = []
        for record in runs:
            reference = references.objective(sha256, record.solver.variant)
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
                runs[0].instance.name,
                sha256,
                references.objective(sha256),
                references.bound(sha256),
                best_run.solver.label if best_run else "",
                rows,
            )
        )
    return pages


def _best_run(records: list[Record]) -> Record | None:
    """Return the run with the best verified solution of the family's own problem."""
    answered = [
        r
        for r in records
        if r.answered and r.objective is not None and not r.solver.variant
    ]
    return min(answered, key=lambda r: (r.objective, r.timing.wall or 0), default=None)


def _illustrate(
    study: Study, page: InstancePage, styles: dict[str, Look], bytes_left: int
) -> int:
    """Add the pictures of an instance; return how many bytes are left for drawings."""
    records = [row.record for row in page.rows]
    with using(CHARTS):
        chart = draw_convergence(records, styles)
        if chart is not None:
            svg = render(
                chart,
                "svg",
                settings=CHARTS,
                salt=page.sha256,
                letters="none",
                tight=False,
            )
            page.convergence = Image(
                _svg_uri(svg),
                "Objective and bound of every run over time; poor first solutions may"
                " lie above the picture.",
            )
    best_run = _best_run(records)
    if best_run is None:
        return bytes_left
    drawing = draw_solution(study, best_run) if bytes_left > 0 else None
    if drawing is None or len(drawing) > bytes_left:
        page.how_to_draw = (
            f"optkit show instances/{page.sha256}.json.gz"
            f" solutions/{best_run.key}.json.gz -o solution.svg"
        )
        return bytes_left
    page.drawing = Image(
        f"data:image/webp;base64,{base64.b64encode(drawing).decode()}",
        f"The best solution of the study, by {best_run.solver.label}.",
    )
    return bytes_left - len(drawing)


def _chart(picture: Picture) -> bytes:
    """Return a picture as SVG; its letters are paths, so it looks the same everywhere."""
    return picture_files(picture, "svg", salt=picture.name)["svg"]


def _svg_uri(data: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
