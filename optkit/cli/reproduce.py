"""``optkit reproduce``."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from optkit.cli import values
from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.reproduction.engine import Findings, Reproduction, Settings

INDEX = "index.html"


def reproduce(
    *names: str,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    seed: Annotated[int, Parameter(converter=values.whole)] = 0,
    repetitions: Annotated[int | None, Parameter(converter=values.whole)] = None,
    time_limit: Annotated[float | None, Parameter(converter=values.seconds)] = None,
    quick: bool = False,
    force: bool = False,
    pictures: Literal["auto", "yes", "no"] = "auto",
    json: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Compute tables and figures of papers again: their claims, our verdicts.

    For example:

      optkit reproduce list
      optkit reproduce allocation/fig-5 -o study
      optkit reproduce allocation -o study --seed 7
      optkit reproduce all -o study --quick

    Each reproduction has a folder of its own with the findings (JSON), the
    tables (CSV) and the pictures (SVG, PNG); index.html shows them all. What is
    already there with the same settings is kept, so a stopped run goes on where
    it stopped.

    Parameters
    ----------
    names
        list, all, a family, or names from the list.
    output
        Folder for the results.
    seed
        Main seed; the same seed draws the same networks.
    repetitions
        How often each random setting is drawn; default: the reproduction's own.
    time_limit
        Time for each solve: 30, 30s, 10m.
    quick
        A small run that tries everything; its verdicts mean little.
    force
        Do again what is already there.
    pictures
        Draw pictures: yes, no, or auto: if matplotlib is installed.
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
        raise UsageError(f"{LIST!r} stands alone; leave it out, or the others.")
    chosen = select(names)
    if output is None:
        raise UsageError("name the folder for the results with -o.")
    if repetitions is not None and repetitions < 1:
        raise UsageError(f"--repetitions {repetitions}: give at least 1.")
    if time_limit is not None and time_limit <= 0:
        raise UsageError(f"--time-limit {time_limit:g}: give more than 0.")
    settings = Settings(check_seed(seed), repetitions, time_limit, quick)
    study = _Study(output, settings, _drawn(pictures, terminal), terminal)
    return study.run(chosen, force, json)


def _list(known: list[Reproduction], json: bool, terminal: Terminal) -> int:
    from optkit.cli.tables import table
    from optkit.core.display.tables import Column, Table
    from optkit.reproduction.engine.catalogue import broken

    for plugin, reason in broken().items():
        terminal.warn(f"{plugin} failed to load: {reason}")
    if json:
        terminal.document(
            [
                {
                    "name": one.name,
                    "title": one.title,
                    "paper": one.paper,
                    "where": one.where,
                    "seconds": one.seconds,
                    "repetitions": one.repetitions,
                }
                for one in known
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
        (one.name, f"{one.seconds:.0f}", one.title, one.where) for one in known
    ]
    content = Table("Tables and figures of papers", columns, rows)
    terminal.show(table(content, terminal.out, None))
    return 0


def _drawn(pictures: str, terminal: Terminal) -> bool:
    """Say whether pictures are drawn; an extra that is missing is told, or refused."""
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


class _Study:
    """One call of the command: reproductions, their folders, and the page of all.

    Parameters
    ----------
    directory
        Where the results go.
    settings
        What the user said.
    pictures
        Whether pictures are drawn.
    terminal
        Where to tell of it.
    """

    def __init__(
        self, directory: Path, settings: Settings, pictures: bool, terminal: Terminal
    ) -> None:
        self.directory, self.settings = directory, settings
        self.pictures, self.terminal = pictures, terminal

    def run(self, chosen: list[Reproduction], force: bool, json: bool) -> int:
        """Make what is missing, and show everything."""
        from optkit.reproduction.engine import store

        store.prepare(self.directory, chosen)
        told = []
        for reproduction in chosen:
            folder = store.folder_of(self.directory, reproduction.name)
            known = None if force else store.read_record(folder)
            kept = known is not None and self._same(known, reproduction)
            if kept:
                self.terminal.note(f"{reproduction.name}: already there, kept")
            found = known if kept and known is not None else self._make(reproduction)
            told.append({**_told(found), "folder": str(folder), "kept": kept})
            self._index()
            if not json:
                self._show(found)
        if json:
            self.terminal.document(told)
        else:
            self.terminal.line(f"{self.directory / INDEX}")
        return 0

    def _request(self, reproduction: Reproduction) -> dict[str, Any]:
        """Return what decides the findings of a reproduction."""
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

    def _same(self, known: dict[str, Any], reproduction: Reproduction) -> bool:
        """Say whether a folder holds what is asked for."""
        if known.get("request") != self._request(reproduction):
            return False
        return bool(known.get("drawn")) or not self.pictures

    def _make(self, reproduction: Reproduction) -> dict[str, Any]:
        """Compute one reproduction and write its folder."""
        from datetime import UTC, datetime

        from optkit.core.runtime.machine import machine
        from optkit.core.runtime.versions import versions
        from optkit.reproduction.engine import store

        request = self._request(reproduction)
        began = time.perf_counter()
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
            "seconds": round(time.perf_counter() - began, 2),
            "finished": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "machine": machine(),
            "versions": versions(),
        }
        document = store.record(reproduction, findings, request, origin)
        folder = store.folder_of(self.directory, reproduction.name)
        store.write(folder, document, findings, drawings)
        return document

    def _compute(self, reproduction: Reproduction, repetitions: int) -> Findings:
        """Run the reproduction's function, telling how far it is."""
        from optkit.cli.progress import ProgressReport
        from optkit.core.solving.events import Event, EventKind
        from optkit.core.solving.family import resolve
        from optkit.reproduction.engine import Context

        began = time.perf_counter()
        with ProgressReport(self.terminal, None) as report:

            def progress(detail: str, fraction: float | None) -> None:
                words = f"{reproduction.name}: {detail}"
                elapsed = time.perf_counter() - began
                report(
                    Event(elapsed, EventKind.PROGRESS, detail=words, fraction=fraction)
                )

            context = Context(reproduction.name, self.settings, repetitions, progress)
            progress("starting", None)
            found: Findings = resolve(reproduction.function)(context)
        return found

    def _command(self, reproduction: Reproduction) -> str:
        """Return the command line that makes this reproduction again."""
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

    def _index(self) -> None:
        """Write the page of everything that is there, whole or not at all."""
        from optkit.cli.reproduction_page import page
        from optkit.core.files.text import write_bytes
        from optkit.reproduction.engine import store

        shown = page(store.records(self.directory), self.directory)
        write_bytes(self.directory / INDEX, shown)

    def _show(self, found: dict[str, Any]) -> None:
        """Print the verdicts of one reproduction."""
        self.terminal.line(f"{found['name']}  {found['title']}")
        for claim in found["claims"]:
            self.terminal.line(f"  {claim['verdict']:<17} {claim['statement']}")


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a record: the tables stand in its folder."""
    told = ("name", "title", "paper", "where", "request", "seconds", "claims")
    return {name: found[name] for name in told}
