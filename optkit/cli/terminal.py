"""What a command writes to: results to standard output, everything else to the other."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

UNFOLDED = 100_000
"""Columns of an output that is no terminal: long enough that no line is folded."""


class QuietConsole(Console):
    """A console whose reader may leave early."""

    def on_broken_pipe(self) -> None:
        """Write no more, and let the command end with the status of its work."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@dataclass
class Terminal:
    """Where a command's words go.

    Parameters
    ----------
    out
        Standard output.
    err
        Standard error.
    quiet
        Print results and errors only.
    debug
        Show where errors come from.
    """

    out: Console
    err: Console
    quiet: bool = False
    debug: bool = False

    @staticmethod
    def for_help() -> Console:
        """Return the console that help pages are laid out for."""
        return QuietConsole(emoji=False)

    @classmethod
    def open(cls) -> Terminal:
        """Return the terminal of this process."""
        return cls(_console(stderr=False), _console(stderr=True))

    @property
    def watched(self) -> bool:
        """Whether somebody sees standard error change as it is written."""
        return not self.quiet and sys.stderr.isatty() and not self.err.is_dumb_terminal

    def show(self, *results: RenderableType) -> None:
        """Print results."""
        for result in results:
            self.out.print(result)

    def line(self, text: str) -> None:
        """Print one line of a result, never folded, at once."""
        self.out.print(Text(text), soft_wrap=True)
        if not self.out.quiet:  # else the reader is gone
            self.out.file.flush()

    def document(self, content: Any) -> None:
        """Print one JSON document."""
        from optkit.core.files.text import dump_json

        # In UTF-8, as JSON is, whatever the locale says of the terminal.
        data = dump_json(content).encode()
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        try:
            if buffer is None:
                sys.stdout.write(data.decode())
            else:
                buffer.write(data)
                buffer.flush()
        except BrokenPipeError:
            self.out.on_broken_pipe()

    def note(self, text: str) -> None:
        """Tell something beside the result, unless quiet."""
        if not self.quiet:
            self.err.print(Text(text), soft_wrap=True)

    def warn(self, text: str) -> None:
        """Tell something that the user may not have meant, unless quiet."""
        if not self.quiet:
            self._message("warning", "bold yellow", text)

    def error(self, text: str) -> None:
        """Tell what is wrong."""
        self._message("error", "bold red", text)

    def trace(self) -> None:
        """Show where the error under way came from, if that was asked for."""
        if self.debug:
            self.err.print_exception()

    def _message(self, kind: str, style: str, text: str) -> None:
        message = Text.assemble((f"{kind}:", style), " ", text)
        self.err.print(message, soft_wrap=True)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # Names come from files: what looks like markup or an emoji code in them is neither.
    return QuietConsole(
        stderr=stderr,
        width=None if stream.isatty() or "COLUMNS" in os.environ else UNFOLDED,
        markup=False,
        emoji=False,
        highlight=False,
    )
