"""Draw an instance and its solution to the bytes of a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from optkit.cli.instances import family_of
from optkit.core.errors import UnavailableError
from optkit.core.runtime.extras import needs
from optkit.core.solving.family import resolve

if TYPE_CHECKING:
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.result import Verification

DOTS_PER_INCH = 200

SVG_NOTES = dict.fromkeys(("Date", "Creator", "Format", "Type"))
"""Metadata that matplotlib would add about itself and the time; None leaves it out."""


def draw(
    instance: Instance,
    solution: Solution | None,
    verification: Verification | None,
    kind: str,
) -> bytes:
    """Return the family's drawing of an instance and its solution.

    Parameters
    ----------
    instance, solution, verification
        What is drawn.
    kind
        ``svg``, ``png`` or ``pdf``.

    Raises
    ------
    UnavailableError
        If the family has no drawing, or matplotlib is not installed.
    """
    family = family_of(instance)
    if family.draw is None:
        raise UnavailableError(f"family {family.name!r} has no drawing.")
    with needs("plot", "drawing", "matplotlib"):
        import matplotlib

        figure = resolve(family.draw)(instance, solution, verification)
    buffer = io.BytesIO()
    # Without a time stamp and random ids, the same figure gives the same file.
    metadata = {"svg": SVG_NOTES, "pdf": {"CreationDate": None}}.get(kind)
    with matplotlib.rc_context({"svg.hashsalt": "optkit"}):
        figure.savefig(
            buffer,
            format=kind,
            dpi=DOTS_PER_INCH,
            bbox_inches="tight",
            metadata=metadata,
        )
    return buffer.getvalue()
