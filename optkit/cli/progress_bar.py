"""A progress bar on standard error, shown only if that is a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn

from optkit.cli.terminal import Terminal
from optkit.core.display.printable import printable


class ProgressBar:
    """A line that moves while a command works; used as a context manager.

    Parameters
    ----------
    terminal
        The output.
    columns
        What is shown beside the bar, such as :func:`state_column`.
    state
        The state at the start.
    """

    def __init__(
        self, terminal: Terminal, *columns: ProgressColumn, state: str = "starting"
    ) -> None:
        self._terminal = terminal
        self._columns = columns
        self._state = state
        self._progress: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        """Show the bar, if standard error is a terminal."""
        if self._terminal.is_watched:
            self._progress = Progress(
                *self._columns,
                console=self._terminal.err,
                transient=True,
                refresh_per_second=4,
                redirect_stdout=False,
            )
            self._task = self._progress.add_task("", total=None, state=self._state)
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the bar."""
        if self._progress is not None:
            self._progress.stop()

    def update(
        self, state: str, completed: float | None = None, total: float | None = None
    ) -> None:
        """Show a new state; the bar moves if ``completed`` and ``total`` are given."""
        if self._progress is not None:
            self._progress.update(
                self._task, state=printable(state), completed=completed, total=total
            )


def bar_column() -> BarColumn:
    """Return the column of the bar itself."""
    return BarColumn(bar_width=20)


def state_column() -> TextColumn:
    """Return the column that shows the state."""
    return TextColumn("{task.fields[state]}", markup=False)
