"""Draw an instance and its solution to the bytes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from optkit.cli.instances import family_of
from optkit.core.errors import UnavailableError
from optkit.core.runtime.extras import needs
from optkit.core.solving.family import resolve
from optkit.plotting.output import Format, render

if TYPE_CHECKING:
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.result import Verification


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
        figure = resolve(family.draw)(instance, solution, verification)
    return render(figure, cast(Format, kind))
