"""Count what a reader leaves out of a source, for the provenance and for a warning."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path


class SourceWarning(UserWarning):
    """Part of a source did not come into the instance, or was completed by a rule."""


class LeftOut:
    """Counts of what a reader leaves out, by reason, and notes on what it decides."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._notes: list[str] = []

    def add(self, what: str, count: int = 1) -> None:
        """Count something that is left out: ``"tasks without a start"``."""
        if count:
            self._counts[what] += count

    def note(self, sentence: str) -> None:
        """Add a sentence about something that the source does not say."""
        self._notes.append(sentence)

    def text(self) -> str:
        """Return everything in sentences; empty if nothing is left out."""
        parts = [f"{what} ({count})" for what, count in self._counts.items()]
        left_out = [f"Left out: {', '.join(parts)}."] if parts else []
        return " ".join(left_out + self._notes)

    def warn(self, source: Path) -> None:
        """Give a :class:`SourceWarning` if anything is left out or decided."""
        if text := self.text():
            warnings.warn(f"{source}: {text}", SourceWarning, stacklevel=2)
