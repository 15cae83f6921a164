"""The dispatch solution: the server of every job."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from optkit.core.files.fields import LARGEST_WHOLE
from optkit.core.instance import Solution


class DispatchSolution(Solution):
    """An answer to a :class:`optkit.dispatch.instance.DispatchInstance`.

    Parameters
    ----------
    target
        For every job, in the order of the instance's jobs, the index of the server to
        which it was sent.
    """

    target: tuple[Annotated[int, Field(strict=True, ge=0, le=LARGEST_WHOLE)], ...]
