"""The entry point: run a command and turn its outcome into an exit status."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from optkit.core.errors import ExitStatus, OptkitError

if TYPE_CHECKING:
    from optkit.cli.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments
        The words after ``optkit``; None for those of this process.
    """
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    _make_printable()
    collecting = gc.isenabled()
    # Imports create many objects and drop few. Collecting garbage among them, here and
    # again at exit, would take a sixth of the time of `optkit --help`.
    gc.disable()
    atexit.register(gc.freeze)
    try:
        from optkit.cli.terminal import Terminal

        terminal = Terminal.open()
        try:
            return _run(tokens, terminal, collecting)
        finally:
            _flush()
    finally:
        if collecting:
            gc.enable()


def _run(tokens: list[str], terminal: Terminal, collecting: bool) -> int:
    from cyclopts import CycloptsError

    from optkit.cli import parser

    try:
        command = parser.parse(tokens, terminal)
        if collecting:
            gc.enable()
        return int(command())
    except KeyboardInterrupt:
        terminal.error("stopped by Ctrl-C.")
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:  # the reader of the output has left, as in `| head`
        return ExitStatus.OK
    except CycloptsError as error:
        terminal.error(parser.explain(error))
        return ExitStatus.USAGE
    except OptkitError as error:
        terminal.trace()
        terminal.error(str(error))
        return error.exit_status
    except Exception as error:
        terminal.trace()
        terminal.error(
            f"{type(error).__name__}: {error} This is a defect of optkit, please report"
            " it; --debug shows where it happened."
        )
        return ExitStatus.INTERNAL


def _make_printable() -> None:
    """Escape characters that the output cannot encode, instead of failing on them."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _flush() -> None:
    """Flush standard output; a reader that has left (``| head``) is not an error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes again at exit; that must not fail either.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
