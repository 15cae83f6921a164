"""``--events``: write the events of a run to a file, one JSON line per event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from optkit.core.errors import UsageError
from optkit.core.solving.events import Event


class EventFile:
    """Appends events to a file as they happen.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    UsageError
        If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failure: str | None = None
        try:
            self._stream: TextIO = path.open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"{path}: cannot be written: {error.strerror or error}; name a file in"
                " a folder that exists and that you may write to."
            ) from None

    def __call__(self, event: Event) -> None:
        """Append one event and flush it, so that others can follow the file."""
        if self.failure is not None:
            return
        try:
            self._stream.write(json.dumps(event.document(), allow_nan=False) + "\n")
            self._stream.flush()
        except OSError as error:  # a full disk must not end the run
            self.failure = f"{self.path}: events are missing: {error.strerror or error}"

    def close(self) -> None:
        """Close the file."""
        try:
            self._stream.close()
        except OSError as error:
            self.failure = f"{self.path}: events are missing: {error.strerror or error}"
