"""Write results to standard output, and everything else to standard error."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderHook
from rich.segment import Segment
from rich.text import Text

from optkit.cli.streams import GuardedStream
from optkit.core.display.printable import printable, printable_json, shortened

if TYPE_CHECKING:
    from rich.console import (
        ConsoleOptions,
        ConsoleRenderable,
        RenderableType,
        RenderResult,
    )

UNLIMITED_WIDTH = 100_000
"""Width of an output that is not a terminal: so wide that no line is folded."""


class SafeConsole(Console):
    """A console that prints control and bidirectional characters escaped."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(emoji=False, **settings)
        self.push_render_hook(_Escaping())


class _Escaping(RenderHook):
    """Escapes what is printed, whatever it is: text, tables, tracebacks."""

    def process_renderables(
        self, renderables: list[ConsoleRenderable]
    ) -> list[ConsoleRenderable]:
        """Return the same renderables, escaped."""
        return [_Escaped(renderable) for renderable in renderables]


@dataclass
class _Escaped:
    content: ConsoleRenderable

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        for segment in console.render(self.content, options):
            text, style, control = segment
            yield segment if control else Segment(printable(text), style)


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
        return SafeConsole()

    @classmethod
    def open(cls) -> Terminal:
        """Return the terminal of this process."""
        return cls(_console(stderr=False), _console(stderr=True))

    @property
    def is_watched(self) -> bool:
        """Whether standard error is a terminal on which a progress bar can move."""
        return not self.quiet and sys.stderr.isatty() and not self.err.is_dumb_terminal

    def show(self, *results: RenderableType) -> None:
        """Print results; without padding at the ends of lines where they are piped."""
        if self.out.is_terminal:
            for result in results:
                self.out.print(result)
            return
        for result in results:
            with self.out.capture() as printed:
                self.out.print(result)
            lines = [line.rstrip() for line in printed.get().split("\n")]
            self.out.file.write("\n".join(lines))

    def line(self, text: str) -> None:
        """Print one line of a result without folding it, and flush."""
        self.out.print(Text(text), soft_wrap=True)
        self.out.file.flush()

    def document(self, content: Any) -> None:
        """Print one JSON document."""
        from optkit.core.files.json_text import dump_json

        # JSON is UTF-8, whatever encoding the locale asks for.
        data = printable_json(dump_json(content)).encode()
        guarded_output().write_bytes(data)

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
            # Rich's own traceback takes minutes for an exception with a long text.
            lines = traceback.format_exc().splitlines()
            self.err.print(Text("\n".join(map(shortened, lines))), soft_wrap=True)

    def _message(self, kind: str, style: str, text: str) -> None:
        text = "\n".join(map(shortened, text.split("\n")))
        message = Text.assemble((f"{kind}:", style), " ", text)
        self.err.print(message, soft_wrap=True)


def guarded_output() -> GuardedStream:
    """Return standard output as a stream that does not fail."""
    stream: Any = sys.stdout
    return stream if isinstance(stream, GuardedStream) else GuardedStream(stream)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # Text may come from files, so markup and emoji codes in it are printed as they are.
    return SafeConsole(
        stderr=stderr,
        markup=False,
        highlight=False,
        width=None if stream.isatty() or "COLUMNS" in os.environ else UNLIMITED_WIDTH,
    )
