"""Bilevel: mixed-integer bilevel linear programs in general.

A leader decides first; a follower then solves a program of its own, which depends on that
decision. The solvers find the leader's best decision, given how the follower will respond.
``docs/bilevel.md`` has the definitions, file formats, methods and proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optkit.bilevel.problem.pyomo_adapter import Bilevel as Bilevel

__all__ = ["Bilevel"]


def __getattr__(name: str) -> Any:
    # Imported on first use: listing families need not import Pyomo's helpers.
    if name == "Bilevel":
        from optkit.bilevel.problem.pyomo_adapter import Bilevel

        return Bilevel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
