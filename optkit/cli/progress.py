"""Show the progress of a run: a moving line, and a log of improvements."""

from __future__ import annotations

import time

from rich.progress import TimeElapsedColumn
from rich.text import Text

from optkit.cli.progress_bar import ProgressBar, bar_column, state_column
from optkit.cli.terminal import Terminal
from optkit.core.consistency import relative_gap
from optkit.core.display.values import format_gap
from optkit.core.solving.events import Event, EventKind

ROW_SECONDS = 0.5
"""Least time between two rows of the log; only the last improvement in it is shown."""


class ProgressReport(ProgressBar):
    """Reports the progress of a run on standard error; used as a context manager.

    Parameters
    ----------
    terminal
        The output; nothing is shown if it is quiet.
    time_limit
        Time limit of the run, in seconds. The bar shows the share of the time that has
        passed or of the work that is done, whichever is larger.
    """

    def __init__(self, terminal: Terminal, time_limit: float | None) -> None:
        super().__init__(terminal, TimeElapsedColumn(), bar_column(), state_column())
        self._limit = time_limit
        self._row_due = 0.0
        self._unprinted: Event | None = None
        self._has_header = False

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if self._terminal.quiet:
            return
        self._move(event)
        if event.kind in (EventKind.INCUMBENT, EventKind.BOUND):
            self._unprinted = event
        now = time.monotonic()
        if self._unprinted is not None and (
            now >= self._row_due or event.kind is EventKind.END
        ):
            self._row(self._unprinted)
            self._unprinted = None
            self._row_due = now + ROW_SECONDS

    def _move(self, event: Event) -> None:
        # The run ends when the work is done or the time is up, whichever is first.
        done = event.fraction
        if self._limit:
            done = max(done or 0.0, min(1.0, event.time / self._limit))
        state = _state(event)
        if done is None:
            self.update(state)
        else:
            self.update(state, completed=done, total=1.0)

    def _row(self, event: Event) -> None:
        if not self._has_header:
            self._has_header = True
            self._print(("time s", "incumbent", "bound", "gap", ""), "bold")
        star = "*" if event.kind is EventKind.INCUMBENT else ""
        gap = relative_gap(event.objective, event.bound)
        cells = (
            f"{event.time:.2f}",
            _short(event.objective),
            _short(event.bound),
            "-" if gap is None else format_gap(gap),
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
    """Return the incumbent, the bound and the gap in a few words."""
    parts = []
    if event.objective is not None:
        parts.append(f"incumbent {event.objective:.6g}")
    if event.bound is not None:
        parts.append(f"bound {event.bound:.6g}")
    gap = relative_gap(event.objective, event.bound)
    if gap is not None:
        parts.append(f"gap {format_gap(gap)}")
    return "  ".join(parts) or event.detail
