"""``optkit reproduce``."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from optkit.cli.terminal import Terminal
from optkit.cli.values import parse_duration, parse_int

if TYPE_CHECKING:
    from optkit.reproduction.engine import Findings, Reproduction, Settings

INDEX = "index.html"


def reproduce(
    *names: str,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    seed: Annotated[int, Parameter(converter=parse_int)] = 0,
    repetitions: Annotated[int | None, Parameter(converter=parse_int)] = None,
    time_limit: Annotated[float | None, Parameter(converter=parse_duration)] = None,
    quick: bool = False,
    force: bool = False,
    pictures: Literal["auto", "yes", "no"] = "auto",
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Reproduce tables and figures of papers, with a verdict on each claim.

    For example:

      optkit reproduce list
      optkit reproduce allocation/fig-5 -o study
      optkit reproduce allocation -o study --seed 7
      optkit reproduce all -o study --quick

    Each reproduction gets a folder with its findings (JSON), tables (CSV) and
    pictures (SVG, PNG); index.html shows them all. Reproductions that are finished
    with the same settings are kept, so a stopped command can be resumed.

    Parameters
    ----------
    names
        list, all, a family, or names from the list.
    output
        Folder for the results.
    seed
        Random seed; the same seed gives the same networks.
    repetitions
        Draws of each random setting; by default, the reproduction decides.
    time_limit
        Time limit of each solve: 30, 30s, 10m.
    quick
        Make a small run for a first look; its verdicts mean little.
    force
        Repeat reproductions that are already finished.
    pictures
        Draw pictures: yes, no, or auto (if matplotlib is installed).
    json
        Print one JSON document.
    """
    from optkit.core.errors import UsageError
    from optkit.core.solving.seeds import check_seed
    from optkit.reproduction.engine import Settings, reproductions, select
    from optkit.reproduction.engine.catalogue import LIST

    if not names or names == (LIST,):
        return _list(list(reproductions().values()), json, terminal)
    if LIST in names:
        raise UsageError(f"{LIST!r} cannot be combined with other names.")
    chosen = select(names)
    if output is None:
        raise UsageError("name the folder for the results with -o.")
    if repetitions is not None and repetitions < 1:
        raise UsageError(f"--repetitions {repetitions}: give at least 1.")
    if time_limit is not None and time_limit <= 0:
        raise UsageError(f"--time-limit {time_limit:g}: give more than 0.")
    settings = Settings(check_seed(seed), repetitions, time_limit, quick)
    runner = _Runner(output, settings, _can_draw(pictures, terminal), terminal)
    return runner.run(chosen, force, json)


def _list(listed: list[Reproduction], json: bool, terminal: Terminal) -> int:
    from optkit.cli.tables import render_table
    from optkit.core.display.tables import Column, Table
    from optkit.reproduction.engine.catalogue import broken

    for plugin, reason in broken().items():
        terminal.warn(f"{plugin} failed to load: {reason}")
    if json:
        terminal.document(
            [
                {
                    "name": reproduction.name,
                    "title": reproduction.title,
                    "paper": reproduction.paper,
                    "where": reproduction.where,
                    "seconds": reproduction.seconds,
                    "repetitions": reproduction.repetitions,
                }
                for reproduction in listed
            ]
        )
        return 0
    columns = (
        Column("name"),
        Column("about", "s", align="right"),
        Column("title"),
        Column("where"),
    )
    rows: list[Any] = [
        (entry.name, f"{entry.seconds:.0f}", entry.title, entry.where)
        for entry in listed
    ]
    table = Table("Tables and figures of papers", columns, rows)
    terminal.show(render_table(table, terminal.out, None))
    return 0


def _can_draw(pictures: str, terminal: Terminal) -> bool:
    """Return whether to draw pictures; warn, or fail, if matplotlib is missing."""
    if pictures == "no":
        return False
    from optkit.core.errors import UnavailableError
    from optkit.core.runtime.extras import needs

    try:
        with needs("plot", "drawing", "matplotlib"):
            import matplotlib  # noqa: F401
    except UnavailableError as missing:
        if pictures == "yes":
            raise
        terminal.warn(f"no pictures: {missing}")
        return False
    return True


