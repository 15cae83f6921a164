"""The entry point: run a command and turn its outcome into an exit status."""

from __future__ import annotations

import atexit
import errno
import gc
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from optkit.cli.streams import GuardedStream, open_missing
from optkit.core.display.printable import error_text
from optkit.core.errors import ExitStatus, OptkitError
from optkit.core.runtime import stop_signals

if TYPE_CHECKING:
    from optkit.cli.terminal import Terminal

FAULTS_OF_THE_MACHINE = (
    errno.EACCES,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.ELOOP,
    errno.EMFILE,
    errno.ENAMETOOLONG,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
)
"""Errors of the system that no program can mend; they end in a usage error."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments
        The words after ``optkit``; None for those of this process.
    """
    signals = stop_signals.StopSignals()
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    open_missing()
    streams = sys.stdout, sys.stderr
    _make_printable()
    out, err = GuardedStream(sys.stdout), GuardedStream(sys.stderr)
    sys.stdout, sys.stderr = out, err
    collecting = gc.isenabled()
    # Imports create many objects and drop few. Collecting garbage among them, here and
    # again at exit, would take a sixth of the time of `optkit --help`.
    gc.disable()
    atexit.register(gc.freeze)
    try:
        signals.install()
        from optkit.cli.terminal import Terminal

        terminal = Terminal.open()
        status = _run(tokens, terminal, collecting)
        out.flush()
        if out.failure is not None:
            terminal.error(f"standard output cannot be written: {out.failure}.")
            status = status or ExitStatus.USAGE
        return status
    except KeyboardInterrupt:  # before there is a terminal to say so
        return stop_signals.status()
    finally:
        err.flush()
        _forget_interrupt()
        if arguments is None:
            signals.hold()  # nothing is left to lose; end with the status of the command
        else:
            signals.restore()
            sys.stdout, sys.stderr = streams
        if collecting:
            gc.enable()


def _run(tokens: list[str], terminal: Terminal, collecting: bool) -> int:
    try:
        from cyclopts import CycloptsError

        from optkit.cli import parser

        try:
            command = parser.parse(tokens, terminal)
            if collecting:
                gc.enable()
            return int(command())
        except CycloptsError as error:
            terminal.error(parser.explain(error))
            return ExitStatus.USAGE
    except KeyboardInterrupt:
        terminal.error(f"stopped by {stop_signals.name()}.")
        return stop_signals.status()
    except OptkitError as error:
        terminal.trace()
        terminal.error(str(error))
        return error.exit_status
    except OSError as error:
        if error.errno not in FAULTS_OF_THE_MACHINE:
            return _defect(error, terminal)
        terminal.trace()
        terminal.error(
            f"{error_text(error)}; free some space, or name another file or folder."
        )
        return ExitStatus.USAGE
    except Exception as error:
        return _defect(error, terminal)


def _forget_interrupt() -> None:
    """Make Python forget that Ctrl-C passed through an ``exec``, if it was handled.

    Many libraries run generated code, as `dataclasses` does. If the exception passes
    through that, Python ends the process by SIGINT, whatever the exit status, unless text
    is evaluated after it.
    """
    eval("0")


def _defect(error: Exception, terminal: Terminal) -> int:
    terminal.trace()
    terminal.error(
        f"{error_text(error)} This is a defect of optkit (please report it) or of a"
        " plug-in; --debug shows where it happened."
    )
    return ExitStatus.INTERNAL


def _make_printable() -> None:
    """Escape characters that the output cannot encode, instead of failing on them."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
