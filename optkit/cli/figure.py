"""Draw an instance and its solution, or a network, to the bytes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from optkit.core.solving.describe import picture
from optkit.plotting.output import Format, render

if TYPE_CHECKING:
    from optkit.core.instance import NamedDocument, Solution
    from optkit.core.solving.result import Verification


def draw(
    document: NamedDocument,
    solution: Solution | None,
    verification: Verification | None,
    kind: str,
) -> bytes:
    """Return the drawing of a document, and of its solution if it is an instance.

    Parameters
    ----------
    document, solution, verification
        What is drawn.
    kind
        ``svg``, ``png`` or ``pdf``.

    Raises
    ------
    UnavailableError
        If there is no such drawing, or matplotlib is not installed.
    """
    return render(picture(document, solution, verification), cast(Format, kind))
