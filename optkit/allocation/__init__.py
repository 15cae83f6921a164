"""Split one task over servers several hops away, and order the sending.

Source: K. Ma and J. Xie, "A Multi-Layered Distributed Computing Framework for Enhanced
Edge Computing". Equation and section numbers in this package are that paper's;
``docs/allocation.md`` says how places that are lost or contradict each other are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optkit.allocation.check.simulation import (
        store_and_forward as store_and_forward,
    )
    from optkit.allocation.rescaling import rescale as rescale

__all__ = ["rescale", "store_and_forward"]


def __getattr__(name: str) -> Any:
    # Imported on first use, so that listing families does not load numpy and scipy.
    if name == "rescale":
        from optkit.allocation.rescaling import rescale

        return rescale
    if name == "store_and_forward":
        from optkit.allocation.check.simulation import store_and_forward

        return store_and_forward
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
