"""The dispatch solution: the server of every job."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from optkit.core.files.fields import LARGEST_WHOLE, Number
from optkit.core.instance import Solution


class DispatchSolution(Solution):
    """An answer to a :class:`optkit.dispatch.instance.DispatchInstance`.

    Parameters
    ----------
    target
        For every job, in the order of the instance's jobs, the index of the server to
        which it was sent.
    policy_prices
        For every job a price, in boundaries, from which the checker computes the
        metric ``policy_bound``; None where no prices were searched for.
    """

    target: tuple[Annotated[int, Field(strict=True, ge=0, le=LARGEST_WHOLE)], ...]
    policy_prices: tuple[Number, ...] | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping; without prices where there are none."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
