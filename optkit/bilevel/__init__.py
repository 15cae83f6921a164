"""Bilevel: mixed-integer bilevel linear programs in general.

A leader decides, a follower answers by solving a program of its own; the leader's best
decision is sought, foreseeing the answer. Meaning, formats, methods and proofs stand in
``docs/bilevel.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optkit.bilevel.problem.pyomo_adapter import Bilevel as Bilevel

__all__ = ["Bilevel"]


def __getattr__(name: str) -> Any:
    # On first use: listing families must not load what modelling needs.
    if name == "Bilevel":
        from optkit.bilevel.problem.pyomo_adapter import Bilevel

        return Bilevel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
