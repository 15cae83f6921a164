"""What is told while a run is under way: a line that moves, and a log of improvements."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from optkit.cli.formatting import percent
from optkit.cli.terminal import Terminal
from optkit.core.consistency import relative_gap
from optkit.core.solving.events import Event, EventKind

ROW_SECONDS = 0.5
"""Least time between two rows of the log; improvements in between share the later."""


class ProgressReport:
    """Tells of a run on standard error; used as a context around it.

    Parameters
    ----------
    terminal
        Where to; nothing is told if it is quiet.
    time_limit
        Seconds that the run may take: the bar shows the share of them that is gone, or
        of the work that is done, whichever is larger.
    """

    def __init__(self, terminal: Terminal, time_limit: float | None) -> None:
        self._terminal = terminal
        self._limit = time_limit
        self._bar: Progress | None = None
        self._row_due = 0.0
        self._untold: Event | None = None
        self._headed = False

    def __enter__(self) -> Self:
        """Start the moving line, if somebody sees it."""
        if self._terminal.watched:
            self._bar = Progress(
                TimeElapsedColumn(),
                BarColumn(bar_width=20),
                TextColumn("{task.fields[state]}", markup=False),
                console=self._terminal.err,
                transient=True,
                refresh_per_second=4,
                redirect_stdout=False,
            )
            self._task = self._bar.add_task("", total=None, state="starting")
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the moving line."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Take notice of an event."""
        if self._terminal.quiet:
            return
        if self._bar is not None:
            self._move(event)
        if event.kind in (EventKind.INCUMBENT, EventKind.BOUND):
            self._untold = event
        now = time.monotonic()
        if self._untold is not None and (
            now >= self._row_due or event.kind is EventKind.END
        ):
            self._row(self._untold)
            self._untold = None
            self._row_due = now + ROW_SECONDS

    def _move(self, event: Event) -> None:
        assert self._bar is not None, "called only where there is one"
        # Whichever comes first will end the run: the work, or the time for it.
        done = event.fraction
        if self._limit:
            done = max(done or 0.0, min(1.0, event.time / self._limit))
        state = _state(event)
        if done is None:
            self._bar.update(self._task, state=state)
        else:
            self._bar.update(self._task, state=state, total=1.0, completed=done)

    def _row(self, event: Event) -> None:
        if not self._headed:
            self._headed = True
            self._print(("time s", "incumbent", "bound", "gap", ""), "bold")
        star = "*" if event.kind is EventKind.INCUMBENT else ""
        gap = relative_gap(event.objective, event.bound)
        cells = (
            f"{event.time:.2f}",
            _short(event.objective),
            _short(event.bound),
            "-" if gap is None else percent(gap),
            star,
        )
        self._print(cells, "")

    def _print(self, cells: tuple[str, str, str, str, str], style: str) -> None:
        clock, objective, bound, gap, star = cells
        row = f"{clock:>9} {objective:>14} {bound:>14} {gap:>10} {star}".rstrip()
        self._terminal.err.print(Text(row, style=style), soft_wrap=True)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.8g}"


def _state(event: Event) -> str:
    """Return the best known and how far the work is, in half a line."""
    parts = []
    if event.objective is not None:
        parts.append(f"incumbent {event.objective:.6g}")
    if event.bound is not None:
        parts.append(f"bound {event.bound:.6g}")
    gap = relative_gap(event.objective, event.bound)
    if gap is not None:
        parts.append(f"gap {percent(gap)}")
    return "  ".join(parts) or event.detail
