"""Write results to standard output, and everything else to standard error."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

UNLIMITED_WIDTH = 100_000
"""Width of an output that is not a terminal: so wide that no line is folded."""


class QuietConsole(Console):
    """A console whose reader may leave early, as in ``optkit ... | head``."""

    def on_broken_pipe(self) -> None:
        """Stop writing, and let the command end with its own status."""
        self.quiet = True
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


@dataclass
class Terminal:
    """The output of a command.

    Parameters
    ----------
    out
        Standard output.
    err
        Standard error.
    quiet
        Print results and errors only.
    debug
        Show tracebacks of errors.
    """

    out: Console
    err: Console
    quiet: bool = False
    debug: bool = False

    @staticmethod
    def for_help() -> Console:
        """Return the console of help pages."""
        return QuietConsole(emoji=False)

    @classmethod
    def open(cls) -> Terminal:
        """Return the terminal of this process."""
        return cls(_console(stderr=False), _console(stderr=True))

    @property
    def is_watched(self) -> bool:
        """Whether standard error is a terminal on which a progress bar can move."""
        return not self.quiet and sys.stderr.isatty() and not self.err.is_dumb_terminal

    def show(self, *results: RenderableType) -> None:
        """Print results."""
        for result in results:
            self.out.print(result)

    def line(self, text: str) -> None:
        """Print one line of a result without folding it, and flush."""
        self.out.print(Text(text), soft_wrap=True)
        if not self.out.quiet:  # if it is, the reader has left
            self.out.file.flush()

    def document(self, content: Any) -> None:
        """Print one JSON document."""
        from optkit.core.files.json_text import dump_json

        # JSON is UTF-8, whatever encoding the locale asks for.
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
        """Print a note to standard error, unless quiet."""
        if not self.quiet:
            self.err.print(Text(text), soft_wrap=True)

    def warn(self, text: str) -> None:
        """Print a warning to standard error, unless quiet."""
        if not self.quiet:
            self._message("warning", "bold yellow", text)

    def error(self, text: str) -> None:
        """Print an error to standard error."""
        self._message("error", "bold red", text)

    def trace(self) -> None:
        """Print the traceback of the current error, if ``--debug`` is set."""
        if self.debug:
            self.err.print_exception()

    def _message(self, kind: str, style: str, text: str) -> None:
        message = Text.assemble((f"{kind}:", style), " ", text)
        self.err.print(message, soft_wrap=True)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # Text may come from files, so markup and emoji codes in it are printed as they are.
    return QuietConsole(
        stderr=stderr,
        width=None if stream.isatty() or "COLUMNS" in os.environ else UNLIMITED_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
