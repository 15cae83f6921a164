"""Draw an instance and its solution, or a network, to the bytes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from optkit.cli.instances import kind_of
from optkit.core.errors import UnavailableError
from optkit.core.runtime.extras import needs
from optkit.core.solving.family import Family, resolve
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
    kind_of_file = kind_of(document)
    if kind_of_file.draw is None:
        raise UnavailableError(f"a {kind_of_file.name} file has no drawing.")
    with needs("plot", "drawing", "matplotlib"):
        make = resolve(kind_of_file.draw)
        if isinstance(kind_of_file, Family):
            figure = make(document, solution, verification)
        else:
            figure = make(document)
    return render(figure, cast(Format, kind))
