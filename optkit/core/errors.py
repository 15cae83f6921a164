"""Errors, and the exit status that each kind of failure ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit statuses of the command line, one per kind of outcome."""

    OK = 0
    """A verified solution was produced, or the check passed."""
    INTERNAL = 1
    """A defect of optkit."""
    USAGE = 2
    """The command line, an option or a setting makes no sense."""
    INVALID_FILE = 3
    """A file cannot be read, or its content is not allowed."""
    INFEASIBLE = 10
    """Proven: no solution exists."""
    NO_SOLUTION = 11
    """The run stopped before it found a solution."""
    FAILED_CHECK = 12
    """A solution did not pass the independent check."""
    UNAVAILABLE = 13
    """A solver, backend or extra is not available on this machine."""
    HUNG_UP = 129
    """Stopped by SIGHUP: the terminal is gone."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""
    TERMINATED = 143
    """Stopped by SIGTERM, as batch systems send it."""


class OptkitError(Exception):
    """Base class of every error that optkit raises on purpose.

    The message is written for the user: it names the place, the value, and a remedy.
    """

    exit_status: ExitStatus = ExitStatus.INTERNAL


class UsageError(OptkitError, ValueError):
    """A name, option, limit or setting that makes no sense."""

    exit_status = ExitStatus.USAGE


class UnavailableError(OptkitError):
    """A solver, backend, capability or extra that this machine does not offer."""

    exit_status = ExitStatus.UNAVAILABLE


class FailedCheckError(OptkitError):
    """A solution that the caller passed in does not pass the independent check."""

    exit_status = ExitStatus.FAILED_CHECK


class ContradictionError(OptkitError):
    """Two claims that cannot both be true, such as a bound above a verified objective.

    Never repaired silently: one of the two programs that made the claims is wrong.
    """

    exit_status = ExitStatus.INTERNAL


@dataclass(frozen=True)
class Issue:
    """One problem in a file.

    Parameters
    ----------
    path
        Where: ``servers[3].ghz``; empty for the file as a whole.
    message
        What is wrong there: the value, and what would be right.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


MOST_SHOWN = 100
"""Number of issues of one file that are printed; ``issues`` holds all of them."""


class InvalidFileError(OptkitError, ValueError):
    """A file that cannot be read or whose content is not allowed.

    Parameters
    ----------
    source
        Name of the file, or of where the content came from.
    issues
        Everything that is wrong with it.
    """

    exit_status = ExitStatus.INVALID_FILE

    def __init__(self, source: str, issues: Sequence[Issue | str]) -> None:
        self.source = source
        self.issues = tuple(
            issue if isinstance(issue, Issue) else Issue("", issue) for issue in issues
        )
        super().__init__(source, self.issues)

    def __str__(self) -> str:
        if len(self.issues) == 1:
            return f"{self.source}: {self.issues[0]}"
        lines = [f"{self.source}: {len(self.issues)} errors"]
        lines += [f"  {issue}" for issue in self.issues[:MOST_SHOWN]]
        if len(self.issues) > MOST_SHOWN:
            lines.append(f"  … and {len(self.issues) - MOST_SHOWN} more")
        return "\n".join(lines)