class _Runner:
    """Runs reproductions and writes their folders and the page of all of them.

    Parameters
    ----------
    directory
        Directory of the results.
    settings
        The settings of the user.
    pictures
        Whether to draw pictures.
    terminal
        The output.
    """

    def __init__(
        self, directory: Path, settings: Settings, pictures: bool, terminal: Terminal
    ) -> None:
        self.directory, self.settings = directory, settings
        self.pictures, self.terminal = pictures, terminal

    def run(self, chosen: list[Reproduction], force: bool, json: bool) -> int:
        """Run the reproductions that are not finished, and show all."""
        from optkit.reproduction.engine import store

        store.prepare(self.directory, chosen)
        summaries = []
        for reproduction in chosen:
            folder = store.folder_of(self.directory, reproduction.name)
            record = None if force else store.read_record(folder)
            if record is not None and not self._is_current(record, reproduction):
                record = None
            kept = record is not None
            if kept:
                self.terminal.note(f"{reproduction.name}: already there, kept")
            if record is None:
                record = self._run_one(reproduction)
            summaries.append({**_summary(record), "folder": str(folder), "kept": kept})
            self._write_index()
            if not json:
                self._show(record)
        if json:
            self.terminal.document(summaries)
        else:
            self.terminal.line(f"{self.directory / INDEX}")
        return 0

    def _request(self, reproduction: Reproduction) -> dict[str, Any]:
        """Return the settings that determine the findings of a reproduction."""
        from optkit._version import __version__

        settings = self.settings
        own = (
            reproduction.quick_repetitions
            if settings.quick
            else reproduction.repetitions
        )
        return {
            "seed": settings.seed,
            "repetitions": settings.repetitions or own,
            "time_limit_s": settings.time_limit,
            "quick": settings.quick,
            "optkit": __version__,
        }

    def _is_current(self, record: dict[str, Any], reproduction: Reproduction) -> bool:
        """Return whether a record has the requested settings, and pictures if needed."""
        if record.get("request") != self._request(reproduction):
            return False
        return bool(record.get("drawn")) or not self.pictures

    def _run_one(self, reproduction: Reproduction) -> dict[str, Any]:
        """Run one reproduction and write its folder; return its record."""
        from datetime import UTC, datetime

        from optkit.core.runtime.machine import machine
        from optkit.core.runtime.versions import versions
        from optkit.reproduction.engine import store

        request = self._request(reproduction)
        started = time.perf_counter()
        findings = self._compute(reproduction, int(request["repetitions"]))
        drawings = {}
        if self.pictures:
            from optkit.plotting.output import picture_files

            for picture in findings.pictures:
                for kind, data in picture_files(picture, "svg", "png").items():
                    drawings[f"{picture.name}.{kind}"] = data
        else:
            from dataclasses import replace

            findings = replace(findings, pictures=())
        origin = {
            "drawn": self.pictures,
            "command": self._command(reproduction),
            "seconds": round(time.perf_counter() - started, 2),
            "finished": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "machine": machine(),
            "versions": versions(),
        }
        document = store.record(reproduction, findings, request, origin)
        folder = store.folder_of(self.directory, reproduction.name)
        store.write(folder, document, findings, drawings)
        return document

    def _compute(self, reproduction: Reproduction, repetitions: int) -> Findings:
        """Run the reproduction's function, and show its progress."""
        from optkit.cli.progress import ProgressReport
        from optkit.core.solving.events import Event, EventKind
        from optkit.core.solving.family import resolve
        from optkit.reproduction.engine import Context

        started = time.perf_counter()
        with ProgressReport(self.terminal, None) as report:

            def progress(detail: str, fraction: float | None) -> None:
                text = f"{reproduction.name}: {detail}"
                elapsed = time.perf_counter() - started
                report(
                    Event(elapsed, EventKind.PROGRESS, detail=text, fraction=fraction)
                )

            context = Context(reproduction.name, self.settings, repetitions, progress)
            progress("starting", None)
            findings: Findings = resolve(reproduction.function)(context)
        return findings

    def _command(self, reproduction: Reproduction) -> str:
        """Return the command line that repeats this reproduction."""
        settings = self.settings
        words = ["optkit", "reproduce", reproduction.name, "-o", self.directory.name]
        words += ["--seed", str(settings.seed)]
        if settings.repetitions is not None:
            words += ["--repetitions", str(settings.repetitions)]
        if settings.time_limit is not None:
            words += ["--time-limit", f"{settings.time_limit:g}"]
        if settings.quick:
            words.append("--quick")
        return shlex.join(words)

    def _write_index(self) -> None:
        """Write the page of all finished reproductions."""
        from optkit.cli.reproduction_page import reproduction_page
        from optkit.core.files.text import write_bytes
        from optkit.reproduction.engine import store

        page = reproduction_page(store.records(self.directory), self.directory)
        write_bytes(self.directory / INDEX, page)

    def _show(self, record: dict[str, Any]) -> None:
        """Print the verdicts of one reproduction."""
        self.terminal.line(f"{record['name']}  {record['title']}")
        for claim in record["claims"]:
            self.terminal.line(f"  {claim['verdict']:<17} {claim['statement']}")


def _summary(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without its tables, which are in its folder."""
    keys = ("name", "title", "paper", "where", "request", "seconds", "claims")
    return {key: record[key] for key in keys}
