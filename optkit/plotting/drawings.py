"""Width, titles and labels of the pictures that families draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification

WIDTH = 5.6
"""Width of a drawing in inches: about 400 pixels at 72 per inch, a phone's width."""


def shortened(text: str, most: int) -> str:
    """Return a text of at most ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def failure_lines(verification: Verification | None) -> list[str]:
    """Return a line for the title that names what the check found wrong, if anything."""
    if verification is None or not verification.violations:
        return []
    return [shortened(f"Fails its check: {verification.violations[0]}", 80)]
